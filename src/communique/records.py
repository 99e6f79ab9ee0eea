"""What travels between the stages: an article, what was found in it, and the events coded from it.

Offsets are half-open and count code points of `Article.text`. Every record is frozen: a stage makes new ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

    from communique.codebook import Scheme


@dataclass(frozen=True, slots=True)
class Article:
    """A news report as read: plain text with what is known about it.

    Attributes:
        text: The plain text that all offsets refer to.
        id: The reader's or the author's name for it; made from text and date if empty.
        date: Day of publication; an ISO string is accepted. `None` leaves relative dates unresolved.
        title: Headline, where it stands apart from the text.
        url: Where it was published.
        publication: Who published it.
        language: ISO 639-1 code, where known.
        place: Where it was filed, as the dateline or the metadata names it.
        author: Who wrote it, as the page or the file names them.
    """

    text: str
    id: str = ""
    date: date | None = None
    title: str | None = None
    url: str | None = None
    publication: str | None = None
    language: str | None = None
    place: str | None = None
    author: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.date, str):
            object.__setattr__(self, "date", date.fromisoformat(self.date))
        if not self.id:
            digest = hashlib.sha256(f"{self.date}\n{self.text}".encode("utf-8", "surrogatepass")).hexdigest()
            object.__setattr__(self, "id", digest[:16])


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article with its parse. Stays inside one process; `head` is where the dateline stands, [start, end)."""

    article: Article
    doc: Doc
    head: tuple[int, int]

    def sentences(self) -> list[Span]:
        """The sentences of the report itself, without head and dateline; they are numbered from 0."""
        start, end = self.head
        return [sentence for sentence in self.doc.sents if sentence.start_char < start or sentence.end_char > end]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Input that could not be coded: where it stood, what was found, what was expected.

    Attributes:
        where: File and line (or entry) such as `articles.jsonl:17`.
        found: What stood there, short enough to print.
        expected: What would have been accepted.
        id: The article's id, where one could be read.
    """

    where: str
    found: str
    expected: str
    id: str | None = None

    def __str__(self) -> str:
        name = f" (id {self.id!r})" if self.id else ""
        return f"{self.where}{name}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the article's text: `text == article.text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase that fills a slot of an event candidate.

    Attributes:
        mention: Its words, without leading article and without relative clauses.
        head: Lemma of its head noun, lower case.
        head_start: Offset of the head's first character.
        head_end: Offset behind the head's last character.
        kind: person, org, country, place, number, money, date, pronoun, agent (soldiers, the minister) or thing.
        plural: Whether the head is plural.
        definite: Whether it is a name or has `the`, `this`, or a possessor.
        subject: Whether it is the subject of a clause.
        appositions: What stands beside it for the same thing ("Hasanov, the minister").
    """

    mention: Mention
    head: str
    head_start: int
    head_end: int
    kind: str
    plural: bool = False
    definite: bool = False
    subject: bool = False
    appositions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Governor:
    """A word that an event word hangs on: "plans" in "plans to visit".

    Attributes:
        lemma: The word; for "is ready to" the adjective.
        part: verb, noun or adjective.
        start: Offset of its first character.
        relation: How the event hangs on it: clause, relcl, advcl, dobj, …, or the preposition between them.
        negated: Whether it is negated itself.
        tense: As in `Circumstances`.
        modal: As in `Circumstances`.
    """

    lemma: str
    part: str
    start: int
    relation: str
    negated: bool = False
    tense: str = ""
    modal: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The grammar that tells whether an event happened.

    Attributes:
        tense: past, perfect, pluperfect, present, future, infinitive, participle, or "" for a noun.
        modal: The modal verb (`may`, `would`, `be to`, …), or "".
        negated: Whether the event word itself is negated.
        conditional: Whether it stands in a condition, or in what would follow from one.
        conditioned: Whether a condition is put to it ("will close the road if …", "unless …").
        marker: The word that opens its clause (`after`, `before`, `until`, …), or "".
        governors: What it hangs on, nearest first.
    """

    tense: str = ""
    modal: str = ""
    negated: bool = False
    conditional: bool = False
    conditioned: bool = False
    marker: str = ""
    governors: tuple[Governor, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCandidate:
    """Words that may say that something happened, with what stands around them, before they are typed.

    Attributes:
        predicate: Lemmas the lexicon knows it by, most specific first ("hold talk", "talk").
        part: verb, noun or adjective.
        trigger: The event words.
        head_start: Offset of the word that carries the meaning.
        slots: What fills each grammatical role: subject, object, indirect, possessor, modifier, then (the
            complement clause), and one for each preposition.
        plural: Whether a noun is plural.
        then: Offset of the head of its complement clause, or -1.
        then_negated: Whether that says what is not to be done: "vowed not to leave".
        light_verb: Lemma of the light verb that a noun goes with ("hold" in "held talks"), or "".
        reporter: Who says so.
        dates: Date expressions of its clause, nearest first.
        places: Place phrases of its clause, nearest first.
        relative: Whether its clause hangs on a noun that is its subject: "the Union, which accuses …".
        beyond: Stretches inside the sentence where none of its parties stands: relative clauses of other words.
        actors_within: Offsets between which its actors stand, where its clause has a subject of its own.
        clause: Offsets between which its parties stand: they end where the next clause begins ("…, and India promised").
    """

    predicate: tuple[str, ...]
    part: str
    trigger: tuple[Mention, ...]
    head_start: int
    sentence: Sentence
    slots: dict[str, tuple[Phrase, ...]]
    circumstances: Circumstances
    plural: bool = False
    then: int = -1
    then_negated: bool = False
    light_verb: str = ""
    reporter: Phrase | None = None
    dates: tuple[Mention, ...] = ()
    places: tuple[Phrase, ...] = ()
    clause: tuple[int, int] | None = None
    relative: bool = False
    beyond: tuple[tuple[int, int], ...] = ()
    actors_within: tuple[int, int] | None = None

    def is_beyond(self, phrase: Phrase) -> bool:
        """Whether a phrase stands where none of the parties does."""
        return any(start <= phrase.head_start < end for start, end in self.beyond)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people that the text gives, before it is known which event it belongs to.

    Attributes:
        kind: dead, injured, arrested or participants.
        low: The number, or the lowest of a range.
        high: The same, or the highest.
        mentions: The words that give it: one number, or the parts of a sum ("a woman and two children").
        sentence: Where it stands.
        anchor: Offset of the word that says what became of them ("killed").
        links: Offsets of words that it may belong to through grammar, nearest first ("attack" in "the attack killed").
        update: Whether it replaces an earlier number ("the toll rose to 61").
        loose: Whether it may go to an event that its own clause does not name: it happened, and at no other time.
    """

    kind: str
    low: int
    high: int
    mentions: tuple[Mention, ...]
    sentence: Sentence
    anchor: int
    links: tuple[int, ...] = ()
    update: bool = False
    loose: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a candidate's words mean, before it is asked whether it happened.

    Attributes:
        event_type: Codebook name, or "none" for a use that is known to be no event.
        modes: Codebook names.
        actors: Phrases that may name the actors.
        recipients: Phrases that may name the recipients.
        mutual: Whether all parties are actors.
        firm: Whether the words leave no doubt, whatever the model says: "declined to comment".
        probability: How sure the typing is, in [0, 1].
        claims: Offsets of nouns that belong to this reading ("sanctions" in "lifted sanctions").
        source: What the reading rests on.
        auxiliary: The model's probability of each auxiliary mode, "" for having happened; empty without a model.
        places: Phrases that the model takes for the event's place, likeliest first.
        by_model: Whether the model alone chose the type, taking the words as they stand, grammar and all.
    """

    event_type: str
    modes: tuple[str, ...] = ()
    actors: tuple[Phrase, ...] = ()
    recipients: tuple[Phrase, ...] = ()
    mutual: bool = False
    firm: bool = False
    probability: float = 0.0
    claims: frozenset[int] = frozenset()
    source: str = ""
    auxiliary: tuple[tuple[str, float], ...] = ()
    places: tuple[Phrase, ...] = ()
    by_model: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """Who acted or was acted upon, as a code with the words and the reason it came from.

    Attributes:
        code: ISO 3166-1 alpha-3 of the state, or a non-state code (`UNO`, `IGO`, …); `None` where unknown.
        sectors: Codebook sectors, most telling first.
        mention: The words in the text.
        resolved_text: What a pronoun, surname or description stands for; `None` if the words say it themselves.
        identifier_text: Name of the lexicon entry.
        identifier_id: Its Wikidata id, where certain.
        office: The office held on the event's date.
        reason: Why this code.
    """

    code: str | None
    sectors: tuple[str, ...]
    mention: Mention
    resolved_text: str | None = None
    identifier_text: str | None = None
    identifier_id: str | None = None
    office: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DateInterval:
    """First and last day of an event. `resolution`: day, week, month, year, or publication if assumed."""

    first: date
    last: date
    resolution: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the event took place: the words, and the gazetteer's place they were resolved to.

    Attributes:
        mention: The words; for a country that is only inferred, those of the party it was inferred from.
        country: Code of the state.
        resolution: city, province or country.
        reason: How the words were tied to the event.
        alternatives: Other places of that name, the most populous first: "London (CAN, 346,765)".
    """

    mention: Mention
    resolved: str
    country: str
    resolution: str
    city: str | None = None
    province: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonameid: int | None = None
    reason: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who reported the event."""

    mention: Mention
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the article: its number from 0, and its offsets."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Coding:
    """What an event candidate was taken for. `ahead`: whether it is, or announces, what is still to come."""

    event_type: str
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    auxiliary_modes: tuple[str, ...] = ()
    confidence: float = 0.0
    reason: str = ""
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One coded event with its evidence. `scheme`: the codebook of the user's own that its type is of, if it is not PLOVER's."""

    id: str
    article: Article
    coding: Coding
    actors: tuple[Entity, ...]
    recipients: tuple[Entity, ...]
    trigger: tuple[Mention, ...]
    sentence: Sentence
    when: DateInterval | None = None
    place: Place | None = None
    attribution: Attribution | None = None
    size: dict[str, int | tuple[int, int]] = field(default_factory=dict)
    size_mentions: dict[str, tuple[Mention, ...]] = field(default_factory=dict)
    link: str | None = None
    scheme: Scheme | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A text with an actor and a recipient that the user brings: is there an event between them, and which?

    Attributes:
        id: The user's name for it.
        text: What all offsets refer to, often one sentence.
        actor: Half-open offsets of who may have acted.
        recipient: Half-open offsets of who may have been acted upon.
    """

    id: str
    text: str
    actor: tuple[int, int]
    recipient: tuple[int, int]


@dataclass(frozen=True, slots=True)
class PairLabel:
    """What a pair was labelled as. Quad category and scale follow from types and modes.

    Attributes:
        id: The pair's.
        event_types: Codebook names, most probable first; empty if the actor did nothing to the recipient.
        probability: How sure this label is, in [0, 1]; of no event, if there is none.
        modes: Codebook names of modes of the first type.
        auxiliary_modes: Empty if it happened.
        scores: Probability of every event type.
        scheme: The codebook of the user's own that the types are of, if they are not PLOVER's.
    """

    id: str
    event_types: tuple[str, ...]
    probability: float
    modes: tuple[str, ...] = ()
    auxiliary_modes: tuple[str, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    scheme: Scheme | None = None
