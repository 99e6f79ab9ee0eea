from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from communique import codebook
from communique.cli import app as cli
from communique.codebook import EventType, Scheme
from communique.own_types.examples import read_examples
from communique.store import Judgement, Store
from communique.web.draft import Changes
from communique.web.judged import Ledger
from tests.store.made import article, entity, record

Serve = Callable[..., TestClient]
TEXT = "Kenyan police arrested ten protesters in Nairobi."


@pytest.fixture
def client(serve: Serve) -> TestClient:
    """A store of its own for each test: reviewers write to it."""
    return serve()


def queue(client: TestClient, query: str = "", name: str = "ada") -> dict[str, Any]:
    answer = client.get(f"/api/review/queue?{query}", headers={"X-Reviewer": name})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def say(client: TestClient, record_id: str, verdict: str = "agree", name: str = "ada", **changes: Any) -> Any:
    body = {"record_id": record_id, "revision": 1, "verdict": verdict, "changes": changes}
    return client.post("/api/review/judgements", json=body, headers={"X-Reviewer": name})


def add(client: TestClient, name: str = "ada", **coding: Any) -> Any:
    fields = {
        "event": ["REQUEST"],
        "mode": [],
        "event_spans": [[27, 37]],
        "actor": [{"code": "KEN", "sector": ["GOV"]}],
    }
    body = {"document_id": "a1", "revision": 1, "coding": fields | coding}
    return client.post("/api/review/missed", json=body, headers={"X-Reviewer": name})


def close(client: TestClient, document_id: str, name: str = "ada") -> None:
    body = {"document_id": document_id, "revision": 1, "complete": True}
    assert client.post("/api/review/articles", json=body, headers={"X-Reviewer": name}).status_code == 201


def rows(client: TestClient) -> list[dict[str, Any]]:
    path: Path = client.app.state.corpus.now().store.judgements_file  # type: ignore[attr-defined]
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def gold(client: TestClient, query: str = "") -> dict[str, list[dict[str, Any]]]:
    lines = client.get(f"/review/gold.jsonl?{query}").text.splitlines()
    return {entry["id"]: entry["events"] for entry in map(json.loads, lines)}


def many(n: int = 40) -> Any:
    for number in range(1, n + 1):
        kind = "ASSAULT" if number % 4 == 0 else "COERCE"
        yield article(number), [record(number, event=[kind], mode=[], confidence=number / 100)]


# --- the queue ------------------------------------------------------------------------------------------------------


def test_the_least_sure_come_first_and_what_was_judged_is_not_asked_again(client: TestClient) -> None:
    assert queue(client)["ids"] == ["a3#1", "a2#2", "a1#1", "a2#1"]
    say(client, "a3#1")
    found = queue(client)
    assert found["ids"] == ["a2#2", "a1#1", "a2#1"]
    assert (found["done"], found["total"]) == (1, 4)
    assert queue(client, name="bob")["ids"][0] == "a3#1"


def test_a_seed_gives_every_reviewer_the_same_random_sample(serve: Serve) -> None:
    client = serve(many())
    first = queue(client, "order=random&seed=7&n=10")["ids"]
    assert len(first) == 10
    assert queue(client, "order=random&seed=7&n=10", "bob")["ids"] == first
    assert queue(client, "order=random&seed=8&n=10")["ids"] != first
    say(client, first[0])
    assert queue(client, "order=random&seed=7&n=10")["ids"] == first[1:]  # the sample does not move up


def test_a_stratified_sample_has_as_many_of_each_type(serve: Serve) -> None:
    client = serve(many())
    found = queue(client, "order=stratified&per_type=3")
    kinds = ["ASSAULT" if int(name[1:].split("#")[0]) % 4 == 0 else "COERCE" for name in found["ids"]]
    assert sorted(kinds) == ["ASSAULT"] * 3 + ["COERCE"] * 3
    by_type = queue(client, "order=type")["ids"]
    assert [int(name[1:].split("#")[0]) % 4 == 0 for name in by_type[:10]] == [True] * 10
    assert len(queue(client, "type=ASSAULT")["ids"]) == 10


def test_double_coding_asks_for_what_another_judged(client: TestClient) -> None:
    say(client, "a1#1")
    assert queue(client, "order=double", "bob")["ids"] == ["a1#1"]
    assert queue(client, "order=double")["ids"] == []


