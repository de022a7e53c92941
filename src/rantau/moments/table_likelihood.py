"""The polychoric correlations of many tables at once, by maximum likelihood given the thresholds."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices, Mask
from rantau.moments.pair_likelihoods import climb
from rantau.moments.rectangles import between_thresholds, density, rectangles
from rantau.moments.single_answers import SMALLEST


def table_correlations(table: Array, rows: Array, columns: Array, fourfold: Mask) -> Array:
    """Estimate the correlation behind each table.

    Parameters
    ----------
    table
        `(m, K, K)`: how often each pair of answers was given; nought beyond the categories of a variable.
    rows, columns
        `(m, K + 1)`: the thresholds of both variables between minus and plus infinity, padded with the latter.
    fourfold
        `(m,)`: whether both variables have two categories.

    Returns
    -------
    Array
        `(m,)`, no nearer to 1 than `climb` lets them.

    Source: Olsson (1979), eq. 7 to 12, by Newton's method.
    """
    met = _filled(table, fourfold)
    total = met.sum(axis=(1, 2))

    def score_and_bend(correlation: Array, which: Indices) -> tuple[Array, Array]:
        """Return the scores of some tables `(k,)` and their derivatives."""
        x, y, n = rows[which, 1:-1], columns[which, 1:-1], met[which]
        probability = np.maximum(rectangles(x, y, correlation), SMALLEST)
        r = correlation[:, None, None]
        x, y = x[:, :, None], y[:, None, :]
        height = density(x, y, r)
        x, y = (np.where(np.isfinite(one), one, 0.0) for one in (x, y))
        free = 1 - r * r
        first = between_thresholds(height) / probability
        second = between_thresholds(height * (r / free + (x * y * (1 + r * r) - r * (x * x + y * y)) / free**2))
        score = (n * first).sum(axis=(1, 2))
        bend = (n * (second / probability - first**2)).sum(axis=(1, 2))
        spread = total[which] * (first**2 * probability).sum(axis=(1, 2))
        bend = np.where(bend < -0.1 * spread, bend, -spread)
        # A variable that does not vary tells nothing.
        return score, np.where(bend < 0, bend, -1.0)

    return climb(score_and_bend, _rough(met, rows, columns))


def _filled(table: Array, fourfold: Mask) -> Array:
    """Add half an answer to the one empty cell of a 2 x 2 table, and keep its margins."""
    small = table[:, :2, :2]
    zero = small == 0
    alone = fourfold & (zero.sum(axis=(1, 2)) == 1)
    if not alone.any():
        return table
    found = table.copy()
    on_diagonal = zero[:, 0, 0] | zero[:, 1, 1]
    sign = np.where(on_diagonal, 0.5, -0.5)[:, None, None] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    found[alone, :2, :2] += sign[alone]
    return found


def _rough(table: Array, rows: Array, columns: Array) -> Array:
    """Return start values `(m,)`: how the expected values of categories covary, over what each shrinks by.

    As Olsson, Drasgow & Dorans (1982) do for one ordered variable; right but for the cube of the correlation.
    """
    expected, variances = [], []
    for limits in (rows, columns):
        height, share = np.exp(-(limits**2) / 2) / np.sqrt(2 * np.pi), np.diff(ndtr(limits))
        value = (height[:, :-1] - height[:, 1:]) / np.maximum(share, SMALLEST)
        expected.append(value)
        variances.append((share * value**2).sum(axis=1))
    among = ((table @ expected[1][:, :, None])[:, :, 0] * expected[0]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = among / table.sum(axis=(1, 2)) / (variances[0] * variances[1])
    return np.where(np.isfinite(found), np.clip(found, -0.9, 0.9), 0.0)
