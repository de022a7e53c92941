"""Mode B: regression weights."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.regression import inverses
from rantau.pls.rows import OuterMode


def matrix(block: Array) -> Array:
    """Invert the correlations of a block `(k, k, draws)`: the proxy is regressed on its items."""
    return inverses(block)


MODE_B = OuterMode("B", matrix, follows=True, inverts=True, source="Wold (1982), mode B: one multiple regression")
