"""Unit weights: sum scores of the standardised items."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.rows import OuterMode


def matrix(block: Array) -> None:
    """Return nothing, whatever the correlations `(k, k, draws)`: weights stay equal."""
    return


UNIT = OuterMode(
    "unit", matrix, follows=False, inverts=False, source="Wainer (1976), Estimating coefficients in linear models"
)
