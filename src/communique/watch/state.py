"""What a watch remembers between polls and between runs, in a small SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from communique.errors import OutputError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (
    url TEXT PRIMARY KEY, etag TEXT, modified TEXT, next_at REAL NOT NULL DEFAULT 0, blocked_until REAL NOT NULL DEFAULT 0,
    n_failures INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS items (
    feed TEXT NOT NULL, key TEXT NOT NULL, url TEXT, status TEXT NOT NULL, entry BLOB, n_tries INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL DEFAULT 0, seen_at REAL NOT NULL, PRIMARY KEY (feed, key)
);
CREATE INDEX IF NOT EXISTS items_by_url ON items (url);
CREATE INDEX IF NOT EXISTS items_waiting ON items (status, next_at);
CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, blocked_until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS appending (path TEXT PRIMARY KEY, start INTEGER NOT NULL, length INTEGER NOT NULL,
    feed TEXT NOT NULL, key TEXT NOT NULL);
"""
WAITING, DONE = "waiting", "done"
_KEPT_S = 180 * 24 * 3600  # after an item was last seen in its feed


@dataclass(slots=True)
class FeedState:
    """What is known of a feed: what its server wants back, and when it may be asked again."""

    url: str
    etag: str | None = None
    modified: str | None = None
    next_at: float = 0.0
    blocked_until: float = 0.0
    n_failures: int = 0


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An entry of a feed that is not coded yet; `entry` is the entry in JSON."""

    feed: str
    key: str
    url: str | None
    entry: bytes
    n_tries: int


class State:
    """The open state file. Every method is on disk when it returns.

    Raises:
        OutputError: It cannot be written, is none, or another watch has it open.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=1, isolation_level=None)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # two watches would code everything twice
            self._db.execute("BEGIN EXCLUSIVE")
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise OutputError(
                f"{path}: {error}, expected the state file of a watch that no other watch has open. "
                "Name another with --state."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def feed(self, url: str) -> FeedState:
        """What is known of a feed, which may be nothing."""
        row = self._db.execute(
            "SELECT url, etag, modified, next_at, blocked_until, n_failures FROM feeds WHERE url = ?", (url,)
        ).fetchone()
        return FeedState(*row) if row else FeedState(url)

    def save_feed(self, feed: FeedState) -> None:
        """Remember a feed."""
        values = (feed.url, feed.etag, feed.modified, feed.next_at, feed.blocked_until, feed.n_failures)
        self._db.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?, ?)", values)

    def add_items(self, feed: str, items: list[tuple[str, str | None, bytes]], now: float) -> int:
        """Remember a feed's entries (key, address, JSON); returns how many are new.

        One whose page another feed led to is done with that one.
        """
        n_new = 0
        with closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN")
            for key, url, entry in items:
                cursor.execute("UPDATE items SET seen_at = ? WHERE feed = ? AND key = ?", (now, feed, key))
                if cursor.rowcount:
                    continue
                known = url and cursor.execute("SELECT 1 FROM items WHERE url = ?", (url,)).fetchone()
                values = (feed, key, url, DONE if known else WAITING, None if known else entry, now)
                cursor.execute(
                    "INSERT INTO items (feed, key, url, status, entry, seen_at) VALUES (?, ?, ?, ?, ?, ?)", values
                )
                n_new += not known
            cursor.execute("DELETE FROM items WHERE status = ? AND seen_at < ?", (DONE, now - _KEPT_S))
            cursor.execute("COMMIT")
        return n_new

    def waiting(self, now: float) -> list[WaitingItem]:
        """Items that are due, oldest first; never more than can be held."""
        rows = self._db.execute(
            "SELECT feed, key, url, entry, n_tries FROM items WHERE status = ? AND next_at <= ? ORDER BY rowid LIMIT 1000",
            (WAITING, now),
        ).fetchall()
        return [WaitingItem(*row) for row in rows]

    def n_waiting(self) -> int:
        """How many items are not coded yet."""
        return int(self._db.execute("SELECT count(*) FROM items WHERE status = ?", (WAITING,)).fetchone()[0])

    def next_item_at(self) -> float | None:
        """When the next item is due; `None` if none waits."""
        found = self._db.execute("SELECT min(next_at) FROM items WHERE status = ?", (WAITING,)).fetchone()[0]
        return None if found is None else float(found)

    def postpone(self, item: WaitingItem, until: float, n_tries: int) -> None:
        """Try an item again later."""
        self._db.execute(
            "UPDATE items SET next_at = ?, n_tries = ? WHERE feed = ? AND key = ?",
            (until, n_tries, item.feed, item.key),
        )

    def finish(self, items: list[tuple[str, str]]) -> None:
        """Items (feed, key) are coded or given up, and what came of them is on disk."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "UPDATE items SET status = ?, entry = NULL WHERE feed = ? AND key = ?",
            [(DONE, feed, key) for feed, key in items],
        )
        self._db.execute("COMMIT")

    def block_host(self, host: str, until: float) -> None:
        """A server asked to be left alone until then."""
        self._db.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?)", (host, until))

    def blocked_until(self, host: str) -> float:
        """Until when a server wants to be left alone; 0 if it does not."""
        row = self._db.execute("SELECT blocked_until FROM hosts WHERE host = ?", (host,)).fetchone()
        return float(row[0]) if row else 0.0

    def begin_append(self, path: Path, start: int, length: int, item: tuple[str, str]) -> None:
        """What an item gave will be appended to a file: so many bytes, from there on."""
        self._db.execute("INSERT OR REPLACE INTO appending VALUES (?, ?, ?, ?, ?)", (str(path), start, length, *item))

    def end_append(self, path: Path, item: tuple[str, str]) -> None:
        """It was, and is on disk."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM appending WHERE path = ?", (str(path),))
        self._db.execute("UPDATE items SET status = ?, entry = NULL WHERE feed = ? AND key = ?", (DONE, *item))
        self._db.execute("COMMIT")

    def unfinished_append(self, path: Path) -> tuple[int, int, tuple[str, str]] | None:
        """Start, length and item of what an earlier run was appending when it ended."""
        row = self._db.execute("SELECT start, length, feed, key FROM appending WHERE path = ?", (str(path),)).fetchone()
        return (row[0], row[1], (row[2], row[3])) if row else None
