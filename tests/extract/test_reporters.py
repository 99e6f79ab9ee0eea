"""Who says so, in the ways news reports put it."""

from __future__ import annotations

from datetime import date

import pytest

from communique import Article, Coder


def told_by(coder: Coder, text: str) -> dict[str, tuple[str, str | None] | None]:
    """By event words: who reported them, as words and code."""
    return {
        event.trigger[-1].text: (event.attribution.mention.text, event.attribution.code) if event.attribution else None
        for event in coder.code(Article(text=text, date=date(2024, 3, 7)))
    }


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Syrian soldiers killed two men in Idlib, state media reported.", "killed", ("state media", "SYR")),
        ("The Syrian army, the UN said, had shelled a hospital.", "shelled", ("UN", "UNO")),
        (
            "Goma was shelled by the army, according to a report by the United Nations.",
            "shelled",
            ("United Nations", "UNO"),
        ),
        (
            "A statement from the French defence ministry said that rebels had attacked a base in Mali.",
            "attacked",
            ("French defence ministry", "FRA"),
        ),
        (
            "M23 rebels raped 30 women in North Kivu, United Nations investigators said in a report published on Wednesday.",
            "raped",
            ("United Nations investigators", "UNO"),
        ),
        (
            '"Russian soldiers killed three villagers. They beat the others," Ukrainian prosecutor Ivan Kostin said.',
            "killed",
            ("Ukrainian prosecutor Ivan Kostin", "UKR"),
        ),
        ("Biden said the United States would send tanks to Ukraine.", "send", ("Biden", "USA")),
        ("Kenyan police arrested the editor.", "arrested", None),
    ],
)
def test_whoever_reports_an_event_is_named_with_its_code(
    coder: Coder, text: str, words: str, expected: tuple[str, str | None] | None
) -> None:
    assert told_by(coder, text)[words] == expected


@pytest.mark.parametrize(
    "text",
    [
        '"We reject the French offer," Iranian President Hassan Rouhani said.',
        "The Turkish government said it condemned the attack.",
    ],
)
def test_nobody_reports_what_he_does_by_saying_it(coder: Coder, text: str) -> None:
    assert set(told_by(coder, text).values()) <= {None}
