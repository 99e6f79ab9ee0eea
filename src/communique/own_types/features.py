"""What heads of own types read: the shipped encoder's vectors of an event word and of what stands around it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from communique.classify.onnx_model import EventModel, SentenceScores
from communique.own_types.regression import Matrix
from communique.records import EventCandidate, Sentence

_FEW = 0.3  # weight of no piece at all beside the pieces that may head an argument


def sentence_scores(
    candidates: Sequence[EventCandidate], text: str, model: EventModel
) -> dict[Sentence, SentenceScores]:
    """Scores and vectors of the sentences that candidates stand in."""
    sentences = list(dict.fromkeys(candidate.sentence for candidate in candidates))
    found = model.read_sentences([text[s.start : s.end] for s in sentences], vectors=True)
    return dict(zip(sentences, found, strict=True))


def candidate_vector(candidate: EventCandidate, scores: SentenceScores, role: int) -> Matrix | None:
    """The event word, its sentence, and what the shipped model takes for its recipients, one behind the other.

    Args:
        candidate: Whose word it is.
        scores: Of its sentence, with vectors.
        role: Number of the recipient among the roles.

    Returns:
        Shape (3 * 384,); `None` where the sentence was cut before the word.
    """
    piece = scores.piece_at(candidate.head_start - candidate.sentence.start)
    if piece is None:
        return None
    vectors = scores.vectors.astype(np.float64)
    weights = scores.roles[piece, :, role].astype(np.float64)[:, None]
    party = (weights * vectors).sum(0) / (weights.sum() + _FEW)
    return np.concatenate([vectors[piece], vectors[1:].mean(0), party])
