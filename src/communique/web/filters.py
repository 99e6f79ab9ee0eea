"""Filters as the address gives them, and the SQL that they mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from communique.web.corpus import InTexts

Name = Annotated[str, StringConstraints(max_length=200)]
Names = Annotated[list[Name], Field(max_length=50)]
Quad = Annotated[int, Field(ge=1, le=4)]
Auxiliary = Literal["happened", "historical", "future", "hypothetical", "negation"]
Sort = Literal["date", "event", "actor", "recipient", "place", "confidence", "source"]

_LISTS = {
    "type": "list_contains($type, event)",
    "quad": "list_contains($quad, quad)",
    **{
        name: f"rowid IN (SELECT number FROM c WHERE role = '{name}' AND list_contains(${name}, code))"
        for name in ("mode", "context", "actor", "recipient", "actor_sector", "recipient_sector")
    },
    "country": "list_contains($country, country)",
    "source": "list_contains($source, source)",
}
_SINGLES = {
    "since": "date >= $since",
    "until": "date <= $until",
    "place": "place = $place",
    "min_confidence": "confidence >= $min_confidence",
    "max_confidence": "confidence <= $max_confidence",
    "link": "link = $link",
    "document": "document_id = $document",
}
_SORTS = {
    "date": "date",
    "event": "event",
    "actor": "actor_code[1]",
    "recipient": "recipient_code[1]",
    "place": "place",
    "confidence": "confidence",
    "source": "source",
}
_CODES = ("actor", "recipient", "country")


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


class Filters(BaseModel):
    """Which events: all that meet every filter given. Of values repeated in one filter, any will do."""

    model_config = ConfigDict(extra="forbid")

    type: Names = Field(default=[], description="Event types, such as ASSAULT.")
    quad: Annotated[list[Quad], Field(max_length=4)] = Field(
        default=[], description="1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."
    )
    mode: Names = Field(default=[], description="Modes, such as arrest.")
    context: Names = Field(default=[], description="Contexts, such as military.")
    aux: Annotated[list[Auxiliary], Field(max_length=5)] = Field(
        default=[], description="Whether it happened, or its auxiliary modes."
    )
    actor: Names = Field(default=[], description="Codes of actors, such as KEN.")
    actor_sector: Names = Field(default=[], description="Sectors of actors, such as GOV.")
    recipient: Names = Field(default=[], description="Codes of recipients.")
    recipient_sector: Names = Field(default=[], description="Sectors of recipients.")
    since: date | None = Field(default=None, description="Events whose first day is this or later.")
    until: date | None = Field(default=None, description="Events whose first day is this or earlier.")
    country: Names = Field(default=[], description="Codes of countries where it took place.")
    place: Name | None = Field(default=None, description="Name of the place as resolved.")
    source: Names = Field(default=[], description="Who published it.")
    min_confidence: float | None = Field(default=None, ge=0, le=1)
    max_confidence: float | None = Field(default=None, ge=0, le=1)
    q: Name | None = Field(default=None, description="Words in event words, names of parties and place, or title.")
    text: Name | None = Field(
        default=None, description="Words in the article, in any order; `arrest*` for all that begin so."
    )
    link: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="Mentions of one event: its link."
    )
    dyad: Annotated[str, StringConstraints(pattern=r"^[^>]{1,200}>[^>]{1,200}$")] | None = Field(
        default=None, description="Actor and recipient of one event, such as KEN>UGA; meetings of both count too."
    )
    document: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="Id of an article."
    )

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: Any) -> Any:
        """A form sends its empty fields too."""
        if not isinstance(data, dict):
            return data
        kept = {}
        for name, value in data.items():
            if name in _CODES and isinstance(value, list):  # typed in one field: "KEN, UGA"
                value = [word for one in value for word in (_words(one) if isinstance(one, str) else [one])]
            elif isinstance(value, list):
                value = [one for one in value if one != ""]
            if value not in ("", []):
                kept[name] = value
        return kept

    def where(self) -> tuple[str, dict[str, Any]]:
        """The SQL condition on the narrow table, and its parameters."""
        conditions, parameters = [], {}
        for name, condition in (_LISTS | _SINGLES).items():
            value = getattr(self, name)
            if value not in (None, []):
                conditions.append(condition)
                parameters[name] = value
        if self.dyad:
            parameters["dyad_actor"], parameters["dyad_recipient"] = self.dyad.split(">")
            conditions.append(
                "rowid IN (SELECT number FROM d WHERE actor = $dyad_actor AND recipient = $dyad_recipient)"
            )
        if self.aux:
            some = [name for name in self.aux if name != "happened"]
            either = ["len(auxiliary) = 0"] if "happened" in self.aux else []
            if some:
                either.append("rowid IN (SELECT number FROM c WHERE role = 'auxiliary' AND list_contains($aux, code))")
                parameters["aux"] = some
            conditions.append(f"({' OR '.join(either)})")
        if self.text:
            parameters["text"] = InTexts(self.text)
            conditions.append("rowid IN (SELECT number FROM t WHERE get_bit($text::BIT, article::INTEGER) = 1)")
        for number, word in enumerate((self.q or "").lower().split()[:20]):
            conditions.append(f"contains(search, $q{number})")
            parameters[f"q{number}"] = word
        return " AND ".join(conditions) or "true", parameters

    def pairs(self) -> Iterator[tuple[str, str]]:
        """The filters as the address has them, without those that are not set."""
        for name in Filters.model_fields:
            value = getattr(self, name)
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    yield name, str(one)

    def query(self, **changes: Any) -> str:
        """The filters as the query part of an address, with some of them changed; `None` takes one away."""
        pairs = [(name, value) for name, value in self.pairs() if name not in changes]
        for name, value in changes.items():
            for one in value if isinstance(value, list | tuple) else [value]:
                if one is not None:
                    pairs.append((name, str(one)))
        return urlencode(pairs)


class Page(Filters):
    """Filters with a page of a sorted table."""

    sort: Sort = "date"
    order: Literal["asc", "desc"] = "desc"
    page: int = Field(default=1, ge=1, le=10_000_000)
    size: int = Field(default=50, ge=1, le=10_000)

    def order_by(self) -> str:
        """The SQL order of the rows; ties in the table's own order, by day and id."""
        return f"{_SORTS[self.sort]} {self.order} NULLS LAST, rowid"
