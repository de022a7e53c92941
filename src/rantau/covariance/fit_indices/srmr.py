"""Root mean square residuals, in the units of the data and standardised in several ways."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, diagonal, lower_triangle
from rantau.covariance.model_test import Statistics


def rmr(statistics: Statistics) -> tuple[float, ...]:
    """Compute the RMR in the units of the data, with the means where they are modelled and without.

    Source: Jöreskog & Sörbom (1981), p. I.41.
    """
    unit = np.outer(statistics.deviation, statistics.deviation)
    residual = (statistics.sample - statistics.implied) * unit
    means = (statistics.sample_mean - statistics.implied_mean) * statistics.deviation
    return _both(statistics, residual, means, diagonal=True)


def srmr(statistics: Statistics) -> tuple[float, ...]:
    """Compute the SRMR over covariances and variances, and over means where they are modelled.

    Source: Bentler (1995), p. 271: residuals divided by the sample's standard deviations; the mean over
    the p(p+1)/2 moments (and p means), and over groups by their shares of the rows. Where some of the answers are
    ordered, lavaan counts the variances of the continuous items and leaves out their residuals, which only `WLS` has.
    """
    # Of ordered answers only what lies behind them has covariances, and thresholds are not in standard units.
    return (_bentler(statistics)[0 if statistics.level_residual is None else 1],)


def srmr_bentler(statistics: Statistics) -> tuple[float, ...]:
    """Compute the same, and without the means. Source: Bentler (1995), p. 271."""
    return _bentler(statistics)


def crmr(statistics: Statistics) -> tuple[float, ...]:
    """Compute the root mean square residual of the correlations, with means as in the SRMR and without.

    Source: Bollen (1989), p. 258; Maydeu-Olivares (2017), eq. 8.
    """
    return _both(statistics, _correlations(statistics), _in_deviations(statistics), diagonal=False)


def srmr_mplus(statistics: Statistics) -> tuple[float, ...]:
    """Compute the SRMR of Mplus: residuals of correlations, and of variances relative to the sample's.

    Source: Asparouhov & Muthén (2018), eq. 11 to 15.
    """
    if statistics.level_residual is not None:
        return float("nan"), float("nan")
    residual = _correlations(statistics)
    own, implied = (diagonal(one) for one in (statistics.sample, statistics.implied))
    means = [
        mean / np.sqrt(np.where(variance > 0, variance, np.nan))
        for mean, variance in ((statistics.sample_mean, own), (statistics.implied_mean, implied))
    ]
    i = np.arange(own.shape[1])
    residual[:, i, i] = (own - implied) / own
    return _both(statistics, residual, means[0] - means[1], diagonal=True)


def standardised_residual(
    sample: Array, implied: Array, means: Array | None, share: Array, *, ordered: bool = False, n_given: int = 0
) -> Array:
    """Compute the SRMR of one sample `(G, p, p)`, or of each of a stack.

    Where answers are `ordered`, variances and `n_given` fixed covariates are counted and leave nothing.
    """
    i, j = lower_triangle(sample.shape[-1])
    deviation = np.sqrt(diagonal(sample))
    squares = ((sample - implied)[..., i, j] / (deviation[..., i] * deviation[..., j])) ** 2
    squares = np.where(ordered & (i == j), 0.0, squares)
    if means is not None:
        squares = np.concatenate([squares, (means / deviation) ** 2], axis=-1)
    size = np.sqrt(squares.sum(axis=-1) / (squares.shape[-1] + n_given))
    return np.asarray((share * size).sum(axis=-1))


def _in_deviations(statistics: Statistics) -> Array:
    """Return the residuals of the means in the sample's standard deviations, `(G, p)`."""
    deviation = np.sqrt(diagonal(statistics.sample))
    return np.asarray((statistics.sample_mean - statistics.implied_mean) / deviation)


def _bentler(statistics: Statistics) -> tuple[float, float]:
    deviation = np.sqrt(diagonal(statistics.sample))
    residual = (statistics.sample - statistics.implied) / (deviation[:, :, None] * deviation[:, None, :])
    return _both(statistics, residual, _in_deviations(statistics), diagonal=True)


def _correlations(statistics: Statistics) -> Array:
    found = []
    for matrix in (statistics.sample, statistics.implied):
        variance = diagonal(matrix)
        deviation = np.sqrt(np.where(variance > 0, variance, np.nan))
        found.append(matrix / (deviation[:, :, None] * deviation[:, None, :]))
    return np.asarray(found[0] - found[1])


def _both(statistics: Statistics, residual: Array, means: Array, *, diagonal: bool) -> tuple[float, float]:
    """Return the root mean square of residuals `(G, p, p)` with those of the means `(G, p)`, and without."""
    p = residual.shape[-1]
    # Where ordered answers are given covariates, lavaan counts each of these as a moment that leaves nothing.
    count = p * (p + 1) // 2 + statistics.n_given if diagonal else p * (p - 1) // 2
    if not count:
        return float("nan"), float("nan")
    # Every residual beside the diagonal stands in the matrix twice.
    own = np.einsum("gii,gii->g", residual, residual)
    twice = np.einsum("gij,gij->g", residual, residual)
    if statistics.level_residual is not None:
        # Of ordered answers variances are counted, and what is left of continuous ones is not, as in lavaan.
        own, twice = np.zeros_like(own), twice - own
    squares = (twice + own) / 2 if diagonal else (twice - own) / 2
    alone = float(statistics.shares @ np.sqrt(squares / count))
    if not statistics.mean_structure:
        return alone, alone
    if statistics.level_residual is not None:
        means, p = statistics.level_residual, statistics.level_residual.shape[-1]
    with_means = (squares + np.einsum("gi,gi->g", means, means)) / (count + p)
    return float(statistics.shares @ np.sqrt(with_means)), alone
