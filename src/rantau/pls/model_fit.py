"""How well a PLS model gives back the correlations of its items."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from rantau.arrays import Array, Mask
from rantau.pls.estimate import Estimates
from rantau.pls.structural import implied_constructs
from rantau.pls.structure import Structure

#: Which correlations of the constructs are taken: those the paths imply, or those estimated.
MODELS = ("estimated", "saturated")
#: Distances between the correlations of the items and those implied: what a bootstrap test of exact fit is made of.
DISTANCES = ("srmr", "d_uls", "d_g", "d_ml")
#: What `fit_indices` returns, in order: distances, what compares them with uncorrelated items, and what follows from a
#: chi-square.
INDICES = (*DISTANCES, "nfi", "rms_theta", "chisq", "df", "chisq_df", "cfi", "ifi", "nnfi", "rmsea", "gfi", "cn")


def fit_indices(
    estimates: Estimates, structure: Structure, n_obs: int, model: str, df: int | None = None
) -> dict[str, Array]:
    """Return how well a model gives back the correlations of its items.

    Parameters
    ----------
    estimates
        Of a stack.
    structure
        The model.
    n_obs
        Rows.
    model
        `estimated`: constructs correlate as the paths imply; `saturated`: as they were estimated.
    df
        Degrees of freedom; counted unless given.

    Returns
    -------
    dict
        `(draws,)` by the names of `INDICES`; all but `srmr`, `d_uls`, `rms_theta` and `df` are NaN where a matrix is
        not positive definite, and those that divide by `df` where there are none.

    Notes
    -----
    - `srmr`, `d_uls`, `d_g`: see the functions of these names; `d_ml` is the maximum likelihood discrepancy F.
    - `nfi`: 1 - F/F0 with the maximum likelihood discrepancies of the model and of uncorrelated items (Bentler &
      Bonett, 1980).
    - `rms_theta`: see `rms_theta`; a matter of the outer model alone.
    - `chisq` is (n - 1) F, and `cfi` (Bentler, 1990), `ifi` (Bollen, 1989), `nnfi` (Tucker & Lewis, 1973), `rmsea`
      (Steiger & Lind, 1980) and `cn` (Hoelter, 1983, at 5 %) follow from it as they do for a model fitted by
      maximum likelihood. PLS does not minimise F, so they have no known distribution and no cut-off values; they are
      given as cSEM gives them. `gfi` is that of Jöreskog and Sörbom (1982), 1 - tr((Σ⁻¹S - I)²)/tr((Σ⁻¹S)²); cSEM
      takes sums of squared elements for these traces, and so gives another number.
    - `df` counts correlations of items less free parameters: a loading for each item of a reflective construct, also
      for a single one (as cSEM counts); for a composite its weights but one, and the correlations within its block;
      the paths, and the correlations of exogenous constructs (of all constructs in the saturated model).

    The goodness of fit (GoF) of Tenenhaus et al. (2005) is left out: it does not tell models that fit from models that
    do not (Henseler & Sarstedt, 2013).
    """
    correlation, implied = estimates.correlation, implied_by(estimates, structure, model)
    ratios = _relative_eigenvalues(correlation, implied)
    p, n = structure.owner.size, n_obs - 1
    df0 = p * (p - 1) / 2
    left = df0 - free_of_blocks(structure) - free_of_paths(structure, model) if df is None else float(df)
    spare = left if left > 0 else np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = srmr(correlation, implied)
        f, f0 = _likelihood(ratios), -np.linalg.slogdet(correlation)[1]
        chisq, chisq0 = n * f, n * f0
        excess, excess0 = np.maximum(chisq - spare, 0), np.maximum(chisq0 - df0, 0)
        found = {
            "srmr": distance,
            "d_uls": d_uls(correlation, implied),
            "d_g": _geodesic(ratios),
            "d_ml": f,
            "nfi": 1 - f / f0,
            "rms_theta": rms_theta(estimates, structure),
            "chisq": chisq,
            "df": np.where(np.isnan(distance), np.nan, left),
            "chisq_df": chisq / spare,
            "cfi": 1 - excess / np.maximum(excess0, excess),
            "ifi": (chisq0 - chisq) / (chisq0 - spare),
            "nnfi": (chisq0 / df0 - chisq / spare) / (chisq0 / df0 - 1),
            "rmsea": np.sqrt(excess / (spare * n)),
            "gfi": 1 - ((1 / ratios - 1) ** 2).sum(axis=1) / (1 / ratios**2).sum(axis=1),
            "cn": chdtri(spare, 0.05) / f + 1,
        }
    return {name: found[name] for name in INDICES}


def free_of_block(kind: str, k: int) -> int:
    """Count the loadings of k items, or of a composite its weights but one and the correlations of its items."""
    return k if kind == "reflective" else k - 1 + k * (k - 1) // 2


def free_of_blocks(structure: Structure) -> int:
    """Count what is free in all blocks."""
    pairs = zip(structure.blocks, structure.kinds, strict=True)
    return sum(free_of_block(kind, block.stop - block.start) for block, kind in pairs)


def free_of_paths(structure: Structure, model: str) -> int:
    """Count paths and the correlations of exogenous constructs; those of all constructs in the saturated model."""
    count = len(structure.constructs)
    if model == "saturated":
        return count * (count - 1) // 2
    exogenous = count - len(structure.endogenous)
    return int(structure.paths.sum()) + exogenous * (exogenous - 1) // 2


def rms_theta(estimates: Estimates, structure: Structure) -> Array:
    """Return the root mean square of the covariances among the items' residuals, `(draws,)`.

    An item's residual is what its loading and the score of its construct leave of it. Pairs within the block of a
    composite, whose correlations the model leaves free, are not counted. Under `consistent=True` loadings and
    correlations of constructs are the corrected ones.

    Parameters
    ----------
    estimates
        Of a stack; its correlations of items are `(draws, p, p)`.
    structure
        The model.

    Source: Lohmöller (1989), Latent Variable Path Modeling with Partial Least Squares, RMS covariance of residuals;
    Henseler et al. (2014) for RMS_theta.
    """
    owner = structure.owner
    loadings, cross = estimates.loadings, estimates.cross
    explained = loadings[:, :, None] * cross[:, :, owner].transpose(0, 2, 1)
    among = loadings[:, :, None] * loadings[:, None, :] * estimates.constructs[:, owner[:, None], owner]
    residual = estimates.correlation - explained - explained.transpose(0, 2, 1) + among
    counted = np.tri(owner.size, k=-1, dtype=bool)
    for block, kind in zip(structure.blocks, structure.kinds, strict=True):
        if kind == "composite":
            counted[block, block] = False
    if not counted.any():
        return np.full(len(loadings), np.nan)
    found: Array = np.sqrt((residual[:, counted] ** 2).mean(axis=1))
    return found


def implied_by(estimates: Estimates, structure: Structure, model: str) -> Array:
    """Return the correlations of items that the estimated or the saturated model implies, `(draws, p, p)`."""
    constructs = estimates.constructs
    if model == "estimated":
        constructs = implied_constructs(constructs, estimates.beta, estimates.r_squared, structure.paths)
    return implied_items(estimates.correlation, estimates.loadings, constructs, structure)


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

    Parameters
    ----------
    correlation, implied
        `(draws, p, p)`.

    Source: Dijkstra and Henseler (2015), Consistent and asymptotically normal PLS estimators.
    """
    return _geodesic(_relative_eigenvalues(correlation, implied))


