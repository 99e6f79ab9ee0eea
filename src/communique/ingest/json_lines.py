"""A stream of JSON Lines → its objects. A value of the wrong kind is refused, never bent into shape."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from communique.ingest.decode import mark_of
from communique.ingest.fields import shown
from communique.records import Rejection

MAX_LINE_BYTES = 64 << 20
_EXPECTED_OBJECT = "one JSON object a line"
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:d[89ab][0-9a-f]{2}(?!\\ud[c-f])|d[c-f][0-9a-f]{2})", re.I)
_decoder = msgspec.json.Decoder()
JsonObject = dict[str, object]
Record = TypeVar("Record")


class WrongValueError(Exception):
    """A value that is refused: `WrongValueError(found, expected)`."""


def read_objects(
    stream: io.BufferedReader, where: str, make: Callable[[JsonObject], Record]
) -> Iterator[tuple[str, Record | Rejection]]:
    """Make a record of each line of a JSONL stream; empty lines are passed over.

    Args:
        stream: Bytes in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.
        where: Name of the stream.
        make: Makes a record of an object, or raises `WrongValueError`.

    Yields:
        Where the line stands (`where:17`), and its record or why there is none.
    """
    empty = True
    for number, line in enumerate(read_lines(stream), start=1):
        if not line.strip():
            continue
        empty = False
        place = f"{where}:{number}"
        yield place, _read_line(line, place, make)
        if number == 1 and line.lstrip().startswith(b"["):
            return  # a JSON array: the other lines would only repeat the message
    if empty:
        yield where, Rejection(where, "an empty file", _EXPECTED_OBJECT)


def _read_line(line: bytes, where: str, make: Callable[[JsonObject], Record]) -> Record | Rejection:
    values: JsonObject = {}
    try:
        values = _object(line)
        return make(values)
    except WrongValueError as wrong:
        found, expected = wrong.args
        given = values.get("id")
        return Rejection(where, found, expected, str(given) if isinstance(given, str | int) else None)


def read_lines(stream: io.BufferedReader) -> Iterator[bytes]:
    """Lines in UTF-8, without byte order mark; of a line that is too long, only its first part."""
    encoding, length = mark_of(stream.peek(4)[:4]) or ("utf-8", 0)
    stream.read(length)
    if encoding != "utf-8":
        with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as lines:
            yield from (line.encode() for line in lines)
        return
    while line := stream.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES + 1)


def _object(line: bytes) -> JsonObject:
    if len(line) > MAX_LINE_BYTES:
        raise WrongValueError(f"a line of more than {MAX_LINE_BYTES >> 20} MB", "a shorter line")
    try:
        value = _decoder.decode(line.rstrip())  # behind a cut-off line its newline would be the first fault
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        raise WrongValueError(found, "JSON in UTF-8 (`iconv` changes the encoding of a file)") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise WrongValueError(_malformation(line, error), _EXPECTED_OBJECT) from error
    if not isinstance(value, dict):
        raise WrongValueError(kind(value), _EXPECTED_OBJECT)
    return value


def _malformation(line: bytes, error: Exception) -> str:
    if b"\0" in line:
        return "binary data (a NUL byte)"
    if line.lstrip().startswith(b"[") and b"]" not in line:
        return "the start of a JSON array"
    if match := _SURROGATE.search(line):
        return f"half a character ({match[0][-6:].decode()}, a lone surrogate)"
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if "truncated" in str(error):
        tail = line.rstrip()[-30:].decode("utf-8", "replace")
        return f"JSON cut off after {tail!r}"
    return f"malformed JSON ({str(error).removeprefix('JSON is malformed: ')})"


def required_string(values: JsonObject, name: str) -> str:
    """The string of that name.

    Raises:
        WrongValueError: There is none, or it is no string.
    """
    if name not in values:
        keys = ", ".join(shown(key) for key in list(values)[:6]) or "none"
        raise WrongValueError(f"no {name!r} among the keys ({keys})", f"a string for {name}")
    value = values[name]
    if not isinstance(value, str):
        raise WrongValueError(f"{kind(value)} for {name}", "a string")
    return value


def optional_string(values: JsonObject, name: str) -> str | None:
    """The string of that name; `None` where it is absent, null or empty.

    Raises:
        WrongValueError: It is of another kind.
    """
    value = values.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise WrongValueError(f"{kind(value)} for {name}", "a string or null")
    return value


def identifier(values: JsonObject) -> str | None:
    """The object's `id`, a whole number as its digits; `None` where it is absent, null or empty.

    Raises:
        WrongValueError: It is neither a string nor a whole number.
    """
    value = values.get("id")
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongValueError(f"{kind(value)} for id", "a string or a whole number")
    return str(value)


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    names = {dict: "a JSON object", list: "a JSON array", str: "the string", int: "the number", float: "the number"}
    name = names[type(value)]
    return name if isinstance(value, dict | list) else f"{name} {shown(value)}"
