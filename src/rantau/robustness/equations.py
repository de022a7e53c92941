"""The equations of a PLS model as regressions of scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.pls.item_moments import refuse_ordered
from rantau.pls.result import PlsFit
from rantau.pls.scores import score_rows

#: What is left of an outcome's squares, as a share of them, is rounding below this.
_ROUNDING = 1e-10


class Equation(NamedTuple):
    """One outcome: its scores `(n,)`, and those of its predictors `(n, k)`."""

    outcome: str
    predictors: tuple[str, ...]
    y: Array
    x: Array


def check_scores(fit: PlsFit, caller: str) -> None:
    """Refuse a fit whose paths are no regressions of scores, each row of which counts for one.

    Raises
    ------
    OptionError
        If it is no fit whose paths are regressions of scores.
    EstimationError
        If it did not converge.
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(f"{caller}() takes a fit by rt.pls, got a {type(fit).__name__}.")
    refuse_ordered(fit.request, f"{caller}()", "Fit without ordered=.")
    if fit.request.consistent:
        raise OptionError(
            f"{caller}() looks at scores, and the paths of consistent=True are not those of scores. Take "
            "consistent=False."
        )
    if fit.sample.weights is not None:
        raise OptionError(f"{caller}() takes every row for one; this fit weights rows by '{fit.request.weights}'.")
    if fit.sample.cluster is not None:
        raise EstimationError(f"{caller}() takes rows for independent, and these come in clusters.")
    if not fit.converged:
        raise EstimationError("the fit did not converge, so its scores mean nothing. See fit.problems.")


def equations(fit: PlsFit, caller: str) -> Iterator[Equation]:
    """Yield the equations of a fit, in the order of its constructs.

    Raises
    ------
    OptionError, EstimationError
        As `check_scores` says.
    """
    check_scores(fit, caller)
    scores = score_rows(fit.sample, fit.plan, fit.ascent, fit.request)
    structure = fit.structure
    for outcome in structure.endogenous:
        at = structure.predictors(outcome)
        names = tuple(structure.constructs[place] for place in at)
        yield Equation(structure.constructs[outcome], names, scores[:, outcome], scores[:, at])


class Regression(NamedTuple):
    """Ordinary least squares: `(k,)` coefficients with standard errors, and what is left."""

    coefficients: Array
    errors: Array
    residual: float
    df: int


def regress(y: Array, x: Array) -> Regression:
    """Regress one variable on others and a constant.

    Parameters
    ----------
    y
        `(n,)`.
    x
        `(n, k)`.

    Returns
    -------
    Regression
        Without the constant; NaN where predictors determine one another. Nothing is left where what is left is
        rounding.
    """
    n, k = x.shape
    centred = x - x.mean(axis=0)
    q, r = np.linalg.qr(centred)
    df = n - k - 1
    size = np.abs(np.diagonal(r))
    # Before centring: what is left of a square that does not vary is rounding.
    if df < 1 or not (size > 1e-8 * np.sqrt((x**2).sum(axis=0))).all():
        return Regression(np.full(k, np.nan), np.full(k, np.nan), np.nan, df)
    target = y - y.mean()
    coefficients = np.linalg.solve(r, q.T @ target)
    residual = float(((target - centred @ coefficients) ** 2).sum())
    if residual <= _ROUNDING * float((target**2).sum()):
        residual = 0.0
    inverse = np.linalg.inv(r)
    return Regression(coefficients, np.sqrt((inverse**2).sum(axis=1) * residual / df), residual, df)
