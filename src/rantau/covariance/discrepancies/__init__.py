"""A room of fitting functions: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.covariance.discrepancies.ml import ml
from rantau.covariance.implied import Implied
from rantau.moments.compute import Moments
from rantau.record import Record


class Discrepancy(Record):
    """How far the implied moments are from the sample's.

    Attributes
    ----------
    name
        As in `estimator=`.
    function
        From implied and sample moments to value, derivatives by sigma and mu, and weight matrix.
    source
        The paper.
    """

    name: str
    function: Callable[[Implied, Moments], tuple[Array, Array, Array, Array]]
    source: str


ROWS = (Discrepancy("ML", ml, "Jöreskog (1967)"),)
