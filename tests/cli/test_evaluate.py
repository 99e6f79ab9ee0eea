"""`communique evaluate`: figures as a table or as JSON, and a clear word where gold and records do not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.stub import run
from tests.evaluation.coded_records import TEXT, coded

GOLD = f"""
- id: a
  date: 2024-03-07
  text: '{TEXT}'
  events:
    - {{type: [COERCE], aux: [''], actor: [KEN], actor_sector: [COP], recipient: [KEN], date: 2024-03-05, evidence: arrested}}
    - {{type: [ACCUSE], aux: [''], actor: [UGA], any_recipient: true, evidence: condemned}}
- {{id: b, text: 'Nothing.', events: []}}
"""


def files(folder: Path, *records: dict[str, Any], gold: str = GOLD) -> tuple[Path, Path]:
    """A gold file and a file of records."""
    (folder / "gold.yaml").write_text(gold)
    (folder / "events.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder / "gold.yaml", folder / "events.jsonl"


def test_a_pipe_gets_json_and_the_same_figures_each_time(tmp_path: Path) -> None:
    paths = files(tmp_path, coded("COERCE", "arrested"))
    result = run("evaluate", *paths)
    assert result.exit_code == 0
    figures = json.loads(result.stdout)["scores"]
    assert figures["overall"]["recall"]["value"] == 0.5 and figures["overall"]["precision"]["value"] == 1.0
    assert {each["name"]: each["right"] for each in figures["attributes"]}["actor_sector"] == 1
    assert run("evaluate", *paths).stdout == result.stdout != run("evaluate", *paths, "--seed", 1).stdout


def test_a_table_for_people_and_every_difference_if_wanted(tmp_path: Path) -> None:
    result = run("evaluate", *files(tmp_path, coded("COERCE", "arrested")), "--format", "table", "--verbose")
    assert result.exit_code == 0
    assert "ACCUSE" in result.stdout and "date" in result.stdout
    assert "missed           a: ACCUSE (happened) UGA -> - 'condemned'" in result.stderr
    assert "found 2024-03-07, expected 2024-03-05" in result.stderr


def test_what_is_left_out_or_silent_is_told(tmp_path: Path) -> None:
    result = run("evaluate", *files(tmp_path, coded("COERCE", "arrested"), coded("AID", "arrested", document_id="z")))
    assert "1 records of articles that the gold does not have were left out" in result.stderr
    assert "1 gold articles have no record, which counts as nothing coded: 'b'" in result.stderr


def test_records_of_other_articles_are_an_error(tmp_path: Path) -> None:
    result = run("evaluate", *files(tmp_path, coded("COERCE", "arrested", document_id="z")))
    assert result.exit_code == 2
    assert "no record is of a gold article: found document_id 'z', expected 'a', 'b'" in result.stderr


def test_bad_gold_is_an_error_that_says_where(tmp_path: Path) -> None:
    result = run("evaluate", *files(tmp_path, coded("AID", "arrested"), gold=GOLD.replace("ACCUSE", "ACUSE")))
    assert result.exit_code == 2
    assert "entry 1, event 2 (id 'a'): found type 'ACUSE', expected 'ACCUSE'" in result.stderr


def test_broken_records_are_rejected_and_the_others_count(tmp_path: Path) -> None:
    gold, events = files(tmp_path, coded("COERCE", "arrested"), coded("AID", "arrested", actor="KEN"))
    with events.open("a") as stream:
        stream.write('{"document_id": "a", "event": ["AID"], "size": 4}\n{"id": 1}\n')
    result = run("evaluate", gold, events)
    assert result.exit_code == 3
    assert "size is 4, expected an object" in result.stderr
    assert "an object without document_id and event" in result.stderr
    assert json.loads(result.stdout)["scores"]["overall"]["coded"] == 2


def test_records_of_another_coder_serve_as_gold(tmp_path: Path) -> None:
    _, events = files(tmp_path, coded("COERCE", "arrested"))
    result = run("evaluate", events, events, "-o", tmp_path / "out.json")
    assert result.exit_code == 0 and result.stdout == ""
    assert json.loads((tmp_path / "out.json").read_text())["scores"]["overall"]["f1"]["value"] == 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"date": 20240307}, "date is 20240307"), ({"event": [5]}, "event is [5]"), ({"event_loc": {"lat": "x"}}, "lat and lon"),
        ({"event_loc": {"country_code": ["KEN"]}}, "country_code is ['KEN']"), ({"size": {"dead": "x"}}, "size 'x'"),
        ({"attribution": {"code": 1}}, "code is 1"), ({"event_spans": 4}, "event_spans is 4"), ({"text_info": []}, None),
    ],
)  # fmt: skip
def test_a_record_with_a_value_of_the_wrong_kind_is_rejected(
    tmp_path: Path, changes: dict[str, Any], message: str | None
) -> None:
    result = run("evaluate", *files(tmp_path, coded("COERCE", "arrested"), coded("COERCE", "arrested") | changes))
    assert result.exit_code == (3 if message else 0), result.stderr
    assert message is None or f"events.jsonl:2: found a record that cannot be read ({message}" in result.stderr
