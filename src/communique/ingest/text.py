"""Plain text → `Article`: date, place and agency from the text's own head."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from communique.head import find_head
from communique.ingest.fields import EXPECTED_DATE, day_of, objection, shown
from communique.records import Article, Rejection

_DATE_LINE = re.compile(r"\s*date:?\s+(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:T\S*)?)(?![\w/-])", re.I)
_HEADLINE = re.compile(r"\s*(?P<title>\S[^\n]{0,149})\n\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class TextHead:
    """What the first lines of a text say of it."""

    date: date | None = None
    place: str | None = None
    agency: str | None = None
    title: str | None = None


def read_text(text: str, where: str, default_date: date | None = None) -> Article | Rejection:
    r"""Make an article of a plain text.

    The article's `text` is the text as it stands in the file, head and all: only the byte order mark is gone and
    `\r\n` is `\n`. So the offsets of events count in the file's own decoded text.

    Args:
        text: The decoded text.
        where: Its name, for messages.
        default_date: Day of publication if the text does not give one.
    """
    if reason := objection(text, None):
        return Rejection(where, *reason)
    if wrong := wrong_date_line(text):
        return Rejection(where, f"date {shown(wrong)}", EXPECTED_DATE)
    head = read_head(text)
    return Article(
        text=text,
        date=head.date or default_date,
        title=head.title,
        publication=head.agency,
        place=head.place,
    )


def wrong_date_line(text: str) -> str | None:
    """Return what a text that starts with a date line (`date 12/03/24 By …`) gives for a date, if it is none."""
    match = _DATE_LINE.match(text)
    return match["date"] if match and day_of(match["date"]) is None else None


def read_head(text: str) -> TextHead:
    """Read headline, date line, by-line and dateline.

    A first line is taken for the headline if it ends without a full stop and what follows it starts with a head.

    >>> read_head("Ministers meet\\n\\nLIMA, March 3, 2024 (Agency) - Ministers met.")
    TextHead(date=datetime.date(2024, 3, 3), place='LIMA', agency='Agency', title='Ministers meet')
    """
    head = find_head(text)
    if head.end:
        return TextHead(head.date, head.place, head.agency)
    match = _HEADLINE.match(text)
    if match is None or match["title"].rstrip().endswith((".", ":", ";", ",")):
        return TextHead()
    head = find_head(text[match.end() :])
    return TextHead(head.date, head.place, head.agency, match["title"].strip() if head.end else None)
