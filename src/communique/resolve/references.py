"""Whom words stand for that name nobody: "they", "both sides", "the minister", "Hasanov", "the kingdom", "his hosts"."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter

from communique.lexicon import load_section
from communique.records import Entity, Mention, Phrase
from communique.resolve.home import Home
from communique.resolve.names import COUNTRY_KINDS, JOINED, NON_STATES, NamesInText, best
from communique.resolve.roles import PERSON_ROLES, Role, RolesInText

_OTHER_GROUP = frozenset(
    "northern southern eastern western opposition ruling main largest rival other another local".split()
)
_ACRONYM = re.compile(r"\s*\(([A-Z][A-Za-z\-]{1,9})\)")
_SAID = re.compile(r"\s+(?:(?:has|have|had|also|later)\s+)?(?:said|says|say|announced|added|denied|denies|claimed|claims|warned|insisted|stressed|confirmed|promised|vowed)"
                   r"(?:\s+(?:on )?(?:\w+day|late|earlier|also))?(?:\s+that)?\s+", re.I)  # fmt: skip
_HE = frozenset({"he", "she", "him", "his", "her", "hers", "himself", "herself"})
_IT = frozenset({"it", "its", "itself"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
_OBJECTS = frozenset({"him", "her", "them", "it"})
_WE = frozenset({"we", "us", "our", "ours", "i", "me", "my", "myself", "ourselves"})
GROUP_HEADS = frozenset(
    "group organisation organization movement party company bloc alliance union militia body agency".split()
)
STATE_HEADS = frozenset(
    "emirate sultanate principality archipelago federation country colony nation state kingdom republic island neighbour neighbor".split()
)
DOCUMENTS = frozenset({"resolution", "motion"})  # say what those say who passed them
PAIR_HEADS = frozenset({
    "man", "woman", "side", "country", "nation", "leader", "party", "neighbour", "neighbor", "minister", "president", "government",
    "state", "capital", "pair", "diplomat", "counterpart", "foe", "rival", "ally", "delegation", "official", "general", "power",
})  # fmt: skip
_NEIGHBOURS = frozenset({"neighbour", "neighbor"})
_STATE_WORDS = frozenset({"country", "nation", "government", "state", "capital"}) | _NEIGHBOURS
_HEADS_OF_STATES = _STATE_WORDS | {"leader", "president", "minister"}
_REACH = 400  # mentions that a word can refer back over
_OFTEN = 4
_OFTEN_NAMED = 3  # from which a neighbour of whom the report says no more is the country named most often
ANOTHER = "somebody else"  # how the reason begins for who is never the one he belongs to
_RIVALS = frozenset({"rival", "predecessor", "successor", "opponent", "challenger", "critic", "foe", "enemy", "deputy"})
OTHER_SIDE = frozenset({"neighbour", "neighbor", "host", "guest", "counterpart", "interlocutor", "opposite"})
SIDES = frozenset({"side", "delegation", "foe", "rival"})
_PORTFOLIO = re.compile(
    r"\b(?!(?:new|former|visiting|outgoing|same|first|senior|junior|two|three|other)\b)[a-z]+ (?:minister|secretary)$"
)
_BARE = frozenset(
    "the both two three four these those all warring rival sides hostile opposing former neighbouring neighboring".split()
)
_COUNTED = re.compile(
    r"(?:at least |about |around |some |nearly |more than )?(?:\d|dozens|scores|hundreds|thousands|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    re.I,
)
_PAIR = re.compile(r"\b(?:two|both|three|four)\b", re.I)
_OF_BOTH = re.compile(r"\b(?:of|from) (?:both|the two) ([a-z]+)$")


@dataclass(frozen=True, slots=True)
class Known:
    """A resolved mention, for later mentions to refer to."""

    start: int
    entities: tuple[Entity, ...]
    phrase: Phrase
    roles: frozenset[str]
    is_person: bool


_start = attrgetter("start")


class References:
    """What an article has named so far, for later words to refer to.

    Attributes:
        cache: Entities of the phrases seen, by the offset of their heads.
        persons: Offsets of the heads of phrases that mean one person.
        surnames: Persons named in full, by the last part of their names.
    """

    def __init__(self, names: NamesInText, home: Home, roles: RolesInText) -> None:
        self._names = names
        self._home = home
        self._roles = roles
        self._known: list[Known] = []
        self.cache: dict[int, tuple[Entity, ...]] = {}
        self.persons: set[int] = set()
        self.surnames: dict[str, tuple[Entity, ...]] = {}
        self._acronyms: dict[str, tuple[Entity, ...]] = {}

    def remember(self, phrase: Phrase, entities: tuple[Entity, ...]) -> None:
        """Keep whom a phrase means, and its name and roles, for what comes behind it."""
        self.cache[phrase.head_start] = entities
        if not entities:
            return
        role = self._roles.of(phrase)
        words = set(role.words) if role else set()
        for apposition in phrase.appositions:
            beside = self._roles.beside(apposition)
            words |= beside.words if beside else set()
        words.add(phrase.head)
        text = self._names.text
        is_person = phrase.kind == "person" or (
            phrase.kind in {"agent", "pronoun"} and not phrase.plural and bool(role) and bool(words & PERSON_ROLES)
        ) or (phrase.kind == "pronoun" and phrase.head in _HE) or self._named_beside(phrase)  # fmt: skip
        if is_person:
            self.persons.add(phrase.head_start)
        insort(self._known, Known(phrase.head_start, entities, phrase, frozenset(words), is_person), key=_start)
        if phrase.kind == "pronoun":
            return
        last = text[phrase.head_start : phrase.head_end]
        if is_person and last[:1].isupper() and " " in phrase.mention.text:
            self.surnames.setdefault(last, entities)
        for apposition in phrase.appositions:
            named = apposition.text.split()
            if is_person and len(named) >= 2 and named[-1][:1].isupper() and named[0][:1].isupper():
                self.surnames.setdefault(named[-1], entities)
        if match := _ACRONYM.match(text, phrase.mention.end):
            self._acronyms.setdefault(match[1], entities)

    def pronoun(self, phrase: Phrase, avoid: Sequence[Entity] = ()) -> tuple[Entity, ...]:
        """Whom a pronoun stands for: the subject before it that fits, who is none of those to be avoided."""
        word = phrase.mention.text.lower().split(" ")[0]
        if phrase.subject and not avoid and word in _HE | _IT | _THEY and (speakers := self._speakers(phrase)):
            return speakers
        before = [
            known for known in self._before(phrase)
            if known.entities and not _any_alike(known.entities, avoid)
        ]  # fmt: skip
        if word in {"both", "each", "two", "pair"}:
            return self.pair(phrase)
        if word in _HE or word in _WE:
            fits = [known for known in before if known.is_person and not known.phrase.plural]
        elif word in _IT:
            fits = [
                known
                for known in before
                if not known.is_person
                and not known.phrase.plural
                and (known.phrase.kind in {"country", "org", "agent"} or known.phrase.head in GROUP_HEADS | DOCUMENTS)
            ]
        elif word in _THEY:
            fits = [
                known
                for known in before
                if (known.phrase.plural and any(entity.sectors for entity in known.entities))
                or len(known.entities) > 1
                or known.phrase.kind in {"org", "country"}
            ]
            plural = [known for known in fits[-6:] if known.phrase.plural or len(known.entities) > 1]
            fits = plural or fits
        else:
            return ()
        if not fits:
            return self.pair(phrase) if word in _THEY else ()
        near = [known for known in fits if known.start >= self.sentence_start(phrase)]
        if near and not phrase.subject and word in _OBJECTS:  # "met the president and invited him"
            return _again(phrase, near[-1].entities, "refers to")
        if near and word in _HE and not any(known.phrase.subject for known in near):
            return _again(phrase, near[-1].entities, "refers to")  # "refused to arrest the president when HE came"
        same = self.sentence_start(fits[-1].phrase)
        if word in _THEY and not any(known.phrase.subject for known in fits if known.start >= same):
            return _again(phrase, fits[-1].entities, "refers to")  # "ordered all ministers out. Two of them …"
        subjects = [known for known in fits[-4:] if known.phrase.subject]
        return _again(phrase, (subjects[-1] if subjects else fits[-1]).entities, "refers to")

    def pair(self, phrase: Phrase) -> tuple[Entity, ...]:
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
        before = self._before(phrase)
        states = phrase.head in _STATE_WORDS
        persons = phrase.head in PERSON_ROLES and any(known.is_person for known in before)
        for known in reversed(before):
            if phrase.head_start - known.start > 1200:
                break
            if known.phrase.kind in {"place", "thing", "pronoun"} or (persons and not known.is_person):
                continue
            for entity in reversed(known.entities):
                if states and entity.code in NON_STATES:
                    continue
                named = replace(entity, sectors=("GOV",)) if states else entity
                if named.code and not _any_alike([named], found):
                    found.append(named)
            if len(found) >= wanted:
                break
        return _standing_for(phrase, found[wanted - 1 :: -1]) if len(found) > 1 else ()

    def is_bare(self, phrase: Phrase) -> bool:
        """Whether a phrase says nothing of whom it means but their number: "the two sides", "the countries"."""
        text = phrase.mention.text
        alone = sum(word not in _BARE for word in text.lower().split()) < 2
        counted = phrase.head in _STATE_WORDS and _PAIR.search(text) is not None  # "the two nuclear-armed neighbours"
        return (alone or counted) and not self._names.own(phrase)

    def of_both(self, phrase: Phrase, role: Role) -> tuple[Entity, ...]:
        """ "Negotiators of both countries": the role word's sector with the codes of the pair."""
        match = _OF_BOTH.search(phrase.mention.text)
        if match is None:
            return ()
        head = match[1].removesuffix("ies") + "y" if match[1].endswith("ies") else match[1].removesuffix("s")
        pair = self.pair(replace(phrase, head=head))
        return tuple(in_role(entity, phrase, role.sectors or entity.sectors, entity.reason) for entity in pair)

    def is_counted(self, phrase: Phrase) -> bool:
        """Whether a phrase only counts them: "some 50 governments"."""
        return not phrase.definite and _COUNTED.match(phrase.mention.text) is not None

    def both(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The two that "the sides", "the two presidents", "both ministers" are; nobody if the phrase means no pair."""
        many = replace(phrase, head=phrase.head.lower().removesuffix("s"))  # "the Ministers", to a parser a name
        both = phrase.mention.text[:4].lower() == "both"
        if not (phrase.plural or both) or not (phrase.definite or both) or many.head not in SIDES | PAIR_HEADS:
            return ()
        alone = many.head in SIDES or _PAIR.search(phrase.mention.text) or self._officials_of_two_states(many)
        return self.pair(many) if alone else ()

    def by_name(self, phrase: Phrase) -> tuple[Entity, ...]:
        """Surnames of persons named in full before, and acronyms given in parentheses."""
        last = self._names.text[phrase.head_start : phrase.head_end]
        found = self.surnames.get(last) or self._acronyms.get(last)
        if not found:
            return ()
        return _again(phrase, found, "named before as")

    def same_role(self, phrase: Phrase, role: Role) -> tuple[Entity, ...]:
        """ "The minister" after "Defence Minister Hasanov": the last entity known by that role word."""
        if self._has_own_name(phrase) or self.is_counted(phrase):
            return ()  # "42 soldiers" are none of those named before
        titles = {word for word in role.words if " " in word}
        if phrase.definite and phrase.head == "government" and (own := self._own_government(phrase)):
            return own
        for known in reversed(self._before(phrase)):
            if titles and not titles & known.roles and any(" " in word for word in known.roles):
                continue  # an energy minister is not the foreign minister
            portfolio = _PORTFOLIO.search(phrase.mention.text)
            if portfolio is not None and portfolio[0].lower() not in known.phrase.mention.text.lower():
                continue
            if phrase.head in known.roles and known.entities and known.phrase.plural == phrase.plural:
                if any(entity.reason.startswith("assumed") for entity in known.entities) and not (
                    known.is_person or phrase.definite
                ):
                    continue
                return _again(phrase, known.entities, "refers to")
        return ()

    def _own_government(self, phrase: Phrase) -> tuple[Entity, ...]:
        """ "The government" is that of the article's own country, if that was named as such before."""
        for known in reversed(self._before(phrase)):
            if "government" in known.roles and any(entity.code == self._home.code for entity in known.entities):
                return _again(phrase, known.entities, "refers to")
        return ()

    def description(self, phrase: Phrase, avoid: Sequence[Entity] = ()) -> tuple[Entity, ...]:
        """ "The island", "his country", "the movement": what was named last of that sort, and is none of those to be avoided."""
        first = phrase.mention.text.split()[0].lower()
        if first in {"his", "her", "our", "my", "their"} and phrase.head in STATE_HEADS:
            return tuple(
                entity_of(phrase, entity.code, ("GOV",), f"country of {entity.mention.text!r}")
                for entity in self._owners(phrase)[:1] if entity.code not in NON_STATES
            )  # fmt: skip
        if phrase.head in (kinds := _state_kinds()) and (named := self._of_kind(phrase, kinds[phrase.head], avoid)):
            return named
        if phrase.head == "state" and self._home.code is not None:
            return (self._home.of(phrase, ("GOV",)),)
        if phrase.head in GROUP_HEADS and _OTHER_GROUP & set(phrase.mention.text.lower().split()):
            return ()  # "the northern alliance"
        wanted = "org" if phrase.head in GROUP_HEADS | DOCUMENTS else "country"
        for known in reversed(self._before(phrase)):
            if _any_alike(known.entities, avoid):
                continue
            if known.phrase.kind == wanted and known.phrase.plural >= phrase.plural:
                return _again(phrase, known.entities, "refers to")
        return ()

    def other_side(self, phrase: Phrase, role: Role | None) -> tuple[Entity, ...]:
        """ "His hosts", "her counterpart": the state named last besides the one whose they are."""
        words = phrase.mention.text.lower().split()
        if words[0] not in {"its", "their", "his", "her", "our", "my"} or self._names.own(phrase):
            return ()
        official = phrase.head == "counterpart" and role is not None and role.sectors
        if official and role is not None and role.sectors[0] not in {"GOV", "MIL"}:
            return ()
        own = {entity.code for entity in self._owners(phrase)}
        if phrase.head in _NEIGHBOURS and own and None not in own:
            code, times = next((item for item in self._home.ranked if item[0] not in own), ("", 0))
            if times >= _OFTEN_NAMED:
                return (entity_of(phrase, code, ("GOV",), "the other country named most often"),)
        for known in reversed(self._before(phrase)):
            for entity in known.entities if known.phrase.kind != "place" else ():
                if entity.code and len(entity.code) == 3 and entity.code not in own | NON_STATES:
                    sectors = role.sectors if official and role is not None else ("GOV",)
                    return (entity_of(phrase, entity.code, sectors, f"the other side, {entity.mention.text!r}"),)
        return ()

    def _owners(self, phrase: Phrase) -> tuple[Entity, ...]:
        """Whose "his country", "her hosts" are: whom the first word stands for."""
        first = phrase.mention.text.split()[0].lower()
        return self.pronoun(
            replace(phrase, mention=Mention(first, phrase.mention.start, phrase.mention.start + len(first)))
        )

    def possessed(self, phrase: Phrase, role: Role) -> tuple[Entity, ...]:
        """ "Its forces", "their leader": the role word's sector with the code of whom the pronoun stands for."""
        words = phrase.mention.text.split()
        if len(words) < 2 or words[0].lower() not in {"its", "their", "his", "her"}:
            return ()
        end = phrase.mention.start + len(words[0])
        pronoun = Phrase(
            Mention(words[0], phrase.mention.start, end), words[0].lower(), phrase.mention.start, end, "pronoun"
        )
        owners = self.pronoun(pronoun)
        other = f"{ANOTHER}: " if phrase.head in _RIVALS else ""
        return tuple(
            in_role(owner, phrase, owner.sectors if role.weak and owner.sectors else role.sectors, f"{other}{words[0]!r} {owner.reason}")
            for owner in owners
        )  # fmt: skip

    def _before(self, phrase: Phrase) -> list[Known]:
        """Whom the report has named not too far before a phrase, in order."""
        first = bisect_left(self._known, self._home.report_start(phrase.head_start), key=_start)
        last = bisect_left(self._known, phrase.head_start, key=_start)
        return self._known[max(first, last - _REACH) : last]

    def _speakers(self, phrase: Phrase) -> tuple[Entity, ...]:
        """Who says something of himself: "Canada and France said THEY would …"."""
        fits: list[Known] = []
        end = phrase.head_start
        for known in reversed(self._before(phrase)):
            if known.phrase.mention.end > end:
                continue
            between = self._names.text[known.phrase.mention.end : end]
            if not (_SAID if not fits else JOINED).fullmatch(between):
                break
            if not fits and not known.phrase.subject and known.phrase.kind not in {"country", "org", "person", "agent"}:
                break
            fits.append(known)
            end = known.phrase.mention.start
        if len(fits) > 1 and phrase.head not in _THEY:
            return ()
        if len(fits) == 1 and not _agrees(phrase, fits[0]):
            return ()
        return tuple(entity for known in reversed(fits) for entity in _again(phrase, known.entities, "refers to"))

    def _officials_of_two_states(self, phrase: Phrase) -> bool:
        """Whether those of a role who were named before are of two states: "the ministers" of a visit."""
        codes = [
            known.entities[0].code for known in self._before(phrase)
            if phrase.head in known.roles and not known.phrase.plural and len(known.entities) == 1
        ]  # fmt: skip
        return phrase.head in _HEADS_OF_STATES and len(set(codes[-4:]) - {None}) == 2

    def _main_pair(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The two states that an article names again and again, if it does: "the two presidents"."""
        ranked = self._home.ranked
        if phrase.head not in _HEADS_OF_STATES | {"side"} or len(ranked) < 2 or ranked[1][1] < _OFTEN:
            return ()
        if len(ranked) > 2 and ranked[2][1] > ranked[1][1] - 2:
            return ()
        first = {code: next((m for m in self._names.all if best(m).code == code), None) for code, _ in ranked[:2]}
        text = self._names.text
        return tuple(
            Entity(code, ("GOV",), phrase.mention, text[match.start : match.end], reason=f"stands for {text[match.start : match.end]!r}")
            for code, match in first.items() if match is not None
        )  # fmt: skip

    def _joined_pair(self, phrase: Phrase) -> tuple[Entity, ...]:
        """The last two parties named in one breath: "the government and the rebels"."""
        near = [known for known in self._before(phrase) if phrase.head_start - known.start < 1200]
        if phrase.head in _HEADS_OF_STATES:
            near = [known for known in near if all(_is_state(entity) for entity in known.entities)]
        elif phrase.head in PERSON_ROLES:  # "the two generals"
            near = [known for known in near if known.is_person or known.phrase.plural]
        for second, first in zip(reversed(near), reversed(near[:-1]), strict=False):
            if len(second.entities) == 2 and second.phrase.plural:  # "both sides", said before
                return _standing_for(phrase, second.entities)
            between = self._names.text[first.phrase.mention.end : second.phrase.mention.start]
            if between.strip() in {"and", "and the"} and not {"place", "thing"} & {
                first.phrase.kind,
                second.phrase.kind,
            }:
                pair = (*first.entities, *second.entities)
                if len({(entity.code, entity.sectors[:1]) for entity in pair}) == len(pair) == 2:
                    return _standing_for(phrase, pair)
        return ()

    def _has_own_name(self, phrase: Phrase) -> bool:
        """Whether a title stands before a name that the parser kept apart from it."""
        behind = self._names.text[phrase.mention.end : phrase.mention.end + 3]
        return (
            phrase.mention.text[:1].isupper()
            and len(behind) > 2
            and behind[0] == " "
            and behind[1].isupper()
            and behind[2].islower()
        )

    def _of_kind(self, phrase: Phrase, codes: frozenset[str], avoid: Sequence[Entity]) -> tuple[Entity, ...]:
        """The state of a sort that was named last: "the emirate"."""
        codes = codes - {entity.code for entity in avoid}
        for match in reversed(self._names.inside(0, phrase.mention.start)):
            if best(match).code in codes and best(match).kind in COUNTRY_KINDS:
                text = self._names.text[match.start : match.end]
                return (
                    replace(
                        entity_of(phrase, best(match).code, ("GOV",), f"the {phrase.head} named last"),
                        resolved_text=text,
                    ),
                )
        return ()

    def _named_beside(self, phrase: Phrase) -> bool:
        """Whether a name of two words or more stands beside somebody: "the Fund's negotiator, Marta Lindqvist"."""
        names = [apposition.text.split() for apposition in phrase.appositions]
        return phrase.kind in {"agent", "thing"} and not phrase.plural and any(
            1 < len(words) < 5 and all(word[:1].isupper() for word in words) for words in names
        )  # fmt: skip

    def sentence_start(self, phrase: Phrase) -> int:
        text = self._names.text
        return max(text.rfind(". ", 0, phrase.head_start), text.rfind("\n", 0, phrase.head_start)) + 1


def entity_of(phrase: Phrase, code: str | None, sectors: tuple[str, ...], reason: str) -> Entity:
    """An entity that a phrase names."""
    return Entity(code, sectors, phrase.mention, reason=reason)


def in_role(owner: Entity, phrase: Phrase, sectors: tuple[str, ...], reason: str) -> Entity:
    """Somebody of an entity's, such as its forces: with its code, but not under its name."""
    return replace(
        owner,
        mention=phrase.mention,
        sectors=sectors,
        identifier_text=None,
        identifier_id=None,
        office=None,
        reason=reason,
    )


def alike(first: Entity, second: Entity) -> bool:
    """Whether two entities are one party of one state, or one person."""
    if first.identifier_text is not None and first.identifier_text == second.identifier_text:
        return True
    return first.code == second.code and first.sectors[:1] == second.sectors[:1]


def _is_state(entity: Entity) -> bool:
    return entity.sectors[:1] == ("GOV",) and entity.code not in NON_STATES


def _any_alike(entities: Sequence[Entity], others: Sequence[Entity]) -> bool:
    return any(alike(entity, other) for entity in entities for other in others)


def _agrees(pronoun: Phrase, known: Known) -> bool:
    """Whether a pronoun can stand for somebody by number and kind."""
    if pronoun.head in _HE or known.is_person:
        return pronoun.head in _HE and known.is_person
    several = known.phrase.plural or len(known.entities) > 1
    return several if pronoun.head in _THEY else not several or known.phrase.kind == "org"


@cache
def _state_kinds() -> dict[str, frozenset[str]]:
    return {kind: frozenset(codes) for kind, codes in load_section("actors/state_kinds")["kinds"].items()}


def _again(phrase: Phrase, entities: Sequence[Entity], how: str) -> tuple[Entity, ...]:
    """Entities that a phrase means again; what was only assumed of them stays so."""
    return tuple(
        replace(entity, mention=phrase.mention, resolved_text=entity.resolved_text or entity.mention.text,
                reason=entity.reason if entity.reason.startswith("assumed") else f"{how} {entity.mention.text!r}")
        for entity in entities
    )  # fmt: skip


def _standing_for(phrase: Phrase, entities: Sequence[Entity]) -> tuple[Entity, ...]:
    return tuple(
        replace(entity, mention=phrase.mention, resolved_text=entity.resolved_text or entity.mention.text,
                reason=f"stands for {entity.mention.text!r}")
        for entity in entities
    )  # fmt: skip
