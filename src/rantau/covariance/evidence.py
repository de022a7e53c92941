"""What tests and standard errors are computed from: a fitted structure with its data, in standard units."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rantau.arrays import Array
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, Layout, Slopes, imply, slopes
from rantau.covariance.local import Local
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample
from rantau.record import Record


class Evidence(Record):
    """A structure (the model, or its baseline) at its estimates.

    Attributes
    ----------
    layout, discrepancy, moments
        What was minimised; moments without a stack, everything in standard units.
    sample
        The rows in the same units, `(n, p)`; None where only moments were given.
    theta
        `(n_free,)` estimates.
    directions
        `(n_free, n_free - rank)`: a basis of what the constraints leave free.
    value, floor
        The minimum of the discrepancy, and its value for a perfect fit.
    df
        Degrees of freedom.
    """

    layout: Layout
    discrepancy: Discrepancy
    moments: GroupMoments
    sample: Sample | None
    theta: Array
    directions: Array
    value: float
    floor: float
    df: int

    @property
    def n_obs(self) -> float:
        """Rows, or the sum of their weights; one less in each group under Wishart's likelihood."""
        return float(self.moments.n.sum())

    @property
    def chisq(self) -> float:
        """The standard statistic; a saturated structure's is zero but for rounding."""
        if self.df <= 0:
            return 0.0
        return max(self.n_obs * self.misfit, 0.0)

    @property
    def misfit(self) -> float:
        """The discrepancy above that of a perfect fit."""
        return self.value - self.floor

    @cached_property
    def implied(self) -> Implied:
        """What the structure implies, `(G, p, p)` and `(G, p)`."""
        return imply(self.layout, self.theta)

    @cached_property
    def slope(self) -> Slopes:
        """The derivatives of that."""
        return slopes(self.layout, self.implied)

    @cached_property
    def local(self) -> Local:
        """The discrepancy and its derivatives by the implied moments."""
        return self.discrepancy.function(self.implied, self.moments)

    @cached_property
    def expected_information(self) -> Array:
        """Expected information of one row, `(n_free, n_free)`."""
        return self._second(exact=False) / 2

    @cached_property
    def observed_information(self) -> Array:
        """Observed information of one row, `(n_free, n_free)`: half the exact Hessian."""
        return self._second(exact=True) / 2

    def _second(self, *, exact: bool) -> Array:
        found = self.discrepancy.second(self.layout, self.implied, self.slope, self.moments, self.local, exact)
        return np.asarray(found.exact if exact and found.exact is not None else found.expected)
