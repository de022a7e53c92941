"""What a test of the model gives."""

from __future__ import annotations

from scipy.special import chdtrc

from rantau.record import Record


class ModelTest(Record):
    """A chi-square statistic and what it is held against.

    Attributes
    ----------
    name
        Of the test.
    statistic, df
        Degrees of freedom need not be whole.
    scaling, shift
        `statistic = standard / scaling + shift`.
    scaling_h1, scaling_h0
        What the log-likelihoods of the unrestricted moments and of the model are to be scaled with; NaN where the
        test has none.
    """

    name: str
    statistic: float
    df: float
    scaling: float = 1.0
    shift: float = 0.0
    scaling_h1: float = float("nan")
    scaling_h0: float = float("nan")

    @property
    def pvalue(self) -> float:
        """The probability of a larger statistic if the model holds; NaN without degrees of freedom."""
        return float(chdtrc(self.df, self.statistic)) if self.df > 0 else float("nan")
