"""Numbers of dead, injured, arrested and taking part, with the words that tell which event they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from spacy.tokens import Doc, Span, Token

from communique.extract.circumstances import circumstances, clause_head
from communique.extract.phrases import conjuncts, counted
from communique.extract.quantities import Quantity, find_quantities
from communique.lexicon import ActorLexicon, load_section
from communique.records import Count, Mention, Sentence

_SUBJECTS = {"nsubj", "nsubjpass"}
_NOBODY = {"nobody", "none"}
_KINDS = ("dead", "injured", "arrested", "participants")
_SUBSET = {"them", "whom", "these", "those"}
_UNREAL = {"future", "infinitive"}
_ROLES = set("oprd acomp dobj attr nsubj nsubjpass pobj prep compound ccomp amod nummod".split())
_CLAUSES = {"advcl", "conj", "relcl", "acl", "xcomp", "pcomp", "ccomp", "parataxis", "dep"}


@cache
def _words() -> dict[str, Any]:
    section: dict[str, Any] = load_section("language/quantities")
    return section


@cache
def _set(*path: str) -> frozenset[str]:
    value: Any = _words()
    for key in path:
        value = value.get(key, ())
    return frozenset(value)


@dataclass(frozen=True, slots=True)
class _Amount:
    """How many a noun stands for, and the words that say so."""

    low: int
    high: int
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """What became of the people whom a noun names, and the word that says so."""

    kind: str
    anchor: Token
    update: bool = False
    weak: bool = False  # told only by the event's own words


def count_people(doc: Doc, sentence: Sentence, span: Span, actors: ActorLexicon) -> list[Count]:
    """The counts of one sentence, in text order."""
    lowered = span.text.lower()
    if not any(char.isdigit() for char in lowered) and not _MAY_COUNT.search(lowered):
        return []
    return _Counter(doc, sentence, span, actors).counts()


_NO_COUNT = frozenset({"PUNCT", "ADP", "AUX", "PART", "CCONJ", "SCONJ", "SPACE"})
_MAY_COUNT = re.compile(
    r"\b(?:an?|another|no|nobody|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|dozens?|scores|hundreds?|thousands?|millions?)\b"
)


class _Counter:
    def __init__(self, doc: Doc, sentence: Sentence, span: Span, actors: ActorLexicon) -> None:
        self._doc, self._sentence, self._span, self._actors = doc, sentence, span, actors
        self._quantities: dict[int, Quantity] = {}
        for quantity in find_quantities(span.text):
            moved = Mention(
                quantity.mention.text, quantity.mention.start + span.start_char, quantity.mention.end + span.start_char
            )
            words = doc.char_span(moved.start, moved.end, alignment_mode="expand")
            if words is not None and not _is_measure(words):
                for token in words:
                    self._quantities[token.i] = Quantity(moved, quantity.low, quantity.high)

    def counts(self) -> list[Count]:
        found: list[Count] = []
        told: set[tuple[str, Mention]] = set()
        for token in self._span:
            if token.pos_ in _NO_COUNT:
                continue
            for kind, low, high, mentions, state in self._at(token):
                if mentions and (kind, mentions[0]) in told:
                    continue
                before = [count for count in found if count.kind == kind]
                if before and (_is_subset(token) or before[-1].anchor == state.anchor.idx):
                    continue  # "five of them", "one a boy": among those counted
                told.update((kind, mention) for mention in mentions)
                found.append(self._count(kind, low, high, mentions, state))
        return found

    def _at(self, token: Token) -> Iterator[tuple[str, int, int, tuple[Mention, ...], _State]]:
        if token.lemma_.lower() in _words()["tolls"]:
            yield from self._toll(token)
            return
        if token.lemma_.lower() in _set("casualties") and _denied(token) is not None:
            words = _mention(_denied(token), token)
            for kind in ("dead", "injured"):
                yield kind, 0, 0, (words,), _State(kind, token)
            return
        if token.dep_ == "conj" and token.head.pos_ in {"NOUN", "PROPN", "NUM", "PRON"} and not _is_state(token):
            return  # summed up with the first
        state = self._state(token)
        if state is None:
            return
        amount = self._amount(token, state)
        if amount is not None:
            yield state.kind, amount.low, amount.high, amount.mentions, state

    # --- how many

    def _amount(self, head: Token, state: _State) -> _Amount | None:
        """The number of a noun and of those joined to it; `None` if it names no people or no number."""
        parts = [self._own(token, state) for token in conjuncts(head) if token is head or not _is_state(token)]
        known = list(dict.fromkeys(part for part in parts if part is not None))
        if parts[0] is None or not known:
            return None
        low, high = sum(part.low for part in known), sum(part.high for part in known)
        return _Amount(low, high, tuple(mention for part in known for mention in part.mentions))

    def _own(self, head: Token, state: _State) -> _Amount | None:
        quantity = self._quantities.get(head.i)
        if quantity is not None and head.lower_ != "one":
            if head.dep_ == "appos" or not self._elliptic(head):
                return None
            if _is_subset(head) and head.dep_ not in {"dobj", *_SUBJECTS}:
                return None
            return _Amount(quantity.low, quantity.high, (quantity.mention,))
        if head.lower_ in _NOBODY or (head.lower_ == "one" and _denied(head) is not None):
            return _Amount(0, 0, (_mention(_denied(head) or head, head),))
        if head.lower_ == "another" and state.kind != "participants":
            return _one(head, head)
        if head.lower_ == "one":
            return _one(head, head) if head.dep_ in {"dobj", *_SUBJECTS} else None
        if not (self._is_people(head) or (_is_state(head) and head.pos_ in {"NOUN", "ADJ", "PROPN", "VERB"})):
            return None
        for child in (*head.lefts, *(inner for outer in head.lefts for inner in outer.lefts)):
            if child.i in self._quantities and child.dep_ != "appos" and child.lower_ != "one":
                quantity = self._quantities[child.i]
                return _Amount(quantity.low, quantity.high, (quantity.mention,))
        denied = _denied(head)
        if denied is not None:
            return _Amount(0, 0, (_mention(denied, head),))
        if _is_state(head) and self._is_state_noun(head) and head.tag_ != "NN":
            return None
        if head.tag_ == "NN" and head.pos_ == "NOUN" and not self._is_state_noun(head) and state.kind != "participants":
            article = next((child for child in head.lefts if child.dep_ in {"det", "nummod"}), None)
            if article is not None and article.lower_ in {"a", "an", "one", "another"}:
                return _one(article, head)
            if head.dep_ == "conj" or conjuncts(head)[1:]:  # "the driver and two soldiers"
                numbers = [token for token in conjuncts(head)[1:] if token.i in self._quantities or any(
                    child.i in self._quantities or child.lower_ in {"a", "an"} for child in token.lefts
                )]  # fmt: skip
                if (head.dep_ == "conj" or numbers) and article is not None:
                    return _one(article, head)
        return None

    def _elliptic(self, token: Token) -> bool:
        """Whether a bare number may stand for people, and not for things or days."""
        of = next((child for child in token.rights if child.lower_ == "of"), None)
        if of is not None:
            what = next((child for child in of.rights if child.dep_ == "pobj"), None)
            return what is not None and (self._is_people(what) or what.lower_ in _SUBSET)
        if token.i + 1 < len(self._doc) and token.dep_ in {"nummod", "compound", "quantmod"}:
            return False
        years = token.text.isdigit() and 1900 <= int(token.text) <= 2100
        return not years

    def _is_people(self, token: Token) -> bool:
        lemma = token.lemma_.lower()
        if lemma in _set("people") or token.lower_ in _set("people"):
            return True
        if self._actors.agent(token.lower_) is not None or self._actors.agent(lemma) is not None:
            return True
        return token.ent_type_ == "NORP" and token.tag_ in {"NNS", "NNPS", "NN", "NNP"}

    @staticmethod
    def _is_state_noun(token: Token) -> bool:
        return any(token.lemma_.lower() in _set(kind, "nouns") for kind in ("dead", "injured", "arrested"))

    # --- what became of them

    def _state(self, token: Token) -> _State | None:
        """What became of the people that a noun or number names."""
        lemma = token.lemma_.lower()
        for kind in ("dead", "injured", "arrested"):
            if lemma in _set(kind, "nouns") or (
                token.lower_ in _set(kind, "adjectives") and self._counted_adjective(token)
            ):
                return _State(kind, token)
        if lemma == "life":
            owner = token.head
            if owner.lemma_.lower() in _set("dead", "lives"):
                return _State("dead", owner)
            return None
        verb = self._verb_of(token)
        if verb is not None:
            return verb
        following = self._doc[token.i + 1] if token.i + 1 < len(self._doc) else None
        if following is not None and following.pos_ == "ADJ":
            for kind in ("dead", "injured"):
                if following.lower_ in _set(kind, "adjectives"):
                    return _State(kind, following)
        for child in token.children:
            if child.dep_ in {"acl", "relcl"} and (state := _by_verb(child, passive=_is_passive(child))) is not None:
                return state
            if child.dep_ == "amod" and child.lower_ == "dead" and child.i > token.i:
                return _State("dead", child)
        if token.dep_ == "pobj":
            return self._by_preposition(token)
        if lemma in _set("participants", "nouns") and token.dep_ in {"nsubj", "nsubjpass", "dobj", "pobj"}:
            return _State("participants", token)
        return None

    def _counted_adjective(self, token: Token) -> bool:
        """ "Four dead", "left 12 injured": the word stands for people, with a number of its own before it."""
        return any(child.i in self._quantities and child.i < token.i for child in token.lefts) or (
            token.i > self._span.start and token.i - 1 in self._quantities and token.dep_ not in {"amod"}
        )

    def _verb_of(self, token: Token) -> _State | None:
        head = token.head
        if token.dep_ in _SUBJECTS and head.pos_ in {"ADJ", "AUX"}:  # "left four people dead", "ten are dead"
            words = [head, *(child for child in head.children if child.dep_ in {"acomp", "attr"})]
            for kind in ("dead", "injured"):
                for word in words:
                    if word.lower_ in _set(kind, "adjectives"):
                        return _State(kind, word)
        if head.pos_ not in {"VERB", "AUX"}:
            return None
        if token.dep_ in {"dobj", "oprd", "attr", "dep", "npadvmod"} or (token.dep_ == "nsubjpass"):
            if (state := _by_verb(head, passive=True)) is not None:
                return state
            for kind in ("dead", "injured"):  # "left four people dead"
                for child in head.children:
                    if (
                        child.lower_ in _set(kind, "adjectives")
                        and child.i > token.i
                        and child.dep_ in {"oprd", "acomp", "ccomp", "xcomp"}
                    ):
                        return _State(kind, child)
        if token.dep_ in _SUBJECTS:
            passive = token.dep_ == "nsubjpass" or _is_passive(head)
            if (state := _by_verb(head, passive=passive)) is not None:
                return state
            for verb in head.rights:  # "were shot and killed"
                if (
                    verb.dep_ == "conj"
                    and verb.pos_ == "VERB"
                    and not any(child.dep_ in _SUBJECTS for child in verb.lefts)
                ):
                    if (state := _by_verb(verb, passive=passive and verb.tag_ == "VBN")) is not None:
                        return state
            if counted(token).lemma_.lower() in _set("participants", "nouns"):
                return _State("participants", token)
            if head.pos_ == "VERB" and not passive and token.dep_ == "nsubj" and self._counted(token):
                return _State(
                    "participants", head, weak=True
                )  # "2,000 farmers blocked the road": if that was a protest
        return None

    def _counted(self, token: Token) -> bool:
        return token.i in self._quantities or any(child.i in self._quantities for child in token.lefts)

    def _by_preposition(self, token: Token) -> _State | None:
        """ "The deaths of 12 people", "a crowd of 300", "a march by 5,000 nurses"."""
        owner = token.head.head
        lemma = owner.lemma_.lower()
        if token.head.lower_ == "of":
            if lemma == "life":
                return (
                    _State("dead", owner.head)
                    if owner.head.lemma_.lower() in _set("dead", "lives") | {"loss"}
                    else None
                )
            for kind in ("dead", "injured", "arrested"):
                if lemma in _set(kind, "nouns"):
                    return _State(kind, owner)
        if token.head.lower_ in {"of", "by"} and lemma in _set("participants", "groups"):
            return _State("participants", owner)
        if lemma in _set("participants", "nouns") | {"person", "people"}:
            return None
        if token.lemma_.lower() in _set("participants", "nouns") and token.head.lower_ in {
            "at",
            "on",
            "against",
            "with",
            "of",
        }:
            return _State("participants", token)
        return None

    def _toll(self, token: Token) -> Iterator[tuple[str, int, int, tuple[Mention, ...], _State]]:
        """ "The death toll rose to 61", "put the number of wounded at 40", "a toll of 12"."""
        kind = _words()["tolls"][token.lemma_.lower()]
        if not kind:
            about = {word.lower_ for word in token.subtree} | {word.lemma_.lower() for word in token.subtree}
            kind = next((name for name in _KINDS if about & (_set(name, "adjectives") | _set(name, "nouns"))), "")
        if not kind:
            return
        verb = clause_head(token)
        lemma = verb.lemma_.lower()
        for at in range(token.i + 1, self._span.end):
            quantity = self._quantities.get(at)
            if quantity is None:
                continue
            number = self._doc[at]
            holder = next(
                (word for word in (number, number.head) if word.dep_ in {"pobj", "dobj", "attr", "npadvmod"}), None
            )
            if holder is None:
                continue
            own = holder.head.head == token and holder.head.lower_ == "of"
            said = lemma in _set("toll_verbs") and (
                (holder.dep_ == "pobj" and holder.head.lower_ in {"to", "at"})
                or (holder.dep_ in {"dobj", "attr"} and holder.head == verb)
            )
            if own or said:
                update = said and (lemma in _set("updates"))
                yield kind, quantity.low, quantity.high, (quantity.mention,), _State(kind, token, update)
                return

    # --- which event

    def _count(self, kind: str, low: int, high: int, mentions: tuple[Mention, ...], state: _State) -> Count:
        anchor = state.anchor
        stands = circumstances(anchor if anchor.pos_ in {"VERB", "AUX"} else clause_head(anchor))
        words = self._span.text.lower()
        happened = not stands.conditional and stands.tense not in _UNREAL and not (stands.negated and high)
        elsewhere = any(phrase in words for phrase in _set("past")) or any(
            word.lemma_.lower() in _set("accidents") for word in self._span
        )
        return Count(
            kind=kind,
            low=low,
            high=high,
            mentions=mentions,
            sentence=self._sentence,
            anchor=anchor.idx,
            links=() if state.weak else tuple(word.idx for word in _links(anchor)),
            update=state.update,
            loose=not state.weak and happened and not elsewhere,
        )


def _by_verb(verb: Token, *, passive: bool) -> _State | None:
    """What a verb says of its object (or passive subject), or else of its subject."""
    lemma = verb.lemma_.lower()
    rests = {child.lower_ for child in verb.children} | {
        grandchild.lemma_.lower()
        for child in verb.children
        if child.dep_ in {"prep", "prt"}
        for grandchild in child.rights
    }
    rests |= {token.lower_ for token in verb.doc[verb.i + 1 : verb.i + 2]}  # "shot DEAD two soldiers"
    for kind in _KINDS:
        if passive:
            if any(rest <= rests for rest in _by_first(kind, "object").get(lemma, ())):
                return _State(kind, verb)
            if lemma in _set(kind, "with_dead") and rests & {"dead", "death"}:
                return _State(kind, verb)
        if not passive or kind != "participants":
            wanted = _by_first(kind, "subject").get(lemma, ())
            if wanted:
                behind = rests | {grandchild.lemma_.lower() for child in verb.rights for grandchild in child.rights}
                if any(rest <= behind for rest in wanted):
                    return _State(kind, verb)
    return None


@cache
def _by_first(kind: str, key: str) -> dict[str, tuple[frozenset[str], ...]]:
    """Compounds of a section by their first word: the words that must stand behind it, none for a plain verb."""
    found: dict[str, list[frozenset[str]]] = {}
    for words in sorted(_set(kind, key)):
        first, *rest = words.split()
        found.setdefault(first, []).append(frozenset(rest))
    return {first: tuple(rests) for first, rests in found.items()}


def _links(anchor: Token) -> list[Token]:
    """Words that name the event a count belongs to: around the anchor, then above and below its clause."""
    found: list[Token] = [anchor]
    joined = [child for child in anchor.rights if child.dep_ == "conj"]
    around = [*anchor.children, *(word for verb in joined for word in verb.children if word.dep_ in {"prep", "agent"})]
    for child in around:  # "shot dead", its subject, "in the attack", "by the blast"
        if child.dep_ in _SUBJECTS or child.dep_ in {"acomp", "oprd", "compound", "poss"}:
            found.append(child)
        if child.dep_ in {"prep", "agent"}:
            found.extend(
                word
                for word in child.subtree
                if word.dep_ in {"pobj", "pcomp"} and word.head.head in (anchor, child, *joined)
            )
    above = anchor
    for _ in range(4):
        if above.dep_ in _ROLES:
            above = above.head
            found.append(above)
            found.extend(child for child in above.children if child.dep_ in _SUBJECTS and child is not anchor)
        elif above.dep_ == "advcl" and any(
            child.lower_ in {"after", "before", "since", "until"} for child in above.lefts
        ):
            break  # told for its time: another event
        elif above.dep_ in _CLAUSES and above.dep_ != "ccomp":
            above = above.head
            found.append(above)
        else:
            break
    for word in list(found):
        found.extend(child for child in word.children if child.dep_ == "advcl" and child.i > word.i)
    return list(dict.fromkeys(found))


def _denied(token: Token) -> Token | None:
    return next((child for child in token.lefts if child.dep_ in {"det", "neg"} and child.lower_ == "no"), None)


def _is_state(token: Token) -> bool:
    lemma = token.lemma_.lower()
    return any(
        lemma in _set(kind, "nouns") or token.lower_ in _set(kind, "adjectives")
        for kind in ("dead", "injured", "arrested")
    )


def _is_subset(token: Token) -> bool:
    """ "Five of them": part of a number that was told."""
    of = next((child for child in token.rights if child.lower_ == "of"), None)
    return of is not None and any(child.lower_ in _SUBSET for child in of.rights)


def _is_measure(words: Span) -> bool:
    """Money, percentages and days are no people; the parser takes "Between 20 and 30" for a date, so only bare ones."""
    return words.root.ent_type_ in {"MONEY", "PERCENT", "TIME", "ORDINAL"} or (
        words.root.ent_type_ == "DATE"
        and words.root.dep_ in {"pobj", "npadvmod"}
        and words.root.head.lower_ in {"in", "on", "since", "until", "by", "aged"}
    )


def _is_passive(verb: Token) -> bool:
    return any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children) or (
        verb.dep_ == "acl" and verb.tag_ == "VBN"
    )


def _one(first: Token, head: Token) -> _Amount:
    return _Amount(1, 1, (_mention(first, head),))


def _mention(first: Token | None, last: Token) -> Mention:
    first = first or last
    span = last.doc[min(first.i, last.i) : max(first.i, last.i) + 1]
    return Mention(span.text, span.start_char, span.end_char)
