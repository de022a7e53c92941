"""Answers that came in twice."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Indices
from rantau.survey.portions import portions
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Rule, Settings

#: Odd multipliers by which answers become one number per row; equal rows get equal numbers.
_MIX = np.uint64(0x9E3779B97F4A7C15)


def repeated(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows whose answers to all items equal those of an earlier row.

    The first of equal rows is not flagged, so that leaving out the flagged ones keeps one of each. Gaps must
    match too; rows without any answer are left to the rule `missing`. With few items and points, respondents
    may well agree by chance.

    Parameters
    ----------
    responses
        The answers.
    settings
        Not used: there is no limit.

    Returns
    -------
    Evidence
        The index is how many earlier rows are the same.

    Source
    ------
    Kuriakose, N., & Robbins, M. (2016). Don't get duped: Fraud through duplication in public opinion surveys.
    Statistical Journal of the IAOS, 32(3), 283-291.
    """
    index = np.zeros(responses.n_obs)
    _, which, sizes = np.unique(_marks(responses), return_inverse=True, return_counts=True)
    suspects = np.flatnonzero(sizes[which.ravel()] > 1)
    if len(suspects):
        index[suspects] = _earlier(responses, suspects)
    return Evidence(index, index > 0)


def _marks(responses: Responses) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return one number per row, the same for the same answers."""
    marks = np.zeros(responses.n_obs, dtype=np.uint64)
    for rows in portions(responses.n_obs):
        for column in np.nan_to_num(responses.values[rows], nan=np.inf).T + 0.0:
            with np.errstate(over="ignore"):
                marks[rows] = (marks[rows] ^ column.view(np.uint64)) * _MIX
            marks[rows] ^= marks[rows] >> np.uint64(29)
    return marks


def _earlier(responses: Responses, suspects: Indices) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Count, for rows that may be copies, the earlier rows with truly the same answers."""
    seen: dict[bytes, int] = {}
    earlier = np.zeros(len(suspects))
    for place, row in enumerate(suspects):
        answers = responses.values[row]
        if np.isnan(answers).all():
            continue
        key = (np.nan_to_num(answers, nan=np.inf) + 0.0).tobytes()
        earlier[place] = seen.get(key, 0)
        seen[key] = seen.get(key, 0) + 1
    return earlier


ROW = Rule(
    name="duplicate",
    label="The same answers to all items as an earlier row",
    source="Kuriakose & Robbins (2016)",
    function=repeated,
    usual=True,
)
