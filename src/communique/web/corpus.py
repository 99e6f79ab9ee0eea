"""The store as the pages read it: a snapshot with a flat table of events, made anew when the store grows.

The flat table `e` holds what pages filter, sort and count by, in a temporary DuckDB file of the app's own, so that
filters over a million events need not read nested columns out of Parquet. What a page of the table shows of fifty
events scattered over it comes from an SQLite file by row number, a hundred times sooner than out of columns. Whole
records come from the store.
"""

from __future__ import annotations

import logging
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from communique.store import RECORD_FIELDS, Store, record_of

_log = logging.getLogger(__name__)

Row = dict[str, Any]
# What a page of the table shows of an event.
SHOWN = (
    "id", "document_id", "date", "enddate", "event", "mode", "context", "auxiliary", "quad", "scale", "actor_code",
    "actor_sector", "actor_name", "recipient_code", "recipient_sector", "recipient_name", "country", "place", "lat",
    "lon", "words", "title", "source", "confidence", "link", "revision",
)  # fmt: skip

_SOURCE = """
SELECT id, document_id, revision, date, enddate, date_resolution, event[1] AS event, mode, context,
    auxiliary_mode AS auxiliary, quad_code AS quad, CASE WHEN isfinite(event_scale) THEN event_scale END AS scale,
    [x.code FOR x IN actor] AS actor_code, flatten([x.sector FOR x IN actor]) AS actor_sector,
    [coalesce(x.identifier_text, x.resolved_text, x.entity_text) FOR x IN actor] AS actor_name,
    [x.code FOR x IN recipient] AS recipient_code, flatten([x.sector FOR x IN recipient]) AS recipient_sector,
    [coalesce(x.identifier_text, x.resolved_text, x.entity_text) FOR x IN recipient] AS recipient_name,
    spot.country_code AS country, spot.resolved_place AS place, CASE WHEN isfinite(spot.lat) THEN spot.lat END AS lat, CASE WHEN isfinite(spot.lon) THEN spot.lon END AS lon,
    array_to_string(event_text, ' … ') AS words, cite_info.title AS title, cite_info.publication AS source,
    CASE WHEN isfinite(confidence) THEN confidence END AS confidence, link,
    lower(concat_ws(' ', array_to_string(event_text, ' '),
        array_to_string([x.entity_text FOR x IN actor], ' '), array_to_string([x.resolved_text FOR x IN actor], ' '),
        array_to_string([x.identifier_text FOR x IN actor], ' '),
        array_to_string([x.entity_text FOR x IN recipient], ' '),
        array_to_string([x.resolved_text FOR x IN recipient], ' '),
        array_to_string([x.identifier_text FOR x IN recipient], ' '),
        spot.extracted_place, spot.resolved_place, cite_info.title)) AS search
FROM (
    SELECT *, CASE WHEN event_loc IS NULL AND contains(extra, '"event_loc"')  -- a field more than the column has
        THEN json_transform(extra, '{"event_loc": {"extracted_place": "VARCHAR", "resolved_place": "VARCHAR", '
            || '"country_code": "VARCHAR", "lat": "DOUBLE", "lon": "DOUBLE"}}').event_loc
        ELSE {'extracted_place': event_loc.extracted_place, 'resolved_place': event_loc.resolved_place,
            'country_code': event_loc.country_code, 'lat': event_loc.lat, 'lon': event_loc.lon} END AS spot
    FROM events
)
"""

# What an event has several of, since lists are slow to search: by role and name, the rows of `e`.
_MANY = {
    "mode": "mode",
    "context": "context",
    "auxiliary": "auxiliary",
    "actor": "actor_code",
    "recipient": "recipient_code",
    "actor_sector": "actor_sector",
    "recipient_sector": "recipient_sector",
}
# Each actor with each recipient; where all parties are actors (a meeting), each ordered pair of them.
_DYADS = """
CREATE TABLE d AS SELECT DISTINCT pair.actor AS actor, pair.recipient AS recipient, number, quad, scale FROM (
    SELECT rowid AS number, quad, scale, unnest(
        CASE WHEN len(recipient_code) > 0
        THEN flatten([[{'actor': a, 'recipient': r} FOR r IN recipient_code] FOR a IN actor_code])
        ELSE flatten([[{'actor': actor_code[i], 'recipient': actor_code[j]} FOR j IN range(1, len(actor_code) + 1)
            IF i != j] FOR i IN range(1, len(actor_code) + 1)]) END
    ) AS pair FROM e
) WHERE pair.actor IS NOT NULL AND pair.recipient IS NOT NULL ORDER BY actor, recipient, number
"""
# What the filter form offers: by filter, which values, and how many of the commonest.
_VALUES = {
    "type": ("event", 100),
    "mode": ("unnest(mode)", 100),
    "context": ("unnest(context)", 100),
    "actor_sector": ("unnest(actor_sector)", 60),
    "recipient_sector": ("unnest(recipient_sector)", 60),
    "actor": ("unnest(actor_code)", 300),
    "recipient": ("unnest(recipient_code)", 300),
    "country": ("country", 300),
    "place": ("place", 300),
    "source": ("source", 300),
}


