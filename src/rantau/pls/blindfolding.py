"""Blindfolding: cells left out by a fixed pattern, and how well the model gives them back."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.errors import EstimationError, OptionError, listing
from rantau.extras import require
from rantau.moments.sample import Sample
from rantau.pls.estimate import Estimates, estimate, reasons
from rantau.pls.item_moments import refuse_ordered
from rantau.pls.request import PlsRequest
from rantau.pls.structure import Structure

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("sso", "sse_redundancy", "q2_redundancy", "sse_communality", "q2_communality")


def blindfold(
    sample: Sample, structure: Structure, request: PlsRequest, solution: Estimates, distance: int
) -> pd.DataFrame:
    """Return Stone and Geisser's Q² of each construct by blindfolding.

    The standardised answers to a construct's items are passed one after the other, item by item. In each of `distance`
    rounds every `distance`-th is left out, from the first, then from the second and so on; the mean of the item's other
    answers stands in, and the model is estimated. Each answer left out is then predicted: for cross-validated
    communality by loading times score, for cross-validated redundancy by loading times the score that the predictors
    of the construct give. Q² = 1 - SSE/SSO, where SSE sums squared errors of prediction over all rounds, and SSO the
    squared answers themselves, n for each item.

    Programs differ in details that move the third decimal: the order in which answers are passed, and whether
    predictions are put back into the units that the round has standardised once more. Here they are not.

    Parameters
    ----------
    sample
        The rows of a fit, `(n_obs, p)`.
    structure, request, solution
        Its model, options and estimates.
    distance
        How far apart the answers left out are.

    Returns
    -------
    DataFrame
        Index construct; `sso sse_redundancy q2_redundancy sse_communality q2_communality`, NaN for the redundancy of
        constructs without predictors, and for the communality of a single item.

    Raises
    ------
    OptionError
        If the distance is not a whole number from 2, divides the number of rows or exceeds it.
    EstimationError
        If the fit is consistent or weighted, did not converge, has items that are scores or products, or cannot be
        made in some round.

    Source: Stone (1974); Geisser (1974); Chin (1998); Tenenhaus, Esposito Vinzi, Chatelin and Lauro (2005).
    """
    _check(sample, structure, request, solution, distance)
    values = np.where(np.isnan(sample.values), np.nanmean(sample.values, axis=0), sample.values)
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    rows = [_of_block(values, j, structure, request, solution, distance) for j in range(len(structure.constructs))]
    return require("pandas").DataFrame(  # type: ignore[no-any-return]
        rows, index=list(structure.constructs), columns=list(COLUMNS)
    )


def _of_block(
    values: Array, j: int, structure: Structure, request: PlsRequest, solution: Estimates, distance: int
) -> tuple[float, ...]:
    block, predictors = structure.blocks[j], structure.predictors(j)
    k = block.stop - block.start
    answers, out = _rounds(values, block, distance)
    # A round standardises anew: a mean in the place of an answer takes from the spread.
    completed = (answers - answers.mean(axis=1, keepdims=True)) / answers.std(axis=1, keepdims=True)
    correlation = completed.transpose(0, 2, 1) @ completed / len(values)
    # Scores point the same way in every round; predictions do not depend on which.
    towards = solution.cross[0][np.arange(structure.owner.size), structure.owner]
    zero = np.zeros(correlation.shape[:2])
    estimates, faults = estimate(correlation, zero, structure, request, towards=towards)
    failed = [reason for reason in reasons(faults, distance) if reason]
    if failed:
        name = structure.constructs[j]
        raise EstimationError(f"blindfolding of {name}: {len(failed)} of {distance} rounds failed. {failed[0]}")
    outer = np.zeros((distance, len(structure.items), len(structure.constructs)))
    outer[:, np.arange(structure.owner.size), structure.owner] = estimates.weights
    scores = completed @ outer
    loadings = estimates.loadings[:, None, block]
    by_predictors = np.einsum("di,dni->dn", estimates.beta[:, j, predictors], scores[:, :, predictors])
    truth = np.broadcast_to(values[:, block], out.shape)
    sso = float((truth[out] ** 2).sum())
    redundancy = float(((truth - loadings * by_predictors[:, :, None])[out] ** 2).sum()) if predictors.size else np.nan
    communality = float(((truth - loadings * scores[:, :, j, None])[out] ** 2).sum()) if k > 1 else np.nan
    return sso, redundancy, 1 - redundancy / sso, communality, 1 - communality / sso


def _rounds(values: Array, block: slice, distance: int) -> tuple[Array, Mask]:
    """Return the data of every round, means in the place of what it leaves out.

    Returns
    -------
    tuple
        `(rounds, n_obs, p)`, and which answers of the block are left out, `(rounds, n_obs, k)`.
    """
    n, k = len(values), block.stop - block.start
    position = np.arange(n)[:, None] + n * np.arange(k)
    out = position[None] % distance == np.arange(distance)[:, None, None]
    answers = np.broadcast_to(values, (distance, *values.shape)).copy()
    left = np.where(out, np.nan, answers[:, :, block])
    answers[:, :, block] = np.where(out, np.nanmean(left, axis=1, keepdims=True), left)
    return answers, out


def _check(sample: Sample, structure: Structure, request: PlsRequest, solution: Estimates, distance: int) -> None:
    refuse_ordered(request, "blindfold()", "Fit without ordered=; rt.predict then says more than blindfolding.")
    n = sample.n_obs
    if isinstance(distance, bool) or not isinstance(distance, Integral) or not 2 <= distance < n:
        raise OptionError(f"distance is a whole number from 2 to {n - 1}, such as 7, got {distance!r}.")
    if n % distance == 0:
        allowed = [one for one in range(2, min(n, 13)) if n % one]
        usual = [one for one in allowed if one >= 5] or allowed
        raise OptionError(
            f"distance={distance} divides the {n} rows, so that blindfolding would leave out whole rows instead of "
            f"single answers. Take {listing([str(one) for one in usual])}."
        )
    if request.consistent:
        raise EstimationError(
            "blindfolding predicts by scores, which consistent PLS corrects for the unreliability they have. Fit with "
            "consistent=False."
        )
    if not solution.converged[0]:
        raise EstimationError("the fit did not converge, so there is nothing to predict by. See fit.problems.")
    if structure.items != sample.names:
        raise EstimationError(
            "blindfolding leaves out answers, and this model has constructs measured by scores of others or by "
            "products. Blindfold the model without them."
        )
    if request.missing == "em" and np.isnan(sample.values).any():
        raise EstimationError(
            "blindfolding puts means in the place of answers, and missing='em' does not. Fit with missing='mean' or "
            "'listwise'."
        )
    if sample.weights is not None:
        raise EstimationError("blindfolding counts every row alike, and this fit is weighted. Fit without weights.")
