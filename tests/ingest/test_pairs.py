"""Pairs that users bring are taken as they are, or refused with the line and what was expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from communique.ingest.pairs import read_pairs
from communique.records import Pair, Rejection

TEXT = "Kenyan police arrested ten protesters."
PAIR: dict[str, object] = {"id": "1", "text": TEXT, "actor": [0, 13], "recipient": [23, 37]}


def read(folder: Path, *objects: object) -> list[Pair | Rejection]:
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(value) for value in objects))
    return list(read_pairs(str(path)))


def test_a_pair_keeps_text_and_offsets_as_given(tmp_path: Path) -> None:
    assert read(tmp_path, PAIR | {"event": "COERCE"}) == [Pair("1", TEXT, (0, 13), (23, 37))]


def test_two_pairs_of_one_text_may_share_an_id(tmp_path: Path) -> None:
    assert len([pair for pair in read(tmp_path, PAIR, PAIR) if isinstance(pair, Pair)]) == 2


@pytest.mark.parametrize(
    ("wrong", "found", "expected"),
    [
        ({"id": None}, "no 'id'", "a string or a whole number for id"),
        ({"text": None}, "null for text", "a string"),
        ({"text": " "}, "an empty text", ""),
        ({"actor": None}, "actor None", "[start, end] with 0 <= start < end <= 38"),
        ({"actor": [0]}, "actor [0]", "[start, end]"),
        ({"actor": [5, 5]}, "actor [5, 5]", "[start, end]"),
        ({"actor": [-1, 5]}, "actor [-1, 5]", "[start, end]"),
        ({"actor": [0.0, 5]}, "actor [0.0, 5]", "[start, end]"),
        ({"actor": [False, True]}, "actor [False, True]", "[start, end]"),
        ({"recipient": [23, 39]}, "recipient [23, 39]", "[start, end]"),
        ({"recipient": "protesters"}, "recipient 'protesters'", "[start, end]"),
    ],
)
def test_a_pair_that_names_nothing_in_its_text_is_rejected_and_the_next_one_read(
    tmp_path: Path, wrong: dict[str, object], found: str, expected: str
) -> None:
    rejection, pair = read(tmp_path, PAIR | wrong, PAIR)
    assert isinstance(rejection, Rejection) and isinstance(pair, Pair)
    assert rejection.where.endswith("pairs.jsonl:1")
    assert found in rejection.found and expected in rejection.expected


def test_a_missing_file_of_pairs_is_rejected() -> None:
    (rejection,) = read_pairs("missing.jsonl")
    assert isinstance(rejection, Rejection) and rejection.where == "missing.jsonl"
