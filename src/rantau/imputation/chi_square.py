"""Chi-square statistics from several completed data sets, pooled: D2, D3 and D4."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, fdtrc

from rantau.arrays import Array
from rantau.record import Record

#: How chi-squares are pooled.
TESTS = ("D4", "D4_robust", "D3", "D2")


class Ratios(NamedTuple):
    """Likelihood ratio statistics of a model against a larger one.

    Attributes
    ----------
    df
        By how many parameters the two differ.
    own
        `(m,)`: in each completed data set, both models at their own estimates there.
    pooled
        `(m,)`: in each, both at the means of the estimates.
    stacked
        In all of them one below the other, divided by m.
    excess
        By how much the larger model fits each data set better at its own estimates than at those of the stack, on
        average, times two.
    n_larger
        Parameters of the larger model.
    """

    df: float
    own: Array
    pooled: Array
    stacked: float
    excess: float
    n_larger: int


class PooledTest(Record):
    """A pooled chi-square.

    Attributes
    ----------
    name
        `D2`, `D3`, `D4` or `D4_robust`.
    statistic, df, df2
        An F statistic and its degrees of freedom.
    riv
        By how much, relatively, missing answers increase the variance, on average over what is tested.
    m
        Completed data sets behind it.
    scaling
        What the statistic was divided by, for data that are not normal: the mean of the scaling factors; 1 for none.
    """

    name: str
    statistic: float
    df: float
    df2: float
    riv: float
    m: int
    scaling: float = 1.0

    @property
    def chisq(self) -> float:
        """`df` times the statistic: what fit indices are computed from."""
        return self.statistic * self.df

    @property
    def fmi(self) -> float:
        """The share of the information that is missing, on average over what is tested."""
        return self.riv / (1 + self.riv)

    @property
    def pvalue(self) -> float:
        """The probability of a larger statistic if the model holds; NaN without degrees of freedom."""
        return f_tail(self.statistic, self.df, self.df2)

    def __str__(self) -> str:
        scaled = f", scaled by {self.scaling:.3f}" if self.scaling != 1 else ""
        return (
            f"{self.name}: F({self.df:g}, {self.df2:.1f}) = {self.statistic:.3f}, p = {self.pvalue:.4f}; chi-square "
            f"{self.chisq:.3f} on {self.df:g} df{scaled}; {self.m} imputations, "
            f"{100 * self.fmi:.1f} % of the information missing"
        )

    __repr__ = __str__


def f_tail(statistic: float, df: float, df2: float) -> float:
    """Return the probability of a larger F; `df2` may be infinite."""
    if not df > 0 or np.isnan(statistic):
        return float("nan")
    size = max(statistic, 0.0)
    return float(fdtrc(df, df2, size)) if df2 < 1e9 else float(chdtrc(df, df * size))


def pool_ratios(ratios: Ratios, test: str) -> PooledTest:
    """Pool likelihood ratio statistics.

    Parameters
    ----------
    ratios
        Of `(m,)` data sets.
    test
        One of `TESTS`.

    Returns
    -------
    PooledTest
        With a missing-information ratio that is never negative.

    Notes
    -----
    `D3`: Meng & Rubin (1992), eqs. 2.1 to 2.5. `D4`: Chan & Meng (2022), with the ratio from the stack cut at zero,
    and `D4_robust` with that of all parameters of the larger model, which stays right where the model does not hold.
    `D2`: Li, Meng, Raghunathan & Rubin (1991), eqs. 1.17 to 1.19; it needs nothing but the statistics, and is the
    least precise.
    """
    m, k = len(ratios.own), ratios.df
    if k <= 0:
        return PooledTest(test, float("nan"), float(k), float("nan"), float("nan"), m)
    if test == "D2":
        return pool_statistics(ratios.own, k)
    middle = float(ratios.pooled.mean()) if test == "D3" else ratios.stacked
    if test == "D4_robust":
        h = float(ratios.n_larger)
        riv = max((m + 1) / (h * (m - 1)) * ratios.excess, 0.0)
    else:
        h = k
        riv = max((m + 1) / (k * (m - 1)) * (float(ratios.own.mean()) - middle), 0.0)
    return PooledTest(test, middle / (k * (1 + riv)), float(k), _denominator(riv, h * (m - 1), h), riv, m)


def _denominator(riv: float, t: float, k: float) -> float:
    """Return the degrees of freedom of the denominator (Li, Raghunathan & Rubin, 1991, eq. 1.12)."""
    if riv < 1e-12:
        return float("inf")
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / riv) ** 2
    return t * (1 + 1 / k) * (1 + 1 / riv) ** 2 / 2


def pool_statistics(own: Array, df: float) -> PooledTest:
    """Pool chi-square statistics `(m,)` by themselves: D2 (Li, Meng, Raghunathan & Rubin, 1991)."""
    m = len(own)
    riv = (1 + 1 / m) * float(np.sqrt(np.maximum(own, 0.0)).var(ddof=1))
    statistic = (float(own.mean()) / df - (m + 1) / (m - 1) * riv) / (1 + riv)
    df2 = float("inf") if riv < 1e-12 else df ** (-3 / m) * (m - 1) * (1 + 1 / riv) ** 2
    return PooledTest("D2", max(statistic, 0.0), float(df), df2, riv, m)
