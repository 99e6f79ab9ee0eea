"""Commands on a store: `communique code --store`, `query` and `diff`."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.cli import coder
from communique.cli.job import Job
from communique.cli.options import QueryFormat
from communique.cli.rows import Sink, default_format, draw_rows, plain, write_rows
from communique.errors import InputError
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
    model: str | None,
) -> None:
    """Code all articles of the inputs that the store does not have.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    from communique.store import Options, Store

    options = Options(values=_options(actors, link=link, model=model))
    with (
        Job(None, store=path) as job,
        Store.open(path, create=True) as store,
        store.run(options, with_text=with_text) as run,
    ):
        standing: deque[tuple[str, Article]] = deque()  # the articles that are in the coder's hands
        articles = _new(
            read_located(inputs, exclude=[path, store.folder], settings=replace(settings, remark=job.tell)),
            job,
            run,
            standing,
        )
        first = next(articles, None)
        if first is None:
            return  # nothing new: no coder needs to be loaded
        for result in coder.make_coder(model, actors=actors, link=link).code_documents(chain((first,), articles)):
            where, article = standing.popleft()
            if isinstance(result, Rejection):
                rejection = replace(result, where=where)
                run.reject(rejection, article.date)
                job.reject(rejection)
            else:
                run.add(article, [event_record(event) for event in result.events])
                job.count(len(result.events))


def _new(
    items: Iterator[tuple[str, Article | Rejection]], job: Job, run: Run, standing: deque[tuple[str, Article]]
) -> Iterator[Article]:
    """Articles that the store does not have; what cannot be read goes to job and store."""
    for where, item in items:
        if isinstance(item, Rejection):
            run.reject(item)
            job.reject(item)
        elif run.has(item):
            job.pass_over()
        else:
            standing.append((where, item))
            yield item


def _options(actors: Sequence[Path], *, link: bool, model: str | None) -> dict[str, Any]:
    """What was asked for that changes the records; the user's lists by their content, not by where they lie."""
    try:
        digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in actors]
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}, expected a list of actors.") from error
    return {"actors": digests, "link": link, "model": model}


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
