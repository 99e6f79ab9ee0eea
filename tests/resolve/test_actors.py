"""Who is meant: codes and sectors from a lexicon made by hand, and the reason that goes with each."""

from __future__ import annotations

from datetime import date

import pytest

from communique.lexicon import ActorLexicon
from communique.lexicon.actors import build_actors
from communique.records import Article, Entity, Phrase, Sentence
from communique.resolve import ActorResolver
from tests.resolve.phrases import mention, phrase

LEXICON = build_actors(
    countries=[
        {
            "code": "KEN", "name": "Kenya", "demonyms": ["Kenyan", "Kenyans"], "capital": ["Nairobi"], "cities": ["Mombasa"],
            "regions": ["Rift Valley"], "bodies": [{"name": "Azimio", "sector": ["PTY", "OPP"]}],
        },
        {
            "code": "PER", "name": "Peru", "names": ["Republic of Peru"], "demonyms": ["Peruvian", "Peruvians"], "capital": ["Lima"],
            "government": ["Pizarro Palace"],
        },
        {"code": "CHL", "name": "Chile", "demonyms": ["Chilean", "Chileans"], "capital": ["Santiago"]},
        {"code": "USA", "name": "United States", "names": ["US", "U.S."], "demonyms": ["American", "Americans"], "capital": ["Washington"]},
        {"code": "SOM", "name": "Somaliland", "sector": ["PRE"], "capital": ["Hargeisa"]},
    ],
    organisations=[
        {"name": "United Nations", "names": ["UN"], "code": "UNO", "wikidata": "Q1065"},
        {"name": "Taliban", "code": "AFG", "sector": "REB", "from": "2001-11-13", "until": "2021-08-15"},
        {"name": "Red Front", "code": "PER", "sector": "REB"},
    ],
    persons=[
        {
            "name": "Ana Rojas", "wikidata": "Q1", "otherwise": "ELI",
            "offices": [
                {"code": "PER", "sector": "LEG", "office": "senator", "from": "2011-01-01", "until": "2016-07-28"},
                {"code": "PER", "sector": "GOV", "office": "president", "from": "2016-07-28", "until": "2021-07-28"},
            ],
        },
        {"name": "José Núñez", "offices": [{"code": "CHL", "sector": "GOV", "office": "foreign minister", "from": "2018-01-01"}]},
    ],
    agents={
        "agents": [
            {"sector": "COP", "nouns": ["police"]},
            {"sector": "MIL", "nouns": ["troops", "army", "soldier", "soldiers"]},
            {"sector": "GOV", "nouns": ["minister", "ministers", "foreign minister", "foreign ministers", "energy minister", "ministry", "ambassador", "president", "government"]},
            {"sector": "REB", "nouns": ["rebel", "rebels"]},
            {"sector": "CVL", "nouns": ["protester", "protesters", "people"]},
            {"sector": "GOV", "weak": True, "nouns": ["leader", "spokesman", "official", "officials"]},
        ],
        "titles": [{"sector": "MIL", "words": ["colonel"]}],
        "not_actors": ["earthquake"],
    },
)  # fmt: skip


def resolver(text: str, *phrases: Phrase, lexicon: ActorLexicon = LEXICON, **known: str) -> ActorResolver:
    """A resolver of an article of 17 January 2020; `known` is its place or publication."""
    article = Article(text, date=date(2020, 1, 17), place=known.get("place"), publication=known.get("publication"))
    return ActorResolver(article, lexicon.find_names(text), phrases, lexicon)


def resolve(
    text: str, words: str, kind: str, head: str = "", *, plural: bool = False, lemma: str = "", definite: bool = True
) -> list[Entity]:
    wanted = phrase(text, words, kind, head, plural=plural, lemma=lemma, definite=definite)
    return list(resolver(text, wanted).resolve(wanted))


def codes(entities: tuple[Entity, ...] | list[Entity]) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(entity.code, entity.sectors) for entity in entities]


