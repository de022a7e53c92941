"""From a request and data to a fit: check, search, and gather what is read off the minimum."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np

from rantau.covariance.constraints import check_constraints, check_possible
from rantau.covariance.definitions import check_definitions, defined
from rantau.covariance.doubts import (
    correlations_given,
    labels_like_columns,
    thin_evidence,
)
from rantau.covariance.evidence import Evidence
from rantau.covariance.exploratory.unrotated import check_turnable, held_still
from rantau.covariance.layout import cell_values
from rantau.covariance.local import exceeds
from rantau.covariance.model_test import statistics
from rantau.covariance.ordered_request import names_of
from rantau.covariance.ordered_sample import moments_of_answers, thresholds_of
from rantau.covariance.problems import (
    advice_for,
    at_boundary,
    doubtful_products,
    find_problems,
    missed_constraints,
    random_covariates,
    undefined,
    uneven_units,
    without_scaled_test,
)
from rantau.covariance.product_columns import with_products
from rantau.covariance.request import DEFAULT, SemRequest
from rantau.covariance.result import SemFit
from rantau.covariance.search import search
from rantau.covariance.setting import fixed_places, free_of_constraints
from rantau.covariance.standard_errors import SINGULAR, estimate_covariance
from rantau.covariance.standardise import correlation_of
from rantau.covariance.start import choose_anchors
from rantau.covariance.weak_markers import weakly_scaled
from rantau.door import check_spread, take_sample, take_summary
from rantau.errors import AdmissibilityWarning, ConvergenceWarning, EstimationError, OptionError
from rantau.fit import Problem
from rantau.model.composites import Anchors
from rantau.model.counts import check_counts
from rantau.model.parameters import ParameterTable, tabulate
from rantau.model.spec import Model
from rantau.moments.belonging import check_clusters
from rantau.moments.compute import complete_rows
from rantau.moments.grouped import GroupMoments, grouped_moments
from rantau.moments.sample import Sample, column_names, ordered_texts, with_codes
from rantau.moments.summary import SummaryStatistics
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def fit_request(request: SemRequest, data: Responses | pd.DataFrame | SummaryStatistics) -> SemFit:
    """Fit what a request asks for; `sem`, `cfa` and `growth` say what is raised."""
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
        if request.ordered:
            observed, doubts = moments_of_answers(request, table, sample)
            more = (*more, *doubts)
        else:
            observed = grouped_moments(sample, missing="listwise" if request.missing == "listwise" else "fiml")
    if not request.ordered:
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
    texts = ordered_texts(data, names_of(request.ordered)) if request.ordered else ()
    taken = take_sample(
        model, with_codes(data, texts), group=request.group or None,
        sampling_weights=request.sampling_weights or None, cluster=request.cluster or None,
    ).replace(texts=texts)  # fmt: skip
    table = _table_of(request, taken.groups, ordered=thresholds_of(request, taken))
    sample = rows_used(request, table, _multiplied(request, taken))
    df = _degrees_of_freedom(model, table, sample.n_obs)
    if sample.n_obs < taken.n_obs or request.expanded.products:
        check_spread(sample)
    check_clusters(sample)
    return table, sample, df, taken.n_obs


def _table_of(
    request: SemRequest, groups: tuple[str, ...], anchors: Anchors = (), ordered: tuple[tuple[str, int], ...] = ()
) -> ParameterTable:
    """Write out the parameters, and check that definitions and constraints speak of them."""
    table = tabulate(
        request.expanded.model, groups=groups, std_lv=request.std_lv, fixed_x=bool(request.fixed_x),
        mean_structure=request.mean_structure, growth=request.growth, group_equal=request.group_equal,
        group_partial=request.group_partial, anchors=anchors, uncorrelated=request.uncorrelated, ordered=ordered,
        parameterization=request.parameterization, identification=request.identification,
    )  # fmt: skip
    check_turnable(request.model, table)
    labels = tuple(dict.fromkeys(row.label for row in table.rows if row.label))
    check_definitions(request.model, labels)
    check_constraints(request.model, labels)
    check_possible(request.model, table)
    return table


def _degrees_of_freedom(model: Model, table: ParameterTable, n_obs: int) -> int:
    equalities = sum(one.operator == "==" for one in model.constraints)
    return check_counts(model, held_still(table), n_obs, n_constraints=equalities)


def degrees_of_freedom(request: SemRequest) -> int:
    """Return the degrees of freedom that a model has in one group, before any data.

    Raises
    ------
    ModelSyntaxError, IdentificationError
        As for `sem`.
    """
    return _degrees_of_freedom(request.model, _table_of(request, ("",)), sys.maxsize)


def _of_summary(request: SemRequest, data: SummaryStatistics) -> tuple[SemRequest, ParameterTable, GroupMoments, int]:
    """Return what is asked of summary statistics, its parameters, moments and df; what needs the rows is refused."""
    model, recipe = request.model, request.recipe
    estimator = f"estimator='{request.estimator}'"
    defaults = request.estimator not in ("ML", "GLS", "ULS") and DEFAULT in (request.se, request.test)
    leave = "leave it out"
    needs = (
        ("ordered=", bool(request.ordered), leave),
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
    # As lavaan does: means that are given are modelled, and without them groups have none in the model.
    if request.meanstructure is None and taken.models_means:
        request = request.replace(meanstructure=True)
    if request.meanstructure is None and not taken.has_means and not request.needs_means:
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
        table = _table_of(request, table.groups, anchors, table.ordered)
    found = search(request, table, sample, observed)
    setting, minimum, constraints = found.setting, found.minimum, found.constraints
    discrepancy, scale, theta = found.discrepancy, setting.scale, minimum.theta[0]
    directions, rank = free_of_constraints(
        setting.layout, discrepancy, setting.moments, constraints, theta, minimum.active[0], found.held
    )
    equal = 0 if constraints is None else int(constraints.equalities.sum())
    evidence = Evidence(
        setting.layout, discrepancy, setting.moments, setting.sample, theta, directions, float(minimum.value[0]),
        float(discrepancy.floor(setting.moments)), df - equal + rank, fixed_places(table), observed.n,
    )  # fmt: skip
    # Away from a minimum, what rows add to the score has no mean of nought, and standard errors have no meaning.
    se = recipe.se if minimum.converged[0] else "none"
    covariance = estimate_covariance(evidence, se, recipe.information)
    singular = recipe.se != "none" and bool(np.isnan(covariance).any())
    missed = missed_constraints(constraints, minimum)
    definitions = defined(model, table, cell_values(setting.stated, theta / scale).ravel())[0]
    advice = ""
    if not minimum.converged[0]:
        weak = weakly_scaled(setting.layout, theta)
        advice = uneven_units(discrepancy, table, observed) or advice_for(setting.layout, table, theta, weak, missed)
    tests = statistics(table, evidence, recipe, setting.deviation, converged=bool(minimum.converged[0]))
    problems = (
        *find_problems(setting.layout, table, minimum, singular, advice=advice, implied=evidence.implied),
        *missed,
        *at_boundary(constraints, minimum),
        *found.turns,
        *undefined(model, definitions),
        *random_covariates(request.expanded.model, table.exogenous),
        *doubtful_products(request.expanded, recipe.se),
        *(without_scaled_test(tests) if minimum.converged[0] else ()),
    )
    fit = SemFit(
        request, sample, observed, table, setting.stated, discrepancy, theta / scale,
        covariance / np.outer(scale, scale), tests,
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
    # Where pairs are what is estimated, a row with one answer says something of thresholds still.
    if request.missing in ("fiml", "pairwise") and table.exogenous:
        keep &= ~np.isnan(sample.values[:, [table.observed.index(name) for name in table.exogenous]]).any(axis=1)
    return sample if keep.all() else sample.rows(keep)


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


def _warn(fit: SemFit) -> None:
    for problem in fit.problems:
        if problem.severity == "error":
            kind = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
            warnings.warn(f"{fit.model.source}: {problem.text}", kind, stacklevel=5)
