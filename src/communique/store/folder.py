"""The folder of a store: immutable parts, and the manifest that says which of them count.

A part is a folder with one Parquet file a table, all from the same batch of articles. It is written under a temporary
name, synced to disk and renamed; it counts once the manifest, replaced in one step too, names it. Killed at any
moment, a writer leaves either the old state or the new one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from communique.errors import StoreError
from communique.store.columns import TABLES

SCHEMA_VERSION = 1
KEPT_S = 3600.0  # how long parts stay that a merged or migrated one replaced: a query that began before may read them


class Part(msgspec.Struct, frozen=True):
    """One part: its folder's name, and what it holds."""

    name: str
    n_articles: int = 0
    n_events: int = 0
    level: int = 0


class Retired(msgspec.Struct, frozen=True):
    """A part that no longer counts, and since when (seconds since 1970)."""

    name: str
    since: float


class Manifest(msgspec.Struct, frozen=True):
    """The state of a store."""

    schema: int
    parts: tuple[Part, ...] = ()
    retired: tuple[Retired, ...] = ()
    path: str = ""  # where the store stood when its .duckdb file was written


class Folder:
    """The folder beside a `.duckdb` file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts = path / "parts"
        self.judgements = path / "judgements.jsonl"
        self.index = path / "index.sqlite"
        self._manifest = path / "manifest.json"

    def exists(self) -> bool:
        """Whether there is a store here."""
        return self._manifest.exists()

    def create(self) -> None:
        """Make an empty store; where there is one, do nothing."""
        self.parts.mkdir(parents=True, exist_ok=True)
        with self.locked():
            if self.exists():
                return
            self.judgements.touch()
            first = Part("0-empty", level=-1)  # so that every table always has a file, and so its columns
            self.write_part(first.name, {})
            self.write_manifest(Manifest(SCHEMA_VERSION, (first,)))

    def read_manifest(self) -> Manifest:
        """The state of the store.

        Raises:
            StoreError: There is none, or it cannot be read.
        """
        try:
            return msgspec.json.decode(self._manifest.read_bytes(), type=Manifest)
        except OSError as error:
            raise StoreError(f"{self._manifest}: {error.strerror}, expected the manifest of a store.") from error
        except msgspec.MsgspecError as error:
            raise StoreError(f"{self._manifest}: {error}, expected the manifest of a store.") from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the state in one step. For who holds the lock."""
        temporary = self._manifest.with_suffix(".tmp")
        with temporary.open("wb") as stream:
            stream.write(msgspec.json.encode(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._manifest)
        sync(self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait until no other process writes to this store, and keep others waiting. A killed process lets go."""
        with (self.path / "lock").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def new_name(self) -> str:
        """A name that no other part has; later ones sort behind earlier ones."""
        return f"{time.time_ns() // 1000:016d}-{uuid.uuid4().hex[:8]}"

    def write_part(self, name: str, tables: Mapping[str, pa.Table]) -> None:
        """Write a part; a table that is left out is empty. It does not count yet. For who holds the lock."""

        def fill(temporary: Path) -> None:
            for table, schema in TABLES.items():
                rows = tables.get(table)
                pq.write_table(
                    schema.empty_table() if rows is None else rows, temporary / f"{table}.parquet", compression="zstd"
                )

        self.make_part(name, fill)

    def make_part(self, name: str, fill: Callable[[Path], None]) -> None:
        """Let `fill` write a part's files into a temporary folder, sync them and give the folder its name."""
        temporary = self.path / "tmp" / name
        shutil.rmtree(self.path / "tmp", ignore_errors=True)  # of a killed writer: who holds the lock is alone
        temporary.mkdir(parents=True)
        fill(temporary)
        for file in temporary.iterdir():
            sync(file)
        sync(temporary)
        temporary.rename(self.parts / name)
        sync(self.parts)

    def sweep(self, manifest: Manifest) -> Manifest:
        """Delete parts that a killed writer left, and those retired long enough. For who holds the lock."""
        now = time.time()
        kept = tuple(part for part in manifest.retired if now - part.since < KEPT_S)
        known = {part.name for part in manifest.parts} | {part.name for part in kept}
        for path in self.parts.iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)
        return msgspec.structs.replace(manifest, retired=kept)


def sync(path: Path) -> None:
    """See to it that a file or folder is on the disk, not only in the machine's memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
