"""Respondents who left many items unanswered."""

from __future__ import annotations

import numpy as np

from rantau.survey.portions import portions
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings


def many_missing(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows in which a larger share of the items than the limit has no answer.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is a share of the items.

    Returns
    -------
    Evidence
        The index is the share without an answer.

    Source
    ------
    Hair, J. F., Hult, G. T. M., Ringle, C. M., & Sarstedt, M. (2022). A primer on partial least squares
    structural equation modeling (PLS-SEM) (3rd ed.), ch. 2. Sage. More than 15 %.
    """
    share = np.empty(responses.n_obs)
    for rows in portions(responses.n_obs):
        share[rows] = np.isnan(responses.values[rows]).sum(axis=1) / len(responses.columns)
    return Evidence(share, share > settings.limit)


ROW = Rule(
    name="missing",
    label="More than <limit> of the items unanswered",
    source="Hair, Hult, Ringle & Sarstedt (2022)",
    function=many_missing,
    limit=Limit(0.15, 0, 1, "share"),
    usual=True,
)
