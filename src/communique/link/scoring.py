"""How likely two mentions tell of one event: what they share, weighed.

The weights are in `weights.json`, with how they were fitted: a logistic regression on the tuning half of
`evaluation/linking/`, by `evaluation/linking.py --fit`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from communique.link.facts import DENIED, HAPPENED, Facts, Party

MUTUAL = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "ASSAULT"})  # done together: all parties may be actors
FEATURES = (
    "constant", "type", "mode", "mode_differs", "actors", "recipients", "differs", "same_day", "days_apart", "place",
    "place_differs", "words", "text", "size", "number",
    "numbers_differ",
)  # fmt: skip
_ASSUMED_DAYS = 2  # a report without a date for its event tells of the two days before, or of its own
_BACKGROUND_DAYS = 6  # … and of the week before, where its tense says that it was earlier
IMPOSSIBLE = -6.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of `FEATURES`, the pairs of types that may be one event, and days that reports may lie apart."""

    weights: dict[str, float]
    threshold: float
    window_days: int
    neighbours: list[list[str]]
    chosen: str


@cache
def load_weights() -> Weights:
    """The weights that come with the package."""
    return msgspec.json.decode(resources.files("communique.link").joinpath("weights.json").read_bytes(), type=Weights)


class Scorer:
    """Scores pairs of mentions out of one collection.

    Args:
        collection: All mentions: words that few of them have count for more.
        weights: By default those of the package.
    """

    def __init__(self, collection: Iterable[Facts], weights: Weights | None = None) -> None:
        self.settings = weights or load_weights()
        self._weights = tuple(self.settings.weights[name] for name in FEATURES)
        documents: dict[str, set[str]] = {}
        for facts in collection:
            documents.setdefault(facts.document_id, set()).update(facts.terms)
        counts = Counter(term for terms in documents.values() for term in terms)
        # at least as if among 100 articles: in a handful, no word is rare enough to be judged
        n_documents = max(len(documents), 100)
        self._rarity = {term: math.log(n_documents / count) for term, count in counts.items()}
        self._lengths: dict[str, float] = {}
        self._pairs = frozenset(frozenset(pair) for pair in self.settings.neighbours)

    def rarest(self, facts: Facts, count: int) -> list[str]:
        """The words of a mention that fewest articles have."""
        return sorted(facts.terms, key=lambda term: (-self._rarity.get(term, 0.0), term))[:count]

    def comparable(self, first: Facts, second: Facts) -> bool:
        """Whether two mentions may be one event at all: types, status, days."""
        if first.event_type != second.event_type:
            if frozenset((first.event_type, second.event_type)) not in self._pairs:
                return False
        return same_status(first, second) and days_apart(first, second) <= self.settings.window_days

    def score(self, first: Facts, second: Facts) -> float:
        """Log odds that two mentions are one event."""
        if not self.comparable(first, second):
            return IMPOSSIBLE
        features = self.features(first, second)
        return max(sum(weight * value for weight, value in zip(self._weights, features, strict=True)), IMPOSSIBLE)

    def features(self, first: Facts, second: Facts) -> Sequence[float]:
        """What two mentions share, in the order of `FEATURES`."""
        actors, recipients = _sides(first, second)
        modes = bool(first.modes and second.modes)
        same_mode = modes and bool(set(first.modes) & set(second.modes))
        places = bool(first.place and second.place)
        counted = bool(first.numbers and second.numbers)
        same_number = bool(first.numbers & second.numbers)
        exact = first.resolution == second.resolution == "day" and first.first == second.first
        return (
            1.0,
            float(first.event_type == second.event_type),
            float(same_mode),
            float(modes and not same_mode),
            max(actors, 0.0),
            max(recipients, 0.0),
            float(actors < 0) + float(recipients < 0),
            float(exact),
            float(days_apart(first, second)),
            float(places and first.place == second.place),
            float(places and first.place != second.place),
            float(bool(first.words & second.words)),
            self._likeness(first, second),
            size_agreement(first.size, second.size),
            float(counted and same_number),
            float(counted and not same_number),
        )

    def _likeness(self, first: Facts, second: Facts) -> float:
        """Cosine of their words, rare ones weighing more."""
        if not first.terms or not second.terms:
            return 0.0
        shared = sum(self._rarity.get(term, 0.0) ** 2 for term in first.terms & second.terms)
        return shared / (self._length(first) * self._length(second) or 1.0)

    def _length(self, facts: Facts) -> float:
        if (length := self._lengths.get(facts.id)) is None:
            length = math.sqrt(sum(self._rarity.get(term, 0.0) ** 2 for term in facts.terms))
            self._lengths[facts.id] = length
        return length


def same_status(first: Facts, second: Facts) -> bool:
    """Whether both happened, or one is what the other denies. What is planned or supposed is no event of the past."""
    return first.status == second.status or {first.status, second.status} == {HAPPENED, DENIED}


def days(facts: Facts) -> tuple[int, int]:
    """First and last day on which the event may have been; an assumed day leaves room for the days before."""
    if facts.resolution == "publication":
        return facts.first - (_BACKGROUND_DAYS if facts.historical else _ASSUMED_DAYS), facts.last
    return facts.first, facts.last


def days_apart(first: Facts, second: Facts) -> int:
    """Days between two mentions; 0 where their intervals meet or one has no date."""
    if first.first < 0 or second.first < 0:
        return 0
    (from_1, to_1), (from_2, to_2) = days(first), days(second)
    return max(from_1 - to_2, from_2 - to_1, 0)


def agreement(first: Sequence[Party], second: Sequence[Party]) -> float:
    """How well two sides agree: 1 the same code and role, 0.6 the code alone, 0 unknown, -1 nobody in common."""
    if not first or not second:
        return 0.0
    best = -1.0
    for one in first:
        for other in second:
            if one.code == other.code:
                role = not one.sectors or not other.sectors or bool(set(one.sectors) & set(other.sectors))
                best = max(best, 1.0 if role else 0.6)
    return best


def jointly(first: Facts, second: Facts) -> bool:
    """Whether both name the same parties to something done together, though one names a party as recipient or by itself."""
    if first.event_type not in MUTUAL or (first.recipients and second.recipients and first.event_type != "CONSULT"):
        return False
    one, other = first.codes(), second.codes()
    acting, also_acting = {party.code for party in first.actors}, {party.code for party in second.actors}
    return len(one & other) > 1 and acting <= other and also_acting <= one


def _sides(first: Facts, second: Facts) -> tuple[float, float]:
    """Agreement of actors and of recipients."""
    if jointly(first, second):
        return 1.0, 1.0
    return agreement(first.actors, second.actors), agreement(first.recipients, second.recipients)


def size_agreement(first: Iterable[tuple[str, float]], second: Iterable[tuple[str, float]]) -> float:
    """1 if a number is about the same in both, -1 if the nearest differs much, 0 where there is none to compare."""
    other: Mapping[str, float] = dict(second)
    verdicts = []
    for name, value in first:
        if name in other:
            low, high = sorted((value, other[name]))
            verdicts.append(1.0 if high <= 1.5 * low + 1 else -1.0)
    return max(verdicts, default=0.0)
