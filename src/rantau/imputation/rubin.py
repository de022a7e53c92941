"""What estimates from several completed data sets say together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from rantau.arrays import Array

#: Degrees of freedom beyond which t is normal for all purposes.
_NORMAL = 1e7


class Combined(NamedTuple):
    """Pooled estimates.

    Attributes
    ----------
    est, se, df
        `(q,)`; degrees of freedom are infinite where the estimate is the same in every data set.
    riv
        `(q,)`: by how much, relatively, missing answers increase the variance.
    fmi
        `(q,)`: the share of the information that is missing.
    """

    est: Array
    se: Array
    df: Array
    riv: Array
    fmi: Array


def combine(values: Array, errors: Array, complete_df: float) -> Combined:
    """Pool estimates and standard errors.

    Parameters
    ----------
    values, errors
        `(m, q)` of each completed data set.
    complete_df
        Degrees of freedom of the test if nothing were missing.

    Returns
    -------
    Combined
        NaN where an estimate or an error is not known in some data set.

    Notes
    -----
    Rubin (1987), eqs. 3.1.2 to 3.1.10; Barnard & Rubin (1999), eq. 3, for a finite `complete_df`.
    """
    m = len(values)
    within = (errors**2).mean(axis=0)
    between = values.var(axis=0, ddof=1)
    # What differs by rounding alone does not differ.
    between = np.where(between <= (1e-13 * np.abs(values).max(axis=0)) ** 2, 0.0, between)
    extra = (1 + 1 / m) * between
    total = within + extra
    with np.errstate(divide="ignore", invalid="ignore"):
        riv = np.where(extra == 0, 0.0, extra / within)
        share = np.where(extra == 0, 0.0, extra / total)
        df = (m - 1) / share**2
        if np.isfinite(complete_df):
            observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
            df = 1 / (1 / df + 1 / observed)
        fmi = np.where(extra == 0, 0.0, (riv + 2 / (df + 3)) / (riv + 1))
    return Combined(values.mean(axis=0), np.sqrt(total), df, riv, fmi)


def two_sided(statistic: Array, df: Array) -> Array:
    """Return twice the tail of t beyond statistics `(q,)` with `(q,)` degrees of freedom, which may be infinite."""
    size = -np.abs(statistic)
    normal = ~(df < _NORMAL)
    tail = np.where(normal, ndtr(size), stdtr(np.where(normal, 1.0, df), size))
    return np.asarray(2 * np.where(np.isnan(df), np.nan, tail))


def quantile(level: float, df: Array) -> Array:
    """Return how many standard errors an interval of a level reaches, for `(q,)` degrees of freedom."""
    normal = ~(df < _NORMAL)
    reach = np.where(normal, ndtri(0.5 + level / 2), stdtrit(np.where(normal, 1.0, df), 0.5 + level / 2))
    return np.asarray(np.where(np.isnan(df), np.nan, reach))
