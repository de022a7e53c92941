"""From parameters to implied moments and their derivatives, for whole stacks at once.

The reticular action model (McArdle & McDonald, 1984): every variable, observed or latent, in one list;
`A` holds directed effects (loadings and regressions), `S` (co)variances, `m` intercepts. With
`E = (I - A)^-1`, the covariance of all variables is `C = E S E'` and their mean is `E m`; the first `p`
variables are the observed ones.

Every derivative of sigma is a symmetrised outer product `u w' + w u'`: for `A[i, j]`, u is column i of E
and w column j of C; for `S[i, j]`, columns i and j of E. Gradients and information matrices therefore
need products of a few `(p, cells)` arrays only, never the `(p*p, parameters)` Jacobian.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.model.parameters import ParameterTable
from rantau.record import Record

DIRECTED, UNDIRECTED, MEAN = 0, 1, 2


class Layout(Record):
    """Where each parameter goes: constant index arrays of one model.

    Attributes
    ----------
    variables
        Observed first, then latent.
    n_observed, n_free
        How many variables are observed; how many parameters are free.
    kind, row, column
        `(cells,)`: which matrix, and where in it (`column` is 0 for means).
    place
        `(cells,)`: which free parameter fills the cell; -1 where fixed.
    base
        `(cells,)`: the fixed value, 0 where free; `(draws, cells)` where each member of a stack has its own
        moments of exogenous covariates.
    factor
        `(cells,)`: what the parameter is multiplied with; 1 unless the layout was rescaled.
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
    base: Array
    factor: Array
    mean_structure: bool


class Implied(Record):
    """What a model implies at given parameters; leading axes are the stack.

    Attributes
    ----------
    sigma
        `(..., p, p)` covariances of the observed variables.
    mu
        `(..., p)` their means; zeros without a mean structure.
    total
        `(..., v, v)` covariances of all variables, `C`.
    effect
        `(..., v, v)` total effects, `E`.
    mean
        `(..., v)` means of all variables.
    """

    sigma: Array
    mu: Array
    total: Array
    effect: Array
    mean: Array


class Slopes(Record):
    """The derivative of the implied moments by each free cell, in factored form.

    Attributes
    ----------
    left, right
        `(..., p, free cells)`: the derivative of sigma is `left right' + right left'`, cell by cell.
    mean
        `(..., p, free cells)`: the derivative of mu.
    """

    left: Array
    right: Array
    mean: Array


def lay_out(table: ParameterTable, exogenous_covariance: Array, exogenous_mean: Array) -> Layout:
    """Turn a parameter table into index arrays.

    Parameters
    ----------
    table
        The parameters.
    exogenous_covariance, exogenous_mean
        `(..., x, x)` and `(..., x)`: sample moments of `table.exogenous`, which are not estimated.

    Returns
    -------
    Layout
        In the units of the data.
    """
    variables = (*table.observed, *table.latent)
    at = {name: position for position, name in enumerate(variables)}
    kinds, rows, columns, places = [], [], [], []
    bases: list[Array] = []
    for parameter in table.rows:
        if parameter.op == "=~":
            kind, row, column = DIRECTED, at[parameter.rhs], at[parameter.lhs]
        elif parameter.op == "~":
            kind, row, column = DIRECTED, at[parameter.lhs], at[parameter.rhs]
        elif parameter.op == "~~":
            kind, row, column = UNDIRECTED, at[parameter.lhs], at[parameter.rhs]
        else:
            kind, row, column = MEAN, at[parameter.lhs], 0
        value = np.full(exogenous_mean.shape[:-1], 0.0 if parameter.free >= 0 else parameter.value)
        if parameter.exogenous:
            i = table.exogenous.index(parameter.lhs)
            value = (
                exogenous_mean[..., i]
                if kind == MEAN
                else exogenous_covariance[..., i, table.exogenous.index(parameter.rhs)]
            )
        kinds.append(kind)
        rows.append(row)
        columns.append(column)
        places.append(parameter.free)
        bases.append(value)
    return Layout(
        variables, len(table.observed), table.n_free, np.array(kinds), np.array(rows), np.array(columns),
        np.array(places), np.stack(bases, axis=-1), np.ones(len(kinds)), table.mean_structure,
    )  # fmt: skip


