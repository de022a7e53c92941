"""The correlation of every pair of variables given what each says alone, by maximum likelihood, all pairs at once.

Here what all pairs share, and those of which one variable or both are continuous.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices, Mask
from rantau.moments.single_answers import SMALLEST, Singles

#: No correlation is nearer to 1 than this leaves.
LIMIT = 0.9999
#: Steps that sum up to less than the first are none; below the second rounding may turn them.
TOLERANCE, ROUNDED = 1e-12, 1e-9
#: How many numbers a block of rows may hold (64 MB).
BLOCK = 8_000_000

#: Places of pairs, places of what they are given, and the sums over rows of the products of the scores by both.
Across = tuple[Indices, Indices, Array]


class Pairs(Protocol):
    """The pairs of one kind at their estimates."""

    @property
    def correlation(self) -> Array:
        """`(k,)`."""

    @property
    def empty(self) -> Mask:
        """`(k,)`: whether a table has an empty cell."""

    def information(self) -> Array:
        """Return the sums over rows of the squared scores by the correlations, `(k,)`."""

    def write_scores(self, rows: slice, own: Array, carried: Array, out: Array) -> None:
        """Write the scores of some rows by the correlations, less what they share with those by what these are given.

        Parameters
        ----------
        rows
            Which.
        own
            `(t, n)`: the scores of all rows by thresholds and means, then by variances.
        carried
            `(k, t)`: how much of each of these is shared.
        out
            `(k, rows)`. The scores by a correlation are 0 where an answer is missing.
        """

    def across(self, first: Indices, variance_at: Indices) -> Iterator[Across]:
        """Yield the products of the scores by the correlation with those by what it is given.

        `first` and `variance_at` say where thresholds (or the mean) and the variance of each variable stand.
        """


def climb(slope: Callable[[Array, Indices], tuple[Array, Array]], start: Array) -> Array:
    """Find where each score is nought, by Newton steps that never leave the bracket known so far.

    From `start`, `(k,)`; `slope` gives the scores of some of the `k`, and their derivatives.
    """
    found, low, high = start.copy(), np.full(start.shape, -LIMIT), np.full(start.shape, LIMIT)
    active: Indices = np.arange(start.size)
    before = np.zeros(start.size)
    for _ in range(100):
        score, bend = slope(found[active], active)
        low[active] = np.where(score > 0, found[active], low[active])
        high[active] = np.where(score < 0, found[active], high[active])
        step = np.where(score == 0, 0.0, -score / bend)
        trial = found[active] + step
        # Near its end the sign of a score is rounding; else a step beyond the last value there is goes half the way.
        good = ((trial > low[active]) & (trial < high[active])) | (np.abs(step) < ROUNDED)
        trial = np.where(good, trial, (low[active] + high[active]) / 2)
        moved = np.abs(trial - found[active])
        found[active] = trial
        # Steps that shrink as they did will sum up to less than this.
        ahead = moved * np.minimum(moved / np.maximum(before[active], SMALLEST), 1.0)
        before[active] = moved
        active = active[ahead > TOLERANCE]
        if not active.size:
            break
    return np.where(np.abs(found) > LIMIT - 1e-8, np.sign(found) * LIMIT, found)


class LatentPairs(NamedTuple):
    """An ordered and a continuous variable.

    Attributes
    ----------
    single, item, other
        The ordered variable of each pair, and the continuous one.
    correlation, empty
        `(k,)`; no table, so nothing is empty.
    """

    single: Singles
    item: Indices
    other: Indices
    correlation: Array
    empty: Mask

    def information(self) -> Array:
        """Return the sums over rows of the squared scores by the correlations, `(k,)`."""
        return _squares(self.single, self._scores, self.item.size)

    def write_scores(self, rows: slice, own: Array, carried: Array, out: Array) -> None:
        """Write the scores of some rows by the correlations into `out`, `(k, rows)`, as `Pairs` says."""
        np.subtract(self._scores(rows).T, carried @ own[:, rows], out=out)

    def _scores(self, rows: slice) -> Array:
        return _latent(self.single, self.item, self.other, self.correlation, rows).by_correlation

    def across(self, first: Indices, variance_at: Indices) -> Iterator[Across]:
        """Yield the products of the scores by the correlation with those by thresholds, mean and variance."""
        single, every = self.single, np.arange(self.item.size)
        size = single.limits.shape[1] - 1
        of_threshold = np.zeros((self.item.size, size - 1))
        of_mean, of_variance = np.zeros(self.item.size), np.zeros(self.item.size)
        deviation, correlation = single.deviation[self.other], self.correlation
        root = np.sqrt(1 - correlation**2)
        for rows in _blocks(single, self.item.size):
            at = _latent(single, self.item, self.other, correlation, rows)
            weighted = at.by_correlation * single.taken[rows, None]
            z, code = single.z[rows][:, self.other], single.code[rows][:, self.item]
            for k in range(size - 1):
                own = np.where(code == k, at.upper, 0.0) - np.where(code == k + 1, at.lower, 0.0)
                of_threshold[:, k] += (weighted * own / root).sum(axis=0)
            pull = (at.upper - at.lower) * correlation / root
            of_mean += (weighted * (z + pull) / deviation).sum(axis=0)
            of_variance += (weighted * (z * z - 1 + pull * z) / (2 * deviation**2)).sum(axis=0)
        counts = single.ordering.counts[self.item]
        for k in range(size - 1):
            has = np.flatnonzero(k < counts)
            yield has, first[self.item[has]] + k, of_threshold[has, k]
        yield every, first[self.other], of_mean
        yield every, variance_at[self.other], of_variance


class _Latent(NamedTuple):
    """Scores of rows: by the correlation; and the densities at both limits over the answer's probability."""

    by_correlation: Array
    upper: Array
    lower: Array


