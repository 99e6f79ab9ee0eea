"""Who did it to whom, where the sentence names others too: asides, pairs, opposites, people of elsewhere."""

from __future__ import annotations

from datetime import date

import pytest

from communique import Article, Coder, Event

CODED = [
    ("Nigeria, which commands the force in Liberia, threatened on Monday to expel the ambassador of Ghana.", "THREATEN", {"NGA"}, {"GHA"}),
    ("Rwanda accused Uganda of sheltering dissidents and expelled a Ugandan diplomat.", "SANCTION", {"RWA"}, {"UGA"}),
    ("Ethiopia has released 87 Eritrean prisoners, the Red Cross said. The two countries signed a peace agreement on Tuesday.", "SUPPORT", {"ETH", "ERI"}, set()),
    ("India protested to Pakistan on Friday. Military commanders of the two countries spoke over the hotline in the evening.", "CONSULT", {"IND", "PAK"}, set()),
    ("An anti-Japanese riot broke out in Shanghai on Sunday, Chinese police said.", "PROTEST", set(), {"JPN"}),
    ("The Pakistani ambassador was summoned to the Indian foreign ministry on Friday.", "ACCUSE", {"IND"}, {"PAK"}),
    ("KABUL, Afghanistan, Aug 30 - Germany's foreign minister promised 500 million euros for refugees.", "AGREE", {"DEU"}, {"AFG"}),
    ("The Security Council adopted a resolution drafted by France and Britain that calls on the Taliban to let people leave.", "REQUEST", {"UNO"}, {"AFG"}),
    ("Pakistan's government, which New Delhi accuses of fomenting unrest, expressed grief.", "ACCUSE", {"IND"}, {"PAK"}),
]  # fmt: skip


def events(coder: Coder, text: str) -> list[Event]:
    return coder.code(Article(text, date=date(2004, 5, 7)))


@pytest.mark.parametrize(("text", "kind", "actors", "recipients"), CODED)
def test_parties(coder: Coder, text: str, kind: str, actors: set[str], recipients: set[str]) -> None:
    found = [event for event in events(coder, text) if event.coding.event_type == kind]
    sides = [tuple({entity.code for entity in side} for side in (event.actors, event.recipients)) for event in found]
    assert (actors, recipients) in sides


def test_who_only_tells_of_deaths_is_no_attacker(coder: Coder) -> None:
    text = "KHARTOUM, Sudan, April 16 - The doctors' union said that at least 56 civilians had been killed in the shelling of the city."
    attacks = [event for event in events(coder, text) if event.coding.event_type == "ASSAULT"]
    assert attacks
    assert all(entity.sectors[:1] != ("MED",) for event in attacks for entity in event.actors)


def test_a_deed_was_not_where_a_spokesman_told_of_it(coder: Coder) -> None:
    text = "The Sudanese air force bombed two villages in Darfur, a rebel spokesman said in Nairobi."
    places = [event.place for event in events(coder, text) if event.coding.event_type == "ASSAULT"]
    assert places
    assert all(place is None or "Nairobi" not in place.mention.text for place in places)


@pytest.mark.parametrize("text", [
    "Ukrainian officials said that it was not clear who had fired at the village.",
    "Tokyo angered Beijing when it bought the islands.",
])  # fmt: skip
def test_what_is_no_event(coder: Coder, text: str) -> None:
    assert not {"ASSAULT", "ACCUSE"} & {event.coding.event_type for event in events(coder, text)}


def test_indians_of_ecuador_are_not_of_india(coder: Coder) -> None:
    text = "QUITO, Ecuador - Indian protesters blocked highways across Ecuador on Wednesday."
    assert {entity.code for event in events(coder, text) for entity in event.actors} == {"ECU"}
