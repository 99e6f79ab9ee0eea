"""Mentions → events: those of one event, in one article or many, with a canonical one and what the event rests on.

Mentions of one article are joined as the coder linked them, or by the rule of `within` where it did not. Between articles every worthwhile pair is scored, and groups are joined,
the most alike first, as long as their mentions are alike on average: one doubtful resemblance does not chain two events together.
The result does not depend on the order of the mentions.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from communique.link.blocking import candidate_pairs
from communique.link.facts import DENIED, HAPPENED, Facts
from communique.link.scoring import Scorer, Weights
from communique.link.within import first_mentions

_UNCOMPARED = -1.0  # what a pair counts that blocking did not bring together
_KEPT_APART = -3.0  # what a pair counts that stands in one article as two events
_EXACT = {"day": 0, "publication": 2}  # else 1


@dataclass(frozen=True, slots=True)
class LinkedEvent:
    """One event with all its mentions.

    Attributes:
        link: Id of the canonical mention: the fullest of those that assert the event.
        mentions: Ids of all mentions, canonical first.
        articles: Ids of the articles that say that it happened; of all, if all deny it.
        n_reprints: How many of these only reprint another of them.
        denials: Ids of the mentions that say that it did not happen.
        rejections: Ids of records that are the denial itself: REJECT by an alleged party beside a denied act.
    """

    link: str
    mentions: tuple[str, ...]
    articles: tuple[str, ...]
    n_reprints: int = 0
    denials: tuple[str, ...] = ()
    rejections: tuple[str, ...] = ()

    @property
    def disputed(self) -> bool:
        """Whether some say that it happened and others that it did not."""
        return 0 < len(self.denials) < len(self.mentions)

    @property
    def n_independent(self) -> int:
        """Articles without reprints."""
        return len(self.articles) - self.n_reprints


def link_mentions(
    mentions: Iterable[Facts], originals: Mapping[str, str] | None = None, weights: Weights | None = None
) -> list[LinkedEvent]:
    """Cluster mentions of the same event.

    Args:
        mentions: With ids that differ.
        originals: By article id, the article that it reprints or itself, as `find_reprints` gives it.
        weights: By default those of the package.

    Returns:
        Events, in the order of their canonical mentions' ids.
    """
    ordered = sorted(mentions, key=lambda facts: (facts.document_id, facts.offset, facts.id))
    scorer = Scorer(ordered, weights)
    groups = _article_groups(ordered)
    edges = _edges(ordered, scorer) | _apart(ordered, groups)
    groups = _merge(groups, edges, scorer.settings.threshold)
    rejected = _rejections(ordered)
    events = [_event([ordered[number] for number in group], originals or {}, rejected) for group in groups]
    return sorted(events, key=lambda event: event.link)


def _article_groups(mentions: Sequence[Facts]) -> list[list[int]]:
    """Positions of mentions of one article that are one event, as the coder linked them, or else by the rule.

    `mentions` are sorted by article.
    """
    groups: dict[int, list[int]] = {}
    start = 0
    while start < len(mentions):
        end = start
        while end < len(mentions) and mentions[end].document_id == mentions[start].document_id:
            end += 1
        article = mentions[start:end]
        given = [facts.article_link for facts in article]
        firsts = [given.index(link) for link in given] if all(given) else first_mentions(article)
        for number, first in enumerate(firsts):
            groups.setdefault(start + first, []).append(start + number)
        start = end
    return list(groups.values())


def _edges(mentions: Sequence[Facts], scorer: Scorer) -> dict[tuple[int, int], float]:
    edges = {}
    for first, second in candidate_pairs(mentions, scorer):
        edges[min(first, second), max(first, second)] = scorer.score(mentions[first], mentions[second])
    return edges


def _apart(mentions: Sequence[Facts], groups: Iterable[Sequence[int]]) -> dict[tuple[int, int], float]:
    """Pairs of one article that its rule kept apart: an article seldom tells one event as two."""
    by_article: dict[tuple[str, str], list[Sequence[int]]] = defaultdict(list)
    for group in groups:
        by_article[mentions[group[0]].document_id, mentions[group[0]].event_type].append(group)
    return {
        (min(first, second), max(first, second)): _KEPT_APART
        for same_type in by_article.values()
        for one, other in combinations(same_type, 2)
        for first in one
        for second in other
    }


def _merge(groups: list[list[int]], edges: Mapping[tuple[int, int], float], threshold: float) -> list[list[int]]:
    """Join groups by average likeness, greatest first; ties by position, so that the result is the same at every run."""
    group_of = {number: name for name, group in enumerate(groups) for number in group}
    likeness: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)  # sum and number of scores between groups
    for (first, second), score in sorted(edges.items()):
        one, other = group_of[first], group_of[second]
        if one != other:
            total, count = likeness[one].get(other, (0.0, 0))
            likeness[one][other] = likeness[other][one] = total + score, count + 1
    members: dict[int, list[int]] = dict(enumerate(groups))

    def average(one: int, other: int) -> float:
        total, count = likeness[one][other]
        n_pairs = len(members[one]) * len(members[other])
        return (total + (n_pairs - count) * _UNCOMPARED) / n_pairs

    queue = [
        (-average(one, other), one, other) for one, others in likeness.items() for other in others if one < other
    ]  # fmt: skip
    heapq.heapify(queue)
    while queue:
        negative, one, other = heapq.heappop(queue)
        if -negative <= threshold:
            break
        if one not in members or other not in members or negative != -average(one, other):
            continue  # of before a join
        members[one] += members.pop(other)
        del likeness[one][other]
        for third, (total, count) in likeness.pop(other).items():
            if third != one:
                before = likeness[one].get(third, (0.0, 0))
                likeness[one][third] = likeness[third][one] = before[0] + total, before[1] + count
                del likeness[third][other]
        for third in likeness[one]:
            low, high = min(one, third), max(one, third)
            heapq.heappush(queue, (-average(low, high), low, high))
    return [sorted(group) for group in members.values()]


def _event(mentions: list[Facts], originals: Mapping[str, str], rejected: Mapping[str, list[str]]) -> LinkedEvent:
    ordered = sorted(mentions, key=lambda facts: _fullness(facts, originals))
    asserting = [facts for facts in mentions if facts.status != DENIED] or mentions
    articles = sorted({facts.document_id for facts in asserting})
    sources = {originals.get(article, article) for article in articles}
    denials = tuple(facts.id for facts in ordered if facts.status == DENIED)
    return LinkedEvent(
        link=ordered[0].id,
        mentions=tuple(facts.id for facts in ordered),
        articles=tuple(articles),
        n_reprints=len(articles) - len(sources),
        denials=denials,
        rejections=tuple(sorted({name for denial in denials for name in rejected.get(denial, ())})),
    )


def _fullness(facts: Facts, originals: Mapping[str, str]) -> tuple[object, ...]:
    """Sorts the canonical mention first: it asserts, it is no reprint, it leaves least open, and the coder was surest of it."""
    filled = sum(map(bool, (facts.actors, facts.recipients, facts.modes, facts.place, facts.size)))
    return (
        facts.status != HAPPENED,
        originals.get(facts.document_id, facts.document_id) != facts.document_id,
        _EXACT.get(facts.resolution, 1) if facts.first >= 0 else 3,
        -filled,
        -facts.confidence,
        facts.first,
        facts.id,
    )


def _rejections(mentions: Iterable[Facts]) -> dict[str, list[str]]:
    """For each denied act, the denials: REJECT in its sentence by one of its parties, before the act is named."""
    by_sentence: dict[tuple[str, int], list[Facts]] = defaultdict(list)
    for facts in mentions:
        by_sentence[facts.document_id, facts.sentence].append(facts)
    found: dict[str, list[str]] = {}
    for group in by_sentence.values():
        denied = [facts for facts in group if facts.status == DENIED]
        for facts in group:
            if facts.event_type == "REJECT" and facts.status == HAPPENED:
                for act in denied:
                    if {party.code for party in facts.actors} & act.codes():
                        found.setdefault(act.id, []).append(facts.id)
    return found


def linked_record(record: Mapping[str, object], event: LinkedEvent) -> dict[str, object]:
    """A record with its event's `link`, and behind it `link_info`: what the event rests on."""
    info = {
        "canonical": record["id"] == event.link,
        "n_mentions": len(event.mentions),
        "n_articles": len(event.articles),
        "n_reprints": event.n_reprints,
        "disputed": event.disputed,
        "denials": list(event.denials),
        "rejections": list(event.rejections),
    }
    linked: dict[str, object] = {}
    for name, value in record.items():
        linked[name] = value
        if name == "link":
            linked |= {"link": event.link, "link_info": info}
    return linked | {"link": event.link, "link_info": info}
