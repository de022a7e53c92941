"""Quantities defined by `:=`, with delta-method standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
    later = {definition.name: definition.span.line for definition in model.definitions}
    for definition in model.definitions:
        check_expression(model, definition.expression, known, later)
        known.append(definition.name)


def check_expression(
    model: Model, expression: Expression, known: list[str], later: Mapping[str, int] = MappingProxyType({})
) -> None:
    """Refuse an expression that names a label or function that is not known, at its place."""
    if expression.kind == "name" and expression.value not in known and expression.value in later:
        raise refusal(
            model,
            expression.span,
            f"'{expression.value}' is itself defined, in line {later[str(expression.value)]}: write its definition "
            "above those that use it; none may use itself, nor two each other.",
        )
    if expression.kind == "name" and expression.value not in known:
        raise refusal(model, expression.span, unknown("parameter label", str(expression.value), known))
    if expression.kind == "call" and expression.value not in FUNCTIONS:
        raise refusal(model, expression.span, unknown("function", str(expression.value), FUNCTIONS))
    for operand in expression.operands:
        check_expression(model, operand, known, later)


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
        `(..., rows, n_free)`: their gradients by the free parameters; None where none are wanted.

    Returns
    -------
    tuple
        Values `(..., definitions)`, and gradients `(..., definitions, n_free)` or None.

    Notes
    -----
    Sobel (1982): the first-order delta method.
    """
    stack = values.shape[:-1]
    if not model.definitions:
        return np.empty((*stack, 0)), np.empty((*stack, 0, table.n_free))
    known: dict[str, tuple[Array, Array | None]] = {}
    for position, row in enumerate(table.rows):
        # Rows that share a label differ once standardised; the first one speaks for the label, as in lavaan.
        if row.label and row.label not in known:
            known[row.label] = (values[..., position], None if gradients is None else gradients[..., position, :])
    found: list[Array] = []
    slopes: list[Array] = []
    for definition in model.definitions:
        value, gradient = linearise(definition.expression, known)
        known[definition.name] = (value, gradient)
        found.append(np.broadcast_to(value, stack))
        if gradients is not None:
            nothing = np.zeros((*gradients.shape[:-2], table.n_free))
            slopes.append(nothing if gradient is None else nothing + gradient)
    return np.stack(found, axis=-1), np.stack(slopes, axis=-2) if gradients is not None else None


def known_labels(model: Model, table: ParameterTable, theta: Array) -> dict[str, tuple[Array, Array | None]]:
    """Return the value and gradient of every label and definition, for the constraints.

    Parameters
    ----------
    model, table
        With definitions and labels.
    theta
        `(..., n_free)` in the units of the model file; complex where a step into the plane is taken.

    Returns
    -------
    dict
        By name: value `(...)` and gradient `(..., n_free)`; None where nothing moves it.
    """
    known: dict[str, tuple[Array, Array | None]] = {}
    eye = np.eye(table.n_free)
    for row in table.rows:
        if not row.label or row.label in known:
            continue
        if row.free >= 0:
            known[row.label] = (theta[..., row.free], eye[row.free])
        else:
            known[row.label] = (np.asarray(row.value), None)
    for definition in model.definitions:
        known[definition.name] = linearise(definition.expression, known)
    return known
