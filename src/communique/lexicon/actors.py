"""Names of states, bodies and persons, found in a text; and the nouns that say what role somebody has."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from communique.lexicon.source import load_section, load_sections

_IN_PLACE = re.compile(r"\b(?:in|at|from|to|near)\s+$")
_HALF = re.compile(r"\b[Tt]he (North|South)\b(?! (?:[A-Z]|of\b))")
_WORD = re.compile(r"(?:[A-Z]\.){2,}|[’']s\b|\w+(?:[’'](?!s\b)\w+)*")


@dataclass(frozen=True, slots=True)
class Office:
    """An office held from a day until before another; empty strings where open."""

    code: str
    sectors: tuple[str, ...]
    title: str
    first: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """One lexicon entry.

    Attributes:
        text: Its main name.
        kind: country, demonym, capital, city, region, government, body, org, person or surname.
        code: Codebook code; empty for persons, whose code comes with the office.
        sectors: Codebook sectors, most telling first.
        offices: Dated offices of a person, or dated roles of a body.
        otherwise: Sector of a person outside all offices.
        wikidata: Identifier, or "".
        source: The user's file that it comes from; empty for the package's own.
    """

    text: str
    kind: str
    code: str = ""
    sectors: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    otherwise: str = ""
    wikidata: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found at text[start:end]; several entries may share it."""

    start: int
    end: int
    names: tuple[Name, ...]


class NamesByPlace:
    """Names of a text, in order, to be found by where they stand."""

    def __init__(self, names: Sequence[NameMatch]) -> None:
        self.all = names
        self._starts = [match.start for match in names]

    def at(self, start: int, end: int) -> NameMatch | None:
        """The name that covers a stretch of text, if any."""
        at = bisect_right(self._starts, start) - 1
        return self.all[at] if at >= 0 and self.all[at].end >= end else None

    def inside(self, start: int, end: int) -> list[NameMatch]:
        """The names within a stretch of text."""
        first, last = bisect_left(self._starts, start), bisect_right(self._starts, end - 1)
        return [match for match in self.all[first:last] if match.end <= end]


@dataclass(frozen=True, slots=True)
class Agent:
    """A noun for a role. A weak one (spokesman, leader) takes the sector of what it belongs to, where that has one.

    `code`: whose it is where the text says nothing else, such as peacekeepers; else "".
    """

    sectors: tuple[str, ...]
    weak: bool = False
    source: str = ""
    code: str = ""


def plain(word: str) -> str:
    """A word without accents and dots, case kept: `Erdoğan` and `U.S.` as `Erdogan` and `US`."""
    if word.isascii():
        return word.replace(".", "")
    word = word.replace("’", "'").replace("ʼ", "'")
    word = word.replace("ı", "i").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L")
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace(".", "")


def name_words(text: str) -> tuple[str, ...]:
    """The words by which a name is looked up."""
    return tuple(plain(match[0]) for match in _WORD.finditer(text))


@dataclass(frozen=True, slots=True)
class ActorLexicon:
    """All names by their words, and agent nouns by lemma."""

    names: dict[tuple[str, ...], tuple[Name, ...]]
    longest: dict[str, int]  # first word -> number of words of the longest name that starts so
    agents: dict[str, Agent]
    titles: dict[str, tuple[str, ...]]
    not_actors: frozenset[str]
    longest_agent: int = 4
    halves: tuple[dict[str, str], ...] = ()
    union: dict[str, Any] = field(default_factory=dict)

    def find_names(self, text: str) -> list[NameMatch]:
        """All names in a text, longest first at each place, none overlapping."""
        words = [(match.start(), match.end(), plain(match[0])) for match in _WORD.finditer(text)]
        found = []
        i = 0
        while i < len(words):
            for length in range(min(self.longest.get(words[i][2], 0), len(words) - i), 0, -1):
                names = self.names.get(tuple(word for _, _, word in words[i : i + length]))
                if names and "\n\n" not in text[words[i][0] : words[i + length - 1][1]]:
                    found.append(NameMatch(words[i][0], words[i + length - 1][1], names))
                    i += length
                    break
            else:
                i += 1
        return self._with_halves(text, self._with_union(text, found))

    def _with_union(self, text: str, found: list[NameMatch]) -> list[NameMatch]:
        """The names with "Brussels" and "European" for the European Union where that is named, and Belgium is not."""
        named = [name for match in found for name in match.names]
        union = next((name for name in named if name.text == self.union.get("name")), None)
        if union is None or any(
            name.code == self.union["seat"] and name.kind in {"country", "demonym"} for name in named
        ):
            return found
        taken = {match.start: match for match in found}
        for match in _WORD.finditer(text, found[0].start):
            if _IN_PLACE.search(text, max(0, match.start() - 6), match.start()):
                continue
            if match[0] in self.union["names"] and (
                match.start() not in taken or taken[match.start()].names[0].kind == "capital"
            ):
                taken[match.start()] = NameMatch(match.start(), match.end(), (union,))
        return [taken[start] for start in sorted(taken)]

    def _with_halves(self, text: str, found: list[NameMatch]) -> list[NameMatch]:
        """The names with "the North" and "the South" where both countries so called are named in full."""
        names = [name for match in found for name in match.names if name.kind in {"country", "demonym"}]
        named = {name.code: name for name in sorted(names, key=lambda name: name.kind, reverse=True)}
        for halves in self.halves:
            if not set(halves.values()) <= set(named):
                continue
            taken = {offset for match in found for offset in range(match.start, match.end)}
            found = found + [
                NameMatch(match.start(1), match.end(1), (named[halves[match[1]]],))
                for match in _HALF.finditer(text)
                if match[1] in halves and match.start(1) not in taken
            ]
        return sorted(found, key=lambda match: match.start)

    def agent(self, lemma: str) -> Agent | None:
        """The role an agent noun names, singular or plural, or None."""
        return self.agents.get(lemma)


