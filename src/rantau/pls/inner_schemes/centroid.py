"""The centroid scheme: the signs of the correlations with all neighbours."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, paths: Mask) -> Array:
    """Weight each neighbour by +1 or -1, the sign of its correlation.

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
    return np.where(paths | paths.T, np.sign(correlation), 0.0)


CENTROID = InnerScheme("centroid", weights, "Wold (1982), Soft modeling: the basic design and some extensions")
