"""Whom words mean that name nobody, end to end: pronouns, pairs, descriptions, counterparts, and whose country it is."""

from __future__ import annotations

from datetime import date

import pytest

from communique import Article, Coder, Event

PUBLISHED = date(2024, 3, 7)

Codes = set[str | None]


def coded(coder: Coder, text: str, kind: str) -> Event:
    """The last event of a type."""
    return [event for event in coder.code(Article(text, date=PUBLISHED)) if event.coding.event_type == kind][-1]


def parties(event: Event) -> tuple[Codes, Codes]:
    return {entity.code for entity in event.actors}, {entity.code for entity in event.recipients}


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        # a pronoun
        ("Swiss prosecutors froze the accounts. Japan said it would expel two Russian envoys.", "SANCTION", ({"JPN"}, {"RUS"})),
        ("President Ana Lopez of Peru met Chilean minister Juan Soto and invited him to Lima.", "AGREE", ({"PER"}, {"CHL"})),
        # a pair
        ("France and Niger hold talks. Ghana urged the two countries to show restraint.", "REQUEST", ({"GHA"}, {"FRA", "NER"})),
        (
            "Albania's foreign minister Ilir Hoxha received Austria's foreign minister Karl Gruber. The ministers condemned Belarus.",
            "ACCUSE", ({"ALB", "AUT"}, {"BLR"}),
        ),
        # a description
        ("Kuwait mediates. Qatar denies it. Saudi Arabia and Yemen talk. Turkey sent 40 tonnes of food to the emirate.", "AID", ({"TUR"}, {"QAT"})),
        ("India blames Pakistan. India accused its neighbour of arming rebels.", "ACCUSE", ({"IND"}, {"PAK"})),
        ("North Korea shelled a South Korean island. The South denied that it had attacked the North.", "REJECT", ({"KOR"}, set())),
        # whom somebody is for is not whose he is
        ("Pro-Russian rebels shot down a Ukrainian helicopter near Donetsk in Ukraine.", "ASSAULT", ({"UKR"}, {"UKR"})),
        # a counterpart
        ("Japan's foreign minister criticised China in a telephone call with her Philippine counterpart.", "CONSULT", ({"JPN", "PHL"}, set())),
        # the state that tells of an attack
        ("The Tajik foreign ministry said Kyrgyz servicemen had shelled an outpost and two villages.", "ASSAULT", ({"KGZ"}, {"TJK"})),
        # who signed, of whom the text says nothing
        ("The foreign ministers of Ghana and Togo met in Accra. An agreement on visas was signed.", "SUPPORT", ({"GHA", "TGO"}, set())),
        # what is told beside an event
        ("Nigeria, which commands the force in Liberia, threatened on Monday to expel the ambassador of Ghana.", "THREATEN", ({"NGA"}, {"GHA"})),
        ("Rwanda accused Uganda of sheltering dissidents and expelled a Ugandan diplomat.", "SANCTION", ({"RWA"}, {"UGA"})),
        # both countries are countries
        (
            "Ethiopia has released 87 Eritrean prisoners, the Red Cross said. The two countries signed a peace agreement on Tuesday.",
            "SUPPORT", ({"ETH", "ERI"}, set()),
        ),
        (
            "India protested to Pakistan on Friday. Military commanders of the two countries spoke over the hotline in the evening.",
            "CONSULT", ({"IND", "PAK"}, set()),
        ),
        # whom something is against
        ("An anti-Japanese riot broke out in Shanghai on Sunday, Chinese police said.", "PROTEST", (set(), {"JPN"})),
        # a ministry that summons
        ("The Pakistani ambassador was summoned to the Indian foreign ministry on Friday.", "ACCUSE", ({"IND"}, {"PAK"})),
        # people who are helped
        ("KABUL, Afghanistan, Aug 30 - Germany's foreign minister promised 500 million euros for refugees.", "AGREE", ({"DEU"}, {"AFG"})),
        # a resolution
        (
            "The Security Council adopted a resolution drafted by France and Britain that calls on the Taliban to let people leave.",
            "REQUEST", ({"UNO"}, {"AFG"}),
        ),
    ],
)  # fmt: skip
def test_whom_words_stand_for(coder: Coder, text: str, kind: str, expected: tuple[Codes, Codes]) -> None:
    assert parties(coded(coder, text, kind)) == expected


