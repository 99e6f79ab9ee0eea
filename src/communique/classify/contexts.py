"""Why, or about what: the codebook's contexts that an event's sentence and its neighbours name."""

from __future__ import annotations

from collections.abc import Sequence

from communique import codebook
from communique.lexicon.topics import STRONG, text_weights

_MODE_CONTEXTS = frozenset({"cyber", "misinformation"})  # modes that add the context of their own name
_NEAR_WEIGHT = 3  # what the neighbouring sentences must show before a context counts that the event's own does not


def find_contexts(sentence: str, around: str, modes: Sequence[str] = ()) -> tuple[str, ...]:
    """Contexts of an event, in the codebook's order.

    Args:
        sentence: The event's own sentence: one strong word or two weak ones are enough.
        around: The sentences beside it: they need more, since they may tell of something else.
        modes: The event's modes; cyber and misinformation add the context of that name.
    """
    own, near = text_weights("contexts", sentence), text_weights("contexts", around)
    found = {name for name, weight in own.items() if weight >= STRONG or weight + near.get(name, 0) >= STRONG + 1}
    found |= {name for name, weight in near.items() if weight > _NEAR_WEIGHT}
    found |= _MODE_CONTEXTS & set(modes)
    return tuple(name for name in codebook.contexts() if name in found)
