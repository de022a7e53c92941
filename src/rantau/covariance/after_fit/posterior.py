"""What answers in ordered categories say of normal variables: the density of these given the answers, and its mode."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.after_fit.interval_likelihood import interval_slopes, log_interval
from rantau.errors import EstimationError

#: Newton's steps; twenty are many.
STEPS = 200
#: What half a step would still add to the logarithm of the density when it is at its top.
FLAT = 1e-18


class Posterior(NamedTuple):
    """The density of r variables v given answers, row by row.

    Its logarithm is `sum_i log P(lower_i < x_i + e_i < upper_i) - v'Kv / 2 + h'v` with `x = B v` and e standard
    normal: the normal ogive of ordered categories (Samejima, 1969).

    Attributes
    ----------
    lower, upper
        `(n, k)`: between which limits each answer lies; infinite on both sides where there is none.
    loadings
        B `(k, r)`.
    precision, pull
        K `(r, r)` and h `(n, r)`: the identity and nought where v is standard normal beforehand.
    """

    lower: Array
    upper: Array
    loadings: Array
    precision: Array
    pull: Array

    def rows(self, which: Indices | Mask) -> Posterior:
        """Return the density of some rows."""
        return self._replace(lower=self.lower[which], upper=self.upper[which], pull=self.pull[which])

    def value(self, v: Array) -> Array:
        """Return the logarithm of the density, less a constant, `(n,)`, at v `(n, r)`."""
        x = v @ self.loadings.T
        return log_interval(self.lower - x, self.upper - x).sum(axis=1) + self._prior(v)  # type: ignore[no-any-return]

    def slopes(self, v: Array) -> tuple[Array, Array, Array]:
        """Return the logarithm of the density, its gradient and minus its Hessian, at v `(n, r)`."""
        x = v @ self.loadings.T
        value, slope, bend = interval_slopes(self.lower - x, self.upper - x)
        gradient = slope @ self.loadings - v @ self.precision + self.pull
        information = (self.loadings.T * bend[:, None, :]) @ self.loadings + self.precision
        return value.sum(axis=1) + self._prior(v), gradient, information

    def _prior(self, v: Array) -> Array:
        return ((self.pull - v @ self.precision / 2) * v).sum(axis=1)  # type: ignore[no-any-return]


def modes(posterior: Posterior) -> tuple[Array, Array]:
    """Return where each row's density is highest, and minus the Hessian of its logarithm there.

    Parameters
    ----------
    posterior
        The densities, whose logarithms are concave.

    Returns
    -------
    tuple of Array
        `(n, r)` and `(n, r, r)`. Where a density rises without end, a place far out, whose Hessian is nearly nought.

    Notes
    -----
    Newton's method on all rows at once; where a step would lead down, half of it is taken, and so on.
    """
    n, r = posterior.pull.shape
    found, bend = np.zeros((n, r)), np.zeros((n, r, r))
    going = np.arange(n)
    for _ in range(STEPS):
        here = posterior.rows(going)
        at = found[going]
        value, gradient, bend[going] = here.slopes(at)
        step = _newton(gradient, bend[going])
        left = (gradient * step).sum(axis=1) > FLAT
        if not left.any():
            return found, bend
        going, at, step, value, here = going[left], at[left], step[left], value[left], here.rows(left)
        share = np.ones((going.size, 1))
        for _ in range(60):
            down = here.value(at + share * step) < value - 1e-13 * np.abs(value)
            if not down.any():
                break
            share[down] /= 2
        found[going] = at + share * step
    raise EstimationError(f"the scores of {going.size} rows were not found in {STEPS} steps; look at fit.problems.")


def _newton(gradient: Array, information: Array) -> Array:
    """Return Newton's steps `(n, r)`; nought in directions in which nothing bends."""
    values, vectors = np.linalg.eigh(information)
    known = values > 1e-13 * np.maximum(values[:, -1:], 1.0)
    along = (gradient[:, None, :] @ vectors)[:, 0]
    return (vectors @ (along / np.where(known, values, np.inf))[..., None])[..., 0]  # type: ignore[no-any-return]
