"""Respondents whom the survey is not for, by a question that asks whether it is."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Mask
from rantau.errors import ScreeningError, listing
from rantau.survey.instrument import Demographic
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Rule, Settings
from rantau.survey.text import NOTHING, token


def not_meant(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows that answer a screening question otherwise than the instrument declares eligible.

    Parameters
    ----------
    responses
        The answers; questions on the respondent with `eligible` categories are looked at.
    settings
        Not used: there is no limit.

    Returns
    -------
    Evidence
        The index is the number of questions answered so. Who leaves one out is not flagged: nothing is known of them.

    Raises
    ------
    ScreeningError
        If the instrument has no such question, none of them has a column, or no answer to one is a category.

    Source
    ------
    The population that the instrument declares.
    """
    asked = [one for one in responses.survey.demographics if one.eligible]
    found = [one for one in asked if one.code in responses.extras_names]
    where = responses.source or "data"
    if not found:
        why = (
            f"there is no column for '{asked[0].code}'"
            if asked
            else 'no question says whom the survey is for. Add `eligible`, such as eligible = ["yes"], to the one of '
            "[[demographics]] that asks it"
        )
        raise ScreeningError(f"{where}: {why}.")
    index = np.zeros(responses.n_obs)
    for question in found:
        index += _strange(responses, question)
    return Evidence(index, index > 0)


def _strange(responses: Responses, question: Demographic) -> Mask:
    meanings, missing = dict(question.meanings), {*NOTHING, *(token(code) for code in question.missing)}
    cells = [token(str(cell)) for cell in responses.extras[:, responses.extras_names.index(question.code)]]
    given = [cell for cell in cells if cell not in missing]
    if given and not any(cell in meanings for cell in given):
        raise ScreeningError(
            f"{responses.source or 'data'}: no answer to '{question.code}' is one of its categories "
            f"({listing(each.code for each in question.categories)}), such as '{given[0]}'. Declare in the instrument "
            "what these cells mean."
        )
    return np.array([cell not in missing and meanings.get(cell) not in question.eligible for cell in cells])


ROW = Rule(
    name="eligibility",
    label="Not among those whom the survey is for",
    source="The population that the instrument declares",
    function=not_meant,
    usual=True,
)
