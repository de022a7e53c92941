"""What errors of prediction come to: means over rows that count by their weights, and intervals of new rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices

#: Errors this share of their size apart are the same.
_ROUNDING = 1e-10


class Errors(NamedTuple):
    """Errors `(repetitions, rows, m)` of three predictions; NaN where nothing was predicted."""

    pls: Array
    linear: Array
    average: Array


def less(one: Array, other: Array, size: Array | float) -> Array:
    """Return one array of errors or losses less another, 0 where they differ by rounding alone.

    PLS of single items is the linear model: which of the two is the smaller by a last digit says nothing.

    Parameters
    ----------
    one, other
        `(k,)`.
    size
        How large they usually are, `(k,)` or one for all.
    """
    difference = one - other
    found: Array = np.where(np.abs(difference) <= _ROUNDING * size, 0.0, difference)
    return found


def mean_of_known(values: Array, weights: Array) -> Array:
    """Return the mean of what is known of each item, `(m,)`.

    Parameters
    ----------
    values
        `(repetitions, rows, m)`.
    weights
        `(rows,)`, how much each row counts.
    """
    known = np.isfinite(values) * weights[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(known > 0, values * known, 0.0).sum(axis=(0, 1)) / known.sum(axis=(0, 1))
    return found


def mean_of_repetitions(values: Array) -> Array:
    """Return the mean over repetitions of what is known, `(1, rows, m)`, of `(repetitions, rows, m)`."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(known, values, 0.0).sum(axis=0, keepdims=True) / known.sum(axis=0, keepdims=True)
    return found


def loss_of_rows(errors: Array) -> Array:
    """Return the mean squared error of each row, `(rows,)`, of `(repetitions, rows, m)`.

    NaN where none is known, and throughout where some item is predicted nowhere: the others are not all items.
    """
    squared = errors**2
    if np.isnan(squared).all(axis=(0, 1)).any():
        return np.full(errors.shape[1], np.nan)
    known = np.isfinite(squared)
    often = known.sum(axis=(0, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(known, squared, 0.0).sum(axis=(0, 2)) / often
    return found


def interval_of_new(each: Array, errors: Array, folds: Indices, weights: Array, level: float) -> tuple[Array, Array]:
    """Return in which interval one item of each new row is to be expected, `(new,)` each.

    Parameters
    ----------
    each
        `(draws, new)`: the predictions by each training sample.
    errors
        `(repetitions, rows)`: the sizes of the errors of rows left out, NaN where unknown.
    folds
        `(repetitions, rows)`: the training sample that left each row out.
    weights
        `(rows,)`; a new row counts as much as the rows do on average.
    level
        Of the interval.

    Source: Barber, Candès, Ramdas and Tibshirani (2021), CV+; Tibshirani, Barber, Candès and Ramdas (2019) for weights.
    """
    r, row = np.nonzero(np.isfinite(errors))
    counts = weights[row]
    asked = level * (counts.sum() + len(errors) * counts.mean())
    low, high = np.full((2, each.shape[1]), np.inf) * np.array([[-1.0], [1.0]])
    if not asked > counts.sum():
        for new in range(each.shape[1]):
            ends, sizes = each[folds[r, row], new], errors[r, row]
            high[new] = _reached(ends + sizes, counts, asked)
            low[new] = -_reached(sizes - ends, counts, asked)
    return low, high


def _reached(values: Array, weights: Array, asked: float) -> float:
    """Return the smallest value up to which the weights come to what is asked."""
    order = np.argsort(values)
    up_to = np.cumsum(weights[order])
    # A sum that rounding has left short of a whole number has come to it.
    place = int(np.searchsorted(up_to, asked * (1 - 1e-12)))
    return float(values[order[min(place, len(order) - 1)]])
