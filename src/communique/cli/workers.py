"""`--workers`: codes in worker processes, or in this one."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from communique.cli import coder
from communique.cli.stop import Stop
from communique.errors import InputError
from communique.parallel import LIMIT_S, DocumentCoder, ParallelCoder
from communique.processes import n_cores
from communique.records import Article, Rejection

if TYPE_CHECKING:
    from communique.pipeline import CodedArticle


@dataclass(frozen=True, slots=True)
class Workers:
    """What the user wants of worker processes.

    Attributes:
        number: How many; 0 is one for each core, `None` codes in this process.
        unordered: Whether results may come as they are done.
        limit_s: Seconds that an article may take, only kept where there are workers; 0 sets no limit.
    """

    number: int | None = None
    unordered: bool = False
    limit_s: float = LIMIT_S

    def make_coder(
        self, model: str | None, actors: Sequence[Path], stop: Stop, *, link: bool, screen: bool
    ) -> DocumentCoder:
        """Load the coder, or prepare worker processes that will each load it.

        Raises:
            CommuniqueError: It cannot be loaded.
        """
        if self.number is None:
            return coder.make_coder(model, actors=actors, link=link, screen=screen)
        make = partial(coder.make_coder, model, actors=tuple(actors), link=link, screen=screen)
        return ParallelCoder(make, self.number or n_cores(), self.limit_s or None, stop.is_asked)

    def code(
        self, documents: DocumentCoder, articles: Iterable[Article]
    ) -> Generator[tuple[int, CodedArticle | Rejection]]:
        """A result for each article, with the number of the article from 0."""
        if not isinstance(documents, ParallelCoder):
            yield from enumerate(documents.code_documents(articles))
            return
        if self.unordered:
            yield from documents.code_unordered(articles)
            return
        with closing(documents.code_documents(articles)) as results:
            yield from enumerate(results)


def options_told(actors: Sequence[Path], *, link: bool, model: str | None, screen: bool = True) -> dict[str, Any]:
    """What was asked for that changes the records; the user's lists by their content, not by where they lie.

    Raises:
        InputError: A list of actors cannot be read.
    """
    try:
        digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in actors]
    except OSError as error:
        raise InputError(f"{error.filename}: {error.strerror}, expected a list of actors.") from error
    return {"actors": digests, "link": link, "model": model, "screen": screen}
