"""Scale scores: one number per respondent and construct."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import DataWarning, OptionError, listing
from rantau.extras import require
from rantau.options import choose
from rantau.survey.correlations import rest_correlations
from rantau.survey.responses import Responses, need_responses

if TYPE_CHECKING:
    import pandas as pd


def score(responses: Responses, *, method: str = "mean", minimum_answered: float = 0.5) -> pd.DataFrame:
    """Score each construct of the survey by the mean or the sum of its items.

    Items are reverse-coded already. A sum over unanswered items is prorated: the mean of the answered items
    times the number of items. Proration, and the mean of whatever was answered with it, is biased even where
    answers are missing completely at random (Mazza, Enders & Ruehlman, 2015), unless the items of a scale
    share one mean and one correlation. For a model, prefer full information maximum likelihood
    (`missing="fiml"`) on the items themselves.

    Parameters
    ----------
    responses
        From `read_responses`.
    method
        `mean` or `sum`.
    minimum_answered
        The share of a construct's items, from 0 to 1, that a respondent must have answered to get a score.

    Returns
    -------
    DataFrame
        `(n, constructs)`; NaN for who answered too few items. Rows as in `responses.frame()`.

    Raises
    ------
    OptionError
        If an option is not allowed.

    Warns
    -----
    DataWarning
        If an item correlates negatively with the rest of its scale: mostly a `reversed` that is missing in
        the instrument, or one too many.

    Source
    ------
    Mazza, G. L., Enders, C. K., & Ruehlman, L. S. (2015). Addressing item-level missing data: A comparison of
    proration and full information maximum likelihood estimation. Multivariate Behavioral Research, 50(5),
    504-519.

    Examples
    --------
    >>> from rantau.survey import read_responses, read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> scores = score(read_responses("surveys/mobile/responses.csv", survey))
    >>> scores.loc[0, ["Value", "Loyalty"]].tolist()
    [2.5, 5.666666666666667]
    """
    need_responses(responses, "score")
    choose("method", method, ("mean", "sum"))
    if not 0 <= minimum_answered <= 1:
        raise OptionError(f"minimum_answered is {minimum_answered}; allowed: a share from 0 to 1.")
    _warn_of_negative_items(responses)
    scores = {
        construct.code: _scores(responses.columns_of(construct.code), method, minimum_answered)
        for construct in responses.survey.constructs
    }
    table: pd.DataFrame = require("pandas").DataFrame(scores)
    return table


def _scores(values: Array, method: str, minimum_answered: float) -> Array:
    """Return one construct's scores `(n,)` from its items `(n, k)`."""
    answered = np.isfinite(values).sum(axis=1)
    enough = (answered > 0) & (answered / values.shape[1] >= minimum_answered)
    totals = np.where(np.isfinite(values), values, 0.0).sum(axis=1)
    means: Array = np.divide(totals, answered, out=np.full(len(values), np.nan), where=enough)
    return means * values.shape[1] if method == "sum" else means


def _warn_of_negative_items(responses: Responses) -> None:
    told = [
        f"{item.code} of {construct.code} (r = {r:.2f})"
        for construct in responses.survey.constructs
        for item, r in zip(construct.items, rest_correlations(responses.columns_of(construct.code)), strict=True)
        if r < 0
    ]
    if told:
        warnings.warn(
            f"{responses.source}: after reverse-coding, these items correlate negatively with the rest of "
            f"their scale: {listing(told)}. Compare their wording with their `reversed` in "
            f"{responses.survey.file}.",
            DataWarning,
            stacklevel=3,
        )
