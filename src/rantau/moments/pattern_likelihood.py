"""The normal likelihood of rows with gaps: what each missing pattern makes of a mean and a covariance matrix."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, identity, inverses, lower_triangle, symmetric
from rantau.moments.patterns import Patterns

#: How many places of a matrix of moments by moments are looked up at a time (8 MB).
_BLOCK = 1_000_000


class Seen(NamedTuple):
    """What each pattern makes of given moments; nought where nothing was seen.

    Attributes
    ----------
    inverse
        `(..., B, p, p)`: the inverse W of sigma among the seen variables.
    pulled
        `(..., B, p)`: `W d`, with d the distance of the pattern's mean from mu.
    tilted
        `(..., B, p, p)`: `W (S + dd') W`.
    value
        `(..., B)`: `log|sigma| + tr(S W) + d'Wd`; infinite where the whole sigma is not positive definite.
    """

    inverse: Array
    pulled: Array
    tilted: Array
    value: Array

    def take(self, own: slice) -> Seen:
        """Return what some of the patterns make of them."""
        inverse, pulled, tilted, value = self
        return Seen(inverse[..., own, :, :], pulled[..., own, :], tilted[..., own, :, :], value[..., own])


def seen_by(patterns: Patterns, sigma: Array, mu: Array) -> Seen:
    """Look at each group's moments with the eyes of its patterns.

    Parameters
    ----------
    patterns
        Of one sample, or a stack.
    sigma, mu
        `(..., G, p, p)` and `(..., G, p)`.

    Returns
    -------
    Seen
        For every pattern.

    Notes
    -----
    With `K = sigma^-1` and m the gaps of a pattern, `W = K - K_.m K_mm^-1 K_m.` and
    `log|sigma_seen| = log|sigma| + log|K_mm|`, by the inverse of a partitioned matrix: only the gaps are inverted, of
    which there are fewer than answers. An identity takes the place of gaps that other patterns have and this one has
    not, so that all are one stack.
    """
    inverse, value = inverse_among_seen(patterns, sigma)
    distance = np.where(patterns.seen, patterns.mean - mu[..., patterns.group, :], 0.0)
    pulled = (inverse @ distance[..., None])[..., 0]
    tilted = pulled[..., :, None] * pulled[..., None, :]
    value = value + (distance * pulled).sum(axis=-1)
    # Rows that are alone with their pattern, mostly many, have no spread of their own.
    spread = patterns.spread
    own = inverse[..., spread, :, :]
    product = own @ patterns.covariance[..., spread, :, :]
    tilted[..., spread, :, :] += product @ own
    value[..., spread] += np.einsum("...ii->...", product)
    return Seen(inverse, pulled, tilted, value)


def inverse_among_seen(patterns: Patterns, sigma: Array) -> tuple[Array, Array]:
    """Return the inverse of sigma `(..., G, p, p)` among what each pattern has seen, and its log-determinant there."""
    p, group, gaps = sigma.shape[-1], patterns.group, patterns.gaps
    whole, value = inverses(sigma)
    inverse, value = whole[..., group, :, :], value[..., group]
    if not gaps.size:
        return inverse, value
    q = gaps.shape[1]
    wide = np.zeros((*sigma.shape[:-2], p + q, p + q))
    wide[..., :p, :p], wide[..., p:, p:] = whole, identity(q)
    flat = wide.reshape(*sigma.shape[:-3], -1)
    rows, among = (flat.take(places, axis=-1) for places in patterns.places)
    inverse = np.where(patterns.both, inverse - rows.mT @ (np.linalg.inv(among) @ rows), 0.0)
    return inverse, value + np.linalg.slogdet(among)[1]


def summed(patterns: Patterns, share: Array, values: Array, groups: int) -> Array:
    """Sum `share * values` over the patterns of each group: `(..., B, ...)` to `(..., G, ...)`."""
    stack, tail = share.shape[:-1], values.shape[share.ndim :]
    flat = values.reshape(*share.shape, -1)
    found = [(share[..., None, own] @ flat[..., own, :])[..., 0, :] for own in patterns.of_groups(groups)]
    return np.stack(found, axis=-2).reshape(*stack, groups, *tail)


def mean_value(patterns: Patterns, seen: Seen) -> Array:
    """Return minus twice the mean log-likelihood of the rows, without its constant, `(...)`.

    Notes
    -----
    Arbuckle (1996), eq. 2, by patterns: `sum n_b [log|sigma_b| + tr(S_b sigma_b^-1) + d_b' sigma_b^-1 d_b] / n`.
    """
    share = patterns.share
    return np.asarray((share * np.where(share > 0, seen.value, 0.0)).sum(axis=-1))


def information_of_moments(seen: Seen, share: Array, *, means: bool, exact: bool) -> Array:
    """Compute the information on unrestricted moments, as a weighted sum over patterns.

    Parameters
    ----------
    seen
        What `B` patterns make of the moments.
    share
        `(..., B)`: how much each counts.
    means
        Whether means are among the moments.
    exact
        Whether the observed information is wanted; the expected one otherwise, given which answers are missing.

    Returns
    -------
    Array
        `(..., m, m)`: means first, then the lower triangle row by row.

    Notes
    -----
    By differentiating the normal log-density twice (Savalei, 2010, eq. 8): with `Q = W (S + dd') W`, covariances have
    `tr(V W V W) / 2` along V expected and `tr(V W V Q) - tr(V W V W) / 2` observed, means W, and between means and
    covariances stands `W_ai (Wd)_j`.
    """
    other = 2 * seen.tilted - seen.inverse if exact else seen.inverse
    among = among_covariances(share, seen.inverse, other)
    if not means:
        return among
    p = seen.pulled.shape[-1]
    whole = np.zeros((*among.shape[:-2], p + among.shape[-1], p + among.shape[-1]))
    whole[..., :p, :p] = weighted_inverse(share, seen)
    whole[..., p:, p:] = among
    if exact:
        across = between_means(share, seen)
        whole[..., :p, p:] = across
        whole[..., p:, :p] = across.mT
    return whole


def among_covariances(share: Array, first: Array, second: Array) -> Array:
    """Return the matrix of the quadratic form `sum_b share_b tr(V F_b V H_b) / 2` in the lower triangle of V.

    Parameters
    ----------
    share
        `(..., B)`.
    first, second
        F and H, `(..., B, p, p)` symmetric.

    Returns
    -------
    Array
        `(..., m, m)`: `P[ik, jl] + P[il, jk]` of the cells ij and kl, halved for each variance, with P the sum of
        `F (x) H + H (x) F`, halved.
    """
    p = first.shape[-1]
    i, j = lower_triangle(p)
    flat = i * p + j
    left, right = (one.reshape(*one.shape[:-2], p * p).take(flat, axis=-1) for one in (first, second))
    product = (left * share[..., None]).mT @ right
    product = symmetric(product).reshape(*share.shape[:-1], -1)
    found = np.empty((*share.shape[:-1], flat.size, flat.size))
    step = max(1, _BLOCK // flat.size)
    for start in range(0, flat.size, step):
        near, far, half = _places(p, start, start + step)
        found[..., start : start + step, :] = (product.take(near, axis=-1) + product.take(far, axis=-1)) * half
    return found


@lru_cache(maxsize=2)
def _places(p: int, start: int, stop: int) -> tuple[Indices, Indices, Array]:
    """Return where `P[ik, jl]` and `P[il, jk]` stand among all products of cells, and their factors, for some rows."""
    i, j = lower_triangle(p)
    at = np.empty((p, p), dtype=np.intp)
    at[i, j] = at[j, i] = np.arange(i.size)
    a, b, half = i[start:stop, None], j[start:stop, None], np.where(i == j, 0.5, 1.0)
    return at[a, i] * i.size + at[b, j], at[a, j] * i.size + at[b, i], half[start:stop, None] * half


def weighted_inverse(share: Array, seen: Seen) -> Array:
    """Return `sum_b share_b W_b`, `(..., p, p)`: the information on the means."""
    p = seen.pulled.shape[-1]
    flat = seen.inverse.reshape(*share.shape, p * p)
    return (share[..., None, :] @ flat).reshape(*share.shape[:-1], p, p)


def between_means(share: Array, seen: Seen) -> Array:
    """Return `sum_b share_b W_b[a, i] (W_b d_b)[j]` in both orders of i and j, `(..., p, m)`; half for a variance."""
    p, stack = seen.pulled.shape[-1], share.shape[:-1]
    flat = seen.inverse.reshape(*share.shape, p * p)
    product = (flat.mT @ (share[..., None] * seen.pulled)).reshape(*stack, p, p, p)
    i, j = lower_triangle(p)
    return np.asarray((product[..., i, j] + product[..., j, i]) * np.where(i == j, 0.5, 1.0))
