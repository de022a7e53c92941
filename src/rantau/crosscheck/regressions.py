"""The regressions inside a fit, ready to be computed again by least squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array
from rantau.crosscheck.kinds import FactorFit, ScoreFit, rows_of
from rantau.crosscheck.reach import errors_beyond, estimates_beyond
from rantau.crosscheck.verification import Check
from rantau.record import Record


class Regression(Record):
    """One outcome, its predictors, their rows, and what our fit says of them.

    Attributes
    ----------
    outcome, predictors
        Names.
    y, x
        `(n,)` and `(n, k)`.
    coefficients
        `(k,)`.
    standard_errors
        `(k,)`, maximum likelihood; empty where least squares has no equal.
    r_squared, adjusted, residual_variance
        NaN where the fit does not give them, or least squares has no equal; the variance has divisor n.
    vif
        `(k,)`; empty where the fit does not give them.
    note
        What the numbers rest on.
    """

    outcome: str
    predictors: tuple[str, ...]
    y: Array
    x: Array
    coefficients: Array
    standard_errors: Array
    r_squared: float
    adjusted: float
    residual_variance: float
    vif: Array
    note: str


class LeastSquares(Record):
    """What another package says of a regression.

    Attributes
    ----------
    coefficients, standard_errors
        `(k,)` without the intercept; errors with divisor n - k - 1.
    r_squared, adjusted, residual_squares
        As usual; the last is the residual sum of squares.
    vif
        `(k,)`, or empty where the package has none.
    """

    coefficients: Array
    standard_errors: Array
    r_squared: float
    adjusted: float
    residual_squares: float
    vif: Array


def regressions(fit: FactorFit | ScoreFit) -> tuple[tuple[Regression, ...], tuple[tuple[str, str], ...]]:
    """Return the regressions of a fit that least squares gives back, and what it does not, with the reason.

    Parameters
    ----------
    fit
        Converged, holding its rows.

    Returns
    -------
    tuple
        Regressions; and pairs of quantity and reason.

    Source
    ------
    Bollen (1989), ch. 4: in a recursive system of observed variables with uncorrelated disturbances,
    maximum likelihood is ordinary least squares, equation by equation.
    """
    return _among_scores(fit) if isinstance(fit, ScoreFit) else _among_observed(fit)


def _among_scores(fit: ScoreFit) -> tuple[tuple[Regression, ...], tuple[tuple[str, str], ...]]:
    if fit.request.consistent:
        reason = "consistent PLS regresses correlations corrected for unreliability, which no scores have"
        return (), (("paths, R² and inner VIF", reason),)
    scores = fit.scores().dropna()
    paths, explained, inflation = fit.paths(), fit.r_squared(), fit.vif()
    found = []
    for outcome in dict.fromkeys(paths["lhs"]):
        own = paths[paths["lhs"] == outcome]
        inner = inflation[(inflation["kind"] == "inner") & (inflation["target"] == outcome)]
        vif = inner.set_index("name")["vif"].loc[list(own["rhs"])]
        found.append(
            Regression(
                outcome=outcome, predictors=tuple(own["rhs"]), y=scores[outcome].to_numpy(),
                x=scores[list(own["rhs"])].to_numpy(), coefficients=own["est"].to_numpy(),
                standard_errors=np.empty(0), r_squared=float(explained.loc[outcome, "r_squared"]),
                adjusted=float(explained.loc[outcome, "adjusted"]), residual_variance=float("nan"),
                vif=vif.to_numpy(), note="least squares on our construct scores",
            )
        )  # fmt: skip
    return tuple(found), ()


def _among_observed(fit: FactorFit) -> tuple[tuple[Regression, ...], tuple[tuple[str, str], ...]]:
    table, beyond = fit.table, estimates_beyond(fit)
    if not any(row.op == "~" for row in table.rows):
        return (), (("regressions", "the model has none"),)
    if beyond:
        return (), (("regressions", beyond),)
    equations: dict[str, list[int]] = {}
    for position, row in enumerate(table.rows):
        if row.op == "~":
            equations.setdefault(row.lhs, []).append(position)
    found: list[Regression] = []
    left_out: dict[str, list[str]] = {}
    for outcome, places in equations.items():
        reason = _no_least_squares(fit, outcome, places)
        if reason:
            left_out.setdefault(reason, []).append(outcome)
        else:
            found.append(_regression(fit, outcome, places))
    left = [(f"regressions of {', '.join(names)}", why) for why, names in left_out.items()]
    if found and errors_beyond(fit):
        left.append(("standard errors of regressions", errors_beyond(fit)))
    return tuple(found), tuple(left)


def _no_least_squares(fit: FactorFit, outcome: str, places: list[int]) -> str:
    """Return why an equation's estimates are not those of least squares; empty where they are."""
    rows = [fit.table.rows[place] for place in places]
    names = {outcome, *(row.rhs for row in rows)}
    if names & set(fit.table.latent):
        return "factors have no rows to regress on"
    if names & {row.rhs for row in fit.table.rows if row.op == "=~"}:
        return "one of its variables also measures a factor, so the equations are not separate"
    free = [row.free for row in fit.table.rows]
    if any(row.free < 0 or free.count(row.free) > 1 for row in rows):
        return "a coefficient is fixed, or shares its label with another parameter"
    for row in fit.table.rows:
        if row.op == "~~" and row.lhs != row.rhs and outcome in (row.lhs, row.rhs):
            return f"its disturbance covaries with '{row.rhs if row.lhs == outcome else row.lhs}'"
        if row.op == "~~" and row.lhs == row.rhs == outcome and row.free < 0:
            return "its residual variance is fixed"
    if fit.table.mean_structure and any(
        row.op == "~1" and row.free < 0 and not row.exogenous for row in fit.table.rows
    ):
        return "an intercept is fixed"
    return "" if _acyclic(fit) else "the model has a loop"