def _latent(single: Singles, item: Indices, other: Indices, correlation: Array, rows: slice) -> _Latent:
    """Compute what rows add to the scores of ordered variables given continuous ones (Olsson et al., 1982, eq. 26)."""
    z, code = single.z[rows][:, other], single.code[rows][:, item]
    both = single.seen[rows][:, item] & single.seen[rows][:, other]
    root = np.sqrt(1 - correlation**2)
    size = single.limits.shape[1] - 1
    code = np.minimum(code, size - 1)
    above, below = single.limits[item, code + 1], single.limits[item, code]
    high, low = (above - correlation * z) / root, (below - correlation * z) / root
    # Probabilities of the upper tail are differences of those of the lower one, where digits are left.
    flip = high + low > 0
    probability = np.where(flip, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))
    probability = np.maximum(probability, SMALLEST)
    upper, lower = (np.where(both, np.exp(-(u * u) / 2) / np.sqrt(2 * np.pi) / probability, 0.0) for u in (high, low))
    at_high = np.where(np.isfinite(above), above, 0.0) * correlation - z
    at_low = np.where(np.isfinite(below), below, 0.0) * correlation - z
    return _Latent((upper * at_high - lower * at_low) / root**3, upper, lower)


def _squares(single: Singles, scores: Callable[[slice], Array], pairs: int) -> Array:
    """Sum the squared scores `(k,)` of all rows."""
    found = np.zeros(pairs)
    for rows in _blocks(single, pairs):
        found += single.taken[rows] @ scores(rows) ** 2
    return found


def _blocks(single: Singles, pairs: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(pairs, 1))
    for start in range(0, len(single.taken), step):
        yield slice(start, start + step)


