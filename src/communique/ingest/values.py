"""Named values – a JSON object, a row of a table – → `Article`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from communique.ingest.fields import EXPECTED_DATE, day_of, language_of, objection, shown
from communique.ingest.json_lines import JsonObject, WrongValueError, identifier, optional_string, required_string
from communique.ingest.settings import Settings
from communique.ingest.text import read_head
from communique.records import Article

_NAMES_SHOWN = 12


def article_of_values(values: JsonObject, settings: Settings) -> Article:
    """Make an article; its `text` is the value of `text`, untouched.

    Names that are not an article's are ignored. Date, place and agency that the values do not give are read from the
    head of the text.

    Raises:
        WrongValueError: A value is of the wrong kind, or the text cannot be coded.
    """
    if settings.fields:
        values = renamed(values, settings.fields)
    text = required_string(values, "text")
    given = optional_string(values, "date")
    published = day_of(given) if given else None
    if given and published is None:
        raise WrongValueError(f"date {shown(given)}", EXPECTED_DATE)
    language = optional_string(values, "language")
    language = language_of(language) if language else None
    if reason := objection(text, language):
        raise WrongValueError(*reason)
    head = read_head(text)
    return Article(
        text=text,
        id=identifier(values) or "",
        date=published or head.date or settings.default_date,
        title=optional_string(values, "title"),
        url=optional_string(values, "url"),
        publication=optional_string(values, "publication") or head.agency,
        language=language,
        place=optional_string(values, "place") or head.place,
        author=optional_string(values, "author"),
    )


def renamed(values: JsonObject, fields: Mapping[str, str]) -> JsonObject:
    """Values under an article's own names; a name that `--fields` gives hides one of the article's own.

    Raises:
        WrongValueError: The name given for `text` is not there.
    """
    if (name := fields.get("text", "text")) not in values:
        raise WrongValueError(*missing_name(name, values, "keys"))
    return {**values, **{ours: values.get(theirs) for ours, theirs in fields.items()}}


def missing_name(name: str, names: Iterable[object], kind: str) -> tuple[str, str]:
    """What to say of a column or key that is not there: what is, and which of them may be meant.

    >>> missing_name("boddy", ["body", "published"], "columns")
    ("no 'boddy' among the columns ('body', 'published')", "'body' (did you mean that?)")
    """
    there = [str(item) for item in names]
    listed = ", ".join(shown(item) for item in there[:_NAMES_SHOWN]) or "none"
    more = f" and {len(there) - _NAMES_SHOWN} more" if len(there) > _NAMES_SHOWN else ""
    return f"no {name!r} among the {kind} ({listed}{more})", _advice(name, there)


def _advice(name: str, names: list[str]) -> str:
    meant = get_close_matches(name, names, n=1)
    if name == "text":
        return f"a string for text; --fields text={meant[0] if meant else 'NAME'} names another column"
    return f"{meant[0]!r} (did you mean that?)" if meant else "a name that is there, in --fields"
