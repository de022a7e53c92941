"""Traces of U Gamma: what the standard statistic is in expectation, and how it varies, when data are not normal."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.robust.answer_test import answer_traces
from rantau.covariance.robust.casewise import by_cluster, moment_scores, weigh_and_sum
from rantau.covariance.robust.deviations import (
    Deviations,
    along_parameters,
    deviations,
    of_normal_theory,
    weight_of_moments,
)
from rantau.covariance.robust.sandwich import information
from rantau.covariance.robust.unrestricted import free_moments, moment_information
from rantau.covariance.standard_errors import inverse_information


class Traces(NamedTuple):
    """`tr(U Gamma)` and `tr(U Gamma U Gamma)`; both are the degrees of freedom if the fitting function is right."""

    first: float
    second: float


def traces(evidence: Evidence, kind: str = "expected") -> Traces:
    """Compute the traces of U Gamma and of its square.

    Parameters
    ----------
    evidence
        A structure at its estimates, with complete rows.
    kind
        As for `information`. Where a likelihood is maximised all but `expected` takes the weight matrix V from what is
        observed of the unrestricted moments; other fitting functions have weights of their own, whatever is asked.

    Returns
    -------
    Traces
        For the tests that correct the standard statistic.

    Notes
    -----
    Satorra & Bentler (1994), eq. 16.9 and 16.14: `U = V - V Delta (Delta'V Delta)^-1 Delta'V`. With each row's
    deviation `d`, Gamma is a sum of `dd'` and V a product of small matrices, so both traces come from the products
    `d_i'Vd_j` of pairs of rows, or, where there are more rows than moments, from Gamma written out.
    """
    if evidence.moments.ordering is not None:
        return Traces(*answer_traces(evidence))
    if kind != "expected" and evidence.discrepancy.name == "ml":
        return written_traces(evidence, kind)
    within, among, between = 0.0, 0.0, np.zeros((evidence.theta.size,) * 2)
    pulls = np.zeros_like(between)
    shares = evidence.shares
    for group, deviation in enumerate(deviations(evidence)):
        along = along_parameters(evidence, group, deviation)
        squares, through = _products(evidence, group, deviation, along)
        n = float(deviation.weights.sum())
        within += squares[0] / n
        among += squares[1] / n**2
        pulls += shares[group] * (along.T @ along) / n
        between += shares[group] * through / n**2
    inverse = inverse_information(evidence.expected_information, evidence.directions)
    middle = inverse @ pulls
    first = within - float(np.trace(middle))
    second = among - 2 * float((inverse * between).sum()) + float((middle * middle.T).sum())
    return Traces(first, second)


def _products(evidence: Evidence, group: int, deviation: Deviations, along: Array) -> tuple[tuple[float, float], Array]:
    """Return the sums of `d'Vd` and of `(d_i'Vd_j)^2`, and `Delta'V (sum dd') V (sum dd') V Delta`."""
    if deviation.rows.shape[0] <= deviation.n_moments and of_normal_theory(evidence):
        products = deviation.products(evidence.local.weight[group])
        return (float(np.trace(products)), float((products**2).sum())), along.T @ products @ along
    weight, spread = weight_of_moments(evidence, group), deviation.spread()
    product = weight @ spread
    pulled = spread @ (weight @ moment_jacobian(evidence.layout, evidence.slope)[group])
    through = pulled.T @ weight @ pulled
    return (float(np.trace(product)), float((product * product.T).sum())), through


def written_traces(evidence: Evidence, kind: str, *, squared: bool = True) -> Traces:
    """Compute the traces with V taken from a kind of information, and rows that may have gaps.

    Parameters
    ----------
    evidence
        A structure fitted by maximum likelihood, with its rows.
    kind
        As for `information`; V is that of the unrestricted moments, at those that the structure implies.
    squared
        Whether the second trace is wanted, which multiplies matrices of all moments; NaN otherwise.

    Notes
    -----
    Yuan & Bentler (2000), eq. 13 and 16: Gamma is `A^-1 B A^-1` of the unrestricted moments at their own estimates.
    """
    moments, exact = evidence.moments, kind != "expected"
    means = evidence.layout.mean_structure
    implied, own_mean = evidence.implied, moments.mean if means else evidence.sample_mean
    jacobian = moment_jacobian(evidence.layout, evidence.slope)
    at_model = moment_information(evidence, implied.sigma, implied.mu, exact=exact)
    at_sample = moment_information(evidence, moments.covariance, moments.mean, exact=exact)
    free = free_moments(evidence)
    scores = moment_scores(moments.covariance, own_mean, evidence.rows, means=means)[:, free]
    within, among, between = 0.0, 0.0, np.zeros((evidence.theta.size,) * 2)
    along = np.zeros((evidence.rows.n_obs, evidence.theta.size))
    for group, share in enumerate(evidence.shares):
        members = np.flatnonzero(evidence.rows.membership == group)
        weights = evidence.row_weights[members]
        n = float(weights.sum())
        # Under Wishart's likelihood the rows' own mean square is not the matrix at which scores are taken.
        own = scores[members] - weights @ scores[members] / n
        information_here, weight = (one[group][np.ix_(free, free)] for one in (at_sample, at_model))
        along[members] = own @ np.linalg.solve(information_here, at_model[group][free] @ jacobian[group])
        own = own * weights[:, None]
        if evidence.rows.cluster is not None:
            own = by_cluster(own, evidence.rows.cluster[members])
        deviation = np.linalg.solve(information_here, own.T).T
        weighted = deviation @ weight
        within += float((weighted * deviation).sum() / n)
        if squared:
            product = weighted.T @ deviation / n
            among += float((product * product.T).sum())
            pulled = deviation.T @ (along[members] * weights[:, None]) / n
            between += share * (pulled.T @ weight @ pulled)
    # A cluster may lie in several groups, and pulls on what they have in common as one.
    pull = weigh_and_sum(evidence, along)
    pulls = pull.T @ pull / evidence.row_weights.sum()
    inverse = inverse_information(information(evidence, kind), evidence.directions)
    middle = inverse @ pulls
    second = among - 2 * float((inverse * between).sum()) + float((middle * middle.T).sum())
    return Traces(within - float(np.trace(middle)), second if squared else float("nan"))
