"""Who calls the shard function: this process, worker processes of this machine, or Dask workers anywhere.

An engine takes calls and gives back, as they end, their results or the reason that there is none. It knows nothing of
shards; that a call may be made twice is the shard function's business.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from communique.errors import CommuniqueError, InputError, OutputError, WorkerError
from communique.processes import n_cores, one_thread_each, pin_threads
from communique.records import Rejection
from communique.scale.shards import ShardDone
from communique.scale.worker import begin_worker

_TRIES = 3  # of a call that fails, say because a storage does not answer
_DEATHS = 2  # of local workers, before a call is made carefully
_DEATHS_IN_ALL = 6
_PER_WORKER = 3  # calls that a Dask worker has before it, so that it never waits
_LEAST_AHEAD = 32  # so that a cluster that grows with its work sees some
_START_S = 600.0
_SETTINGS = {"distributed.scheduler.allowed-failures": 1}  # deaths of workers with a call, until it is made carefully
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Call:
    """A call of the shard function.

    Attributes:
        name: Of the shard.
        function: At the top of a module.
        arguments: Picklable.
        careful: What is added to them once workers died with it; nothing if it is made again as it was.
    """

    name: str
    function: Callable[..., ShardDone]
    arguments: tuple[Any, ...]
    careful: tuple[Any, ...] = ()
    n_deaths: int = 0
    n_failures: int = 0
    is_careful: bool = False

    def all_arguments(self) -> tuple[Any, ...]:
        """What to call the function with."""
        return self.arguments + (self.careful if self.is_careful else ())


Outcome = tuple[Call, ShardDone | Rejection]


class Engine(Protocol):
    """Makes calls."""

    def __enter__(self) -> Engine:
        """Start workers."""

    def __exit__(self, *error: object) -> None:
        """End those that were started."""

    def run(self, calls: Sequence[Call]) -> Iterator[Outcome]:
        """Make all calls, in any order."""


class InProcess:
    """Makes one call after the other in this process."""

    def __enter__(self) -> InProcess:
        pin_threads()
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing."""

    def run(self, calls: Sequence[Call]) -> Iterator[Outcome]:
        """Make all calls in order."""
        for call in calls:
            result: ShardDone | Rejection | None = None
            while result is None:
                try:
                    result = call.function(*call.all_arguments())
                except (OSError, RuntimeError) as error:
                    result = _failed(call, error)
            yield call, result


class LocalProcesses:
    """Makes calls in worker processes of this machine.

    Args:
        n_workers: How many.
    """

    def __init__(self, n_workers: int) -> None:
        self._n_workers = n_workers

    def __enter__(self) -> LocalProcesses:
        self._pool = self._start()
        return self

    def __exit__(self, *error: object) -> None:
        _kill(self._pool)

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._n_workers, context, begin_worker, (os.getpid(),))

    def run(self, calls: Sequence[Call]) -> Iterator[Outcome]:
        """Make all calls. When a worker dies, those under way are made again."""
        left = deque(calls)
        while left:
            under_way: dict[Future[ShardDone], Call] = {}
            try:
                while left or under_way:
                    with one_thread_each():
                        while left and len(under_way) < self._n_workers:
                            call = left[0]
                            future = self._pool.submit(call.function, *call.all_arguments())
                            under_way[future] = left.popleft()
                    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                        error = future.exception()
                        if isinstance(error, BrokenProcessPool):
                            raise error
                        call = under_way.pop(future)
                        if error is None:
                            yield call, future.result()
                        elif (result := _failed(call, error)) is not None:
                            yield call, result
                        else:
                            left.append(call)
            except BrokenProcessPool:
                _log.warning("a worker died with one of: %s", ", ".join(call.name for call in under_way.values()))
                _kill(self._pool)
                self._pool = self._start()
                for call in under_way.values():
                    if (rejection := _died(call, 1)) is not None:
                        yield call, rejection
                    else:
                        left.appendleft(call)


