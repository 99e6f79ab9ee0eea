"""The head of a news text: what it says of day, place and agency, and where the report itself begins."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.head import find_head


@pytest.mark.parametrize(("text", "place", "published", "agency"), [
    ("LIMA, Jan. 15 (Agency) - Ministers met.", "LIMA", None, "Agency"),
    ("LIMA, Jan. 15, 2021 (Agency) - Ministers met.", "LIMA", date(2021, 1, 15), "Agency"),
    ("LIMA, 9 June 2022 - Ministers met.", "LIMA", date(2022, 6, 9), None),
    ("LIMA — Ministers met.", "LIMA", None, None),
    ("LIMA -- Ministers met.", "LIMA", None, None),
    ("LIMA (Reuters) – Ministers met.", "LIMA", None, "Reuters"),
    ("LIMA, Peru (AP) — Ministers met.", "LIMA", None, "AP"),
    ("ADDIS ABABA, March 3 (Xinhua) -- Ministers met.", "ADDIS ABABA", None, "Xinhua"),
    ("PARIS/LONDON, May 2 (Reuters) - Ministers met.", "PARIS/LONDON", None, "Reuters"),
    ("N'DJAMENA (AFP) - Ministers met.", "N'DJAMENA", None, "AFP"),
    ("date 2021-01-16 By A. Writer\n\nMinisters met.", None, date(2021, 1, 16), None),
    ("2021-01-16\nMinisters met.", None, date(2021, 1, 16), None),
    ("By Anna Writer\nMinisters met.", None, None, None),
])  # fmt: skip
def test_the_report_begins_where_the_head_ends(
    text: str, place: str | None, published: date | None, agency: str | None
) -> None:
    head = find_head(text)
    assert text[head.end :] == "Ministers met."
    assert (head.place, head.date, head.agency) == (place, published, agency)


@pytest.mark.parametrize("text", [
    "Ministers met in Lima.",
    "The UN - once again - was late.",
    "NATO ministers met on 3 May.",
    "US-led forces left the base.",
    "",
    "   ",
])  # fmt: skip
def test_a_text_without_head_begins_at_its_first_character(text: str) -> None:
    assert find_head(text).end == 0
    assert find_head(text).place is None


def test_a_day_that_is_none_is_no_date_line() -> None:
    assert find_head("2021-02-30\nMinisters met.").date is None
    assert find_head("LIMA, Feb. 30, 2021 (AP) - Ministers met.").date is None


def test_the_date_line_goes_before_the_day_in_the_dateline() -> None:
    assert find_head("date 2021-01-16\nLIMA, Jan. 15, 2021 (AP) - Ministers met.").date == date(2021, 1, 16)


def test_a_date_inside_the_report_is_no_date_of_the_report() -> None:
    assert find_head("Ministers met.\n2021-01-16\nThey met again.").date is None


@given(st.text(max_size=200))
def test_the_report_begins_inside_any_text(text: str) -> None:
    assert 0 <= find_head(text).end <= len(text)


def test_a_dateline_may_have_accents() -> None:
    assert find_head("ASUNCIÓN - Farmers left an estate.").place == "ASUNCIÓN"
