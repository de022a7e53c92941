"""How the moments of ordered answers vary, carried over to the parameters."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, symmetric
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.evidence import Evidence
from rantau.moments.grouped import GroupMoments


def spread_of_answers(evidence: Evidence) -> Array:
    """Return `Delta'V Gamma V Delta`, `(n_free, n_free)` (Muthén, du Toit & Spisic, 1997, eq. 29)."""
    found = np.zeros((evidence.theta.size,) * 2)
    jacobian, weight = evidence.jacobian, weight_of(evidence.moments)
    for group, spread in enumerate(spread_in(evidence.moments)):
        pulled = weigh(weight[group], jacobian[group])
        found += evidence.shares[group] * _across(pulled, _across(pulled, spread).T)
    return symmetric(found)


def _across(columns: Array, matrix: Array) -> Array:
    """Return `columns' matrix`; a column with one entry, as thresholds have, takes one row of the matrix."""
    alone = np.count_nonzero(columns, axis=0) == 1
    at = (columns[:, alone] != 0).argmax(axis=0)
    found = np.empty((columns.shape[1], matrix.shape[1]))
    found[alone] = columns[at, alone][:, None] * matrix[at]
    found[~alone] = columns[:, ~alone].T @ matrix
    return found


def spread_in(moments: GroupMoments) -> Array:
    """Return the covariance matrices of the moments, `(G, m, m)`."""
    if moments.spread is None:
        raise ValueError("these moments came without their covariance matrix")
    return moments.spread


def weigh(weight: Array, matrix: Array) -> Array:
    """Return `V matrix`, `(m, k)`, with the weights V, `(m, m)` or `(m,)`."""
    return weight[:, None] * matrix if weight.ndim == 1 else weight @ matrix
