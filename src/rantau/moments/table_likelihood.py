"""The polychoric correlations of many tables at once, by maximum likelihood given the thresholds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices, Mask
from rantau.moments.rectangles import between, density, quadrant

#: No correlation is nearer to 1 than this leaves.
LIMIT = 0.9999
#: A probability is not taken for less.
SMALLEST = 1e-15
#: Steps below this are none. After a step of Newton's below the other what is left is of the order of its square.
TOLERANCE, NEARLY = 1e-11, 1e-6


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
        `(m,)`, no nearer to 1 than `LIMIT` leaves.

    Source: Olsson (1979), eq. 7 to 12, by Newton's method.
    """
    met = _filled(table, fourfold)
    n = met.sum(axis=(1, 2))

    def score_and_bend(correlation: Array, which: Indices) -> tuple[Array, Array]:
        """Return the scores of some tables `(k,)` and their derivatives."""
        at, seen = (rows[which], columns[which]), met[which]
        probability = cell_probabilities(*at, correlation)
        heights, bends = _corner_heights(*at, correlation)
        first, second = between(heights), between(bends)
        relative = first / probability
        score = np.einsum("mab,mab->m", seen, relative)
        bend = np.einsum("mab,mab->m", seen, second / probability - relative * relative)
        spread = n[which] * np.einsum("mab,mab->m", first, relative)
        return score, np.where(bend < -0.1 * spread, bend, -spread)

    return climb(score_and_bend, _rough(met, rows, columns), enough=NEARLY)


def cell_probabilities(rows: Array, columns: Array, correlation: Array) -> Array:
    """Return the probabilities of all pairs of answers, `(m, K, K)`, given thresholds `(m, K + 1)`; none is nought."""
    corners = np.zeros((*rows.shape, columns.shape[1]))
    inside = slice(1, -1)
    corners[:, inside, inside] = quadrant(rows[:, inside, None], columns[:, None, inside], correlation[:, None, None])
    corners[:, 1:, -1], corners[:, -1, 1:] = ndtr(rows[:, 1:]), ndtr(columns[:, 1:])
    return np.maximum(between(corners), SMALLEST)


def cell_slopes(rows: Array, columns: Array, correlation: Array) -> Array:
    """Return the derivatives of all probabilities by the correlation, `(m, K, K)`."""
    return between(_corner_heights(rows, columns, correlation)[0])


def _corner_heights(rows: Array, columns: Array, correlation: Array) -> tuple[Array, Array]:
    """Return the density at all corners, `(m, K + 1, K + 1)`, and its derivative by the correlation."""
    heights, bends = np.zeros((2, *rows.shape, columns.shape[1]))
    h, k, r = rows[:, 1:-1, None], columns[:, None, 1:-1], correlation[:, None, None]
    inside = density(h, k, r)
    x, y = (np.where(np.isfinite(one), one, 0.0) for one in (h, k))
    free = 1 - r * r
    heights[:, 1:-1, 1:-1] = inside
    bends[:, 1:-1, 1:-1] = inside * (r / free + (x * y * (1 + r * r) - r * (x * x + y * y)) / free**2)
    return heights, bends


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
    """Return the correlation `(m,)` of the middles of the categories; one end of the outermost is as good as at 3."""
    x, y = ((one[:, :-1] + one[:, 1:]) / 2 for one in (np.clip(rows, -3.0, 3.0), np.clip(columns, -3.0, 3.0)))
    of_x, of_y = table.sum(axis=2), table.sum(axis=1)
    n = of_x.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x = x - ((of_x * x).sum(axis=1) / n)[:, None]
        y = y - ((of_y * y).sum(axis=1) / n)[:, None]
        among = np.einsum("kab,ka,kb->k", table, x, y)
        spread = (of_x * x * x).sum(axis=1) * (of_y * y * y).sum(axis=1)
        found = np.clip(among / np.sqrt(spread), -0.95, 0.95)
    return np.where(np.isnan(found), 0.0, found)


def climb(slope: Callable[[Array, Indices], tuple[Array, Array]], start: Array, *, enough: float = TOLERANCE) -> Array:
    """Find where each score is nought, by steps that never leave the bracket known so far.

    Parameters
    ----------
    slope
        From correlations and their places to scores and the derivatives of these.
    start
        `(m,)`.
    enough
        The step after which no other is needed, times what is left to a correlation of 1.
    """
    found, low, high = start.copy(), np.full(start.shape, -LIMIT), np.full(start.shape, LIMIT)
    active: Indices = np.arange(start.size)
    for _ in range(100):
        score, bend = slope(found[active], active)
        low[active] = np.where(score > 0, found[active], low[active])
        high[active] = np.where(score < 0, found[active], high[active])
        step = -score / np.where(bend < 0, bend, -1.0)
        trial = found[active] + step
        inside = (trial > low[active]) & (trial < high[active])
        # A step beyond the last value there is goes half the way to it.
        trial = np.where(inside | (score == 0), trial, (low[active] + high[active]) / 2)
        moved = np.abs(trial - found[active])
        found[active] = trial
        active = active[moved > enough * (1 - trial**2)]
        if not active.size:
            break
    return np.where(np.abs(found) > LIMIT - 1e-8, np.sign(found) * LIMIT, found)
