"""Queries that people type: read only, and of nothing but the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from communique.errors import StoreError
from communique.store.store import Store

_ALLOWED = ("SELECT", "EXPLAIN")


@dataclass(frozen=True, slots=True)
class Answer:
    """Column names, and rows as they come."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def ask(store: Store, sql: str) -> Answer:
    """Answer one SELECT. From then on, the store's connection reads no other files, whatever it is asked.

    Raises:
        StoreError: It is no single SELECT, or DuckDB does not understand it.
    """
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise StoreError(f"{_first(error)}") from None
    kinds = [statement.type.name for statement in statements]
    if len(kinds) != 1 or kinds[0] not in _ALLOWED:
        found = ", ".join(kinds) or "nothing"
        raise StoreError(f"the query is {found}, expected one SELECT: queries read, and change nothing.")
    connection = store.sealed()
    try:
        connection.execute(sql)
        columns = tuple(str(column[0]) for column in connection.description or ())
    except duckdb.Error as error:
        raise StoreError(_first(error)) from None
    return Answer(columns, _rows(connection))


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    try:
        while rows := connection.fetchmany(1000):
            yield from rows
    except duckdb.Error as error:
        raise StoreError(_first(error)) from None


def _first(error: duckdb.Error) -> str:
    """DuckDB's message with its pointer into the query, without the lines on where in DuckDB it arose."""
    return str(error).strip()
