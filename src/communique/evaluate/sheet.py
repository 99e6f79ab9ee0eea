"""Sheets for checking by hand: written with empty columns, read back filled, and made into precision by stratum."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from communique.errors import InputError
from communique.evaluate.gold import GoldError
from communique.evaluate.sampling import JUDGEMENT_COLUMNS, SHEET_COLUMNS, Row
from communique.evaluate.statistics import Estimate, stratified_share, wilson_interval
from communique.ingest.fields import shown
from communique.records import Rejection

_RIGHT = frozenset("right r yes y true t correct ok 1".split())
_WRONG = frozenset("wrong w no n false f incorrect 0".split())
_UNSURE = frozenset("? unsure unclear u na n/a -".split())
_EXPECTED = "right or wrong (also yes/no, y/n, 1/0), unsure or ?, or nothing"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is a formula to a spreadsheet
_NOT_JUDGED = "note"


@dataclass(frozen=True, slots=True)
class StratumPrecision:
    """A stratum: its size in the corpus, its rows in the sheet, how many were judged and right, with Wilson's interval."""

    name: str
    size: int
    rows: int
    judged: int
    right: int
    precision: Estimate


@dataclass(frozen=True, slots=True)
class ColumnPrecision:
    """What one column says, in the whole sample.

    Attributes:
        name: The column.
        judged: Rows that say right or wrong.
        right: Those that say right.
        unsure: Rows that say unsure.
        precision: Of the sample as it is, with Wilson's interval.
        weighted: Of the corpus: strata by their size in it.
    """

    name: str
    judged: int
    right: int
    unsure: int
    precision: Estimate
    weighted: Estimate


@dataclass(frozen=True, slots=True)
class SheetScores:
    """What a filled sheet says: `strata` by the column `judgement`, and all columns that were filled."""

    rows: int
    strata: tuple[StratumPrecision, ...]
    columns: tuple[ColumnPrecision, ...]


def csv_sheet(rows: Iterable[Row]) -> bytes:
    """Write rows as CSV for a spreadsheet: UTF-8 with its mark, and no cell that would be taken for a formula."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, SHEET_COLUMNS)
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def jsonl_sheet(rows: Iterable[Row]) -> bytes:
    """Write rows as JSONL."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def read_sheet(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Read a sheet, each row with where it stands: CSV (also with semicolons or tabs) or JSONL.

    Raises:
        InputError: It cannot be read, or lacks the columns `stratum` and `judgement`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}, expected a sheet that `communique sample` made.") from error
    rows = list(_rows_of_jsonl(path, content) if path.suffix.lower() == ".jsonl" else _rows_of_csv(path, content))
    if not rows:
        raise InputError(f"{path}: no row, expected a sheet that `communique sample` made.")
    missing = [name for name in ("stratum", "judgement") if name not in rows[0][1]]
    if missing:
        raise InputError(
            f"{path}: no column {' and '.join(missing)}, expected a sheet that `communique sample` made. "
            "To evaluate records against gold, name both: communique evaluate GOLD EVENTS."
        )
    return rows


def score_sheet(rows: Sequence[tuple[str, dict[str, Any]]]) -> SheetScores:
    """Make figures of a filled sheet.

    Args:
        rows: Each with where it stands, as `read_sheet` gives them.

    Raises:
        GoldError: A judgement is no judgement; the message tells all of them.
        InputError: Nothing was judged.
    """
    columns = [name for name in JUDGEMENT_COLUMNS if name != _NOT_JUDGED and any(name in row for _, row in rows)]
    problems: list[Rejection] = []
    judged: list[dict[str, bool | None]] = []  # None: unsure; what was not judged is left out
    sizes: dict[str, int] = {}
    for where, row in rows:
        identity = str(row.get("id") or "") or None
        stratum = str(row["stratum"])
        try:
            sizes[stratum] = int(float(row.get("stratum_size") or 0))
        except ValueError:
            problems.append(Rejection(where, f"stratum_size {shown(row['stratum_size'])}", "a number", identity))
        judgements: dict[str, bool | None] = {}
        for name in columns:
            value = _plain(row.get(name))
            if value in _RIGHT or value in _WRONG:
                judgements[name] = value in _RIGHT
            elif value in _UNSURE:
                judgements[name] = None
            elif value:
                problems.append(Rejection(where, f"{name} {shown(row[name])}", _EXPECTED, identity))
        judged.append(judgements)
    if problems:
        raise GoldError(problems)
    if not any(value is not None for row in judged for value in row.values()):
        raise InputError(
            f"{rows[0][0].rpartition(':')[0]}: nothing is judged yet. Fill in the column judgement: {_EXPECTED}."
        )
    names = [str(row["stratum"]) for _, row in rows]

    def counts(column: str, stratum: str | None = None) -> tuple[int, int]:
        values = [row.get(column) for row, name in zip(judged, names, strict=True) if stratum in (None, name)]
        return sum(value is True for value in values), sum(value is not None for value in values)

    strata = []
    for name in sorted(sizes):
        right, n = counts("judgement", name)
        strata.append(StratumPrecision(name, sizes[name], names.count(name), n, right, wilson_interval(right, n)))
    by_column = []
    for column in columns:
        right, n = counts(column)
        unsure = sum(column in row and row[column] is None for row in judged)
        weighted = stratified_share([(*counts(column, name), size) for name, size in sizes.items()])
        if n or unsure:
            by_column.append(ColumnPrecision(column, n, right, unsure, wilson_interval(right, n), weighted))
    return SheetScores(len(rows), tuple(strata), tuple(by_column))


def _rows_of_jsonl(path: Path, content: bytes) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path}:{number}: found no JSON object ({error}), expected a row of a sheet.") from error
        yield f"{path}:{number}", row


def _rows_of_csv(path: Path, content: bytes) -> Iterable[tuple[str, dict[str, Any]]]:
    text = _decoded(content)
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)  # as spreadsheets write it in different countries
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            cells = {name.strip(): value or "" for name, value in row.items() if isinstance(name, str)}
            if any(cells.values()):
                yield f"{path}:{reader.line_num}", cells
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: found broken CSV ({error}), expected a sheet of rows.") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # as spreadsheets save CSV on Windows


def _plain(value: object) -> str:
    """A judgement without case, spaces, or what a spreadsheet makes of a number."""
    text = str("" if value is None else value).strip().lower()
    return {"1.0": "1", "0.0": "0", "1,0": "1", "0,0": "0"}.get(text, text)


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
