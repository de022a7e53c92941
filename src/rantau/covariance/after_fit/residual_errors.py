"""How residuals would vary from sample to sample if the model held."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, lower_triangle, symmetric
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.robust.casewise import by_cluster, moment_scores
from rantau.covariance.robust.deviations import deviations, weight_of_moments
from rantau.covariance.robust.unrestricted import free_moments, moment_information
from rantau.covariance.standard_errors import inverse_information
from rantau.moments.asymptotic import normal_asymptotic_covariance

ROBUST = ("robust_sem", "robust_huber_white", "robust_cluster")


def covariance_of_moments(evidence: Evidence, se: str, kind: str = "observed") -> Array:
    """Compute the covariance matrix of root-n times the sample moments of each group, Gamma.

    Parameters
    ----------
    evidence
        A structure with its data.
    se
        One of `estimators.STANDARD_ERRORS`: the robust ones take it from the rows, the others from normal theory.
    kind
        One of `estimators.INFORMATION`: `first_order` takes the spread of what the rows say of the moments; where
        answers are missing, `expected` takes what the moments are told on average, `observed` what these rows tell.

    Returns
    -------
    Array
        `(G, m, m)`: means first where they are modelled, then the lower triangle row by row. Given fixed covariates,
        their own moments do not vary. A cluster whose rows are in several groups is one in each of them: how moments of
        different groups covary through it is left out.

    Notes
    -----
    Normal theory at the sample's own moments; under full-information likelihood the inverse of the information of the
    unrestricted model, or the sandwich (White, 1982) with it, in both of which the moments of fixed covariates are
    known numbers; so it is with `first_order`. Rows: Browne (1984), eq. 3.4.
    """
    moments, means = evidence.moments, evidence.layout.mean_structure
    robust = se in ROBUST or moments.weight is not None
    if moments.patterns is not None or kind == "first_order":
        return _by_information(evidence, robust, kind)
    if not robust:
        return _given(normal_asymptotic_covariance(moments.covariance, means), evidence)
    cluster = evidence.rows.cluster
    found = []
    for group, deviation in enumerate(deviations(evidence)):
        if cluster is None:
            spread = deviation.spread()
        else:
            written = deviation.written(0, deviation.rows.shape[0])
            summed = by_cluster(written, cluster[evidence.rows.membership == group])
            spread = summed.T @ summed
        found.append(spread / deviation.weights.sum())
    return np.stack(found)


def _by_information(evidence: Evidence, robust: bool, kind: str) -> Array:
    """Invert the information on the moments that vary, or put it round the spread of what rows say of them."""
    moments, rest = evidence.moments, free_moments(evidence)
    spread = _spread(evidence, moments.covariance, moments.mean) if robust or kind == "first_order" else []
    every = spread
    if kind != "first_order":
        every = moment_information(evidence, moments.covariance, moments.mean, exact=kind != "expected")
    found = np.zeros((len(every), *every[0].shape))
    for group, one in enumerate(every):
        inverse = inverse_information(one[np.ix_(rest, rest)], np.eye(rest.size))
        among = inverse @ spread[group][np.ix_(rest, rest)] @ inverse if robust else inverse
        found[group][np.ix_(rest, rest)] = among
    return found


def _spread(evidence: Evidence, covariance: Array, mean: Array) -> list[Array]:
    """Return the mean outer product of the scores of each group's rows by its unrestricted moments, `(m, m)`."""
    means, found = evidence.layout.mean_structure, []
    centre = mean if means else evidence.sample_mean
    scores = moment_scores(covariance, centre, evidence.rows, means=means) * evidence.row_weights[:, None]
    for group in range(evidence.layout.n_groups):
        members = evidence.rows.membership == group
        own = scores[members]
        if evidence.rows.cluster is not None:
            own = by_cluster(own, evidence.rows.cluster[members])
        found.append(np.asarray(own.T @ own / evidence.row_weights[members].sum()))
    return found


def _given(gamma: Array, evidence: Evidence) -> Array:
    """Take out what the moments of fixed covariates explain: the covariance given those moments."""
    rest = free_moments(evidence)
    fixed = np.setdiff1d(np.arange(gamma.shape[-1]), rest)
    if not fixed.size:
        return gamma
    found = np.zeros_like(gamma)
    across = gamma[:, rest[:, None], fixed]
    explained = across @ np.linalg.solve(gamma[:, fixed[:, None], fixed], across.mT)
    found[:, rest[:, None], rest] = gamma[:, rest[:, None], rest] - explained
    return found


