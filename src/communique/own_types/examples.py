"""A user's annotated texts (JSONL) → `Example`s. All lines are checked; one wrong value, and nothing is trained."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from communique import codebook
from communique.codebook import Scheme
from communique.errors import InputError
from communique.ingest.fields import objection, shown
from communique.ingest.json_lines import JsonObject, WrongValueError, kind, read_objects, required_string
from communique.ingest.streams import READ_ERRORS, Source, open_source, unreadable
from communique.records import Rejection

_LINE = ("text", "events", "id")
_EVENT = ("type", "words", "actors", "recipients", "modes", "auxiliary_mode")
_FAULTS_SHOWN = 20
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """One annotated event; all spans are half-open offsets in its text.

    Attributes:
        event_type: A type of the user's codebook.
        words: Where the words stand that say what happened.
        actors: Who did it.
        recipients: To whom.
        modes: Modes of the type.
        auxiliary_mode: "" if it happened.
    """

    event_type: str
    words: tuple[Span, ...]
    actors: tuple[Span, ...] = ()
    recipients: tuple[Span, ...] = ()
    modes: tuple[str, ...] = ()
    auxiliary_mode: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An annotated text: all events of the user's types that it reports."""

    text: str
    events: tuple[OwnEvent, ...]


def read_examples(path: Path, scheme: Scheme) -> list[Example]:
    """Read and check annotated texts.

    Raises:
        InputError: Something in them is wrong: the message names file and line, what was found and what was expected.
    """
    source = Source(str(path), "jsonl", path)
    examples: list[Example] = []
    faults: list[str] = []
    seen: dict[str, str] = {}
    try:
        with open_source(source) as stream:
            for where, item in read_objects(stream, source.where, lambda values: _example(values, scheme)):
                if isinstance(item, Rejection):
                    faults.append(str(item))
                elif item.text in seen:
                    faults.append(f"{where}: found the text of {seen[item.text]} again, expected each text once")
                else:
                    seen[item.text] = where
                    examples.append(item)
    except READ_ERRORS as error:
        faults.append(str(unreadable(source.where, error)))
    if faults:
        more = [f"… and {len(faults) - _FAULTS_SHOWN} more"] if len(faults) > _FAULTS_SHOWN else []
        raise InputError("\n".join(faults[:_FAULTS_SHOWN] + more))
    return examples


def _example(values: JsonObject, scheme: Scheme) -> Example:
    _check_keys(values, _LINE, "")
    text = required_string(values, "text")
    if reason := objection(text, None):
        raise WrongValueError(*reason)
    if "events" not in values:
        raise WrongValueError("no 'events' among the keys", "a list of events, [] for a text without any")
    listed = values["events"]
    if not isinstance(listed, list):
        raise WrongValueError(f"{kind(listed)} for events", "a list")
    taken: set[Span] = set()
    return Example(text, tuple(_event(entry, number, text, scheme, taken) for number, entry in enumerate(listed, 1)))


def _event(entry: object, number: int, text: str, scheme: Scheme, taken: set[Span]) -> OwnEvent:
    where = f"event {number}: "
    if not isinstance(entry, dict):
        raise WrongValueError(f"{where}{kind(entry)}", f"an object with {', '.join(_EVENT)}")
    _check_keys(entry, _EVENT, where)
    for key in ("type", "words"):
        if key not in entry:
            raise WrongValueError(f"{where}no {key!r} among the keys", "at least type and words")
    event_type = _one_of(entry["type"], scheme.names(), f"{where}type", f"codebook {scheme.label}")
    parts = _strings(entry["words"], f"{where}words")
    if not parts:
        raise WrongValueError(f"{where}no words", "the words of the text that say what happened")
    words: list[Span] = []
    for part in parts:
        places = _places(text, part, f"{where}words")
        after = [span for span in places if not words or span[0] >= words[-1][1]]
        free = [span for span in after if span not in taken] or after or places
        words.append(free[0])
    taken.update(words)
    modes = tuple(mode.name for mode in scheme.modes.get(event_type, ()))
    found = _strings(entry.get("modes"), f"{where}modes")
    auxiliary = _strings(entry.get("auxiliary_mode"), f"{where}auxiliary_mode")
    if len(auxiliary) > 1:
        raise WrongValueError(f"{where}auxiliary_mode {shown(auxiliary)}", "one auxiliary mode, or none")
    for mode in auxiliary:
        _one_of(mode, codebook.auxiliary_modes(), f"{where}auxiliary_mode", "PLOVER")
    return OwnEvent(
        event_type=event_type,
        words=tuple(words),
        actors=_parties(entry, "actors", where, text, words[0]),
        recipients=_parties(entry, "recipients", where, text, words[0]),
        modes=tuple(_one_of(mode, modes, f"{where}mode", f"the modes of {event_type}") for mode in found),
        auxiliary_mode=auxiliary[0] if auxiliary else "",
    )


def _parties(entry: JsonObject, key: str, where: str, text: str, words: Span) -> tuple[Span, ...]:
    """Where the parties stand: of several places, the one nearest to the event words."""
    return tuple(
        min(_places(text, party, f"{where}{key}"), key=lambda span: (max(span[0] - words[1], words[0] - span[1]), span))
        for party in _strings(entry.get(key), f"{where}{key}")
    )


def _places(text: str, words: str, what: str) -> list[Span]:
    """All places where words stand in a text, as whole words where there are such."""
    found = [(match.start(), match.end()) for match in re.finditer(re.escape(words), text)]
    if not words.strip() or words != words.strip():
        raise WrongValueError(f"{what} {shown(words)}", "words of the text, without blanks around them")
    if not found:
        raise WrongValueError(f"{what} {shown(words)}, which do not stand in the text", "words exactly as in the text")
    whole = [
        (start, end) for start, end in found
        if not (text[start - 1 : start].isalnum() and text[start].isalnum()) and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
    ]  # fmt: skip
    if not whole:
        raise WrongValueError(
            f"{what} {shown(words)}, which stand in the text only as a part of longer words", "whole words"
        )
    return whole


def _strings(value: object, what: str) -> list[str]:
    """A list of strings; one string stands for a list of one, null for an empty one."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise WrongValueError(f"{what} {shown(value)}", "a string or a list of strings")
    return [str(part) for part in value]


def _check_keys(values: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in values:
        if key not in known:
            raise WrongValueError(f"{where}the key {shown(key)}{_near(key, known)}", f"only {', '.join(known)}")


def _one_of(value: object, known: tuple[str, ...], what: str, of: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise WrongValueError(
        f"{what} {shown(value)}{_near(value, known)}", f"one of {of}: {', '.join(known) or 'there are none'}"
    )


def _near(value: object, known: tuple[str, ...]) -> str:
    same = [name for name in known if name.casefold() == str(value).casefold()]
    near = same or get_close_matches(str(value), known, 1, 0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
