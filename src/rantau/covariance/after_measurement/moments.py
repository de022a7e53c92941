"""The moments of constructs, and of their products, that a measurement model makes of the moments of items."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, diagonal, symmetric
from rantau.covariance.cells import DIRECTED, UNDIRECTED
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout, cell_values
from rantau.moments.grouped import GroupMoments, row_shares
from rantau.moments.sample import Sample
from rantau.record import Record

#: How many numbers the rows of a stack may hold at once (64 MB).
_STACK = 8_000_000


class Measured(Record):
    """One measurement block.

    Attributes
    ----------
    layout
        The model of the block, in the units of the data.
    items
        `(p_b,)` where its items stand among the observed variables.
    constructs
        `(k_b,)` where its constructs stand among the variables of the structural part.
    """

    layout: Layout
    items: Indices
    constructs: Indices


class Route(Record):
    """How one gets from observed variables to those of the structural part.

    Attributes
    ----------
    blocks
        The measurement blocks.
    observed
        `(k,)` where the variables without measurement error stand among the observed variables.
    places
        `(k,)` and among those of the structural part.
    products
        `(q, 3)`: where each product stands among these, and its two parts.
    size
        How many variables the structural part has.
    means
        Whether means are modelled.
    """

    blocks: tuple[Measured, ...]
    observed: Indices
    places: Indices
    products: Indices
    size: int
    means: bool


class LatentMoments(Record):
    """Moments of the variables of the structural part, and what they were computed from.

    Attributes
    ----------
    covariance, mean
        `(..., G, m, m)` and `(..., G, m)`.
    raw
        `(..., G, m, m)`: the covariances before measurement error is taken off.
    error
        `(..., G, m, m)`: that error.
    share
        `(..., G)`: how much of it was taken off; 1 unless what is left would have no inverse.
    mapping
        `(..., G, m, p)`: the weights that make scores of observed variables; 0 in the rows of products.
    """

    covariance: Array
    mean: Array
    raw: Array
    error: Array
    share: Array
    mapping: Array


def latent_moments(
    route: Route,
    thetas: tuple[Array, ...],
    moments: GroupMoments,
    sample: Sample | None = None,
    *,
    counts: Array | None = None,
    centre: Array | None = None,
) -> LatentMoments:
    """Compute the moments of constructs by local structural-after-measurement.

    Parameters
    ----------
    route
        From items to constructs.
    thetas
        `(..., n_free)` for each block: its estimates.
    moments
        `(..., G, p, p)` and `(..., G, p)` of the observed variables; a stack of as many as `thetas`, or one for all.
    sample
        `(n, p)` rows without gaps; needed where there are products.
    counts
        `(draws, n)` how often each row is taken; once unless given.
    centre
        `(..., G, p)` what rows are centred at for products; the means unless given.

    Returns
    -------
    LatentMoments
        With the axes of the stack in front.

    Notes
    -----
    Rosseel & Loh (2022): with the mapping `M = (L'T^-1 L)^-1 L'T^-1` of Bartlett's scores, `M S M' - M T M'`
    estimates the covariances of constructs and `M (m - nu)` their means; L and T the loadings and residual
    covariances, computed block by block. `T^-1` may be replaced by the inverse of the implied covariances, which is
    there also where a residual variance is nought.

    Products: the moments of scores and of their products, less what errors add to them, the errors being normal and
    independent of the constructs (Wall & Amemiya, 2000; Rosseel, Burghgraeve, Loh & Schermelleh-Engel, 2025). With
    scores `f + e`, constructs centred in each group, `P = E ff'` and `O = E ee'`, errors add to the covariance of
    `f_j f_k` and `f_l f_m`: `P_jl O_km + P_jm O_kl + P_kl O_jm + P_km O_jl + O_jl O_km + O_jm O_kl`, and nothing to
    that of `f_j f_k` with `f_l`.

    Where what is left would not be positive definite by a margin, less is taken off, after Fuller (1987): with r the
    smallest root of `|MSM' - r MTM'|`, the share `r - 1 / (n - 1)` if `r < 1 + 1 / (n - 1)`.
    """
    mapping, error, origin = _mapping(route, thetas, moments)
    scores = mapping @ moments.covariance @ mapping.mT
    raw = scores
    if route.products.size and sample is not None:
        centre = moments.mean if centre is None else centre
        raw = _with_products(route, mapping, sample, counts, centre)
        error = error_of_products(route, scores - error, error)
    share = _share(raw, error, moments.n)
    mean = np.zeros(raw.shape[:-1])
    if route.means:
        mean = (mapping @ (moments.mean - origin)[..., None])[..., 0]
    covariance = raw - share[..., None, None] * error
    covariance = symmetric(covariance)
    return LatentMoments(covariance, mean, raw, error, share, mapping)


def _mapping(route: Route, thetas: tuple[Array, ...], moments: GroupMoments) -> tuple[Array, Array, Array]:
    """Return the mapping `(..., G, m, p)`, the covariances of errors `(..., G, m, m)`, intercepts `(..., G, p)`."""
    stack = np.broadcast_shapes(moments.mean.shape[:-2], *(theta.shape[:-1] for theta in thetas))
    groups, p = moments.mean.shape[-2:]
    mapping = np.zeros((*stack, groups, route.size, p))
    error = np.zeros((*stack, groups, route.size, route.size))
    origin = np.zeros((*stack, groups, p))
    mapping[..., route.places, route.observed] = 1.0
    for block, theta in zip(route.blocks, thetas, strict=True):
        weights, spread, intercepts = _scores_of(block.layout, theta)
        mapping[..., block.constructs[:, None], block.items] = weights
        error[..., block.constructs[:, None], block.constructs] = spread
        origin[..., block.items] = intercepts
    return mapping, error, origin


def _scores_of(layout: Layout, theta: Array) -> tuple[Array, Array, Array]:
    """Return the weights of Bartlett's scores, the covariances of their errors, and the intercepts of a block."""
    p, cells, implied = layout.n_observed, cell_values(layout, theta), imply(layout, theta)
    stack, k = cells.shape[:-1], len(layout.variables) - layout.n_observed
    loadings, residual = np.zeros((*stack, p, k)), np.zeros((*stack, p, p))
    of_items = np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row < p) & (layout.column < p))
    row, column = layout.row[of_items], layout.column[of_items]
    residual[..., row, column] = residual[..., column, row] = cells[..., of_items]
    arrows = np.flatnonzero(layout.kind == DIRECTED)
    loadings[..., layout.row[arrows], layout.column[arrows] - p] = cells[..., arrows]
    deviation = np.sqrt(diagonal(implied.sigma))
    unit = deviation[..., :, None] * deviation[..., None, :]
    inverse = np.linalg.inv(implied.sigma / unit) / unit
    pulled = loadings.mT @ inverse
    weights = np.linalg.solve(pulled @ loadings, pulled)
    intercepts = np.zeros((*stack, p))
    if layout.mean_structure:
        latent = implied.mean[..., p:, None]
        intercepts = implied.mu - (loadings @ latent)[..., 0]
    return weights, weights @ residual @ weights.mT, intercepts


