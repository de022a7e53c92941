"""From parameters to implied moments and their derivatives, for all groups and whole stacks at once.

The reticular action model (McArdle & McDonald, 1984): every variable, observed or latent, in one list;
`A` holds directed effects (loadings and regressions), `S` (co)variances, `m` intercepts. With
`E = (I - A)^-1`, the covariance of all variables is `C = E S E'` and their mean is `E m`; the first `p`
variables are the observed ones.

Every derivative of sigma is a symmetrised outer product `u w' + w u'`: for `A[i, j]`, u is column i of E
and w column j of C; for `S[i, j]`, columns i and j of E. Gradients and information matrices therefore
need products of a few `(p, cells)` arrays only, never the `(p*p, parameters)` Jacobian.

Arrays have the axes `(..., G, ...)`: a stack of samples first, then the groups. All groups share one set of
cells; a cell may be free in one group and fixed in another.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.model.parameters import Parameter, ParameterTable
from rantau.record import Record

DIRECTED, UNDIRECTED, MEAN = 0, 1, 2


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
    """

    variables: tuple[str, ...]
    n_observed: int
    n_free: int
    kind: Indices
    row: Indices
    column: Indices
    place: Indices
    mean_structure: bool

    @cached_property
    def moving(self) -> Indices:
        """The cells that are free in some group, `(f,)`: all derivatives are by these."""
        return np.flatnonzero((self.place >= 0).any(axis=0))

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
            np.flatnonzero(kind == DIRECTED),
            np.flatnonzero(kind == UNDIRECTED),
            np.flatnonzero(kind == MEAN),
            free_kind,
            free_row,
            free_column,
            np.where(free_kind == MEAN, 0.0, halved),
            np.flatnonzero(free_kind == DIRECTED),
            np.flatnonzero(free_kind == UNDIRECTED),
            np.flatnonzero(free_kind == MEAN),
        )

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
    def pairs(self) -> Pairs:
        """Where the factors of the derivatives of sigma stand among the few columns that they are made of."""
        roles = self.roles
        directed = roles.kind == DIRECTED
        effect = np.unique(np.concatenate([roles.row, roles.column[~directed]]))
        total = np.unique(roles.column[directed])
        size = effect.size + total.size
        left = np.searchsorted(effect, roles.row)
        right = np.where(
            directed,
            effect.size + np.searchsorted(total, roles.column),
            np.searchsorted(effect, np.where(directed, 0, roles.column)),
        )
        left_left, left_right, right_right = (
            one[:, None] * size + other for one, other in ((left, left), (left, right), (right, right))
        )
        return Pairs(effect, total, left_left, left_right, right_right, np.outer(roles.share, roles.share))


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
        `(G, cells)`: what the parameter is multiplied with; 1 unless the layout was rescaled.
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


class Roles(NamedTuple):
    """Positions by kind, of all cells and of the free ones."""

    directed: Indices
    undirected: Indices
    means: Indices
    kind: Indices
    row: Indices
    column: Indices
    share: Array
    free_directed: Indices
    free_undirected: Indices
    free_means: Indices


class Pairs(NamedTuple):
    """How the products of the derivatives of sigma by all pairs of cells are read off a small matrix.

    The factors of the derivatives are columns of E and of C, few of them different: those `effect` and `total` name
    are put side by side, `(p, b)`. `left_left`, `left_right`, `right_right (f, f)` are the flat places of the pairs
    in a `(b, b)` matrix of products of these columns; `share (f, f)` what a product of two right factors is
    multiplied with.
    """

    effect: Indices
    total: Indices
    left_left: Indices
    left_right: Indices
    right_right: Indices
    share: Array


class Gather(NamedTuple):
    """Which of the free cells a group uses, for which parameters, with which factors.

    `which (f, n_free)` is there only where two cells of the group share a parameter.
    """

    used: Indices
    places: Indices
    factor: Array
    which: Array | None


class Implied(NamedTuple):
    """What a model implies at given parameters; leading axes are the stack and the groups.

    Attributes
    ----------
    sigma
        `(..., G, p, p)` covariances of the observed variables.
    mu
        `(..., G, p)` their means; zeros without a mean structure.
    total
        `(..., G, v, v)` covariances of all variables, `C`.
    effect
        `(..., G, v, v)` total effects, `E`.
    mean
        `(..., G, v)` means of all variables.
    """

    sigma: Array
    mu: Array
    total: Array
    effect: Array
    mean: Array


