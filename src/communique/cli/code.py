"""`communique code`: articles → events."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from communique.cli import coder
from communique.cli.job import Job, check_output, rejects_path
from communique.cli.options import OutputFormat
from communique.cli.store import code_into_store
from communique.cli.table import draw, event_table
from communique.errors import InputError
from communique.export import record_line
from communique.ingest.reader import read_located
from communique.records import Article, Rejection


def code_inputs(
    inputs: list[str],
    output: Path | None,
    output_format: OutputFormat | None,
    published_on: date | None,
    *,
    with_text: bool = False,
    actors: Sequence[Path] = (),
    link: bool = True,
    model: str | None = None,
    store: Path | None = None,
) -> None:
    """Code all articles of the inputs, in order.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    if store:
        _check_store_alone(output, output_format)
        code_into_store(inputs, store, published_on, with_text=with_text, actors=actors, link=link, model=model)
        return
    check_output(inputs, output)
    terminal = output is None and sys.stdout.isatty()
    as_table = output_format is OutputFormat.table if output_format else terminal
    with Job(output) as job:
        places: deque[str] = deque()  # where the articles stood that are in the coder's hands
        articles = _accepted(inputs, output, published_on, job, places)
        for result in coder.make_coder(model, actors=actors, link=link).code_documents(articles):
            where = places.popleft()
            if isinstance(result, Rejection):
                job.reject(replace(result, where=where))
            elif as_table:
                job.write(
                    draw(event_table(where, result.article, result.events), terminal=terminal), len(result.events)
                )
            else:
                lines = (record_line(event, with_text=with_text) for event in result.events)
                job.write(b"".join(lines), len(result.events))


def _check_store_alone(output: Path | None, output_format: OutputFormat | None) -> None:
    if output or output_format:
        raise InputError(
            "--store takes the place of -o and --format. Code into the store, then write files with `communique export`."
        )


def _accepted(
    inputs: list[str], output: Path | None, published_on: date | None, job: Job, places: deque[str]
) -> Iterator[Article]:
    """Articles that can be coded; where they stood goes to `places`, what cannot be read to the job's rejects."""
    written = [output, rejects_path(output)] if output else []
    for where, item in read_located(inputs, published_on, written):
        if isinstance(item, Rejection):
            job.reject(item)
        else:
            places.append(where)
            yield item
