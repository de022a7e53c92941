"""Fit of ordered answers in the terms of maximum likelihood, so that indices mean what they do for continuous ones."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, positive_definite
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.outcome import Corrected
from rantau.covariance.robust.deviations import normal_weight
from rantau.covariance.standard_errors import inverse_information

NAN = float("nan")
#: An expectation per degree of freedom below this is rounding error.
NOTHING = 1e-8


def categorical_misfit(evidence: Evidence) -> Corrected | None:
    """Compute the misfit of a structure of ordered answers by the function of maximum likelihood.

    Parameters
    ----------
    evidence
        A structure at its estimates by weighted least squares.

    Returns
    -------
    Corrected
        NaN where a matrix of polychoric correlations is not positive definite, or the implied one, or the structure
        restricts thresholds alone; None where a variable is continuous, for which it is not defined.

    Notes
    -----
    Savalei (2021), eq. 8 to 12: `T = n F_ML(R, Sigma)` at the estimates of least squares, less its expectation
    `tr[(I - P)' W (I - P) Gamma]`, with W the weight of normal theory for correlations, P the projection
    `Delta (Delta'V Delta)^-1 Delta'V` of least squares, and Gamma the covariance matrix of the polychoric
    correlations.
    """
    moments, implied = evidence.moments, evidence.implied
    if moments.ordering is None or not moments.ordering.ordered.all() or moments.spread is None:
        return None
    counts = moments.n if evidence.counts is None else evidence.counts
    n_obs, df = float(counts.sum()), float(evidence.df)
    if not (positive_definite(moments.covariance).all() and positive_definite(implied.sigma).all()):
        return Corrected(NAN, df, NAN, NAN)
    statistic = float(counts @ _likelihood_misfit(moments.covariance, implied.sigma))
    expected = _expectation(evidence)
    if df <= 0:
        return Corrected(statistic - expected, df, statistic, 1.0)
    scaling = expected / df
    if scaling < NOTHING:
        # Thresholds are restricted and correlations are not, so that likelihood has nothing to say.
        return Corrected(NAN, df, NAN, NAN)
    # RMSEA divides by what chi-square was multiplied with; here that is n.
    return Corrected(statistic - expected, df, statistic / scaling, scaling * evidence.n_obs / n_obs)


def _likelihood_misfit(sample: Array, implied: Array) -> Array:
    """Return `log|Sigma| - log|R| + tr(R Sigma^-1) - p` of each group."""
    inverse = np.linalg.inv(implied)
    trace = np.einsum("gij,gji->g", sample, inverse)
    return np.asarray(np.linalg.slogdet(implied)[1] - np.linalg.slogdet(sample)[1] + trace - sample.shape[-1])


def _expectation(evidence: Evidence) -> float:
    """Return what the statistic is in expectation if the structure holds."""
    moments = evidence.moments
    p, spread = moments.covariance.shape[-1], moments.spread
    if spread is None:
        raise ValueError("these moments came without their covariance matrix")
    i, j = np.tril_indices(p)
    t, beside = moments.ordering.item.size if moments.ordering is not None else 0, np.flatnonzero(i != j)
    jacobian = moment_jacobian(evidence.layout, evidence.slope)
    inverse = inverse_information(evidence.expected_information, evidence.directions) if jacobian.size else None
    weight, total = weight_of(moments), 0.0
    for group, share in enumerate(evidence.shares):
        sigma = evidence.implied.sigma[group]
        normal = normal_weight(np.asarray(np.linalg.inv(sigma)), False)[np.ix_(beside, beside)]
        # What is left in this group depends on the moments of every group whose parameters it shares.
        for other, share_of_other in enumerate(evidence.shares):
            left = np.zeros((beside.size, len(spread[other])))
            if other == group:
                left[:, t:] = np.eye(beside.size)
            if inverse is not None:
                own = weight[other]
                pulled = jacobian[other].T * own if own.ndim == 1 else jacobian[other].T @ own
                left -= share_of_other * (jacobian[group][t:] @ inverse) @ pulled
            carried = float(np.einsum("ij,ij->", normal, left @ spread[other] @ left.T))
            total += share / share_of_other * carried
    return total
