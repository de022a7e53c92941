"""The two kinds of rows that the rooms of the PLS engine hold."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.pls.network import Network
from rantau.record import Record


class InnerScheme(Record):
    """How a construct's inner proxy is put together from the scores of its neighbours.

    Attributes
    ----------
    name
        What the option `scheme` calls it.
    weights
        Takes the correlations of the scores `(J, J, draws)` and the network of paths; gives `(J, J, draws)`, at
        `[construct, neighbour]` the weight of a score in the proxy of a construct.
    source
        Where it is described.
    """

    name: str
    weights: Callable[[Array, Network], Array]
    source: str


class OuterMode(Record):
    """How the items of a block are weighted, given their correlations with the inner proxy.

    Every mode is linear: a matrix made of the block's correlations is multiplied with the items' correlations with
    the proxy. The loop scales what comes out.

    Attributes
    ----------
    name
        What the option `modes` calls it.
    matrix
        Takes the block's correlations `(k, k, draws)` and gives the matrix, of the same shape; None stands for the
        identity.
    follows
        Whether weights follow the proxy at all; equal ones do not, and stay as they begin.
    inverts
        Whether the block's correlations must be regular.
    source
        Where it is described.
    """

    name: str
    matrix: Callable[[Array], Array | None]
    follows: bool
    inverts: bool
    source: str
