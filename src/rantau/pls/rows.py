"""The two kinds of rows that the rooms of the PLS engine hold."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array, Mask
from rantau.record import Record


class InnerScheme(Record):
    """How a construct's inner proxy is put together from the scores of its neighbours.

    Attributes
    ----------
    name
        What the option `scheme` calls it.
    weights
        Takes the correlations of the scores `(draws, J, J)` and the paths `(J, J)`, true at `[outcome,
        predictor]`; gives `(draws, J, J)`, whose column j holds the weights of all scores in the proxy of
        construct j.
    source
        Where it is described.
    """

    name: str
    weights: Callable[[Array, Mask], Array]
    source: str


class OuterMode(Record):
    """How the items of a block are weighted, given their correlations with the inner proxy.

    Attributes
    ----------
    name
        What the option `modes` calls it.
    prepare
        Takes the block's correlations `(draws, k, k)` and does once what need not be done in each iteration;
        what it gives is handed to `weights`.
    weights
        Takes what `prepare` gave and the items' correlations with the proxy `(draws, k)`; gives weights
        `(draws, k)` of any length: the loop scales them.
    inverts
        Whether the block's correlations must be regular.
    source
        Where it is described.
    """

    name: str
    prepare: Callable[[Array], Array]
    weights: Callable[[Array, Array], Array]
    inverts: bool
    source: str
