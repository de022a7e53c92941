"""Respondents who gave the same answer over and over."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.survey.portions import portions, presented
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings


def longest_run(responses: Responses) -> Indices:
    """Count the longest run of identical answers in each row.

    The answers are those entered, before reverse-coding, in the order in which the questions were shown: the
    instrument's, or else that of the file's columns. A missing answer ends a run.

    Parameters
    ----------
    responses
        The answers.

    Returns
    -------
    Indices
        `(n,)`; 0 for a row without answers.
    """
    order = presented(responses)
    longest = np.zeros(responses.n_obs, dtype=np.intp)
    for rows in portions(responses.n_obs):
        longest[rows] = _longest(responses.entered(rows)[:, order])
    return longest


def _longest(answers: Array) -> Indices:
    longest = np.zeros(len(answers), dtype=np.intp)
    run = np.zeros(len(answers), dtype=np.intp)
    previous = np.full(len(answers), np.nan)
    for column in answers.T:
        run = np.where(np.isnan(column), 0, np.where(column == previous, run + 1, 1))
        longest = np.maximum(longest, run)
        previous = column
    return longest


def straightlining(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows whose longest run of identical answers is longer than a share of the items.

    There is no universal limit; half of the items is the rule of thumb of the source. A run has at least two
    answers.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is a share of the items.

    Returns
    -------
    Evidence
        The index is the longest run.

    Source
    ------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology, 66, 4-19.
    """
    longest = longest_run(responses)
    return Evidence(longest.astype(float), (longest / len(responses.columns) > settings.limit) & (longest > 1))


ROW = Rule(
    name="longstring",
    label="The same answer to more than <limit> of the items in a row",
    source="Curran (2016)",
    function=straightlining,
    limit=Limit(0.5, 0, 1, "share"),
    usual=True,
)
