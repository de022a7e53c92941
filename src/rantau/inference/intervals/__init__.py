"""A room of bootstrap intervals: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.inference.intervals.percentile import percentile
from rantau.record import Record


class Interval(Record):
    """One kind of bootstrap interval.

    Attributes
    ----------
    name
        As in `interval=`.
    function
        From estimates `(q,)`, draws `(draws, q)` and the level to lower and upper limits `(q,)`.
    source
        The paper.
    """

    name: str
    function: Callable[[Array, Array, float], tuple[Array, Array]]
    source: str


ROWS = (Interval("percentile", percentile, "Efron & Tibshirani (1993)"),)
