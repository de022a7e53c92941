"""Yuan and Bentler's test with weights from the model: the Satorra-Bentler test for rows with gaps."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.model_tests.yuan_bentler_mplus import yuan_bentler_mplus
from rantau.covariance.outcome import ModelTest, divided
from rantau.covariance.robust.traces import written_traces


def yuan_bentler(evidence: Evidence, information: str) -> ModelTest:
    """Divide the standard statistic by `tr(U Gamma) / df`; the scalings of the log-likelihoods are Mplus's.

    Source: Yuan & Bentler (2000), eq. 16.
    """
    scaling = written_traces(evidence, information, squared=False).first / evidence.df
    likelihoods = yuan_bentler_mplus(evidence, information)
    h1, h0 = likelihoods.scaling_h1, likelihoods.scaling_h0
    return divided("yuan_bentler", evidence.chisq, float(evidence.df), scaling, h1, h0)