def score_rows(route: Route, mapping: Array, rows: Array) -> Array:
    """Return scores with their products.

    Parameters
    ----------
    route
        Which products there are.
    mapping
        `(..., m, p)`.
    rows
        `(n, p)`, or `(..., n, p)`, centred.

    Returns
    -------
    Array
        `(..., n, m)`.
    """
    found = np.asarray(rows @ mapping.mT)
    if route.products.size:
        place, left, right = route.products.T
        found[..., place] = found[..., left] * found[..., right]
    return found


def _with_products(route: Route, mapping: Array, sample: Sample, counts: Array | None, centre: Array) -> Array:
    """Return the covariances of scores and their products, `(..., G, m, m)`."""
    stack, groups = mapping.shape[:-3], mapping.shape[-3]
    mapping = mapping.reshape(-1, *mapping.shape[-3:])
    draws = mapping.shape[0]
    shares = np.broadcast_to(row_shares(sample, counts), (draws, sample.n_obs))
    centre = np.broadcast_to(centre, (*stack, *centre.shape[-2:])).reshape(draws, *centre.shape[-2:])
    found = np.empty((draws, groups, route.size, route.size))
    step = max(1, _STACK // (sample.n_obs * route.size))
    for group in range(groups):
        members = np.flatnonzero(sample.membership == group)
        rows = sample.values[members]
        for start in range(0, draws, step):
            part = slice(start, start + step)
            scores = score_rows(route, mapping[part, group], rows - centre[part, group, None])
            weight = shares[part][:, members, None]
            total = weight.sum(axis=1, keepdims=True)
            scores = scores - (weight * scores).sum(axis=1, keepdims=True) / total
            found[part, group] = (scores * weight / total).mT @ scores
    return found.reshape(*stack, groups, route.size, route.size)


def error_of_products(route: Route, latent: Array, error: Array) -> Array:
    """Add to the covariances of errors what errors add to those of products.

    Parameters
    ----------
    route
        Which products there are.
    latent
        `(..., m, m)`: the covariances of constructs and of observed variables, P.
    error
        `(..., m, m)`: those of their errors, O.

    Returns
    -------
    Array
        `(..., m, m)`; see `latent_moments`.
    """
    found = np.array(np.broadcast_to(error, np.broadcast_shapes(latent.shape, error.shape)))
    for one, j, k in route.products:
        for other, x, y in route.products:
            found[..., one, other] = (
                latent[..., j, x] * error[..., k, y] + latent[..., j, y] * error[..., k, x]
                + latent[..., k, x] * error[..., j, y] + latent[..., k, y] * error[..., j, x]
                + error[..., j, x] * error[..., k, y] + error[..., j, y] * error[..., k, x]
            )  # fmt: skip
    return found


def _share(raw: Array, error: Array, n_obs: Array) -> Array:
    """Return how much of the error can be taken off, `(..., G)`."""
    deviation = np.sqrt(diagonal(raw))
    unit = deviation[..., :, None] * deviation[..., None, :]
    root = np.linalg.inv(np.linalg.cholesky(raw / unit))
    largest = np.linalg.eigvalsh(root @ (error / unit) @ root.mT)[..., -1]
    with np.errstate(divide="ignore"):
        smallest = np.where(largest > 0, 1 / np.maximum(largest, 1e-300), np.inf)
    margin = 1 / (n_obs - 1)
    return np.asarray(np.where(smallest < 1 + margin, np.maximum(smallest - margin, 0.0), 1.0))
