"""Values found in strangers' data → the fields of an `Article`; where a value is wrong, what would be right."""

from __future__ import annotations

from datetime import date, datetime
from email.utils import parsedate_to_datetime

EXPECTED_DATE = "ISO 8601 such as '2024-03-12'"
EXPECTED_LANGUAGE = "English ('en'), or no language"
MAX_BYTES = 10_000_000  # of a file that holds one article
MAX_CHARACTERS = 10_000_000
_ENGLISH = frozenset({"en", "eng", "english"})
_SHOWN = 60


def day_of(text: str) -> date | None:
    """Read an ISO 8601 day, also with a time behind it: the day as written, in the publisher's own time zone.

    >>> day_of("2024-03-12T23:30:00+03:00"), day_of("12/03/24")
    (datetime.date(2024, 3, 12), None)
    """
    text = text.strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def day_in_markup(text: str) -> date | None:
    """Read a day as web pages give it: ISO 8601, or as in mail ('Tue, 12 Mar 2024 10:00:00 GMT')."""
    if day := day_of(text) or day_of(text.strip()[:10]):
        return day
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, IndexError, TypeError):
        return None


def language_of(tag: str) -> str:
    """Primary language of a tag, 'en' for all that mean English.

    >>> language_of("en-GB"), language_of("pt_BR")
    ('en', 'pt')
    """
    primary = tag.strip().lower().replace("_", "-").split("-")[0]
    return "en" if primary in _ENGLISH else primary


def shown(value: object) -> str:
    """A value as messages quote it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def objection(text: str, language: str | None) -> tuple[str, str] | None:
    """Why a text is not coded, as what was found and what was expected; `None` if it can be.

    Refused are an empty text, one of absurd length, and one that says it is not English.
    """
    if not text.strip():
        return "an empty text", "an article"
    if len(text) > MAX_CHARACTERS:
        return f"a text of {len(text):,} characters", f"at most {MAX_CHARACTERS:,} in an article"
    if language and language != "en":
        return f"language: {language[:_SHOWN]}", EXPECTED_LANGUAGE
    return None
