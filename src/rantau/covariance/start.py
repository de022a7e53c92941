"""Where the minimisation begins: closed forms on the correlation matrix."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask, diagonal, lower_triangle
from rantau.covariance.cells import DIRECTED, MEAN
from rantau.covariance.layout import Layout, lay_out, rescale
from rantau.covariance.local import exceeds
from rantau.model.composites import Anchors, composites
from rantau.model.parameters import Parameter, ParameterTable
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments

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


def layout_for(table: ParameterTable, moments: GroupMoments) -> Layout:
    """Lay out a model with the sample's own moments of its exogenous covariates."""
    fixed = [table.observed.index(name) for name in table.exogenous]
    return lay_out(table, moments.covariance[..., fixed, :][..., fixed], moments.mean[..., fixed])


def pooled_deviation(moments: GroupMoments) -> Array:
    """Return the standard deviation `(p,)` of each variable within groups, over all of them."""
    variance = diagonal(moments.covariance)
    return np.asarray(np.sqrt((moments.n[:, None] * variance).sum(axis=0) / moments.n.sum()))


def in_standard_units(
    table: ParameterTable, layout: Layout, moments: GroupMoments, deviation: Array
) -> tuple[Layout, Array, GroupMoments]:
    """Express a model and the moments it is held against in standard deviations, so that bad scales lose no digits.

    Parameters
    ----------
    table, layout
        The model in the units of the data.
    moments
        Of one sample `(G, p, p)`, or of a stack `(draws, G, p, p)`.
    deviation
        `(p,)` standard deviations of the observed variables.

    Returns
    -------
    tuple of (Layout, Array, GroupMoments)
        The layout; `(n_free,)` by which an old parameter is multiplied to become a new one; the moments.
    """
    scaled_layout, scale = rescale(layout, units(table, deviation))
    return scaled_layout, scale, scale_moments(moments, deviation, means=table.mean_structure)


def scale_moments(moments: GroupMoments, deviation: Array, *, means: bool) -> GroupMoments:
    """Express moments in units of a deviation, `(p,)`; without a mean structure means are zero, as implied ones are."""
    squared = np.outer(deviation, deviation)
    patterns, weight = moments.patterns, moments.weight
    if patterns is not None:
        patterns = patterns.replace(mean=patterns.mean / deviation, covariance=patterns.covariance / squared)
    if weight is not None:
        unit = squared[lower_triangle(len(deviation))]
        unit = np.concatenate([deviation, unit]) if weight.shape[-1] > unit.size else unit
        weight = weight * np.outer(unit, unit)
    level, spread = moments.level, moments.spread
    if moments.ordering is not None and level is not None:
        unit = moments.ordering.units(deviation)
        level = level / unit[: level.shape[-1]]
        if spread is not None:
            spread = spread if (unit == 1).all() else spread / np.outer(unit, unit)
    return moments.replace(
        covariance=moments.covariance / squared,
        level=level,
        spread=spread,
        mean=moments.mean / deviation if means else np.zeros_like(moments.mean),
        patterns=patterns,
        weight=weight,
    )


def with_covariates(moments: GroupMoments) -> GroupMoments:
    """Return moments whose covariances are those of all variables, where they are given covariates."""
    ordering, level = moments.ordering, moments.level
    if ordering is None or level is None or not ordering.given:
        return moments
    outcome, covariate = ordering.slopes
    x, covariance = np.array(ordering.given), moments.covariance.copy()
    effect = np.zeros(covariance.shape)
    effect[..., outcome, covariate] = level[..., ordering.item.size :]
    effect[..., x, x] = 1.0
    effect = effect[..., x]
    among = covariance[..., x[:, None], x]
    covariance[..., x[:, None], x] = 0.0
    return moments.replace(covariance=covariance + effect @ among @ effect.mT)


def start_values(table: ParameterTable, layout: Layout, moments: GroupMoments) -> Array:
    """Estimate every free parameter roughly, without iteration over the model.

    Each factor's loadings come from the first principal axis of its own items; the factors' correlations
    from least squares given those loadings; paths from ordinary regression on these correlations. A parameter of
    several groups starts at the mean of what each would have.

    Parameters
    ----------
    table, layout
        The model in units of one standard deviation.
    moments
        In the same units.

    Returns
    -------
    Array
        `(n_free,)`.
    """
    moments, cells = with_covariates(moments), layout.kind.size
    total, count = np.zeros(layout.n_free), np.zeros(layout.n_free)
    for group in range(layout.n_groups):
        rows = table.rows[group * cells : (group + 1) * cells]
        place = layout.place[group]
        free = np.flatnonzero(place >= 0)
        # The first cell of each parameter speaks for it.
        places, first = np.unique(place[free], return_index=True)
        values = _group_start(table, rows, layout, moments.covariance[group], moments.mean[group])
        answers = layout.cells.latent_answers
        if answers is not None and moments.level is not None:
            cut = np.flatnonzero(answers.level_cell >= 0)
            values[answers.level_cell[cut]] = moments.level[group][cut]
            values[answers.scale] = 1.0
        total[places] += values[free[first]] / layout.factor[group][free[first]]
        count[places] += 1
    return np.asarray(total / count)


