"""A JSON object → `Article`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from functools import partial

from communique.ingest.fields import EXPECTED_DATE, day_of, language_of, objection, shown
from communique.ingest.json_lines import (
    JsonObject,
    WrongValueError,
    identifier,
    optional_string,
    read_objects,
    required_string,
)
from communique.ingest.text import read_head
from communique.records import Article, Rejection


def read_jsonl(
    stream: io.BufferedReader, where: str, default_date: date | None = None
) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each line of a JSONL stream, with the place of the line (`where:17`).

    Args:
        stream: Bytes in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.
        where: Name of the stream.
        default_date: Day of publication for articles that give none.
    """
    return read_objects(stream, where, partial(_article, default_date=default_date))


def _article(values: JsonObject, default_date: date | None) -> Article:
    """Make an article of an object; its `text` is the value of `text`, untouched.

    Keys that are not an article's are ignored. Date, place and agency that the object does not give are read from the
    head of the text.

    Raises:
        WrongValueError: A value is of the wrong kind, or the text cannot be coded.
    """
    text, published = required_string(values, "text"), _date(values)
    language = optional_string(values, "language")
    language = language_of(language) if language else None
    if reason := objection(text, language):
        raise WrongValueError(*reason)
    head = read_head(text)
    return Article(
        text=text,
        id=identifier(values) or "",
        date=published or head.date or default_date,
        title=optional_string(values, "title"),
        url=optional_string(values, "url"),
        publication=optional_string(values, "publication") or head.agency,
        language=language,
        place=optional_string(values, "place") or head.place,
    )


def _date(values: JsonObject) -> date | None:
    value = optional_string(values, "date")
    day = day_of(value) if value else None
    if value and day is None:
        raise WrongValueError(f"date {shown(value)}", EXPECTED_DATE)
    return day
