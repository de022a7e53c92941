"""rt.frequencies(): how often each answer was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.extras import require
from rantau.options import check_switch
from rantau.survey.portions import portions
from rantau.survey.responses import Responses, need_responses

if TYPE_CHECKING:
    import pandas as pd


def frequencies(responses: Responses, *, share: bool = False) -> pd.DataFrame:
    """Count how often each item was answered with each point of its scale.

    Parameters
    ----------
    responses
        From `read_responses`, or `responses_of` for a data frame.
    share
        Shares of the answers given in the place of counts.

    Returns
    -------
    DataFrame
        A row per item in the instrument's order; a column per point of the scales, `missing` and `n` (answers). The
        answers are those entered, before reverse-coding. NaN where the item's scale has no such point.

    Raises
    ------
    ResponseError
        If the data have no instrument.

    Examples
    --------
    >>> import rantau as rt
    >>> raw = rt.read_responses("surveys/mobile/responses.csv", rt.read_survey("surveys/mobile/instrument.toml"))
    >>> frequencies(raw).loc["CUSL1", [9, 10, "n"]].astype(int).tolist()
    [24, 81, 250]
    """
    need_responses(responses, "frequencies")
    check_switch("share", share)
    items = [item for item in responses.survey.items if item.code in responses.columns]
    points = sorted({point for item in items for point in range(item.scale.minimum, item.scale.maximum + 1)})
    places = [responses.columns.index(item.code) for item in items]
    counts = np.zeros((len(items), len(points)))
    answered = np.zeros(len(items))
    for rows in portions(responses.n_obs):
        values = responses.entered(rows)[:, places]
        answered += np.isfinite(values).sum(axis=0)
        for column, point in enumerate(points):
            counts[:, column] += (values == point).sum(axis=0)
    for row, item in enumerate(items):
        outside = [not item.scale.minimum <= point <= item.scale.maximum for point in points]
        counts[row, outside] = np.nan
    if share:
        counts = counts / np.maximum(answered, 1)[:, None]
    pandas = require("pandas")
    index = pandas.Index([item.code for item in items], name="item")
    table: pd.DataFrame = pandas.DataFrame(counts, index=index, columns=points)
    return table.assign(missing=responses.n_obs - answered, n=answered)
