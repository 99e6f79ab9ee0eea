"""The store as the pages read it: a snapshot with a flat copy of its events, made anew when the store grows.

Whole records come from the store, all that is filtered, sorted and counted from the copy.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from communique.store import RECORD_FIELDS, Store, record_of
from communique.web.flat import articles_with, open_flat, shown_row

_log = logging.getLogger(__name__)

Row = dict[str, Any]
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


_REST = 4  # a store that grows all the time is read anew a fifth of the time
_REMEMBERED = 20_000  # articles whose records are kept in memory
_SEARCHES = 100  # so many searches in texts are remembered


@dataclass(frozen=True, slots=True)
class InTexts:
    """A query's parameter: the articles that have all these words, as bits by their number."""

    words: str


class QueryTimeout(Exception):
    """A query took longer than it may."""


class NoTexts(Exception):
    """A query asks for words in texts, and the store keeps none."""


class Snapshot:
    """What the store held at one moment. Any number of threads may ask it."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.store = Store.open(path)
        self._flat = open_flat(self.store)
        self._whole = self.store.sealed()
        self._shown_lock = threading.Lock()
        (self.n_events,) = self._flat.events.execute("SELECT count(*) FROM e").fetchone() or (0,)
        (self.n_texts,) = self._flat.events.execute("SELECT count(*) FROM a").fetchone() or (0,)
        self.is_revised = self._whole.execute("SELECT max(revision) FROM article_revisions").fetchone() not in (
            (None,),
            (1,),
        )
        self.values = {name: self._values(values, n) for name, (values, n) in _VALUES.items()}
        self._found: dict[str, str] = {}
        self._of: dict[str, list[Row]] = {}

    def _values(self, column: str, n: int) -> list[str]:
        """The commonest values of a column, in their own order."""
        sql = (
            f"SELECT v FROM (SELECT {column} AS v, count(*) AS k FROM e GROUP BY 1) WHERE v IS NOT NULL AND v != '' "
            f"ORDER BY k DESC, v LIMIT {n}"
        )
        return sorted(value for (value,) in self._flat.events.execute(sql).fetchall())

    def close(self) -> None:
        """Let go of all files."""
        self._flat.close()
        self.store.close()

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The answer to a query on the narrow table `e`.

        Raises:
            QueryTimeout: It took too long.
            NoTexts: It asks for words in texts that the store does not keep.
        """
        told = {name: self._with(one) if isinstance(one, InTexts) else one for name, one in (parameters or {}).items()}
        return self._ask(self._flat.events, sql, told)

    def _with(self, searched: InTexts) -> str:
        if not self.n_texts:
            raise NoTexts("The store keeps no texts: it was coded without --with-text. `q` searches what it does keep.")
        found = self._found.get(searched.words)
        if found is None:
            with self._shown_lock:
                found = articles_with(self._flat.shown, searched.words, self.n_texts)
            if len(self._found) >= _SEARCHES:
                self._found = {}
            self._found[searched.words] = found
        return found

    def shown(self, where: str, parameters: Mapping[str, Any], order: str, size: int, offset: int = 0) -> list[Row]:
        """Rows of the flat table as the events page and the API show them, in an order; errors as of `rows`."""
        found = self.rows(
            f"SELECT rowid AS number FROM e WHERE {where} ORDER BY {order} LIMIT {int(size)} OFFSET {int(offset)}",
            parameters,
        )
        with self._shown_lock:
            return [shown_row(self._flat.shown, row["number"]) for row in found]

    def whole(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The answer to a query on the store's views; errors as of `rows`."""
        return self._ask(self._whole, sql, parameters)

    def records(self, where: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Records of the latest revision, as `communique code` writes them, in the order of their articles."""
        return self._records("events", where, parameters)

    def past_records(self, where: str, parameters: Mapping[str, Any]) -> list[Row]:
        """Records of all revisions."""
        return self._records("event_revisions", where, parameters)

    def records_of(self, documents: Iterable[str]) -> dict[str, list[Row]]:
        """Records of the latest revision by article. They are remembered, since review asks for them again and again."""
        wanted = set(documents)
        known = {name: rows for name in wanted if (rows := self._of.get(name)) is not None}
        if missing := sorted(wanted - known.keys()):
            found: dict[str, list[Row]] = {name: [] for name in missing}
            for record in self.records("document_id IN $ids", {"ids": missing}):
                found[record["document_id"]].append(record)
            self._of = found if len(self._of) + len(found) > _REMEMBERED else self._of | found
            known |= found
        return known

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
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._not_before = 0.0
        self._snapshot = self._make()

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            self._snapshot.close()

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
        begin = time.monotonic()
        made = Snapshot(self.path, self._timeout_s)
        end = time.monotonic()
        self._not_before = end + _REST * (end - begin)
        return made

    def _stamp(self) -> tuple[int, int]:
        try:
            state = (self.path.with_name(f"{self.path.name}.d") / "manifest.json").stat()
        except FileNotFoundError:
            return (0, 0)  # Store.open says what is wrong
        return (state.st_mtime_ns, state.st_ino)
