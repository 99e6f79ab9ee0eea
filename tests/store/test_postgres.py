from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from communique.errors import StoreError
from communique.records import Rejection
from communique.store import Judgement, Store
from communique.store.postgres import export_to_postgres
from tests.cli.stub import run
from tests.store.made import FIRST, SECOND, article, entity, record
from tests.store.postgres_server import NoServer, server

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (communique[postgres])")
TABLES = ("article_revisions", "texts", "event_revisions", "rejections", "runs", "judgements")


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    try:
        with server() as url:
            yield url
    except NoServer as error:
        pytest.skip(str(error))


@pytest.fixture
def url(cluster: str) -> str:
    with psycopg.connect(cluster) as connection:
        connection.execute("DROP SCHEMA IF EXISTS communique CASCADE")
    return cluster


def ask(url: str, sql: str) -> list[Any]:
    with psycopg.connect(url, options="-c search_path=communique -c timezone=UTC") as connection:
        return connection.execute(sql).fetchall()


def tables(url: str) -> dict[str, list[str]]:
    return {table: sorted(repr(row) for row in ask(url, f"SELECT * FROM {table}")) for table in TABLES}


def fill(store: Store, n_articles: int = 5) -> None:
    for number in range(1, n_articles + 1):
        store.add(
            [(article(number), [record(number, 1), record(number, 2, date=None, size={})])], FIRST, with_text=True
        )
    with store.run(FIRST) as run:
        run.reject(Rejection("a.jsonl:3", "no text", "a text"))
    store.add([(article(1), [record(1, event=["ASSAULT"], own_field=[1])])], SECOND)
    store.judge(Judgement("ada", "a1#1", 1, "correct", "event", ["COERCE"], ["ASSAULT"]))
    store.refresh()


def test_the_tables_hold_what_the_store_holds(store: Store, url: str) -> None:
    fill(store)
    assert export_to_postgres(store, url) == 11
    assert ask(url, "SELECT id, revision FROM event_revisions ORDER BY 1, 2") == (
        store.query("SELECT id, revision FROM event_revisions ORDER BY ALL").fetchall()
    )
    assert ask(url, "SELECT id, event, actor, event_spans FROM events WHERE document_id = 'a1'") == [
        ("a1#1", ["ASSAULT"], record(1)["actor"], [[14, 22]])
    ]
    assert ask(url, "SELECT size, extra, coded_date::text FROM events WHERE id = 'a1#1'") == [
        ({"arrested": [10]}, {"own_field": [1]}, "2024-03-08")
    ]
    assert ask(url, 'SELECT "user", old, new FROM judgements') == [("ada", ["COERCE"], ["ASSAULT"])]
    assert ask(url, "SELECT count(*), count(DISTINCT text) FROM texts") == [(5, 1)]
    assert ask(url, "SELECT sum(n_read)::int, sum(n_rejected)::int FROM runs") == [(7, 1)]


def test_an_export_is_repeatable_and_keeps_in_step(store: Store, url: str) -> None:
    fill(store)
    export_to_postgres(store, url)
    before = tables(url)
    assert export_to_postgres(store, url) == 0
    assert tables(url) == before
    store.add([(article(9), [record(9)])], FIRST)
    assert export_to_postgres(store, url) == 1
    assert len(tables(url)["event_revisions"]) == len(before["event_revisions"]) + 1


def test_written_again_rows_replace_themselves(store: Store, url: str) -> None:
    fill(store)
    export_to_postgres(store, url)
    before = tables(url)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM communique.exported_parts")
        connection.execute("UPDATE communique.event_revisions SET link = 'spoilt'")
    export_to_postgres(store, url)
    assert tables(url) == before


def test_dyads_are_those_of_the_store(store: Store, url: str) -> None:
    meeting = record(2, event=["CONSULT"], actor=[entity("KEN", "Kenya", 0), entity("UGA", "Uganda", 9)], recipient=[])
    store.add([(article(1), [record(1)]), (article(2), [meeting])], FIRST)
    export_to_postgres(store, url)
    sql = "SELECT event_id, actor_code, recipient_code, event, happened, mutual FROM dyads ORDER BY 1, 2, 3"
    assert ask(url, sql) == store.query(sql).fetchall()
    assert len(ask(url, sql)) == 3


def test_a_character_that_postgresql_cannot_hold_costs_no_row(store: Store, url: str) -> None:
    store.add([(article(1, "a\0b"), [record(1, link="x\0y", event_text=["\0"], own="\0")])], FIRST, with_text=True)
    export_to_postgres(store, url)
    assert ask(url, "SELECT link, extra->>'own' FROM events") == [("x\ufffdy", "\ufffd")]


def _export_and_die(path: Path, url: str, n_parts: int) -> None:
    done = 0

    def progress(_: int) -> None:
        nonlocal done
        done += 1
        if done == n_parts:
            os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(path) as store:
        export_to_postgres(store, url, progress)


@pytest.mark.parametrize("n_parts", [1, 4])
def test_killed_and_repeated_it_gives_the_same_tables(store: Store, path: Path, url: str, n_parts: int) -> None:
    fill(store)
    export_to_postgres(store, url)
    expected = tables(url)
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA communique CASCADE")
    process = multiprocessing.get_context("spawn").Process(target=_export_and_die, args=(path, url, n_parts))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert 0 <= len(ask(url, "SELECT * FROM event_revisions")) < 11
    export_to_postgres(store, url)
    assert tables(url) == expected


def test_a_database_that_cannot_be_reached_is_named_without_its_password(store: Store) -> None:
    with pytest.raises(StoreError, match="PostgreSQL") as raised:
        export_to_postgres(store, "postgresql://ada:secret@/none?host=/nowhere")
    assert "secret" not in str(raised.value)


def test_the_command_takes_a_store_and_no_options(store: Store, path: Path, url: str, tmp_path: Path) -> None:
    store.add([(article(1), [record(1)])], FIRST)
    result = run("export", path, "--to", url)
    assert (result.exit_code, "1 events written" in result.stderr) == (0, True)
    assert ask(url, "SELECT id FROM events") == [("a1#1",)]
    assert run("export", path, "--to", url, "-o", tmp_path / "out").exit_code == 2
    assert run("export", tmp_path / "events.jsonl", "--to", url).exit_code == 2
    assert run("export", path, "--to", "mysql://").exit_code == 2
