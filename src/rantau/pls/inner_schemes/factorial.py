"""The factorial scheme: correlations with all neighbours."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.network import Network
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, network: Network) -> Array:
    """Weight each neighbour by its correlation, whichever way the path points.

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
    return correlation * network.neighbours[:, :, None]


FACTORIAL = InnerScheme("factorial", weights, "Lohmöller (1989), Latent Variable Path Modeling with PLS")