class Slopes(NamedTuple):
    """The derivative of the implied moments by each free cell, in factored form.

    Attributes
    ----------
    left, right
        `(..., G, p, f)`: the derivative of sigma is `left right' + right left'`, cell by cell.
    columns
        `(..., G, p, b)`: the different columns that left and right are made of, see `Pairs`.
    mean
        `(..., G, p, f)`: the derivative of mu; None without a mean structure.
    """

    left: Array
    right: Array
    columns: Array
    mean: Array | None


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
        table.mean_structure,
    )  # fmt: skip


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
    return Layout(cells, base, np.ones(cells.place.shape))


def _spot(parameter: Parameter, at: dict[str, int]) -> tuple[int, int, int]:
    """Return matrix, row and column of a parameter."""
    if parameter.op == "=~":
        return DIRECTED, at[parameter.rhs], at[parameter.lhs]
    if parameter.op == "~":
        return DIRECTED, at[parameter.lhs], at[parameter.rhs]
    if parameter.op == "~~":
        return UNDIRECTED, at[parameter.lhs], at[parameter.rhs]
    return MEAN, at[parameter.lhs], 0


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
    scale = np.ones(layout.n_free)
    free = layout.place >= 0
    every = np.broadcast_to(ratio, free.shape)
    # A parameter that fills several cells takes its unit from the first of them.
    scale[layout.place[free][::-1]] = every[free][::-1]
    factor = np.where(free, every / scale[np.where(free, layout.place, 0)], 1.0) if layout.n_free else layout.factor
    return layout.replace(base=layout.base * ratio, factor=layout.factor * factor), scale


def cell_values(layout: Layout, theta: Array) -> Array:
    """Return the value of every cell, `(..., G, cells)`, at parameters `(..., n_free)`."""
    # A fixed cell has place -1, which is the nought appended here.
    padded = np.concatenate([theta, np.zeros((*theta.shape[:-1], 1))], axis=-1)
    values: Array = layout.base + padded[..., layout.place] * layout.factor
    return values


def members(layout: Layout, which: Indices | Mask) -> Layout:
    """Return the layout of some members of a stack."""
    return layout if layout.base.ndim == 2 else layout.replace(base=layout.base[which])


def imply(layout: Layout, theta: Array) -> Implied:
    """Compute the implied moments.

    Parameters
    ----------
    layout
        The model.
    theta
        `(..., n_free)` parameters.

    Returns
    -------
    Implied
        With the stack's axes in front.

    Notes
    -----
    McArdle & McDonald (1984), eq. 8: sigma = F (I - A)^-1 S (I - A)^-T F'.
    """
    size, p = len(layout.variables), layout.n_observed
    cells = cell_values(layout, theta)
    stack = cells.shape[:-1]
    roles = layout.roles
    directed, undirected = roles.directed, roles.undirected
    direct = np.zeros((*stack, size, size))
    direct[..., layout.row[directed], layout.column[directed]] = cells[..., directed]
    effect = _effects(direct, layout.cells.depth)
    covariance = np.zeros((*stack, size, size))
    values = cells[..., undirected]
    covariance[..., layout.row[undirected], layout.column[undirected]] = values
    covariance[..., layout.column[undirected], layout.row[undirected]] = values
    total = effect @ covariance @ np.swapaxes(effect, -1, -2)
    total = (total + np.swapaxes(total, -1, -2)) / 2
    mean = np.zeros((*stack, size))
    if layout.mean_structure:
        mean[..., layout.row[roles.means]] = cells[..., roles.means]
        mean = (effect @ mean[..., None])[..., 0]
    return Implied(total[..., :p, :p], mean[..., :p], total, effect, mean)


def _effects(direct: Array, depth: int) -> Array:
    """Return `(I - A)^-1` of direct effects A `(..., v, v)`; without loops that is `I + A + ... + A^depth`."""
    size = direct.shape[-1]
    if depth < 0:
        return _inverse(np.eye(size) - direct)
    diagonal = np.arange(size)
    effect = direct.copy()
    effect[..., diagonal, diagonal] += 1.0
    power, summed = direct, 1
    while summed < depth:
        power = power @ power
        effect = effect + effect @ power
        summed = 2 * summed + 1
    return effect


def _inverse(matrices: Array) -> Array:
    """Invert each matrix of a stack; NaN where one is singular (a loop of effects that adds up to 1)."""
    try:
        return np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(matrices) < matrices.shape[-1]
        safe = np.where(singular[..., None, None], np.eye(matrices.shape[-1]), matrices)
        return np.where(singular[..., None, None], np.nan, np.linalg.inv(safe))


