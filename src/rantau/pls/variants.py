"""The same correlations under a changed model: every path drawn, or a block weighted in another way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.estimate import Estimates, estimate
from rantau.pls.measurement import redundancy
from rantau.pls.request import PlsRequest
from rantau.pls.structural import unexplained
from rantau.pls.structure import Structure, ordered

#: From the names of an outcome and a predictor to R² of the outcome without the path, `(draws,)`.
Without = Callable[[str, str], Array]


def explained_by_all_before(estimates: Estimates, structure: Structure, request: PlsRequest) -> Array:
    """Return R² of each construct in the model where every construct depends on all before it.

    Constructs stand after their predictors, and otherwise in the order of the model. Weights are estimated anew, as
    the inner proxies change with the paths.

    Parameters
    ----------
    estimates
        Of a stack; its correlations of items are `(draws, p, p)`.
    structure
        The model.
    request
        The options.

    Returns
    -------
    Array
        `(draws, J)`, NaN for the first construct, and where the weights of that model do not settle.

    Source: Sharma, Sarstedt, Shmueli, Kim and Thiele (2019), the saturated model whose error enters GM and Mallows' Cp;
    estimated anew as in cSEM.
    """
    order = np.array(ordered(structure.paths))
    place = np.empty(order.size, dtype=np.intp)
    place[order] = np.arange(order.size)
    every = structure.replace(paths=place[:, None] > place, labels=(), definitions=())
    again = _again(estimates, every, request)
    return np.where(again.converged[:, None], again.r_squared, np.nan)


def f_squared_estimated_again(
    estimates: Estimates, structure: Structure, request: PlsRequest, without: Without | None = None
) -> Array:
    """Return f² of each path where the model is estimated once more without the path, and all scores with it.

    An outcome of one predictor has R² = 0 without it. A predictor that no other path joins leaves the model.

    Parameters
    ----------
    estimates
        Of a stack; its correlations of items are `(draws, p, p)`.
    structure
        The model.
    request
        The options.
    without
        From the names of an outcome and of a predictor to R² of the outcome in the model without the path, `(draws,)`;
        for models in stages, which correlations of the last stage's items do not tell.

    Returns
    -------
    Array
        `(draws, J, J)` at `[outcome, predictor]`, NaN where there is no path, where the model without it cannot be
        estimated, and where nothing is left unexplained.

    Source: Cohen (1988), equation 9.2.3, with R² without a predictor as in seminr and SmartPLS.
    """
    found = np.full_like(estimates.constructs, np.nan)
    names = structure.constructs
    for outcome, predictor in np.argwhere(structure.paths):
        r_squared = estimates.r_squared[:, outcome]
        left = np.zeros_like(r_squared)
        if structure.paths[outcome].sum() > 1:
            if without is None:
                left = _explained_without(estimates, structure, request, int(outcome), int(predictor))
            else:
                left = without(names[outcome], names[predictor])
        found[:, outcome, predictor] = (r_squared - left) / unexplained(r_squared)
    return found


def _explained_without(
    estimates: Estimates, structure: Structure, request: PlsRequest, outcome: int, predictor: int
) -> Array:
    paths = structure.paths.copy()
    paths[outcome, predictor] = False
    kept = np.ones(len(paths), dtype=bool)
    kept[predictor] = paths[predictor].any() or paths[:, predictor].any()
    again = _again(estimates, structure.replace(paths=paths).among(kept), request, kept[structure.owner])
    found = again.r_squared[:, np.flatnonzero(kept).searchsorted(outcome)]
    return np.where(again.converged, found, np.nan)


def redundancy_of_own_items(estimates: Estimates, structure: Structure, request: PlsRequest) -> Array:
    """Return the correlation of each mode B score with that of the same items weighted by mode A.

    The model is estimated once more for each such construct, with its block weighted by mode A and all else as it was.

    Parameters
    ----------
    estimates
        Of a stack; its correlations of items are `(draws, p, p)`.
    structure
        The model.
    request
        The options.

    Returns
    -------
    Array
        `(draws, J)`, NaN for constructs of one item or another mode, and where weights by mode A do not settle.

    Source: cSEM's `doRedundancyAnalysis`, after Chin (1998) and Hair et al. (2014).
    """
    found = np.full((len(estimates.weights), len(structure.constructs)), np.nan)
    for j, block in enumerate(structure.blocks):
        if structure.modes[j] == "B" and not structure.single[j]:
            modes = tuple("A" if k == j else mode for k, mode in enumerate(structure.modes))
            again = _again(estimates, structure.replace(modes=modes), request)
            among = estimates.correlation[:, block, block]
            values = np.abs(redundancy(estimates.weights[:, block], again.weights[:, block], among))
            found[:, j] = np.where(again.converged, values, np.nan)
    return found


def _again(
    estimates: Estimates, structure: Structure, request: PlsRequest, items: Mask | slice = slice(None)
) -> Estimates:
    correlation = estimates.correlation[:, items][:, :, items]
    return estimate(correlation, np.zeros(correlation.shape[:2]), structure, request)[0]
