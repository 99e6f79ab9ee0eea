"""Agreement beyond chance, and how sure a share is: the formulas, on plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

DEFAULT_SEED = 20240307
N_RESAMPLES = 1000
Z_95 = 1.959963984540054  # 97.5% quantile of the normal distribution: two-sided 95%

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval; `None` where there was no case to measure it on."""

    value: float | None
    low: float | None = None
    high: float | None = None


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement beyond chance of two coders over nominal categories: 1 is perfect, 0 is chance.

    `None` if there are no pairs, or both used one and the same category throughout.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.

    >>> cohen_kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")])
    0.5
    """
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(count * second[name] for name, count in first.items()) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Hashable]], metric: str = "nominal") -> float | None:
    """Agreement beyond chance of any number of coders, some of whom may have left units out.

    Args:
        units: The values that each unit was given; units with fewer than two are left out.
        metric: `nominal`; or for numbers `interval` (squared difference) or `ratio` (that, relative to their sum).

    Returns:
        1 for perfect agreement, 0 for chance; `None` if there is nothing to compare, or all values are the same.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.

    >>> krippendorff_alpha([("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")])
    0.5333333333333333
    """
    difference = _METRICS[metric]
    paired = [unit for unit in units if len(unit) > 1]
    counts = Counter(value for unit in paired for value in unit)
    n = counts.total()
    if n < 2:
        return None
    observed = sum(
        sum(difference(a, b) for i, a in enumerate(unit) for b in unit[i + 1 :]) * 2 / (len(unit) - 1)
        for unit in paired
    )
    values = list(counts)
    expected = sum(
        2 * counts[a] * counts[b] * difference(a, b) for i, a in enumerate(values) for b in values[i + 1 :]
    ) / (n - 1)  # fmt: skip
    return None if expected == 0 else 1 - observed / expected


def wilson_interval(right: int, n: int) -> Estimate:
    """A share with Wilson's 95% score interval, which stays inside [0, 1] and is honest about few cases.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.

    >>> wilson_interval(10, 10).low
    0.7224672001371107
    """
    if n == 0:
        return Estimate(None)
    share, z2 = right / n, Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def stratified_share(strata: Sequence[tuple[int, int, int]]) -> Estimate:
    """The share in a whole population, from a sample of each of its strata.

    Args:
        strata: Of each stratum: right in the sample, size of the sample, size in the population. Those without a
            sample are left out, as if the population had none of them.

    Returns:
        The mean of the strata's shares, weighted by size in the population. Its 95% interval joins their Wilson
        intervals, since the usual variance is 0 where a small stratum was all right.

    Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures: a general approach, 2008.

    >>> round(stratified_share([(8, 10, 900), (1, 10, 100)]).value, 2)
    0.73
    """
    known = [(wilson_interval(right, n), size) for right, n, size in strata if n and size]
    total = sum(size for _, size in known)
    if not total:
        return Estimate(None)
    value, below, above = 0.0, 0.0, 0.0
    for share, size in known:
        if share.value is not None and share.low is not None and share.high is not None:
            weight = size / total
            value += weight * share.value
            below += (weight * (share.value - share.low)) ** 2
            above += (weight * (share.high - share.value)) ** 2
    return Estimate(value, max(0.0, value - sqrt(below)), min(1.0, value + sqrt(above)))


def f1_score(precision: float | None, recall: float | None) -> float | None:
    """Harmonic mean of precision and recall; 0 if both are.

    >>> f1_score(0.5, 1.0)
    0.6666666666666666
    """
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class Bootstrap:
    """95% intervals of figures made of counts, by drawing whole documents again with replacement.

    Events of one article are alike in difficulty, so it is articles that are drawn, not events. The draws depend on seed
    and number of documents alone, and are the same for all figures.

    Args:
        documents: The counts of each document.
        seed: Of the draws.
        n_resamples: How many times to draw; 0 gives figures without intervals.

    Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993: percentile intervals.
    """

    def __init__(self, documents: Sequence[Counts], seed: int = DEFAULT_SEED, n_resamples: int = N_RESAMPLES) -> None:
        n = len(documents)
        names = sorted({name for counts in documents for name in counts})
        self._column = {name: i for i, name in enumerate(names)}
        table = np.zeros((n, len(names)))
        for row, counts in enumerate(documents):
            for name, count in counts.items():
                table[row, self._column[name]] = count
        generator = np.random.default_rng(seed)
        self._totals = np.zeros(((n_resamples if n else 0) + 1, len(names)))
        self._totals[0] = table.sum(axis=0)  # the sample itself
        for total in self._totals[1:]:
            total += np.bincount(generator.integers(0, n, n), minlength=n) @ table

    def share(self, part: str, whole: str) -> Estimate:
        """One count as a share of another."""
        return _estimate(self._share(part, whole))

    def f1(self, found: str, required: str, right: str, coded: str) -> Estimate:
        """F1 of the recall found/required and the precision right/coded."""
        recall, precision = self._share(found, required), self._share(right, coded)
        total = recall + precision
        with np.errstate(invalid="ignore", divide="ignore"):
            return _estimate(np.where(total == 0, 0.0, 2 * recall * precision / total))

    def count(self, name: str) -> int:
        """A count of the sample itself."""
        return int(self._of(name)[0])

    def _share(self, part: str, whole: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        with np.errstate(invalid="ignore", divide="ignore"):
            result: np.ndarray[tuple[int], np.dtype[np.float64]] = self._of(part) / self._of(whole)
        return result

    def _of(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        column = self._column.get(name)
        if column is None:
            return np.zeros(len(self._totals))
        result: np.ndarray[tuple[int], np.dtype[np.float64]] = self._totals[:, column]
        return result


def _estimate(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Estimate:
    """The first value, with the middle 95% of those of the resamples that have one."""
    if np.isnan(values[0]):
        return Estimate(None)
    drawn = values[1:][~np.isnan(values[1:])]
    if not len(drawn):
        return Estimate(float(values[0]))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(values[0]), float(low), float(high))


def _nominal(one: Hashable, other: Hashable) -> float:
    return float(one != other)


def _interval(one: Hashable, other: Hashable) -> float:
    return (float(one) - float(other)) ** 2  # type: ignore[arg-type]


def _ratio(one: Hashable, other: Hashable) -> float:
    a, b = float(one), float(other)  # type: ignore[arg-type]
    return ((a - b) / (a + b)) ** 2 if a + b else 0.0


_METRICS: dict[str, Callable[[Hashable, Hashable], float]] = {
    "nominal": _nominal, "interval": _interval, "ratio": _ratio,
}  # fmt: skip
