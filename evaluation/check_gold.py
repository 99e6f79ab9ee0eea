"""Check that the gold files can be scored: names from the codebook, evidence from the text, dates in order.

    python evaluation/check_gold.py [GOLD.yaml ...]

Prints what is wrong, one line each, and exits 1 if anything is.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CODEBOOK = HERE.parent / "codebook" / "plover"
DEFAULT_GOLD = (HERE / "gold" / "examples.yaml", HERE / "gold" / "articles.yaml")

_FLAGS = {"optional", "symmetric"} | {
    f"{kind}_{side}" for kind in ("any", "optional", "partial") for side in ("actor", "recipient")
}
_LISTS = {"type", "mode", "aux", "actor", "recipient", "actor_sector", "recipient_sector"}
_EVENT_KEYS = (
    _FLAGS | _LISTS | {"date", "date_from", "date_to", "place", "lat", "lon", "attribution", "size", "evidence"}
)
_SIZES = ("dead", "injured", "arrested", "participants")
_RULE_KEYS = {"type", "aux", "actor", "evidence"}
_DOCUMENT_KEYS = {"id", "date", "file", "text", "events", "must_not"}


@dataclass(frozen=True, slots=True)
class Names:
    """All names that the codebook has."""

    types: frozenset[str]
    modes: dict[str, frozenset[str]]
    auxiliary: frozenset[str]
    states: frozenset[str]
    codes: frozenset[str]
    sectors: frozenset[str]


def load_names(folder: Path = CODEBOOK) -> Names:
    """Read the names from the codebook's files."""
    codes = _read(folder / "codes.yml")
    return Names(
        types=frozenset(entry["name"] for entry in _read(folder / "event_types.yml")),
        modes={name: frozenset(m["name"] for m in modes) for name, modes in _read(folder / "modes.yml").items()},
        auxiliary=frozenset(entry["name"] for entry in _read(folder / "auxiliary_modes.yml")),
        states=frozenset(codes["states"]),
        codes=frozenset(codes["states"]) | {entry["code"] for entry in codes["non_states"]},
        sectors=frozenset(entry["code"] for entry in _read(folder / "sectors.yml")),
    )


def check_file(path: Path, names: Names) -> Iterator[str]:
    """Everything that is wrong with one gold file."""
    for document in _read(path):
        where = f"{path.name}: {document.get('id', '(no id)')}"
        for key in sorted(document.keys() - _DOCUMENT_KEYS):
            yield f"{where}: key {key!r} is unknown"
        for key in ("id", "date", "events"):
            if key not in document:
                yield f"{where}: {key} is missing"
        if not _is_day(document.get("date")):
            yield f"{where}: date is {document.get('date')!r}, expected ISO 8601 such as 2024-03-12"
        if ("text" in document) == ("file" in document):
            yield f"{where}: expected either text or file"
            continue
        if "file" in document and not (path.parent / document["file"]).is_file():
            yield f"{where}: file {document['file']!r} does not exist"
            continue
        text = document["text"] if "text" in document else (path.parent / document["file"]).read_text(encoding="utf-8")
        if not document.get("events") and not document.get("must_not"):
            yield f"{where}: an article without events needs a must_not rule"
        for number, event in enumerate(document.get("events", ()), start=1):
            yield from (f"{where}: event {number}: {message}" for message in check_event(event, text, names))
        for number, rule in enumerate(document.get("must_not", ()), start=1):
            yield from (f"{where}: must_not {number}: {message}" for message in check_rule(rule, text, names))


def check_event(event: dict[str, Any], text: str, names: Names) -> Iterator[str]:
    """Everything that is wrong with one gold event."""
    yield from (f"key {key!r} is unknown" for key in sorted(event.keys() - _EVENT_KEYS))
    flags = sorted(event.keys() & _FLAGS)
    yield from (f"{key} is {event[key]!r}, expected true" for key in flags if event[key] is not True)
    yield from (f"{key} is no list" for key in sorted(event.keys() & _LISTS) if not isinstance(event[key], list))
    if any(key in event and not isinstance(event[key], list) for key in _LISTS):
        return
    yield from _check_common(event, text, names)
    allowed = {"", *(mode for name in event.get("type", ()) for mode in names.modes.get(name, ()))}
    yield from _unknown("mode", event.get("mode", ()), allowed)
    if event.get("mode") == []:
        yield "mode is empty; write [''] for none"
    yield from _unknown("recipient", event.get("recipient", ()), names.codes)
    for side in ("actor", "recipient"):
        yield from _unknown(f"{side}_sector", event.get(f"{side}_sector", ()), names.sectors)
        if not event.get(side) and not event.get(f"any_{side}"):
            yield f"{side} is empty: say any_{side}: true if it does not matter"
    yield from _unknown("place", _as_list(event.get("place", [])), names.states | {"HKG", "PSE", "ATA"})
    yield from _unknown("attribution", _as_list(event.get("attribution", [])), names.codes | {""})
    yield from _check_point(event)
    yield from _check_size(event.get("size", {}))
    yield from _check_dates(event)


