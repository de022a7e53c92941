"""What each row adds to the score: the slope of its own log-likelihood by the parameters."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import Implied, Layout, Slopes
from rantau.moments.sample import Sample


def row_scores(layout: Layout, implied: Implied, slope: Slopes, sample: Sample) -> Array:
    """Compute the derivative of each row's log-likelihood by the free parameters.

    Parameters
    ----------
    layout, implied, slope
        The model at the estimates, without a stack.
    sample
        `(n, p)` rows in the units of `layout`, NaN where missing.

    Returns
    -------
    Array
        `(n, n_free)`; not multiplied with sampling weights.

    Notes
    -----
    By differentiating the normal log-density: with `W` the inverse of sigma among the seen variables and
    `e = W (y - mu)`, `e' dSigma e / 2 - tr(W dSigma) / 2 + dmu' e`; with `dSigma = u w' + w u'` that is
    `(u'e)(w'e) - u'Ww + dmu'e`.
    """
    found = np.zeros((sample.n_obs, layout.n_free))
    for group, rows, items in alike(sample):
        inverse = np.linalg.inv(implied.sigma[group][np.ix_(items, items)])
        pulled = (sample.values[np.ix_(rows, items)] - implied.mu[group][items]) @ inverse
        left, right = slope.left[group][items], slope.right[group][items]
        by_cell = (pulled @ left) * (pulled @ right) - np.einsum("if,if->f", left, inverse @ right)
        if slope.mean is not None:
            by_cell += pulled @ slope.mean[group][items]
        used, places, factor, which = layout.gathers[group]
        if which is None:
            found[rows[:, None], places] = by_cell[:, used] * factor
        else:
            found[rows] = by_cell @ which
    return found


def moment_scores(covariance: Array, mean: Array, sample: Sample, *, means: bool) -> Array:
    """Compute the derivative of each row's log-likelihood by the unrestricted moments of its group.

    Parameters
    ----------
    covariance, mean
        `(G, p, p)` and `(G, p)` at which the derivatives are taken.
    sample
        `(n, p)` rows, NaN where missing.
    means
        Whether the means are among the moments.

    Returns
    -------
    Array
        `(n, G * m)`: group by group, means first, then the lower triangle row by row.
    """
    groups, p = mean.shape
    i, j = np.tril_indices(p)
    offset = p if means else 0
    m = offset + i.size
    found = np.zeros((sample.n_obs, groups * m))
    twice = np.where(i == j, 0.5, 1.0)
    for group, rows, items in alike(sample):
        inverse = np.zeros((p, p))
        inverse[np.ix_(items, items)] = np.linalg.inv(covariance[group][np.ix_(items, items)])
        distance = np.zeros((rows.size, p))
        distance[:, items] = sample.values[np.ix_(rows, items)] - mean[group][items]
        pulled = distance @ inverse
        start = group * m
        if means:
            found[rows, start : start + p] = pulled
        found[rows, start + offset : start + m] = twice * (pulled[:, i] * pulled[:, j] - inverse[i, j])
    return found


def alike(sample: Sample) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """Return group, rows and seen variables of each set of rows that have the same ones."""
    raise NotImplementedError
