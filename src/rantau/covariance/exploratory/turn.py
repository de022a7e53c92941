"""From a minimum whose factors are held still to the rotation that was asked for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.cells import DIRECTED, MEAN, THRESHOLD, UNDIRECTED
from rantau.covariance.exploratory.arrange import arrange
from rantau.covariance.exploratory.gradient_projection import Turned, jacobian_of_conditions, turn
from rantau.covariance.exploratory.rotation import Rotation
from rantau.covariance.exploratory.unrotated import shared_loadings
from rantau.covariance.layout import Layout, cell_values, members
from rantau.covariance.standardise import cell_slopes_of
from rantau.model.parameters import ParameterTable


class Where(NamedTuple):
    """Where a block stands in the matrices of a model.

    Attributes
    ----------
    name
        Of the block.
    items, factors
        `(p,)` and `(m,)`: places among the variables.
    loadings, among
        `(p, m)` and `(m, m)`: cells; those of a factor with itself among them.
    together
        Whether all groups are turned as the first.
    residual
        `(p,)`: cells of the items' own variances.
    """

    name: str
    items: Indices
    factors: Indices
    loadings: Indices
    among: Indices
    together: bool
    residual: Indices


def places_of(table: ParameterTable, layout: Layout) -> tuple[Where, ...]:
    """Return where each exploratory block stands."""
    at = {name: place for place, name in enumerate(layout.variables)}
    cells = {
        (int(kind), int(row), int(column)): cell
        for cell, (kind, row, column) in enumerate(zip(layout.kind, layout.row, layout.column, strict=True))
    }
    found = []
    for name, factors in table.explored:
        items = [row.rhs for row in table.rows if row.lhs == factors[0] and row.op == "=~" and row.group == 1]
        i, j = np.array([at[one] for one in items]), np.array([at[one] for one in factors])
        loadings = np.array([[cells[DIRECTED, int(a), int(b)] for b in j] for a in i])
        for a, b in [(int(a), int(b)) for a in j for b in j]:
            cells.setdefault((UNDIRECTED, a, b), cells.get((UNDIRECTED, b, a), -1))
        among = np.array([[cells[UNDIRECTED, int(a), int(b)] for b in j] for a in j])
        residual = np.array([cells[UNDIRECTED, int(a), int(a)] for a in i])
        found.append(Where(name, i, j, loadings, among, shared_loadings(table, factors), residual))
    return tuple(found)


def turn_minimum(
    rotation: Rotation,
    table: ParameterTable,
    still: Layout,
    layout: Layout,
    theta: Array,
    near: Array | None = None,
) -> tuple[Array, tuple[Turned, ...]]:
    """Turn the factors of every block.

    Parameters
    ----------
    rotation
        The criterion.
    table
        With all loadings free.
    still, layout
        Where the minimum was found, and of `table`; both in the units of the data.
    theta
        `(free parameters of still,)`.
    near
        `(n_free,)` parameters of the table, whose minimum is sought and no other; None for the lowest.

    Returns
    -------
    tuple
        `(n_free,)` parameters of the table; how each turn went.
    """
    values = cell_values(still, theta)
    goal = None if near is None else cell_values(layout, near)
    turns = []
    size = len(layout.variables)
    ways = np.broadcast_to(np.eye(size), (layout.n_groups, size, size)).copy()
    for where in places_of(table, layout):
        for group in range(1 if where.together else layout.n_groups):
            unit: Array | float = 1.0
            if rotation.standardise:
                unit = np.sqrt(_variance(values[group], where))[:, None]
            loadings = values[group][where.loadings] / unit
            first = None if goal is None else _towards(loadings, goal[group][where.loadings] / unit)
            found = turn(loadings, rotation, first)
            way = found.turn
            if goal is None:
                turned = loadings @ way
                way = way @ arrange(turned * unit, turned, rotation)
            turns.append(found)
            into = np.linalg.inv(way)
            inside = np.ix_(where.factors, where.factors)
            for one in range(layout.n_groups) if where.together else (group,):
                ways[one][inside] = into
    return _theta(layout, values, _turned_cells(still, values, ways)), tuple(turns)


def unturned(still: Layout, layout: Layout, theta: Array) -> Array:
    """Return the parameters `(n_free,)` of a layout that say the same as those of one held still, `(k,)`."""
    size = len(layout.variables)
    ways = np.broadcast_to(np.eye(size), (layout.n_groups, size, size))
    values = cell_values(still, theta)
    return _theta(layout, values, _turned_cells(still, values, ways))


def hold_still(table: ParameterTable, layout: Layout, still: Layout, theta: Array) -> Array:
    """Return the parameters `(k,)` of a layout held still that say the same as turned ones, `(n_free,)`.

    Parameters
    ----------
    table, layout
        With all loadings free.
    still
        Of the same table held still, in the same units.
    theta
        `(n_free,)`.
    """
    values = cell_values(layout, theta)
    size = len(layout.variables)
    ways = np.broadcast_to(np.eye(size), (layout.n_groups, size, size)).copy()
    for where in places_of(table, layout):
        # The pivots are those whose loadings are not free: none on the first factor, one on the second, ...
        bound = (still.place[0][where.loadings] < 0).sum(axis=1)
        m = where.factors.size
        pivots = [int(np.flatnonzero(bound == m - 1 - i)[0]) for i in range(m - 1)]
        inside = np.ix_(where.factors, where.factors)
        for group in range(1 if where.together else layout.n_groups):
            root = np.linalg.cholesky(_among(values[group], where))
            loadings = values[group][where.loadings] @ root
            turned = np.linalg.qr(loadings[pivots].T, mode="complete")[0] if m > 1 else np.eye(1)
            into = np.linalg.inv(root @ turned)
            for one in range(layout.n_groups) if where.together else (group,):
                ways[one][inside] = into
    return _theta(still, values, _turned_cells(layout, values, ways))


def turn_stack(
    rotation: Rotation, table: ParameterTable, still: Layout, layout: Layout, theta: Array, near: Array
) -> Array:
    """Turn a stack of minima `(draws, k)`, each to the rotation nearest to known parameters `near (n_free,)`.

    Returns
    -------
    Array
        `(draws, n_free)`; NaN where a member has no minimum.
    """
    found = np.full((len(theta), layout.n_free), np.nan)
    for draw in np.flatnonzero(np.isfinite(theta).all(axis=-1)):
        one, whole = members(still, draw), members(layout, draw)
        found[draw] = turn_minimum(rotation, table, one, whole, theta[draw], near)[0]
    return found


def _towards(loadings: Array, goal: Array) -> Array:
    """Return the matrix that takes loadings nearest to known ones, its factors with unit variance."""
    way = np.linalg.lstsq(loadings, goal, rcond=None)[0]
    return np.asarray(way * np.sqrt(np.diag(np.linalg.inv(way.T @ way))))


def _turned_cells(still: Layout, values: Array, ways: Array) -> tuple[Array, Array, Array]:
    """Return the matrices of effects, disturbances and means `(G, v, v)`, `(G, v)` with factors times `ways`."""
    size = len(still.variables)
    direct = np.zeros((still.n_groups, size, size))
    spread, mean = direct.copy(), np.zeros((still.n_groups, size))
    i, j, kind = still.row, still.column, still.kind
    one, two, three = kind == DIRECTED, kind == UNDIRECTED, kind == MEAN
    direct[:, i[one], j[one]] = values[:, one]
    spread[:, i[two], j[two]] = spread[:, j[two], i[two]] = values[:, two]
    mean[:, i[three]] = values[:, three]
    return (
        ways @ direct @ np.linalg.inv(ways),
        ways @ spread @ ways.mT,
        (ways @ mean[..., None])[..., 0],
    )


def _theta(layout: Layout, values: Array, matrices: tuple[Array, Array, Array]) -> Array:
    """Read the free parameters off the matrices; thresholds and scales, off the cells `(G, cells)` as they were."""
    found = np.zeros(layout.n_free)
    kind, i, j = layout.kind, layout.row, layout.column
    direct, spread, mean = matrices
    for group in reversed(range(layout.n_groups)):
        undirected = np.where(kind == MEAN, mean[group][i], spread[group][i, j])
        cells = np.where(kind == DIRECTED, direct[group][i, j], undirected)
        cells = np.where(kind >= THRESHOLD, values[group], cells)
        free = np.flatnonzero(layout.place[group] >= 0)[::-1]
        found[layout.place[group][free]] = cells[free] / layout.factor[group][free]
    return found


def turning_jacobian(rotation: Rotation, table: ParameterTable, layout: Layout, theta: Array) -> Array:
    """Differentiate what holds the factors of all blocks in their rotation, `(k, n_free)`.

    Parameters
    ----------
    rotation
        The criterion, whose conditions are those of a minimum.
    table
        With all loadings free.
    layout
        Its, in the units of the data.
    theta
        `(n_free,)` turned.

    Notes
    -----
    Jennrich (1973, 1974): the information of what is found up to a rotation, bordered with the conditions of the
    rotation, has the covariances of the turned loadings in its inverse. The rows are those of the border.
    """
    values = cell_values(layout, theta)
    slopes = cell_slopes_of(layout, theta)
    parts = [np.zeros((0, layout.n_free))]
    for where in places_of(table, layout):
        m = where.factors.size
        if m == 1:
            continue
        for group in range(1 if where.together else layout.n_groups):
            parts.append(_border(rotation, values[group], where, slopes[group]))
    return np.concatenate(parts)


def _variance(values: Array, where: Where, *, apart: bool = False) -> Array:
    """Return the variance that a block gives its items, `(p,)`; with uncorrelated factors where `apart`."""
    loadings = values[where.loadings]
    among = np.eye(where.factors.size) if apart else _among(values, where)
    return np.asarray(((loadings @ among) * loadings).sum(axis=1) + values[where.residual])


def _among(values: Array, where: Where) -> Array:
    """Return the covariances of a block's factors, or of their disturbances."""
    return np.asarray(np.where(where.among >= 0, values[where.among], 0.0))


def _border(rotation: Rotation, values: Array, where: Where, slopes: Array) -> Array:
    """Differentiate the conditions of one block in one group, `(k, n_free)`, by `slopes (cells, n_free)`."""
    loadings, among = values[where.loadings], _among(values, where)
    p, m = loadings.shape
    apart = rotation.errors == "lavaan"
    deviation = np.sqrt(_variance(values, where, apart=apart)) if rotation.standardise else np.ones(p)
    border = jacobian_of_conditions(loadings, among, deviation, rotation)
    by_loading, by_among = np.array(border.by_loading), np.array(border.by_among)
    rows = np.zeros((len(by_loading), slopes.shape[-1]))
    if rotation.standardise:
        by_variance = border.by_unit / (2 * deviation)
        by_loading += 2 * by_variance[..., None] * (loadings if apart else loadings @ among)
        if not apart:
            by_among += np.einsum("ki,ij,il->kjl", by_variance, loadings, loadings)
        rows += by_variance @ slopes[where.residual]
    rows += np.einsum("kij,ijn->kn", by_loading, slopes[where.loadings])
    between = (where.among >= 0) & ~np.eye(m, dtype=bool)
    return np.asarray(rows + by_among[:, between] @ slopes[where.among[between]])
