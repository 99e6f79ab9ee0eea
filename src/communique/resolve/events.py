"""Decisions → events: actors, recipients, date, place and attribution of each coded candidate."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from communique import codebook
from communique.codebook import Scheme
from communique.lexicon import word_set
from communique.records import (
    Article,
    Attribution,
    Coding,
    Count,
    DateInterval,
    Entity,
    Event,
    EventCandidate,
    Mention,
    Phrase,
    Reading,
)  # fmt: skip
from communique.resolve.actors import ActorResolver
from communique.resolve.dates import count_from, is_historical, is_recent, resolve_date
from communique.resolve.places import Gazetteer, infer_place, resolve_place, resolve_places
from communique.resolve.references import ANOTHER
from communique.resolve.sizes import with_sizes

# types that are nothing without somebody who does them
_NEEDS_ACTOR = frozenset(
    {"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "COOPERATE", "AID"}
)
# types that mostly are something said
_SAYING = frozenset({"AGREE", "SUPPORT", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_ARMED = frozenset({("MIL",), ("COP",), ("GOV",), ("REB",), ("PRM",), ("UAF",), ("SPY",)})
_SEATS = frozenset({"country", "demonym", "capital", "city", "region", "government"})
_SPEAKERS = frozenset({"we", "us", "i", "me"})
_WHO = frozenset({"person", "org", "country", "agent"})
_SURE = 0.97
_SLOPE, _OFFSET = 0.6, 1.1  # fitted on the records of `evaluation/gold`
_ASSUMED = 0.8
_INCOMPLETE = 0.85
_NEARBY = 8  # sentences


@dataclass(frozen=True, slots=True)
class Resolved:
    """A coded candidate as an event, or `None` and the reason why it was dropped after all."""

    event: Event | None
    reason: str


def resolve_events(
    coded: Sequence[tuple[EventCandidate, Reading, Coding]],
    article: Article,
    resolver: ActorResolver,
    gazetteer: Gazetteer,
    counts: Sequence[Count] = (),
    scheme: Scheme | None = None,
) -> list[Resolved]:
    """Resolve the coded candidates of an article, in order; events are numbered from 1.

    `counts`: its numbers of people; `scheme`: the codebook of the user's own that they are coded by, if it is not PLOVER.
    """
    results: list[Resolved] = []
    seen: set[tuple[object, ...]] = set()
    n_events = 0
    before: DateInterval | None = None
    told: Attribution | None = None
    parties: tuple[int, tuple[Phrase, ...]] = (0, ())  # of the last meeting, and the number of its sentence
    for candidate, found, coding in coded:
        signed = not found.actors and candidate.predicate[-1] in word_set("language/speech_acts", "signing")
        if signed and candidate.sentence.number - parties[0] <= _NEARBY:
            found = replace(found, actors=parties[1])  # "a memorandum was signed"
        event, reason = _resolve(candidate, found, coding, article, resolver, gazetteer, before, scheme)
        if event is None:
            results.append(Resolved(None, reason))
            continue
        key = _same_act(event)
        if key in seen:
            results.append(Resolved(None, "the same act is coded in this sentence already"))
            continue
        seen.add(key)
        if event.coding.event_type == "CONSULT" and len(event.actors) + len(event.recipients) > 1:
            parties = (event.sentence.number, (*found.actors, *found.recipients))
        if candidate.reporter is not None and candidate.reporter.kind == "pronoun":
            event = _as_told_before(event, told)
        told = event.attribution or told
        before = event.when
        n_events += 1
        results.append(Resolved(replace(event, id=f"{article.id}#{n_events}"), reason))
    events = [result.event for result in results if result.event is not None]
    own = [event.coding for event in events]
    if scheme is None:
        meetings = _meetings(events)
        events = [_to_counterpart(event, meetings) for event in events]
    else:  # places and sizes go by what an event is in PLOVER's terms
        codings = [replace(coding, event_type=_kind(coding.event_type, scheme), modes=()) for coding in own]
        events = [replace(event, coding=coding) for event, coding in zip(events, codings, strict=True)]
    events = _with_places(events, article, resolver, gazetteer)
    events = with_sizes(events, counts)
    if scheme is not None:
        events = [replace(event, coding=coding) for event, coding in zip(events, own, strict=True)]
    sized = iter(events)
    return [replace(result, event=next(sized)) if result.event is not None else result for result in results]


def _kind(event_type: str, scheme: Scheme | None) -> str:
    """What an event of this type is in PLOVER's terms; "" for a type of the user's own that names none."""
    return scheme.roots.get(event_type, "") if scheme else event_type


def _with_places(
    events: Sequence[Event], article: Article, resolver: ActorResolver, gazetteer: Gazetteer
) -> list[Event]:
    """Events that have no place in their clause with the place that the text around them, or their parties, imply."""
    placed: list[Event] = []
    for event in events:
        if event.place is None:
            codes = [entity.code for entity in (*event.actors, *event.recipients) if entity.code]
            there = _where_it_was(resolver.located_in(event.sentence), event.coding.event_type, resolver)
            located = resolve_places(there, resolver.names, gazetteer, [*codes, *resolver.countries])
            before = placed[-1] if placed else None
            if before is not None and "\n\n" in article.text[before.sentence.start : event.sentence.start]:
                before = None
            event = replace(event, place=infer_place(event, located, before))
        placed.append(event)
    return placed


def _where_it_was(places: Sequence[Phrase], kind: str, resolver: ActorResolver) -> tuple[Phrase, ...]:
    """Places without those where others only tell of a deed; what is itself something said was where it was said."""
    return tuple(place for place in places if kind in _SAYING or not resolver.is_said_there(place))


def _around(candidate: EventCandidate, kind: str, resolver: ActorResolver) -> tuple[Phrase, ...]:
    """Places of the sentence for an attack whose clause names none: its victims are mostly of there."""
    if kind != "ASSAULT":
        return ()
    there = _where_it_was(resolver.located_in(candidate.sentence), kind, resolver)
    return tuple(place for place in there if not candidate.is_beyond(place))


def _meetings(events: Iterable[Event]) -> list[Event]:
    """Meetings of an article that took place."""
    return [event for event in events if event.coding.event_type == "CONSULT" and not event.coding.auxiliary_modes]


def _to_counterpart(event: Event, meetings: Sequence[Event]) -> Event:
    """An offer or promise that names no addressee goes to the other side, if its maker is said nearby to have met just one."""
    codes = {entity.code for entity in event.actors}
    if event.coding.event_type != "AGREE" or event.recipients or len(codes) != 1:
        return event
    others: dict[str, Entity] = {}
    for met in meetings:
        parties = {entity.code: entity for entity in reversed((*met.actors, *met.recipients)) if entity.code}
        if 0 <= event.sentence.number - met.sentence.number <= _NEARBY and codes <= set(parties):
            others = {code: entity for code, entity in parties.items() if code not in codes} | others
    if len(others) != 1:
        return event
    entity = next(iter(others.values()))
    return replace(event, recipients=(replace(entity, reason=f"the other side of the meeting; {entity.reason}"),))


def _same_act(event: Event) -> tuple[object, ...]:
    coding = event.coding
    return (
        event.sentence.number, coding.event_type, coding.modes, coding.auxiliary_modes,
        *(frozenset(entity.code or entity.mention for entity in side) for side in (event.actors, event.recipients)),
    )  # fmt: skip


def _resolve(
    candidate: EventCandidate,
    found: Reading,
    coding: Coding,
    article: Article,
    resolver: ActorResolver,
    gazetteer: Gazetteer,
    before: DateInterval | None,
    scheme: Scheme | None,
) -> tuple[Event | None, str]:
    kind = _kind(coding.event_type, scheme)
    needs_recipient = (scheme or codebook).needs_recipient(coding.event_type)
    when = _when(candidate, coding, article.date, before)
    on = when.first if when is not None else article.date
    places = _where_it_was(tuple(dict.fromkeys((*found.places, *candidate.places))), kind, resolver)
    found = _spoken(found, candidate.reporter)
    apart = tuple(phrase for phrase in found.actors if not resolver.stands_beside(phrase, found.recipients))
    found = replace(found, actors=apart or found.actors)  # "thanked his host, X"
    uncoded = _WHO if scheme is not None else frozenset[str]()
    reached = candidate.slots.get("to", ())
    seats = tuple(place for place in places if place not in reached)  # "flew to London" does not make them British
    actors = _entities(found.actors, resolver, on, seats, (), uncoded=uncoded)
    said = kind in _SAYING | {"SANCTION"}  # "in New York, the president announced sanctions"
    scenes = () if said else places or _around(candidate, kind, resolver)
    recipients = _entities(found.recipients, resolver, on, scenes, actors, uncoded=uncoded)
    if kind in {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION"}:
        actors = _entities(found.actors, resolver, on, seats, recipients, uncoded=uncoded) or actors
    armies = bool(actors) and all(actor.sectors[:1] == ("MIL",) for actor in actors)
    if kind in {"AGREE", "AID"} or (kind == "ASSAULT" and armies):
        recipients = tuple(map(resolver.people_of_home, recipients))
    if kind == "ASSAULT":
        actors = _without_teller(actors, recipients, candidate.reporter)
    if kind in {"ASSAULT", "COERCE"}:
        recipients = _of_the_reporter(recipients, actors, candidate.reporter, resolver, on)
    if kind == "CONSULT":
        actors, recipients = _abroad(actors, recipients, resolver)
    same = _one_party if scheme is None else _same_words
    recipients = tuple(entity for entity in recipients if not any(same(entity, actor) for actor in actors))
    if needs_recipient and not recipients:
        recipients = _implied(candidate, found, places, actors, resolver, on, scheme)
    if scheme is None and not any(entity.code for entity in (*actors, *recipients)):
        return None, "names nobody that the codebook can code"
    if scheme is None and kind in _NEEDS_ACTOR and not any(entity.code for entity in actors):
        return None, f"{coding.event_type} without an actor that the codebook can code"
    if needs_recipient and not recipients and len(actors) < 2:
        return None, f"{coding.event_type} needs a recipient, and the text names none"
    countries = [entity.code for entity in (*actors, *recipients) if entity.code]
    place = resolve_place(places, resolver.names, gazetteer, [*countries, *resolver.countries])
    if when is not None and not coding.auxiliary_modes and is_historical(when, article.date):
        coding = replace(coding, auxiliary_modes=("historical",), reason=f"{coding.reason}; dated {when.first}")
    if when is not None and coding.auxiliary_modes == ("historical",) and is_recent(when, article.date):
        coding = replace(coding, auxiliary_modes=(), reason=f"{coding.reason}; dated {when.first}")
    event = Event(
        id="",
        article=article,
        coding=replace(coding, confidence=_confidence(coding, actors, recipients, fitted=scheme is None)),
        actors=actors,
        recipients=recipients,
        trigger=candidate.trigger,
        sentence=candidate.sentence,
        when=when or _assumed_day(article.date),
        place=place,
        scheme=scheme,
        attribution=_attribution(candidate.reporter, replace(coding, event_type=kind), actors, resolver, on),
    )
    return event, coding.reason


def _implied(
    candidate: EventCandidate,
    found: Reading,
    places: Sequence[Phrase],
    actors: Sequence[Entity],
    resolver: ActorResolver,
    on: date | None,
    scheme: Scheme | None,
) -> tuple[Entity, ...]:
    """To whom something was done that must have been done to somebody, where the text names nobody that can be coded."""
    if scheme is not None:  # such as "cane cutters", a thing to the lexicon
        things = [phrase for phrase in found.recipients if phrase.kind == "thing"]
        if things:
            reason = "not known to the lexicon of actors"
            return tuple(Entity(None, (), phrase.mention, reason=reason) for phrase in things)
    own = {actor.code for actor in actors}
    there = tuple(entity for entity in _entities(places, resolver, on, (), ()) if entity.code not in own)
    if there or len(actors) > 1:
        return there or resolver.other_country(candidate.sentence, actors)
    persons = (resolver.somebody(phrase) for phrase in found.recipients if phrase.kind == "person")
    return (
        tuple(entity for entity in persons if entity.code)
        or resolver.other_country(candidate.sentence, actors)
        or resolver.other_of_article(actors)
    )


def _spoken(found: Reading, reporter: Phrase | None) -> Reading:
    """ "We" and "I" are whoever says so."""
    if reporter is None:
        return found

    def told(phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
        return tuple(
            reporter if phrase.kind == "pronoun" and phrase.head in _SPEAKERS else phrase for phrase in phrases
        )

    return replace(found, actors=told(found.actors), recipients=told(found.recipients))


def _abroad(
    actors: tuple[Entity, ...], recipients: tuple[Entity, ...], resolver: ActorResolver
) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """Of two officials who meet, one whose country was only assumed to be the other's is of the article's other country."""
    parties = (*actors, *recipients)
    sure = {entity.code for entity in parties if not entity.reason.startswith("assumed")}
    others = [code for code in resolver.countries[:2] if code not in sure]
    if len(parties) != 2 or len(sure) != 1 or len(others) != 1 or {entity.code for entity in parties} != sure:
        return actors, recipients

    def moved(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
        return tuple(
            replace(entity, code=others[0], reason="assumed: the other country of the article")
            if entity.reason.startswith("assumed") and entity.sectors[:1] == ("GOV",) else entity
            for entity in entities
        )  # fmt: skip

    return moved(actors), moved(recipients)


def _without_teller(
    actors: tuple[Entity, ...], victims: Sequence[Entity], reporter: Phrase | None
) -> tuple[Entity, ...]:
    """Attackers without who only tells of the attack, as those do who have no arms, or whose own victims would be civilians:
    "The doctors' union said that 56 civilians had been killed".
    """
    if reporter is None:
        return actors
    unarmed = all(entity.sectors[:1] == ("CVL",) for entity in victims)
    return tuple(
        entity for entity in actors
        if entity.mention != reporter.mention or (entity.sectors[:1] in _ARMED and not unarmed)
    )  # fmt: skip


def _of_the_reporter(
    victims: tuple[Entity, ...],
    actors: Sequence[Entity],
    reporter: Phrase | None,
    resolver: ActorResolver,
    on: date | None,
) -> tuple[Entity, ...]:
    """Victims assumed to be of the attacker's own country, where another state's officials tell of the attack: theirs."""
    told = next(iter(resolver.resolve(reporter, on)), None) if reporter is not None else None
    if told is None or told.code is None or told.reason.startswith("assumed"):
        return victims
    if told.sectors[:1] not in {("GOV",), ("MIL",)}:
        return victims
    own = {actor.code for actor in actors if not actor.reason.startswith("assumed")}
    if not own or told.code in own:
        return victims
    return tuple(
        replace(victim, code=told.code, reason=f"assumed to be of {told.mention.text!r}, who tells of it")
        if victim.code in own and victim.reason.startswith("assumed") else victim
        for victim in victims
    )  # fmt: skip


def _entities(
    phrases: Sequence[Phrase],
    resolver: ActorResolver,
    on: date | None,
    places: Sequence[Phrase],
    beside: Sequence[Entity],
    *,
    uncoded: frozenset[str] = frozenset(),
) -> tuple[Entity, ...]:
    """Who phrases name; of those whose code is not known, phrases of the kinds `uncoded`."""
    entities: list[Entity] = []
    for phrase in phrases:
        if resolver.stands_beside(phrase, phrases):
            continue
        for entity in resolver.resolve(phrase, on, places, beside):
            if phrase.kind == "person":
                entity = resolver.of_the_other_side(entity, (*beside, *entities))
            if not entity.code and phrase.kind not in uncoded:
                continue
            bare = next((number for number, other in enumerate(entities) if _is_bare(other, entity)), None)
            if bare is not None:  # "most of China's claims" and "China"
                entities[bare] = entity if entity.sectors else entities[bare]
            elif not any(_same(entity, other) for other in entities):
                entities.append(entity)
    return tuple(entities)


def _is_bare(first: Entity, second: Entity) -> bool:
    """Whether two entities are of one code and one of them says no more than that."""
    return first.code is not None and first.code == second.code and not (first.sectors and second.sectors)


def _same(first: Entity, second: Entity) -> bool:
    """Whether two entities are one party: the same code in the same role, or the same words."""
    if first.mention == second.mention and first.code == second.code:
        return True
    if (
        first.code == second.code
        and first.sectors[:1] == second.sectors[:1] == ("GOV",)
        and (_is_state(first) or _is_state(second))
    ):
        return True  # Turkey's minister and Ankara
    return (
        first.code is not None
        and first.code == second.code
        and first.sectors[:1] == second.sectors[:1]
        and first.identifier_text == second.identifier_text
    )


def _is_state(entity: Entity) -> bool:
    return entity.reason.endswith("for its government")


_PERSON_PRONOUNS = frozenset({"he", "she", "him", "her"})


def _one_party(first: Entity, second: Entity) -> bool:
    """Whether who acted is also who was acted upon: not where two role words of one state differ, "the governor" and "the army"."""
    if first.reason.startswith(ANOTHER):  # "his rival"
        return False
    return _same(first, second) and not (_by_role(first) and _by_role(second) and _words(first) != _words(second))


def _by_role(entity: Entity) -> bool:
    """Whether an entity was told by a role word, neither by a name nor by what else it refers to."""
    told = entity.resolved_text is None or entity.mention.text.lower() in _PERSON_PRONOUNS
    return told and entity.identifier_text is None and not entity.reason.endswith("government")


def _words(entity: Entity) -> str:
    return entity.resolved_text or entity.mention.text


def _same_words(first: Entity, second: Entity) -> bool:
    """Whether two entities are one party by name or words: to own types, herders and farmers of one country are two."""
    return first.mention == second.mention or (first.identifier_text is not None and _same(first, second))


def _when(
    candidate: EventCandidate, coding: Coding, published_on: date | None, before: DateInterval | None
) -> DateInterval | None:
    """The candidate's date; `before` is that of the event told before it, from which "the next day" counts."""
    ahead = coding.ahead or candidate.circumstances.tense == "future"
    ahead = ahead or candidate.circumstances.modal == "would"
    for number, mention in enumerate(candidate.dates):
        if mention.text.lower().endswith((" after", " before")):  # counted from the event of the clause above
            above = (resolve_date(other.text, published_on) for other in candidate.dates[number + 1 :])
            base = next((interval for interval in above if interval is not None), None) or _assumed_day(published_on)
            if (counted := count_from(mention.text, base)) is not None:
                return counted
            continue
        if (counted := count_from(mention.text, before)) is not None:
            return counted
        interval = resolve_date(mention.text, published_on, "future" if ahead else "past")
        if candidate.predicate[-1] == "invite" and _is_of_the_plan(interval, mention, published_on):
            continue
        if interval is not None and (ahead or published_on is None or interval.first <= published_on):
            return interval
    return None


