"""Did it happen? What tense, modals, negation and the words above an event say of it."""

from __future__ import annotations

import pytest

from communique.classify.auxiliary import Status, status
from communique.records import Circumstances, Governor


def under(
    lemma: str,
    part: str = "verb",
    relation: str = "clause",
    *,
    negated: bool = False,
    tense: str = "past",
    modal: str = "",
) -> Governor:
    """A word that an event hangs on."""
    return Governor(lemma, part, 0, relation, negated, tense, modal)


def infinitive(*governors: Governor, negated: bool = False) -> Circumstances:
    return Circumstances(tense="infinitive", negated=negated, governors=governors)


def noun(*governors: Governor, negated: bool = False) -> Circumstances:
    return Circumstances(negated=negated, governors=governors)


@pytest.mark.parametrize(("stands", "mode"), [
    (Circumstances(tense="past"), ""),  # shelled the town
    (Circumstances(tense="perfect"), ""),  # have shelled
    (Circumstances(tense="present"), ""),  # are shelling
    (Circumstances(), ""),  # the shelling
    (Circumstances(tense="past", negated=True), "negation"),  # did not shell
    (Circumstances(negated=True), "negation"),  # no shelling
    (Circumstances(tense="future", modal="will"), "future"),  # will shell
    (Circumstances(tense="future", modal="be to"), "future"),  # is to visit
    (Circumstances(tense="infinitive", modal="may"), "hypothetical"),
    (Circumstances(tense="infinitive", modal="might"), "hypothetical"),
    (Circumstances(tense="infinitive", modal="could"), "hypothetical"),
    (Circumstances(tense="infinitive", modal="would"), "hypothetical"),
    (Circumstances(tense="infinitive", modal="should"), "hypothetical"),
    (Circumstances(tense="past", conditional=True), "hypothetical"),  # if they shelled
    (Circumstances(tense="past", conditional=True, negated=True), "hypothetical"),  # if they did not shell
    (Circumstances(tense="pluperfect"), "historical"),  # had shelled
    (Circumstances(tense="present", marker="until"), "future"),  # until they withdraw
    (Circumstances(tense="present", marker="before"), "future"),
    (Circumstances(tense="past", marker="before"), ""),  # before they withdrew
    (Circumstances(tense="past", marker="after"), ""),
])  # fmt: skip
def test_the_event_words_own_grammar_says_whether_it_happened(stands: Circumstances, mode: str) -> None:
    assert status(stands, "verb" if stands.tense else "noun").mode == mode


@pytest.mark.parametrize(("stands", "part", "mode", "committed"), [
    (infinitive(under("plan")), "verb", "future", True),  # plans to visit
    (infinitive(under("agree")), "verb", "future", True),
    (infinitive(under("vow")), "verb", "future", True),
    (infinitive(under("ready", "adjective")), "verb", "future", True),  # is ready to send
    (infinitive(under("plan", "noun")), "verb", "future", True),  # its plan to send
    (infinitive(under("expect")), "verb", "future", False),  # is expected to visit: nobody commits
    (infinitive(under("likely", "adjective")), "verb", "future", False),
    (infinitive(under("due", "adjective")), "verb", "future", False),
    (infinitive(under("consider")), "verb", "hypothetical", False),
    (infinitive(under("hope")), "verb", "hypothetical", False),
    (infinitive(under("refuse")), "verb", "negation", False),
    (infinitive(under("fail")), "verb", "negation", False),
    (infinitive(under("unlikely", "adjective")), "verb", "negation", False),
    (infinitive(under("urge")), "verb", "drop", False),  # urged them to withdraw: it is only asked for
    (infinitive(under("accuse")), "verb", "drop", False),
    (infinitive(under("begin")), "verb", "", False),  # began to withdraw
    (infinitive(under("manage")), "verb", "", False),
    (noun(under("discuss", relation="dobj")), "noun", "hypothetical", False),  # discussed joint drills
    (noun(under("postpone", relation="dobj")), "noun", "negation", False),  # postponed the visit
    (noun(under("cancel", relation="nsubjpass")), "noun", "negation", False),  # the visit was cancelled
    (noun(under("announce", relation="dobj")), "noun", "future", True),  # announced a visit
    (noun(under("possibility", "noun", "of")), "noun", "hypothetical", False),
    (noun(under("prospect", "noun", "of")), "noun", "future", False),
    (noun(under("demand", "noun", "for")), "noun", "drop", False),
    (noun(under("victim", "noun", "of")), "noun", "drop", False),  # victims of the attack: a reference
    (noun(under("confirm", relation="dobj")), "noun", "", False),
])  # fmt: skip
def test_the_word_that_an_event_hangs_on_says_whether_it_happened(
    stands: Circumstances, part: str, mode: str, committed: bool
) -> None:
    found = status(stands, part)
    assert (found.mode, found.committed) == (mode, committed)


