"""`communique export` and `series`: what they may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from communique.cli.failures import as_exit_codes
from communique.cli.options import (
    POSTGRESQL,
    AuxiliaryMode,
    Counted,
    ExportFormat,
    Period,
    Role,
    Unit,
    day,
    export_target,
)

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
    for command in (export, series):
        app.command()(command)


def export(
    events: Events,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            parser=export_target,
            help=f"{', '.join(ExportFormat)}, or postgresql://… (a store).",
        ),
    ],
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

    With postgresql://user@host/database, a PostgreSQL database is brought in step with a store, all revisions of it
    (docs/store.md).

    \b
    Examples:
      communique export events.jsonl --to csv -o events.csv
      communique export corpus.duckdb --to gdelt -o 20240307.export.CSV
      communique export corpus.duckdb --to postgresql://ada@db.example.org/events
    """
    if to.startswith(POSTGRESQL):
        from communique.cli.postgres import export_to_server

        with as_exit_codes():
            export_to_server(events, to, told=bool(output or dyads or include or min_confidence or canonical))
        return
    from communique.cli.export import export_events
    from communique.export.exporter import Selection

    with as_exit_codes():
        export_events(events, to, output, Selection(frozenset(include or ()), min_confidence, canonical), dyads=dyads)


def series(
    events: Annotated[
        list[str],
        typer.Argument(
            metavar="EVENTS",
            help="A .duckdb store, .parquet of `communique export`, JSONL files (.gz, .zst), folders, globs, or -.",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="A .csv or .parquet file; else CSV is printed.")
    ] = None,
    by: Annotated[Unit, typer.Option("--by", help="Who did it to whom, or single countries.")] = Unit.dyad,
    period: Annotated[Period, typer.Option("--period", help="Weeks begin on Monday.")] = Period.month,
    counts: Annotated[
        Counted, typer.Option("--counts", help="A column for each quad category, or each type.")
    ] = Counted.quad,
    of: Annotated[
        list[str] | None, typer.Option("--of", metavar="UNIT", help="Only USA:CHN, or KEN; may be repeated.")
    ] = None,
    role: Annotated[Role, typer.Option("--role", help="With --by country: as what a country counts.")] = Role.either,
    since: Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="First day.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day.")] = None,
    articles: Annotated[
        list[str] | None,
        typer.Option(
            "--articles", metavar="FILE", help="Articles read: a CSV of date and articles, or the articles. Adds rates."
        ),
    ] = None,
    include: Annotated[
        list[AuxiliaryMode] | None,
        typer.Option("--include", metavar="MODE", help="Count these as if they had happened; may be repeated."),
    ] = None,
    min_confidence: MinConfidence = 0,
    self_events: Annotated[bool, typer.Option("--self-events", help="Dyads of a country with itself, too.")] = False,
    expand: Annotated[
        bool, typer.Option("--expand", help="Each actor with each recipient; else all of a side together, as DEU;FRA.")
    ] = False,
    undirected: Annotated[bool, typer.Option("--undirected", help="A to B and B to A as one dyad.")] = False,
    sectors: Annotated[bool, typer.Option("--sectors", help="Tell KEN COP from KEN CVL.")] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Count each record, not each linked event once.")
    ] = False,
    imprecise: Annotated[
        bool, typer.Option("--imprecise", help="Count what has a longer date (a year) on its first day.")
    ] = False,
    fill: Annotated[bool, typer.Option("--fill", help="Rows of zeros for periods without events.")] = False,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Picture of the busiest units: .png, .svg or .html.")
    ] = None,
    panels: Annotated[int, typer.Option("--panels", min=1, max=6, help="How many units the picture has.")] = 3,
    heatmap: Annotated[
        Path | None, typer.Option("--heatmap", metavar="FILE", help="Picture of event types by period.")
    ] = None,
    changes: Annotated[
        Path | None, typer.Option("--changes", metavar="FILE", help="Ranking of what changed most: .csv or .parquet.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="YYYY-MM-DD", help="For --changes: where `after` begins.")
    ] = None,
) -> None:
    """Count events by dyad or country and by day, week, month or year, with mean and sum of the PLOVER score.

    Counted is what happened: future, hypothetical, historical and negated events only with --include. How many events
    were not counted is told, with the reason. A store knows how many articles it has read: rates per 1,000 are added.

    \b
    Examples:
      communique series corpus.duckdb --plot dyads.svg -o dyads.csv
      communique series events.parquet --by country --period week --of KEN --counts type
      communique series events.jsonl --articles read.csv --expand --changes changed.csv
    """
    from communique.cli.series import Extras, write_series
    from communique.series import Question

    with as_exit_codes():
        question = Question(
            by.value, period, counts.value, role, frozenset(include or ()), min_confidence, self_events, expand, undirected, sectors,
            mentions, imprecise, fill, tuple(of or ()), day(since, "--since"), day(until, "--until"),
        )  # fmt: skip
        write_series(
            events, output, question, articles or [], Extras(plot, panels, heatmap, changes, day(split, "--split"))
        )
