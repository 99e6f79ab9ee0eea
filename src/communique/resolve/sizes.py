"""Which event a number of people belongs to.

In this order: the events whose own words say what became of the people; the events that grammar links to those words
("the *attack* killed nine"); an event of a fitting type in the same sentence; the last one in the three sentences before, if
the number is of no other time and no accident. A number that none of these takes is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from communique.records import Count, Event, Mention

# types that may have such numbers, likeliest first
_TAKERS = {
    "dead": ("ASSAULT", "PROTEST", "COERCE"),
    "injured": ("ASSAULT", "PROTEST", "COERCE"),
    "arrested": ("COERCE", "PROTEST"),
    "participants": ("PROTEST",),
}
_JOINT = ("PROTEST", "MOBILIZE", "COOPERATE")  # what one takes part in
_SENTENCES_BACK = 3
_UNREAL = frozenset({"future", "hypothetical", "negation"})


@dataclass(slots=True)
class _Size:
    low: int
    high: int
    mentions: tuple[Mention, ...]
    sentence: int


@dataclass(slots=True)
class _Sizes:
    """The numbers of one event so far, by kind."""

    by_kind: dict[str, _Size] = field(default_factory=dict)

    def add(self, count: Count) -> None:
        """Take a number: of two for one kind the later toll holds, turnouts span what is claimed, else the first holds."""
        before = self.by_kind.get(count.kind)
        if before is None or (count.update and before.sentence < count.sentence.number):
            self.by_kind[count.kind] = _Size(count.low, count.high, count.mentions, count.sentence.number)
        elif count.kind == "participants":
            before.low, before.high = min(before.low, count.low), max(before.high, count.high)
            before.mentions += count.mentions


def with_sizes(events: Sequence[Event], counts: Sequence[Count]) -> list[Event]:
    """The events of an article, in text order, with the numbers of dead, injured, arrested and participants."""
    sizes = [_Sizes() for _ in events]
    for count in counts:
        for index in _takers(count, events, sizes):
            sizes[index].add(count)
    return [_sized(event, size) if size.by_kind else event for event, size in zip(events, sizes, strict=True)]


def _sized(event: Event, sizes: _Sizes) -> Event:
    return replace(
        event,
        size={
            kind: size.low if size.low == size.high else (size.low, size.high) for kind, size in sizes.by_kind.items()
        },
        size_mentions={kind: size.mentions for kind, size in sizes.by_kind.items()},
    )


def _takers(count: Count, events: Sequence[Event], sizes: Sequence[_Sizes]) -> list[int]:
    """Which events a number belongs to."""
    types = _JOINT if count.kind == "participants" else _TAKERS[count.kind]
    fitting = [
        index for index, event in enumerate(events) if event.coding.event_type in types and _may_be(event, count)
    ]
    here = [index for index in fitting if events[index].sentence.number == count.sentence.number]
    own = [index for index in here if _says(events[index], count.anchor)]
    if not own and count.kind == "arrested":  # "captured six" is no arrest
        own = [
            index
            for index, event in enumerate(events)
            if event.sentence.number == count.sentence.number and _says(event, count.anchor)
        ]
    linked: list[int] = []
    for offset in count.links[1:]:
        linked += [index for index in here if _says(events[index], offset) and index not in own + linked]
    if own:
        same_act = [index for index in linked[:1] if _one_incident(events[index], events[own[0]])]
        alone = not linked and not any(events[index].actors for index in own)
        return [*own, *same_act, *(_before(count, events, sizes, fitting, own[0]) if alone else ())]
    if linked:
        return [index for index in linked if _one_incident(events[index], events[linked[0]])]
    happened = [index for index in here if events[index].coding.event_type in _TAKERS[count.kind]]
    if not count.loose:
        return []
    open_ = [index for index in happened if not _UNREAL & set(events[index].coding.auxiliary_modes)]
    free = [index for index in open_ if count.kind not in sizes[index].by_kind or count.update] or (
        open_ if count.kind == "participants" else []
    )
    if free:
        best = min(_TAKERS[count.kind].index(events[index].coding.event_type) for index in free)
        near = [index for index in free if _TAKERS[count.kind].index(events[index].coding.event_type) == best]
        return [min(near, key=lambda index: abs(events[index].trigger[0].start - count.anchor))]
    return _before(count, events, sizes, fitting, None)


def _before(
    count: Count, events: Sequence[Event], sizes: Sequence[_Sizes], fitting: Sequence[int], own: int | None
) -> list[int]:
    """The last event told before, of the type that such numbers mostly go with, if it may still take the number."""
    if not count.loose:
        return []
    for kind in _TAKERS[count.kind]:
        for index in sorted(fitting, key=lambda index: (not events[index].actors, -index)):  # who acted is told first
            event = events[index]
            back = count.sentence.number - event.sentence.number
            if not 1 <= back <= _SENTENCES_BACK or index == own or event.coding.event_type != kind:
                continue
            if event.coding.auxiliary_modes or (back > 1 and not count.update and "\n\n" in _between(event, count)):
                return []
            if own is not None and not _one_incident(event, events[own]):
                return []
            if count.kind in sizes[index].by_kind and not count.update and count.kind != "participants":
                return []
            return [
                other
                for other in fitting
                if events[other].sentence == event.sentence and other != own and _one_act(events[other], event)
            ]
    return []


def _between(event: Event, count: Count) -> str:
    return event.article.text[event.sentence.end : count.sentence.start]


def _may_be(event: Event, count: Count) -> bool:
    """Nobody hurt is no event that did not happen: a zero goes to what did."""
    return count.high > 0 or "negation" not in event.coding.auxiliary_modes


def _says(event: Event, offset: int) -> bool:
    return any(mention.start <= offset < mention.end for mention in event.trigger)


def _one_act(first: Event, second: Event) -> bool:
    codes = [{entity.code for entity in event.actors} for event in (first, second)]
    return _one_incident(first, second) and codes[0] == codes[1]


def _one_incident(first: Event, second: Event) -> bool:
    """Whether two events may be one told twice: not of different kinds, days, or countries."""
    if first.coding.event_type != second.coding.event_type:
        return False
    if set(first.coding.auxiliary_modes) != set(second.coding.auxiliary_modes):
        return False
    if first.place and second.place and first.place.country != second.place.country:
        return False
    days = [event.when for event in (first, second) if event.when and event.when.resolution == "day"]
    return len(days) < 2 or days[0].first == days[1].first
