"""Answers that came in twice."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Mask
from rantau.survey.responses import Responses
from rantau.survey.rule import Rule


def repeated(responses: Responses) -> Mask:
    """Flag rows whose answers to all items equal those of an earlier row.

    The first of equal rows is not flagged, so that leaving out the flagged ones keeps one of each. Gaps must
    match too; rows without any answer are left to the rule `missing`. With few items and points, respondents
    may well agree by chance.

    Parameters
    ----------
    responses
        The answers.

    Returns
    -------
    Mask
        `(n,)`.

    Source
    ------
    Kuriakose, N., & Robbins, M. (2016). Don't get duped: Fraud through duplication in public opinion surveys.
    Statistical Journal of the IAOS, 32(3), 283-291.
    """
    gaps = np.isnan(responses.values)
    # NaN differs from itself; infinity is never an answer and equals itself.
    comparable = np.where(gaps, np.inf, responses.values)
    _, first = np.unique(comparable, axis=0, return_index=True)
    flagged = np.ones(responses.n_obs, dtype=np.bool_)
    flagged[first] = False
    return flagged & ~gaps.all(axis=1)


ROW = Rule(
    name="duplicate",
    label="The same answers to all items as an earlier row",
    source="Kuriakose & Robbins (2016)",
    function=repeated,
)
