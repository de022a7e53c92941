"""Standardised root mean square residual."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.model_test import Statistics


def srmr(statistics: Statistics) -> tuple[float, ...]:
    """Compute the SRMR over covariances and variances, and over means where they are modelled.

    Source: Bentler (1995), p. 271: residuals divided by the sample's standard deviations; the mean over
    the p(p+1)/2 moments (and p means), and over groups by their shares of the rows.
    """
    means = (statistics.sample_mean - statistics.implied_mean) if statistics.mean_structure else None
    share = statistics.groups / statistics.groups.sum()
    return (float(standardised_residual(statistics.sample, statistics.implied, means, share)),)


def standardised_residual(sample: Array, implied: Array, means: Array | None, share: Array) -> Array:
    """Compute the SRMR of one sample `(G, p, p)`, or of each of a stack."""
    i, j = np.tril_indices(sample.shape[-1])
    deviation = np.sqrt(np.einsum("...ii->...i", sample))
    squares = ((sample - implied)[..., i, j] / (deviation[..., i] * deviation[..., j])) ** 2
    if means is not None:
        squares = np.concatenate([squares, (means / deviation) ** 2], axis=-1)
    return np.asarray((share * np.sqrt(squares.mean(axis=-1))).sum(axis=-1))
