"""JSON Lines → `Article`s."""

from __future__ import annotations

import io
from collections.abc import Iterator

from communique.ingest.json_lines import JsonObject, read_objects
from communique.ingest.settings import Settings
from communique.ingest.values import article_of_values, missing_name
from communique.records import Article, Rejection


def read_jsonl(stream: io.BufferedReader, where: str, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each line of a JSONL stream, with the place of the line (`where:17`).

    A key that `--fields` names may be absent from a line; one that is absent from all is told at the end.

    Args:
        stream: Bytes in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.
        where: Name of the stream.
        settings: How to read.
    """
    unseen = {name for field, name in settings.fields.items() if field != "text"}
    first_keys: list[str] = []

    def article(values: JsonObject) -> Article:
        if not first_keys:
            first_keys.extend(values)
        if unseen:
            unseen.difference_update(values)
        return article_of_values(values, settings)

    yield from read_objects(stream, where, article)
    if first_keys:
        for name in sorted(unseen):
            yield where, Rejection(where, *missing_name(name, first_keys, "keys of any line; the first has"))
