"""Event typing by lexicon: the reading of a candidate is that of the frame whose conditions its slots meet best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from communique.lexicon import Condition, EventLexicon, Frame
from communique.records import EventCandidate, Phrase, Reading

_ACTOR_KINDS = frozenset({"person", "org", "country", "agent", "pronoun"})
_VERB_ACTORS = ("subject",)
_VERB_RECIPIENTS = ("indirect", "object", "against", "on", "to", "with", "from", "at", "over", "for")
_NOUN_ACTORS = ("subject", "possessor", "by", "modifier", "from", "of")
_NOUN_RECIPIENTS = ("against", "on", "to", "with", "over", "for", "at")
_PARTNERS = ("with", "between", "among")
# nominal events whose "of" names who it was done to: "the killing of X", but "the withdrawal of X"
_DONE_TO = frozenset({"ASSAULT", "COERCE", "ACCUSE", "SANCTION", "SUPPORT", "AID", "REJECT"})
# verbs whose clause says whom they are about: "demanded that X withdraw", "complained that X had threatened"
_CONTENT_RECIPIENTS = frozenset({"REQUEST", "ACCUSE"})
MIN_FIT = 0.55  # probability of a reading by a frame without conditions
_FULL_WEIGHT = 4.0


class Typer(Protocol):
    """What types candidates: by lexicon, or by a trained model and the lexicon together."""

    def read(self, candidates: Sequence[EventCandidate], text: str, phrases: Sequence[Phrase]) -> list[Reading | None]:
        """The reading of each candidate of an article, in order; `None` for no event."""
        ...


class LexiconTyper:
    """Types candidates by the event lexicon. Part B's model stands behind the same method."""

    def __init__(self, lexicon: EventLexicon) -> None:
        self._lexicon = lexicon

    def read(
        self, candidates: Sequence[EventCandidate], text: str = "", phrases: Sequence[Phrase] = ()
    ) -> list[Reading | None]:
        """The reading of each candidate, in order; `None` where no frame fits. Text and phrases are for other typers."""
        return [self._read(candidate) for candidate in candidates]

    def has_one_type(self, candidate: EventCandidate) -> bool:
        """Whether all frames of the candidate's word that are events are of one type: "discuss" is only CONSULT."""
        frames = self._lexicon.look_up(candidate.part, candidate.predicate[-1])
        return len({frame.event_type for frame in frames} - {"none"}) == 1

    def _read(self, candidate: EventCandidate) -> Reading | None:
        best: tuple[float, Frame, frozenset[int]] | None = None
        for rank, lemma in enumerate(candidate.predicate):
            longer = 2.0 if " " in lemma and rank == 0 else 0.0
            for frame in self._lexicon.look_up(candidate.part, lemma):
                fit = _fit(frame, candidate)
                if fit is not None and (best is None or fit[0] + longer > best[0]):
                    best = (fit[0] + longer, frame, fit[1])
        if best is None:
            return None
        weight, frame, claims = best
        return reading(candidate, frame, claims, weight)


def reading(candidate: EventCandidate, frame: Frame, claims: frozenset[int], weight: float) -> Reading:
    """A frame's reading with its roles filled from the candidate's slots."""
    actors, recipients = _roles(candidate, frame)
    conditions = ", ".join(condition.slot for condition in frame.conditions)
    return Reading(
        event_type=frame.event_type,
        modes=frame.modes,
        actors=actors,
        recipients=recipients,
        mutual=frame.mutual,
        firm=frame.firm,
        probability=MIN_FIT + 0.3 * min(weight / _FULL_WEIGHT, 1.0),
        claims=claims,
        source=f"{candidate.part} {candidate.predicate[0]!r}" + (f" by its {conditions}" if conditions else ""),
    )


def _fit(frame: Frame, candidate: EventCandidate) -> tuple[float, frozenset[int]] | None:
    """Weight of a frame and the nouns that met its conditions, or None if one is not met."""
    if frame.number and (frame.number == "plural") != candidate.plural:
        return None
    weight = 0.0
    claims: set[int] = set()
    for condition in frame.conditions:
        phrases = _in_slot(candidate, condition.slot)
        if not condition.present:
            if phrases:
                return None
        elif condition.any:
            if not phrases:
                return None
        else:
            met = [phrase for phrase in phrases if _meets(phrase, condition)]
            if not met:
                return None
            if condition.slot != "then":
                claims.update(phrase.head_start for phrase in met)
        weight += condition.weight
    return weight, frozenset(claims)


def _in_slot(candidate: EventCandidate, slot: str) -> tuple[Phrase, ...]:
    phrases = candidate.slots.get(slot, ())
    if slot == "object" and not phrases:
        return candidate.slots.get("attribute", ())
    return phrases


def _meets(phrase: Phrase, condition: Condition) -> bool:
    if phrase.head in condition.lemmas or phrase.kind in condition.kinds:
        return True
    words = phrase.mention.text.lower()
    return any(" " in lemma and words.endswith((lemma, lemma + "s")) for lemma in condition.lemmas)


def _roles(candidate: EventCandidate, frame: Frame) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    slots = candidate.slots
    nominal = candidate.part == "noun"
    actor_slots = frame.actor or (_NOUN_ACTORS if nominal else _VERB_ACTORS)
    recipient_slots = frame.recipient or (_NOUN_RECIPIENTS if nominal else _VERB_RECIPIENTS)
    if nominal and not frame.actor and frame.event_type in _DONE_TO:
        actor_slots = tuple(slot for slot in actor_slots if slot != "of")
        recipient_slots = frame.recipient or (*recipient_slots, "of")
    actors = _first_filled(slots, actor_slots)
    if (
        frame.mutual
        or (nominal and slots.get("between"))
        or (frame.event_type == "CONSULT" and slots.get("with") and not frame.recipient)
    ):
        found = list(actors)
        for slot in _PARTNERS if nominal else (*_PARTNERS, "object"):
            found += [phrase for phrase in slots.get(slot, ()) if phrase not in found and names_actor(phrase)]
        if not frame.actor and nominal:
            found += [phrase for phrase in slots.get("of", ()) if phrase not in found and names_actor(phrase)]
        return tuple(found), ()
    if frame.event_type in _CONTENT_RECIPIENTS and not nominal and not frame.recipient:
        recipient_slots = (*recipient_slots, "content")
    rest = tuple(slot for slot in recipient_slots if slot not in actor_slots or not _same(slots.get(slot, ()), actors))
    return actors, tuple(phrase for phrase in _first_filled(slots, rest) if phrase not in actors)


def generic_roles(candidate: EventCandidate, event_type: str) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    """Actors and recipients by grammar alone, for a type that no frame gave."""
    return _roles(candidate, Frame(event_type, ()))


def _same(first: tuple[Phrase, ...], second: tuple[Phrase, ...]) -> bool:
    return bool(first) and first == second


def names_actor(phrase: Phrase) -> bool:
    """Whether a phrase names somebody who can act: a person, a body, a state, soldiers."""
    return phrase.kind in _ACTOR_KINDS


def _first_filled(slots: dict[str, tuple[Phrase, ...]], order: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Phrases of the first slot that names an actor; else of the first slot with a thing ("a Turkish base")."""
    for wanted in (names_actor, _is_thing):
        for slot in order:
            if phrases := tuple(phrase for phrase in slots.get(slot, ()) if wanted(phrase)):
                return phrases
    return ()


def _is_thing(phrase: Phrase) -> bool:
    return phrase.kind in {"thing", "place"}