def test_each_report_of_a_roundup_has_a_country_of_its_own(coder: Coder) -> None:
    text = (
        "YEMEN: Police arrested nine students.\n\nGHANA: Police arrested four miners on Monday.\n\n"
        "PERU: Police arrested three farmers. The opposition condemned the government."
    )
    events = coder.code(Article(text, date=PUBLISHED))
    assert [event.actors[0].code for event in events if event.coding.event_type == "COERCE"] == ["YEM", "GHA", "PER"]
    assert parties(coded(coder, text, "ACCUSE"))[0] == {"PER"}


def test_leaders_of_a_region_are_of_no_one_state(coder: Coder) -> None:
    text = "NAIROBI, March 6 - Kenyan police fired tear gas in Kenya's capital. Arab leaders refused to send troops."
    assert all(
        "Arab" not in entity.mention.text
        for event in coder.code(Article(text, date=PUBLISHED))
        for entity in event.actors
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The Taliban promised not to attack departing NATO forces.", "AGREE"),
        ("The rebels vowed not to leave the Congolese town of Goma.", "REJECT"),
    ],
)
def test_what_is_promised_not_to_be_done(coder: Coder, text: str, kind: str) -> None:
    assert [event.coding.event_type for event in coder.code(Article(text, date=PUBLISHED))] == [kind]


def test_an_announced_protest_is_still_to_come(coder: Coder) -> None:
    event = coded(coder, "Ghana's opposition party announced a nationwide protest for Saturday.", "PROTEST")
    assert event.coding.auxiliary_modes == ("future",)
    assert event.when is not None
    assert event.when.first == date(2024, 3, 9)


def test_a_semicolon_parts_whose_parties_they_are(coder: Coder) -> None:
    text = "Peruvian police arrested 53 people; two Chilean officers were hurt."
    assert parties(coded(coder, text, "COERCE")) == ({"PER"}, {"PER"})


def test_a_date_keeps_to_its_clause(coder: Coder) -> None:
    event = coded(coder, "Ghana condemned the Malian junta, and Togo lifted its embargo on Niger last month.", "ACCUSE")
    assert event.when is not None
    assert event.when.first == PUBLISHED


def test_declining_to_comment_is_no_event(coder: Coder) -> None:
    assert coder.code(Article("The White House declined to comment on the report from Chile.", date=PUBLISHED)) == []


def test_a_lone_word_in_capitals_is_a_name_whatever_the_tagger_takes_it_for(coder: Coder) -> None:
    text = "The West African bloc ECOWAS condemned the coup in Mali and demanded the immediate release of President Moussa Keita."
    assert parties(coded(coder, text, "ACCUSE"))[0] == {"IGO"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kenyan nurses staged a protest outside parliament.", "PROTEST"),
        ("A Ghanaian court fined the opposition party.", "SANCTION"),
    ],
)
def test_verbs_whose_forms_look_like_those_of_rarer_ones(coder: Coder, text: str, kind: str) -> None:
    assert coded(coder, text, kind).coding.auxiliary_modes == ()


def test_what_was_hoped_for_did_not_happen(coder: Coder) -> None:
    text = "The EU had hoped to bring the prime ministers of Serbia and Kosovo together in Brussels on Tuesday."
    assert all(event.coding.auxiliary_modes == ("hypothetical",) for event in coder.code(Article(text, date=PUBLISHED)))


def test_a_verb_that_only_reports_gives_way_to_what_it_reports(coder: Coder) -> None:
    text = "A rebel commander reported that Indonesian soldiers had shot dead two of his men near Banda Aceh on Friday."
    assert [event.coding.event_type for event in coder.code(Article(text, date=PUBLISHED))] == ["ASSAULT"]


def test_aid_without_an_addressee_goes_to_the_other_country_of_the_article(coder: Coder) -> None:
    text = "Lithuania fears new crossings. Lithuania built a fence in Lithuania's forests. Estonia donated 100 km of barbed wire."
    assert parties(coded(coder, text, "AID")) == ({"EST"}, {"LTU"})


def test_verbs_with_hyphens_are_whole(coder: Coder) -> None:
    assert parties(coded(coder, "Ghana co-hosted the peace talks with Togo.", "CONSULT"))[0] == {"GHA", "TGO"}
    assert coded(coder, "Indian police lathi-charged the protesters.", "ASSAULT").coding.modes == ("crowd-control",)


def test_a_headline_says_with_an_infinitive_what_is_to_come(coder: Coder) -> None:
    (event,) = coder.code(Article("Philippine leader to visit Japan next week", date=PUBLISHED))
    assert (event.coding.event_type, parties(event)) == ("AGREE", ({"PHL"}, {"JPN"}))
    assert event.when is not None
    assert event.when.first > PUBLISHED


