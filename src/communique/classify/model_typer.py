"""Event typing by the trained model and the lexicon together: what each says of a candidate, its type and its parties.

The model reads every sentence once; the lexicon's frames vote beside it, and fill the roles by grammar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from communique.classify.frames import MIN_FIT, LexiconTyper, generic_roles, names_actor
from communique.classify.onnx_model import EventModel, Floats, SentenceScores
from communique.lexicon import word_set
from communique.records import EventCandidate, Phrase, Reading, Sentence

# chosen on the gold articles of `evaluation/` (command in evaluation/README.md), not on the model's own data
LEXICON_VOTE = 0.5  # what a frame adds to the model's probability of its type
FIT_VOTE = 0.8  # how much more the better a frame fits, from `MIN_FIT` on
COMPOUND_VOTE = 0.2  # what is added for an event word of several words: "go on strike"
ONE_TYPE_VOTE = 0.3  # what is added for a word that has one type in all its frames
NONE_VOTE = 0.55  # what a frame adds, besides its fit, that knows the words for no event
UNKNOWN_VOTE = 0.10  # what is added to "none" where no frame fits
SURE_OF_EVENT = 0.08  # probability of none below which a frame that knows the words for no event is not heard
SURE_OF_NONE, NOUN_VOTE = 0.96, 0.7  # how sure the model must be for a noun's frame to weigh less, and how much less
MIN_PROBABILITY = 0.48  # of the type chosen, before the vote, where the lexicon does not know the word
ROLE_VOTE = 0.5  # what grammar adds to the model's probability of a role
MIN_ROLE = 0.25  # of the vote, where grammar fills a role with the phrase, or with none
SECOND_MODE = 0.6  # from which a second mode is named beside the first
MIN_PLACE = 0.4
MIN_ROLE_BESIDE = 0.5  # where grammar fills it with another phrase
_PLACE_KINDS = frozenset({"place", "country"})
_OF_THINGS = frozenset({"AGREE", "SUPPORT", "REJECT", "CONSULT"})  # what "it" is, that is agreed, opposed or discussed
_NEVER_PARTIES = frozenset({"date", "money", "number", "clause"})


@dataclass(frozen=True, slots=True)
class _View:
    """What the model says of one candidate: its most telling piece, and that piece's scores."""

    scores: SentenceScores
    start: int
    pieces: tuple[int, ...]
    best: int

    def types(self) -> Floats:
        row: Floats = self.scores.types[self.best]
        return row

    def role(self, phrase: Phrase, role: int) -> float:
        """Probability that a phrase fills a role of the event."""
        piece = self.scores.piece_at(phrase.head_start - self.start)
        if piece is None:
            return 0.0
        return float(max(self.scores.roles[own, piece, role] for own in self.pieces))


