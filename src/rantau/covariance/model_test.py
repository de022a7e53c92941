"""The model's chi-square, its baseline's, and the log-likelihood."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from rantau.arrays import Array
from rantau.model.parameters import ParameterTable
from rantau.moments.compute import Moments
from rantau.record import Record


class Statistics(Record):
    """What fit indices are computed from.

    Attributes
    ----------
    chisq, df
        Of the model.
    baseline_chisq, baseline_df
        Of the model in which nothing covaries but the covariates among themselves.
    logl, unrestricted_logl
        Log-likelihoods of the model and of the sample moments, given the exogenous covariates.
    n_obs, n_free
        Rows and free parameters.
    sample, implied
        `(p, p)` covariance matrices, divisor n.
    sample_mean, implied_mean
        `(p,)`.
    mean_structure
        Whether means are part of the model.
    """

    chisq: float
    df: int
    baseline_chisq: float
    baseline_df: int
    logl: float
    unrestricted_logl: float
    n_obs: int
    n_free: int
    sample: Array
    implied: Array
    sample_mean: Array
    implied_mean: Array
    mean_structure: bool

    @property
    def pvalue(self) -> float:
        """The probability of a larger chi-square if the model holds; NaN without degrees of freedom."""
        return float(chdtrc(self.df, self.chisq)) if self.df > 0 else float("nan")


def statistics(
    table: ParameterTable, moments: Moments, sigma: Array, mu: Array, discrepancy: float, df: int
) -> Statistics:
    """Compute the test statistics of a maximum-likelihood fit.

    Parameters
    ----------
    table
        The parameters.
    moments
        Of the sample.
    sigma, mu
        `(p, p)` and `(p,)` implied moments.
    discrepancy
        The minimum of the fitting function.
    df
        Degrees of freedom.

    Returns
    -------
    Statistics
        Chi-square is n times the discrepancy (lavaan's `likelihood="normal"`).

    Notes
    -----
    Log-likelihoods are of the endogenous variables given the exogenous covariates: those of all variables
    less those of the covariates, so that AIC and BIC compare models with the same covariates.
    """
    sample, n_obs = moments.covariance, moments.n_obs
    p, x = len(table.observed), len(table.covariates)
    chosen = [table.observed.index(name) for name in table.covariates]
    others = [position for position in range(p) if position not in chosen]
    log_among = _log_determinant(sample[np.ix_(chosen, chosen)])
    baseline = n_obs * (log_among + float(np.log(np.diag(sample)[others]).sum()) - _log_determinant(sample))
    fixed = [table.observed.index(name) for name in table.exogenous]
    among = sample[np.ix_(fixed, fixed)]
    of_covariates = _log_likelihood(among, among, np.zeros(len(fixed)), n_obs)
    mean = moments.mean if table.mean_structure else mu
    logl = _log_likelihood(sample, sigma, mean - mu, n_obs) - of_covariates
    unrestricted = _log_likelihood(sample, sample, np.zeros(p), n_obs) - of_covariates
    return Statistics(
        # A saturated model's discrepancy is zero but for rounding.
        max(n_obs * discrepancy, 0.0) if df > 0 else 0.0, df, float(baseline),
        p * (p + 1) // 2 - x * (x + 1) // 2 - (p - x), logl, unrestricted, n_obs, table.n_free,
        sample, sigma, moments.mean, mean if not table.mean_structure else mu, table.mean_structure,
    )  # fmt: skip


def _log_determinant(matrix: Array) -> float:
    return float(np.linalg.slogdet(matrix)[1]) if matrix.size else 0.0


def _log_likelihood(sample: Array, sigma: Array, distance: Array, n_obs: int) -> float:
    """Return the normal log-likelihood of a sample; Bollen (1989), eq. 4A.9."""
    p = sigma.shape[0]
    if p == 0:
        return 0.0
    inverse = np.linalg.inv(sigma)
    quadratic = float(np.trace(sample @ inverse) + distance @ inverse @ distance)
    return float(-0.5 * n_obs * (p * np.log(2 * np.pi) + _log_determinant(sigma) + quadratic))
