"""Maximum likelihood."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.implied import Implied, Layout, Slopes, curvature, gather
from rantau.moments.compute import Moments


def ml(implied: Implied, moments: Moments) -> tuple[Array, Array, Array, Array]:
    """Compute the maximum-likelihood discrepancy and its derivatives by the implied moments.

    Parameters
    ----------
    implied
        `sigma (..., p, p)` and `mu (..., p)`.
    moments
        Sample covariances `(..., p, p)` with divisor n, means `(..., p)`.

    Returns
    -------
    tuple
        Value `(...)` (infinite where sigma is not positive definite), derivative by sigma `(..., p, p)`,
        derivative by mu `(..., p)`, and the weight matrix of the information `(..., p, p)`.

    Notes
    -----
    Jöreskog (1967); Bollen (1989), eq. 4.67 and, with means, 4.93:
    `F = log|sigma| + tr(S sigma^-1) - log|S| - p + (m - mu)' sigma^-1 (m - mu)`.
    """
    p = implied.sigma.shape[-1]
    proper = positive_definite(implied.sigma)
    sigma = np.where(proper[..., None, None], implied.sigma, np.eye(p))
    inverse = np.linalg.inv(sigma)
    inverse = (inverse + np.swapaxes(inverse, -1, -2)) / 2
    distance = moments.mean - implied.mu
    pulled = (inverse @ distance[..., None])[..., 0]
    log_sigma = np.linalg.slogdet(sigma)[1]
    log_sample = np.linalg.slogdet(moments.covariance)[1]
    product = inverse @ moments.covariance
    value = log_sigma - log_sample + np.trace(product, axis1=-2, axis2=-1) - p + np.sum(distance * pulled, axis=-1)
    by_sigma = inverse - product @ inverse - pulled[..., :, None] * pulled[..., None, :]
    return np.where(proper, value, np.inf), by_sigma, -2 * pulled, inverse


def ml_hessian(layout: Layout, implied: Implied, slope: Slopes, moments: Moments) -> Array:
    """Compute the matrix of second derivatives of the maximum-likelihood discrepancy by the free parameters.

    Parameters
    ----------
    layout, implied, slope
        The model, what it implies, and the derivatives of that.
    moments
        Sample covariances `(..., p, p)` with divisor n, means `(..., p)`.

    Returns
    -------
    Array
        `(..., n_free, n_free)`.

    Notes
    -----
    By differentiating Bollen (1989), eq. 4.93, twice. With `W = sigma^-1`, `d = m - mu`, `Q = W (S + dd') W`:
    `2 tr(dSigma_k W dSigma_l Q) - tr(dSigma_k W dSigma_l W) + 2 dmu_k' W dmu_l + 2 [dmu_k' W dSigma_l W d +
    dmu_l' W dSigma_k W d]`, and `curvature` for the second derivatives of sigma and mu. With `dSigma = u w' + w u'`
    every trace is a sum of four products of small matrices.
    """
    _, by_sigma, by_mu, weight = ml(implied, moments)
    pulled = -by_mu / 2
    weighted = weight @ moments.covariance @ weight + pulled[..., :, None] * pulled[..., None, :]
    left_t, right_t = np.swapaxes(slope.left, -1, -2), np.swapaxes(slope.right, -1, -2)
    uu, uw, ww = left_t @ weight @ slope.left, left_t @ weight @ slope.right, right_t @ weight @ slope.right
    uqu, uqw, wqw = left_t @ weighted @ slope.left, left_t @ weighted @ slope.right, right_t @ weighted @ slope.right
    wu, wqu = np.swapaxes(uw, -1, -2), np.swapaxes(uqw, -1, -2)
    by_cell = 2 * (wu * uqw + ww * uqu + uu * wqw + uw * wqu) - 2 * (uw * wu + uu * ww)
    if layout.mean_structure:
        mean = slope.mean * layout.factor[layout.place >= 0]
        weighted_mean = weight @ mean
        # dSigma_l W d = u (w'Wd) + w (u'Wd)
        along_left = np.sum(slope.left * pulled[..., None], axis=-2)[..., None, :]
        along_right = np.sum(slope.right * pulled[..., None], axis=-2)[..., None, :]
        mixed = np.swapaxes(weighted_mean, -1, -2) @ (slope.left * along_right + slope.right * along_left)
        by_cell = by_cell + 2 * (np.swapaxes(mean, -1, -2) @ weighted_mean + mixed + np.swapaxes(mixed, -1, -2))
    by_cell = gather(layout, gather(layout, by_cell, axis=-1), axis=-2)
    return by_cell + curvature(layout, implied, by_sigma, by_mu)


def positive_definite(matrices: Array) -> Mask:
    """Tell for each matrix `(..., p, p)` of a stack whether it is positive definite."""
    finite = np.asarray(np.isfinite(matrices).all(axis=(-1, -2)))
    if finite.all():
        try:
            np.linalg.cholesky(matrices)
        except np.linalg.LinAlgError:
            pass
        else:
            return np.ones(matrices.shape[:-2], dtype=bool)
    safe = np.where(finite[..., None, None], matrices, 0.0)
    # Relative to the largest: what rounding alone can make negative is not positive definite.
    values = np.linalg.eigvalsh(safe)
    return finite & np.asarray(values[..., 0] > 1e-13 * np.abs(values[..., -1]))
