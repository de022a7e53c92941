"""What a test of the model gives."""

from __future__ import annotations

from scipy.special import chdtrc

from rantau.record import Record

NAN = float("nan")


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
    distributed
        Whether the statistic follows a chi-square distribution if the model holds.
    """

    name: str
    statistic: float
    df: float
    scaling: float = 1.0
    shift: float = 0.0
    scaling_h1: float = NAN
    scaling_h0: float = NAN
    distributed: bool = True

    @property
    def pvalue(self) -> float:
        """The probability of a larger statistic if the model holds; NaN without degrees of freedom or distribution."""
        return float(chdtrc(self.df, self.statistic)) if self.df > 0 and self.distributed else NAN

    @property
    def trace(self) -> float:
        """What the standard statistic is in expectation if the model holds."""
        return (self.df - self.shift) * self.scaling


def divided(name: str, chisq: float, df: float, scaling: float, h1: float = NAN, h0: float = NAN) -> ModelTest:
    """Divide a standard statistic by its scaling factor.

    A misfit or a sample can be so bad that what estimates the factor comes out negative. There is no test then: a
    negative chi-square would be held for a perfect fit. Statistic and factor are NaN, as in lavaan.
    """
    factor = scaling if scaling > 0 else NAN
    return ModelTest(name, chisq / factor, df, factor, scaling_h1=h1, scaling_h0=h0)


class Corrected(Record):
    """What robust fit indices are made of: a misfit whose size does not depend on the distribution or the gaps.

    Attributes
    ----------
    excess
        The misfit times n, less what it is in expectation if the model holds.
    df
        Degrees of freedom.
    statistic, scale
        A chi-square statistic, and what its noncentrality is multiplied with to become that of the misfit.
    """

    excess: float
    df: float
    statistic: float
    scale: float

    @property
    def chisq(self) -> float:
        """A statistic that has this excess over its degrees of freedom."""
        return self.excess + self.df


def corrected(test: ModelTest, chisq: float) -> Corrected:
    """Take a corrected test's expectation from the standard statistic.

    Source: Brosseau-Liard, Savalei & Li (2012), eq. 6; Brosseau-Liard & Savalei (2014), eq. 8.
    """
    return Corrected(chisq - test.trace, test.df, test.statistic, test.scaling)
