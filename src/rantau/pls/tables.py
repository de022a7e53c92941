"""The numbers of a PLS fit laid out as data frames, unrounded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.extras import require
from rantau.fit import Quantity
from rantau.pls import measurement, structural
from rantau.pls.estimate import Estimates
from rantau.pls.structure import Structure

if TYPE_CHECKING:
    import pandas as pd


def square(values: Array, rows: tuple[str, ...] | tuple[int, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a matrix, `(rows, columns)`, with the names of its rows and columns."""
    return require("pandas").DataFrame(values, index=list(rows), columns=list(columns))  # type: ignore[no-any-return]


def listed(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as they are, numbered from 0."""
    return require("pandas").DataFrame(list(rows), columns=list(columns))  # type: ignore[no-any-return]


def by_item(structure: Structure, values: Array) -> pd.DataFrame:
    """Return a number of each item, `(p,)`, as `construct item est`."""
    names = [structure.constructs[owner] for owner in structure.owner]
    return listed(zip(names, structure.items, values, strict=True), ("construct", "item", "est"))


def by_outcome(structure: Structure, values: Array, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return numbers of each construct, `(J, columns)`, for those that have predictors."""
    rows = list(structure.endogenous)
    return square(values[rows], tuple(structure.constructs[j] for j in rows), columns)


def by_path(structure: Structure, values: Array) -> pd.DataFrame:
    """Return a number of each path, `(J, J)`, outcomes in rows and predictors in columns."""
    names = structure.constructs
    rows, columns = np.flatnonzero(structure.paths.any(axis=1)), np.flatnonzero(structure.paths.any(axis=0))
    return square(values[rows[:, None], columns], tuple(names[j] for j in rows), tuple(names[j] for j in columns))


def effects(structure: Structure, quantities: tuple[Quantity, ...], values: Array) -> pd.DataFrame:
    """Return direct, indirect and total effects out of all quantities, `(q,)`, as `lhs rhs kind via est`."""
    rows = []
    for quantity, value in zip(quantities, values, strict=True):
        kind = {"~": "direct"}.get(quantity.op, quantity.op)
        if kind in ("direct", "indirect", "total"):
            source, _, via = quantity.rhs.partition(" -> ")
            rows.append((quantity.lhs, source, kind, via, value))
    order = {"direct": 0, "indirect": 1, "total": 2}
    at = structure.constructs.index
    rows.sort(key=lambda row: (order[row[2]], at(row[0]), at(row[1]), row[3] != ""))
    return listed(rows, ("lhs", "rhs", "kind", "via", "est"))


def accounted_for(structure: Structure, coefficients: Array) -> pd.DataFrame:
    """Return `lhs rhs direct indirect total vaf` of pairs with both effects; `coefficients` are `(1, J, J)`."""
    names, direct = structure.constructs, coefficients[0]
    total, share = structural.total_effects(coefficients)[0], structural.accounted_for(coefficients)[0]
    pairs = sorted({(route[-1], route[0]) for route in structure.routes})
    rows = [
        (names[j], names[i], direct[j, i], total[j, i] - direct[j, i], total[j, i], share[j, i])
        for j, i in pairs
        if structure.paths[j, i]
    ]
    return listed(rows, ("lhs", "rhs", "direct", "indirect", "total", "vaf"))


def inflation(structure: Structure, solution: Estimates) -> pd.DataFrame:
    """Return variance inflation factors of items and predictors, `kind target name vif`."""
    names = structure.constructs
    outer = measurement.item_inflation(solution.correlation, structure.blocks)[0]
    inner = structural.predictor_inflation(solution.constructs, structure.paths)[0]
    rows = [
        ("outer", names[owner], item, value)
        for item, owner, value in zip(structure.items, structure.owner, outer, strict=True)
    ]
    rows += [
        ("inner", names[outcome], names[predictor], inner[outcome, predictor])
        for outcome, predictor in np.argwhere(structure.paths)
    ]
    return listed(rows, ("kind", "target", "name", "vif"))
