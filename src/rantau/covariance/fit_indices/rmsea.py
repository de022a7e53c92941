"""Root mean square error of approximation, with its interval and test of close fit."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, chndtr, gammaln

from rantau.arrays import Array
from rantau.covariance.model_test import Statistics

#: The level of the interval, and what counts as close fit (Browne & Cudeck, 1993).
LEVEL = 0.90
CLOSE = 0.05


def rmsea(statistics: Statistics) -> tuple[float, ...]:
    """Compute RMSEA, its 90 % limits, and the p-value of the hypothesis that it is at most .05.

    Source: Steiger & Lind (1980); Browne & Cudeck (1993), eq. 8 and 14, with n where they have n - 1.
    """
    test, n_obs, groups = statistics.test, statistics.n_obs, statistics.groups.size
    return with_limits(test.statistic, test.df, n_obs / groups)


def root_mean_square_error(chisq: Array | float, df: float, n_obs: float) -> Array:
    """Compute the RMSEA of one sample, or of each of a stack; `n_obs` is the mean number of rows in a group.

    Source: Steiger (1998) for several groups: the misfit of a group, not of all of them together.
    """
    return np.asarray(np.sqrt(np.maximum(np.asarray(chisq) - df, 0.0) / (df * n_obs)) if df > 0 else chisq * 0.0)


def with_limits(chisq: float, df: float, n_obs: float) -> tuple[float, float, float, float]:
    """Return RMSEA, its 90 % limits and the p-value of close fit."""
    if df <= 0:
        return 0.0, 0.0, 0.0, float("nan")
    point = float(root_mean_square_error(chisq, df, n_obs))
    low = float(np.sqrt(_noncentrality(chisq, df, 1 - (1 - LEVEL) / 2) / (df * n_obs)))
    high = float(np.sqrt(_noncentrality(chisq, df, (1 - LEVEL) / 2) / (df * n_obs)))
    return point, low, high, survival(chisq, df, n_obs * df * CLOSE**2)


def survival(chisq: float, df: float, noncentrality: float) -> float:
    """Return the probability of a larger noncentral chi-square, exact in the far tail.

    Source: Johnson, Kotz & Balakrishnan (1995), eq. 29.3: a Poisson mixture of central chi-squares.
    """
    half = noncentrality / 2
    if half == 0:
        return float(chdtrc(df, chisq))
    reach = 12 * np.sqrt(half) + 40
    terms = np.arange(max(0, int(half - reach)), int(half + reach) + 1)
    weights = np.exp(terms * np.log(half) - half - gammaln(terms + 1.0))
    return float(weights @ chdtrc(df + 2.0 * terms, chisq))


def _noncentrality(chisq: float, df: float, probability: float) -> float:
    """Return the noncentrality under which a smaller chi-square has the given probability; 0 if none."""
    if float(chndtr(chisq, df, 0.0)) < probability:
        return 0.0
    upper = max(chisq, 1.0)
    while float(chndtr(chisq, df, upper)) > probability:
        upper *= 2
    return float(
        brentq(lambda value: float(chndtr(chisq, df, value)) - probability, 0.0, upper, xtol=1e-12, rtol=1e-14)
    )
