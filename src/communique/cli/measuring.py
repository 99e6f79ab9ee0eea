"""The commands that measure codings: `evaluate`, and what belongs to it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes
from communique.cli.report_format import ReportFormat, SheetFormat

_SEED = 20240307


class Allocation(StrEnum):
    """How a sample is spread over its strata."""

    equal = "equal"
    proportional = "proportional"


Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write.")]
Format = Annotated[ReportFormat | None, typer.Option("--format", help="By default tables on a terminal, else JSON.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the random draws: the same seed gives the same figures.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="List every difference on standard error.")]


def add_measuring(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(evaluate)
    app.command()(agreement)
    app.command()(sample)


def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="Gold file: YAML, JSON or JSONL (docs/gold.md); or a filled sheet.")
    ],
    events: Annotated[
        str | None, typer.Argument(metavar="EVENTS", help="JSONL of records, also .gz or .zst, or -; none for a sheet.")
    ] = None,
    output: Output = None,
    output_format: Format = None,
    seed: Seed = _SEED,
    resamples: Annotated[int, typer.Option("--resamples", min=0, help="Draws behind the intervals; 0: none.")] = 1000,
    verbose: Verbose = False,
) -> None:
    """Score records against gold: precision, recall and F1 by type, attribute and auxiliary mode, with intervals.

    GOLD holds articles with their events, or plain records of another coder or a review. 95% intervals come from
    drawing whole articles. A sheet of `communique sample`, filled by hand and named alone, gives precision by stratum.

    \b
    Exit codes: 0 done; 3 some record was rejected; 2 nothing could be done.

    \b
    Examples:
      communique evaluate evaluation/gold/articles.yaml events.jsonl
      communique evaluate reviewed.jsonl events.jsonl --format json -o figures.json
      communique evaluate sheet.csv
    """
    from communique.cli.evaluate import evaluate_events, evaluate_sheet

    with as_exit_codes():
        if events is None:
            evaluate_sheet(gold, output, output_format)
            return
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


def sample(
    events: Annotated[
        list[str],
        typer.Argument(metavar="EVENTS", help="JSONL files of records, also .gz or .zst, folders, globs, or -."),
    ],
    n: Annotated[int, typer.Option("-n", min=1, metavar="N", help="How many records to draw.")] = 100,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="type,quad,…",
            help="What makes a stratum: type, quad, mode, aux, context, actor, recipient, actor_sector, recipient_sector, "
            "country, year, month, date_resolution, confidence, publication, language, coder; '' for none.",
        ),
    ] = "type",
    output: Output = None,
    output_format: Annotated[
        SheetFormat | None, typer.Option("--format", help="By default as OUT's name says, else csv.")
    ] = None,
    allocation: Annotated[
        Allocation, typer.Option("--allocation", help="As many of each stratum, or in proportion to its size.")
    ] = Allocation.equal,
    articles: Annotated[
        list[str] | None,
        typer.Option(
            "--articles", metavar="INPUT", help="The articles, for their sentences, if the records lack their text."
        ),
    ] = None,
    seed: Seed = _SEED,
) -> None:
    """Draw a stratified sample of records for checking by hand: a sheet with empty columns for the judgements.

    Fill in right or wrong (also yes/no, 1/0), or ? if unsure; then `communique evaluate SHEET` gives precision by stratum.
    The same records, seed and options give the same sample, whatever their order.

    \b
    Examples:
      communique code 'news/*.jsonl' --with-text -o events.jsonl
      communique sample events.jsonl -n 200 --by type,aux -o sheet.csv
      communique evaluate sheet.csv
    """
    from communique.cli.sample import sample_events

    strata = [name.strip() for name in by.split(",") if name.strip()]
    with as_exit_codes():
        sample_events(events, n, strata, output, output_format, allocation.value, articles or [], seed)
