"""A store → a PostgreSQL database that a team shares: upserts, so that an export can be cut off and repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from importlib import resources
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from communique.errors import StoreError
from communique.store.columns import ARTICLES, EVENTS, REJECTIONS, TEXTS
from communique.store.store import Store

if TYPE_CHECKING:
    from psycopg import Cursor

PREFIXES = ("postgresql://", "postgres://")
_LOCK = 0x636F6D6D  # so that two exports into one database wait for each other
_ROWS = 2000  # read at a time
_PART_TABLES = {
    "articles": ("article_revisions", ARTICLES.names, ("document_id", "revision")),
    "texts": ("texts", TEXTS.names, ("document_id", "text_sha256")),
    "events": ("event_revisions", EVENTS.names, ("id", "revision")),
    "rejections": ("rejections", REJECTIONS.names, ("rejection_key",)),
}
_RUNS = (
    "run_id", "started_at", "committed_at", "version", "model_digest", "coder", "codebook", "options", "n_read", "n_coded",
    "n_rejected", "n_events",
)  # fmt: skip
_JUDGEMENTS = ("user", "time", "record_id", "revision", "verdict", "field", "old", "new", "note")
_JSON = {
    "actor", "recipient", "event_loc", "event_spans", "text_info", "attribution", "size", "size_spans", "cite_info",
}  # fmt: skip
_JSON_TEXT = {"extra", "options", "old", "new"}  # JSON already


def export_to_postgres(store: Store, url: str, progress: Callable[[int], None] = lambda n_events: None) -> int:
    """Bring a database in step with a store, in the schema `communique`, and count the events written.

    Each part of the store is one transaction: killed at any moment, the same command goes on where it was. Parts that
    the database has are passed over; rows are written by id and revision, so that nothing is ever there twice.

    Args:
        store: What to export, all revisions of it.
        url: `postgresql://user@host/database`; a password comes from the URL, PGPASSWORD or ~/.pgpass.
        progress: Told how many events were written after each part.

    Raises:
        StoreError: The database cannot be reached or written, or psycopg is not installed.
    """
    try:
        import psycopg
    except ImportError:
        raise StoreError("PostgreSQL needs psycopg: pip install 'communique[postgres]'.") from None

    n_events = 0
    try:
        with psycopg.connect(url, autocommit=True, application_name="communique") as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            sql = resources.files(__package__).joinpath("postgres.sql").read_text(encoding="utf-8")
            connection.execute(sql)
            done = {name for (name,) in connection.execute("SELECT name FROM exported_parts").fetchall()}
            while waiting := [part for part in store.parts() if part.name not in done]:
                part = waiting[0]
                with connection.transaction(), connection.cursor() as cursor:
                    for table, (target, columns, key) in _PART_TABLES.items():
                        _upsert(cursor, target, columns, key, _part_rows(store, part.name, table))
                    cursor.execute("INSERT INTO exported_parts (name) VALUES (%s)", (part.name,))
                done.add(part.name)
                n_events += part.n_events
                progress(n_events)
                store.refresh()  # a run that goes on may have added parts, or merged those still waiting
            with connection.transaction(), connection.cursor() as cursor:
                _upsert(cursor, "runs", _RUNS, ("run_id",), _query_rows(store, "runs", _RUNS))
                key = ("user", "time", "record_id", "revision", "field")
                _upsert(cursor, "judgements", _JUDGEMENTS, key, _query_rows(store, "judgements", _JUDGEMENTS))
    except psycopg.Error as error:
        raise StoreError(
            f"PostgreSQL: {str(error).strip()}. What was written before stays; repeat the export."
        ) from error
    return n_events


def _part_rows(store: Store, part: str, table: str) -> Iterator[Mapping[str, Any]]:
    with closing(pq.ParquetFile(store.folder / "parts" / part / f"{table}.parquet")) as file:
        for batch in file.iter_batches(batch_size=_ROWS):
            yield from batch.to_pylist()


def _query_rows(store: Store, view: str, columns: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    selected = ", ".join(f'"{name}"' for name in columns)
    for batch in store.batches(f"SELECT {selected} FROM {view}", _ROWS):
        yield from batch.to_pylist()


def _upsert(
    cursor: Cursor[Any], target: str, columns: Iterable[str], key: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write rows, each in place of the one with the same key."""
    from psycopg import sql

    names = tuple(columns)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    given, table = sql.Identifier(f"given_{target}"), sql.Identifier(target)
    cursor.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(given, table))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(given, listed)) as copy:
        for row in rows:
            copy.write_row([_value(name, row[name]) for name in names])
    changed = [name for name in names if name not in key]
    updates = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in changed)
    action = sql.SQL("UPDATE SET {}").format(updates) if changed else sql.SQL("NOTHING")
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) DO {}").format(
            table, listed, listed, given, sql.SQL(", ").join(map(sql.Identifier, key)), action
        )
    )


def _value(name: str, value: Any) -> Any:
    from psycopg.types.json import Jsonb

    if value is None:
        return None
    if name in _JSON:
        return Jsonb(_without_nul(_plain_size(value) if name in ("size", "size_spans") else value))
    if name in _JSON_TEXT:
        return value.replace("\\u0000", "\\ufffd")
    return _without_nul(value)


def _plain_size(value: Mapping[str, Any]) -> dict[str, Any]:
    """Only the numbers that the text gives."""
    return {name: one for name, one in value.items() if one is not None}


def _without_nul(value: Any) -> Any:
    """The same without the one character that PostgreSQL cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_without_nul(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_nul(one) for name, one in value.items()}
    return value