def _group_start(
    table: ParameterTable, rows: tuple[Parameter, ...], layout: Layout, covariance: Array, mean: Array
) -> Array:
    """Return a rough value of every cell of one group, `(cells,)`."""
    names = layout.variables
    at = {name: position for position, name in enumerate(names)}
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    loadings, weights = _factors(table, rows, at, correlation)
    between = weights @ correlation @ weights.T
    np.fill_diagonal(between, 1.0)
    between = _proper(np.clip(between, -1 + MARGIN, 1 - MARGIN) + np.diag(np.full(len(names), MARGIN)))

    directed = np.zeros((len(names), len(names)))
    for (item, factor), value in loadings.items():
        directed[item, factor] = value
    explained = np.zeros(len(names))
    causes: dict[int, list[int]] = {}
    for row in rows:
        if row.op == "~":
            causes.setdefault(at[row.lhs], []).append(at[row.rhs])
    for outcome, predictors in causes.items():
        beta = np.linalg.solve(between[np.ix_(predictors, predictors)], between[predictors, outcome])
        directed[outcome, predictors] = beta
        explained[outcome] = beta @ between[predictors, outcome]
    for item, factor in loadings:
        explained[item] = max(explained[item], directed[item, factor] ** 2)

    scale = _scales(rows, at, directed, deviation)
    has_cause: Mask = (directed != 0).any(axis=1)
    kind, i, j = layout.kind, layout.row, layout.column
    effects = directed[i, j] * scale[i] / scale[j]
    variances = np.maximum(1 - explained, MARGIN)[i] * scale[i] ** 2
    covariances = np.where(has_cause[i] | has_cause[j], 0.0, between[i, j] * scale[i] * scale[j])
    means = np.append(mean, np.zeros(len(names) - len(mean)))[i]
    return np.where(kind == DIRECTED, effects, np.where(kind == MEAN, means, np.where(i == j, variances, covariances)))


def choose_anchors(model: Model, names: tuple[str, ...], moments: GroupMoments) -> Anchors:
    """Choose the item of each composite that has most weight in what its items have to do with all others.

    Notes
    -----
    The first canonical variate (Hotelling, 1936) of the items with all other variables, on the pooled correlations.
    """
    blocks, found = composites(model), []
    if not blocks:
        return ()
    covariance = np.einsum("g,gij->ij", moments.share, moments.covariance)
    deviation = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    for block in blocks:
        if not set(block.items) <= set(names):
            continue
        own = np.array([names.index(item) for item in block.items], dtype=np.intp)
        rest = np.setdiff1d(np.arange(len(names)), own)
        if own.size < 2 or rest.size == 0:
            continue
        across = correlation[np.ix_(own, rest)]
        among = across @ np.linalg.solve(correlation[np.ix_(rest, rest)], across.T)
        values, vectors = np.linalg.eig(np.linalg.solve(correlation[np.ix_(own, own)], among))
        weight = np.abs(vectors[:, np.argmax(values.real)].real)
        found.append((block.construct, block.items[int(weight.argmax())]))
    return tuple(found)


def stated_starts(table: ParameterTable, scale: Array) -> Array:
    """Return the values that the model file gives by `start()`, `(n_free,)` in standard units; NaN where none."""
    found = np.full(scale.shape, np.nan)
    for row in table.rows:
        if row.free >= 0 and not np.isnan(row.start):
            found[row.free] = row.start * scale[row.free]
    return found


