"""`communique link`: records of many reports → the same records, those of one event with one `link`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
import typer
from rich.console import RenderableType
from rich.table import Table

from communique.cli.job import Job, check_output, rejects_path
from communique.cli.options import OutputFormat
from communique.cli.table import draw
from communique.cli.text import printable
from communique.ingest.events import read_event_records
from communique.ingest.json_lines import JsonObject
from communique.ingest.reader import read_articles
from communique.link import Facts, LinkedEvent, facts_of_record, find_reprints, link_mentions, linked_record
from communique.records import Article, Rejection

_EXPECTED = "an event record as `communique code` writes it"
_EXPECTED_ID = "an id of its own: are two inputs the same?"


def link_events(
    inputs: list[str], output: Path | None, articles: list[str], output_format: OutputFormat | None = None
) -> None:
    """Link all records of the inputs, and print what each event rests on.

    Raises:
        CommuniqueError: Nothing could be done.
        Exit: Some input was rejected.
    """
    check_output([*inputs, *articles], output)
    terminal = output is None and sys.stdout.isatty()
    as_table = output_format is OutputFormat.table if output_format else terminal
    with Job(output, "records", "events") as job:
        texts = {article.id: article.text for article in read_articles(articles) if isinstance(article, Article)}
        records, mentions = _read(inputs, output, texts, job)
        events = link_mentions(mentions, find_reprints(texts.items()))
        for event in events:
            if as_table:
                continue
            for mention in event.mentions:
                record = linked_record(records[mention], event)
                job.write(msgspec.json.encode(record) + b"\n", mention == event.link)
        if as_table:
            job.write(draw([_table(events, records)], terminal=terminal), len(events))
    if not texts:
        typer.echo(
            "communique: no article's text is known, so reprints count as articles. Code --with-text, or name --articles.",
            err=True,
        )
    if output is not None:
        sys.stdout.buffer.write(draw([_table(events, records)], terminal=sys.stdout.isatty()))


def _read(
    inputs: list[str], output: Path | None, texts: dict[str, str], job: Job
) -> tuple[dict[str, JsonObject], list[Facts]]:
    """Records by id, and what linking compares of them; texts that records carry are added to `texts`."""
    records: dict[str, JsonObject] = {}
    mentions = []
    for where, record in read_event_records(inputs, [output, rejects_path(output)] if output else []):
        if isinstance(record, Rejection):
            job.reject(record)
            continue
        try:
            document, text = record.get("document_id"), record.get("text")
            if isinstance(document, str) and isinstance(text, str):
                texts.setdefault(document, text)
            facts = facts_of_record(record, texts.get(document) if isinstance(document, str) else None)
        except ValueError as error:
            job.reject(Rejection(where, f"a record that cannot be read ({error})", _EXPECTED))
            continue
        if facts.id in records:
            job.reject(Rejection(where, "an id that an earlier record has", _EXPECTED_ID, facts.id))
            continue
        records[facts.id] = record
        mentions.append(facts)
    return records, mentions


def _table(events: Iterable[LinkedEvent], records: dict[str, JsonObject]) -> RenderableType:
    """What each event rests on, of those that are told more than once, and how many are told once."""
    table = Table("articles", "reprints", "mentions", "date", "event", "who", "whom", "link", box=None, pad_edge=False)
    told_once = 0
    for event in events:
        if len(event.mentions) == 1:
            told_once += 1
            continue
        record = records[event.link]
        kind = "/".join(map(str, record.get("event") or []))  # type: ignore[call-overload]
        cells = (
            event.n_independent, event.n_reprints, len(event.mentions), record.get("date") or "no date",
            f"{kind} (disputed)" if event.disputed else kind, _codes(record.get("actor")), _codes(record.get("recipient")), event.link,
        )  # fmt: skip
        table.add_row(*(printable(str(cell)) for cell in cells))
    table.caption = f"{told_once:,} more events are told once"
    return table


def _codes(entities: object) -> str:
    if not isinstance(entities, list):
        return ""
    return ", ".join(" ".join([str(entity.get("code") or "---"), *entity.get("sector", [])]) for entity in entities)
