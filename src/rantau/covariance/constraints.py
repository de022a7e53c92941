"""Constraints among parameters: `==`, `<` and `>` with any arithmetic over labels."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.definitions import check_expression, known_labels
from rantau.model.expressions import linearise
from rantau.model.locate import refusal
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.record import Record


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
        return (found + np.swapaxes(found, -1, -2)) / 2

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
