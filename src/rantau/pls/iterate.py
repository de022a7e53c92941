"""The weight loop of PLS, on a stack of correlation matrices.

A single fit is a stack of one. Scores are never formed: all that the loop needs of them are their
correlations, which follow from the items' correlations and the weights.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.pls.rows import InnerScheme, OuterMode
from rantau.record import Record


class Weights(Record):
    """Where the loop ended.

    Attributes
    ----------
    weights
        `(draws, p)`; the score of each block has unit variance.
    iterations
        `(draws,)`.
    converged
        `(draws,)`: whether no weight moved by more than the tolerance in the last iteration.
    """

    weights: Array
    iterations: Indices
    converged: Mask


def spread(weights: Array, owner: Indices, n_constructs: int) -> Array:
    """Write weights `(draws, p)` as matrices `(draws, p, J)`, zero outside each item's own block."""
    matrix = np.zeros((*weights.shape, n_constructs))
    matrix[:, np.arange(owner.size), owner] = weights
    return matrix


def unit_variance(weights: Array, correlation: Array, blocks: tuple[slice, ...]) -> Array:
    """Scale weights `(draws, p)` by block, so that each score has variance 1 (w'Rw = 1)."""
    scaled = np.empty_like(weights)
    for block in blocks:
        own = weights[:, block]
        variance = np.einsum("di,dij,dj->d", own, correlation[:, block, block], own)
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled[:, block] = own / np.sqrt(variance)[:, None]
    return scaled


def iterate(
    correlation: Array,
    *,
    owner: Indices,
    paths: Mask,
    blocks: tuple[slice, ...],
    scheme: InnerScheme,
    modes: tuple[OuterMode, ...],
    tolerance: float,
    max_iterations: int,
) -> Weights:
    """Find the outer weights of every member of a stack.

    All weights begin at 1. One iteration forms the inner proxies from the current scores, and from the
    items' correlations with them the next weights of all blocks at once. It ends when no weight changes by
    more than the tolerance; members that have ended leave the stack.

    Parameters
    ----------
    correlation
        Of the items, `(draws, p, p)`.
    owner
        The construct of each item, `(p,)`, ascending.
    paths
        `(J, J)`, true at `[outcome, predictor]`.
    blocks
        The items of each construct, as slices of 0..p.
    scheme
        How inner proxies are formed.
    modes
        How items are weighted, one per construct.
    tolerance
        On the largest absolute change of an outer weight.
    max_iterations
        Where to give up.

    Returns
    -------
    Weights
        Signs are as they come; `aligned_signs` sets them.

    Source: Lohmöller (1989), Latent Variable Path Modeling with Partial Least Squares.
    """
    draws, n_items, _ = correlation.shape
    weights = unit_variance(np.ones((draws, n_items)), correlation, blocks)
    iterations = np.full(draws, max_iterations)
    converged = np.zeros(draws, dtype=bool)
    prepared = [mode.prepare(correlation[:, block, block]) for mode, block in zip(modes, blocks, strict=True)]

    active = np.arange(draws)
    rest, current = correlation, weights
    for iteration in range(1, max_iterations + 1):
        outer = spread(current, owner, len(blocks))
        cross = rest @ outer
        inner = scheme.weights(outer.transpose(0, 2, 1) @ cross, paths)
        towards = np.einsum("dpj,djp->dp", cross, inner[:, :, owner])
        following = np.empty_like(current)
        for mode, block, ready in zip(modes, blocks, prepared, strict=True):
            following[:, block] = mode.weights(ready, towards[:, block])
        following = unit_variance(following, rest, blocks)

        change = np.abs(following - current).max(axis=1)
        weights[active], iterations[active] = following, iteration
        converged[active] = change < tolerance
        # A NaN never comes back: such a member leaves as not converged.
        going = change >= tolerance
        if not going.any():
            break
        current = following
        if not going.all():
            active, rest, current = active[going], rest[going], current[going]
            prepared = [ready[going] for ready in prepared]
    return Weights(weights, iterations, converged)


def aligned_signs(weights: Array, correlation: Array, blocks: tuple[slice, ...], towards: Array) -> Array:
    """Turn each construct so that its loadings go with given ones.

    The direction of a score is arbitrary. In a sample it points where most of its items point: `towards` is then all
    ones, and the loadings sum to more than zero. A bootstrap draw points where the sample does: `towards` are the
    sample's loadings. Judging each draw by itself would turn some draws over where a block's items nearly balance.

    Parameters
    ----------
    weights
        `(draws, p)`.
    correlation
        `(draws, p, p)`.
    blocks
        The items of each construct.
    towards
        `(p,)`.

    Returns
    -------
    Array
        The weights, `(draws, p)`, with the sign of whole blocks changed where needed.

    Source: Tenenhaus, Esposito Vinzi, Chatelin and Lauro (2005), construct-level sign changes.
    """
    turned = weights.copy()
    for block in blocks:
        sums = np.einsum("i,dij,dj->d", towards[block], correlation[:, block, block], weights[:, block])
        turned[:, block] *= np.where(sums < 0, -1.0, 1.0)[:, None]
    return turned
