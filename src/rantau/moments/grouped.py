"""Means and covariances of every group, of one sample or of stacks of resamples."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rantau.arrays import Array, Indices, check_shape
from rantau.moments.compute import complete_rows
from rantau.moments.em import saturated
from rantau.moments.pattern_likelihood import Seen, information_of_moments, mean_value, seen_by
from rantau.moments.patterns import Patterns, missing_patterns, weighted_moments
from rantau.moments.sample import Sample, row_shares
from rantau.moments.single_answers import Ordering
from rantau.options import choose
from rantau.record import Record

__all__ = ["MISSING", "GroupMoments", "Patterns", "grouped_moments", "row_shares"]

#: How a missing answer is met: rows with one are left out, or every answer there is enters the likelihood.
MISSING = ("listwise", "fiml")


class GroupMoments(Record):
    """The unrestricted maximum-likelihood moments of each group, of one sample or of a stack of resamples.

    Attributes
    ----------
    names
        `p` variables.
    groups
        `G` labels; `("",)` where there is one group.
    n
        `(..., G)` rows of each group, or the sum of their weights.
    covariance
        `(..., G, p, p)` with divisor n; where answers are missing, the estimate of the EM algorithm. NaN where a
        resample has no rows of a group.
    mean
        `(..., G, p)`.
    patterns
        What full-information likelihood reads; None where rows are complete.
    weight
        `(..., G, m, m)` the weight matrix of least squares, where an estimator needs one: means first where they
        are modelled, then the lower triangle row by row. `(..., G, m)` where only its diagonal counts.
    ordering
        Which variables are ordered; None where none are. Their covariances are polychoric and polyserial; given
        covariates, those of the residuals, with those of the covariates beside.
    level
        `(..., G, t)`: thresholds, and means of continuous variables, where answers are ordered; given covariates,
        where these are 0, with the slopes on them behind.
    spread
        `(..., G, m, m)`: the covariance matrix of root-n times all moments, where answers are ordered: levels first,
        then the lower triangle row by row without the variances of ordered variables.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    n: Array
    covariance: Array
    mean: Array
    patterns: Patterns | None = None
    weight: Array | None = None
    ordering: Ordering | None = None
    level: Array | None = None
    spread: Array | None = None

    @property
    def n_groups(self) -> int:
        """The number of groups."""
        return len(self.groups)

    @cached_property
    def share(self) -> Array:
        """`(..., G)`: each group's share of the rows."""
        return np.asarray(self.n / self.n.sum(axis=-1, keepdims=True))

    @property
    def gaps(self) -> Patterns:
        """The patterns; moments without them cannot be fitted row by row."""
        if self.patterns is None:
            raise ValueError("these moments carry no patterns of missing answers")
        return self.patterns

    @cached_property
    def seen(self) -> Seen:
        """What each pattern makes of these moments themselves."""
        return seen_by(self.gaps, self.covariance, self.mean)

    @cached_property
    def floor_of_gaps(self) -> Array:
        """`(...)`: minus twice the mean log-likelihood of rows with gaps at these moments, without its constant."""
        return mean_value(self.gaps, self.seen)

    @cached_property
    def information_of_gaps(self) -> tuple[Array, ...]:
        """`(m, m)` for each group: the observed information on these moments, means first, of one row with its gaps."""
        shares = self.gaps.share
        return tuple(
            information_of_moments(self.seen.take(own), shares[own] / shares[own].sum(), means=True, exact=True)
            for own in self.gaps.of_groups(self.n_groups)
        )

    def take(self, which: Indices) -> GroupMoments:
        """Return some members of a stack, in order, without the spread of their moments."""
        return self if which.size == len(self.n) else self._at(which)

    @property
    def stacked(self) -> GroupMoments:
        """One sample as a stack of one, without the spread of its moments."""
        return self._at(None)

    def _at(self, which: Indices | None) -> GroupMoments:
        return self.replace(
            n=self.n[which],
            covariance=self.covariance[which],
            mean=self.mean[which],
            patterns=None if self.patterns is None else self.patterns.take(which),
            weight=None if self.weight is None else self.weight[which],
            level=None if self.level is None else self.level[which],
            spread=None,
        )

    @property
    def modelled(self) -> Indices:
        """The variables whose moments a model is held against, `(k,)`: not the covariates that others are given."""
        every = np.arange(len(self.names))
        return every if self.ordering is None else np.setdiff1d(every, self.ordering.given)


def grouped_moments(sample: Sample, *, missing: str = "listwise", counts: Array | None = None) -> GroupMoments:
    """Compute the means and maximum-likelihood covariances of every group.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing, with their groups and sampling weights.
    missing
        `listwise` leaves out rows with a missing answer; `fiml` uses every answer there is.
    counts
        `(draws, n_obs)` how often each row is taken in each resample; each row once unless given.

    Returns
    -------
    GroupMoments
        Without a leading axis for the sample itself, with one `(draws, ...)` for resamples.

    Raises
    ------
    OptionError
        If `missing` is neither.
    EstimationError
        If fewer than two complete rows are left; under `fiml`, as `saturated` says.

    Notes
    -----
    Sampling weights are scaled to sum to the number of rows that are used, over all groups together and in every
    resample anew, as lavaan does.

    Examples
    --------
    >>> import numpy as np
    >>> rows = Sample(("a",), np.array([[1.0], [3.0], [5.0], [9.0]]), group=np.array([0, 0, 1, 1]), groups=("x", "y"))
    >>> grouped_moments(rows).covariance.ravel().tolist()
    [1.0, 4.0]
    """
    choose("missing", missing, MISSING)
    if counts is not None:
        check_shape("counts", counts, (None, sample.n_obs))
    answered = ~np.isnan(sample.values)
    used = np.flatnonzero(answered.all(axis=1) if missing == "listwise" else answered.any(axis=1))
    if used.size < sample.n_obs:
        counts = None if counts is None else counts[:, used]
        sample = complete_rows(sample) if missing == "listwise" else sample.rows(used)
    shares = row_shares(sample, counts)
    if missing == "fiml":
        patterns = missing_patterns(sample, shares)
        found = saturated(patterns, sample.names, groups=sample.groups, source=sample.source)
        n = np.stack([patterns.n[..., patterns.group == g].sum(axis=-1) for g in range(len(sample.groups))], axis=-1)
        return GroupMoments(sample.names, sample.groups, n, found.covariance, found.mean, patterns)
    lead, p, k = shares.shape[:-1], len(sample.names), len(sample.groups)
    n, mean, covariance = np.empty((*lead, k)), np.empty((*lead, k, p)), np.empty((*lead, k, p, p))
    for place in range(k):
        rows = slice(None) if k == 1 else np.flatnonzero(sample.membership == place)
        total, centre, spread = weighted_moments(sample.values[rows], shares[..., rows])
        empty = total == 0
        n[..., place] = total
        mean[..., place, :] = np.where(empty[..., None], np.nan, centre)
        covariance[..., place, :, :] = np.where(empty[..., None, None], np.nan, spread)
    return GroupMoments(sample.names, sample.groups, n, covariance, mean)
