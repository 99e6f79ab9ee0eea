"""A record holds what was coded, in the field names and order of the contract, and quotes by its own offsets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.errors import InputError
from communique.export import event_record, record_line
from communique.export.plover_jsonl import coded_on
from communique.records import Article, Attribution, Coding, DateInterval, Entity, Event, Mention, Place, Sentence

TEXT = "NAIROBI - 🇰🇪 Kenyan police arrested ten protesters in Nairobi on Tuesday, the ministry said."
ARTICLE = Article(TEXT, id="AFP-1", date=date(2024, 3, 7), title="Ten held", publication="Agency", language="en")


def mention(words: str) -> Mention:
    start = TEXT.rindex(words)
    return Mention(words, start, start + len(words))


EVENT = Event(
    id="AFP-1#1",
    article=ARTICLE,
    coding=Coding("COERCE", ("arrest",), ("political_institutions",), (), 0.81, "verb 'arrest'"),
    actors=(Entity("KEN", ("COP",), mention("Kenyan police"), identifier_text="Kenya", reason="demonym"),),
    recipients=(Entity("KEN", ("CVL", "OPP"), mention("ten protesters"), reason="assumed"),),
    trigger=(mention("arrested"),),
    sentence=Sentence(1, 10, len(TEXT)),
    when=DateInterval(date(2024, 3, 5), date(2024, 3, 5), "day"),
    place=Place(mention("Nairobi"), "Nairobi", "KEN", "city", "Nairobi", "05", -1.28, 36.82, 184745),
    attribution=Attribution(mention("ministry"), "KEN"),
    size={"arrested": 10, "participants": (100, 200)},
)
FIELDS = [
    "id", "document_id", "date", "enddate", "date_resolution", "event", "mode", "context", "auxiliary_mode",
    "quad_code", "event_scale", "actor", "recipient", "event_loc", "event_text", "event_spans", "text_info",
    "attribution", "size", "size_spans", "confidence", "link", "cite_info", "coder", "codebook", "coded_date",
]  # fmt: skip


def record_of(event: Event, *, with_text: bool = False) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(record_line(event, with_text=with_text))
    return record


def test_a_record_has_the_fields_of_the_contract_in_order_and_the_text_only_if_asked_for() -> None:
    assert list(record_of(EVENT)) == FIELDS
    assert list(record_of(EVENT, with_text=True)) == [*FIELDS, "text"]
    assert record_of(EVENT, with_text=True)["text"] == TEXT


def test_a_line_holds_one_record_and_ends_with_one_newline() -> None:
    line = record_line(replace(EVENT, article=replace(ARTICLE, title="Two\nlines")))
    assert line.endswith(b"}\n") and line.count(b"\n") == 1
    assert json.loads(line)["cite_info"]["title"] == "Two\nlines"


def test_quad_and_scale_follow_from_type_and_mode() -> None:
    record = record_of(EVENT)
    assert (record["event"], record["mode"], record["quad_code"]) == (["COERCE"], ["arrest"], 4)
    milder = record_of(replace(EVENT, coding=Coding("AID")))
    assert (milder["quad_code"], milder["event_scale"], milder["mode"]) == (2, 10.0, [])


def test_parties_place_reporter_and_size_are_written_as_the_contract_names_them() -> None:
    record = record_of(EVENT)
    assert record["actor"] == [
        {
            "code": "KEN", "sector": ["COP"], "entity_text": "Kenyan police", "start": 13, "end": 26,
            "resolved_text": None, "identifier_text": "Kenya", "identifier_id": None, "office": None,
            "reason": "demonym",
        }
    ]  # fmt: skip
    assert record["event_loc"] == {
        "extracted_place": "Nairobi", "resolved_place": "Nairobi", "lat": -1.28, "lon": 36.82, "country_code": "KEN",
        "province": "05", "city": "Nairobi", "geonameid": 184745, "resolution": "city", "reason": "", "start": 54, "end": 61,
    }  # fmt: skip
    assert record["attribution"] == {"entity_text": "ministry", "code": "KEN", "start": 78, "end": 86}
    assert record["size"] == {"arrested": 10, "participants": [100, 200]}
    assert record["text_info"] == {"sequence": 1, "start": 10, "end": len(TEXT)}
    assert record["cite_info"] == {"title": "Ten held", "url": None, "publication": "Agency", "language": "en"}


def test_what_the_text_does_not_tell_is_null_and_never_invented() -> None:
    record = record_of(replace(EVENT, when=None, place=None, attribution=None, size={}))
    unknown = ("date", "enddate", "date_resolution", "event_loc", "attribution", "link")
    assert all(record[name] is None for name in unknown)
    assert record["size"] == {}


def test_an_interval_keeps_its_first_and_last_day() -> None:
    month = DateInterval(date(2024, 2, 1), date(2024, 2, 29), "month")
    record = record_of(replace(EVENT, when=month))
    assert (record["date"], record["enddate"], record["date_resolution"]) == ("2024-02-01", "2024-02-29", "month")


@given(st.data())
def test_slicing_the_text_with_a_record_s_offsets_gives_the_words_that_it_quotes(data: st.DataObject) -> None:
    text = data.draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=2))

    def drawn() -> Mention:
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        return Mention(text[start:end], start, end)

    event = replace(
        EVENT,
        article=Article(text),
        actors=tuple(Entity("KEN", (), drawn()) for _ in range(2)),
        recipients=(Entity("KEN", (), drawn()),),
        trigger=(drawn(), drawn()),
        place=Place(drawn(), "Kenya", "KEN", "country"),
        attribution=Attribution(drawn()),
    )
    record = record_of(event, with_text=True)
    for entity in (*record["actor"], *record["recipient"], record["attribution"]):
        assert record["text"][entity["start"] : entity["end"]] == entity["entity_text"]
    place = record["event_loc"]
    assert record["text"][place["start"] : place["end"]] == place["extracted_place"]
    assert [record["text"][start:end] for start, end in record["event_spans"]] == record["event_text"]


def test_a_record_names_what_coded_it_and_by_which_codebook() -> None:
    record = record_of(EVENT)
    assert record["coder"].split()[0::2] == ["communique", "model"]
    assert len(record["coder"].split()[3]) == 12
    assert record["codebook"] == "plover-2024.02"


def test_the_day_of_coding_can_be_set_so_that_output_is_reproducible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709769600")
    assert event_record(EVENT)["coded_date"] == "2024-03-07"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert coded_on() == date.today()


@pytest.mark.parametrize("epoch", ["yesterday", "9" * 30])
def test_a_day_of_coding_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(InputError, match=r"SOURCE_DATE_EPOCH is .*expected seconds since 1970"):
        coded_on()
