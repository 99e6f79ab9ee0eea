"""What `communique classify` promises: a label a pair, in order, and no guess for a pair that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.stub import TEXT, run

GOOD = {"id": "p1", "text": TEXT, "actor": [0, 13], "recipient": [26, 36]}


def lines(*pairs: object) -> str:
    return "".join(json.dumps(pair) + "\n" for pair in pairs)


def test_each_pair_gets_a_label_with_quad_code_and_scale() -> None:
    nothing = GOOD | {"id": 7, "text": "Kenyan police met ten, said protesters."}
    result = run("classify", "-", stdin=lines(GOOD, nothing))
    first, second = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert first == {
        "id": "p1", "event": ["COERCE"], "probability": 0.8, "quad_code": 4, "event_scale": first["event_scale"],
        "mode": ["arrest"], "auxiliary_mode": [], "scores": {"COERCE": 0.8},
    }  # fmt: skip
    assert first["event_scale"] < 0
    assert (second["id"], second["event"], second["quad_code"], second["event_scale"]) == ("7", [], None, None)


def test_a_pair_with_wrong_offsets_is_rejected_and_the_rest_labelled(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(lines(GOOD, GOOD | {"id": "p2", "actor": [0, 999]}))
    result = run("classify", path, "-o", tmp_path / "labels.jsonl")
    assert result.exit_code == 3
    assert len((tmp_path / "labels.jsonl").read_text().splitlines()) == 1
    (reject,) = map(json.loads, (tmp_path / "labels.jsonl.rejects.jsonl").read_text().splitlines())
    assert (reject["id"], reject["found"]) == ("p2", "actor [0, 999]")
