"""When: date expressions against the day of publication, at the precision of the text.

A month stays a month. What cannot be told (`in recent years`) gives `None`, never an invented day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from communique.records import DateInterval

HISTORICAL_AFTER_DAYS = 45  # what lies further back than this is background, not the news of the day

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WEEKDAYS = {
    name: number for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "couple": 2,
}  # fmt: skip
_M = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
_Y = r"(?P<year>(?:1[89]|20)\d\d)"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_D2 = r"(?P<day2>\d{1,2})(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|to|and|until|through)\s*"
_ISO = re.compile(r"(?P<year>\d{4})-(?P<m>\d{2})-(?P<day>\d{2})")
_RANGE_MONTH_FIRST = re.compile(rf"{_M}\s+{_D}{_TO}{_D2}\b(?:,?\s+{_Y})?")
_RANGE_DAY_FIRST = re.compile(rf"\b{_D}{_TO}{_D2}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?")
_MONTH_DAY = re.compile(rf"\b{_M}\s+(?:the\s+)?{_D}\b(?:,?\s+{_Y})?")
_DAY_MONTH = re.compile(rf"\b{_D}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?")
_MONTH_YEAR = re.compile(rf"\b{_M}(?:\s+of)?,?\s+{_Y}")
_MONTH = re.compile(rf"\b{_M}")
_YEAR = re.compile(rf"(?<![\d.,])\b{_Y}\b(?![\d,.]\d)")
_NAMES_MONTH = re.compile(r"\b(?:last|early|late|mid|end of|beginning of|start of)\b")
_AGO = re.compile(
    r"\b(?P<n>\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|couple)(?:\s+of)?\s+(?P<unit>day|week|month|year)s?\s+(?:ago|earlier|before)"
)
_COUNTED = re.compile(
    r"\b(?P<n>\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<unit>day|week|month|year)s?\s+(?P<way>after|before|later)$"
)
_NEXT = re.compile(r"\b(?:the )?(?:next|following) (?:day|morning|afternoon|evening|night)\b")
_IN_UNITS = re.compile(
    r"\b(?:in|within)\s+(?P<n>\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit>day|week|month|year)s?\b"
)
_RELATIVE = re.compile(r"\b(?P<which>last|past|previous|this|next|coming|the)\s+(?P<unit>week|month|year|weekend)\b")
_WEEKDAY = re.compile(
    r"\b(?P<which>last|next|this|coming)?\s*(?P<name>monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\b"
)


def resolve_date(phrase: str, published_on: date | None, tense: str = "past") -> DateInterval | None:
    """The days that an expression names.

    Args:
        phrase: Such as "on Tuesday", "last month", "13 January 2021".
        published_on: Day of publication; without it only dates with their year resolve.
        tense: "future" looks ahead for a weekday or month without a year, anything else back.

    >>> resolve_date("on Tuesday", date(2024, 3, 7))
    DateInterval(first=datetime.date(2024, 3, 5), last=datetime.date(2024, 3, 5), resolution='day')
    >>> resolve_date("last month", date(2024, 3, 7)).resolution
    'month'
    >>> resolve_date("in recent years", date(2024, 3, 7)) is None
    True
    """
    words = phrase.lower()
    try:
        return _absolute(words, published_on, tense) or (
            _relative(words, published_on, tense) if published_on else None
        )
    except OverflowError:  # before year 1 or after 9999
        return None


def count_from(phrase: str, base: DateInterval | None) -> DateInterval | None:
    """The days that are counted from another event: "two days after" (it), "the next day", "a year later".

    >>> base = resolve_date("on Tuesday", date(2024, 3, 7))
    >>> count_from("two days after", base).first, count_from("the next morning", base).first
    (datetime.date(2024, 3, 3), datetime.date(2024, 3, 6))
    >>> count_from("on Tuesday", base) is None
    True
    """
    words = phrase.lower()
    if base is None:
        return None
    if _NEXT.search(words):
        return _day(base.last + timedelta(days=1))
    match = _COUNTED.search(words)
    if match is None:
        return None
    ahead = match["way"] in {"later", "before"}  # what is told "two days before X" came... X later
    count = _number(match["n"]) * (1 if ahead else -1)
    day = base.last if ahead else base.first
    return _shifted(day, count, match["unit"])


def is_historical(when: DateInterval, published_on: date | None) -> bool:
    """Whether an event lies clearly before the news that the article reports."""
    return published_on is not None and (published_on - when.last).days > HISTORICAL_AFTER_DAYS


def _absolute(words: str, published_on: date | None, tense: str) -> DateInterval | None:
    """Dates that name a month, a year, or both."""
    if match := _ISO.search(words):
        return _days(int(match["year"]), int(match["m"]), int(match["day"]), int(match["day"]))
    for pattern in (_RANGE_MONTH_FIRST, _RANGE_DAY_FIRST, _MONTH_DAY, _DAY_MONTH):
        if match := pattern.search(words):
            month, first = _MONTHS[match["month"][:3]], int(match["day"])
            last = int(match["day2"]) if "day2" in match.groupdict() else first
            if match["year"]:
                return _days(int(match["year"]), month, first, last)
            return _nearest_day(month, first, last, published_on, tense)
    if match := _MONTH_YEAR.search(words):
        return _month(int(match["year"]), _MONTHS[match["month"][:3]])
    if (match := _MONTH.search(words)) and (
        match["month"] not in {"may", "mar", "march"}
        or words.strip() in {"may", "march", "in may", "in march"}
        or _NAMES_MONTH.search(words)
    ):
        if published_on and "last year" in words:
            return _month(published_on.year - 1, _MONTHS[match["month"][:3]])
        return _nearest_month(_MONTHS[match["month"][:3]], published_on, tense) if published_on else None
    if match := _YEAR.search(words):
        return _year(int(match["year"]))
    return None


def _relative(words: str, today: date, tense: str) -> DateInterval | None:
    """Expressions that count from the day of publication."""
    if "day before yesterday" in words:
        return _day(today - timedelta(days=2))
    if "yesterday" in words or "last night" in words:
        return _day(today - timedelta(days=1))
    if "tomorrow" in words:
        return _day(today + timedelta(days=1))
    if match := _AGO.search(words):
        return _shifted(today, -_number(match["n"]), match["unit"])
    if match := _WEEKDAY.search(words):
        return _weekday(_WEEKDAYS[match["name"]], match["which"] or "", today, tense)
    if match := _IN_UNITS.search(words):
        return _shifted(today, _number(match["n"]), match["unit"]) if tense == "future" else None
    if match := _RELATIVE.search(words):
        return _unit(match["which"], match["unit"], today, tense)
    if re.search(r"\b(?:today|tonight|this morning|this afternoon|this evening|overnight|earlier in the day)\b", words):
        return _day(today)
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _day(day: date) -> DateInterval:
    return DateInterval(day, day, "day")


def _days(year: int, month: int, first: int, last: int) -> DateInterval | None:
    try:
        return DateInterval(date(year, month, first), date(year, month, max(first, last)), "day")
    except ValueError:
        return None


def _month(year: int, month: int) -> DateInterval:
    return DateInterval(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def _year(year: int) -> DateInterval:
    return DateInterval(date(year, 1, 1), date(year, 12, 31), "year")


def _nearest_day(month: int, first: int, last: int, published_on: date | None, tense: str) -> DateInterval | None:
    if published_on is None:
        return None
    found = _days(published_on.year, month, first, last)
    if found is None:
        return None
    if tense == "future" and found.last < published_on:
        return _days(published_on.year + 1, month, first, last)
    if tense != "future" and found.first > published_on:
        return _days(published_on.year - 1, month, first, last)
    return found


def _nearest_month(month: int, published_on: date, tense: str) -> DateInterval:
    year = published_on.year
    if tense == "future" and month < published_on.month:
        year += 1
    if tense != "future" and month > published_on.month:
        year -= 1
    return _month(year, month)


def _weekday(wanted: int, which: str, today: date, tense: str) -> DateInterval:
    back = (today.weekday() - wanted) % 7
    if which in {"next", "coming"} or (tense == "future" and which != "last"):
        ahead = (wanted - today.weekday()) % 7
        return _day(today + timedelta(days=ahead or 7))
    if which == "last" and back == 0:
        back = 7
    return _day(today - timedelta(days=back))


def _shifted(today: date, count: int, unit: str) -> DateInterval | None:
    try:
        if unit == "day":
            return _day(today + timedelta(days=count))
        if unit == "week":
            return _week(today + timedelta(weeks=count))
        if unit == "month":
            months = today.year * 12 + today.month - 1 + count
            return _month(months // 12, months % 12 + 1)
        return _year(today.year + count)
    except (ValueError, OverflowError):
        return None


def _week(day: date) -> DateInterval:
    monday = day - timedelta(days=day.weekday())
    return DateInterval(monday, monday + timedelta(days=6), "week")


def _unit(which: str, unit: str, today: date, tense: str) -> DateInterval | None:
    count = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(which, 0)
    if unit == "weekend":
        saturday = today - timedelta(days=(today.weekday() - 5) % 7)
        if tense == "future" or count > 0:
            saturday += timedelta(days=7)
        return DateInterval(saturday, saturday + timedelta(days=1), "day")
    if which == "the":
        return None
    found = _shifted(today, count, unit)
    if found is not None and count == 0 and tense != "future" and found.last > today:
        return DateInterval(found.first, today, found.resolution)
    return found
