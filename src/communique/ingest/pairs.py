"""JSON Lines → `Pair`s: a text with the offsets of an actor and a recipient that the user brings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from communique.ingest.fields import objection, shown
from communique.ingest.files import STANDARD_INPUT
from communique.ingest.json_lines import JsonObject, WrongValueError, identifier, read_objects, required_string
from communique.ingest.streams import READ_ERRORS, Source, open_source, unreadable
from communique.records import Pair, Rejection


def read_pairs(name: str) -> Iterator[Pair | Rejection]:
    """Make a pair of each line of a JSONL file (also `.gz` or `.zst`), or of standard input for `-`, in order.

    Ids need not differ: a label stands at its pair's place.
    """
    path = None if name == STANDARD_INPUT else Path(name)
    source = Source("<stdin>" if path is None else name, "jsonl", path)
    try:
        with open_source(source) as stream:
            for _, pair in read_objects(stream, source.where, _pair):
                yield pair
    except READ_ERRORS as error:
        yield unreadable(source.where, error)


def _pair(values: JsonObject) -> Pair:
    text = required_string(values, "text")
    pair_id = identifier(values)
    if pair_id is None:
        raise WrongValueError("no 'id'", "a string or a whole number for id")
    if reason := objection(text, None):
        raise WrongValueError(*reason)
    return Pair(pair_id, text, _span(values, "actor", len(text)), _span(values, "recipient", len(text)))


def _span(values: JsonObject, name: str, n_characters: int) -> tuple[int, int]:
    value = values.get(name)
    expected = f"[start, end] with 0 <= start < end <= {n_characters}, offsets in the text"
    if not isinstance(value, list) or len(value) != 2 or not all(type(offset) is int for offset in value):
        raise WrongValueError(f"{name} {shown(value)}", expected)
    start, end = value
    if not 0 <= start < end <= n_characters:
        raise WrongValueError(f"{name} {shown(value)}", expected)
    return start, end
