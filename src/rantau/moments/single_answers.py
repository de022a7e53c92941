"""What each variable says alone: thresholds of ordered answers, means and variances of continuous ones."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from rantau.arrays import Array, Indices, Mask, lower_triangle
from rantau.record import Record

#: A probability is not taken for less.
SMALLEST = 1e-15


class Ordering(Record):
    """Which variables are ordered, their categories, and where their thresholds stand among the moments.

    Attributes
    ----------
    ordered
        `(p,)`.
    categories
        For each variable its categories, lowest first; empty where it is continuous.
    given
        The places of fixed covariates, which have no moments: those of the others are what they are given these.
    """

    ordered: Mask
    categories: tuple[tuple[float, ...], ...]
    given: tuple[int, ...] = ()

    @cached_property
    def counts(self) -> Indices:
        """`(p,)`: thresholds of each ordered variable; 1, the mean, for a continuous one; 0 for a covariate."""
        found = np.array([max(len(one) - 1, 1) for one in self.categories], dtype=np.intp)
        found[list(self.given)] = 0
        return found

    @cached_property
    def item(self) -> Indices:
        """`(t,)`: the variable that each threshold or mean belongs to."""
        return np.repeat(np.arange(len(self.categories)), self.counts)

    @cached_property
    def first(self) -> Indices:
        """`(p,)`: where the thresholds of each variable begin."""
        return np.cumsum(self.counts) - self.counts

    @cached_property
    def slopes(self) -> tuple[Indices, Indices]:
        """The variable and the covariate of each slope, `(q,)`: the moments after the thresholds and means."""
        rest, given = np.flatnonzero(self.counts), np.array(self.given, dtype=np.intp)
        return np.repeat(rest, given.size), np.tile(given, rest.size)

    @cached_property
    def lower(self) -> tuple[Indices, Indices]:
        """Rows and columns of the lower triangle, less the variances of ordered variables: the other moments."""
        i, j = lower_triangle(len(self.categories))
        keep = (i != j) | ~self.ordered[i]
        keep &= (self.counts[i] > 0) & (self.counts[j] > 0)
        return i[keep], j[keep]

    def units(self, deviation: Array) -> Array:
        """Return the units `(m,)` of all moments, levels and slopes first, of variables in units `deviation (p,)`."""
        (outcome, covariate), (i, j) = self.slopes, self.lower
        slopes = deviation[outcome] / deviation[covariate]
        return np.concatenate([deviation[self.item], slopes, deviation[i] * deviation[j]])


def ordering_of(values: Array, ordered: Mask) -> Ordering:
    """Return the categories met in values `(n, p)`, NaN where an answer is missing; `ordered (p,)` says which."""
    categories = tuple(
        tuple(np.unique(column[~np.isnan(column)]).tolist()) if which else ()
        for column, which in zip(values.T, ordered, strict=True)
    )
    return Ordering(ordered, categories)


class Singles(NamedTuple):
    """What each variable says alone.

    Attributes
    ----------
    ordering, values, taken
        Categories, `(n, p)` answers and `(n,)` how often each row is taken.
    code
        `(n, p)`: the place of each answer among its categories; K, one more than the largest, where there is none.
    seen
        `(n, p)`: whether there is an answer.
    limits
        `(p, K + 1)`: the thresholds between minus and plus infinity, padded with the latter.
    z
        `(n, p)`: continuous variables less their mean over their deviation; 0 where missing or ordered.
    level, deviation
        `(t,)` and `(p,)`.
    """

    ordering: Ordering
    values: Array
    taken: Array
    code: Indices
    seen: Mask
    limits: Array
    z: Array
    level: Array
    deviation: Array


def estimate_singles(values: Array, ordering: Ordering, taken: Array) -> Singles:
    """Estimate thresholds, means and variances from values `(n, p)`, each row `taken (n,)` times."""
    n, p = values.shape
    largest = max(*(len(one) for one in ordering.categories), 1)
    seen = ~np.isnan(values)
    code, z = np.full((n, p), largest, dtype=np.intp), np.zeros((n, p))
    limits = np.full((p, largest + 1), np.inf)
    limits[:, 0] = -np.inf
    level, deviation = [], np.ones(p)
    for item, categories in enumerate(ordering.categories):
        there = seen[:, item]
        column, weight = values[there, item], taken[there]
        total = weight.sum()
        if not ordering.ordered[item]:
            mean = weight @ column / total
            deviation[item] = np.sqrt(weight @ (column - mean) ** 2 / total)
            z[there, item] = (column - mean) / deviation[item]
            level.append(np.array([mean]))
            continue
        code[there, item] = np.searchsorted(np.array(categories), column)
        share = np.cumsum(np.bincount(code[there, item], weights=weight, minlength=len(categories))) / total
        thresholds = ndtri(share[:-1])
        limits[item, 1 : thresholds.size + 1] = thresholds
        level.append(thresholds)
    return Singles(ordering, values, taken, code, seen, limits, z, np.concatenate(level), deviation)


def threshold_scores(single: Singles) -> Array:
    """Return the score of each answer by the thresholds of its variable, `(p, K + 1, K - 1)`; 0 where there is none."""
    at = np.arange(single.limits.shape[1] - 2)
    height = np.exp(-(single.limits[:, 1:-1] ** 2) / 2) / np.sqrt(2 * np.pi)
    share = np.maximum(np.diff(ndtr(single.limits)), SMALLEST)
    found = np.zeros((len(height), at.size + 2, at.size))
    found[:, at, at] = height / share[:, :-1]
    found[:, at + 1, at] = -height / share[:, 1:]
    return found


def single_scores(single: Singles) -> Array:
    """Return each row's scores by thresholds and means `(t, n)`, and below them by variances `(continuous, n)`."""
    ordering, by_answer = single.ordering, threshold_scores(single)
    of_level, of_variance = [], []
    for item, count in enumerate(ordering.counts):
        if ordering.ordered[item]:
            of_level.append(by_answer[item, :, :count].T.take(single.code[:, item], axis=1))
            continue
        there, deviation, z = single.seen[:, item], single.deviation[item], single.z[:, item]
        of_level.append(z[None] / deviation)
        of_variance.append(np.where(there, (z * z - 1) / (2 * deviation**2), 0.0)[None])
    return np.concatenate([*of_level, *of_variance])
