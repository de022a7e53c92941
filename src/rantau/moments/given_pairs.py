"""The correlation of every pair of variables given fixed covariates, by maximum likelihood, all pairs at once.

Given covariates the limits about an answer differ from row to row, so that there are no tables: each row has a
rectangle of its own (Muthén, 1984).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices
from rantau.moments.given_singles import GivenSingles, heights
from rantau.moments.pair_likelihoods import climb
from rantau.moments.rectangles import FEW, FLAT, MANY, PEAKED, quadrant

#: A probability of a pair of answers is not taken for less.
SMALLEST = 1e-15
#: The density this far out is nothing, whatever the other variable.
FAR = 45.0
#: Exponentials of less cost twenty times as much, and are nothing.
NOTHING = -600.0
#: How many numbers a block of rows may hold: few enough to stay near the processor (400 kB).
_BLOCK = 50_000


class Side(NamedTuple):
    """Scores of rows `(rows, k)` by what one variable of each pair has of its own.

    By the lower and the upper limit about its answer where it is ordered; by its mean and its variance otherwise.
    """

    first: Array
    second: Array


class PairScores(NamedTuple):
    """Scores of rows by the correlation of each pair, `(rows, k)`; their slope by it; and those of both variables.

    The last are left out where they are not asked for.
    """

    by_correlation: Array
    bend: Array
    sides: tuple[Side, ...]


def given_correlations(single: GivenSingles, i: Indices, j: Indices) -> Array:
    """Estimate the correlations `(k,)` of pairs of one kind: both ordered, the first of them, or none.

    Notes
    -----
    Each maximises the likelihood of its pair, the thresholds, slopes and variances of both variables given (Muthén,
    1984; Olsson, Drasgow & Dorans, 1982, eq. 26).
    """

    def score_and_bend(correlation: Array, which: Indices) -> tuple[Array, Array]:
        """Return the scores of some pairs `(k,)` and their derivatives."""
        score, bend, spread = np.zeros((3, which.size))
        for rows in row_blocks(single, which.size):
            found = pair_scores(single, i[which], j[which], correlation, rows, sides=False)
            weight = single.taken[rows]
            score += weight @ found.by_correlation
            bend += weight @ found.bend
            spread += weight @ found.by_correlation**2
        return score, np.where(bend < -0.1 * spread, bend, -np.maximum(spread, 1e-300))

    return climb(score_and_bend, _start(single, i, j))


def _start(single: GivenSingles, i: Indices, j: Indices) -> Array:
    """Return the correlations `(k,)` of what is expected of each row's residuals."""
    by_lower, by_upper = heights(single.lower, single.upper)
    expected = np.where(single.ordering.ordered, -(by_lower + by_upper), single.z) * np.sqrt(single.taken)[:, None]
    among = expected.T @ expected
    size = np.sqrt(np.maximum(np.diag(among), 1e-300))
    return np.asarray(np.clip((among / np.outer(size, size))[i, j], -0.95, 0.95))


