"""What a worker process does with a shard, on any engine: the coder is loaded once, and an endless article ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from communique.errors import WorkerError
from communique.parallel import DocumentCoder, ParallelCoder
from communique.processes import die_with, pin_threads
from communique.records import Article, Rejection
from communique.scale.shards import Shard, ShardDone, ShardJob, code_shard, drop_repeated
from communique.version import coder_version

if TYPE_CHECKING:
    from communique.pipeline import CodedArticle

_OVERRUN = 70  # exit code of a worker with an article that takes too long
_lock = threading.Lock()  # a worker with several threads codes one shard at a time
_loaded: tuple[str, DocumentCoder] | None = None


def code_in_worker(shard: Shard, job: ShardJob, careful: bool = False) -> ShardDone:
    """Code a shard in this process.

    Args:
        shard: What to code.
        job: How.
        careful: Code in a process below this one, article by article where it dies: for a shard with which workers died.

    Raises:
        WorkerError: This worker has another version of the coder.
    """
    with _lock:
        if coder_version() != job.coder:
            raise WorkerError(f"a worker has {coder_version()}, the driver {job.coder}. Install the same on both.")
        if careful:
            multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # Dask's may have no children, else
            return code_shard(shard, job, ParallelCoder(job.make_coder, 1, job.limit_s))
        return code_shard(shard, job, _Watched(_coder(job), job.limit_s))


def drop_in_worker(shard: Shard, job: ShardJob, done: ShardDone, repeated: frozenset[bytes]) -> ShardDone:
    """`drop_repeated`, as engines call it."""
    return drop_repeated(shard, job, done, repeated)


def begin_worker(driver: int) -> None:
    """Prepare a process of the local engine: it ends with the driver, which alone hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(driver)


def _coder(job: ShardJob) -> DocumentCoder:
    """The coder, loaded with the first shard of a job."""
    global _loaded
    if _loaded is None or _loaded[0] != job.told:
        _loaded = None  # no room for two
        pin_threads()
        _loaded = job.told, job.make_coder()
    return _loaded[1]


@dataclass(slots=True)
class _Watched:
    """A coder whose process ends when it is at one batch for too long: the engine then codes the shard carefully."""

    coder: DocumentCoder
    limit_s: float | None

    def code_documents(self, articles: Iterable[Article]) -> Iterator[CodedArticle | Rejection]:
        """Code."""
        if self.limit_s is None:
            yield from self.coder.code_documents(articles)
            return
        deadline = [0.0]  # 0: not at work
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(deadline, ended), daemon=True)
        watch.start()
        try:
            results = self.coder.code_documents(articles)
            while True:
                deadline[0] = time.monotonic() + self.limit_s
                result = next(results, None)
                deadline[0] = 0.0
                if result is None:
                    return
                yield result
        finally:
            ended.set()


def _watch(deadline: list[float], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        if deadline[0] and time.monotonic() > deadline[0]:
            os._exit(_OVERRUN)
