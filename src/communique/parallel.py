"""Coding on all cores of one machine: worker processes that each load the coder once.

The driver reads, hands out batches and puts results back in order; workers only code. Each worker has a pipe of its own,
so that one that is killed takes no lock with it. What is in flight is bounded, however slow a single article is.

A worker that dies, or takes longer than the limit, is replaced, and the articles it had are coded again one at a time.
An article with which workers die twice while it is alone in their hands, or that alone takes longer than the limit, is
rejected. Any other article comes out exactly as it does in one process.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Protocol

from communique.errors import CommuniqueError, WorkerError
from communique.processes import die_with, one_thread_each
from communique.records import Article, Rejection

if TYPE_CHECKING:
    from communique.pipeline import CodedArticle

BATCH_ARTICLES = 16
BATCH_CHARACTERS = 100_000  # a batch of long articles is smaller
LIMIT_S = 120.0
_WINDOW = 8  # batches a worker that may be in flight or waiting for an earlier one
_DEATHS_ALONE = 2
_START_FAILURES = 3
_log = logging.getLogger(__name__)


class DocumentCoder(Protocol):
    """What codes articles: one result each, in order."""

    def code_documents(self, articles: Iterable[Article]) -> Iterator[CodedArticle | Rejection]:
        """Code."""


@dataclass(slots=True)
class _Task:
    """Articles that a worker gets at once, and the number of the first one."""

    first: int
    articles: list[Article]
    deaths: int = 0  # of workers that had nothing else in their hands


@dataclass(slots=True)
class _Worker:
    process: Any
    pipe: Connection
    ready: bool = False
    task: _Task | None = None
    deadline: float | None = None


@dataclass(slots=True)
class ParallelCoder:
    """Codes articles in worker processes. They start with the first article, and end with the last or an error.

    Args:
        make_coder: Makes a worker's coder; must be picklable, as functions at the top of a module are.
        n_workers: How many processes.
        limit_s: Seconds that one article may take; `None` sets no limit.
        stopping: Asked before articles are handed out: once it says yes, those in the workers' hands are the last.
    """

    make_coder: Callable[[], DocumentCoder]
    n_workers: int
    limit_s: float | None = LIMIT_S
    stopping: Callable[[], bool] = lambda: False
    _workers: list[_Worker] = field(default_factory=list)
    _ahead: deque[_Task] = field(default_factory=deque)  # read, so that no worker waits for the reader
    _retries: deque[_Task] = field(default_factory=deque)
    _start_failures: int = 0
    _due: int | None = None  # number of the article whose result comes next; None if any may

    def code_documents(self, articles: Iterable[Article]) -> Generator[CodedArticle | Rejection]:
        """One result an article, in the order of the articles."""
        waiting: dict[int, CodedArticle | Rejection] = {}
        self._due = 0
        for number, result in self._results(articles):
            waiting[number] = result
            while self._due in waiting:
                yield waiting.pop(self._due)
                self._due += 1

    def code_unordered(self, articles: Iterable[Article]) -> Generator[tuple[int, CodedArticle | Rejection]]:
        """One result an article as soon as it is there, with the article's number from 0."""
        self._due = None
        return self._results(articles)

    def _results(self, articles: Iterable[Article]) -> Generator[tuple[int, CodedArticle | Rejection]]:
        tasks = _batches(articles)
        exhausted = False
        try:
            while True:
                self._hand_out()
                n_open = sum(worker.task is not None for worker in self._workers) + len(self._retries)
                stopping = self.stopping()
                if not n_open and (stopping or (exhausted and not self._ahead)):
                    return
                while len(self._workers) < min(self.n_workers, n_open + len(self._ahead)):
                    self._workers.append(self._start())
                read_ahead = not exhausted and not stopping and len(self._ahead) < self.n_workers
                yield from self._collect(0 if read_ahead else None)
                if read_ahead:
                    task = next(tasks, None)
                    exhausted = task is None
                    if task:
                        self._ahead.append(task)
        finally:
            for worker in self._workers:
                _end_process(worker)  # it has nothing to lose
            self._workers, self._ahead, self._retries = [], deque(), deque()

    def _hand_out(self) -> None:
        """Give every free worker articles: first those that another one died with."""
        last = None if self._due is None else self._due + self.n_workers * _WINDOW * BATCH_ARTICLES
        for worker in self._workers:
            if worker.task or not worker.ready:
                continue
            if self._retries:
                task = self._retries.popleft()
            elif self._ahead and not self.stopping() and (last is None or self._ahead[0].first < last):
                task = self._ahead.popleft()
            else:
                continue
            worker.task = task
            worker.deadline = time.monotonic() + self.limit_s if self.limit_s is not None else None
            with suppress(OSError):  # it just died: seen when its results are waited for
                worker.pipe.send(task.articles)

    def _collect(self, timeout_s: float | None) -> Generator[tuple[int, CodedArticle | Rejection]]:
        """Wait for messages of workers, their deaths and their time limits."""
        deadlines = [worker.deadline for worker in self._workers if worker.deadline is not None]
        if timeout_s is None and deadlines:
            timeout_s = max(0.0, min(deadlines) - time.monotonic())
        said = set(wait([worker.pipe for worker in self._workers], timeout_s))
        for number, worker in enumerate(self._workers):
            if worker.pipe in said:
                try:
                    message = worker.pipe.recv()
                except (EOFError, OSError):
                    self._workers[number] = self._replace(worker)
                    yield from self._recover(worker)
                    continue
                yield from self._take(worker, message)
            elif worker.task and worker.deadline is not None and time.monotonic() > worker.deadline:
                self._workers[number] = self._replace(worker)
                yield from self._overrun(worker.task)

    def _take(self, worker: _Worker, message: Any) -> Generator[tuple[int, CodedArticle | Rejection]]:
        if isinstance(message, CommuniqueError):
            raise message
        if message is None:  # the coder is loaded
            worker.ready, self._start_failures = True, 0
            return
        task, worker.task, worker.deadline = worker.task, None, None
        if task:
            self._hand_out()  # the worker goes on while these results are made use of
            yield from enumerate(message, task.first)

    def _recover(self, worker: _Worker) -> Generator[tuple[int, CodedArticle | Rejection]]:
        """See to the articles of a worker that died."""
        task = worker.task
        if task is None:
            return
        _log.warning("worker %s died with %d articles in its hands", worker.process.pid, len(task.articles))
        if len(task.articles) > 1:
            self._retries.extend(_Task(task.first + i, [article]) for i, article in enumerate(task.articles))
        elif task.deaths + 1 < _DEATHS_ALONE:
            self._retries.appendleft(_Task(task.first, task.articles, task.deaths + 1))
        else:
            (article,) = task.articles
            found = f"an article with which workers died {_DEATHS_ALONE + 1} times"
            yield task.first, Rejection(article.id, found, "no death: please report this article", article.id)

    def _overrun(self, task: _Task) -> Generator[tuple[int, CodedArticle | Rejection]]:
        """See to the articles of a worker that took too long and was killed."""
        if len(task.articles) > 1:
            self._retries.extend(_Task(task.first + i, [article]) for i, article in enumerate(task.articles))
            return
        (article,) = task.articles
        found = f"an article that was not coded in {self.limit_s:g} s"
        yield task.first, Rejection(article.id, found, "a shorter text, or a longer --time-limit", article.id)

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self.make_coder, os.getpid()), daemon=True)
        with _signals_held(), one_thread_each():
            process.start()
        theirs.close()  # or the pipe would stay open when the worker dies
        return _Worker(process, ours)

    def _replace(self, worker: _Worker) -> _Worker:
        _end_process(worker)
        if not worker.ready:
            self._start_failures += 1
            if self._start_failures >= _START_FAILURES:
                raise WorkerError(
                    f"{_START_FAILURES} workers died before they had loaded the coder (exit code "
                    f"{worker.process.exitcode}; -9 often means too little memory). Try fewer --workers."
                )
        return self._start()


def _end_process(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


def _batches(articles: Iterable[Article]) -> Iterator[_Task]:
    first, batch, size = 0, list[Article](), 0
    for article in articles:
        if batch and (len(batch) == BATCH_ARTICLES or size + len(article.text) > BATCH_CHARACTERS):
            yield _Task(first, batch)
            first, batch, size = first + len(batch), [], 0
        batch.append(article)
        size += len(article.text)
    if batch:
        yield _Task(first, batch)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Keep Ctrl-C and SIGTERM from a process that is started here: the driver alone decides what they mean."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # else it would start below, and let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, make_coder: Callable[[], DocumentCoder], driver: int) -> None:
    """What a worker does until the driver closes the pipe or dies."""
    die_with(driver)
    try:
        try:
            coder = make_coder()
        except CommuniqueError as error:
            pipe.send(error)
            return
        pipe.send(None)
        while True:
            pipe.send(list(coder.code_documents(pipe.recv())))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