def row_blocks(single: GivenSingles, pairs: int) -> Iterator[slice]:
    """Cut the rows into blocks that are small enough for so many pairs."""
    step = max(1, _BLOCK // max(pairs, 1))
    for start in range(0, len(single.taken), step):
        yield slice(start, start + step)


def pair_scores(
    single: GivenSingles, i: Indices, j: Indices, correlation: Array, rows: slice, *, sides: bool = True
) -> PairScores:
    """Compute what some rows add to the scores of pairs of one kind; nought where an answer is missing.

    The pairs have variables `i` and `j (k,)`, the ordered one first where there is one, and correlations `(k,)`.
    """
    ordered = single.ordering.ordered
    kind = _two_ordered if ordered[j[0]] else _one_ordered if ordered[i[0]] else _none_ordered
    found = kind(single, i, j, correlation, rows, sides)
    seen = single.seen[rows]
    both = seen[:, i] & seen[:, j]
    if both.all():
        return found
    own = tuple(Side(*(np.where(both, part, 0.0) for part in side)) for side in found.sides)
    return PairScores(np.where(both, found.by_correlation, 0.0), np.where(both, found.bend, 0.0), own)


def _two_ordered(
    single: GivenSingles, i: Indices, j: Indices, correlation: Array, rows: slice, sides: bool
) -> PairScores:
    """Compute the scores of rectangles, with limits that differ from row to row."""
    limits = [single.lower[rows][:, i], single.upper[rows][:, i], single.lower[rows][:, j], single.upper[rows][:, j]]
    with np.errstate(invalid="ignore"):
        flips = [low + high > 0 for low, high in (limits[:2], limits[2:])]
    # In the lower tails differences keep their digits; turning one variable round turns the correlation.
    a, b, c, d = (
        np.where(flips[place // 2], -limits[place ^ 1], limits[place]) for place in range(4)
    )  # fmt: skip
    r = correlation * np.where(flips[0] == flips[1], 1.0, -1.0)
    probability = np.maximum(_rectangles((a, b), (c, d), r, correlation), SMALLEST)
    free = (1 - r) * (1 + r)
    root = np.sqrt(free)
    first, second = np.zeros((2, *r.shape))
    for corner, sign in (((b, d), 1.0), ((a, d), -1.0), ((b, c), -1.0), ((a, c), 1.0)):
        x, y = (np.clip(one, -FAR, FAR) for one in corner)
        power = np.maximum((r * x * y - (x * x + y * y) / 2) / free, NOTHING)
        height = np.exp(power) * (sign / (2 * np.pi * root))
        first += height
        second += height * (r / free + (x * y * (1 + r * r) - r * (x * x + y * y)) / free**2)
    by_r = first / probability
    bend = second / probability - by_r**2
    turned = np.where(flips[0] == flips[1], 1.0, -1.0)
    found = []
    for own, across, flip in (((a, b), (c, d), flips[0]), ((c, d), (a, b), flips[1])) if sides else ():
        low, high = (
            np.exp(-(at * at) / 2) / np.sqrt(2 * np.pi) * _within(across, at, r, root) / probability for at in own
        )
        # Turned round, the lower limit is the upper one with the other sign.
        found.append(Side(np.where(flip, -high, -low), np.where(flip, low, high)))
    return PairScores(by_r * turned, bend, tuple(found))


def _rectangles(one: tuple[Array, Array], other: tuple[Array, Array], r: Array, correlation: Array) -> Array:
    """Return the probabilities `(rows, k)` of rectangles, of correlations `r (rows, k)` that differ by sign alone.

    The density is integrated over the correlation, as `quadrant` does it; what depends on the size of the correlation
    is computed once for each pair. Where the density is too peaked for that, each corner is computed.
    """
    size, found = np.abs(correlation), np.empty(r.shape)
    kinds = np.searchsorted([FLAT, PEAKED], size)
    for kind in np.unique(kinds):
        which = np.flatnonzero(kinds == kind)
        (a, b), (c, d) = ((low[:, which], high[:, which]) for low, high in (one, other))
        own = r[:, which]
        if kind == 2:
            found[:, which] = _below(b, d, own) - _below(a, d, own) - _below(b, c, own) + _below(a, c, own)
            continue
        sign, half, total = np.where(own < 0, -1.0, 1.0), np.arcsin(size[which]) / 2, np.zeros(own.shape)
        sines = [(np.sin(half * (1 + node)), weight) for node, weight in zip(*(FEW, MANY)[kind], strict=True)]
        for x, y, of_corner in ((b, d, 1.0), (a, d, -1.0), (b, c, -1.0), (a, c, 1.0)):
            if np.isneginf(x).all() or np.isneginf(y).all():
                continue
            h, k = np.clip(x, -FAR, FAR), np.clip(y, -FAR, FAR)
            product, squares = sign * h * k, (h * h + k * k) / 2
            for sine, weight in sines:
                height = product * sine
                height -= squares
                height /= 1 - sine * sine
                np.exp(np.maximum(height, NOTHING, out=height), out=height)
                height *= of_corner * weight
                total += height
        apart = _normal_between(a, b) * _normal_between(c, d)
        found[:, which] = apart + sign * total * half / (2 * np.pi)
    return found


def _below(x: Array, y: Array, r: Array) -> Array:
    """Return the probability that both variables are below a point; half of the limits are infinite, and cost less."""
    found = np.where(np.minimum(x, y) == -np.inf, 0.0, ndtr(np.minimum(x, y)))
    both = np.isfinite(x) & np.isfinite(y)
    found[both] = quadrant(x[both], y[both], np.broadcast_to(r, x.shape)[both])
    return found


def _within(limits: tuple[Array, Array], at: Array, r: Array, root: Array) -> Array:
    """Return the probability that one variable is within limits where the other is at a point."""
    from_low, to_high = ((one - r * np.where(np.isfinite(at), at, 0.0)) / root for one in limits)
    return _normal_between(from_low, to_high)


def _normal_between(low: Array, high: Array) -> Array:
    with np.errstate(invalid="ignore"):
        flip = low + high > 0
    return np.asarray(np.where(flip, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)))


def _one_ordered(
    single: GivenSingles, i: Indices, j: Indices, correlation: Array, rows: slice, sides: bool
) -> PairScores:
    """Compute the scores of an ordered variable, the first, given the residual of a continuous one."""
    z, r = single.z[rows][:, j], correlation
    root = np.sqrt((1 - r) * (1 + r))
    below, above = single.lower[rows][:, i], single.upper[rows][:, i]
    lower, upper = heights((below - r * z) / root, (above - r * z) / root)
    at_low = np.where(np.isfinite(below), below, 0.0) * r - z
    at_high = np.where(np.isfinite(above), above, 0.0) * r - z
    by_r = (upper * at_high + lower * at_low) / root**3
    # How the score bends: that of the limits by the correlation, and that of the normal density over the answer.
    lean = [np.where(np.isfinite(one), one - r * z, 0.0) / root for one in (below, above)]
    turn = [at_low / root**3, at_high / root**3]
    bend = (-lean[0] * lower * turn[0] ** 2 - lean[1] * upper * turn[1] ** 2) - by_r**2
    for own, at, limit in ((lower, at_low, below), (upper, at_high, above)):
        bend += own * (np.where(np.isfinite(limit), limit, 0.0) / root**3 + 3 * r * at / root**5)
    if not sides:
        return PairScores(by_r, bend, ())
    pull = (upper + lower) * r / root
    deviation = single.deviation[j]
    other = Side((z + pull) / deviation, (z * z - 1 + pull * z) / (2 * deviation**2))
    return PairScores(by_r, bend, (Side(lower / root, upper / root), other))


def _none_ordered(
    single: GivenSingles, i: Indices, j: Indices, correlation: Array, rows: slice, sides: bool
) -> PairScores:
    """Compute the scores of two residuals with a normal distribution."""
    x, y, r = single.z[rows][:, i], single.z[rows][:, j], correlation
    free = (1 - r) * (1 + r)
    by_r = (r * free + (1 + r * r) * x * y - r * (x * x + y * y)) / free**2
    bend = (1 + r * r - 2 * r * r + 2 * r * x * y - (x * x + y * y) - 2 * r * r) / free**2 + 4 * r * by_r / free
    found = []
    for own, other, item in ((x, y, i), (y, x, j)) if sides else ():
        deviation = single.deviation[item]
        of_mean = (own - r * other) / (free * deviation)
        found.append(Side(of_mean, ((own * own - r * own * other) / free - 1) / (2 * deviation**2)))
    return PairScores(by_r, bend, tuple(found))
