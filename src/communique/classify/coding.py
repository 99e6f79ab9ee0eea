"""From readings to codings: which candidates are events of their own, and what the codebook makes of their status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from communique.classify.auxiliary import Status, status
from communique.classify.frames import names_actor
from communique.lexicon import word_set
from communique.records import Circumstances, Coding, EventCandidate, Phrase, Reading

# what one of these says about another event is not coded beside it
_ABSORBING = frozenset({"AGREE", "REQUEST", "REJECT", "THREATEN", "ACCUSE"})
_ANNOUNCED_IS_AGREE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})
_REQUEST_MODES = {
    "AID": "assist", "SUPPORT": "assist", "COOPERATE": "assist", "CONSULT": "meet", "RETREAT": "yield", "CONCEDE": "yield",
}  # fmt: skip
_THREATENED = {  # what is announced under a condition is threatened: the mode of THREATEN by what it would be
    "ASSAULT": "violence", "COERCE": "restrict", "COERCE/arrest": "arrest", "COERCE/deport": "expel", "COERCE/seize": "territory",
    "SANCTION": "relations", "SANCTION/expel": "expel", "MOBILIZE": "violence", "PROTEST": "", "SANCTION/convict": "arrest",
}  # fmt: skip
_SPEECH_ACTS = "language/speech_acts"
_INSIDE = frozenset({"clause", "dobj", "nsubjpass", "pobj", "attr", "nsubj"})
_CONTENT_PREPOSITIONS = frozenset({"for", "to", "on", "of", "about", "against", "from", "with", "over", "in"})
_FINITE = frozenset({"past", "perfect", "pluperfect", "present"})
_COMMITTING = frozenset({"AGREE", "CONCEDE", "THREATEN", "REJECT"})
# what is nothing until it is spoken
_WORDS_ALONE = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_PROMISES = _COMMITTING - {"REJECT"}  # what becomes another type if it is not to be done: "vowed not to leave"
_SURE_OF_STATUS = 0.2  # how much likelier another status must be for the model to overrule grammar
_SURE_OF_TYPE = 0.9
_NEEDS_ARGUMENT = frozenset({"noun"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a candidate: its coding, or `None` and the reason why it was dropped."""

    candidate: EventCandidate
    reading: Reading | None
    coding: Coding | None
    reason: str


def decide(candidates: Sequence[EventCandidate], readings: Sequence[Reading | None]) -> list[Decision]:
    """Settle all candidates of an article, in order."""
    pairs = list(zip(candidates, readings, strict=True))
    claimed = _claimed(pairs)
    carriers = _carriers(pairs, claimed)
    absorbers = {
        candidate.head_start: index for index, (candidate, found) in enumerate(pairs)
        if found is not None and found.event_type in _ABSORBING
        and candidate.head_start not in claimed and candidate.head_start not in carriers
    }  # fmt: skip
    dropped: dict[int, str] = {}
    denied: set[int] = set()
    content: dict[int, int] = {}  # absorbing candidate -> the first event that it is about
    for index, (candidate, found) in enumerate(pairs):
        if found is None:
            continue
        if candidate.head_start in claimed and claimed[candidate.head_start] != index:
            dropped[index] = f"belongs to {_words(pairs[claimed[candidate.head_start]][0])!r}"
        elif candidate.part == "verb" and candidate.head_start in carriers:
            dropped[index] = f"only carries {_words(pairs[carriers[candidate.head_start]][0])!r}"
        elif (above := _absorber(candidate, absorbers, found.event_type)) is not None and above != index:
            if found.event_type != "none" and _only_reports(pairs[above][0], candidate):
                dropped.setdefault(above, f"only reports {_words(candidate)!r}")
                continue
            denies = pairs[above][0].predicate[-1] in word_set(_SPEECH_ACTS, "denying")
            if denies and found.event_type != "none" and candidate.part == "verb":
                denied.add(index)
                continue
            dropped[index] = f"is what {_words(pairs[above][0])!r} is about"
            if found.event_type != "none":
                content.setdefault(above, index)
    decisions = []
    for index, (candidate, found) in enumerate(pairs):
        if found is None:
            decisions.append(Decision(candidate, None, None, "not an event word of the lexicon in this use"))
        elif index in dropped:
            decisions.append(Decision(candidate, found, None, dropped[index]))
        elif found.event_type == "none":
            decisions.append(Decision(candidate, found, None, f"no event: {found.source}"))
        elif index in denied:
            decisions.append(_coded(candidate, found, Status("negation", reason="is denied")))
        elif (given := _thanks(candidate, found, pairs)) is not None:
            decisions.append(_coded(candidate, given, Status("historical", reason="help that thanks are given for")))
        else:
            decisions.append(_decide(candidate, found, pairs[content[index]] if index in content else None))
    return decisions


