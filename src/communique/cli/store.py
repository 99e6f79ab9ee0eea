"""`communique code --store`: articles → a store; what it has already is passed over."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.cli import coder
from communique.cli.job import Job
from communique.errors import InputError
from communique.export import event_record
from communique.ingest.reader import read_located
from communique.records import Article, Rejection

if TYPE_CHECKING:
    from communique.store import Run


def code_into_store(
    inputs: list[str],
    path: Path,
    published_on: date | None,
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
        articles = _new(read_located(inputs, published_on, [path, store.folder]), job, run, standing)
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
