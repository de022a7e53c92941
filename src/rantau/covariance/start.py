"""Where the minimisation begins: closed forms on the correlation matrix."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.implied import DIRECTED, MEAN, Layout, rescale
from rantau.model.parameters import Parameter, ParameterTable
from rantau.moments.compute import Moments

#: No start value is nearer than this to a variance of nothing or a correlation of one.
MARGIN = 0.05


def units(table: ParameterTable, deviation: Array) -> Array:
    """Choose each variable's unit so that loadings, variances and paths are all near 1.

    Parameters
    ----------
    table
        The parameters.
    deviation
        `(p,)` standard deviations of the observed variables.

    Returns
    -------
    Array
        `(v,)`: for a factor, the unit of the item that gives it its scale.
    """
    unit = dict(zip(table.observed, deviation, strict=True))
    for row in table.rows:
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in table.latent and row.value > 0:
            unit[row.lhs] = float(np.sqrt(row.value))
    # A factor of factors gets its unit once its first factor has one.
    for _ in table.latent:
        for row in table.rows:
            if row.op == "=~" and row.lhs not in unit and row.rhs in unit and abs(row.value) > 0:
                unit[row.lhs] = unit[row.rhs] / abs(row.value)
    return np.array([unit.get(name, 1.0) for name in (*table.observed, *table.latent)])


def in_standard_units(
    table: ParameterTable, layout: Layout, moments: Moments, deviation: Array
) -> tuple[Layout, Array, Moments]:
    """Express a model and the moments it is held against in standard deviations, so that bad scales lose no digits.

    Parameters
    ----------
    table, layout
        The model in the units of the data.
    moments
        Of one sample `(p, p)`, or of a stack `(draws, p, p)`.
    deviation
        `(p,)` standard deviations of the observed variables.

    Returns
    -------
    tuple of (Layout, Array, Moments)
        The layout; `(n_free,)` by which an old parameter is multiplied to become a new one; the moments.
    """
    scaled_layout, scale = rescale(layout, units(table, deviation))
    # Without a mean structure the implied means are zero, and so must be the ones they are held against.
    mean = moments.mean / deviation if table.mean_structure else np.zeros_like(moments.mean)
    covariance = moments.covariance / np.outer(deviation, deviation)
    return scaled_layout, scale, moments.replace(covariance=covariance, mean=mean)


def start_values(table: ParameterTable, layout: Layout, correlation: Array, mean: Array) -> Array:
    """Estimate every free parameter roughly, without iteration over the model.

    Each factor's loadings come from the first principal axis of its own items; the factors' correlations
    from least squares given those loadings; paths from ordinary regression on these correlations.

    Parameters
    ----------
    table, layout
        The model in units of one standard deviation.
    correlation
        `(p, p)`.
    mean
        `(p,)`, in standard deviations.

    Returns
    -------
    Array
        `(n_free,)`.
    """
    names = layout.variables
    at = {name: position for position, name in enumerate(names)}
    loadings, weights = _factors(table, at, correlation)
    between = weights @ correlation @ weights.T
    np.fill_diagonal(between, 1.0)
    between = _proper(np.clip(between, -1 + MARGIN, 1 - MARGIN) + np.diag(np.full(len(names), MARGIN)))

    directed = np.zeros((len(names), len(names)))
    for (item, factor), value in loadings.items():
        directed[item, factor] = value
    explained = np.zeros(len(names))
    for name in names:
        causes = [at[row.rhs] for row in table.rows if row.op == "~" and row.lhs == name]
        if causes:
            beta = np.linalg.solve(between[np.ix_(causes, causes)], between[causes, at[name]])
            directed[at[name], causes] = beta
            explained[at[name]] = beta @ between[causes, at[name]]
    for item, factor in loadings:
        explained[item] = max(explained[item], directed[item, factor] ** 2)

    scale = _scales(table, at, directed)
    has_cause: Mask = (directed != 0).any(axis=1)
    theta = np.full(layout.n_free, np.nan)
    for position, place in enumerate(layout.place):
        if place < 0 or not np.isnan(theta[place]):
            continue
        i, j = layout.row[position], layout.column[position]
        if layout.kind[position] == DIRECTED:
            value = directed[i, j] * scale[i] / scale[j]
        elif layout.kind[position] == MEAN:
            value = mean[i] if i < layout.n_observed else 0.0
        elif i == j:
            value = max(1 - explained[i], MARGIN) * scale[i] ** 2
        else:
            value = 0.0 if has_cause[i] or has_cause[j] else between[i, j] * scale[i] * scale[j]
        theta[place] = value / layout.factor[position]
    return theta


def stated_starts(table: ParameterTable, scale: Array, theta: Array) -> Array:
    """Put the values that the model file gives by `start()` into `theta`, `(n_free,)`, in its units."""
    theta = theta.copy()
    for row in table.rows:
        if row.free >= 0 and not np.isnan(row.start):
            theta[row.free] = row.start * scale[row.free]
    return theta


def _factors(
    table: ParameterTable, at: dict[str, int], correlation: Array
) -> tuple[dict[tuple[int, int], float], Array]:
    """Return loadings by (item, factor), and for every variable its weights on the observed ones."""
    weights = np.zeros((len(at), len(table.observed)))
    weights[: len(table.observed)] = np.eye(len(table.observed))
    loadings: dict[tuple[int, int], float] = {}
    waiting = list(table.latent)
    while waiting:
        # A factor whose parts are all known can be computed; lower orders come first.
        ready = [
            name
            for name in waiting
            if not any(row.op == "=~" and row.lhs == name and row.rhs in waiting for row in table.rows)
        ] or waiting[:1]
        for name in ready:
            items = [at[row.rhs] for row in table.rows if row.op == "=~" and row.lhs == name]
            among = weights[items] @ correlation @ weights[items].T
            np.fill_diagonal(among, 1.0)
            loading = _axis(among)
            loadings.update({(item, at[name]): value for item, value in zip(items, loading, strict=True)})
            weights[at[name]] = loading @ weights[items] / (loading @ loading)
            waiting.remove(name)
    return loadings, weights


def _axis(correlation: Array) -> Array:
    """Return loadings on the first principal axis, `(k,)`, the first one positive."""
    k = correlation.shape[0]
    if k == 1:
        return np.ones(1)
    if k == 2:
        r = float(np.clip(correlation[0, 1], -1 + MARGIN, 1 - MARGIN))
        size = np.sqrt(max(abs(r), MARGIN))
        return np.array([size, size if r >= 0 else -size])
    reduced = correlation.copy()
    loading = np.full(k, 0.7)
    for _ in range(15):
        np.fill_diagonal(reduced, np.clip(loading**2, MARGIN, 1 - MARGIN))
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[:, -1] * np.sqrt(max(values[-1], MARGIN))
    loading = np.clip(loading, -1 + MARGIN / 2, 1 - MARGIN / 2)
    loading = np.where(np.abs(loading) < MARGIN, MARGIN, loading)
    return loading if loading[0] >= 0 else -loading


def _scales(table: ParameterTable, at: dict[str, int], directed: Array) -> Array:
    """Return each variable's standard deviation under the identification that the model states."""
    scale = np.ones(len(at))
    fixed = [row for row in table.rows if row.op == "=~" and row.free < 0 and abs(row.value) > 0]
    markers: dict[str, Parameter] = {}
    for row in fixed:
        markers.setdefault(row.lhs, row)
    for _ in table.latent:  # as often as orders can be stacked
        for row in markers.values():
            item, factor = at[row.rhs], at[row.lhs]
            scale[factor] = scale[item] * directed[item, factor] / row.value
    return scale


def _proper(correlation: Array) -> Array:
    """Shrink a correlation matrix until it is positive definite."""
    deviation = np.sqrt(np.diag(correlation))
    matrix: Array = correlation / np.outer(deviation, deviation)
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest < MARGIN:
        share = (MARGIN - smallest) / (1 - smallest)
        matrix = (1 - share) * matrix + share * np.eye(len(matrix))
    return matrix