def test_what_is_not_planned_does_not_happen() -> None:
    assert status(infinitive(under("plan", negated=True)), "verb").mode == "negation"


def test_what_did_not_fail_happened() -> None:
    assert status(infinitive(under("fail", negated=True)), "verb").mode == ""


def test_who_says_will_not_refuses() -> None:
    assert status(Circumstances(tense="future", modal="will", negated=True), "verb") == Status(
        "negation", refused=True, reason="will not"
    )
    assert not status(Circumstances(tense="past", negated=True), "verb").refused


def test_would_in_what_somebody_said_is_an_announcement() -> None:
    said = Circumstances(tense="infinitive", modal="would", governors=(under("say"),))
    assert (status(said, "verb").mode, status(said, "verb").committed) == ("future", True)


def test_would_in_what_somebody_says_now_is_not() -> None:
    says = Circumstances(tense="infinitive", modal="would", governors=(under("say", tense="present"),))
    assert status(says, "verb").mode == "hypothetical"


@pytest.mark.parametrize("lemma", ["say", "tell", "report", "confirm", "announce"])
def test_a_clause_that_is_reported_says_itself_when_it_happened(lemma: str) -> None:
    had = Circumstances(tense="pluperfect", governors=(under(lemma),))
    assert status(had, "verb").mode == ""  # said that it had closed the border
    did = Circumstances(tense="past", governors=(under(lemma),))
    assert status(did, "verb").mode == ""
    will = Circumstances(tense="future", modal="will", governors=(under(lemma),))
    assert status(will, "verb").mode == "future"


def test_the_nearest_word_decides() -> None:
    refused_plan = infinitive(under("refuse"), under("plan"))
    assert status(refused_plan, "verb").mode == "negation"
    planned_refusal = infinitive(under("plan"), under("refuse"))
    assert status(planned_refusal, "verb").mode == "future"


@pytest.mark.parametrize("relation", ["relcl", "advcl"])
def test_a_relative_or_adverbial_clause_stands_on_its_own(relation: str) -> None:
    stands = Circumstances(tense="past", governors=(under("refuse", relation=relation),))
    assert status(stands, "verb").mode == ""


@pytest.mark.parametrize(("modal", "tense", "negated", "mode"), [
    ("will", "future", False, "future"),  # will hold talks
    ("may", "infinitive", False, "hypothetical"),  # may hold talks
    ("", "past", True, "negation"),  # did not attend the talks
])  # fmt: skip
def test_a_noun_shares_the_fate_of_the_verb_that_it_is_the_object_of(
    modal: str, tense: str, negated: bool, mode: str
) -> None:
    stands = noun(under("attend", relation="dobj", modal=modal, tense=tense, negated=negated))
    assert status(stands, "noun").mode == mode


@pytest.mark.parametrize("stands", [
    Circumstances(tense="past", negated=True),
    Circumstances(tense="future", modal="will"),
    infinitive(under("plan")),
    infinitive(under("urge")),
])  # fmt: skip
def test_a_status_has_a_reason(stands: Circumstances) -> None:
    assert status(stands, "verb").reason
