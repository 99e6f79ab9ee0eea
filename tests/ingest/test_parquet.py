"""Parquet: each row an article; a file that is damaged says so, and in what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from communique.records import Article, Rejection
from tests.ingest.made import FRENCH, REPORTS, items_of, located, written


def table(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_a_row_gives_an_article(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.parquet",
        {
            "id": [1, 2],
            "Text": REPORTS[:2],
            "date": [date(2024, 3, 7), None],
            "title": ["Ten", ""],
            "extra": [[1], [2]],
        },
    )
    found, _ = located(path)
    assert found == [
        (":1", Article(REPORTS[0], id="1", date=date(2024, 3, 7), title="Ten")),
        (":2", Article(REPORTS[1], id="2")),
    ]


@pytest.mark.parametrize(
    "days",
    [
        pa.array([datetime(2024, 3, 7, 23, 30, tzinfo=UTC)] * 2),
        pa.array([datetime(2024, 3, 7, 23, 30)] * 2, pa.timestamp("ns")),
        pa.array(["2024-03-07"] * 2).dictionary_encode(),
        pa.array([date(2024, 3, 7)] * 2, pa.date64()),
    ],
)
def test_days_are_read_in_any_type(tmp_path: Path, days: Any) -> None:
    path = table(tmp_path / "a.parquet", {"body": pa.array(REPORTS[:2]).dictionary_encode(), "published": days})
    items = items_of(path, {"text": "body", "date": "published"})
    assert [item.date for item in items if isinstance(item, Article)] == [date(2024, 3, 7)] * 2


def test_a_file_of_several_row_groups_is_read_in_order(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", {"text": [f"Article {n}." for n in range(1000)]}, row_group_size=130)
    assert [item.text for item in items_of(path) if isinstance(item, Article)] == [f"Article {n}." for n in range(1000)]


def whole(tmp_path: Path) -> bytes:
    return table(tmp_path / "whole.parquet", {"text": [*REPORTS] * 100, "id": range(300)}).read_bytes()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda data: b"", "an empty file"),
        (lambda data: b"text,date\n", "bytes that are not Parquet"),
        (lambda data: data[:-100], "cut off"),
        (lambda data: data[:4], "cut off"),
        (lambda data: b"PAR1PAR1", "damaged"),
        (lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1", "damaged"),
        (lambda data: data[:-8] + b"\0\0\0\0PAR1", "damaged"),
        (lambda data: data[:200] + bytes(300) + data[500:], "damaged"),
        (lambda data: data[:20] + b"\xff" * 60 + data[80:], "damaged"),
        (lambda data: b"PAR1" + bytes(len(data)) + b"PAR1", "damaged"),
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, change: Any, found: str) -> None:
    data = whole(tmp_path)
    items = items_of(written(tmp_path, "a.parquet", change(data)))
    assert any(isinstance(item, Rejection) and found in item.found for item in items), items[:2]


@pytest.mark.parametrize(
    ("columns", "fields", "found"),
    [
        ({"body": ["a"]}, {}, "no 'text' among the columns ('body')"),
        ({"body": ["a"]}, {"text": "boddy"}, "no 'boddy' among the columns ('body')"),
        ({"text": ["a"]}, {"date": "day"}, "no 'day' among the columns ('text')"),
        ({"text": ["a"], "Text": ["b"]}, {}, "the columns 'text', 'Text' for text"),
        ({"text": [1]}, {}, "a column 'text' of int64"),
        ({"text": [["a"]]}, {}, "a column 'text' of list"),
        ({"text": [b"a"]}, {}, "a column 'text' of binary"),
        ({"text": [""]}, {}, "an empty text"),
        ({"text": pa.array([None], pa.string())}, {}, "null for text"),
        ({"text": [FRENCH]}, {}, "language: fr"),
        ({"text": ["a"], "date": ["12/03/24"]}, {}, "date '12/03/24'"),
        ({"text": ["a"], "id": [1.5]}, {}, "the number 1.5 for id"),
        ({"text": ["a"], "title": [["b"]]}, {}, "list for title"),
        ({"text": pa.array([], pa.string())}, {}, "a table without rows"),
    ],
)
def test_a_row_or_column_that_is_wrong_is_told(
    tmp_path: Path, columns: dict[str, Any], fields: dict[str, str], found: str
) -> None:
    (item,) = items_of(table(tmp_path / "a.parquet", columns), fields)
    assert isinstance(item, Rejection) and found in item.found


def test_a_file_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", {"text": ["a" * 100_000_000]}, compression="zstd", use_dictionary=False)
    (item,) = items_of(path)
    assert isinstance(item, Rejection) and "packed into" in item.found
