"""rt.profile(): who answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.errors import OptionError, ResponseError, listing, unknown
from rantau.extras import require
from rantau.options import choose, one_text, several_names
from rantau.survey.further import refuse_thousands
from rantau.survey.instrument import Demographic
from rantau.survey.responses import Responses, need_responses
from rantau.survey.text import NOTHING, token

if TYPE_CHECKING:
    import pandas as pd

#: A column of the file that the instrument does not know is taken for one of categories up to so many of them.
MOST_CATEGORIES = 25
COLUMNS = ("question", "label", "category", "n", "share", "mean", "sd", "min", "max")


def profile(responses: Responses, columns: str | Sequence[str] | None = None, *, language: str = "") -> pd.DataFrame:
    """Describe who answered: how many gave each answer, or mean and spread of a number.

    Parameters
    ----------
    responses
        From `read_responses`, mostly what screening kept.
    columns
        Codes of questions on the respondent, or columns of the file that are not items; all questions of the
        instrument unless given.
    language
        Of the labels; the instrument's first unless given.

    Returns
    -------
    DataFrame
        A row per category, in the order of the instrument, those that nobody chose too, and one for answers that are
        missing; a row per number. Columns `question`, `label`, `category` (empty for a number), `n`, `share` (of those
        who answered; for missing answers of all rows), `mean`, `sd`, `min`, `max` (of numbers). Where several answers
        are allowed, shares may add up to more than 1.

    Raises
    ------
    OptionError
        If the instrument asks nothing on the respondent and no column is named.
    ResponseError
        If there is no such column, one has too many different answers to be a category, or in one of numbers a mark
        may divide thousands as well as decimals.

    Examples
    --------
    >>> import rantau as rt
    >>> survey = rt.read_survey("surveys/personality/instrument.toml")
    >>> who = profile(rt.read_responses("surveys/personality/responses.csv", survey))
    >>> who.loc[who["question"] == "gender", ["category", "n"]].values.tolist()
    [['Men', 919], ['Women', 1881]]
    """
    need_responses(responses, "profile")
    asked = {question.code: question for question in responses.survey.demographics}
    named = [code for code in asked if code in responses.extras_names] if columns is None else columns
    codes = several_names("columns", named, "age")
    if not codes:
        raise OptionError(
            "the instrument asks nothing on the respondent. Declare [[demographics]] in it, or name columns of the "
            f"file: {listing(responses.extras_names) or 'there are none but items'}."
        )
    if one_text("language", language):
        choose("language", language, dict.fromkeys((*responses.survey.languages, "en", "id")))
    rows: list[dict[str, Any]] = []
    for code in codes:
        if code not in responses.extras_names:
            raise ResponseError(unknown("column", code, responses.extras_names, where=responses.source))
        question = asked.get(code)
        if question is not None and question.kind == "number":
            refuse_thousands(responses, code)
        cells = list(responses.extras[:, responses.extras_names.index(code)])
        rows += _of_question(question, code, cells, language or responses.survey.languages[0])
    table: pd.DataFrame = require("pandas").DataFrame(rows, columns=list(COLUMNS))
    return table


def _of_question(question: Demographic | None, code: str, cells: list[object], language: str) -> list[dict[str, Any]]:
    missing = {*NOTHING, *(token(each) for each in (question.missing if question else ()))}
    texts = [token(_text(cell)) for cell in cells]
    given = [(text, cell) for text, cell in zip(texts, cells, strict=True) if text not in missing]
    label = question.label.text(language) if question is not None else code
    head = {"question": code, "label": label}
    if question is not None and question.kind == "number":
        rows = [{**head, "category": "", **_of_numbers([_number(cell) for _, cell in given])}]
    elif question is not None and question.kind == "text":
        rows = [{**head, "category": "", "n": len(given), "share": np.nan}]
    else:
        found = _of_categories(question, given, language, code)
        rows = [{**head, "category": name, "n": n, "share": n / len(given) if given else np.nan} for name, n in found]
    gone = len(cells) - len(given)
    if gone:
        rows.append({**head, "category": None, "n": gone, "share": gone / len(cells)})
    return rows


def _of_numbers(values: list[float]) -> dict[str, float]:
    known = np.array([value for value in values if np.isfinite(value)])
    n = len(known)
    if not n:
        return {"n": 0, "share": np.nan}
    return {
        "n": n,
        "share": np.nan,
        "mean": float(known.mean()),
        "sd": float(known.std(ddof=1)) if n > 1 else np.nan,
        "min": float(known.min()),
        "max": float(known.max()),
    }


def _of_categories(
    question: Demographic | None, given: list[tuple[str, object]], language: str, code: str
) -> Iterator[tuple[str, int]]:
    """Yield each category and how many chose it: the declared ones first, then what else was answered."""
    meanings = dict(question.meanings) if question is not None else {}
    counts: dict[str, int] = {}
    shown: dict[str, str] = {}
    for text, cell in given:
        parts = _parts(text, meanings) if question is not None and question.kind == "several" else [text]
        for part in parts:
            key = meanings.get(part, part)
            counts[key] = counts.get(key, 0) + 1
            shown.setdefault(key, part if len(parts) > 1 else _text(cell).strip())
    for category in question.categories if question is not None else ():
        yield category.label.text(language), counts.pop(category.code, 0)
    if len(counts) > MOST_CATEGORIES:
        raise ResponseError(
            f"column '{code}' has {len(counts)} different answers, too many to be categories. Declare it in the "
            'instrument, under [[demographics]] with kind = "number" or "text".'
        )
    yield from ((shown[key], counts[key]) for key in sorted(counts, key=_sorting))


def _parts(text: str, meanings: dict[str, str]) -> list[str]:
    """Take several answers in one cell apart, by whatever sets them apart that leaves known ones."""
    for mark in (";", ",", "|", " "):
        if parts := _known(text.split(mark), mark, meanings):
            return parts
    return [text]


def _known(pieces: list[str], mark: str, meanings: dict[str, str]) -> list[str]:
    """Put pieces together to known answers, as these may hold the mark themselves; none where some belong to none."""
    if not any(piece.strip() for piece in pieces):
        return []
    most = max((known.count(mark) + 1 for known in meanings), default=0)
    for count in range(min(most, len(pieces)), 0, -1):
        part, rest = token(mark.join(pieces[:count])), pieces[count:]
        if part in meanings and ((after := _known(rest, mark, meanings)) or not any(piece.strip() for piece in rest)):
            return [part, *after]
    return [] if pieces[0].strip() else _known(pieces[1:], mark, meanings)


def _sorting(text: str) -> tuple[int, float, str]:
    value = _number(text)
    return (0, value, "") if np.isfinite(value) else (1, 0.0, text)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _number(cell: object) -> float:
    try:
        return float(_text(cell).replace(",", "."))
    except ValueError:
        return np.nan
