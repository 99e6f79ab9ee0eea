"""CSV and TSV → `Article`s, row by row, however long the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from communique.ingest.decode import mark_of, mended, signature_of
from communique.ingest.fields import MAX_CHARACTERS, shown
from communique.ingest.json_lines import JsonObject, WrongValueError
from communique.ingest.settings import ARTICLE_FIELDS, Settings
from communique.ingest.values import article_of_values, missing_name
from communique.records import Article, Rejection

_DELIMITERS = (",", ";", "\t", "|")
_EXPECTED = "a table with a first row of column names, one of them 'text' (or --fields text=NAME)"
_ESCAPED = re.compile("[\udc80-\udcff]")
_MAX_FAULTS = 100  # of the kind that hides where the next row begins; then the rest of the file is given up
_MAX_COLUMNS = 2_000
_READ_AHEAD = 1_000  # lines that a quotation mark left open may take with it and be read again
csv.field_size_limit(max(csv.field_size_limit(), MAX_CHARACTERS + 1))


class _RowTooLongError(Exception):
    """A row goes on and on."""


class _Lines:
    """Decoded lines, numbered from 1; those of the row at hand are kept, to be read again if it turns out broken."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = io.TextIOWrapper(
            stream, encoding, errors="surrogateescape" if encoding == "utf-8" else "replace", newline=""
        )
        self._again: list[str] = []
        self._row: list[str] = []
        self._n_characters = 0
        self.number = 0  # of the last line given

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._stream.readline(MAX_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._row.append(line)
        self._n_characters += len(line)
        if len(line) > MAX_CHARACTERS or self._n_characters > 2 * MAX_CHARACTERS:
            raise _RowTooLongError
        return line

    def begin_row(self) -> int:
        """Forget the row before; returns the number of this row's first line."""
        self._row, self._n_characters = [], 0
        return self.number + 1

    @property
    def n_in_row(self) -> int:
        return len(self._row)

    def go_back(self) -> None:
        """Give the lines of this row again, but for its first."""
        again = self._row[1:]
        self._again.extend(reversed(again))
        self.number -= len(again)
        self.begin_row()

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def skip_rest_of_line(self) -> None:
        """After the first part of a line that is too long: pass over the rest."""
        line = self._row[-1] if self._row else ""
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(MAX_CHARACTERS + 1)
        self.begin_row()


def read_table(
    stream: io.BufferedReader, where: str, kind: str, settings: Settings
) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each row, with the number of the row's first line (`where:17`).

    The first row names the columns; those of an article are found in any case ("Text"), others with `--fields`. A
    row that is broken is rejected and the next is read.

    Args:
        stream: Bytes in UTF-8, in UTF-16 with a byte order mark, or in an older encoding that can be told.
        where: Name of the stream.
        kind: `csv` (commas, semicolons, tabs or bars, as the first row shows) or `tsv`.
        settings: How to read.
    """
    first = stream.peek(4)[:4]
    if binary := signature_of(first):
        yield where, Rejection(where, binary, _EXPECTED)
        return
    encoding, length = mark_of(first) or ("utf-8", 0)
    stream.read(length)
    lines = _Lines(stream, encoding)
    try:
        yield from _read(lines, where, kind, settings)
    except UnicodeError as error:
        place = f"{where}:{lines.number + 1}"
        yield place, Rejection(place, f"{encoding.upper()} that breaks ({error})", "a file that is whole")
    finally:
        lines.close()


def _read(lines: _Lines, where: str, kind: str, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    header = _header(lines, where, kind, settings)
    if isinstance(header, Rejection):
        yield where, header
        return
    delimiter, names = header
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    n_faults, n_rows = 0, 0
    while True:
        number = lines.begin_row()
        place = f"{where}:{number}"
        try:
            row = next(rows)
        except StopIteration:
            break
        except _RowTooLongError:
            lines.skip_rest_of_line()
            found = f"a row of more than {MAX_CHARACTERS:,} characters, up to line {lines.number:,}"
            yield place, Rejection(place, found, "a shorter row, and quotation marks that close")
            fault = True
        except csv.Error as error:
            yield place, _fault(place, error, lines)
            fault = True
        else:
            fault = False
            n_rows += 1
            if any(row):
                yield place, _article(row, names, place, settings)
        if fault:
            n_faults += 1
            if n_faults >= _MAX_FAULTS:
                yield (
                    place,
                    Rejection(where, f"{n_faults} broken rows up to line {number}; the rest was not read", _EXPECTED),
                )
                return
            rows = csv.reader(lines, delimiter=delimiter, strict=True)
    if not n_rows and not n_faults:
        yield where, Rejection(where, "a table without rows", "a row for each article below the column names")


def _fault(place: str, error: csv.Error, lines: _Lines) -> Rejection:
    """What is wrong with a row whose quotation marks do not close; the lines below it are read as rows of their own."""
    found = f"a row of {lines.n_in_row:,} lines that breaks off ({error})" if lines.n_in_row > 1 else str(error)
    if lines.n_in_row <= _READ_AHEAD:
        lines.go_back()
    else:
        found += f"; its lines up to {lines.number:,} were not read"
    return Rejection(place, found, "cells in quotation marks that close, with quotation marks inside them doubled")


def _header(lines: _Lines, where: str, kind: str, settings: Settings) -> tuple[str, list[str]] | Rejection:
    """The delimiter, and the article's field or the column's own name for each column."""
    try:
        line = next(lines, "")
        if line.startswith("sep="):  # as spreadsheets write it
            line = next(lines, "")
    except _RowTooLongError:
        line = "\0"
    if not line.strip():
        return Rejection(where, "an empty file" if not line else "an empty first line", _EXPECTED)
    if len(line) > MAX_CHARACTERS or "\0" in line:
        return Rejection(where, "a first line that names no columns (it is endless, or binary data)", _EXPECTED)
    delimiter = "\t" if kind == "tsv" else max(_DELIMITERS, key=line.count)
    try:
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error as error:
        return Rejection(where, f"a first row that breaks off ({error})", _EXPECTED)
    if len(names) > _MAX_COLUMNS:
        return Rejection(where, f"{len(names):,} columns", f"at most {_MAX_COLUMNS:,}")
    return _named(names, where, delimiter, settings)


def _named(names: list[str], where: str, delimiter: str, settings: Settings) -> tuple[str, list[str]] | Rejection:
    wanted = set(settings.fields.values())
    own = {field for field in ARTICLE_FIELDS if field not in settings.fields}
    result = [name if name in wanted else name.lower() if name.lower() in own else name for name in names]
    used = [name for name in result if name in wanted or name in own]
    if twice := next((name for name in used if used.count(name) > 1), None):
        return Rejection(where, f"two columns named {twice!r}", "each name once")
    for name in [settings.fields.get("text", "text"), *settings.fields.values()]:
        if name not in result:
            return Rejection(where, *missing_name(name, names, "columns"))
    return delimiter, result


def _article(row: list[str], names: list[str], place: str, settings: Settings) -> Article | Rejection:
    identifier = None
    try:
        if len(row) != len(names):
            raise WrongValueError(f"{len(row)} cells", f"{len(names)}, as the first row has")
        values: JsonObject = {}
        for name, value in zip(names, row, strict=True):
            values[name] = _cell(value, name)
        identifier = str(values.get(settings.fields.get("id", "id")) or "") or None
        return article_of_values(values, settings)
    except WrongValueError as wrong:
        found, expected = wrong.args
        return Rejection(place, found, expected, identifier)


def _cell(value: str, name: str) -> str:
    if _ESCAPED.search(value):
        text = mended(value)
        if text is None:
            raise WrongValueError(f"bytes in {shown(name)} that are not UTF-8", "a table in UTF-8")
        value = text
    if "\0" in value:
        raise WrongValueError(f"binary data (a NUL byte) in {shown(name)}", "text")
    return value.replace("\r\n", "\n").replace("\r", "\n")
