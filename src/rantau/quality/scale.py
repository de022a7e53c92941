"""What a measure of reliability may look at: one construct's answers and what each engine found of it."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.record import Record


class ScaleFindings(Record):
    """One construct, as reliability measures see it.

    Attributes
    ----------
    construct
        Its name.
    items
        `k` item names.
    answers
        `(n, k)`, rows with a missing answer left out.
    loadings
        `(k,)` standardised loadings of the factor model; NaN without one.
    common, total
        Variance of the item sum that the factor explains, and its whole implied variance, both in the
        items' own units; NaN without a factor model.
    rho_a, rho_c, ave
        As PLS found them; NaN without a PLS fit.
    level
        Of intervals, between 0 and 1.
    """

    construct: str
    items: tuple[str, ...]
    answers: Array
    loadings: Array
    common: float
    total: float
    rho_a: float
    rho_c: float
    ave: float
    level: float

    @property
    def covariance(self) -> Array:
        """The items' covariance matrix `(k, k)`, divisor n - 1."""
        return np.atleast_2d(np.cov(self.answers, rowvar=False, ddof=1))
