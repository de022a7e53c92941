"""The Satorra-Bentler test: the standard statistic with the mean of its reference distribution."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest
from rantau.covariance.traces import traces


def satorra_bentler(evidence: Evidence, information: str) -> ModelTest:
    """Divide the standard statistic by `tr(U Gamma) / df`.

    Source: Satorra & Bentler (1994), eq. 16.10.
    """
    scaling = traces(evidence).first / evidence.df
    return ModelTest("satorra_bentler", evidence.chisq / scaling, float(evidence.df), scaling)
