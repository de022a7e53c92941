"""The percentile interval."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array


def percentile(estimates: Array, values: Array, level: float) -> tuple[Array, Array]:
    """Take the quantiles of the draws themselves.

    Parameters
    ----------
    estimates
        `(quantities,)` of the full sample; not used by this interval.
    values
        `(draws, quantities)`, without failed draws.
    level
        Between 0 and 1.

    Returns
    -------
    tuple of Array
        Lower and upper limits, `(quantities,)`.

    Notes
    -----
    Efron & Tibshirani (1993), eq. 13.5; quantiles by linear interpolation (Hyndman & Fan, 1996, type 7).
    """
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
