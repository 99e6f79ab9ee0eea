"""Event candidates of an article: every verb, and the nouns and adjectives that the event lexicon knows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from spacy.tokens import Doc, Span, Token

from communique.extract.circumstances import Aside, actors_clause, asides_of, circumstances, clause_head, own_clause
from communique.extract.counts import count_people
from communique.extract.phrases import PhraseBook, counted
from communique.extract.reporters import Reporters
from communique.extract.short_forms import with_short_forms
from communique.extract.slots import Slots, complement, is_passive, merged, noun_slots, own_subject, verb_slots
from communique.lexicon import ActorLexicon, EventLexicon, NameMatch
from communique.records import Circumstances, Count, EventCandidate, Mention, ParsedArticle, Phrase, Sentence

_PLACE_SLOTS = (
    "in",
    "at",
    "near",
    "outside",
    "inside",
    "around",
    "across",
    "off",
    "within",
    "throughout",
    "over",
    "along",
)
_PAST = re.compile(r"\b(?:last|ago|yesterday|earlier|previous)\b")
_PLACE_KINDS = {"place", "country"}


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one article: candidates, names, noun phrases and numbers of people, each in text order."""

    candidates: tuple[EventCandidate, ...]
    names: tuple[NameMatch, ...]
    phrases: tuple[Phrase, ...]
    counts: tuple[Count, ...] = ()


def extract(
    parsed: ParsedArticle,
    events: EventLexicon,
    actors: ActorLexicon,
    reporting: dict[str, Any],
    short_forms: dict[str, list[str]],
) -> Extraction:
    """Find the event candidates of an article.

    Args:
        parsed: The article with its parse.
        events: Tells which nouns and adjectives may be events, and which verbs are light.
        actors: Tells names and agent nouns.
        reporting: Lemmas of `verbs` whose subject reports what their clause says, and of `nouns` for reports.
        short_forms: Full names of bodies by the word that may stand for them later.
    """
    people = [ent for ent in parsed.doc.ents if ent.label_ == "PERSON" and len(ent) > 1]
    text = parsed.article.text
    named = [name for name in actors.find_names(text) if not _is_part_of_person(name, people)]
    names = with_short_forms(named, text, short_forms)
    book = PhraseBook(parsed.doc, names, actors)
    reporters = Reporters(book, reporting)
    reporters.read_quotes(parsed.sentences())
    finder = _Finder(parsed.doc, book, events, reporters)
    candidates: list[EventCandidate] = []
    phrases: list[Phrase] = []
    counts: list[Count] = []
    for number, sentence in enumerate(parsed.sentences()):
        candidates.extend(finder.in_sentence(number, sentence))
        counts.extend(count_people(parsed.doc, _numbered(number, sentence), sentence, actors))
        phrases.extend(
            book.phrase(token) for token in sentence
            if token.pos_ in {"NOUN", "PROPN", "PRON"} and token.dep_ not in {"compound", "nmod", "amod"}
        )  # fmt: skip
    return Extraction(tuple(candidates), tuple(names), tuple(phrases), tuple(counts))


def _numbered(number: int, span: Span) -> Sentence:
    """A sentence of the report without the space around it."""
    text = span.text
    return Sentence(number, span.start_char + len(text) - len(text.lstrip()), span.start_char + len(text.rstrip()))


def _is_part_of_person(name: NameMatch, people: list[Span]) -> bool:
    """Whether the name of a place is part of a person's: "Washington" in "Washington Quiroz"."""
    if name.names[0].kind not in {"capital", "city", "region"}:
        return False
    return any(
        person.start_char <= name.start and name.end <= person.end_char and name.end - name.start < person.end_char - person.start_char
        for person in people
    )  # fmt: skip


