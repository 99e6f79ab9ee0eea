"""`communique classify`: pairs of an actor and a recipient → labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from communique import codebook
from communique.cli import coder
from communique.cli.job import Job, check_output
from communique.ingest.pairs import read_pairs
from communique.records import Pair, PairLabel, Rejection


def classify_pairs(name: str, output: Path | None, model: str | None = None) -> None:
    """Label all pairs of a JSONL file, one line each, in order.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    check_output([name], output)
    with Job(output, "pairs", "with an event") as job:
        for label in coder.make_coder(model).classify(_accepted(name, job)):
            job.write(msgspec.json.encode(label_record(label)) + b"\n", bool(label.event_types))


def _accepted(name: str, job: Job) -> Iterator[Pair]:
    for item in read_pairs(name):
        if isinstance(item, Rejection):
            job.reject(item)
        else:
            yield item


def label_record(label: PairLabel) -> dict[str, object]:
    """Write a label as a record: quad category and scale are those of the first type, `None` for no event.

    Raises:
        CodebookMismatch: Type or mode is not in the codebook.
    """
    first = label.event_types[0] if label.event_types else None
    scheme = label.scheme or codebook
    return {
        "id": label.id,
        "event": list(label.event_types),
        "probability": label.probability,
        "quad_code": scheme.quad_code(first) if first else None,
        "event_scale": scheme.event_scale(first, label.modes) if first else None,
        "mode": list(label.modes),
        "auxiliary_mode": list(label.auxiliary_modes),
        "scores": label.scores,
    }
