"""Respondents who got a question wrong that told them what to answer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array, Cells
from rantau.errors import ScreeningError, unknown
from rantau.survey.checks import check_answers
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings
from rantau.survey.text import NOTHING, token


def wrong_answers(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows with at least as many wrong answers to attention checks as the limit.

    The checks are those of the instrument that have a column among the answers, whose cells are read as those of items
    are, and those named in the settings. A check without an answer is not counted as wrong: who left it out left it
    out, which is what `missing` looks at.

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
        If there is no attention check, a column named for one is not there, or none of its cells is an answer.

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
            points, wrong = check_answers(check, responses)
            if np.isnan(points).all() and not np.isnan(wrong).all():
                raise ScreeningError(
                    f"{responses.source or 'data'}: no cell of the attention check '{check.code}' is an answer of its "
                    f"scale, {check.scale.minimum} to {check.scale.maximum} or its labels. Declare in the instrument "
                    "what these cells mean."
                )
            yield wrong
    for name, answer in named.items():
        if name in responses.columns:
            yield _of_item(responses, name, answer)
        elif name in responses.extras_names:
            yield _verdict(responses.extras[:, responses.extras_names.index(name)], answer)
        else:
            known = (*responses.extras_names, *responses.columns)
            raise ScreeningError(unknown("attention check", name, known, where=responses.source))


def _of_item(responses: Responses, name: str, answer: str) -> Array:
    """Return the verdict on an item that serves as a check: its right answer is a point of its scale, or a label."""
    item, place = responses.survey.item(name), responses.columns.index(name)
    points = {str(point): point for point in range(item.scale.minimum, item.scale.maximum + 1)}
    right = {**points, **dict(item.scale.meanings)}.get(token(answer))
    if right is None:
        return _verdict(responses.raw[:, place], answer)
    entered = responses.entered()[:, place]
    return np.where(np.isnan(entered), np.nan, entered != right)


def _verdict(cells: Cells, right: str) -> Array:
    wanted, known = token(right), dict[str, float]()
    for cell in map(str, cells):
        if cell not in known:
            text = token(cell)
            known[cell] = np.nan if text in NOTHING else float(text != wanted)
    return np.array([known[str(cell)] for cell in cells])


ROW = Rule(
    name="attention",
    label="Attention checks answered wrong: <limit> or more",
    source="Meade & Craig (2012)",
    function=wrong_answers,
    limit=Limit(1, 1, 1000),
    usual=True,
)
