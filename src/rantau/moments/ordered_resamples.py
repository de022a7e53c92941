"""Polychoric, polyserial and ordinary covariances of many resamples of one group, the ordered pairs as one stack."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri

from rantau.arrays import Array, Indices, Mask
from rantau.moments.compute import Moments
from rantau.moments.ordinal import ordinal_moments
from rantau.moments.pair_likelihoods import latent_pairs, observed_pairs
from rantau.moments.sample import Sample
from rantau.moments.single_answers import Ordering, estimate_singles, ordering_of
from rantau.moments.table_likelihood import table_correlations

#: How many numbers the products of the indicators of pairs may hold (16 MB), and the cells of tables climbed at once,
#: which then suit a processor's cache.
_BLOCK, _CELLS = 4_000_000, 200_000


def ordered_resamples(sample: Sample, ordering: Ordering, counts: Array) -> Moments:
    """Estimate the moments of ordered and continuous answers in each of many resamples.

    Everything is estimated anew from the resample's own answers: thresholds, and all correlations. A category that
    nobody in it gave is left out, as it would be in data that do not have it.

    Parameters
    ----------
    sample
        `(n, p)`, NaN where an answer is missing; a pair is estimated from the rows that answer both.
    ordering
        Which variables are ordered, with their categories.
    counts
        `(draws, n)`: how often each resample takes each row, whole numbers; all take as many.

    Returns
    -------
    Moments
        Covariance `(draws, p, p)`: polychoric correlations, polyserial and ordinary covariances with divisor n; mean
        `(draws, p)`, 0 of an ordered variable. The variance of a variable with one answer is 0; all is NaN where no
        row of a resample answers some pair.

    Source: Olsson (1979); Olsson, Drasgow and Dorans (1982): as `ordinal_moments`, of which this is many.

    Examples
    --------
    >>> import numpy as np
    >>> from rantau.moments.single_answers import ordering_of
    >>> rows = np.repeat([[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]], [40, 10, 10, 40], axis=0)
    >>> ordering = ordering_of(rows, np.array([True, True]))
    >>> found = ordered_resamples(Sample(("a", "b"), rows), ordering, np.ones((1, 100)))
    >>> bool(abs(found.covariance[0, 0, 1] - np.sin(0.3 * np.pi)) < 1e-9)
    True
    """
    draws, p = len(counts), len(sample.names)
    covariance, mean = np.broadcast_to(np.eye(p), (draws, p, p)).copy(), np.zeros((draws, p))
    used = np.flatnonzero(ordering.ordered)
    scarce = np.zeros(draws, dtype=bool)
    if used.size:
        hot = _indicators(sample.values[:, used], [ordering.categories[item] for item in used])
        taken = counts.astype(hot.dtype)
        often = (taken @ hot.reshape(len(hot), -1)).reshape(draws, *hot.shape[1:]).astype(float)
        covariance[:, used[:, None], used] = _polychoric(hot, often, taken, ordering.counts[used] + 1)
        met = (often > 0).sum(axis=2)
        # Of two categories left of more, an empty cell is met as in a 2 x 2 table: one resample by itself.
        scarce = np.any((met == 2) & (ordering.counts[used] > 1), axis=1)
        covariance[:, used, used] = met > 1
    if used.size < p:
        for draw, taken in enumerate(counts):
            _add_continuous(covariance[draw], mean[draw], sample.values, ordering, taken)
    for draw in np.flatnonzero(scarce).tolist():
        _add_by_itself(covariance[draw], sample.values, ordering, counts[draw])
    covariance[np.isnan(covariance).any(axis=(1, 2)) & _varied(covariance)] = np.nan
    return Moments(sample.names, round(float(counts[0].sum())), covariance, mean)


def _varied(covariance: Array) -> Mask:
    """Tell in which members, `(draws,)`, every variance is positive: what is not known there has no other cause."""
    return np.asarray((np.diagonal(covariance, axis1=1, axis2=2) > 0).all(axis=1))


def _indicators(values: Array, categories: list[tuple[float, ...]]) -> Array:
    """Return which category each answer `(n, k)` is of, `(n, k, K)`; nought throughout where there is none."""
    # Counts are whole, and of single precision as long as there are fewer than sixteen million rows.
    hot = np.zeros((*values.shape, max(map(len, categories))), dtype=np.float32 if len(values) < 2**24 else float)
    for item, own in enumerate(categories):
        for place, category in enumerate(own):
            hot[:, item, place] = values[:, item] == category
    return hot


def _polychoric(hot: Array, often: Array, counts: Array, sizes: Indices) -> Array:
    """Return the polychoric correlations of all resamples, `(draws, k, k)`; NaN of a pair that nobody answers."""
    draws, n_items, size = often.shape
    total = often.sum(axis=2, keepdims=True)
    limits = np.full((draws, n_items, size + 1), np.inf)
    limits[:, :, 0] = -np.inf
    with np.errstate(invalid="ignore", divide="ignore"):
        limits[:, :, 1:-1] = ndtri((np.cumsum(often, axis=2) / total)[:, :, :-1])
    # Beyond the categories of a variable the shares are 1, and the thresholds infinite.
    limits = np.where(np.isnan(limits), np.inf, limits)
    found = np.broadcast_to(np.eye(n_items), (draws, n_items, n_items)).copy()
    i, j = np.tril_indices(n_items, -1)
    for pairs, draw in _portions(i.size, draws, len(hot), size):
        a, b = i[pairs], j[pairs]
        both = (hot[:, a, :, None] * hot[:, b, None, :]).reshape(len(hot), -1)
        for some in draw:
            table = (counts[some] @ both).reshape(-1, size, size).astype(float)
            fourfold = np.broadcast_to((sizes[a] == 2) & (sizes[b] == 2), (len(counts[some]), a.size)).ravel()
            of_rows, of_columns = (limits[some][:, one].reshape(-1, size + 1) for one in (a, b))
            r = table_correlations(table, of_rows, of_columns, fourfold)
            r[table.sum(axis=(1, 2)) == 0] = np.nan
            found[some, a, b] = found[some, b, a] = r.reshape(-1, a.size)
    return found


def _portions(pairs: int, draws: int, n: int, size: int) -> Iterator[tuple[slice, list[slice]]]:
    """Yield some pairs, and the draws that are taken at once of these."""
    step = max(1, min(_BLOCK // (n * size**2), _CELLS // size**2))
    for start in range(0, pairs, step):
        some = slice(start, min(start + step, pairs))
        at_once = max(1, _CELLS // ((some.stop - some.start) * size**2))
        yield some, [slice(first, first + at_once) for first in range(0, draws, at_once)]


def _add_continuous(covariance: Array, mean: Array, values: Array, ordering: Ordering, taken: Array) -> None:
    """Put into the moments of one resample what has to do with continuous variables."""
    kept, own = taken > 0, np.flatnonzero(~ordering.ordered)
    with np.errstate(invalid="ignore", divide="ignore"):
        single = estimate_singles(values[kept], ordering, taken[kept])
        i, j = np.tril_indices(len(mean), -1)
        kind = ordering.ordered[i].astype(int) + ordering.ordered[j]
        for which, estimate in ((1, latent_pairs), (0, observed_pairs)):
            a, b = i[kind == which], j[kind == which]
            if a.size:
                there = (single.seen[:, a] & single.seen[:, b]).any(axis=0)
                r = np.where(there, estimate(single, a, b).correlation, np.nan)
                covariance[a, b] = covariance[b, a] = r * single.deviation[a] * single.deviation[b]
        among, weight = values[kept][:, own], taken[kept][:, None] * single.seen[:, own]
        mean[own] = np.nansum(among * weight, axis=0) / weight.sum(axis=0)
    covariance[own, own] = single.deviation[own] ** 2


def _add_by_itself(covariance: Array, values: Array, ordering: Ordering, taken: Array) -> None:
    """Put the polychoric correlations of one resample in their place, with the categories it has."""
    kept = taken > 0
    found = ordering_of(values[kept], ordering.ordered)
    several = np.flatnonzero(ordering.ordered & np.array([len(own) > 1 for own in found.categories]))
    own = Ordering(np.full(several.size, True), tuple(found.categories[item] for item in several))
    alone = ordinal_moments(values[:, several], own, counts=taken, spread=False)
    there = ~np.isnan(covariance[several[:, None], several])
    covariance[several[:, None], several] = np.where(there, alone.covariance, np.nan)
