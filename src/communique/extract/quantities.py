"""Numbers in running text: figures, words of any size, ranges, and vague ones such as "dozens"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from communique.lexicon import load_section
from communique.records import Mention

_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?|[^\W\d_]+", re.UNICODE)
_FIGURE = re.compile(r"\d")
_MONEY_OR_CODE = re.compile(r"[$€£¥#№]\s?$|\b(?:US|A|C|HK)\$\s?$|[A-Za-z]-?$|\d[.,:/]$")
_NO_COUNT = re.compile(
    r"\s?(?:%|percent\b|per cent\b|[$€£¥°]|st\b|nd\b|rd\b|th\b|(?:[ap]\.?m\b)|mm\b|km\b|kg\b|m\b|bn\b|-?years?\b-?|-?year-old"
    r"|-?(?:mile|metre|meter|foot|kilomet(?:re|er)|day|week|month|hour|minute|tonne?|barrel|point)s?\b|[:/]\d|[.,]\d|-[A-Za-z])"
)
_RANGE = re.compile(r"\s*(?:-|–|to|or)\s*", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_LARGEST = 10**10


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as the text gives it, qualifier included: "at least 49" is 49, "dozens" from 24 to 99."""

    mention: Mention
    low: int
    high: int


def find_quantities(text: str) -> list[Quantity]:
    """All numbers of a text that may count people, in order; never money, percentages, measures or ordinals.

    A bound ("at least 49", "up to 15") counts as the number it names; "between 20 and 30" and "20 to 30" are ranges.
    """
    numbers = [number for number in _numbers(text) if _may_count(text, number)]
    found: list[Quantity] = []
    at = 0
    while at < len(numbers):
        start, end, low, high = numbers[at]
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        before = text[:start].rstrip().lower()
        if following is not None and low == high and following[2] == following[3] and following[2] > low:
            between = text[end : following[0]]
            ranged = _RANGE.fullmatch(between) and not before.endswith("from")
            if (before.endswith("between") and _AND.fullmatch(between)) or ranged:
                start = before.rindex("between") if before.endswith("between") else start
                end, high, at = following[1], following[2], at + 1
        start = _with_qualifier(text, start)
        found.append(Quantity(Mention(text[start:end], start, end), low, high))
        at += 1
    return found


@cache
def _words() -> dict[str, Any]:
    section: dict[str, Any] = load_section("language/quantities")
    return section


@cache
def _qualifiers() -> tuple[str, ...]:
    return tuple(sorted(_words()["qualifiers"], key=len, reverse=True))


def _with_qualifier(text: str, start: int) -> int:
    """Where the qualifiers before a number begin: "at least some 40"."""
    while True:
        before = text[max(0, start - 30) : start].lower()
        for words in _qualifiers():
            if before.rstrip().endswith(words) and before != before.rstrip():
                length = len(before) - len(before.rstrip()) + len(words)
                if start == length or not text[start - length - 1].isalnum():
                    start -= length
                    break
        else:
            return start


def _may_count(text: str, number: tuple[int, int, int, int]) -> bool:
    start, end = number[:2]
    if _NO_COUNT.match(text, end):
        return bool(re.match(r"[-–]\d", text[end:])) and _FIGURE.match(text[start]) is not None
    return not (_FIGURE.match(text[start]) and _MONEY_OR_CODE.search(text[max(0, start - 4) : start]))


def _numbers(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Start, end, lowest and highest of each number, without qualifiers."""
    tokens = [(match.start(), match.end(), match.group().lower()) for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(tokens):
        vague = _vague(text, tokens, at)
        if vague is not None:
            length, low, high = vague
            yield tokens[at][0], tokens[at + length - 1][1], low, high
            at += length
            continue
        length, value = _exact(text, tokens, at)
        if length and value <= _LARGEST:
            yield tokens[at][0], tokens[at + length - 1][1], value, value
        at += max(length, 1)


def _vague(text: str, tokens: list[tuple[int, int, str]], at: int) -> tuple[int, int, int] | None:
    words = _words()
    if tokens[at][2] not in _first_words():
        return None
    for length in (3, 1):
        group = tokens[at : at + length]
        if len(group) == length and (bounds := words["vague"].get(" ".join(word for _, _, word in group))):
            return length, bounds[0], bounds[1]
    for factor, (low, high) in words["factors"].items():
        parts = factor.split()
        behind = at + len(parts)
        if [word for _, _, word in tokens[at:behind]] == parts and behind < len(tokens):
            scale = words["scales"].get(tokens[behind][2])
            if scale and _adjoin(text, tokens[behind - 1], tokens[behind]):
                return len(parts) + 1, low * scale, high * scale
    return None


@cache
def _first_words() -> frozenset[str]:
    """The words that a number without a figure may begin with."""
    return frozenset(phrase.split()[0] for kind in ("vague", "factors") for phrase in _words()[kind])


def _exact(text: str, tokens: list[tuple[int, int, str]], at: int) -> tuple[int, int]:
    """How many tokens make a number here, and its value: "two hundred and fifty", "1.5 million", "half a dozen"."""
    numbers, scales = _words()["numbers"], _words()["scales"]
    total, current, length = 0.0, -1.0, 0
    room = 0  # what may still be added: after "twenty" a unit, after "hundred" anything below it
    while at + length < len(tokens):
        token = tokens[at + length]
        word = token[2]
        if length and not _adjoin(text, tokens[at + length - 1], token):
            break
        following = tokens[at + length + 1] if at + length + 1 < len(tokens) else None
        if length == 0 and _FIGURE.match(word):
            current, room = float(word.replace(",", "")), 0
        elif length == 0 and word in {"a", "an", "half"}:
            skip = 2 if word == "half" and following is not None and following[2] == "a" else 1
            scale = tokens[at + skip][2] if at + skip < len(tokens) else ""
            if scale not in scales or (word == "half" and skip == 1):
                break
            current = 0.5 if word == "half" else 1.0
            length += skip - 1
        elif word in numbers:
            value = numbers[word]
            if current < 0:
                current, room = value, (10 if 20 <= value < 100 else 0)
            elif 0 < value < room:
                current, room = current + value, (10 if 20 <= value < 100 else 0)
            else:
                break
        elif word in scales and current >= 0:
            scale = scales[word]
            if scale >= 1000:
                total, current, room = total + current * scale, 0, scale
            else:
                current, room = current * scale, (100 if scale == 100 else 0)
        elif (
            word == "and"
            and length
            and room >= 100
            and following is not None
            and 0 < numbers.get(following[2], 0) < room
        ):
            pass
        else:
            break
        length += 1
    if not length or current < 0:
        return 0, 0
    value = total + current
    if math.isinf(value):  # of some hundred digits
        return 0, 0
    return (length, round(value)) if value == round(value) else (0, 0)


def _adjoin(text: str, first: tuple[int, int, str], second: tuple[int, int, str]) -> bool:
    """Whether nothing but a space or a hyphen stands between two words."""
    between = text[first[1] : second[0]]
    return between.strip() == "" or between in {"-", "‐", "‑"}
