"""Dates, times, sums of money, percentages, quantities, numbers, and names that no lexicon need know, found by their form.

A recogniser by statistics takes half of a parse's time and finds no more of what coding needs: dates and numbers have a
form that can be written down, and who acted is told by lexicons and grammar. Labels are spaCy's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|"
    "seven|eight|nine))?"
)
_BIG = "dozen|hundred|thousand|million|billion|trillion"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_NUMBER = (
    rf"(?:(?:{_DIGITS}|{_SMALL}|(?:an?|half an?|several|a few) (?=(?:{_BIG})\b))(?:[ -](?:{_BIG}))*(?: and a half)?)"
)
_COUNT = (
    rf"(?:{_NUMBER}|an?(?: (?:few|couple of|half))?|half an?|several|many|few|some|dozens of|hundreds of|thousands of)"
)
_ABOUT = r"(?:(?:about|around|nearly|almost|roughly|some|over|under|at least|at most|more than|less than|fewer than|up to|only|just) )?"
_DAYTIME = r"(?:morning|afternoon|evening|night|noon|midday|midnight|dawn|dusk|daybreak)"
_UNIT = r"(?:day|week|weekend|fortnight|month|quarter|year|decade|century|centurie|generation)s?"
_CLOCK_UNIT = r"(?:seconds|minute|hour|night|morning|afternoon|evening)s?"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = (
    r"(?:january|february|april|june|july|august|september|october|november|december|(?-i:May|MAY|March|MARCH)|"
    r"(?-i:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_SEASON = r"(?:spring|summer|autumn|winter)"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d+(?:st|nd|rd|th))"
_DAY = r"(?:[0-3]?\d(?:st|nd|rd|th)?)"
_YEAR = r"(?:(?:1[5-9]|20)\d\d)"
_TO = r"(?: ?[-–] ?| to | and | until | through )"
_WHICH = r"(?:last|past|previous|this|next|coming|following|same|current|recent|that|each|every|preceding)"
_FEAST = r"(?:Christmas(?: Eve| Day)?|Easter(?: Sunday| Monday)?|Good Friday|New Year(?:['’]s (?:Eve|Day))?|Ramadan|Eid(?: al-\w+)?|Diwali|Nowruz|Hanukkah|Passover|Thanksgiving)"
_EDGE = r"(?:(?:early|earlier|late|later|mid|the (?:start|beginning|middle|end|first half|second half|eve) of)[ -](?:on |in )?)"
_BACK = r"(?: (?:ago|earlier|later|before|after|beforehand|afterwards|on end|running|straight|in a row))"
_ONE_DAY = rf"(?:{_DAY}(?:{_TO}{_DAY})? (?:of )?{_MONTH}|{_MONTH} (?:the )?{_DAY}\b(?!,\d|\.\d|:)(?:{_TO}{_DAY}\b)?|{_MONTH})(?:,? (?:of )?{_YEAR}\b)?"

_DATE = "|".join((
    r"\d{4}-\d\d-\d\d",
    r"\d{1,2}([/.])\d{1,2}\1(?:19|20)?\d\d",
    rf"{_EDGE}?{_MONTH}(?: {_DAY})?,? (?:of )?(?:last|this|next) year\b",
    rf"{_EDGE}?(?:{_WEEKDAY},? )?{_ONE_DAY}(?:{_TO}{_ONE_DAY})?",
    rf"{_EDGE}?(?:(?:the )?{_WHICH} )?{_WEEKDAY}(?: {_DAYTIME})?(?:{_TO}{_WEEKDAY})?(?: (?:of )?{_WHICH} week)?",
    rf"{_EDGE}?(?:the )?(?:mid-|early |late )?{_YEAR}s\b",
    rf"{_EDGE}?(?:the )?{_WHICH} (?:{_COUNT} )?(?:{_UNIT}|{_MONTH}|{_SEASON})(?: {_BACK.strip()})?",
    rf"{_EDGE}(?:the )?(?:year|month|week|decade|century)\b",
    r"(?:the )?(?:day|week|month|year)s? (?:before|after|earlier|later)\b",
    rf"(?:the )?{_ORDINAL}(?: straight| consecutive)? (?:day|week|month|quarter|year|half|anniversary)\b",
    rf"{_EDGE}?(?:the )?{_SEASON}(?: of)? {_YEAR}",
    rf"{_EDGE}?(?:(?:the|all) (?:day|week|weekend|month|year|decade|{_SEASON})|(?<=in ){_SEASON}|(?<=by ){_SEASON}|(?<=until ){_SEASON}|(?<=since ){_SEASON}|(?<=by the )weekend)\b",
    rf"{_EDGE}?(?:the )?{_FEAST}(?: {_YEAR})?\b",
    r"(?<=on )the \d{1,2}(?:st|nd|rd|th)",
    rf"(?:another|a further) (?:{_COUNT} )?{_UNIT}\b",
    r"(?<=within )(?:days|weeks|months|years)",
    rf"(?:the day (?:before|after) )?(?:yesterday|today|tomorrow)(?: {_DAYTIME})?",
    rf"{_ABOUT}{_COUNT}[ -](?:more )?{_UNIT}\b{_BACK}?(?:-old| old)?",
    rf"(?:recent|coming|successive|consecutive) {_UNIT}{_BACK}?",
    r"(?:days|weeks|months|years|decades) (?:ago|earlier|later)\b",
))  # fmt: skip
_TIME = "|".join((
    r"\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.m\.|[ap]m\b)(?: (?:gmt|utc|local time))?",
    r"\d{1,2}[:.]\d\d(?: (?:hours|gmt|utc|local time))",
    r"\d{4} (?:gmt|utc|hours)",
    rf"{_ABOUT}{_COUNT}[ -](?:more )?{_CLOCK_UNIT}\b{_BACK}?",
    r"(?:minutes|hours) (?:ago|earlier|later|before|after)\b",
    rf"{_EDGE}?(?:the )?{_WHICH} {_DAYTIME}s?",
    rf"{_EDGE}(?:{_DAYTIME})",
    rf"(?:the|all) {_DAYTIME}\b|the small hours|first light",
    r"(?<=within )(?:minutes|hours)|(?<=by )(?:nightfall|sundown|evening|morning)",
    r"tonight|overnight|midnight|noon|midday|dawn|dusk|daybreak|nightfall|sundown",
))  # fmt: skip
_CURRENCY = (
    r"(?:dollar|euro|pound|yen|yuan|renminbi|rouble|ruble|rupee|peso|franc|krona|krone|lira|naira|shilling|rand|dinar|"
    r"dirham|riyal|rial|hryvnia|won|baht|real|reais|zloty|forint|cent)s?"
)
_MONEY = (
    rf"{_ABOUT}(?:US|A|C|HK|NZ|NT|S)?[$€£¥₹₽₦] ?{_DIGITS}(?:[ -]?(?:{_BIG}|bn|m|k)\b)?|"
    rf"{_ABOUT}{_NUMBER}[ -](?:(?:US|American|Canadian|Australian|Swiss|Norwegian|Saudi|Egyptian|Indian|Kenyan) )?{_CURRENCY}\b|"
    rf"(?:(?:hundreds|tens|dozens) of )?(?:thousands|millions|billions) of {_CURRENCY}\b"
)
_PERCENT = rf"{_ABOUT}{_NUMBER}(?:{_TO}{_NUMBER})?[ -]?(?:%|percent\b|per cent\b|percentage points?\b)"
_QUANTITY = (
    rf"{_ABOUT}{_NUMBER}[ -](?:square |cubic |nautical )?(?:km|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|feet|foot|inch(?:es)?|tonnes?|tons?|kg|kilos?|"
    r"kilogram(?:me)?s?|grams?|lit(?:re|er)s?|gallons?|barrels?|acres?|hectares?|megawatts?|gigawatts?|mph|knots|degrees)\b"
)
_ANY = "|".join(f"(?P<{label}>{form})" for label, form in (
    ("MONEY", _MONEY), ("PERCENT", _PERCENT), ("QUANTITY", _QUANTITY), ("TIME", _TIME), ("DATE", _DATE.replace(r"([/.])", "(?P<joint>[/.])").replace(r"\1", "(?P=joint)")),
    ("YEAR", rf"{_EDGE}?(?:(?:between|from) )?{_YEAR}(?:{_TO}(?:{_YEAR}|\d\d))?\b(?![,.:]\d|%)"), ("ORDINAL", _ORDINAL),
))  # fmt: skip
# A look at the first word spares most words of a text all these forms, and four fifths of the time.
_FIRST_WORDS = (
    "a about all almost an another around at between billions christmas coming consecutive current dawn day days daybreak decades "
    "diwali dozens dusk each earlier early easter eid eight eighteen eighth eighty eleven eleventh evening every few fewer fifteen fifth "
    "fifty first five following forty four fourteen fourth from good half hanukkah hours hundreds just last late later less many "
    "mid midday midnight millions minutes month months more morning nearly new next nightfall nine nineteen ninety ninth noon nowruz one "
    "only over overnight passover past preceding previous ramadan recent roughly same second seven seventeen seventh seventy several six "
    "sixteen sixth sixty some spring successive summer autumn winter sundown ten tens tenth thanksgiving that third thirteen thirty this "
    "thousands three today tomorrow tonight twelfth twelve twenty two under up week weekend weeks year years yesterday"
).split()
_BEHIND_THE = (
    "last past prev this next coming foll same curr rec that each every prec start begin middle end first second third four five fifth "
    "six seven eigh nin ten elev twel eve early late day week month year dec spring summ aut wint morn after even night noon mid dawn dusk "
    "christ east good new ramad eid diwa now hanu pass thanks small"
).split()


def _one_of(words: list[str]) -> str:
    """A pattern for any of some words that tries those of one first letter only."""
    letters = sorted({word[0] for word in words})
    return "|".join(f"{letter}(?:{'|'.join(word[1:] for word in words if word[0] == letter)})" for letter in letters)


_FIRST = (
    r"\d|[$€£¥₹₽₦]|[a-z]{1,2}[$€£]|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    rf"the (?:\d|{_one_of(_BEHIND_THE)})|(?:{_one_of(_FIRST_WORDS)})\b"
)
_FORMS = re.compile(rf"(?<![\w.,$€£])(?={_FIRST})(?:{_ANY})(?!\w)", re.IGNORECASE)
_LOCATIVE = frozenset("in at near outside around across throughout inside off towards toward into".split())
_TITLES = frozenset(
    "mr mrs ms dr prof sir lord lady king queen prince princess emir sheikh sultan pope archbishop bishop cardinal father imam "
    "ayatollah mullah president vice-president premier chancellor minister prime foreign defence defense interior finance justice "
    "vice deputy acting former general gen lieutenant lt colonel col major maj captain capt admiral adm brigadier marshal sergeant "
    "senator sen representative rep governor gov mayor ambassador envoy secretary secretary-general commissioner chairman "
    "chairwoman spokesman spokeswoman spokesperson judge justice prosecutor congressman congresswoman lawmaker activist".split()
)
_ORGANISATIONS = frozenset(
    "ministry department office agency authority commission committee council court tribunal parliament assembly congress senate "
    "government army navy force forces police guard party union front movement alliance coalition league association federation "
    "confederation organization organisation organisations society club institute institution university college school hospital "
    "bank fund group company corporation corp inc ltd co plc airlines airways times post news agency television radio press "
    "brigade battalion corps command bureau service services board mission nations watch international network foundation center "
    "centre initiative bloc community conference church".split()
)
_NAMES_TOO = frozenset("Jan Mar Jun".split())  # of persons, where no day stands beside them


def mark_expressions(doc: Doc) -> Doc:
    """Set the document's entities.

    DATE, TIME, MONEY, PERCENT, QUANTITY, ORDINAL and CARDINAL are told by their form; PERSON, ORG, GPE and NORP among
    proper nouns by the words in and before them.
    """
    found: list[Span] = []
    surnames: set[str] = set()
    free_from = 0
    for span in _by_form(doc):
        if span.start >= free_from:
            found.extend(_between(doc, free_from, span.start, surnames))
            found.append(span)
            free_from = span.end
    found.extend(_between(doc, free_from, len(doc), surnames))
    doc.set_ents(found)
    return doc


def _by_form(doc: Doc) -> Iterator[Span]:
    for match in _FORMS.finditer(doc.text):
        label = str(match.lastgroup)
        span = doc.char_span(
            match.start(), match.end(), label="DATE" if label == "YEAR" else label, alignment_mode="expand"
        )
        if span is None or (label == "YEAR" and not _is_year(span)) or (label == "DATE" and _is_word(span)):
            continue
        yield span


def _is_year(span: Span) -> bool:
    """Whether four digits stand for a year: "in 2000", "the 2000 election", but not "2000 soldiers"."""
    last: Token = span[-1]
    return last.dep_ != "nummod" or last.head.i < last.i or last.head.tag_ != "NNS"


def _is_word(span: Span) -> bool:
    """Whether what looks like a month is a verb or a person: "May God help us", "March on!", "Jan Kubis"."""
    return len(span) == 1 and (span[0].pos_ in {"AUX", "VERB"} or span.text in _NAMES_TOO)


def _between(doc: Doc, start: int, end: int, surnames: set[str]) -> Iterator[Span]:
    """The numbers and names that stand between two expressions; `surnames` are those of the persons named so far."""
    first = start
    for at in range(start, end + 1):
        part = doc[at].pos_ if at < end else ""
        if part != "PROPN":
            if first < at:
                yield from _name(doc, first, at, surnames)
            first = at + 1
        if part == "NUM":
            yield Span(doc, at, at + 1, label="CARDINAL")


def _name(doc: Doc, start: int, end: int, surnames: set[str]) -> Iterator[Span]:
    """What some proper nouns in a row name, if their form tells."""
    first = start
    while first < end - 1 and doc[first].lower_.rstrip(".") in _TITLES:
        first += 1
    titled = first > start or (start > 0 and doc[start - 1].lower_ in _TITLES)
    words = [doc[at] for at in range(first, end)]
    if any(word.lower_ in _ORGANISATIONS for word in words):
        label = "ORG"
    elif not titled and start > 0 and doc[start - 1].lower_ in _LOCATIVE:
        label = "GPE"
    elif titled or len(words) > 1 or words[0].text in surnames:
        label = "PERSON"
        surnames.add(words[-1].text)
    elif words[0].tag_ == "NNPS":
        label = "NORP"
    else:
        return
    yield Span(doc, first, end, label=label)
