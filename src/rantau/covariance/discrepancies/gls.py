"""Generalised least squares under normal theory."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, symmetric
from rantau.covariance.implied import Implied, Slopes, curvature, gather_matrix, products
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments


def gls(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the generalised least-squares discrepancy.

    Returns
    -------
    Local
        Its weight is the inverse of the sample covariances.

    Notes
    -----
    Browne (1974), eq. 15: `F = tr{[(S - sigma) S^-1]^2} / 2`, and `(m - mu)' S^-1 (m - mu)` for means.
    """
    inverse = np.linalg.inv(moments.covariance)
    return weighted_least_squares(implied, moments, symmetric(inverse))


def weighted_least_squares(implied: Implied, moments: GroupMoments, weight: Array) -> Local:
    """Compute `tr{[(S - sigma) V]^2} / 2 + (m - mu)' V (m - mu)` for a weight matrix V `(..., G, p, p)`."""
    share = moments.share
    distance = moments.mean - implied.mu
    pulled = (weight @ distance[..., None])[..., 0]
    product = weight @ (moments.covariance - implied.sigma)
    value = np.einsum("...ij,...ji->...", product, product) / 2 + (distance * pulled).sum(axis=-1)
    by_sigma = -product @ weight
    by_sigma = symmetric(by_sigma)
    value = (share * value).sum(axis=-1)
    return Local(value, share[..., None, None] * by_sigma, -2 * share[..., None] * pulled, weight)


def gls_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives: `tr(V dSigma_k V dSigma_l) + 2 dmu_k' V dmu_l`, and `curvature` besides."""
    weight, share = local.weight, moments.share[..., None, None]
    uu, uw, ww = products(layout, slope.columns.mT @ weight @ slope.columns)
    by_cell = 2 * layout.cells.pairs.share * (uw * uw.mT + uu * ww)
    if slope.mean is not None:
        by_cell += 2 * slope.mean.mT @ weight @ slope.mean
    expected = share * by_cell
    if not exact:
        return Second(gather_matrix(layout, expected), None)
    bent = curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(gather_matrix(layout, expected), gather_matrix(layout, expected + bent))


def no_floor(moments: GroupMoments) -> Array:
    """Return zero: a model that fits perfectly leaves nothing."""
    return np.zeros(moments.n.shape[:-1])