def _check_point(event: dict[str, Any]) -> Iterator[str]:
    if ("lat" in event) != ("lon" in event):
        yield "lat and lon go together"
    for key, most in (("lat", 90), ("lon", 180)):
        value = event.get(key, 0)
        if type(value) not in (int, float) or not -most <= value <= most:
            yield f"{key} is {value!r}, expected degrees from {-most} to {most}"


def _check_size(size: Any) -> Iterator[str]:
    if not isinstance(size, dict):
        yield f"size is {size!r}, expected a mapping such as {{dead: 4}}"
        return
    for kind, value in size.items():
        if kind not in _SIZES:
            yield f"size {kind!r} is none of {', '.join(_SIZES)}"
        bounds = value if isinstance(value, list) else [value, value]
        if len(bounds) != 2 or any(type(bound) is not int for bound in bounds) or not 0 <= bounds[0] <= bounds[1]:
            yield f"size {kind} is {value!r}, expected a number or [low, high]"


def check_rule(rule: dict[str, Any], text: str, names: Names) -> Iterator[str]:
    """Everything that is wrong with one must_not rule."""
    yield from (f"key {key!r} is unknown" for key in sorted(rule.keys() - _RULE_KEYS))
    yield from _check_common(rule, text, names)


def _check_common(entry: dict[str, Any], text: str, names: Names) -> Iterator[str]:
    if not entry.get("type"):
        yield "type is missing"
    yield from _unknown("type", entry.get("type", ()), names.types)
    if not entry.get("aux"):
        yield "aux is missing; write [''] for an event that happened"
    yield from _unknown("aux", entry.get("aux", ()), names.auxiliary | {""})
    yield from _unknown("actor", entry.get("actor", ()), names.codes)
    if "evidence" not in entry:
        yield "evidence is missing"
        return
    for part in entry["evidence"].split("|"):
        try:
            found = re.search(part, text)
        except re.error as error:
            yield f"evidence {entry['evidence']!r} is no regular expression: {error}"
            return
        if not found:
            yield f"evidence {part!r} is not in the text"


def _check_dates(event: dict[str, Any]) -> Iterator[str]:
    for key in ("date", "date_from", "date_to"):
        if key in event and not _is_day(event[key]):
            yield f"{key} is {event[key]!r}, expected ISO 8601 such as 2024-03-12"
    if ("date_from" in event) != ("date_to" in event):
        yield "date_from and date_to go together"
    elif "date_from" in event:
        if "date" in event:
            yield "date and date_from exclude each other"
        if str(event["date_from"]) > str(event["date_to"]):
            yield f"date_from {event['date_from']} is after date_to {event['date_to']}"


def _unknown(key: str, values: Any, allowed: set[str] | frozenset[str]) -> Iterator[str]:
    yield from (f"{key} {value!r} is not in the codebook" for value in values if value not in allowed)


def _is_day(value: object) -> bool:
    if isinstance(value, date):
        return True
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """Check the files, print what is wrong and how much is there."""
    paths = [Path(name) for name in arguments] or list(DEFAULT_GOLD)
    names = load_names()
    messages = [message for path in paths for message in check_file(path, names)]
    documents = [document for path in paths for document in _read(path)]
    uses = Counter(document.get("id") for document in documents)
    messages += [f"id {name!r} is used {n} times" for name, n in uses.items() if n > 1]
    for message in messages:
        print(message)
    events = [event for document in documents for event in document.get("events", ())]
    required = Counter(event["type"][0] for event in events if event.get("type") and not event.get("optional"))
    print(f"{len(documents)} articles, {len(events)} events, {sum(required.values())} required; wrong: {len(messages)}")
    print("required by type: " + ", ".join(f"{name} {required[name]}" for name in sorted(names.types)))
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
