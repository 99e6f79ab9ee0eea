"""`communique explain`: what became of every candidate of an article."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from communique.cli import coder
from communique.cli.job import Job
from communique.cli.table import draw, heading, sentence
from communique.cli.text import printable
from communique.errors import InputError
from communique.ingest.reader import read_located
from communique.ingest.settings import Settings
from communique.records import Rejection

if TYPE_CHECKING:
    from communique.pipeline import ExplainedCandidate, Explanation


def explain_inputs(
    inputs: list[str], published_on: date | None, model: str | None = None, actors: Sequence[Path] = ()
) -> None:
    """Explain all articles of the inputs, usually one.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    with Job(None, results="candidates") as job:
        explainer = coder.make_coder(model, actors=actors)
        for where, item in read_located(inputs, settings=Settings(published_on, remark=job.tell)):
            if isinstance(item, Rejection):
                job.reject(item)
                continue
            try:
                explanation = explainer.explain(item)
            except InputError:  # it is too long
                job.reject(Rejection(where, f"a text of {len(item.text):,} characters", "a shorter text", item.id))
                continue
            job.write(draw(_parts(where, explanation), terminal=sys.stdout.isatty()), len(explanation.candidates))


def _parts(where: str, explanation: Explanation) -> Iterator[RenderableType]:
    yield heading(where, explanation.article)
    if explanation.set_aside:
        yield Text(f"  set aside before parsing: {explanation.set_aside}", "bold red")
    elif not explanation.candidates:
        yield Text("  no word that may say that something happened", "dim")
    for candidate in explanation.candidates:
        yield from _candidate(candidate)


def _candidate(candidate: ExplainedCandidate) -> Iterator[RenderableType]:
    coded = candidate.event is not None
    yield Text.assemble(
        (printable(candidate.words), "bold underline yellow"), ": ",
        (candidate.outcome, "bold green" if coded else "bold red"), f" – {printable(candidate.reason)}",
    )  # fmt: skip
    lines = [("who", candidate.actor_words), ("whom", candidate.recipient_words)]
    if candidate.event is not None:
        for entity in (*candidate.event.actors, *candidate.event.recipients):
            code = " ".join([entity.code or "---", *entity.sectors])
            lines.append((code, (entity.mention.text, *([entity.reason] if entity.reason else []))))
        if (place := candidate.event.place) is not None:
            lines.append(("where", (place.mention.text, f"{place.resolved}, {place.country}", place.reason)))
            lines.append(("not", place.alternatives))
    for name, words in lines:
        if words:
            yield Text(f"  {name}: {printable(', '.join(words))}")
    text = sentence(candidate.event) if candidate.event else Text(printable(candidate.sentence_text).replace("\n", " "))
    yield Padding(text, (0, 0, 1, 2))
