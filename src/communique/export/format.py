"""What a format is: its columns, which rows it takes, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from communique.export.rows import EVENTS


class Kind(Enum):
    """How a format is written."""

    tsv = "tsv"
    csv = "csv"
    parquet = "parquet"
    jsonl = "jsonl"


@dataclass(frozen=True, slots=True)
class Format:
    """A format that users load.

    Attributes:
        name: As `--to` takes it.
        columns: Names in their order, each with its SQL expression over `rows`.
        kind: How it is written.
        rows: `EVENTS` for one row an event, `DYADS` for one row an actor and recipient.
        has_status: Whether a reader can tell from it that an event did not happen.
        needs: Conditions over `EVENTS` rows without which an event has no place in it, by what an event then lacks.
        header: Whether the names stand in the first line.
        missing: What stands for a value that is not known.
    """

    name: str
    columns: Mapping[str, str]
    kind: Kind = Kind.tsv
    rows: str = EVENTS
    has_status: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    header: bool = True
    missing: str = ""


NEEDS_CAMEO = {"a date": "date IS NOT NULL", "a CAMEO code": "cameo IS NOT NULL"}
