"""Ids are told apart in little memory; texts that nearly repeat another are counted."""

from __future__ import annotations

import json
import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from communique.ingest.seen import NearDuplicates, Seen
from tests.ingest.made import REPORTS, located, written

WORDS = [f"word{number}" for number in range(2000)]


def text_of(seed: int, n_words: int = 200) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=n_words))


@settings(deadline=None)  # machines may be busy
@given(st.lists(st.binary()))
def test_a_key_is_new_once(keys: list[bytes]) -> None:
    seen, known = Seen(), set()
    for key in keys:
        assert seen.add(key) == (key not in known)
        known.add(key)


def test_a_hundred_thousand_keys_are_told_apart() -> None:
    seen = Seen()
    assert all(seen.add(b"%d" % number) for number in range(100_000))
    assert not any(seen.add(b"%d" % number) for number in range(100_000))


def test_a_reprint_with_another_ending_is_a_near_duplicate_and_another_report_is_not() -> None:
    texts = NearDuplicates()
    for seed in range(200):
        texts.add(text_of(seed))
    assert texts.count == 0
    for seed in range(200):
        texts.add(text_of(seed) + " (Additional reporting by A. Writer)")
    assert texts.count > 180


def test_near_duplicates_are_told_when_all_is_read(tmp_path: Path) -> None:
    lines = [{"id": str(number), "text": " ".join(REPORTS) + "!" * number} for number in range(3)]
    found, remarks = located(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert len(found) == 3
    assert "about 2 articles repeat an earlier one" in remarks[0]
