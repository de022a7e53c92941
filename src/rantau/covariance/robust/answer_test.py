"""What the tests of a structure of ordered answers rest on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.evidence import Evidence
from rantau.covariance.robust.answers import spread_in, weigh
from rantau.covariance.standard_errors import inverse_information

#: How many rows of a large matrix are met at once, so that what is made of them stays near the processor.
_ROWS = 64


class AnswerGroup(NamedTuple):
    """One group, less the moments that are fitted exactly and the parameters that do nothing else.

    Attributes
    ----------
    share
        Of the rows.
    kept
        `(m,)`: which moments are not fitted exactly.
    weight
        `(m, m)` or `(m,)`: V; nought for moments that are not kept.
    jacobian
        `(m, k)`: Delta.
    spread
        `(m, m)`: Gamma, the covariance of the moments.
    through
        `(m, k)`: `Gamma V Delta`.
    """

    share: float
    kept: Mask
    weight: Array
    jacobian: Array
    spread: Array
    through: Array


class AnswerGroups(NamedTuple):
    """All groups, with what they say together of the parameters.

    Attributes
    ----------
    groups
        One by one.
    inverse
        `(k, k)`: `(Delta'V Delta)^-1`.
    pulls
        `(k, k)`: `Delta'V Gamma V Delta`.
    """

    groups: tuple[AnswerGroup, ...]
    inverse: Array
    pulls: Array


def answer_groups(evidence: Evidence) -> AnswerGroups:
    """Gather what the test of a structure rests on.

    Parameters
    ----------
    evidence
        A structure of ordered answers at its estimates by weighted least squares.

    Returns
    -------
    AnswerGroups
        Where weights are a diagonal, a moment with a parameter of its own, as thresholds mostly are, is fitted exactly
        whatever the others do: moment and parameter are left out, as by Frisch & Waugh (1933).
    """
    jacobian = evidence.jacobian
    if evidence.directions.shape[0] != evidence.directions.shape[1]:
        jacobian = jacobian @ evidence.directions
    weight, spread = weight_of(evidence.moments), spread_in(evidence.moments)
    kept = np.ones(jacobian.shape[:2], dtype=bool)
    if weight.ndim == 2:
        alone = np.flatnonzero(np.count_nonzero(jacobian, axis=(0, 1)) == 1)
        moment = (jacobian[..., alone] != 0).reshape(kept.size, alone.size).argmax(axis=0)
        moment, first = np.unique(moment, return_index=True)
        kept.ravel()[moment] = False
        jacobian = np.delete(jacobian, alone[first], axis=-1)
        weight = np.where(kept, weight, 0.0)
    groups, size = [], jacobian.shape[-1]
    information, pulls = np.zeros((size, size)), np.zeros((size, size))
    for group, share in enumerate(evidence.shares):
        pulled = weigh(weight[group], jacobian[group])
        through = spread[group] @ pulled
        information += share * (jacobian[group].T @ pulled)
        pulls += share * (pulled.T @ through)
        groups.append(AnswerGroup(float(share), kept[group], weight[group], jacobian[group], spread[group], through))
    return AnswerGroups(tuple(groups), inverse_information(information, np.eye(size)), pulls)


def answer_traces(evidence: Evidence) -> tuple[float, float]:
    """Return `tr(U Gamma)` and `tr(U Gamma U Gamma)`.

    Notes
    -----
    Muthén (1993), eq. 26 and 27; Satorra & Bentler (1994), eq. 16.9: `U = V - V Delta (Delta'V Delta)^-1 Delta'V`.
    """
    groups, inverse, pulls = answer_groups(evidence)
    within, among, between = 0.0, 0.0, np.zeros(inverse.shape)
    for one in groups:
        traces = _squares(one.weight, one.spread)
        within, among = within + traces[0], among + traces[1]
        between += one.share * (one.through.T @ weigh(one.weight, one.through))
    middle = inverse @ pulls
    first = within - float(np.trace(middle))
    second = among - 2 * float((inverse * between).sum()) + float((middle * middle.T).sum())
    return first, second


def _squares(weight: Array, spread: Array) -> tuple[float, float]:
    """Return `tr(V Gamma)` and `tr(V Gamma V Gamma)`."""
    if weight.ndim == 2:
        product = weight @ spread
        return float(np.trace(product)), float((product * product.T).sum())
    among = sum(float(weight[rows] @ (spread[rows] ** 2 @ weight)) for rows in row_blocks(weight.size))
    return float(weight @ spread.diagonal()), among


def row_blocks(size: int) -> tuple[slice, ...]:
    """Cut the rows of a large matrix into blocks."""
    return tuple(slice(start, start + _ROWS) for start in range(0, size, _ROWS))