def latent_pairs(single: Singles, i: Indices, j: Indices) -> LatentPairs:
    """Estimate polyserial correlations, of an ordered with a continuous variable, from the rows."""
    ordered = single.ordering.ordered
    item, other = np.where(ordered[i], i, j), np.where(ordered[i], j, i)

    def score_and_bend(correlation: Array, which: Indices) -> tuple[Array, Array]:
        """Return the scores of some pairs `(k,)` and their derivatives."""
        score, bend = np.zeros(which.size), np.zeros(which.size)
        for rows in _blocks(single, which.size):
            found = _latent(single, item[which], other[which], correlation, rows).by_correlation
            score += single.taken[rows] @ found
            bend -= single.taken[rows] @ found**2
        return score, bend

    correlation = climb(score_and_bend, np.zeros(i.size))
    return LatentPairs(single, item, other, correlation, np.zeros(i.size, dtype=bool))


class ObservedPairs(NamedTuple):
    """Two continuous variables.

    Attributes
    ----------
    single, i, j
        The variables of each pair.
    correlation, empty
        `(k,)`; no table, so nothing is empty.
    """

    single: Singles
    i: Indices
    j: Indices
    correlation: Array
    empty: Mask

    def information(self) -> Array:
        """Return the sums over rows of the squared scores by the correlations, `(k,)`."""
        return _squares(self.single, self._scores, self.i.size)

    def write_scores(self, rows: slice, own: Array, carried: Array, out: Array) -> None:
        """Write the scores of some rows by the correlations into `out`, `(k, rows)`, as `Pairs` says."""
        np.subtract(self._scores(rows).T, carried @ own[:, rows], out=out)

    def _scores(self, rows: slice) -> Array:
        return _observed(self.single, self.i, self.j, self.correlation, rows)

    def across(self, first: Indices, variance_at: Indices) -> Iterator[Across]:
        """Yield the products of the scores by the correlation with those by means and variances."""
        single, correlation, every = self.single, self.correlation, np.arange(self.i.size)
        free = 1 - correlation**2
        for one, other in ((self.i, self.j), (self.j, self.i)):
            deviation = single.deviation[one]
            of_mean, of_variance = np.zeros(self.i.size), np.zeros(self.i.size)
            for rows in _blocks(single, self.i.size):
                weighted = self._scores(rows) * single.taken[rows, None]
                x, y = single.z[rows][:, one], single.z[rows][:, other]
                of_mean += (weighted * (x - correlation * y)).sum(axis=0) / (free * deviation)
                own = (x * x - correlation * x * y) / free - 1
                of_variance += (weighted * own).sum(axis=0) / (2 * deviation**2)
            yield every, first[one], of_mean
            yield every, variance_at[one], of_variance


def _observed(single: Singles, i: Indices, j: Indices, correlation: Array, rows: slice) -> Array:
    """Compute what rows add to the scores of ordinary correlations, means and variances given."""
    x, y = single.z[rows][:, i], single.z[rows][:, j]
    both = single.seen[rows][:, i] & single.seen[rows][:, j]
    free = 1 - correlation**2
    found = (correlation * free + (1 + correlation**2) * x * y - correlation * (x * x + y * y)) / free**2
    return np.where(both, found, 0.0)


def observed_pairs(single: Singles, i: Indices, j: Indices) -> ObservedPairs:
    """Estimate the correlations of pairs of continuous variables; without gaps they are the ordinary ones."""
    both = (single.seen[:, i] & single.seen[:, j]) * single.taken[:, None]
    n, among = both.sum(axis=0), (both * single.z[:, i] * single.z[:, j]).sum(axis=0)
    squares = [(both * single.z[:, one] ** 2).sum(axis=0) for one in (i, j)]

    def score_and_bend(correlation: Array, which: Indices) -> tuple[Array, Array]:
        """Return the scores of some pairs `(k,)` and their derivatives."""
        free = 1 - correlation**2
        score = n[which] * correlation * free + (1 + correlation**2) * among[which]
        score -= correlation * (squares[0] + squares[1])[which]
        return score / free**2, -n[which] * (1 + correlation**2) / free**2

    start = np.clip(among / np.sqrt(squares[0] * squares[1]), -LIMIT, LIMIT)
    return ObservedPairs(single, i, j, climb(score_and_bend, start), np.zeros(i.size, dtype=bool))
