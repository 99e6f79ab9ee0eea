"""Parquet → `Article`s, in small batches, however large the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from communique.ingest.fields import MAX_CHARACTERS, shown
from communique.ingest.json_lines import JsonObject, WrongValueError
from communique.ingest.settings import ARTICLE_FIELDS, Settings
from communique.ingest.values import article_of_values, missing_name
from communique.records import Article, Rejection

_EXPECTED = "a Parquet file with a column 'text' (or --fields text=NAME)"
_BATCH_ROWS = 64
_BUFFER_BYTES = 1 << 20
_MAX_GROUP_BYTES = 4 << 30  # of the columns read, unpacked, in one row group
_MAX_RATIO = 2_000  # unpacked to packed; dictionaries of repeated values pack well
_FREE_BYTES = 64 << 20


def read_parquet(path: Path, where: str, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each row, with its number from 1 (`where:17`).

    Columns are found as `read_table` finds them. Only an article's columns are read.

    Args:
        path: The file; its end is read first, so it cannot be a stream.
        where: Its name.
        settings: How to read.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        with ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
            columns = _columns(file, settings)
            _check_sizes(file, list(columns.values()))
            for batch in file.iter_batches(_BATCH_ROWS, columns=list(columns.values())):
                for row in _rows(batch, columns):
                    number += 1
                    yield f"{where}:{number}", _article(row, f"{where}:{number}", settings)
    except WrongValueError as wrong:
        yield where, Rejection(where, *wrong.args)
        return
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        place = f"{where}:{number + 1}" if number else where
        yield place, Rejection(place, _fault(path, error, number), "a whole Parquet file")
        return
    if not number:
        yield where, Rejection(where, "a table without rows", "a row for each article")


def _columns(file: Any, settings: Settings) -> dict[str, str]:
    """The names under which an article's values are looked for, and the columns that hold them.

    Raises:
        WrongValueError: A column is missing, stands twice, or holds no text where text is needed.
    """
    import pyarrow as pa

    schema = file.schema_arrow
    columns: dict[str, str] = {}
    for field in ARTICLE_FIELDS:
        wanted = settings.fields.get(field)
        found = [name for name in schema.names if name == wanted or (wanted is None and name.lower() == field)]
        if len(found) > 1:
            raise WrongValueError(f"the columns {', '.join(map(shown, found))} for {field}", "one")
        if found:
            columns[field if wanted is None else wanted] = found[0]
        elif wanted is not None or field == "text":
            raise WrongValueError(*missing_name(wanted or field, schema.names, "columns"))
    name = columns[settings.fields.get("text", "text")]
    kind = schema.field(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise WrongValueError(f"a column {name!r} of {kind}", "one of text (string)")
    return columns


def _check_sizes(file: Any, columns: list[str]) -> None:
    """Refuse row groups that unpack to more than can be read bit by bit.

    Raises:
        WrongValueError: One does.
    """
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        chunks = [group.column(index) for index in range(group.num_columns)]
        chunks = [chunk for chunk in chunks if chunk.path_in_schema.split(".")[0] in columns]
        unpacked = sum(chunk.total_uncompressed_size for chunk in chunks)
        packed = sum(chunk.total_compressed_size for chunk in chunks)
        if unpacked > _MAX_GROUP_BYTES or (unpacked > _FREE_BYTES and unpacked > _MAX_RATIO * packed):
            raise WrongValueError(
                f"a row group of {unpacked >> 20:,} MB packed into {packed:,} bytes",
                f"row groups of at most {_MAX_GROUP_BYTES >> 30} GB, and no packing over {_MAX_RATIO} times",
            )


def _rows(batch: Any, columns: dict[str, str]) -> Iterator[JsonObject]:
    arrays = [batch.column(name) for name in columns.values()]
    for index in range(batch.num_rows):
        yield {ours: array[index] for ours, array in zip(columns, arrays, strict=True)}


def _article(row: JsonObject, place: str, settings: Settings) -> Article | Rejection:
    values: JsonObject = {}
    try:
        for name, scalar in row.items():
            values[name] = _value(scalar, name)
        return article_of_values(values, settings)
    except WrongValueError as wrong:
        found, expected = wrong.args
        given = values.get(settings.fields.get("id", "id"))
        return Rejection(place, found, expected, str(given) if isinstance(given, str | int) else None)


def _value(scalar: Any, name: str) -> object:
    """A cell as JSON would give it: days as ISO strings, in the time zone of the column."""
    try:
        value = scalar.as_py()
    except (UnicodeDecodeError, ValueError, OverflowError) as error:
        raise WrongValueError(f"a value of {name} that cannot be read ({error})", "text in UTF-8") from error
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and len(value) > MAX_CHARACTERS:
        raise WrongValueError(f"{len(value):,} characters in {name}", f"at most {MAX_CHARACTERS:,}")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise WrongValueError(f"{type(value).__name__} for {name}", "a string")


def _fault(path: Path, error: Exception, number: int) -> str:
    with path.open("rb") as file:
        first = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(0, size - 4))
        last = file.read(4)
    if not size:
        return "an empty file"
    if first != b"PAR1":
        return "bytes that are not Parquet (no 'PAR1' at the start)"
    if last != b"PAR1" or size < 8:
        return "a Parquet file that is cut off (no 'PAR1' at the end)"
    message = " ".join(str(error).split())[:150]
    return f"damaged Parquet data after {number:,} rows ({message})" if number else f"damaged Parquet data ({message})"
