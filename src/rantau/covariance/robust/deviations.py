"""How far the products of each row are from the sample's moments, without ever writing them out.

With `z` a row less the mean, its deviation is `d = vech(zz' - S)`, and `z` itself in front where means are modelled.
Everything robust is made of sums of products of these under a weight matrix V (Browne, 1984; Satorra & Bentler,
1994). Under normal theory V is `W (x) W`, so that `d'Vd` needs products of p x p matrices only, and `Delta'Vd` of
n x f ones; matrices of the p(p+1)/2 moments are written out only where they are the smaller side.

Given fixed covariates x, only the rest of a row is random: with `y` the row's regression on x, `d = vech(zz' - yy' -
R)`, R their mean, and `z - y` in front.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.robust.casewise import gather_group
from rantau.record import Record

#: How many numbers a block of written-out deviations may hold (64 MB).
_BLOCK = 8_000_000


class Deviations(Record):
    """The deviations of the rows of one group.

    Attributes
    ----------
    rows
        `(k, p)` the rows less their mean.
    given
        `(k, p)` what fixed covariates make of them; None without any.
    centre
        `(p, p)` the mean of `zz' - yy'`.
    weights
        `(k,)` what each row's deviation is multiplied with.
    means
        Whether means are among the moments.
    """

    rows: Array
    given: Array | None
    centre: Array
    weights: Array
    means: bool

    def along(self, left: Array, right: Array, mean: Array | None, weight: Array) -> Array:
        """Return `Delta'Vd` of every row, `(k, f)`, by cells whose slopes are `left`, `right` and `mean (p, f)`."""
        pulled = self.rows @ weight
        found = (pulled @ left) * (pulled @ right)
        if self.given is not None:
            given = self.given @ weight
            found -= (given @ left) * (given @ right)
        found -= np.einsum("if,if->f", weight @ left, self.centre @ weight @ right)
        if mean is not None:
            found += (pulled if self.given is None else pulled - given) @ mean
        return found * self.weights[:, None]

    def lengths(self, weight: Array) -> Array:
        """Return `d'Vd` of every row, `(k,)`."""
        pulled = self.rows @ weight
        across = np.einsum("ki,ki->k", pulled, self.rows)
        found = across**2 - 2 * np.einsum("ki,ki->k", pulled @ self.centre, pulled)
        free = across
        if self.given is not None:
            given = self.given @ weight
            inner, between = np.einsum("ki,ki->k", given, self.given), np.einsum("ki,ki->k", pulled, self.given)
            found += inner**2 - 2 * between**2 + 2 * np.einsum("ki,ki->k", given @ self.centre, given)
            free = across - 2 * between + inner
        found = (found + self._constant(weight)) / 2 + (free if self.means else 0.0)
        return np.asarray(found * self.weights**2)

    def products(self, weight: Array) -> Array:
        """Return `d_k'Vd_l` of all pairs of rows, `(k, k)`."""
        pulled = self.rows @ weight
        across = pulled @ self.rows.T
        own = np.einsum("ki,ki->k", pulled @ self.centre, pulled)
        found = across**2
        free = across
        if self.given is not None:
            given = self.given @ weight
            inner, between = given @ self.given.T, pulled @ self.given.T
            found += inner**2 - between**2 - between.T**2
            own = own - np.einsum("ki,ki->k", given @ self.centre, given)
            free = across - between - between.T + inner
        found += self._constant(weight) - own[:, None] - own
        found = found / 2 + (free if self.means else 0.0)
        return np.asarray(found * np.outer(self.weights, self.weights))

    def _constant(self, weight: Array) -> float:
        product = weight @ self.centre
        return float(np.einsum("ij,ji->", product, product))

    def written(self, start: int, stop: int) -> Array:
        """Write out the deviations of some of the rows, `(stop - start, m)`: means first, then the lower triangle."""
        rows = self.rows[start:stop]
        i, j = lower_triangle(rows.shape[1])
        found = rows[:, i] * rows[:, j] - self.centre[i, j]
        if self.given is not None:
            given = self.given[start:stop]
            found -= given[:, i] * given[:, j]
            rows = rows - given
        if self.means:
            found = np.concatenate([rows, found], axis=1)
        return np.asarray(found * self.weights[start:stop, None])

    @property
    def n_moments(self) -> int:
        """How many moments there are."""
        p = int(self.rows.shape[1])
        return p * (p + 1) // 2 + (p if self.means else 0)

    def blocks(self) -> Iterator[Array]:
        """Write out the deviations of all rows, some at a time."""
        step = max(1, _BLOCK // self.n_moments)
        for start in range(0, self.rows.shape[0], step):
            yield self.written(start, start + step)

    def spread(self) -> Array:
        """Return the sum of `dd'` over the rows, `(m, m)`."""
        found = np.zeros((self.n_moments, self.n_moments))
        for block in self.blocks():
            found += block.T @ block
        return found


def deviations(evidence: Evidence) -> tuple[Deviations, ...]:
    """Gather the deviations of each group's complete rows.

    Parameters
    ----------
    evidence
        A structure with its rows, none of which has a gap.

    Returns
    -------
    tuple of Deviations
        One for each group; over `n_g`, the sum of `dd'` estimates the covariance matrix of root-n_g times the moments.

    Notes
    -----
    Browne (1984), eq. 3.4. A sampling weight multiplies the deviation, so that its square is summed (Binder, 1983).
    """
    rows, weights, fixed = evidence.rows, evidence.row_weights, np.array(evidence.fixed, dtype=np.intp)
    found = []
    for group in range(evidence.layout.n_groups):
        members = np.flatnonzero(rows.membership == group)
        weight = weights[members]
        centred = rows.values[members] - evidence.sample_mean[group]
        given = _given(centred, fixed, weight) if fixed.size else None
        centre = (centred * weight[:, None]).T @ centred
        if given is not None:
            centre -= (given * weight[:, None]).T @ given
        found.append(Deviations(centred, given, centre / weight.sum(), weight, evidence.layout.mean_structure))
    return tuple(found)


def _given(centred: Array, fixed: Indices, weight: Array) -> Array:
    """Return the regression of each row on the fixed covariates, which stand for themselves."""
    x = centred[:, fixed]
    weighted = x * weight[:, None]
    found = x @ np.linalg.solve(weighted.T @ x, weighted.T @ centred)
    found[:, fixed] = x
    return np.asarray(found)


def along_parameters(evidence: Evidence, group: int, deviation: Deviations) -> Array:
    """Return `Delta'Vd` of the rows of one group, `(k, n_free)`, V the weight matrix of the fitting function."""
    slope = evidence.slope
    if not of_normal_theory(evidence):
        jacobian = moment_jacobian(evidence.layout, slope)[group]
        pulls = weight_of_moments(evidence, group) @ jacobian
        return np.concatenate([block @ pulls for block in deviation.blocks()])
    mean = None if slope.mean is None else slope.mean[group]
    by_cell = deviation.along(slope.left[group], slope.right[group], mean, evidence.local.weight[group])
    return gather_group(evidence.layout, group, by_cell)


def of_normal_theory(evidence: Evidence) -> bool:
    """Tell whether the weight matrix of the fitting function is a product of p x p matrices."""
    return evidence.discrepancy.name in ("ml", "gls")


def weight_of_moments(evidence: Evidence, group: int) -> Array:
    """Write out the weight matrix of the fitting function for one group, `(m, m)`."""
    if evidence.moments.weight is not None:
        return np.asarray(evidence.moments.weight[group])
    means, weight = evidence.layout.mean_structure, evidence.local.weight[group]
    if of_normal_theory(evidence):
        return normal_weight(weight, means)
    p = weight.shape[0]
    return np.eye(p * (p + 1) // 2 + (p if means else 0))


def normal_weight(weight: Array, means: bool) -> Array:
    """Write out the weight matrix of normal theory, `(m, m)`, for the inverse W `(p, p)` of a covariance matrix.

    Notes
    -----
    Browne (1974): `D'(W (x) W)D / 2` over the lower triangle, with W in front for the means.
    """
    p = weight.shape[0]
    i, j = lower_triangle(p)
    half = np.where(i == j, 0.5, 1.0)
    first, second = weight[i], weight[j]
    found = (first[:, i] * second[:, j] + first[:, j] * second[:, i]) * np.outer(half, half)
    if not means:
        return np.asarray(found)
    whole = np.zeros((p + i.size, p + i.size))
    whole[:p, :p] = weight
    whole[p:, p:] = found
    return whole
