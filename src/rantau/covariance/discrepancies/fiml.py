"""Full-information maximum likelihood: every row counts with the answers it has.

Rows with one pattern of answers enter through that pattern's n, mean and covariance. An identity takes the place of
what a pattern has not seen, so that all patterns are one stack of matrices; their sums over patterns are single
products of `(patterns, p*p)` arrays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import Implied, Slopes, curvature, gather_matrix
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second, positive_definite
from rantau.moments.grouped import GroupMoments, Patterns

#: Beyond this number of items, a matrix of all pairs by all pairs would not fit.
LARGE = 60


class Seen(NamedTuple):
    """What each pattern makes of the implied moments; nought where nothing was seen.

    Attributes
    ----------
    inverse
        `(..., B, p, p)`: the inverse of sigma among the seen variables.
    pulled
        `(..., B, p)`: that times the distance of the pattern's mean from mu.
    tilted
        `(..., B, p, p)`: `inverse (S + dd') inverse`.
    value
        `(..., B)`: `log|sigma| + tr(S sigma^-1) + d' sigma^-1 d`.
    """

    inverse: Array
    pulled: Array
    tilted: Array
    value: Array


def patterns_of(moments: GroupMoments) -> Patterns:
    """Return the patterns; moments without them cannot be fitted row by row."""
    if moments.patterns is None:
        raise ValueError("these moments carry no patterns of missing answers")
    return moments.patterns


def seen_by(patterns: Patterns, sigma: Array, mu: Array) -> Seen:
    """Invert each group's sigma `(..., G, p, p)` among what its patterns have seen; `mu` is `(..., G, p)`."""
    p = sigma.shape[-1]
    both = patterns.seen[:, :, None] & patterns.seen[:, None, :]
    blocks = np.where(both, sigma[..., patterns.group, :, :], np.eye(p))
    proper = None
    try:
        root = np.linalg.cholesky(blocks)
    except np.linalg.LinAlgError:
        proper = positive_definite(blocks)
        blocks = np.where(proper[..., None, None], blocks, np.eye(p))
        root = np.linalg.cholesky(blocks)
    inverse = np.where(both, np.linalg.inv(blocks), 0.0)
    inverse = (inverse + np.swapaxes(inverse, -1, -2)) / 2
    distance = np.where(patterns.seen, patterns.mean - mu[..., patterns.group, :], 0.0)
    spread = patterns.covariance + distance[..., :, None] * distance[..., None, :]
    product = inverse @ spread
    value = 2 * np.log(np.einsum("...ii->...i", root)).sum(axis=-1) + np.einsum("...ii->...", product)
    if proper is not None:
        value = np.where(proper, value, np.inf)
    return Seen(inverse, (inverse @ distance[..., None])[..., 0], product @ inverse, value)


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
    by_sigma = _by_group(patterns, share, seen.inverse - seen.tilted, moments.n.shape[-1])
    by_mu = _by_group(patterns, share, -2 * seen.pulled, moments.n.shape[-1])
    return Local(value, by_sigma, by_mu, seen.inverse, (seen.pulled, seen.tilted))


def fiml_floor(moments: GroupMoments) -> Array:
    """Return the value of `fiml` at the unrestricted estimates that `moments` hold."""
    patterns = patterns_of(moments)
    share = patterns.n / patterns.n.sum(axis=-1, keepdims=True)
    value = seen_by(patterns, moments.covariance, moments.mean).value
    return np.asarray((share * np.where(share > 0, value, 0.0)).sum(axis=-1))


