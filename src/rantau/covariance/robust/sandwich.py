"""The information of one row, and the spread of what rows add to it: bread and meat of robust standard errors."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.robust.answers import spread_of_answers
from rantau.covariance.robust.casewise import row_scores, weigh_and_sum
from rantau.covariance.robust.deviations import along_parameters, deviations, weight_of_moments
from rantau.covariance.robust.unrestricted import moment_information
from rantau.moments.asymptotic import normal_asymptotic_covariance


def information(evidence: Evidence, kind: str) -> Array:
    """Return the information of one row, `(n_free, n_free)`.

    Parameters
    ----------
    evidence
        A structure at its estimates.
    kind
        `expected`, `observed` (half the Hessian), `first_order`, or `observed_h1`: what is observed of the
        unrestricted moments, at those that the structure implies, carried over to its parameters.
    """
    if kind == "expected":
        return evidence.expected_information
    if kind == "observed":
        return evidence.observed_information
    if kind == "first_order":
        return spread_of_scores(evidence)
    jacobian = moment_jacobian(evidence.layout, evidence.slope)
    shares = evidence.shares
    implied = evidence.implied
    blocks = moment_information(evidence, implied.sigma, implied.mu, exact=True)
    return np.asarray(sum(s * j.T @ a @ j for s, j, a in zip(shares, jacobian, blocks, strict=True)))


def spread_of_scores(evidence: Evidence) -> Array:
    """Return the mean outer product of the rows' scores, or of those of their clusters, `(n_free, n_free)`.

    Notes
    -----
    White (1982); with sampling weights and clusters Binder (1983), as `weigh_and_sum` states.
    """
    summed = weigh_and_sum(evidence, row_scores(evidence))
    return np.asarray(summed.T @ summed / evidence.row_weights.sum())


def spread_of_moments(evidence: Evidence) -> Array:
    """Return `Delta'V Gamma V Delta`, `(n_free, n_free)`: how the pull of the moments on the parameters varies.

    Notes
    -----
    Browne (1984), eq. 2.12; Satorra & Bentler (1994), eq. 16.4.
    """
    found = np.zeros((evidence.theta.size,) * 2)
    if evidence.moments.ordering is not None:
        return spread_of_answers(evidence)
    for group, deviation in enumerate(deviations(evidence)):
        pulls = along_parameters(evidence, group, deviation)
        found += pulls.T @ pulls
    return np.asarray(found / evidence.row_weights.sum())


def normal_spread_of_moments(evidence: Evidence) -> Array:
    """Return `Delta'V Gamma V Delta`, `(n_free, n_free)`, with the Gamma of normal data at the sample's moments."""
    jacobian, means = moment_jacobian(evidence.layout, evidence.slope), evidence.layout.mean_structure
    found = np.zeros((evidence.theta.size,) * 2)
    for group, share in enumerate(evidence.shares):
        pulls = np.asarray(weight_of_moments(evidence, group) @ jacobian[group])
        gamma = normal_asymptotic_covariance(evidence.moments.covariance[group], means)
        found += share * (pulls.T @ gamma @ pulls)
    return found
