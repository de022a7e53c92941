"""What is left of the residuals once the parameters have had their way: Browne's statistic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rantau.arrays import Array, symmetric
from rantau.covariance.discrepancies.gls import gls_second, weighted_least_squares
from rantau.covariance.discrepancies.wls import wls, wls_second
from rantau.covariance.evidence import EXACT, Evidence
from rantau.covariance.implied import Slopes, gradient, imply, slopes
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local
from rantau.covariance.standard_errors import inverse_information
from rantau.moments.grouped import GroupMoments


def normal_residual(evidence: Evidence, covariance: Array) -> float:
    """Compute Browne's statistic with the weights of normal data.

    Parameters
    ----------
    evidence
        A structure at its estimates.
    covariance
        `(G, p, p)`: the covariance matrices of which the weights are.
    """
    inverse = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    local = weighted_least_squares(evidence.implied, evidence.moments, symmetric(inverse))
    second = gls_second(evidence.layout, evidence.implied, evidence.slope, evidence.moments, local, False)
    return _left(evidence, local, second.expected)


def reweighted_residual(evidence: Evidence) -> float:
    """Compute Browne's statistic with the weights of the implied covariances, of a structure at its minimum.

    Under maximum likelihood without means the parameters have had their way: with these weights the gradient is the
    likelihood's, which also pulls by the square of what is left of means.
    """
    if evidence.discrepancy.name != "ml" or evidence.layout.mean_structure:
        return normal_residual(evidence, evidence.implied.sigma)
    local = weighted_least_squares(evidence.implied, evidence.moments, evidence.local.weight)
    return evidence.n_obs * float(local.value)


def weighted_residual(evidence: Evidence, weight: Array) -> float:
    """Compute Browne's statistic with any weights `(G, m, m)` of the moments."""
    moments = evidence.moments.replace(weight=weight)
    local = wls(evidence.implied, moments)
    second = wls_second(evidence.layout, evidence.implied, evidence.slope, moments, local, False)
    return _left(evidence, local, second.expected)


def residual_statistics(layout: Layout, moments: GroupMoments, theta: Array, invert: Callable[[Array], Array]) -> Array:
    """Compute Browne's statistic of each member of a stack, with the weights of normal data.

    Parameters
    ----------
    layout
        A structure.
    moments
        `(draws, G, ...)`; the weights are those of its covariances.
    theta
        `(draws, n_free)` estimates.
    invert
        Inverts a stack of information matrices along what the constraints leave free.

    Returns
    -------
    Array
        `(draws,)`.
    """
    implied = imply(layout, theta)
    slope = slopes(layout, implied)
    inverse = np.asarray(np.linalg.inv(moments.covariance), dtype=np.float64)
    local = weighted_least_squares(implied, moments, symmetric(inverse))
    second = gls_second(layout, implied, slope, moments, local, False)
    return np.asarray(_remainder(layout, slope, local, invert(second.expected / 2)) * moments.n.sum(axis=-1))


def _left(evidence: Evidence, local: Local, expected: Array) -> float:
    if evidence.df <= 0 and evidence.misfit < EXACT:
        return 0.0
    inverse = inverse_information(expected / 2, evidence.directions)
    return evidence.n_obs * float(_remainder(evidence.layout, evidence.slope, local, inverse))


def _remainder(layout: Layout, slope: Slopes, local: Local, inverse: Array) -> Array:
    """Return `e'Ve - e'V Delta (Delta'V Delta)^-1 Delta'Ve`, for a discrepancy with value `e'Ve`.

    Source: Browne (1984), eq. 2.20.
    """
    pull = gradient(layout, slope, local.by_sigma, local.by_mu)
    explained = np.einsum("...i,...ij,...j->...", pull, inverse, pull) / 4
    return np.asarray(np.maximum(local.value - explained, 0.0))