# ---- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "words", "expected"), [
    ("Peru condemned the raid.", "Peru", ("PER", ("GOV",))),
    ("The Republic of Peru condemned it.", "Republic of Peru", ("PER", ("GOV",))),
    ("Lima condemned the raid.", "Lima", ("PER", ("GOV",))),  # a capital stands for its government
    ("The U.S. condemned the raid.", "U.S.", ("USA", ("GOV",))),
    ("The US condemned the raid.", "US", ("USA", ("GOV",))),
    ("Mombasa welcomed the guests.", "Mombasa", ("KEN", ("CVL",))),  # another city is its people
    ("Somaliland signed the port deal.", "Somaliland", ("SOM", ("GOV", "PRE"))),
])  # fmt: skip
def test_a_country_or_capital_stands_for_its_government(
    text: str, words: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    head = words.split()[-1]
    assert codes(resolve(text, words, "country", head)) == [expected]


def test_people_of_a_country_are_civilians() -> None:
    assert codes(resolve("Kenyans rallied in Mombasa.", "Kenyans", "country", plural=True)) == [("KEN", ("CVL",))]
    assert codes(resolve("The Peruvian people rejoiced.", "Peruvian people", "agent", plural=True)) == [
        ("PER", ("CVL",))
    ]


@pytest.mark.parametrize(("text", "words", "kind", "expected"), [
    ("Kenyan police fired tear gas.", "Kenyan police", "agent", ("KEN", ("COP",))),
    ("Peru's army shelled the camp.", "Peru's army", "agent", ("PER", ("MIL",))),
    ("Peru’s army shelled the camp.", "Peru’s army", "agent", ("PER", ("MIL",))),
    ("Troops of Chile crossed.", "Troops of Chile", "agent", ("CHL", ("MIL",))),
    ("The president of Kenya resigned.", "president of Kenya", "agent", ("KEN", ("GOV",))),
    ("The Chilean ambassador to Peru protested.", "Chilean ambassador to Peru", "agent", ("CHL", ("GOV",))),
    ("The Peruvian rebel leader surrendered.", "Peruvian rebel leader", "agent", ("PER", ("REB",))),  # a leader of rebels is one
    ("A Red Front spokesman denied it.", "Red Front spokesman", "agent", ("PER", ("REB",))),  # and a spokesman is of his body
    ("A UN spokesman denied it.", "UN spokesman", "agent", ("UNO", ())),
    ("The Kenyan colonel surrendered.", "Kenyan colonel", "agent", ("KEN", ("MIL",))),
])  # fmt: skip
def test_a_role_takes_its_country_from_the_names_in_its_phrase(
    text: str, words: str, kind: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    head = {"Troops of Chile": "Troops", "president of Kenya": "president", "Chilean ambassador to Peru": "ambassador"}
    found = resolve(text, words, kind, head.get(words, ""), plural="olice" in words or "roops" in words)
    assert codes(found) == [expected]
    assert not found[0].reason.startswith("assumed")


def test_who_backs_somebody_is_not_who_he_is() -> None:
    text = "Kenya said that US-backed rebels had crossed the border."
    wanted = phrase(text, "US-backed rebels", "agent", plural=True, definite=False)
    assert codes(resolver(text, wanted).resolve(wanted)) == [("KEN", ("REB",))]


def test_a_body_keeps_its_own_code_sector_and_identifier() -> None:
    (un,) = resolve("The UN condemned the raid.", "UN", "org")
    assert (un.code, un.sectors, un.identifier_text, un.identifier_id) == ("UNO", (), "United Nations", "Q1065")
    assert un.resolved_text == "United Nations"
    assert codes(resolve("Azimio condemned the raid.", "Azimio", "org")) == [("KEN", ("PTY", "OPP"))]
    assert codes(resolve("Pizarro Palace was silent.", "Pizarro Palace", "org")) == [("PER", ("GOV",))]


def test_names_joined_by_and_are_entities_of_their_own() -> None:
    text = "The Peruvian, Chilean and Kenyan foreign ministers signed it."
    wanted = phrase(text, "Peruvian, Chilean and Kenyan foreign ministers", "agent", lemma="minister", plural=True)
    found = resolver(text, wanted).resolve(wanted)
    assert codes(found) == [("PER", ("GOV",)), ("CHL", ("GOV",)), ("KEN", ("GOV",))]
    assert [entity.mention.text for entity in found] == ["Peruvian", "Chilean", "Kenyan"]
    assert all(text[e.mention.start : e.mention.end] == e.mention.text for e in found)


# ---- persons ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "sectors", "office"), [
    (date(2011, 1, 1), ("LEG",), "senator"),
    (date(2016, 7, 27), ("LEG",), "senator"),
    (date(2016, 7, 28), ("GOV",), "president"),  # the day that one office ends is the first of the next
    (date(2021, 7, 27), ("GOV",), "president"),
    (date(2021, 7, 28), ("ELI",), None),
    (date(2009, 1, 1), ("ELI",), None),
])  # fmt: skip
def test_a_person_is_what_he_was_on_the_day_of_the_event(
    on: date, sectors: tuple[str, ...], office: str | None
) -> None:
    text = "Ana Rojas met the envoys."
    wanted = phrase(text, "Ana Rojas", "person")
    (person,) = resolver(text, wanted).resolve(wanted, on)
    assert (person.code, person.sectors, person.office, person.identifier_id) == ("PER", sectors, office, "Q1")


