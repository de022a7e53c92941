"""Respondents whose answers hardly vary, or vary beyond all others'."""

from __future__ import annotations

import warnings

import numpy as np

from rantau.survey.portions import on_one_scale, portions
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings

#: Answers at random vary more than anybody's; that tail is longer, and cut further out.
_ABOVE = 1.5


def variability(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows whose intra-individual response variability is far from that of the others.

    The index is the standard deviation, divisor k - 1, of a row's answers as entered. Where items have different
    scales, each first runs from 0 to 1 between its declared bounds.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is how many standard deviations of the index below its mean a row may lie; half as many again
        above it. The source gives no limit, and where items are worded in both directions much variability is
        honest.

    Returns
    -------
    Evidence
        The index is the standard deviation; NaN for fewer than two answers.

    Source
    ------
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response variability as
    an indicator of insufficient effort responding: Comparison to other indicators and relationships with individual
    differences. Journal of Business and Psychology, 33(1), 105-121.
    """
    index = np.empty(responses.n_obs)
    for rows in portions(responses.n_obs):
        answers = on_one_scale(responses, responses.entered(rows))
        with warnings.catch_warnings():
            # Rows of fewer than two answers have no spread, which NaN says well enough.
            warnings.simplefilter("ignore", RuntimeWarning)
            index[rows] = np.nanstd(answers, axis=1, ddof=1)
    known = index[np.isfinite(index)]
    if len(known) < 2:
        return Evidence(index, np.zeros(responses.n_obs, dtype=np.bool_))
    distance = (index - known.mean()) / max(float(known.std(ddof=1)), 1e-12)
    return Evidence(index, (distance < -settings.limit) | (distance > _ABOVE * settings.limit))


ROW = Rule(
    name="irv",
    label="Answers that vary far less, or far more, than those of others (<limit> SD below, half as many again above)",
    source="Dunn, Heggestad, Shanock & Theilgard (2018)",
    function=variability,
    limit=Limit(2.0, 0.5, 10),
)
