"""Which type a word has follows from the company it keeps: frames and candidates made by hand."""

from __future__ import annotations

import pytest

from communique.classify.frames import LexiconTyper, names_actor
from communique.lexicon.events import build_events
from communique.records import Circumstances, EventCandidate, Mention, Phrase, Reading, Sentence

LEXICON = build_events(
    [
        (
            "by hand",
            [
                {"verb": "strike", "object": ["deal", "agreement"], "code": "SUPPORT", "roles": "mutual"},
                {"verb": "strike", "object": "@target", "code": "ASSAULT/aerial"},
                {"verb": "strike", "object": "none", "code": "PROTEST/strike"},
                {"verb": "strike", "subject": "storm", "code": "none"},
                {"verb": ["fire", "sack"], "object": ["minister", "official"], "code": "SANCTION"},
                {"verb": "fire", "object": "@crowd_weapon", "code": "ASSAULT/crowd-control", "recipient": ["at", "on"]},
                {"verb": "fire", "object": ["missile", "rocket"], "code": "ASSAULT/heavy-weapons", "recipient": ["at", "on"]},
                {"verb": "meet", "code": "CONSULT", "roles": "mutual"},
                {"verb": "meet", "object": ["condition", "target"], "code": "none"},
                {"verb": "call", "code": "none"},
                {"verb": "call for", "for": ["talk", "ceasefire"], "code": "REQUEST/meet", "recipient": "on"},
                {"verb": "ask", "then": "@verb_help", "code": "REQUEST/assist"},
                {"noun": "talk", "number": "plural", "code": "CONSULT", "roles": "mutual"},
                {"noun": "attack", "code": "ASSAULT"},
                {"noun": "aid", "to": "@actor", "code": "AID"},
                {"noun": "killing", "code": "ASSAULT"},
                {"noun": "withdrawal", "code": "RETREAT/withdraw"},
                {"adjective": "ready", "then": "@verb_help", "code": "AGREE", "recipient": ["to", "for"]},
                {"verb": "beat", "code": "ASSAULT/beat+torture"},
            ],
        )
    ],
    {
        "target": frozenset({"base", "camp"}),
        "crowd_weapon": frozenset({"tear gas", "baton"}),
        "verb_help": frozenset({"help", "send"}),
    },
)  # fmt: skip
TYPER = LexiconTyper(LEXICON)
_AT = iter(range(0, 100_000, 20))


def thing(words: str, kind: str = "thing", head: str = "") -> Phrase:
    """A phrase somewhere in the sentence."""
    start = next(_AT)
    return Phrase(Mention(words, start, start + len(words)), head or words.split()[-1], start, start + len(words), kind)


ARMY, REBELS, PERU, MINISTER = (
    thing("army", "agent"),
    thing("rebels", "agent"),
    thing("Peru", "country"),
    thing("minister", "agent"),
)
DEAL, BASE, TEAR_GAS, MISSILE = thing("deal"), thing("base"), thing("tear gas"), thing("missile")


def candidate(
    predicate: str, part: str = "verb", *, plural: bool = False, **slots: Phrase | tuple[Phrase, ...]
) -> EventCandidate:
    """An event word with what fills its slots; `in_` and the like where Python has the word."""
    words = (predicate, predicate.split()[0]) if " " in predicate and part == "verb" else (predicate,)
    filled = {
        slot.rstrip("_"): phrases if isinstance(phrases, tuple) else (phrases,) for slot, phrases in slots.items()
    }
    trigger = (Mention(predicate, 0, len(predicate)),)
    return EventCandidate(words, part, trigger, 0, Sentence(0, 0, 100), filled, Circumstances(tense="past"), plural)


def read(wanted: EventCandidate) -> Reading:
    (found,) = TYPER.read([wanted])
    assert found is not None
    return found


@pytest.mark.parametrize(("wanted", "event_type", "modes"), [
    (candidate("strike", subject=PERU, object=DEAL), "SUPPORT", ()),  # struck a deal
    (candidate("strike", subject=ARMY, object=BASE), "ASSAULT", ("aerial",)),  # struck the base
    (candidate("strike", subject=ARMY), "PROTEST", ("strike",)),
    (candidate("strike", subject=thing("storm"), object=thing("coast")), "none", ()),
    (candidate("fire", subject=PERU, object=MINISTER), "SANCTION", ()),  # fired a minister
    (candidate("sack", subject=PERU, object=MINISTER), "SANCTION", ()),
    (candidate("fire", subject=ARMY, object=TEAR_GAS), "ASSAULT", ("crowd-control",)),  # fired tear gas
    (candidate("fire", subject=ARMY, object=MISSILE), "ASSAULT", ("heavy-weapons",)),  # fired missiles
    (candidate("meet", subject=PERU, object=MINISTER), "CONSULT", ()),
    (candidate("meet", subject=PERU, object=thing("condition")), "none", ()),  # met the condition
    (candidate("beat", subject=ARMY, object=REBELS), "ASSAULT", ("beat", "torture")),
    (candidate("ask", subject=PERU, object=MINISTER, then=thing("send", "clause")), "REQUEST", ("assist",)),
    (candidate("ready", "adjective", subject=PERU, then=thing("help", "clause")), "AGREE", ()),
])  # fmt: skip
def test_a_word_has_the_type_that_its_arguments_give_it(
    wanted: EventCandidate, event_type: str, modes: tuple[str, ...]
) -> None:
    found = read(wanted)
    assert (found.event_type, found.modes) == (event_type, modes)