def test_a_name_is_known_without_its_accents() -> None:
    (person,) = resolve("Jose Nunez met the envoys in Chile.", "Jose Nunez", "person")
    assert (person.code, person.office, person.resolved_text) == ("CHL", "foreign minister", "José Núñez")


def test_a_surname_refers_back_to_the_person_named_in_full() -> None:
    text = "Kenyan Energy Minister Abel Otieno met envoys. Otieno thanked Peru."
    full = phrase(text, "Kenyan Energy Minister Abel Otieno", "person")
    short = phrase(text, "Otieno", "person", nth=1)
    (person,) = resolver(text, full, short).resolve(short)
    assert (person.code, person.sectors) == ("KEN", ("GOV",))
    assert person.resolved_text == "Kenyan Energy Minister Abel Otieno"
    assert "named before" in person.reason


def test_a_surname_alone_is_the_person_known_by_it_where_her_country_is_spoken_of() -> None:
    (person,) = resolve("Rojas met the envoys in Peru.", "Rojas", "person")
    assert (person.code, person.resolved_text) == ("PER", "Ana Rojas")


def test_an_apposition_tells_who_an_unknown_person_is() -> None:
    text = "Abel Otieno, the Kenyan ambassador, met envoys in Peru."
    wanted = phrase(text, "Abel Otieno", "person", apposition="Kenyan ambassador")
    assert codes(resolver(text, wanted).resolve(wanted)) == [("KEN", ("GOV",))]


def test_the_minister_is_the_minister_named_before() -> None:
    text = "Chilean Foreign Minister Luz Vera visited Peru. The minister praised the envoys."
    named = phrase(text, "Chilean Foreign Minister Luz Vera", "person")
    again = phrase(text, "minister", "agent")
    (person,) = resolver(text, named, again).resolve(again)
    assert (person.code, person.resolved_text) == ("CHL", "Chilean Foreign Minister Luz Vera")


# ---- references ---------------------------------------------------------------------------------------------------


def test_both_sides_are_the_two_that_were_named() -> None:
    text = "Peru met Chile. Both sides praised the talks."
    peru, chile = phrase(text, "Peru", "country"), phrase(text, "Chile", "country", subject=False)
    sides = phrase(text, "Both sides", "thing", lemma="side", plural=True)
    found = resolver(text, peru, chile, sides).resolve(sides)
    assert [entity.code for entity in found] == ["PER", "CHL"]
    assert [entity.mention.text for entity in found] == ["Both sides"] * 2
    assert [entity.resolved_text for entity in found] == ["Peru", "Chile"]


def test_the_three_countries_are_three() -> None:
    text = "Peru, Chile and Kenya met. The three countries signed it."
    names = [phrase(text, name, "country") for name in ("Peru", "Chile", "Kenya")]
    three = phrase(text, "three countries", "thing", lemma="country", plural=True)
    assert [entity.code for entity in resolver(text, *names, three).resolve(three)] == ["PER", "CHL", "KEN"]


def test_one_side_alone_is_no_pair() -> None:
    text = "Peru rested. Both sides praised the talks."
    sides = phrase(text, "Both sides", "thing", lemma="side", plural=True)
    assert resolver(text, phrase(text, "Peru", "country"), sides).resolve(sides) == ()


def test_he_is_a_person_and_it_is_not() -> None:
    text = "Ana Rojas met Chile. He spoke. It agreed."
    rojas = phrase(text, "Ana Rojas", "person")
    chile = phrase(text, "Chile", "country", subject=False)
    he, it = phrase(text, "He", "pronoun"), phrase(text, "It", "pronoun")
    found = resolver(text, rojas, chile, he, it)
    assert [e.resolved_text for e in found.resolve(he)] == ["Ana Rojas"]
    assert [e.code for e in found.resolve(it)] == ["CHL"]


def test_they_are_several() -> None:
    text = "Kenyan police met Ana Rojas. They arrested her."
    police = phrase(text, "Kenyan police", "agent", plural=True)
    rojas = phrase(text, "Ana Rojas", "person", subject=False)
    they = phrase(text, "They", "pronoun", plural=True)
    assert codes(resolver(text, police, rojas, they).resolve(they)) == [("KEN", ("COP",))]


def test_nobody_stands_for_a_pronoun_that_opens_the_text() -> None:
    text = "He met Peru."
    he = phrase(text, "He", "pronoun")
    assert resolver(text, he).resolve(he) == ()


def test_its_army_is_the_army_of_whom_it_stands_for() -> None:
    text = "Chile said its army had crossed into Peru."
    chile, army = phrase(text, "Chile", "country"), phrase(text, "its army", "agent")
    assert codes(resolver(text, chile, army).resolve(army)) == [("CHL", ("MIL",))]


