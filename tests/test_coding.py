"""From text to records, with the real parser and lexicons, with or without the trained model."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communique import Article, Coder, Event
from communique.errors import InputError
from communique.export.plover_jsonl import record_line
from communique.head import find_head
from communique.pipeline import MAX_CHARACTERS, CodedArticle
from communique.records import Mention, Rejection

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.txt"))
PUBLISHED = date(2024, 1, 17)
MEETING = """BELGRADE, 18 October 2019 - Defence Minister Marko Petrovic and the newly appointed Egyptian ambassador, Karim Fathy, discussed plans for joint Serbian-Egyptian-Greek naval drills on Thursday, the Defence Ministry said on its website.

The two men also considered holding mutual visits of cadets next year, the ministry said.

Petrovic thanked Egypt for the medical aid sent to Serbia after the floods.

The ambassador congratulated the Serbian people on the anniversary of their independence. Fathy added that Egyptian engineers are ready to help clear unexploded bombs from the Danube.

The Athens Declaration signed on October 9 by the Serbian, Egyptian and Greek foreign ministers praised the contribution of the three countries to stability in the region.
"""


def example(path: Path) -> Article:
    text = path.read_text(encoding="utf-8")
    return Article(text, id=path.stem, date=find_head(text).date or PUBLISHED)


def mentions(event: Event) -> list[Mention]:
    """Everything that an event quotes."""
    found = [*event.trigger, *(entity.mention for entity in (*event.actors, *event.recipients))]
    if event.attribution is not None:
        found.append(event.attribution.mention)
    if event.place is not None:
        found.append(event.place.mention)
    return found


def check_evidence(event: Event) -> None:
    """The words of an event and of its record are those at their offsets, and its event words stand in its sentence."""
    text, sentence = event.article.text, event.sentence
    for mention in mentions(event):
        assert mention.text == text[mention.start : mention.end] != ""
    assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end] != ""
    assert all(sentence.start <= mention.start < mention.end <= sentence.end for mention in event.trigger)
    record: dict[str, Any] = json.loads(record_line(event, with_text=True))
    assert record["text"] == text
    quotes = [(quote["entity_text"], quote) for side in ("actor", "recipient") for quote in record[side]]
    if record["attribution"]:
        quotes.append((record["attribution"]["entity_text"], record["attribution"]))
    if record["event_loc"]:
        quotes.append((record["event_loc"]["extracted_place"], record["event_loc"]))
    for words, quote in quotes:
        assert words == record["text"][quote["start"] : quote["end"]]
    assert record["event_text"] == [record["text"][start:end] for start, end in record["event_spans"]]


# ---- evidence -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_event_of_a_sample_quotes_the_words_at_its_offsets(coder: Coder, path: Path) -> None:
    events = coder.code(example(path))
    assert events
    for event in events:
        check_evidence(event)


_SUBJECTS = [
    "Kenyan police",
    "Peru",
    "The rebels",
    "Côte d’Ivoire’s president",
    "NATO",
    "Zakir Hasanov, the defence minister,",
    "They",
    "The U.S.",
]
_VERBS = [
    "arrested",
    "met",
    "did not attack",
    "will send aid to",
    "thanked",
    "accused",
    "held talks with",
    "fired tear gas at",
    "refused to release",
]
_OBJECTS = [
    "ten protesters",
    "the Chilean ambassador",
    "both sides",
    "Iran’s soldiers in Al-Ḩasakah",
    "Turkey and Syria",
    "him",
    "the UN",
]
_ENDS = [
    " on Tuesday.",
    ", the ministry said.",
    " in Nairobi last month.",
    ".",
    "!",
    " unless they leave.",
    "",
    "…",
    '."',
]
_ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_CLAUSE = st.tuples(_ODD, *(st.sampled_from(part) for part in (_SUBJECTS, _VERBS, _OBJECTS, _ENDS)), _ODD).map(
    lambda parts: f"{parts[0]}{parts[1]} {parts[2]} {parts[3]}{parts[4]}{parts[5]}"
)
_SPLIT = st.tuples(  # any character in the middle of a sentence, even of a word
    st.tuples(*(st.sampled_from(part) for part in (_SUBJECTS, _VERBS, _OBJECTS))).map(" ".join),
    st.integers(0, 60),
    _ODD,
).map(lambda parts: f"{parts[0][: parts[1]]}{parts[2]}{parts[0][parts[1] :]}.")
_JOINTS = st.sampled_from([" ", "\n", "\n\n", "\r\n", "\u2028", "\u00a0", "\t", " 🙂 ", "\u200b", "\ufeff"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(_CLAUSE, _SPLIT, _ODD), max_size=6),
    _JOINTS,
    st.none() | st.dates(date(1950, 1, 1), date(2050, 1, 1)),
)
def test_every_event_of_any_text_quotes_the_words_at_its_offsets(
    coder: Coder, parts: list[str], joint: str, published_on: date | None
) -> None:
    article = Article(joint.join(parts), date=published_on)
    for number, event in enumerate(coder.code(article), 1):
        check_evidence(event)
        assert event.id == f"{article.id}#{number}"
        assert event.when is None or event.when.first <= event.when.last
        assert 0 < event.coding.confidence < 1


def test_characters_beyond_the_basic_plane_count_once(coder: Coder) -> None:
    plain = coder.code(Article("Kenyan police arrested ten protesters in Nairobi.", date=PUBLISHED))
    smiling = coder.code(Article("🙂🙂🙂\n\nKenyan police arrested ten protesters in Nairobi.", date=PUBLISHED))
    shift = len("🙂🙂🙂\n\n")
    assert plain
    assert [[m.start + shift for m in mentions(event)] for event in plain] == [
        [m.start for m in mentions(event)] for event in smiling
    ]


# ---- an article like many: a meeting ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def meeting(coder: Coder) -> list[Event]:
    return coder.code(Article(MEETING, date=date(2019, 10, 18)))


def codes(event: Event) -> tuple[set[str | None], set[str | None]]:
    return {entity.code for entity in event.actors}, {entity.code for entity in event.recipients}


def of_type(events: list[Event], event_type: str, *auxiliary_modes: str) -> list[Event]:
    return [
        event for event in events
        if event.coding.event_type == event_type and event.coding.auxiliary_modes == auxiliary_modes
    ]  # fmt: skip


def test_who_met_are_all_actors_on_the_day_of_the_meeting(meeting: list[Event]) -> None:
    first = of_type(meeting, "CONSULT")[0]
    assert codes(first) == ({"SRB", "EGY"}, set())
    assert first.when is not None
    assert (first.when.first, first.when.resolution) == (date(2019, 10, 17), "day")
    assert first.attribution is not None
    assert first.attribution.mention.text == "Defence Ministry"


def test_a_minister_without_country_has_that_of_the_dateline_and_the_reason_says_so(meeting: list[Event]) -> None:
    (minister,) = [entity for entity in of_type(meeting, "CONSULT")[0].actors if entity.code == "SRB"]
    assert minister.sectors[0] == "GOV"
    assert "BELGRADE" in minister.reason


def test_drills_that_were_only_discussed_did_not_take_place(meeting: list[Event]) -> None:
    assert of_type(meeting, "COOPERATE") == []
    assert of_type(meeting, "MOBILIZE") == []


def test_thanks_go_from_who_was_helped_to_who_helped(meeting: list[Event]) -> None:
    assert ({"SRB"}, {"EGY"}) in [codes(event) for event in of_type(meeting, "SUPPORT")]


def test_help_that_thanks_name_was_given_earlier(meeting: list[Event]) -> None:
    assert [codes(event) for event in of_type(meeting, "AID", "historical")] == [({"EGY"}, {"SRB"})]
    assert of_type(meeting, "AID") == []


def test_a_congratulation_is_support(meeting: list[Event]) -> None:
    found = [codes(event) for event in of_type(meeting, "SUPPORT")]
    assert ({"EGY"}, {"SRB"}) in found


def test_readiness_to_help_is_agreement_by_who_is_ready(meeting: list[Event]) -> None:
    ready = [event for event in of_type(meeting, "AGREE") if "ready" in " ".join(m.text for m in event.trigger)]
    assert [codes(event)[0] for event in ready] == [{"EGY"}]
    assert codes(ready[0])[1] == {"SRB"}  # the other side of the meeting


def test_a_declaration_signed_by_three_is_one_event_of_its_own_day(meeting: list[Event]) -> None:
    signed = [event for event in of_type(meeting, "SUPPORT") if codes(event)[0] == {"SRB", "EGY", "GRC"}]
    assert len(signed) == 1
    assert signed[0].when is not None
    assert (signed[0].when.first, signed[0].when.last) == (date(2019, 10, 9), date(2019, 10, 9))


# ---- nothing to code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\n", "\t\r\n", "\u00a0", ".", "🙂", "\u200b\ufeff", "12 345", "…" * 500]
)
def test_a_text_without_a_report_gives_nothing(coder: Coder, text: str) -> None:
    assert coder.code(Article(text, date=PUBLISHED)) == []
    assert coder.explain(Article(text, date=PUBLISHED)).candidates == ()


def test_an_article_about_sport_gives_nothing_and_says_why(coder: Coder) -> None:
    text = (
        "Ivory Coast crushed Mali 3-0 on Saturday to reach the final of the Africa Cup.\n\n"
        "Striker Drogo attacked from the kick-off and scored a hat-trick before half-time. The goalkeeper blamed his defence, "
        "and the coach said Mali had surrendered without a fight. The winner meets Senegal in the stadium on Sunday."
    )
    assert coder.code(Article(text, date=PUBLISHED)) == []
    assert "sport" in (coder.explain(Article(text, date=PUBLISHED)).set_aside or "")


def test_the_title_helps_to_tell_that_an_article_is_about_sport(coder: Coder) -> None:
    text = "Mali attacked from the start. The goalkeeper was sent off, and the coach blamed the referee."
    assert (
        coder.code(Article(text, date=PUBLISHED, title="Football: striker hat-trick beats Mali in World Cup qualifier"))
        == []
    )


# ---- dates --------------------------------------------------------------------------------------------------------------


def test_without_a_day_of_publication_relative_dates_are_unknown(coder: Coder) -> None:
    (event,) = coder.code(Article("Kenyan police arrested ten protesters in Nairobi on Tuesday."))
    assert event.when is None
    record = json.loads(record_line(event))
    assert (record["date"], record["enddate"], record["date_resolution"]) == (None, None, None)


def test_a_full_date_is_known_without_a_day_of_publication(coder: Coder) -> None:
    (event,) = coder.code(Article("Kenyan police arrested ten protesters in Nairobi on 9 January 2024."))
    assert event.when is not None
    assert event.when.first == event.when.last == date(2024, 1, 9)


def test_an_event_without_date_has_the_day_of_publication_and_says_so(coder: Coder) -> None:
    (event,) = coder.code(Article("Kenyan police arrested ten protesters in Nairobi.", date=PUBLISHED))
    assert event.when is not None
    assert (event.when.first, event.when.resolution) == (PUBLISHED, "publication")


def test_an_event_of_last_month_keeps_the_month(coder: Coder) -> None:
    (event,) = coder.code(Article("Kenyan police arrested ten protesters in Nairobi last month.", date=PUBLISHED))
    assert event.when is not None
    assert (event.when.first, event.when.last, event.when.resolution) == (
        date(2023, 12, 1),
        date(2023, 12, 31),
        "month",
    )


# ---- the coder ----------------------------------------------------------------------------------------------------------


def records(events: list[Event]) -> list[bytes]:
    return [record_line(event, with_text=True) for event in events]


def test_the_same_input_gives_the_same_output_whatever_stands_beside_it(coder: Coder) -> None:
    articles = [example(path) for path in EXAMPLES[:4]]
    alone = [line for article in articles for line in records(coder.code(article))]
    assert alone == [line for article in articles for line in records(coder.code(article))]
    assert alone == records(list(coder.code_many(articles)))
    backwards = [records([event]) for article in reversed(articles) for event in coder.code(article)]
    assert sorted(alone) == sorted(line for lines in backwards for line in lines)


def test_ids_of_events_are_the_articles_with_their_number(coder: Coder) -> None:
    events = coder.code(Article(MEETING, id="AFP-0031", date=date(2019, 10, 18)))
    assert [event.id for event in events] == [f"AFP-0031#{number}" for number in range(1, len(events) + 1)]
    unnamed = Article(MEETING, date=date(2019, 10, 18))
    assert [event.id for event in coder.code(unnamed)] == [f"{unnamed.id}#{n}" for n in range(1, len(events) + 1)]


def test_events_come_in_the_order_of_their_sentences(coder: Coder, meeting: list[Event]) -> None:
    numbers = [event.sentence.number for event in meeting]
    assert numbers == sorted(numbers)


def test_explaining_tells_the_events_that_coding_gives_and_a_reason_for_each_candidate(
    coder: Coder, meeting: list[Event]
) -> None:
    explained = coder.explain(Article(MEETING, date=date(2019, 10, 18)))
    assert [each.event for each in explained.candidates if each.event is not None] == meeting
    assert all(each.reason for each in explained.candidates)
    assert all((each.outcome == "dropped") == (each.event is None) for each in explained.candidates)


def test_a_text_that_is_too_long_is_rejected_and_the_others_are_coded(coder: Coder) -> None:
    long = Article("Peru protested. " * (MAX_CHARACTERS // 16 + 1), id="long")
    short = Article("Kenyan police arrested ten protesters in Nairobi.", id="short")
    with pytest.raises(InputError, match="long"):
        coder.code(long)
    with pytest.raises(InputError, match=f"{MAX_CHARACTERS:,}"):
        coder.explain(long)
    first, second = coder.code_documents([long, short])
    assert isinstance(first, Rejection)
    assert isinstance(second, CodedArticle)
    assert (first.id, len(second.events)) == ("long", 1)
    assert [event.article.id for event in coder.code_many([long, short])] == ["short"]


def test_no_articles_give_no_events(coder: Coder) -> None:
    assert list(coder.code_many([])) == []
