"""Reliability and validity of blocks of items, as closed forms on a stack."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.pls.regression import inflation


def alpha(block: Array) -> Array:
    """Return Cronbach's alpha of standardised items.

    Parameters
    ----------
    block
        Correlations of the items, `(draws, k, k)`.

    Returns
    -------
    Array
        `(draws,)`; 1 for a single item, by assumption.

    Source: Cronbach (1951), on standardised items.
    """
    k = block.shape[-1]
    if k == 1:
        return np.ones(block.shape[0])
    total = block.sum(axis=(1, 2))
    trace = np.trace(block, axis1=1, axis2=2)
    found: Array = k / (k - 1) * (1 - trace / total)
    return found


def rho_c(loadings: Array) -> Array:
    """Return composite reliability from the loadings of a block `(draws, k)`.

    Source: Werts, Linn and Jöreskog (1974), with error variances 1 - loading².
    """
    common = loadings.sum(axis=1) ** 2
    found: Array = common / (common + (1 - loadings**2).sum(axis=1))
    return found


def average_variance_extracted(loadings: Array) -> Array:
    """Return the mean squared loading of a block `(draws, k)`.

    Source: Fornell and Larcker (1981).
    """
    found: Array = (loadings**2).mean(axis=1)
    return found


def htmt(correlation: Array, blocks: tuple[slice, ...]) -> Array:
    """Return the heterotrait-monotrait ratios of all pairs of blocks.

    The mean absolute correlation of items across two blocks over the geometric mean of the mean absolute
    correlations within each; within a single item it is 1. Absolute values keep a reversed item from
    hiding an overlap.

    Parameters
    ----------
    correlation
        `(draws, p, p)`.
    blocks
        The items of each construct.

    Returns
    -------
    Array
        `(draws, J, J)`, symmetric, NaN on the diagonal.

    Source: Henseler, Ringle and Sarstedt (2015); absolute values as in Ringle, Sarstedt,
    Sinkovics and Sinkovics (2023), HTMT+.
    """
    size = np.abs(correlation)
    starts = [block.start for block in blocks]
    sums = np.add.reduceat(np.add.reduceat(size, starts, axis=1), starts, axis=2)
    k = np.array([block.stop - block.start for block in blocks])
    means = sums / np.outer(k, k)
    diagonal = np.arange(len(blocks))
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.where(k > 1, (sums[:, diagonal, diagonal] - k) / (k * (k - 1)), 1.0)
        ratios = means / np.sqrt(within[:, :, None] * within[:, None, :])
    ratios[:, diagonal, diagonal] = np.nan
    found: Array = ratios
    return found


def item_inflation(correlation: Array, blocks: tuple[slice, ...]) -> Array:
    """Return the variance inflation factor of each item within its block, `(draws, p)`."""
    return np.concatenate([inflation(correlation[:, block, block]) for block in blocks], axis=1)
