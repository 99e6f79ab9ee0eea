"""Multinomial logistic regression with an L2 penalty, in numpy: no chance in it, and small enough for some hundred examples."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]
_MEMORY = 10  # steps that L-BFGS remembers
_MAX_STEPS = 500
_TOLERANCE = 1e-4  # of the gradient's largest entry
_CURVATURE = 0.1  # of the log loss, about: it only speeds the search
_BIAS_PENALTY = 1e-3  # for a class without rows


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of classes: `x @ weights + bias`. Shapes (n_features, n_classes) and (n_classes,)."""

    weights: Matrix
    bias: Matrix

    def scores(self, x: Matrix) -> Matrix:
        """Scores (log odds up to a constant) of rows of features. Shape (n_rows, n_classes)."""
        found: Matrix = x @ self.weights + self.bias
        return found


class Problem:
    """Rows of features with their classes: what weights make these classes likeliest?

    Args:
        x: Shape (n_rows, n_features); features are scaled by one common factor only, so they should be of about one size.
        y: Class of each row.
        n_classes: How many classes there are; one without rows gets a low bias.
    """

    def __init__(self, x: Matrix, y: Numbers, n_classes: int) -> None:
        self._mean = x.mean(0)
        centred = x - self._mean
        self._size = float(np.sqrt((centred**2).mean())) or 1.0
        z = centred / self._size
        # the rows span few directions: in these, ordered and scaled by the data, the search is short
        rows_are_fewer = len(z) <= z.shape[1]
        values, vectors = np.linalg.eigh(z @ z.T if rows_are_fewer else z.T @ z)
        kept = values > max(float(values[-1]), 1e-12) * 1e-10
        self._spread = np.sqrt(values[kept])
        self._axes = z.T @ vectors[:, kept] / self._spread if rows_are_fewer else vectors[:, kept]
        self._z = z @ self._axes
        self._y, self._n_classes = y, n_classes

    def solve(self, penalty: float) -> Linear:
        """The weights at this penalty: the weight of half their squares (not the bias) against the sum of all log losses."""
        rows = np.arange(len(self._z))
        target = np.zeros((len(rows), self._n_classes))
        target[rows, self._y] = 1.0
        scale = np.append(1.0 / np.sqrt(_CURVATURE * self._spread**2 + penalty), 1.0 / np.sqrt(_CURVATURE * len(rows)))
        z = np.hstack([self._z, np.ones((len(rows), 1))]) * scale
        decay = (np.append(np.full(len(self._spread), penalty), _BIAS_PENALTY) * scale**2)[:, None]
        shape = (z.shape[1], self._n_classes)

        def loss(flat: Matrix) -> tuple[float, Matrix]:
            w = flat.reshape(shape)
            scores = z @ w
            top = scores.max(1, keepdims=True)
            powers = np.exp(scores - top)
            total = powers.sum(1, keepdims=True)
            likelihood = (scores[rows, self._y] - top[:, 0] - np.log(total[:, 0])).sum()
            gradient = z.T @ (powers / total - target) + decay * w
            return float(-likelihood + 0.5 * (decay * w * w).sum()), gradient.ravel()

        w = _minimum(loss, np.zeros(shape[0] * shape[1])).reshape(shape) * scale[:, None]
        weights = self._axes @ w[:-1] / self._size
        return Linear(weights, w[-1] - self._mean @ weights)


def softmax(scores: Matrix, temperature: float = 1.0) -> Matrix:
    """Scores → probabilities. Shape (n_rows, n_classes)."""
    scaled = scores / temperature
    powers = np.exp(scaled - scaled.max(-1, keepdims=True))
    found: Matrix = powers / powers.sum(-1, keepdims=True)
    return found


def temperature_of(scores: Matrix, y: Numbers) -> float:
    """The temperature at which scores of rows that were not trained on say their classes best."""
    tried = np.exp(np.linspace(np.log(0.4), np.log(4.0), 70))
    losses = [-np.log(softmax(scores, t)[np.arange(len(y)), y] + 1e-12).mean() for t in tried]
    return round(float(tried[int(np.argmin(losses))]), 3)


def _minimum(loss: Callable[[Matrix], tuple[float, Matrix]], point: Matrix) -> Matrix:
    """Where a smooth convex function is least: L-BFGS with steps that are halved until they help."""
    value, gradient = loss(point)
    past: deque[tuple[Matrix, Matrix, float]] = deque(maxlen=_MEMORY)
    for _ in range(_MAX_STEPS):
        if np.abs(gradient).max() < _TOLERANCE:
            break
        direction = _direction(gradient, past)
        slope = float(gradient @ direction)
        step = 1.0 if past else min(1.0, 1.0 / float(np.abs(gradient).sum()))
        while True:
            moved = point + step * direction
            new_value, new_gradient = loss(moved)
            if new_value <= value + 1e-4 * step * slope:
                break
            step *= 0.5
            if step < 1e-12:
                return point
        change, bend = moved - point, new_gradient - gradient
        curvature = float(change @ bend)
        if curvature > 1e-12:
            past.append((change, bend, 1.0 / curvature))
        point, value, gradient = moved, new_value, new_gradient
    return point


def _direction(gradient: Matrix, past: deque[tuple[Matrix, Matrix, float]]) -> Matrix:
    d = -gradient
    factors = []
    for change, bend, scale in reversed(past):
        factor = scale * float(change @ d)
        factors.append(factor)
        d = d - factor * bend
    if past:
        change, bend, _ = past[-1]
        d = d * (float(change @ bend) / float(bend @ bend))
    for (change, bend, scale), factor in zip(past, reversed(factors), strict=True):
        d = d + (factor - scale * float(bend @ d)) * change
    return d
