"""JSON Lines of event records → Arrow tables, batch by batch, for the commands that work on columns.

The tables have the columns of a store's events: one for each field of a record, nested as the record is. What a record
holds beyond them (evidence that no format carries, fields of later versions) stands in `line`, the record as it was.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import duckdb
import msgspec
import pyarrow as pa

from communique.ingest.files import find_sources
from communique.ingest.json_lines import read_lines, read_objects
from communique.ingest.streams import READ_ERRORS, open_source, unreadable
from communique.records import Rejection

BATCH_ROWS = 40_000
_EXPECTED_FILE = "event records as `communique code` writes them, in JSONL"
_EXPECTED = "an event record as `communique code` writes it"
_ENTITY = {
    "code": "VARCHAR", "sector": ["VARCHAR"], "entity_text": "VARCHAR", "start": "BIGINT", "end": "BIGINT",
    "resolved_text": "VARCHAR", "identifier_text": "VARCHAR", "identifier_id": "VARCHAR", "office": "VARCHAR",
}  # fmt: skip
_SIZES = ("dead", "injured", "arrested", "participants")
_FIELDS = {
    "id": "VARCHAR",
    "document_id": "VARCHAR",
    "date": "DATE",
    "enddate": "DATE",
    "date_resolution": "VARCHAR",
    "event": ["VARCHAR"],
    "mode": ["VARCHAR"],
    "context": ["VARCHAR"],
    "auxiliary_mode": ["VARCHAR"],
    "quad_code": "BIGINT",
    "event_scale": "DOUBLE",
    "actor": [_ENTITY],
    "recipient": [_ENTITY],
    "event_loc": {
        "extracted_place": "VARCHAR", "resolved_place": "VARCHAR", "lat": "DOUBLE", "lon": "DOUBLE",
        "country_code": "VARCHAR", "province": "VARCHAR", "city": "VARCHAR", "geonameid": "BIGINT", "resolution": "VARCHAR",
    },
    "event_text": ["VARCHAR"],
    "event_spans": [["BIGINT"]],
    "text_info": {"sequence": "BIGINT", "start": "BIGINT", "end": "BIGINT"},
    "attribution": {"entity_text": "VARCHAR", "code": "VARCHAR"},
    "size": dict.fromkeys(_SIZES, "JSON"),
    "confidence": "DOUBLE",
    "link": "VARCHAR",
    "cite_info": dict.fromkeys(("title", "url", "publication", "language"), "VARCHAR"),
    "coder": "VARCHAR",
    "codebook": "VARCHAR",
    "coded_date": "DATE",
}  # fmt: skip
EVENT_COLUMNS = tuple(_FIELDS)

_Text = str | None
_Texts = list[str] | None
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Size = _Number | Annotated[list[_Number], msgspec.Meta(min_length=2, max_length=2)] | None


class _Entity(msgspec.Struct, gc=False):
    code: _Text = None
    sector: _Texts = None
    entity_text: _Text = None
    start: int | None = None
    end: int | None = None
    resolved_text: _Text = None
    identifier_text: _Text = None
    identifier_id: _Text = None
    office: _Text = None


class _Place(msgspec.Struct, gc=False):
    resolved_place: _Text = None
    lat: float | None = None
    lon: float | None = None
    country_code: _Text = None
    province: _Text = None
    city: _Text = None
    geonameid: int | None = None
    resolution: _Text = None


class _Sizes(msgspec.Struct, gc=False):
    dead: _Size = None
    injured: _Size = None
    arrested: _Size = None
    participants: _Size = None


class _Citation(msgspec.Struct, gc=False):
    title: _Text = None
    url: _Text = None
    publication: _Text = None
    language: _Text = None


class _Record(msgspec.Struct, gc=False):
    """What must be right in a record before its columns are read. Fields that it lacks count as unknown."""

    id: str
    document_id: str
    event: Annotated[list[str], msgspec.Meta(min_length=1)]
    quad_code: Annotated[int, msgspec.Meta(ge=1, le=4)]
    event_scale: float
    date: datetime.date | None
    enddate: datetime.date | None = None
    date_resolution: _Text = None
    mode: _Texts = None
    context: _Texts = None
    auxiliary_mode: _Texts = None
    actor: list[_Entity] | None = None
    recipient: list[_Entity] | None = None
    event_loc: _Place | None = None
    size: _Sizes | None = None
    event_text: _Texts = None
    event_spans: list[list[int]] | None = None
    confidence: float | None = None
    link: _Text = None
    cite_info: _Citation | None = None
    coded_date: datetime.date | None = None


def read_event_tables(inputs: Iterable[str], exclude: Collection[Path] = ()) -> Iterator[pa.Table | Rejection]:
    """Read all records of JSONL files (also `.gz` or `.zst`), folders, globs and `-`, in their order.

    Args:
        inputs: What the user named.
        exclude: Files passed over in folders and globs.

    Returns:
        Tables with `EVENT_COLUMNS` and `line`, and why what stood elsewhere could not be read, with file and line.
    """
    return tables_of_lines(_checked_lines(inputs, exclude))


def tables_of_lines(lines: Iterable[bytes | Rejection], batch_rows: int = BATCH_ROWS) -> Iterator[pa.Table | Rejection]:
    """Read the columns of lines that are known to be records; rejections pass through.

    A table holds `batch_rows` records at most: memory depends on that, and not on how many there are.
    """
    transform = _Transform()
    waiting: list[bytes] = []
    for item in lines:
        if isinstance(item, Rejection):
            yield item
            continue
        waiting.append(item)
        if len(waiting) >= batch_rows:
            yield transform(waiting)
            waiting = []
    if waiting:
        yield transform(waiting)


def _checked_lines(inputs: Iterable[str], exclude: Collection[Path]) -> Iterator[bytes | Rejection]:
    for source in find_sources(inputs, exclude):
        if isinstance(source, Rejection):
            yield source
        elif source.kind not in {"jsonl", "unknown"}:
            yield Rejection(source.where, f"a file of articles ({source.kind})", _EXPECTED_FILE)
        else:
            try:
                with open_source(source) as stream:
                    yield from _checked(stream, source.where)
            except READ_ERRORS as error:
                yield unreadable(source.where, error)


def _checked(stream: io.BufferedReader, where: str) -> Iterator[bytes | Rejection]:
    decode = msgspec.json.Decoder(_Record).decode
    empty = True
    for number, line in enumerate(read_lines(stream), start=1):
        if line.isspace():
            continue
        empty = False
        try:
            decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            yield _refusal(line, f"{where}:{number}", error)
            continue
        yield line.rstrip(b"\r\n")
    if empty:
        yield Rejection(where, "an empty file", "one JSON object a line")


def _refusal(line: bytes, where: str, error: Exception) -> Rejection:
    """Say what is wrong with a line: that it is no JSON object, or which field is not as a record has it."""
    _, item = next(iter(read_objects(io.BufferedReader(io.BytesIO(line)), where, dict)))
    if isinstance(item, Rejection):
        return replace(item, where=where)
    given = item.get("id")
    found = f"a record that cannot be read ({error})"
    return Rejection(where, found, _EXPECTED, given if isinstance(given, str) else None)


class _Transform:
    """Lines → a table of their fields."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        sizes = ", ".join(f"{name}: {_numbers(f'size.{name}')}" for name in _SIZES)
        self._sql = f"""
            SELECT * REPLACE ({{{sizes}}} AS size)
            FROM (SELECT unnest(json_transform(line, '{json.dumps(_FIELDS)}')), line FROM lines)
        """

    def __call__(self, lines: list[bytes]) -> pa.Table:
        self._connection.register("lines", pa.table({"line": pa.array(lines, pa.binary()).cast(pa.string())}))
        return self._connection.sql(self._sql).to_arrow_table()


def _numbers(size: str) -> str:
    """SQL for a number or a range as a list, and nothing as nothing."""
    return f"""
        CASE WHEN coalesce(json_type({size}), 'NULL') = 'NULL' THEN NULL
        WHEN json_type({size}) = 'ARRAY' THEN {size}::BIGINT[] ELSE [{size}::BIGINT] END
    """
