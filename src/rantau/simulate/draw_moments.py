"""Moments of normal samples, drawn without their rows."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array


def draw_moments(
    mean: Array, covariance: Array, n: int, draws: int, random: np.random.Generator
) -> tuple[Array, Array]:
    """Draw the means and covariances that samples from a normal population have.

    Parameters
    ----------
    mean, covariance
        `(p,)` and `(p, p)` of the population, the latter positive definite.
    n
        Rows of each sample, more than p.
    draws
        How many samples.
    random
        Where the numbers come from.

    Returns
    -------
    tuple
        `(draws, p)` means and `(draws, p, p)` covariances with divisor n.

    Notes
    -----
    The scatter of n normal rows is L T T' L' with L L' the covariance and T lower triangular: independent, below its
    diagonal normal, on it the roots of chi-squares with n - 1, n - 2, ... degrees of freedom (Bartlett, 1933; Anderson,
    2003, Theorem 7.2.1); it does not depend on the mean.
    """
    p = len(mean)
    root = np.linalg.cholesky(covariance)
    triangle = np.tril(random.standard_normal((draws, p, p)), -1)
    triangle[:, np.arange(p), np.arange(p)] = np.sqrt(random.chisquare(n - 1 - np.arange(p), size=(draws, p)))
    factor = root @ triangle
    means = mean + random.standard_normal((draws, p)) @ root.T / np.sqrt(n)
    return means, np.asarray(factor @ factor.mT / n)
