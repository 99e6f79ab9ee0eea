"""Which pairs of mentions are worth a comparison: those of one type and party, close in time.

A mention is filed under its type and each of its codes. Among those filed there within the window of days, all are compared
where they are few; where they are many (one country's statements in a busy week) only those that also share both parties, and of these
only those that share one of the words that fewest articles have, the nearest first. Each mention is thus compared with a bounded number of
others, and time grows with the number of mentions, not with its square.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from communique.link.facts import Facts
from communique.link.scoring import Scorer, days

FEW = 60  # compared whole
NEAREST = 25  # compared of those under one rare word
RARE_WORDS = 6

_Key = tuple[str, ...]


class _Shelf:
    """Numbers of mentions filed under each key, in the order of their last days."""

    def __init__(self) -> None:
        self._files: dict[_Key, tuple[list[int], list[int]]] = {}

    def file(self, key: _Key, day: int, number: int) -> None:
        """Add a mention."""
        days_there, numbers = self._files.setdefault(key, ([], []))
        days_there.append(day)
        numbers.append(number)

    def since(self, key: _Key, day: int) -> Sequence[int]:
        """Mentions under a key that end on that day or later, last filed at the end."""
        if key not in self._files:
            return ()
        days_there, numbers = self._files[key]
        return numbers[bisect_left(days_there, day) :]


def candidate_pairs(mentions: Sequence[Facts], scorer: Scorer) -> Iterator[tuple[int, int]]:
    """Pairs of positions that are worth a comparison, each once.

    Args:
        mentions: All mentions.
        scorer: Knows the window of days, the types that go together, and which words are rare.
    """
    kin: dict[str, set[str]] = {}
    for pair in scorer.settings.neighbours:
        for one, other in (pair, reversed(pair)):
            kin.setdefault(one, set()).add(other)
    order = sorted(range(len(mentions)), key=lambda number: (mentions[number].last, mentions[number].id))
    undated = [number for number in order if mentions[number].first < 0]
    dated = [number for number in order if mentions[number].first >= 0]
    shelf = _Shelf()
    for number in (*undated, *dated):
        facts = mentions[number]
        types = [facts.event_type, *sorted(kin.get(facts.event_type, ()))]
        codes = sorted(facts.codes())
        since = days(facts)[0] - scorer.settings.window_days if facts.first >= 0 else -1
        rare = scorer.rarest(facts, RARE_WORDS)
        found: set[int] = set()
        for kind in types:
            for code in codes:
                found.update(_among(shelf, (kind, code), since, codes, rare))
                if facts.first >= 0:
                    found.update(_among(shelf, (kind, code, "", "undated"), -1, codes, rare))
        for earlier in sorted(found):
            if mentions[earlier].document_id != facts.document_id:
                yield earlier, number
        _file(shelf, facts, number, codes, rare)


def _among(shelf: _Shelf, key: _Key, since: int, codes: Sequence[str], rare: Sequence[str]) -> Iterator[int]:
    near = shelf.since(key, since)
    if len(near) <= FEW:
        yield from near
        return
    for term in rare:
        yield from shelf.since((*key, term), since)[-NEAREST:]
        for code in codes:
            yield from shelf.since((*key, code, term), since)[-NEAREST:]


def _file(shelf: _Shelf, facts: Facts, number: int, codes: Sequence[str], rare: Sequence[str]) -> None:
    for code in codes:
        key: _Key = (facts.event_type, code)
        if facts.first < 0:
            key = (*key, "", "undated")
        shelf.file(key, facts.last, number)
        for term in rare:
            shelf.file((*key, term), facts.last, number)
            for other in codes:
                if other != code:
                    shelf.file((*key, other, term), facts.last, number)
