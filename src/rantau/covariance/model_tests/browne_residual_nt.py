"""Browne's residual-based test with the weights of normal data."""

from __future__ import annotations

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.residual_test import normal_residual


def browne_residual_nt(evidence: Evidence, information: str) -> ModelTest:
    """Compute the residual test with weights from the sample's covariances.

    Source: Browne (1984), eq. 2.20 and 3.1.
    """
    statistic = normal_residual(evidence, evidence.moments.covariance)
    return ModelTest("browne_residual_nt", statistic, float(evidence.df))


def browne_residual_nt_model(evidence: Evidence, information: str) -> ModelTest:
    """Compute the residual test with weights from the implied covariances.

    Source: Browne (1984), eq. 2.20; Browne (1974).
    """
    statistic = normal_residual(evidence, evidence.implied.sigma)
    return ModelTest("browne_residual_nt_model", statistic, float(evidence.df))
