"""How the moments of ordered answers vary, carried over to the parameters and to the test of the model."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian


class AnswerGroup(NamedTuple):
    """One group: its share of the rows; its weights, `(m, m)` or `(m,)`; V Delta; the covariance of the moments."""

    share: float
    weight: Array
    pulls: Array
    spread: Array

    def weigh(self, matrix: Array) -> Array:
        """Return `V matrix`, `(m, k)`."""
        return self.weight[:, None] * matrix if self.weight.ndim == 1 else self.weight @ matrix


def answer_groups(evidence: Evidence) -> tuple[AnswerGroup, ...]:
    """Gather what sandwiches and traces are made of, group by group."""
    moments = evidence.moments
    weight, spread = weight_of(moments), moments.spread
    if spread is None:
        raise ValueError("these moments came without their covariance matrix")
    jacobian = moment_jacobian(evidence.layout, evidence.slope)
    found = []
    for group, share in enumerate(evidence.shares):
        one = AnswerGroup(float(share), weight[group], jacobian[group], spread[group])
        found.append(one._replace(pulls=one.weigh(jacobian[group])))
    return tuple(found)


def spread_of_answers(evidence: Evidence) -> Array:
    """Return `Delta'V Gamma V Delta`, `(n_free, n_free)` (Muthén, du Toit & Spisic, 1997, eq. 29)."""
    found = np.zeros((evidence.theta.size,) * 2)
    for one in answer_groups(evidence):
        found += one.share * (one.pulls.T @ one.spread @ one.pulls)
    return (found + found.T) / 2


def answer_traces(evidence: Evidence, inverse: Array) -> tuple[float, float]:
    """Return `tr(U Gamma)` and `tr(U Gamma U Gamma)`; the inverse `(n_free, n_free)` is that of the information.

    Notes
    -----
    Muthén (1993), eq. 26 and 27; Satorra & Bentler (1994), eq. 16.9: `U = V - V Delta (Delta'V Delta)^-1 Delta'V`.
    """
    within, among = 0.0, 0.0
    pulls, between = np.zeros(inverse.shape), np.zeros(inverse.shape)
    for one in answer_groups(evidence):
        product = one.weigh(one.spread)
        through = one.spread @ one.pulls
        within += float(np.trace(product))
        among += float((product * product.T).sum())
        pulls += one.share * (one.pulls.T @ through)
        between += one.share * (through.T @ one.weigh(through))
    middle = inverse @ pulls
    first = within - float(np.trace(middle))
    second = among - 2 * float((inverse * between).sum()) + float((middle * middle.T).sum())
    return first, second
