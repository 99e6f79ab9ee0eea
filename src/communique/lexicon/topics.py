"""Words that tell what a text is about: the contexts of the codebook, and the fields that hold no political event."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from communique.lexicon.source import load_section

STRONG, WEAK = 2, 1
_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class TopicLexicon:
    """Words of each topic with their weight.

    Attributes:
        words: Words (several for a compound) -> the topics that they speak for, with `STRONG` or `WEAK`.
        longest: First word -> number of words of the longest entry that starts so.
    """

    words: dict[tuple[str, ...], tuple[tuple[str, int], ...]]
    longest: dict[str, int]

    def weigh(self, words: Sequence[str]) -> Counter[str]:
        """The weight of each topic in a text: every different entry counts once, the longest at each place."""
        found: dict[tuple[str, ...], None] = {}
        i = 0
        while i < len(words):
            for length in range(min(self.longest.get(words[i], 0), len(words) - i), 0, -1):
                key = tuple(words[i : i + length])
                if key in self.words:
                    found[key] = None
                    i += length - 1
                    break
            i += 1
        weights: Counter[str] = Counter()
        for key in found:
            for topic, weight in self.words[key]:
                weights[topic] += weight
        return weights


def topic_words(text: str) -> list[str]:
    """The words of a text as topic lexicons hold them: lower case, singular.

    >>> topic_words("Troops crossed the border; talks collapsed.")
    ['troop', 'crossed', 'the', 'border', 'talk', 'collapsed']
    """
    return [_singular(match[0].lower().replace("’", "'").removesuffix("'s")) for match in _WORD.finditer(text)]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def build_topics(topics: Mapping[str, Mapping[str, Sequence[str]]]) -> TopicLexicon:
    """Index topics, each with its `strong` and `weak` words."""
    words: defaultdict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    longest: defaultdict[str, int] = defaultdict(int)
    for topic, lists in topics.items():
        for strength, weight in (("strong", STRONG), ("weak", WEAK)):
            for entry in lists.get(strength, ()):
                key = tuple(topic_words(str(entry)))
                if topic not in {known for known, _ in words[key]}:
                    words[key].append((topic, weight))
                longest[key[0]] = max(longest[key[0]], len(key))
    return TopicLexicon({key: tuple(value) for key, value in words.items()}, dict(longest))


@lru_cache(maxsize=512)
def text_weights(name: str, text: str) -> Mapping[str, int]:
    """Weights of a text's topics by a lexicon of the package, kept for the other events of the same sentence."""
    return load_topics(name).weigh(topic_words(text))


@cache
def load_topics(name: str) -> TopicLexicon:
    """A topic lexicon of the package: "contexts" or "domains"."""
    return build_topics(load_section(f"topics/{name}"))
