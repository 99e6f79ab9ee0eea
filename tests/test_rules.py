"""Rules of the codebook, end to end: what a short report must come out as, and what must not be coded at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique import Article, Coder, Event, event_record
from communique.errors import InputError

EXAMPLES = Path(__file__).parent.parent / "examples"
PUBLISHED = date(2024, 3, 7)


def code(coder: Coder, text: str, published_on: date | None = PUBLISHED) -> list[Event]:
    return coder.code(Article(text, date=published_on))


def summary(event: Event) -> tuple[str, set[str | None], set[str | None]]:
    actors = {entity.code for entity in event.actors}
    return event.coding.event_type, actors, {entity.code for entity in event.recipients}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Brazil's foreign minister arrived in Lima on Monday for a visit.", ("CONSULT", {"BRA"})),
        ("Egypt condemned the Israeli raid.", ("ACCUSE", {"EGY"})),
        ("Ugandan police arrested 12 opposition activists in Kampala.", ("COERCE", {"UGA"})),
        ("Turkish warplanes bombed Kurdish positions in northern Iraq.", ("ASSAULT", {"TUR"})),
        ("Canada imposed sanctions on six Belarusian officials.", ("SANCTION", {"CAN"})),
        ("Nurses went on strike across Portugal on Wednesday.", ("PROTEST", {"PRT"})),
        ("Norway thanked Qatar for its mediation.", ("SUPPORT", {"NOR"})),
        ("Japan sent 20 tonnes of medicine to Nepal.", ("AID", {"JPN"})),
        ("Chad refused to extradite the rebel leader to Sudan.", ("REJECT", {"TCD"})),
        ("Greece urged Turkey to withdraw its survey ship.", ("REQUEST", {"GRC"})),
    ],
)
def test_a_plain_sentence_gives_its_type_and_actor(coder: Coder, text: str, expected: tuple[str, set[str]]) -> None:
    assert expected in [summary(event)[:2] for event in code(coder, text)]


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        ("Kenya did not deploy troops to Haiti.", "MOBILIZE", ("negation",)),
        ("If Iran attacks the base, Israel could bomb its refineries.", "ASSAULT", ("hypothetical",)),
        ("Spain expelled two Russian diplomats on Tuesday.", "SANCTION", ()),
    ],
)
def test_whether_it_happened_is_told_apart(coder: Coder, text: str, kind: str, status: tuple[str, ...]) -> None:
    found = {event.coding.event_type: event.coding.auxiliary_modes for event in code(coder, text)}
    assert found.get(kind) == status


def test_a_plan_that_its_maker_announces_is_an_agreement(coder: Coder) -> None:
    events = code(coder, "Turkey will send food to Gaza next week, its foreign minister said.")
    assert [summary(event)[0] for event in events] == ["AGREE"]


def test_a_denied_act_is_coded_as_not_done_beside_the_denial(coder: Coder) -> None:
    events = code(coder, "Rwanda denied that its soldiers had shelled the Congolese town.")
    assert {(event.coding.event_type, event.coding.auxiliary_modes) for event in events} >= {
        ("REJECT", ()),
        ("ASSAULT", ("negation",)),
    }


def test_the_same_word_has_another_type_with_other_arguments(coder: Coder) -> None:
    fired = {
        "The president of Ghana fired his defence minister on Friday.": "ASSAULT",
        "Hungarian police fired tear gas at demonstrators in Budapest.": "ASSAULT",
    }
    kinds = [{event.coding.event_type for event in code(coder, text)} for text in fired]
    assert "ASSAULT" not in kinds[0]
    assert "ASSAULT" in kinds[1]


MEETING = """LIMA, 9 June 2022 - Interior Minister Raul Quispe and the newly arrived Chilean ambassador, Elena Duarte, discussed joint Chilean-Peruvian-Bolivian border patrols, the Interior Ministry said.

Quispe thanked Chile for the humanitarian aid provided to Peru after the earthquake. The ambassador congratulated the Peruvian people on their independence day.

