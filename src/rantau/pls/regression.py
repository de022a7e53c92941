"""Least squares from correlations, on a stack."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices


def solve(left: Array, right: Array) -> Array:
    """Solve `left @ x = right` for each member of a stack; NaN where `left` is singular.

    Parameters
    ----------
    left
        `(draws, k, k)`.
    right
        `(draws, k, m)`.

    Returns
    -------
    Array
        `(draws, k, m)`.
    """
    try:
        solution: Array = np.asarray(np.linalg.solve(left, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        regular = np.abs(np.linalg.det(left)) > 0
        solution = np.full(right.shape, np.nan)
        solution[regular] = np.linalg.solve(left[regular], right[regular])
    return solution


def inverse(matrix: Array) -> Array:
    """Invert each member of a stack `(draws, k, k)`; NaN where it is singular."""
    return solve(matrix, np.broadcast_to(np.eye(matrix.shape[-1]), matrix.shape))


def coefficients(correlation: Array, outcome: int, predictors: Indices) -> Array:
    """Regress one standardised variable on others.

    Parameters
    ----------
    correlation
        `(draws, J, J)`.
    outcome, predictors
        Positions in it.

    Returns
    -------
    Array
        `(draws, k)`, one coefficient per predictor.
    """
    among = correlation[:, predictors[:, None], predictors]
    return solve(among, correlation[:, predictors, outcome, None])[..., 0]


def inflation(correlation: Array) -> Array:
    """Return the variance inflation factors of variables, each regressed on all others.

    A variable alone has the factor 1; where the others determine a variable, it is infinite.

    Parameters
    ----------
    correlation
        `(draws, k, k)`.

    Returns
    -------
    Array
        `(draws, k)`.

    Source: Belsley, Kuh and Welsch (1980), Regression Diagnostics: the diagonal of the inverse.
    """
    diagonal = np.diagonal(inverse(correlation), axis1=-2, axis2=-1)
    # Beyond 1e12 the inverse is rounding noise, and may even be negative.
    factors = np.where((diagonal > 0) & (diagonal < 1e12), diagonal, np.inf)
    known = np.isfinite(correlation.sum(axis=(1, 2)))
    return np.where(known[:, None], factors, np.nan)
