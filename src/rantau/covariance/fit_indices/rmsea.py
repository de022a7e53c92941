"""Root mean square error of approximation, with its interval and tests of close and not-close fit."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtr, chdtrc, chndtr, chndtrinc, gammaln

from rantau.arrays import Array
from rantau.covariance.model_test import Statistics

#: The level of the interval, what counts as close fit (Browne & Cudeck, 1993), and what no longer does.
LEVEL = 0.90
CLOSE = 0.05
NOT_CLOSE = 0.08
NAN = float("nan")


def rmsea(statistics: Statistics) -> tuple[float, ...]:
    """Compute RMSEA, its 90 % limits, and the p-values of at most .05 and of at least .08.

    Source: Steiger & Lind (1980); Browne & Cudeck (1993), eq. 8 and 14, with n where they have n - 1; MacCallum,
    Browne & Sugawara (1996) for the last.
    """
    test = statistics.test
    point, low, high, close, distant = with_limits(test.statistic, test.df, statistics.per_group)
    return point, low, high, LEVEL, close, CLOSE, distant, NOT_CLOSE


def rmsea_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Compute the same from the corrected test; it estimates another quantity than RMSEA.

    The limits are those of the standard statistic held against its own expectation, as in lavaan: a chi-square with
    `tr(U Gamma)` degrees of freedom (where these are fewer than one lavaan gives limits of 0). A scaled and shifted
    test is held against its own degrees of freedom.

    Source: Steiger & Lind (1980).
    """
    test, n_obs = statistics.corrected_test, statistics.per_group
    if test.name == "scaled_shifted":
        return with_limits(test.statistic, test.df, n_obs)
    return with_limits(statistics.uncorrected_chisq, test.trace, n_obs)


def rmsea_robust(statistics: Statistics) -> tuple[float, ...]:
    """Compute RMSEA as it would be with normal data and without gaps.

    Source: Brosseau-Liard, Savalei & Li (2012), eq. 6, 7; with gaps Zhang & Savalei (2023), eq. 15.
    """
    own = statistics.robust_misfits[0]
    return with_limits(own.statistic, own.df, statistics.per_group / own.scale)


def root_mean_square_error(chisq: Array | float, df: float, n_obs: float) -> Array:
    """Compute the RMSEA of one sample, or of each of a stack `(...)`; `n_obs` is the mean number of rows in a group.

    Source: Steiger (1998) for several groups: the misfit of a group, not of all of them together.
    """
    return np.asarray(np.sqrt(np.maximum(np.asarray(chisq) - df, 0.0) / (df * n_obs)) if df > 0 else chisq * 0.0)


def with_limits(chisq: float, df: float, n_obs: float) -> tuple[float, float, float, float, float]:
    """Return RMSEA, its 90 % limits and the p-values of close and of not-close fit."""
    if df <= 0:
        return 0.0, 0.0, 0.0, NAN, NAN
    if not (np.isfinite(chisq) and df > 0 and n_obs > 0):
        return NAN, NAN, NAN, NAN, NAN
    point = float(root_mean_square_error(chisq, df, n_obs))
    low = float(np.sqrt(_noncentrality(chisq, df, 1 - (1 - LEVEL) / 2) / (df * n_obs)))
    high = float(np.sqrt(_noncentrality(chisq, df, (1 - LEVEL) / 2) / (df * n_obs)))
    close = survival(chisq, df, n_obs * df * CLOSE**2)
    return point, low, high, close, below(chisq, df, n_obs * df * NOT_CLOSE**2)


def survival(chisq: float, df: float, noncentrality: float) -> float:
    """Return the probability of a larger noncentral chi-square, exact in the far tail.

    Source: Johnson, Kotz & Balakrishnan (1995), eq. 29.3: a Poisson mixture of central chi-squares.
    """
    terms, weights = _mixture(noncentrality)
    return float(weights @ chdtrc(df + 2.0 * terms, chisq))


def below(chisq: float, df: float, noncentrality: float) -> float:
    """Return the probability of a smaller noncentral chi-square, exact in the far tail; source as for `survival`."""
    terms, weights = _mixture(noncentrality)
    return float(weights @ chdtr(df + 2.0 * terms, chisq))


def _mixture(noncentrality: float) -> tuple[Array, Array]:
    """Return the terms of the Poisson mixture that matter, and their weights."""
    half = noncentrality / 2
    if half == 0:
        return np.zeros(1), np.ones(1)
    reach = 12 * np.sqrt(half) + 40
    terms = np.arange(max(0, int(half - reach)), int(half + reach) + 1, dtype=float)
    return terms, np.exp(terms * np.log(half) - half - gammaln(terms + 1.0))


def _noncentrality(chisq: float, df: float, probability: float) -> float:
    """Return the noncentrality under which a smaller chi-square has the given probability; 0 if none."""
    if float(chndtr(chisq, df, 0.0)) < probability:
        return 0.0
    found = float(chndtrinc(chisq, df, probability))
    # Not every version of SciPy inverts to the last digit. The slope is that of the mixture, term by term.
    here = float(chndtr(chisq, df, found))
    slope = (float(chndtr(chisq, df + 2.0, found)) - here) / 2
    return max(found - (here - probability) / slope, 0.0) if slope < 0 else found
