"""What tests and standard errors are computed from: a fitted structure with its data, in standard units."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rantau.arrays import Array
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, Slopes, imply, moment_jacobian, slopes
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local
from rantau.moments.grouped import GroupMoments, row_shares
from rantau.moments.sample import Sample
from rantau.record import Record

#: A structure without degrees of freedom misses its sample by less than this, but for rounding.
EXACT = 1e-9


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
    fixed
        The places of the covariates whose moments are the sample's own.
    counts
        `(G,)` rows of each group, by which information is weighted as in lavaan; `moments.n`, which is one less under
        Wishart's likelihood, unless given.
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
    fixed: tuple[int, ...] = ()
    counts: Array | None = None

    @property
    def n_obs(self) -> float:
        """Rows, or the sum of their weights; one less in each group under Wishart's likelihood."""
        return float(self.moments.n.sum())

    @property
    def rows(self) -> Sample:
        """The rows; without them nothing can be said of how they scatter."""
        if self.sample is None:
            raise ValueError("these moments came without their rows")
        return self.sample

    @cached_property
    def row_weights(self) -> Array:
        """`(n,)`: how much each row counts; the sum is their number."""
        return row_shares(self.rows)

    @cached_property
    def centre(self) -> Array:
        """`(G, p)`: what rows deviate from: the implied means, or the sample's where means are not modelled."""
        if self.layout.mean_structure:
            return self.implied.mu
        return self.sample_mean

    @cached_property
    def sample_mean(self) -> Array:
        """`(G, p)`: the means of complete rows."""
        rows, weights = self.rows, self.row_weights
        found = [
            weights[members] @ rows.values[members] / weights[members].sum()
            for members in (rows.membership == group for group in range(self.layout.n_groups))
        ]
        return np.stack(found)

    @property
    def chisq(self) -> float:
        """The standard statistic; a saturated one's is zero but for rounding, unless an inequality holds it back."""
        if self.df <= 0 and self.misfit < EXACT:
            return 0.0
        if self.counts is None or np.array_equal(self.counts, self.moments.n):
            return max(self.n_obs * self.misfit, 0.0)
        # Under Wishart's likelihood each group counts for one row less, whatever it weighed in the minimum.
        moments = self.moments.replace(n=self.counts - 1)
        misfit = self.discrepancy.function(self.implied, moments).value - self.discrepancy.floor(moments)
        return max(self.n_obs * float(misfit), 0.0)

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
    def jacobian(self) -> Array:
        """The derivatives of all moments written out, `(G, m, n_free)`, see `moment_jacobian`."""
        return moment_jacobian(self.layout, self.slope)

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

    @property
    def shares(self) -> Array:
        """`(G,)`: each group's share of the rows."""
        counts = self.moments.n if self.counts is None else self.counts
        return np.asarray(counts / counts.sum())

    def _second(self, *, exact: bool) -> Array:
        moments, local = self.moments, self.local
        if self.counts is not None and not np.array_equal(self.shares * self.n_obs, moments.n):
            moments = moments.replace(n=self.shares * self.n_obs)
            local = self.discrepancy.function(self.implied, moments)
        found = self.discrepancy.second(self.layout, self.implied, self.slope, moments, local, exact)
        return np.asarray(found.exact if exact and found.exact is not None else found.expected)
