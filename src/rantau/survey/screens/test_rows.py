"""Rows that the makers of a survey left in it when they tried it out."""

from __future__ import annotations

import numpy as np

from rantau.errors import ScreeningError
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Rule, Settings
from rantau.survey.text import token

#: What Qualtrics writes of previews and spam, by column.
_MARKED = {
    "status": {"survey preview", "survey test", "spam", "spam survey preview", "imported survey preview"},
    "distributionchannel": {"preview", "test"},
}
#: What people type to see whether a form works.
_WORDS = {"test", "testing", "test test", "tes", "tes tes", "coba", "coba coba", "uji coba", "ujicoba", "asdf"}


def tried_out(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows that say of themselves that they are previews, or in which a free answer is `test` or the like.

    Parameters
    ----------
    responses
        The answers; their columns that are not items are looked at.
    settings
        Not used: there is no limit.

    Returns
    -------
    Evidence
        The index is the number of cells that say so.

    Raises
    ------
    ScreeningError
        If there are no columns but items.

    Source
    ------
    Qualtrics, Understanding your data set: the values of `Status` and `DistributionChannel`.
    """
    if not responses.extras_names:
        where = responses.source or "data"
        raise ScreeningError(f"{where}: test_rows looks at columns other than items; there are none.")
    index = np.zeros(responses.n_obs)
    for place, name in enumerate(responses.extras_names):
        words = _WORDS | _MARKED.get(token(name), set())
        known: dict[str, bool] = {}
        for row, cell in enumerate(responses.extras[:, place]):
            if isinstance(cell, str):
                if len(cell) < 40 and cell not in known:
                    known[cell] = token(cell) in words
                index[row] += known.get(cell, False)
    return Evidence(index, index > 0)


ROW = Rule(
    name="test_rows",
    label="Marked as a preview, or `test` as an answer",
    source="Qualtrics, Understanding your data set",
    function=tried_out,
    usual=True,
)
