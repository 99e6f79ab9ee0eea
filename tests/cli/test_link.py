"""`communique link`: all records come out again, those of one event with one link, and a table says what it rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.stub import run
from tests.link.facts import record

CONVOY = (
    "Rebels attacked an army convoy near Bunia on Tuesday and killed nine soldiers, said a spokesman of the army there."
)
OTHER = "Police shot at a crowd in the capital."


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in records))
    return path


def records_in(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_pipe_gets_all_records_with_links(tmp_path: Path) -> None:
    path = written(
        tmp_path / "e.jsonl", record("b#1", CONVOY), record("c#1", OTHER, event=["COERCE"]), record("a#1", CONVOY)
    )
    result = run("link", path)
    assert result.exit_code == 0
    assert [(item["id"], item["link"], item["link_info"]["n_reprints"]) for item in records_in(result.stdout)] == [
        ("a#1", "a#1", 1), ("b#1", "a#1", 1), ("c#1", "c#1", 0),
    ]  # fmt: skip


def test_a_file_gets_the_records_and_the_screen_what_events_rest_on(tmp_path: Path) -> None:
    first, second = (
        written(tmp_path / "1.jsonl", record("b#1", CONVOY)),
        written(tmp_path / "2.jsonl", record("a#1", CONVOY)),
    )
    forth, back = tmp_path / "forth.jsonl", tmp_path / "back.jsonl"
    result = run("link", first, second, "-o", forth)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[:5] == ["1", "1", "2", "2024-03-05", "ASSAULT"]
    assert run("link", second, first, "-o", back).exit_code == 0
    assert forth.read_bytes() == back.read_bytes()


def test_without_text_the_articles_can_be_named(tmp_path: Path) -> None:
    records = [record(f"{name}#1", CONVOY) for name in "ab"]
    for item in records:
        del item["text"]
    path = written(tmp_path / "e.jsonl", *records)
    blind = run("link", path)
    assert records_in(blind.stdout)[0]["link_info"]["n_reprints"] == 0
    assert "--articles" in blind.stderr
    articles = written(tmp_path / "articles.jsonl", *({"id": name, "text": CONVOY} for name in "ab"))
    seeing = run("link", path, "--articles", articles)
    assert records_in(seeing.stdout)[0]["link_info"]["n_reprints"] == 1
    assert seeing.stderr == ""


def test_what_is_no_record_is_rejected_and_the_rest_linked(tmp_path: Path) -> None:
    path = written(
        tmp_path / "e.jsonl", record("a#1", CONVOY), {"id": "x", "text": "an article"}, record("a#1", CONVOY)
    )
    result = run("link", path, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 3
    assert len(records_in((tmp_path / "out.jsonl").read_text())) == 1
    rejects = records_in((tmp_path / "out.jsonl.rejects.jsonl").read_text())
    assert [item["where"] for item in rejects] == [f"{path}:2", f"{path}:3"]


def test_nothing_to_link_writes_nothing(tmp_path: Path) -> None:
    result = run("link", tmp_path / "none.jsonl", "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert not (tmp_path / "out.jsonl").exists()
