"""From the annotated texts to the package's model files: python -m training.run [--work DIR] [--start DIR]

Steps: check, train, tune, tune again, export, calibrate, evaluate, cards. Each writes what the next one needs and is left out
where its result is there already, so a run that was stopped goes on where it was; training goes on after its last whole epoch.
`--from STEP` does that step and all behind it again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

STEPS = ["check", "train", "tune", "again", "export", "calibrate", "evaluate", "ablate", "canonical", "cards"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    parser.add_argument("--start", type=Path, required=True, help="folder with the MiniLM weights and tokenizer.json")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--tune-epochs", type=int, default=3)
    parser.add_argument("--models", type=Path, default=Path("src/communique/models"))
    parser.add_argument("--from", dest="first", choices=STEPS, default="check")
    options = parser.parse_args()
    work, cache = options.work, options.work / "parse.jsonl"
    work.mkdir(parents=True, exist_ok=True)
    common = ["--cache", str(cache), "--start", str(options.start)]
    first = ["--out", str(work / "first"), "--epochs", str(options.epochs), "--rate", "1.5e-4", "--seed", "1"]
    mix = ["--pairs-a-text", "1", "--newswire-copies", "1", "--none-share", "0.2"]
    tune = [
        "--out", str(work / "tuned"), "--init", str(work / "first/model.pt"), "--epochs", str(options.tune_epochs),
        "--rate", "1e-4", "--seed", "4", *mix,
    ]  # fmt: skip
    again = [
        "--out", str(work / "again"), "--init", str(work / "tuned/model.pt"), "--epochs", "2", "--rate", "8e-5", "--seed", "51", *mix,
    ]  # fmt: skip
    weights = [str(work / name / "model.pt") for name in ("tuned", "again")]
    measured = ["--models", str(options.models), "--cache", str(cache)]
    commands = {
        "check": ["check"],
        "train": ["train", *first, *common],
        "tune": ["train", *tune, *common],
        "again": ["train", *again, *common],
        "export": ["export", "--weights", *weights, "--to", str(options.models), *common],
        "calibrate": ["evaluate", "--calibrate", "--part", "validation", *measured],
        "evaluate": ["evaluate", "--part", "test", "--write", "training/figures.json", *measured],
        "ablate": ["ablate", "--init", str(work / "first/model.pt"), *common],
        "canonical": ["canonical"],
        "cards": ["cards"],
    }
    for step in STEPS[STEPS.index(options.first) :]:
        print(f"== {step}", flush=True)
        subprocess.run([sys.executable, "-m", f"training.{commands[step][0]}", *commands[step][1:]], check=True)


if __name__ == "__main__":
    main()
