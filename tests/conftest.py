"""What tests of the whole coder share: loading it takes a second or two."""

from __future__ import annotations

import pytest

from communique import Coder


@pytest.fixture(scope="session")
def coder() -> Coder:
    return Coder()
