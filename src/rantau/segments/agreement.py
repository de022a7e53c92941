"""How far two divisions of the same rows agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rantau.arrays import Array
from rantau.extras import require
from rantau.moments.belonging import labelled


def crossed(first: Sequence[Any], second: Sequence[Any]) -> Array:
    """Return how many rows have each pair of labels, of labels in the order met; those without one are left out."""
    series = require("pandas").Series
    (left, rows), (right, columns) = (labelled(series(list(one))) for one in (first, second))
    found = np.zeros((len(rows), len(columns)))
    both = (left >= 0) & (right >= 0)
    np.add.at(found, (left[both], right[both]), 1.0)
    return found


def adjusted_rand(first: Sequence[Any], second: Sequence[Any]) -> float:
    """Return the adjusted Rand index of two divisions: 1 where they are the same, 0 where they agree as chance would.

    Parameters
    ----------
    first, second
        A label per row; rows without one in either are left out.

    Source: Hubert and Arabie (1985), equation 5.

    Examples
    --------
    >>> adjusted_rand(["a", "a", "b", "b"], [2, 2, 1, 1])
    1.0
    """
    return rand_of(crossed(first, second))


def rand_of(table: Array) -> float:
    """Return the adjusted Rand index of a table of counts, `(r, c)`; NaN where neither division divides anything."""
    pairs, whole = _pairs(table), _pairs(table.sum())
    rows, columns = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected, most = rows * columns / whole, (rows + columns) / 2
    return float((pairs - expected) / (most - expected)) if most > expected else np.nan


def _pairs(counts: Array) -> float:
    return float((counts * (counts - 1) / 2).sum())
