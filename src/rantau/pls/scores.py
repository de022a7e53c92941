"""The scores of constructs, row by row."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.moments.sample import Sample
from rantau.pls.item_moments import moments_of_fit, refuse_ordered
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
    refuse_ordered(
        request,
        "a score",
        "Fit without ordered= for scores of the answers as numbers.",
    )
    moments = moments_of_fit(sample, request)
    covariance, mean = moments.covariance[0], moments.mean[0]
    deviations = sample.values - mean
    if request.missing == "em":
        deviations = expected(deviations, covariance)
    standardised = np.where(np.isnan(deviations), 0.0, deviations) / np.sqrt(np.diagonal(covariance))
    least = float(np.sqrt((sample.n_obs - 1) / sample.n_obs))
    structure = plan.whole
    if ascent.scores is None:
        scores: Array = standardised @ spread(ascent.whole.weights, structure.owner, len(structure.constructs))[0]
        return least * scores
    shares = np.ones(sample.n_obs) if sample.weights is None else sample.weights
    products = [(standardised @ factors[0]).prod(axis=1) for factors in ascent.products]
    columns = [standardised, *((product - np.average(product, weights=shares))[:, None] for product in products)]
    scores = np.asarray(np.concatenate(columns, axis=1) @ ascent.scores[0])
    return least * scores if ascent.spreads is None else least * scores * ascent.spreads[0]


def unit_lengths(sample: Sample, plan: Plan, ascent: Ascent, request: PlsRequest) -> Array:
    """Return one over the standard deviation of each score as a weighted mean of its items, `(J,)`.

    The weights of standardised items, divided by the items' standard deviations, are those of the items as they were
    answered; they are scaled to sum to 1. Of a product, the lengths of its parts are multiplied.

    Parameters
    ----------
    sample, plan, ascent, request
        Of a single fit.

    Raises
    ------
    OptionError
        For consistent fits, which have no scores of the factors, and products of items.
    EstimationError
        If the weights of a construct do not sum to more than zero.

    Source: Hair, Hult, Ringle and Sarstedt (2022), on unstandardised weights in importance-performance maps.
    """
    refuse_ordered(
        request,
        "an unstandardised coefficient",
        "What lies behind them has no unit: report standardised coefficients, or fit without ordered=.",
    )
    structure = plan.whole
    products = [name for name in structure.constructs if ":" in name]
    if request.consistent:
        raise OptionError(
            "unstandardised coefficients belong to scores, and consistent=True corrects them to factors, which have no "
            "unit of their own. Take consistent=False."
        )
    if products and request.interaction in ("product_indicator", "orthogonal"):
        raise OptionError(
            f"'{products[0]}' is measured by products of standardised items (interaction='{request.interaction}'), "
            "which have no unit of the answers. Take interaction='two_stage'."
        )
    moments = moments_of_fit(sample, request)
    deviation = np.sqrt(np.diagonal(moments.covariance[0]) * sample.n_obs / (sample.n_obs - 1))
    if ascent.scores is None:
        vectors = spread(ascent.whole.weights, structure.owner, len(structure.constructs))[0]
    else:
        vectors = ascent.scores[0][: len(deviation)]
    lengths = (vectors / deviation[:, None]).sum(axis=0)
    for place, name in enumerate(structure.constructs):
        if ":" in name and ascent.scores is not None:
            own = int(np.abs(ascent.scores[0][len(deviation) :, place]).argmax())
            lengths[place] = (ascent.products[own][0] / deviation[:, None]).sum(axis=0).prod()
        elif not lengths[place] > 0:
            raise EstimationError(
                f"the unstandardised weights of '{name}' sum to {lengths[place]:.3g} and cannot be scaled to sum to 1: "
                "items of opposite direction are in its block. Reverse them first, or report standardised "
                "coefficients."
            )
    found: Array = lengths
    return found


def expected(deviations: Array, covariance: Array) -> Array:
    """Put in the place of gaps what the other answers of the row lead to expect, `(n, p)`; 0 where it has none."""
    filled = deviations.copy()
    missing = np.isnan(deviations)
    for pattern in np.unique(missing, axis=0):
        if not pattern.any():
            continue
        if pattern.all():
            filled[missing.all(axis=1)] = 0.0
            continue
        rows = (missing == pattern).all(axis=1)
        known = covariance[np.ix_(~pattern, ~pattern)]
        slope = np.linalg.lstsq(known, covariance[np.ix_(~pattern, pattern)], rcond=None)[0]
        filled[np.ix_(rows, pattern)] = deviations[np.ix_(rows, ~pattern)] @ slope
    return filled
