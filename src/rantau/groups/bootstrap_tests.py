"""Tests of a difference between two groups from the bootstrap of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from rantau.arrays import Array


class StudentTest(NamedTuple):
    """A t-test: `(q,)` each."""

    t: Array
    df: Array
    p: Array


def not_larger(first: Array, second: Array) -> Array:
    """Return how probable it is that a quantity of the first group is not larger than that of the second.

    Parameters
    ----------
    first, second
        Draws of each group, `(draws, q)`.

    Returns
    -------
    Array
        `(q,)`: below .05 the first group's is larger at 5 %, above .95 the second's (one-sided).

    Notes
    -----
    Henseler, Ringle and Sinkovics (2009): 1 less the share of all pairs of draws with
    2 mean1 - draw1 - (2 mean2 - draw2) > 0, so that draws are reflected at their means.
    """
    left = np.sort(2 * first.mean(axis=0) - first, axis=0)
    right = np.sort(2 * second.mean(axis=0) - second, axis=0)
    pairs = len(first) * len(second)
    # What ties is half of each: quantities that never differ have .5.
    found = [
        (np.searchsorted(b, a, side="left").sum() + np.searchsorted(b, a, side="right").sum()) / 2 / pairs
        for a, b in zip(left.T, right.T, strict=True)
    ]
    return 1 - np.array(found)


def parametric(difference: Array, errors: Array, n: Array) -> StudentTest:
    """Test differences by a pooled standard error, taking those of the groups for equal.

    Parameters
    ----------
    difference
        `(q,)`.
    errors
        Bootstrap standard errors of the two groups, `(2, q)`.
    n
        Their rows, `(2,)`.

    Source: Keil et al. (2000), A cross-cultural study on escalation of commitment behavior in software projects,
    MIS Quarterly 24; Chin (2000).
    """
    df = n.sum() - 2
    pooled = np.sqrt((((n - 1)[:, None] ** 2 / df) * errors**2).sum(axis=0)) * np.sqrt((1 / n).sum())
    return _student(difference, pooled, np.full(difference.shape, float(df)))


def welch(difference: Array, errors: Array, n: Array) -> StudentTest:
    """Test differences without taking the groups' standard errors for equal.

    Parameters
    ----------
    difference, errors, n
        As for `parametric`.

    Source: Sarstedt, Henseler and Ringle (2011), Multigroup analysis in PLS path modeling, with the
    two degrees of freedom that they take off (Welch, 1947, does not).
    """
    parts = ((n - 1) / n)[:, None] * errors**2
    with np.errstate(invalid="ignore", divide="ignore"):
        df = parts.sum(axis=0) ** 2 / (((n - 1) / n**2)[:, None] * errors**4).sum(axis=0) - 2
    return _student(difference, np.sqrt(parts.sum(axis=0)), df)


def _student(difference: Array, error: Array, df: Array) -> StudentTest:
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(error > 0, difference / error, np.nan)
    usable = np.isfinite(t) & (df > 0)
    p = np.where(usable, 2 * stdtr(np.where(usable, df, 1.0), -np.abs(np.where(usable, t, 0.0))), np.nan)
    return StudentTest(t, np.where(np.isnan(t), np.nan, df), p)
