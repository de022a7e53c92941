"""The centroid scheme: the signs of the correlations with all neighbours."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.pls.network import Network
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, network: Network) -> Array:
    """Weight each neighbour by +1 or -1, the sign of its correlation.

    Parameters
    ----------
    correlation
        Of the scores, `(J, J, draws)`.
    network
        The paths.

    Returns
    -------
    Array
        `(J, J, draws)` at `[construct, neighbour]`.
    """
    return np.sign(correlation) * network.neighbours[:, :, None]


CENTROID = InnerScheme("centroid", weights, "Wold (1982), Soft modeling: the basic design and some extensions")