_BATCH_ROWS = 20_000
_REST = 4  # a store that grows all the time is read anew a fifth of the time


def _flat_sql() -> str:
    """The rows of `e`, and what the pages show as JSON."""
    shown = ", ".join(f"{name} := {name}" for name in SHOWN)
    return f"SELECT *, to_json(struct_pack({shown})) AS shown FROM ({_SOURCE})"


def _open_shown(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE shown (number INTEGER PRIMARY KEY, json TEXT)")
    return connection


class QueryTimeout(Exception):
    """A query took longer than it may."""


class Snapshot:
    """What the store held at one moment. Any number of threads may ask it."""

    def __init__(self, path: Path, scratch: Path, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.store = Store.open(path)
        self._whole = self.store.sealed()
        self._narrow = duckdb.connect(str(scratch), config={"memory_limit": "1GB"})
        self._narrow.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        self._shown = _open_shown(scratch.with_suffix(".sqlite"))
        self._shown_lock = threading.Lock()
        self._fill()
        for file in scratch.parent.glob(f"{scratch.stem}.*"):
            file.unlink()  # they stay until they are closed
        (self.n_events,) = self._narrow.execute("SELECT count(*) FROM e").fetchone() or (0,)
        self.values = {name: self._values(values, n) for name, (values, n) in _VALUES.items()}

    def _fill(self) -> None:
        source = self._whole.cursor().sql(_flat_sql()).to_arrow_reader(_BATCH_ROWS)
        n_rows = 0
        with self._shown:
            for batch in source:
                shown = batch.column("shown").to_pylist()
                self._shown.executemany("INSERT INTO shown VALUES (?, ?)", enumerate(shown, n_rows))
                n_rows += batch.num_rows
                self._narrow.register("batch", pa.table(batch.drop_columns(["shown"])))
                self._narrow.execute(
                    "INSERT INTO e FROM batch" if n_rows > batch.num_rows else "CREATE TABLE e AS FROM batch"
                )
                self._narrow.unregister("batch")
        if not n_rows:
            self._narrow.register("batch", source.schema.empty_table().drop_columns(["shown"]))
            self._narrow.execute("CREATE TABLE e AS FROM batch")
        self._narrow.execute("CREATE TABLE c (role VARCHAR, code VARCHAR, number BIGINT)")
        for role, column in _MANY.items():
            self._narrow.execute(
                f"INSERT INTO c SELECT '{role}', code, number FROM (SELECT unnest({column}) AS code, rowid AS number FROM e) "
                "WHERE code IS NOT NULL"
            )
        self._narrow.execute(_DYADS)
        self._narrow.execute("CHECKPOINT")

    def _values(self, column: str, n: int) -> list[str]:
        """The commonest values of a column, in their own order."""
        sql = (
            f"SELECT v FROM (SELECT {column} AS v, count(*) AS k FROM e GROUP BY 1) WHERE v IS NOT NULL AND v != '' "
            f"ORDER BY k DESC, v LIMIT {n}"
        )
        return sorted(value for (value,) in self._narrow.execute(sql).fetchall())

    def close(self) -> None:
        """Let go of all files."""
        self._narrow.close()
        self._shown.close()
        self.store.close()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The answer to a query on the narrow table `e`.

        Raises:
            QueryTimeout: It took too long.
        """
        return self._ask(self._narrow, sql, parameters)

    def shown(self, where: str, parameters: Mapping[str, Any], order: str, size: int, offset: int = 0) -> list[Row]:
        """Rows of the flat table as the events page and the API show them, in an order; errors as of `rows`."""
        found = self.rows(
            f"SELECT rowid AS number FROM e WHERE {where} ORDER BY {order} LIMIT {int(size)} OFFSET {int(offset)}",
            parameters,
        )
        with self._shown_lock:
            texts = [
                self._shown.execute("SELECT json FROM shown WHERE number = ?", (row["number"],)).fetchone()
                for row in found
            ]
        return [msgspec.json.decode(text) for (text,) in texts]

    def whole(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The answer to a query on the store's views; errors as of `rows`."""
        return self._ask(self._whole, sql, parameters)

    def records(self, where: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Records of the latest revision, as `communique code` writes them, in the order of their articles."""
        return self._records("events", where, parameters)

    def past_records(self, where: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Records of all revisions."""
        return self._records("event_revisions", where, parameters)

    def record(self, record_id: str) -> Row | None:
        """One record of the latest revision."""
        found = self.records("id = $id", {"id": record_id})
        return found[0] if found else None

    def text(self, document_id: str, text_sha256: str) -> str | None:
        """An article's text, if it was kept."""
        rows = self.whole(
            "SELECT text FROM texts WHERE document_id = $id AND text_sha256 = $hash",
            {"id": document_id, "hash": text_sha256},
        )
        return rows[0]["text"] if rows else None

    def _records(self, view: str, where: str, parameters: Mapping[str, Any]) -> list[Row]:
        columns = ", ".join(f'"{name}"' for name in (*RECORD_FIELDS, "extra", "revision"))
        order = "try_cast(split_part(id, '#', -1) AS BIGINT), id, revision"
        rows = self.whole(f"SELECT {columns} FROM {view} WHERE {where} ORDER BY document_id, {order}", parameters)
        return [record_of(row) | {"revision": row["revision"]} for row in rows]

    def _ask(self, connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None) -> list[Row]:
        cursor = connection.cursor()
        with _limited(cursor, self._timeout_s):
            table = cursor.sql(sql, params=dict(parameters) if parameters else None).to_arrow_table()
        rows: list[Row] = table.to_pylist()
        return rows


@contextmanager
def _limited(cursor: duckdb.DuckDBPyConnection, timeout_s: float) -> Iterator[None]:
    """Interrupt what the cursor does after so long."""
    timer = threading.Timer(timeout_s, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise QueryTimeout(
            f"the query took longer than {timeout_s:g} s; filter more, or start with --timeout"
        ) from None
    finally:
        timer.cancel()
        cursor.close()


class Corpus:
    """The store, always as it is now: a new snapshot is made behind the pages when the store has grown."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.path = path
        self._timeout_s = timeout_s
        self._folder = tempfile.TemporaryDirectory(prefix="communique-web-", ignore_cleanup_errors=True)
        self._number = 0
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._not_before = 0.0
        try:
            self._snapshot = self._make()
        except BaseException:
            self._folder.cleanup()
            raise

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            self._snapshot.close()
            self._folder.cleanup()

    def now(self) -> Snapshot:
        """The newest snapshot. Where the store has grown since, another is begun, and this one given."""
        if time.monotonic() >= self._not_before and self._stamp() != self._seen and self._lock.acquire(blocking=False):
            threading.Thread(target=self._renew, daemon=True).start()
        return self._snapshot

    def refresh(self) -> None:
        """Make a new snapshot now, and wait for it."""
        self._lock.acquire()
        self._renew()

    def _renew(self) -> None:
        try:
            self._seen = self._stamp()
            self._snapshot = self._make()  # the old one goes when its last request ends
        except Exception:
            _log.exception("%s: a new snapshot could not be made; the pages show the old one", self.path)
        finally:
            self._lock.release()

    def _make(self) -> Snapshot:
        self._number += 1
        begin = time.monotonic()
        made = Snapshot(self.path, Path(self._folder.name) / f"events-{self._number}.duckdb", self._timeout_s)
        end = time.monotonic()
        self._not_before = end + _REST * (end - begin)
        return made

    def _stamp(self) -> tuple[int, int]:
        try:
            state = (self.path.with_name(f"{self.path.name}.d") / "manifest.json").stat()
        except FileNotFoundError:
            return (0, 0)  # Store.open says what is wrong
        return (state.st_mtime_ns, state.st_ino)
