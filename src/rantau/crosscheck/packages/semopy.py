"""semopy: the same model by maximum likelihood, minimised by SciPy's SLSQP."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rantau.crosscheck.asking import asking, installed
from rantau.crosscheck.kinds import FactorFit, rows_of
from rantau.crosscheck.reach import errors_beyond, estimates_beyond
from rantau.crosscheck.verification import Check, Skipped, Verification
from rantau.extras import require
from rantau.model.parameters import Parameter, ParameterTable
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: What semopy raises: its parser, its bookkeeping of names, and NumPy and SciPy underneath.
FAILURES = (
    SyntaxError, NotImplementedError, KeyError, IndexError, ValueError, TypeError, AttributeError, ArithmeticError,
    np.linalg.LinAlgError,
)  # fmt: skip
#: semopy stops at 1e-6 by default, which leaves differences of 1e-3 in estimates.
SOLVER = {"ftol": 1e-14, "maxiter": 10_000}
#: By how much its discrepancy may lie above ours before its estimates say nothing about ours.
WORSE = 1e-6
NAN = float("nan")

KINDS = {"=~": "loadings", "~": "regressions", "~~": "variances and covariances"}
NEVER = (
    ("log-likelihood, AIC and BIC", "semopy gives its discrepancy for the log-likelihood, and AIC and BIC with it"),
    ("SRMR, R² and the interval of RMSEA", "semopy does not compute them"),
)


class Answer(Record):
    """What semopy found.

    Attributes
    ----------
    discrepancy
        The minimum it reached.
    success
        Whether its solver says that it converged.
    n_free
        How many parameters it estimated.
    rows
        `((outcome, operator, cause), (estimate, standardised estimate, standard error))`, in semopy's naming;
        the error is NaN where fixed.
    indices
        Pairs of semopy's name and value.
    """

    discrepancy: float
    success: bool
    n_free: int
    rows: tuple[tuple[tuple[str, str, str], tuple[float, float, float]], ...]
    indices: tuple[tuple[str, float], ...]


def check(fit: FactorFit) -> Verification:
    """Compare estimates, standard errors, standardised estimates and fit indices with semopy's.

    Parameters
    ----------
    fit
        A converged fit that holds its rows.

    Returns
    -------
    Verification
        With reasons for what semopy cannot do or does otherwise.

    Source
    ------
    Meshcheryakov, G., Igolkina, A. A., & Samsonova, M. G. (2021). semopy 2: A structural equation modeling
    package with random effects in Python. arXiv:2106.01140.
    """
    version = installed("semopy")
    reason = estimates_beyond(fit)
    if not reason and fit.table.mean_structure and not _means_saturated(fit.table):
        reason = "its covariance models have no means, and this model restricts them"
    if reason:
        return Verification((), (Skipped("every number", "semopy", version, reason),))
    answer = _ask(fit)
    skipped = [Skipped(quantity, "semopy", version, reason) for quantity, reason in _left_out(fit)]
    reason = _not_comparable(fit, answer)
    if reason:
        return Verification((), (Skipped("every number", "semopy", version, reason), *skipped))
    found = (*_parameters(fit, answer, version), *_indices(fit, answer, version))
    return Verification(found, tuple(skipped))


def rewritten(table: ParameterTable) -> str:
    """Write a model for semopy.

    Every parameter is stated, free ones with a label of their own, so that none of semopy's conventions fills
    in anything. Variables are numbered, as semopy does not take every name that we do.

    Parameters
    ----------
    table
        The parameters.

    Returns
    -------
    str
        One statement a line; moments of exogenous covariates and means are left to semopy.

    Examples
    --------
    >>> from rantau.model import parse_model
    >>> from rantau.model.parameters import tabulate
    >>> print(rewritten(tabulate(parse_model("F =~ a + b + c"))))
    construct0 =~ 1.0*item0
    construct0 =~ p0*item1
    construct0 =~ p1*item2
    item0 ~~ p2*item0
    item1 ~~ p3*item1
    item2 ~~ p4*item2
    construct0 ~~ p5*construct0
    """
    new = _new_names(table)
    lines = []
    for row in table.rows:
        if row.op != "~1" and not row.exogenous:
            number = f"p{row.free}" if row.free >= 0 else repr(row.value).replace("e+", "e")
            lines.append(f"{new[row.lhs]} {row.op} {number}*{new[row.rhs]}")
    # semopy gives covariates their sample covariance where none is stated; in our table none means zero.
    listed = {frozenset((row.lhs, row.rhs)) for row in table.rows if row.op == "~~"}
    for left, right in combinations(_covariates(table), 2):
        if frozenset((left, right)) not in listed:
            lines.append(f"{new[left]} ~~ 0*{new[right]}")
    return "\n".join(lines)


def _covariates(table: ParameterTable) -> list[str]:
    """Return the observed variables that explain something and that nothing explains."""
    predictors = dict.fromkeys(row.rhs for row in table.rows if row.op == "~" and row.rhs in table.observed)
    return [name for name in predictors if name not in _caused(table)]


def _new_names(table: ParameterTable) -> dict[str, str]:
    return {name: f"item{i}" for i, name in enumerate(table.observed)} | {
        name: f"construct{i}" for i, name in enumerate(table.latent)
    }


def _ask(fit: FactorFit) -> Answer:
    """Fit the model with semopy on the rows that we used."""
    new = _new_names(fit.table)
    rows = rows_of(fit)
    frame = require("pandas").DataFrame(np.array(rows.values), columns=[new[name] for name in rows.names])
    starts = _starts(fit)
    with asking("semopy", FAILURES):
        semopy = require("semopy", purpose="a cross-check")
        model = semopy.Model(rewritten(fit.table))
        for name, start in starts:
            model.parameters[name].start = start
        result = model.fit(frame, obj="MLW", solver="SLSQP", options=dict(SOLVER))
        table: pd.DataFrame = model.inspect(std_est=True)
        indices = semopy.calc_stats(model).iloc[0]
    found = tuple(
        (
            (str(row["lval"]), str(row["op"]), str(row["rval"])),
            (_number(row["Estimate"]), _number(row["Est. Std"]), _number(row["Std. Err"])),
        )
        for _, row in table.iterrows()
    )
    pairs = tuple((str(name), float(value)) for name, value in indices.items())
    return Answer(float(result.fun), bool(result.success), len(model.param_vals), found, pairs)


def _starts(fit: FactorFit) -> list[tuple[str, float]]:
    """Return start values of loadings where some factor has no fixed one: there semopy seeks its own for ever.

    Half an item's deviation, with the sign of our estimate, as the mirror image of a factor fits as well.
    """
    loadings = [(row, est) for row, est in zip(fit.table.rows, fit.values(), strict=False) if row.op == "=~"]
    marked = {row.lhs for row, _ in loadings if row.free < 0}
    if marked == {row.lhs for row, _ in loadings}:
        return []
    sample = rows_of(fit)
    deviation = dict(zip(sample.names, sample.values.std(axis=0), strict=True))
    return [
        (f"p{row.free}", float(np.copysign(0.5 * deviation.get(row.rhs, 1.0), est)))
        for row, est in loadings
        if row.free >= 0
    ]


def _number(cell: object) -> float:
    """Return a cell of semopy's table; `-` stands for none."""
    return NAN if isinstance(cell, str) else float(cell)  # type: ignore[arg-type]


