"""The same event within an article: lead, detail and background share a `link`.

The rule. A mention joins the first event of its article of which it contradicts no mention:

1. the type is the same, and both happened, or both are planned, or both supposed; an act and its denial are one event in dispute;
2. they stand in different sentences, unless the same parties meet ("received her counterpart for talks");
3. actors and recipients share a code where both mentions name them, and one of the two sides is shared;
4. their days meet (an assumed day leaves room for the days before), and they name no two modes, no two places and no numbers that differ;
5. two of these speak for it: both sides are shared; a mode is; the place is; the event word is; two telling words of the sentences are.
   Parties that did something together, such as a meeting, speak for it alone.
   Of what is said rather than done (statements, requests, promises), one of the two must be words. An act and its denial need one only.

The link is the id of the event's first record. A mention that joins none begins an event of its own, so that every record has a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.link.facts import Facts, facts_of_event
from communique.link.scoring import agreement, days_apart, jointly, same_status, size_agreement
from communique.records import Event

_SAID = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_SHARED_WORDS = 2
_NEEDED = 2


def link_article(events: Sequence[Event]) -> list[Event]:
    """Fill `link` of the events of one article, by the rule of this module."""
    firsts = first_mentions([facts_of_event(event) for event in events])
    return [replace(event, link=events[first].id) for event, first in zip(events, firsts, strict=True)]


def first_mentions(mentions: Sequence[Facts]) -> list[int]:
    """For each mention of one article, in text order, the position of the first mention of its event."""
    events: list[list[int]] = []
    firsts = []
    for number, mention in enumerate(mentions):
        for event in events:
            members = [mentions[member] for member in event]
            if all(_agree(member, mention) for member in members) and any(_spoken_for(m, mention) for m in members):
                event.append(number)
                firsts.append(event[0])
                break
        else:
            events.append([number])
            firsts.append(number)
    return firsts


def _agree(first: Facts, second: Facts) -> bool:
    if first.event_type != second.event_type or not same_status(first, second):
        return False
    if first.sentence == second.sentence >= 0 and first.status == second.status:
        if first.event_type != "CONSULT" or first.codes() != second.codes():
            return False
    if not _same_parties(first, second) or days_apart(first, second) > 0:
        return False
    return not (
        _differ(first.modes, second.modes)
        or (first.place and second.place and first.place != second.place)
        or size_agreement(first.size, second.size) < 0
    )


def _same_parties(first: Facts, second: Facts) -> bool:
    sides = agreement(first.actors, second.actors), agreement(first.recipients, second.recipients)
    return (min(sides) >= 0 and max(sides) > 0) or jointly(first, second)


def _differ(first: Sequence[str], second: Sequence[str]) -> bool:
    return bool(first and second) and not set(first) & set(second)


def _spoken_for(first: Facts, second: Facts) -> bool:
    words = bool(first.words & second.words) + (len(first.terms & second.terms) >= _SHARED_WORDS)
    both_sides = min(agreement(first.actors, second.actors), agreement(first.recipients, second.recipients)) > 0
    others = (
        (2 if jointly(first, second) else int(both_sides))
        + bool(set(first.modes) & set(second.modes))
        + (first.place != "" and first.place == second.place)
    )
    if first.status != second.status:
        return words + others > 0
    return words + others >= _NEEDED and (words > 0 or first.event_type not in _SAID)
