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

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.cells import Roles
from rantau.covariance.implied_answers import behind_answers, slopes_on_covariates
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import Layout, cell_values, matrices


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
    level
        `(..., G, t)`: the thresholds of standardised variables and the means of continuous ones, where answers are
        ordered; None otherwise. Given covariates, where these are 0, with the slopes on them behind.
    scale
        `(..., G, p)`: what each variable is multiplied with in `sigma`, 1 but for ordered ones; None where none is.
    given
        What ordered answers are given covariates: `total` and `mean` with covariates that are 0 throughout. `sigma`,
        `mu` and `level` are read off it, but for the covariates' own moments. None without covariates.
    """

    sigma: Array
    mu: Array
    total: Array
    effect: Array
    mean: Array
    level: Array | None = None
    scale: Array | None = None
    given: Implied | None = None

    @property
    def fitted(self) -> Implied:
        """What derivatives of sigma and the levels are taken of."""
        return self if self.given is None else self.given


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
    moments
        `(..., G, m, f)`: where answers are ordered, the derivative of all moments written out.
    """

    left: Array
    right: Array
    columns: Array
    mean: Array | None
    moments: Array | None = None


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
    p = layout.n_observed
    cells = cell_values(layout, theta)
    effect, covariance, mean = matrices(layout, cells)
    total = effect @ covariance @ effect.mT
    if layout.mean_structure:
        mean = (effect @ mean[..., None])[..., 0]
    answers = layout.cells.latent_answers
    if answers is None:
        return Implied(total[..., :p, :p], mean[..., :p], total, effect, mean)
    return behind_answers(answers, cells, covariance, Implied(total[..., :p, :p], mean[..., :p], total, effect, mean))


def slopes(layout: Layout, implied: Implied) -> Slopes:
    """Compute the factors of the derivatives of sigma and mu by every free cell."""
    p, roles, implied = layout.n_observed, layout.roles, implied.fitted
    columns, left, right = _factors(layout, implied.effect[..., :p, :], implied.total[..., :p, :])
    mean = None
    if layout.mean_structure:
        mean = np.zeros((*implied.mu.shape, layout.moving.size))
        effect, directed, means = implied.effect[..., :p, :], roles.free_directed, roles.free_means
        mean[..., directed] = effect[..., roles.row[directed]] * implied.mean[..., None, roles.column[directed]]
        mean[..., means] = effect[..., roles.row[means]]
    found = Slopes(left, right, columns, mean)
    if layout.cells.latent_answers is None:
        return found
    return found._replace(moments=_answer_slopes(layout, layout.cells.latent_answers, implied, found))


def _answer_slopes(layout: Layout, answers: LatentAnswers, implied: Implied, slope: Slopes) -> Array:
    """Write out the derivative of thresholds, means and covariances of standardised variables by the free cells.

    Returns
    -------
    Array
        `(..., G, m, f)`; nought by the variances that follow from others, whose share the others bear.
    """
    mean, scale = slope.mean, implied.scale
    if implied.level is None or scale is None or mean is None:
        raise ValueError("ordered answers have levels, scales and means")
    moving, item, spread = layout.moving, answers.item, layout.roles.free_spread
    i, j = layout.cells.lower
    left, right = slope.left[..., spread], slope.right[..., spread]
    by_variance = 2 * left[..., item, :] * right[..., item, :]
    covariance = left[..., i, :] * right[..., j, :] + left[..., j, :] * right[..., i, :]
    if answers.theta:
        # The scale is one over the root of the variance.
        of_scale = -0.5 * scale[..., item, None] ** 3 * by_variance
    else:
        of_scale = (answers.first[moving[spread]] == answers.scale[:, None]).astype(float)
        _let_variances_follow(covariance, moving[spread], answers, scale, by_variance, of_scale)
    covariance *= (scale[..., i] * scale[..., j])[..., None]

    cut = np.flatnonzero(answers.level_cell >= 0)
    of_item = answers.level_item[cut]
    factor = np.ones((*scale.shape[:-1], answers.level_item.size))
    factor[..., cut] = -scale[..., of_item]
    level = mean[..., answers.level_item, :] * factor[..., None]
    row, at = np.nonzero(answers.level_cell[cut, None] == answers.first[moving])
    level[..., cut[row], at] += scale[..., of_item[row]]
    t, (outcome, _) = answers.level_item.size, answers.slopes
    level = np.concatenate([level, slopes_on_covariates(layout, answers, implied, slope)], axis=-2)

    if of_scale.any():
        whole = np.zeros((*scale.shape, spread.size))
        whole[..., item, :] = of_scale / scale[..., item, None]
        covariance += implied.sigma[..., i, j, None] * (whole[..., i, :] + whole[..., j, :])
        level[..., cut[:, None], spread] += implied.level[..., cut, None] * whole[..., of_item, :]
        level[..., t:, spread] += implied.level[..., t:, None] * whole[..., outcome, :]
    found = np.zeros((*level.shape[:-2], level.shape[-2] + i.size, moving.size))
    found[..., : level.shape[-2], :] = level
    found[..., level.shape[-2] :, spread] = covariance
    return found


def _let_variances_follow(
    found: Array, cells: Indices, answers: LatentAnswers, scale: Array, by_variance: Array, of_scale: Array
) -> None:
    """Let the variances that follow from others move with these, so that each scale keeps its variance.

    Parameters
    ----------
    found
        `(..., G, k, f)`: derivatives by some cells as if they did not follow; changed in place.
    cells
        `(f,)`: the cells that can be free which these are by.
    answers, scale
        Which variances follow; `(..., G, p)`.
    by_variance, of_scale
        The derivatives of the ordered variables' variances and of their scales.
    """
    at = np.searchsorted(cells, answers.variance)
    through = found[..., at]
    found[..., at] = 0.0
    if not through.any():
        return
    moved = by_variance.copy()
    moved[..., at] = 0.0
    wanted = -2 / scale[..., answers.item, None] ** 3 * of_scale - moved
    squares = by_variance[..., at]
    if not (squares == np.eye(at.size)).all():
        wanted = np.asarray(np.linalg.solve(squares, wanted), dtype=np.float64)
    found += through @ wanted


