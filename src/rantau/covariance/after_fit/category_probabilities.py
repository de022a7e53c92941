"""How probable each category of an ordered item is: over everybody, and for who stands at given places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices
from rantau.covariance.after_fit.rows_to_score import groups_of
from rantau.covariance.after_fit.structure import check_thresholds, structure_of
from rantau.covariance.answer_residuals import ordering_in
from rantau.covariance.implied import imply
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import cell_values
from rantau.errors import EstimationError, OptionError, unknown
from rantau.extras import require
from rantau.moments.sample import as_frame, sample

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit


class Categories(NamedTuple):
    """Every category of every ordered item: its item, its label, and where its limits stand among the levels.

    Attributes
    ----------
    item, label
        `(c,)`: the name of the item, and the category as the data have it.
    below, above
        `(c,)`: the place of its thresholds among `[-inf, levels, inf]`.
    """

    item: tuple[str, ...]
    label: tuple[float | int | str, ...]
    below: Indices
    above: Indices


def category_frame(fit: SemFit, at: pd.DataFrame | Mapping[str, Any] | None) -> pd.DataFrame:
    """Return the probabilities of all categories; see `SemFit.category_probabilities`.

    Raises
    ------
    OptionError
        If no answers are ordered, or `at` names what is no construct or continuous variable of the model.
    EstimationError
        If the fit did not converge.
    """
    answers = fit.layout.cells.latent_answers
    if answers is None:
        raise OptionError(
            "the answers of this fit are continuous, so they have no categories; fit them with ordered=True."
        )
    if not fit.converged:
        raise EstimationError(f"{fit.model.source}: the estimation did not converge, so there are no probabilities.")
    check_thresholds(fit)
    return _overall(fit, answers) if at is None else _given(fit, answers, _places(fit, at))


def _overall(fit: SemFit, answers: LatentAnswers) -> pd.DataFrame:
    """Return the share of each category among the answers, and what the model implies on average over the rows.

    Covariates that are fixed have no distribution in the model: they are what they are in the rows.
    """
    categories, frames = _categories(fit), []
    ordering, rows = ordering_in(fit.moments), fit.rows
    fixed = np.array([fit.layout.variables.index(name) for name in fit.table.exogenous], dtype=np.intp)
    for group, label in enumerate(fit.table.groups):
        values = rows.values[rows.membership == group]
        observed: list[float] = []
        for column, found in zip(values.T, ordering.categories, strict=True):
            observed += [float((column == one).sum() / (~np.isnan(column)).sum()) for one in found]
        places = values[:, fixed] if fixed.size else np.empty((1, 0))
        implied = _between(_levels(fit, answers, group, fixed, places), categories).mean(axis=0)
        columns = {"item": categories.item, "category": categories.label, "observed": observed, "implied": implied}
        frames.append(_labelled(fit, label, columns))
    return require("pandas").concat(frames, ignore_index=True)  # type: ignore[no-any-return]


def _given(fit: SemFit, answers: LatentAnswers, at: pd.DataFrame) -> pd.DataFrame:
    """Return the probabilities of each category for each row of `at`, in its group or in all of them."""
    names = [name for name in at.columns if name != fit.request.group]
    which = np.array([fit.layout.variables.index(name) for name in names], dtype=np.intp)
    values = at[names].to_numpy(dtype=float)
    codes = groups_of(at, fit.request.group, fit.groups) if fit.groups and fit.request.group in at.columns else None
    categories, frames = _categories(fit), []
    for group, label in enumerate(fit.table.groups):
        here = np.arange(len(at)) if codes is None else np.flatnonzero(codes == group)
        level = _levels(fit, answers, group, which, values[here])
        count = len(categories.item)
        frame = (
            at[names].set_axis(at.index.to_flat_index()).iloc[np.repeat(here, count)].rename_axis("row").reset_index()
        )
        own: dict[str, object] = {"item": categories.item * here.size, "category": categories.label * here.size}
        own |= {"probability": _between(level, categories).ravel()}
        pandas = require("pandas")
        frames.append(_labelled(fit, label, pandas.concat([frame, pandas.DataFrame(own)], axis=1)))
    return require("pandas").concat(frames, ignore_index=True)  # type: ignore[no-any-return]


def _levels(fit: SemFit, answers: LatentAnswers, group: int, which: Indices, values: Array) -> Array:
    """Return the thresholds as deviates of what lies behind the answers, given values `(n, k)` of other variables.

    What is NaN is not given: its distribution given the others is averaged over.
    """
    part, total = structure_of(fit)[group], imply(fit.layout, fit.theta).total[group]
    cells, item = cell_values(fit.layout, fit.theta)[group], answers.level_item
    threshold = np.where(answers.level_cell >= 0, cells[answers.level_cell], np.nan)
    found = np.empty((len(values), item.size))
    known = ~np.isnan(values)
    for pattern in np.unique(known, axis=0):
        rows, seen = np.flatnonzero((known == pattern).all(axis=1)), which[pattern]
        unit = np.sqrt(np.maximum(np.diag(total)[seen], 1e-300))
        inverse = np.linalg.pinv(total[np.ix_(seen, seen)] / np.outer(unit, unit), rcond=1e-10, hermitian=True)
        across = total[np.ix_(item, seen)] / unit
        weights = across @ inverse
        variance = np.diag(total)[item] - (weights * across).sum(axis=1)
        if (variance <= 1e-10)[answers.level_cell >= 0].any():
            raise EstimationError(
                f"{fit.model.source}: some answers have no variance of their own (a residual variance of 0 or below) "
                "under this solution, so that their categories have no probabilities. Look at fit.problems."
            )
        distance = (values[np.ix_(rows, pattern)] - part.mean[seen]) / unit
        found[rows] = (threshold - part.mean[item] - distance @ weights.T) / np.sqrt(np.maximum(variance, 1e-300))
    return found


def _categories(fit: SemFit) -> Categories:
    ordering = ordering_in(fit.moments)
    texts = {} if fit.sample is None else dict(fit.sample.texts)
    items: list[str] = []
    labels: list[float | int | str] = []
    below, above, last = [], [], int(ordering.counts.sum()) + 1
    for name, first, found in zip(fit.table.observed, ordering.first, ordering.categories, strict=True):
        items += [name] * len(found)
        labels += [texts[name][int(one) - 1] if name in texts else _plain(one) for one in found]
        cuts = list(range(first + 1, first + len(found)))
        if found:
            below += [0, *cuts]
            above += [*cuts, last]
    return Categories(tuple(items), tuple(labels), np.array(below, dtype=np.intp), np.array(above, dtype=np.intp))


def _plain(category: float) -> float | int:
    return int(category) if category.is_integer() else category


def _between(level: Array, categories: Categories) -> Array:
    """Return the probabilities between thresholds, `(..., t)` to `(..., c)`; from the tail in which they lie."""
    ends = np.pad(level, [(0, 0)] * (level.ndim - 1) + [(1, 1)], constant_values=((-np.inf, np.inf),) * level.ndim)
    low, high = ends[..., categories.below], ends[..., categories.above]
    above = low + high > 0
    return np.asarray(ndtr(np.where(above, -low, high)) - ndtr(np.where(above, -high, low)))


def _labelled(fit: SemFit, label: str, columns: Mapping[str, object] | pd.DataFrame) -> pd.DataFrame:
    """Return a table with its group in front, where there are several."""
    frame = require("pandas").DataFrame(columns)
    if fit.groups:
        frame.insert(0, "group", label)
    return frame  # type: ignore[no-any-return]


def _places(fit: SemFit, at: pd.DataFrame | Mapping[str, Any]) -> pd.DataFrame:
    """Return the values at which probabilities are wanted as a frame of numbers, and of groups where it has them."""
    pandas = require("pandas")
    if isinstance(at, Mapping):
        columns = {name: list(np.atleast_1d(value)) for name, value in at.items()}
        longest = max((len(column) for column in columns.values()), default=0)
        if any(not column for column in columns.values()):
            raise OptionError("at: there is no value to look at; give some, such as [-1, 0, 1].")
        if any(len(column) not in (1, longest) for column in columns.values()):
            raise OptionError("at: each variable has one value or as many as the others, taken side by side.")
        at = pandas.DataFrame({name: column * (longest // len(column)) for name, column in columns.items()})
    frame = as_frame(at)
    ordered = dict(fit.table.ordered)
    allowed = (*fit.table.constructs, *(name for name in fit.table.observed if name not in ordered))
    names = [str(name) for name in frame.columns if name != fit.request.group]
    for name in names:
        if name not in allowed:
            raise OptionError(unknown("variable in at", name, allowed))
    if not names:
        raise OptionError(f"at: give values of constructs, such as at={{'{allowed[0]}': [-1, 0, 1]}}.")
    found = pandas.DataFrame(sample(frame, names).values, columns=names, index=frame.index)
    if fit.groups and fit.request.group in frame.columns:
        found[fit.request.group] = frame[fit.request.group]
    return found  # type: ignore[no-any-return]
