"""`communique evaluate`: records against gold, or a sheet that was filled by hand → figures with their intervals."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
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
from communique.evaluate.gold import Gold, gold_of_entries, read_entries
from communique.evaluate.scores import OF_ALIGNED, AttributeScore, Detection, Difference, Scores, count_document, scores
from communique.evaluate.sheet import SheetScores, read_sheet, score_sheet
from communique.evaluate.statistics import Estimate
from communique.evaluate.vocabulary import vocabulary
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
    entries = read_entries(gold_path)
    wanted = {str(entry.get("document_id") or entry.get("id")) for _, entry in entries}
    found = _read_records(events, wanted)
    names = vocabulary(record for each in found.records.values() for _, record in each)
    gold = gold_of_entries(entries, gold_path.parent, names, found.texts)
    if found.n_left_out and not found.records:
        raise InputError(
            f"{events}: no record is of a gold article: found document_id {some(found.left_out)}, expected "
            f"{some(sorted(wanted))}. Code the gold's own articles, or give both the same ids."
        )
    n_rejected = found.n_rejected
    differences: list[Difference] = []
    counts = []
    for document in gold.documents:
        coded = []
        for where, record in found.records.get(document.id, ()):
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
    _tell_gaps(gold, found)
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


@dataclass(slots=True)
class _Found:
    """What a file of records has of the gold articles: records with where they stand, by article, and their texts."""

    records: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)  # the first ids of other articles
    n_left_out: int = 0
    n_rejected: int = 0


def _read_records(events: str, wanted: Collection[str]) -> _Found:
    """Read the records of some articles; the others are only counted, however many they are."""
    found, rejects = _Found(), []
    for where, record in read_event_records([events]):
        if isinstance(record, Rejection):
            rejects.append(record)
            continue
        name, text = record.get("document_id"), record.pop("text", None)
        if not isinstance(name, str) or not isinstance(record.get("event"), list):
            rejects.append(Rejection(where, "an object without document_id and event", _EXPECTED))
        elif name in wanted:
            found.records[name].append((where, record))
            if isinstance(text, str):
                found.texts.setdefault(name, text)
        else:
            found.n_left_out += 1
            if len(found.left_out) <= _SHOWN and name not in found.left_out:
                found.left_out.append(name)
    tell_rejects(rejects)
    found.n_rejected = len(rejects)
    if rejects and not found.records and not found.n_left_out:
        raise InputError(f"{events}: no record could be read, expected {_EXPECTED}.")
    return found


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


def _tell_gaps(gold: Gold, found: _Found) -> None:
    if found.n_left_out:
        typer.echo(
            f"communique: {found.n_left_out:,} records of articles that the gold does not have were left out.", err=True
        )
    if silent := [document.id for document in gold.documents if document.id not in found.records]:
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