def decide_own(candidates: Sequence[EventCandidate], readings: Sequence[Reading | None]) -> list[Decision]:
    """Settle all candidates of an article that were read by a user's own types, in order.

    Grammar and model say whether it happened, as always. What PLOVER makes of announced, refused or demanded acts is left
    out: the user's examples say what is an event of theirs.
    """
    pairs = list(zip(candidates, readings, strict=True))
    carriers = _carriers(pairs, {})
    twice = _told_twice(pairs)
    decisions = []
    for index, (candidate, found) in enumerate(pairs):
        if found is None:
            decisions.append(Decision(candidate, None, None, "no event of these types"))
        elif index in twice:
            same = _words(pairs[twice[index]][0])
            decisions.append(
                Decision(candidate, found, None, f"the same event as {same!r}, which says it more clearly")
            )
        elif candidate.part == "verb" and candidate.head_start in carriers:
            carried = _words(pairs[carriers[candidate.head_start]][0])
            decisions.append(Decision(candidate, found, None, f"only carries {carried!r}"))
        elif found.event_type == "none":
            decisions.append(Decision(candidate, found, None, f"no event: {found.source}"))
        else:
            standing = _weighed(status(candidate.circumstances, candidate.part), found)
            if standing.mode == "drop":
                reason = f"only said to be wanted or alleged: {standing.reason}"
                decisions.append(Decision(candidate, found, None, reason))
            else:
                decisions.append(_coded(candidate, found, standing))
    return decisions


def _only_reports(candidate: EventCandidate, told: EventCandidate) -> bool:
    """Whether a word only says that something happened: "reported that soldiers had shot two men"."""
    clause = told.circumstances.tense in _FINITE and told.circumstances.governors[0].part == "verb"
    return clause and candidate.part == "verb" and candidate.predicate[-1] in word_set("language/reporting", "verbs")


def _told_twice(pairs: Sequence[tuple[EventCandidate, Reading | None]]) -> dict[int, int]:
    """Of a word and what it is about, read as the same type ("refused to open"), the less probable, with the other."""
    at = {candidate.head_start: index for index, (candidate, found) in enumerate(pairs) if found is not None}
    twice: dict[int, int] = {}
    for index, (candidate, found) in enumerate(pairs):
        above = _absorber(candidate, at)
        other = pairs[above][1] if above is not None else None
        if above in {None, index} or found is None or other is None:
            continue
        if found.event_type != other.event_type or found.event_type == "none":
            continue
        less, more = (index, above) if found.probability < other.probability else (above, index)
        if less is not None and more is not None and more not in twice:
            twice[less] = more
    return twice


def _coded(candidate: EventCandidate, found: Reading, standing: Status) -> Decision:
    modes = (standing.mode,) if standing.mode else ()
    reason = found.source + (f"; {standing.reason}" if standing.reason else "")
    ahead = standing.ahead or standing.mode == "future"
    coding = Coding(found.event_type, found.modes, (), modes, found.probability, reason, ahead)
    return Decision(candidate, found, coding, reason)


def _words(candidate: EventCandidate) -> str:
    return " … ".join(mention.text for mention in candidate.trigger)


def _claimed(pairs: Sequence[tuple[EventCandidate, Reading | None]]) -> dict[int, int]:
    """Offsets of nouns that belong to another candidate's reading ("sanctions" in "lifted sanctions")."""
    return {
        start: index for index, (candidate, found) in enumerate(pairs) if found is not None and candidate.part != "adjective"
        for start in found.claims
    }  # fmt: skip


