"""Schema versions of a store, and how an older store becomes one of today.

Parts are immutable, so a migration writes new ones beside the old, and then one manifest that names the new ones:
killed on the way, the store is still the old one. Files that a migration leaves as they are become hard links.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from communique.errors import StoreError
from communique.store.folder import SCHEMA_VERSION, Folder, Manifest


def check_schema(manifest: Manifest) -> Manifest:
    """Make sure that the store's schema is today's.

    Raises:
        StoreError: It is newer, or was not migrated yet.
    """
    if manifest.schema > SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {manifest.schema}, this program knows {SCHEMA_VERSION} and older. "
            "Nothing was changed; use the newer version of Communiqué."
        )
    if manifest.schema < SCHEMA_VERSION:
        raise StoreError(f"the store has schema {manifest.schema}, expected {SCHEMA_VERSION}. Open it anew.")
    return manifest


def migrate(folder: Folder) -> None:
    """Bring a store to today's schema, step by step; one of today is left alone.

    Raises:
        StoreError: It is newer than this program.
    """
    if folder.read_manifest().schema == SCHEMA_VERSION:
        return
    with folder.locked():
        manifest = folder.read_manifest()
        while manifest.schema < SCHEMA_VERSION:
            manifest = _step(folder, folder.sweep(manifest), *MIGRATIONS[manifest.schema])
        check_schema(manifest)
        folder.write_manifest(msgspec.structs.replace(manifest, path=""))  # the .duckdb file needs its views anew


def _step(folder: Folder, manifest: Manifest, rewrite: Callable[[Path, Path], None], kept: tuple[str, ...]) -> Manifest:
    parts = []
    for part in manifest.parts:
        new = msgspec.structs.replace(part, name=folder.new_name())
        old_path = folder.parts / part.name

        def fill(temporary: Path, old_path: Path = old_path) -> None:
            for table in kept:
                os.link(old_path / f"{table}.parquet", temporary / f"{table}.parquet")
            rewrite(old_path, temporary)

        folder.make_part(new.name, fill)
        parts.append(new)
    return folder.replace_parts(manifest, parts, manifest.schema + 1)


def _texts_apart(old: Path, new: Path) -> None:
    """Schema 2: texts have a table of their own, so that one can be added without coding its article again."""
    texts_schema = pa.schema([("document_id", pa.string()), ("text_sha256", pa.string()), ("text", pa.string())])
    with closing(pq.ParquetFile(old / "articles.parquet")) as file:
        schema = pa.schema([field for field in file.schema_arrow if field.name != "text"])
        with (
            pq.ParquetWriter(new / "articles.parquet", schema, compression="zstd") as articles,
            pq.ParquetWriter(new / "texts.parquet", texts_schema, compression="zstd") as texts,
        ):
            for batch in file.iter_batches():
                articles.write_batch(batch.select(schema.names))
                kept = batch.filter(batch.column("text").is_valid())
                texts.write_batch(kept.select(texts_schema.names))


# From which schema: what rewrites a part's files, and the tables that stay as they are.
MIGRATIONS: dict[int, tuple[Callable[[Path, Path], None], tuple[str, ...]]] = {
    1: (_texts_apart, ("events", "rejections", "run_days")),
}
