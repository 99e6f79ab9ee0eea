"""What became of a call on Dask, when a worker dies while its result is asked for."""

from __future__ import annotations

from concurrent.futures import CancelledError

import pytest

from communique.errors import WorkerError
from communique.records import Rejection
from communique.scale.engines import Call, Dask
from communique.scale.shards import ShardDone

distributed = pytest.importorskip("distributed", reason="needs communique[dask]")
DONE = ShardDone("a.jsonl", 10, 1, 1, 0, 0.1)


class Future:
    """Says that it is finished, and then cannot give what it has."""

    status = "finished"

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def result(self) -> ShardDone:
        if self._error:
            raise self._error
        return DONE


def outcome(error: Exception | None, call: Call) -> ShardDone | Rejection | None:
    return Dask(None, 1)._result(Future(error), call)


def new_call() -> Call:
    return Call("a", lambda: DONE, ())


def test_a_result_that_died_with_its_worker_is_made_again_carefully() -> None:
    call = new_call()
    assert outcome(distributed.KilledWorker("a", "tcp://w", 1), call) is None
    assert call.is_careful
    assert outcome(None, call) == DONE


def test_a_storage_that_fails_three_times_names_the_shard() -> None:
    call = new_call()
    assert [outcome(OSError("no answer"), call) for _ in range(2)] == [None, None]
    assert isinstance(outcome(OSError("no answer"), call), Rejection)


def test_a_scheduler_that_goes_away_ends_the_run() -> None:
    with pytest.raises(WorkerError, match="the same command goes on"):
        outcome(CancelledError(), new_call())
