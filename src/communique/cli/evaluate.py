"""`communique evaluate`: records against gold, or a sheet that was filled by hand → figures with their intervals."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Group, RenderableType
from rich.table import Table

from communique.cli.failures import REJECTED
from communique.cli.job import check_output
from communique.cli.output import OutputFile, StandardOutput
from communique.cli.report_format import ReportFormat
from communique.cli.table import draw
from communique.cli.text import printable
from communique.errors import InputError
from communique.evaluate.coded import coded_event
from communique.evaluate.gazetteer import locate
from communique.evaluate.gold import Gold, gold_of_entries, read_entries, texts_of
from communique.evaluate.scores import OF_ALIGNED, AttributeScore, Detection, Difference, Scores, count_document, scores
from communique.evaluate.sheet import SheetScores, read_sheet, score_sheet
from communique.evaluate.statistics import Estimate
from communique.evaluate.vocabulary import Vocabulary, vocabulary
from communique.ingest.events import read_event_records
from communique.records import Rejection

_SHOWN = 3  # rejects, ids or codes that a message names
_EXPECTED = "an event record as `communique code` writes it"


def evaluate_events(
    gold_path: Path,
    events: str,
    output: Path | None,
    output_format: ReportFormat | None,
    *,
    seed: int,
    n_resamples: int,
    verbose: bool,
) -> None:
    """Score the records of a file against a gold file, and write the figures.

    Raises:
        CommuniqueError: The gold is wrong, or no record is of its articles.
        Exit: Some record was rejected.
    """
    check_output([str(gold_path), events], output)
    records, n_rejected = read_records(events)
    names = vocabulary(record for _, record in records)
    texts = texts_of(records, Path())
    gold = gold_of_entries(read_entries(gold_path), gold_path.parent, names, texts)
    by_document = _by_document(records, gold, events)
    differences: list[Difference] = []
    counts = []
    for document in gold.documents:
        coded = []
        for where, record in by_document[document.id]:
            try:
                coded.append(coded_event(record, document.text))
            except ValueError as error:
                tell_rejects([Rejection(where, f"a record that cannot be read ({error})", _EXPECTED)], n_rejected)
                n_rejected += 1
        counts.append(count_document(document, coded, names.quads, differences.append, locate))
    result = scores(counts, seed, n_resamples)
    if verbose:
        for each in differences:
            typer.echo(printable(f"{each.kind:<16} {each.document_id}: {each.message}"), err=True)
    _tell_gaps(gold, names, by_document, n_records=len(records))
    report = {"gold": str(gold_path), "events": events, "scores": result}
    write_report(output, output_format, report, lambda: _tables(result))
    if n_rejected:
        raise typer.Exit(REJECTED)


def evaluate_sheet(path: Path, output: Path | None, output_format: ReportFormat | None) -> None:
    """Score a sample that was judged by hand, and write precision by stratum.

    Raises:
        CommuniqueError: It is no such sheet, a judgement is none, or nothing was judged.
    """
    check_output([str(path)], output)
    result = score_sheet(read_sheet(path))
    write_report(output, output_format, {"sheet": str(path), "scores": result}, lambda: _sheet_tables(result))


def read_records(events: str) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """The records of a JSONL file, each with where it stands, and how many lines were rejected; those are told.

    Raises:
        InputError: There is none.
    """
    records: list[tuple[str, dict[str, Any]]] = []
    rejects = []
    for where, record in read_event_records([events]):
        if isinstance(record, Rejection):
            rejects.append(record)
        elif not isinstance(record.get("document_id"), str) or not isinstance(record.get("event"), list):
            rejects.append(Rejection(where, "an object without document_id and event", _EXPECTED))
        else:
            records.append((where, record))
    tell_rejects(rejects)
    if rejects and not records:
        raise InputError(f"{events}: no record could be read, expected {_EXPECTED}.")
    return records, len(rejects)


def tell_rejects(rejects: Sequence[Rejection], already: int = 0) -> None:
    """Say which records are left out and why: the first ones, and how many more."""
    for reject in rejects[: max(0, _SHOWN - already)]:
        typer.echo(f"communique: rejected: {printable(str(reject))}", err=True)
    if len(rejects) > _SHOWN:
        typer.echo(f"communique: {len(rejects) - _SHOWN} more records were rejected.", err=True)


def write_report(output: Path | None, output_format: ReportFormat | None, report: object, tables: Any) -> None:
    """Write a report as tables for a terminal, else as JSON, unless a format is asked for."""
    terminal = output is None and sys.stdout.isatty()
    if output_format is ReportFormat.table or (output_format is None and terminal):
        data = draw(tables(), terminal=terminal)
    else:
        data = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    stream = OutputFile(output) if output else StandardOutput()
    try:
        stream.write(data)
        stream.commit()
    finally:
        stream.discard()


def told(estimate: Estimate, *, digits: int = 2) -> str:
    """An estimate with its interval, as tables have it.

    >>> told(Estimate(0.5, 0.25, 0.751)), told(Estimate(None))
    ('0.50 [0.25–0.75]', '-')
    """
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}–{estimate.high:.{digits}f}]"


def _by_document(
    records: list[tuple[str, dict[str, Any]]], gold: Gold, events: str
) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    by_document: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for where, record in records:
        by_document[record["document_id"]].append((where, record))
    wanted = {document.id for document in gold.documents}
    if records and not wanted & by_document.keys():
        raise InputError(
            f"{events}: no record is of a gold article: found document_id {some(by_document)}, expected "
            f"{some(sorted(wanted))}. Code the gold's own articles, or give both the same ids."
        )
    return by_document


def _tell_gaps(
    gold: Gold, names: Vocabulary, by_document: dict[str, list[tuple[str, dict[str, Any]]]], *, n_records: int
) -> None:
    wanted = {document.id for document in gold.documents}
    if left_out := n_records - sum(len(by_document[name]) for name in wanted):
        typer.echo(f"communique: {left_out:,} records of articles that the gold does not have were left out.", err=True)
    if silent := [name for name in sorted(wanted) if not by_document[name]]:
        typer.echo(
            f"communique: {len(silent):,} gold articles have no record, which counts as nothing coded: {some(silent)}.",
            err=True,
        )
    if gold.unknown_codes:
        typer.echo(
            f"communique: the gold has codes that neither the codebook nor a record has: {some(gold.unknown_codes)}.",
            err=True,
        )


def some(names: Iterable[str]) -> str:
    """The first of some names, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return printable(", ".join(repr(name) for name in listed[:_SHOWN]) + more)