def _factors(
    table: ParameterTable, rows: tuple[Parameter, ...], at: dict[str, int], correlation: Array
) -> tuple[dict[tuple[int, int], float], Array]:
    """Return loadings by (item, factor), and for every variable its weights on the observed ones."""
    weights = np.zeros((len(at), len(table.observed)))
    weights[: len(table.observed)] = np.eye(len(table.observed))
    loadings: dict[tuple[int, int], float] = {}
    parts: dict[str, list[str]] = {name: [] for name in table.latent}
    for row in rows:
        if row.op == "=~":
            parts[row.lhs].append(row.rhs)
    waiting = list(table.constructs)
    while waiting:
        # A factor whose parts are all known can be computed; lower orders come first.
        ready = [name for name in waiting if not any(part in waiting for part in parts[name])] or waiting[:1]
        among = weights @ correlation @ weights.T
        alike: dict[int, list[str]] = {}
        for name in ready:
            waiting.remove(name)
            completed = [one for one in table.excrescent if one.startswith(f"{name}.") and parts[one][0] in parts[name]]
            if completed:
                _compose(at, parts, name, completed, (correlation, loadings, weights))
            elif parts[name]:
                alike.setdefault(len(parts[name]), []).append(name)
        # Factors with as many items are one stack.
        for names in alike.values():
            items = np.array([[at[part] for part in parts[name]] for name in names])
            for name, own, loading in zip(names, items, _axes(among[items[:, :, None], items[:, None]]), strict=True):
                loadings.update({(int(item), at[name]): value for item, value in zip(own, loading, strict=True)})
                weights[at[name]] = loading @ weights[own] / (loading @ loading)
    return loadings, weights


def _compose(
    at: dict[str, int],
    parts: dict[str, list[str]],
    name: str,
    completed: list[str],
    known: tuple[Array, dict[tuple[int, int], float], Array],
) -> None:
    """Enter a composite of equal weights, and the excrescent variables that complete it, each of unit variance."""
    correlation, loadings, weights = known
    items = [at[part] for part in parts[name]]
    among = weights[items] @ correlation @ weights[items].T
    sign = np.where(among[0] >= 0, 1.0, -1.0)
    share = sign / np.sqrt(sign @ among @ sign)
    own = among @ share
    weights[at[name]] = share @ weights[items]
    loadings.update({(item, at[name]): float(value) for item, value in zip(items, own, strict=True)})
    for extra in completed:
        item = at[parts[extra][0]]
        place = items.index(item)
        left = weights[item] - own[place] * weights[at[name]]
        deviation = float(np.sqrt(max(left @ correlation @ left, MARGIN**2)))
        weights[at[extra]] = left / deviation
        loadings[item, at[extra]] = deviation
        anchor = items.index(at[parts[extra][1]])
        loadings[items[anchor], at[extra]] = -float(sign[place] / sign[anchor]) * deviation


def _axes(correlations: Array) -> Array:
    """Return loadings on the first principal axis of each matrix of a stack, `(n, k)`, the first ones positive.

    What stands in the diagonals of the correlations `(n, k, k)` does not matter.
    """
    k = correlations.shape[-1]
    if k == 1:
        return np.ones(correlations.shape[:-1])
    if k == 2:
        r = np.clip(correlations[:, 0, 1], -1 + MARGIN, 1 - MARGIN)
        size = np.sqrt(np.maximum(np.abs(r), MARGIN))
        return np.stack([size, np.where(r >= 0, size, -size)], axis=-1)
    reduced, own = correlations.copy(), np.arange(k)
    # The largest correlation of an item is where its communality begins (Harman, 1976, p. 87).
    reduced[:, own, own] = 0.0
    shared = np.abs(reduced).max(axis=-1)
    for _ in range(3):
        reduced[:, own, own] = np.clip(shared, MARGIN, 1 - MARGIN)
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[..., -1] * np.sqrt(np.maximum(values[:, -1:], MARGIN))
        shared = loading**2
    loading = np.clip(loading, -1 + MARGIN / 2, 1 - MARGIN / 2)
    loading = np.where(np.abs(loading) < MARGIN, MARGIN, loading)
    return np.where(loading[:, :1] >= 0, loading, -loading)


def _scales(rows: tuple[Parameter, ...], at: dict[str, int], directed: Array, deviation: Array) -> Array:
    """Return each variable's standard deviation under the identification that the model states."""
    scale = np.append(deviation, np.ones(len(at) - len(deviation)))
    markers: dict[str, Parameter] = {}
    for row in rows:
        if row.op == "=~" and row.free < 0 and abs(row.value) > 0:
            markers.setdefault(row.lhs, row)
    for _ in range(len(at) - len(deviation)):  # as often as orders can be stacked
        for row in markers.values():
            item, factor = at[row.rhs], at[row.lhs]
            scale[factor] = scale[item] * directed[item, factor] / row.value
    return scale


def _proper(correlation: Array) -> Array:
    """Shrink a correlation matrix until it is positive definite."""
    deviation = np.sqrt(np.diag(correlation))
    matrix: Array = correlation / np.outer(deviation, deviation)
    if not exceeds(matrix, MARGIN):
        smallest = float(np.linalg.eigvalsh(matrix)[0])
        share = (MARGIN - smallest) / (1 - smallest)
        matrix = (1 - share) * matrix + share * np.eye(len(matrix))
    return matrix
