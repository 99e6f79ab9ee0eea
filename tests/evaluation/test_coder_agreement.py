"""Two coders' events are paired by the words they rest on, and their agreement is told beyond chance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from evaluation.coder_agreement import Article, align, cohen_kappa, detection, judge

TEXT = "Police arrested two men. Kenya urged Uganda to free them, and\nUganda refused to free them."
QUADS = {"COERCE": 4, "REQUEST": 3, "REJECT": 3, "RETREAT": 2}


def first(kind: str, evidence: str, **changes: Any) -> dict[str, Any]:
    """An event as the first coder has it, `kind` being the types that are accepted."""
    return {"type": kind.split("|"), "actor": ["KEN"], "recipient": [], "evidence": evidence} | changes


def second(kind: str, evidence: str, **changes: Any) -> dict[str, Any]:
    """An event as the second coder has it."""
    sides = {"actor": ["KEN"], "actor_sector": [], "recipient": [], "recipient_sector": []}
    return {"type": kind, "mode": "", "aux": "", "evidence": evidence} | sides | changes


def article(ones: list[dict[str, Any]], others: list[dict[str, Any]]) -> Article:
    """The text, coded twice."""
    return Article("a", date(2024, 3, 7), TEXT, tuple(ones), tuple(others))


def judged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, Any, bool]]:
    """By aspect, what each has and whether it is accepted."""
    return {
        each.aspect: (each.first, each.second, each.accepted) for each in judge(one, other, QUADS, date(2024, 3, 7))
    }


def test_events_are_paired_where_their_words_overlap_and_not_by_type_alone() -> None:
    coded = article([first("COERCE", "arrested"), first("REQUEST", "urged")], [second("REQUEST", "Kenya urged Uganda")])
    assert align(coded) == [(1, 0)]
    assert align(article([first("REQUEST", "urged")], [second("REQUEST", "arrested two men")])) == []


def test_of_overlapping_events_those_of_one_type_are_partners() -> None:
    ones = [first("RETREAT|REJECT", "refused to free"), first("REJECT", "refused")]
    others = [second("REJECT", "Uganda refused"), second("RETREAT", "refused to free them")]
    assert align(article(ones, others)) == [(0, 1), (1, 0)]


def test_a_pattern_that_matches_twice_goes_with_the_event_of_its_actor() -> None:
    others = [second("RETREAT", "Uganda to free them"), second("RETREAT", "refused to free them", actor=["UGA"])]
    assert align(article([first("RETREAT", "to free", actor=["UGA"])], others)) == [(0, 1)]


def test_a_line_break_does_not_part_the_words_but_other_words_are_an_error() -> None:
    assert align(article([first("REJECT", "refused")], [second("REJECT", "and Uganda refused")])) == [(0, 0)]
    with pytest.raises(ValueError, match="evidence 'Uganda declined' is not in the text"):
        align(article([first("REJECT", "refused")], [second("REJECT", "Uganda declined")]))


def test_an_optional_event_is_not_missed_but_counts_for_the_coder_who_has_it() -> None:
    ones = [first("COERCE", "arrested"), first("REQUEST", "urged", optional=True), first("REJECT", "refused")]
    found = detection([article(ones, [second("COERCE", "arrested"), second("REQUEST", "urged")])])
    assert (found.required, found.required_found, found.optional_found, found.second, found.second_found) == (
        2,
        1,
        1,
        2,
        2,
    )
    assert found.f1 == pytest.approx(2 / 3)


def test_the_first_of_several_accepted_types_is_the_coders_own() -> None:
    result = judged(first("REQUEST|REJECT", "urged"), second("REJECT", "urged"))
    assert result["event type"] == ("REQUEST", "REJECT", True)
    assert result["quad category"] == (3, 3, True)


def test_the_sides_of_a_mutual_act_are_pooled_and_a_side_left_open_is_not_judged() -> None:
    mutual = first("REQUEST", "urged", recipient=["UGA"], symmetric=True)
    result = judged(mutual, second("REQUEST", "urged", actor=["UGA", "KEN"]))
    assert result["actor codes"][2] and "recipient codes" not in result
    assert "actor codes" not in judged(first("REQUEST", "urged", any_actor=True), second("REQUEST", "urged"))


def test_a_day_within_the_interval_of_the_first_coder_agrees() -> None:
    interval = first("REQUEST", "urged", date_from=date(2024, 3, 1), date_to=date(2024, 3, 6))
    assert judged(interval, second("REQUEST", "urged", date=date(2024, 3, 5)))["day"] == (-2, -2, True)
    assert not judged(interval, second("REQUEST", "urged", date=date(2024, 3, 7)))["day"][2]
    assert "day" not in judged(interval, second("REQUEST", "urged"))


@pytest.mark.parametrize(("pairs", "expected"), [
    ([("a", "a"), ("b", "b")], 1.0),
    ([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], 0.0),  # what chance would give
    ([("a", "b"), ("b", "a")], -1.0),
    ([("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15, 0.4),  # the textbook example
    ([("a", "a"), ("a", "a")], None),  # one category: nothing to disagree about
    ([], None),
])  # fmt: skip
def test_kappa_is_agreement_beyond_chance(pairs: list[tuple[str, str]], expected: float | None) -> None:
    assert cohen_kappa(pairs) == (None if expected is None else pytest.approx(expected))
