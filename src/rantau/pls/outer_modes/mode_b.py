"""Mode B: regression weights."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.pls.regression import inverse
from rantau.pls.rows import OuterMode


def weights(prepared: Array, towards: Array) -> Array:
    """Regress the proxy on the items of the block: from `(draws, k, k)` and `(draws, k)` to `(draws, k)`."""
    return (prepared @ towards[..., None])[..., 0]


MODE_B = OuterMode("B", inverse, weights, inverts=True, source="Wold (1982), mode B: one multiple regression")
