"""Browne's residual-based test that asks for no distribution."""

from __future__ import annotations

import numpy as np

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.deviations import deviations
from rantau.covariance.robust.residual_test import weighted_residual
from rantau.covariance.robust.unrestricted import free_moments
from rantau.errors import EstimationError
from rantau.moments.asymptotic import missing_rank


def browne_residual_adf(evidence: Evidence, information: str) -> ModelTest:
    """Compute the residual test with the inverse covariance matrix of the moments, estimated from the rows.

    Source: Browne (1984), eq. 2.20.
    """
    free, weights = free_moments(evidence), []
    for one in deviations(evidence):
        spread = (one.spread() / one.weights.sum())[np.ix_(free, free)]
        if missing_rank(spread):
            raise EstimationError(
                f"test='browne_residual_adf' inverts the covariance matrix of {free.size} moments, and "
                f"{one.rows.shape[0]} rows leave it singular; take test='satorra_bentler', which does not."
            )
        weight = np.zeros((one.n_moments, one.n_moments))
        weight[np.ix_(free, free)] = np.linalg.inv(spread)
        weights.append(weight)
    statistic = weighted_residual(evidence, np.stack(weights))
    return ModelTest("browne_residual_adf", statistic, float(evidence.df))
