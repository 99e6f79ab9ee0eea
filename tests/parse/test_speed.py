"""What is faster gives what spaCy gives."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from spacy.language import Language

from communique.parse.spacy_parser import DEFAULT_MODELS
from communique.parse.speed import ROWS, _BlockOps, quicken

TEXTS = [
    "There are troops at the border, but Peru won't let's say so; it's gonna deny it.\n\nThat is what she'd got.",
    "I ain't sure that those who have been there weren't doin' nothin'. C'mon, y'all! \t Somebody has to.",
    "Kenya, which does not recognise it, said it had done so once, since nobody gets anything: not you, not him.",
    "",
]


def _load() -> Language:
    return spacy.load(next(name for name in DEFAULT_MODELS if spacy.util.is_package(name)), exclude=["ner"])


@pytest.fixture(scope="module")
def pipelines() -> tuple[Language, Language]:
    plain, quick = _load(), _load()
    quicken(quick)
    return plain, quick


def test_all_attributes_are_those_of_spacy(pipelines: tuple[Language, Language]) -> None:
    for text in TEXTS:
        wanted, got = ([(w.pos_, w.tag_, str(w.morph), w.lemma_, w.dep_) for w in nlp(text)] for nlp in pipelines)
        assert got == wanted


def test_rules_are_found_again_when_words_come_again(pipelines: tuple[Language, Language]) -> None:
    plain, quick = (nlp.get_pipe("attribute_ruler") for nlp in pipelines)
    for text in TEXTS * 2:
        doc = pipelines[0](text)
        assert quick.match(doc) == plain.match(doc)  # type: ignore[attr-defined]


def test_a_product_in_blocks_is_the_product() -> None:
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((24, 40), dtype=np.float32)
    for rows in (0, 1, ROWS - 1, ROWS, 2 * ROWS + 3):
        x = rng.standard_normal((rows, 40), dtype=np.float32)
        np.testing.assert_allclose(_BlockOps().gemm(x, weights, trans2=True), x @ weights.T, rtol=1e-4, atol=1e-4)


def test_a_product_is_used_only_if_rows_do_not_depend_on_their_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    ops = _BlockOps()
    monkeypatch.setattr(ops, "gemm", lambda x, y, trans2: (x @ y.T) * (1 + np.arange(len(x))[:, None] % 2 * 1e-6))
    assert not ops.is_steady(40, 24)
