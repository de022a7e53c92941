"""Modification indices: what the chi-square would lose if one more parameter were free, without fitting again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, diagonal
from rantau.covariance.after_fit.wider import (
    DOUBTFUL,
    UNIDENTIFIED,
    UNIDENTIFIED_EXACTLY,
    Further,
    Wider,
    exactly_left,
    slope_and_information,
    whitened,
    widen,
)
from rantau.covariance.cells import UNDIRECTED
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import imply
from rantau.covariance.layout import cell_values
from rantau.covariance.setting import evidence_of, setting_of
from rantau.covariance.standardise import standardised_variables
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.model.composites import composites
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.options import check_switch, choose, is_number, several_names

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit

#: What a modification index can be about.
OPERATORS = ("=~", "~~", "~", "~1", "|", "~*~")


def modification_indices(
    fit: SemFit, *, minimum: float, sort: bool, operators: str | Sequence[str] | None, free_remove: bool
) -> pd.DataFrame:
    """Compute the modification index of every parameter that could be added; see `SemFit.modification_indices`."""
    wanted = several_names("operators", operators, "=~") or OPERATORS
    for operator in wanted:
        choose("operators", operator, OPERATORS)
    check_switch("sort", sort)
    check_switch("free_remove", free_remove)
    if not is_number(minimum):
        raise OptionError(f"minimum is the least index shown, such as 3.84, got {minimum!r}.")
    check_converged(fit, "modification indices are")
    stated = _stated(fit.model, fit.table, free_too=not free_remove)
    further = [one for one in (*stated, *_unstated(fit.model, fit.table)) if one.op in wanted]
    setting = setting_of(fit)
    evidence = evidence_of(fit, setting)
    wider = widen(fit.table, further, setting, fit.moments)
    slope, left = _alone(evidence, wider)
    identified = left > 0
    index, change = np.full((2, len(further)), np.nan)
    index[identified] = evidence.n_obs * slope[identified] ** 2 / (2 * left[identified])
    change[identified] = (-slope / wider.scale[wider.n_own :])[identified] / left[identified]
    by_rows = rows_factor(fit, evidence.n_obs)
    index, change = index * by_rows[0], change * by_rows[1]
    # What is free already and equal to nothing else has reached its own minimum.
    free = {(row.lhs, row.op, row.rhs, row.group) for row in fit.table.rows if row.free >= 0}
    settled = ~identified & np.array([one in free for one in further], dtype=bool)
    index[settled], change[settled] = 0.0, 0.0

    shown = np.flatnonzero(index >= minimum)
    if sort:
        shown = shown[np.argsort(-index[shown], kind="stable")]
    further, index, change = [further[place] for place in shown], index[shown], change[shown]
    columns: dict[str, object] = {
        name: [one[place] for one in further] for place, name in enumerate(("lhs", "op", "rhs", "group"))
    }
    columns["mi"] = index
    if fit.statistics.scaled is not None:
        columns["mi_scaled"] = index / fit.statistics.scaled.scaling
    columns["epc"] = change
    columns |= {f"sepc_{kind}": values for kind, values in standardised_changes(fit, further, change).items()}
    return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]


def rows_factor(fit: SemFit, counted: float) -> tuple[float, float]:
    """Return what lavaan multiplies index and change with where covariances are divided by n - 1.

    Its index is n times the discrepancy's under Wishart's likelihood, and (n - 1)^2 / n times for least squares, whose
    expected changes are (n - 1) / n of what a refit gives to first order; we give the same, to be compared.
    """
    rows = float(fit.moments.n.sum())
    if fit.request.recipe.discrepancy in ("gls", "uls", "wls", "dwls", "uls_ordered"):
        return counted / rows, counted / rows
    return rows / counted, 1.0


def check_converged(fit: SemFit, what: str) -> None:
    """Refuse to test at parameters that are no minimum."""
    if not fit.converged:
        raise EstimationError(f"{fit.model.source}: {what} read off a minimum, and this fit did not converge.")


def _alone(evidence: Evidence, wider: Wider) -> tuple[Array, Array]:
    """Return the slope along each further parameter, and the information left to it by the parameters of the fit.

    Nought where what is left is rounding error: such a parameter cannot be told from those of the fit.
    """
    own = wider.n_own
    k = wider.layout.n_free - own
    slope, left = np.zeros(k), np.zeros(k)
    whole = whitened(2 * evidence.expected_information, evidence.directions)
    for part, which in wider.parts():
        gradient, hessian = slope_and_information(evidence, part)
        every = np.diag(hessian)[own:]
        rest = every - ((hessian[own:, :own] @ whole) ** 2).sum(axis=1)
        told = rest > UNIDENTIFIED * every
        doubtful = np.flatnonzero(rest <= DOUBTFUL * every)
        free = np.pad(evidence.directions, ((0, every.size), (0, 0)))
        ways = np.eye(own + every.size)[:, own + doubtful]
        exact = exactly_left(evidence, part, free, ways) if doubtful.size else None
        if exact is not None:
            rest[doubtful] = np.diag(exact)
            told[doubtful] = rest[doubtful] > UNIDENTIFIED_EXACTLY * every[doubtful]
        slope[which], left[which] = gradient[own:], np.where(told, rest, 0.0)
    return slope, left


def _stated(model: Model, table: ParameterTable, *, free_too: bool) -> Iterator[Further]:
    """Name the parameters of the table that are fixed, or all of them; moments of fixed covariates stay fixed."""
    formed = {item for block in composites(model) for item in block.items} | set(table.excrescent)
    # Where residual variances are the parameters, scales follow from them.
    follows = "~*~" if table.parameterization == "theta" else ""
    for row in table.rows:
        if row.exogenous or row.op == follows or formed & {row.lhs, row.rhs}:
            continue
        if free_too or row.free < 0:
            yield Further(row.lhs, row.op, row.rhs, row.group)


def _unstated(model: Model, table: ParameterTable) -> Iterator[Further]:
    """Name the parameters that the table does not have and the model could, group by group."""
    first = [row for row in table.rows if row.group == 1]
    have = {(row.lhs, row.op, row.rhs) for row in first}
    have |= {(row.rhs, "~~", row.lhs) for row in first if row.op == "~~"}
    have |= {(row.rhs, "~", row.lhs) for row in first if row.op == "=~"}
    formed = {item for block in composites(model) for item in block.items}
    factors = [block.construct for block in model.blocks if block.kind == "reflective"]
    measured = {row.rhs for row in first if row.op == "=~"}
    items = [name for name in table.observed if name in measured - formed]
    outcomes = dict.fromkeys(path.outcome for path in model.paths)
    in_paths = [*outcomes, *(path.predictor for path in model.paths if path.predictor not in outcomes)]
    alone = [name for name in table.observed if name in outcomes and name not in measured]
    found = [
        *((factor, "=~", item) for factor in factors for item in items),
        *((left, "~~", right) for left, right in itertools.combinations(items, 2)),
        *((left, "~~", right) for left, right in itertools.combinations(alone, 2)),
        *((left, "~~", right) for left, right in itertools.combinations(table.constructs, 2)),
        *(
            (outcome, "~", cause)
            for outcome in dict.fromkeys(in_paths)
            for cause in dict.fromkeys(in_paths)
            if outcome != cause and outcome not in table.exogenous and ":" not in outcome
        ),
    ]
    for group in range(1, table.n_groups + 1):
        yield from (Further(*name, group) for name in found if name not in have)


def standardised_changes(fit: SemFit, further: Sequence[Further], change: Array) -> dict[str, Array]:
    """Express changes of parameters `(k,)` in standard deviations of the variables: `lv`, `all` and `nox`.

    As in the standardised solution: a path times the deviation of its cause over that of its outcome, a covariance
    over the deviations of the disturbances. An outcome is standardised whatever it is.
    """
    layout = fit.layout
    at = {name: place for place, name in enumerate(layout.variables)}
    backwards = np.array([one.op == "=~" for one in further], dtype=bool)
    lhs = np.array([at[one.lhs] for one in further], dtype=np.intp)
    rhs = np.array([at.get(one.rhs, at[one.lhs]) for one in further], dtype=np.intp)
    outcome, cause = np.where(backwards, rhs, lhs), np.where(backwards, lhs, rhs)
    group = np.array([one.group - 1 for one in further], dtype=np.intp)
    op = np.array([one.op for one in further])
    total = diagonal(imply(layout, fit.theta).total)
    deviation = np.sqrt(np.where(total >= 0, total, np.nan))
    own = np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == layout.column))
    disturbance = deviation.copy()
    variance = cell_values(layout, fit.theta)[:, own]
    disturbance[:, layout.row[own]] = np.where(variance > 0, np.sqrt(np.abs(variance)), np.nan)
    # As in the standardised solution, a product of constructs has the deviations of both.
    products = [(at[name], *(at[part] for part in name.split(":"))) for name in fit.table.constructs if ":" in name]
    plain = np.array([":" not in layout.variables[place] for place in outcome], dtype=bool)
    found = {}
    for kind in ("lv", "all", "nox"):
        which = standardised_variables(layout, fit.table.covariates, kind)
        whole, part = np.where(which, deviation, 1.0), np.where(which, disturbance, 1.0)
        of_outcome = deviation[group, outcome] if kind == "nox" else whole[group, outcome]
        with np.errstate(divide="ignore", invalid="ignore"):
            covariance = np.where(lhs == rhs, 1 / whole[group, lhs] ** 2, 1 / (part[group, lhs] * part[group, rhs]))
            of_cause = whole.copy()
            for product, first, second in products:
                of_cause[:, product] = whole[:, first] * whole[:, second]
            path = np.where(plain, of_cause[group, cause], whole[group, cause]) / of_outcome
            ratio = np.select(
                [op == "~~", np.isin(op, ("~1", "|")), op == "~*~"],
                [covariance, 1 / whole[group, lhs], np.ones(op.size)],
                path,
            )
        # A factor that does not vary, as a slope that is the same for all, has no standard deviations to be counted in.
        found[kind] = change * np.where(np.isfinite(ratio), ratio, np.nan) + 0.0
    return found