def test_what_the_next_verb_acts_on_is_no_party_of_a_verb_with_an_object(coder: Coder) -> None:
    text = "Amnesty International hailed the detention and urged France to file a request of its own."
    assert parties(coded(coder, text, "SUPPORT"))[1] == set()
    text = "Kenyan police arrested and deported two Russians."
    assert parties(coded(coder, text, "COERCE")) == ({"KEN"}, {"RUS"})


@pytest.mark.parametrize(
    ("text", "kind", "actors"),
    [
        ("A spokesman for the Houthis warned of more attacks on Saudi Arabia.", "THREATEN", {"YEM"}),
        ("The European Union and India hold talks. Brussels imposed duties on Indian steel.", "SANCTION", {"EUR"}),
        ("Turkish President Kemal Demir phoned Kazakhstan. Demir thanked his counterpart, Nurlan Sadyqov. Sadyqov invited Demir to Almaty.", "AGREE", {"KAZ"}),
        ("SKOPJE, May 6 Kyodo - Macedonia expelled two Serbian diplomats.", "SANCTION", {"MKD"}),
    ],
)  # fmt: skip
def test_who_acts(coder: Coder, text: str, kind: str, actors: Codes) -> None:
    assert parties(coded(coder, text, kind))[0] == actors


def test_a_claim_of_responsibility_and_a_scheduled_visit(coder: Coder) -> None:
    assert coder.code(Article("Boko Haram claimed responsibility.", date=PUBLISHED)) == []
    event = coded(coder, "Japan's foreign minister is scheduled to fly to Tirana on Friday.", "CONSULT")
    assert event.coding.auxiliary_modes == ("future",)


def test_a_name_beside_whom_one_acts_on_is_no_second_actor(coder: Coder) -> None:
    text = "Turkish President Kemal Demir phoned Kazakhstan. Demir thanked his counterpart, Nurlan Sadyqov, for the medical masks."
    assert parties(coded(coder, text, "SUPPORT")) == ({"TUR"}, {"KAZ"})


def test_no_sentence_of_a_report_is_a_word_long(coder: Coder) -> None:
    text = (
        "SKOPJE, May 6 Kyodo - Macedonia reopened its main border crossing at Blace to refugees from Kosovo on Thursday, "
        "a day after its police turned back some 1,000 people at gunpoint, U.N. officials said."
    )
    assert all(event.actors[0].code == "MKD" for event in coder.code(Article(text, date=PUBLISHED)))


def test_who_only_tells_of_deaths_is_no_attacker(coder: Coder) -> None:
    text = "KHARTOUM, Sudan, April 16 - The doctors' union said that at least 56 civilians had been killed in the shelling of the city."
    attacks = [event for event in coder.code(Article(text, date=PUBLISHED)) if event.coding.event_type == "ASSAULT"]
    assert attacks
    assert all(entity.sectors[:1] != ("MED",) for event in attacks for entity in event.actors)


def test_a_deed_was_not_where_a_spokesman_told_of_it(coder: Coder) -> None:
    text = "The Sudanese air force bombed two villages in Darfur, a rebel spokesman said in Nairobi."
    attacks = [event for event in coder.code(Article(text, date=PUBLISHED)) if event.coding.event_type == "ASSAULT"]
    assert attacks
    assert all(event.place is None or "Nairobi" not in event.place.mention.text for event in attacks)


@pytest.mark.parametrize("text", [
    "Ukrainian officials said that it was not clear who had fired at the village.",
    "Tokyo angered Beijing when it bought the islands.",
])  # fmt: skip
def test_what_nobody_knows_or_only_feels_is_no_event(coder: Coder, text: str) -> None:
    assert not {"ASSAULT", "ACCUSE"} & {event.coding.event_type for event in coder.code(Article(text, date=PUBLISHED))}


def test_indians_of_ecuador_are_not_of_india(coder: Coder) -> None:
    text = "QUITO, Ecuador - Indian protesters blocked highways across Ecuador on Wednesday."
    assert {entity.code for event in coder.code(Article(text, date=PUBLISHED)) for entity in event.actors} == {"ECU"}


def test_who_is_accused_in_a_relative_clause_does_not_accuse(coder: Coder) -> None:
    text = "Pakistan's government, which New Delhi accuses of fomenting unrest, expressed grief."
    accusations = [event for event in coder.code(Article(text, date=PUBLISHED)) if event.coding.event_type == "ACCUSE"]
    assert ({"IND"}, {"PAK"}) in [parties(event) for event in accusations]
