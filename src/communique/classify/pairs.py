"""Pairs of entities that the user brings → labels, by the model alone."""

from __future__ import annotations

from collections.abc import Sequence

from communique.classify.onnx_model import EventModel, PairScores
from communique.records import Pair, PairLabel

MIN_SECOND = 0.35  # a second type is named beside the first from this probability on
_DIGITS = 4


def label_pairs(pairs: Sequence[Pair], model: EventModel) -> list[PairLabel]:
    """One label a pair, in order."""
    scores = model.read_pairs([(pair.text, pair.actor, pair.recipient) for pair in pairs])
    return [_label(pair, found, model) for pair, found in zip(pairs, scores, strict=True)]


def _label(pair: Pair, scores: PairScores, model: EventModel) -> PairLabel:
    labels = model.description
    by_type = {
        name: round(float(value), _DIGITS) for name, value in zip(labels.types[1:], scores.types[1:], strict=True)
    }
    none = round(float(scores.types[0]), _DIGITS)
    ranked = sorted(by_type, key=lambda name: -by_type[name])
    if none >= by_type[ranked[0]]:
        return PairLabel(pair.id, (), none, scores=by_type)
    found = tuple(name for number, name in enumerate(ranked[:2]) if number == 0 or by_type[name] >= MIN_SECOND)
    modes = sorted(
        (
            (float(value), label.split("/", 1)[1])
            for label, value in zip(labels.modes, scores.modes, strict=True)
            if label.startswith(found[0] + "/")
        ),
        reverse=True,
    )
    auxiliary = labels.auxiliary_modes[int(scores.auxiliary_modes.argmax())]
    return PairLabel(
        id=pair.id,
        event_types=found,
        probability=by_type[found[0]],
        modes=tuple(mode for value, mode in modes if value >= labels.thresholds["pair_mode"]),
        auxiliary_modes=() if auxiliary == "none" else (auxiliary,),
        scores=by_type,
    )
