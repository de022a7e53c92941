"""The bias-corrected and accelerated interval."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from rantau.arrays import Array
from rantau.inference.quantiles import normal_quantile
from rantau.inference.replicates import Replicates


def bca(given: Replicates, level: float) -> tuple[Array, Array]:
    """Take quantiles of the draws, moved for their median's bias and for a standard error that varies.

    Parameters
    ----------
    given
        The draws, and the acceleration.
    level
        Between 0 and 1.

    Returns
    -------
    tuple of Array
        Lower and upper limits, `(quantities,)`; NaN where every draw lies on one side of the estimate.

    Notes
    -----
    Efron (1987); Efron & Tibshirani (1993), eqs. 14.9, 14.10 and 14.14; quantiles as in Davison & Hinkley (1997),
    eq. 5.8.
    """
    share = np.mean(given.values < given.estimates, axis=0)
    bias = ndtri(np.where((share > 0) & (share < 1), share, np.nan))
    limits = []
    for z in ndtri([(1 - level) / 2, (1 + level) / 2]):
        moved = bias + z
        limits.append(normal_quantile(given.values, ndtr(bias + moved / (1 - given.acceleration * moved))))
    return limits[0], limits[1]
