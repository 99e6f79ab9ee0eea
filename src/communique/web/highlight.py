"""An article's text as HTML with its events' words marked. Offsets are code points, as everywhere in Python.

The text of the HTML is the article's own, character by character: labels come from the style sheet, so that a script
that counts characters, and a reader who copies them, get the article and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from communique.resolve.dates import resolve_date

ROLES = ("event", "actor", "recipient", "place", "date", "attribution")
_NAMES = {"event": "event words", "attribution": "reported by"}
# Characters that a browser drops, changes, or lets turn the direction of what follows. They stay, each shut in and named.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_DATE_WORD = re.compile(
    r"\d|day\b|week|month|year|night|morning|evening|ago\b|decade|century|spring|summer|autumn|winter|"
    r"\b(?:yesterday|today|tomorrow|jan|feb|march|april|may|june|july|aug|sept|oct|nov|dec)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")
_LONGEST_DATE = 6  # words


@dataclass(frozen=True, slots=True)
class Span:
    """What some characters are in an event: [start, end), a role, and the event's number on the page."""

    start: int
    end: int
    role: str
    number: int


def spans_of(record: Mapping[str, Any], number: int, text: str, published_on: date | None) -> list[Span]:
    """The spans that a record cites, and the words that give its date, which are found again in its sentence."""
    spans = [_span(entity, role, number) for role in ("actor", "recipient") for entity in record.get(role) or []]
    spans += [Span(int(span[0]), int(span[1]), "event", number) for span in record.get("event_spans") or []]
    if record.get("event_loc"):
        spans.append(_span(record["event_loc"], "place", number))
    if record.get("attribution"):
        spans.append(_span(record["attribution"], "attribution", number))
    when = _when(record, text, published_on)
    if when:
        spans.append(Span(*when, "date", number))
    return [span for span in spans if 0 <= span.start < span.end <= len(text)]


def _span(part: Mapping[str, Any], role: str, number: int) -> Span:
    start, end = part.get("start"), part.get("end")
    return Span(start if isinstance(start, int) else -1, end if isinstance(end, int) else -1, role, number)


def _when(record: Mapping[str, Any], text: str, published_on: date | None) -> tuple[int, int] | None:
    """The fewest words of the sentence that mean the record's days."""
    sentence = record.get("text_info") or {}
    start, end = sentence.get("start"), sentence.get("end")
    if record.get("date") is None or not isinstance(start, int) or not isinstance(end, int) or end - start > 2000:
        return None
    words = [match.span() for match in _WORD.finditer(text, max(start, 0), min(end, len(text)))]
    wanted = (str(record["date"]), str(record.get("enddate")))
    for n_words in range(1, _LONGEST_DATE + 1):
        for first in range(len(words) - n_words + 1):
            begin, stop = words[first][0], words[first + n_words - 1][1]
            phrase = text[begin:stop].rstrip(".,;:!?\"'”’)")
            if not _DATE_WORD.search(phrase):
                continue
            found = resolve_date(phrase, published_on)
            if found and (found.first.isoformat(), found.last.isoformat()) == wanted:
                return begin, begin + len(phrase)
    return None


def marked(text: str, spans: Iterable[Span], names: Sequence[str] = (), offset: int = 0) -> Markup:
    """The text with its spans marked.

    Args:
        text: The article's, or a part of it.
        spans: In code points of the whole article.
        names: By number of the event (from 1), the id of its record; spans carry it as `data-record`.
        offset: Where the part begins in the article.
    """
    cut = [
        Span(max(span.start - offset, 0), min(span.end - offset, len(text)), span.role, span.number) for span in spans
    ]
    cut = sorted((span for span in cut if span.start < span.end), key=lambda span: (span.start, -span.end))
    edges = sorted({0, len(text), *(span.start for span in cut), *(span.end for span in cut)})
    out: list[Markup] = []
    open_spans: list[Span] = []
    coming = iter([*cut, None])
    following = next(coming)
    for start, end in pairwise(edges):
        open_spans = [span for span in open_spans if span.end > start]
        while following is not None and following.start <= start:
            open_spans.append(following)
            following = next(coming)
        html = shown(text[start:end])
        out.append(_mark(html, open_spans, start, offset, names) if open_spans else html)
    return Markup("").join(out)


def _mark(html: Markup, spans: Sequence[Span], start: int, offset: int, names: Sequence[str]) -> Markup:
    roles = sorted({span.role for span in spans}, key=ROLES.index)
    begun = [span for span in spans if span.start == start]
    numbered = len(names) > 1
    label = ", ".join(
        dict.fromkeys(f"{_NAMES.get(span.role, span.role)}{f' {span.number}' if numbered else ''}" for span in begun)
    )
    records = [names[number - 1] for number in sorted({span.number for span in spans}) if number <= len(names)]
    return Markup('<mark class="{}" data-start="{}" data-record="{}"{}>{}</mark>').format(
        " ".join(roles),
        start + offset,
        " ".join(records),
        Markup(' data-label="{}"').format(label) if label else "",
        html,
    )


def shown(text: str) -> Markup:
    """Text as HTML, with characters that cannot be seen shut in and named."""
    parts, last = [], 0
    for match in _CONTROLS.finditer(text):
        parts.append(escape(text[last : match.start()]))
        parts.append(_control(match.group()))
        last = match.end()
    parts.append(escape(text[last:]))
    return Markup("").join(parts)


def _control(character: str) -> Markup:
    code = f"U+{ord(character):04X}"
    title = unicodedata.name(character, "control character").lower()
    if character == "\r":
        kept = Markup("&#13;")  # bare, HTML would make a line feed of it
    elif character == "\x00" or "\ud800" <= character <= "\udfff":
        kept = Markup("\ufffd")  # HTML cannot hold it
    else:
        kept = escape(character)
    return Markup('<span class="control" data-code="{}" title="{}">{}</span>').format(code, title, kept)


def published_days(value: Any) -> date | None:
    """A day as the store or a record gives it."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None
