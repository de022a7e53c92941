"""Quantiles of draws between order statistics."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from rantau.arrays import Array


def normal_quantile(values: Array, share: Array | float) -> Array:
    """Return a quantile of each column, interpolated on the scale of the normal distribution.

    Of R draws the k-th smallest is the quantile of k/(R + 1). Between two of them the normal quantiles of the
    shares say how far to go. A share beyond the outermost draws gives the outermost draw.

    Parameters
    ----------
    values
        `(draws, quantities)`; NaN cells are passed over.
    share
        Below the quantile, between 0 and 1: one number, or `(quantities,)`.

    Returns
    -------
    Array
        `(quantities,)`; NaN where fewer than two draws are left, or the share is NaN.

    Notes
    -----
    Davison & Hinkley (1997), eq. 5.8.

    Examples
    --------
    >>> normal_quantile(np.array([[4.0], [1.0], [3.0], [2.0]]), 0.4)
    array([2.])
    """
    ordered = np.sort(values, axis=0)
    draws = np.sum(~np.isnan(values), axis=0)
    shares = np.broadcast_to(np.asarray(share, dtype=float), draws.shape)
    rank = np.nan_to_num((draws + 1) * shares)
    low = np.clip(np.floor(rank), 1, np.maximum(draws - 1, 1)).astype(np.intp)
    with np.errstate(invalid="ignore"):
        left, right = ndtri(low / (draws + 1)), ndtri((low + 1) / (draws + 1))
        weight = np.clip((ndtri(shares) - left) / (right - left), 0.0, 1.0)
    column = np.arange(draws.size)
    below, above = ordered[low - 1, column], ordered[np.minimum(low, len(ordered) - 1), column]
    return np.where(draws >= 2, below + weight * (above - below), np.nan)
