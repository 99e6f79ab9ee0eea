"""What worker processes of every engine have in common: they compute in one thread, and end with the driver."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def n_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pin_threads() -> None:
    """Have this process, and those that it starts, compute in one thread each."""
    os.environ.update(dict.fromkeys(_THREADS, "1"))


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Have a process that is started here compute in one thread: several workers would only be in each other's way."""
    before = {name: os.environ.get(name) for name in _THREADS}
    pin_threads()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def die_with(driver: int) -> None:
    """End this process when the driver ends, also while an article takes for ever."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != driver:  # it has died already
        os._exit(1)

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
