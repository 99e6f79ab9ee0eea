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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from communique.errors import StoreError
from communique.store.columns import TABLES

SCHEMA_VERSION = 2
MERGED = 16  # so many parts of a level become one of the next, so that queries open few files
TOP_LEVEL = 2
KEPT_S = 900.0  # how long parts stay that a merged or migrated one replaced: a query that began before may read them
_GROUP_ROWS, _GROUP_BYTES = 40_000, 32_000_000  # held at a time while parts are merged


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

    def merge(self, manifest: Manifest) -> Manifest:
        """Make one part of many small ones, where there are enough. For who holds the lock."""
        for level in range(TOP_LEVEL):
            small = [part for part in manifest.parts if part.level == level]
            if len(small) >= MERGED:
                manifest = self._merged(manifest, small, level + 1)
        return manifest

    def _merged(self, manifest: Manifest, small: list[Part], level: int) -> Manifest:
        n_articles, n_events = sum(part.n_articles for part in small), sum(part.n_events for part in small)
        whole = Part(self.new_name(), n_articles, n_events, level)

        def fill(temporary: Path) -> None:
            for table, schema in TABLES.items():
                files = [self.parts / part.name / f"{table}.parquet" for part in small]
                _join(files, temporary / f"{table}.parquet", schema)

        self.make_part(whole.name, fill)
        replaced = {part.name for part in small}
        parts = [part for part in manifest.parts if part.name not in replaced]
        parts.insert(manifest.parts.index(small[0]), whole)
        return self.replace_parts(manifest, parts)

    def replace_parts(self, manifest: Manifest, parts: Iterable[Part], schema: int = SCHEMA_VERSION) -> Manifest:
        """Write a manifest with these parts; those that are gone stay a while for who reads them."""
        parts = tuple(parts)
        gone = {part.name for part in manifest.parts} - {part.name for part in parts}
        retired = (*manifest.retired, *(Retired(name, time.time()) for name in sorted(gone)))
        manifest = msgspec.structs.replace(manifest, schema=schema, parts=parts, retired=retired)
        self.write_manifest(manifest)
        return manifest

    def tidy(self) -> None:
        """Sweep, if there is what to sweep and nobody writes just now."""
        if not self._expired(self.read_manifest()):
            return
        try:
            with (self.path / "lock").open("ab") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.write_manifest(self.sweep(self.read_manifest()))
        except OSError:  # a writer is at work, who sweeps too, or this user may only read
            return

    def _expired(self, manifest: Manifest) -> bool:
        return any(time.time() - part.since >= KEPT_S for part in manifest.retired)

    def sweep(self, manifest: Manifest) -> Manifest:
        """Delete parts that a killed writer left, and those retired long enough. For who holds the lock."""
        now = time.time()
        kept = tuple(part for part in manifest.retired if now - part.since < KEPT_S)
        known = {part.name for part in manifest.parts} | {part.name for part in kept}
        for path in self.parts.iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)
        return msgspec.structs.replace(manifest, retired=kept)


def _join(files: list[Path], target: Path, schema: pa.Schema) -> None:
    """Write the rows of some Parquet files into one, holding a few thousand at a time."""
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        waiting: list[pa.Table] = []
        n_rows = n_bytes = 0
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches():
                waiting.append(pa.Table.from_batches([batch], schema))
                n_rows, n_bytes = n_rows + batch.num_rows, n_bytes + batch.nbytes
                if n_rows >= _GROUP_ROWS or n_bytes >= _GROUP_BYTES:
                    writer.write_table(pa.concat_tables(waiting))
                    waiting, n_rows, n_bytes = [], 0, 0
        if waiting:
            writer.write_table(pa.concat_tables(waiting))


def sync(path: Path) -> None:
    """See to it that a file or folder is on the disk, not only in the machine's memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
