"""Who is meant: noun phrases to codes and sectors, with the reason for each.

A phrase is coded by the names in it ("Kenyan police"), by its apposition, by what it refers back to ("the minister",
"Hasanov", "they", "both sides"), by the place of its clause, and last by the country that the article is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from communique.lexicon import ActorLexicon, Name, NameMatch, word_set
from communique.records import Article, Entity, Mention, Phrase, Sentence
from communique.resolve.home import LOCATED, Home
from communique.resolve.names import (
    COUNTRY_KINDS,
    NON_STATES,
    PLACE_KINDS,
    NamesInText,
    adjacent,
    best,
    office_on,
    told_by,
    with_pre,
)  # fmt: skip
from communique.resolve.references import (
    DOCUMENTS,
    GROUP_HEADS,
    OTHER_SIDE,
    PAIR_HEADS,
    SIDES,
    STATE_HEADS,
    References,
    alike,
    entity_of,
    in_role,
)  # fmt: skip
from communique.resolve.roles import FORMER, Role, RolesInText

_DIRECTLY_IN = re.compile(r"\b(?:in|near)\s+$")
_SAID_THERE = re.compile(
    r"\b(?:said|says|added|announced|reported|told(?: [\w'’-]+){1,4}|by (?:tele)?phone)(?: (?:late |early )?(?:on )?\w+day)?,? (?:in|from|at) (?:the )?$"
)
_SAYS = re.compile(r"(?: [\w,]+){0,6} (?:that|which) ")
_KIND_OF_PLACE = re.compile(
    r"\b(?:town|city|village|port|province|region|district|state|county|island|camp|suburb|capital|neighbou?rhood) of\s+(?:the\s+)?$",
    re.I,
)
_STATES = frozenset({"government", "country", "state", "leader", "nation"})
_FILED = re.compile(r"assumed: the (?:article was filed|report )")  # told by a dateline
_OFTEN = 3  # times that a country must be named for a report to be about it
_ONLY_COUNTRY = "assumed: its sentence names only"
_OWNER = re.compile(r"(.+?)['’]s?\s")
_OBJECT_FORMS = frozenset({"him", "them"})  # also in "found him guilty", of which the parser makes a subject
_NO_NOUN = re.compile(
    r"\s*(?:[.,;:)]|$)|\s+(?:was|were|had|has|is|will|and|who|whom|whose|in|by|from|on|at|for|as|after|to)\b"
)
_ONE = re.compile(r"\b(?:an?|one|another)\s+$", re.I)
_CROWD = re.compile(r"(?:tens of |hundreds of )?(?:thousands|hundreds|dozens|scores)(?: of (?:people|them))?", re.I)
_DOMESTIC = frozenset(
    {"CVL", "COP", "JUD", "LEG", "LAB", "OPP", "EDU", "MED", "REL", "SOC", "AGR", "JRN", "CRM", "UAF"}
)
# leading sectors of people who suffer or are helped, and of those who are of where a report was filed, whoever stands beside them
_PEOPLE = frozenset({("CVL",), ("REF",)})
_LOCAL = frozenset({("CVL",), ("UAF",), ("LAB",), ("AGR",)})


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
        self._names = NamesInText(article.text, names)
        self.names = self._names.all
        self._lexicon = lexicon
        self._phrases = phrases
        self._beside = {apposition.start: phrase for phrase in phrases for apposition in phrase.appositions}
        self._home = Home(article, self._names, lexicon)
        self._bodies = frozenset(best(match).code for match in self.names) & NON_STATES
        self._roles = RolesInText(article.text, lexicon)
        self._told = References(self._names, self._home, self._roles)
        for phrase in phrases:
            self._told.remember(phrase, self._entities(phrase, article.date))

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
        found = self._told.cache.get(phrase.head_start)
        if found is None or (on is not None and on != self._article.date):
            found = self._entities(phrase, on or self._article.date)
        if (
            beside
            and found
            and (not phrase.subject or phrase.mention.text.lower() in _OBJECT_FORMS)
            and all(any(alike(entity, other) for other in beside) for entity in found)
        ):
            if phrase.kind == "pronoun":  # nobody does it to "him" who is himself
                found = self._told.pronoun(phrase, beside) or found
            elif phrase.head in STATE_HEADS:
                found = self._told.description(phrase, beside) or found
        if phrase.head_start in self._told.persons and all(
            entity.sectors[:1] == ("GOV",) or entity.resolved_text is not None for entity in found
        ):
            places = ()  # ministers travel, and who was named before has a country already
        return tuple(self._placed(entity, places, beside) for entity in found)

    def somebody(self, phrase: Phrase) -> Entity:
        """A person of whom the text says neither whose nor what he is, assumed to be of its own country."""
        return self._home.of(phrase, ("CVL",))

    @property
    def countries(self) -> list[str]:
        """Countries that the article names, the most frequent first."""
        return [code for code, _ in self._home.ranked]

    def other_country(self, sentence: Sentence, actors: Sequence[Entity]) -> tuple[Entity, ...]:
        """The one country besides the actors' that a sentence names, for an act that must have been done to somebody."""
        own = {entity.code for entity in actors}
        found = [
            match
            for match in self._names.inside(sentence.start, sentence.end)
            if best(match).kind in COUNTRY_KINDS and best(match).code not in own
        ]
        if not found or len({best(match).code for match in found}) != 1:
            return ()
        return (self._state(found[0], "assumed: the other country of the sentence"),)

    def other_of_article(self, actors: Sequence[Entity]) -> tuple[Entity, ...]:
        """The country that a report of an act without an addressee is about, besides the actors' own; nobody if it is not clear."""
        own = {entity.code for entity in actors}
        ranked = [item for item in self._home.ranked if item[0] not in own]
        if not own or not ranked or ranked[0][1] < _OFTEN or (len(ranked) > 1 and ranked[1][1] * 1.5 > ranked[0][1]):
            return ()
        match = next(match for match in self.names if best(match).code == ranked[0][0])
        return (self._state(match, "assumed: the other country of the article"),)

    def _state(self, match: NameMatch, reason: str) -> Entity:
        """The government of the country that a name names."""
        mention = Mention(self._article.text[match.start : match.end], match.start, match.end)
        return Entity(best(match).code, ("GOV",), mention, reason=reason)

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
            or (phrase.kind in {"place", "country"} and LOCATED.search(text, sentence.start, phrase.mention.start))
            # small towns are often taken for persons or bodies; the gazetteer has the last word
            or (phrase.kind in {"person", "org"} and _DIRECTLY_IN.search(text, sentence.start, phrase.mention.start))
        ]
        capitals = [phrase for phrase in inside if phrase.head == "capital" and self.country_of(phrase) is not None]
        return (*capitals, *found)

    def is_said_there(self, phrase: Phrase) -> bool:
        """Whether a place is where somebody tells of an event, not where it was: "…, a spokesman said IN NAIROBI"."""
        start = phrase.mention.start
        return _SAID_THERE.search(self._article.text, max(0, start - 90), start) is not None

    def country_of(self, phrase: Phrase) -> str | None:
        """The country that a place phrase lies in, as far as its names tell."""
        for match in self._names.inside(phrase.mention.start, phrase.mention.end):
            name = best(match)
            if name.kind in COUNTRY_KINDS | PLACE_KINDS:
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
        local = entity.sectors[:1] in _LOCAL and _FILED.match(entity.reason)
        if entity.sectors and entity.sectors[0] in _DOMESTIC and not local:
            for other in beside:
                if (
                    other.code
                    and len(other.code) == 3
                    and not other.reason.startswith("assumed")
                    and other.code not in NON_STATES
                ):
                    return replace(entity, code=other.code, reason=f"assumed to be of {other.mention.text!r}")
        return entity

    def _entities(self, phrase: Phrase, on: date | None) -> tuple[Entity, ...]:
        if phrase.subject and _CROWD.fullmatch(phrase.mention.text):
            return (self._home.of(phrase, ("CVL",)),)
        if phrase.kind in {"date", "money", "number"} or (phrase.kind == "thing" and phrase.head == "military"):
            return ()  # "military aid" is nobody's
        if phrase.kind == "pronoun":
            return self._told.pronoun(phrase)
        role = self._roles.of(phrase)
        named = any(self._names.inside(apposition.start, apposition.end) for apposition in phrase.appositions)
        if phrase.head in OTHER_SIDE and not named and (other := self._told.other_side(phrase, role)):
            return other
        head = self._names.at(phrase.head_start, phrase.head_end)
        if head is not None and (
            head.end - head.start > phrase.head_end - phrase.head_start or not (role and phrase.head in role.words)
        ):
            return self._named(phrase, head, role, on)
        if role is not None and not role.words <= {""}:
            return tuple(
                replace(entity, reason=f"{role.source}: {entity.reason}") if role.source else entity
                for entity in self._agent(phrase, role, on)
            )
        if phrase.plural and phrase.head in PAIR_HEADS and phrase.definite and self._told.is_bare(phrase):
            if pair := self._told.pair(phrase):
                return pair
        if phrase.kind in {"person", "org", "place"} or phrase.mention.text[:1].isupper():
            if referred := self._told.by_name(phrase):
                return referred
        names = self._names.own(phrase)
        if phrase.kind in {"person", "org"}:
            return self._unknown_name(phrase, names)
        if names:  # "a Turkish base"
            return self._from_names(phrase, names, (), on)
        if phrase.head in GROUP_HEADS | STATE_HEADS and phrase.definite:
            return self._told.description(phrase)
        if phrase.head in DOCUMENTS and (phrase.subject or _SAYS.match(self._article.text, phrase.mention.end)):
            return self._told.description(phrase)
        return ()

    def _named(self, phrase: Phrase, match: NameMatch, role: Role | None, on: date | None) -> tuple[Entity, ...]:
        """The head is a name that the lexicon knows."""
        name = self._pick(match, phrase, on)
        if name is None:
            if found := self._told.by_name(phrase):
                return found
            if role is not None and not role.words <= {""}:  # "President Iliev", whom the lexicon does not know
                return self._agent(phrase, role, on)
            return self._unknown_name(phrase, self._names.own(phrase))
        return tuple(told_by(name, entity) for entity in self._as_named(phrase, match, name, role, on))

    def _as_named(
        self, phrase: Phrase, match: NameMatch, name: Name, role: Role | None, on: date | None
    ) -> tuple[Entity, ...]:
        if name.kind == "country" and match.end - match.start > phrase.head_end - phrase.head_start:
            role = None  # the emirates of the United Arab Emirates are no role
        if name.kind in {"person", "surname"}:
            return (self._person(phrase, name, role, on),)
        others = [m for m in self._names.own(phrase) if m.start != match.start]
        if name.kind in {"org", "body", "government"}:
            return (self._body(phrase, name, on),)
        joined = [m for m in others if adjacent(self._article.text, m, match)]
        if joined:
            return self._from_names(phrase, [*joined, match], role.sectors if role else (), on)
        if role is not None and role.sectors:
            return (
                entity_of(
                    phrase, name.code, with_pre(role.sectors, name), f"{name.kind} {name.text!r} and its role word"
                ),
            )
        ends_in_s = phrase.head_end - phrase.head_start > 3 and phrase.mention.text[-1:] == "s"
        people = phrase.plural or (name.kind == "demonym" and (ends_in_s or self._is_one_person(phrase)))
        if name.kind == "demonym" and people:
            return (entity_of(phrase, name.code, with_pre(("CVL",), name), f"people of {name.text}"),)
        if name.kind in PLACE_KINDS:
            return (entity_of(phrase, name.code, ("CVL",), f"{name.kind} in {name.code}"),)
        return (entity_of(phrase, name.code, with_pre(("GOV",), name), f"{name.kind} for its government"),)

    def _is_one_person(self, phrase: Phrase) -> bool:
        """Whether a demonym is one of its people: "an Iraqi had died", not "an Iraqi minister"."""
        text, start, end = self._article.text, phrase.mention.start, phrase.mention.end
        return _ONE.search(text, max(0, start - 9), start) is not None and _NO_NOUN.match(text, end) is not None

    def _body(self, phrase: Phrase, name: Name, on: date | None) -> Entity:
        office = office_on(name.offices, on)
        code, sectors = (office.code, office.sectors) if office else (name.code, name.sectors)
        return Entity(code, sectors, phrase.mention, None if name.text in phrase.mention.text else name.text,
                      name.text, name.wikidata or None, None, f"lexicon: {name.text}")  # fmt: skip

    def _person(self, phrase: Phrase, name: Name, role: Role | None, on: date | None) -> Entity:
        office = office_on(name.offices, on)
        resolved = None if name.text in phrase.mention.text else name.text
        countries = [
            m for m in self._names.own(phrase) if best(m).kind in COUNTRY_KINDS | {"org", "body", "government"}
        ]
        if countries and role is not None and role.sectors and not FORMER.search(phrase.mention.text):
            country = best(countries[0])
            return Entity(country.code, with_pre(role.sectors, country), phrase.mention, resolved, name.text, name.wikidata or None,
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

    def _agent(self, phrase: Phrase, role: Role, on: date | None) -> tuple[Entity, ...]:
        """The head, or a title before it, is a role word: "Kenyan police", "Foreign Minister Lee"."""
        names = self._names.own(phrase)
        if names:
            found = self._from_names(
                phrase, names, () if role.weak and not role.sectors else role.sectors, on, weak=role.weak
            )
            if found:
                return found
        for apposition in phrase.appositions:
            near = self._names.of_apposition(apposition)
            if near and best(near[0]).kind in COUNTRY_KINDS | {"org", "body", "government", "person", "surname"}:
                name = self._pick_inside(near[0], phrase, on)
                if name is None:
                    continue
                office = office_on(name.offices, on)
                code = (
                    name.code or (office.code if office else None) or (name.offices[0].code if name.offices else None)
                )
                if code:
                    return (entity_of(phrase, code, role.sectors, f"apposition {apposition.text!r}"),)
        if pair := self._told.both(phrase) or self._told.of_both(phrase, role):
            return pair
        if owned := self._told.possessed(phrase, role) or self._of_whom(phrase, role):
            return owned
        if referred := self._told.by_name(phrase):
            return referred
        if (phrase.definite or phrase.plural or phrase.subject) and (known := self._told.same_role(phrase, role)):
            return known
        if phrase.plural and phrase.head in _STATES and self._told.is_counted(phrase):
            return ()  # "some 50 governments"
        if phrase.plural and word_set("actors/state_kinds", "regional") & set(phrase.mention.text.lower().split()[:-1]):
            return ()  # "Arab leaders" are of several states
        if role.code:
            others = "IGO" in self._bodies and role.code not in self._bodies  # of NATO or the African Union
            code = "IGO" if others else role.code
            return (entity_of(phrase, code, role.sectors, f"{code} unless said otherwise"),)
        only = self._only_country(phrase)
        if only is not None and not phrase.definite and not self._home.report_start(phrase.head_start):
            return (entity_of(phrase, only, role.sectors, f"{_ONLY_COUNTRY} {only}"),)
        return (self._home.of(phrase, role.sectors),)

    def of_the_other_side(self, entity: Entity, others: Sequence[Entity]) -> Entity:
        """A named person, assumed to be of the country that the sentence names though another party is of it: of the report's own."""
        if not entity.reason.startswith((_ONLY_COUNTRY, "country of ")) or self._home.code in (None, entity.code):
            return entity
        if all(other.code != entity.code for other in others):
            return entity
        return self._at_home(entity)

    def people_of_home(self, entity: Entity) -> Entity:
        """People whose country was only assumed from who stands beside them, as those of the report's own country: "American troops killed
        three civilians", "Germany promised money for refugees".
        """
        told = entity.reason.startswith((_ONLY_COUNTRY, "assumed to be of"))
        if not told or entity.sectors[:1] not in _PEOPLE or self._home.code in (None, entity.code):
            return entity
        return self._at_home(entity)

    def _at_home(self, entity: Entity) -> Entity:
        return replace(entity, code=self._home.code, reason=f"assumed: {self._home.reason}")

    def _only_country(self, phrase: Phrase) -> str | None:
        """The country of a sentence that names no other, before the phrase or as a place."""
        text = self._article.text
        start = self._told.sentence_start(phrase)
        ends = [end for end in (text.find(". ", phrase.head_end), text.find("\n", phrase.head_end)) if end >= 0]
        codes = {
            best(match).code for match in self._names.inside(start, min(ends, default=len(text)))
            if best(match).kind in COUNTRY_KINDS and not self._names.is_stance(match)
            and (match.start < phrase.head_start or (LOCATED.search(text, start, match.start) and match.start - phrase.head_end < 60))
        }  # fmt: skip
        return codes.pop() if len(codes) == 1 else None

    def _of_whom(self, phrase: Phrase, role: Role) -> tuple[Entity, ...]:
        """ "The mission's human rights division": the role word's sector, or its owner's if it is weak, with the owner's code."""
        match = _OWNER.match(phrase.mention.text)
        if match is None:
            return ()
        beginning = (other for other in self._phrases if other.mention.start == phrase.mention.start)
        owner = next((other for other in beginning if other.mention.text == match[1]), None)
        found = self._told.cache.get(owner.head_start, ()) if owner is not None else ()
        return tuple(
            in_role(entity, phrase, entity.sectors if role.weak else role.sectors, f"of {match[1]!r}")
            for entity in found if not entity.reason.startswith("assumed")
        )  # fmt: skip

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
            if adjacent(self._article.text, run[-1], match):
                run.append(match)
        entities: list[Entity] = []
        for match in run:
            name = self._pick_inside(match, phrase, on)
            if name is None:
                continue
            office = office_on(name.offices, on)
            code = (office.code if office else "") or name.code or (name.offices[0].code if name.offices else "")
            own = (office.sectors if office else ()) or name.sectors
            if not code or any(entity.code == code for entity in entities):
                continue
            if name.kind in COUNTRY_KINDS | PLACE_KINDS:
                state = phrase.kind != "thing" or sectors or phrase.head in SIDES
                given = with_pre(sectors or ("GOV",), name) if state else with_pre((), name)
            else:
                given = own if weak or not sectors else (sectors if code not in NON_STATES else (*sectors,))
            mention = (
                phrase.mention
                if len(run) == 1
                else Mention(self._article.text[match.start : match.end], match.start, match.end)
            )
            resolved = name.text if name.kind not in COUNTRY_KINDS and name.text not in phrase.mention.text else None
            entity = Entity(code, given, mention, resolved, name.text, name.wikidata or None, None,
                            f"{name.kind} {name.text!r} in the phrase")  # fmt: skip
            entities.append(told_by(name, entity))
        return tuple(entities)

    def _unknown_name(self, phrase: Phrase, names: Sequence[NameMatch]) -> tuple[Entity, ...]:
        """A person or body that the lexicon does not know: coded by what stands beside it."""
        names = [match for match in names if best(match).kind not in {"person", "surname"}]
        if names:
            return self._from_names(phrase, names, ("UNK",) if phrase.kind == "person" else (), self._article.date)
        described = self._beside.get(phrase.mention.start)
        if described is not None and (entities := self._told.cache.get(described.head_start)):
            return tuple(replace(entity, mention=phrase.mention) for entity in entities)
        for apposition in phrase.appositions:
            role = self._roles.beside(apposition)
            near = self._names.of_apposition(apposition)
            if near:
                name = best(near[0])
                office = office_on(name.offices, self._article.date)
                code = (office.code if office else "") or name.code
                if code:
                    sectors = role.sectors if role and role.sectors else name.sectors or ("UNK",)
                    return (entity_of(phrase, code, sectors, f"apposition {apposition.text!r}"),)
            if role is not None:
                return (self._home.of(phrase, role.sectors),)
        return ()

    def _pick_inside(self, match: NameMatch, phrase: Phrase, on: date | None) -> Name | None:
        """Which entry a name inside a phrase means; None for somebody who only has the name of a known one."""
        picked, usual = self._pick(match, phrase, on), best(match)
        return picked if picked is not None or usual.kind in {"person", "surname"} else usual

    def _pick(self, match: NameMatch, phrase: Phrase, on: date | None) -> Name | None:
        """Which entry a name means here; None for a surname that only looks like a known one."""
        if any(entry.source for entry in match.names):
            own = (
                entry
                for entry in match.names
                if entry.source and (entry.code or office_on(entry.offices, on) or entry.otherwise)
            )
            if (mine := next(own, None)) is not None:
                return mine
            match = replace(match, names=tuple(entry for entry in match.names if not entry.source))
            if not match.names:
                return None
        name = best(match)
        if (
            name.kind in PLACE_KINDS | {"capital"}
            and self._article.text[match.start : match.end] in self._told.surnames
        ):
            return None  # "Hague" after William Hague
        if name.kind not in {"person", "surname"}:  # of entries that share a name, the one whose role is of the day
            same = [entry for entry in match.names if entry.kind == name.kind]
            return next((entry for entry in same if office_on(entry.offices, on) is not None), name)
        persons = [entry for entry in match.names if entry.kind in {"person", "surname"}]
        if name.kind == "person":
            return max(persons, key=lambda entry: (office_on(entry.offices, on) is not None, entry.kind == "person"))
        word = self._article.text[match.start : match.end]
        if word in self._told.surnames:
            return None
        if match.start > phrase.mention.start and self._article.text[match.start - 1] == " ":
            prior = self._article.text[: match.start - 1].rsplit(" ", 1)[-1]
            prior = "" if prior.endswith(("'s", "’s")) else prior  # "Syria's Assad"
            if (
                prior[:1].isupper()
                and prior.lower() not in self._lexicon.titles
                and not self._lexicon.agent(prior.lower())
                and not prior.endswith(".")
            ):
                if self._names.at(match.start - 1 - len(prior), match.start - 1) is None:
                    return None  # another person's first name stands before it
        titled = self._roles.of(phrase) is not None
        holders = [
            entry
            for entry in persons
            if (office := office_on(entry.offices, on)) and (office.code in self._home.countries or titled)
        ]
        if not holders:
            holders = [
                entry for entry in persons if any(office.code in self._home.countries for office in entry.offices)
            ]
        return holders[0] if holders else None
