"""Mode A: correlation weights."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.rows import OuterMode


def prepare(block: Array) -> Array:
    """Return the correlations of a block `(draws, k, k)` as they are: nothing is worth preparing."""
    return block


def weights(prepared: Array, towards: Array) -> Array:
    """Weight each item by its correlation with the proxy: from `(draws, k, k)` and `(draws, k)` to `(draws, k)`."""
    return towards


MODE_A = OuterMode("A", prepare, weights, inverts=False, source="Wold (1982), mode A: simple regressions")
