"""The standardised solution, with its gradient for the delta method."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.implied import (
    DIRECTED,
    MEAN,
    UNDIRECTED,
    Implied,
    Layout,
    cell_slopes,
    cell_values,
    gather_rows,
    imply,
)

#: Which variables are expressed in their own standard deviations, by lavaan's names without `std.`.
KINDS = ("all", "lv", "nox")


def standardised_variables(layout: Layout, covariates: tuple[str, ...], kind: str) -> Mask:
    """Return which variables `(v,)` a kind of solution standardises: all, factors, or all but the covariates."""
    found = np.ones(len(layout.variables), dtype=bool)
    if kind == "lv":
        found[: layout.n_observed] = False
    if kind == "nox":
        found[[layout.variables.index(name) for name in covariates]] = False
    return found


def standardised(layout: Layout, theta: Array, which: Mask, implied: Implied | None = None) -> Array:
    """Express every cell in standard deviations of the model-implied variables.

    Parameters
    ----------
    layout
        The model, in any units.
    theta
        `(..., n_free)`.
    which
        `(v,)`: the variables to standardise.
    implied
        What the model implies there, if it is known already.

    Returns
    -------
    Array
        `(..., G, cells)`. A standardised covariance is a correlation: of the variables, or of their disturbances
        where they have causes.

    Notes
    -----
    Bollen (1989), p. 349: a path times the deviation of its cause, divided by that of its outcome.
    Covariances of disturbances are divided by the disturbances' own deviations, so that they are
    correlations; a variance is divided by the variable's variance, so that it is the unexplained share.
    A path from the product of two variables times the product of their deviations, instead of the deviation of the
    product, divided by that of its outcome: the effect of the product of standardised variables, which is what no
    choice of units alters (Wen, Marsh & Hau, 2010; Wu, Wen, Hau & Marsh, 2011, without means).
    """
    cells = cell_values(layout, theta)
    return cells * _ratios(layout, cells, imply(layout, theta) if implied is None else implied, which)


def _ratios(layout: Layout, cells: Array, implied: Implied, which: Mask) -> Array:
    """Return what each cell is multiplied with, `(..., G, cells)`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.where(which, np.sqrt(np.einsum("...ii->...i", implied.total)), 1.0)
        residual = deviation.copy()
        owner, own = _own_variances(layout)
        variance = cells[..., own]
        disturbance = np.where(variance > 0, np.sqrt(np.abs(variance)), np.nan)
        residual[..., owner] = np.where(which[owner], disturbance, 1.0)
        i, j, kind = layout.row, layout.column, layout.kind
        at_i = deviation[..., i]
        directed = deviation[..., j] / at_i
        cell, first, second = product_paths(layout)
        directed[..., cell] = deviation[..., first] * deviation[..., second] / at_i[..., cell]
        undirected = np.where(i == j, 1 / at_i**2, 1 / (residual[..., i] * residual[..., j]))
        return np.where(kind == DIRECTED, directed, np.where(kind == MEAN, 1 / at_i, undirected))


def product_paths(layout: Layout) -> tuple[Indices, Indices, Indices]:
    """Return the cells that are paths from the product of two variables, and the places of these variables.

    Constructs only: the product of two observed variables is a column like any other.
    """
    at = {name: place for place, name in enumerate(layout.variables)}
    found = []
    for cell in np.flatnonzero(layout.kind == DIRECTED):
        outcome, cause = layout.variables[layout.row[cell]], layout.variables[layout.column[cell]]
        if ":" in cause and ":" not in outcome and layout.column[cell] >= layout.n_observed:
            found.append((cell, *(at[part] for part in cause.split(":"))))
    cells, first, second = np.array(found, dtype=np.intp).reshape(-1, 3).T
    return cells, first, second


def _own_variances(layout: Layout) -> tuple[Indices, Indices]:
    """Return the variables that have a variance of their own, and the cells these stand in."""
    own = np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == layout.column))
    return layout.row[own], own


def standardised_slopes(layout: Layout, theta: Array, which: Mask) -> tuple[Array, Array]:
    """Return the standardised cells with their gradient by the free parameters.

    Parameters
    ----------
    layout
        The model, in any units.
    theta
        `(..., n_free)`.
    which
        `(v,)`: the variables to standardise.

    Returns
    -------
    tuple
        `(..., G, cells)` and `(..., G, cells, n_free)`.
    """
    implied, cells = imply(layout, theta), cell_values(layout, theta)
    ratio = _ratios(layout, cells, implied, which)
    values, own = cells * ratio, cell_jacobian(layout)
    left, right = cell_slopes(layout, implied)
    by_variance = gather_rows(layout, 2 * left * right)
    variance = np.einsum("...ii->...i", implied.total)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        log_slope = np.where(which[:, None], by_variance / (2 * variance), 0.0)
        residual_slope = log_slope.copy()
        owner, cell = _own_variances(layout)
        own_variance = cells[..., cell, None]
        slope = np.where(own_variance > 0, own[:, cell] / (2 * own_variance), np.nan)
        residual_slope[..., owner, :] = np.where(which[owner][:, None], slope, 0.0)
        i, j, kind = layout.row, layout.column, layout.kind[:, None]
        at_i = log_slope[..., i, :]
        between = -(residual_slope[..., i, :] + residual_slope[..., j, :])
        undirected = np.where((i == j)[:, None], -2 * at_i, between)
        of_cause = log_slope[..., j, :]
        cell, first, second = product_paths(layout)
        of_cause[..., cell, :] = log_slope[..., first, :] + log_slope[..., second, :]
        moves = np.where(kind == DIRECTED, of_cause - at_i, np.where(kind == MEAN, -at_i, undirected))
    # A cell of nought stays nought, whatever its ratio does.
    change = np.where((values == 0)[..., None], 0.0, values[..., None] * moves)
    return values, own * ratio[..., None] + change


def cell_jacobian(layout: Layout) -> Array:
    """Return the derivative of every cell by the free parameters, `(G, cells, n_free)`."""
    own = np.zeros((*layout.place.shape, layout.n_free))
    group, cell = np.nonzero(layout.place >= 0)
    own[group, cell, layout.place[group, cell]] = layout.factor[group, cell]
    return own


def explained_variance(layout: Layout, theta: Array) -> Array:
    """Return the explained share of every variable's variance, `(..., G, v)`.

    NaN where nothing explains it, and where a negative variance would make it more than all.

    Source
    ------
    Bollen (1989), eq. 4.100: `1 - psi / C`, with psi the variance of the variable's disturbance.
    """
    variance = np.einsum("...ii->...i", imply(layout, theta).total)
    caused = np.zeros(len(layout.variables), dtype=bool)
    caused[layout.row[layout.kind == DIRECTED]] = True
    unexplained = np.zeros(variance.shape)
    owner, own = _own_variances(layout)
    unexplained[..., owner] = cell_values(layout, theta)[..., own]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(caused & (unexplained >= 0), 1 - unexplained / variance, np.nan)
