"""The report in a page as news sites make them, found by trafilatura (`communique[ingest]`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

from communique.ingest.fields import day_of

_MAX_CHARACTERS = 5_000_000  # of markup: beyond that the extractor takes more than its share of memory
_MARK = 40  # first characters of a report, by which its place in the markup is found


@dataclass(frozen=True, slots=True)
class Page:
    """What the extractor finds in a page.

    Attributes:
        text: The report's paragraphs, with an empty line between them.
        title: Headline.
        author: Who wrote it.
        date: Day of publication, from the page's address, its markup or what stands above the report; never from below.
    """

    text: str
    title: str | None
    author: str | None
    date: date | None


Extract = Callable[[str], Page | None]


@cache
def extractor() -> Extract | None:
    """A function from markup to what is found in it; `None` without the extra."""
    return _extract if find_spec("trafilatura") else None


def _extract(markup: str) -> Page | None:
    import trafilatura
    from trafilatura.settings import Document

    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong with a page is told as a rejection
    if len(markup) > _MAX_CHARACTERS:
        return None
    try:
        found = trafilatura.bare_extraction(
            markup, with_metadata=True, include_comments=False, include_tables=False,
            date_extraction_params=_date_options(),
        )  # fmt: skip
        if not isinstance(found, Document) or not found.text:
            return None
        text = "\n\n".join(line.strip() for line in found.text.split("\n") if line.strip())
        day = _day_above(markup, text) if found.date else None
        return Page(text, found.title or None, found.author or None, day)
    except Exception:  # whatever it stumbles over, the plain rules still have their say
        return None


def _day_above(markup: str, text: str) -> date | None:
    """The day that a page gives in its head or above the report: "Updated" and "©" stand below."""
    from htmldate import find_date

    at = markup.find(text[:_MARK])
    if at < 0:
        return None
    found = find_date(markup[:at] + "</p></body></html>", **_date_options())
    return day_of(found) if found else None


def _date_options() -> dict[str, Any]:
    return {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