def test_a_reviewer_never_sees_what_another_said(client: TestClient) -> None:
    say(client, "a1#1", "correct", event=["ASSAULT"], mode=[])
    add(client)
    item = client.get("/api/review/item?id=a1%231", headers={"X-Reviewer": "bob"}).json()
    assert item["review"] is None
    assert item["added"] == []
    assert item["record"]["event"] == ["COERCE"]
    own = client.get("/api/review/item?id=a1%231", headers={"X-Reviewer": "ada"}).json()
    assert own["review"]["changes"]["event"] == ["ASSAULT"]
    assert [one["event"] for one in own["added"]] == [["REQUEST"]]


def test_the_article_is_shown_around_the_event_in_code_points(serve: Serve) -> None:
    text = "🕊️ " * 2000 + TEXT + " é" * 4000
    start = text.index("Kenyan")
    shifted = record(
        event_spans=[[start + 14, start + 22]],
        text_info={"sequence": 0, "start": start, "end": start + 49},
        event_loc=None,
    )
    item = serve([(article(1, text), [shifted])]).get("/api/review/item?id=a1%231").json()
    begin = start + 14 - item["offset"]
    assert item["text"][begin : begin + 8] == "arrested"
    assert len(item["text"]) < 4000


# --- judgements -----------------------------------------------------------------------------------------------------


def test_a_judgement_is_a_row_and_the_record_stays_as_it_was(client: TestClient) -> None:
    before = client.get("/api/review/item?id=a1%231").json()["record"]
    answer = say(client, "a1#1", "correct", event=["ASSAULT"], mode=["beat"], date="2024-03-04")
    assert answer.status_code == 201, answer.text
    assert [(row["user"], row["field"], row["old"], row["new"]) for row in rows(client)] == [
        ("ada", "event", ["COERCE"], ["ASSAULT"]),
        ("ada", "mode", ["arrest"], ["beat"]),
        ("ada", "date", "2024-03-05", "2024-03-04"),
    ]
    assert len({row["time"] for row in rows(client)}) == 1
    assert client.get("/api/review/item?id=a1%231").json()["record"] == before


def test_what_is_sent_but_the_same_is_no_correction(client: TestClient) -> None:
    record = client.get("/api/review/item?id=a1%231").json()["record"]
    same = {name: record[name] for name in ("event", "mode", "auxiliary_mode", "date", "enddate", "event_spans")}
    for side in ("actor", "recipient"):
        same[side] = [{name: one[name] for name in ("code", "sector", "start", "end")} for one in record[side]]
    place = record["event_loc"]
    same["event_loc"] = {n: place[n] for n in ("resolved_place", "country_code", "lat", "lon", "start", "end")}
    assert say(client, "a1#1", "correct", **same).json()["verdict"] == "agree"
    assert [row["verdict"] for row in rows(client)] == ["agree"]


def test_chosen_words_come_out_of_the_text(client: TestClient) -> None:
    changes = say(
        client, "a1#1", "correct", event_spans=[[14, 26]], recipient=[{"code": "UGA", "sector": ["OPP"], "start": 23, "end": 37}]
    ).json()["changes"]  # fmt: skip
    assert changes["event_text"] == ["arrested ten"]
    assert changes["recipient"][0]["entity_text"] == "ten protesters"
    assert changes["recipient"][0]["resolved_text"] is None


