"""Who is meant: noun phrases to codes and sectors, with the reason for each.

A phrase is coded by the names in it ("Kenyan police"), by its apposition, by what it refers back to ("the minister",
"Hasanov", "they", "both sides"), by the place of its clause, and last by the country that the article is about.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import attrgetter

from communique.head import find_head
from communique.lexicon import ActorLexicon, Name, NameMatch, Office, load_section
from communique.records import Article, Entity, Mention, Phrase, Sentence

_KIND_ORDER = ("country", "government", "body", "org", "person", "demonym", "capital", "region", "city", "surname")
_COUNTRY_KINDS = frozenset({"country", "demonym", "capital"})
_PLACE_KINDS = frozenset({"region", "city"})
_JOINED = re.compile(r"[\s,\-–—/]*(?:(?:and|&|with|or)\s+)?(?:the\s+)?(?:the\s+)?")
_OUTSIDE = re.compile(
    r"\b(?:to|in|at|near|with|against|inside|outside|across|into|on|over|for|about)\s+(?:the\s+)?$", re.I
)
_LOCATED = re.compile(r"\b(?:in|at|near|across|inside|outside|throughout)\s+(?:the\s+|\w+ern\s+|central\s+)*$", re.I)
_DIRECTLY_IN = re.compile(r"\b(?:in|near)\s+$")
_KIND_OF_PLACE = re.compile(
    r"\b(?:town|city|village|port|province|region|district|state|county|island|camp|suburb|capital|neighbou?rhood) of\s+(?:the\s+)?$",
    re.I,
)
_FRONTED = re.compile(
    r"[-–](?:backed|led|born|based|made|supported|sponsored|aligned|allied|educated|supplied|funded|bound|held|era|style|majority|minority|dominated|brokered|mediated|hosted|speaking|trained|linked|registered|flagged)\b",
    re.I,
)
_ABROAD = re.compile(r"\b(?:ambassador|embassy|envoy|consul|consulate|attach[eé]|high commission(?:er)?)\b", re.I)
_OWN = re.compile(
    r"\b(?:army|armed forces|ministry|minister|government|parliament|police|president|court|troops)\b", re.I
)
_ONLY_COUNTRY = "assumed: its sentence names only"
_FORMER = re.compile(r"\b(?:former|ex|late|ousted|deposed|one-time|then)\b[- ]", re.I)
_ACRONYM = re.compile(r"\s*\(([A-Z][A-Za-z\-]{1,9})\)")
_SAID = re.compile(r"\s+(?:(?:has|have|had|also|later)\s+)?(?:said|says|say|announced|added|denied|denies|claimed|claims|warned|insisted|stressed|confirmed|promised|vowed)"
                   r"(?:\s+(?:on )?(?:\w+day|late|earlier|also))?(?:\s+that)?\s+", re.I)  # fmt: skip
_WORD = re.compile(r"[\w’'.]+(?:-[\w]+)*")
_HE = frozenset({"he", "she", "him", "his", "her", "hers", "himself", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
_OBJECTS = frozenset({"him", "her", "them", "it"})
_WE = frozenset({"we", "us", "our", "ours", "i", "me", "my", "myself", "ourselves"})
_GROUP_HEADS = frozenset(
    {
        "group",
        "organisation",
        "organization",
        "movement",
        "party",
        "company",
        "bloc",
        "alliance",
        "union",
        "militia",
        "body",
        "agency",
    }
)
_STATE_HEADS = frozenset(
    {"emirate", "sultanate", "principality", "archipelago", "federation", "country", "colony", "nation", "state", "kingdom", "republic", "island", "neighbour", "neighbor"}
)
_PAIR_HEADS = frozenset({
    "man", "woman", "side", "country", "nation", "leader", "party", "neighbour", "neighbor", "minister", "president", "government",
    "state", "capital", "pair", "diplomat", "counterpart", "foe", "rival", "ally", "delegation", "official", "general", "power",
})  # fmt: skip
_HEADS_OF_STATES = frozenset(
    {"country", "nation", "leader", "neighbour", "neighbor", "president", "government", "state", "capital", "minister"}
)
_OFTEN = 4
_OTHER_SIDE = frozenset({"neighbour", "neighbor", "host", "guest", "counterpart", "interlocutor", "opposite"})
_SIDES = frozenset({"side", "delegation", "foe", "rival"})
_REPORT = re.compile(r"(?:^|\n)[ \t]*([A-Z][A-Za-z'’. -]{2,30}?)(?:, \w+ \d{1,2})?(?::| [-–—]{1,2}) (?=[A-Z\"“])")
_OWNER = re.compile(r"(.+?)['’]s?\s")
_OF = re.compile(r"\s+of\s+(?:the\s+|an?\s+)?([^,;]+)")
_COUNTED = re.compile(
    r"(?:at least |about |around |some |nearly |more than )?(?:\d|dozens|scores|hundreds|thousands|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)", re.I
)
_CROWD = re.compile(r"(?:tens of |hundreds of )?(?:thousands|hundreds|dozens|scores)(?: of (?:people|them))?", re.I)
_PAIR = re.compile(r"\b(?:two|both|three|four)\b", re.I)
_DOMESTIC = frozenset(
    {"CVL", "COP", "JUD", "LEG", "LAB", "OPP", "EDU", "MED", "REL", "SOC", "AGR", "JRN", "CRM", "UAF"}
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A resolved mention, for later mentions to refer to."""

    start: int
    entities: tuple[Entity, ...]
    phrase: Phrase
    roles: frozenset[str]
    is_person: bool


_start = attrgetter("start")


@dataclass(frozen=True, slots=True)
class _Role:
    """What the role words of a phrase say."""

    sectors: tuple[str, ...]
    weak: bool
    words: frozenset[str]
    source: str = ""  # the user's file that says so
    code: str = ""  # whose, where the text says nothing else


