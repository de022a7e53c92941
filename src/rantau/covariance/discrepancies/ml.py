"""Maximum likelihood."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.implied import Implied
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
