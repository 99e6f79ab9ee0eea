"""Annotated texts → heads for own types: vectors of the shipped encoder, regression, cross-validation, calibration.

No chance is in it: folds come from the texts, and the same files give the same folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from communique.classify import load_model
from communique.classify.frames import names_actor
from communique.classify.onnx_model import EventModel
from communique.codebook import Scheme
from communique.errors import InputError
from communique.extract import Extraction, extract
from communique.lexicon import load_actors, load_events, load_section
from communique.lexicon.events import EventLexicon, Frame
from communique.own_types.examples import Example, OwnEvent, Span
from communique.own_types.features import candidate_vector, pair_vector, sentence_scores
from communique.own_types.model import FORMAT, Description, Head, OwnModel, packed, with_digest
from communique.own_types.regression import Linear, Matrix, Numbers, Problem, softmax, temperature_of
from communique.own_types.typer import NONE
from communique.parse import load_parser, parse_articles
from communique.records import Article, EventCandidate, ParsedArticle
from communique.version import __version__

MIN_EXAMPLES = 10  # events of a type, in as many texts
MIN_MODE = 8  # events with a mode, and without it
MIN_PAIRS = 8  # of a type
FOLDS = 5
PENALTIES = (10.0, 30.0, 100.0)
_LEAST = tuple(round(0.3 + 0.02 * step, 2) for step in range(16))
_NONE_PAIRS = 3  # of a text
_WORD_PARTS = {"NOUN": "noun", "PROPN": "noun", "ADJ": "adjective"}


@dataclass(slots=True)
class Rows:
    """Vectors with their classes (0 for none), the text that each comes from, and the event, if it is one's."""

    vectors: list[Matrix] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)
    events: list[OwnEvent | None] = field(default_factory=list)

    def add(self, vector: Matrix, number: int, text: int, event: OwnEvent | None) -> None:
        """Add a row."""
        self.vectors.append(vector)
        self.classes.append(number)
        self.texts.append(text)
        self.events.append(event)

    def matrix(self) -> Matrix:
        """All vectors. Shape (n_rows, n_features)."""
        return np.array(self.vectors, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Material:
    """What heads are trained on or tried on: event words and pairs, and the events whose words are no event words."""

    tokens: Rows
    pairs: Rows
    missed: tuple[tuple[int, OwnEvent], ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a class is told: how many there are, and precision, recall and F1, which are 0 where nothing was found."""

    n: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with what was found on the way: scores by head and class, and the events that could not be used."""

    model: OwnModel
    scores: dict[str, dict[str, Score]]
    missed: tuple[tuple[int, OwnEvent], ...]
    left_out: tuple[str, ...]


def train(scheme: Scheme, codebook: bytes, examples: Sequence[Example], data_sha256: str = "") -> Trained:
    """Train heads for the types of a codebook.

    Raises:
        InputError: There are too few examples of a type, or none of no event.
    """
    _check_numbers(scheme, examples)
    model = load_model()
    material = gather(examples, scheme, model)
    names = scheme.names()
    if 0 not in material.tokens.classes:
        raise InputError(
            "found no word without an event, expected some texts (events: []) that report none of the types"
        )
    fold = _folds(examples)
    heads: dict[str, Head] = {}
    weights: dict[str, Linear] = {}
    scores: dict[str, dict[str, Score]] = {}
    left_out: list[str] = []

    def add(
        name: str, rows: Rows, classes: tuple[str, ...], missed: Sequence[str] = (), least: float | None = None
    ) -> None:
        trained = _train_head(rows, len(classes), fold, least)
        heads[name] = Head(classes, trained.temperature, trained.least, trained.penalty, len(rows.classes))
        weights[name] = trained.linear
        scores[name] = score(classes, rows.classes, trained.found, missed)

    add("token", material.tokens, (NONE, *names), [event.event_type for _, event in material.missed])
    enough = tuple(name for name in names if material.pairs.classes.count(1 + names.index(name)) >= MIN_PAIRS)
    left_out += [f"pairs of {name}" for name in names if name not in enough]
    pairs = _only(material.pairs, [0, *(1 + names.index(name) for name in enough)])
    add("pair", pairs, (NONE, *enough)) if enough and 0 in pairs.classes else None
    for kind, rows in (("token", material.tokens), ("pair", material.pairs)):
        for event_type, modes in scheme.modes.items():
            for mode in modes:
                own = _with_mode(rows, event_type, mode.name)
                if MIN_MODE <= sum(own.classes) <= len(own.classes) - MIN_MODE:
                    add(f"{kind}/{event_type}/{mode.name}", own, (NONE, mode.name), least=0.5)
                elif kind == "token":
                    left_out.append(f"mode {event_type}/{mode.name}")
    description = Description(
        format=FORMAT,
        communique=__version__,
        base_sha256=model.description.sha256,
        data_sha256=data_sha256,
        heads=heads,
        words=material.words,
        figures={name: {key: [s.n, s.precision, s.recall, s.f1] for key, s in found.items()} for name, found in scores.items()},
    )  # fmt: skip
    digested = with_digest(scheme, codebook, packed(weights), description)
    return Trained(OwnModel(digested, description, weights, codebook), scores, material.missed, tuple(left_out))


def gather(
    examples: Sequence[Example], scheme: Scheme, model: EventModel, words: tuple[tuple[str, str], ...] | None = None
) -> Material:
    """The rows that annotated texts give.

    Args:
        examples: The texts.
        scheme: Their codebook.
        model: The shipped model.
        words: Event words beyond the lexicon's; by default those that the texts themselves show.
    """
    parsed = list(parse_articles((Article(example.text) for example in examples), load_parser()))
    lexicon, actors = load_events(), load_actors()
    reporting, short_forms = load_section("language/reporting"), load_section("language/short_forms")

    def extracted(lexicon: EventLexicon) -> list[Extraction]:
        return [extract(item, lexicon, actors, reporting, short_forms) for item in parsed]

    found = extracted(lexicon)
    new = _new_words(examples, parsed, found) if words is None else words
    if new:
        found = extracted(_extended(lexicon, new))
    material = Material(Rows(), Rows(), (), new)
    missed: list[tuple[int, OwnEvent]] = []
    names = (NONE, *scheme.names())
    role = model.description.roles.index("recipient")
    wanted: list[tuple[str, Span, Span, int, int, OwnEvent | None]] = []
    for number, (example, extraction) in enumerate(zip(examples, found, strict=True)):
        scores = sentence_scores(extraction.candidates, example.text, model)
        seen: set[int] = set()
        for candidate in extraction.candidates:
            event, at = _event_of(candidate, example.events)
            vector = candidate_vector(candidate, scores[candidate.sentence], role)
            if vector is None or (event is None and at is not None):
                continue
            if event is not None and at is not None:
                seen.add(at)
            material.tokens.add(vector, names.index(event.event_type) if event else 0, number, event)
        missed += [(number, event) for at, event in enumerate(example.events) if at not in seen]
        for one, other, event in _pairs(example, extraction):
            wanted.append((example.text, one, other, names.index(event.event_type) if event else 0, number, event))
    read = model.read_pairs([(text, one, other) for text, one, other, *_ in wanted], vectors=True)
    for scored, (_, _, _, label, number, event) in zip(read, wanted, strict=True):
        material.pairs.add(pair_vector(scored), label, number, event)
    return Material(material.tokens, material.pairs, tuple(missed), new)


def score(
    classes: Sequence[str], true: Sequence[int], found: Sequence[int], missed: Sequence[str] = ()
) -> dict[str, Score]:
    """Scores by class; events that are `missed` (by type) count as not found."""
    y, guess = np.array(true), np.array(found)
    scores = {}
    for number, name in enumerate(classes):
        right = int(((y == number) & (guess == number)).sum())
        n = int((y == number).sum()) + list(missed).count(name)
        n_found = int((guess == number).sum())
        scores[name] = Score(
            n,
            *(
                round(value, 3)
                for value in (right / (n_found or 1), right / (n or 1), 2 * right / ((n + n_found) or 1))
            ),
        )
    return scores


def choose(scores: Matrix, temperature: float, least: float) -> list[int]:
    """The class of each row: the likeliest but none, if it is likely enough."""
    probability = softmax(scores, temperature)
    best = 1 + probability[:, 1:].argmax(1)
    sure = probability[np.arange(len(best)), best] >= least
    return [int(number) for number in np.where(sure, best, 0)]


@dataclass(frozen=True, slots=True)
class _TrainedHead:
    linear: Linear
    temperature: float
    least: float
    penalty: float
    found: list[int]


def _train_head(rows: Rows, n_classes: int, fold: Numbers, least: float | None) -> _TrainedHead:
    """Train on all rows, with the penalty, temperature and threshold that serve texts best which were not trained on."""
    x, y = rows.matrix(), np.array(rows.classes)
    of_row = fold[np.array(rows.texts)]
    tried: dict[float, Matrix] = {penalty: np.zeros((len(y), n_classes)) for penalty in PENALTIES}
    for number in range(FOLDS):
        known, unknown = of_row != number, of_row == number
        if not unknown.any():
            continue
        problem = Problem(x[known], y[known], n_classes)
        for penalty in PENALTIES:
            tried[penalty][unknown] = problem.solve(penalty).scores(x[unknown])
    losses = {
        penalty: -float(np.log(softmax(found)[np.arange(len(y)), y] + 1e-12).mean()) for penalty, found in tried.items()
    }
    penalty = min(PENALTIES, key=lambda value: (losses[value], -value))
    out_of_fold = tried[penalty]
    temperature = temperature_of(out_of_fold, y)
    if least is None:
        least = max(
            _LEAST, key=lambda value: (_event_f1(y, choose(out_of_fold, temperature, value)), -abs(value - 0.4))
        )
    linear = Problem(x, y, n_classes).solve(penalty)
    stored = Linear(
        linear.weights.astype(np.float32).astype(np.float64), linear.bias.astype(np.float32).astype(np.float64)
    )
    return _TrainedHead(stored, temperature, least, penalty, choose(out_of_fold, temperature, least))


def _event_f1(y: Numbers, found: Sequence[int]) -> float:
    guess = np.array(found)
    right = int(((y == guess) & (y > 0)).sum())
    return round(2 * right / (int((y > 0).sum() + (guess > 0).sum()) or 1), 4)


def _folds(examples: Sequence[Example]) -> Numbers:
    """A fold for each text; the texts of each type are dealt out evenly, in an order that depends on the texts alone."""
    order = sorted(
        range(len(examples)),
        key=lambda index: (
            sorted({event.event_type for event in examples[index].events}),
            hashlib.sha256(examples[index].text.encode()).hexdigest(),
        ),
    )
    fold = np.zeros(len(examples), dtype=np.int64)
    for place, index in enumerate(order):
        fold[index] = place % FOLDS
    return fold


def _check_numbers(scheme: Scheme, examples: Sequence[Example]) -> None:
    faults = []
    for name in scheme.names():
        n = sum(any(event.event_type == name for event in example.events) for example in examples)
        if n < MIN_EXAMPLES:
            faults.append(f"{name}: found {n} texts with such an event, expected at least {MIN_EXAMPLES}")
    if faults:
        raise InputError("\n".join(faults))


def _event_of(candidate: EventCandidate, events: Sequence[OwnEvent]) -> tuple[OwnEvent | None, int | None]:
    """The annotated event whose words hold a candidate's head, with its number; a number alone if only some words are shared."""
    beside: int | None = None
    for number, event in enumerate(events):
        if any(start <= candidate.head_start < end for start, end in event.words):
            return event, number
        if any(
            start < mention.end and mention.start < end for start, end in event.words for mention in candidate.trigger
        ):
            beside = number
    return None, beside


def _new_words(
    examples: Sequence[Example], parsed: Sequence[ParsedArticle], found: Sequence[Extraction]
) -> tuple[tuple[str, str], ...]:
    """Nouns and adjectives that are event words in the texts and that the lexicon does not know."""
    words: set[tuple[str, str]] = set()
    for example, item, extraction in zip(examples, parsed, found, strict=True):
        heads = [candidate.head_start for candidate in extraction.candidates]
        for event in example.events:
            if any(start <= head < end for start, end in event.words for head in heads):
                continue
            span = item.doc.char_span(*event.words[-1], alignment_mode="expand")
            if span is not None and (part := _WORD_PARTS.get(span.root.pos_)):
                words.add((part, span.root.lower_ if part == "adjective" else span.root.lemma_.lower()))
    return tuple(sorted(words))


def _extended(lexicon: EventLexicon, words: Iterable[tuple[str, str]]) -> EventLexicon:
    frames = {key: (Frame(NONE, ()),) for key in words}
    return EventLexicon(frames | lexicon.frames, lexicon.phrasal, lexicon.classes, lexicon.light_verbs)


def _pairs(example: Example, extraction: Extraction) -> list[tuple[Span, Span, OwnEvent | None]]:
    """Who did what to whom as pairs of spans; and pairs that no event links: swapped ones, and others of the text."""
    linked: dict[tuple[Span, Span], OwnEvent] = {}
    for event in example.events:
        others = event.recipients or event.actors
        for one in event.actors:
            for other in others:
                if one != other:
                    linked.setdefault((one, other), event)
    if not linked:  # nobody else to pair with: the parties of one-sided events are not said to have done nothing
        parties = [] if example.events else _parties(extraction)
    else:
        named = dict.fromkeys(span for pair in linked for span in pair)
        parties = [
            *named,
            *(span for span in _parties(extraction) if not any(_overlap(span, other) for other in named)),
        ]
    known = {frozenset(pair) for pair in linked}
    found: list[tuple[Span, Span, OwnEvent | None]] = [(one, other, event) for (one, other), event in linked.items()]
    found += [(other, one, None) for one, other in linked if (other, one) not in linked]
    unlinked = [
        (one, other, None) for one in parties for other in parties
        if one != other and not _overlap(one, other) and frozenset((one, other)) not in known
    ]  # fmt: skip
    return [*found, *unlinked[:_NONE_PAIRS]]


def _parties(extraction: Extraction) -> list[Span]:
    """Phrases that name somebody, in text order."""
    spans = [(p.mention.start, p.mention.end) for p in extraction.phrases if names_actor(p)]
    return [
        span for span in dict.fromkeys(spans) if not any(_overlap(span, other) and other != span for other in spans)
    ]


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _only(rows: Rows, classes: Sequence[int]) -> Rows:
    """The rows of these classes, which are numbered anew in this order."""
    return _picked(rows, lambda number, _: classes.index(number) if number in classes else None)


def _with_mode(rows: Rows, event_type: str, mode: str) -> Rows:
    """The rows of a type: 1 with the mode, 0 without."""
    return _picked(
        rows, lambda _, event: int(mode in event.modes) if event and event.event_type == event_type else None
    )


def _picked(rows: Rows, number_of: Callable[[int, OwnEvent | None], int | None]) -> Rows:
    found = Rows()
    for vector, number, text, event in zip(rows.vectors, rows.classes, rows.texts, rows.events, strict=True):
        if (new := number_of(number, event)) is not None:
            found.add(vector, new, text, event)
    return found
