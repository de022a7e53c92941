"""Polychoric correlations, from the tables of all pairs of ordered variables at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices, Mask
from rantau.moments.pair_likelihoods import BLOCK, Across
from rantau.moments.rectangles import between_thresholds, density, rectangles
from rantau.moments.single_answers import SMALLEST, Singles, threshold_scores
from rantau.moments.table_likelihood import table_correlations

#: How many places are looked up at once, so that they stay near the processor.
_FEW = 100_000


class TablePairs(NamedTuple):
    """Two ordered variables: their tables.

    Attributes
    ----------
    single, i, j
        The variables of each pair.
    correlation, empty
        `(k,)`.
    table
        `(k, K, K)`: how often each pair of answers was given.
    ratio
        `(k, K + 1, K + 1)`: the score of an answer by the correlation; 0 in the last row and column, for none.
    probability
        `(k, K, K)` of each pair of answers.
    """

    single: Singles
    i: Indices
    j: Indices
    correlation: Array
    empty: Mask
    table: Array
    ratio: Array
    probability: Array

    def information(self) -> Array:
        """Return the sums over rows of the squared scores by the correlations, `(k,)`."""
        return np.asarray((self.table * self.ratio[:, :-1, :-1] ** 2).sum(axis=(1, 2)))

    def write_scores(self, rows: slice, own: Array, carried: Array, out: Array) -> None:
        """Write the scores of some rows by the correlations into `out`, `(k, rows)`, as `Pairs` says.

        They depend on the two answers alone, so that they are looked up in a table of these; `own` is not read.
        """
        ordering, size, by_answer = self.single.ordering, self.ratio.shape[-1], threshold_scores(self.single)
        table, pairs = self.ratio.copy(), np.arange(self.i.size)[:, None]
        for item, axis in ((self.i, 2), (self.j, 1)):
            # Where a variable has fewer thresholds than others, scores by those that it has not are nought.
            level = np.minimum(ordering.first[item, None] + np.arange(by_answer.shape[2]), carried.shape[1] - 1)
            table -= np.expand_dims((by_answer[item] @ carried[pairs, level][..., None])[..., 0], axis)
        code = np.ascontiguousarray(self.single.code[rows].T)
        upper = code * size
        step = max(1, _FEW // code.shape[1])
        for start in range(0, self.i.size, step):
            some = slice(start, start + step)
            place = upper[self.i[some]] + code[self.j[some]] + pairs[some] * size**2
            table.ravel().take(place, out=out[some], mode="clip")

    def across(self, first: Indices, variance_at: Indices) -> Iterator[Across]:
        """Yield the products of the scores by the correlation with those by the thresholds."""
        limits, size = self.single.limits, self.table.shape[-1]
        root = np.sqrt(1 - self.correlation**2)[:, None, None]
        # Of a cell (a, b), what a threshold of the first variable moves: its density times the share within b.
        of_cells = self.table / self.probability * self.ratio[:, :size, :size]
        counts = self.single.ordering.counts
        for one, other, cells in ((self.i, self.j, of_cells), (self.j, self.i, np.swapaxes(of_cells, 1, 2))):
            at = limits[one][:, 1:size]
            height = np.where(np.isfinite(at), np.exp(-(np.where(np.isfinite(at), at, 0.0) ** 2) / 2), 0.0)
            with np.errstate(invalid="ignore"):
                within = (limits[other][:, None, :] - self.correlation[:, None, None] * at[:, :, None]) / root
            share = np.diff(np.where(np.isnan(within), 0.0, ndtr(within)), axis=-1)
            products = (share * (cells[:, :-1] - cells[:, 1:])).sum(axis=-1) * height / np.sqrt(2 * np.pi)
            for k in range(size - 1):
                has = np.flatnonzero(k < counts[one])
                yield has, first[one[has]] + k, products[has, k]


def table_pairs(single: Singles, i: Indices, j: Indices) -> TablePairs:
    """Estimate polychoric correlations from the tables of pairs of ordered variables."""
    table = _tables(single, i, j)
    counts = single.ordering.counts + 1
    inside = (np.arange(table.shape[-1]) < counts[i][:, None])[:, :, None] & (
        np.arange(table.shape[-1]) < counts[j][:, None]
    )[:, None, :]
    empty = ((table == 0) & inside).any(axis=(1, 2))
    limits = single.limits[i], single.limits[j]
    correlation = table_correlations(table, *limits, (counts[i] == 2) & (counts[j] == 2))
    x, y = (one[:, 1:-1] for one in limits)
    probability = np.maximum(rectangles(x, y, correlation), SMALLEST)
    ratio = np.zeros((i.size, *(table.shape[-1] + 1,) * 2))
    ratio[:, :-1, :-1] = (
        between_thresholds(density(x[:, :, None], y[:, None, :], correlation[:, None, None])) / probability
    )
    return TablePairs(single, i, j, correlation, empty, table, ratio, probability)


def _tables(single: Singles, i: Indices, j: Indices) -> Array:
    """Count the answers to all pairs, `(k, K, K)`, by one product of the indicators of all categories."""
    size, used = single.limits.shape[1], np.flatnonzero(single.ordering.ordered)
    product = np.zeros((used.size * size,) * 2)
    step = max(1, BLOCK // (used.size * size))
    for start in range(0, len(single.code), step):
        rows = slice(start, start + step)
        place = single.code[rows, used] + np.arange(used.size) * size
        hot = np.zeros((len(place), used.size * size))
        hot[np.arange(len(place))[:, None], place] = np.sqrt(single.taken[rows])[:, None]
        product += hot.T @ hot
    # The last place of each variable is that of rows without an answer.
    blocks = np.rint(product).reshape(used.size, size, used.size, size)[:, :-1, :, :-1].transpose(0, 2, 1, 3)
    at = np.searchsorted(used, i), np.searchsorted(used, j)
    return np.asarray(blocks[at])
