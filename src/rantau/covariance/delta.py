"""Standard errors and intervals of what follows from the parameters, by the delta method."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtri

from rantau.arrays import Array, Mask
from rantau.covariance.derived import Row
from rantau.extras import require
from rantau.options import check_level

if TYPE_CHECKING:
    import pandas as pd


def delta_errors(covariance: Array, gradients: Array) -> tuple[Array, Mask]:
    """Return standard errors by the delta method, and which quantities any free parameter moves.

    Parameters
    ----------
    covariance
        `(..., n_free, n_free)` of the estimates.
    gradients
        `(..., k, n_free)` of the quantities.

    Returns
    -------
    tuple
        `(..., k)` each; 0 where nothing moves a quantity, NaN where its error is not known.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        variance = np.einsum("...i,...i->...", gradients @ covariance, gradients)
    # What no free parameter moves (a marker, a standardised variance of 1) has no error, nor what constraints hold.
    size = np.abs(gradients)
    with np.errstate(invalid="ignore", over="ignore"):
        held = np.abs(variance) <= 1e-13 * np.einsum("...i,...i->...", size @ np.abs(covariance), size)
    moved = ~(size.max(axis=-1, initial=0.0) <= 1e-12) & ~held
    return np.where(moved, np.sqrt(np.where(variance > 0, variance, np.nan)), 0.0), moved


def normal_inference(est: Array, se: Array, moved: Mask, level: float) -> dict[str, Array]:
    """Return `z p ci_low ci_high` of estimates with normal errors, each of their shape.

    Parameters
    ----------
    est, se
        `(...)`.
    moved
        `(...)`: which of them have an error; z and p of the others are NaN.
    level
        Of the intervals.

    Raises
    ------
    OptionError
        If the level is not between 0 and 1.
    """
    check_level(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(moved, est / se, np.nan)
    reach = float(ndtri(0.5 + level / 2)) * se
    return {"z": z, "p": 2 * np.exp(log_ndtr(-np.abs(z))), "ci_low": est - reach, "ci_high": est + reach}


@lru_cache(maxsize=64)
def _names(rows: tuple[Row, ...]) -> tuple[tuple[str, object], ...]:
    """Return the columns of names as pandas holds them, which takes it longer than all the figures."""
    frame = require("pandas").DataFrame(list(rows), columns=list(Row._fields))
    return tuple((name, frame[name].array) for name in Row._fields)


def inference_table(
    rows: Sequence[Row],
    est: Array,
    gradients: Array,
    covariance: Array,
    level: float,
    name: str,
    extra: dict[str, Array] | None = None,
) -> pd.DataFrame:
    """Put estimates into a table with their errors, tests and intervals.

    Parameters
    ----------
    rows
        Their names, k of them.
    est, gradients
        `(k,)` and `(k, n_free)`.
    covariance
        `(n_free, n_free)` of the parameters.
    level
        Of the intervals.
    name
        Of the column of estimates.
    extra
        Further columns, `(k,)` each.

    Raises
    ------
    OptionError
        If the level is not between 0 and 1.
    """
    se, moved = delta_errors(covariance, gradients)
    se = np.where(np.isfinite(est), se, np.nan)
    columns = dict(_names(tuple(rows)))
    columns |= {name: est, "se": se, **normal_inference(est, se, moved, level), **(extra or {})}
    return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]
