"""Consistent PLS: composites corrected for the unreliability of their items.

Source: Dijkstra and Henseler (2015), Consistent Partial Least Squares Path Modeling, MIS Quarterly 39(2).
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask


def rho_a(weights: Array, blocks: tuple[slice, ...]) -> Array:
    """Return the reliability of the scores of blocks that were weighted by mode A.

    Parameters
    ----------
    weights
        `(p, draws)`, with w'Rw = 1 in each block, where R are the correlations of its items.
    blocks
        The items of each construct, as slices of 0..p.

    Returns
    -------
    Array
        `(J, draws)`; not finite for a single item. It may leave the interval from 0 to 1, which says that the block
        does not measure one thing.

    Source: Dijkstra and Henseler (2015): (w'w)² w'(R - diag R)w / w'(ww' - diag ww')w, whose w'Rw is 1 and diag R the
    identity.
    """
    starts = [block.start for block in blocks]
    squares = weights**2
    length = np.add.reduceat(squares, starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = length**2 * (1 - length) / (length**2 - np.add.reduceat(squares**2, starts))
    return found


def consistent_loadings(weights: Array, reliability: Array) -> Array:
    """Return the loadings of a common factor whose mode A weights are given.

    Parameters
    ----------
    weights
        Of the block, `(draws, k)`.
    reliability
        Its rho_A, `(draws,)`.

    Returns
    -------
    Array
        `(draws, k)`; NaN where rho_A is negative.

    Source: Dijkstra and Henseler (2015): w sqrt(rho_A) / (w'w).
    """
    with np.errstate(invalid="ignore"):
        found: Array = weights * (np.sqrt(reliability) / (weights**2).sum(axis=1))[:, None]
        return found


def disattenuated(proxies: Array, reliability: Array, corrected: Mask) -> Array:
    """Return the correlations of constructs, corrected for the unreliability of those that are factors.

    Parameters
    ----------
    proxies
        The correlations of the scores, `(draws, J, J)`.
    reliability
        rho_A, `(draws, J)`.
    corrected
        Which constructs are factors, `(J,)`; the others count as measured without error.

    Returns
    -------
    Array
        `(draws, J, J)`, with 1 on the diagonal; NaN where rho_A is negative.

    Source: Dijkstra and Henseler (2015): r_ij / sqrt(rho_i rho_j).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(corrected, 1 / np.sqrt(reliability), 1.0)
    constructs = proxies * factor[:, :, None] * factor[:, None, :]
    diagonal = np.arange(proxies.shape[-1])
    constructs[:, diagonal, diagonal] = 1.0
    return constructs
