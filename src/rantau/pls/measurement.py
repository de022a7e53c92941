"""Reliability and validity of blocks of items, as closed forms on a stack."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rantau.arrays import Array
from rantau.pls.regression import inflation


def communality(loadings: Array) -> Array:
    """Return the share of each item's variance that its construct explains: the squared loading, `(draws, p)`.

    Source: Tenenhaus, Esposito Vinzi, Chatelin and Lauro (2005), PLS path modeling, on the communality index.
    """
    found: Array = loadings**2
    return found


def alpha(block: Array) -> Array:
    """Return Cronbach's alpha of standardised items: k/(k - 1) (1 - k / 1'S1).

    Parameters
    ----------
    block
        Correlations S of the items, `(draws, k, k)`.

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
    with np.errstate(divide="ignore"):
        found: Array = k / (k - 1) * (1 - trace / total)
    return found


def alpha_weighted(weights: Array, block: Array) -> Array:
    """Return the reliability of the score of a block by weights w, its items taken for equally good measures.

    With r the mean correlation among the items, all have the loading sqrt(r), and the score has the reliability
    r (1'w)² / w'Sw. Equal weights give alpha.

    Parameters
    ----------
    weights
        `(draws, k)`.
    block
        Correlations S of the items, `(draws, k, k)`.

    Returns
    -------
    Array
        `(draws,)`; 1 for a single item, by assumption.

    Source: Jöreskog (1971), the tau-equivalent model; cSEM's `RhoT_weighted`.
    """
    k = block.shape[-1]
    if k == 1:
        return np.ones(block.shape[0])
    mean = (block.sum(axis=(1, 2)) - np.trace(block, axis1=1, axis2=2)) / (k * (k - 1))
    found: Array = mean * weights.sum(axis=1) ** 2 / np.einsum("di,dij,dj->d", weights, block, weights)
    return found


def rho_c(loadings: Array) -> Array:
    """Return composite reliability from the loadings of a block `(draws, k)`: (1'l)² / ((1'l)² + sum(1 - l²)).

    Source: Werts, Linn and Jöreskog (1974), with error variances 1 - loading²; cSEM's `RhoC`.
    """
    common = loadings.sum(axis=1) ** 2
    found: Array = common / (common + (1 - loadings**2).sum(axis=1))
    return found


def rho_c_observed(loadings: Array, block: Array) -> Array:
    """Return composite reliability over the variance that the sum of the items has in the data: (1'l)² / 1'S1.

    Parameters
    ----------
    loadings
        `(draws, k)`.
    block
        Correlations S of the items, `(draws, k, k)`.

    Returns
    -------
    Array
        `(draws,)`. The loadings of plain PLS are correlations with the score, for which it is close to 1 by
        construction: judge by it under `consistent=True` only.

    Source: Jöreskog (1971); cSEM's `RhoC_mm`.
    """
    found: Array = loadings.sum(axis=1) ** 2 / block.sum(axis=(1, 2))
    return found


def rho_c_weighted(weights: Array, loadings: Array, block: Array) -> Array:
    """Return the reliability of the score itself over the variance it has in the data: (w'l)² / w'Sw.

    Parameters
    ----------
    weights, loadings
        `(draws, k)`.
    block
        Correlations S of the items, `(draws, k, k)`.

    Returns
    -------
    Array
        `(draws,)`; 1 by construction in plain PLS, where l = Sw, and rho_A of factors under `consistent=True`.

    Source: Jöreskog (1971); Dijkstra and Henseler (2015); cSEM's `RhoC_weighted`.
    """
    common = (weights * loadings).sum(axis=1) ** 2
    found: Array = common / np.einsum("di,dij,dj->d", weights, block, weights)
    return found


def rho_c_weighted_implied(weights: Array, loadings: Array) -> Array:
    """Return the reliability of the score itself over the variance that the loadings imply.

    That is (w'l)² / ((w'l)² + sum(w² (1 - l²))), the composite reliability of a weighted sum.

    Parameters
    ----------
    weights, loadings
        `(draws, k)`.

    Returns
    -------
    Array
        `(draws,)`.

    Source: Werts, Linn and Jöreskog (1974), of a weighted sum; cSEM's `RhoC_weighted_mm`.
    """
    common = (weights * loadings).sum(axis=1) ** 2
    found: Array = common / (common + (weights**2 * (1 - loadings**2)).sum(axis=1))
    return found