class Dask:
    """Makes calls on a Dask cluster.

    Args:
        address: Of its scheduler, or a file that `dask scheduler --scheduler-file` wrote; without one, a cluster is made
            on this machine.
        n_workers: How many workers that has.
    """

    def __init__(self, address: str | None, n_workers: int | None) -> None:
        self._address, self._n_workers = address, n_workers or n_cores()

    def __enter__(self) -> Dask:
        distributed = _distributed()
        with ExitStack() as opened:
            if self._address is None:
                pin_threads()
                opened.enter_context(importlib.import_module("dask").config.set(_SETTINGS))
                cluster = distributed.LocalCluster(
                    n_workers=self._n_workers,
                    threads_per_worker=1,
                    memory_limit=0,
                    dashboard_address=None,
                    silence_logs=logging.ERROR,
                )
                opened.enter_context(cluster)
                self._client = opened.enter_context(distributed.Client(cluster))
            else:
                try:
                    told: dict[str, str] = {"scheduler_file": self._address}
                    told = told if self._address.endswith(".json") else {"address": self._address}
                    self._client = opened.enter_context(distributed.Client(**told, timeout=30))
                    self._client.wait_for_workers(1, timeout=_START_S)
                except (OSError, ValueError) as error:
                    message = " ".join(str(error).split()) or type(error).__name__
                    raise WorkerError(f"no Dask workers at {self._address}: {message}") from error
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of workers that end in the middle of a call
        self._opened.close()

    def run(self, calls: Sequence[Call]) -> Iterator[Outcome]:
        """Make all calls. Dask makes those of a worker that dies again, on another one."""
        left, under_way = deque(calls), dict[str, Call]()
        completed = _distributed().as_completed()
        while left or under_way:
            ahead = max(_LEAST_AHEAD, _PER_WORKER * sum(self._client.nthreads().values()))
            while left and len(under_way) < ahead:
                self._submit(left.popleft(), under_way, completed)
            future = next(completed)
            call = under_way.pop(future.key)
            result = self._result(future, call)
            if result is None:
                left.appendleft(call)
            else:
                yield call, result

    def _submit(self, call: Call, under_way: dict[str, Call], completed: Any) -> None:
        key = f"{call.function.__name__}-{call.name}-{call.n_deaths}-{call.n_failures}"
        future = self._client.submit(call.function, *call.all_arguments(), key=key, pure=False)
        under_way[future.key] = call
        completed.add(future)

    def _result(self, future: Any, call: Call) -> ShardDone | Rejection | None:
        """The result of a call that ended; `None` if it is to be made again.

        A worker may die with a result in its hands: then the call is made again while its result is asked for.
        """
        try:
            result: ShardDone = future.result()
            return result
        except CancelledError as error:
            raise WorkerError(
                "the Dask scheduler went away. What is done is kept: the same command goes on."
            ) from error
        except _distributed().KilledWorker:
            _log.warning("workers died with %s: it is coded article by article", call.name)
            return _died(call, _DEATHS)
        except Exception as error:
            return _failed(call, error)


def _distributed() -> Any:
    """Dask, imported where it is used; untyped in parts."""
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise InputError("--engine dask needs Dask: pip install 'communique[dask]'") from error


def _died(call: Call, n_deaths: int) -> Rejection | None:
    """Note that workers died with a call; says so if that was once too often."""
    call.n_deaths += n_deaths
    call.is_careful = call.n_deaths >= _DEATHS
    if call.n_deaths < _DEATHS_IN_ALL:
        return None
    found = "a shard with which workers died again and again"
    return Rejection(call.name, found, "no deaths: too little memory for a worker?")


def _failed(call: Call, error: BaseException) -> Rejection | None:
    """Note that a call failed; says so if that was once too often.

    Raises:
        CommuniqueError: It would fail with any shard.
    """
    if isinstance(error, CommuniqueError) and not isinstance(error, OutputError):
        raise error
    call.n_failures += 1
    _log.warning("%s failed (%s: %s)", call.name, type(error).__name__, error)
    if call.n_failures < _TRIES:
        return None
    if isinstance(error, OutputError):
        raise error
    return Rejection(call.name, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}", "no error")


def _kill(pool: ProcessPoolExecutor) -> None:
    """End a pool at once: its workers have nothing to lose."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    for process in processes:
        process.join()
