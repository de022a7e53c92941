"""Standardised root mean square residual."""

from __future__ import annotations

import numpy as np

from rantau.covariance.model_test import Statistics


def srmr(statistics: Statistics) -> tuple[float, ...]:
    """Compute the SRMR over covariances and variances, and over means where they are modelled.

    Source: Bentler (1995), p. 271: residuals divided by the sample's standard deviations; the mean over
    the p(p+1)/2 moments (and p means).
    """
    deviation = np.sqrt(np.diag(statistics.sample))
    residual = (statistics.sample - statistics.implied) / np.outer(deviation, deviation)
    squares = residual[np.tril_indices(len(deviation))] ** 2
    if statistics.mean_structure:
        means = (statistics.sample_mean - statistics.implied_mean) / deviation
        squares = np.concatenate([squares, means**2])
    return (float(np.sqrt(squares.mean())),)
