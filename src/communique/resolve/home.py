"""Whose country it is: the one that a report is about, for all whom the text does not place."""

from __future__ import annotations

import re
from collections import Counter

from communique.head import find_head
from communique.lexicon import ActorLexicon
from communique.records import Article, Entity, Phrase
from communique.resolve.names import COUNTRY_KINDS, NON_STATES, PLACE_KINDS, NamesInText, best

LOCATED = re.compile(r"\b(?:in|at|near|across|inside|outside|throughout)\s+(?:the\s+|\w+ern\s+|central\s+)*$", re.I)
_ABROAD = re.compile(r"\b(?:ambassador|embassy|envoy|consul|consulate|attach[eé]|high commission(?:er)?)\b", re.I)
_OWN = re.compile(
    r"\b(?:army|armed forces|ministry|minister|government|parliament|police|president|court|troops)\b", re.I
)
_REPORT = re.compile(r"(?:^|\n)[ \t]*([A-Z][A-Za-z'’. -]{2,30}?)(?:, \w+ \d{1,2})?(?::| [-–—]{1,2}) (?=[A-Z\"“])")
_SENTENCE_END = re.compile(r"[.!?][\"”’]?\s")
# where correspondents and international bodies sit, whose reports are of elsewhere
_HUBS = frozenset(
    "london|paris|geneva|vienna|brussels|washington|new york|united nations|the hague|strasbourg|rome|nairobi|dakar|johannesburg|addis ababa|"
    "cairo|beirut|amman|dubai|doha|istanbul|jerusalem|hong kong|singapore|bangkok|new delhi|moscow|berlin|stockholm|oslo|helsinki|madrid|"
    "mexico city|miami|panama city|bogota|abuja|tokyo|beijing".split("|")
)


class Home:
    """The country that somebody without one is assumed to be of.

    Attributes:
        countries: How often the article names each country.
        code, reason: Its own country and why; code None if it names none.
    """

    def __init__(self, article: Article, names: NamesInText, lexicon: ActorLexicon) -> None:
        self._article = article
        self._names = names
        self._lexicon = lexicon
        self._head = find_head(article.text)
        self.countries = self._count_countries()
        self.code, self.reason = self._find_home()
        self._reports = self._find_reports()

    @property
    def ranked(self) -> list[tuple[str, int]]:
        """Countries that the article names, and how often, the most frequent first."""
        return sorted(self.countries.items(), key=lambda item: (-item[1], item[0]))

    def of(self, phrase: Phrase, sectors: tuple[str, ...]) -> Entity:
        """Somebody of whom the text does not say whose he is: of the country of his report, or of the whole article's."""
        start, code = self._report(phrase.head_start)
        if not code:
            return Entity(self.code, sectors, phrase.mention, reason=f"assumed: {self.reason}")
        head = self._article.text[start : start + 12]
        return Entity(code, sectors, phrase.mention, reason=f"assumed: the report {head!r} is about {code}")

    def report_start(self, offset: int) -> int:
        """Where the report of a roundup begins that an offset is in; 0 in an article that is one report."""
        return self._report(offset)[0]

    def _report(self, offset: int) -> tuple[int, str]:
        return max((report for report in self._reports if report[0] <= offset), default=(0, ""))

    def _count_countries(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for match in self._names.all:
            name = best(match)
            if (
                name.code
                and name.kind not in {"org", "person", "surname"}
                and name.code not in NON_STATES
                and not self._names.is_stance(match)
            ):
                counts[name.code] += 1
        return counts

    def _find_home(self) -> tuple[str | None, str]:
        """The country that somebody without one is assumed to belong to, and why."""
        text = self._article.text
        weights: Counter[str] = Counter(self.countries)
        for match in self._names.all:
            code = best(match).code
            if code in weights:
                around = text[match.end : match.end + 30]
                if _ABROAD.search(text, max(0, match.start - 25), match.end + 25):
                    weights[code] -= 2
                elif _OWN.search(around):
                    weights[code] += 1
        place = self._article.place or self._head.place
        is_hub = (place or "").lower() in _HUBS
        filed = [] if is_hub else self._codes_in(place.title() if place and place.isupper() else place)
        published = self._codes_in(self._article.publication)
        most = max(self.countries.values(), default=0)
        for code in filed:  # the dateline itself counts once
            if self.countries[code] > max(1, most / 2):
                return code, f"the article was filed in {place}"
        for code in filed:
            weights[code] += 4
        for code in self._first_countries():
            weights[code] += 2
        for code in published:
            weights[code] += 2
        if not weights:
            return None, "the article names no country"
        heaviest = max(sorted(weights), key=lambda code: weights[code])
        if heaviest in published:
            return heaviest, f"published by {self._article.publication}"
        return heaviest, f"the article is about {heaviest}"

    def _find_reports(self) -> list[tuple[int, str]]:
        """Where the reports of a roundup begin, and their countries: paragraphs headed by names of places; none in one report."""
        found = []
        for match in _REPORT.finditer(self._article.text):
            name = match[1].title() if match[1].isupper() else match[1]
            if codes := self._codes_in(name):
                found.append((match.start(1), codes[0]))
        return found if len({code for _, code in found}) > 2 else []

    def _first_countries(self) -> list[str]:
        """Countries that the report's first sentence names."""
        text, start = self._article.text, self._head.end
        end = _SENTENCE_END.search(text, start + 20)
        named = self._names.inside(start, end.start() if end else len(text))
        first = [match for match in named if best(match).code in self.countries]
        scenes = [
            match for match in first if LOCATED.search(text, start, match.start)
        ]  # where it happened counts twice
        return [best(match).code for match in (*first, *scenes)]

    def _codes_in(self, text: str | None) -> list[str]:
        if not text:
            return []
        return [
            best(match).code
            for match in self._lexicon.find_names(text)
            if best(match).kind in COUNTRY_KINDS | PLACE_KINDS
        ]