def _by_group(patterns: Patterns, share: Array, values: Array, groups: int) -> Array:
    """Sum `share * values` over the patterns of each group: `(..., B, ...)` to `(..., G, ...)`."""
    stack, tail = share.shape[:-1], values.shape[share.ndim :]
    flat = values.reshape(*stack, share.shape[-1], -1)
    found = [
        (share[..., None, members] @ flat[..., members, :])[..., 0, :]
        for members in (np.flatnonzero(patterns.group == group) for group in range(groups))
    ]
    return np.stack(found, axis=-2).reshape(*stack, groups, *tail)


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
    The sum over patterns of what `ml_second` states, each among what its pattern has seen. `sum n_b W_b (x) W_b` is
    one product of `(B, p*p)` arrays, so the cost of a step hardly grows with the patterns.
    """
    patterns = patterns_of(moments)
    share = patterns.n / patterns.n.sum(axis=-1, keepdims=True)
    f = layout.moving.size
    expected = np.zeros((*implied.mu.shape[:-1], f, f))
    hessian = np.zeros_like(expected) if exact else None
    for group in range(layout.n_groups):
        members = np.flatnonzero(patterns.group == group)
        mean = None if slope.mean is None else slope.mean[..., group, :, :]
        inverse, part = local.weight[..., members, :, :], share[..., members]
        left, right = slope.left[..., group, :, :], slope.right[..., group, :, :]
        jacobian = full_jacobian(left, right)
        of_sigma = _contract(jacobian, left, right, inverse, inverse, part)
        of_means = 0.0
        if mean is not None:
            summed = (part[..., None, None] * inverse).sum(axis=-3)
            of_means = 2 * np.swapaxes(mean, -1, -2) @ summed @ mean
        expected[..., group, :, :] = of_sigma + of_means
        if hessian is None:
            continue
        pulled, tilted = local.detail[0][..., members, :], local.detail[1][..., members, :, :]
        bent = 2 * _contract(jacobian, left, right, inverse, tilted, part) - of_sigma + of_means
        if mean is not None:
            mixed = np.swapaxes(mean, -1, -2) @ _pulls(inverse, pulled, part) @ jacobian
            bent = bent + 2 * (mixed + np.swapaxes(mixed, -1, -2))
        hessian[..., group, :, :] = bent
    if hessian is None:
        return Second(gather_matrix(layout, expected), None)
    hessian += curvature(layout, implied, local.by_sigma, local.by_mu)
    return Second(gather_matrix(layout, expected), gather_matrix(layout, hessian))


def full_jacobian(left: Array, right: Array) -> Array:
    """Write out the derivative of one group's sigma by its cells, from `(..., p, f)` factors to `(..., p*p, f)`."""
    outer = left[..., :, None, :] * right[..., None, :, :]
    both = outer + np.swapaxes(outer, -3, -2)
    return both.reshape(*both.shape[:-3], -1, both.shape[-1])


def _contract(jacobian: Array, left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    if first.shape[-1] <= LARGE:
        return in_one_product(jacobian, first, second, share)
    return pattern_by_pattern(left, right, first, second, share)


def in_one_product(jacobian: Array, first: Array, second: Array, share: Array) -> Array:
    """Return `sum_b share_b tr(dSigma_k F_b dSigma_l H_b)` for all pairs of cells, symmetric in them.

    Parameters
    ----------
    jacobian
        `(..., p*p, f)` of one group.
    first, second
        F and H, `(..., B, p, p)` symmetric.
    share
        `(..., B)`.

    Returns
    -------
    Array
        `(..., f, f)`, by way of a `(p*p, p*p)` matrix.
    """
    p = first.shape[-1]
    stack = first.shape[:-3]
    flat = first.reshape(*stack, -1, p * p)
    weighted = share[..., None] * second.reshape(*stack, -1, p * p)
    # (F (x) H) at [(j, k), (l, i)] -> [(i, j), (k, l)]
    product = (np.swapaxes(flat, -1, -2) @ weighted).reshape(*stack, p, p, p, p)
    moved = np.moveaxis(product, (-4, -3, -2, -1), (-3, -2, -1, -4)).reshape(*stack, p * p, p * p)
    found = np.swapaxes(jacobian, -1, -2) @ moved @ jacobian
    return (found + np.swapaxes(found, -1, -2)) / 2


def pattern_by_pattern(left: Array, right: Array, first: Array, second: Array, share: Array) -> Array:
    """Return what `in_one_product` does, without its large matrix: the way where there are many items.

    Left and right, `(..., p, f)`, are the factors of the Jacobian; the rest is as there.
    """
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


def _pulls(inverse: Array, pulled: Array, share: Array) -> Array:
    """Return `sum_b share_b W_b[a, i] (W_b d_b)[j]` as `(..., p, p*p)`."""
    p = inverse.shape[-1]
    stack = inverse.shape[:-3]
    flat = inverse.reshape(*stack, -1, p * p)
    product = np.swapaxes(flat, -1, -2) @ (share[..., None] * pulled)
    return product.reshape(*stack, p, p * p)