def _is_of_the_plan(interval: DateInterval | None, mention: Mention, published_on: date | None) -> bool:
    """Whether a month without a year is that of the visit, not of the invitation: "invited him to Rome in May"."""
    if interval is None or interval.resolution != "month" or re.search(r"\d{4}|last|ago", mention.text):
        return False
    return is_historical(interval, published_on)


def _assumed_day(published_on: date | None) -> DateInterval | None:
    return DateInterval(published_on, published_on, "publication") if published_on is not None else None


def _confidence(coding: Coding, actors: Sequence[Entity], recipients: Sequence[Entity], *, fitted: bool) -> float:
    """How likely type, actor and recipient are right: the typing's probability, less where an actor was assumed or a side
    is missing; `fitted`: on the scale of what was found right in the gold articles, which know no own types.
    """
    value = coding.confidence
    if any(entity.reason.startswith("assumed") for entity in (*actors, *recipients)):
        value *= _ASSUMED
    if not actors or not recipients:
        value *= _INCOMPLETE
    value = min(max(value, 1 - _SURE), _SURE)
    if not fitted:
        return round(value, 3)
    logit = _SLOPE * math.log(value / (1 - value)) + _OFFSET
    return round(1 / (1 + math.exp(-logit)), 3)


def _attribution(
    reporter: Phrase | None, coding: Coding, actors: Sequence[Entity], resolver: ActorResolver, on: date | None
) -> Attribution | None:
    """Who reported it; nobody where saying is the event itself, and its actor the one who says it."""
    if reporter is None:
        return None
    entity = next(iter(resolver.resolve(reporter, on)), None)
    if coding.event_type in _SAYING and any(_speaks(reporter, entity, actor) for actor in actors):
        return None
    mention = Mention(reporter.mention.text, reporter.mention.start, reporter.mention.end)
    code = entity.code if entity is not None else None
    if entity is None or entity.reason.startswith("assumed"):  # "the Defence Ministry in Moscow"
        seats = (
            match.names[0] for match in resolver.names if mention.start <= match.start and match.end <= mention.end
        )
        code = next((seat.code for seat in seats if seat.code and seat.kind in _SEATS), code)
    if code is None and reporter.kind != "pronoun" and any(word.islower() for word in reporter.mention.text.split()):
        code = next(iter(resolver.countries), None)  # "opposition leader Levan Abashidze": of the article's own country
    return Attribution(mention, code)


def _as_told_before(event: Event, told: Attribution | None) -> Event:
    """ "He added": if nobody knows who "he" is, whoever was named before as reporting."""
    attribution = event.attribution
    if attribution is None or attribution.code is not None or told is None:
        return event
    return replace(event, attribution=replace(attribution, code=told.code))


def _speaks(reporter: Phrase, entity: Entity | None, actor: Entity) -> bool:
    """Whether who reports is the actor: by the same words, or by words that stand for the same."""
    if reporter.mention.start < actor.mention.end and actor.mention.start < reporter.mention.end:
        return True
    if entity is None:
        return False
    named = {entity.mention.text.lower(), (entity.resolved_text or "").lower()} - {""}
    stands_for = {actor.mention.text.lower(), (actor.resolved_text or "").lower()} - {""}
    return (reporter.kind == "pronoun" or actor.resolved_text is not None) and bool(named & stands_for)
