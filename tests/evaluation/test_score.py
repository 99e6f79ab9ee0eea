"""`evaluation/score.py` is a gate over the package's figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.score import below_floors, main
from tests.evaluation.coded_records import TEXT, coded

GOLD = f"""
- id: a
  date: 2024-03-07
  text: '{TEXT}'
  events:
    - {{type: [COERCE], aux: [''], actor: [KEN], recipient: [KEN], date: 2024-03-07, evidence: arrested}}
    - {{type: [ACCUSE], aux: [''], actor: [UGA], any_recipient: true, evidence: condemned}}
"""


def test_a_floor_that_is_broken_is_told_and_must_not_is_a_ceiling() -> None:
    floors = {"all": {"f1": 0.6, "must_not": 1, "modes": 0.5}}
    assert below_floors({"all": {"f1": 0.5, "must_not": 2.0}}, floors) == [
        "all: f1 is 0.500, floor 0.6", "all: must_not is 2, at most 1", "all: modes was not measured, floor 0.5",
    ]  # fmt: skip


def test_the_gate_closes_below_a_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = {name: tmp_path / name for name in ("gold.yaml", "events.jsonl", "floors.json")}
    paths["gold.yaml"].write_text(GOLD)
    paths["events.jsonl"].write_text(json.dumps(coded("COERCE", "arrested")) + "\n")
    arguments = [str(paths["gold.yaml"]), "--events", str(paths["events.jsonl"]), "--floors", str(paths["floors.json"])]
    for recall, code in ((0.5, 0), (0.6, 1)):
        paths["floors.json"].write_text(json.dumps({"gold.yaml": {"recall": recall, "dates": 1.0}}))
        assert main(arguments) == code
    told = capsys.readouterr().out
    assert "recall 0.500 (1/2; one to one 0.500)  precision 1.000 (1/1)  F1 0.667" in told
    assert told.count("below floor: gold.yaml: recall is 0.500, floor 0.6") == 1
