"""Respondents whose answers to the two halves of each scale do not go together."""

from __future__ import annotations

import warnings

import numpy as np

from rantau.arrays import Array
from rantau.errors import ScreeningError
from rantau.survey.portions import on_one_scale, portions, row_correlations
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings

#: Over fewer, a correlation says nothing.
_LEAST_SCALES = 5


def inconsistency(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows whose even-odd consistency is below the limit.

    Each construct of two or more items gives two means, of its items at odd and at even places. Over constructs,
    the two are correlated within the row, and the correlation r is stepped up to full length by 2r / (1 + r), at
    least -1. The fewer constructs, the more such a correlation is chance: below some ten, take it as a hint.

    Parameters
    ----------
    responses
        The answers; reverse-coded ones are used.
    settings
        The limit is the lowest consistency that is not flagged.

    Returns
    -------
    Evidence
        The index is the consistency; NaN where fewer than five constructs have both means, or one side does
        not vary.

    Raises
    ------
    ScreeningError
        If fewer than five constructs have two or more items.

    Source
    ------
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based personality inventories.
    Journal of Research in Personality, 39(1), 103-129. The limit: Jackson, D. N. (1976), as used there.
    """
    codes = [[item.code for item in construct.items] for construct in responses.survey.constructs]
    places = [[responses.columns.index(code) for code in block if code in responses.columns] for block in codes]
    halves = [(block[0::2], block[1::2]) for block in places if len(block) > 1]
    if len(halves) < _LEAST_SCALES:
        raise ScreeningError(
            f"even_odd compares the halves of scales and needs {_LEAST_SCALES} constructs of two or more items; "
            f"this instrument has {len(halves)}."
        )
    index = np.empty(responses.n_obs)
    for rows in portions(responses.n_obs):
        values = on_one_scale(responses, responses.values[rows])
        odd, even = (np.column_stack([_mean(values[:, half[side]]) for half in halves]) for side in (0, 1))
        r = row_correlations(odd, even, least=_LEAST_SCALES)
        with np.errstate(divide="ignore"):
            index[rows] = np.maximum(2 * r / (1 + r), -1.0)
    return Evidence(index, index < settings.limit)


def _mean(values: Array) -> Array:
    with warnings.catch_warnings():
        # A half without any answer has no mean, which NaN says well enough.
        warnings.simplefilter("ignore", RuntimeWarning)
        mean: Array = np.nanmean(values, axis=1)
    return mean


ROW = Rule(
    name="even_odd",
    label="Even-odd consistency over scales below <limit>",
    source="Johnson (2005)",
    function=inconsistency,
    limit=Limit(0.3, -1, 1),
)
