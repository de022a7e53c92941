"""Means and covariances of a sample and of stacks of resamples, without a loop over the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array, Mask, lower_triangle
from rantau.errors import EstimationError, listing
from rantau.moments.em import saturated
from rantau.moments.patterns import missing_patterns
from rantau.moments.sample import Sample, row_shares
from rantau.options import choose
from rantau.record import Record

#: How a missing answer is met: rows with one are left out, the item's mean stands in, or every answer there is enters
#: the likelihood of normal data.
MISSING = ("listwise", "mean", "em")
#: A variance that is a smaller share than this of the mean square about the centre of the sample is rounding.
ROUNDING = 1e-13
#: How many products of pairs of items are held at once (64 MB).
_BLOCK = 8_000_000


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


def complete_rows(sample: Sample, *, on: Sequence[str] | None = None) -> Sample:
    """Return the rows without a missing answer.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing.
    on
        The items that must be answered, such as the covariates of a model; all unless given.

    Raises
    ------
    EstimationError
        If fewer than two are left, in any group.
    """
    columns = range(len(sample.names)) if on is None else [sample.names.index(name) for name in on]
    keep = np.flatnonzero(~np.isnan(sample.values[:, list(columns)]).any(axis=1))
    what = "every item used" if on is None else listing(on, most=6)
    counts = np.bincount(sample.membership, minlength=len(sample.groups))
    kept = np.bincount(sample.membership[keep], minlength=len(sample.groups))
    for label, before, after in zip(sample.groups, counts, kept, strict=True):
        if after < 2:
            where = f"{sample.source}, group '{label}'" if label else sample.source
            raise EstimationError(
                f"{where}: {after} of {before} rows have an answer to {what}; "
                "look at the missing answers with `rantau describe`."
            )
    return sample if keep.size == sample.n_obs else sample.rows(keep)


def answered_rows(sample: Sample) -> Sample:
    """Return the rows with an answer to at least one item: the others tell full-information likelihood nothing.

    Raises
    ------
    EstimationError
        If fewer than two are left.
    """
    keep = np.flatnonzero(~np.isnan(sample.values).all(axis=1))
    if keep.size < 2:
        raise EstimationError(f"{sample.source}: {keep.size} of {sample.n_obs} rows have an answer to any item used.")
    return sample if keep.size == sample.n_obs else sample.rows(keep)


def sample_moments(sample: Sample, *, missing: str = "listwise") -> Moments:
    """Compute means and the maximum-likelihood covariance matrix.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing, with sampling weights or without.
    missing
        `listwise` leaves out rows with a missing answer; `mean` puts the item's mean in its place; `em` takes
        the moments under which the answers there are would be most likely.

    Returns
    -------
    Moments
        Covariance `(p, p)` with divisor n.

    Raises
    ------
    OptionError
        If `missing` is none of these.
    EstimationError
        If an item was never answered, or no complete row is left; under `em`, as `em.saturated` says.

    Examples
    --------
    >>> import numpy as np
    >>> sample_moments(Sample(("a",), np.array([[1.0], [3.0]]))).covariance.tolist()
    [[1.0]]
    """
    choose("missing", missing, MISSING)
    if missing == "listwise":
        sample = complete_rows(sample)
    elif missing == "em" and np.isnan(sample.values).any():
        found = saturated(missing_patterns(sample, row_shares(sample)), sample.names, source=sample.source)
        return Moments(sample.names, sample.n_obs, found.covariance[0], found.mean[0])
    _check_answered(sample)
    covariance, mean = _of_one(sample, row_shares(sample))
    return Moments(sample.names, sample.n_obs, covariance, mean)


def resampled_moments(sample: Sample, counts: Array, *, missing: str = "mean") -> Moments:
    """Compute the moments of many resamples with one matrix product.

    Where answers are missing, each resample puts its own item means in their place, or finds its own estimates by EM,
    so nothing is taken over from the sample. Rows should be complete beforehand for listwise deletion. A row counts as
    often as it is taken times its sampling weight.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing, with sampling weights or without.
    counts
        `(draws, n_obs)`: how often each row is drawn; every draw has the same total.
    missing
        `mean` or `em`, which are the same where no answer is missing.

    Returns
    -------
    Moments
        Covariance `(draws, p, p)` with the draw's total as divisor, mean `(draws, p)`; in memory the draws lie side by
        side. NaN where a resample cannot tell.

    Raises
    ------
    EstimationError
        If an item was never answered.

    Notes
    -----
    With Z the `(n, p(p+1)/2)` products of centred columns, all second moments of all draws are `counts @ Z`.
    Columns are centred at the full sample's means first, so no digits are lost to large means.
    """
    _check_answered(sample)
    total = int(counts[0].sum())
    shares = row_shares(sample, counts)
    if missing == "em" and np.isnan(sample.values).any():
        return Moments(sample.names, total, *_by_em(sample, shares))
    if len(shares) == 1:
        covariance, mean = _of_one(sample, shares[0])
        return Moments(sample.names, total, covariance[None], mean[None])
    return Moments(sample.names, total, *_of_many(sample, shares))


def _check_answered(sample: Sample) -> None:
    if np.isnan(sample.centre).any():
        empty = sample.names[int(np.flatnonzero(np.isnan(sample.centre))[0])]
        raise EstimationError(f"{sample.source}: nobody answered '{empty}'.")


def _by_em(sample: Sample, shares: Array) -> tuple[Array, Array]:
    """Estimate covariance matrices and means by EM, some resamples at a time: each pattern of gaps has moments."""
    patterns = len(missing_patterns(sample, shares[0]).n)
    step = max(1, _BLOCK // (patterns * len(sample.names) ** 2))
    found = [
        saturated(missing_patterns(sample, shares[start : start + step]), sample.names, source=sample.source)
        for start in range(0, len(shares), step)
    ]
    covariance = np.concatenate([one.covariance[:, 0] for one in found])
    return covariance, np.concatenate([one.mean[:, 0] for one in found])


def _of_one(sample: Sample, shares: Array) -> tuple[Array, Array]:
    """Compute the covariance matrix and the means of rows that count `(n,)`."""
    centred, total = sample.centred, shares.sum()
    weighted = centred * shares[:, None]
    products, sums = weighted.T @ centred, weighted.sum(axis=0)
    seen = ~np.isnan(sample.values)
    if seen.all():
        shift = sums / total
        covariance = products / total - shift[:, None] * shift
    else:
        here = seen.astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            shift = sums / (shares @ here)
        # An imputed cell deviates from its mean by nothing, so only pairs of observed cells contribute.
        half = (weighted.T @ here) * shift
        both = (here * shares[:, None]).T @ here
        covariance = (products - half - half.T + shift[:, None] * shift * both) / total
    # An item that is the same in all rows varies by rounding: by nothing.
    nothing = np.diagonal(covariance) <= ROUNDING * np.diagonal(products) / total
    covariance[nothing, nothing] = 0.0
    return covariance, sample.centre + shift


def _of_many(sample: Sample, shares: Array) -> tuple[Array, Array]:
    """Compute the covariance matrices and means of many resamples, `(draws, n)`, with the draws last in memory."""
    n, p = sample.values.shape
    left, right = lower_triangle(p)
    taken, total = shares.T, shares.sum(axis=1)
    if n * left.size <= _BLOCK:
        second = sample.products @ taken
    else:
        second = np.zeros((left.size, len(shares)))
        step = max(1, _BLOCK // left.size)
        for start in range(0, n, step):
            columns = sample.centred[start : start + step].T
            second += (columns[left] * columns[right]) @ taken[start : start + step]
    squares = second[left == right] / total
    shift = sample.centred.T @ taken
    gaps = np.isnan(sample.values)
    if gaps.any():
        shift, correction = _without_gaps(sample, gaps, shift, taken, total)
        second -= correction
        taken_off = np.zeros_like(shift)
    else:
        shift /= total
        taken_off = shift
    covariance = np.empty((p, p, len(shares)))
    # Row by row, as a row fits a processor's cache.
    for row in range(p):
        own = second[row * (row + 1) // 2 :][: row + 1]
        own /= total
        own -= taken_off[: row + 1] * taken_off[row]
        own[row, own[row] <= ROUNDING * squares[row]] = 0.0
        covariance[row, : row + 1] = covariance[: row + 1, row] = own
    mean = sample.centre[:, None] + shift
    for array in (covariance, mean):
        array.setflags(write=False)
    return covariance.transpose(2, 0, 1), mean.T


def _without_gaps(sample: Sample, gaps: Mask, sums: Array, taken: Array, total: Array) -> tuple[Array, Array]:
    """Return the means of the answers there are, as deviations, and what centring takes off the sums of products.

    An imputed cell deviates from its mean by nothing, so only pairs of observed cells contribute. Rows without a gap
    need no product of their own: what is to be taken off comes from the rows with one.
    """
    left, right = lower_triangle(len(sums))
    rows = np.flatnonzero(gaps.any(axis=1))
    absent, present, often = gaps[rows].T.astype(float), sample.centred[rows].T, taken[rows]
    lost = absent @ often
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = sums / (total - lost)
    of_left = sums[left] - (present[left] * absent[right]) @ often
    of_right = sums[right] - (absent[left] * present[right]) @ often
    both = total - lost[left] - lost[right] + (absent[left] * absent[right]) @ often
    return shift, shift[right] * of_left + shift[left] * of_right - shift[left] * shift[right] * both
