"""Mode A: correlation weights."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.rows import OuterMode


def matrix(block: Array) -> None:
    """Return nothing, whatever the correlations `(k, k, draws)`: weights are the correlations with the proxy."""
    return


MODE_A = OuterMode("A", matrix, follows=True, inverts=False, source="Wold (1982), mode A: simple regressions")
