"""The head of a news text: date line, by-line and dateline, read from its first characters.

Readers take date and place from here, the parser the offset where the report itself begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from communique.lexicon.source import load_sections

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DATE_LINE = re.compile(r"\s*(?:date:?\s+)?(\d{4}-\d{2}-\d{2})\b[^\n]{0,120}(?:\n|$)", re.I)
_HEADLINE = re.compile(r"\s*\S[^\n]{0,149}\n\s*(?=\S)")
_BY_LINE = re.compile(r"\s*By [A-Z][^\n.]{2,80}\n")
_CAPITALS = "A-ZÀ-ÖØ-ÞĂĄĆČĎĐĘĚĞİŁŃŇŐŘŚŞȘŠŤȚŮŰŹŻŽ"
_REST = (
    rf"(?:, (?P<region>[{_CAPITALS}][\w. ]{{1,30}}?))?(?:, (?P<day>{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? (?P<year>\d{{4}}))?)?"
    r"\.?(?: \((?P<agency>[A-Za-z][^)\n]{1,40})\)\.?|(?<=\d) [A-Z][A-Za-z]{1,9}(?= ?[-–—]))?\s*(?:--|[–—]|-(?=\s)|:(?= [A-Z]))\s*"
)
_DATELINE = re.compile(
    rf"\s*(?P<place>[{_CAPITALS}][{_CAPITALS}'’.\- ]{{2,40}}?(?:/[{_CAPITALS}][{_CAPITALS}'’.\- ]{{2,30}})*)" + _REST
)
_CITY_DATELINE = re.compile(rf"\s*(?P<place>[{_CAPITALS}][\w'’.-]+(?: [{_CAPITALS}][\w'’.-]+){{0,2}})" + _REST)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says, and `end`: the offset of the first character of the report itself."""

    end: int
    date: date | None = None
    place: str | None = None
    agency: str | None = None


def find_head(text: str) -> Head:
    """Read date line, by-line and dateline at the start of a text; all may be missing.

    >>> find_head("date 2021-01-16 By A. Writer\\n\\nLIMA, Jan. 15 (Agency) - Ministers met.")
    Head(end=55, date=datetime.date(2021, 1, 16), place='LIMA', agency='Agency')
    >>> find_head("Ministers met in Lima.")
    Head(end=0, date=None, place=None, agency=None)
    >>> find_head("Dubai: Ministers met."), find_head("Opinion: Ministers met.")
    (Head(end=7, date=None, place='Dubai', agency=None), Head(end=0, date=None, place=None, agency=None))
    """
    end, published, place, agency = 0, None, None, None
    if match := _DATE_LINE.match(text):
        published = _iso(match[1])
        end = match.end() if published else 0
    if match := _BY_LINE.match(text, end):
        end = match.end()
    match = _DATELINE.match(text, end)
    if match is None and (match := _CITY_DATELINE.match(text, end)) and match["place"] not in _cities():
        match = None  # "Opinion: The …"
    if match:
        place, agency, end = match["place"].strip(), match["agency"], match.end()
        if published is None and match["day"] and match["year"]:
            published = _day(match["day"], int(match["year"]))
    if 0 < end < len(text):
        end += len(text[end:]) - len(text[end:].lstrip())
    return Head(end, published, place, agency)


@cache
def _cities() -> frozenset[str]:
    """Names of cities, which open a report in small letters too: "Dubai: …", "Nairobi - …"."""
    entries = [entry for content in load_sections("actors/countries/").values() for entry in content]
    return frozenset(str(name) for entry in entries for key in ("capital", "cities") for name in entry.get(key) or ())


def head_span(text: str) -> tuple[int, int]:
    """Where the head stands that is no part of the report: at the start, or behind a headline, which is part of it.

    >>> text = "Ministers meet\\n\\nLIMA, March 3, 2024 (Agency) - Ministers met."
    >>> text[slice(*head_span(text))], head_span("Ministers met.")
    ('LIMA, March 3, 2024 (Agency) - ', (0, 0))
    """
    if end := find_head(text).end:
        return 0, end
    match = _HEADLINE.match(text)
    end = find_head(text[match.end() :]).end if match else 0
    return (match.end(), match.end() + end) if match and end else (0, 0)


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str, year: int) -> date | None:
    words = text.replace(".", "").split()
    day, month = (words[0], words[1]) if words[0].isdigit() else (words[1], words[0])
    try:
        return date(year, _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None
