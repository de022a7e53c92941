"""Respondents who answer items of opposite meaning alike."""

from __future__ import annotations

from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings
from rantau.survey.screens.synonyms import pair_consistency


def alike_antonyms(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows in which the answers to psychometric antonyms correlate positively.

    Antonyms are the pairs of items, as entered, whose correlation over all rows is below the limit. Within a row,
    the first items of the pairs are correlated with the second ones.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is the correlation below which two items count as antonyms.

    Returns
    -------
    Evidence
        The index is the correlation within the row; NaN for fewer than three pairs, or where a side does not vary.

    Raises
    ------
    ScreeningError
        If fewer than three pairs of items correlate that negatively.

    Source
    ------
    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods, 17(3),
    437-455. Pairs below -.60.
    """
    index = pair_consistency(responses, settings.limit, opposite=True)
    return Evidence(index, index > 0)


ROW = Rule(
    name="antonyms",
    label="Like answers to items that correlate below <limit>",
    source="Meade & Craig (2012)",
    function=alike_antonyms,
    limit=Limit(-0.6, -1, -0.05),
)
