"""Means and covariances of a sample and of stacks of resamples, without a loop over the draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, listing
from rantau.moments.sample import Sample
from rantau.options import choose
from rantau.record import Record

#: How a missing answer is met: rows with one are left out, or the item's mean stands in.
MISSING = ("listwise", "mean")


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
        `(n_obs, p)` values, NaN where missing.
    missing
        `listwise` leaves out rows with a missing answer; `mean` puts the item's mean in its place.

    Returns
    -------
    Moments
        Covariance `(p, p)` with divisor n.

    Raises
    ------
    OptionError
        If `missing` is neither.
    EstimationError
        If an item was never answered, or no complete row is left.

    Examples
    --------
    >>> import numpy as np
    >>> sample_moments(Sample(("a",), np.array([[1.0], [3.0]]))).covariance.tolist()
    [[1.0]]
    """
    choose("missing", missing, MISSING)
    if missing == "listwise":
        sample = complete_rows(sample)
    once = np.ones((1, sample.n_obs))
    stack = resampled_moments(sample, once)
    return Moments(stack.names, stack.n_obs, stack.covariance[0], stack.mean[0])


def resampled_moments(sample: Sample, counts: Array) -> Moments:
    """Compute the moments of many resamples with one matrix product.

    Where answers are missing, each resample puts its own item means in their place, so the imputation is
    done again inside every resample. Rows should be complete beforehand for listwise deletion.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing.
    counts
        `(draws, n_obs)`: how often each row is drawn; every draw has the same total.

    Returns
    -------
    Moments
        Covariance `(draws, p, p)` with the draw's total as divisor, mean `(draws, p)`.

    Raises
    ------
    EstimationError
        If an item was never answered.

    Notes
    -----
    With Z the `(n, p(p+1)/2)` products of centred columns, all second moments of all draws are `counts @ Z`.
    Columns are centred at the full sample's means first, so no digits are lost to large means.
    """
    observed = ~np.isnan(sample.values)
    if not observed.any(axis=0).all():
        empty = sample.names[int(np.flatnonzero(~observed.any(axis=0))[0])]
        raise EstimationError(f"{sample.source}: nobody answered '{empty}'.")
    p = len(sample.names)
    total = float(counts[0].sum())
    centre = np.nanmean(sample.values, axis=0)
    centred = np.where(observed, sample.values - centre, 0.0)
    left, right = np.tril_indices(p)
    products = counts @ (centred[:, left] * centred[:, right])
    sums = counts @ centred
    if observed.all():
        shift = sums / total
        second = products / total - shift[:, left] * shift[:, right]
    else:
        seen = observed.astype(float)
        with np.errstate(invalid="ignore"):
            shift = sums / (counts @ seen)
        both = counts @ (seen[:, left] * seen[:, right])
        cross_left = counts @ (centred[:, left] * seen[:, right])
        cross_right = counts @ (seen[:, left] * centred[:, right])
        # An imputed cell deviates from its mean by nothing, so only pairs of observed cells contribute.
        second = (
            products
            - shift[:, right] * cross_left
            - shift[:, left] * cross_right
            + shift[:, left] * shift[:, right] * both
        ) / total
    covariance = np.empty((counts.shape[0], p, p))
    covariance[:, left, right] = second
    covariance[:, right, left] = second
    return Moments(sample.names, int(total), covariance, centre + shift)
