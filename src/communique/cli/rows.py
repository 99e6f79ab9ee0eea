"""Rows of a query's answer: a table for people, CSV or JSONL for programs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from communique.cli.options import QueryFormat
from communique.cli.output import OutputFile, StandardOutput
from communique.cli.text import printable

_SHOWN = 500  # rows that a table shows; files and pipes get all
_CELL = 2000  # characters that a table shows of one value


class Sink:
    """An output file that is there when all went well, or standard output."""

    def __init__(self, output: Path | None) -> None:
        self._output = OutputFile(output) if output else StandardOutput()

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._output.commit()
        finally:
            self._output.discard()

    def write(self, text: str | bytes) -> None:
        """Write text in UTF-8, or bytes as they are."""
        self._output.write(text.encode("utf-8", "replace") if isinstance(text, str) else text)


def default_format(output: Path | None, otherwise: QueryFormat = QueryFormat.csv) -> QueryFormat:
    """The format that the file's name says; a table on a terminal.

    >>> default_format(Path("out.jsonl")).value, default_format(Path("out.txt")).value
    ('jsonl', 'csv')
    """
    if output is None:
        return QueryFormat.table if sys.stdout.isatty() else otherwise
    return {".jsonl": QueryFormat.jsonl, ".csv": QueryFormat.csv}.get(output.suffix, otherwise)


def write_rows(
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    output: Path | None,
    output_format: QueryFormat | None,
    otherwise: str = "csv",
) -> None:
    """Write rows as they come, in the format asked for or the one that fits the output."""
    chosen = output_format or default_format(output, QueryFormat(otherwise))
    with Sink(output) as sink:
        if chosen is QueryFormat.table:
            stream = iter(rows)
            sink.write(draw_rows(columns, list(islice(stream, _SHOWN))))
            if next(stream, None) is not None:
                sink.write(f"The first {_SHOWN} rows; write all with -o FILE.csv, or add a LIMIT.\n")
        elif chosen is QueryFormat.csv:
            sink.write(_csv_line(columns))
            for row in rows:
                sink.write(_csv_line([plain(value) for value in row]))
        else:
            names = _distinct(columns)
            for row in rows:
                sink.write(msgspec.json.encode(dict(zip(names, map(_as_json, row), strict=True))) + b"\n")


def draw_rows(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> str:
    """Draw a table, as wide as the terminal."""
    table = Table()
    for number, column in enumerate(columns):
        numeric = all(isinstance(row[number], int | float | Decimal | None) for row in rows)
        table.add_column(Text(printable(column)), justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(plain(value)[:_CELL])) for value in row))
    terminal = sys.stdout.isatty()
    console = Console(file=io.StringIO(), force_terminal=terminal, width=None if terminal else 120)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def plain(value: Any) -> str:
    """A value as a cell of text: nothing for nothing, JSON for lists and the like."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        return msgspec.json.encode(_as_json(value)).decode()
    return str(_as_json(value))


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): _as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | UUID | None) else str(value)


def _csv_line(values: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()


def _distinct(columns: Sequence[str]) -> list[str]:
    """Column names, each once: a JSON object holds no two of a name.

    >>> _distinct(["n", "n", "m"])
    ['n', 'n_2', 'm']
    """
    names: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in names:
            number += 1
            name = f"{column}_{number}"
        names.append(name)
    return names
