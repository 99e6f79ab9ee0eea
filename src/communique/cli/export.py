"""`communique export`: event records → a file in a format that users load."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from communique.cli.event_input import read_tables
from communique.cli.job import Job, check_output, rejects_path
from communique.cli.options import AuxiliaryMode
from communique.errors import InputError
from communique.export.exporter import Exporter, Selection
from communique.export.format import Format, Kind
from communique.export.formats import format_named
from communique.records import Rejection


def export_events(
    inputs: list[str], to: str, output: Path | None, selection: Selection, *, dyads: bool = False
) -> None:
    """Write all events of the inputs in one format, and tell which were left out, and why.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    target = format_named(to, dyads=dyads)
    check_output(inputs, output)
    if target.kind is Kind.parquet and output is None and sys.stdout.isatty():
        raise InputError("parquet is not for reading on a terminal. Name a file with -o.")
    with Job(output, "events", "rows") as job:
        exporter = Exporter(target, lambda data: job.write(data, 0, 0), selection)
        exclude = [output, rejects_path(output)] if output else []
        for item in read_tables(inputs, exclude, lines=target.kind is Kind.jsonl):
            if isinstance(item, Rejection):
                job.reject(item)
            else:
                job.write(b"", exporter.add(item), item.num_rows)
        exporter.finish()
        if left_out := exporter.tally.left_out:
            job.tell(_left_out(target, left_out))


def _left_out(target: Format, left_out: Mapping[str, int]) -> str:
    """Say how many events are not in the file.

    >>> _left_out(format_named("csv"), {"confidence below the minimum": 1})
    'left out of csv: 1 event (1 confidence below the minimum).'
    """
    ordered = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    counts = ", ".join(f"{number:,} {reason}" for reason, number in ordered)
    total = sum(left_out.values())
    message = f"left out of {target.name}: {total:,} event{'s' * (total != 1)} ({counts})."
    if any(set(reason.split("+")) <= set(AuxiliaryMode) for reason in left_out):
        message += f" {target.name} cannot say that an event did not simply happen; --include takes such events too."
    return message
