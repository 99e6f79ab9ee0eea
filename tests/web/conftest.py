"""A small store served to a test client. `with_text` keeps the articles' texts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from communique.store import Store
from communique.web import Settings, create_app
from tests.store.made import FIRST, article, entity, record

logging.getLogger("httpx").setLevel(logging.WARNING)

Serve = Callable[..., TestClient]


def coded() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Three articles with four events: two arrests, talks, a denied attack."""
    yield article(1), [record(1)]
    yield (
        article(2),
        [
            record(2),
            record(
                2, 2, event=["CONSULT"], mode=["meet"], context=["diplomatic"], quad_code=1, event_scale=3.0,
                date="2024-04-10", enddate="2024-04-11", confidence=0.55, event_loc=None, link="a2#1",
                actor=[entity("KEN", "Kenyan police", 0, sector=["GOV"]), entity("UGA", "Nairobi", 41, sector=["GOV"])],
                recipient=[],
            ),
        ],
    )  # fmt: skip
    yield (
        article(3),
        [
            record(
                3, event=["ASSAULT"], mode=[], auxiliary_mode=["negation"], quad_code=4, event_scale=-9.0, confidence=0.3,
                date=None, enddate=None, date_resolution=None, recipient=[entity("UGA", "protesters", 27, sector=["REB"])],
                cite_info={"title": None, "url": None, "publication": "Weekly & Co", "language": None},
            )
        ],
    )  # fmt: skip


@pytest.fixture
def make_store(tmp_path: Path) -> Callable[..., Path]:
    def make(articles: Any = None, *, with_text: bool = True, name: str = "corpus") -> Path:
        path = tmp_path / f"{name}.duckdb"
        with Store.open(path, create=True) as store:
            store.add(coded() if articles is None else articles, FIRST, with_text=with_text)
        return path

    return make


@pytest.fixture
def serve(make_store: Callable[..., Path]) -> Iterator[Serve]:
    """Serve a store to a client: `serve(articles, with_text=True, **settings)`."""
    clients: list[TestClient] = []

    def start(articles: Any = None, *, with_text: bool = True, **settings: Any) -> TestClient:
        path = make_store(articles, with_text=with_text, name=f"corpus-{len(clients)}")
        app = create_app(Settings(path, **({"user": "ada"} | settings)))
        client = TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False)
        client.__enter__()
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The small store, for tests that change nothing."""
    path = tmp_path_factory.mktemp("web") / "corpus.duckdb"
    with Store.open(path, create=True) as store:
        store.add(coded(), FIRST, with_text=True)
    with TestClient(
        create_app(Settings(path, user="ada")), base_url="http://127.0.0.1:8765", follow_redirects=False
    ) as client:
        yield client
