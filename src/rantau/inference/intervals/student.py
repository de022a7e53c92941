"""The studentised interval, or bootstrap-t."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.inference.quantiles import normal_quantile
from rantau.inference.replicates import Replicates


def student(given: Replicates, level: float) -> tuple[Array, Array]:
    """Take the quantiles of the draws' own t statistics in place of those of the normal distribution.

    Parameters
    ----------
    given
        The draws, with the standard errors of each and of the estimates.
    level
        Between 0 and 1.

    Returns
    -------
    tuple of Array
        Lower and upper limits, `(quantities,)`; NaN where the estimate has no standard error. Draws in which a
        quantity has none are left out of its interval.

    Notes
    -----
    Davison & Hinkley (1997), section 5.2; quantiles as in their eq. 5.8.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (given.values - given.estimates) / given.errors
    t = np.where(np.isfinite(t), t, np.nan)
    low = given.estimates - given.standard_errors * normal_quantile(t, (1 + level) / 2)
    high = given.estimates - given.standard_errors * normal_quantile(t, (1 - level) / 2)
    return low, high
