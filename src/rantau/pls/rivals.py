"""rival_models(): which of several PLS models of one outcome to prefer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing, unknown
from rantau.extras import require
from rantau.pls.result import PlsFit

if TYPE_CHECKING:
    import pandas as pd

#: The criteria of which weights are made: `aic` to `aic_weight`.
WEIGHED = ("aic", "bic")


def rival_models(fits: Mapping[str, PlsFit] | Sequence[PlsFit], *, outcome: str) -> pd.DataFrame:
    """Compare PLS models of one outcome by their information criteria, and weigh them against each other.

    Parameters
    ----------
    fits
        Two or more, by name or in a row (then numbered from 1), of the same rows, with the same items for the outcome,
        the same weights of rows, and all of them corrected (`consistent=True`) or none.
    outcome
        The construct that all of them explain.

    Returns
    -------
    DataFrame
        A row per model: `predictors r_squared adjusted`, the criteria of `PlsFit.information_criteria()`,
        `aic_difference bic_difference` to the best model, and `aic_weight bic_weight`, which add up to 1: how probable
        it is that the model is the best of these. Where BIC prefers a model, so does its weight.

    Raises
    ------
    OptionError
        If there are fewer than two models, one does not explain the outcome or does so with other items, or rows are
        weighted, or reliability corrected for, in some of them only.
    EstimationError
        If they rest on different rows, or one did not converge.

    Notes
    -----
    Sharma, Sarstedt, Shmueli, Kim and Thiele (2019) on criteria, of which BIC does best where prediction counts too
    (Sharma, Shmueli, Sarstedt, Danks & Ray, 2021); Danks, Sharma and Sarstedt (2020) on weights:
    exp(-difference / 2) over their sum (Burnham & Anderson, 2002).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 4))
    >>> data = pd.DataFrame(draw, columns=["a", "b", "e", "y"])
    >>> data["y"] += data["a"]
    >>> fits = {"a": rt.pls("y ~ a", data), "b": rt.pls("y ~ b", data), "both": rt.pls("y ~ a + b", data)}
    >>> table = rt.rival_models(fits, outcome="y")
    >>> bool(table["bic_weight"].idxmax() == "a"), round(float(table["bic_weight"].sum()), 12)
    (True, 1.0)
    """
    if isinstance(fits, PlsFit) or not isinstance(fits, Mapping | Sequence):
        raise OptionError(f"rival_models() takes several fits, such as [one, other], got {type(fits).__name__}.")
    named = dict(fits) if isinstance(fits, Mapping) else {str(k): fit for k, fit in enumerate(fits, start=1)}
    _check(named, outcome)
    rows = []
    for fit in named.values():
        j = fit.structure.constructs.index(outcome)
        predictors = len(fit.structure.predictors(j))
        explained = fit.r_squared().loc[outcome]
        rows.append({"predictors": predictors, **explained, **fit.information_criteria().loc[outcome]})
    table = require("pandas").DataFrame(rows, index=list(named))
    for name in WEIGHED:
        difference, weight = _weights(table[name].to_numpy(dtype=float))
        table[f"{name}_difference"], table[f"{name}_weight"] = difference, weight
    return table  # type: ignore[no-any-return]


def _weights(criterion: Array) -> tuple[Array, Array]:
    """Return differences to the best and weights, each `(models,)`."""
    difference = criterion - criterion.min()
    likelihood = np.exp(-difference / 2)
    return difference, likelihood / likelihood.sum()


def _check(named: Mapping[str, PlsFit], outcome: str) -> None:
    """Refuse what cannot be compared."""
    for name, fit in named.items():
        if not isinstance(fit, PlsFit):
            raise OptionError(f"rival_models() takes fits by rt.pls; '{name}' is a {type(fit).__name__}.")
    if len(named) < 2:
        raise OptionError(f"rival_models() compares two models or more, got {len(named)}.")
    first = next(iter(named.values()))
    for name, fit in named.items():
        explained = tuple(fit.structure.constructs[j] for j in fit.structure.endogenous)
        if not isinstance(outcome, str) or outcome not in explained:
            raise OptionError(unknown("outcome", str(outcome), explained, where=f"model '{name}'"))
        items, of_first = (_items(one, outcome) for one in (fit, first))
        if set(items) != set(of_first):
            raise OptionError(
                f"'{outcome}' is measured by {listing(items)} in model '{name}', and by {listing(of_first)} in the "
                "first: criteria compare explanations of one thing. Give it the same items in all models."
            )
        for option in ("consistent", "weights"):
            own, others = (getattr(one.request, option) for one in (fit, first))
            if own != others:
                raise OptionError(
                    f"model '{name}' is estimated with {option}={own!r} and the first with {option}={others!r}: what "
                    "they leave unexplained is not the same thing. Fit all models alike."
                )
        if not fit.converged:
            raise EstimationError(f"model '{name}' did not converge, so its criteria mean nothing. See its problems.")
        if not np.array_equal(fit.entered, first.entered) or not _same_rows(fit, first, items):
            raise EstimationError(
                f"model '{name}' rests on {fit.n_obs} rows and the first on {first.n_obs}, or on other answers to the "
                f"items of '{outcome}'. Fit all models to the same rows: those with an answer to every item of any."
            )


def _items(fit: PlsFit, construct: str) -> tuple[str, ...]:
    block = fit.structure.blocks[fit.structure.constructs.index(construct)]
    return fit.structure.items[block]


def _same_rows(fit: PlsFit, other: PlsFit, items: tuple[str, ...]) -> bool:
    if not set(items) <= set(fit.sample.names):  # Scores of constructs of lower order are no answers.
        return fit.n_obs == other.n_obs
    mine, theirs = (one.sample.values[:, [one.sample.names.index(item) for item in items]] for one in (fit, other))
    return np.array_equal(mine, theirs, equal_nan=True)
