"""What becomes of judgements when an article is coded anew."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from communique.store import Store
from tests.store.made import SECOND, article, entity, record
from tests.web.conftest import Serve
from tests.web.test_review import add, close, gold, queue, say

OTHER = {"event": ["REQUEST"], "mode": [], "event_spans": [[27, 37]], "event_text": ["protesters"]}


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve([(article(1), [record(1)])])


def code_anew(client: TestClient, *records: dict[str, Any], text: str = "") -> None:
    """Another coder reads the article, maybe as it was published anew."""
    corpus = client.app.state.corpus  # type: ignore[attr-defined]
    with Store.open(corpus.path) as store:
        store.add([(article(1, text) if text else article(1), records)], SECOND, with_text=True)
    corpus.refresh()


def review(client: TestClient, record_id: str, name: str = "ada") -> dict[str, Any] | None:
    """What a reviewer sees of their own judgement."""
    answer = client.get("/api/review/item", params={"id": record_id}, headers={"X-Reviewer": name})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] | None = answer.json()["review"]
    return found


def test_the_same_record_under_another_number_is_not_asked_again(client: TestClient) -> None:
    say(client, "a1#1")
    code_anew(client, record(1, 1, **OTHER), record(1, 2, actor=[entity("KEN", "Kenyan police", 0, reason="a list")]))
    assert queue(client)["ids"] == ["a1#1"]
    assert queue(client)["done"] == 1
    said = review(client, "a1#2")
    assert said is not None
    assert (said["verdict"], said["judged_in"]) == ("agree", 1)
    assert review(client, "a1#2", "bob") is None
    told = client.get("/api/review/precision").json()
    assert (told["carried"], told["outdated"], told["overall"]["judged"]) == (1, 0, 1)
    assert "1 of the records was judged in an earlier revision" in client.get("/review/precision").text


def test_what_the_new_coder_says_otherwise_counts_as_corrected(client: TestClient) -> None:
    say(client, "a1#1", "correct", mode=["seize"])
    code_anew(client, record(1, mode=["seize"], date="2024-03-06", enddate="2024-03-06"))
    said = review(client, "a1#1")
    assert said is not None
    assert (said["verdict"], said["changes"]) == ("correct", {"date": "2024-03-05", "enddate": "2024-03-05"})
    (event,) = gold(client)["a1"]
    assert (event["mode"], event["date"]) == (["seize"], "2024-03-05")


def test_a_rejected_record_stays_rejected(client: TestClient) -> None:
    say(client, "a1#1", "reject")
    code_anew(client, record(1))
    said = review(client, "a1#1")
    assert said is not None
    assert said["verdict"] == "reject"
    assert gold(client) == {"a1": []}


def test_a_right_record_that_does_not_come_out_again_was_missed(client: TestClient) -> None:
    say(client, "a1#1")
    say(client, "a1#1", name="bob")
    close(client, "a1")
    code_anew(client)
    (event,) = gold(client, "which=complete")["a1"]
    assert (event["event"], event["reviewers"]) == (["COERCE"], ["ada", "bob"])
    assert client.get("/api/review/precision").json()["types"][0]["missed"] == 1
    taken = client.delete("/api/review/missed", params={"id": event["id"]}, headers={"X-Reviewer": "ada"})
    assert taken.status_code == 200
    assert gold(client, "which=complete")["a1"][0]["reviewers"] == ["bob"]


def test_an_event_that_was_missed_and_now_comes_out_is_judged(client: TestClient) -> None:
    add(client, event=["REQUEST"], event_spans=[[27, 37]])
    code_anew(client, record(1), record(1, 2, **OTHER))
    said = review(client, "a1#2")
    assert said is not None
    assert (said["verdict"], said["judged_in"]) == ("correct", 1)
    assert said["changes"]["actor"][0]["code"] == "KEN"
    assert client.get("/api/review/precision").json()["types"][0]["missed"] == 0


def test_another_text_is_read_anew(client: TestClient) -> None:
    say(client, "a1#1")
    code_anew(client, record(1), text="Kenyan police arrested ten protesters in Nairobi. They were freed.")
    assert queue(client)["ids"] == ["a1#1"]
    assert review(client, "a1#1") is None
    assert client.get("/api/review/precision").json()["outdated"] == 1
    assert gold(client) == {}


def test_a_new_judgement_takes_the_place_of_one_carried_over(client: TestClient) -> None:
    say(client, "a1#1")
    code_anew(client, record(1))
    body = {"record_id": "a1#1", "revision": 2, "verdict": "reject"}
    client.post("/api/review/judgements", json=body, headers={"X-Reviewer": "ada"})
    said = review(client, "a1#1")
    assert said is not None
    assert (said["verdict"], "judged_in" in said) == ("reject", False)
    body["verdict"] = "withdraw"
    client.post("/api/review/judgements", json=body, headers={"X-Reviewer": "ada"})
    assert review(client, "a1#1") is None
    assert queue(client)["ids"] == ["a1#1"]


def test_of_two_with_the_same_words_each_is_the_one_in_its_place(serve: Serve) -> None:
    two = [record(1, 1), record(1, 2, date="2024-03-06", enddate="2024-03-06")]
    client = serve([(article(1), two)])
    say(client, "a1#2", "reject")
    code_anew(client, record(1, 1, **OTHER), *(one | {"id": f"a1#{n}"} for n, one in enumerate(two, 2)))
    assert review(client, "a1#2") is None
    said = review(client, "a1#3")
    assert said is not None
    assert said["verdict"] == "reject"


def test_of_two_with_the_same_words_none_is_carried_if_only_one_comes_out(serve: Serve) -> None:
    client = serve([(article(1), [record(1, 1), record(1, 2)])])
    say(client, "a1#1")
    code_anew(client, record(1))
    assert queue(client)["ids"] == ["a1#1"]
    assert client.get("/api/review/precision").json()["types"] == []


def test_agreement_counts_what_was_carried_over(client: TestClient) -> None:
    say(client, "a1#1")
    code_anew(client, record(1))
    body = {"record_id": "a1#1", "revision": 2, "verdict": "reject"}
    client.post("/api/review/judgements", json=body, headers={"X-Reviewer": "bob"})
    told = client.get("/api/review/agreement?all=true").json()
    assert (told["n_records"], told["disagreements"][0]["fields"]) == (1, ["is an event"])
