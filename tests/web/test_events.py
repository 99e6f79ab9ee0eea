from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient


def ids(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/api/events?{query}")
    assert answer.status_code == 200, answer.text
    return [event["id"] for event in answer.json()["events"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["a2#2", "a1#1", "a2#1", "a3#1"]),
        ("type=CONSULT", ["a2#2"]),
        ("type=CONSULT&type=ASSAULT", ["a2#2", "a3#1"]),
        ("quad=4", ["a1#1", "a2#1", "a3#1"]),
        ("mode=arrest&context=human_rights", ["a1#1", "a2#1"]),
        ("aux=happened", ["a2#2", "a1#1", "a2#1"]),
        ("aux=negation", ["a3#1"]),
        ("aux=negation&aux=happened&type=ASSAULT", ["a3#1"]),
        ("actor=UGA", ["a2#2"]),
        ("actor=KEN%2C+UGA", ["a2#2", "a1#1", "a2#1", "a3#1"]),
        ("recipient=UGA", ["a3#1"]),
        ("actor_sector=GOV", ["a2#2"]),
        ("recipient_sector=CVL", ["a1#1", "a2#1"]),
        ("since=2024-04-10", ["a2#2"]),
        ("since=2024-04-11", []),  # an event counts on its first day
        ("until=2024-03-31", ["a1#1", "a2#1"]),
        ("country=KEN", ["a1#1", "a2#1", "a3#1"]),
        ("place=Nairobi&type=ASSAULT", ["a3#1"]),
        ("source=Weekly+%26+Co", ["a3#1"]),
        ("min_confidence=0.5&max_confidence=0.6", ["a2#2"]),
        ("q=ARRESTED+students&document=a2", ["a2#1"]),
        ("q=%25", []),  # no wildcard
        ("dyad=KEN%3EUGA&type=CONSULT", ["a2#2"]),  # who meets, meets both ways
        ("dyad=UGA%3EKEN", ["a2#2"]),
        ("link=a2%231", ["a2#1", "a2#2"]),
        ("since=&until=&q=&type=&document=a3", ["a3#1"]),  # as a form sends its empty fields
    ],
)
def test_a_filter_leaves_the_events_that_meet_it(client: TestClient, query: str, expected: list[str]) -> None:
    assert sorted(ids(client, query)) == sorted(expected)
    html = client.get(f"/events?{query}").text
    assert f"<strong>{len(expected)}</strong> event" in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["a2#2", "a1#1", "a2#1", "a3#1"]),  # undated ones come last
        ("sort=confidence&order=asc", ["a3#1", "a2#2", "a1#1", "a2#1"]),
        ("sort=event", ["a2#2", "a1#1", "a2#1", "a3#1"]),
        ("size=2&page=2", ["a2#1", "a3#1"]),
        ("size=3&page=3", []),
    ],
)
def test_pages_come_in_the_order_asked_for(client: TestClient, query: str, expected: list[str]) -> None:
    found = ids(client, query)
    if "sort=event" in query:
        found, expected = found[:1], ["a2#2"]
    assert found == expected


def test_a_page_is_there_as_csv(client: TestClient) -> None:
    answer = client.get("/events.csv?type=CONSULT")
    assert answer.headers["content-type"].startswith("text/csv")
    head, row = answer.text.splitlines()
    assert head.startswith("id,document_id,date,enddate,event")
    assert row.startswith("a2#2,a2,2024-04-10,2024-04-11,CONSULT,meet,diplomatic")


@pytest.mark.parametrize("query", ["typo=1", "quad=7", "since=yesterday", "page=0", "size=99999", "min_confidence=2"])
def test_an_unknown_filter_is_refused_not_ignored(client: TestClient, query: str) -> None:
    assert client.get(f"/api/events?{query}").status_code == 422
    page = client.get(f"/events?{query}", headers={"Accept": "text/html"})
    assert page.status_code == 422
    assert query.split("=")[0] in page.text


def test_the_api_page_tells_of_every_operation_and_its_calls_work(client: TestClient) -> None:
    html = client.get("/api").text
    paths = client.get("/api/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method in methods:
            assert f'id="{method}{path.replace("/", "-")}"' in html
    calls = re.findall(r'<p><a href="([^"]+)">Try it', html)
    assert len(calls) == sum("get" in methods for methods in paths.values())
    for call in calls:
        assert client.get(unescape(call)).status_code == 200, call
    assert "<code>communique code</code>" in html
