"""The flat copy is kept beside the store, made anew when the store grows, and never half made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from communique.store import Store
from communique.web import flat
from communique.web.corpus import Snapshot
from tests.store.made import FIRST, article, record
from tests.web.conftest import Serve


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where copies were made."""
    folders: list[Path] = []
    make = flat._make

    def noted(store: Store, folder: Path) -> None:
        folders.append(folder)
        make(store, folder)

    monkeypatch.setattr(flat, "_make", noted)
    return folders


def look(path: Path) -> list[str]:
    """Open the store as the app does, and see its events."""
    snapshot = Snapshot(path, 20.0)
    rows = snapshot.shown("true", {}, "rowid", 10)
    snapshot.close()
    return [row["id"] for row in rows]


def copies(path: Path) -> list[str]:
    return sorted(entry.name for entry in Path(f"{path}.d", "flat").iterdir() if entry.is_dir())


def test_a_second_start_takes_the_copy_of_the_first(make_store: Callable[..., Path], made: list[Path]) -> None:
    path = make_store()
    assert look(path) == look(path) == ["a1#1", "a2#1", "a2#2", "a3#1"]
    assert len(made) == 1


def test_a_store_that_has_grown_gets_a_new_copy_and_the_old_one_goes(
    make_store: Callable[..., Path], made: list[Path]
) -> None:
    path = make_store()
    before = Snapshot(path, 20.0)
    (old,) = copies(path)
    with Store.open(path) as store:
        store.add([(article(4), [record(4)])], FIRST, with_text=True)
    assert look(path)[-1] == "a4#1"
    assert len(made) == 2
    assert len(copies(path)) == 1
    assert copies(path) != [old]
    assert len(before.shown("true", {}, "rowid", 10)) == 4, "who has the old one open goes on"
    before.close()


def test_of_many_who_start_at_once_one_makes_the_copy(make_store: Callable[..., Path], made: list[Path]) -> None:
    path = make_store()
    seen: list[list[str]] = []
    threads = [threading.Thread(target=lambda: seen.append(look(path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [["a1#1", "a2#1", "a2#2", "a3#1"]] * 6
    assert len(made) == 1


def test_what_a_killed_maker_left_and_a_damaged_copy_are_replaced(
    make_store: Callable[..., Path], made: list[Path]
) -> None:
    path = make_store()
    look(path)
    (name,) = copies(path)
    Path(f"{path}.d", "flat", "tmp-of-a-killed-one").mkdir()
    Path(f"{path}.d", "flat", name, "events.duckdb").write_bytes(b"half a file")
    assert len(look(path)) == 4
    assert len(made) == 2
    assert copies(path) == [name]


def test_where_nothing_can_be_written_the_copy_is_temporary(
    make_store: Callable[..., Path], made: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_store()

    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(flat, "_locked", refuse)
        assert len(look(path)) == 4
    assert not made[0].exists()
    assert copies(path) == []


def test_a_copy_that_cannot_be_finished_leaves_nothing(
    make_store: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_store()

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(flat, "_make_shown", fail)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        look(path)
    assert copies(path) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("arrested", ["a1#1", "a2#1", "a2#2", "a3#1"]),
        ("ARRESTED Nairobi", ["a1#1", "a2#1", "a2#2", "a3#1"]),
        ("prot*", ["a1#1", "a2#1", "a2#2", "a3#1"]),
        ("prot", []),
        ("arrested helicopters", []),
        ('"; DROP TABLE words; --', []),
        ("½ ?", []),
    ],
)
def test_words_of_the_articles_are_found(client: TestClient, words: str, expected: list[str]) -> None:
    answer = client.get("/api/events", params={"text": words, "sort": "date"})
    assert sorted(event["id"] for event in answer.json()["events"]) == expected


def test_words_meet_other_filters_and_the_pictures(client: TestClient) -> None:
    assert client.get("/api/events?text=police&type=CONSULT").json()["total"] == 1
    assert client.get("/api/heat?text=police&type=CONSULT").json()["total"] == 1
    assert client.get("/api/review/queue?text=nowhere").json()["total"] == 0


def test_a_store_without_texts_says_so(serve: Serve) -> None:
    client = serve(with_text=False)
    assert 'name="text"' not in client.get("/events").text
    answer = client.get("/api/events?text=police")
    assert (answer.status_code, "keeps no texts" in answer.json()["detail"]) == (422, True)