class _Finder:
    def __init__(self, doc: Doc, book: PhraseBook, events: EventLexicon, reporters: Reporters) -> None:
        self._book = book
        self._events = events
        self._reporters = reporters
        self._dates = [ent for ent in doc.ents if ent.label_ in {"DATE", "TIME"}]
        self._date_starts = [ent.start for ent in self._dates]
        self._asides: tuple[Aside, ...] = ()  # of the sentence that is being read

    def in_sentence(self, number: int, span: Span) -> Iterator[EventCandidate]:
        sentence = _numbered(number, span)
        first, last = (bisect_left(self._date_starts, offset) for offset in (span.start, span.end))
        dates = self._dates[first:last]
        self._asides = asides_of(span)
        for token in span:
            if token.pos_ == "VERB" and token.dep_ not in {"amod", "compound"}:
                yield self._verb(token, sentence, dates)
            elif token.pos_ in {"NOUN", "PROPN", "VERB"} and (predicates := self._noun_predicates(token)):
                yield self._noun(token, predicates, sentence, dates)
            elif (
                token.pos_ == "ADJ"
                and token.dep_ in {"acomp", "oprd", "conj", "ROOT"}
                and self._events.look_up("adjective", token.lower_)
            ):
                yield self._adjective(token, sentence, dates)

    def _verb(self, verb: Token, sentence: Sentence, dates: list[Span]) -> EventCandidate:
        predicates, words = self._verb_predicates(verb)
        slots = verb_slots(verb, self._book)
        return self._candidate(verb, predicates, "verb", words, sentence, slots, circumstances(verb), dates)

    def _noun(self, noun: Token, predicates: tuple[str, ...], sentence: Sentence, dates: list[Span]) -> EventCandidate:
        slots = noun_slots(noun, self._book)
        light = self._light_verb(noun)
        words = [
            token
            for token in noun.lefts
            if token.dep_ == "compound" and f"{token.lower_} {noun.lemma_.lower()}" in predicates
        ]
        words.append(noun)
        stands = circumstances(noun)
        if light is not None:
            outer = {
                slot: phrases for slot, phrases in verb_slots(light, self._book).items() if not _holds(phrases, noun)
            }
            slots = merged(slots, outer)
            stands = circumstances(light)
            if circumstances(noun).negated:
                stands = _negated(stands)
            words.insert(0, light)
        return self._candidate(noun, predicates, "noun", words, sentence, slots, stands, dates, light)

    def _adjective(self, word: Token, sentence: Sentence, dates: list[Span]) -> EventCandidate:
        copula = word.head if word.head.pos_ in {"AUX", "VERB"} else word
        slots = verb_slots(copula, self._book) if copula is not word else {}
        extra = noun_slots(word, self._book)
        return self._candidate(
            word, (word.lower_,), "adjective", [word], sentence, merged(slots, extra), circumstances(word), dates
        )

    def _candidate(
        self, head: Token, predicates: tuple[str, ...], part: str, words: list[Token], sentence: Sentence, slots: Slots,
        stands: Circumstances, dates: list[Span], light: Token | None = None,
    ) -> EventCandidate:  # fmt: skip
        then = complement(head) or (complement(light) if light is not None and light.lemma_ != "have" else None)
        if then is not None:
            clause = Mention(then.text, then.idx, then.idx + len(then))
            slots = {**slots, "then": (Phrase(clause, then.lemma_.lower(), clause.start, clause.end, "clause"),)}
            if (about := own_subject(then)) is not None and about.lower_ not in {"it", "they", "he", "she"}:
                slots["content"] = self._book.coordinated(about)
        anchor = light if light is not None else head
        first, last, date_limit = own_clause(anchor)
        return EventCandidate(
            predicate=predicates,
            part=part,
            trigger=_mentions(words),
            head_start=head.idx,
            sentence=sentence,
            slots=slots,
            circumstances=stands,
            plural=head.tag_ in {"NNS", "NNPS"},
            then=then.idx if then is not None else -1,
            then_negated=then is not None and _is_negated_infinitive(then),
            light_verb=light.lemma_.lower() if light is not None else "",
            reporter=self._reporters.find(anchor),
            dates=_dates(anchor, head, dates, date_limit),
            places=self._places(slots, anchor),
            clause=(first, last),
            relative=_is_relative(anchor),
            beyond=tuple(aside.offsets for aside in self._asides if aside.excludes(anchor)),
            actors_within=actors_clause(anchor),
        )

    def _verb_predicates(self, verb: Token) -> tuple[tuple[str, ...], list[Token]]:
        """Lemmas to look a verb up by, and its words: "blow up", "call for", "take part"."""
        lemma = verb.lemma_.lower()
        options = self._events.phrasal.get(lemma)
        particle = [child for child in verb.rights if child.dep_ == "prt"]
        if options:
            own = [child for child in verb.children if child.dep_ != "conj" or child.pos_ != "VERB"]
            near = [token for child in own for token in (child, *child.rights) if token.i > verb.i]
            near = [
                token for token in near if token.pos_ != "ADP" or token.dep_ == "prt" or _stands_behind(token, verb)
            ]
            for rest in options:
                words = _in_order(rest, near)
                if words:
                    return (" ".join((lemma, *rest)), lemma), [verb, *words]
        return (lemma,), [verb, *particle]

    def _noun_predicates(self, noun: Token) -> tuple[str, ...]:
        """Lemmas to look a noun up by, if the lexicon knows any: "air strike", "strike"."""
        if self._book.name_at(noun.idx, noun.idx + len(noun)) is not None:
            return ()  # part of a name: the "Assembly" in "General Assembly"
        lemma = noun.lemma_.lower()
        options = [lemma] if noun.pos_ != "VERB" else []
        options[:0] = [f"{child.lower_} {lemma}" for child in noun.lefts if child.dep_ in {"compound", "amod", "nmod"}]
        return tuple(option for option in options if self._events.look_up("noun", option))

    def _light_verb(self, noun: Token) -> Token | None:
        """The verb that only carries the noun: "held" in "held talks", "attended" in "attended the drill"."""
        head = noun.head
        if noun.dep_ == "conj":
            while noun.dep_ == "conj":
                noun = noun.head
            head = noun.head
        if noun.dep_ == "pobj" and head.lower_ == "of" and counted(head.head) == noun:  # "held a round of talks"
            noun = head.head
            head = noun.head
        if noun.dep_ in {"dobj", "nsubjpass"} and head.pos_ == "VERB" and head.lemma_ in self._events.light_verbs:
            named = head.lemma_ == "call" and any(child.lower_ in {"the", "this", "that"} for child in noun.lefts)
            return None if named else head  # "called the verdict a disgrace"
        if noun.dep_ == "pobj" and head.pos_ == "ADP" and head.head.pos_ in {"VERB", "NOUN"}:
            verb = head.head
            if verb.pos_ == "NOUN" and verb.dep_ == "dobj":  # "take part in"
                verb = verb.head
            if f"{verb.lemma_} {head.lower_}" in self._events.light_verbs:
                return verb
        for child in noun.rights:  # "the talks held in Cairo"
            if child.dep_ in {"acl", "relcl"} and child.lemma_ in self._events.light_verbs and is_passive(child):
                return child
        return None

    def _places(self, slots: Slots, anchor: Token) -> tuple[Phrase, ...]:
        """Place phrases of the event's own slots, then of its clause, wherever the parser hung them."""
        found = {phrase: None for slot in _PLACE_SLOTS for phrase in slots.get(slot, ()) if phrase.kind in _PLACE_KINDS}
        clause = clause_head(anchor)
        for token in clause.subtree:
            if token.dep_ == "pobj" and token.head.lower_ in _PLACE_SLOTS and clause_head(token) == clause:
                found |= {phrase: None for phrase in self._book.coordinated(token) if phrase.kind in _PLACE_KINDS}
        return tuple(found)


