"""Who did what to whom, from the grammar of real sentences: event words, and what fills the roles around them.

Uses the small spaCy model that the package comes with; its parse of these plain sentences is part of the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from spacy.language import Language

from communique.extract import Extraction, extract
from communique.lexicon import load_actors, load_events, load_section
from communique.parse import load_parser, parse_articles
from communique.records import Article, EventCandidate, Phrase


@dataclass(frozen=True)
class Found:
    """What was found in one text, by the words."""

    text: str
    extraction: Extraction

    def event(self, *words: str, part: str = "") -> EventCandidate:
        """The candidate with these event words; a noun with its light verb if both are given."""
        fits = [
            candidate for candidate in self.extraction.candidates
            if tuple(mention.text for mention in candidate.trigger) == words and part in {"", candidate.part}
        ]  # fmt: skip
        assert fits, f"no candidate {words} among {[[m.text for m in c.trigger] for c in self.extraction.candidates]}"
        return fits[0]

    def triggers(self) -> list[str]:
        return [" ".join(mention.text for mention in candidate.trigger) for candidate in self.extraction.candidates]


@pytest.fixture(scope="session")
def nlp() -> Language:
    return load_parser()


@pytest.fixture
def find(nlp: Language) -> Callable[[str], Found]:
    def found(text: str) -> Found:
        (parsed,) = parse_articles([Article(text)], nlp)
        reporting = load_section("language/reporting")
        return Found(
            text, extract(parsed, load_events(), load_actors(), reporting, load_section("language/short_forms"))
        )

    return found


Find = Callable[[str], Found]


def words(phrases: tuple[Phrase, ...]) -> list[str]:
    return [phrase.mention.text for phrase in phrases]


def slot(candidate: EventCandidate, name: str) -> list[str]:
    return words(candidate.slots.get(name, ()))


# ---- clauses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "filled"), [
    # active and passive say the same
    ("Kenyan police arrested ten protesters in Nairobi.", "arrested", {"subject": ["Kenyan police"], "object": ["ten protesters"], "in": ["Nairobi"]}),
    ("Ten protesters were arrested by Kenyan police.", "arrested", {"subject": ["Kenyan police"], "object": ["Ten protesters"]}),
    ("Ten protesters were arrested in Nairobi.", "arrested", {"subject": [], "object": ["Ten protesters"]}),
    # to whom it was done: an indirect object or a preposition
    ("Japan gave Nepal a loan.", "gave", {"subject": ["Japan"], "indirect": ["Nepal"], "object": ["loan"]}),
    ("Japan gave a loan to Nepal.", "gave", {"subject": ["Japan"], "to": ["Nepal"], "object": ["loan"]}),
    ("Syria fired rockets at Israel.", "fired", {"subject": ["Syria"], "object": ["rockets"], "at": ["Israel"]}),
    ("The rebels declared war on the government.", "declared", {"subject": ["rebels"], "on": ["government"]}),
    ("Chilean troops clashed with Peruvian soldiers over the border.", "clashed",
     {"subject": ["Chilean troops"], "with": ["Peruvian soldiers"], "over": ["border"]}),
    ("Rwanda plans to withdraw its troops from Congo.", "withdraw", {"subject": ["Rwanda"], "object": ["its troops"], "from": ["Congo"]}),
    ("Peru handed over the prisoners to Chile.", "handed over", {"object": ["prisoners"], "to": ["Chile"]}),
    ("Kenya and Uganda signed a treaty with Tanzania.", "signed", {"subject": ["Kenya", "Uganda"], "with": ["Tanzania"]}),
])  # fmt: skip
def test_a_clause_says_who_did_it_and_to_whom(
    find: Find, text: str, trigger: str, filled: dict[str, list[str]]
) -> None:
    candidate = find(text).event(trigger, part="verb")
    assert {name: slot(candidate, name) for name in filled} == filled


@pytest.mark.parametrize(("text", "trigger", "predicate"), [
    ("Gunmen blew up a bridge near Mosul.", "blew up", "blow up"),
    ("Peru called for talks.", "called for", "call for"),
    ("Peru handed over the prisoners to Chile.", "handed over", "hand over"),
])  # fmt: skip
def test_a_verb_of_several_words_is_one_event_word(find: Find, text: str, trigger: str, predicate: str) -> None:
    assert find(text).event(trigger).predicate[0] == predicate


def test_a_sentence_with_several_events_gives_each(find: Find) -> None:
    found = find("Rebels attacked the town on Monday and kidnapped nine nurses, and the army shelled their camp.")
    assert found.triggers() == ["attacked", "kidnapped", "shelled"]
    assert slot(found.event("kidnapped"), "subject") == ["Rebels"]
    assert slot(found.event("shelled"), "subject") == ["army"]


# ---- nominal events and light verbs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "filled"), [
    ("Talks between Egypt and Sudan began on Monday.", "Talks", {"between": ["Egypt", "Sudan"]}),
    ("Turkish aid to Syria arrived.", "aid", {"modifier": ["Turkish"], "to": ["Syria"]}),
    ("Iran's attack on the port killed nine civilians.", "attack", {"possessor": ["Iran"], "on": ["port"]}),
    ("The killing of the ambassador shocked Ankara.", "killing", {"of": ["ambassador"]}),
])  # fmt: skip
def test_a_noun_may_be_the_event(find: Find, text: str, trigger: str, filled: dict[str, list[str]]) -> None:
    candidate = find(text).event(trigger, part="noun")
    assert {name: slot(candidate, name) for name in filled} == filled


def test_both_nations_of_a_joint_exercise_stand_before_it(find: Find) -> None:
    joint = find("Joint Chinese-Russian exercises began on Monday.").event("exercises")
    assert "Chinese-Russian" in slot(joint, "modifier")
    assert joint.plural


@pytest.mark.parametrize(("text", "trigger", "light", "filled"), [
    ("The ministers held talks with the rebels.", ("held talks",), "hold", {"subject": ["ministers"], "with": ["rebels"]}),
    ("Peru imposed sanctions on Chile.", ("imposed sanctions",), "impose", {"subject": ["Peru"], "on": ["Chile"]}),
    ("France voiced support for Greece.", ("voiced support",), "voice", {"subject": ["France"], "for": ["Greece"]}),
    ("Japan gave Nepal a loan.", ("gave", "loan"), "give", {"subject": ["Japan"], "indirect": ["Nepal"]}),
    ("Pakistan is ready to take part in the drills.", ("take", "drills"), "take", {"subject": ["Pakistan"]}),
    ("The United States and Japan conducted joint military exercises.", ("conducted", "exercises"), "conduct",
     {"subject": ["United States", "Japan"]}),
    ("Ethiopia and Eritrea held two rounds of talks.", ("held", "talks"), "hold", {"subject": ["Ethiopia", "Eritrea"]}),
])  # fmt: skip
def test_a_light_verb_lends_its_subject_to_the_noun_that_is_the_event(
    find: Find, text: str, trigger: tuple[str, ...], light: str, filled: dict[str, list[str]]
) -> None:
    candidate = find(text).event(*trigger, part="noun")
    assert candidate.light_verb == light
    assert {name: slot(candidate, name) for name in filled} == filled


def test_a_word_inside_a_name_is_no_event(find: Find) -> None:
    assert "Conference" not in find("The Organisation of the Islamic Conference condemned the raid.").triggers()
    assert "Security" not in " ".join(find("The UN Security Council met.").triggers())


# ---- coordination -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "name", "expected"), [
    ("Peru, Chile and Bolivia signed the accord.", "signed", "subject", ["Peru", "Chile", "Bolivia"]),
    ("The army shelled Aleppo, Homs and Hama.", "shelled", "object", ["Aleppo", "Homs", "Hama"]),
    ("The accord signed by Peru and Chile ends the war.", "signed", "subject", ["Peru", "Chile"]),
    ("Police arrested and beat the protesters.", "arrested", "object", ["protesters"]),
    ("Police arrested and beat the protesters.", "beat", "subject", ["Police"]),
])  # fmt: skip
def test_what_is_joined_by_and_shares_its_role(
    find: Find, text: str, trigger: str, name: str, expected: list[str]
) -> None:
    assert slot(find(text).event(trigger), name) == expected


# ---- clauses inside clauses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "filled"), [
    ("The soldiers who attacked the village fled.", "attacked", {"subject": ["soldiers"], "object": ["village"]}),
    ("Police, who fired tear gas, arrested nine students.", "fired", {"subject": ["Police"], "object": ["tear gas"]}),
    ("The aid that Japan sent reached Nepal.", "sent", {"subject": ["Japan"], "object": ["aid"]}),
    ("The accord signed by Peru and Chile ends the war.", "signed", {"object": ["accord"]}),
    ("The activists arrested by police were released.", "arrested", {"subject": ["police"], "object": ["activists"]}),
    ("The activists arrested by police were released.", "released", {"subject": [], "object": ["activists"]}),
])  # fmt: skip
def test_a_relative_clause_is_about_the_noun_before_it(
    find: Find, text: str, trigger: str, filled: dict[str, list[str]]
) -> None:
    candidate = find(text).event(trigger)
    assert {name: slot(candidate, name) for name in filled} == filled


@pytest.mark.parametrize(("text", "outer", "inner", "subject"), [
    ("Sudan agreed to send troops to Yemen.", "agreed", "send", "Sudan"),
    ("Iran refused to release the sailors.", "refused", "release", "Iran"),
    ("Peru threatened to expel the ambassador.", "threatened", "expel", "Peru"),
    ("Egypt asked Israel to withdraw its troops.", "asked", "withdraw", "Israel"),  # who is asked is to do it
    ("Norway urged both sides to hold talks.", "urged", "hold talks", "both sides"),
    ("Pakistan is ready to take part in the drills.", "ready", "take", "Pakistan"),
    ("India denied shelling the village.", "denied", "shelling", "India"),
    ("India denied that its soldiers had shelled the village.", "denied", "shelled", "its soldiers"),
])  # fmt: skip
def test_a_complement_clause_has_the_subject_that_its_verb_gives_it(
    find: Find, text: str, outer: str, inner: str, subject: str
) -> None:
    found = find(text)
    above, below = found.event(outer), found.event(inner, part="verb")
    assert above.then == below.head_start
    assert slot(below, "subject") == [subject]
    assert below.circumstances.governors[0].relation == "clause"


# ---- who says so ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "reporter"), [
    ("The police arrested nine men, the interior ministry said.", "arrested", "interior ministry"),
    ("The interior ministry said that police had arrested nine men.", "arrested", "interior ministry"),
    ("According to the United Nations, rebels killed nine villagers.", "killed", "United Nations"),
    ('"We will bomb the bridge," the rebel leader said.', "bomb", "rebel leader"),
    ("Police arrested nine men.", "arrested", None),
    ("Egypt asked Israel to withdraw its troops.", "withdraw", None),  # who asks does not report
])  # fmt: skip
def test_who_reports_an_event_is_not_who_does_it(find: Find, text: str, trigger: str, reporter: str | None) -> None:
    candidate = find(text).event(trigger)
    assert (candidate.reporter.mention.text if candidate.reporter else None) == reporter
    assert reporter not in slot(candidate, "subject")


# ---- did it happen ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "trigger", "tense", "modal", "negated", "conditional"), [
    ("The minister met the ambassador.", "met", "past", "", False, False),
    ("The minister has met the ambassador.", "met", "perfect", "", False, False),
    ("The minister had met the ambassador.", "met", "pluperfect", "", False, False),
    ("The minister will meet the ambassador.", "meet", "future", "will", False, False),
    ("The minister is to meet the ambassador.", "meet", "future", "be to", False, False),
    ("The minister may meet the ambassador.", "meet", "infinitive", "may", False, False),
    ("The minister did not meet the ambassador.", "meet", "past", "", True, False),
    ("The minister never met the ambassador.", "met", "past", "", True, False),
    ("No minister met the ambassador.", "met", "past", "", True, False),
    ("If Iran attacks the base, Israel will bomb Tehran.", "attacks", "present", "", False, True),
    ("Unless the rebels leave, Mali will bomb the camp.", "leave", "present", "", False, True),
])  # fmt: skip
def test_tense_modal_negation_and_condition_are_read_off_the_clause(
    find: Find, text: str, trigger: str, tense: str, modal: str, negated: bool, conditional: bool
) -> None:
    stands = find(text).event(trigger).circumstances
    assert (stands.tense, stands.modal, stands.negated, stands.conditional) == (tense, modal, negated, conditional)


def test_an_event_under_a_condition_is_marked_as_conditioned(find: Find) -> None:
    assert find("If Iran attacks the base, Israel will bomb Tehran.").event("bomb").circumstances.conditioned
    assert not find("Israel will bomb Tehran.").event("bomb").circumstances.conditioned


@pytest.mark.parametrize(("text", "trigger", "governor", "relation"), [
    ("The visit was cancelled.", "visit", "cancel", "nsubjpass"),
    ("Chile demanded an apology from Peru.", "apology", "demand", "dobj"),
    ("Peru called for talks.", "talks", "call", "for"),
    ("Rwanda plans to withdraw its troops from Congo.", "withdraw", "plan", "clause"),
    ("Ukraine accused Russia of shelling a hospital.", "shelling", "accuse", "of"),
    ("The soldiers who attacked the village fled.", "attacked", "soldier", "relcl"),
])  # fmt: skip
def test_the_word_that_an_event_hangs_on_is_its_first_governor(
    find: Find, text: str, trigger: str, governor: str, relation: str
) -> None:
    first = find(text).event(trigger).circumstances.governors[0]
    assert (first.lemma, first.relation) == (governor, relation)


# ---- phrases, dates and places ------------------------------------------------------------------------------------------------


def test_what_stands_in_apposition_belongs_to_the_phrase_and_not_into_its_words(find: Find) -> None:
    met = find("Zakir Hasanov, the defence minister, met the Pakistani ambassador, Bilal Hayee.").event("met")
    (minister,), (ambassador,) = met.slots["subject"], met.slots["object"]
    assert (minister.mention.text, [each.text for each in minister.appositions]) == (
        "Zakir Hasanov",
        ["defence minister"],
    )
    assert (ambassador.mention.text, [each.text for each in ambassador.appositions]) == (
        "Pakistani ambassador",
        ["Bilal Hayee"],
    )


def test_a_phrase_leaves_out_its_article_and_its_relative_clause(find: Find) -> None:
    (soldiers,) = find("The soldiers who attacked the village fled.").event("fled").slots["subject"]
    assert soldiers.mention.text == "soldiers"


@pytest.mark.parametrize(("text", "trigger", "name", "kind"), [
    ("Peru expelled the ambassador.", "expelled", "subject", "country"),
    ("Peru expelled the ambassador.", "expelled", "object", "agent"),
    ("They expelled the ambassador.", "expelled", "subject", "pronoun"),
    ("The United Nations condemned the raid.", "condemned", "subject", "org"),
    ("Angela Merkel condemned the raid.", "condemned", "subject", "person"),
    ("Gunmen blew up a bridge near Mosul.", "blew up", "object", "thing"),
    ("Gunmen blew up a bridge near Mosul.", "blew up", "near", "place"),
    ("Syria fired rockets at Israel on Monday.", "fired", "on", "date"),
])  # fmt: skip
def test_a_phrase_is_of_the_kind_that_its_head_names(find: Find, text: str, trigger: str, name: str, kind: str) -> None:
    assert [phrase.kind for phrase in find(text).event(trigger).slots[name]] == [kind]


def test_those_counted_are_the_head_of_a_number_of_them(find: Find) -> None:
    (killed,) = find("Dozens of soldiers were killed.").event("killed").slots["object"]
    assert (killed.mention.text, killed.head, killed.kind, killed.plural) == (
        "Dozens of soldiers",
        "soldier",
        "agent",
        True,
    )


def test_dates_and_places_of_a_clause_are_its_own(find: Find) -> None:
    found = find("Kenyan police arrested ten protesters in Nairobi on Tuesday, and rebels attacked Bamako on Monday.")
    arrested, attacked = found.event("arrested"), found.event("attacked")
    assert [each.text for each in arrested.dates][:1] == ["Tuesday"]
    assert [each.text for each in attacked.dates][:1] == ["Monday"]
    assert words(arrested.places) == ["Nairobi"]


def test_a_date_since_which_something_lasts_is_not_its_own(find: Find) -> None:
    assert find("Israel has occupied the heights since 1967.").event("occupied").dates == ()


# ---- layout -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "LIMA, March 3 (Agency) - Peru expelled the ambassador. Chile protested.",
    "date 2021-01-16 By A. Writer\n\nPeru expelled the ambassador. Chile protested.",
    "Peru expelled the ambassador.\n\nChile protested.",
    "Peru expelled the ambassador.\nChile protested.",
])  # fmt: skip
def test_sentences_are_numbered_from_the_first_of_the_report(find: Find, text: str) -> None:
    found = find(text)
    assert found.triggers() == ["expelled", "protested"]
    assert [candidate.sentence.number for candidate in found.extraction.candidates] == [0, 1]
    first = found.event("expelled").sentence
    assert text[first.start : first.end] == "Peru expelled the ambassador."


def test_a_paragraph_without_full_stop_ends_its_sentence(find: Find) -> None:
    found = find("Rebels attack army base\n\nRebels attacked a base near Goma on Monday.")
    sentence = found.event("attacked").sentence
    assert found.text[sentence.start : sentence.end] == "Rebels attacked a base near Goma on Monday."


def test_all_words_found_are_slices_of_the_text(find: Find) -> None:
    found = find(
        "PARIS (AP) — “We’ll bomb them,” said Côte d’Ivoire’s 🙂 president, who met Zakir Hasanov, the minister, on Jan. 3.\n\n"
        "The U.S.-led coalition's attack on Al-Ḩasakah killed dozens of civilians, according to the UN."
    )
    phrases = [*found.extraction.phrases]
    mentions = [name for phrase in phrases for name in (phrase.mention, *phrase.appositions)]
    for candidate in found.extraction.candidates:
        filled = [phrase for each in candidate.slots.values() for phrase in each]
        mentions += [*candidate.trigger, *candidate.dates, *(phrase.mention for phrase in (*filled, *candidate.places))]
        assert found.text[candidate.sentence.start : candidate.sentence.end].strip()
    assert len(mentions) > 20
    assert all(found.text[each.start : each.end] == each.text for each in mentions)
    assert all(phrase.mention.start <= phrase.head_start < phrase.head_end <= phrase.mention.end for phrase in phrases)
