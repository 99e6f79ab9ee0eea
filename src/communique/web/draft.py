"""A reviewer's correction, or an event that was missed, as a stranger sends it → fields of a record, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from communique import codebook
from communique.errors import InputError
from communique.web.judged import Record, apply

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_\-]{1,24}$")]
Day = date
Span = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s|\n")
_REASON = "a reviewer's"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Party(_Strict):
    """An actor or recipient. `start` and `end` are offsets in code points; without them it is not named in the text."""

    code: Code | None = None
    sector: Annotated[list[Name], Field(max_length=8)] = []
    start: int | None = Field(None, ge=0)
    end: int | None = Field(None, ge=0)


class Location(_Strict):
    """Where it took place."""

    resolved_place: Name | None = None
    country_code: Code | None = None
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    start: int | None = Field(None, ge=0)
    end: int | None = Field(None, ge=0)


class Changes(_Strict):
    """Fields of a record, named as in the record. Those that are not given stay as they are."""

    event: Annotated[list[Name], Field(min_length=1, max_length=1)] = []
    mode: Annotated[list[Name], Field(max_length=5)] = []
    auxiliary_mode: Annotated[list[Name], Field(max_length=4)] = []
    actor: Annotated[list[Party], Field(max_length=20)] = []
    recipient: Annotated[list[Party], Field(max_length=20)] = []
    date: Day | None = None
    enddate: Day | None = None
    date_resolution: Literal["day", "week", "month", "year", "publication"] | None = None
    event_loc: Location | None = None
    event_spans: Annotated[list[Span], Field(min_length=1, max_length=10)] = []


def changed_fields(given: Changes, record: Record, text: str | None, types: Iterable[str]) -> dict[str, Any]:
    """What a correction changes of a record: only the fields that differ.

    Args:
        given: The correction.
        record: The coder's record, or an earlier one of an event that was missed.
        text: The article's text, if the store has it; without it, no words can be chosen.
        types: Event types that the store's records have, beside the codebook's.

    Raises:
        InputError: The result would be no record: the message says why.
    """
    told = given.model_dump(mode="json", exclude_unset=True)
    changes: dict[str, Any] = {}
    for name, value in told.items():
        if name in ("actor", "recipient"):
            value = [_party(party, record.get(name) or [], text, record) for party in value]
        elif name == "event_loc" and value is not None:
            value = _place(value, record.get("event_loc"), text, record)
        elif name == "event_spans":
            words = _words_of(value, record, text)
            if words != record.get("event_text"):
                changes["event_text"] = words
        if value != record.get(name):
            changes[name] = value
    _check(apply(record, changes), set(types))
    return changes


def missed_event(
    given: Changes, record_id: str, article: Mapping[str, Any], text: str | None, types: Iterable[str]
) -> Record:
    """The record of an event that the coder missed.

    Args:
        given: Its fields; `event` must be among them, and `event_spans` where the text is known.
        record_id: Its id.
        article: The article's row in the store.
        text: Its text, if the store has it.
        types: Event types that the store's records have.

    Raises:
        InputError: It is no record: the message says why.
    """
    empty = empty_record(record_id, article)
    if not given.event or (text is not None and not given.event_spans):
        raise InputError("an event needs a type, and the words that say what happened")
    fields = changed_fields(given, empty, text, types)
    record = apply(empty, fields)
    if text is not None:
        record["text_info"] = _sentence(text, record["event_spans"][0])
    return record


def empty_record(record_id: str, article: Mapping[str, Any]) -> Record:
    """A record that says nothing yet."""
    published = article.get("date")
    day = published.isoformat() if isinstance(published, date) else published
    return {
        "id": record_id,
        "document_id": article["document_id"],
        "date": day,
        "enddate": day,
        "date_resolution": "publication" if day else None,
        "event": [],
        "mode": [],
        "context": [],
        "auxiliary_mode": [],
        "quad_code": None,
        "event_scale": None,
        "actor": [],
        "recipient": [],
        "event_loc": None,
        "event_text": [],
        "event_spans": [],
        "text_info": None,
        "attribution": None,
        "confidence": None,
        "link": None,
        "cite_info": {name: article.get(name) for name in ("title", "url", "publication", "language")},
        "coder": _REASON,
        "codebook": article.get("codebook"),
    }


def _check(record: Record, types: set[str]) -> None:
    kind = record["event"][0] if record.get("event") else ""
    known = set(codebook.event_types())
    own = not str(record.get("codebook") or "plover").startswith("plover")
    if kind not in (types if own else known):
        raise InputError(f"event type {kind!r} is not in the codebook")
    if kind in known and not own:
        for mode in record.get("mode") or ():
            if mode not in codebook.modes(kind):
                raise InputError(f"{mode!r} is no mode of {kind}")
    for auxiliary in record.get("auxiliary_mode") or ():
        if auxiliary not in codebook.auxiliary_modes():
            raise InputError(f"{auxiliary!r} is no auxiliary mode")
    for party in (*(record.get("actor") or ()), *(record.get("recipient") or ())):
        for sector in party.get("sector") or ():
            if sector not in codebook.sectors():
                raise InputError(f"{sector!r} is no sector")
    first, last = record.get("date"), record.get("enddate")
    if first and last and str(last) < str(first):
        raise InputError(f"it ends on {last}, before it begins on {first}")
    if not first and last:
        raise InputError("it has a last day but no first")
    place = record.get("event_loc")
    if place and (place.get("lat") is None) != (place.get("lon") is None):
        raise InputError("a place has latitude and longitude, or neither")


def _party(given: Mapping[str, Any], known: list[Record], text: str | None, record: Record) -> Record:
    span = _span(given)
    for entity in known:  # what is not changed keeps all that the coder said of it
        if (entity.get("start"), entity.get("end")) == span and entity.get("code") == given.get("code"):
            return entity if entity.get("sector") == given.get("sector", []) else entity | {
                "sector": given.get("sector", []), "reason": _REASON,
            }  # fmt: skip
    return {
        "code": given.get("code"),
        "sector": given.get("sector", []),
        "entity_text": _words(span, text, record),
        "start": span[0],
        "end": span[1],
        "resolved_text": None,
        "identifier_text": None,
        "identifier_id": None,
        "office": None,
        "reason": _REASON,
    }


def _place(given: Mapping[str, Any], known: Record | None, text: str | None, record: Record) -> Record | None:
    span = _span(given)
    told = {name: given.get(name) for name in ("resolved_place", "country_code", "lat", "lon")}
    if all(value is None for value in (*told.values(), *span)):
        return None
    if known and all(known.get(name) == value for name, value in {**told, "start": span[0], "end": span[1]}.items()):
        return known
    words = _words(span, text, record)
    if not told["country_code"]:
        raise InputError("a place needs the code of its country")
    same = {} if not known else known if _same_place(known, told) else {}
    return {
        "extracted_place": words or None,
        **told,
        "province": same.get("province"),
        "city": same.get("city"),
        "geonameid": same.get("geonameid"),
        "resolution": same.get("resolution") or ("country" if told["lat"] is None else "city"),
        "start": span[0],
        "end": span[1],
    }


def _same_place(known: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return all(known.get(name) == value for name, value in told.items())


def _span(given: Mapping[str, Any]) -> tuple[int | None, int | None]:
    start, end = given.get("start"), given.get("end")
    if (start is None) != (end is None):
        raise InputError("words have a start and an end, or neither")
    return start, end


def _words_of(spans: list[list[int]], record: Record, text: str | None) -> list[str]:
    if spans == record.get("event_spans"):
        return list(record.get("event_text") or [])
    return [_words((span[0], span[1]), text, record) for span in spans]


def _words(span: tuple[int | None, int | None], text: str | None, record: Record) -> str:
    start, end = span
    if start is None or end is None:
        return ""
    if text is None:
        for quoted, words in _quoted(record):
            if quoted == span:
                return words
        raise InputError("the store does not have this article's text (it was coded without --with-text)")
    if not start < end <= len(text):
        raise InputError(f"[{start}, {end}] is no stretch of a text of {len(text):,} characters")
    if not text[start:end].strip():
        raise InputError(f"there are no words in [{start}, {end}]")
    return text[start:end]


def _quoted(record: Record) -> Iterable[tuple[tuple[int | None, int | None], str]]:
    """The stretches that a record quotes, with their words."""
    for entity in (*(record.get("actor") or ()), *(record.get("recipient") or ())):
        yield (entity.get("start"), entity.get("end")), entity.get("entity_text") or ""
    if place := record.get("event_loc"):
        yield (place.get("start"), place.get("end")), place.get("extracted_place") or ""
    for span, words in zip(record.get("event_spans") or (), record.get("event_text") or (), strict=False):
        yield (span[0], span[1]), words


def _sentence(text: str, span: list[int]) -> dict[str, int | None]:
    """About where the sentence of some words begins and ends; its number is not known."""
    start = max((match.end() for match in _SENTENCE_END.finditer(text, max(0, span[0] - 2000), span[0])), default=0)
    found = _SENTENCE_END.search(text, span[1])
    return {"sequence": None, "start": start, "end": len(text[: found.end() if found else len(text)].rstrip())}
