"""Direct, indirect and total effects: what paths say together, route by route."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, identity
from rantau.covariance.delta import inference_table
from rantau.covariance.derived import Row
from rantau.covariance.effects import total_effects
from rantau.model.parameters import ParameterTable

if TYPE_CHECKING:
    import pandas as pd

#: With more routes than these only all of a pair together are told: nobody reads so many one by one.
ROUTES = 500


class Paths(NamedTuple):
    """The paths of a model and what follows along them, the same in every group.

    Attributes
    ----------
    names
        Whatever paths connect, v of them.
    cells
        `(k,)`: the place of each path among the cells of a group.
    outcome, predictor
        `(k,)`: where each path ends and begins, in `names`.
    depth
        The paths of the longest route; -1 where paths run in a loop.
    pairs
        `(i, 2)`: outcome and predictor that two or more paths in a row connect.
    reached
        `(t, 2)`: outcome and predictor that any paths connect.
    routes
        `(r, longest)`: the paths of each route of two or more, filled up with k; none where there is a loop or there
        are too many.
    sums
        `(k + r, e)`: which paths and routes each effect adds up; None where routes are not told one by one.
    n_cells
        Of a group.
    """

    names: tuple[str, ...]
    cells: Indices
    outcome: Indices
    predictor: Indices
    depth: int
    pairs: Indices
    reached: Indices
    routes: Indices
    sums: Array | None
    n_cells: int


@lru_cache(maxsize=64)
def paths_of(table: ParameterTable) -> Paths:
    """Return the paths of a model, but for those that are fixed at nought in every group."""
    n_cells = len(table.rows) // table.n_groups
    found: dict[int, tuple[str, str]] = {}
    for place, row in enumerate(table.rows):
        if row.op == "~" and (row.free >= 0 or row.value != 0):
            found[place % n_cells] = (row.lhs, row.rhs)
    cells = sorted(found)
    names = tuple(dict.fromkeys(name for cell in cells for name in reversed(found[cell])))
    ends = [(names.index(found[cell][0]), names.index(found[cell][1])) for cell in cells]
    count, depth = _count(ends, len(names))
    walks = _walks(ends) if depth >= 0 and count.sum() <= ROUTES else []
    steps = {pair: place for place, pair in enumerate(ends)}
    routes = np.full((len(walks), max(map(len, walks), default=1) - 1), len(ends), dtype=np.intp)
    for place, walk in enumerate(walks):
        routes[place, : len(walk) - 1] = [steps[after, before] for before, after in pairwise(walk)]
    outcome, predictor = np.array(ends, dtype=np.intp).reshape(-1, 2).T
    direct = np.zeros(count.shape, dtype=bool)
    direct[outcome, predictor] = True
    # What comes back to where it began is no effect on another.
    apart = ~np.eye(len(names), dtype=bool)
    pairs, reached = (np.argwhere(which & apart) for which in (count > 0, direct | (count > 0)))
    sums = None
    if len(walks) == count.sum():
        # Each path and each route stands for itself, and those of a pair for all that one does to the other.
        joins = np.array([*ends, *((walk[-1], walk[0]) for walk in walks)], dtype=np.intp).reshape(-1, 2)
        own, k = np.eye(len(joins)), len(ends)
        of_pair, of_reached = ((joins[:, None] == which).all(axis=-1) for which in (pairs, reached))
        of_pair[:k] = False
        sums = np.concatenate([own[:, :k], of_pair, own[:, k:], of_reached], axis=1)
    places = np.array(cells, dtype=np.intp)
    return Paths(names, places, outcome, predictor, depth, pairs, reached, routes, sums, n_cells)


def _count(ends: list[tuple[int, int]], size: int) -> tuple[Array, int]:
    """Return how many routes of two or more paths lead to (rows) from (columns) each, and the paths of the longest.

    Where paths run in a loop the longest is told as -1, and the numbers as they are within `size` paths.
    """
    joined = np.zeros((size, size))
    for outcome, predictor in ends:
        joined[outcome, predictor] = 1
    along, count, depth = joined, np.zeros_like(joined), min(len(ends), 1)
    for length in range(2, size + 2):
        along = np.minimum(along @ joined, 1e9)
        if along.any():
            count, depth = count + along, length
    return count, depth if depth <= size else -1


def _walks(ends: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return the variables along every route of two or more paths, by outcome, predictor and length."""
    after: dict[int, list[int]] = {}
    for outcome, predictor in ends:
        after.setdefault(predictor, []).append(outcome)
    found: list[tuple[int, ...]] = []
    walks: list[tuple[int, ...]] = [(predictor, outcome) for outcome, predictor in ends]
    while walks:
        walks = [(*walk, outcome) for walk in walks for outcome in after.get(walk[-1], ())]
        found += walks
    return sorted(found, key=lambda walk: (walk[-1], walk[0], len(walk), walk))


