"""Where: the most precise place that a clause names, and never a town of a country that nobody spoke of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast
from unittest.mock import patch

import pytest

from communique import Article, Coder
from communique.lexicon.actors import build_actors
from communique.records import Phrase, Place
from communique.resolve.places import Gazetteer, GazetteerPlace, resolve_place
from tests.resolve.phrases import mention, phrase

LEXICON = build_actors(
    countries=[
        {
            "code": "PER", "name": "Peru", "demonyms": ["Peruvian"], "capital": ["Lima"], "cities": ["Cusco", "Nuevo Pueblo"],
            "regions": ["Loreto"],
        },
        {"code": "CHL", "name": "Chile", "capital": ["Santiago"]},
    ],
    organisations=[{"name": "United Nations", "code": "UNO"}],
    persons=[],
    agents={"agents": [], "titles": [], "not_actors": []},
)  # fmt: skip


class SmallGazetteer:
    """Four places; two share a name, and two the name of a town that the lexicon knows."""

    def find(self, key: str) -> tuple[GazetteerPlace, ...]:
        known = {
            "lima": (
                GazetteerPlace(1, "Lima", "PER", "15", -12.0, -77.0, 7_700_000),
                GazetteerPlace(2, "Lima", "USA", "OH", 40.7, -84.1, 38_000),
            ),
            "santa rosa": (
                GazetteerPlace(3, "Santa Rosa", "USA", "CA", 38.4, -122.7, 175_000),
                GazetteerPlace(4, "Santa Rosa", "PER", "21", -14.6, -70.8, 7_000),
            ),
        }
        return known.get(key, ())


def resolve(text: str, *words: tuple[str, str], countries: Sequence[str] = ()) -> Place | None:
    phrases: list[Phrase] = [phrase(text, word, kind, subject=False) for word, kind in words]
    return resolve_place(phrases, LEXICON.find_names(text), cast(Gazetteer, SmallGazetteer()), countries)


def test_a_capital_is_a_city_with_its_coordinates() -> None:
    place = resolve("They met in Lima.", ("Lima", "country"))
    assert place is not None
    assert (place.resolved, place.country, place.city, place.resolution) == ("Lima", "PER", "Lima", "city")
    assert (place.geonameid, place.lat, place.lon, place.province) == (1, -12.0, -77.0, "15")


@pytest.mark.parametrize(("text", "word", "expected"), [
    ("They met in Peru.", "Peru", ("Peru", "PER", "country")),
    ("They met in Loreto.", "Loreto", ("Loreto", "PER", "province")),
    ("They met in Nuevo Pueblo.", "Nuevo Pueblo", ("Nuevo Pueblo", "PER", "city")),  # known, though the gazetteer lacks it
])  # fmt: skip
def test_a_place_keeps_the_precision_of_the_text(text: str, word: str, expected: tuple[str, str, str]) -> None:
    place = resolve(text, (word, "place"))
    assert place is not None
    assert (place.resolved, place.country, place.resolution) == expected


def test_a_town_is_preferred_to_the_country_that_stands_nearer() -> None:
    text = "In Peru they met, in Cusco."
    place = resolve(text, ("Peru", "country"), ("Cusco", "place"))
    assert place is not None
    assert place.resolved == "Cusco"
    assert place.mention == mention(text, "Cusco")


def test_of_two_towns_the_nearer_is_the_place() -> None:
    place = resolve("They met in Cusco, not in Lima.", ("Cusco", "place"), ("Lima", "country"))
    assert place is not None
    assert place.resolved == "Cusco"


@pytest.mark.parametrize(("countries", "expected"), [
    (["PER"], "PER"),
    (["CHL", "PER"], "PER"),
    (["USA", "PER"], "USA"),
    ([], "USA"),  # nobody says which: the most populous
])  # fmt: skip
def test_of_towns_with_one_name_that_of_the_articles_country_is_meant(countries: list[str], expected: str) -> None:
    place = resolve("They met in Santa Rosa.", ("Santa Rosa", "place"), countries=countries)
    assert place is not None
    assert place.country == expected


@pytest.mark.parametrize(("text", "word"), [
    ("They met at the border.", "border"),
    ("They met in Nowhereville.", "Nowhereville"),
    ("They met in the United Nations.", "United Nations"),
])  # fmt: skip
def test_what_names_no_known_place_is_none(text: str, word: str) -> None:
    assert resolve(text, (word, "place")) is None


@pytest.mark.parametrize(("kind", "countries", "expected"), [
    ("person", ["PER"], "PER"),
    ("org", ["PER"], "PER"),
    ("person", ["CHL"], None),
    ("place", ["CHL"], "USA"),
])  # fmt: skip
def test_what_may_be_a_persons_name_is_a_town_only_of_a_country_spoken_of(
    kind: str, countries: list[str], expected: str | None
) -> None:
    place = resolve("They met in Santa Rosa.", ("Santa Rosa", kind), countries=countries)
    assert (place and place.country) == expected


def test_a_village_is_not_taken_for_what_may_be_a_persons_name() -> None:
    gazetteer = SmallGazetteer()
    villages = tuple(replace(place, population=4_999) for place in gazetteer.find("santa rosa"))
    text = "They met in Santa Rosa."
    phrases = [phrase(text, "Santa Rosa", "org", subject=False)]
    with patch.object(SmallGazetteer, "find", return_value=villages):
        assert resolve_place(phrases, [], cast(Gazetteer, gazetteer), ["PER"]) is None


@pytest.mark.parametrize(("text", "city"), [
    ("Mauritanian women held a vigil outside the prison in Aleg on Monday evening.", "Aleg"),
    ("U.S. police arrested three American protesters in Congress on Tuesday.", None),
])  # fmt: skip
def test_a_small_town_is_found_though_it_is_tagged_as_a_person(coder: Coder, text: str, city: str | None) -> None:
    (event,) = coder.code(Article(id="a", text=text, date=date(2015, 10, 6)))
    assert event.place is not None
    assert event.place.city == city


def test_a_clause_without_place_has_none() -> None:
    assert resolve("They met.") is None


@pytest.mark.parametrize(
    ("text", "evidence", "country", "reason"),
    [
        ("PARIS (AP) — Dockers in Ghana marched in Tema on Monday.", "marched", "GHA", "named in the clause"),
        (
            "OSLO (AP) — Chad and Libya signed an accord in the Finnish capital.",
            "signed",
            "FIN",
            "named in the same sentence",
        ),
        (
            "GENEVA (AP) — Peruvian police arrested ten Peruvian miners.",
            "arrested",
            "PER",
            "inferred: the country of all its parties",
        ),
        (
            "LONDON (AP) — Chadian jets bombed Libyan rebels on Monday.",
            "bombed",
            "LBY",
            "inferred: the country of its recipient",
        ),
    ],
)
def test_a_place_says_how_it_was_found_and_is_never_the_dateline(
    coder: Coder, text: str, evidence: str, country: str, reason: str
) -> None:
    events = coder.code(Article(id="a", text=text, date=date(2024, 1, 17)))
    places = [event.place for event in events if event.trigger[0].text == evidence]
    assert [(place.country, place.reason) for place in places if place] == [(country, reason)]


def test_words_alone_have_no_place(coder: Coder) -> None:
    (event,) = coder.code(
        Article(id="a", text="LONDON (AP) — Chad accused Libya of arming rebels.", date=date(2024, 1, 17))
    )
    assert event.place is None
