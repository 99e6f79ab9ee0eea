"""The same event within an article: lead, detail and background share a `link`.

The rule. A mention joins the first event of its article of which it contradicts no mention:

1. the type is the same, and both happened, or both are planned, or both supposed; an act and its denial are one event in dispute;
2. they stand in different sentences;
3. actors and recipients share a code where both mentions name them, and one of the two sides is shared;
4. their days meet (an assumed day leaves room for the days before), and they name no two modes, no two places and no numbers that differ;
5. of what is said rather than done (statements, requests, promises), words must be shared too: the event word, or three telling
   words of the sentence.

The link is the id of the event's first record. A mention that joins none begins an event of its own, so that every record has a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.link.facts import HAPPENED, Facts, facts_of_event
from communique.link.scoring import agreement, days_apart, jointly, same_status, size_agreement
from communique.records import Event

_SAID = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_SHARED_WORDS = 3


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
            if all(_agree(member, mention) for member in members) and any(_same_words(m, mention) for m in members):
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


def _same_words(first: Facts, second: Facts) -> bool:
    if first.event_type not in _SAID or first.status != HAPPENED or second.status != HAPPENED:
        return True
    return bool(first.words & second.words) or len(first.terms & second.terms) >= _SHARED_WORDS
