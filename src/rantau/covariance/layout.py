"""A model's cells with their fixed values and units: from parameters to the matrices that they fill."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.cells import DIRECTED, MEAN, THRESHOLD, Cells, Roles, cells_of
from rantau.covariance.effects import total_effects
from rantau.covariance.latent_answers import complete
from rantau.model.parameters import ParameterTable
from rantau.record import Record


class Layout(Record):
    """Where each parameter goes: constant index arrays of one model, in some units.

    Attributes
    ----------
    cells
        The model.
    base
        `(G, cells)`: the fixed value, 0 where free; `(draws, G, cells)` where each member of a stack has its own
        moments of exogenous covariates.
    factor
        `(G, cells)`: what the parameter is multiplied with; 1 unless the layout was rescaled, 0 where fixed.
    """

    cells: Cells
    base: Array
    factor: Array

    @property
    def variables(self) -> tuple[str, ...]:
        """Observed first, then latent."""
        return self.cells.variables

    @property
    def n_observed(self) -> int:
        """How many variables are observed."""
        return self.cells.n_observed

    @property
    def n_free(self) -> int:
        """How many parameters are free."""
        return self.cells.n_free

    @property
    def n_groups(self) -> int:
        """The number of groups."""
        return int(self.cells.place.shape[0])

    @property
    def kind(self) -> Indices:
        """`(cells,)`: which matrix."""
        return self.cells.kind

    @property
    def row(self) -> Indices:
        """`(cells,)`: which row of it."""
        return self.cells.row

    @property
    def column(self) -> Indices:
        """`(cells,)`: which column of it; 0 for means."""
        return self.cells.column

    @property
    def place(self) -> Indices:
        """`(G, cells)`: which free parameter fills the cell; -1 where fixed."""
        return self.cells.place

    @property
    def mean_structure(self) -> bool:
        """Whether means are modelled."""
        return self.cells.mean_structure

    @property
    def moving(self) -> Indices:
        """The cells that are free in some group, `(f,)`."""
        return self.cells.moving

    @property
    def roles(self) -> Roles:
        """What the index arrays say, sorted for use."""
        return self.cells.roles

    @cached_property
    def gathers(self) -> tuple[Gather, ...]:
        """How derivatives by cells become derivatives by parameters, one entry per group."""
        found = []
        for place, factor in zip(self.place[:, self.moving], self.factor[:, self.moving], strict=True):
            used = np.flatnonzero(place >= 0)
            places = place[used]
            if np.unique(places).size == places.size:
                found.append(Gather(used, places, factor[used], None))
                continue
            which = np.zeros((place.size, self.n_free))
            which[used, places] = factor[used]
            found.append(Gather(used, places, factor[used], which))
        return tuple(found)

    @cached_property
    def plain(self) -> bool:
        """Whether cells and parameters are the same thing: one group, no equalities, unit factors."""
        return self.cells.in_order and bool((self.factor[:, self.moving] == 1).all())


class Gather(NamedTuple):
    """Which of the free cells a group uses, for which parameters, with which factors.

    `which (f, n_free)` is there only where two cells of the group share a parameter.
    """

    used: Indices
    places: Indices
    factor: Array
    which: Array | None


@lru_cache(maxsize=64)
def _fixed(table: ParameterTable) -> Array:
    """Return the fixed values of the cells, `(G, cells)`; 0 where free, and where the sample has the value."""
    values = np.array([row.value if row.free < 0 and not row.exogenous else 0.0 for row in table.rows])
    values.setflags(write=False)
    return values.reshape(table.n_groups, -1)


def lay_out(table: ParameterTable, exogenous_covariance: Array, exogenous_mean: Array) -> Layout:
    """Turn a parameter table into index arrays.

    Parameters
    ----------
    table
        The parameters.
    exogenous_covariance, exogenous_mean
        `(..., G, x, x)` and `(..., G, x)`: sample moments of `table.exogenous`, which are not estimated.

    Returns
    -------
    Layout
        In the units of the data.
    """
    cells, base = cells_of(table), _fixed(table)
    if table.exogenous:
        base = np.array(np.broadcast_to(base, (*exogenous_mean.shape[:-1], base.shape[-1])))
        x = {name: position for position, name in enumerate(table.exogenous)}
        for position, parameter in enumerate(table.rows[: base.shape[-1]]):
            if not parameter.exogenous:
                continue
            if parameter.op == "~1":
                base[..., position] = exogenous_mean[..., x[parameter.lhs]]
            else:
                base[..., position] = exogenous_covariance[..., x[parameter.lhs], x[parameter.rhs]]
    return Layout(cells, base, cells.free)


def rescale(layout: Layout, unit: Array) -> tuple[Layout, Array]:
    """Express a layout in other units, so that badly scaled data are fitted as well as any.

    Parameters
    ----------
    layout
        In the units of the data.
    unit
        `(v,)`: how many old units make a new one, for each variable, in every group.

    Returns
    -------
    tuple of (Layout, Array)
        The layout in new units; and `(n_free,)` by which an old parameter is multiplied to become a new one.
    """
    ratio = np.where(
        layout.kind == DIRECTED,
        unit[layout.column] / unit[layout.row],
        1 / np.where(layout.kind == MEAN, unit[layout.row], unit[layout.row] * unit[layout.column]),
    )
    # What lies behind ordered answers has no other unit than its own.
    ratio = np.where(layout.kind >= THRESHOLD, 1.0, ratio)
    scale = np.ones(layout.n_free)
    group, cell = np.nonzero(layout.place >= 0)
    # A parameter that fills several cells takes its unit from the first of them.
    scale[layout.place[group, cell][::-1]] = ratio[cell[::-1]]
    factor = ratio / scale[layout.place] if layout.n_free else 1.0
    return layout.replace(base=layout.base * ratio, factor=layout.factor * factor), scale


def cell_values(layout: Layout, theta: Array) -> Array:
    """Return the value of every cell, `(..., G, cells)`, at parameters `(..., n_free)`."""
    if layout.n_free:
        # A fixed cell has place -1, the last parameter's, and a factor of nought.
        values = theta.take(layout.place, axis=-1) * layout.factor + layout.base
    else:
        values = np.array(np.broadcast_to(layout.base, (*theta.shape[:-1], *layout.place.shape)))
    if layout.cells.latent_answers is not None:
        effect, between, _ = matrices(layout, values)
        complete(layout.cells.latent_answers, values, effect[..., : layout.n_observed, :], between)
    return values


def matrices(layout: Layout, values: Array) -> tuple[Array, Array, Array]:
    """Put the values of cells `(..., G, cells)` into E and S, `(..., G, v, v)`, and m, `(..., G, v)`."""
    size, (cell, place) = len(layout.variables), layout.cells.filled
    stack, square = values.shape[:-1], size * size
    numbers = np.zeros((*stack, 2 * square + size))
    numbers[..., place] = values.take(cell, axis=-1)
    direct, covariance = (
        part.reshape(*stack, size, size) for part in (numbers[..., :square], numbers[..., square : 2 * square])
    )
    return total_effects(direct, layout.cells.depth), covariance, numbers[..., 2 * square :]


def members(layout: Layout, which: Indices | np.integer) -> Layout:
    """Return the layout of some members of a stack, in order, or of one."""
    everyone = layout.base.ndim == 2 or (np.ndim(which) > 0 and np.size(which) == len(layout.base))
    return layout if everyone else layout.replace(base=layout.base[which])
