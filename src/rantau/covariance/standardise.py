"""The standardised solution, with its gradient for the delta method."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask, diagonal
from rantau.covariance.cells import DIRECTED, MEAN, SCALE, THRESHOLD, UNDIRECTED, Cells
from rantau.covariance.implied import Implied, cell_slopes, gather_rows, imply, variance_slopes
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import Layout, cell_values

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
    choice of units alters (Wen, Marsh & Hau, 2010; Wu, Wen, Hau & Marsh, 2011, without means). Where the product has
    another unit than its parts' (unit variance), its first loading, over those of the two items, says which.
    """
    cells = cell_values(layout, theta)
    return cells * _ratios(layout, cells, imply(layout, theta) if implied is None else implied, which)


def _ratios(layout: Layout, cells: Array, implied: Implied, which: Mask) -> Array:
    """Return what each cell is multiplied with, `(..., G, cells)`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.where(which, np.sqrt(diagonal(implied.total)), 1.0)
        residual = deviation.copy()
        owner, own = _own_variances(layout)
        variance = cells[..., own]
        disturbance = np.where(variance > 0, np.sqrt(np.abs(variance)), np.nan)
        residual[..., owner] = np.where(which[owner], disturbance, 1.0)
        i, j, kind = layout.row, layout.column, layout.kind
        # What does not vary has no standard deviation to be expressed in.
        at_i = np.where(deviation[..., i] > 0, deviation[..., i], np.nan)
        directed = deviation[..., j] / at_i
        product = product_paths(layout.cells)
        if product.cell.size:
            loading, of_left, of_right = _loadings(cells, product)
            unit = deviation[..., product.left] * deviation[..., product.right] * of_left * of_right / loading
            directed[..., product.cell] = unit / at_i[..., product.cell]
        undirected = np.where(i == j, 1 / at_i**2, 1 / (residual[..., i] * residual[..., j]))
        found = np.where(kind == DIRECTED, directed, undirected)
        if layout.mean_structure:
            found = np.where((kind == MEAN) | (kind == THRESHOLD), 1 / at_i, found)
        if layout.cells.latent_answers is not None:
            # Scales are those of what lies behind answers given covariates, where these are fixed.
            behind = np.sqrt(diagonal(implied.fitted.total))[..., i]
            own_scale = np.where(which[i], np.where(behind > 0, behind, np.nan), 1.0)
            found = np.where(kind == SCALE, own_scale, found)
        return found


class ProductPaths(NamedTuple):
    """The paths from products of two variables.

    Attributes
    ----------
    cell
        `(k,)` the cells of the paths.
    left, right
        `(k,)` the places of the two variables.
    loadings
        Three times `(k,)`: the cells of the product's first loading, and of the loadings of the two items in it;
        -1 where there is none.
    """

    cell: Indices
    left: Indices
    right: Indices
    loadings: tuple[Indices, Indices, Indices]


@lru_cache(maxsize=64)
def product_paths(layout: Cells) -> ProductPaths:
    """Return the paths from products of constructs; that of two observed variables is a column like any other."""
    at = {name: place for place, name in enumerate(layout.variables)}
    arrows: dict[tuple[int, int], int] = {}
    for one in np.flatnonzero(layout.kind == DIRECTED).tolist():
        arrows.setdefault((int(layout.row[one]), int(layout.column[one])), one)
    found = []
    for (outcome, cause), cell in arrows.items():
        name = layout.variables[cause]
        if cause < layout.n_observed or ":" not in name or ":" in layout.variables[outcome]:
            continue
        left, right = (at[part] for part in name.split(":"))
        item = next((row for row, column in arrows if column == cause and ":" in layout.variables[row]), -1)
        items = layout.variables[item].split(":") if item >= 0 else ()
        own = [arrows.get((at.get(one, -1), part), -1) for one, part in zip(items, (left, right), strict=False)]
        found.append((cell, left, right, arrows.get((item, cause), -1), *(own or (-1, -1))))
    columns = np.array(found, dtype=np.intp).reshape(-1, 6).T
    return ProductPaths(columns[0], columns[1], columns[2], (columns[3], columns[4], columns[5]))


def _loadings(cells: Array, product: ProductPaths) -> tuple[Array, Array, Array]:
    """Return the loadings that say what unit each product has, `(..., G, k)` each; 1 where there is none."""
    own, left, right = (np.where(place >= 0, cells[..., place], 1.0) for place in product.loadings)
    return own, left, right


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
    values, own = cells * ratio, cell_slopes_of(layout, theta, implied)
    by_variance = variance_slopes(layout, implied)
    variance = diagonal(implied.total)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        log_slope = np.where(which[:, None], by_variance / (2 * variance), 0.0)
        residual_slope = log_slope.copy()
        owner, cell = _own_variances(layout)
        own_variance = cells[..., cell, None]
        slope = np.where(own_variance > 0, own[..., cell, :] / (2 * own_variance), np.nan)
        residual_slope[..., owner, :] = np.where(which[owner][:, None], slope, 0.0)
        i, j, kind = layout.row, layout.column, layout.kind[:, None]
        at_i = log_slope[..., i, :]
        between = -(residual_slope[..., i, :] + residual_slope[..., j, :])
        undirected = np.where((i == j)[:, None], -2 * at_i, between)
        of_cause = log_slope[..., j, :]
        product = product_paths(layout.cells)
        if product.cell.size:
            of_parts = log_slope[..., product.left, :] + log_slope[..., product.right, :]
            for loading, place, sign in zip(_loadings(cells, product), product.loadings, (-1, 1, 1), strict=True):
                of_parts += np.where((place >= 0)[:, None], sign * own[..., place, :] / loading[..., None], 0.0)
            of_cause[..., product.cell, :] = of_parts
        moves = np.where(kind == DIRECTED, of_cause - at_i, undirected)
        if layout.mean_structure:
            moves = np.where((kind == MEAN) | (kind == THRESHOLD), -at_i, moves)
        if layout.cells.latent_answers is not None:
            behind = by_variance if implied.given is None else variance_slopes(layout, implied.given)
            left = diagonal(implied.fitted.total)[..., None]
            of_scale = np.where(which[:, None], behind / (2 * left), 0.0)[..., i, :]
            moves = np.where(kind == SCALE, of_scale, moves)
    # A cell of nought stays nought, whatever its ratio does.
    change = np.where((values == 0)[..., None], 0.0, values[..., None] * moves)
    return values, own * ratio[..., None] + change


def cell_slopes_of(layout: Layout, theta: Array, implied: Implied | None = None) -> Array:
    """Return the derivative of every cell by the free parameters, `(..., G, cells, n_free)`.

    Parameters
    ----------
    layout, theta
        The model, and `(..., n_free)` parameters.
    implied
        What the model implies there, if it is known already.
    """
    own, answers = cell_jacobian(layout), layout.cells.latent_answers
    if answers is None:
        return own
    there = (imply(layout, theta) if implied is None else implied).fitted
    return _with_dependent(layout, answers, own, there, variance_slopes(layout, there))


def _with_dependent(layout: Layout, answers: LatentAnswers, own: Array, implied: Implied, by_variance: Array) -> Array:
    """Add to the derivatives of the cells those of the scales or variances that follow from others."""
    found = np.array(np.broadcast_to(own, (*by_variance.shape[:-2], *own.shape[-2:])))
    variance = diagonal(implied.total)[..., answers.item, None]
    of_item = by_variance[..., answers.item, :]
    if answers.theta:
        found[..., answers.scale, :] = -0.5 * variance**-1.5 * of_item
        return found
    # What the variable's variance does not owe to others is its own.
    left, right = cell_slopes(layout, implied)
    by_cell = 2 * left * right
    at = np.searchsorted(layout.moving, answers.variance)
    squares = by_cell[..., answers.item, :][..., at].copy()
    by_cell[..., at] = 0.0
    rest = gather_rows(layout, by_cell)[..., answers.item, :]
    found[..., answers.variance, :] = np.linalg.solve(squares, of_item - rest)
    return found


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
    variance = diagonal(imply(layout, theta).total)
    caused = np.zeros(len(layout.variables), dtype=bool)
    caused[layout.row[layout.kind == DIRECTED]] = True
    unexplained = np.zeros(variance.shape)
    owner, own = _own_variances(layout)
    unexplained[..., owner] = cell_values(layout, theta)[..., own]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(caused & (unexplained >= 0), 1 - unexplained / variance, np.nan)


def correlation_of(covariance: Array) -> Array:
    """Return the correlations of a covariance matrix `(p, p)`; NaN where a variance is not positive."""
    variance = np.diag(covariance)
    deviation = np.sqrt(np.where(variance > 0, variance, np.nan))
    correlation: Array = covariance / np.outer(deviation, deviation)
    return correlation
