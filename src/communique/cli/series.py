"""`communique series`: events → counts and scores by period, with pictures and a ranking."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from communique.cli.event_input import is_store, read_tables
from communique.cli.job import Job, check_output, rejects_path
from communique.cli.output import OutputFile
from communique.errors import InputError
from communique.records import Rejection
from communique.series import Facts, Question, count, count_types, plot_series, plot_types, rank_changes
from communique.series.articles import articles_by_day
from communique.series.facts import RECORD_FACTS
from communique.series.plotting import SUFFIXES

_STORE_ROWS = 100_000
_TABLES = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Extras:
    """What is written besides the series: pictures, the ranking, and how.

    Attributes:
        plot: Picture of the busiest units.
        n_units: How many of them.
        heatmap: Picture of event types by period.
        changes: Table of what changed most.
        split: The day that parts before and after.
    """

    plot: Path | None = None
    n_units: int = 3
    heatmap: Path | None = None
    changes: Path | None = None
    split: date | None = None


def write_series(
    inputs: list[str], output: Path | None, question: Question, articles: list[str], extras: Extras
) -> None:
    """Count the events of the inputs, and write what was asked for.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    _check(inputs, output, articles, extras)
    with Job(output, "events", "rows") as job:
        facts = Facts()
        _load(facts, inputs, output, job)
        if not len(facts):
            return
        for name in articles:
            facts.add_articles(articles_by_day(name))
        series = count(facts, question)
        job.write(_table(series.table, output), series.table.num_rows, 0)
        if extras.plot:
            plot_series(count(facts, replace(question, counts="quad", fill=True)), extras.plot, extras.n_units)
        if extras.heatmap:
            plot_types(count_types(facts, question), question, extras.heatmap)
        if extras.changes:
            _write(extras.changes, _table(rank_changes(facts, question, extras.split), extras.changes))
        if series.left_out:
            job.tell(_left_out(series.left_out))


def _check(inputs: list[str], output: Path | None, articles: list[str], extras: Extras) -> None:
    for path, suffixes in (
        (output, _TABLES),
        (extras.changes, _TABLES),
        (extras.plot, SUFFIXES),
        (extras.heatmap, SUFFIXES),
    ):
        if path and path.suffix.lower() not in suffixes:
            raise InputError(f"{path} ends in {path.suffix!r}, expected {' or '.join(suffixes)}")
        check_output([*inputs, *articles], path)


def _load(facts: Facts, inputs: list[str], output: Path | None, job: Job) -> None:
    files = [name for name in inputs if not is_store(name) and not name.endswith(".parquet")]
    for name in inputs:
        if is_store(name):
            job.write(b"", 0, _load_store(facts, name))
        elif name.endswith(".parquet"):
            job.write(b"", 0, facts.add_parquet(Path(name)))
    for item in read_tables(files, [output, rejects_path(output)] if output else []):
        if isinstance(item, Rejection):
            job.reject(item)
        else:
            facts.add(item)
            job.write(b"", 0, item.num_rows)


def _load_store(facts: Facts, name: str) -> int:
    """Take a store's events, and how many articles it has read on each day."""
    from communique.store import Store  # here, so that work on files does not wait for it

    if not Path(name).exists():
        raise InputError(f"{name}: no such store. `communique code … --store {name}` makes one.")
    before = len(facts)
    with Store.open(name) as store:
        for batch in store.batches(f"{RECORD_FACTS} FROM events", _STORE_ROWS):
            facts.add_facts(pa.Table.from_batches([batch]))
        facts.add_articles(store.query("SELECT date AS day, n_coded + n_rejected AS n FROM days").to_arrow_table())
    return len(facts) - before


def _table(table: pa.Table, path: Path | None) -> bytes:
    buffer = io.BytesIO()
    if path and path.suffix.lower() == ".parquet":
        pyarrow.parquet.write_table(table, buffer, compression="zstd")
    else:
        pyarrow.csv.write_csv(table, buffer, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return buffer.getvalue()


def _write(path: Path, data: bytes) -> None:
    output = OutputFile(path)
    try:
        output.write(data)
        output.commit()
    finally:
        output.discard()


def _left_out(left_out: Counter[str]) -> str:
    """Say how many events are in no row.

    >>> _left_out(Counter({"without a date": 2, "negation": 1}))
    'not counted: 3 events (2 without a date, 1 negation).'
    """
    ordered: Iterable[tuple[str, int]] = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    counts = ", ".join(f"{number:,} {reason}" for reason, number in ordered)
    total = sum(left_out.values())
    return f"not counted: {total:,} event{'s' * (total != 1)} ({counts})."
