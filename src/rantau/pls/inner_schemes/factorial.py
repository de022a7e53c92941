"""The factorial scheme: correlations with all neighbours."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, paths: Mask) -> Array:
    """Weight each neighbour by its correlation, whichever way the path points.

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
    return np.where(paths | paths.T, correlation, 0.0)


FACTORIAL = InnerScheme("factorial", weights, "Lohmöller (1989), Latent Variable Path Modeling with PLS")
