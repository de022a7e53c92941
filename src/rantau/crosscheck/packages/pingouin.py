"""pingouin: Cronbach's alpha, correlations of construct scores, and regressions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array
from rantau.crosscheck.asking import asking, installed
from rantau.crosscheck.kinds import FactorFit, ScoreFit, rows_of
from rantau.crosscheck.regressions import LeastSquares, Regression, compared, regressions
from rantau.crosscheck.verification import Check, Skipped, Verification
from rantau.extras import require
from rantau.moments import Sample
from rantau.quality.reliability.alpha import alpha
from rantau.quality.scale import ScaleFindings

#: What pingouin raises; it checks its arguments by assertions.
FAILURES = (AssertionError, ValueError, KeyError, IndexError, TypeError, ArithmeticError, np.linalg.LinAlgError)
NAN = float("nan")


def check(fit: FactorFit | ScoreFit) -> Verification:
    """Compare alpha, correlations of scores, and regressions with pingouin's.

    Parameters
    ----------
    fit
        Converged, holding its rows.

    Returns
    -------
    Verification
        With reasons for what has no equal there.

    Source
    ------
    Vallat, R. (2018). Pingouin: statistics in Python. Journal of Open Source Software, 3(31), 1026.
    """
    version = installed("pingouin")
    wanted, left_out = regressions(fit)
    checks = list(_alphas(fit, version))
    if isinstance(fit, ScoreFit):
        checks += _standardised_alphas(fit, version)
        if not fit.request.consistent:
            checks += _correlations(fit, version)
        elif len(fit.structure.constructs) > 1:
            reason = "consistent PLS corrects them for unreliability, and pingouin does not"
            left_out = (("correlations of constructs", reason), *left_out)
    checks += [one for each in wanted for one in compared(each, _least_squares(each), "pingouin", version)]
    skipped = [Skipped(quantity, "pingouin", version, reason) for quantity, reason in left_out]
    return Verification(tuple(checks), tuple(skipped))


def _blocks(fit: FactorFit | ScoreFit) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the constructs that several items reflect, with those items; of one group only."""
    if isinstance(fit, FactorFit) and fit.table.n_groups > 1:
        return
    for block in fit.model.blocks:
        if block.kind == "reflective" and len(block.items) > 1 and set(block.items) <= set(rows_of(fit).names):
            yield block.construct, block.items


def _alphas(fit: FactorFit | ScoreFit, version: str) -> Iterator[Check]:
    """Compare alpha of the raw items, on the rows that answer all of a construct's items, and its interval."""
    rows = rows_of(fit)
    for construct, items in _blocks(fit):
        answers = _columns(rows.values, rows, items)
        answers = answers[~np.isnan(answers).any(axis=1)]
        ours = alpha(ScaleFindings(construct, items, answers, np.full(len(items), NAN), NAN, NAN, NAN, NAN, NAN, 0.95))
        theirs, interval = _alpha(answers)
        yield Check("alpha", construct, ours[0], theirs, "pingouin", version)
        for end, own, other in zip(("low", "high"), ours[1:], interval, strict=True):
            note = "pingouin rounds it to three decimals; so is ours here"
            yield Check(
                "alpha, 95% interval", f"{construct} {end}", round(own, 3), float(other), "pingouin", version, note
            )


def _standardised_alphas(fit: ScoreFit, version: str) -> Iterator[Check]:
    ours, rows = fit.reliability()["alpha"], rows_of(fit)
    values = np.array(rows.values)
    if fit.request.missing == "mean":
        values = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
    values = values[~np.isnan(values).any(axis=1)]
    values = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    note = "standardised items, missing answers as in our fit"
    for construct, items in _blocks(fit):
        theirs, _ = _alpha(_columns(values, rows, items))
        yield Check("standardised alpha", construct, float(ours[construct]), theirs, "pingouin", version, note)


def _columns(values: Array, rows: Sample, items: tuple[str, ...]) -> Array:
    picked: Array = values[:, np.array([rows.names.index(item) for item in items])]
    return picked


def _alpha(answers: Array) -> tuple[float, Array]:
    frame = require("pandas").DataFrame(answers)
    with asking("pingouin", FAILURES):
        pingouin = require("pingouin", purpose="a cross-check")
        value, interval = pingouin.cronbach_alpha(data=frame)
        return float(value), np.asarray(interval, dtype=float)


def _correlations(fit: ScoreFit, version: str) -> Iterator[Check]:
    ours, scores = fit.construct_correlations(), fit.scores().dropna()
    if scores.shape[1] < 2:
        return
    with asking("pingouin", FAILURES):
        pingouin = require("pingouin", purpose="a cross-check")
        found = pingouin.pairwise_corr(scores)[["X", "Y", "r"]]
        pairs = [(str(x), str(y), float(r)) for x, y, r in found.itertuples(index=False)]
    for one, other, r in pairs:
        yield Check(
            "correlations of constructs", f"{one} ~~ {other}", float(ours[other][one]), r, "pingouin", version,
            "correlations of our construct scores",
        )  # fmt: skip


def _least_squares(regression: Regression) -> LeastSquares:
    x = require("pandas").DataFrame(np.array(regression.x), columns=list(regression.predictors))
    with asking("pingouin", FAILURES):
        pingouin = require("pingouin", purpose="a cross-check")
        found = pingouin.linear_regression(x, np.array(regression.y))
        slopes = found.iloc[1:]
        residual = np.asarray(found.residuals_)
        return LeastSquares(
            coefficients=slopes["coef"].to_numpy(float), standard_errors=slopes["se"].to_numpy(float),
            r_squared=float(found["r2"].iloc[0]), adjusted=float(found["adj_r2"].iloc[0]),
            residual_squares=float(residual @ residual), vif=np.empty(0),
        )  # fmt: skip