def _acyclic(fit: FactorFit) -> bool:
    left = {(row.lhs, row.rhs) for row in fit.table.rows if row.op == "~"}
    while left:
        ends = {rhs for _, rhs in left}
        kept = {(lhs, rhs) for lhs, rhs in left if lhs in ends}
        if kept == left:
            return False
        left = kept
    return True


def _regression(fit: FactorFit, outcome: str, places: list[int]) -> Regression:
    frame = fit.estimates()
    predictors = tuple(fit.table.rows[place].rhs for place in places)
    rows = rows_of(fit)
    at = [rows.names.index(name) for name in predictors]
    x, y = rows.values[:, at], rows.values[:, rows.names.index(outcome)]
    among = np.atleast_2d(np.cov(x, rowvar=False, ddof=0))
    implied = fit.implied()[0].loc[list(predictors), list(predictors)].to_numpy()
    # Expected information and R² rest on the predictors' implied covariances; least squares on the sample's.
    alike = bool(np.allclose(implied, among, rtol=1e-7, atol=1e-9 * np.abs(among).max()))
    variance = [
        value
        for row, value in zip(fit.table.rows, frame["est"], strict=False)
        if row.op == "~~" and row.lhs == row.rhs == outcome
    ]
    return Regression(
        outcome=outcome, predictors=predictors, y=y, x=x, coefficients=frame["est"].to_numpy()[places],
        standard_errors=frame["se"].to_numpy()[places] if alike and not errors_beyond(fit) else np.empty(0),
        r_squared=float(fit.r_squared()[outcome]) if alike else float("nan"), adjusted=float("nan"),
        residual_variance=float(variance[0]), vif=np.empty(0), note="least squares, equation by equation",
    )  # fmt: skip


def compared(regression: Regression, theirs: LeastSquares, package: str, version: str) -> Iterator[Check]:
    """Yield the comparisons of one regression.

    Parameters
    ----------
    regression
        Ours.
    theirs
        The same by another package.
    package, version
        Which.
    """
    n_obs, k = regression.x.shape
    names = [f"{regression.outcome} ~ {predictor}" for predictor in regression.predictors]

    def one(kind: str, quantity: str, ours: float, other: float, note: str = regression.note) -> Check:
        return Check(kind, quantity, float(ours), float(other), package, version, note)

    for name, ours, other in zip(names, regression.coefficients, theirs.coefficients, strict=True):
        yield one("regressions", name, ours, other)
    if regression.standard_errors.size:
        converted = theirs.standard_errors * np.sqrt((n_obs - k - 1) / n_obs)
        for name, ours, other in zip(names, regression.standard_errors, converted, strict=True):
            yield one("standard errors", name, ours, other, "least squares divides by n - k - 1; converted to n")
    if not np.isnan(regression.r_squared):
        yield one("R²", regression.outcome, regression.r_squared, theirs.r_squared)
    if not np.isnan(regression.adjusted):
        yield one("adjusted R²", regression.outcome, regression.adjusted, theirs.adjusted)
    if not np.isnan(regression.residual_variance):
        yield one(
            "residual variances", regression.outcome, regression.residual_variance, theirs.residual_squares / n_obs
        )
    if regression.vif.size and theirs.vif.size:
        for name, ours, other in zip(names, regression.vif, theirs.vif, strict=True):
            yield one("inner VIF", name, ours, other)
