"""Respondents who were faster than anybody reads."""

from __future__ import annotations

from rantau.survey.durations import durations
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings


def too_fast(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows in which an item took fewer seconds than the limit, on average.

    Parameters
    ----------
    responses
        The answers; among their extras is a duration in seconds, or a beginning and an end.
    settings
        The limit in seconds per item; `duration` names the column.

    Returns
    -------
    Evidence
        The index is the seconds per item; NaN where the file does not say.

    Raises
    ------
    ScreeningError
        If no column says how long respondents took.

    Source
    ------
    Huang, J. L., Curran, P. G., Keeney, J., Poposki, E. M., & DeShon, R. P. (2012). Detecting and deterring
    insufficient effort responding to surveys. Journal of Business and Psychology, 27(1), 99-114. Two seconds.
    """
    index = durations(responses, settings.duration) / len(responses.columns)
    return Evidence(index, index < settings.limit)


ROW = Rule(
    name="speed",
    label="Less than <limit> seconds per item",
    source="Huang, Curran, Keeney, Poposki & DeShon (2012)",
    function=too_fast,
    limit=Limit(2.0, 0, 3600),
    usual=True,
)
