"""What every fitting function tells of itself at one point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, diagonal, identity

#: A parameter of which a unit is worth less than this, in standard units, alters nothing any more: a loading on a
#: factor without variance.
VANISHED = 1e-12


class Local(NamedTuple):
    """A fitting function at given implied moments.

    Attributes
    ----------
    value
        `(...)`: what is minimised, summed over the groups by their shares of the rows; infinite where a sigma is
        not positive definite and must be.
    by_sigma, by_mu
        `(..., G, p, p)` symmetric and `(..., G, p)`: its derivatives, the groups' shares included.
    weight
        What the second derivatives are weighted with; its shape is the fitting function's own.
    detail
        What else they need and the fitting function has computed already; its own too.
    """

    value: Array
    by_sigma: Array
    by_mu: Array
    weight: Array
    detail: tuple[Array, ...] = ()


class Second(NamedTuple):
    """Second derivatives by the free parameters, `(..., n_free, n_free)`.

    `expected` is twice the expected information of one row under normal theory, or its counterpart of least
    squares; `exact` the Hessian itself, None where it was not asked for.
    """

    expected: Array
    exact: Array | None

    @property
    def unit(self) -> Array:
        """`(..., n_free)`: the root of the expected ones' diagonal, in which slopes and steps are measured."""
        return np.sqrt(np.maximum(diagonal(self.expected), 1e-300))


def exceeds(matrix: Array, least: float) -> bool:
    """Tell whether every eigenvalue of one symmetric matrix `(k, k)` is above `least`, by Cholesky's factors."""
    try:
        root = np.linalg.cholesky(matrix - least * identity(len(matrix)))
    except np.linalg.LinAlgError:
        return False
    # What is no number anywhere in a row is none in its diagonal.
    return bool(np.isfinite(root.trace()))
