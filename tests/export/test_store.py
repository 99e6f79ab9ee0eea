"""A store is exported as the records in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from communique.records import Article
from communique.store import Store
from tests.cli.stub import run
from tests.export.events import NAIROBI, event, written


@pytest.mark.parametrize("to", ["jsonl", "csv", "polecat", "icews", "gdelt", "phoenix"])
def test_a_store_and_its_records_export_alike(tmp_path: Path, to: str) -> None:
    records = [
        event(
            f"{name}#{n}", mode=["drone"], size={"dead": [1, 3], "injured": 4}, event_loc=NAIROBI, context=["military"]
        )
        for name in "abc"
        for n in (1, 2, 10)
    ]
    with Store.open(tmp_path / "corpus.duckdb", create=True) as store:
        store.add(
            (Article(f"Text {name}.", id=name), [r for r in records if r["document_id"] == name]) for name in "abc"
        )
    source = written(tmp_path / "events.jsonl", *records)
    for name in ("corpus.duckdb", "events.jsonl"):
        result = run("export", tmp_path / name, "--to", to, "-o", tmp_path / f"{name}.out")
        assert result.exit_code == 0, result.stderr
    assert source.exists()
    one, other = (tmp_path / f"{name}.out" for name in ("corpus.duckdb", "events.jsonl"))
    if to == "jsonl":
        assert [json.loads(line) for line in one.read_text().splitlines()] == records
    else:
        assert one.read_bytes() == other.read_bytes()
