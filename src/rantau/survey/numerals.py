"""A column of a data frame as numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import ResponseError

if TYPE_CHECKING:
    import pandas as pd

#: Beyond this, sums of fourth powers overflow.
LARGEST = 1e70
_NUMERAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def numbers(column: pd.Series, where: str, *, before: int = 0) -> Array:
    """Return one column as floats.

    Parameters
    ----------
    column
        `(n_obs,)` cells of any kind.
    where
        The file and column, for messages.
    before
        How many rows of the file stand before the first of these.

    Raises
    ------
    ResponseError
        For what is no number, or none that can be squared, with its row.
    """
    if getattr(column.dtype, "kind", "O") in "Mmc":
        raise ResponseError(
            f"{where} holds {column.dtype} values; a number per row is needed. "
            "Turn it into one first (such as an age in years)."
        )
    if getattr(column.dtype, "kind", "O") not in "iufb":
        _check_text(column, where, before)
    try:
        values: Array = column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ResponseError(f"{where} is not numeric.") from None
    huge = np.flatnonzero(np.abs(values) > LARGEST)
    if huge.size:
        got = "infinite values" if np.isinf(values[huge[0]]) else f"values such as {values[huge[0]]:g}"
        raise ResponseError(f"{where}, row {before + int(huge[0]) + 1}: {got} cannot be analysed.")
    return values


def _check_text(column: pd.Series, where: str, before: int) -> None:
    """Refuse a cell of text that is not plainly a number: `nan`, `1_000` and `inf` are left to nobody's guess."""
    for row, cell in enumerate(column):
        if isinstance(cell, str) and not _NUMERAL.fullmatch(cell.strip()):
            raise ResponseError(
                f"{where}, row {before + row + 1}: a number is needed, got '{cell}'. "
                "Turn labels into numbers with an instrument (rt.read_responses) or recode the column."
            )
