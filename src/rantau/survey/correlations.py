"""How each item of a scale goes with the others."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array


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
    complete = values[np.isfinite(values).all(axis=1)]
    n_obs, n_items = complete.shape
    if n_items < 2 or n_obs < 3:
        return np.full(n_items, np.nan)
    rest = complete.sum(axis=1, keepdims=True) - complete
    item_dev = complete - complete.mean(axis=0)
    rest_dev = rest - rest.mean(axis=0)
    shared = (item_dev * rest_dev).sum(axis=0)
    spread = np.sqrt((item_dev**2).sum(axis=0) * (rest_dev**2).sum(axis=0))
    # Whether a column is constant is asked of the answers: the deviations may leave rounding dust.
    varies = (np.ptp(complete, axis=0) > 0) & (np.ptp(rest, axis=0) > 0)
    r: Array = np.divide(shared, spread, out=np.full(n_items, np.nan), where=varies)
    return r
