"""What travels between the stages: frozen, complete from the start, with ids that stay."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique import records
from communique.records import Article, Rejection

RECORDS = [cls for cls in vars(records).values() if dataclasses.is_dataclass(cls) and isinstance(cls, type)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_a_record_is_frozen_and_takes_no_other_attribute(record: type) -> None:
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(record)


def test_a_record_cannot_be_changed() -> None:
    article = Article("Ministers met.")
    with pytest.raises(dataclasses.FrozenInstanceError):
        article.text = "Ministers parted."  # type: ignore[misc]


def test_an_iso_string_is_a_date() -> None:
    assert Article("Ministers met.", date="2021-01-16").date == date(2021, 1, 16)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["12/03/24", "yesterday", "2021-02-30", ""])
def test_another_string_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        Article("Ministers met.", date=text)  # type: ignore[arg-type]


def test_an_article_keeps_the_id_that_it_was_given() -> None:
    assert Article("Ministers met.", id="AFP-0031").id == "AFP-0031"


def test_an_id_made_of_text_and_date_is_the_same_in_every_run() -> None:
    assert Article("Ministers met.", date=date(2021, 1, 16)).id == "c0201569abd9b92f"


@given(st.text(), st.none() | st.dates())
def test_an_id_is_short_and_follows_from_text_and_date_alone(text: str, published_on: date | None) -> None:
    article = Article(text, date=published_on)
    assert len(article.id) == 16
    assert article.id == Article(text, date=published_on, title="Another", url="https://example.org").id
    assert article.id != Article(text + ".", date=published_on).id


def test_an_id_tells_articles_of_different_days_apart() -> None:
    assert Article("Ministers met.", date=date(2021, 1, 16)).id != Article("Ministers met.", date=date(2021, 1, 17)).id


def test_a_text_with_half_a_character_has_an_id_all_the_same() -> None:
    assert len(Article("Ministers met. \ud83d").id) == 16


def test_a_rejection_says_where_what_was_found_and_what_was_expected() -> None:
    told = str(Rejection("articles.jsonl:17", "published_on '12/03/24'", "ISO 8601 such as '2024-03-12'", "AFP-0031"))
    assert (
        told
        == "articles.jsonl:17 (id 'AFP-0031'): found published_on '12/03/24', expected ISO 8601 such as '2024-03-12'"
    )
    assert "id" not in str(Rejection("a.txt", "no text", "a news report"))