def average_variance_extracted(loadings: Array) -> Array:
    """Return the mean squared loading of a block `(draws, k)`.

    Source: Fornell and Larcker (1981), on standardised items.
    """
    found: Array = (loadings**2).mean(axis=1)
    return found


def htmt(correlation: Array, blocks: tuple[slice, ...], *, signed: bool = False) -> Array:
    """Return the heterotrait-monotrait ratios of all pairs of blocks.

    The mean correlation of items across two blocks over the geometric mean of the mean correlations within each;
    within a single item it is 1. Absolute values, unless `signed`, keep a reversed item from hiding an overlap.

    Parameters
    ----------
    correlation
        `(draws, p, p)`.
    blocks
        The items of each construct.
    signed
        Whether correlations keep their signs, as the ratio was first proposed.

    Returns
    -------
    Array
        `(draws, J, J)`, symmetric, NaN on the diagonal, and where a block's items correlate negatively on average.

    Source: Henseler, Ringle and Sarstedt (2015), equation 6; absolute values as in Ringle, Sarstedt,
    Sinkovics and Sinkovics (2023), HTMT+.
    """
    k = np.array([block.stop - block.start for block in blocks])
    sums = _by_blocks(correlation, blocks, np.positive if signed else np.abs)
    diagonal = np.arange(len(blocks))
    with np.errstate(invalid="ignore", divide="ignore"):
        within = np.where(k > 1, (sums[:, diagonal, diagonal] - k) / (k * (k - 1)), 1.0)
        within = np.where(within > 0, within, np.nan)
        ratios = sums / np.outer(k, k) / np.sqrt(within[:, :, None] * within[:, None, :])
    ratios[:, diagonal, diagonal] = np.nan
    found: Array = ratios
    return found


def htmt2(correlation: Array, blocks: tuple[slice, ...], *, signed: bool = False) -> Array:
    """Return the improved heterotrait-monotrait ratios of all pairs of blocks, of geometric means.

    They estimate the correlation of two constructs without supposing that all items of one load alike.

    Parameters
    ----------
    correlation
        `(draws, p, p)`.
    blocks
        The items of each construct.
    signed
        Whether correlations keep their signs; absolute values are taken otherwise.

    Returns
    -------
    Array
        `(draws, J, J)`, symmetric, NaN on the diagonal. If signed, NaN as well for pairs that a negative
        correlation enters, of which there is no geometric mean.

    Source: Roemer, Schuberth and Henseler (2021), HTMT2: an improved criterion.
    """
    k = np.array([block.stop - block.start for block in blocks])
    with np.errstate(invalid="ignore", divide="ignore"):
        sums = _by_blocks(correlation, blocks, np.log if signed else lambda part: np.log(np.abs(part)))
        diagonal = np.arange(len(blocks))
        # The logarithm of 1, on the diagonal of correlations, adds nothing to the sum within a block.
        within = np.where(k > 1, sums[:, diagonal, diagonal] / np.maximum(k * (k - 1), 1), 0.0)
        ratios = np.exp(sums / np.outer(k, k) - (within[:, :, None] + within[:, None, :]) / 2)
    ratios[:, diagonal, diagonal] = np.nan
    found: Array = ratios
    return found


def _by_blocks(matrix: Array, blocks: tuple[slice, ...], function: Callable[[Array], Array]) -> Array:
    """Sum a function of `(draws, p, p)` within pairs of blocks, `(draws, J, J)`."""
    # The draws lie side by side in memory, so that each slice is added to the next over all of them.
    rows = np.stack([function(matrix[:, block]).sum(axis=1).T for block in blocks])
    found = np.stack([rows[:, block].sum(axis=1) for block in blocks])
    upper, right = np.triu_indices(len(blocks), 1)
    found[upper, right] = found[right, upper]
    return found.transpose(2, 0, 1)


def item_inflation(correlation: Array, blocks: tuple[slice, ...]) -> Array:
    """Return the variance inflation factor of each item within its block, `(draws, p)`."""
    return np.concatenate([inflation(correlation[:, block, block]) for block in blocks], axis=1)


def redundancy(weights: Array, others: Array, block: Array) -> Array:
    """Return the correlation of two scores of one block, by weights w and v: w'Sv, `(draws,)`.

    Parameters
    ----------
    weights, others
        `(draws, k)`, of scores with variance 1.
    block
        Correlations S of the items, `(draws, k, k)`.

    Source: Chin (1998), The Partial Least Squares Approach to Structural Equation Modeling, on redundancy analysis.
    """
    found: Array = np.einsum("di,dij,dj->d", weights, block, others)
    return found
