"""The inner model: paths, explained variance and effects, as closed forms on a stack."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.regression import coefficients, inflation

#: A share of an outcome's variance that is left unexplained, and below this, is rounding.
_ROUNDING = 1e-10


def explained(constructs: Array, beta: Array, paths: Mask) -> Array:
    """Return R², `(draws, J)`; NaN for constructs without predictors."""
    r_squared = np.einsum("dij,dij->di", beta, constructs)
    return np.where(paths.any(axis=1), r_squared, np.nan)


def unexplained(r_squared: Array) -> Array:
    """Return 1 - R², `(...)` as it comes; NaN where nothing is left, so that what is divided by it has no value."""
    left = 1 - r_squared
    found: Array = np.where(np.abs(left) > _ROUNDING, left, np.nan)
    return found


def adjusted(r_squared: Array, paths: Mask, n_obs: int) -> Array:
    """Return R² adjusted for the number of predictors, `(draws, J)`.

    Source: Theil (1961), Economic Forecasts and Policy: 1 - (1 - R²)(n - 1)/(n - k - 1).
    """
    spare = n_obs - paths.sum(axis=1) - 1
    return 1 - (1 - r_squared) * (n_obs - 1) / np.where(spare > 0, spare, np.nan)


#: What `information_criteria` returns, in order.
CRITERIA = ("aic", "aicc", "aicu", "bic", "fpe", "hq", "hqc", "gm", "cp")


def information_criteria(r_squared: Array, paths: Mask, n_obs: int, full: Array | None = None) -> Array:
    """Return criteria that weigh the fit of each construct's equation against its size; smaller is better.

    With SSE the error sum of squares of the standardised outcome, (1 - R²)(n - 1), and k the coefficients of the
    equation, its intercept among them:

    - aic: n ln(SSE/n) + 2k; aicc: n ln(SSE/n) + n (n + k)/(n - k - 2); aicu: n ln(SSE/(n - k)) + 2k;
    - bic: n ln(SSE/n) + k ln n; fpe: SSE/(n - k) (1 + k/n);
    - hq: n ln(SSE/n) + 2k ln ln n; hqc: n ln(SSE/n) + 2k n ln ln n / (n - k - 2);
    - gm: SSE/MSE + k ln n; cp (Mallows): SSE/MSE - (n - 2k), with MSE the error of the model in which every
      construct has all those before it as predictors.

    Parameters
    ----------
    r_squared
        `(draws, J)`.
    paths
        `(J, J)`, true at `[outcome, predictor]`.
    n_obs
        Rows.
    full
        `(draws, J)`, R² in the model of all possible paths; without it, or where it is NaN, gm and cp are NaN.

    Returns
    -------
    Array
        `(draws, J, 9)`, in the order of `CRITERIA`; NaN for constructs without predictors, and where nothing is left
        unexplained.

    Source: Sharma, Sarstedt, Shmueli, Kim and Thiele (2019), PLS-based model selection.
    """
    n, k = n_obs, paths.sum(axis=1) + 1
    spare, room = (np.where(n - k > less, n - k - less, np.nan) for less in (0, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        sse = unexplained(r_squared) * (n - 1)
        base = n * np.log(sse / n)
        relative = sse / unexplained(np.full_like(r_squared, np.nan) if full is None else full)
        twice = 2 * k * np.log(np.log(n)) if n > 1 else np.nan
        found = (
            base + 2 * k,
            base + n * (n + k) / room,
            n * np.log(sse / spare) + 2 * k,
            base + k * np.log(n),
            sse / spare * (1 + k / n),
            base + twice,
            base + n * twice / room,
            relative + k * np.log(n),
            relative - (n - 2 * k),
        )
    return np.stack(found, axis=2)


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
        `(draws, J, J)` at `[outcome, predictor]`, NaN where there is no path, and where nothing is left unexplained.

    Source: Cohen (1988), equation 9.2.3: (R² with - R² without) / (1 - R² with).
    """
    found = np.full_like(constructs, np.nan)
    for outcome, predictor in np.argwhere(paths):
        others = np.array([j for j in np.flatnonzero(paths[outcome]) if j != predictor], dtype=np.intp)
        reduced = coefficients(constructs, int(outcome), others)
        without = (reduced * constructs[:, others, outcome]).sum(axis=1)
        found[:, outcome, predictor] = (r_squared[:, outcome] - without) / unexplained(r_squared[:, outcome])
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


def accounted_for(beta: Array) -> Array:
    """Return the share of each total effect that is indirect, `(draws, J, J)` at `[outcome, predictor]`.

    It reads as a share only where the direct and the indirect effect have the same sign.

    Source: Hair, Hult, Ringle and Sarstedt (2014), A Primer on PLS-SEM, on the variance accounted for (VAF).
    """
    total = total_effects(beta)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = (total - beta) / total
    return found
