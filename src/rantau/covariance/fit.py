"""sem() and cfa(): from a model and data to a fit."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance.definitions import check_definitions
from rantau.covariance.discrepancies import ROWS as DISCREPANCIES
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import UNDIRECTED, Layout, imply
from rantau.covariance.minimise import minimise
from rantau.covariance.model_test import statistics
from rantau.covariance.problems import find_problems, random_covariates
from rantau.covariance.request import SemRequest, measurement_part
from rantau.covariance.result import SemFit, correlation_of, layout_for
from rantau.covariance.standard_errors import (
    check_identification,
    covariance_of_estimates,
    expected_information,
)
from rantau.covariance.start import in_standard_units, start_values, stated_starts
from rantau.door import as_model, check_spread, take_sample
from rantau.errors import AdmissibilityWarning, ConvergenceWarning, EstimationError
from rantau.model.parameters import check_counts, tabulate
from rantau.model.spec import Model
from rantau.moments.compute import Moments, complete_rows, moments
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def sem(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    std_lv: bool = False,
    fixed_x: bool = True,
    meanstructure: bool = False,
) -> SemFit:
    """Fit a structural equation model by maximum likelihood, with lavaan's conventions.

    Parameters
    ----------
    model
        A `Model` or its text.
    data
        Scored responses or a data frame, one row per respondent.
    estimator
        `ML`: normal-theory maximum likelihood, standard errors from the expected information.
    missing
        `listwise`: rows with a missing answer to any item of the model are left out.
    std_lv
        Set each factor's scale by a unit variance instead of its first loading.
    fixed_x
        Take the moments of observed exogenous variables from the sample.
    meanstructure
        Make means part of the model.

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
        If an option has a value that is not allowed.

    Notes
    -----
    Jöreskog (1967, 1973). Covariances have divisor n and chi-square is n times the minimum of the
    discrepancy; see `rantau.covariance.discrepancies.ml`.

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
        as_model(model), estimator=estimator, missing=missing, std_lv=std_lv, fixed_x=fixed_x,
        meanstructure=meanstructure,
    )  # fmt: skip
    return _fit(request, data)


def cfa(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    estimator: str = "ML",
    missing: str = "listwise",
    std_lv: bool = False,
    meanstructure: bool = False,
) -> SemFit:
    """Fit the measurement part of a model: all constructs covary, no paths.

    Parameters
    ----------
    model
        A `Model` or its text; regressions, definitions and covariances of disturbances are left out.
    data
        Scored responses or a data frame, one row per respondent.
    estimator, missing, std_lv, meanstructure
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
        measurement_part(as_model(model)), estimator=estimator, missing=missing, std_lv=std_lv,
        meanstructure=meanstructure,
    )  # fmt: skip
    return _fit(request, data)


def _fit(request: SemRequest, data: Responses | pd.DataFrame) -> SemFit:
    model = request.model
    table = tabulate(model, std_lv=request.std_lv, fixed_x=request.fixed_x, mean_structure=request.meanstructure)
    check_definitions(model, tuple(dict.fromkeys(row.label for row in table.rows if row.label)))
    taken = take_sample(model, data, names=table.observed)
    sample = complete_rows(taken)
    df = check_counts(model, table, sample.n_obs)
    check_spread(sample)
    observed = moments(sample)
    _check_singular(observed, model)

    discrepancy = next(row for row in DISCREPANCIES if row.name == request.estimator)
    layout = layout_for(table, observed)
    deviation = np.sqrt(np.diag(observed.covariance))
    scaled_layout, scale, scaled = in_standard_units(table, layout, observed, deviation)
    start = start_values(table, scaled_layout, scaled.covariance, scaled.mean)
    start = _possible(scaled_layout, discrepancy, scaled, start)
    start = stated_starts(table, scale, start)
    _check_starts(scaled_layout, discrepancy, scaled, start, model)
    check_identification(scaled_layout, table, discrepancy, scaled, start, model.source)

    stack = scaled.replace(covariance=scaled.covariance[None], mean=scaled.mean[None])
    minimum = minimise(scaled_layout, discrepancy, stack, start[None])
    information = expected_information(scaled_layout, discrepancy, scaled, minimum.theta[0])
    covariance = covariance_of_estimates(information, sample.n_obs)
    singular = bool(np.isnan(covariance).any())
    theta = minimum.theta[0] / scale
    implied = imply(layout, theta[None])
    problems = (*find_problems(scaled_layout, minimum, singular), *random_covariates(model, table.exogenous))
    fit = SemFit(
        request, sample, observed, table, layout, discrepancy, theta, covariance / np.outer(scale, scale),
        statistics(table, observed, implied.sigma[0], implied.mu[0], float(minimum.value[0]), df),
        bool(minimum.converged[0]), int(minimum.iterations[0]), problems, taken.n_obs,
    )  # fmt: skip
    _warn(fit)
    return fit


def _check_singular(observed: Moments, model: Model) -> None:
    """Refuse a sample whose items depend on each other exactly."""
    values, vectors = np.linalg.eigh(correlation_of(observed.covariance))
    if values[0] > 1e-10:
        return
    p = len(observed.names)
    if observed.n_obs <= p:
        raise EstimationError(
            f"{model.source}: {observed.n_obs} complete rows for {p} items: the covariance matrix is "
            "singular. Maximum likelihood needs more rows than items."
        )
    names = [name for name, weight in zip(observed.names, vectors[:, 0], strict=True) if abs(weight) > 0.05]
    raise EstimationError(
        f"{model.source}: these items depend on each other exactly: {', '.join(names)}; one of them "
        "repeats or sums up the others. Take one out."
    )


def _possible(layout: Layout, discrepancy: Discrepancy, observed: Moments, start: Array) -> Array:
    """Pull start values towards independence until they imply a positive definite matrix."""
    variances = (layout.kind == UNDIRECTED) & (layout.row == layout.column) & (layout.place >= 0)
    keep = np.zeros(layout.n_free, dtype=bool)
    keep[layout.place[variances]] = True
    for share in (1.0, 0.7, 0.4, 0.1):
        trial = np.where(keep, start, share * start)
        if np.isfinite(_distance(layout, discrepancy, observed, trial)):
            return trial
    return start


def _distance(layout: Layout, discrepancy: Discrepancy, observed: Moments, theta: Array) -> float:
    stack = observed.replace(covariance=observed.covariance[None], mean=observed.mean[None])
    return float(discrepancy.function(imply(layout, theta[None]), stack)[0][0])


def _check_starts(layout: Layout, discrepancy: Discrepancy, observed: Moments, start: Array, model: Model) -> None:
    """Refuse to begin where the discrepancy has no value."""
    if np.isfinite(_distance(layout, discrepancy, observed, start)):
        return
    raise EstimationError(
        f"{model.source}: the start values and fixed values of the model imply a covariance matrix that is not "
        "positive definite, so the estimation cannot begin. Look for a fixed covariance or loading that is too "
        "large for its variances, or for a start() far off."
    )


def _warn(fit: SemFit) -> None:
    for problem in fit.problems:
        if problem.severity == "error":
            kind = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
            warnings.warn(f"{fit.model.source}: {problem.text}", kind, stacklevel=4)
