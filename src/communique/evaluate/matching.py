"""Which coded event is which gold event: by what makes an event right, or by the words alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from communique.evaluate.facts import Anchor, CodedEvent, ForbiddenCoding, GoldEvent, Party

Rank = tuple[int, ...]


def matches(gold: GoldEvent, event: CodedEvent) -> bool:
    """Whether a coded event is the gold event: type, auxiliary mode, evidence, actors and recipients.

    >>> event = CodedEvent(frozenset({"CONSULT"}), frozenset({""}), (Party("HUN", "GOV"), Party("AZE", "GOV")), ())
    >>> matches(GoldEvent(("CONSULT",), actors=("HUN",), recipients=("AZE",), flags=frozenset({"symmetric"})), event)
    True
    >>> matches(GoldEvent(("CONSULT",), actors=("HUN",), recipients=("AZE",)), event)
    False
    """
    if not event.types & set(gold.types) or not event.auxiliary & set(gold.auxiliary):
        return False
    return _evidence_agrees(gold, event) and parties_right(gold, event)


def parties_right(gold: GoldEvent, event: CodedEvent) -> bool:
    """Whether actors and recipients are those of the gold event."""
    actors, recipients = codes(event.actors), codes(event.recipients)
    wanted_actors, wanted_recipients = set(gold.actors), set(gold.recipients)
    if side_right(gold, "actor", wanted_actors, actors) and side_right(
        gold, "recipient", wanted_recipients, recipients
    ):
        return True
    return gold.symmetric and (
        (side_right(gold, "actor", wanted_recipients, actors) and side_right(gold, "recipient", wanted_actors, recipients))
        or wanted_actors | wanted_recipients <= actors | recipients
    )  # fmt: skip


def side_right(gold: GoldEvent, side: str, wanted: set[str], got: set[str]) -> bool:
    """Whether the codes of one side are right: all that are wanted, more are no error, but none where none is wanted."""
    if f"any_{side}" in gold.flags:
        return True
    if f"partial_{side}" in gold.flags:
        return bool(wanted & got)
    if not wanted:
        return not got
    return (not got and f"optional_{side}" in gold.flags) or wanted <= got


def is_forbidden(rule: ForbiddenCoding, event: CodedEvent) -> bool:
    """Whether a must_not rule is broken: type, auxiliary mode, one of the actors if it names any, evidence."""
    if not event.types & set(rule.types) or not event.auxiliary & set(rule.auxiliary):
        return False
    if rule.actors and not set(rule.actors) & codes(event.actors):
        return False
    return not rule.pattern or bool(re.search(rule.pattern, event.evidence))


def found_pairs(required: Sequence[GoldEvent], coded: Sequence[CodedEvent]) -> list[tuple[int, int]]:
    """Gold events with a coded event of their own each: first where the event words themselves are the evidence."""
    pairs: list[tuple[int, int]] = []
    free, left = list(range(len(coded))), list(range(len(required)))
    for own_words in (True, False):
        for i in list(left):
            gold = required[i]
            for j in free:
                if matches(gold, coded[j]) and (not own_words or _own_words(gold, coded[j])):
                    pairs.append((i, j))
                    free.remove(j)
                    left.remove(i)
                    break
    return pairs


def one_to_one(hits: list[list[int]]) -> int:
    """How many gold events can be told by a coded event of their own: a largest matching.

    >>> one_to_one([[0], [0, 1], [1]])
    2
    """
    owner: dict[int, int] = {}

    def place(gold: int, tried: set[int]) -> bool:
        for event in hits[gold]:
            if event in tried:
                continue
            tried.add(event)
            if event not in owner or place(owner[event], tried):
                owner[event] = gold
                return True
        return False

    return sum(place(gold, set()) for gold in range(len(hits)))


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells whether two codings are of one event. Types and auxiliary modes are those accepted, best first."""

    types: tuple[str, ...]
    auxiliary: tuple[str, ...]
    actors: frozenset[str]
    recipients: frozenset[str]
    anchor: Anchor


def profile_of_gold(gold: GoldEvent) -> Profile:
    """Profile of a gold event, or of an event as another coder has it."""
    actors, recipients = frozenset(gold.actors), frozenset(gold.recipients)
    if gold.symmetric:
        actors = recipients = actors | recipients
    return Profile(gold.types, gold.auxiliary, actors, recipients, gold.anchor)


def profile_of_coded(event: CodedEvent) -> Profile:
    """Profile of a coded event."""
    actors, recipients = codes(event.actors), codes(event.recipients)
    return Profile(
        tuple(sorted(event.types)), tuple(sorted(event.auxiliary)),
        frozenset(actors), frozenset(recipients), event.anchor,
    )  # fmt: skip


def align(first: Sequence[Profile], second: Sequence[Profile]) -> list[tuple[int, int]]:
    """Pair the events of two codings of one article; an event has one partner at most.

    Partners are events whose words overlap; then those of one sentence that share the type, or an actor and a
    recipient; and where neither coding tells where an event stands, those that share as much. Among several, those of
    the same type come first, then of an accepted type, a shared actor, the same auxiliary mode, a shared recipient,
    and the longest overlap.
    """
    ranked = [
        (rank, -i, -j)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
        if (rank := _rank(one, other)) is not None
    ]
    partners: dict[int, int] = {}
    for _, i, j in sorted(ranked, reverse=True):
        if -i not in partners and -j not in partners.values():
            partners[-i] = -j
    return sorted(partners.items())


def codes(parties: Iterable[Party]) -> set[str]:
    """The codes of some parties."""
    return {party.code for party in parties}


def rest(n: int, taken: Iterable[int]) -> list[int]:
    """The numbers below `n` that are not taken.

    >>> rest(4, [1, 2])
    [0, 3]
    """
    gone = set(taken)
    return [i for i in range(n) if i not in gone]


def _rank(one: Profile, other: Profile) -> Rank | None:
    """How likely two codings are of one event; `None` if they are not."""
    type_accepted = bool(set(one.types) & set(other.types))
    actor, recipient = bool(one.actors & other.actors), bool(one.recipients & other.recipients)
    alike = type_accepted or (actor and recipient)
    shared, same = one.anchor.shared(other.anchor), one.anchor.same_sentence(other.anchor)
    exact = bool(one.anchor.spans and other.anchor.spans)
    if shared and (exact or same or (same is None and alike)):
        level = 2
    elif alike and (same or (same is None and shared is None)):
        level = 1
    else:
        return None
    same_auxiliary = bool(set(one.auxiliary) & set(other.auxiliary))
    return (level, one.types[:1] == other.types[:1], type_accepted, actor, same_auxiliary, recipient, shared or 0)


def _evidence_agrees(gold: GoldEvent, event: CodedEvent) -> bool:
    if gold.pattern:
        evidence = event.evidence
        return not evidence.strip() or bool(re.search(gold.pattern, evidence))
    shared, same = gold.anchor.shared(event.anchor), gold.anchor.same_sentence(event.anchor)
    return bool(shared or same) or (shared is None and same is None)


def _own_words(gold: GoldEvent, event: CodedEvent) -> bool:
    if gold.pattern:
        return bool(re.search(gold.pattern, event.words))
    return gold.anchor.shared(event.anchor) != 0
