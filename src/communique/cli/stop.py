"""Ctrl-C and SIGTERM: the first one ends a run when the articles in hand are done, the second one at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, TypeVar

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_MESSAGE = b"\ncommunique: stopping when the articles in hand are done. Press Ctrl-C again to stop at once.\n"
Item = TypeVar("Item")


class _Awake(BaseException):
    """Ends the wait for more input."""


class Stop:
    """Listens to signals while its block runs; does nothing outside of the main thread."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._waiting = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._heard) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def is_asked(self) -> bool:
        """Whether the run is to end."""
        return self.signal is not None

    def until_asked(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items, until the run is to end: also if the next one lets wait, as of a pipe."""
        with suppress(_Awake):
            while not self.is_asked():
                with self._wait():
                    item = next(items, None)
                if item is None:
                    return
                yield item

    @contextmanager
    def _wait(self) -> Iterator[None]:
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number
        with suppress(OSError):
            os.write(2, _MESSAGE)
        if self._waiting:
            raise _Awake
