"""`communique sample`: records → a sheet of some of them, to be judged by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from communique.cli.evaluate import some, tell_rejects
from communique.cli.failures import REJECTED
from communique.cli.job import check_output
from communique.cli.output import OutputFile, StandardOutput
from communique.cli.report_format import SheetFormat
from communique.errors import InputError
from communique.evaluate.sampling import draw_sample
from communique.evaluate.sheet import csv_sheet, jsonl_sheet
from communique.ingest.events import read_event_records
from communique.records import Article, Rejection

_EXPECTED = "an event record as `communique code` writes it"


def sample_events(
    inputs: list[str],
    n: int,
    by: Sequence[str],
    output: Path | None,
    output_format: SheetFormat | None,
    allocation: str,
    articles: list[str],
    seed: int,
) -> None:
    """Draw records, and write a sheet.

    Raises:
        CommuniqueError: Nothing could be drawn.
        Exit: Some record was rejected.
    """
    check_output([*inputs, *articles], output)
    if output_format is None:
        output_format = SheetFormat.jsonl if output and output.suffix.lower() == ".jsonl" else SheetFormat.csv
    rejects: list[Rejection] = []
    exclude = [output] if output else []
    sample = draw_sample(_records(inputs, exclude, rejects), n, by, seed, allocation, _texts(articles))
    tell_rejects(rejects)
    if not sample.rows:
        raise InputError(f"{', '.join(inputs)}: no record to draw from, expected {_EXPECTED}.")
    stream = OutputFile(output) if output else StandardOutput()
    try:
        stream.write(csv_sheet(sample.rows) if output_format is SheetFormat.csv else jsonl_sheet(sample.rows))
        stream.commit()
    finally:
        stream.discard()
    n_records = sum(stratum.size for stratum in sample.strata)
    typer.echo(
        f"communique: {len(sample.rows):,} of {n_records:,} records drawn, from {len(sample.strata):,} strata.",
        err=True,
    )
    if empty := [stratum.name for stratum in sample.strata if not stratum.drawn]:
        typer.echo(
            f"communique: {len(empty):,} strata got none, since they are more than -n allows: {some(empty)}.", err=True
        )
    if not any(row["sentence"] for row in sample.rows):
        typer.echo(
            "communique: no record has its text, so the sheet has no sentences. Code --with-text, or name --articles.",
            err=True,
        )
    if rejects:
        raise typer.Exit(REJECTED)


def _records(inputs: list[str], exclude: Sequence[Path], rejects: list[Rejection]) -> Iterator[dict[str, Any]]:
    for where, record in read_event_records(inputs, exclude):
        if isinstance(record, Rejection):
            rejects.append(record)
        elif not isinstance(record.get("event"), list):
            rejects.append(Rejection(where, "an object without event", _EXPECTED))
        else:
            yield record


def _texts(articles: list[str]) -> dict[str, str]:
    if not articles:
        return {}
    from communique.ingest.reader import read_articles

    return {article.id: article.text for article in read_articles(articles) if isinstance(article, Article)}
