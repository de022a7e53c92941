"""Correlations: of items with the rest of their scale, and of everything with everything."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rantau.arrays import Array, Mask
from rantau.survey.portions import portions


def rest_correlations(values: Array) -> Array:
    """Correlate each item with the sum of the other items of its scale.

    Parameters
    ----------
    values
        `(n, k)`; the items of one scale, NaN where there is no answer. Only rows that answer all of them
        count.

    Returns
    -------
    Array
        `(k,)`; NaN for a single item, for fewer than three complete rows, and where item or rest is constant.

    Source
    ------
    Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric theory (3rd ed.), ch. 8: the corrected item-total
    correlation.

    Examples
    --------
    >>> rest_correlations(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])).round(12)
    array([1., 1.])
    """
    n_items = values.shape[1]
    if n_items < 2:
        return np.full(n_items, np.nan)

    def with_rest(rows: slice) -> Array:
        answers = values[rows]
        answers = np.where(np.isfinite(answers).all(axis=1, keepdims=True), answers, np.nan)
        return np.hstack([answers, answers.sum(axis=1, keepdims=True) - answers])

    r, counts = pairwise_correlations(with_rest, len(values), 2 * n_items)
    if counts[0, 0] < 3:
        return np.full(n_items, np.nan)
    own: Array = np.diagonal(r, offset=n_items).copy()
    return own


def pairwise_correlations(fetch: Callable[[slice], Array], n_obs: int, n_items: int) -> tuple[Array, Array]:
    """Correlate every two columns over the rows that have both, a portion of rows at a time.

    Parameters
    ----------
    fetch
        From a slice of rows to their values `(rows, k)`, NaN where there is none.
    n_obs
        How many rows there are.
    n_items
        `k`, how many columns.

    Returns
    -------
    tuple of Array
        `(k, k)` Pearson correlations, NaN where a column does not vary or fewer than two rows have both; and `(k, k)`
        how many rows have both.

    Examples
    --------
    >>> data = np.array([[1.0, 2.0], [2.0, np.nan], [3.0, 6.0], [4.0, 8.0]])
    >>> r, n = pairwise_correlations(lambda rows: data[rows], 4, 2)
    >>> r.round(12).tolist(), n.tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[4.0, 3.0], [3.0, 3.0]])
    """
    centre = _centre(fetch, n_obs, n_items)
    count, total, square, product = (np.zeros((n_items, n_items)) for _ in range(4))
    for rows in portions(n_obs):
        values = fetch(rows)
        there = np.isfinite(values).astype(float)
        dev = np.where(there > 0, values - centre, 0.0)
        count += there.T @ there
        total += dev.T @ there
        square += (dev**2).T @ there
        product += dev.T @ dev
    # By pair: `total[i, j]` is of column i over the rows that have j as well.
    shared = count * product - total * total.T
    spread = np.maximum(count * square - total**2, 0.0)
    # What rounding leaves of a constant column is no variance.
    varies = spread > 1e-12 * np.maximum(count * square, 1e-300)
    spread = np.where(varies, spread, 0.0)
    bound = np.sqrt(spread * spread.T)
    r: Array = np.divide(shared, bound, out=np.full((n_items, n_items), np.nan), where=(bound > 0) & (count > 1))
    return np.clip(r, -1.0, 1.0), count


def _centre(fetch: Callable[[slice], Array], n_obs: int, n_items: int) -> Array:
    """Return the mean of each column; sums of squares about it keep their digits."""
    total, count = np.zeros(n_items), np.zeros(n_items)
    for rows in portions(n_obs):
        values = fetch(rows)
        there: Mask = np.isfinite(values)
        total += np.where(there, values, 0.0).sum(axis=0)
        count += there.sum(axis=0)
    centre: Array = total / np.maximum(count, 1)
    return centre
