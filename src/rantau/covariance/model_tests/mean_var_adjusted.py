"""The mean- and variance-adjusted test of Satterthwaite's kind."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.traces import traces


def mean_var_adjusted(evidence: Evidence, information: str) -> ModelTest:
    """Give the statistic the degrees of freedom `tr(U Gamma)^2 / tr[(U Gamma)^2]`, and the mean that goes with them.

    Source: Satorra & Bentler (1994), eq. 16.15.
    """
    found = traces(evidence, information)
    # Rounding can leave nothing of it, where units of the variables are far apart; there is no test then.
    df = found.first**2 / found.second if found.second > 0 else float("nan")
    scaling = found.first / df
    return ModelTest("mean_var_adjusted", evidence.chisq / scaling, df, scaling)