def _stands_behind(preposition: Token, verb: Token) -> bool:
    """Whether a preposition may make a compound with its verb: "called ON X in Y", but not "signed ON Monday"."""
    dated = any(child.ent_type_ in {"DATE", "TIME"} for child in preposition.rights)
    return preposition.i == verb.i + 1 and not dated


def _negated(stands: Circumstances) -> Circumstances:
    return replace(stands, negated=True)


def _holds(phrases: tuple[Phrase, ...], noun: Token) -> bool:
    return any(phrase.head_start == noun.idx for phrase in phrases)


def _in_order(wanted: tuple[str, ...], tokens: list[Token]) -> list[Token]:
    """Tokens that match the wanted words, one directly behind the other, or [] if one is missing."""
    found: list[Token] = []
    for word in wanted:
        match = next((token for token in tokens if word in {token.lower_, token.lemma_.lower()}), None)
        if found:
            after = found[-1].i + 1
            match = found[-1].doc[after] if after < len(found[-1].doc) else None
            if match is not None and word not in {match.lower_, match.lemma_.lower()}:
                match = None
        if match is None:
            return []
        found.append(match)
    return found


def _mentions(words: list[Token]) -> tuple[Mention, ...]:
    """The event words as stretches of text; neighbours become one stretch."""
    words = sorted(set(words), key=lambda token: token.i)
    groups: list[list[Token]] = []
    for token in words:
        if groups and token.i - groups[-1][-1].i == 1:
            groups[-1].append(token)
        else:
            groups.append([token])
    spans = (group[0].doc[group[0].i : group[-1].i + 1] for group in groups)
    return tuple(Mention(span.text, span.start_char, span.end_char) for span in spans)


