"""Which records of several reports are one event, what it rests on, and that order does not matter."""

from __future__ import annotations

import random
from typing import Any

import pytest

from communique.link import facts_of_event, facts_of_record, find_reprints, link_mentions, linked_record
from communique.link.blocking import candidate_pairs
from communique.link.scoring import Scorer
from tests.link.facts import mention, party, place, record

CONVOY = "Rebels attacked an army convoy near Bunia and killed nine soldiers."
AGAIN = "Nine soldiers died when rebels attacked a convoy of the army near Bunia."
STORY = "Rebels attacked an army convoy near the town of Bunia on Tuesday and killed nine soldiers, a spokesman of the army said."


def links(*mentions: Any) -> list[tuple[str, ...]]:
    return [tuple(sorted(event.mentions)) for event in link_mentions(mentions)]


def test_two_reports_of_one_attack_are_one_event() -> None:
    assert links(mention("a#1", CONVOY), mention("b#1", AGAIN)) == [("a#1", "b#1")]


@pytest.mark.parametrize(
    "other",
    [
        {"event_loc": place("Goma")},
        {"date": "2024-03-20", "enddate": "2024-03-20"},
        {"recipient": party("UGA", "CVL")},
        {"event": ["COERCE"]},
        {"auxiliary_mode": ["future"]},
    ],
)
def test_another_place_day_party_type_or_a_plan_is_another_event(other: dict[str, Any]) -> None:
    elsewhere = "Rebels attacked villagers far from there on the same road."
    assert len(links(mention("a#1", CONVOY, event_loc=place("Bunia")), mention("b#1", elsewhere, **other))) == 2


def test_the_same_parties_in_the_same_week_are_not_enough() -> None:
    later = {"date": "2024-03-07", "enddate": "2024-03-07"}
    assert len(links(mention("a#1", CONVOY), mention("b#1", "A patrol was ambushed at a bridge.", **later))) == 2


def test_a_meeting_is_the_same_whoever_is_named_first() -> None:
    talks = {"event": ["CONSULT"], "event_text": ["met"]}
    first = mention(
        "a#1",
        "The ministers of Egypt and Ethiopia met in Cairo.",
        actor=party("EGY") + party("ETH"),
        recipient=[],
        **talks,
    )
    second = mention(
        "b#1", "Ethiopia's minister met his host in Cairo.", actor=party("ETH"), recipient=party("EGY"), **talks
    )
    assert links(first, second) == [("a#1", "b#1")]


def test_the_canonical_record_is_the_fullest_that_asserts_the_event() -> None:
    full = {"mode": ["firearms"], "event_loc": place("Bunia"), "size": {"dead": 9}}
    (event,) = link_mentions([
        mention("a#1", CONVOY), mention("b#1", AGAIN, **full), mention("c#1", CONVOY, auxiliary_mode=["negation"], confidence=0.99, **full),
    ])  # fmt: skip
    assert (event.link, set(event.mentions)) == ("b#1", {"a#1", "b#1", "c#1"})


def test_links_that_the_coder_gave_within_an_article_are_kept() -> None:
    alike = [mention("a#1", CONVOY), mention("a#2", CONVOY)]
    assert links(*alike) == [("a#1", "a#2")]
    told_apart = [mention(name, CONVOY, link=name) for name in ("a#1", "a#2")]
    assert links(*told_apart) == [("a#1",), ("a#2",)]
    linked_before = [mention(name, CONVOY, link="z#9") for name in ("a#1", "a#2")]
    assert links(*linked_before) == [("a#1", "a#2")]


def test_a_denial_is_linked_to_the_claim_and_is_no_support() -> None:
    denied = mention("c#2", "The rebels denied that they attacked the convoy near Bunia.", auxiliary_mode=["negation"])
    denial = mention("c#1", "x", event=["REJECT"], recipient=[], text_info={"sequence": 2, "start": 0, "end": 1})
    events = link_mentions([mention("a#1", CONVOY), mention("b#1", AGAIN), denied, denial])
    event = next(event for event in events if event.link != "c#1")
    assert (event.disputed, event.denials, event.rejections) == (True, ("c#2",), ("c#1",))
    assert event.articles == ("a", "b")


def test_reprints_are_counted_apart() -> None:
    texts = {"a": STORY, "b": f"BUNIA (Wire) - {STORY.replace('killed', 'shot dead')}", "c": AGAIN}
    originals = find_reprints(texts.items())
    assert originals == {"a": "a", "b": "a", "c": "c"}
    (event,) = link_mentions([mention(f"{name}#1", CONVOY) for name in texts], originals)
    assert (len(event.articles), event.n_reprints, event.n_independent) == (3, 1, 2)


def test_reports_in_other_words_and_short_texts_are_no_reprints() -> None:
    texts = {
        "a": STORY,
        "b": AGAIN + " The army said that it would send helicopters.",
        "c": "Nine dead.",
        "d": "Nine dead.",
    }
    assert find_reprints(texts.items()) == {name: name for name in texts}


def test_the_order_of_the_input_does_not_matter() -> None:
    chooser = random.Random(5)
    words = [f"word{number}" for number in range(40)]
    mentions = [
        mention(
            f"d{number}#{1 + number % 3}", " ".join(chooser.sample(words, 8)), event_loc=place(chooser.choice("AB")),
            date=f"2024-03-0{chooser.randint(1, 9)}", enddate="2024-03-09",
        )
        for number in range(60)
    ]  # fmt: skip
    expected = link_mentions(mentions)
    assert len(expected) < len(mentions)
    for _ in range(3):
        chooser.shuffle(mentions)
        assert link_mentions(mentions) == expected


def test_a_busy_day_of_one_dyad_is_not_compared_pair_by_pair() -> None:
    mentions = [
        mention(f"d{number}#1", f"word{number % 97} word{number % 89} word{number % 83}") for number in range(1500)
    ]
    assert sum(1 for _ in candidate_pairs(mentions, Scorer(mentions))) < 1500 * 400


def test_a_record_keeps_its_fields_and_gets_link_and_counts() -> None:
    given = record("a#1", CONVOY)
    (event,) = link_mentions([mention("a#1", CONVOY), mention("b#1", AGAIN)])
    linked = linked_record(given, event)
    assert {name: value for name, value in linked.items() if name not in {"link", "link_info"}} == {
        name: value for name, value in given.items() if name != "link"
    }
    assert linked["link"] == event.link
    assert linked["link_info"] == {
        "canonical": event.link == "a#1", "n_mentions": 2, "n_articles": 2, "n_reprints": 0, "disputed": False,
        "denials": [], "rejections": [],
    }  # fmt: skip


@pytest.mark.parametrize("fault", [{"event": []}, {"id": 7}, {"date": "soon"}, {"actor": [3]}, {"event_loc": "Goma"}])
def test_what_is_no_record_is_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        facts_of_record(record("a#1") | fault)


def test_an_event_and_its_record_compare_alike(coder: Any) -> None:
    from communique import Article, event_record

    for event in coder.code(Article("Kenyan police arrested ten protesters in Nairobi.", id="k")):
        assert facts_of_record(event_record(event, with_text=True)) == facts_of_event(event)
