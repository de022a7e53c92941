"""The baseline: the model in which nothing covaries but the covariates among themselves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rantau.arrays import Array, Mask, diagonal
from rantau.covariance.cells import DIRECTED, MEAN, SCALE, THRESHOLD, UNDIRECTED, Cells
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import imply
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import Layout, members
from rantau.covariance.minimise import Minimum, minimise
from rantau.covariance.robust.residual_test import residual_statistics
from rantau.model.parameters import ParameterTable
from rantau.moments.grouped import GroupMoments
from rantau.moments.patterns import Patterns
from rantau.moments.sample import Sample


def fit_baseline(
    table: ParameterTable, discrepancy: Discrepancy, moments: GroupMoments, sample: Sample | None
) -> Evidence:
    """Fit the baseline model of a table's variables.

    Parameters
    ----------
    table
        Of the model that it is held against.
    discrepancy, moments, sample
        The fitting function and the data, in standard units; moments without a stack.

    Returns
    -------
    Evidence
        Each variable has its own variance (and mean, where means are modelled) in each group. Covariates keep
        their covariances: as the sample has them where they are fixed, free where they are not. Where answers are
        ordered, their slopes on fixed covariates are free.

    Notes
    -----
    Bentler & Bonett (1980), with the covariances of the covariates kept in both models.
    """
    stack = moments.stacked
    layout, minimum, df = _minimum(table, discrepancy, stack)
    return Evidence(
        members(layout, np.array(0)), discrepancy, moments, sample, minimum.theta[0], np.eye(layout.n_free),
        float(minimum.value[0]), float(discrepancy.floor(moments)), df,
        tuple(table.observed.index(name) for name in table.exogenous),
    )  # fmt: skip


def baseline_statistics(table: ParameterTable, discrepancy: Discrepancy, moments: GroupMoments) -> tuple[Array, int]:
    """Return the baseline's chi-square for each member of a stack `(draws,)`, and its degrees of freedom."""
    layout, minimum, df = _minimum(table, discrepancy, moments)
    if discrepancy.name == "uls":
        return residual_statistics(layout, moments, minimum.theta, _inverse), df
    return np.asarray(moments.n.sum(axis=-1) * (minimum.value - discrepancy.floor(moments))), df


def _inverse(matrices: Array) -> Array:
    return np.asarray(np.linalg.pinv(matrices, hermitian=True), dtype=np.float64)


def _minimum(table: ParameterTable, discrepancy: Discrepancy, moments: GroupMoments) -> tuple[Layout, Minimum, int]:
    layout, start, variance, share = _baseline_layout(table, moments)
    gaps = moments.patterns is not None
    if discrepancy.name in ("ml", "fiml") and len(table.covariates) < (1 if gaps else 2):
        # Each variable stands alone, at its own moments.
        minimum = _at(start, np.asarray((share * (np.log(variance) + 1)).sum(axis=(-1, -2))))
    elif discrepancy.by_blocks or (gaps and table.covariates == table.exogenous):
        # Where nothing covaries but what is fixed, what others answered tells nothing of a gap.
        minimum = _at(start, discrepancy.function(imply(layout, start), moments).value)
    else:
        minimum = minimise(layout, discrepancy, moments, start)
    p, x = len(table.observed), len(table.exogenous)
    if layout.cells.latent_answers is not None:
        i, _ = layout.cells.lower
        answers = layout.cells.latent_answers
        counted = answers.level_item.size + answers.slopes[0].size + i.size
        return layout, minimum, table.n_groups * counted - layout.n_free
    counted = p * (p + 1) // 2 - x * (x + 1) // 2 + (p - x if table.mean_structure else 0)
    return layout, minimum, table.n_groups * counted - layout.n_free


