"""How long respondents took, from the columns in which form tools note it."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from rantau.arrays import Array, Cells
from rantau.errors import ScreeningError, unknown
from rantau.survey.responses import Responses
from rantau.survey.text import token

#: Columns of seconds: Qualtrics; LimeSurvey by code and by question.
SECONDS = ("duration (in seconds)", "interviewtime", "total time")
#: Columns of a beginning and an end: Kobo and ODK; LimeSurvey; Qualtrics.
SPANS = (("start", "end"), ("startdate", "submitdate"), ("startdate", "datestamp"), ("startdate", "enddate"))


def durations(responses: Responses, column: str = "") -> Array:
    """Return how many seconds each respondent took.

    Parameters
    ----------
    responses
        The answers.
    column
        The column of seconds; empty to look for one that form tools are known to write.

    Returns
    -------
    Array
        `(n,)`; NaN where a cell holds no number or no time.

    Raises
    ------
    ScreeningError
        If there is no such column, or none is known.
    """
    names = {token(name): place for place, name in enumerate(responses.extras_names)}
    if column:
        if token(column) not in names:
            raise ScreeningError(unknown("duration column", column, responses.extras_names, where=responses.source))
        return _seconds(responses.extras[:, names[token(column)]])
    for name in SECONDS:
        if name in names:
            return _seconds(responses.extras[:, names[name]])
    for begin, end in SPANS:
        if begin in names and end in names:
            return _moments(responses.extras[:, names[end]]) - _moments(responses.extras[:, names[begin]])
    raise ScreeningError(
        f"{responses.source or 'data'}: speed needs a column that says how long respondents took, and none is known by "
        "its name. Name it, in seconds: duration='...'."
    )


def _seconds(cells: Cells) -> Array:
    return np.array([_number(cell) for cell in cells], dtype=float)


def _number(cell: object) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    try:
        found = float(str(cell).strip().replace(",", "."))
    except ValueError:
        return np.nan
    return found if np.isfinite(found) else np.nan


def _moments(cells: Cells) -> Array:
    return np.array([_moment(cell) for cell in cells], dtype=float)


def _moment(cell: object) -> float:
    """Return a date and time in seconds; one without a zone is taken to be in that of its partner."""
    if isinstance(cell, datetime):
        when = cell
    else:
        try:
            when = datetime.fromisoformat(str(cell).strip())
        except ValueError:
            return np.nan
    return (when - datetime(1970, 1, 1, tzinfo=when.tzinfo)).total_seconds() - (
        offset.total_seconds() if (offset := when.utcoffset()) else 0.0
    )