@lru_cache(maxsize=64)
def effect_names(table: ParameterTable) -> tuple[Row, ...]:
    """Return the names of what `path_effects` computes, in order.

    `outcome ~ predictor` is a direct effect, `outcome indirect predictor` all routes together, `outcome indirect
    predictor -> A -> B` one of them, and `outcome total predictor` everything.
    """
    paths = paths_of(table)
    names = paths.names
    found: list[tuple[str, str, str]] = [
        (names[after], "~", names[before]) for after, before in zip(paths.outcome, paths.predictor, strict=True)
    ]
    found += [(names[after], "indirect", names[before]) for after, before in paths.pairs]
    for route in paths.routes:
        taken = route[route < paths.cells.size]
        through = " -> ".join(names[place] for place in paths.predictor[taken])
        found.append((names[paths.outcome[taken[-1]]], "indirect", through))
    found += [(names[after], "total", names[before]) for after, before in paths.reached]
    return tuple(Row(*name, group, "") for group in range(1, table.n_groups + 1) for name in found)


def path_effects(table: ParameterTable, values: Array, gradients: Array | None = None) -> tuple[Array, Array | None]:
    """Compute all direct, indirect and total effects from the cells of a model.

    Parameters
    ----------
    table
        What was fitted.
    values
        `(..., G * cells)`: every cell, group by group, in whatever metric.
    gradients
        `(..., G * cells, n_free)`: their gradients by the free parameters; None where none are wanted.

    Returns
    -------
    tuple
        `(..., effects)`, in the order of `effect_names`, and `(..., effects, n_free)` or None.

    Notes
    -----
    Bollen (1987), Total, direct, and indirect effects in structural equation models: total effects are
    `(I - B)^-1 - I`, those of one route the product of its paths. Sobel (1986) for their gradients.
    """
    paths = paths_of(table)
    found, slopes = [], []
    for group in range(table.n_groups):
        cells = paths.cells + group * paths.n_cells
        given, wanted = values[..., cells], gradients is not None
        if paths.sums is None:
            value, slope = _altogether(paths, given, wanted=wanted)
        else:
            value, slope = _along(paths, paths.sums, given, wanted=wanted)
        found.append(value)
        if gradients is not None and slope is not None:
            slopes.append(slope @ gradients[..., cells, :])
    return np.concatenate(found, axis=-1), np.concatenate(slopes, axis=-2) if slopes else None


def _along(paths: Paths, sums: Array, direct: Array, *, wanted: bool) -> tuple[Array, Array | None]:
    """Return the effects of one group `(..., e)` by its paths `(..., k)`, and their slopes by these `(..., e, k)`.

    An effect is a sum of routes, and a route the product of its paths.
    """
    stack, k = direct.shape[:-1], paths.cells.size
    steps = np.concatenate([direct, np.ones((*stack, 1))], axis=-1)[..., paths.routes]
    values = np.concatenate([direct, steps.prod(axis=-1)], axis=-1) @ sums
    if not wanted:
        return values, None
    slopes = np.zeros((*stack, k + len(paths.routes), k + 1))
    slopes[..., :k, :k] = identity(k)
    for place, taken in enumerate(paths.routes.T):
        slopes[..., k + np.arange(taken.size), taken] = np.delete(steps, place, axis=-1).prod(axis=-1)
    return values, sums.T @ slopes[..., :k]


def _altogether(paths: Paths, direct: Array, *, wanted: bool) -> tuple[Array, Array | None]:
    """Return the same where routes have no end or are too many: all routes of each pair together.

    A total effect changes by what leads to a path and on from it: d(I - B)^-1 = (I - B)^-1 dB (I - B)^-1.
    """
    stack, size = direct.shape[:-1], len(paths.names)
    matrix = np.zeros((*stack, size, size))
    matrix[..., paths.outcome, paths.predictor] = direct
    total = total_effects(matrix, paths.depth)
    pairs, reached = tuple(paths.pairs.T), tuple(paths.reached.T)
    values = np.concatenate([direct, (total - matrix)[..., *pairs], total[..., *reached]], axis=-1)
    if not wanted:
        return values, None
    slopes = total[..., :, None, paths.outcome] * total[..., paths.predictor, :].mT[..., None, :, :]
    # Paths that join a pair are no part of what is indirect.
    joined = (paths.outcome == pairs[0][:, None]) & (paths.predictor == pairs[1][:, None])
    own = np.broadcast_to(identity(paths.cells.size), (*stack, paths.cells.size, paths.cells.size))
    return values, np.concatenate([own, slopes[..., *pairs, :] - joined, slopes[..., *reached, :]], axis=-2)


def effects_frame(
    table: ParameterTable, values: Array, gradients: Array, covariance: Array, level: float
) -> pd.DataFrame:
    """Return `lhs rhs kind via group est se z p ci_low ci_high` of all effects, `group` where there are several.

    Parameters
    ----------
    table, values, gradients
        As for `path_effects`.
    covariance
        `(n_free, n_free)` of the parameters.
    level
        Of the intervals.

    Raises
    ------
    OptionError
        If the level is not between 0 and 1.
    """
    names = effect_names(table)
    found, slopes = path_effects(table, values, gradients)
    frame = inference_table(names, found, np.asarray(slopes), covariance, level, "est")
    sources = [row.rhs.partition(" -> ") for row in names]
    kinds = ["direct" if row.op == "~" else row.op for row in names]
    frame = frame.assign(rhs=[rhs for rhs, _, _ in sources], kind=kinds, via=[via for _, _, via in sources])
    named = ["lhs", "rhs", "kind", "via", *(["group"] if table.n_groups > 1 else [])]
    return frame[[*named, "est", "se", "z", "p", "ci_low", "ci_high"]]