class ModelTyper:
    """Types candidates by model and lexicon.

    Args:
        model: The trained model.
        lexicon: The typer by frames, which votes.
    """

    def __init__(self, model: EventModel, lexicon: LexiconTyper) -> None:
        self._model = model
        self._lexicon = lexicon
        labels = model.description
        self._types = labels.types
        self._roles = {name: number for number, name in enumerate(labels.roles)}
        self._auxiliary = tuple("" if name == "none" else name for name in labels.auxiliary_modes)
        self._modes: dict[str, list[tuple[int, str]]] = {}
        for number, label in enumerate(labels.modes):
            event_type, mode = label.split("/", 1)
            self._modes.setdefault(event_type, []).append((number, mode))

    def read(self, candidates: Sequence[EventCandidate], text: str, phrases: Sequence[Phrase]) -> list[Reading | None]:
        """The reading of each candidate, in order; `None` where neither model nor lexicon sees an event.

        Args:
            candidates: Of one article.
            text: The article's text.
            phrases: All its noun phrases, which may be parties though grammar does not say so.
        """
        sentences = list(dict.fromkeys(candidate.sentence for candidate in candidates))
        scores = dict(
            zip(sentences, self._model.read_sentences([text[s.start : s.end] for s in sentences]), strict=True)
        )
        inside = {
            sentence: [phrase for phrase in phrases if sentence.start <= phrase.head_start < sentence.end]
            for sentence in sentences
        }
        by_frame = self._lexicon.read(candidates, text, phrases)
        return [
            self._read(candidate, frame, scores[candidate.sentence], inside[candidate.sentence])
            for candidate, frame in zip(candidates, by_frame, strict=True)
        ]

    def _read(
        self, candidate: EventCandidate, frame: Reading | None, scores: SentenceScores, phrases: Sequence[Phrase]
    ) -> Reading | None:
        view = _view(candidate, candidate.sentence, scores)
        if view is None or (frame is not None and frame.firm):
            return frame
        votes = view.types().copy()
        if frame is None or (frame.event_type == "none" and float(votes[0]) < SURE_OF_EVENT):
            votes[0] += UNKNOWN_VOTE
        elif frame.event_type == "none":
            votes[0] += NONE_VOTE + FIT_VOTE * (frame.probability - MIN_FIT)
        else:
            votes[self._types.index(frame.event_type)] += self._vote(candidate, frame, float(votes[0]))
        chosen = int(votes.argmax())
        probability = float(view.types()[chosen])
        if chosen == 0:
            return (
                None
                if frame is None
                else replace(frame, event_type="none", source=f"{frame.source}; model: none {probability:.2f}")
            )
        event_type = self._types[chosen]
        if frame is None and probability < MIN_PROBABILITY:
            return None
        agrees = frame is not None and frame.event_type == event_type
        if frame is not None and agrees:
            actors, recipients, modes, claims = frame.actors, frame.recipients, frame.modes, frame.claims
            source = f"{frame.source}; model: {event_type} {probability:.2f}"
        else:
            actors, recipients = generic_roles(candidate, event_type)
            modes, claims = (), frozenset[int]()
            source = f"model: {event_type} {probability:.2f}"
            if frame is not None:
                source += f" (lexicon: {frame.event_type})"
        sent = _sent(candidate)
        if event_type in {"MOBILIZE", "AID"}:
            recipients = tuple(phrase for phrase in recipients if phrase not in sent)
        actors, recipients = self._parties(view, candidate, actors, recipients, phrases)
        opposed = tuple(phrase for phrase in actors if phrase in candidate.slots.get("against", ()))
        actors, recipients = tuple(phrase for phrase in actors if phrase not in opposed), (*recipients, *opposed)
        if event_type == "MOBILIZE" and not actors:  # "border guards were deployed"
            actors = tuple(phrase for phrase in sent if phrase.kind == "agent")
        if (
            candidate.predicate[-1] in word_set("language/speech_acts", "denying") and candidate.then >= 0
        ):  # what is denied was done to others
            recipients = tuple(phrase for phrase in recipients if phrase.head_start < candidate.head_start)
        if event_type in _OF_THINGS or candidate.predicate[-1] == "call":
            recipients = tuple(phrase for phrase in recipients if phrase.head != "it" or phrase.subject)
        if frame is not None and agrees and frame.mutual and actors:  # all who act jointly are actors
            together = sorted((*actors, *recipients), key=lambda phrase: phrase.head_start)
            actors, recipients = tuple(together), ()
        return Reading(
            event_type=event_type,
            modes=self._pick_modes(view, event_type, modes),
            actors=actors,
            recipients=recipients,
            mutual=bool(frame is not None and agrees and frame.mutual),
            probability=(probability + 1.0) / 2 if agrees else probability,
            claims=claims,
            source=source,
            places=self._places(view, candidate, phrases),
            by_model=not agrees,
            auxiliary=tuple(zip(self._auxiliary, map(float, view.scores.auxiliary_modes[view.best]), strict=True)),
        )

    def _vote(self, candidate: EventCandidate, frame: Reading, none: float) -> float:
        """How much a frame weighs: more the better it fits, the more words it knows, the less else they could mean.

        Less for a noun of which the model (`none`, a probability) is sure that it reports no event: "in military aid".
        """
        vote = LEXICON_VOTE + FIT_VOTE * (frame.probability - MIN_FIT)
        vote += COMPOUND_VOTE if " " in candidate.predicate[0] else 0.0
        vote += ONE_TYPE_VOTE if self._lexicon.has_one_type(candidate) else 0.0
        return vote * NOUN_VOTE if candidate.part == "noun" and none > SURE_OF_NONE else vote

    def _parties(
        self,
        view: _View,
        candidate: EventCandidate,
        actors: tuple[Phrase, ...],
        recipients: tuple[Phrase, ...],
        phrases: Sequence[Phrase],
    ) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
        """Actors and recipients by model and grammar: each phrase goes to the role with the higher vote, if it is high enough."""
        chosen: dict[str, list[tuple[float, Phrase]]] = {"actor": [], "recipient": []}
        for phrase in _pool(candidate, phrases):
            votes = {
                role: view.role(phrase, self._roles[role]) + (ROLE_VOTE if phrase in filled else 0.0)
                for role, filled in (("actor", actors), ("recipient", recipients))
            }
            if phrase not in actors and not _may_act(phrase, candidate):
                votes["actor"] = 0.0
            role = max(votes, key=lambda name: votes[name])
            by_grammar = actors if role == "actor" else recipients
            if votes[role] >= (MIN_ROLE if not by_grammar or phrase in by_grammar else MIN_ROLE_BESIDE):
                chosen[role].append((votes[role], phrase))
        if actors and not chosen["actor"]:  # grammar's actors keep their role, whatever else they might be
            kept = [phrase for phrase in actors if names_actor(phrase)]
            chosen["actor"] = [(0.0, phrase) for phrase in kept]
            chosen["recipient"] = [(vote, phrase) for vote, phrase in chosen["recipient"] if phrase not in kept]
        found = {role: _outermost(ranked) for role, ranked in chosen.items()}
        return found["actor"] or _kept(actors, found["recipient"]), found["recipient"] or _kept(
            recipients, found["actor"]
        )

    def _places(self, view: _View, candidate: EventCandidate, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
        role = self._roles["place"]
        near = [phrase for phrase in phrases if phrase.kind in _PLACE_KINDS and not _is_beside(phrase, candidate)]
        ranked = [(view.role(phrase, role), phrase) for phrase in near]
        return tuple(phrase for vote, phrase in sorted(ranked, key=lambda item: -item[0]) if vote >= MIN_PLACE)

    def _pick_modes(self, view: _View, event_type: str, by_frame: tuple[str, ...]) -> tuple[str, ...]:
        row = view.scores.modes[view.best]
        ranked = sorted(
            (
                (float(row[number]) + (0.3 if mode in by_frame else 0.0), mode)
                for number, mode in self._modes.get(event_type, [])
            ),
            reverse=True,
        )
        least = self._model.description.thresholds["token_mode"]
        first = tuple(mode for vote, mode in ranked[:1] if vote >= least)
        return (*first, *(mode for vote, mode in ranked[1:2] if vote >= SECOND_MODE)) or by_frame


def _view(candidate: EventCandidate, sentence: Sentence, scores: SentenceScores) -> _View | None:
    words = [mention for mention in candidate.trigger if candidate.light_verb or mention.start == candidate.head_start]
    offsets = {candidate.head_start, *(mention.start + mention.text.rfind("-") + 1 for mention in words)}  # "co-HOSTED"
    pieces = tuple(
        sorted({piece for offset in offsets if (piece := scores.piece_at(offset - sentence.start)) is not None})
    )
    if not pieces:
        return None
    return _View(scores, sentence.start, pieces, min(pieces, key=lambda piece: float(scores.types[piece, 0])))


def _pool(candidate: EventCandidate, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Phrases that may be parties: those in the candidate's slots, then all others of its sentence; not what is sent."""
    sent, dating = _sent(candidate), word_set("language/asides", "dating")
    own = [phrase for slot, filled in candidate.slots.items() if slot not in dating for phrase in filled]
    found: dict[Phrase, None] = {}
    for phrase in (*own, *phrases):
        if phrase.kind in _NEVER_PARTIES or phrase.head_start == candidate.head_start:
            continue
        if (phrase.kind == "agent" and phrase in sent) or (phrase.kind == "place" and phrase in candidate.places):
            continue
        if candidate.relative and phrase not in own and phrase.subject and phrase.head_start < candidate.head_start:
            continue  # the subject of the clause around it
        if phrase not in own and _is_beside(phrase, candidate):
            continue
        if candidate.clause is None or candidate.clause[0] <= phrase.head_start < candidate.clause[1]:
            found[phrase] = None
    return list(found)


def _may_act(phrase: Phrase, candidate: EventCandidate) -> bool:
    """Whether a phrase that is no actor by grammar may be one: not where it happened, nor the subject of another clause."""
    within = candidate.actors_within
    return phrase not in candidate.places and (within is None or within[0] <= phrase.head_start < within[1])


def _is_beside(phrase: Phrase, candidate: EventCandidate) -> bool:
    """Whether a phrase belongs to what is told beside the event, or to who says so behind it: "…, THE ARMY said"."""
    told_behind = phrase == candidate.reporter and phrase.head_start > candidate.head_start
    return told_behind or candidate.is_beyond(phrase)


def _sent(candidate: EventCandidate) -> tuple[Phrase, ...]:
    """What is sent or given, not to whom."""
    return candidate.slots.get("object", ()) if candidate.predicate[-1] in word_set("language/sending", "verbs") else ()


def _outermost(ranked: list[tuple[float, Phrase]]) -> tuple[Phrase, ...]:
    """The phrases in text order, leaving out those that stand inside another one."""
    phrases = [phrase for _, phrase in ranked]
    outer = [
        phrase for phrase in phrases
        if not any(
            other is not phrase and other.mention.start <= phrase.mention.start and phrase.mention.end <= other.mention.end and names_actor(other)
            for other in phrases
        )
    ]  # fmt: skip
    return tuple(sorted(outer, key=lambda phrase: phrase.head_start))


def _kept(by_grammar: tuple[Phrase, ...], taken: tuple[Phrase, ...]) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in by_grammar if phrase not in taken and names_actor(phrase))