Duarte said that Chilean engineers are ready to help rebuild the bridges. A declaration signed on June 6 by the Peruvian, Chilean and Bolivian foreign ministers praised the cooperation of the three countries.
"""


def test_a_meeting_thanks_and_an_offer_are_told_from_what_was_only_discussed(coder: Coder) -> None:
    events = coder.code(Article(MEETING, date="2022-06-09"))
    found = {(event.coding.event_type, frozenset(summary(event)[1])) for event in events}
    assert ("SUPPORT", frozenset({"PER"})) in found  # thanks
    assert ("SUPPORT", frozenset({"CHL"})) in found  # congratulation
    assert ("AGREE", frozenset({"CHL"})) in found  # readiness
    aid = [event for event in events if event.coding.event_type == "AID" and not event.coding.auxiliary_modes]
    assert aid == []  # the help was given earlier
    signed = [
        event for event in events if {"PER", "CHL", "BOL"} <= summary(event)[1] and event.coding.event_type == "SUPPORT"
    ]
    assert [event.when.first for event in signed if event.when] == [date(2022, 6, 6)]
    patrols = [event for event in events if event.coding.event_type == "COOPERATE"]
    assert all(event.coding.auxiliary_modes for event in patrols)


def test_sport_in_the_words_of_war_is_no_event(coder: Coder) -> None:
    text = (
        "Ghana destroyed Togo 4-0 in a World Cup qualifier on Sunday. Striker Kofi Mensah launched an assault on the visitors' "
        "goal and scored a hat-trick. The coach blamed the defence. The two teams meet again in the second leg in March."
    )
    assert code(coder, text) == []


@pytest.mark.parametrize("text", ["1" * 400, "🙂" * 3000, "(" * 3000, '"' * 3000])
def test_what_is_no_language_is_coded_to_nothing_and_soon(coder: Coder, text: str) -> None:
    assert code(coder, text) == []


def test_a_text_of_more_signs_than_memory_allows_is_refused(coder: Coder) -> None:
    with pytest.raises(InputError, match="70,000 words and signs"):
        code(coder, "(" * 70_000)


@pytest.mark.parametrize("text", ["", "   \n\n ", "!!!", "\u200b\u202e"])
def test_a_text_without_words_gives_nothing(coder: Coder, text: str) -> None:
    assert code(coder, text) == []


def test_a_text_beyond_the_limit_is_refused_with_its_length(coder: Coder) -> None:
    with pytest.raises(InputError, match="260,000"):
        code(coder, "a b " * 65_000)


def test_without_a_day_of_publication_relative_dates_stay_open(coder: Coder) -> None:
    events = code(coder, "Ugandan police arrested 12 activists on Tuesday.", None)
    assert [event.when for event in events] == [None]


def test_the_same_article_is_coded_the_same_twice_and_beside_others(coder: Coder) -> None:
    articles = [
        Article(path.read_text(encoding="utf-8"), id=path.stem, date="2022-01-01")
        for path in sorted(EXAMPLES.glob("*.txt"))
    ]
    together = [event_record(event) for event in coder.code_many(articles)]
    alone = [event_record(event) for article in articles for event in coder.code(article)]
    assert together == alone


def test_an_error_of_the_coder_costs_one_article_and_is_told(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    explained = coder._explained

    def broken(parsed: object) -> object:
        if "Lima" in parsed.article.text:  # type: ignore[attr-defined]
            raise ZeroDivisionError("made for this test")
        return explained(parsed)  # type: ignore[arg-type]

    monkeypatch.setattr(coder, "_explained", broken)
    articles = [Article("Police arrested a man in Lima."), Article("Ugandan police arrested 12 activists in Kampala.")]
    first, second = coder.code_documents(articles)
    assert "ZeroDivisionError" in str(first)
    assert len(second.events) == 1  # type: ignore[union-attr]


def quotes(record: dict[str, object]) -> list[dict[str, object]]:
    """Everything in a record that quotes words with offsets."""
    found: list[dict[str, object]] = []
    for side in ("actor", "recipient"):
        found += record[side]  # type: ignore[operator]
    if isinstance(attribution := record["attribution"], dict):
        found.append(attribution)
    return found


def check_evidence(article: Article, event: Event) -> None:
    record = event_record(event)
    for quote in quotes(record):
        assert article.text[quote["start"] : quote["end"]] == quote["entity_text"]  # type: ignore[misc]
    for words, (start, end) in zip(record["event_text"], record["event_spans"], strict=True):  # type: ignore[call-overload]
        assert article.text[start:end] == words
    for entity in (*event.actors, *event.recipients):
        assert article.text[entity.mention.start : entity.mention.end] == entity.mention.text
    for mention in event.trigger:
        assert article.text[mention.start : mention.end] == mention.text
    assert 0 <= event.sentence.start < event.sentence.end <= len(article.text)
    if event.place is not None:
        mention = event.place.mention
        assert article.text[mention.start : mention.end] == mention.text


def test_every_record_of_the_samples_quotes_the_words_at_its_offsets(coder: Coder) -> None:
    events = 0
    for path in sorted(EXAMPLES.glob("*.txt")):
        article = Article(path.read_text(encoding="utf-8"), date="2022-01-01")
        for event in coder.code(article):
            check_evidence(article, event)
            events += 1
    assert events > 100


SENTENCES = st.sampled_from(
    [
        "Ugandan police arrested 12 opposition activists in Kampala.",
        "The minister met the French ambassador, who condemned the raid.",
        "Both sides agreed to release prisoners, Côte d’Ivoire’s president said.",
        '"We will bomb the bridge unless they leave," rebels said.',
        "They denied it.",
    ]
)
ODDITIES = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(SENTENCES, ODDITIES), max_size=8), st.sampled_from([" ", "\n\n", "\u2028", "🙂 "]))
def test_offsets_hold_whatever_characters_stand_around(coder: Coder, parts: list[str], joint: str) -> None:
    article = Article(joint.join(parts), date=PUBLISHED)
    for event in coder.code(article):
        check_evidence(article, event)


@pytest.mark.parametrize(("text", "event_type"), [
    ("Kenya will shut the border if Uganda sends troops, and Tanzania demands talks with Kenya.", "REQUEST"),
    ("Ugandan officials denied that their troops took part, and accused Kenya of lying.", "ACCUSE"),
])  # fmt: skip
def test_a_clause_that_a_comma_sets_apart_is_neither_conditional_nor_denied(
    coder: Coder, text: str, event_type: str
) -> None:
    found = [event for event in coder.code(Article(text, date="2022-06-09")) if event.coding.event_type == event_type]
    assert [event.coding.auxiliary_modes for event in found] == [()]


def test_whoever_has_no_country_is_of_the_one_where_the_report_was_filed(coder: Coder) -> None:
    text = "ASUNCIÓN - Farmers left a Brazilian estate in the far north. Police arrested two traders on Monday."
    arrest = next(e for e in coder.code(Article(text, date="2004-06-02")) if e.coding.event_type == "COERCE")
    assert [actor.code for actor in arrest.actors] == ["PRY"]


def test_two_officials_of_one_state_are_two_parties(coder: Coder) -> None:
    (event,) = coder.code(
        Article("Kenya's interior minister accused the governor of Turkana of lying.", date="2022-06-09")
    )
    assert [len(event.actors), len(event.recipients)] == [1, 1]
