"""Arithmetic over parameters: values and gradients of `:=` and of constraints."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rantau.arrays import Array
from rantau.errors import ModelSyntaxError, unknown
from rantau.model.spec import Expression

#: Each function with its derivative. `abs` is that of the real part, with the sign of it for a slope, so that a small
#: step into the complex plane sees a slope of nought.
FUNCTIONS: Mapping[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "abs": (lambda x: x * np.sign(x.real), lambda x: np.sign(x.real)),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tan": (np.tan, lambda x: 1 / np.cos(x) ** 2),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
}


def evaluate(expression: Expression, values: Mapping[str, float] | Mapping[str, Array]) -> Array:
    r"""Compute an expression.

    Parameters
    ----------
    expression
        The tree.
    values
        Each name's number, or an array of one shape `(...)` for all (a value per bootstrap draw).

    Returns
    -------
    Array
        `(...)`; NaN where the expression has no value (such as the root of a negative number).

    Raises
    ------
    ModelSyntaxError
        If a name or a function is not known.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> definition = parse_model("y ~ a*x\nab := 2*a^2").definitions[0]
    >>> float(evaluate(definition.expression, {"a": 3.0}))
    18.0
    """
    return linearise(expression, {name: (np.asarray(value, float), None) for name, value in values.items()})[0]


def linearise(expression: Expression, values: Mapping[str, tuple[Array, Array | None]]) -> tuple[Array, Array | None]:
    """Compute an expression and its gradient (forward differentiation).

    Parameters
    ----------
    expression
        The tree.
    values
        Each name's value `(...)` and gradient `(..., n)`; None where no gradient is wanted.

    Returns
    -------
    tuple
        Value `(...)` and gradient `(..., n)` or None.

    Raises
    ------
    ModelSyntaxError
        If a name or a function is not known.
    """
    kind = expression.kind
    if kind == "number":
        return np.asarray(float(expression.value)), None
    if kind == "name":
        if expression.value not in values:
            raise ModelSyntaxError(unknown("parameter label", str(expression.value), values))
        return values[str(expression.value)]
    parts = [linearise(operand, values) for operand in expression.operands]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if kind == "call":
            if expression.value not in FUNCTIONS:
                raise ModelSyntaxError(unknown("function", str(expression.value), FUNCTIONS))
            function, slope = FUNCTIONS[str(expression.value)]
            (x, dx) = parts[0]
            return function(x), _chain((slope(x), dx))
        if kind == "neg":
            (x, dx) = parts[0]
            return -x, _chain((np.asarray(-1.0), dx))
        (x, dx), (y, dy) = parts
        one = np.asarray(1.0)
        if kind == "+":
            return x + y, _chain((one, dx), (one, dy))
        if kind == "-":
            return x - y, _chain((one, dx), (-one, dy))
        if kind == "*":
            return x * y, _chain((y, dx), (x, dy))
        if kind == "/":
            return x / y, _chain((1 / y, dx), (-x / y**2, dy))
        power = x**y
        return power, _chain((y * x ** (y - 1), dx), (power * np.log(x) if dy is not None else one, dy))


def _chain(*parts: tuple[Array, Array | None]) -> Array | None:
    """Sum of slope times gradient over the parts that have one."""
    terms = [np.asarray(slope)[..., None] * gradient for slope, gradient in parts if gradient is not None]
    return sum(terms[1:], start=terms[0]) if terms else None
