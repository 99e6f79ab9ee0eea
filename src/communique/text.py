"""How names are compared: without accents, odd apostrophes and hyphens. Shared by the build and the coder."""

from __future__ import annotations

import unicodedata

# letters that do not decompose, and the many signs used for an apostrophe or a hyphen
_PLAIN = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŋ": "n", "ə": "a",
    "‘": "'", "’": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "ʿ": "'", "ʾ": "'", "‐": "-", "‑": "-", "–": "-",
})  # fmt: skip


def place_key(name: str) -> str:
    """How a place name is looked up: without accents, without case, one space between words.

    >>> place_key("Bogotá"), place_key("Łódź"), place_key("Al-Ḩasakah"), place_key("Sana’a")
    ('bogota', 'lodz', 'al-hasakah', "sana'a")
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_PLAIN))
    if not decomposed.isascii():
        decomposed = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(decomposed.split())
