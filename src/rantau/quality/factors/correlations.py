"""The correlations that questions of factors begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError
from rantau.moments.chosen import chosen_sample
from rantau.moments.compute import complete_rows
from rantau.moments.sample import Sample
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: Below this smallest eigenvalue a correlation matrix is singular.
SINGULAR = 1e-10


def chosen_rows(data: Responses | pd.DataFrame, items: str | Sequence[str] | None) -> Sample:
    """Return the complete rows of the chosen items, of which there are two at least.

    Raises
    ------
    ResponseError, EstimationError
        If an item is not there, does not vary, or there are fewer rows than items.
    """
    rows = complete_rows(chosen_sample(data, items)[0])
    if len(rows.names) < 2:
        raise EstimationError(f"one item ({rows.names[0]}) has no correlations; name two or more.")
    if rows.n_obs <= len(rows.names):
        raise EstimationError(f"{rows.n_obs} complete rows of {len(rows.names)} items are too few.")
    # Of the same decimals over and over, a standard deviation keeps rounding dust.
    for name, spread in zip(rows.names, np.ptp(rows.values, axis=0), strict=True):
        if not spread:
            raise EstimationError(f"'{name}' has one answer only; leave it out.")
    return rows


def correlations_of(rows: Sample) -> Array:
    """Return the correlations of the columns, `(p, p)`.

    Raises
    ------
    EstimationError
        If items depend on each other exactly.
    """
    found = np.corrcoef(rows.values, rowvar=False)
    values, vectors = np.linalg.eigh(found)
    if values[0] < SINGULAR:
        names = [name for name, weight in zip(rows.names, vectors[:, 0], strict=True) if abs(weight) > 0.05]
        raise EstimationError(f"these items depend on each other exactly: {', '.join(names)}; leave one out.")
    return np.asarray(found)
