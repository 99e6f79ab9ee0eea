"""The codebook's parts fit together: whatever one names, another defines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from communique.codebook import (
    EventType,
    Mode,
    NonState,
    QuadCategory,
    Rule,
    Sector,
    Term,
    actor_codes,
    check,
    codebook,
    contexts,
    event_scale,
    event_types,
    modes,
    needs_recipient,
    quad_code,
)
from communique.errors import CodebookMismatch

BOOK = codebook()
TYPES = [entry.name for entry in BOOK.event_types]


def _repeated(names: Iterable[object]) -> set[object]:
    return {name for name, n in Counter(names).items() if n > 1}


def test_it_has_as_many_entries_as_plover() -> None:
    assert (len(TYPES), len(BOOK.contexts), len(BOOK.quad_categories), len(BOOK.auxiliary_modes)) == (16, 37, 4, 4)


def test_no_name_stands_twice() -> None:
    names: list[list[str] | list[int]] = [
        TYPES,
        [entry.name for entry in BOOK.contexts],
        [entry.code for entry in BOOK.sectors],
        [entry.name for entry in BOOK.auxiliary_modes],
        [entry.code for entry in BOOK.quad_categories],
        [*BOOK.codes.states, *(entry.code for entry in BOOK.codes.non_states)],
        [entry.cameo for entry in BOOK.crosswalk],
        [entry.name for entry in BOOK.rules],
        *([mode.name for mode in entries] for entries in BOOK.modes.values()),
    ]
    assert [_repeated(group) for group in names if _repeated(group)] == []


def test_every_type_is_in_a_quad_category_and_every_category_has_types() -> None:
    assert {entry.quad for entry in BOOK.event_types} == {entry.code for entry in BOOK.quad_categories}


def test_cooperation_scores_above_conflict_and_none_beyond_the_scale() -> None:
    for entry in BOOK.event_types:
        scores = [entry.score, *(mode.score for mode in BOOK.modes.get(entry.name, ()) if mode.score is not None)]
        assert all(0 < score <= 10 if entry.quad in (1, 2) else -10 <= score <= 0.5 for score in scores), entry.name


def test_only_types_have_modes() -> None:
    assert set(BOOK.modes) <= set(TYPES)
    assert all(BOOK.modes.values())


def test_the_crosswalk_leads_to_types_and_reaches_all() -> None:
    assert {entry.event_type for entry in BOOK.crosswalk if entry.event_type is not None} == set(TYPES)


def test_the_crosswalk_has_every_cameo_root() -> None:
    assert {entry.cameo[:2] for entry in BOOK.crosswalk} == {f"{number:02}" for number in range(1, 21)}


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.name)
def test_rules_decide_between_codings_that_exist(rule: Rule) -> None:
    for coding in rule.codes:
        event_type, _, mode = coding.partition("/")
        check(event_type, [mode] if mode else [])


def test_types_that_rules_name_in_their_text_exist() -> None:
    known = {*TYPES, *(entry.code for entry in BOOK.sectors), *actor_codes()}
    named = {(rule.name, word) for rule in BOOK.rules for word in re.findall(r"\b[A-Z]{3,}\b", rule.rule)}
    assert {(rule, word) for rule, word in named if word not in known} == set()


def test_modes_that_rules_name_in_their_text_exist() -> None:
    for rule in BOOK.rules:
        for event_type, mode in re.findall(r"\b([A-Z]{3,})/([a-z-]+)", rule.rule):
            check(event_type, [mode])


def test_sectors_have_a_known_rank() -> None:
    assert {entry.rank for entry in BOOK.sectors} == {"primary", "other", "second"}


def test_codes_are_three_capitals_and_differ_from_sectors() -> None:
    assert all(re.fullmatch(r"[A-Z]{3}", code) for code in actor_codes())
    assert not actor_codes() & {entry.code for entry in BOOK.sectors}


def test_dependencies_and_breakaway_entities_belong_to_states() -> None:
    states = set(BOOK.codes.states)
    assert set(BOOK.codes.dependencies.values()) <= states
    assert not set(BOOK.codes.dependencies) & states
    assert {entry.state for entry in BOOK.codes.partially_recognised} <= states


def test_every_entry_is_defined_in_a_sentence() -> None:
    groups: list[Iterable[EventType | Term | Sector | QuadCategory | NonState | Mode]] = [
        BOOK.event_types, BOOK.contexts, BOOK.sectors, BOOK.auxiliary_modes, BOOK.quad_categories,
        BOOK.codes.non_states, *BOOK.modes.values(),
    ]  # fmt: skip
    assert [entry for group in groups for entry in group if not entry.definition.endswith(".")] == []


# --- what follows from it


@pytest.mark.parametrize(
    ("event_type", "event_modes", "quad", "scale"),
    [
        ("CONSULT", (), 1, 2.5),
        ("CONSULT", ("visit",), 1, 4),
        ("AID", (), 2, 10),
        ("REQUEST", ("assist",), 3, 0.5),
        ("PROTEST", ("vandalize",), 4, -5),  # a mode without a score takes its type's
        ("ASSAULT", ("unconventional",), 4, -10),
    ],
)
def test_quad_and_scale_follow_from_type_and_mode(
    event_type: str, event_modes: tuple[str, ...], quad: int, scale: float
) -> None:
    assert (quad_code(event_type), event_scale(event_type, event_modes)) == (quad, scale)


def test_five_types_have_no_modes() -> None:
    assert {name for name in event_types() if not modes(name)} == {"AGREE", "SUPPORT", "CONCEDE", "COOPERATE", "AID"}


def test_types_that_are_done_to_somebody_need_a_recipient() -> None:
    assert {name for name in event_types() if needs_recipient(name)} == {"COOPERATE", "AID", "SANCTION"}


def test_a_name_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(CodebookMismatch, match=r"'Assault'.*did you mean 'ASSAULT'"):
        check("Assault")
    with pytest.raises(CodebookMismatch, match=r"context 'healthy'.*did you mean 'health'"):
        check("ASSAULT", (), ["healthy"])
    assert "health" in contexts()
