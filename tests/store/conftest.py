from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "corpus.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, create=True) as store:
        yield store