def _tables(result: Scores) -> list[RenderableType]:
    found = [each for each in result.attributes if each.name not in OF_ALIGNED]
    aligned = [each for each in result.attributes if each.name in OF_ALIGNED]
    groups = (
        ("event type", result.types), ("quad category", result.quads), ("auxiliary mode", result.auxiliary_modes),
    )  # fmt: skip
    parts: list[RenderableType] = [_detection_table("events", [result.overall])]
    parts.append(
        f"{result.n_documents:,} articles; one to one, recall is {told(result.one_to_one)}; forbidden codings: "
        f"{result.forbidden}\n"
    )
    parts += [_detection_table(name, each) for name, each in groups]
    parts.append(_attribute_table("of events whose words were coded", aligned))
    parts.append(_attribute_table("of events that were found", found))
    parts.append(
        f"In brackets: 95% of {result.n_resamples:,} draws of whole articles (seed {result.seed})."
        if result.n_resamples
        else "No intervals were drawn."
    )
    return parts


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=True)
    return table


def _detection_table(name: str, rows: Sequence[Detection]) -> RenderableType:
    table = _table(name, "gold", "found", "coded", "right", "precision", "recall", "F1")
    for row in rows:
        table.add_row(
            printable(row.name), f"{row.required:,}", f"{row.found:,}", f"{row.coded:,}", f"{row.right:,}",
            told(row.precision), told(row.recall), told(row.f1),
        )  # fmt: skip
    return Group(table, "")


def _attribute_table(name: str, rows: Sequence[AttributeScore]) -> RenderableType:
    table = _table(name, "n", "right", "share", "precision", "recall", "F1")
    for row in rows:
        table.add_row(
            row.name.replace("_", " ").replace("50km", "within 50 km"), f"{row.n:,}", f"{row.right:,}",
            told(row.share), told(row.precision), told(row.recall), told(row.f1),
        )  # fmt: skip
    return Group(table, "")


def _sheet_tables(result: SheetScores) -> list[RenderableType]:
    strata = _table("stratum", "in corpus", "rows", "judged", "right", "precision")
    for stratum in result.strata:
        strata.add_row(
            printable(stratum.name), f"{stratum.size:,}" if stratum.size else "-", f"{stratum.rows:,}",
            f"{stratum.judged:,}", f"{stratum.right:,}", told(stratum.precision),
        )  # fmt: skip
    columns = _table("column", "judged", "right", "unsure", "in the sample", "in the corpus")
    for column in result.columns:
        columns.add_row(
            column.name, f"{column.judged:,}", f"{column.right:,}", f"{column.unsure:,}",
            told(column.precision), told(column.weighted),
        )  # fmt: skip
    return [
        strata, "", columns, "",
        "In brackets: Wilson's 95% interval. In the corpus: strata weighted by their size; those without a judgement left out.",
    ]  # fmt: skip
