"""A stratified sample of records for checking by hand, as rows of a sheet.

Which records are drawn depends on the seed and their ids alone, not on their order: the same corpus, coded by more
workers or in other files, gives the same sample.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from communique import codebook
from communique.errors import InputError
from communique.evaluate.statistics import DEFAULT_SEED

JUDGEMENT_COLUMNS = (
    "judgement", "type_right", "aux_right", "actor_right", "recipient_right", "date_right", "place_right", "note",
)  # fmt: skip
RECORD_COLUMNS = (
    "id", "document_id", "stratum", "stratum_size", "date", "type", "mode", "aux", "quad", "actor", "recipient", "place",
    "attribution", "size", "confidence", "event_words", "sentence", "url",
)  # fmt: skip
SHEET_COLUMNS = (*RECORD_COLUMNS[:4], *JUDGEMENT_COLUMNS, *RECORD_COLUMNS[4:])
ALLOCATIONS = ("equal", "proportional")
_BANDS = (0.5, 0.7, 0.8, 0.9, 0.95)  # of confidence

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: how many records it has, and how many were drawn."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a sheet, stratum by stratum, and the strata, those that got no row included."""

    rows: tuple[Row, ...]
    strata: tuple[Stratum, ...]


def draw_sample(
    records: Iterable[Mapping[str, Any]],
    n: int,
    by: Sequence[str] = ("type",),
    seed: int = DEFAULT_SEED,
    allocation: str = "equal",
    texts: Mapping[str, str] | None = None,
) -> Sample:
    """Draw records at random from each stratum.

    Args:
        records: Event records; they are gone through once, and few are kept.
        n: How many to draw in all; fewer if there are fewer.
        by: What makes the strata: names of `STRATIFIERS`; none for a plain random sample.
        seed: Of the draw.
        allocation: `equal`, as many of each stratum as it has room for, which tells most about rare ones; or
            `proportional` to their size, but one of each where `n` allows.
        texts: Texts of articles by id, for records without their text.

    Raises:
        InputError: There is no such stratifier or allocation.
    """
    for name in by:
        if name not in STRATIFIERS:
            raise InputError(f"--by {name!r} is unknown, expected one of {', '.join(sorted(STRATIFIERS))}.")
    if allocation not in ALLOCATIONS:
        raise InputError(f"allocation {allocation!r} is unknown, expected one of {', '.join(ALLOCATIONS)}.")
    sizes: Counter[str] = Counter()
    kept: dict[str, list[tuple[int, int, Row]]] = {}  # heaps, what would be drawn last on top
    for number, record in enumerate(records):
        stratum = "|".join(STRATIFIERS[name](record) for name in by) or "all"
        sizes[stratum] += 1
        heap = kept.setdefault(stratum, [])
        last = -_priority(seed, str(record.get("id") or number))
        if len(heap) < n:
            heapq.heappush(heap, (last, -number, _row(record, stratum, texts or {})))
        elif n and last > heap[0][0]:
            heapq.heapreplace(heap, (last, -number, _row(record, stratum, texts or {})))
    shares = allocate(sizes, n, allocation)
    rows = [
        row | {"stratum_size": str(sizes[stratum])}
        for stratum in sorted(sizes)
        for _, _, row in sorted(kept[stratum], key=lambda each: (-each[0], -each[1]))[: shares[stratum]]
    ]
    return Sample(tuple(rows), tuple(Stratum(name, sizes[name], shares[name]) for name in sorted(sizes)))


