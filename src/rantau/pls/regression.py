"""Least squares from correlations, on a stack.

LAPACK is called once for each member of a stack, which for matrices as small as those of PLS costs more than the
arithmetic. So a stack is eliminated by hand: with the draws last, each step is one pass over all of them.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices

#: From this many members on, elimination by hand is quicker than LAPACK ...
_MANY = 16
#: ... for matrices of up to this many rows.
_SMALL = 24


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
        with np.errstate(invalid="ignore"):
            regular = np.abs(np.linalg.det(left)) > 0
        solution = np.full(right.shape, np.nan)
        solution[regular] = np.linalg.solve(left[regular], right[regular])
    return solution


def regressions(augmented: Array) -> Array:
    """Solve the normal equations of several regressions among standardised variables in every draw.

    Parameters
    ----------
    augmented
        `(m, k, k + r, draws)`: of each of m sets of k predictors their correlations, and last those with r outcomes. It
        is used up.

    Returns
    -------
    Array
        Coefficients `(m, k, r, draws)`.

    Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 14.4: Gauss-Jordan elimination, which
    needs no pivoting where the matrix is positive definite.
    """
    rest = augmented
    k = rest.shape[1]
    for pivot in range(k):
        row = rest[:, pivot, pivot + 1 :].copy()
        if pivot:
            row /= rest[:, pivot, pivot, None]
        rest[:, :, pivot + 1 :] -= rest[:, :, pivot, None] * row[:, None]
        rest[:, pivot, pivot + 1 :] = row
    return rest[:, :, k:]


def inverses(matrices: Array) -> Array:
    """Invert positive definite matrices `(k, k, draws)`, the draws last.

    Where one is singular, the result is not finite or has a diagonal beyond any meaning: `inflation` tells.
    """
    if matrices.shape[-1] < _MANY or len(matrices) > _SMALL:
        return inverse(matrices.transpose(2, 0, 1)).transpose(1, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _swept(matrices.copy())


def _swept(rest: Array) -> Array:
    """Sweep every row of symmetric matrices `(k, k, draws)`, in place."""
    for pivot in range(len(rest)):
        reciprocal = 1 / rest[pivot, pivot]
        column = rest[:, pivot].copy()
        row = rest[pivot] * reciprocal
        column[pivot] = 0.0
        row[pivot] = reciprocal
        rest[:, pivot] = 0.0
        rest -= column[:, None] * row
        rest[pivot] = row
    return rest


def inverse(matrix: Array) -> Array:
    """Invert each member of a stack `(draws, k, k)`; NaN where it is singular."""
    try:
        found: Array = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        found = solve(matrix, np.broadcast_to(np.eye(matrix.shape[-1]), matrix.shape))
    return found


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
    if len(correlation) < _MANY or not 0 < predictors.size <= _SMALL:
        among = correlation[:, predictors[:, None], predictors]
        return solve(among, correlation[:, predictors, outcome, None])[..., 0]
    columns = np.append(predictors, outcome)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # The other way round, a stack whose draws lie side by side is gathered by whole rows.
        found: Array = regressions(correlation.T[predictors[:, None], columns][None])[0, :, 0].T
    return found


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
    return _factors(np.diagonal(inverses(np.ascontiguousarray(correlation.T))), correlation)


def _factors(diagonal: Array, correlation: Array) -> Array:
    # Beyond 1e12 the inverse is rounding noise, and may even be negative.
    factors = np.where((diagonal > 0) & (diagonal < 1e12), diagonal, np.inf)
    known = np.isfinite(correlation.sum(axis=(1, 2)))
    return np.where(known[:, None], factors, np.nan)
