"""A room of fitting functions: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.covariance.discrepancies.ml import ml, ml_hessian
from rantau.covariance.implied import Implied, Layout, Slopes
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
    hessian
        From layout, implied moments, their slopes and sample moments to the second derivatives by the parameters.
    source
        The paper.
    """

    name: str
    function: Callable[[Implied, Moments], tuple[Array, Array, Array, Array]]
    hessian: Callable[[Layout, Implied, Slopes, Moments], Array]
    source: str


ROWS = (Discrepancy("ML", ml, ml_hessian, "Jöreskog (1967)"),)
