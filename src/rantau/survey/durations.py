"""How long respondents took, from the columns in which form tools note it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from rantau.arrays import Array
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
        `(n,)`; NaN where a cell holds no number or no time, and where it would be below 0: a code for no answer, or an
        end before the beginning.

    Raises
    ------
    ScreeningError
        If there is no such column, none is known, or nothing can be read of it.
    """
    names = {token(name): place for place, name in enumerate(responses.extras_names)}
    if column and token(column) not in names:
        raise ScreeningError(unknown("duration column", column, responses.extras_names, where=responses.source))
    for name in (token(column),) if column else SECONDS:
        if name in names:
            place = names[name]
            found = np.array([_seconds(cell) for cell in responses.extras[:, place]], dtype=float)
            return _known(found, responses, f"'{responses.extras_names[place]}' holds no number of seconds")
    for begin, end in SPANS:
        if begin in names and end in names:
            pairs = zip(responses.extras[:, names[begin]], responses.extras[:, names[end]], strict=True)
            found = np.array([_between(_moment(first), _moment(last)) for first, last in pairs], dtype=float)
            told = f"'{begin}' and '{end}' hold no dates and times such as 2026-03-01 10:00:00"
            return _known(found, responses, told)
    raise ScreeningError(
        f"{responses.source or 'data'}: speed needs a column that says how long respondents took, and none is known by "
        "its name. Name it, in seconds: duration='...'."
    )


def _known(seconds: Array, responses: Responses, told: str) -> Array:
    """Take out what is below nought, a code or a clock that was set, and refuse a column that says nothing at all."""
    found = np.where(seconds >= 0, seconds, np.nan)
    if len(found) and np.isnan(found).all():
        raise ScreeningError(f"{responses.source or 'data'}: speed needs to know how long respondents took: {told}.")
    return found


def _seconds(cell: object) -> float:
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    try:
        found = float(str(cell).strip().replace(",", "."))
    except ValueError:
        return np.nan
    return found if np.isfinite(found) else np.nan


def _moment(cell: object) -> datetime | None:
    # pandas' NaT is a datetime that differs from itself.
    if isinstance(cell, datetime) and cell == cell:  # noqa: PLR0124
        return cell
    try:
        return datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None


def _between(begin: datetime | None, end: datetime | None) -> float:
    """Return the seconds between two moments; one without a zone is taken to be in that of its partner."""
    if begin is None or end is None:
        return np.nan
    begin = begin if begin.tzinfo else begin.replace(tzinfo=end.tzinfo)
    end = end if end.tzinfo else end.replace(tzinfo=begin.tzinfo)
    return (end - begin).total_seconds()
