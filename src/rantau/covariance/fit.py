"""sem(), cfa() and growth(): from a model and data to a fit."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance.constrained import minimise_within
from rantau.covariance.constraints import Constraints, check_constraints, check_possible, check_values
from rantau.covariance.definitions import check_definitions, defined
from rantau.covariance.discrepancies import ROWS as DISCREPANCIES
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.doubts import correlations_given, labels_like_columns, thin_evidence
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import UNDIRECTED, Layout, cell_values, imply, slopes
from rantau.covariance.local import exceeds
from rantau.covariance.minimise import Minimum, minimise, stack_of_one
from rantau.covariance.model_test import statistics
from rantau.covariance.problems import (
    advice_for,
    at_boundary,
    doubtful_products,
    find_problems,
    missed_constraints,
    random_covariates,
    undefined,
)
from rantau.covariance.product_columns import with_products
from rantau.covariance.request import DEFAULT, SemRequest, measurement_part
from rantau.covariance.result import SemFit, correlation_of
from rantau.covariance.setting import fixed_places, free_of_constraints, set_up
from rantau.covariance.standard_errors import SINGULAR, check_identification, estimate_covariance
from rantau.covariance.start import choose_anchors, start_values, stated_starts
from rantau.covariance.weak_markers import detour, weakly_scaled
from rantau.door import as_model, check_spread, take_sample, take_summary
from rantau.errors import AdmissibilityWarning, ConvergenceWarning, EstimationError, OptionError
from rantau.fit import Problem
from rantau.model.composites import Anchors
from rantau.model.parameters import ParameterTable, check_counts, tabulate
from rantau.model.spec import Model
from rantau.moments.belonging import check_clusters
from rantau.moments.compute import complete_rows
from rantau.moments.grouped import GroupMoments, grouped_moments
from rantau.moments.sample import Sample, column_names
from rantau.moments.summary import SummaryStatistics
from rantau.options import column_name, several_names
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: A sketch of a minimum ends at this scaled gradient.
SKETCH = 1e-2
#: Total effects beyond this, in standard units, are those of a loop that never fades.
ENDLESS = 1e8


def sem(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    std_lv: bool = False,
    fixed_x: bool | None = None,
    meanstructure: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
    interaction: str = "product_indicators",
    pairs: str = "default",
) -> SemFit:
    """Fit a structural equation model, with lavaan's conventions.

    Parameters
    ----------
    model
        A `Model` or its text.
    data
        Scored responses or a data frame, one row per respondent; or the moments that `rt.moments` makes.
    estimator
        `ML` (maximum likelihood), `MLR`, `MLM`, `MLMV`, `MLMVS`, `MLF` (the same estimates with robust errors and
        tests), `GLS`, `ULS`, `WLS` (least squares); `rantau list estimators` describes them.
    missing
        `listwise`: rows with a missing answer to any item of the model are left out. `fiml` (or `ml`): every
        answer there is enters the likelihood; rows with a gap in a fixed covariate are left out, unless `fiml_x`.
    group
        The column whose values tell groups apart.
    group_equal
        What is the same in all groups: `loadings`, `intercepts`, `residuals`, `means`, `regressions`,
        `lv_variances`, `lv_covariances`, `residual_covariances`.
    group_partial
        Parameters that are free all the same, such as `"F =~ x2"` or `"x3 ~ 1"`.
    std_lv
        Set each factor's scale by a unit variance instead of its first loading.
    fixed_x
        Take the moments of observed exogenous variables from the sample; None does so where a likelihood is
        maximised, and estimates them where it is not.
    meanstructure
        Make means part of the model; None does so where the model or another option needs it.
    likelihood
        `normal` (covariances divided by n) or `wishart` (by n - 1); `default` leaves it to the estimator: least
        squares divides by n - 1.
    information
        `expected`, `observed` or `first_order`; `default` leaves it to the estimator.
    se
        `standard`, `robust_sem`, `robust_huber_white`, `robust_cluster`, `first_order`, `none`, or `default`.
    test
        A test of the model (`rantau list model_tests`), or `default`.
    sampling_weights
        The column of weights; standard errors are then robust.
    cluster
        The column that names each row's cluster; standard errors are then cluster-robust.
    interaction
        How a product of constructs (`Y ~ X + M + X:M`, `Y ~ X + X:X`) is estimated: `product_indicators`, products
        of their items with double mean centring; `rt.sam` has another way. A product of two observed variables is
        the column of their products, not centred. A bootstrap takes the products of the sample as they are.
    pairs
        Which items are multiplied: `matched` (first with first, second with second, and so on), `all`, or
        `default`, which matches them where both constructs have equally many.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError
        If the model asks for what the engine cannot do; with file, line and column.
    ResponseError
        If a variable is not in the data or is text.
    IdentificationError
        If the parameters cannot be told apart, or there are fewer rows than parameters.
    EstimationError
        If the covariance matrix of the items is singular.
    OptionError
        If an option has a value that is not allowed, or two options contradict each other.

    Notes
    -----
    Jöreskog (1967, 1971, 1973). Covariances have divisor n and chi-square is n times the minimum of the
    discrepancy; see `rantau.covariance.discrepancies`. Products of constructs: Marsh, Wen & Hau (2004), Lin, Wen,
    Marsh & Lin (2010); what they add to the model is said in `rantau.model.products`, and what they are centred at
    in `rantau.covariance.product_columns`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 4))
    >>> data = pd.DataFrame(draw[:, :3] + draw[:, 3:], columns=["a", "b", "c"])
    >>> fit = rt.sem("F =~ a + b + c", data)
    >>> fit.converged, fit.table.n_free
    (True, 6)
    """
    request = SemRequest(
        as_model(model), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), std_lv=std_lv, fixed_x=fixed_x,
        meanstructure=meanstructure, likelihood=likelihood, information=information, se=se, test=test,
        sampling_weights=column_name("sampling_weights", sampling_weights), cluster=column_name("cluster", cluster),
        interaction=interaction, pairs=pairs,
    )  # fmt: skip
    return _fit(request, data)


def cfa(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    std_lv: bool = False,
    meanstructure: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
) -> SemFit:
    """Fit the measurement part of a model: all constructs covary, no paths.

    Parameters
    ----------
    model
        A `Model` or its text; regressions, definitions and covariances of disturbances are left out.
    data
        Scored responses or a data frame, one row per respondent.
    estimator, missing, group, group_equal, group_partial, std_lv, meanstructure
        As for `sem`.
    likelihood, information, se, test, sampling_weights, cluster
        As for `sem`.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError, ResponseError, IdentificationError, EstimationError, OptionError
        As for `sem`.

    Notes
    -----
    Jöreskog (1969).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> int(rt.cfa("F =~ a + b + c + d", data).fit_indices()["df"])
    2
    """
    request = SemRequest(
        measurement_part(as_model(model)), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), std_lv=std_lv,
        meanstructure=meanstructure, likelihood=likelihood, information=information, se=se, test=test,
        sampling_weights=column_name("sampling_weights", sampling_weights), cluster=column_name("cluster", cluster),
    )  # fmt: skip
    return _fit(request, data)


def growth(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    fixed_x: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
) -> SemFit:
    """Fit a latent growth curve: intercepts of the occasions are zero, means of the growth factors free.

    Parameters
    ----------
    model
        A `Model` or its text; loadings state the occasions, as in `s =~ 0*t1 + 1*t2 + 2*t3`.
    data
        One row per respondent, one column per occasion.
    estimator, missing, group, group_equal, group_partial, fixed_x
        As for `sem`.
    likelihood, information, se, test, sampling_weights, cluster
        As for `sem`.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError, ResponseError, IdentificationError, EstimationError, OptionError
        As for `sem`.

    Notes
    -----
    Meredith & Tisak (1990).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 5))
    >>> level, slope = draw[:, [0]], 0.5 + 0.3 * draw[:, [1]]
    >>> data = pd.DataFrame(level + slope * np.arange(3) + draw[:, 2:], columns=["t1", "t2", "t3"])
    >>> fit = rt.growth("i =~ 1*t1 + 1*t2 + 1*t3; s =~ 0*t1 + 1*t2 + 2*t3", data)
    >>> bool(fit.estimates().query("lhs == 's' and op == '~1'").est.iloc[0] > 0.3)
    True
    """
    request = SemRequest(
        as_model(model), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), fixed_x=fixed_x, growth=True,
        likelihood=likelihood, information=information, se=se, test=test, cluster=column_name("cluster", cluster),
        sampling_weights=column_name("sampling_weights", sampling_weights),
    )  # fmt: skip
    return _fit(request, data)


def _equal(value: str | Sequence[str]) -> tuple[str, ...]:
    return several_names("group_equal", value, "loadings")


def _partial(value: str | Sequence[str]) -> tuple[str, ...]:
    return several_names("group_partial", value, "F =~ x2")


def _fit(request: SemRequest, data: Responses | pd.DataFrame | SummaryStatistics) -> SemFit:
    sample: Sample | None
    more: tuple[Problem, ...] = ()
    if isinstance(data, SummaryStatistics):
        sample, n_read = None, data.n_obs + data.left_out
        request, table, observed, df = _of_summary(request, data)
        more = (correlations_given(table.observed),) if data.looks_like_correlations else ()
    else:
        table, sample, df, n_read = prepare(request, data)
        more = (
            *labels_like_columns(request.model, column_names(data)),
            *thin_evidence(sample, table, request.recipe.discrepancy),
        )
        observed = grouped_moments(sample, missing="listwise" if request.missing == "listwise" else "fiml")
    check_singular(observed, request.model)
    fit = fit_moments(request, table, sample, observed, df, n_read)
    return fit.replace(problems=(*fit.problems, *more)) if more else fit


def prepare(request: SemRequest, data: Responses | pd.DataFrame) -> tuple[ParameterTable, Sample, int, int]:
    """Take the rows that a fit would use and check that the parameters go with them; nothing is estimated.

    Parameters
    ----------
    request
        Model and options.
    data
        Scored responses or a data frame.

    Returns
    -------
    tuple
        The parameters; the rows used, `(n_obs, p)`; degrees of freedom; and how many rows were read.

    Raises
    ------
    RantauError
        As for `sem`, but for what only the moments or the estimation show.
    """
    model = request.model
    taken = take_sample(
        model, data, group=request.group or None, sampling_weights=request.sampling_weights or None,
        cluster=request.cluster or None,
    )  # fmt: skip
    table = _table_of(request, taken.groups)
    sample = rows_used(request, table, _multiplied(request, taken))
    df = _degrees_of_freedom(model, table, sample.n_obs)
    check_spread(sample)
    check_clusters(sample)
    return table, sample, df, taken.n_obs


def _table_of(request: SemRequest, groups: tuple[str, ...], anchors: Anchors = ()) -> ParameterTable:
    """Write out the parameters, and check that definitions and constraints speak of them."""
    table = tabulate(
        request.expanded.model, groups=groups, std_lv=request.std_lv, fixed_x=bool(request.fixed_x),
        mean_structure=request.mean_structure, growth=request.growth, group_equal=request.group_equal,
        group_partial=request.group_partial, anchors=anchors,
    )  # fmt: skip
    labels = tuple(dict.fromkeys(row.label for row in table.rows if row.label))
    check_definitions(request.model, labels)
    check_constraints(request.model, labels)
    check_possible(request.model, table)
    return table


def _degrees_of_freedom(model: Model, table: ParameterTable, n_obs: int) -> int:
    equalities = sum(one.operator == "==" for one in model.constraints)
    return check_counts(model, table, n_obs, n_constraints=equalities)


def _of_summary(request: SemRequest, data: SummaryStatistics) -> tuple[SemRequest, ParameterTable, GroupMoments, int]:
    """Return what is asked of summary statistics, its parameters, moments and df; what needs the rows is refused."""
    model, recipe = request.model, request.recipe
    estimator = f"estimator='{request.estimator}'"
    defaults = request.estimator not in ("ML", "GLS", "ULS") and DEFAULT in (request.se, request.test)
    leave = "leave it out"
    needs = (
        ("missing=", request.missing != "listwise", leave),
        ("sampling_weights=", bool(request.sampling_weights), leave),
        ("cluster=", bool(request.cluster), leave),
        ("group=", bool(request.group), "leave it out, as the groups are those of the moments"),
        ("a product of variables", bool(request.expanded.products), leave),
        (estimator, defaults or recipe.discrepancy == "wls", "take estimator='ML'"),
        (f"se='{recipe.se}'", recipe.se not in ("standard", "none"), leave),
        (f"test='{recipe.test}'", recipe.test not in ("standard", "none", "browne_residual_nt"), leave),
        ("information='first_order'", recipe.information == "first_order", leave),
    )
    for what, wanted, instead in needs:
        if wanted:
            raise OptionError(
                f"{what} needs the rows, and the data are summary statistics: fit the rows, or {instead}."
            )
    taken = take_summary(model, data)
    if not taken.has_means and request.meanstructure is None and not request.needs_means:
        # As lavaan does: without means in the data, groups have none in the model.
        request = request.replace(meanstructure=False)
    table = _table_of(request, taken.groups)
    if table.mean_structure and not taken.has_means:
        raise OptionError(
            f"{model.source}: the model has means (several groups, an intercept, or meanstructure=True), and the "
            "summary statistics have none; give them too: rt.moments(covariance, n, mean=...)."
        )
    taken = taken.take(table.observed)
    df = _degrees_of_freedom(model, table, taken.n_obs)
    observed = taken.moments()
    if not taken.has_means:
        observed = observed.replace(mean=np.zeros_like(observed.mean))
    return request, table, observed, df


def fit_moments(
    request: SemRequest, table: ParameterTable, sample: Sample | None, observed: GroupMoments, df: int, n_read: int
) -> SemFit:
    """Minimise, and gather everything that is read off the minimum.

    Parameters
    ----------
    request
        Model and options.
    table
        The parameters.
    sample
        The rows, `(n_obs, p)` in the table's order; None where there are only moments.
    observed
        Their moments, `(G, p, p)` and `(G, p)`.
    df
        Moments less parameters.
    n_read
        Rows before any was left out.

    Returns
    -------
    SemFit
        With its problems, the errors among them warned of.
    """
    model, recipe = request.model, request.recipe
    anchors = choose_anchors(model, table.observed, observed)
    if anchors:
        table = _table_of(request, table.groups, anchors)
    discrepancy = next(row for row in DISCREPANCIES if row.name == recipe.discrepancy)
    setting = set_up(table, discrepancy, request.likelihood, sample, observed)
    scaled_layout, scaled, scale, deviation = setting.layout, setting.moments, setting.scale, setting.deviation
    start = start_values(table, scaled_layout, scaled)
    start, expected = _possible(scaled_layout, discrepancy, scaled, start, stated_starts(table, scale), model.source)
    constraints = Constraints(model, table, scale) if model.constraints else None
    if constraints is not None:
        check_values(constraints, start)
    check_identification(scaled_layout, table, discrepancy, scaled, start, model.source, constraints, expected)

    minimum = _minimum(scaled_layout, discrepancy, stack_of_one(scaled), start[None], constraints)
    theta = minimum.theta[0]
    directions, rank = free_of_constraints(scaled_layout, discrepancy, scaled, constraints, theta, minimum.active[0])
    equal = 0 if constraints is None else int(constraints.equalities.sum())
    evidence = Evidence(
        scaled_layout, discrepancy, scaled, setting.sample, theta, directions, float(minimum.value[0]),
        float(discrepancy.floor(scaled)), df - equal + min(rank, equal), fixed_places(table),
        observed.n,
    )  # fmt: skip
    # Away from a minimum, what rows add to the score has no mean of nought, and standard errors have no meaning.
    se = recipe.se if minimum.converged[0] else "none"
    covariance = estimate_covariance(evidence, se, recipe.information)
    singular = recipe.se != "none" and bool(np.isnan(covariance).any())
    missed = missed_constraints(constraints, minimum)
    definitions = defined(model, table, cell_values(setting.stated, theta / scale).ravel())[0]
    advice = advice_for(scaled_layout, theta, weakly_scaled(scaled_layout, theta), missed)
    problems = (
        *find_problems(scaled_layout, table, minimum, singular, advice=advice),
        *missed,
        *at_boundary(constraints, minimum),
        *undefined(model, definitions),
        *random_covariates(request.expanded.model, table.exogenous),
        *doubtful_products(request.expanded, recipe.se),
    )
    fit = SemFit(
        request, sample, observed, table, setting.stated, discrepancy, theta / scale,
        covariance / np.outer(scale, scale),
        statistics(table, evidence, recipe, deviation, converged=bool(minimum.converged[0])),
        bool(minimum.converged[0]), int(minimum.iterations[0]), problems, n_read, minimum.active[0],
    )  # fmt: skip
    _warn(fit)
    return fit


def _multiplied(request: SemRequest, taken: Sample) -> Sample:
    """Append the products that the model needs, centred on the rows that will be used."""
    products = request.expanded.products
    if not products:
        return taken
    if request.expanded.constructs and request.interaction == "moments":
        raise OptionError("interaction='moments' is how rt.sam(model, data) estimates products; call that.")
    used = complete_rows(taken) if request.missing == "listwise" else taken
    return with_products(used, products)


def rows_used(request: SemRequest, table: ParameterTable, taken: Sample) -> Sample:
    """Put the columns in the order of the table, and leave out the rows that cannot be used.

    Parameters
    ----------
    request
        How missing answers are met.
    table
        The parameters.
    taken
        `(n_obs, columns)`: the columns of the table among others.

    Returns
    -------
    Sample
        `(n_obs, p)`.
    """
    order = [taken.names.index(name) for name in table.observed]
    sample = taken.replace(names=table.observed, values=taken.values[:, order])
    if request.missing == "listwise":
        return complete_rows(sample)
    keep = np.asarray(~np.isnan(sample.values).all(axis=1))
    if request.missing == "fiml" and table.exogenous:
        keep &= ~np.isnan(sample.values[:, [table.observed.index(name) for name in table.exogenous]]).any(axis=1)
    return sample if keep.all() else sample.rows(keep)


def _minimum(
    layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, start: Array, constraints: Constraints | None
) -> Minimum:
    if constraints is not None:
        return minimise_within(layout, discrepancy, moments, start, constraints)
    if moments.patterns is not None:
        start = _sketched(layout, moments, start)
    found = minimise(layout, discrepancy, moments, start)
    way = None if found.converged[0] else detour(layout, found.theta[0])
    if way is None:
        return found
    there = way.back(minimise(way.layout, discrepancy, moments, way.start[None]).theta[0])
    again = minimise(layout, discrepancy, moments, there[None]) if np.isfinite(there).all() else found
    return again if again.converged[0] else found


def _sketched(layout: Layout, moments: GroupMoments, start: Array) -> Array:
    """Fit the unrestricted estimates as if rows were complete: a good start where every pattern of gaps costs."""
    complete = next(row for row in DISCREPANCIES if row.name == "ml")
    found = minimise(layout, complete, moments.replace(patterns=None), start, tolerance=SKETCH)
    return found.theta if found.converged[0] else start


def check_singular(observed: GroupMoments, model: Model) -> None:
    """Refuse a sample whose items depend on each other exactly.

    Parameters
    ----------
    observed
        `(G, p, p)` covariances.
    model
        For the message.

    Raises
    ------
    EstimationError
        Naming the items.
    """
    p = len(observed.names)
    for label, n_obs, covariance in zip(observed.groups, observed.n, observed.covariance, strict=True):
        correlation = correlation_of(covariance)
        if exceeds(correlation, SINGULAR):
            continue
        vectors = np.linalg.eigh(correlation)[1]
        where = f" in group '{label}'" if label else ""
        if n_obs <= p:
            raise EstimationError(
                f"{model.source}: {n_obs:g} complete rows{where} for {p} items: the covariance matrix is "
                "singular. Maximum likelihood needs more rows than items."
            )
        names = [name for name, weight in zip(observed.names, vectors[:, 0], strict=True) if abs(weight) > 0.05]
        raise EstimationError(
            f"{model.source}: these items depend on each other exactly{where}: {', '.join(names)}; one of them "
            "repeats or sums up the others. Take one out."
        )


def _possible(
    layout: Layout, discrepancy: Discrepancy, observed: GroupMoments, start: Array, stated: Array, source: str
) -> tuple[Array, Array]:
    """Pull start values towards independence until, with those the model states, they imply possible moments.

    Returns
    -------
    tuple
        `(n_free,)` values and the expected Hessian there.

    Raises
    ------
    EstimationError
        If none do: what the model states or fixes is impossible.
    """
    variances = (layout.kind == UNDIRECTED) & (layout.row == layout.column) & (layout.place >= 0)
    keep = np.zeros(layout.n_free, dtype=bool)
    keep[layout.place[variances]] = True
    keep |= ~np.isnan(stated)
    start = np.where(np.isnan(stated), start, stated)
    for share in (1.0, 0.7, 0.4, 0.1):
        trial = np.where(keep, start, share * start)
        with np.errstate(over="ignore", invalid="ignore"):
            implied = imply(layout, trial)
            fades = np.abs(implied.effect).max(initial=0.0) < ENDLESS
            local = discrepancy.function(implied, observed)
        if fades and np.isfinite(local.value):
            factors = slopes(layout, implied)
            return trial, discrepancy.second(layout, implied, factors, observed, local, False).expected
    raise EstimationError(
        f"{source}: the start values and fixed values of the model imply a covariance matrix that is not "
        "positive definite, so the estimation cannot begin. Look for a fixed covariance or loading that is too "
        "large for its variances, for a loop of fixed effects that multiply to 1, or for a start() far off."
    )


def _warn(fit: SemFit) -> None:
    for problem in fit.problems:
        if problem.severity == "error":
            kind = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
            warnings.warn(f"{fit.model.source}: {problem.text}", kind, stacklevel=5)
