"""A room of bootstrap intervals: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.inference.intervals.basic import basic
from rantau.inference.intervals.bca import bca
from rantau.inference.intervals.percentile import percentile
from rantau.inference.intervals.student import student
from rantau.inference.replicates import Replicates
from rantau.record import Record


class Interval(Record):
    """One kind of bootstrap interval.

    Attributes
    ----------
    name
        As in `interval=`.
    function
        From the draws of some quantities and the level to lower and upper limits `(quantities,)`.
    source
        The paper.
    needs
        What it needs besides the draws: `jackknife`, `errors` (the standard errors of each draw), or nothing.
    """

    name: str
    function: Callable[[Replicates, float], tuple[Array, Array]]
    source: str
    needs: str = ""


ROWS = (
    Interval("percentile", percentile, "Efron & Tibshirani (1993)"),
    Interval("bca", bca, "Efron (1987)", needs="jackknife"),
    Interval("basic", basic, "Davison & Hinkley (1997)"),
    Interval("student", student, "Davison & Hinkley (1997)", needs="errors"),
)
