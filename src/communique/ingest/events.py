"""JSON Lines of event records → their objects, for the commands that read what `communique code` wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from communique.ingest.files import find_sources
from communique.ingest.json_lines import JsonObject, read_objects
from communique.ingest.streams import READ_ERRORS, open_source, unreadable
from communique.records import Rejection

_EXPECTED = "event records as `communique code` writes them, in JSONL"


def read_event_records(
    inputs: Iterable[str], exclude: Collection[Path] = ()
) -> Iterator[tuple[str, JsonObject | Rejection]]:
    """Read all records of JSONL files (also `.gz` or `.zst`), folders, globs and `-`, each with where it stood.

    What a record holds is not looked at: commands ask for different things.
    """
    for source in find_sources(inputs, exclude):
        if isinstance(source, Rejection):
            yield source.where, source
        elif source.kind not in {"jsonl", "unknown"}:
            yield source.where, Rejection(source.where, f"a file of articles ({source.kind})", _EXPECTED)
        else:
            try:
                with open_source(source) as stream:
                    yield from read_objects(stream, source.where, dict)
            except READ_ERRORS as error:
                yield source.where, unreadable(source.where, error)
