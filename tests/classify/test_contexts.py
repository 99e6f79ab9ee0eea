"""Why, or about what: contexts named by the event's sentence, and by its neighbours if they insist."""

from __future__ import annotations

import pytest

from communique import codebook
from communique.classify.contexts import find_contexts
from communique.lexicon.topics import build_topics, topic_words


@pytest.mark.parametrize(("sentence", "context"), [
    ("The two ministers discussed the purchase of warships and joint exercises of their armies.", "military"),
    ("The opposition rejected the results of Sunday's presidential election.", "election"),
    ("The central bank and the IMF agreed on a loan to cut inflation.", "economic"),
    ("Rescuers flew tents to the valley after the earthquake.", "disasters"),
    ("The court in The Hague heard the case against the former general.", "legal"),
    ("Hackers stole files from the ministry's servers in a cyberattack.", "cyber"),
    ("Police seized two tonnes of cocaine from smugglers.", "illegal_drugs"),
    ("The health ministry opened clinics to vaccinate children against measles.", "health"),
    ("Inspectors of the IAEA were barred from the uranium enrichment plant.", "cbrn"),
    ("The blue helmets of the peacekeeping mission were fired at.", "peacekeeping"),
    ("A suicide bomber of Islamic State killed nine in the market; the president condemned terrorism.", "terrorism"),
    ("Prosecutors charged the governor with taking bribes.", "corruption"),
    ("The parliament passed the bill over the objections of lawmakers.", "legislative"),
    ("The ambassador was recalled from the embassy.", "diplomatic"),
    ("Migrants were returned across the sea by boat by the border guard.", "migration"),
])  # fmt: skip
def test_a_sentence_names_its_context(sentence: str, context: str) -> None:
    assert context in find_contexts(sentence, "")


@pytest.mark.parametrize("sentence", ["Peru thanked Chile.", "The two men met on Monday.", "He refused.", ""])
def test_a_sentence_that_names_none_has_none(sentence: str) -> None:
    assert find_contexts(sentence, "") == ()


def test_contexts_come_in_the_order_of_the_codebook_and_once_each() -> None:
    sentence = "Soldiers guarded the ballot boxes of the election, and the army flew aid to the earthquake's victims."
    found = find_contexts(sentence, sentence)
    order = list(codebook.contexts())
    assert len(found) >= 3
    assert list(found) == sorted(set(found), key=order.index)


@pytest.mark.parametrize(
    ("mode", "expected"), [("cyber", ("cyber",)), ("misinformation", ("misinformation",)), ("arrest", ())]
)
def test_a_mode_may_bring_the_context_of_its_name(mode: str, expected: tuple[str, ...]) -> None:
    assert find_contexts("They did it.", "", (mode,)) == expected


def test_neighbours_must_show_more_than_the_sentence_itself() -> None:
    assert "election" in find_contexts("They met after the election.", "")
    assert "election" not in find_contexts("They met on Monday.", "There was an election.")
    around = "The election commission counted ballots, and voters queued at polling stations for the runoff."
    assert "election" in find_contexts("They met on Monday.", around)


def test_a_word_that_comes_twice_counts_once() -> None:
    topics = build_topics({"sport": {"strong": ["goalkeeper"], "weak": ["match"]}})
    assert topics.weigh(topic_words("match match matches goalkeeper")) == {"sport": 3}


def test_of_words_that_overlap_the_longest_counts() -> None:
    topics = build_topics({"health": {"strong": ["field hospital"]}, "farming": {"weak": ["field"]}})
    assert topics.weigh(topic_words("a field hospital")) == {"health": 2}
    assert topics.weigh(topic_words("a field")) == {"farming": 1}


def test_a_word_may_speak_for_two_topics() -> None:
    topics = build_topics({"cyber": {"strong": ["hacker"]}, "crime": {"weak": ["hacker"]}})
    assert topics.weigh(topic_words("Hackers")) == {"cyber": 2, "crime": 1}