def _sectors(entry: dict[str, Any]) -> tuple[str, ...]:
    value = entry.get("sector") or []
    return tuple(value) if isinstance(value, list) else (value,)


def _words(entry: dict[str, Any], *keys: str) -> list[str]:
    found: list[str] = []
    for key in keys:
        value = entry.get(key) or []
        found += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    return found


def _country_names(entry: dict[str, Any]) -> list[tuple[str, Name]]:
    code, sectors = entry["code"], _sectors(entry)
    partial = ("PRE",) if "PRE" in sectors else ()
    out: list[tuple[str, Name]] = []

    def add(words: list[str], kind: str, sectors: tuple[str, ...]) -> None:
        out.extend(
            (word, Name(entry["name"] if kind in {"country", "demonym"} else word, kind, code, sectors))
            for word in words
        )

    add([entry["name"], *_words(entry, "names")], "country", partial)
    add(_words(entry, "demonyms"), "demonym", partial)
    add(_words(entry, "capital"), "capital", partial)
    add(_words(entry, "cities"), "city", ())
    add(_words(entry, "regions"), "region", ())
    for key in ("government", "bodies"):
        for item in entry.get(key) or []:
            body = {"name": item} if isinstance(item, str) else item
            name = Name(
                body["name"],
                key if key == "government" else "body",
                code,
                _sectors(body) or ("GOV", *partial),
                wikidata=body.get("wikidata", ""),
            )
            out.extend((word, name) for word in [body["name"], *_words(body, "names")])
    return out  # fmt: skip


def _organisation_names(entry: dict[str, Any]) -> list[tuple[str, Name]]:
    office = Office(entry["code"], _sectors(entry), "", str(entry.get("from", "")), str(entry.get("until", "")))
    name = Name(entry["name"], "org", entry["code"], _sectors(entry), (office,), wikidata=entry.get("wikidata", ""))
    return [(word, name) for word in [entry["name"], *_words(entry, "names")]]


def _person_names(entry: dict[str, Any]) -> list[tuple[str, Name]]:
    offices = tuple(
        Office(
            item["code"], _sectors(item), item.get("office", ""), str(item.get("from", "")), str(item.get("until", ""))
        )
        for item in entry.get("offices", [])
    )
    name = Name(entry["name"], "person", "", (), offices, entry.get("otherwise", ""), entry.get("wikidata", ""))
    out = [(word, name) for word in [entry["name"], *_words(entry, "names")]]
    surname = entry["surname"] if "surname" in entry else entry["name"].split()[-1]
    if surname and surname not in {word for word, _ in out}:
        out.append(
            (
                surname,
                Name(entry["name"], "surname", "", (), offices, entry.get("otherwise", ""), entry.get("wikidata", "")),
            )
        )
    return out


def build_actors(
    countries: list[dict[str, Any]],
    organisations: list[dict[str, Any]],
    persons: list[dict[str, Any]],
    agents: dict[str, Any],
    decoys: Sequence[Sequence[str]] = (),
    halves: Sequence[dict[str, str]] = (),
    union: dict[str, Any] | None = None,
) -> ActorLexicon:
    """Index the entries of the actor lexicons.

    `decoys` are names that hold another name and mean nobody; `halves` and `union` are told in `lexicons/actors/state_kinds.yml`.
    """
    names: defaultdict[tuple[str, ...], dict[Name, None]] = defaultdict(dict)
    pairs = [pair for entry in countries for pair in _country_names(entry)]
    pairs += [pair for entry in organisations for pair in _organisation_names(entry)]
    pairs += [pair for entry in persons for pair in _person_names(entry)]
    pairs += [(word, Name(word, "org")) for words in decoys for word in words]
    longest: defaultdict[str, int] = defaultdict(int)
    for word, name in pairs:
        key = name_words(word)
        if key:
            names[key][name] = None
            longest[key[0]] = max(longest[key[0]], len(key))
    return ActorLexicon(
        names={key: tuple(value) for key, value in names.items()},
        longest=dict(longest),
        agents={
            str(noun).lower(): Agent(_sectors(group), bool(group.get("weak")), code=group.get("code", ""))
            for group in agents["agents"]
            for noun in group["nouns"]
        },
        titles={str(word).lower(): _sectors(group) for group in agents["titles"] for word in group["words"]},
        not_actors=frozenset(str(word).lower() for word in agents["not_actors"]),
        halves=tuple(halves),
        union=union or {},
    )


@cache
def load_actors() -> ActorLexicon:
    """The actor lexicon of the package."""
    countries = [entry for content in load_sections("actors/countries/").values() for entry in content]
    persons = [entry for content in load_sections("actors/persons/").values() for entry in content]
    states = load_section("actors/state_kinds")
    return build_actors(
        countries,
        load_section("actors/organisations"),
        persons,
        load_section("actors/agents"),
        load_section("actors/decoys"),
        states["halves"],
        states["union"],
    )
