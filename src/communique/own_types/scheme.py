"""A user's codebook (YAML) → `Scheme`. What is wrong in it is told by line, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from communique import codebook
from communique.codebook import EventType, Mode, Scheme
from communique.errors import InputError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TOP = ("name", "version", "types")
_TYPE = ("name", "description", "plover", "quad", "score", "needs_recipient", "modes")
_MODE = ("name", "description", "score")
MAX_BYTES = 1_000_000


class _Map(dict[str, Any]):
    """A mapping of the file with the line that each key stands on."""

    line: int
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    """Keeps lines, and refuses a key that stands twice."""

    def map_with_lines(self, node: yaml.MappingNode) -> Iterator[_Map]:
        found = _Map()
        found.line, found.lines = node.start_mark.line + 1, {}
        yield found
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(None, None, f"the key {key!r}, which is no word", key_node.start_mark)
            if key in found:
                raise yaml.MarkedYAMLError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
            found[key] = self.construct_object(value_node, deep=True)
            found.lines[key] = line


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.map_with_lines)


def read_scheme(path: Path) -> Scheme:
    """Read a codebook.

    Raises:
        InputError: It cannot be read, or is no codebook: the message names file, line, what was found and expected.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}), expected a codebook in YAML") from None
    return parse_scheme(data, str(path))