def weights_of_moments(evidence: Evidence, kind: str) -> Array:
    """Return the weight of the moments in the fitting function, `(G, m, m)`, by the information asked for.

    Parameters
    ----------
    evidence
        The model at its estimates.
    kind
        One of `estimators.INFORMATION`. `observed` takes the second derivatives of the unrestricted model at the
        implied moments, `first_order` the spread of its scores there; otherwise the weight is what these are on
        average.
    """
    if kind == "first_order":
        return np.stack(_spread(evidence, evidence.implied.sigma, evidence.implied.mu))
    groups = range(evidence.layout.n_groups)
    gaps = evidence.moments.patterns is not None
    if evidence.discrepancy.name not in ("ml", "fiml") or (kind != "observed" and not gaps):
        return np.stack([weight_of_moments(evidence, group) for group in groups])
    implied = evidence.implied
    return np.stack(moment_information(evidence, implied.sigma, implied.mu, exact=kind != "expected"))


def covariance_of_residuals(evidence: Evidence, gamma: Array, weight: Array, n: Array) -> Array:
    """Compute the covariance matrix of the residuals of each group.

    Parameters
    ----------
    evidence
        The model at its estimates.
    gamma, weight
        `(G, m, m)`: `covariance_of_moments` and `weights_of_moments`.
    n
        `(G,)` rows.

    Returns
    -------
    Array
        `(G, m, m)`; NaN where the information is singular.

    Notes
    -----
    The estimates follow the moments as `theta = sum_h K_h s_h`, `K_h = (sum Delta'V Delta)^-1 Delta_h'V_h`, so the
    residuals are `s_g - Delta_g sum_h K_h s_h` (Browne, 1984, eq. 2.19a; Ogasawara, 2001). Where groups share
    parameters, the scatter of each group enters the residuals of all; lavaan leaves out that of the others, so its
    standard errors are smaller there. Of ordered answers lavaan divides the variances of every group's moments by the
    rows of all groups; here as elsewhere they are divided by the group's own.
    """
    jacobian = moment_jacobian(evidence.layout, evidence.slope)
    shares = (evidence.moments.n / evidence.moments.n.sum())[:, None, None]
    pull = shares * jacobian.mT @ weight
    follows = inverse_information((pull @ jacobian).sum(axis=0), evidence.directions) @ pull
    scatter = gamma / n[:, None, None]
    of_estimates = (follows @ scatter @ follows.mT).sum(axis=0)
    across = jacobian @ follows @ scatter
    own = jacobian @ of_estimates @ jacobian.mT
    found = scatter - across - across.mT + own
    return symmetric(found)


def errors_of_answers(evidence: Evidence, n: Array) -> tuple[Array, Array]:
    """Compute the covariance matrices of the moments and of the residuals of ordered answers.

    Parameters
    ----------
    evidence
        The model at its estimates.
    n
        `(G,)` rows.

    Returns
    -------
    tuple
        Twice `(G, m, m)`: thresholds and means, slopes on covariates that are given, then the lower triangle row by row
        of all other variables, in which variances of ordered variables do not vary.
    """
    moments = evidence.moments
    ordering, spread = moments.ordering, moments.spread
    if ordering is None or spread is None:
        raise ValueError("these moments are not those of ordered answers")
    weight = weight_of(moments)
    if weight.ndim == 2:
        weight = weight[:, :, None] * np.eye(weight.shape[-1])
    errors = covariance_of_residuals(evidence, spread, weight, n)
    rest, first = moments.modelled, ordering.item.size + ordering.slopes[0].size
    ordered = ordering.ordered[rest]
    i, j = lower_triangle(rest.size)
    kept = np.flatnonzero((i != j) | ~ordered[i])
    place = np.zeros((first + i.size, spread.shape[-1]))
    place[np.concatenate([np.arange(first), first + kept]), np.arange(first + kept.size)] = 1.0
    return place @ spread @ place.T, place @ errors @ place.T
