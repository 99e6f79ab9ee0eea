"""What people say of coded events: a judgement is added, an event is never edited."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec


class Judgement(msgspec.Struct, frozen=True):
    """One person's word on one field of one record.

    Rows of one user on one record with the same time are one review, which takes the place of that user's earlier ones.

    Attributes:
        user: Who.
        record_id: Which record; of an event that was missed, an id of its own; of a whole article, its id.
        revision: Which revision of it.
        verdict: agree, correct or reject; add for an event that was missed; withdraw for no verdict after all.
        field: Which field, as the record names it; empty for the record as a whole, `article` for a whole article
            (agree: it has no other event).
        old: What stood there.
        new: What should; of an event that was missed, its whole record.
        note: Anything else.
        time: When; now, by default.
    """

    user: str
    record_id: str
    revision: int
    verdict: str = "agree"
    field: str = ""
    old: Any = None
    new: Any = None
    note: str = ""
    time: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))


def append(path: Path, *judgements: Judgement) -> None:
    """Add a line each, together, synced to disk. Any number of processes may do so at the same time."""
    line = b"".join(msgspec.json.encode(judgement) + b"\n" for judgement in judgements)
    with path.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        size = stream.seek(0, os.SEEK_END)
        if size:
            stream.seek(size - 1)
            if stream.read(1) != b"\n":  # a writer lost its power within a line
                line = b"\n" + line
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())
