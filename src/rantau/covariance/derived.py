"""The rows that a fit shows: its parameters, the weights of its composites, and what its model defines."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.definitions import defined
from rantau.model.composites import Anchors, anchor_of, composites, excrescent_of
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Block, Model


class Row(NamedTuple):
    """The name of a row of `estimates()`."""

    lhs: str
    op: str
    rhs: str
    group: int
    label: str


@lru_cache(maxsize=64)
def shown_rows(table: ParameterTable) -> Indices:
    """Return the rows of a table that are shown: all but those of excrescent variables."""
    hidden = set(table.excrescent)
    found = np.array(
        [place for place, row in enumerate(table.rows) if row.lhs not in hidden and row.rhs not in hidden],
        dtype=np.intp,
    )
    found.setflags(write=False)
    return found


@lru_cache(maxsize=64)
def row_names(model: Model, table: ParameterTable) -> tuple[Row, ...]:
    """Return the names of the rows of `derived`, in order."""
    found = [table.rows[place] for place in shown_rows(table)]
    names = [Row(row.lhs, row.op, row.rhs, row.group, row.label) for row in found]
    for group in range(1, table.n_groups + 1):
        names += [Row(block.construct, "<~", item, group, "") for block in composites(model) for item in block.items]
    names += [Row(one.name, ":=", one.text, 1, one.name) for one in model.definitions]
    return tuple(names)


def derived(
    model: Model, table: ParameterTable, values: Array, gradients: Array | None = None
) -> tuple[Array, Array | None]:
    """Compute every row that a fit shows from the cells of its model.

    Parameters
    ----------
    model, table
        What was fitted.
    values
        `(..., G * cells)`: every cell, group by group, in whatever metric.
    gradients
        `(..., G * cells, n_free)`: their gradients by the free parameters; None where none are wanted.

    Returns
    -------
    tuple
        `(..., rows)`, and `(..., rows, n_free)` or None.
    """
    more, slopes = defined(model, table, values, gradients)
    weights, weight_slopes = _weights(model, table, values, gradients)
    shown = shown_rows(table)
    found = np.concatenate([values[..., shown], weights, more], axis=-1)
    if gradients is None:
        return found, None
    parts = [part for part in (gradients[..., shown, :], weight_slopes, slopes) if part is not None]
    return found, np.concatenate(parts, axis=-2)


def _weights(model: Model, table: ParameterTable, values: Array, gradients: Array | None) -> tuple[Array, Array | None]:
    """Compute the weights of all composites, with their gradients."""
    stack = values.shape[:-1]
    found, slopes = [np.empty((*stack, 0))], []
    cells = len(table.rows) // table.n_groups
    at = {(row.lhs, row.op, row.rhs): place for place, row in enumerate(table.rows[:cells])}
    for group in range(table.n_groups):
        for block in composites(model):
            anchor = anchor_of(block, table.anchors)
            places = [np.array(part, dtype=np.intp) + group * cells for part in _places(block, table.anchors, at)]
            value, slope = _weights_of(places, values, gradients)
            # The anchor's weight comes first here; items keep the order of the file.
            order = [anchor, *(item for item in block.items if item != anchor)]
            back = np.array([order.index(item) for item in block.items], dtype=np.intp)
            found.append(value[..., back])
            if slope is not None:
                slopes.append(slope[..., back, :])
    return np.concatenate(found, axis=-1), np.concatenate(slopes, axis=-2) if slopes else None


def _places(
    block: Block, anchors: Anchors, at: dict[tuple[str, str, str], int]
) -> tuple[list[int], list[int], list[int]]:
    """Return the cells of a composite's loadings, anchor first, and of the excrescent ones on anchor and own item."""
    names, anchor = excrescent_of(block, anchors), anchor_of(block, anchors)
    return (
        [at[block.construct, "=~", item] for item in (anchor, *names)],
        [at[name, "=~", anchor] for name in names.values()],
        [at[name, "=~", item] for item, name in names.items()],
    )


def _weights_of(places: list[Indices], values: Array, gradients: Array | None) -> tuple[Array, Array | None]:
    """Return the first row of the inverse of a block's loading matrix: the weights that make the composite.

    With the anchor's loading l, the others r, the excrescent loadings n on the anchor and s on their own, the row is
    `(1, -n / s) / (l - n'(r / s))`, by the inverse of a bordered matrix. (Schuberth, 2023, eq. 7: C = first row of
    the inverse loading matrix times the items.)
    """
    own, first, rest = (values[..., part] for part in (places[0], places[1], places[2]))
    share = first / rest
    pivot = own[..., :1] - (share * own[..., 1:]).sum(axis=-1, keepdims=True)
    lead = 1 / pivot
    weights = np.concatenate([lead, -share * lead], axis=-1)
    if gradients is None:
        return weights, None
    d_own, d_first, d_rest = (gradients[..., part, :] for part in (places[0], places[1], places[2]))
    d_share = (d_first - share[..., None] * d_rest) / rest[..., None]
    moved = (d_share * own[..., 1:, None] + share[..., None] * d_own[..., 1:, :]).sum(axis=-2, keepdims=True)
    d_lead = -(lead**2)[..., None] * (d_own[..., :1, :] - moved)
    return weights, np.concatenate([d_lead, -d_share * lead[..., None] - share[..., None] * d_lead], axis=-2)
