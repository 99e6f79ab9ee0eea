"""`communique series`: the same numbers from records, Parquet and a store; tables, pictures and a ranking out."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from communique.records import Article
from communique.store import Store
from tests.cli.stub import run
from tests.export.events import event, party, written

RECORDS = [
    event(
        f"d{n}#1", ("AID", "ASSAULT", "CONSULT")[n % 3], quad_code=(2, 4, 1)[n % 3], date=f"2024-0{n % 6 + 1}-05",
        actor=[party("USA", "GOV"), party("GBR", "MIL")][: n % 2 + 1], recipient=[party("CHN", "GOV")],
        auxiliary_mode=["future"] if n % 7 == 0 else [],
    )
    for n in range(40)
]  # fmt: skip


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return written(tmp_path / "events.jsonl", *RECORDS)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    "options", [(), ("--expand", "--sectors"), ("--by", "country", "--counts", "type", "--period", "week")]
)
def test_records_parquet_and_store_give_the_same_series(events: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    parquet, store = tmp_path / "events.parquet", tmp_path / "corpus.duckdb"
    assert run("export", events, "--to", "parquet", "-o", parquet).exit_code == 0
    with Store.open(store, create=True) as opened:
        opened.add((Article("Text.", id=r["document_id"], date=date(2024, 1, 5)), [r]) for r in RECORDS)
    by_records, by_parquet, by_store = (run("series", path, *options) for path in (events, parquet, store))
    assert by_records.exit_code == by_parquet.exit_code == by_store.exit_code == 0, by_store.stderr
    assert by_records.stdout == by_parquet.stdout
    rated = table(by_store.stdout)
    assert "events_per_1000" in rated[0]
    columns = list(table(by_records.stdout)[0])
    assert [{name: row[name] for name in columns} for row in rated] == table(by_records.stdout)
    assert "not counted: 6 events (6 future)." in by_records.stderr


def test_csv_and_parquet_out(events: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.parquet"):
        assert run("series", events, "-o", tmp_path / name).exit_code == 0
    flat, typed = table((tmp_path / "out.csv").read_text()), pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert [row["period"] for row in flat] == [str(day) for day in typed["period"].to_pylist()]
    assert sum(int(row["events"]) for row in flat) == sum(typed["events"].to_pylist()) == 34


@pytest.mark.parametrize("kind", ["csv", "articles"])
def test_articles_read_come_from_a_table_or_the_articles(events: Path, tmp_path: Path, kind: str) -> None:
    if kind == "csv":
        read = tmp_path / "read.csv"
        read.write_text("date,articles\n2024-01-01,150\n2024-01-31,50\n2024-02-01,100\n")
    else:
        read = tmp_path / "read.jsonl"
        days = ["2024-01-01"] * 200 + ["2024-02-02"] * 100
        read.write_text(
            "".join(json.dumps({"id": f"{n}", "text": "A text.", "date": day}) + "\n" for n, day in enumerate(days))
        )
    result = run("series", events, "--articles", read, "--by", "country", "--of", "USA")
    assert result.exit_code == 0, result.stderr
    january, february, *later = table(result.stdout)
    assert (january["articles"], february["articles"], {row["articles"] for row in later}) == ("200", "100", {"0"})
    assert float(january["events_per_1000"]) == 1000 * int(january["events"]) / 200


@pytest.mark.parametrize("suffix", ["png", "svg", "html"])
def test_pictures(events: Path, tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    marks = {"png": b"\x89PNG", "svg": b"<?xml", "html": b"<!doctype html>"}
    first: dict[str, bytes] = {}
    for _ in range(2):
        plot, heatmap = tmp_path / f"plot.{suffix}", tmp_path / f"heat.{suffix}"
        result = run("series", events, "--plot", plot, "--heatmap", heatmap, "--expand", "--panels", "2")
        assert result.exit_code == 0, result.stderr
        for path in (plot, heatmap):
            data = path.read_bytes()
            assert data.startswith(marks[suffix])
            assert first.setdefault(path.name, data) == data  # the same picture at every run
            if suffix == "html":
                assert b"<svg" in data
                assert b"<script" not in data and b' src="' not in data


def test_the_ranking_is_a_table(events: Path, tmp_path: Path) -> None:
    result = run("series", events, "--changes", tmp_path / "changes.csv", "--split", "2024-04-01", "--expand")
    assert result.exit_code == 0
    ranked = table((tmp_path / "changes.csv").read_text())
    assert {(row["actor"], row["recipient"]) for row in ranked} == {("USA", "CHN"), ("GBR", "CHN")}
    assert {row["split"] for row in ranked} == {"2024-04-01"}


def test_bad_lines_are_rejected_and_the_rest_counted(events: Path, tmp_path: Path) -> None:
    with events.open("a") as stream:
        stream.write('{"id": "x"}\n')
    result = run("series", events, "-o", tmp_path / "out.csv")
    assert result.exit_code == 3
    assert json.loads((tmp_path / "out.csv.rejects.jsonl").read_text())["where"] == f"{events}:41"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--of", "USA"), "'USA' is no dyad, expected a dyad such as 'USA:CHN'"),
        (("--plot", "x.gif"), "expected .png or .svg or .html"),
        (("-o", "x.xlsx"), "expected .csv or .parquet"),
        (("--of", "ABC:DEF", "--plot", "x.svg"), "no events are left to draw"),
        (("--articles", "none.csv"), "none.csv"),
    ],
)
def test_what_cannot_be_done_is_said(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[Any, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("series", events, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_parquet_file_of_others_is_refused(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"x": [1]}), tmp_path / "x.parquet")
    for path in (tmp_path / "x.parquet", tmp_path / "none.parquet", tmp_path / "none.duckdb"):
        result = run("series", path)
        assert result.exit_code == 2
        assert path.name in result.stderr


def test_without_matplotlib_the_message_says_what_to_install(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    result = run("series", events, "--plot", tmp_path / "x.png")
    assert result.exit_code == 2
    assert "pip install 'communique[plot]'" in result.stderr