@pytest.mark.parametrize("wanted", [
    candidate("sing", subject=PERU),  # no event word
    candidate("sack", subject=PERU, object=thing("town")),  # in no known company
    candidate("ask", subject=PERU, then=thing("leave", "clause")),
    candidate("talk", "noun"),  # one talk is a speech
    candidate("strike", "noun"),  # known as a verb only
    candidate("aid", "noun", to=thing("bridge")),
])  # fmt: skip
def test_a_word_in_no_company_that_is_known_has_no_reading(wanted: EventCandidate) -> None:
    assert TYPER.read([wanted]) == [None]


def test_each_candidate_has_its_reading_in_order() -> None:
    first, second = candidate("beat", subject=ARMY, object=REBELS), candidate("sing")
    assert [found.event_type if found else None for found in TYPER.read([first, second, first])] == [
        "ASSAULT",
        None,
        "ASSAULT",
    ]


def test_a_weapon_of_two_words_is_known_though_its_head_is_one() -> None:
    volley = thing("ten rubber batons", head="baton")
    assert read(candidate("fire", subject=ARMY, object=volley)).modes == ("crowd-control",)
    clouds = thing("clouds of tear gas", head="gas")
    assert read(candidate("fire", subject=ARMY, object=clouds)).modes == ("crowd-control",)


def test_a_phrasal_verb_goes_before_its_verb() -> None:
    found = read(candidate("call for", subject=PERU, for_=thing("talks", head="talk"), on=REBELS))
    assert (found.event_type, found.modes, found.recipients) == ("REQUEST", ("meet",), (REBELS,))
    assert read(candidate("call", subject=PERU)).event_type == "none"


def test_who_does_it_is_the_subject_and_who_suffers_it_the_object() -> None:
    found = read(candidate("beat", subject=ARMY, object=REBELS))
    assert (found.actors, found.recipients, found.mutual) == ((ARMY,), (REBELS,), False)


def test_a_frame_says_in_which_slot_its_recipient_stands() -> None:
    found = read(candidate("fire", subject=ARMY, object=TEAR_GAS, at=REBELS))
    assert (found.actors, found.recipients) == ((ARMY,), (REBELS,))


def test_a_thing_that_was_fired_is_no_party() -> None:
    assert read(candidate("fire", subject=ARMY, object=TEAR_GAS)).recipients == ()


@pytest.mark.parametrize(
    "wanted",
    [
        candidate("meet", subject=PERU, object=MINISTER),
        candidate("meet", subject=PERU, with_=MINISTER),
        candidate("meet", between=(PERU, MINISTER)),
        candidate("meet", subject=(PERU, MINISTER)),
    ],
)
def test_in_a_mutual_act_all_parties_are_actors(wanted: EventCandidate) -> None:
    found = read(wanted)
    assert (set(found.actors), found.recipients, found.mutual) == ({PERU, MINISTER}, (), True)


def test_talks_between_two_have_both_for_actors() -> None:
    found = read(candidate("talk", "noun", plural=True, between=(PERU, REBELS)))
    assert (found.event_type, found.actors, found.recipients) == ("CONSULT", (PERU, REBELS), ())


def test_a_noun_has_its_owner_for_actor() -> None:
    found = read(candidate("attack", "noun", possessor=ARMY, on=REBELS))
    assert (found.actors, found.recipients) == ((ARMY,), (REBELS,))
    found = read(candidate("attack", "noun", by=ARMY, against=REBELS))
    assert (found.actors, found.recipients) == ((ARMY,), (REBELS,))


def test_an_adjective_of_nationality_is_the_actor_of_a_noun() -> None:
    found = read(candidate("aid", "noun", modifier=thing("Peruvian", "country"), to=REBELS))
    assert [phrase.mention.text for phrase in found.actors] == ["Peruvian"]
    assert found.recipients == (REBELS,)


def test_of_names_the_victim_of_a_killing_and_the_actor_of_a_withdrawal() -> None:
    killed = read(candidate("killing", "noun", of=REBELS, by=ARMY))
    assert (killed.actors, killed.recipients) == ((ARMY,), (REBELS,))
    left = read(candidate("withdrawal", "noun", of=ARMY))
    assert (left.actors, left.recipients) == ((ARMY,), ())


def test_whom_a_request_is_about_is_its_recipient() -> None:
    found = read(candidate("ask", subject=PERU, then=thing("help", "clause"), content=ARMY))
    assert (found.actors, found.recipients) == ((PERU,), (ARMY,))


def test_the_noun_that_made_the_reading_belongs_to_it() -> None:
    assert read(candidate("strike", subject=PERU, object=DEAL)).claims == {DEAL.head_start}
    assert read(candidate("beat", subject=ARMY, object=REBELS)).claims == frozenset()


def test_a_reading_is_surer_the_more_exactly_its_words_are_known() -> None:
    exact = read(candidate("strike", subject=PERU, object=DEAL)).probability
    by_class = read(candidate("strike", subject=ARMY, object=BASE)).probability
    bare = read(candidate("beat", subject=ARMY)).probability
    assert 0 < bare < by_class < exact < 1


def test_a_reading_says_what_it_rests_on() -> None:
    assert read(candidate("strike", subject=PERU, object=DEAL)).source == "verb 'strike' by its object"


@pytest.mark.parametrize(("kind", "acts"), [
    ("person", True), ("org", True), ("country", True), ("agent", True), ("pronoun", True),
    ("thing", False), ("place", False), ("date", False), ("money", False), ("number", False),
])  # fmt: skip
def test_persons_bodies_states_and_roles_can_act(kind: str, acts: bool) -> None:
    assert names_actor(thing("x", kind)) is acts
