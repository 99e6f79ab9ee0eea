from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from communique.errors import StoreError
from communique.store import Judgement, Store
from tests.store.made import FIRST, SECOND, article, record


def test_records_come_out_as_they_went_in(store: Store) -> None:
    given = [record(1, 1), record(1, 2, size={}), record(2, 1)]
    store.add([(article(1), given[:2]), (article(2), given[2:])], FIRST)
    assert list(store.records()) == given


def test_the_same_again_adds_nothing(store: Store, path: Path) -> None:
    store.add([(article(1), [record(1)]), (article(2), [])], FIRST)
    before = sorted(path.with_name("corpus.duckdb.d").rglob("*.parquet"))
    store.add([(article(1), [record(1)]), (article(2), [])], FIRST)
    assert sorted(path.with_name("corpus.duckdb.d").rglob("*.parquet")) == before
    assert store.query("SELECT count(*) FROM articles").fetchall() == [(2,)]


def test_another_coder_makes_a_new_revision_and_the_old_one_stays(store: Store) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    store.add([(article(1), [record(1, event=["ASSAULT"])])], SECOND)
    assert [found["event"] for found in store.records()] == [["ASSAULT"]]
    revisions = store.query("SELECT revision, event FROM event_revisions ORDER BY revision").fetchall()
    assert revisions == [(1, ["COERCE"]), (2, ["ASSAULT"])]


def test_the_duckdb_file_shows_others_what_counts_now(store: Store, path: Path) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    with duckdb.connect(str(path), read_only=True) as other:
        assert other.sql("SELECT id FROM events").fetchall() == [("a1#1",)]
        store.add([(article(2), [record(2)])], FIRST)
        assert other.sql("SELECT count(*) FROM events").fetchall() == [(2,)]


def test_a_path_with_odd_characters_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "it's [a] *odd*" / "c.duckdb"
    path.parent.mkdir()
    with Store.open(path, create=True) as store:
        store.add([(article(1), [record(1)])], FIRST)
        assert len(list(store.records())) == 1
    with duckdb.connect(str(path), read_only=True) as other:
        assert other.sql("SELECT count(*) FROM events").fetchall() == [(1,)]


def test_a_store_that_was_moved_is_opened_where_it_is(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.duckdb", create=True) as store:
        store.add([(article(1), [record(1)])], FIRST)
    (tmp_path / "a.duckdb").rename(tmp_path / "b.duckdb")
    (tmp_path / "a.duckdb.d").rename(tmp_path / "b.duckdb.d")
    with Store.open(tmp_path / "b.duckdb") as store:
        assert len(list(store.records())) == 1
    with duckdb.connect(str(tmp_path / "b.duckdb"), read_only=True) as other:
        assert other.sql("SELECT count(*) FROM events").fetchall() == [(1,)]


def test_a_judgement_is_added_and_the_event_stays(store: Store) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    store.judge(Judgement("ada", "a1#1", 1, "correct", "event", ["COERCE"], ["ASSAULT"]))
    found = store.query('SELECT "user", record_id, revision, old->>0, new->>0 FROM judgements').fetchall()
    assert found == [("ada", "a1#1", 1, "COERCE", "ASSAULT")]
    assert [found["event"] for found in store.records()] == [["COERCE"]]


def test_no_store_is_made_by_reading(path: Path) -> None:
    with pytest.raises(StoreError, match="no store there"):
        Store.open(path)
    assert not path.exists()


def test_a_duckdb_file_of_other_make_is_left_alone(path: Path) -> None:
    duckdb.connect(str(path)).close()
    with pytest.raises(StoreError, match="no store of Communiqué"):
        Store.open(path, create=True)
