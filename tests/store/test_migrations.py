"""`schema_1.zip` holds a store as the first version of `communique.store` wrote it (commit 252e1ce)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest

from communique.errors import StoreError
from communique.store import Store
from communique.store import migrations as module
from tests.store.made import FIRST, SECOND, article, record


@pytest.fixture
def old(tmp_path: Path) -> Path:
    with zipfile.ZipFile(Path(__file__).with_name("schema_1.zip")) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "corpus.duckdb"


def test_an_old_store_keeps_all_it_holds(old: Path) -> None:
    with Store.open(old) as store:
        changed, other = record(1, event=["ASSAULT"]), record(3)
        for old_record in (changed, other):  # schema 1 had no reason of a place
            del old_record["event_loc"]["reason"]
        assert list(store.records(sort=True)) == [changed, other]
        texts = store.query("SELECT document_id, text FROM texts ORDER BY ALL").fetchall()
        assert sorted(set(texts)) == [("a1", article().text), ("a2", article().text)]
        assert store.query("SELECT count(*) FROM event_revisions").fetchall() == [(4,)]
        assert store.query("SELECT document_id FROM rejections").fetchall() == [("a4",)]
        assert store.query('SELECT "user" FROM judgements').fetchall() == [("ada",)]
        store.add([(article(1), [changed])], SECOND)
        store.add([(article(3), [other])], FIRST)
        assert store.query("SELECT count(*) FROM event_revisions").fetchall() == [(4,)]
    with duckdb.connect(str(old), read_only=True) as other:
        assert other.sql("SELECT count(*) FROM articles").fetchall() == [(3,)]


def test_a_migration_that_is_cut_off_leaves_the_old_store_and_can_be_repeated(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite, kept = module.MIGRATIONS[1]
    calls = []

    def cut_off(old_part: Path, new_part: Path) -> None:
        calls.append(old_part)
        if len(calls) == 3:
            raise KeyboardInterrupt
        rewrite(old_part, new_part)

    manifest = old.with_name("corpus.duckdb.d") / "manifest.json"
    before = manifest.read_bytes()
    with monkeypatch.context() as patch:
        patch.setitem(module.MIGRATIONS, 1, (cut_off, kept))
        with pytest.raises(KeyboardInterrupt):
            Store.open(old)
    assert manifest.read_bytes() == before
    with Store.open(old) as store:
        assert store.query("SELECT count(*) FROM event_revisions").fetchall() == [(4,)]


def test_a_newer_store_is_refused_and_left_as_it_is(store: Store, path: Path) -> None:
    manifest = path.with_name("corpus.duckdb.d") / "manifest.json"
    newer = manifest.read_text().replace('"schema":2', '"schema":99')
    manifest.write_text(newer)
    with pytest.raises(StoreError, match="newer version"):
        Store.open(path)
    assert manifest.read_text() == newer
