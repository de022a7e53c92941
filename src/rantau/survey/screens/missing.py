"""Respondents who left many items unanswered."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Mask
from rantau.survey.responses import Responses
from rantau.survey.rule import Rule

MOST_MISSING = 0.15


def many_missing(responses: Responses) -> Mask:
    """Flag rows in which more than 15 % of the items have no answer.

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
    Hair, J. F., Hult, G. T. M., Ringle, C. M., & Sarstedt, M. (2022). A primer on partial least squares
    structural equation modeling (PLS-SEM) (3rd ed.), ch. 2. Sage.
    """
    gaps = np.isnan(responses.values).sum(axis=1)
    return np.asarray(gaps / len(responses.columns) > MOST_MISSING)


ROW = Rule(
    name="missing",
    label="More than 15% of the items unanswered",
    source="Hair, Hult, Ringle & Sarstedt (2022)",
    function=many_missing,
)
