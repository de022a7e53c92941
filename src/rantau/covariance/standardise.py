"""The standardised solution, with its gradient for the delta method."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import DIRECTED, MEAN, Layout, cell_slopes, cell_values, gather, imply


def standardised(layout: Layout, theta: Array, *, latent_only: bool) -> tuple[Array, Array]:
    """Express every cell in standard deviations of the model-implied variables.

    Parameters
    ----------
    layout
        The model, in any units.
    theta
        `(n_free,)`.
    latent_only
        True: only factors are standardised (lavaan's `std.lv`); False: all variables are (`std.all`).

    Returns
    -------
    tuple
        Values `(cells,)`, and their gradient by the free parameters `(cells, n_free)`. A standardised
        covariance is a correlation: of the variables, or of their disturbances where they have causes.

    Notes
    -----
    Bollen (1989), p. 349: a path times the deviation of its cause, divided by that of its outcome.
    Covariances of disturbances are divided by the disturbances' own deviations, so that they are
    correlations; a variance is divided by the variable's variance, so that it is the unexplained share.
    """
    implied = imply(layout, theta[None])
    total, cells = implied.total[0], cell_values(layout, theta)
    size, n_cells = len(layout.variables), layout.kind.size
    left, right = (part[0] for part in cell_slopes(layout, implied))
    by_variance = gather(layout, 2 * left * right)  # (v, n_free)
    own = np.zeros((n_cells, layout.n_free))
    free = np.flatnonzero(layout.place >= 0)
    own[free, layout.place[free]] = layout.factor[free]

    variance = np.diag(total).copy()
    standardise = np.ones(size, dtype=bool)
    if latent_only:
        standardise[: layout.n_observed] = False
    with np.errstate(invalid="ignore", divide="ignore"):
        log_slope = np.where(standardise[:, None], by_variance / (2 * variance[:, None]), 0.0)
        deviation = np.where(standardise, np.sqrt(variance), 1.0)
    residual, residual_slope = _disturbances(layout, cells, own, deviation, log_slope, standardise)

    values, gradients = np.empty(n_cells), np.empty((n_cells, layout.n_free))
    for position in range(n_cells):
        i, j = layout.row[position], layout.column[position]
        if layout.kind[position] == DIRECTED:
            ratio, slope = deviation[j] / deviation[i], log_slope[j] - log_slope[i]
        elif layout.kind[position] == MEAN:
            ratio, slope = 1 / deviation[i], -log_slope[i]
        elif i == j:
            ratio, slope = 1 / deviation[i] ** 2, -2 * log_slope[i]
        else:
            ratio, slope = 1 / (residual[i] * residual[j]), -(residual_slope[i] + residual_slope[j])
        values[position] = cells[position] * ratio
        gradients[position] = own[position] * ratio + values[position] * slope
    return values, gradients


def _disturbances(
    layout: Layout, cells: Array, own: Array, deviation: Array, log_slope: Array, standardise: Array
) -> tuple[Array, Array]:
    """Return what a covariance is divided by: the deviation of each variable's own term in S."""
    residual, slope = deviation.copy(), log_slope.copy()
    for position in range(layout.kind.size):
        i = layout.row[position]
        if layout.kind[position] != DIRECTED and layout.kind[position] != MEAN and i == layout.column[position]:
            if not standardise[i]:
                continue
            value = cells[position]
            residual[i] = np.sqrt(value) if value > 0 else np.nan
            slope[i] = own[position] / (2 * value) if value > 0 else np.nan
    return residual, slope


def explained_variance(layout: Layout, theta: Array) -> Array:
    """Return the explained share of every variable's variance, `(v,)`.

    NaN where nothing explains it, and where a negative variance would make it more than all.

    Source
    ------
    Bollen (1989), eq. 4.100: `1 - psi / C`, with psi the variance of the variable's disturbance.
    """
    implied = imply(layout, theta[None])
    variance = np.diag(implied.total[0])
    cells = cell_values(layout, theta)
    caused = np.zeros(len(layout.variables), dtype=bool)
    caused[layout.row[layout.kind == DIRECTED]] = True
    own = np.zeros(len(layout.variables))
    for position in range(layout.kind.size):
        if layout.kind[position] not in (DIRECTED, MEAN) and layout.row[position] == layout.column[position]:
            own[layout.row[position]] = cells[position]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(caused & (own >= 0), 1 - own / variance, np.nan)
