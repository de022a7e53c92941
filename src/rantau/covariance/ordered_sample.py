"""Ordered answers of a sample: how many thresholds cut each, and the moments that a model is held against."""

from __future__ import annotations

import numpy as np

from rantau.arrays import diagonal
from rantau.covariance.doubts import covariates_as_numbers, doubtful_answers, uneven_covariates
from rantau.covariance.ordered_request import names_of
from rantau.covariance.request import SemRequest
from rantau.door import check_spread
from rantau.fit import Problem
from rantau.model.parameters import ParameterTable, free_standing_covariates
from rantau.moments.compute import complete_rows
from rantau.moments.grouped import GroupMoments
from rantau.moments.ordered_groups import ordered_moments, sample_ordering
from rantau.moments.sample import Sample


def thresholds_of(request: SemRequest, taken: Sample) -> tuple[tuple[str, int], ...]:
    """Return the ordered variables with the numbers of their thresholds, in the rows that will be used.

    Parameters
    ----------
    request
        Which are ordered, and how missing answers are met.
    taken
        `(n_obs, columns)` as read.

    Raises
    ------
    EstimationError
        If a group does not use a category that others do, or a variable has so many that it is none of categories.
    """
    if not request.ordered:
        return ()
    used = complete_rows(taken) if request.missing == "listwise" else taken
    if request.missing == "pairwise" and request.fixed_x:
        fixed = free_standing_covariates(request.model) & set(taken.names)
        covariates = [taken.names.index(name) for name in fixed]
        used = used.rows(np.flatnonzero(~np.isnan(used.values[:, covariates]).any(axis=1)))
    check_spread(used)
    found = sample_ordering(used, request.cut)
    return tuple(
        (name, len(categories) - 1) for name, categories in zip(used.names, found.categories, strict=True) if categories
    )


def moments_of_answers(
    request: SemRequest, table: ParameterTable, sample: Sample
) -> tuple[GroupMoments, tuple[Problem, ...]]:
    """Compute what ordered answers are fitted by, given the fixed covariates, and what is to be said of it.

    Parameters
    ----------
    request, table
        What is asked, and the parameters.
    sample
        `(n_obs, p)` the rows that are used.

    Raises
    ------
    EstimationError
        If the thresholds or regressions of a group cannot be estimated.
    """
    ordered = tuple(name for name, _ in table.ordered)
    observed, parts = ordered_moments(sample, sample_ordering(sample, ordered, table.exogenous))
    normal = tuple(name for name in table.covariates if name not in (*ordered, *table.exogenous))
    as_numbers = tuple(name for name in table.exogenous if name in names_of(request.ordered))
    doubts = doubtful_answers(sample.names, parts, observed, normal)
    if request.recipe.discrepancy == "uls_ordered":
        fixed = [sample.names.index(name) for name in table.exogenous]
        deviations = np.sqrt(diagonal(observed.covariance)[:, fixed])
        doubts = (*doubts, *uneven_covariates(table.exogenous, deviations))
    return observed, (*covariates_as_numbers(as_numbers), *doubts)
