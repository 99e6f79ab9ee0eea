"""What linking compares: an event of the coder, or a record that a user brings, as the same plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from communique.records import Entity, Event
from communique.text import place_key

_WORD = re.compile(r"[^\W_]+")
_COUNTED = {
    word: number for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen twenty".split(), 2
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
_NUMBER = re.compile(rf"\b(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}}|{'|'.join(_COUNTED)})\b", re.ASCII)
_SUFFIXES = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e")
_COMMON = frozenset(
    "a about after again against all also an and any are as at be been before but by can could day days did do for from "
    "had has have he her his in into is it its last monday tuesday wednesday thursday friday saturday sunday more most new "
    "no not of off on one or other out over own people president minister said says she since so some such than that the "
    "their them then there these they this those to under until up was were what when where which while who will with would "
    "year years week month government officials".split()
)
HAPPENED, DENIED = "happened", "negation"


@dataclass(frozen=True, slots=True)
class Party:
    """One actor or recipient: code, sectors, and whom the lexicon knows it as ("" for a generic group)."""

    code: str
    sectors: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What two mentions of one event should have in common.

    Attributes:
        id: The record's.
        document_id: The article's.
        event_type: Codebook name.
        modes: Codebook names.
        status: `happened` (also `historical`), or the first of `negation`, `future`, `hypothetical`.
        first: First day, as a proleptic ordinal; -1 where unknown.
        last: Last day.
        resolution: day, week, month, year, publication or "".
        place: Key of the place: GeoNames id or name; "" where unknown or no finer than a country.
        country: Country of the place, or "".
        size: Numbers of dead, injured, arrested, participants; a range as its middle.
        words: Stems of the event words.
        terms: Stems of all words that stand for it: its sentence, or without the text what the record quotes.
        numbers: Numbers in the same words.
        confidence: The coder's.
        offset: Where its event words begin.
        sentence: Number of its sentence in the article; -1 where unknown.
        historical: Whether the record has that auxiliary mode.
        article_link: The link that it shares within its article, as the coder gave it; "" where it gave none.
    """

    id: str
    document_id: str
    event_type: str
    modes: tuple[str, ...]
    status: str
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    first: int
    last: int
    resolution: str
    place: str
    country: str
    size: tuple[tuple[str, float], ...]
    words: frozenset[str]
    terms: frozenset[str]
    numbers: frozenset[int]
    confidence: float
    offset: int
    sentence: int = -1
    historical: bool = False
    article_link: str = ""

    def codes(self) -> frozenset[str]:
        """Codes of all parties."""
        return frozenset(party.code for party in (*self.actors, *self.recipients))


def facts_of_event(event: Event) -> Facts:
    """What linking compares, of an event as coded."""
    text, when, place = event.article.text, event.when, event.place
    auxiliary = event.coding.auxiliary_modes
    words = [text[mention.start : mention.end] for mention in event.trigger]
    exact = place is not None and place.resolution != "country"
    return Facts(
        id=event.id,
        document_id=event.article.id,
        event_type=event.coding.event_type,
        modes=event.coding.modes,
        status=_status(auxiliary),
        actors=tuple(_party(entity) for entity in event.actors),
        recipients=tuple(_party(entity) for entity in event.recipients),
        first=when.first.toordinal() if when else -1,
        last=when.last.toordinal() if when else -1,
        resolution=when.resolution if when else "",
        place=_place_name(place.geonameid, place.resolved) if place is not None and exact else "",
        country=place.country if place is not None else "",
        size=_sizes(event.size),
        words=stems(words),
        terms=stems([sentence := text[event.sentence.start : event.sentence.end]]),
        numbers=numbers([sentence]),
        confidence=event.coding.confidence,
        offset=event.trigger[0].start if event.trigger else event.sentence.start,
        sentence=event.sentence.number,
        historical="historical" in auxiliary,
        article_link=_own_link(event.link, event.article.id),
    )


