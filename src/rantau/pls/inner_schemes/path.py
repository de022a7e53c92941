"""The path weighting scheme: regressions on predecessors, correlations with successors."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.network import Network
from rantau.pls.rows import InnerScheme


def weights(correlation: Array, network: Network) -> Array:
    """Weight what comes before a construct by its regression on it, what comes after by correlation.

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
    return network.regress(correlation) + correlation * network.successors


PATH = InnerScheme("path", weights, "Lohmöller (1989), Latent Variable Path Modeling with PLS")
