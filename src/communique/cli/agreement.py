"""`communique agreement`: two coders' events of the same articles → how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from communique.cli.evaluate import some, write_report
from communique.cli.job import check_output
from communique.cli.report_format import ReportFormat
from communique.cli.text import printable
from communique.errors import InputError
from communique.evaluate.agreement import Agreement, FieldAgreement, agreement
from communique.evaluate.gold import gold_of_entries, read_entries, texts_of
from communique.evaluate.scores import Difference
from communique.evaluate.vocabulary import vocabulary


def compare_coders(
    first: Path,
    second: Path,
    output: Path | None,
    output_format: ReportFormat | None,
    *,
    every_article: bool,
    verbose: bool,
) -> None:
    """Compare two files of events, and write how far they agree.

    Raises:
        CommuniqueError: A file cannot be used, or they have no article in common.
    """
    check_output([str(first), str(second)], output)
    entries = [read_entries(path) for path in (first, second)]
    names = vocabulary(entry for each in entries for _, entry in each if "event" in entry)
    texts: dict[str, str] = {}
    for path, each in zip((first, second), entries, strict=True):
        texts |= texts_of(each, path.parent)
    one, other = (
        gold_of_entries(each, path.parent, names, texts).documents
        for path, each in zip((first, second), entries, strict=True)
    )
    differences: list[Difference] = []
    result = agreement(one, other, names.quads, differences.append, every_article=every_article)
    if not {document.id for document in one} & {document.id for document in other}:
        raise InputError(
            f"{second}: no article is one of {first}: found {some(result.only_second)}, expected "
            f"{some(result.only_first)}. Two coders of the same articles must give them the same ids."
        )
    if verbose:
        for difference in differences:
            line = f"{difference.kind:<16} {difference.document_id}: {difference.message}"
            typer.echo(printable(line), err=True)
    if not every_article:
        _tell_left_out(first, result.only_first)
        _tell_left_out(second, result.only_second)
    report = {"first": str(first), "second": str(second), "agreement": result}
    write_report(output, output_format, report, lambda: _tables(result))


def _tell_left_out(path: Path, names: Sequence[str]) -> None:
    if names:
        typer.echo(
            f"communique: {len(names):,} articles that only {path} has were left out: {some(names)}. If the other coder "
            "read them and found no event, say --every-article.",
            err=True,
        )


def _tables(result: Agreement) -> list[RenderableType]:
    told = "-" if result.f1 is None else f"{result.f1:.3f}"
    return [
        f"{result.n_documents:,} articles that both have coded",
        f"first coder's events that the second has: {_share(result.first_found, result.first)}",
        f"second coder's events that the first has: {_share(result.second_found, result.second)}",
        f"F1: {told}; optional events, which count if both have them: {result.optional:,}\n",
        _field_table(result.fields),
        "kappa: Cohen's; alpha: Krippendorff's, nominal (numbers: ratio); accepted: the same, or an alternative that the "
        "other accepts.",
    ]


def _field_table(fields: Sequence[FieldAgreement]) -> RenderableType:
    table = Table(box=None, pad_edge=False)
    for i, name in enumerate(("of events that both have", "n", "same", "kappa", "alpha", "accepted")):
        table.add_column(name, justify="left" if i == 0 else "right", no_wrap=True)
    for field in fields:
        if field.n:
            kappa, alpha = ("-" if each is None else f"{each:.2f}" for each in (field.kappa, field.alpha))
            table.add_row(
                field.name.replace("_", " "), f"{field.n:,}", f"{field.same / field.n:.1%}", kappa, alpha,
                f"{field.accepted / field.n:.1%}",
            )  # fmt: skip
    return Group(table, "")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} ({part:,}/{whole:,})" if whole else "-"