def rescale(layout: Layout, unit: Array) -> tuple[Layout, Array]:
    """Express a layout in other units, so that badly scaled data are fitted as well as any.

    Parameters
    ----------
    layout
        In the units of the data.
    unit
        `(v,)`: how many old units make a new one, for each variable.

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
    # A parameter that fills several cells takes its unit from the first of them.
    scale[layout.place[free][::-1]] = ratio[free][::-1]
    factor = np.where(free, ratio / scale[np.where(free, layout.place, 0)], 1.0)
    return layout.replace(base=layout.base * ratio, factor=layout.factor * factor), scale


def cell_values(layout: Layout, theta: Array) -> Array:
    """Return the value of every cell, `(..., cells)`, at parameters `(..., n_free)`."""
    free = layout.place >= 0
    cells = np.broadcast_to(layout.base, (*theta.shape[:-1], layout.kind.size)).copy()
    cells[..., free] = theta[..., layout.place[free]] * layout.factor[free]
    return cells


def members(layout: Layout, which: Indices) -> Layout:
    """Return the layout of some members of a stack."""
    return layout if layout.base.ndim == 1 else layout.replace(base=layout.base[which])


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
    stack = theta.shape[:-1]
    cells = cell_values(layout, theta)
    directed, undirected = layout.kind == DIRECTED, layout.kind == UNDIRECTED
    effect_matrix = np.broadcast_to(np.eye(size), (*stack, size, size)).copy()
    effect_matrix[..., layout.row[directed], layout.column[directed]] -= cells[..., directed]
    effect = _inverse(effect_matrix)
    covariance = np.zeros((*stack, size, size))
    covariance[..., layout.row[undirected], layout.column[undirected]] = cells[..., undirected]
    covariance[..., layout.column[undirected], layout.row[undirected]] = cells[..., undirected]
    total = effect @ covariance @ np.swapaxes(effect, -1, -2)
    total = (total + np.swapaxes(total, -1, -2)) / 2
    mean = np.zeros((*stack, size))
    if layout.mean_structure:
        means = layout.kind == MEAN
        mean[..., layout.row[means]] = cells[..., means]
        mean = (effect @ mean[..., None])[..., 0]
    return Implied(total[..., :p, :p], mean[..., :p], total, effect, mean)


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
    p = layout.n_observed
    left, right = cell_slopes(layout, implied)
    free = layout.place >= 0
    kind, row, column = layout.kind[free], layout.row[free], layout.column[free]
    mean = np.zeros((*implied.mu.shape, int(free.sum())))
    if layout.mean_structure:
        directed, means = kind == DIRECTED, kind == MEAN
        effect = implied.effect[..., :p, :]
        mean[..., directed] = effect[..., row[directed]] * implied.mean[..., None, column[directed]]
        mean[..., means] = effect[..., row[means]]
    return Slopes(left[..., :p, :], right[..., :p, :], mean)


def cell_slopes(layout: Layout, implied: Implied) -> tuple[Array, Array]:
    """Return the factors `(..., v, free cells)` of the derivative of the covariances of all variables."""
    free = layout.place >= 0
    kind, row, column = layout.kind[free], layout.row[free], layout.column[free]
    weight = np.where(kind == MEAN, 0.0, layout.factor[free])
    left = implied.effect[..., row]
    right = np.where(kind == DIRECTED, implied.total[..., column], implied.effect[..., column])
    # A variance appears once in S, so its outer product is halved.
    return left, right * (weight * np.where((kind == UNDIRECTED) & (row == column), 0.5, 1.0))


def gather(layout: Layout, by_cell: Array, *, axis: int = -1) -> Array:
    """Add up the cells that share a parameter: one axis goes from `(free cells,)` to `(n_free,)`."""
    places = layout.place[layout.place >= 0]
    if places.size == layout.n_free and np.array_equal(places, np.arange(layout.n_free)):
        return by_cell
    which = np.zeros((places.size, layout.n_free))
    which[np.arange(places.size), places] = 1.0
    return np.moveaxis(np.moveaxis(by_cell, axis, -1) @ which, -1, axis)


def gradient(layout: Layout, slope: Slopes, by_sigma: Array, by_mu: Array) -> Array:
    """Apply the chain rule to a discrepancy.

    Parameters
    ----------
    layout, slope
        The model and its derivatives.
    by_sigma
        `(..., p, p)` symmetric: the derivative of the discrepancy by sigma.
    by_mu
        `(..., p)`: its derivative by mu.

    Returns
    -------
    Array
        `(..., n_free)`.
    """
    by_cell = 2 * np.sum(slope.left * (by_sigma @ slope.right), axis=-2)
    if layout.mean_structure:
        by_cell = by_cell + np.sum(slope.mean * _mean_factor(layout) * by_mu[..., None], axis=-2)
    return gather(layout, by_cell)


def information(layout: Layout, slope: Slopes, weight: Array) -> Array:
    """Compute the expected information of one observation.

    Parameters
    ----------
    layout, slope
        The model and its derivatives.
    weight
        `(..., p, p)`: the inverse of sigma for maximum likelihood.

    Returns
    -------
    Array
        `(..., n_free, n_free)`: `tr(V dSigma_k V dSigma_l) / 2 + dmu_k' V dmu_l`.

    Notes
    -----
    Bollen (1989), eq. 4B.6. With dSigma = u w' + w u' the trace is
    `2 [(u_k'V w_l)(u_l'V w_k) + (u_k'V u_l)(w_k'V w_l)]`.
    """
    weighted_left, weighted_right = weight @ slope.left, weight @ slope.right
    left_t, right_t = np.swapaxes(slope.left, -1, -2), np.swapaxes(slope.right, -1, -2)
    cross = left_t @ weighted_right
    by_cell = cross * np.swapaxes(cross, -1, -2) + (left_t @ weighted_left) * (right_t @ weighted_right)
    if layout.mean_structure:
        mean = slope.mean * _mean_factor(layout)
        by_cell = by_cell + np.swapaxes(mean, -1, -2) @ weight @ mean
    return gather(layout, gather(layout, by_cell, axis=-1), axis=-2)


def curvature(layout: Layout, implied: Implied, by_sigma: Array, by_mu: Array) -> Array:
    """Contract the second derivatives of sigma and mu with the derivatives of a discrepancy.

    Parameters
    ----------
    layout, implied
        The model at the parameters.
    by_sigma, by_mu
        `(..., p, p)` symmetric and `(..., p)`: the derivatives P and r of the discrepancy by sigma and mu.

    Returns
    -------
    Array
        `(..., n_free, n_free)`: `tr(P d2Sigma) + r' d2mu`.

    Notes
    -----
    By differentiating `sigma = F E S E' F'` twice (McArdle & McDonald, 1984), with `dE = E dA E`, `M1 = E'PE` and
    `M2 = E'PC`. For effects `A[i, j]` and `A[k, m]`: `2 [E_mi M2_kj + M1_ik C_mj + M2_im E_jk]`; for `A[i, j]` and
    `S[k, m]`: `2 [M1_ik E_jm + M1_im E_jk]`, halved for a variance; sigma is linear in S. For means, with
    `q = E'r`: `E_mi q_k mean_j + q_i E_jk mean_m`, and `E_mi q_k` between an intercept i and `A[k, m]`.
    """
    free = layout.place >= 0
    kind, row, column, factor = layout.kind[free], layout.row[free], layout.column[free], layout.factor[free]
    directed, undirected = np.flatnonzero(kind == DIRECTED), np.flatnonzero(kind == UNDIRECTED)
    p, effect, total = layout.n_observed, implied.effect, implied.total
    observed = np.swapaxes(effect[..., :p, :], -1, -2)
    first = observed @ by_sigma @ effect[..., :p, :]
    second = observed @ by_sigma @ total[..., :p, :]
    i, j = row[directed][:, None], column[directed][:, None]
    k, m = i.T, j.T
    by_cell = np.zeros((*implied.mu.shape[:-1], kind.size, kind.size))
    among = effect[..., m, i] * second[..., k, j] + first[..., i, k] * total[..., m, j]
    by_cell[..., directed[:, None], directed] = 2 * (among + second[..., i, m] * effect[..., j, k])
    k, m = row[undirected][None, :], column[undirected][None, :]
    between = first[..., i, k] * effect[..., j, m] + first[..., i, m] * effect[..., j, k]
    between = between * np.where(k == m, 1.0, 2.0)
    by_cell[..., directed[:, None], undirected] = between
    by_cell[..., undirected[:, None], directed] = np.swapaxes(between, -1, -2)
    if layout.mean_structure:
        _add_mean_curvature(by_cell, (kind, row, column), implied, (observed @ by_mu[..., None])[..., 0])
    by_cell = by_cell * np.outer(factor, factor)
    return gather(layout, gather(layout, by_cell, axis=-1), axis=-2)


def _add_mean_curvature(by_cell: Array, cells: tuple[Indices, Indices, Indices], implied: Implied, pull: Array) -> None:
    """Add the part of `curvature` that comes from the means; `pull (..., v)` is `E'r`."""
    kind, row, column = cells
    directed, means = np.flatnonzero(kind == DIRECTED), np.flatnonzero(kind == MEAN)
    i, j = row[directed][:, None], column[directed][:, None]
    k, m = i.T, j.T
    effect, mean = implied.effect, implied.mean
    by_cell[..., directed[:, None], directed] += (
        effect[..., m, i] * pull[..., k] * mean[..., j] + pull[..., i] * effect[..., j, k] * mean[..., m]
    )
    between = effect[..., m, row[means][:, None]] * pull[..., k]
    by_cell[..., means[:, None], directed] = between
    by_cell[..., directed[:, None], means] = np.swapaxes(between, -1, -2)


def _mean_factor(layout: Layout) -> Array:
    return layout.factor[layout.place >= 0]
