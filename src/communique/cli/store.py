"""Commands on a store: `communique code --store`, `query` and `diff`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.cli.failures import Stopped
from communique.cli.job import Job
from communique.cli.options import QueryFormat
from communique.cli.rows import Sink, default_format, draw_rows, plain, write_rows
from communique.cli.stop import Stop
from communique.cli.workers import Workers, options_told
from communique.export import event_record
from communique.ingest.reader import read_located
from communique.ingest.settings import Settings
from communique.records import Article, Rejection

if TYPE_CHECKING:
    from communique.store import Run


def code_into_store(
    inputs: list[str],
    path: Path,
    settings: Settings,
    *,
    with_text: bool,
    actors: Sequence[Path],
    link: bool,
    screen: bool,
    model: str | None,
    workers: Workers,
) -> None:
    """Code all articles of the inputs that the store does not have.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
        Stopped: It was asked to end, by Ctrl-C or SIGTERM; what was done is in the store.
    """
    from communique.store import Options, Store

    options = Options(values=options_told(actors, link=link, model=model, screen=screen))
    with (
        Job(None, store=path) as job,
        Stop() as stop,
        Store.open(path, create=True) as store,
        store.run(options, with_text=with_text) as run,
    ):
        standing: dict[int, tuple[str, Article]] = {}  # the articles that are in the coder's hands
        items = read_located(inputs, exclude=[path, store.folder], settings=replace(settings, remark=job.tell))
        articles = _new(stop.until_asked(items), job, run, standing)
        if (first := next(articles, None)) is not None:  # else nothing is new, and no coder needs to be loaded
            documents = workers.make_coder(model, actors, stop, link=link, screen=screen)
            with closing(workers.code(documents, chain((first,), articles))) as results:
                for number, result in results:
                    where, article = standing.pop(number)
                    if isinstance(result, Rejection):
                        rejection = replace(result, where=where)
                        run.reject(rejection, article.date)
                        job.reject(rejection)
                    else:
                        run.add(article, [event_record(event) for event in result.events])
                        job.count(len(result.events))
        if stop.signal is not None:
            told = f"interrupted. What was done is in {path}: the same command goes on."
            raise Stopped(told, 128 + stop.signal)


def _new(
    items: Iterator[tuple[str, Article | Rejection]], job: Job, run: Run, standing: dict[int, tuple[str, Article]]
) -> Iterator[Article]:
    """Articles that the store does not have; what cannot be read goes to job and store."""
    n_articles = 0
    for where, item in items:
        if isinstance(item, Rejection):
            run.reject(item)
            job.reject(item)
        elif run.has(item):
            job.pass_over()
        else:
            standing[n_articles] = where, item
            n_articles += 1
            yield item


def query_store(path: Path, sql: str | None, output: Path | None, output_format: QueryFormat | None) -> None:
    """Answer a query over a store; without one, tell what can be asked for.

    Raises:
        CommuniqueError: There is no store, or the query cannot be answered.
    """
    from communique.store import Store
    from communique.store.ask import ask

    with Store.open(path) as store:
        answer = ask(store, sql or _OVERVIEW)
        write_rows(answer.columns, answer.rows, output, output_format)


def show_diff(
    path: Path, old: str, new: str, n_examples: int, output: Path | None, output_format: QueryFormat | None
) -> None:
    """Show what changed between two revisions of a store's articles.

    Raises:
        CommuniqueError: There is no store.
    """
    from communique.store import Store
    from communique.store.diff import KINDS, Diff

    with Store.open(path) as store:
        diff = Diff(store, old, new)
        if (output_format or default_format(output, QueryFormat.jsonl)) is not QueryFormat.table:
            rows = diff.rows()
            write_rows(
                _DIFFERENCE, (tuple(row[name] for name in _DIFFERENCE) for row in rows), output, output_format, "jsonl"
            )
            return
        with Sink(output) as sink:
            for old_coder, new_coder, n_articles, n_texts in diff.documents():
                text = f"{old_coder} → {new_coder}: {n_articles:,} articles"
                sink.write(f"{text}, {n_texts:,} of them with another text\n" if n_texts else f"{text}\n")
            counts = [tuple(getattr(count, name) for name in _COUNTS) for count in diff.by_type()]
            if not counts:
                sink.write("No article has two revisions to compare.\n")
                return
            sink.write(draw_rows(tuple(_COUNTS.values()), counts))
            for kind in KINDS:
                examples = [_example(row) for row in diff.rows(kind, n_examples)]
                if examples:
                    sink.write(f"\n{kind}:\n")
                    sink.write(draw_rows(("record", "old", "new", "words", "what changed"), examples))


_OVERVIEW = """
SELECT view_name AS "view", list(column_name ORDER BY column_index) AS columns
FROM duckdb_columns() JOIN duckdb_views() ON table_name = view_name AND NOT duckdb_views.internal
WHERE view_name NOT IN ('latest') GROUP BY 1 ORDER BY 1
"""
_DIFFERENCE = (
    "kind", "document_id", "old_id", "new_id", "old_revision", "new_revision", "old_event", "new_event", "words", "changes",
)  # fmt: skip
_COUNTS = {
    "event": "event", "n_old": "old", "n_new": "new", "n_same": "same", "n_changed": "changed",
    "n_retyped_from": "retyped from", "n_retyped_to": "retyped to", "n_removed": "removed", "n_added": "added",
}  # fmt: skip


def _example(row: dict[str, Any]) -> tuple[Any, ...]:
    changes = "; ".join(
        f"{change['field']}: {plain(change['old'])} → {plain(change['new'])}" for change in row["changes"]
    )
    return row["new_id"] or row["old_id"], row["old_event"], row["new_event"], " … ".join(row["words"] or ()), changes