def slopes(layout: Layout, implied: Implied) -> Slopes:
    """Compute the factors of the derivatives of sigma and mu by every free cell."""
    p, roles = layout.n_observed, layout.roles
    left, right = cell_slopes(layout, implied)
    pairs = layout.cells.pairs
    columns = np.concatenate(
        [implied.effect[..., :p, :][..., pairs.effect], implied.total[..., :p, :][..., pairs.total]], axis=-1
    )
    mean = None
    if layout.mean_structure:
        mean = np.zeros((*implied.mu.shape, layout.moving.size))
        effect, directed, means = implied.effect[..., :p, :], roles.free_directed, roles.free_means
        mean[..., directed] = effect[..., roles.row[directed]] * implied.mean[..., None, roles.column[directed]]
        mean[..., means] = effect[..., roles.row[means]]
    return Slopes(left[..., :p, :], right[..., :p, :], columns, mean)


class Products(NamedTuple):
    """`left' M left`, `left' M right` and `right' M right` for all pairs of cells, `(..., G, f, f)`.

    The right factors are those before `Pairs.share`, which multiplies every product of derivatives once.
    """

    left_left: Array
    left_right: Array
    right_right: Array


def products(layout: Layout, slope: Slopes, weighted: Array) -> Products:
    """Return the products of all pairs of factors of the derivatives of sigma, with a matrix M between them.

    Parameters
    ----------
    layout, slope
        The model and its derivatives.
    weighted
        `(..., G, p, b)`: `M columns`, M symmetric.
    """
    pairs = layout.cells.pairs
    small = np.swapaxes(slope.columns, -1, -2) @ weighted
    flat = small.reshape(*small.shape[:-2], -1)
    return Products(*(flat.take(one, axis=-1) for one in (pairs.left_left, pairs.left_right, pairs.right_right)))


def cell_slopes(layout: Layout, implied: Implied) -> tuple[Array, Array]:
    """Return the factors `(..., G, v, f)` of the derivative of the covariances of all variables."""
    roles = layout.roles
    left = implied.effect[..., roles.row]
    right = np.where(roles.kind == DIRECTED, implied.total[..., roles.column], implied.effect[..., roles.column])
    # A variance appears once in S, so its outer product is halved; a mean moves no covariance.
    return left, right * roles.share


def gather_vector(layout: Layout, by_cell: Array) -> Array:
    """Add up derivatives by cells `(..., G, f)` to derivatives by parameters `(..., n_free)`."""
    if layout.plain:
        return by_cell[..., 0, :]
    out = np.zeros((*by_cell.shape[:-2], layout.n_free))
    for group, (used, places, factor, which) in enumerate(layout.gathers):
        if which is None:
            out[..., places] += by_cell[..., group, used] * factor
        else:
            out += by_cell[..., group, :] @ which
    return out


def gather_rows(layout: Layout, by_cell: Array) -> Array:
    """Turn derivatives by cells `(..., G, k, f)` into derivatives by parameters `(..., G, k, n_free)`."""
    if layout.plain:
        return by_cell
    out = np.zeros((*by_cell.shape[:-1], layout.n_free))
    for group, (used, places, factor, which) in enumerate(layout.gathers):
        if which is None:
            out[..., group, :, places] = np.moveaxis(by_cell[..., group, :, :][..., used] * factor, -1, 0)
        else:
            out[..., group, :, :] = by_cell[..., group, :, :] @ which
    return out


def gather_matrix(layout: Layout, by_cell: Array) -> Array:
    """Add up second derivatives by cells `(..., G, f, f)` to those by parameters `(..., n_free, n_free)`."""
    if layout.plain:
        return by_cell[..., 0, :, :]
    out = np.zeros((*by_cell.shape[:-3], layout.n_free, layout.n_free))
    for group, (used, places, factor, which) in enumerate(layout.gathers):
        if which is None:
            part = by_cell[..., group, used[:, None], used] * (factor[:, None] * factor)
            out[..., places[:, None], places] += part
        else:
            out += which.T @ by_cell[..., group, :, :] @ which
    return out


