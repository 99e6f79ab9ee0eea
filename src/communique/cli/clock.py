"""How fast a run is, and how long it will take."""

from __future__ import annotations

import time
from datetime import timedelta

_LEAST_S = 2.0  # before that, a rate says nothing


class Clock:
    """Counts from when it is made; `n_before` items were done by then. Set `share` to the share of the input that is done."""

    def __init__(self, n_before: int = 0) -> None:
        self._n_before, self._started = n_before, time.monotonic()
        self._share_before: float | None = None
        self.share: float | None = None

    def pace(self, n_done: int) -> str:
        """Rate and remaining time, to be put behind the counts; empty as long as there is none."""
        elapsed_s = time.monotonic() - self._started
        if self._share_before is None:
            self._share_before = self.share
        if elapsed_s < _LEAST_S or n_done <= self._n_before:
            return ""
        pace = f", {(n_done - self._n_before) / elapsed_s:.1f} a second"
        if self.share is None or self._share_before is None or self.share <= self._share_before:
            return pace
        left_s = elapsed_s * (1 - self.share) / (self.share - self._share_before)
        return f"{pace}, {self.share:.0%}, {timedelta(seconds=round(left_s))} left"
