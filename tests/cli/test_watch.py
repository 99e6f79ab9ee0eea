"""`communique watch`: what is new in feeds is coded once, into a file or a store, whatever breaks in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.cli import watch as watch_command
from communique.store import Store
from tests.cli.stub import TEXT, run
from tests.ingest.made import page
from tests.watch.server import Reply, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


@pytest.fixture
def feeds(tmp_path: Path, site: Site) -> Path:
    path = tmp_path / "FEEDS.toml"
    path.write_text(f'[watch]\ndelay = 0\ntimeout = 1\n[[feed]]\nurl = "{site.url}/feed.xml"\n')
    return path


def records(path: Path) -> list[str]:
    return [json.loads(line)["cite_info"]["url"] for line in path.read_text().splitlines()]


def test_new_reports_are_appended_once(site: Site, feeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    site.feed("/1", "/2")
    site.put("/1", page([TEXT]))
    site.put("/2", page(["Ministers met in Lima and talked of trade and of the border."]))
    first = run("watch", feeds, "-o", out, "--once")
    assert first.exit_code == 0 and "articles: 2, events: 1, rejected: 0." in first.stderr
    site.feed("/1", "/3")
    site.put("/3", page([TEXT.replace("ten", "nine")]))
    assert run("watch", feeds, "-o", out, "--once").exit_code == 0
    assert records(out) == [f"{site.url}/1", f"{site.url}/3"]


def test_rejects_are_listed_beside_the_file(site: Site, feeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    site.feed("/1", "/2")
    site.put("/1", page([TEXT]))
    result = run("watch", feeds, "-o", out, "--once")
    assert result.exit_code == 3
    (rejected,) = map(json.loads, (tmp_path / "events.jsonl.rejects.jsonl").read_text().splitlines())
    assert rejected["where"] == f"{site.url}/2" and "status 404" in rejected["found"]


def test_without_a_feed_that_can_be_read_nothing_is_done(site: Site, feeds: Path, tmp_path: Path) -> None:
    result = run("watch", feeds, "-o", tmp_path / "events.jsonl", "--once")
    assert result.exit_code == 2 and "status 404" in result.stderr


def test_a_store_gets_articles_events_and_rejects_once(site: Site, feeds: Path, tmp_path: Path) -> None:
    path = tmp_path / "corpus.duckdb"
    site.feed("/1", "/2")
    site.put("/1", page([TEXT]))
    for _ in range(2):
        run("watch", feeds, "--store", path, "--once")
    with Store.open(path) as store:
        assert store.query("SELECT url FROM articles").fetchall() == [(f"{site.url}/1",)]
        assert len(store.events().fetchall()) == 1
        assert store.query("SELECT count(*) FROM rejections").fetchall() == [(1,)]


@pytest.mark.parametrize("written", [0, 10, None])
def test_a_run_that_was_killed_while_it_wrote_neither_loses_nor_doubles(
    site: Site, feeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int | None
) -> None:
    out = tmp_path / "events.jsonl"
    site.feed("/1", "/2")
    site.put("/1", page([TEXT]))
    site.put("/2", page([TEXT.replace("ten", "nine")]))

    def killed(number: int) -> None:
        if len(out.read_bytes().splitlines()) == 2:
            if written is not None:
                lines = out.read_bytes().splitlines(keepends=True)
                out.write_bytes(lines[0] + lines[1][:written])
            raise SystemExit(137)

    with monkeypatch.context() as patched:
        patched.setattr(watch_command.os, "fsync", killed)
        assert run("watch", feeds, "-o", out, "--once").exit_code == 137
    assert run("watch", feeds, "-o", out, "--once").exit_code == 0
    assert records(out) == [f"{site.url}/1", f"{site.url}/2"]


def test_it_watches_until_it_is_told_to_stop(
    site: Site, feeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "events.jsonl"
    site.feed("/1")
    site.put("/1", page([TEXT]))
    rounds: list[float] = []

    def sleep(until: float, stop: watch_command.Stop) -> None:
        rounds.append(until)
        site.feed("/1", "/2", ETag=f'"{len(rounds)}"')
        site.put("/2", Reply(page([TEXT.replace("ten", "nine")])))
        monkeypatch.setattr("communique.watch.state.State.feed", _due)
        if len(rounds) == 2:
            stop.signal = 15

    monkeypatch.setattr(watch_command, "_sleep", sleep)
    result = run("watch", feeds, "-o", out)
    assert result.exit_code == 143 and "goes on where it was" in result.stderr
    assert records(out) == [f"{site.url}/1", f"{site.url}/2"]


def _due(state: object, url: str) -> object:
    from communique.watch.state import FeedState

    return FeedState(url)


@pytest.mark.parametrize("options", [[], ["-o", "a.jsonl", "--store", "b.duckdb"]])
def test_it_is_told_where_to_write(feeds: Path, options: list[str]) -> None:
    result = run("watch", feeds, *options)
    assert result.exit_code == 2 and "--store or -o" in result.stderr
