"""A fitted model with further parameters, all at the values that the fit gives them: their slopes and information.

Modification indices, score tests and expected changes are read off here; nothing is estimated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import gradient, moment_jacobian, slopes
from rantau.covariance.layout import Layout, rescale
from rantau.covariance.robust.deviations import of_normal_theory
from rantau.covariance.setting import Setting
from rantau.covariance.start import layout_for, units
from rantau.model.parameters import Parameter, ParameterTable
from rantau.moments.grouped import GroupMoments

#: Where a fit does not determine this share of a direction's information, the direction is not identified.
UNIDENTIFIED = 1e-8
#: The same where what is left does not come from a difference of Hessians, which is as exact as their condition.
UNIDENTIFIED_EXACTLY = 1e-16
#: A share below this is looked at again in that way.
DOUBTFUL = 1e-6
#: How many further parameters are looked at together, at least.
TOGETHER = 200


class Further(NamedTuple):
    """One parameter beside those of a fit, named as in a table; groups are counted from 1."""

    lhs: str
    op: str
    rhs: str
    group: int


class Wider(NamedTuple):
    """The layout of a fit with further free parameters, in standard units.

    Attributes
    ----------
    table, layout
        The parameters of the fit come first.
    scale
        `(n_free,)`: a parameter in the units of the data times this is one in standard units.
    n_own
        How many parameters the fit has.
    """

    table: ParameterTable
    layout: Layout
    scale: Array
    n_own: int

    def parts(self) -> Iterator[tuple[Layout, Indices]]:
        """Cut into layouts with the fit's own parameters and some of the further ones, and say which ones those are.

        All pairs of parameters in a layout cost time, and of the further ones no pairs are wanted.
        """
        own = np.flatnonzero((self.layout.place < self.n_own).all(axis=0))
        more = np.flatnonzero((self.layout.place >= self.n_own).any(axis=0))
        size = max(self.n_own, TOGETHER)
        for begin in range(0, more.size, size):
            cells = np.concatenate([own, more[begin : begin + size]])
            place = self.layout.place[:, cells]
            further = np.unique(place[place >= self.n_own])
            renumbered = np.where(place >= self.n_own, self.n_own + np.searchsorted(further, place), place)
            answers = self.layout.cells.latent_answers
            some = self.layout.cells.replace(
                n_free=self.n_own + further.size, kind=self.layout.kind[cells], row=self.layout.row[cells],
                column=self.layout.column[cells], place=renumbered,
                latent_answers=None if answers is None else answers.replace(first=answers.first[cells]),
            )  # fmt: skip
            part = Layout(some, self.layout.base[..., cells], self.layout.factor[:, cells])
            yield part, further - self.n_own


def widen(table: ParameterTable, further: Iterable[Further], setting: Setting, moments: GroupMoments) -> Wider:
    """Set further parameters free beside those of a table; one of them may be a parameter that the table has.

    Parameters
    ----------
    table
        Of the fit.
    further
        Each gets a place of its own, in this order.
    setting
        Where the fit was found.
    moments
        Of the sample.

    Returns
    -------
    Wider
        Where a parameter stands beside one of the same name, it is a change of that cell alone.
    """
    further = tuple(further)
    names = tuple(dict.fromkeys(one[:3] for one in further))
    places = {one: table.n_free + place for place, one in enumerate(further)}
    cells = len(table.rows) // table.n_groups
    rows: list[Parameter] = []
    for group in range(1, table.n_groups + 1):
        rows += table.rows[(group - 1) * cells : group * cells]
        for lhs, op, rhs in names:
            free = places.get(Further(lhs, op, rhs, group), -1)
            nothing = np.nan if free >= 0 else 0.0
            rows.append(Parameter(lhs, op, rhs, group, free, nothing, np.nan, "", False, False))
    more = table.replace(rows=tuple(rows), n_free=table.n_free + len(further))
    layout, scale = rescale(layout_for(more, moments), units(table, setting.deviation))
    return Wider(more, layout, scale, table.n_free)


def slope_and_information(evidence: Evidence, layout: Layout) -> tuple[Array, Array]:
    """Return the gradient and the expected Hessian of the discrepancy by the parameters of a wider layout.

    Parameters
    ----------
    evidence
        The fit.
    layout
        `n_free` parameters, all at the values that the fit gives them.

    Returns
    -------
    tuple
        `(n_free,)` and `(n_free, n_free)`.
    """
    slope = slopes(layout, evidence.implied)
    local = bent = evidence.local
    moments = evidence.moments
    if not np.array_equal(evidence.shares * evidence.n_obs, moments.n):
        # Groups weigh in the information of the fit by their rows, and its further parts must be of one piece with it.
        moments = moments.replace(n=evidence.shares * evidence.n_obs)
        bent = evidence.discrepancy.function(evidence.implied, moments)
    second = evidence.discrepancy.second(layout, evidence.implied, slope, moments, bent, False)
    return gradient(layout, slope, local.by_sigma, local.by_mu), second.expected


def whitened(hessian: Array, directions: Array) -> Array:
    """Return directions `(n, k)` turned and scaled so that the Hessian is the identity along them.

    A direction along which the Hessian is nought is left out.
    """
    inner = directions.T @ hessian @ directions
    unit = np.sqrt(np.maximum(np.diag(inner), 1e-300))
    values, vectors = np.linalg.eigh(inner / np.outer(unit, unit))
    keep = values > 1e-12
    return np.asarray(directions @ (vectors[:, keep] / unit[:, None]) / np.sqrt(values[keep]))


def exactly_left(evidence: Evidence, layout: Layout, free: Array, ways: Array) -> Array | None:
    """Return what free directions leave to others of the expected Hessian, without a difference of large numbers.

    Parameters
    ----------
    evidence
        The fit.
    layout
        `n_free` parameters, all at the values that the fit gives them.
    free
        `(n_free, z)`: directions that are free.
    ways
        `(n_free, k)`: the others.

    Returns
    -------
    Array or None
        `(k, k)`; None where the weights of the moments are no products of `p x p` matrices, or rows have gaps.

    Notes
    -----
    With C'C the inverse of the implied covariances, the information on a parameter is the square of the length of its
    `C (d sigma) C'`. What others leave is the square of the distance from them (Björck, 1996, section 2.4), right to
    the last digits also where items are nearly the same.
    """
    if evidence.moments.patterns is not None or not of_normal_theory(evidence):
        return None
    directions = np.concatenate([free, ways], axis=1)
    moved = moment_jacobian(layout, slopes(layout, evidence.implied)) @ directions
    p, means = evidence.layout.n_observed, evidence.layout.mean_structure
    i, j = lower_triangle(p)
    found = []
    for share, weight, columns in zip(evidence.shares, evidence.local.weight, moved, strict=True):
        root = np.linalg.cholesky(weight).T
        square = np.zeros((directions.shape[1], p, p))
        square[:, i, j] = square[:, j, i] = columns[p if means else 0 :].T
        # Half the sum of squares of a symmetric matrix, twice as in the Hessian.
        found.append(np.sqrt(share) * (root @ square @ root.T).reshape(len(square), p * p))
        if means:
            found.append(np.sqrt(2 * share) * columns[:p].T @ root.T)
    rows = np.concatenate(found, axis=1)
    basis = np.linalg.qr(rows[: free.shape[1]].T)[0]
    rest = rows[free.shape[1] :].T
    for _ in range(2):
        rest = rest - basis @ (basis.T @ rest)
    return np.asarray(rest.T @ rest)