def allocate(sizes: Mapping[str, int], n: int, allocation: str = "equal") -> dict[str, int]:
    """How many to draw of each stratum.

    >>> allocate({"AID": 3, "ASSAULT": 100, "CONSULT": 50}, 21)
    {'AID': 3, 'ASSAULT': 9, 'CONSULT': 9}
    >>> allocate({"AID": 3, "ASSAULT": 147, "CONSULT": 50}, 20, "proportional")
    {'AID': 1, 'ASSAULT': 14, 'CONSULT': 5}
    """
    names, total = sorted(sizes), sum(sizes.values())
    n = min(n, total)
    shares = dict.fromkeys(names, 0)
    if allocation == "proportional":
        least = 1 if n >= len(names) else 0
        exact = {name: n * sizes[name] / total for name in names} if total else {}
        shares = {name: min(sizes[name], max(least, int(exact[name]))) for name in names}
        while sum(shares.values()) > n:  # the one of each took too many: those with most above it give way
            above = [name for name in names if shares[name] > least]
            shares[max(above, key=lambda name: (shares[name] - exact[name], name))] -= 1
        while sum(shares.values()) < n:
            room = [name for name in names if shares[name] < sizes[name]]
            shares[max(room, key=lambda name: (exact[name] - shares[name], name))] += 1
        return shares
    left = n
    while left:
        room = [name for name in names if shares[name] < sizes[name]]
        each = max(1, left // len(room))
        for name in sorted(room, key=lambda name: (-sizes[name], name))[:left]:
            share = min(each, sizes[name] - shares[name])
            shares[name] += share
            left -= share
    return shares


def _priority(seed: int, name: str) -> int:
    """A random number that belongs to a record."""
    return int.from_bytes(blake2b(f"{seed}\n{name}".encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _row(record: Mapping[str, Any], stratum: str, texts: Mapping[str, str]) -> Row:
    place, attribution = _mapping(record, "event_loc"), _mapping(record, "attribution")
    where = [str(place[key]) for key in ("resolved_place", "country_code") if place.get(key)]
    dates = [record[key] for key in ("date", "enddate") if record.get(key)]
    cells = {
        "id": record.get("id"),
        "document_id": record.get("document_id"),
        "stratum": stratum,
        "date": " to ".join(dict.fromkeys(map(str, dates))),
        "type": "/".join(_names(record, "event")),
        "mode": "/".join(_names(record, "mode")),
        "aux": _auxiliary(record),
        "quad": record.get("quad_code"),
        "actor": _parties(record, "actor"),
        "recipient": _parties(record, "recipient"),
        "place": ", ".join(where),
        "attribution": attribution.get("code") or attribution.get("entity_text"),
        "size": ", ".join(f"{kind} {_number(size)}" for kind, size in _mapping(record, "size").items()),
        "confidence": record.get("confidence"),
        "event_words": " ".join(_names(record, "event_text")),
        "sentence": _sentence(record, texts),
        "url": _mapping(record, "cite_info").get("url"),
    }
    return {name: "" if (value := cells.get(name)) is None else str(value) for name in SHEET_COLUMNS}


def _sentence(record: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    text = record.get("text") or texts.get(str(record.get("document_id"))) or ""
    info = _mapping(record, "text_info")
    start, end = info.get("start"), info.get("end")
    if isinstance(text, str) and isinstance(start, int) and isinstance(end, int) and text:
        return " ".join(text[start:end].split())
    return str(record.get("sentence") or "")


def _parties(record: Mapping[str, Any], side: str) -> str:
    told = []
    for entity in _entities(record, side):
        words = entity.get("resolved_text") or entity.get("entity_text")
        code = " ".join([str(entity.get("code") or "---"), *_names(entity, "sector")])
        told.append(f"{code} ({words})" if words else code)
    return "; ".join(told)


def _entities(record: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    value = record.get(side)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(record: Mapping[str, Any], key: str) -> list[str]:
    value = record.get(key)
    return [str(each) for each in value] if isinstance(value, list) else []


def _mapping(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _number(size: object) -> str:
    return " to ".join(map(str, size)) if isinstance(size, list) else str(size)


def _auxiliary(record: Mapping[str, Any]) -> str:
    return "/".join(_names(record, "auxiliary_mode")) or "happened"


def _first(names: Sequence[str]) -> str:
    return names[0] if names else "none"


def _code(record: Mapping[str, Any], side: str) -> str:
    entities = _entities(record, side)
    return str(entities[0].get("code") or "unknown") if entities else "none"


def _sector(record: Mapping[str, Any], side: str) -> str:
    entities = _entities(record, side)
    return _first(_names(entities[0], "sector")) if entities else "none"


def _quad(record: Mapping[str, Any]) -> str:
    quad, kind = record.get("quad_code"), _first(_names(record, "event"))
    if quad is None and kind in codebook.event_types():
        quad = codebook.quad_code(kind)
    return "none" if quad is None else str(quad)


def _band(record: Mapping[str, Any]) -> str:
    """Confidence in bands, fine where records are many."""
    value = record.get("confidence")
    if not isinstance(value, (int, float)):
        return "none"
    edges = (0.0, *_BANDS, 1.0)
    number = sum(value >= edge for edge in _BANDS)
    return f"{edges[number]:.2f}-{edges[number + 1]:.2f}"


STRATIFIERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda record: _first(_names(record, "event")),
    "quad": _quad,
    "mode": lambda record: _first(_names(record, "mode")),
    "aux": _auxiliary,
    "context": lambda record: _first(_names(record, "context")),
    "actor": lambda record: _code(record, "actor"),
    "recipient": lambda record: _code(record, "recipient"),
    "actor_sector": lambda record: _sector(record, "actor"),
    "recipient_sector": lambda record: _sector(record, "recipient"),
    "country": lambda record: str(_mapping(record, "event_loc").get("country_code") or "none"),
    "year": lambda record: str(record.get("date") or "none")[:4],
    "month": lambda record: str(record.get("date") or "none")[:7],
    "date_resolution": lambda record: str(record.get("date_resolution") or "none"),
    "confidence": _band,
    "publication": lambda record: str(_mapping(record, "cite_info").get("publication") or "none"),
    "language": lambda record: str(_mapping(record, "cite_info").get("language") or "none"),
    "coder": lambda record: str(record.get("coder") or "none"),
}
