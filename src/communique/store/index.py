"""What a store knows of each article, for a quick look-up: a cache in SQLite that is made anew from the parts.

It may be deleted at any time. Memory does not grow with the store.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from communique.store.folder import Folder, Manifest

_VERSION = 2  # of these tables; an index of another version is made anew
_TABLES = """
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (document_id TEXT PRIMARY KEY, revision INTEGER, coding_key TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS texts (document_id TEXT, text_sha256 TEXT, PRIMARY KEY (document_id, text_sha256)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejections (rejection_key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_INSERTS = {
    "articles": (
        ("document_id", "revision", "coding_key"),
        "INSERT INTO articles VALUES (?, ?, ?) ON CONFLICT (document_id) DO UPDATE SET "
        "revision = excluded.revision, coding_key = excluded.coding_key WHERE excluded.revision >= revision",
    ),
    "texts": (("document_id", "text_sha256"), "INSERT OR IGNORE INTO texts VALUES (?, ?)"),
    "rejections": (("rejection_key",), "INSERT OR IGNORE INTO rejections VALUES (?)"),
}


class Index:
    """The latest revision of each article, and what was rejected."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._connection = self._open(folder.index)

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            return _connect(path)
        except sqlite3.DatabaseError:  # cut off or damaged: the parts have it all
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            return _connect(path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def latest(self, document_id: str) -> tuple[int, str]:
        """Revision and coding key of an article as last coded; revision 0 if it is new."""
        query = "SELECT revision, coding_key FROM articles WHERE document_id = ?"
        found = self._connection.execute(query, (document_id,)).fetchone()
        return (found[0], found[1]) if found else (0, "")

    def has_text(self, document_id: str, text_sha256: str) -> bool:
        """Whether this text of the article is kept."""
        query = "SELECT 1 FROM texts WHERE document_id = ? AND text_sha256 = ?"
        return self._connection.execute(query, (document_id, text_sha256)).fetchone() is not None

    def is_rejected(self, key: str) -> bool:
        """Whether this rejection is in the store."""
        query = "SELECT 1 FROM rejections WHERE rejection_key = ?"
        return self._connection.execute(query, (key,)).fetchone() is not None

    def update(self, manifest: Manifest) -> None:
        """Take in parts that were not here yet. For who holds the lock."""
        known = {name for (name,) in self._connection.execute("SELECT name FROM parts")}
        new = [part.name for part in manifest.parts if part.name not in known]
        for name in new:
            with self._connection:
                self._read_part(name)
        gone = known - {part.name for part in manifest.parts}  # merged: what they held stays
        with self._connection:
            self._connection.executemany("DELETE FROM parts WHERE name = ?", ((name,) for name in gone))

    def _read_part(self, name: str) -> None:
        for table, (columns, insert) in _INSERTS.items():
            with closing(pq.ParquetFile(self._folder.parts / name / f"{table}.parquet")) as file:
                for batch in file.iter_batches(columns=list(columns)):
                    rows = zip(*batch.to_pydict().values(), strict=True)
                    self._connection.executemany(insert, rows)
        self._connection.execute("INSERT OR IGNORE INTO parts VALUES (?)", (name,))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            for name in ("parts", *_INSERTS):
                connection.execute(f"DROP TABLE IF EXISTS {name}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection
