"""A model of own types on texts that it was not trained on: its heads, and the records that come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from communique.classify import load_model
from communique.own_types.examples import Example, OwnEvent, Span
from communique.own_types.model import OwnModel
from communique.own_types.train import Rows, Score, choose, gather, score
from communique.pipeline import Coder
from communique.records import Article, Entity, Event


@dataclass(frozen=True, slots=True)
class Records:
    """How records compare with the annotated events: `right` have the type at the event's words.

    Of the right ones, `actors`, `recipients` and `statuses` give how many are right, and of how many.
    """

    by_type: dict[str, Score]
    n_wanted: int
    n_coded: int
    n_right: int
    actors: tuple[int, int]
    recipients: tuple[int, int]
    statuses: tuple[int, int]


def try_heads(own: OwnModel, examples: Sequence[Example]) -> dict[str, dict[str, Score]]:
    """Scores of the token and the pair head, by class."""
    material = gather(examples, own.scheme, load_model(), own.description.words)
    missed = [event.event_type for _, event in material.missed]
    found = {}
    for name, rows, lost in (("token", material.tokens, missed), ("pair", material.pairs, [])):
        if name in own.description.heads and rows.classes:
            found[name] = _scores(own, name, rows, lost)
    return found


def _scores(own: OwnModel, name: str, rows: Rows, missed: Sequence[str]) -> dict[str, Score]:
    head = own.description.heads[name]
    types = ("none", *own.scheme.names())
    guesses = choose(own.weights[name].scores(rows.matrix()), head.temperature, head.least)
    numbers = [types.index(head.classes[guess]) for guess in guesses]
    return {
        key: value for key, value in score(types, rows.classes, numbers, missed).items() if value.n or value.precision
    }


def try_records(own: OwnModel, examples: Sequence[Example]) -> Records:
    """Code the texts, and compare the records with what is annotated."""
    coder = Coder(own_types=own)
    wanted: Counter[str] = Counter()
    coded: Counter[str] = Counter()
    right: Counter[str] = Counter()
    sides: dict[str, list[bool]] = {"actors": [], "recipients": [], "statuses": []}
    for example in examples:
        wanted.update(event.event_type for event in example.events)
        left = list(example.events)
        for record in coder.code(Article(example.text)):
            coded[record.coding.event_type] += 1
            event = next((event for event in left if _is_of(record, event)), None)
            if event is None:
                continue
            left.remove(event)
            right[event.event_type] += 1
            if event.actors:
                sides["actors"].append(_same_parties(record.actors, event.actors))
            if event.recipients:
                sides["recipients"].append(_same_parties(record.recipients, event.recipients))
            sides["statuses"].append("".join(record.coding.auxiliary_modes) == event.auxiliary_mode)
    by_type = {}
    for name in own.scheme.names():
        n, found, hits = wanted[name], coded[name], right[name]
        numbers = (hits / (found or 1), hits / (n or 1), 2 * hits / ((n + found) or 1))
        by_type[name] = Score(n, *(round(number, 3) for number in numbers))
    told = {name: (sum(values), len(values)) for name, values in sides.items()}
    return Records(by_type, wanted.total(), coded.total(), right.total(), **told)


def _is_of(record: Event, event: OwnEvent) -> bool:
    return record.coding.event_type == event.event_type and any(
        start < mention.end and mention.start < end for start, end in event.words for mention in record.trigger
    )


def _same_parties(entities: Sequence[Entity], spans: Sequence[Span]) -> bool:
    """Whether each annotated party shares words with a coded one, and the other way round."""
    places = [(entity.mention.start, entity.mention.end) for entity in entities]

    def met(span: Span, others: Sequence[Span]) -> bool:
        return any(span[0] < end and start < span[1] for start, end in others)

    return bool(places) and all(met(span, places) for span in spans) and all(met(place, spans) for place in places)
