from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from communique.errors import InputError
from communique.pipeline import ExplainedCandidate, Explanation
from communique.records import Article, Coding, DateInterval, Entity, Event, Mention, Sentence
from communique.web.code_here import MAX_ARTICLES, MAX_TEXT, Bench

Serve = Callable[..., TestClient]
TEXT = "Kenyan police arrested ten protesters in Nairobi."


@dataclass
class Stub:
    """Codes any article in which police arrest somebody."""

    seen: list[Article]
    set_aside: str | None = None

    def explain(self, article: Article) -> Explanation:
        self.seen.append(article)
        if "too odd" in article.text:
            raise InputError("too odd")
        if "broken" in article.text:
            raise RuntimeError("an error of ours")
        found = re.search("arrested", article.text)
        if not found:
            return Explanation(article, ())
        mention = Mention(found.group(), *found.span())
        police = article.text.index("police")
        event = Event(
            f"{article.id}#1", article, Coding("COERCE", ("arrest",), confidence=0.9),
            (Entity("KEN", ("COP",), Mention("police", police, police + 6), reason="a word for police"),), (), (mention,),
            Sentence(0, 0, len(article.text)), when=DateInterval(date(2024, 3, 5), date(2024, 3, 5), "day"),
        )  # fmt: skip
        given = ("arrested", article.text, (), ())
        return Explanation(
            article,
            (
                ExplainedCandidate(*given, "coded as COERCE", "the lexicon", event),
                ExplainedCandidate("said", article.text, (), (), "dropped", "speech alone", None),
            ),
            self.set_aside,
        )


@pytest.fixture
def stub() -> Stub:
    return Stub([])


@pytest.fixture
def client(serve: Serve, stub: Stub) -> TestClient:
    return bench(serve(), stub)


def bench(client: TestClient, stub: Any) -> TestClient:
    client.app.state.bench = Bench(lambda: stub)  # type: ignore[attr-defined]
    return client


def paste(client: TestClient, **data: Any) -> Any:
    return client.post("/code", data=data, headers={"Accept": "text/html"})


def test_a_text_gives_its_records_and_what_was_dropped(client: TestClient, stub: Stub) -> None:
    found = client.post("/api/code", json={"text": TEXT, "date": "2024-03-07"}).json()
    (event,) = found["events"]
    assert (event["event"], event["event_text"], event["event_spans"]) == (["COERCE"], ["arrested"], [[14, 22]])
    assert event["reason"] == "the lexicon"
    assert found["dropped"] == [{"words": "said", "sentence": TEXT, "reason": "speech alone"}]
    assert stub.seen[0].date == date(2024, 3, 7)


def test_a_pasted_text_shows_the_words_of_its_events(client: TestClient) -> None:
    page = paste(client, text=TEXT, date="2024-03-07").text
    marks = dict(re.findall(r'<mark class="(\w+)" data-start="\d+"[^>]*>([^<]*)</mark>', page))
    assert marks == {"event": "arrested", "actor": "police"}
    assert "1 event" in page
    assert "speech alone" in page


def test_what_a_browser_makes_of_line_ends_moves_no_mark(client: TestClient) -> None:
    page = paste(client, text=f"🕊️ café\r\n\r\n{TEXT}").text
    assert ">arrested</mark>" in page


def test_a_hostile_text_shows_as_text(client: TestClient) -> None:
    bad = "</textarea><script>alert(1)</script>\u202e<img src=x onerror=alert(1)> "
    page = paste(client, text=bad + TEXT).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("</textarea>") == 1
    assert ">arrested</mark>" in page


def test_a_text_that_was_set_aside_has_no_event(client: TestClient, stub: Stub) -> None:
    stub.set_aside = "sport"
    found = client.post("/api/code", json={"text": TEXT}).json()
    assert (found["set_aside"], found["events"]) == ("sport", [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "x" * (MAX_TEXT + 1)}, 422),
        ({"text": TEXT, "date": "07/03/24"}, 422),
        ({"text": TEXT, "typo": 1}, 422),
        ({"text": "too odd"}, 422),
        ({"text": "broken"}, 422),
        ({"text": "x" * 5_000_000}, 413),
        ({}, 422),
    ],
)
def test_what_cannot_be_coded_is_refused_with_its_reason(client: TestClient, body: dict[str, Any], status: int) -> None:
    answer = client.post("/api/code", json=body)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"text": " "}, 422), ({"text": TEXT, "date": "07/03/24"}, 422), ({"text": "x" * (MAX_TEXT + 1)}, 413)],
)
def test_the_page_says_what_was_wrong_and_keeps_the_text(client: TestClient, data: dict[str, str], status: int) -> None:
    answer = paste(client, **data)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert data.get("text", "")[:100] in answer.text


def test_files_of_several_kinds_are_coded(client: TestClient) -> None:
    html = (
        f"<html><head><title>Arrests</title></head><body><article><p>{TEXT} {TEXT} {TEXT}</p></article></body></html>"
    )
    lines = f'{{"text": "{TEXT}", "id": "x"}}\n{{"text": 3}}\n'
    for name, data, n in (("a.txt", TEXT, [1]), ("A.HTML", html, [1]), ("b.jsonl", lines, [1, 0])):
        found = client.post("/api/code/file", files={"file": (name, data.encode())}, data={"date": "2024-03-07"}).json()
        assert [len(one["events"]) for one in found["articles"]] == n, (name, found)
    assert "upload.jsonl:2" in found["articles"][1]["rejected"]
    assert "/tmp" not in found["articles"][1]["rejected"]
    page = client.post("/code", files={"file": ("b.jsonl", lines.encode())}, headers={"Accept": "text/html"}).text
    assert "Not coded: upload.jsonl:2" in page


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("a.exe", b"MZ", 422),
        ("../../etc/passwd", b"root", 422),
        ("a.txt.gz", b"\x1f\x8b", 422),
        ("a.txt", b"word " * MAX_TEXT, 413),
        ("a.jsonl", b'{"text": "Police arrested him on Monday in the city."}\n' * (MAX_ARTICLES + 1), 413),
        ("a.txt", b"\xff\xfe\x00", 200),
        ("a.txt", b"", 200),
    ],
)
def test_a_file_is_limited_in_kind_and_size(client: TestClient, name: str, data: bytes, status: int) -> None:
    answer = client.post("/api/code/file", files={"file": (name, data)})
    assert answer.status_code == status, answer.text
    page = client.post("/code", files={"file": (name, data)}, headers={"Accept": "text/html"})
    assert page.status_code in (status, 422)


def test_read_only_still_codes_since_nothing_is_stored(serve: Serve, stub: Stub) -> None:
    client = bench(serve(read_only=True), stub)
    assert client.post("/api/code", json={"text": TEXT}).status_code == 200
    assert client.post("/api/code/file", files={"file": ("a.txt", TEXT.encode())}).status_code == 200
    assert paste(client, text=TEXT).status_code == 200
    assert client.post("/api/code", json={"text": TEXT}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_the_coder_is_loaded_once_and_others_wait_only_so_long(serve: Serve, stub: Stub) -> None:
    client = serve(timeout_s=0.05)
    made: list[int] = []

    def make() -> Stub:
        made.append(1)
        return stub

    held = Bench(make)
    client.app.state.bench = held  # type: ignore[attr-defined]
    for _ in range(3):
        assert client.post("/api/code", json={"text": TEXT}).status_code == 200
    assert made == [1]
    with held._lock:
        answer = client.post("/api/code", json={"text": TEXT})
    assert (answer.status_code, "Try again" in answer.text) == (503, True)
