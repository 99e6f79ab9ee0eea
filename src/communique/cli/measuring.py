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
    app.command()(agreement)


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


def agreement(
    coder_a: Annotated[Path, typer.Argument(metavar="CODER_A", help="Records (JSONL) or a gold file (docs/gold.md).")],
    coder_b: Annotated[Path, typer.Argument(metavar="CODER_B", help="Another coding of the same articles.")],
    output: Output = None,
    output_format: Format = None,
    every_article: Annotated[
        bool,
        typer.Option("--every-article", help="An article that one file lacks was coded there too: it has no event."),
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Tell how far two coders agree: which events both have, and kappa and alpha of each field of these.

    Events are partners if their words overlap, or if they stand in one sentence and share the type or both parties.
    Where a gold file accepts several values, the first is the coder's own.

    \b
    Examples:
      communique agreement anna.jsonl ben.jsonl --verbose
      communique agreement evaluation/gold/articles.yaml evaluation/gold/second_coding.yaml
    """
    from communique.cli.agreement import compare_coders

    with as_exit_codes():
        compare_coders(coder_a, coder_b, output, output_format, every_article=every_article, verbose=verbose)
