"""Respondents who got a question wrong that told them what to answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array, Cells
from rantau.errors import ScreeningError, unknown
from rantau.survey.instrument import AttentionCheck
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings
from rantau.survey.text import token

_NOTHING = ("", "nan", "none", "<na>", "nat")


def wrong_answers(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows with at least as many wrong answers to attention checks as the limit.

    The checks are those of the instrument that have a column among the answers, and those named in the settings. A
    check without an answer is not counted as wrong: who left it out left it out, which is what `missing` looks at.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is a number of wrong answers; `attention` names further columns and their right answers.

    Returns
    -------
    Evidence
        The index is the number of wrong answers; NaN where no check was answered.

    Raises
    ------
    ScreeningError
        If there is no attention check, or a column named for one is not there.

    Source
    ------
    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods, 17(3),
    437-455: instructed-response items.
    """
    verdicts = list(_verdicts(responses, settings))
    if not verdicts:
        raise ScreeningError(
            f"{responses.source or 'data'}: there is no attention check. Declare [[attention_checks]] in the "
            "instrument, or name columns and right answers: attention={'CHECK1': 4}."
        )
    table = np.column_stack(verdicts)
    answered = ~np.isnan(table).all(axis=1)
    wrong = np.where(answered, np.nansum(table, axis=1), np.nan)
    return Evidence(wrong, wrong >= settings.limit)


def _verdicts(responses: Responses, settings: Settings) -> Iterator[Array]:
    """Yield for each check 1 where it was answered wrong, 0 where right, NaN where not at all."""
    named = dict(settings.attention)
    for check in responses.survey.attention_checks:
        if check.code in responses.extras_names and check.code not in named:
            cells = responses.extras[:, responses.extras_names.index(check.code)]
            yield _verdict(cells, _right(check), {token(code) for code in check.missing})
    for name, answer in named.items():
        if name in responses.columns:
            cells = responses.raw[:, responses.columns.index(name)]
        elif name in responses.extras_names:
            cells = responses.extras[:, responses.extras_names.index(name)]
        else:
            known = (*responses.extras_names, *responses.columns)
            raise ScreeningError(unknown("attention check", name, known, where=responses.source))
        yield _verdict(cells, {token(answer)}, set())


def _right(check: AttentionCheck) -> set[str]:
    labels = {label for label, point in check.scale.meanings if point == check.answer}
    return {str(check.answer), *labels}


def _verdict(cells: Cells, right: set[str], missing: set[str]) -> Array:
    known: dict[object, float] = {}
    found = np.empty(len(cells))
    for row, cell in enumerate(cells):
        key = cell if isinstance(cell, str | int) else str(cell)
        if key not in known:
            text = token(str(key))
            known[key] = np.nan if text in _NOTHING or text in missing else float(text not in right)
        found[row] = known[key]
    return found


ROW = Rule(
    name="attention",
    label="Attention checks answered wrong: <limit> or more",
    source="Meade & Craig (2012)",
    function=wrong_answers,
    limit=Limit(1, 1, 1000),
    usual=True,
)
