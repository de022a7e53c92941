"""Quantities defined by `:=`, with delta-method standard errors."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import unknown
from rantau.model.expressions import FUNCTIONS, linearise
from rantau.model.locate import refusal
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Expression, Model


def check_definitions(model: Model, labels: tuple[str, ...]) -> None:
    """Refuse a definition that names an unknown label or function, with its place.

    Parameters
    ----------
    model
        The model.
    labels
        The parameter labels that may be named; definitions may also name earlier definitions.

    Raises
    ------
    ModelSyntaxError
        With line and column, and the nearest label.
    """
    known = list(labels)
    for definition in model.definitions:
        _check(model, definition.expression, known)
        known.append(definition.name)


def _check(model: Model, expression: Expression, known: list[str]) -> None:
    if expression.kind == "name" and expression.value not in known:
        raise refusal(model, expression.span, unknown("parameter label", str(expression.value), known))
    if expression.kind == "call" and expression.value not in FUNCTIONS:
        raise refusal(model, expression.span, unknown("function", str(expression.value), FUNCTIONS))
    for operand in expression.operands:
        _check(model, operand, known)


def defined(
    model: Model, table: ParameterTable, values: Array, gradients: Array | None = None
) -> tuple[Array, Array | None]:
    """Compute every definition of a model.

    Parameters
    ----------
    model
        With its definitions.
    table
        Parameters with labels.
    values
        `(..., rows)`: the value of every row of the table, in whatever metric.
    gradients
        `(rows, n_free)`: their gradients by the free parameters; None where none are wanted.

    Returns
    -------
    tuple
        Values `(..., definitions)`, and gradients `(definitions, n_free)` or None.

    Notes
    -----
    Sobel (1982): the first-order delta method.
    """
    known: dict[str, tuple[Array, Array | None]] = {}
    for position, row in enumerate(table.rows):
        # Rows that share a label differ once standardised; the first one speaks for the label, as in lavaan.
        if row.label and row.label not in known:
            known[row.label] = (values[..., position], None if gradients is None else gradients[position])
    stack = values.shape[:-1]
    found: list[Array] = []
    slopes: list[Array] = []
    for definition in model.definitions:
        value, gradient = linearise(definition.expression, known)
        known[definition.name] = (value, gradient)
        found.append(np.broadcast_to(value, stack))
        slopes.append(np.zeros(table.n_free) if gradient is None else gradient)
    if not found:
        return np.empty((*stack, 0)), np.empty((0, table.n_free))
    return np.stack(found, axis=-1), np.stack(slopes) if gradients is not None else None
