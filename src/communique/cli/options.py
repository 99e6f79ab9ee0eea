"""Values of command line options."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import typer


class OutputFormat(StrEnum):
    """How events are written: records for programs, or a table with the evidence for people."""

    jsonl = "jsonl"
    table = "table"


class CodeFormat(StrEnum):
    """How `communique code` writes events: as `OutputFormat` says, or as the nested columns of a store."""

    jsonl = "jsonl"
    table = "table"
    parquet = "parquet"


class EngineName(StrEnum):
    """Who codes shards."""

    local = "local"
    dask = "dask"


class ExportFormat(StrEnum):
    """What `communique export` writes; a test holds it against `export.formats`, which takes longer to import."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    polecat = "polecat"
    icews = "icews"
    gdelt = "gdelt"
    gdelt_mentions = "gdelt-mentions"
    phoenix = "phoenix"
    petrarch = "petrarch"


class AuxiliaryMode(StrEnum):
    """What says that an event did not simply happen."""

    historical = "historical"
    future = "future"
    hypothetical = "hypothetical"
    negation = "negation"


class QueryFormat(StrEnum):
    """How the rows of a query are written."""

    table = "table"
    csv = "csv"
    jsonl = "jsonl"


class Unit(StrEnum):
    """Whose series."""

    dyad = "dyad"
    country = "country"


class Period(StrEnum):
    """Steps of a series."""

    day = "day"
    week = "week"
    month = "month"
    year = "year"


class Counted(StrEnum):
    """Columns of counts."""

    quad = "quad"
    type = "type"


class Role(StrEnum):
    """As what a country counts."""

    either = "either"
    actor = "actor"
    recipient = "recipient"
    place = "place"


def day(value: str | None, option: str = "--date") -> date | None:
    """Read a day that an option gives.

    Raises:
        BadParameter: It is no ISO 8601 day; ends the command with exit code 2.
    """
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise typer.BadParameter(f"{value!r}, expected ISO 8601 such as '2024-03-12'", param_hint=option) from None


def article_fields(value: str | None) -> dict[str, str]:
    """Read the value of `--fields`: an article's field, `=`, the column or key that holds it; with commas between.

    >>> article_fields("text=body,date=published")
    {'text': 'body', 'date': 'published'}

    Raises:
        BadParameter: It is of another form, or names what is no field of an article; ends the command with exit code 2.
    """
    from communique.ingest.settings import ARTICLE_FIELDS

    fields: dict[str, str] = {}
    for pair in value.split(",") if value else []:
        field, equals, name = (part.strip() for part in pair.partition("="))
        if not equals or not name or field in fields:
            raise typer.BadParameter(f"{pair!r}, expected such as 'text=body,date=published'", param_hint="--fields")
        if field not in ARTICLE_FIELDS:
            expected = ", ".join(ARTICLE_FIELDS)
            raise typer.BadParameter(f"{field!r} on the left, expected one of {expected}", param_hint="--fields")
        fields[field] = name
    return fields


POSTGRESQL = ("postgresql://", "postgres://")


def export_target(value: str) -> str:
    """Read the value of `export --to`: a format, or the URL of a PostgreSQL database.

    Raises:
        BadParameter: It is neither; ends the command with exit code 2.
    """
    if value.startswith(POSTGRESQL) or value in list(ExportFormat):
        return value
    raise typer.BadParameter(f"{value!r}, expected one of {', '.join(ExportFormat)}, or postgresql://…")
