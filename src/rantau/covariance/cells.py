"""Where each parameter of a model goes: constant index arrays, which no data change.

All groups share one set of cells; a cell may be free in one group and fixed in another.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.latent_answers import LatentAnswers
from rantau.model.parameters import Parameter, ParameterTable
from rantau.record import Record

DIRECTED, UNDIRECTED, MEAN, THRESHOLD, SCALE = 0, 1, 2, 3, 4


class Cells(Record):
    """The cells of a model's matrices, and which parameters fill them: what no data change.

    Attributes
    ----------
    variables
        Observed first, then latent.
    n_observed, n_free
        How many variables are observed; how many parameters are free.
    kind, row, column
        `(cells,)`: which matrix, and where in it (`column` is 0 for means).
    place
        `(G, cells)`: which free parameter fills the cell; -1 where fixed.
    mean_structure
        Whether means are modelled.
    latent_answers
        Where the answers are ordered, what lies behind them; None where none are.
    """

    variables: tuple[str, ...]
    n_observed: int
    n_free: int
    kind: Indices
    row: Indices
    column: Indices
    place: Indices
    mean_structure: bool
    latent_answers: LatentAnswers | None = None

    @cached_property
    def moving(self) -> Indices:
        """The cells that are free in some group, `(f,)`: all derivatives are by these.

        Where answers are ordered, the variances that follow from others are among them.
        """
        moves = np.asarray((self.place >= 0).any(axis=0))
        if self.latent_answers is not None and not self.latent_answers.theta:
            moves[self.latent_answers.variance] = True
        return np.flatnonzero(moves)

    @cached_property
    def free(self) -> Array:
        """`(G, cells)`: 1 where a cell is free, 0 where it is fixed."""
        found = (self.place >= 0).astype(float)
        found.setflags(write=False)
        return found

    @cached_property
    def in_order(self) -> bool:
        """Whether the free cells are the parameters, one by one and in order."""
        moving = self.place[:, self.moving]
        return bool(len(moving) == 1 and np.array_equal(moving[0], np.arange(self.n_free)))

    @cached_property
    def roles(self) -> Roles:
        """What the index arrays say, sorted for use."""
        kind, row, column = self.kind, self.row, self.column
        moving = self.moving
        free_kind, free_row, free_column = kind[moving], row[moving], column[moving]
        halved = np.where((free_kind == UNDIRECTED) & (free_row == free_column), 0.5, 1.0)
        return Roles(
            free_kind,
            free_row,
            free_column,
            np.where(free_kind >= MEAN, 0.0, halved),
            np.flatnonzero(free_kind == DIRECTED),
            np.flatnonzero(free_kind == UNDIRECTED),
            np.flatnonzero(free_kind == MEAN),
            np.flatnonzero((free_kind != MEAN) & (free_kind != THRESHOLD)),
        )

    @cached_property
    def lower(self) -> tuple[Indices, Indices]:
        """Rows and columns of the covariances that are moments: not the variances of ordered variables.

        Nor are what fixed covariates have, where answers are ordered.
        """
        i, j = lower_triangle(self.n_observed)
        if self.latent_answers is None:
            return i, j
        keep = (i != j) | ~np.isin(i, self.latent_answers.item)
        keep &= ~np.isin(i, self.latent_answers.given) & ~np.isin(j, self.latent_answers.given)
        return i[keep], j[keep]

    @cached_property
    def depth(self) -> int:
        """How many directed effects follow one another at most; -1 where they go round in a loop."""
        size, directed = len(self.variables), self.kind == DIRECTED
        arrows = np.zeros((size, size), dtype=bool)
        arrows[self.row[directed], self.column[directed]] = True
        reached, steps = arrows, 0
        while reached.any():
            if steps == size:
                return -1
            reached, steps = reached @ arrows, steps + 1
        return steps

    @cached_property
    def filled(self) -> Filled:
        """Where each cell stands in the matrices of a group."""
        size, row, column = len(self.variables), self.row, self.column
        directed, undirected, means = (np.flatnonzero(self.kind == kind) for kind in (DIRECTED, UNDIRECTED, MEAN))
        i, j = row[undirected], column[undirected]
        places = (row[directed] * size + column[directed], size**2 + i * size + j, size**2 + j * size + i)
        return Filled(
            np.concatenate([directed, undirected, undirected, means]),
            np.concatenate([*places, 2 * size**2 + row[means]]),
        )

    @cached_property
    def pairs(self) -> Pairs:
        """Where the factors of the derivatives of sigma stand among the few columns that they are made of."""
        roles, size = self.roles, len(self.variables)
        right = np.where(roles.kind == DIRECTED, size + roles.column, roles.column)
        columns = np.unique(np.concatenate([roles.row, right]))
        left, right = np.searchsorted(columns, roles.row), np.searchsorted(columns, right)
        left_left, left_right, right_right = (
            one[:, None] * columns.size + other for one, other in ((left, left), (left, right), (right, right))
        )
        return Pairs(columns, left, right, left_left, left_right, right_right, np.outer(roles.share, roles.share))

    @cached_property
    def bends(self) -> Bends:
        """Where the products that second derivatives of sigma are made of find their factors."""
        roles, size = self.roles, len(self.variables)
        directed, undirected = roles.free_directed, roles.free_undirected
        i, j = roles.row[directed][:, None], roles.column[directed][:, None]
        k, m = i.T, j.T
        # Rows of E and C side by side, then those of M1 and M2.
        wide = 2 * size
        effect, total, first, second = 0, size, size * wide, size * wide + size
        r, c = roles.row[undirected], roles.column[undirected]
        terms = (
            (effect + m * wide + i, second + k * wide + j, first + i * wide + r, effect + j * wide + c),
            (effect + j * wide + k, second + i * wide + m, first + i * wide + c, effect + j * wide + r),
            (first + i * wide + k, total + m * wide + j, 0 * (i + r), 0 * (i + r)),
        )
        # Pairs of effects, pairs of an effect and a covariance, and nought.
        one, other = (
            np.stack([np.concatenate([term[at].ravel(), term[at + 2].ravel(), [0]]) for term in terms]) for at in (0, 1)
        )
        pairs, mixed = directed.size**2, directed.size * undirected.size
        twice = np.tile(np.where(r == c, 1.0, 2.0), directed.size)
        factor = np.stack([np.concatenate([np.full(pairs, 2.0), part, [0.0]]) for part in (twice, twice, 0 * twice)])
        gathered = np.full((roles.row.size,) * 2, pairs + mixed)
        gathered[directed[:, None], directed] = np.arange(pairs).reshape(directed.size, directed.size)
        between = np.arange(pairs, pairs + mixed).reshape(directed.size, undirected.size)
        gathered[directed[:, None], undirected] = between
        gathered[undirected[:, None], directed] = between.T
        return Bends(one, other, factor, gathered)


class Roles(NamedTuple):
    """The free cells, and positions among them by kind; `free_spread` are those that covariances depend on."""

    kind: Indices
    row: Indices
    column: Indices
    share: Array
    free_directed: Indices
    free_undirected: Indices
    free_means: Indices
    free_spread: Indices


class Filled(NamedTuple):
    """Which cells, `(s,)`, stand where, `(s,)`, in the numbers of A, of S and of m, one after the other."""

    cell: Indices
    place: Indices


class Pairs(NamedTuple):
    """How the products of the derivatives of sigma by all pairs of cells are read off a small matrix.

    The factors of the derivatives are columns of E and C, few of them different: those `columns (b,)` of the two side
    by side. `left (f,)` and `right (f,)` say which of them each cell has; `left_left`, `left_right`, `right_right
    (f, f)` are the flat places of the pairs in a `(b, b)` matrix of products of these columns; `share (f, f)` what a
    product of two right factors is multiplied with.
    """

    columns: Indices
    left: Indices
    right: Indices
    left_left: Indices
    left_right: Indices
    right_right: Indices
    share: Array


class Bends(NamedTuple):
    """How the second derivatives of sigma are gathered from products of two numbers, as `curvature` states them.

    Attributes
    ----------
    one, other
        `(3, c)`: the flat places of both factors of three products, in E and C `(v, 2 v)` side by side and M1 and M2
        after them, for each pair of cells that has any.
    factor
        `(3, c)`: what each product is multiplied with; nought for the last of the c, which stands for all other pairs.
    gathered
        `(f, f)`: which of the c each pair of cells is.
    """

    one: Indices
    other: Indices
    factor: Array
    gathered: Indices


@lru_cache(maxsize=64)
def cells_of(table: ParameterTable) -> Cells:
    """Return the cells of a parameter table."""
    variables = (*table.observed, *table.latent)
    at = {name: position for position, name in enumerate(variables)}
    groups = table.n_groups
    count = len(table.rows) // groups
    spots = np.array([_spot(parameter, at) for parameter in table.rows[:count]], dtype=np.intp).reshape(count, 3)
    place = np.array([row.free for row in table.rows], dtype=np.intp).reshape(groups, count)
    return Cells(
        variables, len(table.observed), table.n_free, spots[:, 0], spots[:, 1], spots[:, 2], place,
        table.mean_structure, _answers(table, table.rows[:count]) if table.ordered else None,
    )  # fmt: skip


def _answers(table: ParameterTable, rows: tuple[Parameter, ...]) -> LatentAnswers:
    """Return where the thresholds, scales and variances of ordered variables stand among the cells of a group."""
    # Where a name stands twice, the second is of a parameter that a score test would add.
    at = {(row.lhs, row.op, row.rhs): place for place, row in reversed(tuple(enumerate(rows)))}
    counts, levels, items = dict(table.ordered), [], []
    for place, name in enumerate(table.observed):
        if name in table.exogenous:
            continue
        own = [at[name, "|", f"t{k + 1}"] for k in range(counts[name])] if name in counts else [-1]
        levels += own
        items += [place] * len(own)
    names = [name for name in table.observed if name in counts]
    return LatentAnswers(
        np.array([table.observed.index(name) for name in names], dtype=np.intp),
        np.array(items, dtype=np.intp),
        np.array(levels, dtype=np.intp),
        np.array([at[name, "~*~", name] for name in names], dtype=np.intp),
        np.array([at[name, "~~", name] for name in names], dtype=np.intp),
        table.parameterization == "theta",
        np.array([table.observed.index(name) for name in table.exogenous], dtype=np.intp),
        np.array([at[row.lhs, row.op, row.rhs] for row in rows], dtype=np.intp),
    )


def _spot(parameter: Parameter, at: dict[str, int]) -> tuple[int, int, int]:
    """Return matrix, row and column of a parameter."""
    if parameter.op == "=~":
        return DIRECTED, at[parameter.rhs], at[parameter.lhs]
    if parameter.op == "~":
        return DIRECTED, at[parameter.lhs], at[parameter.rhs]
    if parameter.op == "~~":
        return UNDIRECTED, at[parameter.lhs], at[parameter.rhs]
    if parameter.op in ("|", "~*~"):
        return THRESHOLD if parameter.op == "|" else SCALE, at[parameter.lhs], 0
    return MEAN, at[parameter.lhs], 0