def _carriers(pairs: Sequence[tuple[EventCandidate, Reading | None]], claimed: dict[int, int]) -> dict[int, int]:
    """Offsets of light verbs, with the noun candidate that each carries."""
    verbs = {candidate.head_start: found for candidate, found in pairs if candidate.part == "verb"}
    found_carriers: dict[int, int] = {}
    for index, (candidate, found) in enumerate(pairs):
        if found is None or found.event_type == "none" or not candidate.light_verb or candidate.head_start in claimed:
            continue
        start = candidate.trigger[0].start
        verb = verbs.get(start)
        if verb is not None and verb.event_type == "AGREE" and found.event_type in _ANNOUNCED_IS_AGREE:
            continue  # "offered talks"
        found_carriers.setdefault(start, index)
    return found_carriers


def _absorber(candidate: EventCandidate, absorbers: dict[int, int], event_type: str = "") -> int | None:
    """The candidate that a candidate is the content of: "send" in "agreed to send"."""
    for governor in candidate.circumstances.governors:
        if event_type == "CONSULT" and governor.relation in {"in", "during", "at"} and governor.part == "verb":
            return None  # "voiced concern in a call with her counterpart"
        if governor.relation not in _INSIDE and governor.relation not in _CONTENT_PREPOSITIONS:
            return None
        if governor.start in absorbers and governor.relation != "nsubj":
            return absorbers[governor.start]
    return None


def _thanks(
    candidate: EventCandidate, found: Reading, pairs: Sequence[tuple[EventCandidate, Reading | None]]
) -> Reading | None:
    """Help that somebody is thanked for: those who are thanked gave it to those who thank."""
    if found.event_type != "AID":
        return None
    starts = {
        governor.start
        for governor in candidate.circumstances.governors
        if governor.relation in {"for", "clause", "acl", "relcl"}
    }
    for other, thanks in pairs:
        if (
            thanks is not None
            and thanks.event_type == "SUPPORT"
            and other.predicate[-1] in word_set(_SPEECH_ACTS, "thanking")
            and other.head_start in starts
        ):
            recipients = tuple(phrase for phrase in found.recipients if names_actor(phrase)) or thanks.actors
            actors = tuple(phrase for phrase in found.actors if names_actor(phrase)) or thanks.recipients
            return replace(found, actors=actors, recipients=recipients)
    return None


def _decide(candidate: EventCandidate, found: Reading, about: tuple[EventCandidate, Reading | None] | None) -> Decision:
    standing = _weighed(status(candidate.circumstances, candidate.part), found)
    if standing.mode == "drop":
        return Decision(candidate, found, None, f"only said to be wanted or alleged: {standing.reason}")
    if candidate.part in _NEEDS_ARGUMENT and not _has_argument(candidate, found):
        return Decision(candidate, found, None, "names an event without saying whose: a reference, not a report")
    content = about[1] if about is not None else None
    promises = found.event_type in _PROMISES and candidate.predicate[-1] in word_set(_SPEECH_ACTS, "promising")
    if promises and candidate.then_negated:
        found = _promised_not(found, content)
    elif content is not None:
        promised = _with_content(candidate, found, content)
        if promised.event_type == "CONCEDE" != found.event_type and not standing.mode:
            standing = Status("future", reason="promised, not yet done")
        found = promised
    announced = found.event_type in {"PROTEST", "CONSULT"} and candidate.light_verb in word_set(
        _SPEECH_ACTS, "announcing"
    )
    if announced and not standing.mode:
        standing = Status("future", committed=True, reason=f"{candidate.light_verb!r} says that it will be")
    found, standing = _by_codebook(found, standing, candidate.circumstances)
    if standing.mode == "hypothetical" and found.event_type in _WORDS_ALONE:
        return Decision(candidate, found, None, f"words that were only possible: {standing.reason}")
    return _coded(candidate, found, standing)