def gradient(layout: Layout, slope: Slopes, by_sigma: Array, by_mu: Array) -> Array:
    """Apply the chain rule to a discrepancy.

    Parameters
    ----------
    layout, slope
        The model and its derivatives.
    by_sigma
        `(..., G, p, p)` symmetric: the derivative of the discrepancy by each group's sigma.
    by_mu
        `(..., G, p)`: its derivative by mu.

    Returns
    -------
    Array
        `(..., n_free)`.
    """
    by_cell = 2 * np.einsum("...if,...if->...f", slope.left, by_sigma @ slope.right)
    if slope.mean is not None:
        by_cell += (by_mu[..., None, :] @ slope.mean)[..., 0, :]
    return gather_vector(layout, by_cell)


def moment_jacobian(layout: Layout, slope: Slopes) -> Array:
    """Write out the Jacobian of the implied moments.

    Returns
    -------
    Array
        `(..., G, m, n_free)`: means first where they are modelled, then the lower triangle of sigma row by row.
    """
    p = layout.n_observed
    i, j = np.tril_indices(p)
    by_cell = slope.left[..., i, :] * slope.right[..., j, :] + slope.left[..., j, :] * slope.right[..., i, :]
    if slope.mean is not None:
        by_cell = np.concatenate([slope.mean, by_cell], axis=-2)
    return gather_rows(layout, by_cell)


def curvature(layout: Layout, implied: Implied, by_sigma: Array, by_mu: Array) -> Array:
    """Contract the second derivatives of sigma and mu with the derivatives of a discrepancy.

    Parameters
    ----------
    layout, implied
        The model at the parameters.
    by_sigma, by_mu
        `(..., G, p, p)` symmetric and `(..., G, p)`: the derivatives P and r of the discrepancy by sigma and mu.

    Returns
    -------
    Array
        `(..., G, f, f)`: `tr(P d2Sigma) + r' d2mu` by the free cells of each group.

    Notes
    -----
    By differentiating `sigma = F E S E' F'` twice (McArdle & McDonald, 1984), with `dE = E dA E`, `M1 = E'PE` and
    `M2 = E'PC`. For effects `A[i, j]` and `A[k, m]`: `2 [E_mi M2_kj + M1_ik C_mj + M2_im E_jk]`; for `A[i, j]` and
    `S[k, m]`: `2 [M1_ik E_jm + M1_im E_jk]`, halved for a variance; sigma is linear in S. For means, with
    `q = E'r`: `E_mi q_k mean_j + q_i E_jk mean_m`, and `E_mi q_k` between an intercept i and `A[k, m]`.
    """
    roles = layout.roles
    directed, undirected, row, column = roles.free_directed, roles.free_undirected, roles.row, roles.column
    p, effect, total = layout.n_observed, implied.effect, implied.total
    by_cell = np.zeros((*implied.mu.shape[:-1], row.size, row.size))
    if directed.size == 0:
        return by_cell
    observed = np.swapaxes(effect[..., :p, :], -1, -2)
    first = observed @ by_sigma @ effect[..., :p, :]
    second = observed @ by_sigma @ total[..., :p, :]
    i, j = row[directed][:, None], column[directed][:, None]
    k, m = i.T, j.T
    among = effect[..., m, i] * second[..., k, j]
    by_cell[..., directed[:, None], directed] = 2 * (
        among + np.swapaxes(among, -1, -2) + first[..., i, k] * total[..., m, j]
    )
    k, m = row[undirected][None, :], column[undirected][None, :]
    between = first[..., i, k] * effect[..., j, m] + first[..., i, m] * effect[..., j, k]
    between *= np.where(k == m, 1.0, 2.0)
    by_cell[..., directed[:, None], undirected] = between
    by_cell[..., undirected[:, None], directed] = np.swapaxes(between, -1, -2)
    if layout.mean_structure:
        _add_mean_curvature(by_cell, roles, implied, (observed @ by_mu[..., None])[..., 0])
    return by_cell


def _add_mean_curvature(by_cell: Array, roles: Roles, implied: Implied, pull: Array) -> None:
    """Add the part of `curvature` that comes from the means; `pull (..., G, v)` is `E'r`."""
    directed, means = roles.free_directed, roles.free_means
    i, j = roles.row[directed][:, None], roles.column[directed][:, None]
    k, m = i.T, j.T
    effect, mean = implied.effect, implied.mean
    by_cell[..., directed[:, None], directed] += (
        effect[..., m, i] * pull[..., k] * mean[..., j] + pull[..., i] * effect[..., j, k] * mean[..., m]
    )
    between = effect[..., m, roles.row[means][:, None]] * pull[..., k]
    by_cell[..., means[:, None], directed] = between
    by_cell[..., directed[:, None], means] = np.swapaxes(between, -1, -2)
