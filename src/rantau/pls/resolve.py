"""From rows, and how often each is taken, to the estimates of a plan: the road of a fit and of all its resamples."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.moments.sample import Sample, row_shares
from rantau.pls.climb import climb
from rantau.pls.estimate import Estimates, Fault, estimate
from rantau.pls.item_moments import item_moments
from rantau.pls.multiply import Rows
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Ascent, Plan


def resolve(
    sample: Sample,
    counts: Array,
    plan: Plan,
    request: PlsRequest,
    *,
    towards: tuple[Array, ...] | None = None,
    moments: tuple[Array, Array] | None = None,
) -> tuple[Ascent, tuple[Fault, ...]]:
    """Estimate a plan on resamples of rows.

    Parameters
    ----------
    sample
        The items of the plan.
    counts
        `(draws, n)`: how often each row is taken.
    plan, request
        What is asked.
    towards
        The loadings of each stage in the sample, so that constructs of draws point where they do there.
    moments
        Covariances `(draws, p, p)` and means `(draws, p)` of the resamples, where they are known already.

    Returns
    -------
    tuple
        The estimates, and every fault that some member has.
    """
    if moments is None:
        found = item_moments(sample, counts, request)
        moments = found.covariance, found.mean
    covariance, mean = moments
    if plan.plain:
        aim = None if towards is None else towards[0]
        estimates, faults = estimate(covariance, mean, plan.whole, request, towards=aim)
        return Ascent(estimates, (estimates,)), faults
    rows = Rows(sample.values, row_shares(sample, counts), counts.sum(axis=1))
    return climb(covariance, mean, plan, request, rows, towards=towards)


def directions(stages: tuple[Estimates, ...], plan: Plan) -> tuple[Array, ...]:
    """Return each item's correlation with its own score, `(k,)`, for each stage of a single fit."""
    return tuple(
        estimates.cross[0][np.arange(stage.structure.owner.size), stage.structure.owner]
        for estimates, stage in zip(stages, plan.stages, strict=True)
    )
