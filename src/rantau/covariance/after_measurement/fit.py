"""sam(): the structural part is estimated after the measurement of its constructs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance.after_measurement.errors import (
    influence,
    influence_after,
    influence_of_moments,
    influence_on_moments,
    two_step,
)
from rantau.covariance.after_measurement.moments import LatentMoments, Measured, Route, latent_moments
from rantau.covariance.after_measurement.parts import (
    STRUCTURAL,
    Parts,
    block_request,
    insert,
    settled_moments,
    shared_places,
    structural_request,
    structural_table,
    take_apart,
)
from rantau.covariance.after_measurement.request import SamRequest
from rantau.covariance.after_measurement.result import SamFit
from rantau.covariance.after_measurement.table import joint_table
from rantau.covariance.discrepancies import discrepancy_row
from rantau.covariance.estimate import check_singular, fit_moments, rows_used
from rantau.covariance.evidence import Evidence
from rantau.covariance.minimise import Minimum
from rantau.covariance.problems import find_problems, products_alone, random_covariates
from rantau.covariance.product_columns import with_products
from rantau.covariance.request import SemRequest
from rantau.covariance.result import SemFit
from rantau.covariance.setting import evidence_of, fixed_places, set_up, setting_of
from rantau.door import as_model, check_spread, take_sample
from rantau.errors import EstimationError, IdentificationError
from rantau.fit import Problem
from rantau.model.counts import check_counts
from rantau.model.parameters import ParameterTable, tabulate
from rantau.model.spec import Model
from rantau.moments.compute import complete_rows
from rantau.moments.grouped import GroupMoments, grouped_moments
from rantau.moments.sample import Sample
from rantau.options import column_name
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def sam(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    estimator: str = "ML",
    method: str = "local",
    blocks: str | Sequence[str | Sequence[str]] | None = None,
    se: str = "default",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    fixed_x: bool = True,
    meanstructure: bool | None = None,
) -> SamFit:
    """Fit the measurement of constructs first, and the paths between them after it.

    A misspecified path then leaves the measurement of constructs alone, and small samples converge more often than
    with `rt.sem`. Products of constructs (`Y ~ X + M + X:M`, `Y ~ X + X:X`) are estimated from the moments of
    constructs, without products of items.

    Parameters
    ----------
    model
        A `Model` or its text.
    data
        Scored responses or a data frame, one row per respondent.
    estimator
        `ML`; `MLR` is the same with robust standard errors (`se='ij'`).
    method
        `local`: the structural part is fitted to the moments of the constructs. `global`: to those of the items, with
        the measurement held where it is. lavaan's `sam.method`.
    blocks
        Which constructs are measured together: one by one unless given, joined only where they share an item or a
        covariance of residuals; `together` for one model of all; or their names, as in `[("A", "B"), "C"]`. lavaan's
        `mm.list`.
    se
        `twostep`, which allows for the errors of the measurement; `standard`, which takes the measurement as known;
        `ij` (infinitesimal jackknife), which takes nothing to be normal; `none`. `default` is `twostep`, and `ij`
        where there are products of constructs or the estimator is `MLR`.
    missing
        `listwise` or `fiml`; products of constructs need complete rows.
    group, group_equal, group_partial
        As for `rt.sem`.
    fixed_x
        Take the moments of observed exogenous variables from the sample.
    meanstructure
        Make means part of the model.

    Returns
    -------
    SamFit
        Estimates of both parts, the fit of each, and problems.

    Raises
    ------
    ModelSyntaxError
        If the parts cannot be told from each other, or the model asks for what the engine cannot do.
    ResponseError, EstimationError, OptionError
        As for `rt.sem`.
    IdentificationError
        If a measurement block or the structural part is not identified by itself.

    Notes
    -----
    Rosseel & Loh (2022); products: Wall & Amemiya (2000), Rosseel, Burghgraeve, Loh & Schermelleh-Engel (2025). The
    formulas stand in `rantau.covariance.after_measurement.moments` and `rantau.covariance.after_measurement.errors`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(500, 8))
    >>> x, y = draw[:, [0]], 0.5 * draw[:, [0]] + 0.5 * draw[:, [1]]
    >>> data = pd.DataFrame(np.hstack([x, x, x, y, y, y]) + 0.5 * draw[:, 2:], columns=["a", "b", "c", "d", "e", "f"])
    >>> fit = rt.sam("X =~ a + b + c; Y =~ d + e + f; Y ~ X", data)
    >>> row = fit.estimates().set_index("op").loc["~"]
    >>> bool(row.ci_low < 0.5 < row.ci_high)
    True
    """
    request = SamRequest.of(
        as_model(model), estimator=estimator, method=method, se=se, missing=missing, group=column_name("group", group),
        group_equal=group_equal, group_partial=group_partial, fixed_x=fixed_x, meanstructure=meanstructure,
    )  # fmt: skip
    asked = request.asked
    taken = take_sample(asked.model, data, group=asked.group or None)
    table = joint_table(asked, taken.groups)
    parts = take_apart(asked, table, blocks)
    request = request.replace(blocks=parts.blocks)
    used = complete_rows(taken) if asked.missing == "listwise" else taken
    raw = tuple(product for product in asked.expanded.products if not product.centred)
    sample = rows_used(asked, table, with_products(used, raw))
    check_spread(sample)
    observed = grouped_moments(sample, missing="listwise" if asked.missing == "listwise" else "fiml")
    check_singular(observed, asked.model)
    measured = tuple(_fit_block(asked, parts, number, sample, taken.n_obs) for number in range(len(parts.blocks)))
    return _after(request, parts, measured, sample, observed, taken.n_obs)


def _fit_block(asked: SemRequest, parts: Parts, number: int, sample: Sample, n_read: int) -> SemFit:
    """Fit one measurement block on the rows that all use."""
    request = block_request(asked, parts, number)
    table = tabulate(
        request.model, groups=sample.groups, mean_structure=request.mean_structure, group_equal=request.group_equal,
        group_partial=request.group_partial,
    )  # fmt: skip
    own = rows_used(request, table, sample)
    equalities = sum(one.operator == "==" for one in request.model.constraints)
    observed = grouped_moments(own, missing="listwise" if request.missing == "listwise" else "fiml")
    names = ", ".join(parts.blocks[number])
    try:
        df = check_counts(request.model, table, own.n_obs, n_constraints=equalities)
        fit = fit_moments(request, table, own, observed, df, n_read)
    except IdentificationError as error:
        raise IdentificationError(
            f"{error}\nThis is the measurement of {names} by itself. Measured together with another construct it may "
            "be identified: blocks='together', or blocks=[('A', 'B')]."
        ) from None
    if not fit.converged:
        raise EstimationError(
            f"{asked.model.source}: the measurement of {names} did not converge, and nothing can come after it. Look "
            "at its items by rt.cfa, or measure it together with another construct: blocks='together'."
        )
    return fit


def _after(
    request: SamRequest, parts: Parts, measured: tuple[SemFit, ...], sample: Sample, observed: GroupMoments, n_read: int
) -> SamFit:
    """Fit the structural part, and gather everything."""
    asked, table = request.asked, parts.table
    route = _route(parts, measured, asked)
    thetas = tuple(fit.theta for fit in measured)
    latent = latent_moments(route, thetas, observed, sample)
    if request.method == "local":
        structural = _fit_structural(asked, parts, latent, observed, n_read)
    else:
        structural = _fit_held(asked, parts, measured, sample, observed, n_read)
    theta = insert(parts, [fit.table for fit in measured], thetas, structural.theta)
    discrepancy = discrepancy_row("ml" if asked.missing == "listwise" else "fiml")
    setting = set_up(table, discrepancy, "normal", sample, observed)
    joint = Evidence(
        layout=setting.layout, discrepancy=discrepancy, moments=setting.moments, sample=setting.sample,
        theta=theta * setting.scale, directions=np.eye(theta.size), value=0.0, floor=0.0, df=0,
        fixed=fixed_places(table),
    )  # fmt: skip
    covariance = _covariance(request, parts, measured, structural, route, joint, setting.scale, observed, sample)
    converged = all(fit.converged for fit in (*measured, structural))
    singular = request.errors != "none" and bool(np.isnan(covariance).any())
    problems = _problems(request, parts, measured, structural, joint, latent, converged=converged, singular=singular)
    whole = SemFit(
        asked, sample, observed, table, setting.stated, discrepancy, theta, covariance, structural.statistics,
        converged, sum(fit.iterations for fit in (*measured, structural)), problems, n_read, structural.active,
    )  # fmt: skip
    return SamFit(request, parts, route, measured, structural, whole, latent)


def _route(parts: Parts, measured: tuple[SemFit, ...], asked: SemRequest) -> Route:
    """Say how one gets from observed variables to those of the structural part."""
    at = {name: place for place, name in enumerate(parts.table.observed)}
    to = {name: place for place, name in enumerate(parts.variables)}
    blocks = tuple(
        Measured(
            fit.layout,
            np.array([at[name] for name in fit.table.observed], dtype=np.intp),
            np.array([to[name] for name in fit.table.latent], dtype=np.intp),
        )
        for fit in measured
    )
    alone = [name for name in parts.variables if name in at]
    products = [(to[one.name], *(to[part] for part in one.parts)) for one in asked.expanded.constructs]
    places = np.array([(at[name], to[name]) for name in alone], dtype=np.intp).reshape(-1, 2)
    return Route(
        blocks, places[:, 0], places[:, 1],
        np.array(products, dtype=np.intp).reshape(-1, 3), len(parts.variables), parts.table.mean_structure,
    )  # fmt: skip


def _fit_structural(
    asked: SemRequest, parts: Parts, latent: LatentMoments, observed: GroupMoments, n_read: int
) -> SemFit:
    """Fit the structural part to the moments of its variables."""
    request, table = structural_request(asked, parts), structural_table(parts)
    moments = GroupMoments(parts.variables, observed.groups, observed.n, latent.covariance, latent.mean)
    check_singular(moments, request.model)
    equalities = sum(one.operator == "==" for one in request.model.constraints)
    df = check_counts(request.model, table, int(observed.n.sum()), n_constraints=equalities)
    return fit_moments(request, table, None, moments, df - settled_moments(asked, parts), n_read)


def _fit_held(
    asked: SemRequest, parts: Parts, measured: tuple[SemFit, ...], sample: Sample, observed: GroupMoments, n_read: int
) -> SemFit:
    """Fit the whole model with the measurement parameters held at their estimates."""
    table = held_table(parts, [fit.table for fit in measured], [fit.theta for fit in measured])
    request = structural_request(asked, parts).replace(missing=asked.missing, information="default")
    equalities = sum(one.operator == "==" for one in request.model.constraints)
    df = check_counts(asked.model, table, sample.n_obs, n_constraints=equalities)
    return fit_moments(request, table, sample, observed, df, n_read)


def held_table(parts: Parts, tables: Sequence[ParameterTable], thetas: Sequence[Array]) -> ParameterTable:
    """Return the table of the whole with measurement parameters fixed.

    Parameters
    ----------
    parts
        As taken apart.
    tables
        The parameters of each block.
    thetas
        `(n_free,)` their estimates.
    """
    values = insert(parts, tables, thetas, np.zeros(parts.places(STRUCTURAL).size))
    number = {place: new for new, place in enumerate(parts.places(STRUCTURAL).tolist())}
    rows = [
        row if row.free < 0
        else row.replace(free=number[row.free]) if owner == STRUCTURAL
        else row.replace(free=-1, value=float(values[row.free]))
        for row, owner in zip(parts.table.rows, parts.owner, strict=True)
    ]  # fmt: skip
    return parts.table.replace(rows=tuple(rows), n_free=len(number))


def _covariance(
    request: SamRequest, parts: Parts, measured: tuple[SemFit, ...], structural: SemFit, route: Route, joint: Evidence,
    scale: Array, observed: GroupMoments, sample: Sample,
) -> Array:  # fmt: skip
    """Return the covariance matrix of all estimates, in the units of the data."""
    n_free, errors = parts.table.n_free, request.errors
    found = np.full((n_free, n_free), np.nan)
    if errors == "none" or not all(fit.converged for fit in (*measured, structural)):
        return found
    second = parts.places(STRUCTURAL)
    shared = [shared_places(parts, number, fit.table) for number, fit in enumerate(measured)]
    directions = _directions(structural)
    if errors != "ij":
        first = np.concatenate([whole for whole, _ in shared])
        own = np.zeros((first.size, first.size))
        start = 0
        for (whole, places), fit in zip(shared, measured, strict=True):
            stop = start + whole.size
            own[start:stop, start:stop] = fit.covariance[np.ix_(places, places)]
            start = stop
        exact = joint.discrepancy.name == "fiml"
        whole_information = joint.observed_information if exact else joint.expected_information
        stated = whole_information * np.outer(scale, scale)
        return two_step(stated, float(observed.n.sum()), own, (first, second), directions, known=errors == "standard")
    moved = tuple(influence(evidence_of(fit)) / setting_of(fit).scale for fit in measured)
    rows = np.zeros((sample.n_obs, n_free))
    for (whole, places), one in zip(shared, moved, strict=True):
        rows[:, whole] = one[:, places]
    if request.method == "global":
        first = np.concatenate([whole for whole, _ in shared])
        after = influence_after(joint, first, second, rows[:, first] * scale[first], _scaled(directions, scale[second]))
        rows[:, second] = after / scale[second]
    else:
        thetas = tuple(fit.theta for fit in measured)
        covariance, mean = influence_on_moments(route, thetas, moved, observed, sample)
        setting = setting_of(structural)
        unit = setting.deviation
        after = influence_of_moments(
            evidence_of(structural, setting), covariance / np.outer(unit, unit), mean / unit
        )  # fmt: skip
        rows[:, second] = after / setting.scale
    return rows.T @ rows / sample.n_obs**2


def _directions(structural: SemFit) -> Array:
    """Return a basis of what constraints leave free in the structural part, in the units of the data."""
    setting = setting_of(structural)
    return _scaled(evidence_of(structural, setting).directions, 1 / setting.scale)


def _scaled(directions: Array, scale: Array) -> Array:
    return np.asarray(directions * scale[:, None])


def _problems(
    request: SamRequest, parts: Parts, measured: tuple[SemFit, ...], structural: SemFit, joint: Evidence,
    latent: LatentMoments, *, converged: bool, singular: bool,
) -> tuple[Problem, ...]:  # fmt: skip
    """Gather what is wrong with any part, each said once."""
    found = [problem for fit in (*measured, structural) for problem in fit.problems if problem.severity == "error"]
    if converged:
        minimum = Minimum(
            joint.theta[None], np.zeros(1), np.zeros(1), np.ones(1, dtype=bool), np.zeros(1, dtype=np.intp),
            np.zeros((1, 0), dtype=bool),
        )  # fmt: skip
        found += find_problems(joint.layout, parts.table, minimum, singular)
    expanded = request.asked.expanded
    found += [*random_covariates(expanded.model, parts.table.exogenous), *products_alone(expanded)]
    for label, share in zip(parts.table.groups, latent.share, strict=True):
        if share < 1:
            where = f" in group '{label}'" if label else ""
            found.append(
                Problem(
                    "warning", "error_not_all_taken_off",
                    "With all measurement error taken off, the variables of the structural part would have no "
                    f"positive definite covariances{where}; {share:.2f} of it is (Fuller, 1987). The sample is small "
                    "or the measurement weak: paths are estimated too near to zero.",
                )
            )  # fmt: skip
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: problem.severity != "error"))
