"""Not an event: sport, fiction, company news and the like are told from politics that uses the same words."""

from __future__ import annotations

import pytest

from communique.classify.domain import article_domain, sentence_domain

FOOTBALL = """Ivory Coast crushed Mali 3-0 on Saturday to reach the final of the Africa Cup.

Striker Drogo attacked from the kick-off and scored a hat-trick before half-time. The goalkeeper blamed his defence, and the
coach said the team had surrendered without a fight. The winner meets Senegal in the stadium on Sunday."""
CRICKET = """India's bowlers demolished the tourists for 140 on the second day of the Test in Chennai.

The captain won the toss and chose to bat. Rao took five wickets, and every batsman was under attack; the innings lasted two hours.
The umpires warned both sides for slow over rates."""
NOVEL = """In her third novel, the author sends a detective to a besieged city. The heroine is captured by rebels in the first chapter,
and the villain bombs the palace. Readers of the trilogy will miss the humour, but the plot never rests. The paperback is published by
a small press, and the film director Roda has bought the rights to the screenplay."""
RESULTS = """Shares of Nordan fell 4% after the retailer reported quarterly earnings below analysts' forecasts.

Chief executive Lee said that net profit fell to $12 million as revenue declined and that the dividend would be cut. The stock
is down 20% this year. The company agreed to buy a rival retailer in an all-share takeover, and investors attacked the merger."""
WEATHER = """Forecasters said a cold front will bring heavy rain and gusts to the coast on Tuesday, with temperatures falling to 4 degrees.

Showers are expected to retreat by evening, and sunny spells and light winds will return. Humidity stays high, meteorologists said."""
POLITICS = """Kenyan police fired tear gas at protesters in Nairobi on Tuesday, and the opposition leader was arrested.

The government banned rallies, and the ambassador of Norway condemned the arrests. Parliament meets on Thursday to debate a state of
emergency. The United Nations urged both sides to hold talks."""
BOYCOTT = """The government of Kenya said on Friday that it would boycott the Games in protest at the host's arrests of opposition activists.

The foreign minister summoned the host's ambassador and demanded the release of the detained. The president called the arrests a
violation of human rights and urged other governments to impose sanctions."""
STADIUM = """Gunmen killed nine police officers at a football stadium in the capital on Sunday, the interior ministry said.

The president condemned the attack and sent troops to the city. Security forces arrested four militants, and the government declared
a curfew."""


@pytest.mark.parametrize(
    "text", [FOOTBALL, CRICKET, NOVEL, RESULTS, WEATHER], ids=["football", "cricket", "novel", "results", "weather"]
)
def test_an_article_of_another_field_is_set_aside_and_says_why(text: str) -> None:
    domain = article_domain(text)
    assert domain is not None
    assert domain.name in str(domain)
    assert domain.weight > domain.political


@pytest.mark.parametrize(
    "text", [POLITICS, BOYCOTT, STADIUM, ""], ids=["protest", "boycott of games", "attack in a stadium", "empty"]
)
def test_an_article_about_politics_is_coded_even_where_sport_is_its_stage(text: str) -> None:
    assert article_domain(text) is None


def test_fields_are_told_apart() -> None:
    sport, company = article_domain(FOOTBALL), article_domain(RESULTS)
    assert sport is not None and company is not None
    assert sport.name != company.name


@pytest.mark.parametrize("sentence", [
    "The striker scored twice before half-time and the goalkeeper was sent off.",
    "The opening batsman lost his wicket to the bowler in the last over.",
])  # fmt: skip
def test_a_sentence_about_sport_inside_a_political_article_is_no_event(sentence: str) -> None:
    found = sentence_domain(sentence, sentence)
    assert found is not None
    assert found.name == "sport"


@pytest.mark.parametrize("sentence", [
    "Police arrested ten protesters outside the stadium.",
    "The minister met the ambassador.",
    "Rebels attacked the town at dawn.",
    "",
])  # fmt: skip
def test_a_sentence_about_politics_is_coded(sentence: str) -> None:
    assert sentence_domain(sentence, sentence) is None


def test_a_political_sentence_beside_a_match_report_is_coded() -> None:
    paragraph = f"Police arrested ten protesters outside parliament. {FOOTBALL}"
    assert sentence_domain("Police arrested ten protesters outside parliament.", paragraph) is None
