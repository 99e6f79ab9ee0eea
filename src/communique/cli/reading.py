"""The articles of a run on their way to the coder, and what stands between them in the input."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from communique.cli.kept import KeptFile, digest_of
from communique.cli.stop import Stop
from communique.ingest.files import find_sources
from communique.ingest.meter import bytes_read
from communique.ingest.reader import read_located
from communique.ingest.settings import Settings
from communique.records import Article, Rejection

_MANY = 10_000  # rejects that wait for the articles before them; more are told at once


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the input: its number from 0, where it stood, its digest, and how many bytes were read by then."""

    number: int
    where: str
    digest: int
    n_bytes: int


class Reading:
    """Reads the inputs, passes over what an earlier run did, and ends early if the run is to stop.

    Args:
        inputs: What to read.
        settings: How to read.
        exclude: Files to pass over in folders.
        stop: Says when to end.
        reject: Takes what cannot be read, when all that stands before it is done.
        kept: Knows what an earlier run did.
    """

    def __init__(
        self,
        inputs: list[str],
        settings: Settings,
        exclude: Collection[Path],
        stop: Stop,
        reject: Callable[[Item, Rejection], None],
        kept: KeptFile | None = None,
    ) -> None:
        self._items = read_located(inputs, exclude=exclude, settings=settings)
        self._stop, self._reject, self._kept = stop, reject, kept
        self._standing: dict[int, Item] = {}
        self._rejects: deque[tuple[Item, Rejection]] = deque()
        self._started_at = bytes_read()

    def articles(self) -> Iterator[Article]:
        """The articles to be coded, in order."""
        n_articles = 0
        for number, (where, item) in enumerate(self._stop.until_asked(self._items)):
            if self._kept and self._kept.has(number, item, where):
                continue
            digest = digest_of(item) if self._kept else 0
            place = Item(number, where, digest, bytes_read() - self._started_at)
            if isinstance(item, Rejection):
                self._rejects.append((place, item))
                if not self._standing or len(self._rejects) > _MANY:
                    self.finish()
            else:
                self._standing[n_articles] = place
                n_articles += 1
                yield item

    def take(self, number: int) -> Item:
        """The item that the coder got as its article of that number; rejects what could not be read before it."""
        item = self._standing.pop(number)
        while self._rejects and self._rejects[0][0].number < item.number:
            self._reject(*self._rejects.popleft())
        return item

    def finish(self) -> None:
        """Reject what could not be read and is not rejected yet."""
        while self._rejects:
            self._reject(*self._rejects.popleft())


def size_of(inputs: Iterable[str], exclude: Collection[Path]) -> int | None:
    """Bytes in all files of the inputs; `None` where that cannot be known, as of a pipe."""
    n_bytes = 0
    for source in find_sources(inputs, exclude):
        if isinstance(source, Rejection):
            continue
        if source.path is None or not source.path.is_file():
            return None
        n_bytes += source.path.stat().st_size
    return n_bytes
