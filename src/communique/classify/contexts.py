"""Why, or about what: the codebook's contexts that an event's sentence and its neighbours name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from communique import codebook
from communique.lexicon.topics import STRONG, load_topics, topic_words

_MODE_CONTEXTS = frozenset({"cyber", "misinformation"})  # modes that add the context of their own name
_NEAR_WEIGHT = 3  # what the neighbouring sentences must show before a context counts that the event's own does not


@lru_cache(maxsize=256)
def _weights(text: str) -> Counter[str]:
    """Weights of a text's topics, kept for the other events of the same sentence."""
    return load_topics("contexts").weigh(topic_words(text))


def find_contexts(sentence: str, around: str, modes: Sequence[str] = ()) -> tuple[str, ...]:
    """Contexts of an event, in the codebook's order.

    Args:
        sentence: The event's own sentence: one strong word or two weak ones are enough.
        around: The sentences beside it: they need more, since they may tell of something else.
        modes: The event's modes; cyber and misinformation add the context of that name.
    """
    own, near = _weights(sentence), _weights(around)
    found = {name for name, weight in own.items() if weight >= STRONG or weight + near[name] >= STRONG + 1}
    found |= {name for name, weight in near.items() if weight > _NEAR_WEIGHT}
    found |= _MODE_CONTEXTS & set(modes)
    return tuple(name for name in codebook.contexts() if name in found)
