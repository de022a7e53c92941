"""Rows that answered the same items, kept as their number, mean and covariance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from rantau.arrays import Array, Indices, Mask, lower_triangle
from rantau.moments.sample import Sample
from rantau.record import Record

#: How many numbers a block of products may hold (64 MB).
_BLOCK = 8_000_000
#: Columns whose answers fit into one whole number.
_BITS = 60


class Patterns(Record):
    """The moments of each missing pattern of each group; full-information likelihood needs nothing else.

    Attributes
    ----------
    group
        `(B,)` the group of each pattern, counted from 0.
    seen
        `(B, p)` which items its rows answered.
    n
        `(..., B)` its rows, or the sum of their weights; 0 where a resample has none of them.
    covariance
        `(..., B, p, p)` with divisor n; 0 where an item was not seen.
    mean
        `(..., B, p)`; 0 where an item was not seen.
    """

    group: Indices
    seen: Mask
    n: Array
    covariance: Array
    mean: Array

    def take(self, draws: Indices | Mask | None) -> Patterns:
        """Return some members of a stack of resamples; None makes a stack of one sample."""
        return self.replace(n=self.n[draws], covariance=self.covariance[draws], mean=self.mean[draws])

    @cached_property
    def share(self) -> Array:
        """`(..., B)`: the share of all rows that each pattern has."""
        return np.asarray(self.n / self.n.sum(axis=-1, keepdims=True))

    @cached_property
    def both(self) -> Mask:
        """`(B, p, p)`: which pairs of items its rows answered."""
        return self.seen[:, :, None] & self.seen[:, None, :]

    @cached_property
    def gaps(self) -> Indices:
        """`(B, q)`: the items that each pattern lacks; from p on, places of nothing where others lack more."""
        p, missing = self.seen.shape[1], ~self.seen
        count = missing.sum(axis=1)
        q = int(count.max(initial=0))
        first = np.argsort(self.seen, axis=1, kind="stable")[:, :q]
        slots = np.arange(q)
        return np.where(slots < count[:, None], first, p + slots)

    @cached_property
    def places(self) -> tuple[Indices, Indices]:
        """Where rows of gaps by items, `(B, q, p)`, and gaps by gaps, `(B, q, q)`, stand among all groups' numbers.

        These are `(G, p + q, p + q)` matrices, one after the other.
        """
        p, gaps = self.seen.shape[1], self.gaps
        width = p + gaps.shape[1]
        rows = (self.group[:, None] * width + gaps)[:, :, None] * width
        return rows + np.arange(p), rows + gaps[:, None, :]

    @cached_property
    def spread(self) -> Indices:
        """The places of the patterns that have a covariance matrix at all: more rows than one."""
        return np.flatnonzero(self.covariance.any(axis=(*range(self.covariance.ndim - 3), -2, -1)))

    def of_groups(self, count: int) -> tuple[slice, ...]:
        """Return the patterns of each of `count` groups, which stand together."""
        ends = np.searchsorted(self.group, np.arange(count + 1)).tolist()
        return tuple(slice(*pair) for pair in pairwise(ends))


def missing_patterns(sample: Sample, counts: Array) -> Patterns:
    """Gather the rows of each group and missing pattern.

    Rows without any answer belong to no pattern.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing.
    counts
        `(..., n_obs)` how much each row counts.

    Returns
    -------
    Patterns
        By group, those with fewer gaps at the left first; a sample without gaps has one for each group.
    """
    seen, membership = ~np.isnan(sample.values), sample.membership
    blocks = list(alike_rows(seen, membership))
    p, lead = len(sample.names), counts.shape[:-1]
    first = np.array([rows[0] for rows in blocks], dtype=np.intp)
    if counts.ndim == 1 and len(blocks) > 1 and sample.n_obs * p * p <= _BLOCK:
        return Patterns(membership[first], seen[first], *_runs(sample.values, counts, blocks, seen[first]))
    n = np.zeros((*lead, len(blocks)))
    mean = np.zeros((*lead, len(blocks), p))
    covariance = np.zeros((*lead, len(blocks), p, p))
    for place, rows in enumerate(blocks):
        items = np.flatnonzero(seen[rows[0]])
        total, centre, spread = weighted_moments(sample.values[np.ix_(rows, items)], counts[..., rows])
        n[..., place] = total
        mean[..., place, items] = centre
        covariance[..., place, items[:, None], items] = spread
    return Patterns(membership[first], seen[first], n, covariance, mean)


def _runs(values: Array, counts: Array, blocks: list[Indices], seen: Mask) -> tuple[Array, Array, Array]:
    """Compute `weighted_moments` of many small blocks of rows at once, as sums over runs of the rows in order.

    `values (n_obs, p)`, `counts (n_obs,)`, `seen (B, p)`; returns totals `(B,)`, covariances and means.
    """
    sizes = np.array([rows.size for rows in blocks])
    starts, order = np.cumsum(sizes) - sizes, np.concatenate(blocks)
    share, rows = counts[order, None], values[order]
    known = np.repeat(seen, sizes, axis=0)
    total = np.add.reduceat(share[:, 0], starts)
    divisor = np.where(total > 0, total, 1.0)
    # Columns are centred twice, so no digits are lost to large means.
    rough = np.where(seen, values[[block[0] for block in blocks]], 0.0)
    away = np.where(known, rows - np.repeat(rough, sizes, axis=0), 0.0)
    shift = np.add.reduceat(share * away, starts) / divisor[:, None]
    centred = np.where(known, away - np.repeat(shift, sizes, axis=0), 0.0)
    products = (share * centred)[:, :, None] * centred[:, None, :]
    covariance = np.add.reduceat(products, starts) / divisor[:, None, None]
    return total, covariance, np.where(total[:, None] > 0, rough + shift, 0.0)


def alike_rows(seen: Mask, membership: Indices) -> Iterator[Indices]:
    """Give the rows of each group that answered the same items, found by sorting their gaps as whole numbers."""
    answered = np.flatnonzero(seen.any(axis=1))
    if not answered.size:
        return
    gaps = ~seen[answered]
    keys = [membership[answered]]
    for start in range(0, gaps.shape[1], _BITS):
        part = gaps[:, start : start + _BITS]
        keys.append(part @ (1 << np.arange(part.shape[1], dtype=np.int64)))
    order = np.lexsort(keys[::-1])
    changes = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    yield from np.split(answered[order], np.flatnonzero(changes) + 1)


def weighted_moments(values: Array, counts: Array) -> tuple[Array, Array, Array]:
    """Compute the total, mean and covariance of rows that count differently, for a stack of counts at once.

    Parameters
    ----------
    values
        `(n, k)` without gaps.
    counts
        `(n,)` or `(draws, n)`: how much each row counts.

    Returns
    -------
    tuple of Array
        Total `(...)`, mean `(..., k)` and covariance `(..., k, k)` with the total as divisor; zeros where nothing
        counts.

    Notes
    -----
    Columns are centred first, so no digits are lost to large means; with Z the products of centred columns, the
    second moments of all draws are `counts @ Z`, taken in blocks of rows to bound the memory.
    """
    n, k = values.shape
    centre = values.mean(axis=0)
    if counts.ndim == 1:
        total = counts.sum()
        divisor = total if total > 0 else 1.0
        centre = np.where(total > 0, counts @ values / divisor, centre)
        scaled = (values - centre) * np.sqrt(counts)[:, None]
        return total, np.where(total > 0, centre, 0.0), scaled.T @ scaled / divisor
    left, right = lower_triangle(k)
    # Totals, sums and sums of products in one pass over the counts, which are more numbers than all else.
    sums = np.zeros((len(counts), 1 + k + len(left)))
    step = max(1, _BLOCK // len(left))
    for start in range(0, n, step):
        centred = values[start : start + step] - centre
        columns = [np.ones((len(centred), 1)), centred, centred[:, left] * centred[:, right]]
        sums += counts[:, start : start + step] @ np.concatenate(columns, axis=1)
    total = sums[:, 0].copy()
    divisor = np.where(total > 0, total, 1.0)
    shift = sums[:, 1 : 1 + k] / divisor[:, None]
    second = sums[:, 1 + k :] / divisor[:, None] - shift[:, left] * shift[:, right]
    covariance = np.empty((len(counts), k, k))
    covariance[:, left, right] = second
    covariance[:, right, left] = second
    return total, np.where(total[:, None] > 0, centre + shift, 0.0), covariance
