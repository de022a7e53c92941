"""Respondents who gave the same answer over and over."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Indices, Mask
from rantau.survey.responses import Responses
from rantau.survey.rule import Rule


def longest_run(responses: Responses) -> Indices:
    """Count the longest run of identical answers in each row.

    The answers are those entered, before reverse-coding, in the order of the file's columns: that must be the
    order in which the questions were shown. A missing answer ends a run.

    Parameters
    ----------
    responses
        The answers.

    Returns
    -------
    Indices
        `(n,)`; 0 for a row without answers.
    """
    entered = responses.as_entered
    longest = np.zeros(responses.n_obs, dtype=np.intp)
    run = np.zeros(responses.n_obs, dtype=np.intp)
    previous = np.full(responses.n_obs, np.nan)
    for answers in entered.T:
        run = np.where(np.isnan(answers), 0, np.where(answers == previous, run + 1, 1))
        longest = np.maximum(longest, run)
        previous = answers
    return longest


def straightlining(responses: Responses) -> Mask:
    """Flag rows whose longest run of identical answers is longer than half of the items.

    There is no universal limit; half of the items is the rule of thumb of the source. A run has at least two
    answers.

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
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology, 66, 4-19.
    """
    longest = longest_run(responses)
    return np.asarray((longest > len(responses.columns) / 2) & (longest > 1))


ROW = Rule(
    name="longstring",
    label="The same answer to more than half of the items in a row",
    source="Curran (2016)",
    function=straightlining,
)