class ActorResolver:
    """Resolves the phrases of one article. Phrases must come in text order.

    Args:
        article: For its date, place and publication.
        names: All names found in the text, in order.
        phrases: All noun phrases, in order.
        lexicon: Names and agent nouns.
    """

    def __init__(
        self, article: Article, names: Sequence[NameMatch], phrases: Sequence[Phrase], lexicon: ActorLexicon
    ) -> None:
        self._article = article
        self.names = names = _without_far_places(names)
        self._name_starts = [match.start for match in names]
        self._lexicon = lexicon
        self._phrases = phrases
        self._known: list[_Known] = []
        self._persons: set[int] = set()  # where those phrases start that name one person
        self._surnames: dict[str, tuple[Entity, ...]] = {}
        self._acronyms: dict[str, tuple[Entity, ...]] = {}
        self._cache: dict[int, tuple[Entity, ...]] = {}
        self._beside = {apposition.start: phrase for phrase in phrases for apposition in phrase.appositions}
        self._countries = self._count_countries()
        self._bodies = frozenset(_best(match).code for match in names) & _NON_STATES
        self.home, self._home_reason = self._find_home()
        self._reports = self._find_reports()
        for phrase in phrases:
            self._remember(phrase, self._entities(phrase, article.date))

    def resolve(
        self, phrase: Phrase, on: date | None = None, places: Sequence[Phrase] = (), beside: Sequence[Entity] = ()
    ) -> tuple[Entity, ...]:
        """The entities that a phrase names; empty if it names nobody that the codebook can code.

        Args:
            phrase: What to resolve.
            on: Day of the event, for offices; the article's date if not given.
            places: Place phrases of its clause, which tell the country of bare "police" or "residents".
            beside: Entities already found for the same event, likewise.
        """
        found = self._cache.get(phrase.head_start)
        if found is None or (on is not None and on != self._article.date):
            found = self._entities(phrase, on or self._article.date)
        if beside and found and not phrase.subject and all(any(_alike(entity, other) for other in beside) for entity in found):
            if phrase.kind == "pronoun":  # nobody does it to "him" who is himself
                found = self._pronoun(phrase, beside) or found
            elif phrase.head in _STATE_HEADS:
                found = self._description(phrase, beside) or found
        if phrase.head_start in self._persons and all(
            entity.sectors[:1] == ("GOV",) or entity.resolved_text is not None for entity in found
        ):
            places = ()  # ministers travel, and who was named before has a country already
        return tuple(self._placed(entity, places, beside) for entity in found)

    @property
    def countries(self) -> list[str]:
        """Countries that the article names, the most frequent first."""
        return [code for code, _ in sorted(self._countries.items(), key=lambda item: (-item[1], item[0]))]

    def other_country(self, sentence: Sentence, actors: Sequence[Entity]) -> tuple[Entity, ...]:
        """The one country besides the actors' that a sentence names, for an act that must have been done to somebody."""
        own = {entity.code for entity in actors}
        found = [
            match
            for match in self._inside(sentence.start, sentence.end)
            if _best(match).kind in _COUNTRY_KINDS and _best(match).code not in own
        ]
        if not found or len({_best(match).code for match in found}) != 1:
            return ()
        name, text = _best(found[0]), self._article.text[found[0].start : found[0].end]
        return (
            Entity(
                name.code,
                ("GOV",),
                Mention(text, found[0].start, found[0].end),
                reason="assumed: the other country of the sentence",
            ),
        )

    def stands_beside(self, phrase: Phrase, others: Sequence[Phrase]) -> bool:
        """Whether a phrase only says again who one of the others is: "its president, Aleksandar Vucic"."""
        beside = self._beside.get(phrase.mention.start)
        return beside in others and beside is not None and "country" not in {phrase.kind, beside.kind}

    def located_in(self, sentence: Sentence) -> tuple[Phrase, ...]:
        """Place phrases that a sentence puts something in, whatever their clause: "in Minsk", "the Finnish capital"."""
        inside = [phrase for phrase in self._phrases if sentence.start <= phrase.head_start < sentence.end]
        text = self._article.text
        found = [
            phrase
            for phrase in inside
            if _KIND_OF_PLACE.search(text, sentence.start, phrase.mention.start)
            or (phrase.kind in {"place", "country"} and _LOCATED.search(text, sentence.start, phrase.mention.start))
            # small towns are often taken for persons or bodies; the gazetteer has the last word
            or (phrase.kind in {"person", "org"} and _DIRECTLY_IN.search(text, sentence.start, phrase.mention.start))
        ]
        capitals = [phrase for phrase in inside if phrase.head == "capital" and self.country_of(phrase) is not None]
        return (*capitals, *found)

    def country_of(self, phrase: Phrase) -> str | None:
        """The country that a place phrase lies in, as far as its names tell."""
        for match in self._inside(phrase.mention.start, phrase.mention.end):
            name = _best(match)
            if name.kind in _COUNTRY_KINDS | _PLACE_KINDS:
                return name.code
        return None

    def _placed(self, entity: Entity, places: Sequence[Phrase], beside: Sequence[Entity]) -> Entity:
        """An entity whose country was only assumed takes that of its clause's place, or of who stands beside it."""
        if not entity.reason.startswith("assumed"):
            return entity
        for place in places:
            code = self.country_of(place)
            if code is not None:
                return replace(entity, code=code, reason=f"country of {place.mention.text!r} in the same clause")
        if entity.sectors and entity.sectors[0] in _DOMESTIC:
            for other in beside:
                if (
                    other.code
                    and len(other.code) == 3
                    and not other.reason.startswith("assumed")
                    and other.code not in _NON_STATES
                ):
                    return replace(entity, code=other.code, reason=f"assumed to be of {other.mention.text!r}")
        return entity

    # ---- one phrase -------------------------------------------------------------------------------------------

    def _entities(self, phrase: Phrase, on: date | None) -> tuple[Entity, ...]:
        if phrase.subject and _CROWD.fullmatch(phrase.mention.text):
            return (self._at_home(phrase, ("CVL",)),)
        if phrase.kind in {"date", "money", "number"} or (phrase.kind == "thing" and phrase.head == "military"):
            return ()  # "military aid" is nobody's
        if phrase.kind == "pronoun":
            return self._pronoun(phrase)
        role = self._role(phrase.mention.text, phrase)
        if phrase.head in _OTHER_SIDE and (other := self._other_side(phrase, role)):
            return other
        head = self._name_at(phrase.head_start, phrase.head_end)
        if head is not None and (
            head.end - head.start > phrase.head_end - phrase.head_start or not (role and phrase.head in role.words)
        ):
            return self._named(phrase, head, role, on)
        if role is not None and not role.words <= {""}:
            return tuple(
                replace(entity, reason=f"{role.source}: {entity.reason}") if role.source else entity
                for entity in self._agent(phrase, role, on)
            )
        if phrase.plural and phrase.head in _PAIR_HEADS and phrase.definite and not self._own_names(phrase):
            if pair := self._pair(phrase):
                return pair
        if phrase.kind in {"person", "org", "place"} or phrase.mention.text[:1].isupper():
            if referred := self._refer_by_name(phrase):
                return referred
        names = self._own_names(phrase)
        if phrase.kind in {"person", "org"}:
            return self._unknown_name(phrase, names)
        if names:  # "a Turkish base"
            return self._from_names(phrase, names, (), on)
        if phrase.head in _GROUP_HEADS | _STATE_HEADS and phrase.definite:
            return self._description(phrase)
        return ()

    def _named(self, phrase: Phrase, match: NameMatch, role: _Role | None, on: date | None) -> tuple[Entity, ...]:
        """The head is a name that the lexicon knows."""
        name = self._pick(match, phrase, on)
        if name is None:
            if found := self._refer_by_name(phrase):
                return found
            if role is not None and not role.words <= {""}:  # "President Iliev", whom the lexicon does not know
                return self._agent(phrase, role, on)
            return self._unknown_name(phrase, self._own_names(phrase))
        return tuple(_by(name, entity) for entity in self._as_named(phrase, match, name, role, on))

    def _as_named(
        self, phrase: Phrase, match: NameMatch, name: Name, role: _Role | None, on: date | None
    ) -> tuple[Entity, ...]:
        if name.kind == "country" and match.end - match.start > phrase.head_end - phrase.head_start:
            role = None  # the emirates of the United Arab Emirates are no role
        if name.kind in {"person", "surname"}:
            return (self._person(phrase, name, role, on),)
        others = [m for m in self._own_names(phrase) if m.start != match.start]
        if name.kind in {"org", "body", "government"}:
            return (self._body(phrase, name, on),)
        joined = [m for m in others if _adjacent(self._article.text, m, match)]
        if joined:
            return self._from_names(phrase, [*joined, match], role.sectors if role else (), on)
        if role is not None and role.sectors:
            return (
                self._entity(
                    phrase, name.code, _with_pre(role.sectors, name), f"{name.kind} {name.text!r} and its role word"
                ),
            )
        people = phrase.plural or (
            phrase.head_end - phrase.head_start > 3 and phrase.mention.text[-1:] == "s" and name.kind == "demonym"
        )
        if name.kind == "demonym" and people:
            return (self._entity(phrase, name.code, _with_pre(("CVL",), name), f"people of {name.text}"),)
        if name.kind in _PLACE_KINDS:
            return (self._entity(phrase, name.code, ("CVL",), f"{name.kind} in {name.code}"),)
        return (self._entity(phrase, name.code, _with_pre(("GOV",), name), f"{name.kind} for its government"),)

    def _body(self, phrase: Phrase, name: Name, on: date | None) -> Entity:
        office = _office(name.offices, on)
        code, sectors = (office.code, office.sectors) if office else (name.code, name.sectors)
        return Entity(code, sectors, phrase.mention, None if name.text in phrase.mention.text else name.text,
                      name.text, name.wikidata or None, None, f"lexicon: {name.text}")  # fmt: skip

    def _person(self, phrase: Phrase, name: Name, role: _Role | None, on: date | None) -> Entity:
        office = _office(name.offices, on)
        resolved = None if name.text in phrase.mention.text else name.text
        countries = [
            m for m in self._own_names(phrase) if _best(m).kind in _COUNTRY_KINDS | {"org", "body", "government"}
        ]
        if countries and role is not None and role.sectors and not _FORMER.search(phrase.mention.text):
            country = _best(countries[0])
            return Entity(country.code, _with_pre(role.sectors, country), phrase.mention, resolved, name.text, name.wikidata or None,
                          office.title if office else None, f"title and {country.kind} {country.text!r} in the phrase")  # fmt: skip
        if office is not None:
            return Entity(office.code, office.sectors, phrase.mention, resolved, name.text, name.wikidata or None,
                          office.title or None, f"{office.title or 'office'} on the day")  # fmt: skip
        code = name.offices[0].code if name.offices else None
        sectors = role.sectors if role and role.sectors else (name.otherwise,) if name.otherwise else ("ELI",)
        return Entity(
            code,
            sectors,
            phrase.mention,
            resolved,
            name.text,
            name.wikidata or None,
            None,
            "held no listed office on the day",
        )

    def _agent(self, phrase: Phrase, role: _Role, on: date | None) -> tuple[Entity, ...]:
        """The head, or a title before it, is a role word: "Kenyan police", "Foreign Minister Lee"."""
        names = self._own_names(phrase)
        if names:
            found = self._from_names(
                phrase, names, () if role.weak and not role.sectors else role.sectors, on, weak=role.weak
            )
            if found:
                return found
        for apposition in phrase.appositions:
            near = [m for m in self._inside(apposition.start, apposition.end) if not self._is_outside(m)]
            if near and _best(near[0]).kind in _COUNTRY_KINDS | {"org", "body", "government", "person", "surname"}:
                picked = self._pick(near[0], phrase, on)
                if picked is None and _best(near[0]).kind in {"person", "surname"}:
                    continue  # somebody who only has the name of a known one
                name = picked or _best(near[0])
                office = _office(name.offices, on)
                code = (
                    name.code or (office.code if office else None) or (name.offices[0].code if name.offices else None)
                )
                if code:
                    return (self._entity(phrase, code, role.sectors, f"apposition {apposition.text!r}"),)
        if pair := self._both(phrase):
            return pair
        if owned := self._possessed(phrase, role) or self._of_whom(phrase, role):
            return owned
        if referred := self._refer_by_name(phrase):
            return referred
        if (phrase.definite or phrase.plural or phrase.subject) and (known := self._same_role(phrase, role)):
            return known
        if phrase.plural and _regional() & set(phrase.mention.text.lower().split()[:-1]):
            return ()  # "Arab leaders" are of several states
        if role.code:
            code = role.code if "IGO" not in self._bodies or role.code in self._bodies else "IGO"  # of NATO or the African Union
            return (self._entity(phrase, code, role.sectors, f"{code} unless said otherwise"),)
        only = self._only_country(phrase)
        if only is not None and not phrase.definite:
            return (self._entity(phrase, only, role.sectors, f"{_ONLY_COUNTRY} {only}"),)
        return (self._at_home(phrase, role.sectors),)

    def of_the_other_side(self, entity: Entity, others: Sequence[Entity]) -> Entity:
        """A named person, assumed to be of the country that the sentence names though another party is of it: of the report's own."""
        if not entity.reason.startswith((_ONLY_COUNTRY, "country of ")) or self.home in (None, entity.code):
            return entity
        if all(other.code != entity.code for other in others):
            return entity
        return replace(entity, code=self.home, reason=f"assumed: {self._home_reason}")

    def _before(self, phrase: Phrase) -> list[_Known]:
        """Whom the report has named before a phrase, in order."""
        start, _ = max((report for report in self._reports if report[0] <= phrase.head_start), default=(0, ""))
        first = bisect_left(self._known, start, key=_start)
        return self._known[first : bisect_left(self._known, phrase.head_start, key=_start)]

    def _at_home(self, phrase: Phrase, sectors: tuple[str, ...]) -> Entity:
        """Somebody of whom the text does not say whose he is: of the country of his report, or of the whole article's."""
        start, code = max((report for report in self._reports if report[0] <= phrase.head_start), default=(0, None))
        if code is None:
            return self._entity(phrase, self.home, sectors, f"assumed: {self._home_reason}")
        return self._entity(phrase, code, sectors, f"assumed: the report {self._article.text[start : start + 12]!r} is about {code}")

    def _only_country(self, phrase: Phrase) -> str | None:
        """The country of a sentence that names no other, before the phrase or as a place."""
        text = self._article.text
        start = self._sentence_start(phrase)
        ends = [end for end in (text.find(". ", phrase.head_end), text.find("\n", phrase.head_end)) if end >= 0]
        codes = {
            _best(match).code for match in self._inside(start, min(ends, default=len(text)))
            if _best(match).kind in _COUNTRY_KINDS and (match.start < phrase.head_start or (_LOCATED.search(text, start, match.start) and match.start - phrase.head_end < 60))
        }  # fmt: skip
        return codes.pop() if len(codes) == 1 else None

    def _sentence_start(self, phrase: Phrase) -> int:
        text = self._article.text
        return max(text.rfind(". ", 0, phrase.head_start), text.rfind("\n", 0, phrase.head_start)) + 1

    def _possessed(self, phrase: Phrase, role: _Role) -> tuple[Entity, ...]:
        """ "Its forces", "their leader": the role word's sector with the code of whom the pronoun stands for."""
        words = phrase.mention.text.split()
        if len(words) < 2 or words[0].lower() not in {"its", "their", "his", "her"}:
            return ()
        end = phrase.mention.start + len(words[0])
        pronoun = Phrase(
            Mention(words[0], phrase.mention.start, end), words[0].lower(), phrase.mention.start, end, "pronoun"
        )
        owners = self._pronoun(pronoun)
        return tuple(
            replace(owner, mention=phrase.mention, sectors=owner.sectors if role.weak and owner.sectors else role.sectors,
                    identifier_text=None, identifier_id=None, office=None, reason=f"{words[0]!r} {owner.reason}")
            for owner in owners
        )  # fmt: skip

    def _of_whom(self, phrase: Phrase, role: _Role) -> tuple[Entity, ...]:
        """ "The mission's human rights division": the role word's sector, or its owner's if it is weak, with the owner's code."""
        match = _OWNER.match(phrase.mention.text)
        if match is None:
            return ()
        owner = next((other for other in self._phrases if other.mention.start == phrase.mention.start and other.mention.text == match[1]), None)
        found = self._cache.get(owner.head_start, ()) if owner is not None else ()
        return tuple(
            replace(entity, mention=phrase.mention, sectors=entity.sectors if role.weak else role.sectors,
                    identifier_text=None, identifier_id=None, office=None, reason=f"of {match[1]!r}")
            for entity in found if not entity.reason.startswith("assumed")
        )  # fmt: skip

    def _other_side(self, phrase: Phrase, role: _Role | None) -> tuple[Entity, ...]:
        """ "His hosts", "her counterpart": the state named last besides the one whose they are."""
        words = phrase.mention.text.lower().split()
        if words[0] not in {"its", "their", "his", "her", "our", "my"} or self._own_names(phrase):
            return ()
        official = phrase.head == "counterpart" and role is not None and role.sectors
        if official and role is not None and role.sectors[0] not in {"GOV", "MIL"}:
            return ()
        pronoun = replace(phrase, mention=Mention(words[0], phrase.mention.start, phrase.mention.start + len(words[0])))
        own = {entity.code for entity in self._pronoun(pronoun)}
        for known in reversed(self._before(phrase)):
            for entity in known.entities:
                if (
                    entity.code
                    and len(entity.code) == 3
                    and entity.code not in own | _NON_STATES
                ):
                    sectors = role.sectors if official and role is not None else ("GOV",)
                    return (self._entity(phrase, entity.code, sectors, f"the other side, {entity.mention.text!r}"),)
        return ()

    def _from_names(
        self,
        phrase: Phrase,
        names: Sequence[NameMatch],
        sectors: tuple[str, ...],
        on: date | None,
        *,
        weak: bool = False,
    ) -> tuple[Entity, ...]:
        """Entities from the names inside a phrase: the first, or all that are joined by commas and "and"."""
        run = [names[0]]
        for match in names[1:]:
            if _adjacent(self._article.text, run[-1], match):
                run.append(match)
        entities: list[Entity] = []
        for match in run:
            name = self._pick(match, phrase, on) or _best(match)
            office = _office(name.offices, on)
            code = (office.code if office else "") or name.code or (name.offices[0].code if name.offices else "")
            own = (office.sectors if office else ()) or name.sectors
            if not code or any(entity.code == code for entity in entities):
                continue
            if name.kind in _COUNTRY_KINDS | _PLACE_KINDS:
                state = phrase.kind != "thing" or sectors or phrase.head in _SIDES
                given = _with_pre(sectors or ("GOV",), name) if state else _with_pre((), name)
            else:
                given = own if weak or not sectors else (sectors if code not in _NON_STATES else (*sectors,))
            mention = (
                phrase.mention
                if len(run) == 1
                else Mention(self._article.text[match.start : match.end], match.start, match.end)
            )
            resolved = name.text if name.kind not in _COUNTRY_KINDS and name.text not in phrase.mention.text else None
            entity = Entity(code, given, mention, resolved, name.text, name.wikidata or None, None,
                            f"{name.kind} {name.text!r} in the phrase")  # fmt: skip
            entities.append(_by(name, entity))
        return tuple(entities)

    def _unknown_name(self, phrase: Phrase, names: Sequence[NameMatch]) -> tuple[Entity, ...]:
        """A person or body that the lexicon does not know: coded by what stands beside it."""
        names = [match for match in names if _best(match).kind not in {"person", "surname"}]
        if names:
            return self._from_names(phrase, names, ("UNK",) if phrase.kind == "person" else (), self._article.date)
        described = self._beside.get(phrase.mention.start)
        if described is not None and (entities := self._cache.get(described.head_start)):
            return tuple(replace(entity, mention=phrase.mention) for entity in entities)
        for apposition in phrase.appositions:
            role = self._role(apposition.text, None)
            near = [m for m in self._inside(apposition.start, apposition.end) if not self._is_outside(m)]
            if near:
                name = _best(near[0])
                office = _office(name.offices, self._article.date)
                code = (office.code if office else "") or name.code
                if code:
                    sectors = role.sectors if role and role.sectors else name.sectors or ("UNK",)
                    return (self._entity(phrase, code, sectors, f"apposition {apposition.text!r}"),)
            if role is not None:
                return (self._at_home(phrase, role.sectors),)
        return ()

    # ---- references -------------------------------------------------------------------------------------------

    def _pronoun(self, phrase: Phrase, avoid: Sequence[Entity] = ()) -> tuple[Entity, ...]:
        """Whom a pronoun stands for: the subject before it that fits, who is none of those to be avoided."""
        word = phrase.mention.text.lower().split(" ")[0]
        if phrase.subject and not avoid and word in _HE | _IT | _THEY and (speakers := self._speakers(phrase)):
            return speakers
        before = [
            known for known in self._before(phrase)
            if known.entities and not _any_alike(known.entities, avoid)
        ]  # fmt: skip
        if word in {"both", "each", "two", "pair"}:
            return self._pair(phrase)
        if word in _HE or word in _WE:
            fits = [known for known in before if known.is_person and not known.phrase.plural]
        elif word in _IT:
            fits = [
                known
                for known in before
                if not known.is_person
                and not known.phrase.plural
                and (known.phrase.kind in {"country", "org", "agent"} or known.phrase.head in _GROUP_HEADS)
            ]
        elif word in _THEY:
            fits = [
                known
                for known in before
                if known.phrase.plural or len(known.entities) > 1 or known.phrase.kind in {"org", "country"}
            ]
            plural = [known for known in fits[-6:] if known.phrase.plural or len(known.entities) > 1]
            fits = plural or fits
        else:
            return ()
        if not fits:
            return self._pair(phrase) if word in _THEY else ()
        near = [known for known in fits if known.start >= self._sentence_start(phrase)]
        if near and not phrase.subject and word in _OBJECTS:  # "met the president and invited him"
            return self._as_reference(phrase, near[-1])
        same = self._sentence_start(fits[-1].phrase)
        if word in _THEY and not any(known.phrase.subject for known in fits if known.start >= same):
            return self._as_reference(phrase, fits[-1])  # "ordered all ministers out. Two of them …"
        subjects = [known for known in fits[-4:] if known.phrase.subject]
        return self._as_reference(phrase, subjects[-1] if subjects else fits[-1])

    def _speakers(self, phrase: Phrase) -> tuple[Entity, ...]:
        """Who says something of himself: "Canada and France said THEY would …"."""
        fits: list[_Known] = []
        end = phrase.head_start
        for known in reversed(self._before(phrase)):
            if known.phrase.mention.end > end:
                continue
            between = self._article.text[known.phrase.mention.end : end]
            if not (_SAID if not fits else _JOINED).fullmatch(between):
                break
            if not fits and not known.phrase.subject and known.phrase.kind not in {"country", "org", "person", "agent"}:
                break
            fits.append(known)
            end = known.phrase.mention.start
        if len(fits) > 1 and phrase.head not in _THEY:
            return ()
        if len(fits) == 1 and (
            (phrase.head in _HE) != fits[0].is_person or (phrase.head in _THEY) != (fits[0].phrase.plural or len(fits[0].entities) > 1)
        ):
            return ()
        return tuple(entity for known in reversed(fits) for entity in self._as_reference(phrase, known))

    def _pair(self, phrase: Phrase) -> tuple[Entity, ...]:
        """ "Both sides", "the two men": the last entities of different codes that were named before."""
        text = phrase.mention.text.lower()
        wanted = 3 if "three" in text else 4 if "four" in text else 2
        if wanted == 2:
            joined, main = self._joined_pair(phrase), self._main_pair(phrase)
            if joined and (not main or {entity.code for entity in joined} & {entity.code for entity in main}):
                return joined
            if main:
                return main
        found: list[Entity] = []
        persons = phrase.head in _PERSON_ROLES and any(known.is_person for known in self._before(phrase))
        for known in reversed(self._before(phrase)):
            if phrase.head_start - known.start > 1200:
                continue
            if known.phrase.kind in {"place", "thing", "pronoun"} or (persons and not known.is_person):
                continue
            for entity in reversed(known.entities):
                if entity.code and (entity.code, entity.sectors[:1]) not in {
                    (other.code, other.sectors[:1]) for other in found
                }:
                    found.append(entity)
            if len(found) >= wanted:
                break
        return _standing_for(phrase, found[wanted - 1 :: -1]) if len(found) > 1 else ()

    def _both(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The two that "the sides", "the two presidents", "both ministers" are; nobody if the phrase means no pair."""
        many = replace(phrase, head=phrase.head.lower().removesuffix("s"))  # "the Ministers", to a parser a name
        both = phrase.mention.text[:4].lower() == "both"
        if not (phrase.plural or both) or not (phrase.definite or both) or many.head not in _SIDES | _PAIR_HEADS:
            return ()
        alone = many.head in _SIDES or _PAIR.search(phrase.mention.text) or self._officials_of_two_states(many)
        return self._pair(many) if alone else ()

    def _officials_of_two_states(self, phrase: Phrase) -> bool:
        """Whether those of a role who were named before are of two states: "the ministers" of a visit."""
        codes = [
            known.entities[0].code for known in self._before(phrase)
            if phrase.head in known.roles and not known.phrase.plural and len(known.entities) == 1
        ]  # fmt: skip
        return phrase.head in _HEADS_OF_STATES and len(set(codes[-4:]) - {None}) == 2

    def _main_pair(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The two states that an article names again and again, if it does: "the two presidents"."""
        ranked = sorted(self._countries.items(), key=lambda item: (-item[1], item[0]))
        if phrase.head not in _HEADS_OF_STATES | {"side"} or len(ranked) < 2 or ranked[1][1] < _OFTEN:
            return ()
        if len(ranked) > 2 and ranked[2][1] > ranked[1][1] - 2:
            return ()
        first = {code: next((m for m in self.names if _best(m).code == code), None) for code, _ in ranked[:2]}
        text = self._article.text
        return tuple(
            Entity(code, ("GOV",), phrase.mention, text[match.start : match.end], reason=f"stands for {text[match.start : match.end]!r}")
            for code, match in first.items() if match is not None
        )  # fmt: skip

    def _joined_pair(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The last two parties named in one breath: "the government and the rebels"."""
        near = [known for known in self._before(phrase) if phrase.head_start - known.start < 1200]
        if phrase.head in _HEADS_OF_STATES:
            near = [known for known in near if all(entity.sectors[:1] == ("GOV",) for entity in known.entities)]
        for second, first in zip(reversed(near), reversed(near[:-1]), strict=False):
            if len(second.entities) == 2 and second.phrase.plural:  # "both sides", said before
                return _standing_for(phrase, second.entities)
            between = self._article.text[first.phrase.mention.end : second.phrase.mention.start]
            if between.strip() in {"and", "and the"} and not {"place", "thing"} & {
                first.phrase.kind,
                second.phrase.kind,
            }:
                pair = (*first.entities, *second.entities)
                if len({(entity.code, entity.sectors[:1]) for entity in pair}) == len(pair) == 2:
                    return _standing_for(phrase, pair)
        return ()

    def _refer_by_name(self, phrase: Phrase) -> tuple[Entity, ...]:
        """Surnames of persons named in full before, and acronyms given in parentheses."""
        last = self._article.text[phrase.head_start : phrase.head_end]
        found = self._surnames.get(last) or self._acronyms.get(last)
        if not found:
            return ()
        return tuple(
            replace(entity, mention=phrase.mention, resolved_text=entity.resolved_text or entity.mention.text,
                    reason=f"named before as {entity.mention.text!r}" if not entity.reason.startswith("assumed") else entity.reason)
            for entity in found
        )  # fmt: skip

    def _same_role(self, phrase: Phrase, role: _Role) -> tuple[Entity, ...]:
        """ "The minister" after "Defence Minister Hasanov": the last entity known by that role word."""
        if self._has_own_name(phrase) or (not phrase.definite and _COUNTED.match(phrase.mention.text)):
            return ()  # "42 soldiers" are none of those named before
        titles = {word for word in role.words if " " in word}
        for known in reversed(self._before(phrase)):
            if titles and not titles & known.roles and any(" " in word for word in known.roles):
                continue  # an energy minister is not the foreign minister
            if phrase.head in known.roles and known.entities and known.phrase.plural == phrase.plural:
                if any(entity.reason.startswith("assumed") for entity in known.entities) and not (
                    known.is_person or phrase.definite
                ):
                    continue
                return self._as_reference(phrase, known)
        return ()

    def _has_own_name(self, phrase: Phrase) -> bool:
        """Whether a title stands before a name that the parser kept apart from it."""
        behind = self._article.text[phrase.mention.end : phrase.mention.end + 3]
        return (
            phrase.mention.text[:1].isupper()
            and len(behind) > 2
            and behind[0] == " "
            and behind[1].isupper()
            and behind[2].islower()
        )

    def _description(self, phrase: Phrase, avoid: Sequence[Entity] = ()) -> tuple[Entity, ...]:
        """ "The island", "his country", "the movement": what was named last of that sort, and is none of those to be avoided."""
        first = phrase.mention.text.split()[0].lower()
        if first in {"his", "her", "our", "my", "their"} and phrase.head in _STATE_HEADS:
            pronoun = replace(phrase, mention=Mention(first, phrase.mention.start, phrase.mention.start + len(first)))
            return tuple(
                self._entity(phrase, entity.code, ("GOV",), f"country of {entity.mention.text!r}")
                for entity in self._pronoun(pronoun)[:1] if entity.code not in _NON_STATES
            )  # fmt: skip
        if phrase.head in (kinds := _state_kinds()) and (named := self._of_kind(phrase, kinds[phrase.head], avoid)):
            return named
        if phrase.head == "state" and self.home is not None:
            return (self._at_home(phrase, ("GOV",)),)
        wanted = "org" if phrase.head in _GROUP_HEADS else "country"
        for known in reversed(self._before(phrase)):
            if _any_alike(known.entities, avoid):
                continue
            if known.phrase.kind == wanted and known.phrase.plural >= phrase.plural:
                return self._as_reference(phrase, known)
        return ()

    def _of_kind(self, phrase: Phrase, codes: frozenset[str], avoid: Sequence[Entity]) -> tuple[Entity, ...]:
        """The state of a sort that was named last: "the emirate"."""
        codes = codes - {entity.code for entity in avoid}
        for match in reversed(self._inside(0, phrase.mention.start)):
            if _best(match).code in codes and _best(match).kind in _COUNTRY_KINDS:
                text = self._article.text[match.start : match.end]
                return (replace(self._entity(phrase, _best(match).code, ("GOV",), f"the {phrase.head} named last"), resolved_text=text),)
        return ()

    def _as_reference(self, phrase: Phrase, known: _Known) -> tuple[Entity, ...]:
        return tuple(
            replace(entity, mention=phrase.mention, resolved_text=entity.resolved_text or entity.mention.text,
                    reason=f"refers to {entity.mention.text!r}" if not entity.reason.startswith("assumed") else entity.reason)
            for entity in known.entities
        )  # fmt: skip

    def _remember(self, phrase: Phrase, entities: tuple[Entity, ...]) -> None:
        self._cache[phrase.head_start] = entities
        if not entities:
            return
        role = self._role(phrase.mention.text, phrase)
        words = set(role.words) if role else set()
        for apposition in phrase.appositions:
            beside = self._role(apposition.text, None)
            words |= beside.words if beside else set()
        words.add(phrase.head)
        text = self._article.text
        is_person = phrase.kind == "person" or (
            phrase.kind in {"agent", "pronoun"} and not phrase.plural and bool(role) and bool(words & _PERSON_ROLES)
        ) or (phrase.kind == "pronoun" and phrase.head in _HE) or self._named_beside(phrase)  # fmt: skip
        if is_person:
            self._persons.add(phrase.head_start)
        insort(self._known, _Known(phrase.head_start, entities, phrase, frozenset(words), is_person), key=_start)
        if phrase.kind == "pronoun":
            return
        last = text[phrase.head_start : phrase.head_end]
        if is_person and last[:1].isupper() and " " in phrase.mention.text:
            self._surnames.setdefault(last, entities)
        for apposition in phrase.appositions:
            named = apposition.text.split()
            if is_person and len(named) >= 2 and named[-1][:1].isupper() and named[0][:1].isupper():
                self._surnames.setdefault(named[-1], entities)
        if match := _ACRONYM.match(text, phrase.mention.end):
            self._acronyms.setdefault(match[1], entities)

    def _named_beside(self, phrase: Phrase) -> bool:
        """Whether a name of two words or more stands beside somebody: "the Fund's negotiator, Marta Lindqvist"."""
        names = [apposition.text.split() for apposition in phrase.appositions]
        return phrase.kind in {"agent", "thing"} and not phrase.plural and any(
            1 < len(words) < 5 and all(word[:1].isupper() for word in words) for words in names
        )  # fmt: skip

    # ---- words and names --------------------------------------------------------------------------------------

    def _role(self, text: str, phrase: Phrase | None) -> _Role | None:
        """The role words in a phrase, the last before or at its head deciding."""
        if phrase is not None:
            text = self._article.text[phrase.mention.start : phrase.head_end]
        words = [(match.start(), match[0].lower()) for match in _WORD.finditer(text)]
        found: list[tuple[str, tuple[str, ...], bool, str]] = []
        i = 0
        while i < len(words):
            for length in range(min(self._lexicon.longest_agent, len(words) - i), 0, -1):
                noun = " ".join(word for _, word in words[i : i + length])
                noun = noun.removesuffix("'s").removesuffix("’s")
                agent = self._lexicon.agent(noun)
                if (
                    agent is None
                    and length == 1
                    and phrase is not None
                    and words[i][0] + phrase.mention.start == phrase.head_start
                ):
                    agent = self._lexicon.agent(phrase.head)
                sectors = agent.sectors if agent else self._lexicon.titles.get(noun)
                if sectors is not None:
                    found.append((noun, sectors, bool(agent and agent.weak), agent.source if agent else ""))
                    i += length - 1
                    break
            i += 1
        if not found:
            return None
        words_found = frozenset(part for noun, *_ in found for part in (noun, noun.split()[-1]))
        if phrase is not None:
            words_found |= {phrase.head} & {phrase.head if self._lexicon.agent(phrase.head) else ""}
        if _FORMER.search(text) and found[-1][1][:1] == ("GOV",):
            return _Role(("ELI",), False, words_found)
        _, sectors, weak, source = found[-1]
        if weak:
            strong = next((item for item in reversed(found[:-1]) if not item[2]), None)
            if strong is not None:
                return _Role(strong[1], False, words_found, strong[3])
            if phrase is not None and (of := _OF.match(self._article.text, phrase.head_end, phrase.mention.end)):
                whose = self._role(of[1], None)  # "the head of the opposition"
                if whose is not None and not whose.weak and whose.sectors:
                    return _Role(whose.sectors, False, words_found | whose.words, whose.source)
        code = next((agent.code for noun in (found[-1][0], *words_found) if (agent := self._lexicon.agent(noun)) and agent.code), "")
        return _Role(sectors, weak, words_found, source, code)

    def _inside(self, start: int, end: int) -> list[NameMatch]:
        first = bisect_left(self._name_starts, start)
        last = bisect_right(self._name_starts, end - 1)
        return [match for match in self.names[first:last] if match.end <= end]

    def _name_at(self, start: int, end: int) -> NameMatch | None:
        at = bisect_right(self._name_starts, start) - 1
        if at >= 0 and self.names[at].end >= end:
            return self.names[at]
        return None

    def _is_outside(self, match: NameMatch) -> bool:
        """Whether a name says where or to whom, not whose: "ambassador to Syria", "Iran-backed"."""
        text = self._article.text
        return bool(_OUTSIDE.search(text, max(0, match.start - 16), match.start) or _FRONTED.match(text, match.end))

    def _own_names(self, phrase: Phrase) -> list[NameMatch]:
        """Names in a phrase that say whose it is, before its head first."""
        inside = self._inside(phrase.mention.start, phrase.mention.end)
        before = [
            match
            for match in inside
            if match.start < phrase.head_end and not _FRONTED.match(self._article.text, match.end)
        ]
        after = [match for match in inside if match.start >= phrase.head_end and not self._is_outside(match)]
        usable = [
            match for match in [*before, *after] if _best(match).kind != "surname" or match.start >= phrase.head_start
        ]
        return usable or [
            match for match in inside if _best(match).kind in _COUNTRY_KINDS | _PLACE_KINDS and phrase.kind == "thing"
        ]

    def _pick(self, match: NameMatch, phrase: Phrase, on: date | None) -> Name | None:
        """Which entry a name means here; None for a surname that only looks like a known one."""
        if any(entry.source for entry in match.names):
            own = (
                entry
                for entry in match.names
                if entry.source and (entry.code or _office(entry.offices, on) or entry.otherwise)
            )
            if (mine := next(own, None)) is not None:
                return mine
            match = replace(match, names=tuple(entry for entry in match.names if not entry.source))
            if not match.names:
                return None
        name = _best(match)
        if name.kind in _PLACE_KINDS | {"capital"} and self._article.text[match.start : match.end] in self._surnames:
            return None  # "Hague" after William Hague
        if name.kind not in {"person", "surname"}:  # of entries that share a name, the one whose role is of the day
            same = [entry for entry in match.names if entry.kind == name.kind]
            return next((entry for entry in same if _office(entry.offices, on) is not None), name)
        persons = [entry for entry in match.names if entry.kind in {"person", "surname"}]
        if name.kind == "person":
            return max(persons, key=lambda entry: (_office(entry.offices, on) is not None, entry.kind == "person"))
        word = self._article.text[match.start : match.end]
        if word in self._surnames:
            return None
        if match.start > phrase.mention.start and self._article.text[match.start - 1] == " ":
            prior = self._article.text[: match.start - 1].rsplit(" ", 1)[-1]
            if (
                prior[:1].isupper()
                and prior.lower() not in self._lexicon.titles
                and not self._lexicon.agent(prior.lower())
                and not prior.endswith(".")
            ):
                if self._name_at(match.start - 1 - len(prior), match.start - 1) is None:
                    return None  # another person's first name stands before it
        titled = self._role(phrase.mention.text, phrase) is not None
        holders = [
            entry
            for entry in persons
            if (office := _office(entry.offices, on)) and (office.code in self._countries or titled)
        ]
        if not holders:
            holders = [entry for entry in persons if any(office.code in self._countries for office in entry.offices)]
        return holders[0] if holders else None

    def _entity(self, phrase: Phrase, code: str | None, sectors: tuple[str, ...], reason: str) -> Entity:
        return Entity(code, sectors, phrase.mention, reason=reason)

    # ---- the article's own country ----------------------------------------------------------------------------

    def _count_countries(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for match in self.names:
            name = _best(match)
            if name.code and name.kind not in {"org", "person", "surname"} and name.code not in _NON_STATES:
                counts[name.code] += 1
        return counts

    def _find_home(self) -> tuple[str | None, str]:
        """The country that somebody without one is assumed to belong to, and why."""
        text = self._article.text
        weights: Counter[str] = Counter(self._countries)
        for match in self.names:
            code = _best(match).code
            if code in weights:
                around = text[match.end : match.end + 30]
                if _ABROAD.search(text, max(0, match.start - 25), match.end + 25):
                    weights[code] -= 2
                elif _OWN.search(around):
                    weights[code] += 1
        place = self._article.place or find_head(text).place
        filed = self._codes_in(place.title() if place and place.isupper() else place)
        published = self._codes_in(self._article.publication)
        most = max(self._countries.values(), default=0)
        for code in filed:  # the dateline itself counts once
            if self._countries[code] > (most if (place or "").lower() in _HUBS else max(1, most / 2)):
                return code, f"the article was filed in {place}"
        if (place or "").lower() not in _HUBS:
            for code in filed:
                weights[code] += 4
        for code in self._first_countries():
            weights[code] += 2
        for code in published:
            weights[code] += 2
        if not weights:
            return None, "the article names no country"
        best = max(sorted(weights), key=lambda code: weights[code])
        if best in published:
            return best, f"published by {self._article.publication}"
        return best, f"the article is about {best}"

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
        start = find_head(self._article.text).end
        end = self._article.text.find(". ", start + 20)
        text = self._article.text
        first = [match for match in self._inside(start, end if end > 0 else len(text)) if _best(match).code in self._countries]
        scenes = [match for match in first if _LOCATED.search(text, start, match.start)]  # where it happened counts twice
        return [_best(match).code for match in (*first, *scenes)]

    def _codes_in(self, text: str | None) -> list[str]:
        if not text:
            return []
        return [
            _best(match).code
            for match in self._lexicon.find_names(text)
            if _best(match).kind in _COUNTRY_KINDS | _PLACE_KINDS
        ]


# where correspondents and international bodies sit, whose reports are of elsewhere
_HUBS = frozenset(
    "london|paris|geneva|vienna|brussels|washington|new york|united nations|the hague|strasbourg|rome|nairobi|dakar|johannesburg|addis ababa|"
    "cairo|beirut|amman|dubai|doha|istanbul|jerusalem|hong kong|singapore|bangkok|new delhi|moscow|berlin|stockholm|oslo|helsinki|madrid|"
    "mexico city|miami|panama city|bogota|abuja|tokyo|beijing".split("|")
)
_NON_STATES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})
_PERSON_ROLES = frozenset(
    "president minister ambassador envoy spokesman spokeswoman spokesperson leader chief general colonel king queen prince premier chancellor "
    "governor mayor senator judge prosecutor bishop pope secretary commissioner commander head director official man woman diplomat lawmaker "
    "journalist activist lawyer officer emir sheikh sultan chairman dictator negotiator mediator counterpart chairwoman deputy candidate "
    "rival successor predecessor captain major lieutenant politician rapporteur monarch strongman warlord candidate host premier captain".split()
)


@cache
def _state_kinds() -> dict[str, frozenset[str]]:
    kinds = load_section("actors/state_kinds")
    return {kind: frozenset(codes) for kind, codes in kinds.items() if kind != "regional"}


@cache
def _regional() -> frozenset[str]:
    return frozenset(load_section("actors/state_kinds")["regional"])


def _alike(first: Entity, second: Entity) -> bool:
    """Whether two entities are one party of one state, or one person."""
    if first.identifier_text is not None and first.identifier_text == second.identifier_text:
        return True
    return first.code == second.code and first.sectors[:1] == second.sectors[:1]


def _any_alike(entities: Sequence[Entity], others: Sequence[Entity]) -> bool:
    return any(_alike(entity, other) for entity in entities for other in others)


def _standing_for(phrase: Phrase, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    return tuple(
        replace(entity, mention=phrase.mention, resolved_text=entity.resolved_text or entity.mention.text,
                reason=f"stands for {entity.mention.text!r}")
        for entity in entities
    )  # fmt: skip


def _without_far_places(names: Sequence[NameMatch]) -> Sequence[NameMatch]:
    """The names without towns of countries that a report never names, while it names two others: another San Pedro is meant."""
    countries = {_best(match).code for match in names if _best(match).kind in _COUNTRY_KINDS}
    if len(countries) < 2:
        return names
    return [match for match in names if _best(match).kind not in _PLACE_KINDS or _best(match).code in countries]


def _best(match: NameMatch) -> Name:
    """The entry that most likely counts: a user's own, else by kind."""
    return min(match.names, key=lambda name: (not name.source, _KIND_ORDER.index(name.kind)))


def _by(name: Name, entity: Entity) -> Entity:
    """An entity whose reason says which file of the user's it comes from, if it does."""
    return replace(entity, reason=f"{name.source}: {entity.reason}") if name.source else entity


def _office(offices: Sequence[Office], on: date | None) -> Office | None:
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


def _with_pre(sectors: tuple[str, ...], name: Name) -> tuple[str, ...]:
    return (*sectors, "PRE") if "PRE" in name.sectors and "PRE" not in sectors else sectors


def _adjacent(text: str, first: NameMatch, second: NameMatch) -> bool:
    """Whether two names are joined by a comma, a hyphen or "and" alone."""
    left, right = sorted((first, second), key=lambda match: match.start)
    between = text[left.end : right.start]
    return len(between) < 12 and bool(between.strip()) and _JOINED.fullmatch(between) is not None
