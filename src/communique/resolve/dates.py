"""When: date expressions against the day of publication, at the precision of the text.

A month stays a month. What cannot be told (`in recent years`) gives `None`, never an invented day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from communique.records import DateInterval

HISTORICAL_AFTER_DAYS = 45  # what lies further back than this is background, not the news of the day
RECENT_DAYS = 7  # what has a day so near is the news, though it is told in the pluperfect

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WEEKDAYS = {
    name: number for number, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())
}
_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {"a": 1, "an": 1, "couple": 2, "dozen": 12} | {word: number for number, word in enumerate(_SMALL, 1)}
_NUMBERS |= {
    f"{ten}{joint}{unit}": 10 * tens + number
    for tens, ten in enumerate(_TENS, 2)
    for number, unit in enumerate(["", *_SMALL[:9]])
    for joint in ("-" if unit else "",)
}
_N = rf"(?P<n>\d+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_M = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
_Y = r"(?P<year>(?:1[89]|20)\d\d)"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_D2 = r"(?P<day2>\d{1,2})(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|to|and|until|through)\s*"
_ISO = re.compile(r"(?P<year>\d{4})-(?P<m>\d{2})-(?P<day>\d{2})")
_M2 = _M.replace("<month>", "<month2>")
_Y2 = _Y.replace("<year>", "<year2>")
_NUMERIC = re.compile(r"(?<![\d/.])(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)(?P<year>(?:19|20)\d\d)(?![\d/])")
_ACROSS_MONTH_FIRST = re.compile(rf"{_M}\s+{_D}(?:,?\s+{_Y})?{_TO}{_M2}\s+{_D2}\b(?:,?\s+{_Y2})?")
_ACROSS_DAY_FIRST = re.compile(rf"\b{_D}\s+{_M}(?:\s+{_Y})?{_TO}{_D2}\s+{_M2}(?:,?\s+{_Y2})?")
_MONTHS_RANGE = re.compile(rf"\b{_M}(?:\s+{_Y})?{_TO}{_M2}(?:\s+{_Y2})?")
_YEARS_RANGE = re.compile(rf"(?<![\d.,]){_Y}{_TO}(?P<year2>(?:(?:1[89]|20)\d\d)|\d\d)\b(?![\d,.]\d)")
_DECADE = re.compile(r"\b(?P<year>(?:1[89]|20)\d0)s\b")
_WHICH_YEAR = re.compile(r"\b(?P<which>last|this|next) year\b|\bof (?P<same>the same) year\b")
_MONTH_WITH = re.compile(rf"\b(?P<which>last|next)\s+{_M}(?!\s+\d)")
_ORDINAL = re.compile(r"\b(?:on )?the (?P<day>\d{1,2})(?:st|nd|rd|th)(?: of (?P<which>this|last|next) month)?$")
_RANGE_MONTH_FIRST = re.compile(rf"{_M}\s+{_D}{_TO}{_D2}\b(?:,?\s+{_Y})?")
_RANGE_DAY_FIRST = re.compile(rf"\b{_D}{_TO}{_D2}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?")
_MONTH_DAY = re.compile(rf"\b{_M}\s+(?:the\s+)?{_D}\b(?:,?\s+{_Y})?")
_DAY_MONTH = re.compile(rf"\b{_D}\s+(?:of\s+)?{_M}(?:,?\s+{_Y})?")
_MONTH_YEAR = re.compile(rf"\b{_M}(?:\s+of)?,?\s+{_Y}")
_MONTH = re.compile(rf"\b{_M}")
_YEAR = re.compile(rf"(?<![\d.,])\b{_Y}\b(?![\d,.]\d)")
_NAMES_MONTH = re.compile(r"\b(?:last|next|this|early|late|mid|end of|beginning of|start of)\b")
_AGO = re.compile(rf"\b(?:a\s+)?{_N}(?:\s+of)?\s+{_UNIT}\s+(?:ago|earlier|before)")
_COUNTED = re.compile(rf"\b(?:a\s+)?{_N}(?:\s+of)?\s+{_UNIT}\s+(?P<way>after|before|later)$")
_LASTING = re.compile(
    rf"\b(?:last|past|previous)\s+(?:{_N}\s+{_UNIT}|(?P<hours>\d+|forty-eight|twenty-four)\s+hours)\b"
)
_NEXT = re.compile(r"\b(?:the )?(?:next|following) (?:day|morning|afternoon|evening|night)\b")
_IN_UNITS = re.compile(rf"\b(?:in|within)\s+{_N}\s+{_UNIT}\b")
_RELATIVE = re.compile(r"\b(?P<which>last|past|previous|this|next|coming|the)\s+(?P<unit>week|month|year|weekend)\b")
_W = r"(?P<name>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_WEEKDAY = re.compile(rf"\b(?P<which>last|next|this|coming)?\s*{_W}s?\b")
_WEEKDAYS_RANGE = re.compile(rf"\b{_W}{_TO}{_W.replace('<name>', '<name2>')}\b")
_OF_WEEK = re.compile(r"\b(?:of )?(?P<which>last|this|next) week\b")


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


def is_recent(when: DateInterval, published_on: date | None) -> bool:
    """Whether an event lies in the days that the article reports on."""
    return published_on is not None and (published_on - when.first).days <= RECENT_DAYS


def _absolute(words: str, published_on: date | None, tense: str) -> DateInterval | None:
    """Dates that name a month, a year, or both."""
    if match := _ISO.search(words):
        return _days(int(match["year"]), int(match["m"]), int(match["day"]), int(match["day"]))
    if match := _NUMERIC.search(words):
        return _numeric(match, published_on)
    for pattern in (_ACROSS_MONTH_FIRST, _ACROSS_DAY_FIRST):
        if match := pattern.search(words):
            return _across(match, published_on, tense)
    for pattern in (_RANGE_MONTH_FIRST, _RANGE_DAY_FIRST, _MONTH_DAY, _DAY_MONTH):
        if match := pattern.search(words):
            month, first = _MONTHS[match["month"][:3]], int(match["day"])
            last = int(match["day2"]) if "day2" in match.groupdict() else first
            year = int(match["year"]) if match["year"] else _said_year(words, published_on)
            if year is not None:
                return _days(year, month, first, last)
            return _nearest_day(month, first, last, published_on, tense)
    if match := _MONTHS_RANGE.search(words):
        return _months(match, published_on, tense)
    if match := _MONTH_YEAR.search(words):
        return _month(int(match["year"]), _MONTHS[match["month"][:3]])
    if (match := _MONTH.search(words)) and (
        match["month"] not in {"may", "mar", "march"}
        or words.strip() in {"may", "march", "in may", "in march"}
        or _NAMES_MONTH.search(words)
    ):
        if (year := _said_year(words, published_on)) is not None:
            return _month(year, _MONTHS[match["month"][:3]])
        if published_on and (said := _MONTH_WITH.search(words)):
            today = date(published_on.year, published_on.month, 1)
            edge = today - timedelta(days=1) if said["which"] == "last" else today + timedelta(days=31)
            return _nearest_month(_MONTHS[match["month"][:3]], edge, "past" if said["which"] == "last" else "future")
        return _nearest_month(_MONTHS[match["month"][:3]], published_on, tense) if published_on else None
    if match := _YEARS_RANGE.search(words):
        first = int(match["year"])
        last = int(match["year2"]) if len(match["year2"]) == 4 else first // 100 * 100 + int(match["year2"])
        return DateInterval(date(first, 1, 1), date(last, 12, 31), "year") if last > first else _year(first)
    if match := _YEAR.search(words):
        return _year(int(match["year"]))
    if match := _DECADE.search(words):
        return DateInterval(date(int(match["year"]), 1, 1), date(int(match["year"]) + 9, 12, 31), "year")
    return None


def _said_year(words: str, published_on: date | None) -> int | None:
    """ "Last year" beside a month; "the same year" tells none."""
    match = _WHICH_YEAR.search(words)
    if match is None or match["which"] is None or published_on is None:
        return None
    return published_on.year + {"last": -1, "this": 0, "next": 1}[match["which"]]


def _numeric(match: re.Match[str], published_on: date | None) -> DateInterval | None:
    """ "13/1/2024" or "1/13/2024"; where both could be meant, the one that is nearer to the day of publication."""
    year, a, b = int(match["year"]), int(match["a"]), int(match["b"])
    ways = [found for month, day in ((b, a), (a, b)) if (found := _days(year, month, day, day)) is not None]
    if match["sep"] == "." or len(ways) < 2 or published_on is None:
        return ways[0] if ways else None
    return min(ways, key=lambda found: abs((found.first - published_on).days))


def _across(match: re.Match[str], published_on: date | None, tense: str) -> DateInterval | None:
    """From a day of one month to a day of another."""
    year2 = match["year2"] or match["year"]
    ends = (int(match["day2"]), _MONTHS[match["month2"][:3]])
    if year2:
        last = _days(int(year2), ends[1], ends[0], ends[0])
    else:
        last = _nearest_day(ends[1], ends[0], ends[0], published_on, tense)
    if last is None:
        return None
    month = _MONTHS[match["month"][:3]]
    year = int(match["year"]) if match["year"] else last.last.year - (month > last.last.month)
    first = _days(year, month, int(match["day"]), int(match["day"]))
    if first is None or first.first > last.last:
        return None
    return DateInterval(first.first, last.last, "day")


def _months(match: re.Match[str], published_on: date | None, tense: str) -> DateInterval | None:
    """From one month to another."""
    first, second = _MONTHS[match["month"][:3]], _MONTHS[match["month2"][:3]]
    if match["year2"] or match["year"]:
        last = _month(int(match["year2"] or match["year"]), second)
    elif published_on is not None:
        last = _nearest_month(second, published_on, tense)
    else:
        return None
    year = int(match["year"]) if match["year"] else last.last.year - (first > second)
    start = date(year, first, 1)
    return DateInterval(start, last.last, "month") if start <= last.last else None


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
    if match := _LASTING.search(words):
        return _lasting(match, today)
    if match := _WEEKDAYS_RANGE.search(words):
        last = _weekday(_WEEKDAYS[match["name2"]], "", today, tense).last
        span = (_WEEKDAYS[match["name2"]] - _WEEKDAYS[match["name"]]) % 7
        return DateInterval(last - timedelta(days=span), last, "day")
    if match := _WEEKDAY.search(words):
        if said := _OF_WEEK.search(words):
            monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_AHEAD[said["which"]])
            return _day(monday + timedelta(days=_WEEKDAYS[match["name"]]))
        return _weekday(_WEEKDAYS[match["name"]], match["which"] or "", today, tense)
    if match := _ORDINAL.search(words):
        return _ordinal(int(match["day"]), match["which"], today, tense)
    if match := _IN_UNITS.search(words):
        return _shifted(today, _number(match["n"]), match["unit"]) if tense == "future" else None
    if match := _RELATIVE.search(words):
        return _unit(match["which"], match["unit"], today, tense)
    if re.search(r"\b(?:today|tonight|this morning|this afternoon|this evening|overnight|earlier in the day)\b", words):
        return _day(today)
    return None


_AHEAD = {"last": -1, "this": 0, "next": 1}


def _lasting(match: re.Match[str], today: date) -> DateInterval | None:
    """ "The past three days": from then until today."""
    if match["hours"]:
        hours = int(match["hours"]) if match["hours"].isdigit() else _NUMBERS[match["hours"]]
        return DateInterval(today - timedelta(days=max(1, hours // 24)), today, "day")
    since = _shifted(today, -_number(match["n"]), match["unit"])
    return DateInterval(since.first, today, since.resolution) if since is not None else None


def _ordinal(day: int, which: str | None, today: date, tense: str) -> DateInterval | None:
    """ "On the 5th", of the month that is nearest or said."""
    months = today.year * 12 + today.month - 1
    if which is None:
        months += 1 if tense == "future" and day < today.day else -1 if tense != "future" and day > today.day else 0
    else:
        months += _AHEAD[which]
    return _days(months // 12, months % 12 + 1, day, day)


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
        if unit == "decade":
            return _year(today.year + 10 * count)
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
