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
_TOLERANCE = 1e-6  # of the gradient's largest entry


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of classes: `x @ weights + bias`. Shapes (n_features, n_classes) and (n_classes,)."""

    weights: Matrix
    bias: Matrix

    def scores(self, x: Matrix) -> Matrix:
        """Scores (log odds up to a constant) of rows of features. Shape (n_rows, n_classes)."""
        found: Matrix = x @ self.weights + self.bias
        return found


def fit(x: Matrix, y: Numbers, n_classes: int, penalty: float, start: Linear | None = None) -> Linear:
    """The weights that make the classes of the rows likeliest, at this penalty.

    Args:
        x: Shape (n_rows, n_features), of about one size: features are standardised here only by one common factor.
        y: Class of each row.
        n_classes: How many classes there are; one without rows gets a low bias.
        penalty: Weight of half the squared weights (not the bias) against the sum over all rows of the log loss.
        start: Where to begin; the result is the same but for rounding.
    """
    mean = x.mean(0)
    centred = x - mean
    size = float(np.sqrt((centred**2).mean())) or 1.0
    z = np.hstack([centred / size, np.ones((len(x), 1))])
    target = np.zeros((len(x), n_classes))
    target[np.arange(len(x)), y] = 1.0
    decay = np.full((z.shape[1], 1), penalty)
    decay[-1] = 1e-3  # the bias is left free, but for a class without rows
    shape = (z.shape[1], n_classes)

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        w = flat.reshape(shape)
        scores = z @ w
        top = scores.max(1, keepdims=True)
        powers = np.exp(scores - top)
        total = powers.sum(1, keepdims=True)
        likelihood = (scores[np.arange(len(x)), y] - top[:, 0] - np.log(total[:, 0])).sum()
        gradient = z.T @ (powers / total - target) + decay * w
        return float(-likelihood + 0.5 * (decay * w * w).sum()), gradient.ravel()

    flat = np.zeros(shape)
    if start is not None:
        flat[:-1] = start.weights * size
        flat[-1] = start.bias + mean @ start.weights
    w = _minimum(loss, flat.ravel()).reshape(shape)
    weights = w[:-1] / size
    return Linear(weights, w[-1] - mean @ weights)


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
