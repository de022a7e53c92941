"""Searching in other units where the item that sets a factor's unit has next to nothing to do with it.

A factor is in the units of its first item. Where that item hardly loads on it, the other loadings are huge, and
sampling error decides their sign: a search that begins with the wrong one goes to infinity, and the minimum lies
beyond. In units of the factor's own standard deviation nothing is far away; the minimum found there is put back into
the units that the model asks for.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, diagonal
from rantau.covariance.cells import DIRECTED, MEAN, UNDIRECTED
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout, cell_values
from rantau.record import Record

#: A standardised loading below this is next to nothing.
WEAK = 0.15


class Detour(Record):
    """The same model with unit variances in place of unit loadings, for some factors.

    Attributes
    ----------
    layout
        With the loadings of the markers free and the variances fixed.
    start
        `(n_free,)` where a search in it may begin.
    stated
        The layout that the model asks for.
    factors, markers, variances
        `(k,)`: the factors, as variables, and the cells of their first loadings and of their (residual) variances.
    """

    layout: Layout
    start: Array
    stated: Layout
    factors: Indices
    markers: Indices
    variances: Indices

    def back(self, theta: Array) -> Array:
        """Return parameters `(n_free,)` of the detour as those of the stated model; NaN where a marker is 0."""
        loadings = theta[self.layout.place[:, self.markers]] * self.layout.factor[:, self.markers]
        with np.errstate(divide="ignore", invalid="ignore"):
            unit = loadings / self.stated.base[:, self.markers]
            found = theta * _multiplier(self.stated, self.factors, 1 / unit)
        places = self.stated.place[:, self.variances]
        found[places] = self.layout.base[:, self.variances] * unit**2 / self.stated.factor[:, self.variances]
        return found


def detour(layout: Layout, theta: Array, start: Array) -> Detour | None:
    """Set unit variances in place of unit loadings, for the factors whose marker is weak.

    Parameters
    ----------
    layout
        The model, in units of one standard deviation.
    theta
        `(n_free,)` where a search ended that has not converged.
    start
        `(n_free,)` where it began, and where another may.

    Returns
    -------
    Detour or None
        None where there is no such factor, or where its unit is not free to be chosen: a second fixed loading, a fixed
        effect, or loadings that groups share.
    """
    if not np.isfinite(theta).all():
        return None
    cells = cell_values(layout, theta)
    spread = np.sqrt(np.abs(diagonal(imply(layout, theta).total)))
    found = [one for one in _markers(layout) if _weak(cells, spread, layout, one)]
    if not found:
        return None
    factors, markers, variances = (np.array(part, dtype=np.intp) for part in zip(*found, strict=True))
    cells = cell_values(layout, start)
    unit = np.sqrt(np.abs(diagonal(imply(layout, start).total)))[:, factors]
    place, base, factor = np.array(layout.place), np.array(layout.base), np.array(layout.factor)
    place[:, markers], base[:, markers], factor[:, markers] = place[:, variances], 0.0, 1.0
    place[:, variances], base[:, variances], factor[:, variances] = -1, cells[:, variances] / unit**2, 0.0
    start = start * _multiplier(layout, factors, unit)
    start[place[:, markers]] = cells[:, markers] * unit
    if not np.isfinite(start).all():
        return None
    other = Layout(layout.cells.replace(place=place), base, factor)
    return Detour(other, start, layout, factors, markers, variances)


def weakly_scaled(layout: Layout, theta: Array) -> tuple[str, ...]:
    """Return the factors whose unit is set by a loading that is next to nothing.

    Parameters
    ----------
    layout
        The model, in units of one standard deviation.
    theta
        `(n_free,)`.
    """
    if not np.isfinite(theta).all():
        return ()
    cells = cell_values(layout, theta)
    spread = np.sqrt(np.abs(diagonal(imply(layout, theta).total)))
    given = (layout.kind == DIRECTED) & ((layout.place < 0) & (layout.base != 0)).all(axis=0)
    found = []
    for factor in range(layout.n_observed, len(layout.variables)):
        marker = np.flatnonzero(given & (layout.column == factor))
        if marker.size == 1 and _weak(cells, spread, layout, (factor, int(marker[0]), -1)):
            found.append(layout.variables[factor])
    return tuple(found)


def _markers(layout: Layout) -> list[tuple[int, int, int]]:
    """Return the factors whose unit may be chosen otherwise, each with its marker's cell and its variance's."""
    found = []
    for factor in range(layout.n_observed, len(layout.variables)):
        touching = (layout.row == factor) | ((layout.column == factor) & (layout.kind != MEAN))
        given = (layout.place < 0) & (layout.base != 0) & touching
        marker = np.flatnonzero((layout.kind == DIRECTED) & (layout.column == factor) & given.all(axis=0))
        variance = np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == factor) & (layout.column == factor))
        if marker.size != 1 or given.sum() != layout.n_groups or variance.size != 1:
            continue
        places = layout.place[:, variance[0]]
        if (places >= 0).all() and all((layout.place == place).sum() == 1 for place in places):
            found.append((factor, int(marker[0]), int(variance[0])))
    return found


def _weak(cells: Array, spread: Array, layout: Layout, one: tuple[int, int, int]) -> bool:
    factor, marker, _ = one
    standardised = np.abs(cells[:, marker]) * spread[:, factor] / spread[:, layout.row[marker]]
    return bool((standardised < WEAK).any())


def _multiplier(layout: Layout, factors: Indices, unit: Array) -> Array:
    """Return what each parameter is multiplied with when factors are divided by `unit (G, k)`.

    NaN where cells that share a parameter would differ.
    """
    scale = np.ones((layout.n_groups, len(layout.variables)))
    scale[:, factors] = unit
    row, column = scale[:, layout.row], scale[:, layout.column]
    undirected = np.where(layout.kind == UNDIRECTED, 1 / (row * column), 1 / row)
    by_kind = np.where(layout.kind == DIRECTED, column / row, undirected)
    found = np.full(layout.n_free, np.nan)
    for place, value in zip(layout.place.ravel(), by_kind.ravel(), strict=True):
        if place >= 0:
            same = np.isnan(found[place]) or np.isclose(found[place], value, rtol=1e-9)
            found[place] = value if same else np.inf
    return np.where(np.isinf(found), np.nan, found)
