"""What stands in the columns of a store's parts, and how a record becomes a row and a row the same record again.

A row holds every field of a record in a typed column. What does not fit its column exactly (a field that a later
version adds, a number where words are expected) goes to `extra` as JSON, so that no record is refused and none changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

Record = dict[str, Any]
Row = dict[str, Any]

_TEXT, _WHOLE, _REAL, _DAY = pa.string(), pa.int64(), pa.float64(), pa.date32()
_SPANS = pa.list_(pa.list_(_WHOLE))
_SIZES = ("dead", "injured", "arrested", "participants")
_ENTITY = pa.struct(
    [
        ("code", _TEXT),
        ("sector", pa.list_(_TEXT)),
        ("entity_text", _TEXT),
        ("start", _WHOLE),
        ("end", _WHOLE),
        ("resolved_text", _TEXT),
        ("identifier_text", _TEXT),
        ("identifier_id", _TEXT),
        ("office", _TEXT),
        ("reason", _TEXT),
    ]
)
_PLACE = pa.struct(
    [
        ("extracted_place", _TEXT),
        ("resolved_place", _TEXT),
        ("lat", _REAL),
        ("lon", _REAL),
        ("country_code", _TEXT),
        ("province", _TEXT),
        ("city", _TEXT),
        ("geonameid", _WHOLE),
        ("resolution", _TEXT),
        ("reason", _TEXT),
        ("start", _WHOLE),
        ("end", _WHOLE),
    ]
)
_RECORD_FIELDS = [
    ("id", _TEXT),
    ("document_id", _TEXT),
    ("date", _DAY),
    ("enddate", _DAY),
    ("date_resolution", _TEXT),
    ("event", pa.list_(_TEXT)),
    ("mode", pa.list_(_TEXT)),
    ("context", pa.list_(_TEXT)),
    ("auxiliary_mode", pa.list_(_TEXT)),
    ("quad_code", _WHOLE),
    ("event_scale", _REAL),
    ("actor", pa.list_(_ENTITY)),
    ("recipient", pa.list_(_ENTITY)),
    ("event_loc", _PLACE),
    ("event_text", pa.list_(_TEXT)),
    ("event_spans", _SPANS),
    ("text_info", pa.struct([("sequence", _WHOLE), ("start", _WHOLE), ("end", _WHOLE)])),
    ("attribution", pa.struct([("entity_text", _TEXT), ("code", _TEXT), ("start", _WHOLE), ("end", _WHOLE)])),
    ("size", pa.struct([(name, pa.list_(_WHOLE)) for name in _SIZES])),
    ("size_spans", pa.struct([(name, _SPANS) for name in _SIZES])),
    ("confidence", _REAL),
    ("link", _TEXT),
    ("cite_info", pa.struct([("title", _TEXT), ("url", _TEXT), ("publication", _TEXT), ("language", _TEXT)])),
    ("coder", _TEXT),
    ("codebook", _TEXT),
    ("coded_date", _DAY),
]
RECORD_FIELDS = tuple(name for name, _ in _RECORD_FIELDS)

EVENTS = pa.schema([*_RECORD_FIELDS, ("extra", _TEXT), ("revision", _WHOLE), ("run_id", _TEXT)])
ARTICLES = pa.schema(
    [
        ("document_id", _TEXT),
        ("revision", _WHOLE),
        ("date", _DAY),
        ("title", _TEXT),
        ("url", _TEXT),
        ("publication", _TEXT),
        ("language", _TEXT),
        ("place", _TEXT),
        ("text_sha256", _TEXT),
        ("n_characters", _WHOLE),
        ("n_events", _WHOLE),
        ("coder", _TEXT),
        ("codebook", _TEXT),
        ("options", _TEXT),
        ("coding_key", _TEXT),
        ("run_id", _TEXT),
    ]
)
TEXTS = pa.schema([("document_id", _TEXT), ("text_sha256", _TEXT), ("text", _TEXT)])
REJECTIONS = pa.schema(
    [
        ("rejection_key", _TEXT),
        ("where", _TEXT),
        ("document_id", _TEXT),
        ("date", _DAY),
        ("found", _TEXT),
        ("expected", _TEXT),
        ("run_id", _TEXT),
    ]
)
RUN_DAYS = pa.schema(
    [
        ("run_id", _TEXT),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("committed_at", pa.timestamp("us", tz="UTC")),
        ("version", _TEXT),
        ("model_digest", _TEXT),
        ("coder", _TEXT),
        ("codebook", _TEXT),
        ("options", _TEXT),
        ("day", _DAY),
        ("n_coded", _WHOLE),
        ("n_rejected", _WHOLE),
        ("n_events", _WHOLE),
    ]
)
TABLES = {"articles": ARTICLES, "texts": TEXTS, "events": EVENTS, "rejections": REJECTIONS, "run_days": RUN_DAYS}


class _Misfit(Exception):
    """A value does not fit its column exactly."""


def event_row(record: Mapping[str, Any], revision: int, run_id: str) -> Row:
    """Make a row of a record; its `text`, if it has one, is left out."""
    row: Row = {}
    extra: Record = {}
    for name, fit in _FITS.items():
        try:
            row[name] = fit(record[name])
        except _Misfit:
            row[name], extra[name] = None, record[name]
        except KeyError:
            row[name] = None
            extra.setdefault("", []).append(name)  # what the record lacks
    extra.update((name, record[name]) for name in record.keys() - _FITS.keys() if name != "text")
    row["extra"] = json.dumps(extra) if extra else None
    row["revision"], row["run_id"] = revision, run_id
    return row


def record_of(row: Row) -> Record:
    """Make the record of a row, as it was given to `event_row`."""
    record: Record = {name: row[name] for name in RECORD_FIELDS}
    for name in ("date", "enddate", "coded_date"):
        if record[name] is not None:
            record[name] = record[name].isoformat()
    record["size"] = {
        name: numbers if len(numbers) == 2 else numbers[0]
        for name, numbers in (record["size"] or {}).items()
        if numbers is not None
    }
    record["size_spans"] = {name: spans for name, spans in (record["size_spans"] or {}).items() if spans is not None}
    if row["extra"] is not None:
        extra = json.loads(row["extra"])
        for name in extra.pop("", ()):
            del record[name]
        record.update(extra)
    return record


def records_of(batches: Iterable[pa.RecordBatch]) -> Iterable[Record]:
    """Make records of rows of the view `events`."""
    for batch in batches:
        yield from map(record_of, batch.to_pylist())


def plain(text: str | None) -> str | None:
    """Text that can be written: half a character (a lone surrogate) becomes a question mark."""
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode()


def _fit(kind: pa.DataType) -> Callable[[Any], Any]:
    """Make what checks a value for a column of this kind, and gives what to write there."""
    if pa.types.is_struct(kind):
        return _fit_struct(kind)
    if pa.types.is_list(kind):
        fit_one = _fit(kind.value_type)

        def fit_list(value: Any) -> Any:
            if value is None:
                return None
            if not isinstance(value, list | tuple) or None in value:
                raise _Misfit
            return [fit_one(one) for one in value]

        return fit_list
    return {_TEXT: _fit_text, _WHOLE: _fit_whole, _REAL: _fit_real, _DAY: _fit_day}[kind]


def _fit_struct(kind: pa.StructType) -> Callable[[Any], Any]:
    names = [field.name for field in kind]
    fits = [_fit(field.type) for field in kind]

    def fit(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, dict) or list(value) != names:
            raise _Misfit
        return {name: fit(one) for (name, one), fit in zip(value.items(), fits, strict=True)}

    return fit


def _fit_text(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Misfit
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _Misfit from None
    return value


def _fit_whole(value: Any) -> Any:
    if value is not None and (type(value) is not int or not -(2**63) <= value < 2**63):
        raise _Misfit
    return value


def _fit_real(value: Any) -> Any:
    if type(value) is int and abs(value) <= 2**53:
        return float(value)
    if value is not None and type(value) is not float:
        raise _Misfit
    return value


def _fit_day(value: Any) -> Any:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Misfit from None
    if day.isoformat() != value:
        raise _Misfit
    return day


def _in_order(value: Any) -> bool:
    """Whether it is a mapping of sizes that comes back from a row in the same order."""
    return isinstance(value, dict) and [name for name in _SIZES if name in value] == list(value)


def _fit_size(value: Any) -> Any:
    if not _in_order(value):
        raise _Misfit
    row = {}
    for name, size in value.items():
        numbers = list(size) if isinstance(size, list | tuple) else [size]
        if (isinstance(size, list | tuple) and len(size) != 2) or None in numbers:
            raise _Misfit
        row[name] = [_fit_whole(number) for number in numbers]
    return row


def _fit_size_spans(value: Any) -> Any:
    if not _in_order(value) or None in value.values():
        raise _Misfit
    return {name: _FIT_SPANS(spans) for name, spans in value.items()}


_FIT_SPANS = _fit(_SPANS)
_FITS = {name: _fit(kind) for name, kind in _RECORD_FIELDS} | {"size": _fit_size, "size_spans": _fit_size_spans}
