"""A room of reliability measures: one file and one row each, in the order of reports."""

from __future__ import annotations

from collections.abc import Callable

from rantau.quality.reliability.alpha import alpha
from rantau.quality.reliability.ave import ave
from rantau.quality.reliability.omega import omega
from rantau.quality.reliability.rho_a import rho_a
from rantau.quality.reliability.rho_c import rho_c
from rantau.quality.scale import ScaleFindings
from rantau.record import Record


class Measure(Record):
    """One measure of reliability or convergence.

    Attributes
    ----------
    name
        Of the row.
    function
        From `ScaleFindings` to one number per name in `gives`.
    gives
        The columns of `reliability()`.
    source
        The paper.
    """

    name: str
    function: Callable[[ScaleFindings], tuple[float, ...]]
    gives: tuple[str, ...]
    source: str


ROWS = (
    Measure("alpha", alpha, ("alpha", "alpha_ci_low", "alpha_ci_high"), "Cronbach (1951); Feldt et al. (1987)"),
    Measure("omega", omega, ("omega",), "McDonald (1999)"),
    Measure("rho_a", rho_a, ("rho_a",), "Dijkstra & Henseler (2015)"),
    Measure("rho_c", rho_c, ("rho_c",), "Werts, Linn & Jöreskog (1974)"),
    Measure("ave", ave, ("ave", "ave_cfa"), "Fornell & Larcker (1981)"),
)
