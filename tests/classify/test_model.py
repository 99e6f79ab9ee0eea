"""The shipped model says what it said when it was made, whatever the number of threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from communique.classify.onnx_model import load_model
from communique.classify.pairs import label_pairs
from training.canonical import read_marked

ROWS = json.loads((Path(__file__).parent / "canonical.json").read_text(encoding="utf-8"))
SAMPLES = Path(__file__).parents[2] / "examples"
# integers are multiplied otherwise on processors without VNNI, which moves the last digits
TOLERANCE = 0.05


def test_the_model_gives_the_canonical_labels() -> None:
    labels = label_pairs([read_marked(row["sentence"]) for row in ROWS], load_model())
    for row, label in zip(ROWS, labels, strict=True):
        assert list(label.event_types) == row["types"], row["sentence"]
        assert list(label.auxiliary_modes) == row["auxiliary_modes"], row["sentence"]
        assert label.probability == pytest.approx(row["probability"], abs=TOLERANCE), row["sentence"]


def test_who_did_it_to_whom_matters() -> None:
    forth, back = "[a:Iran] released two [r:French] nationals.", "[r:Iran] released two [a:French] nationals."
    first, second = label_pairs([read_marked(forth), read_marked(back)], load_model())
    assert first.event_types == ("RETREAT",)
    assert second.event_types == ()


@pytest.mark.parametrize("command", ["code", "classify"])
def test_one_thread_and_two_give_the_same_bytes(command: str, tmp_path: Path) -> None:
    if command == "code":
        given = sorted(SAMPLES.glob("*.txt"))[:3]
    else:
        given = [tmp_path / "pairs.jsonl"]
        pairs = [read_marked(row["sentence"]) for row in ROWS]
        given[0].write_text(
            "".join(
                json.dumps({"id": str(n), "text": p.text, "actor": p.actor, "recipient": p.recipient}) + "\n"
                for n, p in enumerate(pairs)
            )
        )
    outputs = []
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        out = tmp_path / f"{threads}.jsonl"
        run = subprocess.run(
            [sys.executable, "-m", "communique.cli", command, *map(str, given), "-o", str(out)],
            env=os.environ | dict.fromkeys(names, threads), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        outputs.append(out.read_bytes())
    assert outputs[0] == outputs[1]
    assert outputs[0]
