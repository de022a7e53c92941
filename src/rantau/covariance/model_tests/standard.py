"""The likelihood-ratio test, or its counterpart of least squares."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest


def standard(evidence: Evidence, information: str) -> ModelTest:
    """Return n times the minimum of the discrepancy, with the model's degrees of freedom.

    Source: Jöreskog (1967); Browne (1974, 1984) for least squares.
    """
    return ModelTest("standard", evidence.chisq, float(evidence.df))
