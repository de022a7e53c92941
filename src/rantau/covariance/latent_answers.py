"""What lies behind ordered answers: its scale and variance, of which one follows from the other.

Under the delta parameterization the scale is a parameter (1 where nothing is said) and the variance of a variable's
disturbance is whatever makes its variance one over the squared scale; under theta the disturbance's variance is the
parameter and the scale follows (Muthén & Asparouhov, 2002).
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.record import Record


class LatentAnswers(Record):
    """Where the parameters of ordered variables stand among the cells of a group.

    Attributes
    ----------
    item
        `(o,)`: which observed variables are ordered.
    level_item, level_cell
        `(t,)`: for each threshold, and each mean of a continuous variable, the variable; the cell of the threshold, -1
        for a mean.
    scale, variance
        `(o,)`: the cells of scales and of variances of disturbances.
    theta
        Whether the scales follow from the variances; the variances follow from the scales otherwise.
    given
        `(x,)`: the fixed covariates. All that is said of the others is given these: the variance that scales or
        disturbances set is the one that covariates leave.
    first
        `(cells,)`: the cell that each adds to. It is the cell itself, but for what a score test would add to a
        threshold or scale that the model has.
    """

    item: Indices
    level_item: Indices
    level_cell: Indices
    scale: Indices
    variance: Indices
    theta: bool
    given: Indices
    first: Indices

    @property
    def slopes(self) -> tuple[Indices, Indices]:
        """The variable and the covariate of each slope, `(q,)`: the moments after the levels."""
        rest = np.unique(self.level_item)
        return np.repeat(rest, self.given.size), np.tile(self.given, rest.size)


def complete(answers: LatentAnswers, values: Array, effect: Array, between: Array) -> None:
    """Fill in the cells that follow from others.

    Parameters
    ----------
    answers
        Where they are.
    values
        `(..., G, cells)`, changed in place.
    effect, between
        `(..., G, p, v)` total effects on the observed variables, and `(..., G, v, v)` covariances of disturbances,
        in which the variances that follow have any value; changed as well.

    Notes
    -----
    The variance of variable i is `sum_k E_ik^2 s_k` and what does not depend on these variances s, so that s solves
    linear equations; without effects among ordered variables each stands for itself.
    """
    item, given = answers.item, answers.given
    between[..., given[:, None], given] = 0.0
    rows = effect[..., item, :]
    if answers.theta:
        variance = np.einsum("...iv,...vw,...iw->...i", rows, between, rows, optimize=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            values[..., answers.scale] = 1 / np.sqrt(np.where(variance > 0, variance, np.nan))
        return
    between[..., item, item] = 0.0
    rest = ((rows @ between) * rows).sum(axis=-1)
    wanted = 1 / values[..., answers.scale] ** 2 - rest
    squares = rows[..., item] ** 2
    if (squares == np.eye(item.size)).all():
        values[..., answers.variance] = wanted
        return
    values[..., answers.variance] = np.linalg.solve(squares, wanted[..., None])[..., 0]
