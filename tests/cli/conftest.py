"""No test of the command line loads a model: commands get a stub in place of the coder."""

from __future__ import annotations

import pytest

from communique.cli import coder
from tests.cli.stub import StubCoder


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coder, "make_coder", lambda model, **options: StubCoder())