def _means_saturated(table: ParameterTable) -> bool:
    """Return whether the means are free, so that they do not touch what a model without them estimates."""
    means = [row for row in table.rows if row.op == "~1"]
    free = [row.free for row in means if row.lhs in table.observed and not row.exogenous]
    latent = [row for row in means if row.lhs in table.latent]
    return all(row.free < 0 and row.value == 0 for row in latent) and min(free) >= 0 and len(set(free)) == len(free)


def _not_comparable(fit: FactorFit, answer: Answer) -> str:
    """Return why semopy's numbers say nothing about ours; empty where they do."""
    own = {row.free for row in fit.table.rows if row.free >= 0 and row.op != "~1"}
    if answer.n_free != len(own):
        return f"semopy reads the model with {answer.n_free} free parameters, not {len(own)}"
    est = fit.values()
    negative = [
        f"{row.lhs} ({value:.3g})"
        for row, value in zip(fit.table.rows, est, strict=False)
        if row.op == "~~" and row.lhs == row.rhs and value < 0
    ]
    if negative:
        return f"semopy keeps variances at 0 or more, and ours are negative: {', '.join(negative)}"
    if not answer.success:
        return "semopy did not converge"
    ours = _discrepancy(fit)
    if not answer.discrepancy - ours <= WORSE:
        apart = max(abs(row.ours - row.theirs) for row in _parameters(fit, answer, "") if row.kind in KINDS.values())
        return (
            f"semopy stopped early: it reports success at the discrepancy {answer.discrepancy:.8g}, and ours is "
            f"{ours:.8g}; its estimates differ by up to {apart:.3g}"
        )
    return ""


def _discrepancy(fit: FactorFit) -> float:
    return 2 * float(fit.fit_indices()["fmin"])


