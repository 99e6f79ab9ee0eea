"""What the screen reads: the words of a passage and pairs of neighbours, names by their kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from communique.lexicon import ActorLexicon

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+|\n+")


def name_kinds(actors: ActorLexicon) -> dict[str, str]:
    """Names of one word in the lists of actors -> `<country>`, `<demonym>`, `<surname>` and so on.

    Countries are told by any kind of name, so that the screen cannot learn which countries have many conflicts.
    """
    kinds: dict[str, str] = {}
    for words, names in actors.names.items():
        if len(words) == 1:
            kind = "country" if any(name.kind == "country" for name in names) else names[0].kind
            kinds[words[0]] = f"<{kind}>"
    return kinds


def word_key(token: str, kinds: Mapping[str, str], known: Mapping[str, float]) -> str:
    """What stands for a word: the kind of a name, `<number>`, the lower-case word, or `<Name>` for an unknown capital.

    >>> [word_key(token, {"Kenya": "<country>"}, {"police": 1.0}) for token in ["Kenya's", "Police", "Mwangi", "12"]]
    ['<country>', 'police', '<Name>', '<number>']
    """
    bare = token[:-2] if token.endswith(("'s", "’s")) else token
    if bare in kinds:
        return kinds[bare]
    if bare[0].isdigit():
        return "<number>"
    lower = bare.lower()
    return lower if lower in known or not bare[0].isupper() else "<Name>"


def features(sentence: Sequence[str]) -> list[str]:
    """The different words of a sentence and its different pairs of neighbours, in a fixed order."""
    return list(dict.fromkeys([*sentence, *map(" ".join, pairwise(sentence))]))


def sentences(text: str) -> list[list[str]]:
    """The words and numbers of each sentence, as they are written. A rough cut: "U.S. troops" may be two."""
    return [found for part in _SENTENCE_END.split(text) if (found := _WORD.findall(part))]


def passages(lengths: Sequence[int], least_words: int) -> Iterator[tuple[int, int]]:
    """Overlapping runs of whole sentences that cover a text, each with as few sentences as make so many words.

    One begins at each sentence as long as the rest is long enough, and one ends with the text.

    Args:
        lengths: Words of each sentence.
        least_words: Of a passage.

    >>> list(passages([2, 1, 2, 1], 3))
    [(0, 2), (1, 3), (2, 4)]
    >>> list(passages([4, 1], 3))
    [(0, 1), (0, 2)]
    >>> list(passages([1, 1], 3))
    []
    """
    end = n_words = reached = 0
    for first, length in enumerate(lengths):
        while end < len(lengths) and n_words < least_words:
            n_words += lengths[end]
            end += 1
        if n_words < least_words:
            break
        yield first, end
        reached = end
        n_words -= length
    if 0 < reached < len(lengths):
        first, n_words = len(lengths), 0
        while n_words < least_words:
            first -= 1
            n_words += lengths[first]
        yield first, len(lengths)