def _geodesic(ratios: Array) -> Array:
    """Return half the squared distance of two matrices, by the eigenvalues `(draws, p)` of S^-1 Sigma."""
    return np.asarray(0.5 * (np.log10(ratios) ** 2).sum(axis=1))


def _likelihood(ratios: Array) -> Array:
    """Return the maximum likelihood discrepancy ln|Sigma| - ln|S| + tr(S Sigma^-1) - p, by the same eigenvalues.

    Source: Jöreskog (1969), A general approach to confirmatory maximum likelihood factor analysis.
    """
    return np.asarray((1 / ratios + np.log(ratios) - 1).sum(axis=1))


def _relative_eigenvalues(correlation: Array, implied: Array) -> Array:
    """Return the eigenvalues of S^-1 Sigma, `(draws, p)`; NaN for members where one is not positive."""
    known: Mask = np.all(np.isfinite(correlation), axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(known[:, None, None], correlation, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        # An eigenvalue of rounding size is zero: fewer rows than items, or items that determine one another.
        whitening = vectors / np.sqrt(np.where(values > 1e-10, values, np.nan))[:, None, :]
    usable = np.isfinite(whitening).all(axis=(1, 2)) & np.isfinite(implied).all(axis=(1, 2))
    relative = np.full(values.shape, np.nan)
    white = whitening[usable]
    relative[usable] = np.linalg.eigvalsh(white.transpose(0, 2, 1) @ implied[usable] @ white)
    positive = (relative > 0).all(axis=1, keepdims=True)
    return np.where(positive, relative, np.nan)
