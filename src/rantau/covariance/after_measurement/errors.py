"""Standard errors of estimates that are made one part after the other."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.after_measurement.moments import (
    LatentMoments,
    Route,
    error_of_products,
    latent_moments,
    score_rows,
)
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import gather_rows, imply, slopes
from rantau.covariance.robust.casewise import row_scores
from rantau.covariance.robust.sandwich import information
from rantau.covariance.standard_errors import inverse_information
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample

#: The relative step of numerical derivatives by the measurement parameters.
_STEP = 1e-5


def two_step(
    joint: Array, n_obs: float, measurement: Array, places: tuple[Indices, Indices], directions: Array, *, known: bool
) -> Array:
    """Compute the covariance matrix of all estimates where the structural part comes after the measurement part.

    Parameters
    ----------
    joint
        `(n_free, n_free)`: the information of one row in the model as a whole, at the estimates.
    n_obs
        Rows.
    measurement
        `(n_1, n_1)`: the covariance matrix of the measurement parameters, from their own step.
    places
        Where measurement and structural parameters stand among all, `(n_1,)` and `(n_2,)`.
    directions
        `(n_2, k)`: a basis of what constraints leave free in the structural part.
    known
        Whether to take the measurement parameters as known: nothing is added for their errors.

    Returns
    -------
    Array
        `(n_free, n_free)`; NaN where the information is singular.

    Notes
    -----
    Gong & Samaniego (1981), and Rosseel & Loh (2022) for structural-after-measurement: with the information in parts,
    `I22^-1 + I22^-1 I21 V1 I12 I22^-1`, each block of V1 being that of its own measurement model.
    """
    first, second = places
    inverse = inverse_information(joint[np.ix_(second, second)], directions) / n_obs
    across = -inverse @ joint[np.ix_(second, first)] * n_obs
    found = np.zeros_like(joint)
    found[np.ix_(first, first)] = measurement
    found[np.ix_(second, second)] = inverse
    if not known:
        found[np.ix_(second, second)] += across @ measurement @ across.T
        found[np.ix_(second, first)] = across @ measurement
        found[np.ix_(first, second)] = found[np.ix_(second, first)].T
    return found


def influence(evidence: Evidence) -> Array:
    """Return how much each row moves the estimates of a likelihood, times n, `(n, n_free)`.

    Notes
    -----
    The scores times the inverse of the observed information (Huber, 1967): the mean of their squares over n is the
    robust covariance matrix.
    """
    return row_scores(evidence) @ inverse_information(information(evidence, "observed"), evidence.directions)


def influence_after(evidence: Evidence, first: Indices, second: Indices, moved: Array, directions: Array) -> Array:
    """Return how much each row moves structural parameters that are estimated with the measurement parameters held.

    Parameters
    ----------
    evidence
        The model as a whole, at the estimates.
    first, second
        Where the measurement and structural parameters stand, `(n_1,)` and `(n_2,)`.
    moved
        `(n, n_1)` how much each row moves the measurement parameters.
    directions
        `(n_2, k)` a basis of what constraints leave free.

    Returns
    -------
    Array
        `(n, n_2)`.
    """
    whole = information(evidence, "observed")
    inverse = inverse_information(whole[np.ix_(second, second)], directions)
    return np.asarray((row_scores(evidence)[:, second] - moved @ whole[np.ix_(first, second)]) @ inverse)


def influence_on_moments(
    route: Route, thetas: tuple[Array, ...], moved: tuple[Array, ...], moments: GroupMoments, sample: Sample
) -> tuple[Array, Array]:
    """Return how much each row moves the moments of the structural part, times n.

    Parameters
    ----------
    route
        From items to constructs.
    thetas
        `(n_b,)` the estimates of each block.
    moved
        `(n, n_b)` how much each row moves them.
    moments
        `(G, p, p)` of the observed variables.
    sample
        `(n, p)` complete rows.

    Returns
    -------
    tuple
        `(n, G, m, m)` and `(n, G, m)`.

    Notes
    -----
    The chain rule: a row moves the moments of scores as any mean of products, and the scores through the measurement
    parameters and the point at which rows are centred; the derivatives by these are central differences.
    """
    here = latent_moments(route, thetas, moments, sample)
    covariance, mean = _own(route, here, moments, sample)
    centred = sample.values - moments.mean[sample.membership]
    share = moments.n / moments.n.sum()
    for number, theta in enumerate(thetas):
        for place in range(theta.size):
            step = _STEP * max(abs(float(theta[place])), 0.1)
            sides = []
            for sign in (1, -1):
                shifted = np.array(theta)
                shifted[place] += sign * step
                parts = (*thetas[:number], shifted, *thetas[number + 1 :])
                sides.append(latent_moments(route, parts, moments, sample))
            by_covariance, by_mean = _difference(sides[0], sides[1], here, 2 * step)
            covariance += moved[number][:, place, None, None, None] * by_covariance
            mean += moved[number][:, place, None, None] * by_mean
    if route.products.size:
        for group, place in np.ndindex(moments.mean.shape):
            step = _STEP * float(np.sqrt(moments.covariance[group, place, place]))
            sides = []
            for sign in (1, -1):
                centre = np.array(moments.mean)
                centre[group, place] += sign * step
                sides.append(latent_moments(route, thetas, moments, sample, centre=centre))
            members = sample.membership == group
            weight = np.where(members, centred[:, place] / share[group], 0.0)
            covariance += weight[:, None, None, None] * _difference(sides[0], sides[1], here, 2 * step)[0]
    return covariance, mean


def _difference(up: LatentMoments, down: LatentMoments, here: LatentMoments, step: float) -> tuple[Array, Array]:
    """Return a central difference, with the share of the error that is taken off held where it is."""
    share = here.share[..., None, None]
    covariance = (up.raw - down.raw - share * (up.error - down.error)) / step
    return covariance, (up.mean - down.mean) / step


def _own(route: Route, here: LatentMoments, moments: GroupMoments, sample: Sample) -> tuple[Array, Array]:
    """Return how much each row moves the moments of given scores, times n."""
    groups, m = here.mean.shape
    covariance, mean = np.zeros((sample.n_obs, groups, m, m)), np.zeros((sample.n_obs, groups, m))
    for group in range(groups):
        members = np.flatnonzero(sample.membership == group)
        weight = moments.n.sum() / moments.n[group]
        rows = sample.values[members] - moments.mean[group]
        scores = score_rows(route, here.mapping[group], rows)
        away = scores - scores.mean(axis=0)
        squares = away[:, :, None] * away[:, None, :] - here.raw[group]
        if route.products.size:
            # What errors add to products is linear in the covariances of constructs, which each row moves.
            alone = route_without_products(route, scores)
            error = here.error[group]
            spread = alone[:, :, None] * alone[:, None, :]
            with_row = error_of_products(route, spread, error)
            squares -= here.share[group] * (with_row - with_row.mean(axis=0))
        covariance[members, group] = weight * squares
        if route.means:
            mean[members, group] = weight * rows @ here.mapping[group].T
    return covariance, mean


def route_without_products(route: Route, scores: Array) -> Array:
    """Return scores `(n, m)` with nought in place of products."""
    alone = np.array(scores)
    alone[:, route.products[:, 0]] = 0.0
    return alone


def influence_of_moments(evidence: Evidence, covariance: Array, mean: Array) -> Array:
    """Return how much each row moves the structural parameters, from how much it moves the moments.

    Parameters
    ----------
    evidence
        The structural part at its estimates.
    covariance, mean
        `(n, G, m, m)` and `(n, G, m)`, in the units of the evidence.

    Returns
    -------
    Array
        `(n, n_free)`.

    Notes
    -----
    By the implicit function theorem: at the minimum of F the slope stays nought, so that the parameters move by the
    inverse of the Hessian times minus what the moments do to the slope. With `F = log|s| + tr(S W) + d'Wd`, `W = s^-1`
    and `d = m - mu`, the slope moves by `-tr(W ds W (dS + d dm' + dm d')) - 2 dmu' W dm`.
    """
    layout, implied = evidence.layout, imply(evidence.layout, evidence.theta)
    slope, share = slopes(layout, implied), evidence.moments.n / evidence.moments.n.sum()
    weight = np.linalg.inv(implied.sigma)
    pull = np.zeros((covariance.shape[0], layout.n_free))
    for group in range(layout.n_groups):
        left, right = weight[group] @ slope.left[group], weight[group] @ slope.right[group]
        change = covariance[:, group]
        if slope.mean is not None:
            away = evidence.moments.mean[group] - implied.mu[group]
            outer = mean[:, group, :, None] * away
            change = change + outer + outer.mT
        by_cell = 2 * np.einsum("if,nij,jf->nf", left, change, right)
        if slope.mean is not None:
            by_cell += 2 * mean[:, group] @ weight[group] @ slope.mean[group]
        every = np.zeros((covariance.shape[0], layout.n_groups, 1, by_cell.shape[1]))
        every[:, group, 0] = share[group] * by_cell
        pull += gather_rows(layout, every).sum(axis=(1, 2))
    hessian = 2 * evidence.observed_information
    return np.asarray(pull @ inverse_information(hessian, evidence.directions))
