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
        found = sentences(text)
        threshold = self._threshold(sum(map(len, found)))
        score = self._likeliest(found, threshold)
        return SetAside(score, threshold) if score < threshold else None

    def likeliest(self, text: str) -> float:
        """Log odds that the likeliest passage reports an event, infinite in a text without words.

        The search ends with a passage that reaches the threshold.
        """
        found = sentences(text)
        return self._likeliest(found, self._threshold(sum(map(len, found))))

    def _threshold(self, n_words: int) -> float:
        long = n_words >= self._weights.article_words
        return self._weights.threshold if long else self._weights.short_threshold

    def _likeliest(self, found: Sequence[Sequence[str]], threshold: float) -> float:
        lengths = [len(sentence) for sentence in found]
        if not lengths:
            return math.inf
        known = [self._known(sentence) for sentence in found]
        best = -math.inf
        for first, end in passages(lengths, min(self._weights.passage_words, sum(lengths))):
            weights: dict[str, float] = {}
            for sentence in known[first:end]:
                weights |= sentence
            best = max(best, self._weights.bias + sum(weights.values()))
            if best >= threshold:
                break
        return best

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
