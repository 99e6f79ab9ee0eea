"""The numbers behind the pictures: each is one query on the narrow table under the filters of the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import Field

from communique.web.corpus import Row, Snapshot
from communique.web.filters import Filters

Period = Literal["day", "week", "month", "quarter", "year"]
_DAYS: Mapping[str, float] = {"day": 1, "week": 7, "month": 30.44, "quarter": 91.3, "year": 365.25}
_MOST_PERIODS = 750
_COOPERATION = "count(*) FILTER (quad <= 2) AS cooperation, count(*) FILTER (quad >= 3) AS conflict"
_SCALE = "round(avg(scale), 2) AS mean_scale"


class Picture(Filters):
    """Filters with what a picture may be told."""

    by: Literal["auto", "day", "week", "month", "quarter", "year"] = Field(
        default="auto", description="Length of the periods of timeline and heat map; too short ones are lengthened."
    )
    domestic: bool = Field(default=True, description="Whether the network has dyads within one code, such as KEN>KEN.")
    top: int = Field(default=60, ge=1, le=300, description="Dyads of the network, the most frequent first.")


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows of a picture, all with the same columns, and what else there is to say."""

    columns: tuple[str, ...]
    rows: list[Row]
    more: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """For programs."""
        return {**self.more, "rows": self.rows}


def timeline(store: Snapshot, filters: Picture) -> Figures:
    """Events by period and quad category; an event counts on its first day."""
    where, parameters = filters.where()
    more = _span(store, where, parameters)
    period = _period(filters.by, more["first"], more["last"])
    rows = store.rows(
        f"SELECT date_trunc('{period}', date)::DATE AS period, quad, count(*) AS n, {_SCALE} FROM e "
        f"WHERE {where} AND date IS NOT NULL GROUP BY ALL ORDER BY ALL",
        parameters,
    )
    return Figures(("period", "quad", "n", "mean_scale"), rows, more | {"by": period})


def heat(store: Snapshot, filters: Picture) -> Figures:
    """Events by type and period."""
    where, parameters = filters.where()
    more = _span(store, where, parameters)
    period = _period(filters.by, more["first"], more["last"], finest="month")
    rows = store.rows(
        f"SELECT event, date_trunc('{period}', date)::DATE AS period, any_value(quad) AS quad, count(*) AS n FROM e "
        f"WHERE {where} AND date IS NOT NULL AND event IS NOT NULL GROUP BY event, 2 ORDER BY event, 2",
        parameters,
    )
    return Figures(("event", "period", "quad", "n"), rows, more | {"by": period})


def world(store: Snapshot, filters: Picture) -> Figures:
    """Events by country and by place (the 500 with most)."""
    where, parameters = filters.where()
    counts = f"count(*) AS n, {_COOPERATION}, {_SCALE}"
    countries = store.rows(
        f"SELECT 'country' AS kind, country, NULL AS place, NULL AS lat, NULL AS lon, {counts} FROM e "
        f"WHERE {where} AND country IS NOT NULL GROUP BY country ORDER BY n DESC, country",
        parameters,
    )
    places = store.rows(
        f"SELECT 'place' AS kind, country, place, any_value(lat) AS lat, any_value(lon) AS lon, {counts} FROM e "
        f"WHERE {where} AND lat IS NOT NULL AND lon IS NOT NULL GROUP BY country, place ORDER BY n DESC, place, country "
        "LIMIT 500",
        parameters,
    )
    (total,) = store.rows(
        f"SELECT count(*) AS total, count(*) FILTER (country IS NULL) AS unplaced FROM e WHERE {where}", parameters
    )
    columns = ("kind", "country", "place", "lat", "lon", "n", "cooperation", "conflict", "mean_scale")
    return Figures(columns, countries + places, total)


def network(store: Snapshot, filters: Picture) -> Figures:
    """Events by dyad, the most frequent ones. Where all parties are actors, each is with each."""
    where, parameters = filters.where()
    rows = store.rows(
        f"SELECT d.actor, d.recipient, count(*) AS n, {_COOPERATION}, {_SCALE} "
        f"FROM d WHERE {'true' if filters.domestic else 'd.actor != d.recipient'} "
        f"{'' if where == 'true' else f'AND number IN (SELECT rowid FROM e WHERE {where}) '}"
        "GROUP BY ALL ORDER BY n DESC, d.actor, d.recipient LIMIT $top",
        parameters | {"top": filters.top},
    )
    return Figures(("actor", "recipient", "n", "cooperation", "conflict", "mean_scale"), rows, {"top": filters.top})


def types(store: Snapshot, filters: Filters) -> list[Row]:
    """Events by type."""
    where, parameters = filters.where()
    return store.rows(
        f"SELECT event, any_value(quad) AS quad, count(*) AS n, {_SCALE} FROM e WHERE {where} "
        "GROUP BY event ORDER BY n DESC, event",
        parameters,
    )


def _span(store: Snapshot, where: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    (row,) = store.rows(
        "SELECT min(date) AS first, max(date) AS last, count(*) AS total, count(*) FILTER (date IS NULL) AS undated "
        f"FROM e WHERE {where}",
        parameters,
    )
    return row


def _period(wanted: str, first: date | None, last: date | None, finest: str = "day") -> str:
    """The period asked for, or the next longer one that does not make too many."""
    n_days = (last - first).days + 1 if first and last else 1
    names = list(_DAYS)
    if wanted == "auto":
        at = next((name for name, most in (("day", 62), ("week", 400), ("month", 4400)) if n_days <= most), "year")
    else:
        at = wanted
    position = max(names.index(at), names.index(finest) if wanted == "auto" else 0)
    while position + 1 < len(names) and n_days / _DAYS[names[position]] > _MOST_PERIODS:
        position += 1
    return names[position]
