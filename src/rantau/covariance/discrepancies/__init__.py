"""A room of fitting functions: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.covariance.discrepancies.dwls import dwls, dwls_second
from rantau.covariance.discrepancies.fiml import fiml, fiml_floor, fiml_second
from rantau.covariance.discrepancies.gls import gls, gls_second, no_floor
from rantau.covariance.discrepancies.ml import ml, ml_floor, ml_second
from rantau.covariance.discrepancies.uls import uls, uls_second
from rantau.covariance.discrepancies.wls import wls, wls_second
from rantau.covariance.implied import Implied, Slopes
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments
from rantau.record import Record


class Discrepancy(Record):
    """How far the implied moments are from the sample's.

    Attributes
    ----------
    name
        What the estimators call it.
    function
        From implied and sample moments to `Local`: its value and derivatives.
    second
        From layout, implied moments, slopes, sample moments and `Local` to `Second`: the expected Hessian by the
        parameters, and the exact one where it is asked for.
    floor
        From the sample moments to the value of a model that fits them perfectly, `(...)`.
    in_units
        Whether the minimum is the same in any units of the variables.
    by_blocks
        Whether the sample's own moments are the best that unrelated blocks of variables can have, each unrestricted.
    source
        The paper.
    """

    name: str
    function: Callable[[Implied, GroupMoments], Local]
    second: Callable[[Layout, Implied, Slopes, GroupMoments, Local, bool], Second]
    floor: Callable[[GroupMoments], Array]
    in_units: bool
    by_blocks: bool
    source: str


ROWS = (
    Discrepancy("ml", ml, ml_second, ml_floor, True, True, "Jöreskog (1967)"),
    Discrepancy("fiml", fiml, fiml_second, fiml_floor, True, False, "Arbuckle (1996)"),
    Discrepancy("gls", gls, gls_second, no_floor, True, False, "Browne (1974)"),
    Discrepancy("uls", uls, uls_second, no_floor, False, True, "Browne (1984)"),
    Discrepancy("wls", wls, wls_second, no_floor, True, False, "Browne (1984)"),
    Discrepancy("dwls", dwls, dwls_second, no_floor, True, True, "Muthén, du Toit & Spisic (1997)"),
    Discrepancy("uls_ordered", dwls, dwls_second, no_floor, False, True, "Muthén (1993)"),
)


def discrepancy_row(name: str) -> Discrepancy:
    """Return the fitting function of a name, as the rows of `estimators` give it."""
    return next(row for row in ROWS if row.name == name)