def parse_scheme(data: bytes, where: str) -> Scheme:
    """As `read_scheme`, of bytes that stand in `where`."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{where}: found a file of {len(data):,} bytes, expected a codebook of at most {MAX_BYTES:,}")
    try:
        content = yaml.load(data.decode("utf-8-sig"), _Loader)  # a safe loader: `_Loader` only keeps lines
    except UnicodeDecodeError:
        raise InputError(f"{where}: found bytes that are not UTF-8, expected a codebook in YAML") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark else ""
        raise InputError(f"{where}{line}: found {error.problem}, expected a codebook in YAML") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{where}: found what is no YAML ({error}), expected a codebook") from None
    reader = _Reader(where)
    scheme = reader.scheme(content)
    if reader.faults or scheme is None:
        raise InputError("\n".join(reader.faults))
    return scheme


class _Reader:
    """Makes a scheme of what YAML gave, and notes all that is wrong with it."""

    def __init__(self, where: str) -> None:
        self._where = where
        self.faults: list[str] = []

    def scheme(self, content: Any) -> Scheme | None:
        if not isinstance(content, _Map):
            self._fault(1, _shown(content), f"a mapping with the keys {', '.join(_TOP)}")
            return None
        self._keys(content, _TOP, ("name", "types"))
        name = self._name(content, "name")
        version = content.get("version", 1)
        if isinstance(version, bool) or not isinstance(version, str | int | float) or not str(version).strip():
            self._fault(content.lines["version"], f"version {_shown(version)}", "a string or a number such as 1")
        entries = content.get("types")
        if not isinstance(entries, list) or not entries:
            if "types" in content:
                self._fault(content.lines["types"], f"types {_shown(entries)}", "a list with an entry for each type")
            return None
        types: dict[str, EventType] = {}
        modes: dict[str, tuple[Mode, ...]] = {}
        roots: dict[str, str] = {}
        for entry in entries:
            if not isinstance(entry, _Map):
                self._fault(content.lines["types"], f"the type {_shown(entry)}", f"a mapping with {', '.join(_TYPE)}")
                continue
            found = self._type(entry)
            if found.name in types:
                self._fault(entry.lines["name"], f"the type {found.name} twice", "one entry for each type")
            if found.name.casefold() == "none":
                self._fault(entry.lines["name"], "a type named 'none'", "another name: texts without events say that")
            types[found.name] = found
            if listed := self._modes(entry):
                modes[found.name] = listed
            if entry.get("plover") in codebook.event_types():
                roots[found.name] = entry["plover"]
        return Scheme(name, str(version).strip(), tuple(types.values()), modes, roots)

    def _type(self, entry: _Map) -> EventType:
        self._keys(entry, _TYPE, ("name", "description"))
        root = entry.get("plover")
        known = codebook.event_types()
        if root is not None and root not in known:
            self._fault(entry.lines["plover"], f"plover {_shown(root)}{_near(root, known)}", "a PLOVER event type")
            root = known[0]  # quad and score of some type: the fault is told already
        if root is None and not {"quad", "score"} <= entry.keys():
            self._fault(
                entry.line,
                f"the type {_shown(entry.get('name'))} without quad and score",
                "both, or a PLOVER type under `plover`",
            )
        quad = entry.get("quad", codebook.quad_code(root) if root else 1)
        if quad not in {1, 2, 3, 4} or isinstance(quad, bool):
            self._fault(entry.lines["quad"], f"quad {_shown(quad)}", "1, 2, 3 or 4")
        needs = entry.get("needs_recipient", codebook.needs_recipient(root) if root else False)
        if not isinstance(needs, bool):
            self._fault(entry.lines["needs_recipient"], f"needs_recipient {_shown(needs)}", "true or false")
        score = self._score(entry, codebook.event_scale(root) if root else 0.0) or 0.0
        return EventType(self._name(entry, "name"), quad, score, needs is True, self._text(entry, "description"))

    def _modes(self, entry: _Map) -> tuple[Mode, ...]:
        values = entry.get("modes") or []
        if not isinstance(values, list):
            self._fault(entry.lines["modes"], f"modes {_shown(values)}", "a list")
            return ()
        found: dict[str, Mode] = {}
        for value in values:
            if isinstance(value, str):
                self._proper(value, entry.lines["modes"], "the mode")
                mode = Mode(value, "")
            elif isinstance(value, _Map):
                self._keys(value, _MODE, ("name",))
                mode = Mode(self._name(value, "name"), self._text(value, "description"), self._score(value, None))
            else:
                self._fault(
                    entry.lines["modes"], f"the mode {_shown(value)}", f"a name, or a mapping with {', '.join(_MODE)}"
                )
                continue
            if mode.name in found:
                self._fault(entry.lines["modes"], f"the mode {mode.name} twice", "one entry for each mode")
            found[mode.name] = mode
        return tuple(found.values())

    def _keys(self, entry: _Map, known: tuple[str, ...], needed: tuple[str, ...]) -> None:
        for key, line in entry.lines.items():
            if key not in known:
                self._fault(line, f"the key {_shown(key)}{_near(key, known)}", f"one of {', '.join(known)}")
        for key in needed:
            if key not in entry:
                self._fault(entry.line, f"no {key!r} among the keys", f"{', '.join(needed)}")

    def _name(self, entry: _Map, key: str) -> str:
        value = entry.get(key)
        if key in entry:
            self._proper(value, entry.lines[key], "the name")
        return str(value)

    def _proper(self, value: object, line: int, what: str) -> None:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            self._fault(line, f"{what} {_shown(value)}", "letters, digits, - and _, with a letter first")

    def _text(self, entry: _Map, key: str) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str) or (key in entry and not value.strip()):
            self._fault(entry.lines[key], f"{key} {_shown(value)}", "some words")
        return str(value)

    def _score(self, entry: _Map, default: float | None) -> float | None:
        value = entry.get("score", default)
        if value is None and "score" not in entry:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not -10 <= value <= 10:
            self._fault(
                entry.lines["score"], f"score {_shown(value)}", "a number from -10 (conflict) to 10 (cooperation)"
            )
            return default
        return float(value)

    def _fault(self, line: int, found: str, expected: str) -> None:
        self.faults.append(f"{self._where}:{line}: found {found}, expected {expected}")


def _near(value: object, known: tuple[str, ...]) -> str:
    near = get_close_matches(str(value), known, 1, 0.6) or [
        name for name in known if name.casefold() == str(value).casefold()
    ]
    return f" (did you mean {near[0]!r}?)" if near else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
