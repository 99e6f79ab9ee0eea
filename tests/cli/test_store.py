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


@pytest.fixture
def coded(tmp_path: Path, store: Path) -> Path:
    run("code", write_articles(tmp_path / "in.jsonl", TEXT, TEXT + " Again."), "--store", store)
    return store


def test_a_query_prints_csv_in_a_pipe_and_writes_what_the_file_is_called(tmp_path: Path, coded: Path) -> None:
    sql = "SELECT id, event, sum(event_scale) AS n FROM events GROUP BY ALL ORDER BY 1"
    assert run("query", coded, sql).stdout == 'id,event,n\na0#1,"[""COERCE""]",-7.0\na1#1,"[""COERCE""]",-7.0\n'
    run("query", coded, sql, "-o", tmp_path / "out.jsonl")
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert first == {"id": "a0#1", "event": ["COERCE"], "n": -7.0}
    assert "│ a0#1 │" in run("query", coded, sql, "--format", "table").stdout


def test_a_query_that_changes_something_is_refused(tmp_path: Path, coded: Path) -> None:
    result = run("query", coded, "DROP VIEW events", "-o", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "expected one SELECT" in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_without_a_query_the_views_are_listed(coded: Path) -> None:
    assert {"articles", "events", "dyads", "quads", "by_month", "judgements", "runs"} <= {
        line.split(",")[0] for line in run("query", coded).stdout.splitlines()
    }


@pytest.mark.parametrize("view", ["articles", "by_month", "days", "dyads", "entities", "mentions", "quads", "runs"])
def test_every_ready_view_answers_in_every_format(coded: Path, view: str) -> None:
    for output_format in ("csv", "jsonl", "table"):
        result = run("query", coded, f"FROM {view}", "--format", output_format)
        assert result.exit_code == 0
        assert result.stdout or output_format == "jsonl"


def test_dyads_pair_actors_with_recipients(coded: Path) -> None:
    sql = "SELECT event_id, actor_code, recipient_code, happened FROM dyads ORDER BY ALL LIMIT 1"
    assert run("query", coded, sql).stdout.splitlines()[1] == "a0#1,KEN,KEN,False"


def test_diff_shows_what_another_text_changed(tmp_path: Path, coded: Path) -> None:
    run("code", write_articles(tmp_path / "in.jsonl", "Nothing.", TEXT + " Again."), "--store", coded)
    shown = run("diff", coded, "--format", "table").stdout
    assert "1 articles, 1 of them with another text" in shown
    assert "removed:" in shown
    (line,) = run("diff", coded).stdout.splitlines()
    assert json.loads(line)["kind"] == "removed"


def test_diff_of_a_store_without_revisions_says_so(coded: Path) -> None:
    assert "No article has two revisions" in run("diff", coded, "--format", "table").stdout
