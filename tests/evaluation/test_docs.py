"""The examples of docs/gold.md are gold files, and its table has every key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from communique.evaluate.gold import EVENT_KEYS, gold_of_entries
from communique.evaluate.sampling import JUDGEMENT_COLUMNS, STRATIFIERS

DOC = (Path(__file__).parents[2] / "docs" / "gold.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL)


def test_the_examples_can_be_read() -> None:
    (articles,), (lines,) = blocks("yaml"), blocks("json")
    gold = gold_of_entries([("yaml", entry) for entry in yaml.safe_load(articles)])
    assert [len(document.events) for document in gold.documents] == [2, 0]
    records = gold_of_entries([("json", json.loads(line)) for line in lines.splitlines()])
    assert [len(document.events) for document in records.documents] == [2]


def test_every_key_column_and_stratifier_is_told() -> None:
    told = set(re.findall(r"\w+", DOC))
    assert told >= {*EVENT_KEYS, *JUDGEMENT_COLUMNS, *STRATIFIERS}
