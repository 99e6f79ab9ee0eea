"""When: a date keeps the precision of the text, and unknown stays unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.records import DateInterval
from communique.resolve.dates import HISTORICAL_AFTER_DAYS, count_from, is_historical, resolve_date

WEDNESDAY = date(2024, 1, 17)


def day(text: str) -> DateInterval:
    return DateInterval(date.fromisoformat(text), date.fromisoformat(text), "day")


def days(first: str, last: str) -> DateInterval:
    return DateInterval(date.fromisoformat(first), date.fromisoformat(last), "day")


def week(first: str, last: str) -> DateInterval:
    return DateInterval(date.fromisoformat(first), date.fromisoformat(last), "week")


def month(first: str, last: str) -> DateInterval:
    return DateInterval(date.fromisoformat(first), date.fromisoformat(last), "month")


def year(number: int) -> DateInterval:
    return DateInterval(date(number, 1, 1), date(number, 12, 31), "year")


@pytest.mark.parametrize(("phrase", "expected"), [
    # weekdays: the last one, of which the day of the paper is one
    ("on Wednesday", day("2024-01-17")),
    ("Wednesday morning", day("2024-01-17")),
    ("on Tuesday", day("2024-01-16")),
    ("late on Sunday", day("2024-01-14")),
    ("Tuesday night", day("2024-01-16")),
    ("Friday, 12 January", day("2024-01-12")),
    ("on Thursday", day("2024-01-11")),
    ("last Thursday", day("2024-01-11")),
    ("last Wednesday", day("2024-01-10")),
    ("next Monday", day("2024-01-22")),
    ("this coming Friday", day("2024-01-19")),
    # today and its neighbours
    ("today", day("2024-01-17")),
    ("overnight", day("2024-01-17")),
    ("this morning", day("2024-01-17")),
    ("earlier in the day", day("2024-01-17")),
    ("yesterday", day("2024-01-16")),
    ("the day before yesterday", day("2024-01-15")),
    ("tomorrow", day("2024-01-18")),
    # intervals
    ("from Jan. 5 to Jan. 9", days("2024-01-05", "2024-01-09")),
    ("Dec. 28 to Jan. 3", days("2023-12-28", "2024-01-03")),
    ("28 January – 3 February 2023", days("2023-01-28", "2023-02-03")),
    ("between 30 December 2022 and 2 January 2023", days("2022-12-30", "2023-01-02")),
    ("Monday and Tuesday", days("2024-01-15", "2024-01-16")),
    ("from Saturday to Monday", days("2024-01-13", "2024-01-15")),
    ("from November to December", month("2023-11-01", "2023-12-31")),
    ("between March and May 2020", month("2020-03-01", "2020-05-31")),
    ("from 2014 to 2016", DateInterval(date(2014, 1, 1), date(2016, 12, 31), "year")),
    ("in 1998-99", DateInterval(date(1998, 1, 1), date(1999, 12, 31), "year")),
    ("in the 1990s", DateInterval(date(1990, 1, 1), date(1999, 12, 31), "year")),
    ("over the past three days", days("2024-01-14", "2024-01-17")),
    ("in the last 24 hours", days("2024-01-16", "2024-01-17")),
    # digits alone
    ("on 1/13/2024", day("2024-01-13")),
    ("on 13/1/2024", day("2024-01-13")),
    ("on 3.1.2024", day("2024-01-03")),
    ("on 2/1/2024", day("2024-01-02")),
    # a year said beside
    ("in October last year", month("2023-10-01", "2023-10-31")),
    ("in December this year", month("2024-12-01", "2024-12-31")),
    ("in March next year", month("2025-03-01", "2025-03-31")),
    ("the 14th of July last year", day("2023-07-14")),
    ("last October", month("2023-10-01", "2023-10-31")),
    ("next March", month("2024-03-01", "2024-03-31")),
    ("on Tuesday of last week", day("2024-01-09")),
    ("on the 5th", day("2024-01-05")),
    ("on the 28th of last month", day("2023-12-28")),
    # numbers in words
    ("thirteen days ago", day("2024-01-04")),
    ("twenty-five years ago", year(1999)),
    ("a dozen years ago", year(2012)),
    ("two decades ago", year(2004)),
    # counted
    ("two days ago", day("2024-01-15")),
    ("two days earlier", day("2024-01-15")),
    ("a day earlier", day("2024-01-16")),
    ("10 days ago", day("2024-01-07")),
    ("a couple of days ago", day("2024-01-15")),
    ("three weeks ago", week("2023-12-25", "2023-12-31")),
    ("a month ago", month("2023-12-01", "2023-12-31")),
    ("two months ago", month("2023-11-01", "2023-11-30")),
    ("five years ago", year(2019)),
    # days of a month, whose year is the last that it had by the day of the paper
    ("Jan. 13", day("2024-01-13")),
    ("on January 13", day("2024-01-13")),
    ("13 January", day("2024-01-13")),
    ("the 13th of January", day("2024-01-13")),
    ("on January 17", day("2024-01-17")),
    ("Jan. 20", day("2023-01-20")),
    ("Dec. 3", day("2023-12-03")),
    ("on Sept. 9", day("2023-09-09")),
    ("May 1", day("2023-05-01")),
    ("on March 4", day("2023-03-04")),
    ("13 January 2021", day("2021-01-13")),
    ("January 13, 2021", day("2021-01-13")),
    ("2021-01-13", day("2021-01-13")),
    ("Feb. 29, 2020", day("2020-02-29")),
    ("January 10-12", days("2024-01-10", "2024-01-12")),
    ("from 3 to 5 December", days("2023-12-03", "2023-12-05")),
    ("between July 3 and 5, 2019", days("2019-07-03", "2019-07-05")),
    # longer than a day: no invented day
    ("last week", week("2024-01-08", "2024-01-14")),
    ("this week", week("2024-01-15", "2024-01-17")),
    ("last month", month("2023-12-01", "2023-12-31")),
    ("this month", month("2024-01-01", "2024-01-17")),
    ("last year", year(2023)),
    ("last weekend", days("2024-01-13", "2024-01-14")),
    ("at the weekend", days("2024-01-13", "2024-01-14")),
    ("in November", month("2023-11-01", "2023-11-30")),
    ("last May", month("2023-05-01", "2023-05-31")),
    ("in February 2020", month("2020-02-01", "2020-02-29")),
    ("in mid-November", month("2023-11-01", "2023-11-30")),
    ("late last year", year(2023)),
    ("in 2019", year(2019)),
    ("in the spring of 2008", year(2008)),
])  # fmt: skip
def test_a_date_keeps_the_precision_of_the_text(phrase: str, expected: DateInterval) -> None:
    assert resolve_date(phrase, WEDNESDAY) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "in recent years", "for decades", "recently", "earlier", "in the past", "several months ago", "many years ago", "in the coming days",
        "for three days", "every day", "once", "some day", "since the war", "February 30", "2024-13-45", "",
        "the year", "5,000", "2,019 rifles", "a few days ago",
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_no_date(phrase: str) -> None:
    assert resolve_date(phrase, WEDNESDAY) is None


@pytest.mark.parametrize(("phrase", "expected"), [
    ("on Thursday", day("2024-01-18")),
    ("on Tuesday", day("2024-01-23")),
    ("next week", week("2024-01-22", "2024-01-28")),
    ("next month", month("2024-02-01", "2024-02-29")),
    ("next year", year(2025)),
    ("this week", week("2024-01-15", "2024-01-21")),
    ("in three days", day("2024-01-20")),
    ("within two weeks", week("2024-01-29", "2024-02-04")),
    ("Jan. 20", day("2024-01-20")),
    ("on January 13", day("2025-01-13")),
    ("in March", month("2024-03-01", "2024-03-31")),
    ("in January", month("2024-01-01", "2024-01-31")),
    ("next weekend", days("2024-01-20", "2024-01-21")),
    ("tomorrow", day("2024-01-18")),
    ("in 2027", year(2027)),
])  # fmt: skip
def test_what_will_happen_lies_ahead(phrase: str, expected: DateInterval) -> None:
    assert resolve_date(phrase, WEDNESDAY, tense="future") == expected


@pytest.mark.parametrize("phrase", ["on Tuesday", "in March", "Jan. 20", "last week", "in June"])
def test_a_date_without_year_looks_back_for_what_happened_and_ahead_for_what_will(phrase: str) -> None:
    past, future = resolve_date(phrase, WEDNESDAY), resolve_date(phrase, WEDNESDAY, tense="future")
    assert past is not None and future is not None
    assert past.first <= WEDNESDAY
    assert future.last >= WEDNESDAY or phrase.startswith("last")


@pytest.mark.parametrize(
    "phrase", ["on Tuesday", "yesterday", "last month", "today", "Jan. 13", "two days ago", "in May"]
)
def test_a_relative_date_is_unknown_while_the_article_has_no_date(phrase: str) -> None:
    assert resolve_date(phrase, None) is None


@pytest.mark.parametrize(("phrase", "expected"), [
    ("on January 13, 2021", day("2021-01-13")),
    ("in February 2020", month("2020-02-01", "2020-02-29")),
    ("in 1998", year(1998)),
])  # fmt: skip
def test_a_date_with_its_year_needs_no_article_date(phrase: str, expected: DateInterval) -> None:
    assert resolve_date(phrase, None) == expected


@pytest.mark.parametrize(("phrase", "expected"), [
    ("the next day", day("2024-01-11")),
    ("the following morning", day("2024-01-11")),
    ("two days later", day("2024-01-12")),
    ("three days after", day("2024-01-07")),  # the event told "three days after" that of the tenth
    ("a day before", day("2024-01-11")),
    ("a month later", month("2024-02-01", "2024-02-29")),
])  # fmt: skip
def test_a_date_may_count_from_another_event(phrase: str, expected: DateInterval) -> None:
    assert count_from(phrase, day("2024-01-10")) == expected


def test_nothing_counts_from_an_unknown_day() -> None:
    assert count_from("the next day", None) is None


def test_what_lies_clearly_before_the_news_is_historical() -> None:
    assert is_historical(year(2014), WEDNESDAY)
    assert not is_historical(month("2023-12-01", "2023-12-31"), WEDNESDAY)
    assert not is_historical(day("2024-01-17"), WEDNESDAY)
    assert not is_historical(year(2014), None)
    assert HISTORICAL_AFTER_DAYS > 31  # what happened last month is news


@given(
    st.text(max_size=60), st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["past", "future", "present"])
)
def test_no_text_makes_an_interval_that_ends_before_it_begins(phrase: str, published_on: date, tense: str) -> None:
    found = resolve_date(phrase, published_on, tense)
    assert found is None or found.first <= found.last


_PIECES = "last next this two 31 3 ago earlier week month year weekend monday feb february 2023 2024-02-30 of - to the in within days".split()


@given(
    st.lists(st.sampled_from(_PIECES), max_size=7).map(" ".join),
    st.dates(date(1000, 1, 1), date(3000, 12, 31)),
    st.sampled_from(["past", "future"]),
)
def test_no_jumble_of_date_words_breaks_off_or_turns_round(phrase: str, published_on: date, tense: str) -> None:
    found = resolve_date(phrase, published_on, tense)
    assert found is None or found.first <= found.last
