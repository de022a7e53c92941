"""The percentile interval."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.inference.replicates import Replicates


def percentile(given: Replicates, level: float) -> tuple[Array, Array]:
    """Take the quantiles of the draws themselves.

    Parameters
    ----------
    given
        The draws.
    level
        Between 0 and 1.

    Returns
    -------
    tuple of Array
        Lower and upper limits, `(quantities,)`.

    Notes
    -----
    Efron & Tibshirani (1993), eq. 13.5; quantiles by linear interpolation (Hyndman & Fan, 1996, type 7), as
    programs for PLS give them.
    """
    low, high = np.quantile(given.values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
