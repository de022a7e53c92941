"""The Satorra-Bentler test: the standard statistic with the mean of its reference distribution."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest, divided
from rantau.covariance.robust.traces import traces


def satorra_bentler(evidence: Evidence, information: str) -> ModelTest:
    """Divide the standard statistic by `tr(U Gamma) / df`.

    Source: Satorra & Bentler (1994), eq. 16.10; with the observed information of the moments for weights where that is
    what is wanted, as in lavaan.
    """
    trace = traces(evidence, information).first
    return divided("satorra_bentler", evidence.chisq, float(evidence.df), trace / evidence.df)