def variance_slopes(layout: Layout, implied: Implied) -> Array:
    """Return the derivative of the variance of every variable by the free parameters, `(..., G, v, n_free)`."""
    left, right = cell_slopes(layout, implied)
    by_cell = 2 * left * right
    answers, scale = layout.cells.latent_answers, implied.scale
    if answers is not None and scale is not None and not answers.theta:
        of_scale = (answers.first[layout.moving] == answers.scale[:, None]).astype(float)
        left, right = cell_slopes(layout, implied.fitted)
        own = 2 * left[..., answers.item, :] * right[..., answers.item, :]
        _let_variances_follow(by_cell, layout.moving, answers, scale, own, of_scale)
    return gather_rows(layout, by_cell)


class Products(NamedTuple):
    """`left' M left`, `left' M right` and `right' M right` for all pairs of cells, `(..., G, f, f)`.

    The right factors are those before `Pairs.share`, which multiplies every product of derivatives once.
    """

    left_left: Array
    left_right: Array
    right_right: Array


def products(layout: Layout, among: Array) -> Products:
    """Return the products of all pairs of factors of the derivatives of sigma, with a matrix M between them.

    Parameters
    ----------
    layout
        The model.
    among
        `(..., G, b, b)`: `columns' M columns`, M symmetric; for columns see `Slopes`.
    """
    pairs, flat = layout.cells.pairs, _flat(among)
    return Products(
        flat.take(pairs.left_left, axis=-1), flat.take(pairs.left_right, axis=-1), flat.take(pairs.right_right, axis=-1)
    )


def _flat(stack: Array) -> Array:
    """Return matrices `(..., a, b)` as rows of numbers `(..., a * b)`."""
    return stack.reshape(*stack.shape[:-2], -1)


def cell_slopes(layout: Layout, implied: Implied) -> tuple[Array, Array]:
    """Return the factors `(..., G, v, f)` of the derivative of the covariances of all variables."""
    return _factors(layout, implied.effect, implied.total)[1:]


def _factors(layout: Layout, effect: Array, total: Array) -> tuple[Array, Array, Array]:
    """Return the columns that factors of derivatives are made of, and left and right factors, of some rows."""
    pairs = layout.cells.pairs
    columns = np.concatenate([effect, total], axis=-1).take(pairs.columns, axis=-1)
    # A variance appears once in S, so its outer product is halved; a mean moves no covariance.
    right = columns.take(pairs.right, axis=-1) * layout.roles.share
    return columns, columns.take(pairs.left, axis=-1), right


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
        `(..., G, p)`: its derivative by mu; where answers are ordered, `(..., G, t)` by the levels.

    Returns
    -------
    Array
        `(..., n_free)`.
    """
    if slope.moments is not None:
        i, j = layout.cells.lower
        twice = np.where(i == j, 1.0, 2.0)
        pull = np.concatenate([by_mu, by_sigma[..., i, j] * twice], axis=-1)
        return gather_vector(layout, (pull[..., None, :] @ slope.moments)[..., 0, :])
    by_cell = 2 * np.einsum("...if,...if->...f", slope.left, by_sigma @ slope.right)
    if slope.mean is not None:
        by_cell += (by_mu[..., None, :] @ slope.mean)[..., 0, :]
    return gather_vector(layout, by_cell)


def moment_jacobian(layout: Layout, slope: Slopes) -> Array:
    """Write out the Jacobian of the implied moments.

    Returns
    -------
    Array
        `(..., G, m, n_free)`: means first where they are modelled, then the lower triangle of sigma row by row; where
        answers are ordered, thresholds and means, then those of `layout.cells.lower`.
    """
    if slope.moments is not None:
        return gather_rows(layout, slope.moments)
    by_cell = covariance_slopes(slope.left, slope.right)
    if slope.mean is not None:
        by_cell = np.concatenate([slope.mean, by_cell], axis=-2)
    return gather_rows(layout, by_cell)


def covariance_slopes(left: Array, right: Array) -> Array:
    """Write out the derivative of the lower triangle of sigma row by row, `(..., m, f)`, from factors `(..., p, f)`."""
    i, j = lower_triangle(left.shape[-2])
    return left[..., i, :] * right[..., j, :] + left[..., j, :] * right[..., i, :]


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
    roles, bends, implied = layout.roles, layout.cells.bends, implied.fitted
    stack = implied.mu.shape[:-1]
    if roles.free_directed.size == 0:
        return np.zeros((*stack, *bends.gathered.shape))
    effect, p = implied.effect, layout.n_observed
    own = np.concatenate([effect, implied.total], axis=-1)
    pulled = effect[..., :p, :].mT @ by_sigma @ own[..., :p, :]
    numbers = np.concatenate([_flat(own), _flat(pulled)], axis=-1)
    found = numbers.take(bends.one, axis=-1) * numbers.take(bends.other, axis=-1)
    found *= bends.factor
    summed: Array = found[..., 0, :] + found[..., 1, :] + found[..., 2, :]
    by_cell = summed.take(bends.gathered, axis=-1)
    if layout.mean_structure:
        _add_mean_curvature(by_cell, roles, implied, (effect[..., :p, :].mT @ by_mu[..., None])[..., 0])
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
    by_cell[..., directed[:, None], means] = between.mT
