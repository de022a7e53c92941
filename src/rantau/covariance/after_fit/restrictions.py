"""What holds parameters of a fit together: `==` constraints, shared labels, equality across groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.covariance.constraints import Constraints, in_text
from rantau.covariance.layout import Layout, rescale
from rantau.covariance.setting import Setting
from rantau.covariance.start import layout_for, units
from rantau.model.parameters import Parameter, ParameterTable

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit

#: A restriction of which the others before it leave less than this follows from them.
DEPENDENT = 1e-9


class Restrictions(NamedTuple):
    """A fit with every parameter on its own, and what held them together as restrictions on these.

    Attributes
    ----------
    table, layout
        Every free cell has a place of its own; the layout is in standard units.
    scale
        `(n,)`: a parameter in the units of the data times this is one in standard units.
    names
        `lhs`, `op` and `rhs` of each restriction: `==` of the model file first, then what shares a place.
    labels
        The label that a restriction comes from; empty where it comes from none.
    jacobian
        `(k, n)`: the slope of `lhs - rhs`.
    kept
        `(i, n)`: the slopes of inequalities that hold with equality.
    """

    table: ParameterTable
    layout: Layout
    scale: Array
    names: tuple[tuple[str, str, str], ...]
    labels: tuple[str, ...]
    jacobian: Array
    kept: Array


def restrictions_of(fit: SemFit, setting: Setting) -> Restrictions:
    """Take a fit apart into parameters on their own and restrictions on them."""
    table = _on_their_own(fit.table)
    layout, scale = rescale(layout_for(table, fit.moments), units(table, setting.deviation))
    names: list[tuple[str, str, str]] = []
    labels: list[str] = []
    jacobian, kept = np.zeros((0, table.n_free)), np.zeros((0, table.n_free))
    if fit.model.constraints:
        own = {row.free: fit.theta[before.free] for row, before in _pairs(table, fit.table)}
        theta = np.array([own[place] for place in range(table.n_free)]) * scale
        constraints = Constraints(fit.model, table, scale)
        slopes, equal = constraints.margins(theta)[1], constraints.equalities
        jacobian, kept = slopes[equal], slopes[~equal & fit.active]
        stated = [one for one, holds in zip(fit.model.constraints, equal, strict=True) if holds]
        names += [in_text(one) for one in stated]
        labels += [""] * len(stated)
    shared: dict[int, list[Parameter]] = {}
    for row, before in _pairs(table, fit.table):
        shared.setdefault(before.free, []).append(row)
    rows = []
    # As in lavaan, in the order in which a value is met for the second time.
    several = sorted((cells for cells in shared.values() if len(cells) > 1), key=lambda cells: cells[1].free)
    for first, *others in several:
        for other in others:
            slope = np.zeros(table.n_free)
            slope[first.free], slope[other.free] = 1 / scale[first.free], -1 / scale[other.free]
            rows.append(slope)
            names.append((_name(first, table), "==", _name(other, table)))
            labels.append(first.label if first.label == other.label else "")
    jacobian = np.concatenate([jacobian, np.array(rows).reshape(len(rows), table.n_free)])
    return Restrictions(table, layout, scale, tuple(names), tuple(labels), jacobian, kept)


def _on_their_own(table: ParameterTable) -> ParameterTable:
    """Give every free cell a place of its own."""
    count = iter(range(len(table.rows)))
    rows = tuple(row.replace(free=next(count)) if row.free >= 0 else row for row in table.rows)
    return table.replace(rows=rows, n_free=sum(row.free >= 0 for row in rows))


def _pairs(table: ParameterTable, before: ParameterTable) -> list[tuple[Parameter, Parameter]]:
    return [pair for pair in zip(table.rows, before.rows, strict=True) if pair[0].free >= 0]


def _name(row: Parameter, table: ParameterTable) -> str:
    name = f"{row.lhs} {row.op} {row.rhs}".strip()
    return f"{name} ({table.groups[row.group - 1]})" if table.n_groups > 1 else name


def independent(jacobian: Array, kept: Array) -> Array:
    """Tell which rows `(k,)` of a Jacobian do not follow from those before them, or from those that are kept."""
    basis: list[Array] = []
    found = np.zeros(len(jacobian), dtype=bool)
    for place, row in enumerate([*kept, *jacobian]):
        length = float(np.linalg.norm(row))
        rest = row / length if length > 0 else row
        for _ in range(2):
            rest = rest - sum((one * (one @ rest) for one in basis), np.zeros(row.size))
        left = float(np.linalg.norm(rest))
        if left > DEPENDENT:
            basis.append(rest / left)
            if place >= len(kept):
                found[place - len(kept)] = True
    return found
