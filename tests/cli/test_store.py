from __future__ import annotations

import json
from pathlib import Path

import pytest

from communique.store import Store
from tests.cli.stub import MAX_CHARACTERS, TEXT, run


def write_articles(path: Path, *texts: str) -> Path:
    lines = (json.dumps({"id": f"a{n}", "text": text, "date": "2024-03-07"}) for n, text in enumerate(texts))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "corpus.duckdb"


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709769600")


def test_a_store_holds_the_records_that_a_file_would(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT, "Nothing.", TEXT + " Again.")
    result = run("code", articles, "--store", store)
    assert result.exit_code == 0
    assert "articles: 3, events: 2, rejected: 0" in result.stderr
    lines = run("code", articles).stdout.splitlines()
    with Store.open(store) as opened:
        assert [json.dumps(record) for record in opened.records()] == [json.dumps(json.loads(line)) for line in lines]


def test_the_same_command_again_adds_nothing_and_says_so(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT, "Nothing.")
    run("code", articles, "--store", store)
    result = run("code", articles, "--store", store)
    assert result.exit_code == 0
    assert "articles: 0, events: 0, rejected: 0, already in the store: 2" in result.stderr


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT, "Ctrl-C", TEXT)
    assert run("code", articles, "--store", store).exit_code == 130
    articles = write_articles(tmp_path / "in.jsonl", TEXT, "Nothing.", TEXT)
    result = run("code", articles, "--store", store)
    assert "articles: 2, events: 1, rejected: 0, already in the store: 1" in result.stderr


def test_rejects_stand_in_the_store_with_their_reasons(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT, "x" * (MAX_CHARACTERS + 1))
    for _ in range(2):
        result = run("code", articles, tmp_path / "nowhere.txt", "--store", store)
        assert result.exit_code == 3
    assert 'FROM rejections"' in result.stderr
    with Store.open(store) as opened:
        found = opened.query("SELECT document_id, found FROM rejections ORDER BY ALL").fetchall()
    assert found == [("a1", "a long text"), (None, "nothing of that name")]


def test_a_store_in_a_folder_of_articles_is_not_read(tmp_path: Path, store: Path) -> None:
    write_articles(tmp_path / "in.jsonl", TEXT)
    run("code", tmp_path, "--store", store)
    result = run("code", tmp_path, "--store", store)
    assert result.exit_code == 0
    assert "already in the store: 1" in result.stderr


def test_other_options_code_anew(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT)
    run("code", articles, "--store", store)
    assert "articles: 1" in run("code", articles, "--store", store, "--no-link").stderr


def test_store_takes_the_place_of_an_output(tmp_path: Path, store: Path) -> None:
    articles = write_articles(tmp_path / "in.jsonl", TEXT)
    result = run("code", articles, "--store", store, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert "--store takes the place" in result.stderr
