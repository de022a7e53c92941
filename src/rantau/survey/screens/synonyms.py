"""Respondents who answer items of like meaning in unlike ways."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import ScreeningError
from rantau.survey.correlations import pairwise_correlations
from rantau.survey.portions import on_one_scale, portions, row_correlations
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings

LEAST_PAIRS = 3


def unlike_synonyms(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows in which the answers to psychometric synonyms correlate negatively.

    Synonyms are the pairs of items, as entered, whose correlation over all rows is above the limit. Within a row,
    the first items of the pairs are correlated with the second ones.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is the correlation above which two items count as synonyms.

    Returns
    -------
    Evidence
        The index is the correlation within the row; NaN for fewer than three pairs, or where a side does not vary.

    Raises
    ------
    ScreeningError
        If fewer than three pairs of items correlate that highly.

    Source
    ------
    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods, 17(3),
    437-455. Pairs above .60.
    """
    index = pair_consistency(responses, settings.limit, opposite=False)
    return Evidence(index, index < 0)


def pair_consistency(responses: Responses, limit: float, *, opposite: bool) -> Array:
    """Correlate, within each row, the first and the second items of pairs that go together over all rows.

    Parameters
    ----------
    responses
        The answers.
    limit
        Of the correlation over rows: above it for synonyms, below it for antonyms.
    opposite
        Whether antonyms are meant.

    Returns
    -------
    Array
        `(n,)`.

    Raises
    ------
    ScreeningError
        If there are fewer than three pairs.
    """
    r = pairwise_correlations(responses.entered, responses.n_obs, len(responses.columns))[0]
    first, second = np.triu_indices(len(r), k=1)
    chosen = r[first, second] < limit if opposite else r[first, second] > limit
    if chosen.sum() < LEAST_PAIRS:
        name, side = ("antonyms", "below") if opposite else ("synonyms", "above")
        milder = limit + 0.1 if opposite else limit - 0.1
        raise ScreeningError(
            f"{name} needs {LEAST_PAIRS} pairs of items that correlate {side} {limit:g}; these answers have "
            f"{int(chosen.sum())}. A milder limit may be given, such as {milder:g}."
        )
    first, second = first[chosen], second[chosen]
    index = np.empty(responses.n_obs)
    for rows in portions(responses.n_obs):
        answers = on_one_scale(responses, responses.entered(rows))
        index[rows] = row_correlations(answers[:, first], answers[:, second])
    return index


ROW = Rule(
    name="synonyms",
    label="Unlike answers to items that correlate above <limit>",
    source="Meade & Craig (2012)",
    function=unlike_synonyms,
    limit=Limit(0.6, 0.05, 1),
)
