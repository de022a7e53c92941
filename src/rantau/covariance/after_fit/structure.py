"""The structure of a fit, group by group: what acts on what, what varies, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.cells import DIRECTED, UNDIRECTED
from rantau.covariance.implied import imply
from rantau.covariance.layout import cell_values
from rantau.errors import EstimationError

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit


class Part(NamedTuple):
    """One group's structure: `A` and `S` of the reticular action model, and the means of all variables."""

    effects: Array
    covariance: Array
    mean: Array


def structure_of(fit: SemFit) -> tuple[Part, ...]:
    """Return each group's effects, covariances of disturbances, and means.

    Without a mean structure the observed means are the sample's and intercepts of latent variables zero, which is
    what the model with free intercepts has.
    """
    layout, p = fit.layout, fit.layout.n_observed
    size = len(layout.variables)
    directed, undirected = layout.kind == DIRECTED, layout.kind == UNDIRECTED
    implied = imply(layout, fit.theta)
    found = []
    for group, cells in enumerate(cell_values(layout, fit.theta)):
        effects, covariance = np.zeros((size, size)), np.zeros((size, size))
        effects[layout.row[directed], layout.column[directed]] = cells[directed]
        row, column = layout.row[undirected], layout.column[undirected]
        covariance[row, column] = covariance[column, row] = cells[undirected]
        mean = implied.mean[group]
        if not layout.mean_structure:
            observed = fit.moments.mean[group]
            latent = np.linalg.solve(np.eye(size - p) - effects[p:, p:], effects[p:, :p] @ observed)
            mean = np.concatenate([observed, latent])
        found.append(Part(effects, covariance, mean))
    return tuple(found)


def check_thresholds(fit: SemFit) -> None:
    """Refuse thresholds that do not rise, as constraints on them may have it: between them lies no category.

    Raises
    ------
    EstimationError
        With the name of the item.
    """
    answers = fit.layout.cells.latent_answers
    if answers is None:
        return
    cells = cell_values(fit.layout, fit.theta)
    for item in answers.item:
        if (np.diff(cells[:, answers.level_cell[answers.level_item == item]], axis=1) <= 0).any():
            raise EstimationError(
                f"{fit.model.source}: the thresholds of '{fit.table.observed[item]}' do not rise from category to "
                "category under this solution, so that some categories have no probability. Look at the constraints "
                "on them."
            )


def orders(effects: Array, p: int) -> Iterator[Indices]:
    """Give the latent variables that act on items, then those that act on these only, and so on.

    The direct effects are `(v, v)`; `p` variables are observed, and come first.
    """
    waiting, reached = list(range(p, effects.shape[0])), list(range(p))
    while waiting:
        here = [place for place in waiting if (effects[reached, place] != 0).any()]
        if not here:
            return
        yield np.array(here, dtype=np.intp)
        waiting = [place for place in waiting if place not in here]
        reached = here


def solve(matrix: Array, right: Array) -> Array:
    """Solve a matrix `(k, k)` for `(k, m)` in the metric of correlations, where no scale of an item costs digits."""
    deviation = np.sqrt(np.maximum(np.diag(matrix), 1e-300))[:, None]
    return np.asarray(np.linalg.solve(matrix / (deviation * deviation.T), right / deviation) / deviation)
