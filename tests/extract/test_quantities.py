"""Numbers in text: what they are worth, and whom they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.extract.counts import count_people
from communique.extract.quantities import find_quantities
from communique.lexicon import load_actors
from communique.parse import load_parser
from communique.records import Sentence


@pytest.mark.parametrize(
    ("phrase", "low", "high"),
    [
        ("49 people", 49, 49),
        ("at least 49 people", 49, 49),
        ("up to 15 people", 15, 15),
        ("more than 200 people", 200, 200),
        ("dozens of people", 24, 99),
        ("scores of people", 40, 99),
        ("hundreds of people", 200, 999),
        ("tens of thousands of people", 20000, 99999),
        ("several hundred people", 300, 900),
        ("half a dozen people", 6, 6),
        ("two dozen people", 24, 24),
        ("between 20 and 30 people", 20, 30),
        ("20 to 30 people", 20, 30),
        ("20-30 people", 20, 30),
        ("twenty-one people", 21, 21),
        ("two hundred and fifty people", 250, 250),
        ("one thousand two hundred people", 1200, 1200),
        ("1.5 million people", 1_500_000, 1_500_000),
        ("an estimated 100,000 people", 100_000, 100_000),
    ],
)
def test_a_number_keeps_the_range_and_the_words_of_the_text(phrase: str, low: int, high: int) -> None:
    [quantity] = find_quantities(phrase)
    assert (quantity.low, quantity.high) == (low, high)
    assert phrase[quantity.mention.start : quantity.mention.end] == quantity.mention.text
    assert quantity.mention.start == 0


@pytest.mark.parametrize(
    "phrase", ["$49 million", "12 percent", "12%", "a 34-year-old", "10 km away", "at 10:30", "the 3rd", "F-16", "MI6"]
)
def test_what_counts_no_people_is_no_quantity(phrase: str) -> None:
    assert find_quantities(phrase) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The blast killed at least 49 people and wounded dozens more.", {("dead", 49, 49), ("injured", 24, 99)}),
        ("A bomb exploded in a market, killing four and wounding nine.", {("dead", 4, 4), ("injured", 9, 9)}),
        ("The death toll rose to 61.", {("dead", 61, 61)}),
        ("Nine people were killed, five of them police officers.", {("dead", 9, 9)}),
        ("The attack left four dead and 12 injured, a spokesman said.", {("dead", 4, 4), ("injured", 12, 12)}),
        ("A woman and two children were killed when a shell hit their house.", {("dead", 3, 3)}),
        ("The driver and two soldiers were wounded.", {("injured", 3, 3)}),
        ("Tens of thousands marched through the capital.", {("participants", 20000, 99999)}),
        ("No one was hurt.", {("injured", 0, 0)}),
        ("There were no casualties.", {("dead", 0, 0), ("injured", 0, 0)}),
        ("Between 20 and 30 people died in the raid.", {("dead", 20, 30)}),
        ("Police arrested more than 200 protesters, including two lawmakers.", {("arrested", 200, 200)}),
        ("Gunmen shot dead three policemen, aged 34, 35 and 40, 10 km from Kano.", {("dead", 3, 3)}),
        ("Rebels hacked 17 villagers to death with machetes.", {("dead", 17, 17)}),
        ("Some 5,000 people took to the streets of Paris.", {("participants", 5000, 5000)}),
        ("Lawmakers voted 48 to 12 to arrest him; he is 34.", set()),
        ("Drones destroyed six vehicles and killed 12 cows.", set()),
        ("The army bought 12 tanks for $40 million in 2015.", set()),
    ],
)
def test_a_number_counts_those_whom_its_clause_names(sentence: str, expected: set[tuple[str, int, int]]) -> None:
    doc = load_parser(None)(sentence)
    counts = count_people(doc, Sentence(0, 0, len(sentence)), next(doc.sents), load_actors())
    assert {(count.kind, count.low, count.high) for count in counts} == expected


@given(st.text(max_size=80))
def test_any_text_gives_mentions_of_its_own_words(text: str) -> None:
    for quantity in find_quantities(text):
        assert text[quantity.mention.start : quantity.mention.end] == quantity.mention.text
        assert 0 <= quantity.low <= quantity.high