def test_a_party_that_stays_keeps_what_the_coder_said_of_it(client: TestClient) -> None:
    changes = say(
        client, "a1#1", "correct", recipient=[{"code": "KEN", "sector": ["OPP"], "start": 27, "end": 37}]
    ).json()["changes"]  # fmt: skip
    assert changes["recipient"][0]["resolved_text"] == "students"
    assert changes["recipient"][0]["sector"] == ["OPP"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"event": ["ASSAULTS"]}, "'ASSAULTS' is not in the codebook"),
        ({"event": ["ASSAULT"]}, "'arrest' is no mode of ASSAULT"),
        ({"auxiliary_mode": ["maybe"]}, "no auxiliary mode"),
        ({"actor": [{"code": "ken"}]}, "pattern"),
        ({"actor": [{"code": "KEN", "sector": ["XXX"]}]}, "no sector"),
        ({"actor": [{"code": "KEN", "start": 3}]}, "neither"),
        ({"event_spans": [[14, 99]]}, "no stretch"),
        ({"event_spans": [[22, 14]]}, "no stretch"),
        ({"event_spans": [[22, 23]]}, "no words"),
        ({"event_spans": [[-1, 4]]}, "greater than or equal"),
        ({"enddate": "2024-01-01"}, "before it begins"),
        ({"date": "yesterday"}, "date"),
        ({"date": None}, "no first"),
        ({"event_loc": {"resolved_place": "Kisumu"}}, "country"),
        ({"event_loc": {"country_code": "KEN", "lat": 1.0}}, "longitude"),
        ({"confidence": 1.0}, "confidence"),
        ({"event_loc": {"resolved_place": "x" * 201, "country_code": "KEN"}}, "200"),
    ],
)
def test_a_correction_that_is_no_record_is_refused(client: TestClient, changes: dict[str, Any], said: str) -> None:
    answer = say(client, "a1#1", "correct", **changes)
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert rows(client) == []


def test_without_the_text_words_cannot_be_chosen_but_codes_can(serve: Serve) -> None:
    client = serve(with_text=False)
    assert client.get("/api/review/item?id=a1%231").json()["text"] is None
    assert say(client, "a1#1", "correct", event_spans=[[0, 6]]).status_code == 422
    answer = say(client, "a1#1", "correct", actor=[{"code": "UGA", "sector": ["COP"], "start": 0, "end": 13}])
    assert answer.json()["changes"]["actor"][0]["entity_text"] == "Kenyan police"


@pytest.mark.parametrize(("record_id", "revision", "status"), [("a9#1", 1, 404), ("a1#1", 2, 409), ("a1#1", 0, 422)])
def test_a_judgement_is_on_a_record_that_is_there(
    client: TestClient, record_id: str, revision: int, status: int
) -> None:
    body = {"record_id": record_id, "revision": revision, "verdict": "agree"}
    assert client.post("/api/review/judgements", json=body).status_code == status


def test_the_last_word_counts_and_a_withdrawn_one_does_not(client: TestClient) -> None:
    say(client, "a1#1", "reject")
    say(client, "a1#1", "correct", mode=[])
    (said,) = Ledger(client.app.state.corpus.now().store.judgements_file).reviews()  # type: ignore[attr-defined]
    assert (said.verdict, said.changes) == ("correct", {"mode": []})
    say(client, "a1#1", "withdraw")
    assert "a1#1" in queue(client)["ids"]
    assert len(rows(client)) == 3


