"""Full-information maximum likelihood: every row counts with the answers it has.

Rows with one pattern of answers enter through that pattern's n, mean and covariance. All patterns are one stack of
matrices, and sums over them single products of `(patterns, cells)` arrays.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import Implied, Slopes, covariance_slopes, curvature, gather_matrix
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments, Patterns
from rantau.moments.pattern_likelihood import (
    Seen,
    among_covariances,
    between_means,
    seen_by,
    summed,
    weighted_inverse,
)

#: Beyond this number of items, a matrix of all pairs by all pairs would not fit.
LARGE = 60


def patterns_of(moments: GroupMoments) -> Patterns:
    """Return the patterns; moments without them cannot be fitted row by row."""
    if moments.patterns is None:
        raise ValueError("these moments carry no patterns of missing answers")
    return moments.patterns


def fiml(implied: Implied, moments: GroupMoments) -> Local:
    """Compute minus twice the mean log-likelihood of the rows (without its constant).

    Parameters
    ----------
    implied
        `sigma (..., G, p, p)` and `mu (..., G, p)`.
    moments
        With `patterns`.

    Returns
    -------
    Local
        Its weight is the inverse of sigma among what each pattern has seen, `(..., B, p, p)`; its detail the other
        parts of `Seen`.

    Notes
    -----
    Arbuckle (1996), eq. 2, by patterns: `sum n_b [log|sigma_b| + tr(S_b sigma_b^-1) + d_b' sigma_b^-1 d_b] / n`.
    """
    patterns = patterns_of(moments)
    seen = seen_by(patterns, implied.sigma, implied.mu)
    share = patterns.n / patterns.n.sum(axis=-1, keepdims=True)
    value = (share * np.where(share > 0, seen.value, 0.0)).sum(axis=-1)
    groups = moments.n.shape[-1]
    by_sigma = summed(patterns, share, seen.inverse - seen.tilted, groups)
    by_mu = summed(patterns, share, -2 * seen.pulled, groups)
    return Local(value, by_sigma, by_mu, seen.inverse, (seen.pulled, seen.tilted, seen.value))


def fiml_floor(moments: GroupMoments) -> Array:
    """Return the value of `fiml` at the unrestricted estimates that `moments` hold."""
    patterns = patterns_of(moments)
    share = patterns.n / patterns.n.sum(axis=-1, keepdims=True)
    value = seen_by(patterns, moments.covariance, moments.mean).value
    return np.asarray((share * np.where(share > 0, value, 0.0)).sum(axis=-1))


def fiml_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives by the free parameters.

    Parameters
    ----------
    layout, implied, slope
        The model, what it implies, and the derivatives of that.
    moments
        With `patterns`.
    local
        `fiml` at the same point.
    exact
        Whether the exact Hessian is wanted besides the expected one.

    Returns
    -------
    Second
        Expected with the patterns as they are (answers missing completely at random).

    Notes
    -----
    The sum over patterns of what `ml_second` states, each among what its pattern has seen: what
    `information_of_moments` says of unrestricted moments, along the derivatives of the implied ones, twice.
    """
    patterns = patterns_of(moments)
    share = patterns.n / patterns.n.sum(axis=-1, keepdims=True)
    f = layout.moving.size
    expected = np.zeros((*implied.mu.shape[:-1], f, f))
    hessian = np.zeros_like(expected) if exact else None
    every = Seen(local.weight, *local.detail)
    for group, own in enumerate(patterns.of_groups(layout.n_groups)):
        seen, part = every.take(own), share[..., own]
        left, right = slope.left[..., group, :, :], slope.right[..., group, :, :]
        mean = None if slope.mean is None else slope.mean[..., group, :, :]
        of_means = np.zeros(())
        if mean is not None:
            of_means = 2 * np.swapaxes(mean, -1, -2) @ weighted_inverse(part, seen) @ mean
        expected[..., group, :, :] = _contract(left, right, seen.inverse, seen.inverse, part) + of_means
        if hessian is None:
            continue
        bent = _contract(left, right, seen.inverse, 2 * seen.tilted - seen.inverse, part) + of_means
        if mean is not None:
            mixed = np.swapaxes(mean, -1, -2) @ between_means(part, seen) @ covariance_slopes(left, right)
            bent = bent + 2 * (mixed + np.swapaxes(mixed, -1, -2))
        hessian[..., group, :, :] = bent
    if hessian is None:
        return Second(gather_matrix(layout, expected), None)
    hessian += curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(gather_matrix(layout, expected), gather_matrix(layout, hessian))


def _contract(left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    way = in_one_product if first.shape[-1] <= LARGE else pattern_by_pattern
    return way(left, right, first, second, share)


def in_one_product(left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    """Return `sum_b share_b tr(dSigma_k F_b dSigma_l H_b)` for all pairs of cells, symmetric in them.

    Parameters
    ----------
    left, right
        `(..., p, f)`: the factors of one group's Jacobian.
    first, second
        F and H, `(..., B, p, p)` symmetric.
    share
        `(..., B)`.

    Returns
    -------
    Array
        `(..., f, f)`, by way of a matrix of all covariances by all covariances.
    """
    jacobian = covariance_slopes(left, right)
    return np.asarray(2 * np.swapaxes(jacobian, -1, -2) @ among_covariances(share, first, second) @ jacobian)


def pattern_by_pattern(left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    """Return what `in_one_product` does, without its large matrix: the way where there are many items."""
    found = np.zeros((*share.shape[:-1], left.shape[-1], left.shape[-1]))
    for b in range(share.shape[-1]):
        near, far = ((one[..., b, :, :] @ left, one[..., b, :, :] @ right) for one in (first, second))
        uf, wf, uh, wh = (np.swapaxes(left, -1, -2) @ near[0], np.swapaxes(right, -1, -2) @ near[1],
                          np.swapaxes(left, -1, -2) @ far[0], np.swapaxes(right, -1, -2) @ far[1])  # fmt: skip
        crossed_f, crossed_h = np.swapaxes(left, -1, -2) @ near[1], np.swapaxes(left, -1, -2) @ far[1]
        part = (
            np.swapaxes(crossed_f, -1, -2) * crossed_h + wf * uh + uf * wh + crossed_f * np.swapaxes(crossed_h, -1, -2)
        )
        found += share[..., b, None, None] * part
    return (found + np.swapaxes(found, -1, -2)) / 2
