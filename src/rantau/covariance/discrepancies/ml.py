"""Maximum likelihood for complete rows."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, inverses
from rantau.covariance.implied import Implied, Slopes, curvature, gather_matrix, products
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments


def ml(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the maximum-likelihood discrepancy and its derivatives by the implied moments.

    Parameters
    ----------
    implied
        `sigma (..., G, p, p)` and `mu (..., G, p)`.
    moments
        Sample covariances with divisor n, and means.

    Returns
    -------
    Local
        Its weight is the inverse of sigma, its detail `S + (m - mu)(m - mu)'`.

    Notes
    -----
    Jöreskog (1967); Bollen (1989), eq. 4.67 and, with means, 4.93, without the terms that `ml_floor` holds:
    `F = log|sigma| + tr(S sigma^-1) + (m - mu)' sigma^-1 (m - mu)`, summed over groups by their shares of the
    rows (Jöreskog, 1971).
    """
    share, (inverse, log_determinant) = moments.share, inverses(implied.sigma)
    distance = moments.mean - implied.mu
    around, by_mu = moments.covariance, distance
    if distance.any():
        # What rows deviate from the implied means.
        around = around + distance[..., :, None] * distance[..., None, :]
        by_mu = -2 * share[..., None] * (inverse @ distance[..., None])[..., 0]
    product = inverse @ around
    value = (share * (log_determinant + product.trace(axis1=-2, axis2=-1))).sum(axis=-1)
    return Local(value, share[..., None, None] * (inverse - product @ inverse), by_mu, inverse, (around,))


def ml_floor(moments: GroupMoments) -> Array:
    """Return `log|S| + p`, by groups: the value of `ml` where sigma is S and mu the sample's mean."""
    log_determinant = np.linalg.slogdet(moments.covariance)[1]
    return np.asarray((moments.share * (log_determinant + moments.covariance.shape[-1])).sum(axis=-1))


def ml_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives of the maximum-likelihood discrepancy by the free parameters.

    Parameters
    ----------
    layout, implied, slope
        The model, what it implies, and the derivatives of that.
    moments
        Sample covariances with divisor n, and means.
    local
        `ml` at the same point.
    exact
        Whether the exact Hessian is wanted besides the expected one.

    Returns
    -------
    Second
        `(..., n_free, n_free)` each.

    Notes
    -----
    Expected: Bollen (1989), eq. 4B.6, doubled: `tr(W dSigma_k W dSigma_l) + 2 dmu_k' W dmu_l`, W the inverse of
    sigma. Exact, by differentiating eq. 4.93 twice, with `d = m - mu`, `G = 2 W (S + dd') W - W`:
    `tr(dSigma_k W dSigma_l G) + 2 dmu_k' W dmu_l + 2 [dmu_k' W dSigma_l W d + dmu_l' W dSigma_k W d]`, and
    `curvature` for the second derivatives of sigma and mu. With `dSigma = u w' + w u'`
    every trace is a sum of four products of small matrices.
    """
    weight, share = local.weight, moments.share[..., None, None]
    halved = layout.cells.pairs.share
    weighted = weight @ slope.columns
    among = slope.columns.mT @ weighted
    uu, uw, ww = products(layout, among)
    wu = uw.mT
    expected = uw * wu
    expected += uu * ww
    expected *= 2 * halved
    if slope.mean is not None:
        weighted_mean = slope.mean.mT @ weight
        of_means = 2 * (weighted_mean @ slope.mean)
        expected += of_means
    if not exact:
        return Second(gather_matrix(layout, share * expected), None)
    (around,) = local.detail
    ugu, ugw, wgw = products(layout, 2 * (weighted.mT @ (around @ weighted)) - among)
    by_cell = wu * ugw
    by_cell += by_cell.mT
    by_cell += ww * ugu
    by_cell += uu * wgw
    by_cell *= halved
    if slope.mean is not None:
        pulled = (weight @ (moments.mean - implied.mu)[..., None]).mT
        # dSigma_l W d = u (w'Wd) + w (u'Wd)
        along_left = pulled @ slope.left
        along_right = pulled @ slope.right
        mixed = weighted_mean @ (slope.left * along_right + slope.right * along_left)
        by_cell += of_means + 2 * (mixed + mixed.mT)
    bent = curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(gather_matrix(layout, share * expected), gather_matrix(layout, share * by_cell + bent))
