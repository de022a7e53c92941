"""Mode A: correlation weights."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.rows import OuterMode


def prepare(block: Array) -> Array:
    """Nothing is worth preparing."""
    return block


def weights(prepared: Array, towards: Array) -> Array:
    """Weight each item by its correlation with the proxy."""
    return towards


MODE_A = OuterMode("A", prepare, weights, inverts=False, source="Wold (1982), mode A: simple regressions")
