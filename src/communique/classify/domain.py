"""What is no political event though it is told in the same words: sport, fiction, company news, weather, science."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from communique.lexicon.topics import text_weights

_POLITICAL = "political"
_MIN_ARTICLE = 7  # weight of different words that an article needs to be of a field
_MIN_SENTENCE = 4


@dataclass(frozen=True, slots=True)
class Domain:
    """The field of a text, and the weights that told."""

    name: str
    weight: int
    political: int

    def __str__(self) -> str:
        return f"{self.name} (weight {self.weight} against {self.political} political)"


def article_domain(text: str) -> Domain | None:
    """The field of an article that is set aside as a whole; `None` for an article to code."""
    return _domain(_weights(text), _MIN_ARTICLE, 1.0)


def sentence_domain(sentence: str, paragraph: str) -> Domain | None:
    """The field of a sentence in an article that is otherwise coded; its paragraph speaks with half a voice."""
    own = _weights(sentence)
    found = _domain(own, _MIN_SENTENCE, 1.2)
    if found is not None or paragraph == sentence:
        return found
    around = _domain(_weights(paragraph), _MIN_ARTICLE, 2.0)
    return around if around is not None and own[around.name] > own[_POLITICAL] else None


def _weights(text: str) -> Counter[str]:
    return Counter(text_weights("domains", text))


def _domain(weights: Counter[str], least: int, ratio: float) -> Domain | None:
    """The heaviest field, if it weighs enough and clearly more than what is political."""
    political = weights.pop(_POLITICAL, 0)
    if not weights:
        return None
    name = max(sorted(weights), key=lambda field: weights[field])
    if weights[name] >= least and weights[name] >= ratio * political:
        return Domain(name, weights[name], political)
    return None
