"""Answers in portions of rows, so that what is worked out of a million of them fits into memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array, Indices
from rantau.survey.responses import Responses

#: With forty items, 6 MB for each array of a portion.
AT_ONCE = 20_000


def portions(n_obs: int) -> Iterator[slice]:
    """Yield slices that together take every row once.

    Examples
    --------
    >>> [(part.start, part.stop) for part in portions(45_000)]
    [(0, 20000), (20000, 40000), (40000, 45000)]
    """
    for start in range(0, n_obs, AT_ONCE):
        yield slice(start, min(start + AT_ONCE, n_obs))


def presented(responses: Responses) -> Indices:
    """Return the places of the columns in the order in which the questions were shown.

    The order stated in the instrument counts; without one, that of the file's columns.
    """
    survey = responses.survey
    shown = [code for code in survey.order if code in survey.codes]
    order = {code: place for place, code in enumerate(shown)} if survey.order_stated else {}
    places = sorted(range(len(responses.columns)), key=lambda place: order.get(responses.columns[place], place))
    return np.array(places, dtype=np.intp)


def on_one_scale(responses: Responses, values: Array) -> Array:
    """Return answers `(rows, k)` that can be compared across items.

    They stay as they are where all items share their bounds; otherwise each runs from 0 to 1 between its own.
    """
    scales = [responses.survey.item(code).scale for code in responses.columns]
    low = np.array([scale.minimum for scale in scales], dtype=float)
    high = np.array([scale.maximum for scale in scales], dtype=float)
    if len(set(low)) <= 1 and len(set(high)) <= 1:
        return values
    spread: Array = (values - low) / (high - low)
    return spread


def row_correlations(left: Array, right: Array, least: int = 3) -> Array:
    """Correlate two sets of numbers within each row.

    Parameters
    ----------
    left, right
        `(rows, pairs)`; a pair with a NaN does not count.
    least
        How many pairs are needed.

    Returns
    -------
    Array
        `(rows,)`; NaN where there are fewer pairs, or one side does not vary.

    Examples
    --------
    >>> row_correlations(np.array([[1.0, 2, 3], [1, 2, 3]]), np.array([[2.0, 4, 6], [5, 5, 5]])).tolist()
    [1.0, nan]
    """
    there = ~(np.isnan(left) | np.isnan(right))
    count = there.sum(axis=1)
    divisor = np.maximum(count, 1)[:, None]
    first, second = np.where(there, left, 0.0), np.where(there, right, 0.0)
    varies = np.all([_varies(side, there) for side in (left, right)], axis=0) & (count >= least)
    first = np.where(there, first - first.sum(axis=1, keepdims=True) / divisor, 0.0)
    second = np.where(there, second - second.sum(axis=1, keepdims=True) / divisor, 0.0)
    shared = (first * second).sum(axis=1)
    spread = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    found: Array = np.divide(shared, spread, out=np.full(len(left), np.nan), where=varies)
    return np.clip(found, -1.0, 1.0)


def _varies(values: Array, there: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    """Say of each row whether its numbers differ; deviations from a mean may leave rounding dust."""
    high = np.where(there, values, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(there, values, np.inf).min(axis=1, initial=np.inf)
    differs: Array = high - low > 1e-12
    return differs
