"""A linear model over the words of passages: an article of which no passage reads like a report of an event is set aside.

A long article costs much and holds many passages, of which one is to score well. A short text says little, so only a very low score sets it aside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import msgspec

from communique.lexicon import ActorLexicon
from communique.screen.words import features, name_kinds, passages, sentences, word_key

_TOKENS = 65_536  # whose key is kept


class Weights(msgspec.Struct, frozen=True):
    """What `training/screen.py` writes.

    Attributes:
        bias: Score of a passage without any known word.
        threshold: An article is parsed if a passage scores so much.
        short_threshold: The same for texts shorter than `article_words`.
        article_words: Least length of an article that has to reach `threshold`.
        passage_words: Least length of a passage; a shorter text is one passage.
        words: Word, kind of name or pair of neighbours -> its part of the score (log odds).
    """

    bias: float
    threshold: float
    short_threshold: float
    article_words: int
    passage_words: int
    words: dict[str, float]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Why an article is not worth parsing: the score of its likeliest passage, and the score that it lacks."""

    score: float
    threshold: float

    def __str__(self) -> str:
        return f"no passage reads like a report of an event (the likeliest scores {self.score:.1f}, {self.threshold:.1f} is needed)"


class Screen:
    """Tells which articles are set aside before they are parsed.

    Args:
        weights: Of words and pairs of words.
        actors: Their names are read by kind, so that no country or person weighs more than another.
    """

    def __init__(self, weights: Weights, actors: ActorLexicon) -> None:
        self._weights = weights
        kinds = name_kinds(actors)
        self._key = lru_cache(maxsize=_TOKENS)(lambda token: word_key(token, kinds, weights.words))

    def set_aside(self, text: str) -> SetAside | None:
        """Why the article is set aside; `None` if it is to be parsed."""
        score, threshold = self._judged(text)
        return SetAside(score, threshold) if score < threshold else None

    def likeliest(self, text: str) -> float:
        """Log odds that the likeliest passage reports an event, infinite in a text without words.

        The search ends with a passage that reaches the threshold.
        """
        return self._judged(text)[0]

    def _judged(self, text: str) -> tuple[float, float]:
        """The score of the likeliest passage, and what a text so long has to reach."""
        found = sentences(text)
        lengths = [len(sentence) for sentence in found]
        n_words, weighing = sum(lengths), self._weights
        threshold = weighing.threshold if n_words >= weighing.article_words else weighing.short_threshold
        if not lengths:
            return math.inf, threshold
        known = [self._known(sentence) for sentence in found]
        best = -math.inf
        for first, end in passages(lengths, min(weighing.passage_words, n_words)):
            weights: dict[str, float] = {}
            for sentence in known[first:end]:
                weights |= sentence
            best = max(best, weighing.bias + sum(weights.values()))
            if best >= threshold:
                break
        return best, threshold

    def _known(self, sentence: Sequence[str]) -> dict[str, float]:
        """The known words and pairs of a sentence with their weights."""
        weights = self._weights.words
        return {each: weights[each] for each in features([*map(self._key, sentence)]) if each in weights}


@cache
def load_weights() -> Weights:
    """The weights of the package."""
    path = resources.files("communique") / "screen" / "weights.json"
    return msgspec.json.decode(path.read_bytes(), type=Weights)


def load_screen(actors: ActorLexicon) -> Screen:
    """The screen of the package."""
    return Screen(load_weights(), actors)