_LASTING = re.compile(
    r"(?:the\s+)?(?:an?|\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|some|a few)\s+(?:hours?|days?|weeks?|months?|years?)\b",
    re.I,
)


def _is_negated_infinitive(verb: Token) -> bool:
    return {"to", "neg"} <= {part for child in verb.lefts for part in (child.lower_, child.dep_)}


def _is_relative(word: Token) -> bool:
    return word.dep_ == "relcl" and any(child.dep_ == "nsubj" and child.tag_ in {"WDT", "WP"} for child in word.lefts)


def _dates(anchor: Token, head: Token, dates: list[Span], limit: int) -> tuple[Mention, ...]:
    """Date expressions before an offset that hang on the event word or its clause, nearest first; "two days after" goes before all others."""
    clause = clause_head(anchor)
    above = _raised(clause)
    counted_from = _counted_from(clause)
    outer = [clause_head(clause.head)] if counted_from is not None else []
    ranked = []
    for span in dates:
        root = _date_root(span)
        if span.start_char >= limit:
            continue  # of the next clause: "X vowed to talk, and Y left on Monday"
        if counted_from is not None and span.start_char >= counted_from.start and span.end_char <= counted_from.end:
            continue
        if any(word.lower_ == "since" and word.dep_ == "prep" for word in root.ancestors if word.i > clause.i):
            continue  # when something else was: "for the first time since a war in 1971"
        if "since" in (span[0].lower_, span.doc[span.start - 1].lower_ if span.start else ""):
            continue  # when something else began
        if span.start and span.doc[span.start - 1].lower_ == "for" and _LASTING.match(span.text):
            continue  # how long it lasted
        if root.dep_ in {"nummod", "compound", "amod", "nmod", "poss"} and root.head not in (head, anchor):
            continue  # it dates another noun: "the 1982 war"
        home = clause_head(root)
        own = _hangs_on(root, head) or _hangs_on(root, anchor) or (home.dep_ == "relcl" and home.head == head)
        below = clause in _raised(home) and _PAST.search(span.text) is not None  # "refused to lift it last week"
        if own or below or home in (clause, *above, *outer):
            rank = 0 if own else 1 if home == clause else 2 if home in above else 3
            ranked.append((rank, abs(span.start - head.i), Mention(span.text, span.start_char, span.end_char)))
    nearest = tuple(mention for _, _, mention in sorted(ranked, key=lambda item: item[:2]))
    return nearest if counted_from is None else (counted_from, *nearest)


def _date_root(span: Span) -> Token:
    """The word that a date expression hangs by: of "Monday evening", which the parser takes for two, the evening."""
    root: Token = span.root
    while root.dep_ in {"compound", "nummod", "amod", "nmod"} and root.head.ent_type_ in {"DATE", "TIME"}:
        root = root.head
    return root


def _counted_from(clause: Token) -> Mention | None:
    """ "Two days after" before a clause: its event is dated from that of the clause above."""
    mark = next((child for child in clause.lefts if child.dep_ == "mark" and child.lower_ in {"after", "before"}), None)
    span = next(
        (child for child in clause.lefts if child.dep_ == "npadvmod" and child.ent_type_ in {"DATE", "TIME"}), None
    )
    if mark is None or span is None or span.i > mark.i:
        return None
    words = clause.doc[span.left_edge.i : mark.i + 1]
    return Mention(words.text, words.start_char, words.end_char)


def _raised(clause: Token) -> list[Token]:
    """The verbs whose time a clause shares: of an infinitive its governor, of a conjunct the first verb."""
    found: list[Token] = []
    while (clause.dep_ in {"xcomp", "conj", "pcomp"} or (clause.dep_ == "advcl" and clause.tag_ == "VBG")) and len(
        found
    ) < 4:
        clause = clause_head(clause.head)
        found.append(clause)
    return found


def _hangs_on(token: Token, word: Token) -> bool:
    for _ in range(4):
        if token == word:
            return True
        if token.pos_ == "VERB" or token.dep_ == "ROOT":
            return False
        token = token.head
    return False
