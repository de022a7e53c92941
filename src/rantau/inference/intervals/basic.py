"""The basic interval."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.inference.quantiles import normal_quantile
from rantau.inference.replicates import Replicates


def basic(given: Replicates, level: float) -> tuple[Array, Array]:
    """Take draws to lie about the estimate as the estimate lies about the truth: limits are mirrored quantiles.

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
    Davison & Hinkley (1997), section 5.2; quantiles as in their eq. 5.8.
    """
    low = 2 * given.estimates - normal_quantile(given.values, (1 + level) / 2)
    high = 2 * given.estimates - normal_quantile(given.values, (1 - level) / 2)
    return low, high