def _weighed(standing: Status, found: Reading) -> Status:
    """What grammar says of an event's having happened, where the model does not clearly say otherwise."""
    if not found.auxiliary:
        return standing
    probability = dict(found.auxiliary)
    best = max(probability, key=lambda mode: probability[mode])
    if found.by_model and standing.mode == "negation" and found.event_type == "REJECT":
        return Status(reason="not doing it is what is reported")
    if found.by_model and standing.mode == "future" and found.event_type in _COMMITTING:
        return Status(
            best if found.event_type == "CONCEDE" else "", reason="saying that it will be done is what is reported"
        )
    if standing.mode == "drop":
        return Status(best, reason=f"model: {best or 'happened'}") if found.probability > _SURE_OF_TYPE else standing
    if best == "negation" and found.event_type == "REJECT":
        return standing  # "denied" is no negation of itself
    if not standing.mode and best and probability[best] - probability[standing.mode] > _SURE_OF_STATUS:
        return Status(
            best,
            committed=standing.committed or best == "future",
            reason=f"model: {best or 'happened'} {probability[best]:.2f}",
        )
    return standing


def _promised_not(found: Reading, content: Reading | None) -> Reading:
    """What it is to say that something will not be done: AGREE if that is hostile, else REJECT, where either is known."""
    if content is None and found.event_type != "THREATEN":
        return found
    hostile = content.event_type in _THREATENED if content is not None else not found.by_model
    return replace(found, event_type="AGREE" if hostile else "REJECT", modes=())


def _has_argument(candidate: EventCandidate, found: Reading) -> bool:
    return bool(candidate.light_verb) or any(names_actor(phrase) for phrase in (*found.actors, *found.recipients))


def _with_content(candidate: EventCandidate, found: Reading, content: Reading) -> Reading:
    """A reading completed by what it is about: whom the promised aid is for, what is demanded."""
    modes = found.modes
    event_type = found.event_type
    recipients = found.recipients
    if event_type == "AGREE" and content.event_type in {"RETREAT", "CONCEDE"}:
        event_type = "CONCEDE"
    if (
        event_type == "AGREE"
        and content.event_type in _THREATENED
        and candidate.predicate[-1] in word_set(_SPEECH_ACTS, "threatening")
    ):
        event_type, modes = _threatened(content)
    if event_type == "REQUEST" and not modes:
        modes = (_REQUEST_MODES.get(content.event_type, "change"),)
    if event_type == "REQUEST" and not _named(recipients):
        recipients = tuple(phrase for phrase in content.actors if phrase not in found.actors)
    elif event_type in {"AGREE", "CONCEDE", "REJECT", "THREATEN"} and not _named(recipients):
        recipients = tuple(phrase for phrase in content.recipients if phrase not in found.actors)
    return replace(found, event_type=event_type, modes=modes, recipients=recipients)


def _threatened(act: Reading) -> tuple[str, tuple[str, ...]]:
    """THREATEN, with the mode that says what is threatened."""
    keys = (f"{act.event_type}/{mode}" for mode in act.modes)
    mode = next((_THREATENED[key] for key in keys if key in _THREATENED), _THREATENED[act.event_type])
    return "THREATEN", (mode,) if mode else ()


def _named(phrases: tuple[Phrase, ...]) -> bool:
    return any(names_actor(phrase) for phrase in phrases)


def _by_codebook(found: Reading, standing: Status, stands: Circumstances) -> tuple[Reading, Status]:
    """The codebook's rules on announced, threatened and refused acts."""
    if standing.mode == "future" and standing.committed and found.actors and found.event_type in _THREATENED:
        vowed = any(governor.lemma in word_set(_SPEECH_ACTS, "threatening") for governor in stands.governors[:1])
        if stands.conditioned or vowed:
            event_type, modes = _threatened(found)
            return replace(found, event_type=event_type, modes=modes), Status(reason=f"threatened: {standing.reason}")
    if standing.mode == "future" and standing.committed and found.actors:
        if found.event_type in _ANNOUNCED_IS_AGREE:
            return replace(found, event_type="AGREE", modes=()), Status(
                ahead=True, reason=f"announced {found.event_type}: {standing.reason}"
            )
        if found.event_type == "RETREAT":
            return replace(found, event_type="CONCEDE", modes=()), Status(
                "future", reason=f"announced RETREAT: {standing.reason}"
            )
    if standing.refused and found.actors and found.event_type not in {"REJECT", "ASSAULT", "PROTEST"}:
        return replace(found, event_type="REJECT", modes=()), Status(
            reason=f"refused {found.event_type}: {standing.reason}"
        )
    return found, standing