def facts_of_record(record: Mapping[str, object], text: str | None = None) -> Facts:
    """What linking compares, of a record as `communique code` writes it.

    Args:
        record: Fields of the record format. What is missing counts as unknown.
        text: The article's text, if it is known; else the record's own `text`, else what the record quotes.

    Raises:
        ValueError: `id`, `document_id` or `event` is missing, or a value is of another kind than the format's.
    """
    try:
        return _facts_of_record(record, text)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _facts_of_record(record: Mapping[str, object], text: str | None) -> Facts:
    values = dict(record)
    given = values.get("text")
    if text is None and isinstance(given, str):
        text = given
    location = _mapping(values.get("event_loc"))
    quotes = _strings(values.get("event_text"))
    info = _mapping(values.get("text_info"))
    actors, recipients = _mappings(values.get("actor")), _mappings(values.get("recipient"))
    start, end = info.get("start"), info.get("end")
    if text is not None and isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
        passages = [text[start:end]]
    else:
        passages = [*quotes, *(str(entity.get("entity_text") or "") for entity in (*actors, *recipients))]
        passages.append(str(location.get("extracted_place") or ""))
    auxiliary = _strings(values.get("auxiliary_mode"))
    first, last = _ordinal(values.get("date")), _ordinal(values.get("enddate"))
    spans = values.get("event_spans")
    confidence = values.get("confidence")
    exact = location.get("resolution") != "country"
    resolved = str(location.get("resolved_place") or "")
    return Facts(
        id=_text(values["id"]),
        document_id=_text(values["document_id"]),
        event_type=_strings(values["event"])[0],
        modes=tuple(_strings(values.get("mode"))),
        status=_status(auxiliary),
        actors=_parties(actors),
        recipients=_parties(recipients),
        first=first,
        last=max(first, last),
        resolution=str(values.get("date_resolution") or ""),
        place=_place_name(location.get("geonameid"), resolved) if resolved and exact else "",
        country=str(location.get("country_code") or ""),
        size=_sizes(_mapping(values.get("size"))),
        words=stems(quotes),
        terms=stems(passages),
        numbers=numbers(passages),
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.0,
        offset=int(spans[0][0]) if isinstance(spans, list) and spans else 0,
        sentence=sequence if isinstance(sequence := info.get("sequence"), int) else -1,
        historical="historical" in auxiliary,
        article_link=_own_link(values.get("link"), _text(values["document_id"])),
    )


def stems(passages: Iterable[str]) -> frozenset[str]:
    """The telling words of passages, without endings, accents and case.

    >>> sorted(stems(["The rebels' attack on Bogotá", "attacked, attacks"]))
    ['attack', 'bogota', 'rebel']
    """
    return frozenset[str]().union(*map(_stems_of, passages))


@lru_cache(1024)  # a sentence tells of several events
def _stems_of(passage: str) -> frozenset[str]:
    words = _WORD.findall(place_key(passage))
    return frozenset(_stem(word) for word in words if word not in _COMMON and (len(word) > 2 or word.isdigit()))


def numbers(passages: Iterable[str]) -> frozenset[int]:
    """The numbers above one in passages, in digits or words, and without years.

    >>> sorted(numbers(["Eleven of 1,200 soldiers", "in 2023"]))
    [11, 1200]
    """
    words = (word for passage in passages for word in _NUMBER.findall(passage.lower()))
    found = (_COUNTED.get(word) or int(word.replace(",", "")) for word in words)
    return frozenset(number for number in found if number > 1 and not 1900 <= number < 2100)


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def _status(auxiliary: Iterable[str]) -> str:
    return next((mode for mode in auxiliary if mode != "historical"), HAPPENED)


def _own_link(link: object, document_id: str) -> str:
    """A link within the article; one to another article's record is of an earlier run of `communique link`."""
    return link if isinstance(link, str) and link.startswith(f"{document_id}#") else ""


def _party(entity: Entity) -> Party:
    return Party(entity.code or "", entity.sectors, entity.identifier_text or "")


def _parties(entities: Iterable[Mapping[str, object]]) -> tuple[Party, ...]:
    return tuple(
        Party(str(entity.get("code") or ""), tuple(_strings(entity.get("sector"))), str(entity.get("identifier_text") or ""))
        for entity in entities
    )  # fmt: skip


def _place_name(geonameid: object, name: str) -> str:
    return str(geonameid) if geonameid else place_key(name)


def _sizes(size: Mapping[str, object]) -> tuple[tuple[str, float], ...]:
    numbers: list[tuple[str, float]] = []
    for name, value in sorted(size.items()):
        if isinstance(value, list | tuple) and len(value) == 2:
            numbers.append((name, (float(value[0]) + float(value[1])) / 2))
        elif isinstance(value, int | float):
            numbers.append((name, float(value)))
    return tuple(numbers)


def _ordinal(value: object) -> int:
    return date.fromisoformat(value).toordinal() if isinstance(value, str) else -1


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a string is expected")
    return value


def _strings(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"{value!r} where a list is expected")
    return [_text(item) for item in value]


def _mapping(value: object) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} where an object is expected")
    return value


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [_mapping(item) for item in value] if isinstance(value, list) else []
