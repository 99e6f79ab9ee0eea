"""Noun phrases: where they start and end, what kind of thing they name, and what stands in apposition."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from communique.lexicon import ActorLexicon, NameMatch, NamesByPlace
from communique.records import Mention, Phrase

_NAME_KINDS = {
    "country": "country", "demonym": "country", "capital": "country", "city": "place", "region": "place",
    "government": "org", "body": "org", "org": "org", "person": "person", "surname": "person",
}  # fmt: skip
_LABEL_KINDS = {
    "PERSON": "person", "ORG": "org", "GPE": "place", "NORP": "country", "LOC": "place", "FAC": "place",
    "MONEY": "money", "DATE": "date", "TIME": "date", "PERCENT": "number", "CARDINAL": "number", "QUANTITY": "number",
}  # fmt: skip
_OUTSIDE = {"relcl", "acl", "appos", "conj", "cc", "punct", "advcl", "parataxis", "preconj", "case"}
_DETERMINERS = {"the", "a", "an", "The", "A", "An"}
_QUANTITIES = frozenset(
    "dozen hundred thousand million score number group series round wave handful string pair couple majority lot rest "
    "all some many most several few both each kind type piece package shipment batch consignment lot load spate "
    "half third quarter part more crowd team column barrage salvo volley set range".split()
)
_PAIRS = frozenset({"two", "pair"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})


class PhraseBook:
    """The noun phrases of one article, each made once.

    Args:
        doc: The parse.
        names: Names found in the text, in order.
        actors: For the agent nouns.
    """

    def __init__(self, doc: Doc, names: list[NameMatch], actors: ActorLexicon) -> None:
        self._doc = doc
        self._text = doc.text
        self._names = NamesByPlace(names)
        self._actors = actors
        self._made: dict[int, Phrase] = {}

    def phrase(self, head: Token) -> Phrase:
        """The phrase headed by a token."""
        if head.i not in self._made:
            self._made[head.i] = self._make(head)
        return self._made[head.i]

    def coordinated(self, head: Token) -> tuple[Phrase, ...]:
        """The phrase headed by a token, and those joined to it by "and", "or", commas."""
        found = conjuncts(head)
        for token in found:  # "A, B, C and D", where the parser takes B for an apposition of A
            for child in token.rights:
                if child.dep_ == "appos" and child not in found and self._kind(child) == "country" == self._kind(token):
                    found.extend(other for other in conjuncts(child) if other not in found)
        return tuple(self.phrase(token) for token in found)

    def name_at(self, start: int, end: int) -> NameMatch | None:
        """The name that covers a stretch of text, if any."""
        return self._names.at(start, end)

    def _make(self, head: Token) -> Phrase:
        first, last = _bounds(head)
        subject = head.dep_ in _SUBJECTS
        head = counted(head)
        doc = self._doc
        start, end = doc[first].idx, doc[last].idx + len(doc[last])
        return Phrase(
            mention=Mention(self._text[start:end], start, end),
            head=head.lemma_.lower() if head.pos_ != "PROPN" else head.text.lower(),
            head_start=head.idx,
            head_end=head.idx + len(head),
            kind=self._kind(head),
            plural=head.tag_ in {"NNS", "NNPS"} or head.lower_ in {"they", "them", "we", "us", "both", "police", "troops"},
            definite=head.pos_ == "PROPN" or any(
                child.dep_ == "poss" or child.lower_ in {"the", "this", "that", "these", "those", "both"}
                for child in head.lefts
            ),
            subject=subject,
            appositions=tuple(self.phrase(child).mention for child in head.rights if child.dep_ == "appos"),
        )  # fmt: skip

    def _kind(self, head: Token) -> str:
        if head.pos_ == "PRON" or (head.lower_ in _PAIRS and head.dep_ in _SUBJECTS and counted(head) is head):
            return "pronoun"
        name = self.name_at(head.idx, head.idx + len(head))
        if name and head.pos_ in {"PROPN", "ADJ", "NOUN"}:
            return _NAME_KINDS[name.names[0].kind]
        if (
            head.pos_ != "ADJ"
            and not (head.lower_ == "military" and head.dep_ in {"compound", "amod", "nmod"})
            and (self._actors.agent(head.lower_) or self._actors.agent(head.lemma_.lower()))
        ):
            return "agent"
        if head.ent_type_ in _LABEL_KINDS and head.pos_ in {"PROPN", "NUM", "NOUN", "SYM"}:
            return _LABEL_KINDS[head.ent_type_]
        return "thing"


def counted(head: Token) -> Token:
    """What a noun of quantity counts: "soldiers" in "dozens of soldiers", "talks" in "a round of talks"."""
    if head.lemma_.lower() in _QUANTITIES or head.pos_ == "NUM":
        for child in head.rights:
            if child.lower_ == "of":
                return next((grandchild for grandchild in child.rights if grandchild.dep_ == "pobj"), head)
    return head


def conjuncts(head: Token) -> list[Token]:
    """A token and the nominal tokens coordinated with it, in text order."""
    found = [head]
    for token in found:
        found.extend(
            child for child in token.rights
            if child.dep_ == "conj" and (child.pos_ in NOMINAL or child.pos_ == "ADJ") and child not in found
        )  # fmt: skip
    return found


def _bounds(head: Token) -> tuple[int, int]:
    """First and last token of a phrase, leaving out articles, clauses, appositions and conjuncts."""
    first = last = head.i
    for child in head.lefts:
        if child.dep_ not in {"cc", "punct", "preconj", "predet", "advmod", "mark", "nsubj", "aux", "cop"}:
            first = min(first, child.left_edge.i)
    todo = [child for child in head.rights if child.dep_ in {"prep", "nummod", "compound", "case", "nmod"}]
    if head.pos_ == "PRON":
        todo = [child for child in todo if child.lower_ == "of"]
    for child in todo:
        if child.i > last + 3 and child.dep_ != "prep":
            continue
        last = max(last, _right_edge(child))
    doc = head.doc
    while first < head.i and (doc[first].text in _DETERMINERS or doc[first].is_punct or doc[first].is_space):
        first += 1
    if doc[last].dep_ == "cc":  # "the ministers of A and B", where B was attached elsewhere
        last += 1 if last + 1 < len(doc) and doc[last + 1].pos_ == "PROPN" else -1
    while last > head.i and (doc[last].is_punct or doc[last].is_space or doc[last].tag_ == "POS"):
        last -= 1
    return first, last


def _right_edge(token: Token) -> int:
    """The last token under a token that is not in a clause or apposition."""
    last = token.i
    for child in token.rights:
        if child.dep_ not in _OUTSIDE - {"conj", "cc", "case"} and child.pos_ not in {"VERB", "AUX"}:
            last = max(last, _right_edge(child))
    return last
