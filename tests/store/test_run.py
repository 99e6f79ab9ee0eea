from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from communique.records import Rejection
from communique.store import Store, folder
from communique.store.folder import Folder
from tests.store.made import FIRST, SECOND, article, record


def test_a_run_says_what_it_coded_and_rejected_by_day(store: Store) -> None:
    with store.run(FIRST) as run:
        run.add(article(1), [record(1, 1), record(1, 2)])
        run.add(article(2), [])
        run.reject(Rejection("a.jsonl:3", "no text", "a text"))
    store.refresh()
    found = store.query("SELECT version, model_digest, n_read, n_coded, n_rejected, n_events FROM runs").fetchall()
    assert found == [("0.1.0", "aaaa", 3, 2, 1, 2)]
    days = store.query("SELECT date::VARCHAR, n_coded, n_rejected, n_events FROM days").fetchall()
    assert sorted(days, key=str) == [("2024-03-07", 2, 0, 2), (None, 0, 1, 0)]


def test_the_same_reject_counts_once(store: Store) -> None:
    for _ in range(2):
        with store.run(FIRST) as run:
            run.reject(Rejection("a.jsonl:3", "no text", "a text"))
    store.refresh()
    assert store.query("SELECT count(*) FROM rejections").fetchall() == [(1,)]
    assert store.query("SELECT count(*) FROM runs").fetchall() == [(1,)]


def test_what_changes_an_article_makes_a_revision(store: Store) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    with store.run(FIRST) as run:
        assert run.has(article(1))
        assert not run.has(article(1, "Another text."))
    with store.run(SECOND) as run:
        assert not run.has(article(1))


def test_going_back_to_an_earlier_text_shows_that_text_again(store: Store) -> None:
    for text in ("One text.", "Another text.", "One text."):
        store.add([(article(1, text), [record(1, link=text)])], FIRST)
    assert [found["link"] for found in store.records()] == ["One text."]
    assert store.query("SELECT revision FROM articles").fetchall() == [(3,)]


def test_texts_can_be_kept_later_without_coding_again(store: Store) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    with store.run(FIRST, with_text=True) as run:
        assert run.has(article(1))
    store.refresh()
    assert store.query("SELECT text FROM articles JOIN texts USING (document_id, text_sha256)").fetchall() == [
        (article(1).text,)
    ]
    assert store.query("SELECT revision FROM articles").fetchall() == [(1,)]


def test_what_was_coded_before_an_error_is_kept(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.run(FIRST) as run:
        run.add(article(1), [record(1)])
        raise KeyboardInterrupt
    store.refresh()
    assert len(list(store.records())) == 1


def test_many_small_parts_become_few_and_old_ones_stay_for_who_reads_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MERGED", 3)
    with Store.open(path, create=True) as store, Store.open(path) as reader:
        given = []
        for number in range(1, 12):
            given.append(record(number))
            store.add([(article(number), [given[-1]])], FIRST, with_text=True)
            if number == 2:
                reader.refresh()
        assert list(store.records()) == given
        assert [found["id"] for found in reader.records()] == ["a1#1", "a2#1"]
        parts = Folder(path.with_name("corpus.duckdb.d")).read_manifest().parts
        assert [(part.level, part.n_articles) for part in parts] == [(-1, 0), (2, 9), (0, 1), (0, 1)]
        store.add([(article(1), [record(1)])], FIRST)
        assert len(list(store.records())) == 11
        monkeypatch.setattr(folder, "KEPT_S", -1.0)
        Store.open(path).close()
        assert len(list((path.with_name("corpus.duckdb.d") / "parts").iterdir())) == len(parts)


def test_what_is_done_is_kept_at_the_latest_when_the_coder_asks_for_more_after_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.run(FIRST)
    run.add(article(1), [record(1)])
    run.add(article(2), [record(2)])
    monkeypatch.setattr(run, "_committed", float("-inf"))
    run.has(article(3))
    store.refresh()
    assert len(list(store.records())) == 2


def test_what_a_killed_writer_left_is_not_seen_and_is_swept(store: Store, path: Path) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    parts = path.with_name("corpus.duckdb.d") / "parts"
    part = max(parts.iterdir())
    orphan = parts / "9999999999999999-killed"
    orphan.mkdir()
    for file in part.iterdir():
        (orphan / file.name).write_bytes(file.read_bytes())  # renamed, but the manifest does not name it yet
    store.refresh()
    assert len(list(store.records())) == 1
    store.add([(article(2), [record(2)])], FIRST)
    assert not orphan.exists()


def test_the_index_is_made_anew_when_it_is_lost_or_damaged(store: Store, path: Path) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    store.close()
    index = path.with_name("corpus.duckdb.d") / "index.sqlite"
    index.write_bytes(b"no database" * 1000)
    with Store.open(path) as again:
        again.add([(article(1), [record(1)])], FIRST)
        assert again.query("SELECT revision FROM article_revisions").fetchall() == [(1,)]


def _add_many(path: Path, first: int) -> None:
    with Store.open(path) as store:
        for number in range(first, first + 40, 4):
            store.add([(article(n), [record(n)]) for n in range(number, number + 4)], FIRST)


def test_several_processes_add_to_one_store_at_the_same_time(store: Store, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_add_many, args=(path, first)) for first in (0, 20)]  # 20 to 39 are in both
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    store.refresh()
    assert sorted(found["id"] for found in store.records()) == sorted(f"a{n}#1" for n in range(60))
    assert store.query("SELECT max(revision), count(*) FROM article_revisions").fetchall() == [(1, 60)]
