"""Which event a number of people goes to."""

from __future__ import annotations

from datetime import date

import pytest

from communique import Article, Coder


def sizes_of(coder: Coder, text: str) -> list[tuple[str, dict[str, int | tuple[int, int]]]]:
    events = coder.code(Article(text=text, date=date(2024, 3, 7)))
    return [(event.coding.event_type, event.size) for event in events]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Russian jets bombed a market in Kharkiv on Tuesday, killing four people and wounding nine.",
            ("ASSAULT", {"dead": 4, "injured": 9}),
        ),
        (
            "Turkish jets bombed a village in northern Iraq on Tuesday. Nine people were killed. The death toll later rose to 12.",
            ("ASSAULT", {"dead": 12}),
        ),
        ("Kenyan police arrested 40 protesters in Nairobi on Tuesday.", ("COERCE", {"arrested": 40})),
        (
            "Tens of thousands marched through Nairobi on Tuesday against the government of Kenya.",
            ("PROTEST", {"participants": (20000, 99999)}),
        ),
    ],
)
def test_a_number_goes_to_the_event_it_tells_of(
    coder: Coder, text: str, expected: tuple[str, dict[str, int | tuple[int, int]]]
) -> None:
    assert expected in sizes_of(coder, text)


def test_the_dead_of_another_time_are_not_given_to_the_event_told_before(coder: Coder) -> None:
    text = "Turkish jets bombed a village in northern Iraq on Tuesday. The conflict cost 40,000 lives in recent years."
    assert all("dead" not in size for _, size in sizes_of(coder, text))


def test_each_of_two_attacks_keeps_its_own_dead(coder: Coder) -> None:
    text = (
        "Gunmen shot dead two soldiers in Mali on Monday. Rebels killed 14 policemen in Niger on Tuesday. "
        "Police in Chad detained six people."
    )
    found = sizes_of(coder, text)
    assert [size for kind, size in found if kind == "ASSAULT"] == [{"dead": 2}, {"dead": 14}]
    assert ("COERCE", {"arrested": 6}) in found


def test_every_number_quotes_its_words(coder: Coder) -> None:
    text = "Russian jets bombed a market in Kharkiv on Tuesday, killing at least four people and wounding dozens."
    for event in coder.code(Article(text=text)):
        assert event.size.keys() == event.size_mentions.keys()
        for mentions in event.size_mentions.values():
            assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
