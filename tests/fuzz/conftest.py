"""How long to fuzz: `COMMUNIQUE_FUZZ=5000 pytest tests/fuzz` tries so many examples a test, at random; CI a few, always the same."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_N_EXAMPLES = int(os.environ.get("COMMUNIQUE_FUZZ", "0"))
_ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
FUZZ = settings(
    max_examples=_N_EXAMPLES or 25,
    deadline=None,
    derandomize=not _N_EXAMPLES,
    suppress_health_check=_ALLOWED,
)
