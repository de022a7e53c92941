"""One missing item given the others: a regression whose coefficients are drawn from their posterior distribution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array

#: Added to the diagonal of the cross-products, relatively, so that predictors that repeat each other do no harm.
_RIDGE = 1e-5


class Regression(NamedTuple):
    """What a method draws from.

    Attributes
    ----------
    answers
        `(n_seen,)` of those who answered the item.
    expected
        `(n_seen,)` what the fitted regression expects of them.
    drawn
        `(n_missing,)` what a regression drawn from the posterior expects of those who did not.
    sigma
        The residual standard deviation that was drawn with it.
    """

    answers: Array
    expected: Array
    drawn: Array
    sigma: float


def regress(answers: Array, seen: Array, missing: Array, rng: np.random.Generator) -> Regression:
    """Fit the regression of an item, and draw another from its posterior distribution.

    Parameters
    ----------
    answers
        `(n_seen,)`.
    seen, missing
        `(n_seen, k)` and `(n_missing, k)`: the predictors, in similar units, of those who answered and did not.
    rng
        The source of random numbers.

    Returns
    -------
    Regression
        Under a prior that is flat in the coefficients and the logarithm of the residual variance.

    Notes
    -----
    Rubin (1987), p. 167.
    """
    mean = float(answers.mean())
    centre = seen.mean(axis=0)
    design = np.column_stack([np.ones(len(seen)), seen - centre])
    target = answers - mean
    cross = design.T @ design
    cross[np.diag_indices_from(cross)] *= 1 + _RIDGE
    # A predictor without spread has nothing to say; a one in its place keeps the matrix regular.
    flat = np.diag(cross) <= 0
    cross[flat, flat] = 1.0
    root = np.linalg.cholesky(cross)
    slope = np.linalg.solve(root.T, np.linalg.solve(root, design.T @ target))
    residual = target - design @ slope
    df = max(len(answers) - design.shape[1], 1)
    sigma = float(np.sqrt(residual @ residual / rng.chisquare(df)))
    other = slope + sigma * np.linalg.solve(root.T, rng.standard_normal(slope.size))
    new = np.column_stack([np.ones(len(missing)), missing - centre])
    return Regression(answers, mean + design @ slope, mean + new @ other, sigma)
