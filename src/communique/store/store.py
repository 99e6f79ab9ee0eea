"""A corpus in a DuckDB file: coded articles, their events, and what people said of them.

The `.duckdb` file holds views only; the rows are immutable Parquet parts in a folder beside it. So any number of
coding runs, readers and reviewers work on one corpus at the same time.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from communique.errors import StoreError
from communique.records import Article
from communique.store import judgements
from communique.store.columns import RECORD_FIELDS, Record, records_of
from communique.store.folder import Folder, Part
from communique.store.index import Index
from communique.store.judgements import Judgement
from communique.store.migrations import check_schema, migrate
from communique.store.run import Options, Run
from communique.store.views import lasting_sql, snapshot_sql

_log = logging.getLogger(__name__)
_BATCH_ROWS = 10_000


class Store:
    """An open store: what it held when it was opened, or last refreshed. Made by `Store.open`.

    Reading never waits for who writes, and writing never for who reads.
    """

    def __init__(self, path: Path, folder: Folder) -> None:
        self.path = path
        self._folder = folder
        self._index: Index | None = None
        spill = Path(tempfile.gettempdir(), f"communique-{os.getpid()}-{id(self):x}")  # DuckDB makes and removes it
        self._connection = duckdb.connect(config={"temp_directory": str(spill)})
        self._connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '1GB'")
        self.refresh()

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Store:
        """Open a store.

        Args:
            path: The `.duckdb` file. Its parts are in the folder of the same name with `.d` behind it.
            create: Whether to make one where there is none.

        Raises:
            StoreError: There is none, it is damaged, or a newer version made it.
        """
        path = Path(path)
        folder = Folder(path.with_name(f"{path.name}.d"))
        if not folder.exists():
            if not create:
                raise StoreError(f"{path}: no store there. Make one with `communique code INPUT --store {path}`.")
            if path.exists():
                raise StoreError(
                    f"{path} is there, but {folder.path} is not: no store of Communiqué. Name another file."
                )
            folder.create()
        migrate(folder)
        folder.tidy()
        _write_views(path, folder)
        return cls(path, folder)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """Where the parts are."""
        return self._folder.path

    def parts(self) -> tuple[Part, ...]:
        """The parts that count, as of when the store was opened or refreshed."""
        return self._manifest.parts

    def close(self) -> None:
        """Let go of all files."""
        self._connection.close()
        if self._index:
            self._index.close()

    def refresh(self) -> None:
        """See what was added since the store was opened, by this process or another."""
        self._manifest = manifest = check_schema(self._folder.read_manifest())
        self._connection.execute(snapshot_sql(self._folder, manifest))
        if self._connection.sql("SELECT max(revision) FROM article_revisions").fetchall() in ([(None,)], [(1,)]):
            self._connection.execute(snapshot_sql(self._folder, manifest, revised=False))

    def run(self, options: Options | None = None, *, with_text: bool = False) -> Run:
        """Begin to add coded articles: `with store.run() as run: run.add(article, records)`.

        Args:
            options: What codes, and what it was told. Another coder or other options make new revisions.
            with_text: Whether the articles' texts are kept, not their hashes alone.
        """
        if self._index is None:
            self._index = Index(self._folder)
        with self._folder.locked():
            self._index.update(check_schema(self._folder.read_manifest()))
        return Run(self._folder, self._index, options or Options(), with_text=with_text)

    def add(
        self,
        coded: Iterable[tuple[Article, Iterable[Mapping[str, Any]]]],
        options: Options | None = None,
        *,
        with_text: bool = False,
    ) -> None:
        """Add articles with their records, as `Run.add` does, and see them."""
        with self.run(options, with_text=with_text) as run:
            for article, records in coded:
                if not run.has(article):
                    run.add(article, records)
        self.refresh()

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyRelation:
        """The answer to a query over the views, as a relation: `.fetchall()`, `.to_arrow_table()`, `.df()`, …"""
        return self._connection.sql(sql, params=dict(parameters) if parameters else None)

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement on the connection, say to make a temporary table; the store itself is not changed."""
        self._connection.execute(sql, dict(parameters or {}))

    def sealed(self) -> duckdb.DuckDBPyConnection:
        """The connection, for a stranger's SQL: from now on it reads and writes nothing but the store's folder."""
        folder = str(self._folder.path.resolve()).replace("'", "''")
        (sealed,) = self._connection.execute("SELECT NOT current_setting('enable_external_access')").fetchone() or (0,)
        if not sealed:
            self._connection.execute(f"SET allowed_directories = ['{folder}/']")
            self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        return self._connection

    def events(self, where: str = "true") -> duckdb.DuckDBPyRelation:
        """The latest revision of all events, one row a record, columns named as the record's fields.

        Args:
            where: An SQL condition, such as `"event[1] = 'ASSAULT' AND date >= '2024-01-01'"`.
        """
        return self._connection.sql(f"SELECT * FROM events WHERE {where}")

    def batches(self, sql: str = "FROM events", rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The answer to a query in Arrow batches of so many rows; memory does not grow with the answer."""
        yield from self._connection.cursor().sql(sql).to_arrow_reader(rows)

    def records(self, where: str = "true", *, sort: bool = False) -> Iterator[Record]:
        """The latest revision of all records, each as `communique code` writes it as JSONL, without `text`.

        Args:
            where: An SQL condition, as in `events`.
            sort: Whether to sort them by document and number, so that the same store always gives the same sequence;
                costs time on large stores.
        """
        columns = ", ".join(f'"{name}"' for name in (*RECORD_FIELDS, "extra"))
        order = "ORDER BY document_id, try_cast(split_part(id, '#', -1) AS BIGINT), id" if sort else ""
        yield from records_of(self.batches(f"SELECT {columns} FROM events WHERE {where} {order}"))

    def judge(self, *judgement: Judgement) -> None:
        """Add what a person says of a record; it is on disk when this returns. The view `judgements` shows it."""
        judgements.append(self._folder.judgements, *judgement)

    @property
    def judgements_file(self) -> Path:
        """Where they are, one a line."""
        return self._folder.judgements


def _write_views(path: Path, folder: Folder) -> None:
    """Write the `.duckdb` file, if it is not there or the store was moved."""
    place = str(path.resolve())
    manifest = folder.read_manifest()
    if path.exists() and manifest.path == place:
        return
    try:
        with folder.locked():
            with duckdb.connect(str(path)) as connection:
                connection.execute(lasting_sql(folder))
            folder.write_manifest(msgspec.structs.replace(folder.read_manifest(), path=place))
    except (
        OSError,
        duckdb.IOException,
        duckdb.TransactionException,
    ) as error:  # another program holds it, or read-only
        _log.warning("the views of %s could not be written: %s", path, error)
