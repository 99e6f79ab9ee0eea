"""Who says so: the subject of a reporting verb, "according to", a report's author, the speaker of a quotation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from spacy.tokens import Span, Token

from communique.extract.phrases import NOMINAL, PhraseBook
from communique.records import Phrase

_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"'
_QUOTE = re.compile(f"[{_OPENING}{_CLOSING}{_STRAIGHT}]")
_AUTHOR = ("by", "from", "of")
_SENTENCES_OF_A_QUOTE = 3


class Reporters:
    """Finds who reports what an article's sentences say.

    Args:
        book: Makes the phrases.
        words: `verbs` whose subject reports what their clause says, and `nouns` of reports, whose author does.
    """

    def __init__(self, book: PhraseBook, words: dict[str, Any]) -> None:
        self._book = book
        self._verbs = frozenset(words["verbs"])
        self._nouns = frozenset(words["nouns"])
        self._speakers: dict[int, Phrase] = {}

    def read_quotes(self, sentences: Sequence[Span]) -> None:
        """Note who speaks each sentence that is quoted without naming its speaker: whoever the quote's other sentences name."""
        quoted: list[bool] = []
        tags: list[Phrase | None] = []
        is_open = False
        for sentence in sentences:
            was_open, text = is_open, sentence.text
            inside = is_open or text.lstrip()[:1] in tuple(_OPENING + _STRAIGHT)
            for found in _QUOTE.finditer(text):
                char = found[0]
                is_open = not is_open if char == _STRAIGHT else (char in _OPENING or (is_open and char not in _CLOSING))
            quoted.append(inside)
            tags.append(self._tag(sentence, was_open) if inside or _has_quote(text) else None)
            if text.endswith("\n\n"):
                is_open = False
        for number, sentence in enumerate(sentences):
            if not quoted[number] or tags[number] is not None:
                continue
            speaker = _nearest(number, quoted, tags)
            if speaker is None and number + 1 < len(sentences):
                speaker = self._tag(sentences[number + 1], False, pronoun_only=True)
            if speaker is not None:
                self._speakers[sentence.start] = speaker

    def find(self, word: Token) -> Phrase | None:
        """Who says that what a word tells has happened, or `None` if only the article does."""
        current = word
        for _ in range(8):
            if (phrase := self._beside(current, word)) is not None:
                return phrase
            if current.dep_ == "ROOT":
                break
            if current.dep_ == "ccomp" and current.head.lemma_.lower() in self._verbs:
                for child in current.head.children:
                    if child.dep_ == "nsubj":
                        return self._author(child)
            current = current.head
        return self._inserted(word) or self._speakers.get(word.sent.start)

    def _beside(self, current: Token, word: Token) -> Phrase | None:
        """ "According to X", "as reported by X", "in a report by X", "…, X said, …", hung on a word."""
        for child in current.children:
            if child.lower_ == "according" and child.dep_ in {"prep", "advcl", "acl"}:
                for below in child.subtree:
                    if below.dep_ == "pobj" and below.pos_ in NOMINAL:
                        return self._author(below)
            lemma = child.lemma_.lower()
            if (
                child.dep_ in {"acl", "advcl", "relcl"}
                and lemma in self._verbs
                and child.tag_ == "VBN"
                and child is not word
            ):
                for agent in child.rights:
                    if agent.dep_ == "agent":
                        return next((self._author(below) for below in agent.rights if below.dep_ == "pobj"), None)
            if (
                child.dep_ == "prep"
                and child.lower_ == "in"
                and child.i < current.i
                and current.pos_ in {"VERB", "AUX"}
            ):
                for below in child.rights:
                    if below.lemma_.lower() in self._nouns and (owner := _owner(below)) is not None:
                        return self._book.phrase(owner)
            if child.dep_ == "parataxis" and lemma in self._verbs and child is not word:
                subject = next((below for below in child.children if below.dep_ == "nsubj"), None)
                if subject is not None:
                    return self._author(subject)
        return None

    def _inserted(self, word: Token) -> Phrase | None:
        """ "…, X said[ on Monday].", however the parser hung it: X stands alone between a comma and the verb."""
        doc, sentence = word.doc, word.sent
        for verb in doc[word.i + 1 : sentence.end]:
            if verb.tag_ not in {"VBD", "VBZ", "VBP"} or verb.lemma_.lower() not in self._verbs:
                continue
            if any(child.dep_ in {"ccomp", "dobj", "xcomp"} and child.i > verb.i for child in verb.children):
                continue
            start = verb.i
            while start > sentence.start and not _divides(doc[start - 1]):
                start -= 1
            if start <= word.i or start == sentence.start:
                continue
            group = doc[start : verb.i]
            if (
                len(group)
                and group[0].pos_ not in {"CCONJ", "SCONJ", "ADP"}
                and not any(token.pos_ in {"VERB", "AUX"} or token.tag_ in {"WDT", "WP", "WRB"} for token in group)
            ):
                head = group.root
                return self._author(head) if head.pos_ in NOMINAL else None
        return None

    def _tag(self, sentence: Span, was_open: bool, *, pronoun_only: bool = False) -> Phrase | None:
        """The subject of a sentence's own reporting verb."""
        for token in sentence:
            if (
                token.lemma_.lower() not in self._verbs
                or token.pos_ != "VERB"
                or _within_quotes(token, sentence, was_open)
            ):
                continue
            for child in token.children:
                if child.dep_ == "nsubj" and (child.pos_ == "PRON" or not pronoun_only):
                    return self._author(child)
        return None

    def _author(self, token: Token) -> Phrase:
        """Of a report its author, else whoever the word names."""
        if token.lemma_.lower() in self._nouns and (owner := _owner(token)) is not None:
            return self._book.phrase(owner)
        return self._book.phrase(token)


def _nearest(number: int, quoted: Sequence[bool], tags: Sequence[Phrase | None]) -> Phrase | None:
    """The speaker named in the sentences of the same quotation: before, or else behind."""
    for step in (-1, 1):
        for other in range(number + step, number + step * (_SENTENCES_OF_A_QUOTE + 1), step):
            if not 0 <= other < len(tags):
                break
            if tags[other] is not None:
                return tags[other]
            if not quoted[other]:
                break
    return None


def _owner(noun: Token) -> Token | None:
    """Whose report it is: its possessor, its author, or the body whose name stands before it."""
    for child in noun.lefts:
        if child.dep_ == "poss":
            return child
    for child in noun.rights:
        if child.lower_ in _AUTHOR and child.dep_ == "prep":
            return next((below for below in child.rights if below.dep_ == "pobj"), None)
        if child.dep_ == "acl":
            for agent in child.rights:
                if agent.dep_ == "agent":
                    return next((below for below in agent.rights if below.dep_ == "pobj"), None)
    return next(
        (child for child in noun.lefts if child.dep_ in {"compound", "nmod"} and child.pos_ in {"NOUN", "PROPN"}), None
    )


def _divides(token: Token) -> bool:
    return (
        token.text in {",", ";", ":", "-", "–", "—"} or token.text in _OPENING + _CLOSING + _STRAIGHT or token.is_space
    )


def _has_quote(text: str) -> bool:
    return _QUOTE.search(text) is not None


def _within_quotes(token: Token, sentence: Span, was_open: bool) -> bool:
    """Whether a word is quoted; `was_open`: the sentence before left a quotation open."""
    before = sentence.text[: token.idx - sentence.start_char]
    is_open = was_open
    for char in before:
        is_open = not is_open if char == _STRAIGHT else (char in _OPENING or (is_open and char not in _CLOSING))
    return is_open
