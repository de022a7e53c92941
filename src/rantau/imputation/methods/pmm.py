"""Predictive mean matching."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.imputation.draw import Regression


def pmm(found: Regression, rng: np.random.Generator, *, donors: int) -> Array:
    """Return `(n_missing,)` answers of others whose expected answers are nearest, one of `donors` at random each.

    The expected answers of those who answered come from the fitted regression, those of the others from the drawn
    one (matching of type 1).

    Notes
    -----
    Little (1988b), section 4; van Buuren (2018), section 3.4.2.
    """
    n = found.answers.size
    count = min(donors, n)
    # Equal expectations stand in an order of chance, so that no donor is preferred for where the row stood.
    shuffled = rng.permutation(n)
    order = shuffled[np.argsort(found.expected[shuffled], kind="stable")]
    ranked = found.expected[order]
    first = np.searchsorted(ranked, found.drawn, side="left")
    last = np.searchsorted(ranked, found.drawn, side="right")
    place = first + np.floor(rng.random(first.size) * (last - first + 1)).astype(np.intp)
    # The nearest are among as many on either side.
    window = place[:, None] + np.arange(-count, count)
    outside = (window < 0) | (window >= n)
    distance = np.abs(ranked[np.clip(window, 0, n - 1)] - found.drawn[:, None])
    distance[outside] = np.inf
    near = np.argpartition(distance, count - 1, axis=1)[:, :count]
    taken = near[np.arange(near.shape[0]), rng.integers(count, size=near.shape[0])]
    return np.asarray(found.answers[order[window[np.arange(window.shape[0]), taken]]])