def _parameters(fit: FactorFit, answer: Answer, version: str) -> tuple[Check, ...]:
    """Compare row by row; a covariance may be written either way round."""
    theirs = dict(answer.rows)
    new, caused = _new_names(fit.table), _caused(fit.table)
    frame, with_errors = fit.estimates(), not errors_beyond(fit)
    groups: dict[str, list[Check]] = {}
    for row, est, std, se in zip(fit.table.rows, frame["est"], frame["std_all"], frame["se"], strict=False):
        left, right = new[row.lhs], new.get(row.rhs, "")
        keys = {"=~": [(right, "~", left)], "~": [(left, "~", right)]}.get(
            row.op, [(left, "~~", right), (right, "~~", left)]
        )
        if row.op == "~1" or row.exogenous:
            continue
        # A parameter of ours that semopy does not list compares with NaN, and so shows as a disagreement.
        found = next((theirs[key] for key in keys if key in theirs), (NAN, NAN, NAN))
        name = f"{row.lhs} {row.op} {row.rhs}"
        alike = _standardised_alike(row, caused) and not _of_product(row, fit.table)
        pairs = [("standardised estimates", std, found[1])] if alike else []
        if row.free >= 0:
            pairs += [(KINDS[row.op], est, found[0]), *([("standard errors", se, found[2])] if with_errors else [])]
        for kind, ours, other in pairs:
            one = Check(kind, name, float(ours), float(other), "semopy", version)
            groups.setdefault(kind, []).append(one)
    order = (*KINDS.values(), "standard errors", "standardised estimates")
    return tuple(one for kind in order for one in groups.get(kind, []))


def _caused(table: ParameterTable) -> set[str]:
    """Return the variables that something explains."""
    return {row.rhs if row.op == "=~" else row.lhs for row in table.rows if row.op in ("=~", "~")}


def _standardised_alike(row: Parameter, caused: set[str]) -> bool:
    residual = row.op == "~~" and row.lhs != row.rhs and bool({row.lhs, row.rhs} & caused)
    return not residual and (row.free >= 0 or row.op == "=~")


def _of_product(row: Parameter, table: ParameterTable) -> bool:
    """Whether a parameter is a path from a product of constructs, which is standardised by its parts' deviations."""
    return row.op == "~" and ":" in row.rhs and row.rhs in table.latent


def _indices(fit: FactorFit, answer: Answer, version: str) -> tuple[Check, ...]:
    """Compare fit indices, theirs converted to our convention where that is all that differs."""
    ours, theirs = fit.fit_indices(), dict(answer.indices)
    found = [("chisq", theirs["chi2"], "")]
    if not fit.table.exogenous:
        found.append(("df", theirs["DoF"], ""))
        if ours["df"] > 0:
            found.append(("pvalue", theirs["chi2 p-value"], ""))
            if not _baseline_differs(fit.table):
                bounded = min(max(theirs["CFI"], 0.0), 1.0)
                note = "" if bounded == theirs["CFI"] else f"semopy's is {theirs['CFI']:.5g}; a CFI is cut at 0 and 1"
                found += [("cfi", bounded, note), ("tli", theirs["TLI"], "")]
            converted = theirs["RMSEA"] * float(np.sqrt((fit.n_obs - 1) / fit.n_obs))
            found.append(("rmsea", converted, "semopy divides by n - 1; converted to n"))
    return tuple(
        Check("fit indices", name, float(ours[name]), other, "semopy", version, note) for name, other, note in found
    )


def _baseline_differs(table: ParameterTable) -> str:
    """Return in what semopy's baseline model is not ours, which CFI and TLI rest on; empty where it is."""
    own = [row for row in table.rows if row.op == "~~" and row.lhs == row.rhs and row.lhs in table.observed]
    places = [row.free for row in own]
    restricted = [row.lhs for row in own if row.free < 0 or places.count(row.free) > 1]
    if restricted:
        return f"semopy's baseline model keeps the restricted residual variance of {', '.join(restricted)}"
    random = [name for name in _covariates(table) if name not in table.exogenous]
    if len(random) > 1:
        return f"our baseline model keeps the covariances of the covariates ({', '.join(random)}), semopy's does not"
    return ""


def _left_out(fit: FactorFit) -> Iterator[tuple[str, str]]:
    """Yield what is not compared, and why."""
    table, caused = fit.table, _caused(fit.table)
    if errors_beyond(fit):
        yield "standard errors", errors_beyond(fit)
    if table.exogenous:
        yield (
            "degrees of freedom, p, CFI, TLI and RMSEA",
            f"semopy counts the moments of exogenous covariates ({', '.join(table.exogenous)}) as data to be fitted",
        )
    elif _baseline_differs(table):
        yield "CFI and TLI", _baseline_differs(table)
    if table.mean_structure:
        yield "means and intercepts", "semopy's covariance models have none"
    if any(row.op == "~~" and row.lhs != row.rhs and {row.lhs, row.rhs} & caused for row in table.rows):
        yield (
            "standardised residual covariances",
            "semopy divides them by the deviations of the variables, not of the residuals",
        )
    if any(_of_product(row, table) for row in table.rows):
        yield (
            "standardised paths from products",
            "semopy multiplies them with the deviation of the product; ours are multiplied with those of its parts",
        )
    for definition in fit.model.definitions:
        yield f"{definition.name} := {definition.text}", "semopy has no defined quantities (`:=`)"
    yield from NEVER
