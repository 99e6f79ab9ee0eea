"""Own types at work: candidates of articles → readings, pairs → labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from communique.classify.frames import LexiconTyper, generic_roles
from communique.classify.model_typer import ModelTyper, _view
from communique.classify.onnx_model import EventModel
from communique.errors import OwnModelError
from communique.own_types.features import candidate_vector, pair_vector, sentence_scores
from communique.own_types.model import OwnModel
from communique.own_types.regression import Matrix, softmax
from communique.records import EventCandidate, Pair, PairLabel, Phrase, Reading

NONE = "none"
_SHOWN_NONE = 0.9  # a candidate that is less surely no event is told of in explanations
_DIGITS = 4


class OwnTyper(ModelTyper):
    """Types candidates by heads of own types; roles and places are found as for PLOVER, without votes of frames.

    Args:
        own: The heads.
        model: The shipped model, whose vectors they read.
        lexicon: For the base class; its frames have no say here.
    """

    def __init__(self, own: OwnModel, model: EventModel, lexicon: LexiconTyper) -> None:
        super().__init__(model, lexicon)
        self._own = own

    def read(self, candidates: Sequence[EventCandidate], text: str, phrases: Sequence[Phrase]) -> list[Reading | None]:
        """The reading of each candidate, in order; `None` for what is clearly no event."""
        scores = sentence_scores(candidates, text, self._model)
        vectors = [candidate_vector(c, scores[c.sentence], self._roles["recipient"]) for c in candidates]
        known = [vector for vector in vectors if vector is not None]
        rows: Iterator[Matrix] = iter(probabilities(self._own, "token", np.array(known)) if known else ())
        readings: list[Reading | None] = []
        for candidate, vector in zip(candidates, vectors, strict=True):
            view = _view(candidate, candidate.sentence, scores[candidate.sentence])
            if vector is None or view is None:
                readings.append(None)
                continue
            row = next(rows)
            head = self._own.description.heads["token"]
            best = 1 + int(row[1:].argmax())
            if row[best] < head.least:
                source = f"own types: {NONE} {row[0]:.2f}, {head.classes[best]} {row[best]:.2f}"
                readings.append(
                    Reading(NONE, probability=float(row[0]), source=source) if row[0] < _SHOWN_NONE else None
                )
                continue
            event_type, probability = head.classes[best], float(row[best])
            inside = [p for p in phrases if candidate.sentence.start <= p.head_start < candidate.sentence.end]
            by_grammar = generic_roles(candidate, self._own.scheme.roots.get(event_type, ""))
            actors, recipients = self._parties(view, candidate, *by_grammar, inside)
            status = map(float, view.scores.auxiliary_modes[view.best])
            readings.append(
                Reading(
                    event_type=event_type,
                    modes=pick_modes(self._own, event_type, "token", vector),
                    actors=actors,
                    recipients=recipients,
                    probability=probability,
                    source=f"own types: {event_type} {probability:.2f}",
                    places=self._places(view, candidate, inside),
                    auxiliary=tuple(zip(self._auxiliary, status, strict=True)),
                )
            )
        return readings


def probabilities(own: OwnModel, head: str, vectors: Matrix) -> Matrix:
    """Calibrated probabilities of a head's classes. Shape (n_rows, n_classes)."""
    return softmax(own.weights[head].scores(vectors), own.description.heads[head].temperature)


def pick_modes(own: OwnModel, event_type: str, kind: str, vector: Matrix) -> tuple[str, ...]:
    """The modes of an event of this type, likeliest first; `kind` of vector: token or pair."""
    found = []
    for mode in own.scheme.modes.get(event_type, ()):
        name = f"{kind}/{event_type}/{mode.name}"
        if (head := own.description.heads.get(name)) is not None:
            probability = float(probabilities(own, name, vector[None, :])[0, 1])
            if probability >= head.least:
                found.append((-probability, mode.name))
    return tuple(name for _, name in sorted(found))


def label_own_pairs(pairs: Sequence[Pair], model: EventModel, own: OwnModel) -> list[PairLabel]:
    """One label a pair, in order, by own types; whether it happened is said by the shipped head.

    Raises:
        OwnModelError: The types were trained without pairs.
    """
    head = own.description.heads.get("pair")
    if head is None:
        raise OwnModelError(
            f"codebook {own.scheme.label}: found no head for pairs, since too few events have both actor and recipient, "
            "expected some in the texts that it was trained on"
        )
    found = model.read_pairs([(pair.text, pair.actor, pair.recipient) for pair in pairs], vectors=True)
    if not found:
        return []
    vectors = np.array([pair_vector(scores) for scores in found])
    labels = []
    for pair, scores, vector, row in zip(pairs, found, vectors, probabilities(own, "pair", vectors), strict=True):
        by_type = dict.fromkeys(own.scheme.names(), 0.0)
        by_type |= {name: round(float(p), _DIGITS) for name, p in zip(head.classes[1:], row[1:], strict=True)}
        best = 1 + int(row[1:].argmax())
        if row[best] < head.least:
            label = PairLabel(pair.id, (), round(float(row[0]), _DIGITS), scores=by_type, scheme=own.scheme)
        else:
            auxiliary = model.description.auxiliary_modes[int(scores.auxiliary_modes.argmax())]
            label = PairLabel(
                id=pair.id,
                event_types=(head.classes[best],),
                probability=by_type[head.classes[best]],
                modes=pick_modes(own, head.classes[best], "pair", vector),
                auxiliary_modes=() if auxiliary == "none" else (auxiliary,),
                scores=by_type,
                scheme=own.scheme,
            )
        labels.append(label)
    return labels
