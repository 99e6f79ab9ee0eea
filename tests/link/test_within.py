"""Which mentions of one article are one event, and which are two."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from communique import Article, Coder
from communique.link import facts_of_event
from communique.link.within import first_mentions
from tests.link.facts import mention, party, place


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"actor": []},
        {"date": "2024-03-07", "enddate": "2024-03-07", "date_resolution": "publication"},
        {"event_loc": place("Goma")},
        {"auxiliary_mode": ["historical"]},
        {"auxiliary_mode": ["negation"]},
    ],
)
def test_a_later_mention_that_contradicts_nothing_is_the_same_event(again: dict[str, Any]) -> None:
    assert first_mentions([mention("a#1"), mention("a#2", **again)]) == [0, 0]


@pytest.mark.parametrize(
    "other",
    [
        {"event": ["COERCE"]},
        {"actor": party("RWA", "MIL")},
        {"recipient": party("UGA", "CVL")},
        {"date": "2024-02-20", "enddate": "2024-02-20"},
        {"auxiliary_mode": ["future"]},
        {"auxiliary_mode": ["hypothetical"]},
    ],
)
def test_another_type_party_day_or_status_is_another_event(other: dict[str, Any]) -> None:
    assert first_mentions([mention("a#1"), mention("a#2", **other)]) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"event_loc": place("Goma")}, {"event_loc": place("Bunia")}),
        ({"mode": ["abduct"]}, {"mode": ["explosives"]}),
        ({"size": {"dead": 3}}, {"size": {"dead": 40}}),
    ],
)
def test_two_places_modes_or_tolls_are_two_events(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert first_mentions([mention("a#1", **one), mention("a#2", **other)]) == [0, 1]
    assert first_mentions([mention("a#1", **one), mention("a#2"), mention("a#3", **other)]) == [0, 0, 2]


def test_two_mentions_in_one_sentence_are_two_events() -> None:
    info = {"sequence": 1, "start": 0, "end": 40}
    assert first_mentions([mention("a#1", text_info=info), mention("a#2", text_info=info)]) == [0, 1]


def test_one_party_and_the_type_are_not_enough() -> None:
    first = mention("a#1", "Police detained 37 people.", event=["COERCE"], event_text=["detained"])
    second = mention("a#2", "Unionists occupied an office.", event=["COERCE"], event_text=["occupied"], actor=[])
    assert first_mentions([first, second]) == [0, 1]


def test_a_visitor_received_for_talks_is_one_meeting() -> None:
    info = {"sequence": 1, "start": 0, "end": 40}
    talks = {"event": ["CONSULT"], "text_info": info, "actor": party("EGY"), "recipient": party("ETH")}
    assert first_mentions([mention("a#1", **talks), mention("a#2", **talks)]) == [0, 0]


def test_statements_are_one_only_if_they_say_the_same() -> None:
    said = [
        mention("a#1", "France condemned the coup in Gabon.", event=["ACCUSE"], event_text=["condemned"]),
        mention("a#2", "Paris denounced the coup in Gabon again.", event=["ACCUSE"], event_text=["denounced"]),
        mention("a#3", "It criticised new visa rules.", event=["ACCUSE"], event_text=["criticised"]),
    ]
    assert first_mentions(said[:1] + said[2:]) == [0, 1]
    said[1] = mention("a#2", "France denounced the Gabon coup again.", event=["ACCUSE"], event_text=["denounced"])
    assert first_mentions(said) == [0, 0, 2]


def test_the_coder_links_an_article_and_can_be_told_not_to(coder: Coder) -> None:
    text = (
        "Kenyan police arrested ten protesters in Nairobi on Tuesday. Canada condemned the violence.\n\n"
        "The police arrested the protesters near parliament on Tuesday."
    )
    article = Article(text, id="k", date=date(2024, 3, 7))
    links = {event.id: (event.coding.event_type, event.link) for event in coder.code(article)}
    assert links["k#1"] == ("COERCE", "k#1")
    assert ("COERCE", "k#1") in [link for name, link in links.items() if name != "k#1"]
    assert all(link for _, link in links.values())
    unlinked = Coder(link=False).code(article)
    assert {event.link for event in unlinked} == {None}
    assert [facts_of_event(event).id for event in unlinked] == list(links)
