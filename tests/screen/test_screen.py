"""What is set aside before it is parsed: articles no passage of which reads like a report of an event."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from communique.lexicon import load_actors
from communique.screen import Screen, load_screen
from communique.screen.screen import Weights
from communique.screen.words import features, passages, sentences, word_key

GARDEN = """The lavender along the south wall should be cut back by a third now, before the first frost, with clean shears and a dry day.

Keep the cuttings. Stripped of their lower leaves and pushed into sand they will root on a kitchen windowsill by spring. Water them
sparingly. Anyone with clay soil should mix in gravel, since the plants dislike wet feet far more than they dislike cold.

The border in the shade is another matter. Ferns and hostas can stay as they are until the leaves have collapsed, when they make good
compost. Divide the clumps every fourth year, and give a bucket of leaf mould to each piece."""
ARREST = "Ugandan police arrested 12 opposition activists in Kampala on Tuesday, and the United States condemned the arrests."


@pytest.fixture(scope="module")
def screen() -> Screen:
    return load_screen(load_actors())


def made(threshold: float = 1.0, short_threshold: float = -9.0) -> Screen:
    words = {"police": 0.0, "arrested": 3.0, "police arrested": 1.0, "garden": -2.0}
    return Screen(
        Weights(0.0, threshold, short_threshold, article_words=6, passage_words=4, words=words), load_actors()
    )


def test_a_report_of_gardening_is_set_aside_with_the_reason(screen: Screen) -> None:
    found = screen.set_aside(GARDEN)
    assert found is not None
    assert found.score < found.threshold
    assert "no passage reads like a report of an event" in str(found)


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_a_paragraph_on_an_event_anywhere_in_an_article_lets_it_pass(screen: Screen, position: int) -> None:
    paragraphs = GARDEN.split("\n\n")
    paragraphs.insert(
        position, f"{ARREST} Kenya urged both sides to hold talks, and the opposition called a general strike."
    )
    assert screen.set_aside("\n\n".join(paragraphs)) is None


SPORT = "The Colombian attacked four kilometres from the summit and nobody could answer. He leads the tour by 48 seconds with two stages to come."


def test_a_short_text_is_set_aside_only_if_it_is_surely_of_something_else(screen: Screen) -> None:
    found = screen.set_aside(SPORT)
    assert found is not None
    assert found.score < found.threshold < 0
    for text in ("", "Peru and Chile met.", "A bomb went off in Mosul.", f"{ARREST} {SPORT}", f"{SPORT} {ARREST}"):
        assert screen.set_aside(text) is None


def test_short_texts_have_a_threshold_of_their_own() -> None:
    assert made().set_aside("Police in the garden.") is None
    assert made(short_threshold=-1.0).set_aside("Police in the garden.") is not None


@pytest.mark.parametrize("text", ["\n" * 500, "… " * 500, "\u202e\x00" * 300, "a" * 100_000, ". ' ’ ' ." * 200])
def test_any_text_is_judged(screen: Screen, text: str) -> None:
    screen.set_aside(text)


def test_a_score_is_that_of_the_likeliest_passage() -> None:
    text = "Police arrested a man. The garden was quiet all day. The garden was open all night."
    assert made(math.inf).likeliest(text) == 4.0
    assert made().set_aside(text) is None
    assert made(5.0).set_aside(text) is not None


def test_a_passage_crosses_no_more_sentences_than_it_needs() -> None:
    assert list(passages([4, 4, 4], 4)) == [(0, 1), (1, 2), (2, 3)]
    assert list(passages([1, 1, 1], 2)) == [(0, 2), (1, 3)]


@pytest.mark.parametrize("lengths", [[5], [3, 1, 1], [1, 9, 1], [2, 2, 2, 2, 1], [40, 3]])
def test_passages_cover_every_sentence(lengths: list[int]) -> None:
    covered = {number for first, end in passages(lengths, 3) for number in range(first, end)}
    assert covered == set(range(len(lengths)))


def test_names_are_read_by_their_kind() -> None:
    kinds = {"Kenya": "<country>", "Sudan": "<country>"}
    assert word_key("Kenya’s", kinds, {}) == word_key("Sudan", kinds, {}) == "<country>"
    assert word_key("Arrested", kinds, {"arrested": 1.0}) == "arrested"
    assert word_key("Gbagbo", kinds, {}) == "<Name>"


def test_pairs_stay_within_a_sentence() -> None:
    found = [pair for sentence in sentences("Police came. Rebels left.") for pair in features(sentence)]
    assert found == ["Police", "came", "Police came", "Rebels", "left", "Rebels left"]


def test_all_sample_articles_pass(screen: Screen) -> None:
    samples = sorted((Path(__file__).parent.parent.parent / "examples").glob("*.txt"))
    assert samples
    assert [path.name for path in samples if screen.set_aside(path.read_text(encoding="utf-8"))] == []
