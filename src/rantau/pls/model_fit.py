"""How well a PLS model gives back the correlations of its items."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.pls.structure import Structure

#: Which correlations of the constructs are taken: those the paths imply, or those estimated.
MODELS = ("estimated", "saturated")


def implied_items(correlation: Array, loadings: Array, constructs: Array, structure: Structure) -> Array:
    """Return the correlations of items that a model implies.

    Items of two constructs correlate through their loadings and the constructs' correlation; so do items of
    one reflective construct, while a composite leaves the correlations inside its block free.

    Parameters
    ----------
    correlation
        Of the items, `(draws, p, p)`.
    loadings
        `(draws, p)`.
    constructs
        Their correlations, implied or as estimated, `(draws, J, J)`.
    structure
        The model.

    Returns
    -------
    Array
        `(draws, p, p)`, with 1 on the diagonal.

    Source: Henseler et al. (2014), Common beliefs and reality about PLS; Schuberth, Henseler and
    Dijkstra (2018), Confirmatory composite analysis.
    """
    owner = structure.owner
    implied = loadings[:, :, None] * loadings[:, None, :] * constructs[:, owner[:, None], owner]
    for block, kind in zip(structure.blocks, structure.kinds, strict=True):
        if kind == "composite":
            implied[:, block, block] = correlation[:, block, block]
    diagonal = np.arange(owner.size)
    implied[:, diagonal, diagonal] = 1.0
    return implied


def srmr(correlation: Array, implied: Array) -> Array:
    """Return the standardised root mean square residual, `(draws,)`.

    Source: Henseler et al. (2014): over the p(p+1)/2 elements of the lower triangle with its diagonal.
    """
    p = correlation.shape[-1]
    found: Array = np.sqrt(np.tril((correlation - implied) ** 2).sum(axis=(1, 2)) / (p * (p + 1) / 2))
    return found


def d_uls(correlation: Array, implied: Array) -> Array:
    """Return the squared Euclidean distance, `(draws,)`.

    Source: Dijkstra and Henseler (2015), Consistent and asymptotically normal PLS estimators.
    """
    found: Array = 0.5 * ((correlation - implied) ** 2).sum(axis=(1, 2))
    return found


def d_g(correlation: Array, implied: Array) -> Array:
    """Return the geodesic distance, `(draws,)`; NaN where either matrix is not positive definite.

    Half the sum of squared logarithms of the eigenvalues of S^-1 Sigma. The logarithms have base 10, as in
    cSEM, so that values can be held against published ones; the natural logarithm would give 5.302 times as
    much. The bootstrap test, which is how this distance is judged, does not depend on the base.

    Source: Dijkstra and Henseler (2015), Consistent and asymptotically normal PLS estimators.
    """
    values = _relative_eigenvalues(correlation, implied)
    found: Array = 0.5 * (np.log10(values) ** 2).sum(axis=1)
    return found


def nfi(correlation: Array, implied: Array) -> Array:
    """Return the normed fit index against uncorrelated items, `(draws,)`, with the ML discrepancy.

    NaN where either matrix is not positive definite.

    Source: Bentler and Bonett (1980): 1 - F / F of independence.
    """
    values = 1 / _relative_eigenvalues(correlation, implied)
    discrepancy = (values - np.log(values) - 1).sum(axis=1)
    independence = -np.linalg.slogdet(correlation)[1]
    found: Array = 1 - discrepancy / independence
    return found


def _relative_eigenvalues(correlation: Array, implied: Array) -> Array:
    """Return the eigenvalues of S^-1 Sigma, `(draws, p)`; NaN for members where one is not positive."""
    values, vectors = np.linalg.eigh(correlation)
    with np.errstate(invalid="ignore", divide="ignore"):
        # An eigenvalue of rounding size is zero: fewer rows than items, or items that determine one another.
        whitening = vectors / np.sqrt(np.where(values > 1e-10, values, np.nan))[:, None, :]
    usable = np.isfinite(whitening).all(axis=(1, 2)) & np.isfinite(implied).all(axis=(1, 2))
    relative = np.full(values.shape, np.nan)
    white = whitening[usable]
    relative[usable] = np.linalg.eigvalsh(white.transpose(0, 2, 1) @ implied[usable] @ white)
    positive = (relative > 0).all(axis=1, keepdims=True)
    return np.where(positive, relative, np.nan)
