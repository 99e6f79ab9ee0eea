"""The commands that measure codings: `evaluate`, and what belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes
from communique.cli.report_format import ReportFormat

_SEED = 20240307

Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write.")]
Format = Annotated[ReportFormat | None, typer.Option("--format", help="By default tables on a terminal, else JSON.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the random draws: the same seed gives the same figures.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="List every difference on standard error.")]


def add_measuring(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Gold file: YAML, JSON or JSONL (docs/gold.md).")],
    events: Annotated[str, typer.Argument(metavar="EVENTS", help="JSONL of records, also .gz or .zst, or -.")],
    output: Output = None,
    output_format: Format = None,
    seed: Seed = _SEED,
    resamples: Annotated[int, typer.Option("--resamples", min=0, help="Draws behind the intervals; 0: none.")] = 1000,
    verbose: Verbose = False,
) -> None:
    """Score records against gold: precision, recall and F1 by type, attribute and auxiliary mode, with intervals.

    GOLD holds articles with their events, or plain records of another coder or a review. 95% intervals come from
    drawing whole articles.

    \b
    Exit codes: 0 done; 3 some record was rejected; 2 nothing could be done.

    \b
    Examples:
      communique evaluate evaluation/gold/articles.yaml events.jsonl
      communique evaluate reviewed.jsonl events.jsonl --format json -o figures.json
    """
    from communique.cli.evaluate import evaluate_events

    with as_exit_codes():
        evaluate_events(gold, events, output, output_format, seed=seed, n_resamples=resamples, verbose=verbose)