def test_the_ledger_passes_over_half_a_line_and_reads_on(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    path.write_bytes(
        b'{"user": "ada", "record_id": "x#1", "revision": 1, "time": "2024-01-01T00:00:00Z"}\nrubbish\n{"user":'
    )
    ledger = Ledger(path)
    assert [one.record_id for one in ledger.reviews()] == ["x#1"]
    with path.open("ab") as stream:
        stream.write(b' "ada", "record_id": "x#2", "revision": 1, "time": "2024-01-01T00:00:00"}\n')
    assert [one.record_id for one in ledger.reviews()] == ["x#1", "x#2"]


def test_judgements_of_the_library_are_reviews_too(client: TestClient) -> None:
    store: Store = client.app.state.corpus.now().store  # type: ignore[attr-defined]
    when = datetime(2024, 3, 9, tzinfo=UTC)
    store.judge(Judgement("eve", "a1#1", 1, "correct", "mode", ["arrest"], [], time=when))
    item = client.get("/api/review/item?id=a1%231", headers={"X-Reviewer": "eve"}).json()
    assert item["review"]["changes"] == {"mode": []}


# --- events that were missed ----------------------------------------------------------------------------------------


def test_a_missed_event_is_a_judgement_with_a_whole_record(client: TestClient) -> None:
    answer = add(client)
    assert answer.status_code == 201, answer.text
    (row,) = rows(client)
    assert (row["verdict"], row["record_id"][:4]) == ("add", "a1#+")
    assert row["new"]["event_text"] == ["protesters"]
    assert row["new"]["text_info"] == {"sequence": None, "start": 0, "end": 49}
    assert row["new"]["quad_code"] == codebook.quad_code("REQUEST")
    assert client.get("/api/events").json()["total"] == 4  # the coder's records stay as they were


def test_a_missed_event_needs_type_and_words_and_can_be_taken_back(client: TestClient) -> None:
    assert add(client, event=[]).status_code == 422
    body = {"document_id": "a1", "revision": 1, "coding": {"event": ["REQUEST"]}}
    assert "words" in client.post("/api/review/missed", json=body).json()["detail"]
    record_id = add(client).json()["record_id"]
    address = f"/api/review/missed?id={record_id.replace('#', '%23').replace('+', '%2B')}"
    assert client.delete(address, headers={"X-Reviewer": "bob"}).status_code == 404
    assert client.delete(address, headers={"X-Reviewer": "ada"}).status_code == 200
    assert client.get("/api/review/item?id=a1%231", headers={"X-Reviewer": "ada"}).json()["added"] == []


# --- who, and whether they may --------------------------------------------------------------------------------------


def test_without_tokens_a_reviewer_gives_a_name_and_a_browser_keeps_it(client: TestClient) -> None:
    assert client.post("/review/reviewer", data={"name": "Åsa <b>"}).status_code == 303
    page = client.get("/review").text
    assert "Åsa &lt;b&gt;" in page
    assert "<b>" not in page
    client.post("/api/review/judgements", json={"record_id": "a1#1", "revision": 1, "verdict": "agree"})
    assert rows(client)[0]["user"] == "Åsa <b>"
    assert client.post("/review/reviewer", data={"name": " "}).status_code == 422
    assert client.get("/api/review/queue", headers={"X-Reviewer": "x" * 61}).status_code == 422


def test_with_tokens_the_token_names_the_reviewer_whatever_they_say(serve: Serve) -> None:
    client = serve(tokens={"t" * 20: "grace"})
    headers = {"Authorization": f"Bearer {'t' * 20}", "X-Reviewer": "ada"}
    body = {"record_id": "a1#1", "revision": 1, "verdict": "agree"}
    assert client.post("/api/review/judgements", json=body).status_code == 401
    assert client.post("/api/review/judgements", json=body, headers=headers).json()["reviewer"] == "grace"
    assert client.post("/review/reviewer", data={"name": "ada"}, headers=headers).status_code == 403


def test_read_only_and_other_sites_change_nothing(serve: Serve) -> None:
    body = {"record_id": "a1#1", "revision": 1, "verdict": "agree"}
    client = serve(read_only=True)
    assert client.post("/api/review/judgements", json=body).status_code == 403
    assert client.delete("/api/review/missed?id=x").status_code == 403
    assert 'data-writable="false"' in client.get("/review").text
    other = serve()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert other.post("/api/review/judgements", json=body, headers=headers).status_code == 403
    assert rows(client) == rows(other) == []


def test_half_a_character_is_refused_or_shown_but_breaks_nothing(client: TestClient) -> None:
    body = '{"record_id": "a1#1", "revision": 1, "verdict": "agree", "note": "\\ud800"}'
    answer = client.post("/api/review/judgements", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


# --- precision ------------------------------------------------------------------------------------------------------


def test_precision_by_type_counts_each_record_once_with_its_interval(client: TestClient) -> None:
    say(client, "a1#1")
    say(client, "a2#1", "correct", auxiliary_mode=["future"])
    say(client, "a2#1", "correct", "bob", event=["ASSAULT"], mode=[])  # the last word
    say(client, "a3#1", "reject")
    found = client.get("/api/review/precision").json()
    by_type = {row["type"]: row for row in found["types"]}
    assert by_type["COERCE"]["judged"] == 2
    assert by_type["COERCE"]["is_event"]["value"] == 1
    assert by_type["COERCE"]["type_right"]["value"] == 0.5
    assert by_type["COERCE"]["type_right"]["low"] == pytest.approx(0.0945, abs=1e-3)
    assert by_type["ASSAULT"]["is_event"] == {"value": 0.0, "low": 0.0, "high": pytest.approx(0.7935, abs=1e-3)}
    assert found["overall"]["is_event"]["value"] == pytest.approx(2 / 3)
    page = client.get("/review/precision").text
    assert "0.50" in page
    assert "0.09–0.91" in page
    only = client.get("/api/review/precision?reviewer=ada").json()
    assert {row["type"]: row for row in only["types"]}["COERCE"]["type_right"]["value"] == 1


def test_precision_can_be_of_a_sample_alone_and_is_weighted_by_type(serve: Serve) -> None:
    client = serve(many())
    sample = "order=stratified&per_type=4"
    for name in queue(client, sample)["ids"]:
        say(client, name, "agree" if int(name[1:].split("#")[0]) % 4 else "reject")
    say(client, next(name for name in queue(client, "type=ASSAULT")["ids"]))
    found = client.get(f"/api/review/precision?{sample}&sample=true").json()
    assert found["overall"]["judged"] == 8
    assert found["overall"]["is_event"]["value"] == 0.5
    assert found["weighted_by_type"]["is_event"]["value"] == pytest.approx(30 / 40)  # 30 COERCE, 10 ASSAULT
    assert client.get("/api/review/precision").json()["overall"]["judged"] == 9


# --- agreement ------------------------------------------------------------------------------------------------------


def test_agreement_gives_alpha_kappa_and_differences_side_by_side(serve: Serve) -> None:
    client = serve(many(8))
    for number in range(1, 9):
        name = f"a{number}#1"
        say(client, name, "agree" if number < 7 else "reject")
        if number == 1:
            say(client, name, "correct", "bob", event=["PROTEST"], mode=["riot"])
        else:
            say(client, name, "agree" if number < 8 else "reject", "bob")
    found = client.get("/api/review/agreement").json()
    assert found["n_records"] == 8
    alpha = {row["field"]: row for row in found["fields"]}
    assert alpha["is an event"]["same"] == 7
    # 16 values, 13 yes and 3 no; observed 1/8, expected 2·13·3/(16·15)
    assert alpha["is an event"]["alpha"] == pytest.approx(1 - (2 / 16) / (2 * 13 * 3 / (16 * 15)))
    assert alpha["type"]["n"] == 6
    (pair,) = found["pairs"]
    kappa = {row["field"]: row for row in pair["fields"]}
    assert (pair["first"], pair["second"], kappa["type"]["same"]) == ("ada", "bob", 5)
    assert kappa["type"]["kappa"] == pytest.approx((5 / 6 - 21 / 36) / (1 - 21 / 36))
    assert [row["record_id"] for row in found["disagreements"]] == ["a1#1", "a7#1"]
    assert found["disagreements"][0]["reviewers"]["bob"]["type"] == "PROTEST"
    assert found["disagreements"][1]["fields"] == ["is an event"]
    page = client.get("/review/agreement").text
    assert "PROTEST" in page
    blind = client.get("/api/review/agreement", headers={"X-Reviewer": "eve"}).json()
    assert blind["disagreements"] == []
    assert len(client.get("/api/review/agreement?all=true", headers={"X-Reviewer": "eve"}).json()["disagreements"]) == 2


def test_articles_that_both_read_to_the_end_tell_which_events_one_missed(client: TestClient) -> None:
    for name in ("ada", "bob"):
        say(client, "a1#1", name=name)
        close(client, "a1", name)
    add(client)
    (pair,) = client.get("/api/review/agreement").json()["pairs"]
    assert pair["articles"] == {
        "n_articles": 1, "first": 2, "first_found": 1, "second": 1, "second_found": 1, "f1": pytest.approx(2 / 3),
    }  # fmt: skip


# --- export ---------------------------------------------------------------------------------------------------------


def test_gold_has_articles_that_were_judged_in_full(client: TestClient) -> None:
    say(client, "a1#1", "correct", actor=[{"code": "UGA", "sector": ["COP"], "start": 0, "end": 13}])
    say(client, "a2#1")
    say(client, "a3#1", "reject")
    found = gold(client)
    assert found.keys() == {"a1", "a3"}  # one record of a2 is open
    assert found["a1"][0]["actor"][0]["code"] == "UGA"
    assert found["a3"] == []
    everything = gold(client, "which=all")
    assert [one.get("optional", False) for one in everything["a2"]] == [False, True]
    close(client, "a3")
    assert gold(client, "which=complete").keys() == {"a3"}


def test_what_reviewers_see_differently_is_optional_unless_the_last_word_counts(client: TestClient) -> None:
    say(client, "a1#1")
    say(client, "a1#1", "reject", "bob")
    assert [one["optional"] for one in gold(client)["a1"]] == [True]
    assert gold(client, "conflicts=latest")["a1"] == []
    assert "optional" not in gold(client, "reviewer=ada")["a1"][0]


def test_evaluate_reads_the_exported_gold(client: TestClient, tmp_path: Path) -> None:
    say(client, "a1#1")
    say(client, "a2#1", "correct", event=["ASSAULT"], mode=["beat"])
    say(client, "a2#2")
    say(client, "a3#1", "reject")
    add(client, mode=[])
    gold_path, events = tmp_path / "gold.jsonl", tmp_path / "events.jsonl"
    gold_path.write_bytes(client.get("/review/gold.jsonl").content)
    with Store.open(client.app.state.corpus.path) as store:  # type: ignore[attr-defined]
        events.write_text("".join(json.dumps(one, default=str) + "\n" for one in store.records()), "utf-8")
    done = CliRunner().invoke(cli, ["evaluate", str(gold_path), str(events), "--format", "json"])
    assert done.exit_code == 0, done.output
    overall = json.loads(done.stdout)["scores"]["overall"]
    assert (overall["required"], overall["found"], overall["coded"], overall["right"]) == (4, 2, 4, 2)


def test_training_rows_are_what_train_reads(client: TestClient, tmp_path: Path) -> None:
    say(client, "a1#1", "correct", mode=[])
    add(client)
    say(client, "a3#1", "reject")
    answer = client.get("/review/training.jsonl")
    path = tmp_path / "training.jsonl"
    path.write_bytes(answer.content)
    kinds = tuple(EventType(name, 1, 0.0, False, "") for name in codebook.event_types())
    scheme = Scheme("own", "1", kinds, {"COERCE": codebook.codebook().modes["COERCE"]}, {})
    (example,) = read_examples(path, scheme)  # a3 has the same text
    assert [(one.event_type, one.words) for one in example.events] == [
        ("COERCE", ((14, 22),)),
        ("REQUEST", ((27, 37),)),
    ]
    assert example.events[0].actors == ((0, 13),)
    assert answer.headers["X-Left-Out"] == "1"


def test_a_sentence_of_rejected_records_is_a_training_row_without_events(client: TestClient) -> None:
    say(client, "a3#1", "reject")
    assert json.loads(client.get("/review/training.jsonl").text) == {"id": "a3:0", "text": TEXT, "events": []}


# --- pages and documentation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/review", "/review?order=stratified&type=ASSAULT", "/review/precision", "/review/agreement", "/code"]
)
def test_pages_hold_no_inline_script_or_style(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text
    assert "//cdn" not in answer.text


def test_hostile_names_show_as_text(serve: Serve) -> None:
    bad = "<script>alert(1)</script>"
    client = serve([(article(1, bad + TEXT), [record(1, actor=[entity("KEN", bad, 0)], event_text=[bad])])])
    say(client, "a1#1")
    say(client, "a1#1", "reject", "<img src=x onerror=alert(1)>")
    for path in ("/review", "/review/agreement", "/review/precision"):
        page = client.get(path).text
        assert bad not in page
        assert "<img" not in page


def test_everything_is_in_the_api_description(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {path for path in paths if "review" in path or "code" in path} == {
        "/api/review/queue", "/api/review/vocabulary", "/api/review/item", "/api/review/article",
        "/api/review/judgements", "/api/review/missed", "/api/review/articles", "/api/review/precision",
        "/api/review/agreement", "/review/gold.jsonl", "/review/training.jsonl", "/api/code", "/api/code/file",
    }  # fmt: skip
    assert all(one.get("summary") for path in paths.values() for one in path.values())


def test_a_correction_names_only_fields_of_a_record() -> None:
    assert set(Changes.model_fields) <= set(record())


def test_the_documented_requests_work(client: TestClient) -> None:
    """The `curl` examples of docs/review.md, as they stand there."""
    text = Path(__file__).parents[2].joinpath("docs", "review.md").read_text("utf-8").replace("\\\n", " ")
    commands = re.findall(r"^curl .*$", text, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        words = shlex.split(command)
        address = next(word for word in words if word.startswith("http")).removeprefix("http://127.0.0.1:8765")
        headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
        if "-d" in words:
            answer = client.post(address, content=words[words.index("-d") + 1], headers=headers)
        else:
            answer = client.get(address, headers=headers)
        assert answer.status_code in (200, 201), (command, answer.text)
