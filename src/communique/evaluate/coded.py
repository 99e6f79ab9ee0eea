"""Event records, as `communique code` or another program wrote them → what evaluation compares of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from communique.evaluate.facts import HAPPENED, Anchor, Bounds, CodedEvent, Party, Point, Span
from communique.records import Entity, Event


def coded_event(record: Mapping[str, Any], text: str = "") -> CodedEvent:
    """Read a record; what it lacks is left empty.

    Args:
        record: As `communique code` writes it; only `event` must be there.
        text: The article's text, if the record does not hold it.

    Raises:
        ValueError: A field is of another kind than in a record; the message names it.
    """
    text = text or (record.get("text") or "")
    place, attribution = _mapping(record, "event_loc"), _mapping(record, "attribution")
    anchor = anchor_of(record)
    return CodedEvent(
        types=frozenset(_names(record, "event")),
        auxiliary=frozenset(_names(record, "auxiliary_mode")) or frozenset({HAPPENED}),
        actors=_parties(record, "actor"),
        recipients=_parties(record, "recipient"),
        modes=frozenset(_names(record, "mode")),
        date=_text(record, "date"),
        country=_text(place, "country_code"),
        point=point_of(place),
        geonameid=place.get("geonameid"),
        attribution=_text(attribution, "code"),
        words=anchor.words,
        sentence=text[slice(*anchor.sentence)] if anchor.sentence else str(record.get("sentence") or ""),
        size=tuple((kind, bounds(size)) for kind, size in _mapping(record, "size").items()),
        anchor=anchor,
    )


def coded_event_of(event: Event) -> CodedEvent:
    """The same of an event that this package has just coded."""
    text, place = event.article.text, event.place
    return CodedEvent(
        types=frozenset({event.coding.event_type}),
        auxiliary=frozenset(event.coding.auxiliary_modes) or frozenset({HAPPENED}),
        actors=_entities(event.actors),
        recipients=_entities(event.recipients),
        modes=frozenset(event.coding.modes),
        date=event.when.first.isoformat() if event.when else "",
        country=place.country if place else "",
        point=(place.lat, place.lon) if place and place.lat is not None and place.lon is not None else None,
        geonameid=place.geonameid if place else None,
        attribution=(event.attribution.code or "") if event.attribution else "",
        words=" ".join(mention.text for mention in event.trigger),
        sentence=text[event.sentence.start : event.sentence.end],
        size=tuple((kind, bounds(size)) for kind, size in event.size.items()),
        anchor=Anchor(
            " ".join(mention.text for mention in event.trigger),
            tuple((mention.start, mention.end) for mention in event.trigger),
            (event.sentence.start, event.sentence.end),
            event.sentence.number,
        ),
    )


def anchor_of(record: Mapping[str, Any]) -> Anchor:
    """Where a record's event stands.

    Raises:
        ValueError: Offsets are no pairs of whole numbers.
    """
    info = _mapping(record, "text_info")
    spans = record.get("event_spans") or []
    if not isinstance(spans, list):
        raise ValueError(f"event_spans is {spans!r}, expected a list of [start, end]")
    sentence = [info["start"], info["end"]] if info.get("start") is not None and info.get("end") is not None else None
    sequence = info.get("sequence")
    return Anchor(
        words=" ".join(_names(record, "event_text")),
        spans=tuple(_span("event_spans", span) for span in spans),
        sentence=_span("text_info", sentence) if sentence else None,
        sequence=sequence if isinstance(sequence, int) else None,
    )


def point_of(place: Mapping[str, Any]) -> Point | None:
    """Latitude and longitude, where both are there.

    Raises:
        ValueError: They are no coordinates.
    """
    lat, lon = place.get("lat"), place.get("lon")
    if lat is None and lon is None:
        return None
    if not (_is_number(lat) and _is_number(lon) and abs(lat) <= 90 and abs(lon) <= 180):  # type: ignore[arg-type]
        raise ValueError(f"lat and lon are {lat!r} and {lon!r}, expected degrees such as -1.29 and 36.82")
    return float(lat), float(lon)  # type: ignore[arg-type]


def bounds(size: object) -> Bounds:
    """A number of people as its lowest and highest value.

    Raises:
        ValueError: It is neither a number nor [low, high].

    >>> bounds(4), bounds([24, 99])
    ((4, 4), (24, 99))
    """
    low, high = size if isinstance(size, (list, tuple)) and len(size) == 2 else (size, size)
    if type(low) is int and type(high) is int and 0 <= low <= high:
        return low, high
    raise ValueError(f"size {size!r}, expected a number or [low, high]")


def _parties(record: Mapping[str, Any], side: str) -> tuple[Party, ...]:
    entities = record.get(side) or []
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise ValueError(f"{side} is {entities!r}, expected a list of entities with code and sector")
    return tuple(Party(code, (_names(e, "sector") or [""])[0]) for e in entities if (code := _text(e, "code")))


def _entities(entities: tuple[Entity, ...]) -> tuple[Party, ...]:
    return tuple(Party(e.code, e.sectors[0] if e.sectors else "") for e in entities if e.code)


def _names(record: Mapping[str, Any], key: str) -> list[str]:
    names = record.get(key) or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} is {names!r}, expected a list of names")
    return names


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key) or ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is {value!r}, expected a text")
    return value


def _mapping(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key) or {}
    if not isinstance(value, dict):
        raise ValueError(f"{key} is {value!r}, expected an object")
    return value


def _span(key: str, value: object) -> Span:
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(type(end) is int for end in value):
        return (value[0], value[1])
    raise ValueError(f"{key} holds {value!r}, expected [start, end]")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
