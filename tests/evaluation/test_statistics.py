"""The formulas give what their authors, or a pencil, give."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from communique.evaluate.statistics import (
    Bootstrap,
    Estimate,
    cohen_kappa,
    f1_score,
    krippendorff_alpha,
    stratified_share,
    wilson_interval,
)

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A and C; "." was not coded.
TWO_CODERS = ("0100000010", "1110010000")
FOUR_CODERS = ("123321412...", "1233224125.3", ".3332342251.", "1233244125" + "1.")


def units(coders: tuple[str, ...]) -> list[list[Hashable]]:
    return [[int(value) for value in unit if value != "."] for unit in zip(*coders, strict=True)]


def test_kappa_of_a_table_counted_by_hand() -> None:
    # 20 both yes, 5 yes/no, 10 no/yes, 15 both no: observed 0.7, chance 0.5 × 0.6 + 0.5 × 0.4 = 0.5
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_and_alpha_say_nothing_where_all_is_one_category_or_nothing_is_there() -> None:
    assert cohen_kappa([("y", "y")] * 5) is None and krippendorff_alpha([("y", "y")] * 5) is None
    assert cohen_kappa([]) is None and krippendorff_alpha([]) is None and krippendorff_alpha([("y",)]) is None


def test_alpha_of_krippendorffs_two_coders() -> None:
    assert krippendorff_alpha(units(TWO_CODERS)) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize(("metric", "expected"), [("nominal", 0.743), ("interval", 0.849), ("ratio", 0.797)])
def test_alpha_of_krippendorffs_four_coders_with_values_missing(metric: str, expected: float) -> None:
    assert krippendorff_alpha(units(FOUR_CODERS), metric) == pytest.approx(expected, abs=5e-4)


def test_wilsons_interval_of_newcombes_example() -> None:
    share = wilson_interval(81, 263)  # R. G. Newcombe 1998, table I
    assert (share.low, share.high) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson_interval(0, 0) == Estimate(None)
    assert wilson_interval(0, 5).low == 0.0 and wilson_interval(5, 5).high == 1.0


def test_strata_count_by_their_size_and_one_stratum_is_wilsons() -> None:
    one = stratified_share([(8, 10, 500)])
    plain = wilson_interval(8, 10)
    assert (one.value, one.low, one.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert stratified_share([(10, 10, 300), (0, 10, 100)]).value == pytest.approx(0.75)
    assert stratified_share([(10, 10, 300), (0, 0, 100)]).value == pytest.approx(1.0)
    assert stratified_share([(0, 0, 100)]) == Estimate(None)


def test_f1() -> None:
    assert f1_score(0.0, 0.0) == 0.0 and f1_score(None, 0.5) is None


def test_a_seed_gives_the_same_interval_and_another_seed_another() -> None:
    documents = [{"found": found, "required": 4} for found in (0, 1, 2, 3, 4, 4, 4)]
    share = Bootstrap(documents, seed=1).share("found", "required")
    assert share == Bootstrap(documents, seed=1).share("found", "required")
    assert share.value == pytest.approx(18 / 28)
    assert share != Bootstrap(documents, seed=2).share("found", "required")
    # numpy's generator with seed 1 draws the documents [0 1], [1 1], [0 0]: shares 4/8, 6/8, 2/8
    drawn = Bootstrap([{"a": 1, "n": 4}, {"a": 3, "n": 4}], seed=1, n_resamples=3).share("a", "n")
    assert (drawn.value, drawn.low, drawn.high) == pytest.approx((0.5, 0.2625, 0.7375))


def test_documents_are_drawn_whole() -> None:
    alike = Bootstrap([{"a": 1, "n": 2}] * 20)  # every document is half right, so every draw is
    assert alike.share("a", "n") == Estimate(0.5, 0.5, 0.5)


def test_what_was_never_counted_has_no_figure_and_all_wrong_is_zero() -> None:
    drawn = Bootstrap([{"required": 3, "coded": 2}] * 3)
    assert drawn.share("right", "nothing") == Estimate(None)
    assert drawn.f1("found", "required", "right", "coded") == Estimate(0.0, 0.0, 0.0)
    assert Bootstrap([]).share("a", "b") == Estimate(None)
    assert Bootstrap([{"a": 1, "n": 2}], n_resamples=0).share("a", "n") == Estimate(0.5)
