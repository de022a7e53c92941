"""Constraints among parameters: `==`, `<` and `>` with any arithmetic over labels."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask, symmetric
from rantau.covariance.definitions import check_expression, known_labels
from rantau.model.expressions import linearise
from rantau.model.locate import refusal
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Constraint, Expression, Model
from rantau.record import Record

_LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
#: Slopes and margins below this are nought.
NOTHING = 1e-9


class Constraints(Record):
    """The constraints of a model, read off the parameters.

    Attributes
    ----------
    model, table
        Whose constraints and whose labels they are.
    scale
        `(n_free,)`: a parameter in the units of the engine, divided by this, is in the units of the model file.
    """

    model: Model
    table: ParameterTable
    scale: Array

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.model.constraints)

    @property
    def equalities(self) -> Mask:
        """`(k,)`: which of them are `==`."""
        return np.array([one.operator == "==" for one in self.model.constraints], dtype=bool)

    def margins(self, theta: Array) -> tuple[Array, Array]:
        """Return how far each constraint is from its boundary, and the Jacobian of that.

        Parameters
        ----------
        theta
            `(..., n_free)` in the units of the engine.

        Returns
        -------
        tuple
            `(..., k)`: nought where an equality holds, not negative where an inequality does; `(..., k, n_free)`.
        """
        return self._margins(theta / self.scale)

    def _margins(self, theta: Array) -> tuple[Array, Array]:
        known = known_labels(self.model, self.table, theta)
        values, jacobians = [], []
        n_free = self.table.n_free
        for one in self.model.constraints:
            left, left_slope = linearise(one.left, known)
            right, right_slope = linearise(one.right, known)
            sign = -1.0 if one.operator == "<" else 1.0
            nothing = np.zeros((*theta.shape[:-1], n_free), dtype=theta.dtype)
            slope = nothing + (0 if left_slope is None else left_slope) - (0 if right_slope is None else right_slope)
            values.append(np.broadcast_to(sign * (left - right), theta.shape[:-1]))
            jacobians.append(sign * slope / self.scale)
        return np.stack(values, axis=-1), np.stack(jacobians, axis=-2)

    def bend(self, theta: Array, multipliers: Array) -> Array:
        """Return the second derivatives of `sum multipliers * margins`, `(..., n_free, n_free)`.

        By a complex step on the analytic Jacobian, exact to rounding (Squire & Trapp, 1998).
        """
        free = theta / self.scale
        n_free, step = self.table.n_free, 1e-30
        found = np.zeros((*theta.shape, n_free))
        for place in self._places():
            moved = free.astype(complex)
            moved[..., place] += 1j * step
            slope = self._margins(moved)[1].imag / step
            found[..., place] = np.einsum("...k,...kn->...n", multipliers, slope) / self.scale[place]
        return symmetric(found)

    def _places(self) -> tuple[int, ...]:
        """Return the free parameters that any constraint is about."""
        expressions = [part for one in self.model.constraints for part in (one.left, one.right)]
        expressions += [one.expression for one in self.model.definitions]
        names = {name for expression in expressions for name in expression.names}
        return tuple(sorted({row.free for row in self.table.rows if row.free >= 0 and row.label in names}))


def check_constraints(model: Model, labels: tuple[str, ...]) -> None:
    """Refuse a constraint that names an unknown label or function, with its place.

    Raises
    ------
    ModelSyntaxError
        With line and column, and the nearest label.
    """
    known = [*labels, *(one.name for one in model.definitions)]
    for constraint in model.constraints:
        if not (*constraint.left.names, *constraint.right.names):
            raise refusal(
                model, constraint.span,
                "a constraint is about labelled parameters, as in `x ~ a*y` with `a > 0`; this one names none.",
            )  # fmt: skip
        check_expression(model, constraint.left, known)
        check_expression(model, constraint.right, known)


def free_directions(jacobian: Array) -> tuple[Array, int]:
    """Return a basis of the directions that leave constraints unchanged.

    Parameters
    ----------
    jacobian
        `(k, n_free)` of the constraints that hold with equality, in a metric where parameters are comparable.

    Returns
    -------
    tuple
        `(n_free, n_free - rank)` orthonormal columns, and the rank.
    """
    if jacobian.shape[0] == 0:
        return np.eye(jacobian.shape[1]), 0
    _, values, vectors = np.linalg.svd(jacobian, full_matrices=True)
    rank = int((values > 1e-9 * max(values[0], 1e-300)).sum())
    basis = vectors[rank:].T.copy()
    # A parameter that the constraints hold at a number has no direction of its own, not even by rounding.
    basis[np.linalg.norm(basis, axis=1) < 1e-9] = 0.0
    return basis, rank


def check_possible(model: Model, table: ParameterTable) -> None:
    """Refuse constraints that nothing can break, that nothing can meet, and linear ones that contradict each other.

    Parameters
    ----------
    model
        With its constraints.
    table
        Its parameters.

    Raises
    ------
    ModelSyntaxError
        At the place of the first such constraint.

    Notes
    -----
    Looked at where parameters are numbers drawn at random, positive and negative: a slope of nought at both points is
    nought everywhere, and a slope that is the same at both is that of a linear constraint.
    """
    if not model.constraints:
        return
    points = np.random.default_rng(20051).uniform(0.2, 1.8, size=(2, table.n_free)) * np.array([[1.0], [-1.0]])
    margins, slopes = Constraints(model, table, np.ones(table.n_free)).margins(points)
    kept, values = np.zeros((0, table.n_free)), np.zeros(0)
    lines: list[int] = []
    for place, one in enumerate(model.constraints):
        margin, slope = margins[:, place], slopes[:, place]
        if not np.nan_to_num(slope).any():
            _refuse_void(model, one, float(margin[0]))
        length = float(np.linalg.norm(slope[0]))
        linear = bool(np.isfinite(slope).all()) and bool(np.abs(slope[0] - slope[1]).max() <= NOTHING * length)
        if one.operator != "==" or not linear:
            continue
        slope, value = slope[0] / length, float(slope[0] @ points[0] - margin[0]) / length
        share = np.linalg.lstsq(kept.T, slope, rcond=None)[0] if len(kept) else np.zeros(0)
        if np.linalg.norm(slope - share @ kept) > NOTHING:
            kept, values, lines = np.vstack([kept, slope]), np.append(values, value), [*lines, one.span.line]
        elif abs(value - share @ values) > NOTHING * max(1.0, abs(value)):
            others = [line for line, part in zip(lines, share, strict=True) if abs(part) > NOTHING]
            named = f"line{'s' if len(others) > 1 else ''} {', '.join(str(line) for line in others)}"
            raise refusal(
                model,
                one.span,
                f"`{' '.join(in_text(one))}` contradicts {named}: no numbers meet both. Drop one of them.",
            )


def _refuse_void(model: Model, one: Constraint, margin: float) -> None:
    """Refuse a constraint that no free parameter moves."""
    holds = abs(margin) <= NOTHING if one.operator == "==" else margin >= 0
    what = "holds whatever is estimated" if holds else "can never hold"
    why = "it is about nothing that is estimated freely (a fixed parameter, or the same on both sides)"
    raise refusal(
        model, one.span, f"`{' '.join(in_text(one))}` {what}: {why}. Was another label meant? Otherwise leave it out."
    )


def check_values(constraints: Constraints, start: Array) -> None:
    """Refuse constraints that have no value where the estimation begins.

    Parameters
    ----------
    constraints
        In the units of the engine.
    start
        `(n_free,)` start values in these units.

    Raises
    ------
    ModelSyntaxError
        At the place of the first such constraint.
    """
    margins, slopes = constraints.margins(start)
    known = known_labels(constraints.model, constraints.table, start / constraints.scale)
    for one, margin, slope in zip(constraints.model.constraints, margins, slopes, strict=True):
        if np.isfinite(margin) and np.isfinite(slope).all():
            continue
        names = dict.fromkeys((*one.left.names, *one.right.names))
        given = ", ".join(f"{name} = {float(known[name][0]):.3g}" for name in names)
        raise refusal(
            constraints.model, one.span,
            f"`{' '.join(in_text(one))}` has no value where the estimation begins ({given}): a division by 0, or a "
            "root or logarithm of a number below 0. Begin elsewhere, as in `start(1)*x`, or write it in another way.",
        )  # fmt: skip


def in_text(constraint: Constraint) -> tuple[str, str, str]:
    """Write out a constraint as its left side, its operator and its right side."""
    return _written(constraint.left), constraint.operator, _written(constraint.right)


def _written(expression: Expression, above: int = 0) -> str:
    """Write an expression, in brackets where what stands around it binds more closely."""
    kind, parts = expression.kind, expression.operands
    if kind == "number":
        return f"{expression.value:.15g}"
    if kind == "name":
        return str(expression.value)
    if kind == "call":
        return f"{expression.value}({', '.join(_written(part) for part in parts)})"
    level = _LEVELS[kind]
    if kind == "neg":
        text = f"-{_written(parts[0], level)}"
    elif kind == "^":
        text = f"{_written(parts[0], level + 1)}^{_written(parts[1], level)}"
    else:
        text = f"{_written(parts[0], level)} {kind} {_written(parts[1], level + 1)}"
    return f"({text})" if level < above else text
