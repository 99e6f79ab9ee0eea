"""What a store knows of each article, for a quick look-up: a cache in SQLite that is made anew from the parts.

It may be deleted at any time. Memory does not grow with the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from communique.store.folder import Folder, Manifest

_TABLES = """
CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    document_id TEXT PRIMARY KEY, revision INTEGER, coding_key TEXT, has_text INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejections (rejection_key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_UPSERT = """
INSERT INTO articles VALUES (?, ?, ?, ?) ON CONFLICT (document_id) DO UPDATE
SET revision = excluded.revision, coding_key = excluded.coding_key, has_text = excluded.has_text
WHERE excluded.revision >= revision
"""


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

    def latest(self, document_id: str) -> tuple[int, str, bool]:
        """Revision and coding key of an article as last coded, and whether its text is kept; revision 0 if new."""
        found = self._connection.execute(
            "SELECT revision, coding_key, has_text FROM articles WHERE document_id = ?", (document_id,)
        ).fetchone()
        return (found[0], found[1], bool(found[2])) if found else (0, "", False)

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
        gone = known - {part.name for part in manifest.parts}
        if gone:
            self.forget(gone)

    def forget(self, names: Iterable[str]) -> None:
        """Drop the names of parts that no longer count; what they held stays."""
        with self._connection:
            self._connection.executemany("DELETE FROM parts WHERE name = ?", ((name,) for name in names))

    def _read_part(self, name: str) -> None:
        columns = ["document_id", "revision", "coding_key", "text"]
        with closing(pq.ParquetFile(self._folder.parts / name / "articles.parquet")) as file:
            for batch in file.iter_batches(columns=columns):
                rows = batch.to_pydict()
                texts = (text is not None for text in rows["text"])
                self._connection.executemany(
                    _UPSERT, zip(rows["document_id"], rows["revision"], rows["coding_key"], texts, strict=True)
                )
        with closing(pq.ParquetFile(self._folder.parts / name / "rejections.parquet")) as file:
            for batch in file.iter_batches(columns=["rejection_key"]):
                keys = ((key,) for key in batch.to_pydict()["rejection_key"])
                self._connection.executemany("INSERT OR IGNORE INTO rejections VALUES (?)", keys)
        self._connection.execute("INSERT OR IGNORE INTO parts VALUES (?)", (name,))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection
