"""The weight loop of PLS, on a stack of correlation matrices.

Scores are never formed: all that the loop needs of them are their correlations, which follow from the items'
correlations and the weights. In here the draws come last, `(p, p, draws)`, so that each step is one pass over all of
them, and only the items of a construct's own block enter its score. A single fit is a stack of one; there calls cost
more than arithmetic, so `_alone` takes the same steps with whole matrices.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.pls.network import Network
from rantau.pls.rows import InnerScheme, OuterMode

#: Up to this many items, a single fit multiplies whole matrices.
_WHOLE = 200
#: The stack is rid of members that have ended when no more than this share still goes on.
_THINNED = 0.7


class Weights(NamedTuple):
    """Where the loop ended."""

    weights: Array  # (p, draws); the score of each block has unit variance
    iterations: Indices  # (draws,)
    converged: Mask  # (draws,) whether no weight moved by more than the tolerance in the last iteration


def spread(weights: Array, owner: Indices, n_constructs: int) -> Array:
    """Write weights `(draws, p)` as matrices `(draws, p, J)`, zero outside each item's own block."""
    matrix = np.zeros((*weights.shape, n_constructs))
    matrix[:, np.arange(owner.size), owner] = weights
    return matrix


def items_with_scores(correlation: Array, weights: Array, blocks: tuple[slice, ...]) -> Array:
    """Compute the covariances of items with weighted sums of blocks.

    Parameters
    ----------
    correlation
        `(p, p, draws)`.
    weights
        `(p, draws)`.
    blocks
        The items of each construct.

    Returns
    -------
    Array
        `(J, p, draws)`.
    """
    found = np.empty((len(blocks), *weights.shape))
    for place, block in enumerate(blocks):
        np.einsum("qpd,qd->pd", correlation[block], weights[block], out=found[place])
    return found


def among_scores(weights: Array, cross: Array, blocks: tuple[slice, ...]) -> Array:
    """Compute the covariances of weighted sums, `(J, J, draws)`, from what `items_with_scores` gave."""
    found = np.empty((len(blocks), len(blocks), weights.shape[1]))
    for place, block in enumerate(blocks):
        np.einsum("jqd,qd->jd", cross[:, block], weights[block], out=found[:, place])
    return found


def covariances_of_scores(
    correlation: Array, weights: Array, blocks: tuple[slice, ...], owner: Indices
) -> tuple[Array, Array]:
    """Compute the covariances of items with weighted sums of blocks, `(J, p, draws)`, and among these sums."""
    if _is_alone(correlation):
        outer = spread(weights.T, owner, len(blocks))[0]
        cross = correlation[..., 0] @ outer
        return cross.T.copy()[..., None], (outer.T @ cross)[..., None]
    cross = items_with_scores(correlation, weights, blocks)
    return cross, among_scores(weights, cross, blocks)


def _is_alone(correlation: Array) -> bool:
    return correlation.shape[-1] == 1 and len(correlation) <= _WHOLE


def iterate(
    correlation: Array,
    *,
    owner: Indices,
    network: Network,
    blocks: tuple[slice, ...],
    scheme: InnerScheme,
    modes: tuple[OuterMode, ...],
    matrices: tuple[Array | None, ...],
    tolerance: float,
    max_iterations: int,
) -> Weights:
    """Find the outer weights of every member of a stack.

    All weights begin at 1. One iteration forms the inner proxies from the current scores, and from the
    items' correlations with them the next weights of all blocks at once. It ends when no weight changes by
    more than the tolerance; members that have ended keep what they then had.

    Parameters
    ----------
    correlation
        Of the items, `(p, p, draws)`.
    owner
        The construct of each item, `(p,)`, ascending.
    network
        The paths.
    blocks
        The items of each construct, as slices of 0..p.
    scheme
        How inner proxies are formed.
    modes
        How items are weighted, one per construct.
    matrices
        What each mode makes of its block, `(k, k, draws)` or None.
    tolerance
        On the largest absolute change of an outer weight.
    max_iterations
        Where to give up.

    Returns
    -------
    Weights
        Signs are as they come; `turns` sets them.

    Source: Lohmöller (1989), Latent Variable Path Modeling with Partial Least Squares.
    """
    fixed = tuple(block for mode, block in zip(modes, blocks, strict=True) if not mode.follows)
    prepared = [(block, matrix) for block, matrix in zip(blocks, matrices, strict=True) if matrix is not None]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if _is_alone(correlation):
            return _alone(correlation[..., 0], owner, network, scheme, fixed, prepared, tolerance, max_iterations)
        return _together(correlation, owner, blocks, network, scheme, fixed, prepared, tolerance, max_iterations)


