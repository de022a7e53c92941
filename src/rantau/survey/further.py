"""Columns of the answers that are no items, as numbers: a firm's age, a respondent's sex as 0 and 1."""

from __future__ import annotations

import re

import numpy as np

from rantau.arrays import Array
from rantau.errors import ResponseError, listing
from rantau.survey.instrument import Demographic, Survey
from rantau.survey.responses import Responses
from rantau.survey.text import token

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_MARKED = re.compile(r"[+-]?\d*[.,]\d+")
#: A number of which the mark may divide thousands as well as decimals.
_DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
#: Text that stands for no answer, in a column that no instrument describes.
_NOTHING = {"", "na", "nan", "none", "<na>"}


def further_numbers(responses: Responses, name: str) -> Array:
    """Return a column that is no item as numbers, so that a model can use it.

    Parameters
    ----------
    responses
        The answers.
    name
        One of `extras_names`: a question on the respondent, whose categories count by their codes, or a column that
        the instrument does not know.

    Returns
    -------
    Array
        `(n,)`; NaN where there is no answer.

    Raises
    ------
    ResponseError
        With the line of the file: for what is no number or lies out of its bounds, for categories whose codes are
        words, for questions of several answers or free text; for a column that the instrument does not know, if it
        holds what means no answer elsewhere in the survey.

    Examples
    --------
    >>> import rantau as rt
    >>> survey = rt.read_survey("surveys/personality/instrument.toml")
    >>> answers = rt.read_responses("surveys/personality/responses.csv", survey)
    >>> further_numbers(answers, "age")[:3].tolist()
    [16.0, 18.0, 17.0]
    """
    question = responses.survey.demographic(name)
    cells = [_text(cell) for cell in responses.extras[:, responses.extras_names.index(name)]]
    refuse_thousands(responses, name)
    if question is None:
        return _undeclared(responses, name, cells)
    if question.kind in ("several", "text"):
        what = "several answers" if question.kind == "several" else "free text"
        raise ResponseError(
            f"{responses.source}: '{name}' is a question with {what}, and a model takes numbers. Ask for one number or "
            "one category instead."
        )
    gaps = {*_NOTHING, *(token(code) for code in question.missing)}
    codes = _codes(responses, question) if question.kind == "one" else None
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if token(cell) in gaps:
            continue
        text = cell.strip() if codes is None else codes.get(token(cell), "")
        if not _NUMBER.fullmatch(text):
            raise _refusal(responses, name, row, "a number" if codes is None else "one of its categories")
        values[row] = float(text.replace(",", "."))
        if not question.allows(values[row]):
            raise _refusal(responses, name, row, f"a number {_bounds(question)}")
    return values


def _undeclared(responses: Responses, name: str, cells: list[str]) -> Array:
    survey = responses.survey
    gaps = {token(code) for item in survey.items for code in item.missing} - _NOTHING
    advice = (
        f'Declare it in {survey.file or "the instrument"}: [[demographics]] with code = "{name}", its wording, and '
        'kind = "number" or categories.'
    )
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if token(cell) in _NOTHING:
            continue
        if token(cell) in gaps:
            raise ResponseError(
                f"{responses.source}, line {responses.rows[row]}: column '{name}' holds '{cell}', which means no "
                f"answer in the items, and may be a number here. {advice}"
            )
        if not _NUMBER.fullmatch(cell.strip()):
            raise ResponseError(f"{_refusal(responses, name, row, 'a number')} {advice}")
        values[row] = float(cell.strip().replace(",", "."))
    return values


def declared_bounds(survey: Survey, name: str) -> tuple[float, float] | None:
    """Return the lowest and highest answer that an instrument allows to an item or a question on the respondent.

    Parameters
    ----------
    survey
        The instrument.
    name
        Of the item or question.

    Returns
    -------
    tuple or None
        None where the instrument does not know the name or declares no ends of it.

    Examples
    --------
    >>> import rantau as rt
    >>> declared_bounds(rt.read_survey("surveys/personality/instrument.toml"), "A1")
    (1.0, 6.0)
    """
    if name in survey.codes:
        scale = survey.item(name).scale
        return float(scale.minimum), float(scale.maximum)
    question = survey.demographic(name)
    if question is None:
        return None
    codes = [each.code.replace(",", ".") for each in question.categories if _NUMBER.fullmatch(each.code)]
    if question.kind == "one" and len(codes) == len(question.categories) > 1:
        return min(map(float, codes)), max(map(float, codes))
    low, high = question.minimum, question.maximum
    return None if low is None or high is None else (float(low), float(high))


def _codes(responses: Responses, question: Demographic) -> dict[str, str]:
    """Return the number of each category, by its code and labels in the form in which cells are compared."""
    words = [each.code for each in question.categories if not _NUMBER.fullmatch(each.code)]
    if words or not question.categories:
        language, example = responses.survey.languages[0], words[0] if words else "Yes"
        raise ResponseError(
            f"{responses.source}: '{question.code}' has categories that are no numbers ({listing(words, most=4)}), and "
            f"a model takes numbers. Give each category in {responses.survey.file or 'the instrument'} a number as its "
            f'code and the word as its label: {{ code = "1", label = {{ {language} = "{example}" }} }}, and code = "0" '
            "for the other. More than two categories without an order need a column of 0 and 1 each."
        )
    return dict(question.meanings)


def refuse_thousands(responses: Responses, name: str) -> None:
    """Refuse numbers such as 1.500 where no other number of the column says what the mark divides.

    Parameters
    ----------
    responses
        The answers.
    name
        One of `extras_names`.

    Raises
    ------
    ResponseError
        With the line of the first.
    """
    # What a workbook or SPSS holds as a number has no mark to be read.
    held = responses.extras[:, responses.extras_names.index(name)]
    marked = [row for row, cell in enumerate(held) if isinstance(cell, str) and _MARKED.fullmatch(cell.strip())]
    if marked and all(_DOUBTFUL.fullmatch(held[row].strip()) for row in marked):
        cell = held[marked[0]]
        raise ResponseError(
            f"{responses.source}, line {responses.rows[marked[0]]}: column '{name}': '{cell}' may be "
            f"{re.sub('[.,]', '', cell)} or {cell.replace(',', '.')}. Write thousands without a mark."
        )


def _refusal(responses: Responses, name: str, row: int, needed: str) -> ResponseError:
    cell = responses.extras[row, responses.extras_names.index(name)]
    return ResponseError(
        f"{responses.source}, line {responses.rows[row]}: column '{name}': a model needs {needed} here, got '{cell}'. "
        "Put it right, or leave the cell empty."
    )


def _bounds(question: Demographic) -> str:
    low, high = question.minimum, question.maximum
    if low is None or high is None:
        return f"of at least {low:g}" if high is None else f"of at most {high:g}"
    return f"from {low:g} to {high:g}"


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:.17g}" if isinstance(cell, float) else str(cell)
