"""`communique export` and `series`: what they may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes
from communique.cli.options import AuxiliaryMode, ExportFormat

Events = Annotated[
    list[str],
    typer.Argument(metavar="EVENTS", help="JSONL files of records (.gz, .zst), folders, globs, -, or a .duckdb store."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write; rejects go beside it.")
]
MinConfidence = Annotated[float, typer.Option("--min-confidence", min=0, max=1, help="Leave out less sure events.")]


def add_columns(app: typer.Typer) -> None:
    """Add the commands that work on columns of events."""
    for command in (export,):
        app.command()(command)


def export(
    events: Events,
    to: Annotated[ExportFormat, typer.Option("--to", metavar="FORMAT", help=f"{', '.join(ExportFormat)}.")],
    output: Output = None,
    dyads: Annotated[
        bool,
        typer.Option("--dyads", help="csv, parquet: a row for each actor with each recipient, as the others have."),
    ] = False,
    include: Annotated[
        list[AuxiliaryMode] | None,
        typer.Option("--include", metavar="MODE", help="Take these though the format has no status; may be repeated."),
    ] = None,
    min_confidence: MinConfidence = 0,
    canonical: Annotated[bool, typer.Option("--canonical", help="One record for each linked event.")] = False,
) -> None:
    """Export events to a format that others load: jsonl, csv, parquet, polecat, icews, gdelt, phoenix and more.

    Events that are future, hypothetical, historical or negated are left out of polecat, icews, gdelt, phoenix and
    petrarch, which cannot say so; how many were left out is told. What each format holds, and what is lost:
    docs/formats.md.

    \b
    Examples:
      communique export events.jsonl --to csv -o events.csv
      communique export corpus.duckdb --to gdelt -o 20240307.export.CSV
    """
    from communique.cli.export import export_events
    from communique.export.exporter import Selection

    with as_exit_codes():
        export_events(events, to, output, Selection(frozenset(include or ()), min_confidence, canonical), dyads=dyads)
