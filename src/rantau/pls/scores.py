"""The scores of constructs, row by row."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.moments.compute import resampled_moments
from rantau.moments.sample import Sample
from rantau.pls.iterate import spread
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Ascent, Plan


def score_rows(sample: Sample, plan: Plan, ascent: Ascent, request: PlsRequest) -> Array:
    """Return the scores of the constructs of a single fit, `(n, J)`.

    They have mean 0 and variance 1 with divisor n - 1, weighted where the sample is; a product of scores is not
    standardised again. A missing answer counts as the item's mean or, under `em`, as what the answers there are lead
    to expect.

    Parameters
    ----------
    sample
        The rows.
    plan, ascent
        What was estimated, as a stack of one.
    request
        The options.
    """
    moments = resampled_moments(
        sample, np.ones((1, sample.n_obs)), missing="em" if request.missing == "em" else "mean"
    )
    covariance, mean = moments.covariance[0], moments.mean[0]
    deviations = sample.values - mean
    if request.missing == "em":
        deviations = _expected(deviations, covariance)
    standardised = np.where(np.isnan(deviations), 0.0, deviations) / np.sqrt(np.diagonal(covariance))
    least = np.sqrt((sample.n_obs - 1) / sample.n_obs)
    structure = plan.whole
    if ascent.scores is None:
        scores: Array = standardised @ spread(ascent.whole.weights, structure.owner, len(structure.constructs))[0]
        return scores * least
    shares = np.ones(sample.n_obs) if sample.weights is None else sample.weights
    products = [(standardised @ factors[0]).prod(axis=1) for factors in ascent.products]
    columns = [standardised, *((product - np.average(product, weights=shares))[:, None] for product in products)]
    scores = np.concatenate(columns, axis=1) @ ascent.scores[0]
    return scores * least if ascent.whole.units is None else scores * least * ascent.whole.units[0]


def _expected(deviations: Array, covariance: Array) -> Array:
    """Put in the place of gaps what the other answers of the row lead to expect, `(n, p)`."""
    filled = deviations.copy()
    missing = np.isnan(deviations)
    for pattern in np.unique(missing, axis=0):
        if not pattern.any() or pattern.all():
            continue
        rows = (missing == pattern).all(axis=1)
        known = covariance[np.ix_(~pattern, ~pattern)]
        slope = np.linalg.lstsq(known, covariance[np.ix_(~pattern, pattern)], rcond=None)[0]
        filled[np.ix_(rows, pattern)] = deviations[np.ix_(rows, ~pattern)] @ slope
    return filled
