"""Fit of ordered answers in the terms of maximum likelihood, so that indices mean what they do for continuous ones."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, positive_definite
from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import Corrected
from rantau.covariance.robust.answer_test import answer_groups, row_blocks

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
        restricts thresholds alone; None where a variable is continuous, or fixed covariates are given, for which it
        is not defined.

    Notes
    -----
    Savalei (2021), eq. 8 to 12: `T = n F_ML(R, Sigma)` at the estimates of least squares, less its expectation
    `tr[(I - P)' W (I - P) Gamma]`, with W the weight of normal theory for correlations, P the projection
    `Delta (Delta'V Delta)^-1 Delta'V` of least squares, and Gamma the covariance matrix of the polychoric
    correlations. Restricted thresholds count among the degrees of freedom that the misfit is held against, as in the
    tests; lavaan leaves fixed ones out of those of RMSEA and not of CFI, and gives no index where they are equal.
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
    """Return what the statistic is in expectation if the structure holds.

    With `H = (Delta'V Delta)^-1 Delta'V` written out, `tr[W (I - Delta H) Gamma (I - Delta H)']`. What is left in a
    group depends on the moments of every group whose parameters it shares.
    """
    groups, inverse, pulls = answer_groups(evidence)
    i, j = np.tril_indices(evidence.moments.covariance.shape[-1], -1)
    total, curved = 0.0, np.zeros(inverse.shape)
    for group, one in enumerate(groups):
        precision = np.asarray(np.linalg.inv(evidence.implied.sigma[group]))
        t = len(one.spread) - i.size
        kept, jacobian, spread = one.kept[t:], one.jacobian[t:] * one.kept[t:, None], one.spread[t:, t:]
        carried = one.through[t:] @ inverse
        for rows in row_blocks(i.size):
            # The weight of normal theory for correlations (Browne, 1974).
            first, second = precision[i[rows]], precision[j[rows]]
            normal = first.take(i, axis=1) * second.take(j, axis=1) + first.take(j, axis=1) * second.take(i, axis=1)
            normal *= kept[rows, None] & kept
            pulled = normal @ jacobian
            total += float(np.einsum("ij,ij->", normal, spread[rows]))
            total -= 2 * one.share * float(np.einsum("ij,ij->", pulled, carried[rows]))
            curved += one.share * (jacobian[rows].T @ pulled)
    return total + float((curved * (inverse @ pulls @ inverse)).sum())
