"""The inner model: paths, explained variance and effects, as closed forms on a stack."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.regression import coefficients, inflation


def path_coefficients(constructs: Array, paths: Mask) -> Array:
    """Regress each construct on its predictors.

    Parameters
    ----------
    constructs
        Correlations, `(draws, J, J)`.
    paths
        `(J, J)`, true at `[outcome, predictor]`.

    Returns
    -------
    Array
        `(draws, J, J)` at `[outcome, predictor]`, zero where there is no path.
    """
    found = np.zeros_like(constructs)
    for outcome in np.flatnonzero(paths.any(axis=1)):
        predictors = np.flatnonzero(paths[outcome])
        found[:, outcome, predictors] = coefficients(constructs, int(outcome), predictors)
    return found


def explained(constructs: Array, beta: Array, paths: Mask) -> Array:
    """Return R², `(draws, J)`; NaN for constructs without predictors."""
    r_squared = np.einsum("dij,dij->di", beta, constructs)
    return np.where(paths.any(axis=1), r_squared, np.nan)


def adjusted(r_squared: Array, paths: Mask, n_obs: int) -> Array:
    """Return R² adjusted for the number of predictors, `(draws, J)`.

    Source: Theil (1961), Economic Forecasts and Policy: 1 - (1 - R²)(n - 1)/(n - k - 1).
    """
    spare = n_obs - paths.sum(axis=1) - 1
    return 1 - (1 - r_squared) * (n_obs - 1) / np.where(spare > 0, spare, np.nan)


def information_criteria(r_squared: Array, paths: Mask, n_obs: int) -> tuple[Array, Array]:
    """Return AIC and BIC of each construct's equation, each `(draws, J)`.

    Source: Sharma, Sarstedt, Shmueli, Kim and Thiele (2019); the error sum of squares of a
    standardised outcome is (1 - R²)(n - 1).
    """
    k = paths.sum(axis=1) + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        base = n_obs * np.log((1 - r_squared) * (n_obs - 1) / n_obs)
    return base + 2 * k, base + k * np.log(n_obs)


def f_squared(constructs: Array, r_squared: Array, paths: Mask) -> Array:
    """Return Cohen's f² of each path, the other scores held as they are.

    Parameters
    ----------
    constructs
        Correlations, `(draws, J, J)`.
    r_squared
        `(draws, J)`.
    paths
        `(J, J)`, true at `[outcome, predictor]`.

    Returns
    -------
    Array
        `(draws, J, J)` at `[outcome, predictor]`, NaN where there is no path.

    Source: Cohen (1988), equation 9.2.3: (R² with - R² without) / (1 - R² with).
    """
    found = np.full_like(constructs, np.nan)
    for outcome, predictor in np.argwhere(paths):
        others = np.array([j for j in np.flatnonzero(paths[outcome]) if j != predictor], dtype=np.intp)
        reduced = coefficients(constructs, int(outcome), others)
        without = (reduced * constructs[:, others, outcome]).sum(axis=1)
        found[:, outcome, predictor] = (r_squared[:, outcome] - without) / (1 - r_squared[:, outcome])
    return found


def predictor_inflation(constructs: Array, paths: Mask) -> Array:
    """Return the variance inflation factors of predictors, `(draws, J, J)`, NaN where there is no path."""
    found = np.full_like(constructs, np.nan)
    for outcome in np.flatnonzero(paths.any(axis=1)):
        predictors = np.flatnonzero(paths[outcome])
        found[:, outcome, predictors] = inflation(constructs[:, predictors[:, None], predictors])
    return found


def total_effects(beta: Array) -> Array:
    """Return B + B² + ..., `(draws, J, J)` at `[outcome, predictor]`; it ends, as paths do not loop."""
    total = power = beta
    for _ in range(beta.shape[-1] - 1):
        power = power @ beta
        total = total + power
    return total


def route_effects(beta: Array, routes: tuple[tuple[int, ...], ...]) -> Array:
    """Return the product of the coefficients along each route, `(draws, routes)`."""
    products = [np.prod([beta[:, after, before] for before, after in pairwise(route)], axis=0) for route in routes]
    return np.stack(products, axis=1) if products else np.empty((len(beta), 0))


def implied_constructs(constructs: Array, beta: Array, r_squared: Array, paths: Mask) -> Array:
    """Return the correlations of constructs that the paths imply.

    Correlations among exogenous constructs are taken as they are; disturbances are uncorrelated and have the
    variances 1 - R² that the regressions left. Where the paths do not give back all correlations, the
    variances so implied differ from 1; by the convention of the field (cSEM) the diagonal is then set to 1.

    Parameters
    ----------
    constructs
        Their correlations as estimated, `(draws, J, J)`.
    beta
        `(draws, J, J)` at `[outcome, predictor]`.
    r_squared
        `(draws, J)`.
    paths
        `(J, J)`.

    Returns
    -------
    Array
        `(draws, J, J)`.

    Source: Bollen (1989), Structural Equations with Latent Variables, on implied covariances: (I - B)^-1 Psi (I -
    B)^-T.
    """
    exogenous = ~paths.any(axis=1)
    identity = np.eye(len(paths))
    disturbances = np.where(exogenous, 0.0, 1 - r_squared)[:, :, None] * identity
    psi = np.where(np.outer(exogenous, exogenous), constructs, disturbances)
    effects = identity + total_effects(beta)
    implied = effects @ psi @ effects.transpose(0, 2, 1)
    return np.where(identity == 1, 1.0, implied)
