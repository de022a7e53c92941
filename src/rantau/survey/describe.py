"""Describing items: level, spread, shape, gaps, ends of the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.extras import require
from rantau.survey.correlations import rest_correlations
from rantau.survey.responses import Responses, need_responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.survey.instrument import Item


def describe(responses: Responses) -> pd.DataFrame:
    """Describe each item of the survey.

    All numbers are those of the reverse-coded answers. With the central moments m_j = sum((x - mean)^j) / n:

    - `sd` has divisor n - 1;
    - `skew` is G1 = sqrt(n (n - 1)) / (n - 2) * m_3 / m_2^(3/2), and
    - `kurtosis` is G2 = (n - 1) / ((n - 2)(n - 3)) * ((n + 1)(m_4 / m_2^2 - 3) + 6), which is 0 for a normal;

    these are the bias-adjusted measures that SPSS and Excel print. `item_total` is the corrected item-total
    correlation: the item with the sum of the others of its construct, over the rows that answer all of them.

    Parameters
    ----------
    responses
        From `read_responses`, or `responses_of` for a data frame.

    Returns
    -------
    DataFrame
        A row per item in the instrument's order; columns `construct`, `reversed`, `n` (answers), `missing`
        (share of rows), `mean`, `sd`, `min`, `max`, `skew`, `kurtosis`, `floor` and `ceiling` (share of the
        answers at the lowest and highest point of the declared scale), `item_total`. NaN where a number is
        not defined: the shape of a constant item, the item-total correlation of a single item.

    Raises
    ------
    ResponseError
        If an item of the instrument has no column among the answers.

    Source
    ------
    Joanes, D. N., & Gill, C. A. (1998). Comparing measures of sample skewness and kurtosis. Journal of the
    Royal Statistical Society: Series D, 47(1), 183-189.

    Examples
    --------
    >>> from rantau.survey import read_responses, read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> table = describe(read_responses("surveys/mobile/responses.csv", survey))
    >>> table.loc["IMAG1", ["mean", "sd", "skew"]].astype(float).round(3).tolist()
    [7.64, 1.7, -0.912]
    """
    need_responses(responses, "describe")
    items = responses.survey.items
    rows = [_row(item, responses.column(item.code)) for item in items]
    # A construct of higher order has no items of its own.
    measured = [construct for construct in responses.survey.constructs if construct.items]
    totals = [r for construct in measured for r in rest_correlations(responses.columns_of(construct.code))]
    pandas = require("pandas")
    index = pandas.Index([item.code for item in items], name="item")
    table: pd.DataFrame = pandas.DataFrame(rows, index=index).assign(item_total=totals)
    return table


def _row(item: Item, column: Array) -> dict[str, object]:
    """Describe the answers `(n,)` to one item."""
    answers = column[np.isfinite(column)]
    n = len(answers)
    skew, kurtosis = _shape(answers)
    return {
        "construct": item.construct,
        "reversed": item.reversed,
        "n": n,
        "missing": (len(column) - n) / len(column) if len(column) else np.nan,
        "mean": answers.mean() if n else np.nan,
        "sd": answers.std(ddof=1) if n > 1 else np.nan,
        "min": answers.min() if n else np.nan,
        "max": answers.max() if n else np.nan,
        "skew": skew,
        "kurtosis": kurtosis,
        "floor": (answers == item.scale.minimum).mean() if n else np.nan,
        "ceiling": (answers == item.scale.maximum).mean() if n else np.nan,
    }


def _shape(answers: Array) -> tuple[float, float]:
    """Return G1 and G2 of Joanes and Gill (1998); NaN where too few or all equal."""
    n = len(answers)
    if n < 3 or np.ptp(answers) == 0:
        return np.nan, np.nan
    dev = answers - answers.mean()
    m2, m3, m4 = (float((dev**power).mean()) for power in (2, 3, 4))
    skew = np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    if n < 4:
        return float(skew), np.nan
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    return float(skew), kurtosis
