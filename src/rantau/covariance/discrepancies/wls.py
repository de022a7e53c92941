"""Weighted least squares with a full weight matrix (asymptotically distribution free)."""

from __future__ import annotations

import numpy as np

from rantau.arrays import lower_triangle
from rantau.covariance.answer_residuals import answer_curvature, answer_residuals, spread_out, weight_of
from rantau.covariance.implied import Implied, Slopes, curvature, gather_matrix, moment_jacobian
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments


def wls(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the weighted least-squares discrepancy; `moments.weight` holds the weight matrix.

    Returns
    -------
    Local
        Its weight is `moments.weight`, `(..., G, m, m)`.

    Notes
    -----
    Browne (1984), eq. 2.6: `F = (s - sigma)' W (s - sigma)` over the lower triangle, means in front where they are
    modelled.
    """
    p, share = implied.sigma.shape[-1], moments.share
    weight = weight_of(moments)
    if moments.ordering is not None:
        left = answer_residuals(implied, moments)
        pull = (weight @ left[..., None])[..., 0]
        by_level, by_cell = spread_out(implied, moments, -2 * share[..., None] * pull)
        return Local((share * (left * pull).sum(axis=-1)).sum(axis=-1), by_cell, by_level, weight)
    i, j = lower_triangle(p)
    with_means = weight.shape[-1] > i.size
    residual = (moments.covariance - implied.sigma)[..., i, j]
    if with_means:
        residual = np.concatenate([moments.mean - implied.mu, residual], axis=-1)
    pulled = (weight @ residual[..., None])[..., 0]
    value = (share * (residual * pulled).sum(axis=-1)).sum(axis=-1)
    by_vech = -2 * share[..., None] * pulled
    by_mu = np.zeros(implied.mu.shape)
    if with_means:
        by_mu, by_vech = by_vech[..., :p], by_vech[..., p:]
    by_sigma = np.zeros(implied.sigma.shape)
    # A covariance stands twice in sigma, so each of its cells has half of the derivative.
    by_vech = by_vech * np.where(i == j, 1.0, 0.5)
    by_sigma[..., i, j] = by_vech
    by_sigma[..., j, i] = by_vech
    return Local(value, by_sigma, by_mu, weight)


def wls_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives: `2 J' W J` with J the Jacobian of the moments, and `curvature` besides."""
    jacobian = moment_jacobian(layout, slope)
    weighted = moments.share[..., None, None] * (local.weight @ jacobian)
    expected = 2 * (jacobian.mT @ weighted).sum(axis=-3)
    if exact and moments.ordering is not None:
        by_answers = answer_curvature(layout, implied, local)
        return Second(expected, None if by_answers is None else expected + gather_matrix(layout, by_answers))
    if not exact:
        return Second(expected, None)
    bent = curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(expected, expected + gather_matrix(layout, bent))
