"""A line of JSON → `Article`, with strict types: a value of the wrong kind is refused, never bent into shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

import msgspec

from communique.ingest.decode import mark_of
from communique.ingest.fields import EXPECTED_DATE, day_of, language_of, objection, shown
from communique.ingest.text import read_head
from communique.records import Article, Rejection

MAX_LINE_BYTES = 64 << 20
_OPTIONAL_FIELDS = ("title", "url", "publication", "language", "place")
_EXPECTED_OBJECT = "one JSON object a line"
_SURROGATE = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?:d[89ab][0-9a-f]{2}(?!\\ud[c-f])|d[c-f][0-9a-f]{2})", re.I)
_decoder = msgspec.json.Decoder()


class _WrongValue(Exception):
    """A value that is refused: what was found, what was expected."""


def read_lines(stream: BinaryIO, where: str, default_date: date | None = None) -> Iterator[Article | Rejection]:
    """Make an article of each line of a JSONL stream; empty lines are passed over.

    Args:
        stream: Bytes in UTF-8, or in UTF-16 with a byte order mark.
        where: Name of the stream; messages add the number of the line.
        default_date: Day of publication for articles that give none.
    """
    empty = True
    for number, line in enumerate(_lines(stream), start=1):
        if not line.strip():
            continue
        empty = False
        yield read_line(line, f"{where}:{number}", default_date)
        if number == 1 and line.lstrip().startswith(b"["):
            return  # a JSON array: the other lines would only repeat the message
    if empty:
        yield Rejection(where, "an empty file", _EXPECTED_OBJECT)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines in UTF-8, without byte order mark; of a line that is too long, only its first part."""
    encoding, length = mark_of(stream.peek(4)[:4]) or ("utf-8", 0)  # type: ignore[attr-defined]
    stream.read(length)
    if encoding != "utf-8":
        yield from _transcoded(stream, encoding)
        return
    while line := stream.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES + 1)


def _transcoded(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    import io

    with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as lines:
        for line in lines:
            yield line.encode()


def read_line(line: bytes, where: str, default_date: date | None = None) -> Article | Rejection:
    """Make an article of one JSON object.

    The article's `text` is the value of `text`, untouched. Keys that are not an article's are ignored; a whole number
    for an `id` becomes a string; an empty string for a date or a title counts as none. Date, place and agency that
    the object does not give are read from the head of the text.

    Args:
        line: The object's bytes.
        where: File and line, for messages.
        default_date: Day of publication if neither object nor text gives one.
    """
    try:
        values = _object(line)
    except _WrongValue as wrong:
        return Rejection(where, *wrong.args)
    article_id = None
    try:
        article_id = _id(values)
        return _article(values, article_id, where, default_date)
    except _WrongValue as wrong:
        return Rejection(where, *wrong.args, article_id)


def _object(line: bytes) -> dict[str, object]:
    if len(line) > MAX_LINE_BYTES:
        raise _WrongValue(f"a line of more than {MAX_LINE_BYTES >> 20} MB", "a shorter line")
    try:
        value = _decoder.decode(line)
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        raise _WrongValue(found, "JSON in UTF-8 (`iconv` changes the encoding of a file)") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _WrongValue(_malformation(line, error), _EXPECTED_OBJECT) from error
    if not isinstance(value, dict):
        raise _WrongValue(_kind(value), _EXPECTED_OBJECT)
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


def _id(values: dict[str, object]) -> str:
    value = values.get("id")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise _WrongValue(f"{_kind(value)} for id", "a string or a whole number")
    return str(value)


def _article(
    values: dict[str, object], article_id: str, where: str, default_date: date | None
) -> Article | Rejection:
    text = _text(values)
    known = {name: _string(values, name) for name in _OPTIONAL_FIELDS}
    published = _date(values)
    language = language_of(known["language"]) if known["language"] else None
    if reason := objection(where, text, language, article_id):
        return reason
    head = read_head(text)
    return Article(
        text=text,
        id=article_id,
        date=published or head.date or default_date,
        title=known["title"],
        url=known["url"],
        publication=known["publication"] or head.agency,
        language=language,
        place=known["place"] or head.place,
    )


def _text(values: dict[str, object]) -> str:
    if "text" not in values:
        keys = ", ".join(shown(key) for key in list(values)[:6]) or "none"
        raise _WrongValue(f"no 'text' among the keys ({keys})", "a string for text")
    if not isinstance(values["text"], str):
        raise _WrongValue(f"{_kind(values['text'])} for text", "a string")
    return values["text"]


def _string(values: dict[str, object], name: str) -> str | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _WrongValue(f"{_kind(value)} for {name}", "a string or null")
    return value


def _date(values: dict[str, object]) -> date | None:
    value = values.get("date")
    if value is None or value == "":
        return None
    day = day_of(value) if isinstance(value, str) else None
    if day is None:
        raise _WrongValue(f"date {shown(value)}", EXPECTED_DATE)
    return day


def _kind(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    names = {dict: "a JSON object", list: "a JSON array", str: "the string", int: "the number", float: "the number"}
    name = names[type(value)]
    return name if isinstance(value, (dict, list)) else f"{name} {shown(value)}"
