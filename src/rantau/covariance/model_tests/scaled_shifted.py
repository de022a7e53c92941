"""The scaled and shifted test, with the model's own degrees of freedom."""

from __future__ import annotations

import numpy as np

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.traces import traces


def scaled_shifted(evidence: Evidence, information: str) -> ModelTest:
    """Scale and shift the statistic so that mean and variance are those of its chi-square.

    Source: Asparouhov & Muthén (2010), eq. 15: `a T + b`, with `a^2 = df / tr[(U Gamma)^2]` and
    `b = df - a tr(U Gamma)`.
    """
    found = traces(evidence, information)
    # Rounding can leave nothing of it, where units of the variables are far apart; there is no test then.
    slope = float(np.sqrt(evidence.df / found.second)) if found.second > 0 else float("nan")
    shift = evidence.df - slope * found.first
    return ModelTest("scaled_shifted", slope * evidence.chisq + shift, float(evidence.df), 1 / slope, shift)
