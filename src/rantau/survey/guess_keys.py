"""Which items run against the others of their scale."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array

#: A weaker relation is no sign of anything, nor is one that chance brings about in so few rows.
_LEAST = 0.1


def likely_reversed(values: Array) -> tuple[tuple[bool, str], ...]:
    """Say of each item whether it is likely reversed, and why; a reason without that is a doubt.

    The items are divided in two by the signs of the first principal component of their correlations; those of the
    smaller part are likely reversed if they correlate negatively with the larger.

    Parameters
    ----------
    values
        `(n, k)`; as answered, NaN where there is no answer.

    Returns
    -------
    tuple of (bool, str)
        One for each item.

    Examples
    --------
    >>> trait = np.arange(10.0)
    >>> [turned for turned, _ in likely_reversed(np.column_stack([trait, trait, 9 - trait]))]
    [False, False, True]
    """
    n_items = int(values.shape[1])
    nothing: tuple[tuple[bool, str], ...] = ((False, ""),) * n_items
    if n_items < 2 or len(values) < 3:
        return nothing
    correlations = _correlations(values)
    # Twice the standard error of a correlation of 0.
    least = max(_LEAST, 2.0 / np.sqrt(len(values)))
    if n_items == 2:
        r = correlations[0, 1]
        told = f"the two items correlate negatively (r = {r:.2f}); one of them may be reversed" if r < -least else ""
        return ((False, told), (False, told))
    first = np.linalg.eigh(correlations)[1][:, -1]
    up, down = first > 0, first < 0
    if down.sum() > up.sum():
        up, down = down, up
    if not down.any() or not up.any():
        return nothing
    between = correlations[:, up].mean(axis=1)
    against = down & (between < -least)
    if down.sum() == up.sum():
        told = "half of the items run against the other half; one half is reversed, and the answers do not show which"
        return tuple((False, told if against.any() else "") for _ in range(n_items))
    return tuple(
        (bool(turned), f"it correlates {r:.2f} with the others" if turned else "")
        for turned, r in zip(against, between, strict=True)
    )


def _correlations(values: Array) -> Array:
    """Correlate items; a gap counts as the mean of its item, and an item without variance with nothing."""
    answered = np.isfinite(values)
    counts = np.maximum(answered.sum(axis=0), 1)
    means = np.where(answered, values, 0.0).sum(axis=0) / counts
    deviations = np.where(answered, values - means, 0.0)
    sizes = np.sqrt((deviations**2).sum(axis=0))
    scaled = np.divide(deviations, sizes, out=np.zeros_like(deviations), where=sizes > 0)
    r: Array = scaled.T @ scaled
    return r
