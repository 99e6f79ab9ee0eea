"""spaCy's slowest parts made faster, with the same results: the table of tag exceptions, and matrix products.

What both gain is in `docs/scale.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import DEP, IS_SPACE, LOWER, TAG  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc, Token
from thinc.api import NumpyOps

Floats = NDArray[np.float32]
Rule = list[list[dict[str, Any]]]  # the patterns of which one must match, each a list of tokens
Match = tuple[int, int, int, int]  # number of the rule, its name's hash, first token, the one behind the last

MAX_WORDS = 50_000  # remembered
ROWS = 256  # of one product: always as many, so that what a row gives does not depend on the rows beside it
_KNOWN_ATTRIBUTES = {"TAG", "DEP", "LOWER", "IS_SPACE"}


def quicken(nlp: Language) -> None:
    """Make a pipeline faster, as far as its parts are those of spaCy's small models."""
    if nlp.has_pipe("attribute_ruler"):
        ruler = nlp.get_pipe("attribute_ruler")
        if isinstance(ruler, AttributeRuler) and _is_known(rules := _rules(ruler)):
            ruler.match = _remembered(ruler, rules)  # type: ignore[method-assign,assignment]
    if nlp.has_pipe("tok2vec"):
        ops, model = _BlockOps(), nlp.get_pipe("tok2vec").model  # type: ignore[attr-defined]
        is_steady = cache(ops.is_steady)  # several layers have one shape
        for node in model.walk():
            if node.name == "maxout" and is_steady(node.get_dim("nI"), node.get_dim("nO") * node.get_dim("nP")):
                node.ops = ops


class _BlockOps(NumpyOps):  # type: ignore[misc]
    """Products by numpy's library, which is faster than thinc's own, in blocks of one size."""

    def is_steady(self, width: int, width_out: int) -> bool:
        """Whether what a row gives does not depend on its place in a block: so on processors with AVX-512, not on some older ones."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((2 * ROWS, width), dtype=np.float32)
        weights = rng.standard_normal((width_out, width), dtype=np.float32)
        whole = self.gemm(x, weights, trans2=True)
        return all(
            np.array_equal(self.gemm(x[start:], weights, trans2=True), whole[start:]) for start in (1, 7, ROWS - 3)
        )

    def gemm(
        self, x: Floats, y: Floats, out: Floats | None = None, trans1: bool = False, trans2: bool = False
    ) -> Floats:
        """`x` times `y`, either turned first if wanted."""
        if trans1 or out is not None:
            product: Floats = super().gemm(x, y, out, trans1, trans2)
            return product
        right = y.T if trans2 else y
        rows = len(x)
        result: Floats = np.empty((rows, right.shape[1]), dtype=x.dtype)
        for start in range(0, rows - ROWS + 1, ROWS):
            np.matmul(x[start : start + ROWS], right, out=result[start : start + ROWS])
        rest = rows % ROWS
        if rest:
            block = np.zeros((ROWS, x.shape[1]), dtype=x.dtype)
            block[:rest] = x[rows - rest :]
            result[rows - rest :] = (block @ right)[:rest]
        return result


def _rules(ruler: AttributeRuler) -> list[Rule]:
    return [cast(Rule, rule["patterns"]) for rule in ruler.patterns]


def _is_known(rules: list[Rule]) -> bool:
    return all(token.keys() <= _KNOWN_ATTRIBUTES for rule in rules for pattern in rule for token in pattern)


def _remembered(ruler: AttributeRuler, rules: list[Rule]) -> Callable[[Doc], list[Match]]:
    """The ruler's `match`, which looks up what rules for single tokens find in one by what they ask for, and matches only the others."""
    vocab, match_all = ruler.vocab, ruler.match
    several = Matcher(vocab, validate=False)
    longer = {number for number, rule in enumerate(rules) if any(len(pattern) > 1 for pattern in rule)}
    for number in longer:
        several.add(str(number), rules[number])
    is_named = _named_words(rules)
    known: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}

    def rules_of(token: Token) -> tuple[tuple[int, int], ...]:
        alone = Doc(vocab, words=[token.text], tags=[token.tag_], deps=[token.dep_], heads=[0])
        return tuple((number, name) for number, name, _, _ in match_all(alone) if number not in longer)

    def match(doc: Doc) -> list[Match]:
        found = [(int(vocab.strings[name]), name, start, end) for name, start, end in several(doc, allow_missing=True)]
        for at, (tag, dep, lower, space) in enumerate(doc.to_array([TAG, DEP, LOWER, IS_SPACE]).tolist()):
            key = (tag, dep, lower if is_named(vocab.strings[lower]) else 0, space)
            if key not in known:
                known[key] = rules_of(doc[at])
            found.extend((number, name, at, at + 1) for number, name in known[key])
        return sorted(found)  # later rules have precedence

    return match


def _named_words(rules: list[Rule]) -> Callable[[str], bool]:
    """Whether a word, in small letters, is one that a rule asks for: by itself, in a list, or by an expression."""
    wanted = [token["LOWER"] for rule in rules for pattern in rule for token in pattern if "LOWER" in token]
    words = {word for asked in wanted for word in ([asked] if isinstance(asked, str) else asked.get("IN", ()))}
    expressions = [re.compile(asked["REGEX"]) for asked in wanted if isinstance(asked, dict) and "REGEX" in asked]

    @lru_cache(MAX_WORDS)
    def is_named(word: str) -> bool:
        return word in words or any(expression.search(word) for expression in expressions)

    return is_named
