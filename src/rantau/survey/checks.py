"""What was answered to an attention check, its cells read as those of items are."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.survey.instrument import AttentionCheck
from rantau.survey.meaning import read_item
from rantau.survey.responses import Responses
from rantau.survey.sheet import Column
from rantau.survey.text import NOTHING, token


def check_answers(check: AttentionCheck, responses: Responses) -> tuple[Array, Array]:
    """Return what each respondent answered to an attention check, and whether it was wrong.

    Parameters
    ----------
    check
        Of the instrument; its column is among the extras.
    responses
        The answers.

    Returns
    -------
    tuple of Array
        `(n,)` points of the scale, NaN where there is none; and `(n,)` 1 for a wrong answer or what is none of the
        scale's, 0 for the right one, NaN where there is no answer.
    """
    cells = [str(cell) for cell in responses.extras[:, responses.extras_names.index(check.code)]]
    different, places = np.unique(np.array(cells, dtype=object), return_inverse=True)
    column = Column(check.code, "", (), tuple(different.tolist()), places.ravel())
    read = read_item(check, column, responses.platform)
    wrong = (read.values != check.answer).astype(float)
    wrong[[place for place, cell in enumerate(column.cells) if token(cell) in NOTHING or place in read.gaps]] = np.nan
    return read.values[column.places], wrong[column.places]
