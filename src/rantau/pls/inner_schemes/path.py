"""The path weighting scheme: regressions on predecessors, correlations with successors."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.regression import coefficients
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, paths: Mask) -> Array:
    """Weight what comes before a construct by its regression on it, what comes after by correlation.

    Parameters
    ----------
    correlation
        Of the scores, `(draws, J, J)`.
    paths
        `(J, J)`, true at `[outcome, predictor]`.

    Returns
    -------
    Array
        `(draws, J, J)` at `[neighbour, construct]`.
    """
    inner = np.where(paths, correlation, 0.0)
    for outcome in np.flatnonzero(paths.any(axis=1)):
        predictors = np.flatnonzero(paths[outcome])
        inner[:, predictors, outcome] = coefficients(correlation, int(outcome), predictors)
    return inner


PATH = InnerScheme("path", weights, "Lohmöller (1989), Latent Variable Path Modeling with PLS")