def _together(
    correlation: Array,
    owner: Indices,
    blocks: tuple[slice, ...],
    network: Network,
    scheme: InnerScheme,
    fixed: tuple[slice, ...],
    prepared: list[tuple[slice, Array]],
    tolerance: float,
    max_iterations: int,
) -> Weights:
    count, draws = len(correlation), correlation.shape[-1]
    found = Weights(np.empty((count, draws)), np.full(draws, max_iterations), np.zeros(draws, dtype=bool))
    active, live = np.arange(draws), np.ones(draws, dtype=bool)
    rest, current, before = correlation, np.ones((count, draws)), np.zeros((count, draws))
    for iteration in range(max_iterations + 1):
        cross = items_with_scores(rest, current, blocks)
        among = among_scores(current, cross, blocks)
        length = 1 / np.sqrt(np.diagonal(among).T)
        scaled = current * length[owner]
        change = np.abs(scaled - before).max(axis=0)
        # A NaN never comes back: such a member leaves as not converged.
        ended = live & ~(change >= tolerance) if iteration else np.zeros_like(live)
        if iteration == max_iterations:
            ended = live
        if ended.any():
            which = active[ended]
            found.weights[:, which], found.iterations[which] = scaled[:, ended], iteration
            found.converged[which] = change[ended] < tolerance
            live = live & ~ended
            if not live.any():
                break
        among *= length
        among *= length[:, None]
        inner = scheme.weights(among, network) * length
        before, current = scaled, np.empty_like(scaled)
        for place, (block, span) in enumerate(zip(blocks, network.spans, strict=True)):
            np.einsum("jpd,jd->pd", cross[span, block], inner[place, span], out=current[block])
        for block, matrix in prepared:
            current[block] = np.einsum("pqd,qd->pd", matrix, current[block])
        for block in fixed:
            current[block] = scaled[block]
        if live.mean() <= _THINNED:
            stay = np.flatnonzero(live)
            active, live = active[stay], live[stay]
            rest, current, before = (array.take(stay, axis=-1) for array in (rest, current, before))
            prepared = [(block, matrix.take(stay, axis=-1)) for block, matrix in prepared]
    return found


def _alone(
    correlation: Array,
    owner: Indices,
    network: Network,
    scheme: InnerScheme,
    fixed: tuple[slice, ...],
    prepared: list[tuple[slice, Array]],
    tolerance: float,
    max_iterations: int,
) -> Weights:
    """Take the same steps with weights as a matrix `(p, J)`, zero outside each item's own block."""
    rows = np.arange(owner.size)
    own = np.zeros((owner.size, len(network.paths)))
    own[rows, owner] = 1.0
    regress: Array | None = None
    if prepared:
        regress = np.eye(owner.size)
        for block, matrix in prepared:
            regress[block, block] = matrix[..., 0]
    current, before, change = own, own, np.inf
    for iteration in range(max_iterations + 1):
        cross = correlation @ current
        among = current.T @ cross
        length = 1 / np.sqrt(among.diagonal())
        scaled = current * length
        if iteration:
            change = np.maximum.reduce(np.abs(scaled - before), axis=None)
            if iteration == max_iterations or not change >= tolerance:
                break
        among *= length
        among *= length[:, None]
        inner = scheme.weights(among[..., None], network)[..., 0] * length
        current = cross @ inner.T
        if regress is not None:
            current = regress @ current
        current *= own
        for block in fixed:
            current[block] = scaled[block]
        before = scaled
    return Weights(scaled[rows, owner][:, None], np.array([iteration]), np.array([change < tolerance]))


def turns(loadings: Array, blocks: tuple[slice, ...], towards: Array | None = None) -> Array:
    """Say which constructs must be turned so that their loadings go with given ones.

    The direction of a score is arbitrary. In a sample it points where most of its items point: the loadings sum to
    more than zero. A bootstrap draw points where the sample does: `towards` are the sample's loadings. Judging each
    draw by itself would turn some draws over where a block's items nearly balance.

    Parameters
    ----------
    loadings
        Correlations of items with their own scores, `(p, draws)`.
    blocks
        The items of each construct.
    towards
        `(p,)`; all 1 unless given.

    Returns
    -------
    Array
        1 or -1, `(J, draws)`.

    Source: Tenenhaus, Esposito Vinzi, Chatelin and Lauro (2005), construct-level sign changes.
    """
    along = loadings if towards is None else loadings * towards[:, None]
    sums = np.add.reduceat(along, [block.start for block in blocks])
    return np.where(sums < 0, -1.0, 1.0)
