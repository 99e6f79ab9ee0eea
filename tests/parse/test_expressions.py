"""Dates, numbers and names by their form."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from spacy.language import Language

from communique.parse import expressions, load_parser

SAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_parser()


def marked(nlp: Language, text: str) -> list[tuple[str, str]]:
    return [(entity.text, entity.label_) for entity in nlp(text).ents]


@pytest.mark.parametrize(("text", "dates"), [
    ("Troops left on 13 January 2021 after talks.", ["13 January 2021"]),
    ("Troops left on Jan. 28 after talks held last Tuesday night.", ["Jan. 28", "last Tuesday night"]),
    ("They met on Tuesday and will meet again next month.", ["Tuesday", "next month"]),
    ("The embassy has been shut since 2014.", ["2014"]),
    ("The camp was closed three weeks ago, early on Monday.", ["three weeks ago", "early on Monday"]),
    ("The 1990s were hard; in recent years, and in the past two years, it was quiet.",
     ["The 1990s", "recent years", "the past two years"]),
    ("Two days after the coup, the border was shut from 2019 to 2021.", ["Two days after", "from 2019 to 2021"]),
    ("Police may march; May God help Jan Kubis.", []),
    ("Some 2000 soldiers crossed the river.", []),
    ("He spoke on the 14th, and yesterday evening.", ["the 14th", "yesterday evening"]),
])  # fmt: skip
def test_dates_are_found_as_they_are_written(nlp: Language, text: str, dates: list[str]) -> None:
    assert [words for words, label in marked(nlp, text) if label == "DATE"] == dates


@pytest.mark.parametrize(("text", "found"), [
    ("Japan gave $2.5 million and 40 trucks.", [("$2.5 million", "MONEY"), ("40", "CARDINAL")]),
    ("Aid worth 30 million euros fell by 12 per cent.", [("30 million euros", "MONEY"), ("12 per cent", "PERCENT")]),
    ("The camp lies 30 kilometres away; at 6.30 p.m. a third shell fell.",
     [("30 kilometres", "QUANTITY"), ("6.30 p.m.", "TIME"), ("third", "ORDINAL")]),
    ("Defence Minister Amina Torres met Rebecca Holt in Aleg.",
     [("Amina Torres", "PERSON"), ("Rebecca Holt", "PERSON"), ("Aleg", "GPE")]),
    ("The Free Harvest Party thanked two Americans.", [("Free Harvest Party", "ORG"), ("two", "CARDINAL"), ("Americans", "NORP")]),
])  # fmt: skip
def test_numbers_and_names_are_told_by_the_words_in_and_before_them(
    nlp: Language, text: str, found: list[tuple[str, str]]
) -> None:
    assert marked(nlp, text) == found


def test_the_look_at_the_first_word_loses_nothing() -> None:
    whole = re.compile(rf"(?<![\w.,$€£])(?:{expressions._ANY})(?!\w)", re.IGNORECASE)
    for path in sorted(SAMPLES.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert [m.span() for m in expressions._FORMS.finditer(text)] == [m.span() for m in whole.finditer(text)]


def test_nothing_overlaps_and_empty_text_has_none(nlp: Language) -> None:
    assert marked(nlp, "") == []
    entities = nlp("On Monday, 5 May 2020, 30 of 2,000 men left at 5 p.m. for $3 a day, the 3rd time this year.").ents
    assert all(one.end <= other.start for one, other in pairwise(entities))
