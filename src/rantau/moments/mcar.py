"""mcar_test(): whether answers are missing completely at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from rantau.errors import EstimationError
from rantau.moments.chosen import chosen_sample
from rantau.moments.compute import answered_rows
from rantau.moments.em import saturated
from rantau.moments.patterns import missing_patterns
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class McarTest(Record):
    """Little's test.

    Attributes
    ----------
    statistic, df
        Chi-square, if answers are missing completely at random and normal.
    n_obs
        Rows with any answer.
    n_patterns
        How many patterns of gaps they have.
    left_out
        Columns of the data that hold no numbers.
    """

    statistic: float
    df: int
    n_obs: int
    n_patterns: int
    left_out: tuple[str, ...] = ()

    @property
    def pvalue(self) -> float:
        """The probability of a larger statistic if answers are missing completely at random."""
        return float(chdtrc(self.df, self.statistic))

    def __str__(self) -> str:
        verdict = (
            "the means differ between patterns: answers are not missing completely at random"
            if self.pvalue < 0.05
            else "no sign that the means differ between patterns"
        )
        return (
            f"Little's MCAR test: chi-square = {self.statistic:.3f}, df = {self.df}, p = {self.pvalue:.4f} "
            f"({self.n_obs} rows, {self.n_patterns} patterns); {verdict}"
        )

    __repr__ = __str__


def mcar_test(data: Responses | pd.DataFrame, *, items: str | Sequence[str] | None = None) -> McarTest:
    """Test whether answers are missing completely at random.

    A large statistic says that those who left out some items differ, in the items that they answered, from others. A
    small one does not say that answers are missing at random: it has little power in small samples, and none against
    gaps that depend on the answer not given alone.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`, with NaN where an answer is missing.
    items
        The columns to look at; unless given every item of `Responses`, and of a data frame every column of numbers.

    Returns
    -------
    McarTest
        Chi-square, degrees of freedom and p.

    Raises
    ------
    ResponseError
        If an item is not among the columns or holds text, or there are fewer than two.
    EstimationError
        If nothing is missing, all gaps are alike, or the answers do not determine the covariances.

    Notes
    -----
    Little (1988), eq. 5: the sum over patterns of `n_j (m_j - mu)' Sigma^-1 (m_j - mu)`, of the items seen in each,
    with the maximum-likelihood mean and covariance matrix; its degrees of freedom are the number of means `m_j`
    less the number of items.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 3))
    >>> data = pd.DataFrame(draw + draw[:, :1], columns=["a", "b", "c"])
    >>> rt.mcar_test(data.mask(np.random.default_rng(2).random((200, 3)) < 0.1)).pvalue > 0.05
    True
    """
    chosen = chosen_sample(data, items, least=2)
    taken = answered_rows(chosen.sample)
    patterns = missing_patterns(taken, np.ones(taken.n_obs))
    if patterns.seen.all():
        raise EstimationError(f"{taken.source}: no answer is missing, so there is nothing to test.")
    if len(patterns.n) == 1:
        raise EstimationError(
            f"{taken.source}: all rows leave out the same items, so their means cannot be compared with others."
        )
    found = saturated(patterns, taken.names, source=taken.source)
    mean, covariance = found.mean[0], found.covariance[0]
    statistic = 0.0
    for seen, n, centre in zip(patterns.seen, patterns.n, patterns.mean, strict=True):
        items_seen = np.flatnonzero(seen)
        away = (centre - mean)[items_seen]
        statistic += float(n * away @ np.linalg.solve(covariance[np.ix_(items_seen, items_seen)], away))
    df = int(patterns.seen.sum()) - len(taken.names)
    return McarTest(statistic, df, taken.n_obs, len(patterns.n), chosen.left_out)
