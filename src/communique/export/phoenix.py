"""Phoenix (26 columns) and PETRARCH2's events file, without header, one row for each source with each target."""

from __future__ import annotations

from communique.export.format import NEEDS_CAMEO, Format
from communique.export.rows import DYADS


def _roles(party: str) -> str:
    return f"list_filter([sector_cameo(s) FOR s IN {party}.sector], lambda c: c IS NOT NULL)"


def _entity(party: str) -> str:
    return f"coalesce(country_cameo({party}.code), concat(other_role({party}.code), other_group({party}.code)))"


def _full(party: str) -> str:
    """Code of entity and roles run together, as PETRARCH writes actors; `---` where nothing is known."""
    return f"coalesce(nullif(concat({_entity(party)}, array_to_string({_roles(party)}, '')), ''), '---')"


def _actor(side: str, party: str) -> dict[str, str]:
    return {
        f"{side}ActorFull": _full(party),
        f"{side}ActorEntity": f"nullif({_entity(party)}, '')",
        f"{side}ActorRole": f"{_roles(party)}[1]",
        f"{side}ActorAttribute": f"joined({_roles(party)}[2:])",
    }


_SENTENCE = "cell(document_id) || '_' || coalesce(text_info.sequence, 0)"
_ISSUES = "joined([item(c) FOR c IN context])"

PHOENIX = Format(
    name="phoenix",
    rows=DYADS,
    columns={
        "EventID": "number",
        "Date": "ymd(date)",
        "Year": "year(date)",
        "Month": "month(date)",
        "Day": "day(date)",
        **_actor("Source", "a"),
        **_actor("Target", "r"),
        "EventCode": "cameo",
        "EventRootCode": "cameo[:2]",
        "PentaClass": "quad_code",
        "GoldsteinScore": "cameo_goldstein(cameo)",
        "Issues": _ISSUES,
        "Lat": "event_loc.lat",
        "Lon": "event_loc.lon",
        "LocationName": "coalesce(cell(event_loc.city), cell(event_loc.resolved_place))",
        "StateName": "cell(event_loc.province)",
        "CountryCode": "cell(event_loc.country_code)",
        "SentenceID": _SENTENCE,
        "URLs": "cell(cite_info.url)",
        "NewsSources": "cell(cite_info.publication)",
    },
    needs=NEEDS_CAMEO,
    header=False,
)

PETRARCH = Format(
    name="petrarch",
    rows=DYADS,
    columns={
        "date": "ymd(date)",
        "source": _full("a"),
        "target": _full("r"),
        "code": "cameo",
        "issues": _ISSUES,
        "ids": f"replace({_SENTENCE}, ';', ',')",
        "url": "cell(cite_info.url)",
        "story source": "cell(cite_info.publication)",
    },
    needs=NEEDS_CAMEO,
    header=False,
)
