"""The jackknife: how much each row moves each quantity, and what BCa makes of it."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, listing
from rantau.fit import Fit
from rantau.inference.refit import refit_without_each, strata_of


def acceleration(fit: Fit) -> Array:
    """Return the acceleration of every quantity of a fit, `(n_quantities,)`, from leaving out each row in turn.

    Parameters
    ----------
    fit
        Of either engine.

    Raises
    ------
    EstimationError
        If the fit has no rows, or cannot be made without one of them.

    Notes
    -----
    Efron & Tibshirani (1993), eq. 14.15: with l the mean of the quantity over all these fits less its value
    without the row, the sum of l³ over six times the 1.5th power of the sum of l². Of several strata each has its
    own mean, and l counts by (n - 1) / n, n being the rows of its stratum (Davison & Hinkley, 1997, section 5.3).
    A quantity that no row moves has an acceleration of 0.
    """
    without = refit_without_each(fit)
    failed = [number for number, reason in enumerate(without.reasons) if reason]
    if failed:
        raise EstimationError(
            f"the fit could not be made without row {listing([str(number) for number in failed], most=6)} of its "
            f"sample, counted from 0 ({without.reasons[failed[0]]}), and a BCa interval needs all of these fits. "
            "Take interval='percentile'."
        )
    strata = strata_of(fit)
    influence = np.empty_like(without.values)
    for stratum in np.unique(strata):
        rows = strata == stratum
        values = without.values[rows]
        with np.errstate(invalid="ignore"):
            influence[rows] = (1 - 1 / len(values)) * (values.mean(axis=0) - values)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sum(influence**2, axis=0)
        found: Array = np.sum(influence**3, axis=0) / (6 * spread**1.5)
    return np.where(spread == 0, 0.0, found)