def _at(theta: Array, value: Array) -> Minimum:
    """Return a minimum that is known without a search."""
    draws = len(theta)
    return Minimum(
        theta, value, np.zeros(draws), np.ones(draws, dtype=bool), np.zeros(draws, dtype=int),
        np.zeros((draws, 0), dtype=bool),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _baseline_cells(table: ParameterTable) -> tuple[Cells, Mask]:
    """Return the cells of variances, covariances of covariates, and means; and which the sample's own moments fill."""
    p, groups = len(table.observed), table.n_groups
    covariates = [table.observed.index(name) for name in table.covariates]
    fixed = {table.observed.index(name) for name in table.exogenous}
    if table.ordered:
        return _answer_cells(table)
    cells = [(UNDIRECTED, i, i) for i in range(p)]
    cells += [(UNDIRECTED, i, j) for a, i in enumerate(covariates) for j in covariates[:a]]
    if table.mean_structure:
        cells += [(MEAN, i, 0) for i in range(p)]
    kind, row, column = np.array(cells, dtype=np.intp).T
    held = np.array([i in fixed and (k == MEAN or j in fixed) for k, i, j in cells])
    n_free = groups * int((~held).sum())
    place = np.full((groups, kind.size), -1, dtype=np.intp)
    place[:, ~held] = np.arange(n_free).reshape(groups, -1)
    return Cells(table.observed, p, n_free, kind, row, column, place, table.mean_structure), held


def _answer_cells(table: ParameterTable) -> tuple[Cells, Mask]:
    """Return the same where answers are ordered: thresholds are free, and no scale of theirs is."""
    at = {name: place for place, name in enumerate(table.observed)}
    counts, p = dict(table.ordered), len(table.observed)
    cells = [(UNDIRECTED, i, i) for i in range(p)] + [(MEAN, i, 0) for i in range(p)]
    covariates = [at[name] for name in table.covariates]
    cells += [(UNDIRECTED, i, j) for a, i in enumerate(covariates) for j in covariates[:a]]
    levels: list[int] = []
    items: list[int] = []
    given = [at[name] for name in table.exogenous]
    cells += [(DIRECTED, i, j) for i in range(p) if i not in given for j in given]
    for i, name in enumerate(table.observed):
        if i in given:
            continue
        if name not in counts:
            levels.append(-1)
            items.append(i)
            continue
        for _ in range(counts[name]):
            levels.append(len(cells))
            items.append(i)
            cells.append((THRESHOLD, i, 0))
    item = [i for i, name in enumerate(table.observed) if name in counts]
    scale = list(range(len(cells), len(cells) + len(item)))
    cells += [(SCALE, i, 0) for i in item]
    kind, row, column = np.array(cells, dtype=np.intp).T
    fixed = np.isin(row, item) & (column == row) & (kind == UNDIRECTED)
    fixed |= (np.isin(row, item) & (kind == MEAN)) | (kind == SCALE)
    fixed |= np.isin(row, given) & ((kind == UNDIRECTED) | (kind == MEAN))
    place = np.full((table.n_groups, kind.size), -1, dtype=np.intp)
    n_free = table.n_groups * int((~fixed).sum())
    place[:, ~fixed] = np.arange(n_free).reshape(table.n_groups, -1)
    places = [np.array(one, dtype=np.intp) for one in (item, items, levels, scale, given)]
    answers = LatentAnswers(
        places[0], places[1], places[2], places[3], places[0], theta=False, given=places[4],
        first=np.arange(len(cells)),
    )  # fmt: skip
    return Cells(table.observed, p, n_free, kind, row, column, place, True, answers), fixed


def _baseline_layout(table: ParameterTable, moments: GroupMoments) -> tuple[Layout, Array, Array, Array]:
    """Lay out the baseline, and start at the sample's own moments.

    Returns
    -------
    tuple
        The layout and the start; the variance of each variable, `(..., G, p)`, and the share of all rows that say it.
    """
    cells, held = _baseline_cells(table)
    kind, row, column = cells.kind, cells.row, cells.column
    values = np.where(kind == MEAN, moments.mean[..., row], moments.covariance[..., row, column])
    answers = cells.latent_answers
    if answers is not None and moments.level is not None:
        cut = np.flatnonzero(answers.level_cell >= 0)
        values[..., answers.level_cell[cut]] = moments.level[..., cut]
        values[..., kind == DIRECTED] = moments.level[..., answers.level_item.size :]
        own = held & ~np.isin(row, answers.given)
        values[..., own] = np.where(kind == MEAN, 0.0, 1.0)[own]
    layout = Layout(cells, np.where(held, values, 0.0), cells.free)
    variance, share = diagonal(moments.covariance), moments.share[..., None]
    if moments.patterns is not None:
        mean, variance, share = available(moments.patterns, table.n_groups)
        joint = np.isin(row, [table.observed.index(name) for name in table.covariates])
        values = np.where(joint, values, np.where(kind == MEAN, mean[..., row], variance[..., row]))
    return layout, values[..., ~held].reshape(values.shape[0], -1), variance, share


def available(patterns: Patterns, groups: int) -> tuple[Array, Array, Array]:
    """Return means and variances of the answers there are, variable by variable, and the share of rows with one.

    `(..., G, p)` each; the shares are those of all rows of all groups.
    """
    own = diagonal(patterns.covariance)
    counted = patterns.n[..., None] * patterns.seen
    means, variances, shares = [], [], []
    for inside in (patterns.group == group for group in range(groups)):
        count = np.maximum(counted[..., inside, :].sum(axis=-2), 1e-300)
        mean = (counted * patterns.mean)[..., inside, :].sum(axis=-2) / count
        spread = (patterns.mean[..., inside, :] - mean[..., None, :]) ** 2 + own[..., inside, :]
        means.append(mean)
        variances.append((counted[..., inside, :] * spread).sum(axis=-2) / count)
        shares.append(count / patterns.n.sum(axis=-1)[..., None])
    return np.stack(means, axis=-2), np.stack(variances, axis=-2), np.stack(shares, axis=-2)
