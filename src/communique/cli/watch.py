"""`communique watch`: feeds → events, again and again."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import typer

from communique.cli import coder
from communique.cli.failures import NOTHING_DONE, REJECTED, Stopped
from communique.cli.job import rejects_path
from communique.cli.stop import Stop
from communique.cli.text import printable
from communique.cli.workers import options_told
from communique.errors import InputError, OutputError
from communique.export import event_record, record_line
from communique.ingest.streams import COMPRESSIONS
from communique.records import Article, Rejection
from communique.watch import Found, Watcher, read_watch_list
from communique.watch.state import State

if TYPE_CHECKING:
    from communique.store import Store

_LONGEST_SLEEP_S = 3600.0
_SHOWN_S = 0.5  # between two looks at whether the run is to stop


class _Sink(Protocol):
    """Where what was found goes; nothing in it is lost once `commit` returned."""

    def add(self, found: Found, article: Article, events: tuple[Any, ...]) -> None: ...

    def reject(self, found: Found, rejection: Rejection) -> None: ...

    def commit(self) -> None: ...


def watch_feeds(
    feeds: Path,
    store: Path | None,
    output: Path | None,
    *,
    once: bool = False,
    state: Path | None = None,
    with_text: bool = False,
    actors: Sequence[Path] = (),
    link: bool = True,
    model: str | None = None,
) -> None:
    """Watch the feeds of a list until told to stop, or once.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: With `once`, something could not be read.
        Stopped: It was asked to end, by Ctrl-C or SIGTERM; what was done is kept.
    """
    if (store is None) == (output is None):
        raise InputError("watch adds to a store or to a file: name one, with --store or -o.")
    watched = read_watch_list(feeds)
    with ExitStack() as stack:
        remembered = stack.enter_context(closing(State(state or feeds.with_name(f"{feeds.name}.state"))))
        stop = stack.enter_context(Stop())
        sink: _Sink
        if store is not None:
            from communique.store import Store

            opened = stack.enter_context(Store.open(store, create=True))
            told = options_told(actors, link=link, model=model)
            sink = _StoreSink(opened, remembered, told, with_text=with_text)
        else:
            assert output is not None
            sink = _FileSink(output, remembered, with_text=with_text)
        watcher = Watcher(watched, remembered, _tell)
        loaded = coder.make_coder(model, actors=actors, link=link)
        n_rejected = 0
        while not stop.is_asked():
            watcher.poll(all_feeds=once)
            n_coded, n_events, n_lost = _code(watcher, loaded, sink, stop)
            n_rejected += n_lost
            if n_coded or n_lost or once:
                waiting = remembered.n_waiting()
                more = f", waiting: {waiting:,}" if waiting else ""
                _tell(f"articles: {n_coded:,}, events: {n_events:,}, rejected: {n_lost:,}{more}.")
            if once:
                break
            _sleep(watcher.next_at(), stop)
        if stop.signal is not None:
            raise Stopped("stopped. The same command goes on where it was.", 128 + stop.signal)
    if once and watcher.n_failed and not watcher.n_polled:
        raise typer.Exit(NOTHING_DONE)
    if once and (watcher.n_failed or n_rejected):
        raise typer.Exit(REJECTED)


def _code(watcher: Watcher, loaded: Any, sink: _Sink, stop: Stop) -> tuple[int, int, int]:
    """Code what waits; returns numbers of articles, events and rejections."""
    standing: deque[Found] = deque()  # in the coder's hands
    n_coded = n_events = n_rejected = 0

    def articles() -> Iterator[Article]:
        nonlocal n_rejected
        for found in watcher.found():
            if isinstance(found.result, Rejection):
                n_rejected += 1
                _tell(f"rejected: {found.result}")
                sink.reject(found, found.result)
            else:
                standing.append(found)
                yield found.result
            if stop.is_asked():
                return

    try:
        for result in loaded.code_documents(articles()):
            found = standing.popleft()
            if isinstance(result, Rejection):
                n_rejected += 1
                rejection = replace(result, where=found.where)
                _tell(f"rejected: {rejection}")
                sink.reject(found, rejection)
            else:
                n_coded += 1
                n_events += len(result.events)
                sink.add(found, result.article, result.events)
    finally:
        sink.commit()
    return n_coded, n_events, n_rejected


class _StoreSink:
    """Adds to a store; items are done when the store has them on disk."""

    def __init__(self, store: Store, state: State, told: dict[str, Any], *, with_text: bool) -> None:
        from communique.store import Options

        self._store, self._state, self._options, self._with_text = store, state, Options(values=told), with_text
        self._run: Any = None
        self._done: list[tuple[str, str]] = []

    def add(self, found: Found, article: Article, events: tuple[Any, ...]) -> None:
        if not self._open().has(article):
            self._open().add(article, [event_record(event) for event in events])
        self._note(found)

    def reject(self, found: Found, rejection: Rejection) -> None:
        self._open().reject(rejection)
        self._note(found)

    def commit(self) -> None:
        if self._run is not None:
            self._run.commit()
            self._state.finish(self._done)
            self._done = []
            self._run.__exit__(None, None, None)
            self._run = None

    def _open(self) -> Any:
        if self._run is None:
            self._run = self._store.run(self._options, with_text=self._with_text).__enter__()
        return self._run

    def _note(self, found: Found) -> None:
        self._done.append(found.item)
        if len(self._done) >= 50:
            self.commit()


class _FileSink:
    """Appends to a JSONL file. What is about to be written is noted first, so that no line is torn or doubled."""

    def __init__(self, path: Path, state: State, *, with_text: bool) -> None:
        if path.suffix in COMPRESSIONS:
            raise InputError(f"{path} ends in {path.suffix}, but output is not compressed. Leave {path.suffix} out.")
        self._path, self._state, self._with_text = path.resolve(), state, with_text
        for target in (self._path, rejects_path(self._path)):
            self._mend(target)

    def add(self, found: Found, article: Article, events: tuple[Any, ...]) -> None:
        self._append(self._path, b"".join(record_line(event, with_text=self._with_text) for event in events), found)

    def reject(self, found: Found, rejection: Rejection) -> None:
        values = {
            "where": rejection.where,
            "id": rejection.id,
            "found": rejection.found,
            "expected": rejection.expected,
        }
        self._append(rejects_path(self._path), msgspec.json.encode(values) + b"\n", found)

    def commit(self) -> None:
        """Do nothing: all is written."""

    def _append(self, path: Path, data: bytes, found: Found) -> None:
        try:
            with path.open("ab") as file:
                self._state.begin_append(path, file.tell(), len(data), found.item)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(
                f"{path}: {error.strerror}, expected a place with room that this user may write."
            ) from error
        self._state.end_append(path, found.item)

    def _mend(self, path: Path) -> None:
        """Take back what a killed run wrote in part, or note that it was whole."""
        unfinished = self._state.unfinished_append(path)
        if unfinished is None:
            return
        start, length, item = unfinished
        size = path.stat().st_size if path.exists() else 0
        if size >= start + length:
            self._state.end_append(path, item)
        elif size > start:
            os.truncate(path, start)


def _sleep(until: float, stop: Stop) -> None:
    ends_at = min(until, time.time() + _LONGEST_SLEEP_S)
    while not stop.is_asked() and (left := ends_at - time.time()) > 0:
        time.sleep(min(left, _SHOWN_S))


def _tell(message: str) -> None:
    typer.echo(f"communique: {printable(message)}", err=True)
