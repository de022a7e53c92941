"""Full-information maximum likelihood: every row counts with the answers it has.

Rows with one pattern of answers enter through that pattern's n, mean and covariance. All patterns are one stack of
matrices, and sums over them single products of `(patterns, cells)` arrays.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, symmetric
from rantau.covariance.implied import Implied, Slopes, covariance_slopes, curvature, gather_matrix
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments
from rantau.moments.pattern_likelihood import (
    Seen,
    among_covariances,
    between_means,
    mean_value,
    seen_by,
    summed,
    weighted_inverse,
)

#: Beyond this number of items, a matrix of all pairs by all pairs would not fit.
LARGE = 60


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
    patterns, groups = moments.gaps, moments.n.shape[-1]
    seen = seen_by(patterns, implied.sigma, implied.mu)
    by_sigma = summed(patterns, patterns.share, seen.inverse - seen.tilted, groups)
    by_mu = summed(patterns, patterns.share, -2 * seen.pulled, groups)
    detail = (seen.pulled, seen.tilted, seen.value)
    return Local(mean_value(patterns, seen), by_sigma, by_mu, seen.inverse, detail)


def fiml_floor(moments: GroupMoments) -> Array:
    """Return the value of `fiml` at the unrestricted estimates that `moments` hold."""
    return moments.floor_of_gaps


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
    patterns, f = moments.gaps, layout.moving.size
    expected = np.zeros((*implied.mu.shape[:-1], f, f))
    hessian = np.zeros_like(expected) if exact else None
    every = Seen(local.weight, *local.detail)
    for group, own in enumerate(patterns.of_groups(layout.n_groups)):
        seen, part = every.take(own), patterns.share[..., own]
        sides = slope.left[..., group, :, :], slope.right[..., group, :, :]
        jacobian = covariance_slopes(*sides)
        of_means, mixed = np.zeros(()), np.zeros(())
        if slope.mean is not None:
            mean = slope.mean[..., group, :, :]
            of_means = 2 * mean.mT @ weighted_inverse(part, seen) @ mean
        expected[..., group, :, :] = _contract(sides, jacobian, seen.inverse, seen.inverse, part) + of_means
        if hessian is None:
            continue
        if slope.mean is not None:
            mixed = 2 * mean.mT @ between_means(part, seen) @ jacobian
            mixed = mixed + mixed.mT
        bent = _contract(sides, jacobian, seen.inverse, 2 * seen.tilted - seen.inverse, part)
        hessian[..., group, :, :] = bent + mixed + of_means
    if hessian is None:
        return Second(gather_matrix(layout, expected), None)
    hessian += curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(gather_matrix(layout, expected), gather_matrix(layout, hessian))


def _contract(sides: tuple[Array, Array], jacobian: Array, first: Array, second: Array, share: Array) -> Array:
    if first.shape[-1] <= LARGE:
        return in_one_product(jacobian, first, second, share)
    return pattern_by_pattern(*sides, first, second, share)


def in_one_product(jacobian: Array, first: Array, second: Array, share: Array) -> Array:
    """Return `sum_b share_b tr(dSigma_k F_b dSigma_l H_b)` for all pairs of cells, symmetric in them.

    Parameters
    ----------
    jacobian
        `(..., m, f)`: what `covariance_slopes` gives of one group.
    first, second
        F and H, `(..., B, p, p)` symmetric.
    share
        `(..., B)`.

    Returns
    -------
    Array
        `(..., f, f)`, by way of a matrix of all covariances by all covariances.
    """
    return np.asarray(2 * jacobian.mT @ among_covariances(share, first, second) @ jacobian)


def pattern_by_pattern(left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    """Return what `in_one_product` does, without its large matrix: the way where there are many items.

    Left and right, `(..., p, f)`, are the factors of the Jacobian; the rest is as there.
    """
    found = np.zeros((*share.shape[:-1], left.shape[-1], left.shape[-1]))
    for b in range(share.shape[-1]):
        near, far = ((one[..., b, :, :] @ left, one[..., b, :, :] @ right) for one in (first, second))
        uf, wf, uh, wh = (left.mT @ near[0], right.mT @ near[1],
                          left.mT @ far[0], right.mT @ far[1])  # fmt: skip
        crossed_f, crossed_h = left.mT @ near[1], left.mT @ far[1]
        part = crossed_f.mT * crossed_h + wf * uh + uf * wh + crossed_f * crossed_h.mT
        found += share[..., b, None, None] * part
    return symmetric(found)
