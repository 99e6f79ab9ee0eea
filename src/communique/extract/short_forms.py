"""Later and shorter names of a body: "the Fund", "the alliance's commander", "the bloc", after it was named in full."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from communique.lexicon import NameMatch

_BODIES = frozenset({"body", "org"})
_SHORT = re.compile(r"\b[Tt]he (?P<word>[Ww]orld body|[A-Z][a-z]+|[a-z]{4,10})\b(?! [A-Z])")

_ANOTHER = re.compile(
    r"(?:\b(?:an?|another)(?: [\w-]+){0,3}|\b(?!The )[A-Z][\w’'-]+|\b(?:high|supreme|constitutional|appeals?|federal|district|military|top|"
    r"lower|national|state|local|city|town|provincial|ruling|transitional|security)) $"
)


def with_short_forms(
    names: Sequence[NameMatch], text: str, short_forms: Mapping[str, Sequence[str]]
) -> list[NameMatch]:
    """The names, and with them every short form of a body that was named before it, in text order.

    Args:
        names: Names found in the text, in order.
        text: The text.
        short_forms: Full names by the word that may stand for them.
    """
    bodies = [name for name in names if name.names[0].kind in _BODIES]
    if not bodies:
        return list(names)
    taken = [(name.start, name.end) for name in names]
    found: list[NameMatch] = []
    for match in _SHORT.finditer(text):
        start, end = match.span("word")
        if any(first < end and start < last for first, last in taken):
            continue
        word = match["word"]
        called = short_forms.get(word.lower(), ())
        if called and _names_another(text, word, start, taken):
            called = ()
        for body in reversed(bodies):
            if body.end < start and (body.names[0].text in called or _is_last_word(word, body, text)):
                found.append(NameMatch(start, end, body.names))
                taken.append((start, end))
                break
    return sorted([*names, *found], key=lambda name: name.start)


def _is_last_word(word: str, body: NameMatch, text: str) -> bool:
    """Whether a capitalised word ends a body's longer name as it stood in the text."""
    return word[0].isupper() and " " in (full := text[body.start : body.end]) and full.endswith(" " + word)


def _names_another(text: str, word: str, start: int, named: Sequence[tuple[int, int]]) -> bool:
    """Whether a word was used last of another body, which is no name: "a South African court"."""
    before = text.lower().rfind(word.lower(), 0, start)
    if before < 0 or any(first <= before < end for first, end in named):
        return False
    return _ANOTHER.search(text, max(0, before - 40), before) is not None
