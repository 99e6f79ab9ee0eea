"""No test of shards loads a model, in whatever process, and all records are of one day."""

from __future__ import annotations

import pytest

from communique.cli import coder
from tests.workers import maker


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coder, "make_coder", maker)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709769600")