def test_an_acronym_in_parentheses_names_the_body_again() -> None:
    text = "The United Nations (ONU) spoke. Then ONU left Peru."
    body, short = phrase(text, "United Nations", "org"), phrase(text, "ONU", "org", nth=1)
    assert [e.code for e in resolver(text, body, short).resolve(short)] == ["UNO"]


# ---- assumed --------------------------------------------------------------------------------------------------------


def test_a_role_without_country_is_of_the_country_of_the_articles_place_and_says_so() -> None:
    text = "The army of Kenya rested. The government of Kenya fell. Envoys came from Peru. Troops shot protesters."
    troops = phrase(text, "Troops", "agent", plural=True)
    (entity,) = resolver(text, troops, place="MOMBASA").resolve(troops)
    assert (entity.code, entity.sectors) == ("KEN", ("MIL",))
    assert entity.reason.startswith("assumed")
    assert "MOMBASA" in entity.reason


def test_a_role_without_country_is_of_the_country_that_publishes_and_says_so() -> None:
    text = "Troops shot protesters. Envoys left Peru."
    troops = phrase(text, "Troops", "agent", plural=True)
    (entity,) = resolver(text, troops, publication="The Nairobi Post, Kenya").resolve(troops)
    assert entity.reason.startswith("assumed")


def test_an_article_without_any_country_gives_a_role_none() -> None:
    text = "Troops shot protesters."
    troops = phrase(text, "Troops", "agent", plural=True)
    (entity,) = resolver(text, troops).resolve(troops)
    assert entity.code is None
    assert "names no country" in entity.reason


def test_an_assumed_country_gives_way_to_the_place_of_the_clause() -> None:
    text = "Peru rested. Peru slept. Troops shot protesters in Mombasa."
    troops = phrase(text, "Troops", "agent", plural=True, definite=False)
    place = phrase(text, "Mombasa", "place", subject=False)
    (entity,) = resolver(text, troops, place).resolve(troops, places=[place])
    assert entity.code == "KEN"
    assert "Mombasa" in entity.reason


def test_what_the_country_of_an_ambassador_is_not_is_the_home_of_the_article() -> None:
    text = "The Chilean ambassador met the Kenyan ministry. The ministry thanked Chile and Chile's envoy to Kenya. Police watched."
    police = phrase(text, "Police", "agent", plural=True)
    (entity,) = resolver(text, police).resolve(police)
    assert (entity.code, entity.reason) == ("KEN", "assumed: the article is about KEN")


def test_an_act_that_somebody_suffered_was_done_to_the_other_country_of_its_sentence() -> None:
    text = "Chile sent food to Peru."
    chile = phrase(text, "Chile", "country")
    found = resolver(text, chile)
    sentence = Sentence(0, 0, len(text))
    (other,) = found.other_country(sentence, found.resolve(chile))
    assert (other.code, other.mention) == ("PER", mention(text, "Peru"))
    assert other.reason.startswith("assumed")


def test_of_two_other_countries_none_is_the_one() -> None:
    text = "Chile sent food to Peru and Kenya."
    chile = phrase(text, "Chile", "country")
    found = resolver(text, chile)
    assert found.other_country(Sentence(0, 0, len(text)), found.resolve(chile)) == ()


# ---- nobody ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "kind"), [("Monday", "date"), ("$5", "money"), ("three", "number"), ("bridge", "thing")]
)
def test_a_date_a_sum_or_a_thing_is_nobody(words: str, kind: str) -> None:
    text = f"Peru saw {words}."
    assert resolve(text, words, kind, definite=False) == []


def test_no_reason_is_ever_empty() -> None:
    text = "Peru met Ana Rojas and Kenyan police. Both sides praised the UN."
    phrases = [
        phrase(text, "Peru", "country"), phrase(text, "Ana Rojas", "person"), phrase(text, "Kenyan police", "agent", plural=True),
        phrase(text, "Both sides", "thing", lemma="side", plural=True), phrase(text, "UN", "org"),
    ]  # fmt: skip
    found = resolver(text, *phrases)
    assert all(entity.reason for each in phrases for entity in found.resolve(each))


def test_names_are_found_longest_first_and_never_overlap() -> None:
    text = "The Republic of Peru, the U.S. and the United Nations spoke."
    matches = LEXICON.find_names(text)
    assert [text[match.start : match.end] for match in matches] == ["Republic of Peru", "U.S.", "United Nations"]


def test_a_name_does_not_run_across_paragraphs() -> None:
    assert LEXICON.find_names("United\n\nNations") == []
    assert [match.names[0].code for match in LEXICON.find_names("United\nNations")] == ["UNO"]


def test_a_word_in_lower_case_is_no_name() -> None:
    assert LEXICON.find_names("us kenya lima") == []
