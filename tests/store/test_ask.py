from __future__ import annotations

from pathlib import Path

import pytest

from communique.errors import StoreError
from communique.store import Store
from communique.store.ask import ask
from tests.store.made import FIRST, article, record


def test_a_select_is_answered(store: Store) -> None:
    store.add([(article(1), [record(1), record(1, 2)])], FIRST)
    answer = ask(store, "SELECT event[1] AS event, count(*) AS n FROM events GROUP BY 1")
    assert (answer.columns, list(answer.rows)) == (("event", "n"), [("COERCE", 2)])
    assert list(ask(store, "FROM by_month SELECT n_events").rows) == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM events",
        "COPY (SELECT 1) TO 'out.csv'",
        "SELECT 1; DROP VIEW events",
        "CREATE TABLE t (a INT)",
        "ATTACH 'other.duckdb'",
        "SET memory_limit = '1TB'",
        "",
    ],
)
def test_a_query_changes_nothing(store: Store, sql: str) -> None:
    with pytest.raises(StoreError, match="expected one SELECT"):
        ask(store, sql)


def test_a_query_reads_nothing_but_the_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with pytest.raises(StoreError, match="disabled by configuration"):
        ask(store, f"SELECT * FROM read_csv('{tmp_path}/secret.csv')")


def test_a_query_that_is_not_understood_says_where(store: Store) -> None:
    with pytest.raises(StoreError, match="evnts"):
        ask(store, "SELECT * FROM evnts")
    with pytest.raises(StoreError, match="syntax"):
        ask(store, "SELECT FROM WHERE")
