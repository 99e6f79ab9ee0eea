"""Shards on one machine: the same rows as `communique code` into a file, whatever happens in between."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from communique.cli import coder
from communique.records import Article
from communique.store.columns import record_of
from tests.cli.stub import run
from tests.scale.corpus import article, lines_in, lines_of, write_shards


def test_shards_hold_the_same_rows_as_one_file(tmp_path: Path) -> None:
    repeated = article("a1", "Nothing happened.")
    news = write_shards(
        tmp_path / "news",
        [article("a1"), article("a2", "It rained.")],
        [article("b1"), article("b1"), {"id": "b2"}, repeated],
    )
    one = run("code", news, "-o", tmp_path / "one.jsonl")
    result = run("code", news, "-o", tmp_path / "out", "--engine", "local")
    assert result.exit_code == one.exit_code == 3, result.output
    assert lines_in(tmp_path / "out/events") == lines_of(tmp_path / "one.jsonl")
    assert lines_in(tmp_path / "out/rejects") == lines_of(tmp_path / "one.jsonl.rejects.jsonl")
    assert "shards: 2, articles: 3, events: 2, rejected: 3" in result.output


def test_a_done_shard_is_not_coded_again_and_a_changed_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write_shards(tmp_path / "news", [article("a1")], [article("b1")])
    out = tmp_path / "out"
    assert run("code", news, "-o", out, "--engine", "local").exit_code == 0
    before = lines_in(out / "events")
    next((out / "done").glob("part1*")).unlink()  # as if it had been killed while it wrote
    next((out / "events").glob("part1*")).write_bytes(b'{"half')
    (out / "events" / ".part1.123.part").write_bytes(b"left by a killed worker")
    coded: list[str] = []

    class Noting:
        def code_documents(self, articles: Iterable[Article]) -> Iterator[object]:
            from tests.workers import ObedientCoder

            for one in articles:
                coded.append(one.id)
                yield from ObedientCoder().code_documents([one])

    monkeypatch.setattr("communique.scale.worker._loaded", None)
    monkeypatch.setattr(coder, "make_coder", lambda model, **options: Noting())
    result = run("code", news, "-o", out, "--engine", "local")
    assert (result.exit_code, coded) == (0, ["b1"])
    assert "1 of 2 shards are done already" in result.output
    assert lines_in(out / "events") == before
    (news / "part0.jsonl").write_text(json.dumps(article("other")), encoding="utf-8")
    changed = run("code", news, "-o", out, "--engine", "local")
    assert changed.exit_code == 2
    assert "bytes, but" in changed.output


def test_a_folder_made_otherwise_is_refused(tmp_path: Path) -> None:
    news = write_shards(tmp_path / "news", [article("a1")])
    assert run("code", news, "-o", tmp_path / "out", "--engine", "local").exit_code == 0
    result = run("code", news, "-o", tmp_path / "out", "--engine", "local", "--no-link")
    assert result.exit_code == 2
    assert "was made with link True" in result.output


def test_parquet_shards_hold_the_same_records(tmp_path: Path) -> None:
    news = write_shards(tmp_path / "news", [article("a1"), article("a2")], [article("a1"), article("b1")])
    run("code", news, "-o", tmp_path / "one.jsonl")
    result = run("code", news, "-o", tmp_path / "out", "--engine", "local", "--format", "parquet")
    assert result.exit_code == 3, result.output
    rows = [row for path in (tmp_path / "out/events").iterdir() for row in parquet.read_table(path).to_pylist()]
    expected = [json.loads(line) for line in lines_of(tmp_path / "one.jsonl")]
    assert sorted((record_of(row) for row in rows), key=lambda record: record["id"]) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX does")
def test_killed_processes_lose_no_row_and_a_deadly_article_only_itself(tmp_path: Path) -> None:
    once = article("b1", f"die-once {tmp_path / 'killed'}")
    news = write_shards(
        tmp_path / "news", [article("a1")], [once, article("b2")], [article("c1", "die"), article("c2")]
    )
    one = run("code", news, "-o", tmp_path / "one.jsonl", "--workers", "1")
    (tmp_path / "killed").unlink()
    result = run("code", news, "-o", tmp_path / "out", "--engine", "local", "--workers", "2")
    assert result.exit_code == one.exit_code == 3, result.output
    assert lines_in(tmp_path / "out/events") == lines_of(tmp_path / "one.jsonl")
    assert lines_in(tmp_path / "out/rejects") == lines_of(tmp_path / "one.jsonl.rejects.jsonl")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-", "-o", "out", "--engine", "local"], "standard input is none"),
        (["x.jsonl", "--engine", "local"], "which -o names"),
        (["x.jsonl", "-o", "out", "--engine", "local", "--scheduler", "tcp://h:1"], "goes with --engine dask"),
        (["x.jsonl", "-o", "out", "--format", "parquet"], "go with --engine"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("code", *arguments)
    assert result.exit_code == 2
    assert message in result.output
