"""The sample as both engines see it: complete or gappy rows, and their moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import ResponseError, listing, unknown
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class Sample(Record):
    """Rows of numbers under names.

    Attributes
    ----------
    names
        One per column.
    values
        `(n_obs, n_items)`; NaN where an answer is missing.
    """

    names: tuple[str, ...]
    values: Array

    @property
    def n_obs(self) -> int:
        """The number of rows."""
        return int(self.values.shape[0])


class Moments(Record):
    """Means and covariances of one sample, or of a stack of resamples.

    Attributes
    ----------
    names
        One per variable.
    n_obs
        Rows behind each member of the stack.
    covariance
        `(..., p, p)`, with divisor `n_obs` (maximum likelihood).
    mean
        `(..., p)`.
    """

    names: tuple[str, ...]
    n_obs: int
    covariance: Array
    mean: Array
