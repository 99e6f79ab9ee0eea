"""The names found in a text: what each most likely stands for, and whose they make a phrase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from communique.lexicon import Name, NameMatch, NamesByPlace, Office, load_section
from communique.records import Entity, Mention, Phrase

_KIND_ORDER = ("country", "government", "body", "org", "person", "demonym", "capital", "region", "city", "surname")
COUNTRY_KINDS = frozenset({"country", "demonym", "capital"})
PLACE_KINDS = frozenset({"region", "city"})
JOINED = re.compile(r"[\s,\-–—/]*(?:(?:and|&|with|or)\s+)?(?:the\s+)?(?:the\s+)?")
_OUTSIDE = re.compile(
    r"\b(?:to|in|at|near|with|against|inside|outside|across|into|on|over|for|about)\s+(?:the\s+)?$", re.I
)
_FOR_OR_AGAINST = re.compile(r"\b(?:pro|anti)[-‑–]$", re.I)
_FRONTED = re.compile(
    r"[-–](?:backed|led|born|based|made|supported|sponsored|aligned|allied|educated|supplied|funded|bound|held|era|style|majority|minority|dominated|brokered|mediated|hosted|speaking|trained|linked|registered|flagged)\b",
    re.I,
)
NON_STATES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})


class NamesInText(NamesByPlace):
    """All names found in a text, without those of places that are surely others of that name."""

    def __init__(self, text: str, names: Sequence[NameMatch]) -> None:
        super().__init__(without_far_places(without_namesakes(names, text)))
        self.text = text

    def is_outside(self, match: NameMatch) -> bool:
        """Whether a name says where or to whom, not whose: "ambassador to Syria", "Iran-backed"."""
        return bool(_OUTSIDE.search(self.text, max(0, match.start - 16), match.start)) or self.is_stance(match)

    def is_stance(self, match: NameMatch) -> bool:
        """Whether a name only says whom somebody is for or against, or sent by: "pro-Russian", "Iran-backed"."""
        text = self.text
        return bool(
            _FRONTED.match(text, match.end) or _FOR_OR_AGAINST.search(text, max(0, match.start - 6), match.start)
        )

    def own(self, phrase: Phrase) -> list[NameMatch]:
        """Names in a phrase that say whose it is, before its head first."""
        inside = self.inside(phrase.mention.start, phrase.mention.end)
        before = [match for match in inside if match.start < phrase.head_end and not self.is_stance(match)]
        speaks_for = phrase.head.startswith("spokes")  # "spokesman for the rebels"
        after = [
            match for match in inside if match.start >= phrase.head_end and (speaks_for or not self.is_outside(match))
        ]
        usable = [
            match for match in [*before, *after] if best(match).kind != "surname" or match.start >= phrase.head_start
        ]
        return usable or [
            match for match in inside
            if best(match).kind in COUNTRY_KINDS | PLACE_KINDS and phrase.kind == "thing" and not self.is_stance(match)
        ]  # fmt: skip

    def of_apposition(self, apposition: Mention) -> list[NameMatch]:
        """Names in an apposition that say who or whose it is; a surname does only at its end."""
        return [
            match for match in self.inside(apposition.start, apposition.end)
            if not self.is_outside(match) and (best(match).kind != "surname" or match.end == apposition.end)
        ]  # fmt: skip


def best(match: NameMatch) -> Name:
    """The entry that most likely counts: a user's own, else by kind."""
    if len(match.names) == 1:
        return match.names[0]
    return min(match.names, key=lambda name: (not name.source, _KIND_ORDER.index(name.kind)))


def told_by(name: Name, entity: Entity) -> Entity:
    """An entity whose reason says which file of the user's it comes from, if it does."""
    return replace(entity, reason=f"{name.source}: {entity.reason}") if name.source else entity


def office_on(offices: Sequence[Office], on: date | None) -> Office | None:
    """The office held on a day; the last one listed where no day is known."""
    if not offices:
        return None
    if on is None:
        return offices[-1]
    day = on.isoformat()
    held = [
        office
        for office in offices
        if (not office.first or office.first <= day) and (not office.until or day < office.until)
    ]
    return held[-1] if held else None


def with_pre(sectors: tuple[str, ...], name: Name) -> tuple[str, ...]:
    """Sectors, with PRE of a state that few recognise."""
    return (*sectors, "PRE") if "PRE" in name.sectors and "PRE" not in sectors else sectors


def adjacent(text: str, first: NameMatch, second: NameMatch) -> bool:
    """Whether two names are joined by a comma, a hyphen or "and" alone."""
    left, right = sorted((first, second), key=lambda match: match.start)
    between = text[left.end : right.start]
    return len(between) < 12 and bool(between.strip()) and JOINED.fullmatch(between) is not None


def without_far_places(names: Sequence[NameMatch]) -> Sequence[NameMatch]:
    """The names without towns of countries that a report never names, while it names two others: another San Pedro is meant."""
    countries = {best(match).code for match in names if best(match).kind in COUNTRY_KINDS}
    if len(countries) < 2:
        return names
    return [match for match in names if best(match).kind not in PLACE_KINDS or best(match).code in countries]


def without_namesakes(names: Sequence[NameMatch], text: str) -> Sequence[NameMatch]:
    """The names without words for people who are others where the report is of: the Indians of Ecuador."""
    countries = {best(match).code for match in names if best(match).kind in COUNTRY_KINDS}
    for same in load_section("actors/state_kinds")["namesakes"]:
        words, code = same["words"], same["code"]
        if code not in countries or not countries & set(same["others_in"]):
            continue
        if all(text[match.start : match.end] in words for match in names if best(match).code == code):
            names = [match for match in names if best(match).code != code]
    return names
