"""Respondents whose pattern of answers is far from everybody's."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import chdtrc

from rantau.arrays import Array
from rantau.errors import ScreeningError, listing
from rantau.survey.portions import portions
from rantau.survey.responses import Responses
from rantau.survey.rule import Evidence, Limit, Rule, Settings

#: An eigenvalue of the correlations below this means that an item follows from the others.
_FLAT = 1e-10


def outlying(responses: Responses, settings: Settings) -> Evidence:
    """Flag rows whose squared Mahalanobis distance has a smaller p value than the limit.

    The centre and the covariance, divisor n - 1, are those of the rows that answer every item; a row with gaps is
    held against the part of them that belongs to its answers. Under normality the squared distance is distributed
    as chi-square with as many degrees of freedom as answers; rating scales are seldom normal, so that more rows are
    flagged than p promises.

    Parameters
    ----------
    responses
        The answers.
    settings
        The limit is a probability.

    Returns
    -------
    Evidence
        The index is the squared distance; NaN for a row without answers.

    Raises
    ------
    ScreeningError
        If too few rows are complete, or an item is constant or follows from the others.

    Source
    ------
    Mahalanobis, P. C. (1936). On the generalised distance in statistics. Proceedings of the National Institute of
    Sciences of India, 2(1), 49-55. The limit .001: Tabachnick, B. G., & Fidell, L. S. (2019). Using multivariate
    statistics (7th ed.), ch. 4. Pearson.
    """
    mean, covariance = _moments(responses)
    index, p = np.full(responses.n_obs, np.nan), np.full(responses.n_obs, np.nan)
    for rows in portions(responses.n_obs):
        values = responses.values[rows]
        there = np.isfinite(values)
        patterns, which = np.unique(there, axis=0, return_inverse=True)
        found, tail = np.full(len(values), np.nan), np.full(len(values), np.nan)
        for place, pattern in enumerate(patterns):
            if pattern.any():
                own = which.ravel() == place
                found[own] = _squared(values[own][:, pattern] - mean[pattern], covariance[np.ix_(pattern, pattern)])
                tail[own] = chdtrc(pattern.sum(), found[own])
        index[rows], p[rows] = found, tail
    return Evidence(index, p < settings.limit)


def _squared(dev: Array, covariance: Array) -> Array:
    """Return the squared distances `(rows,)` of deviations `(rows, items)`."""
    squared: Array = (dev * cho_solve(cho_factor(covariance), dev.T).T).sum(axis=1)
    return squared


def _moments(responses: Responses) -> tuple[Array, Array]:
    """Return mean and covariance of the complete rows."""
    k, n = len(responses.columns), 0
    total, products, origin = np.zeros(k), np.zeros((k, k)), np.zeros(k)
    for rows in portions(responses.n_obs):
        values = responses.values[rows]
        values = values[np.isfinite(values).all(axis=1)]
        if n == 0 and len(values):
            origin = values.mean(axis=0)
        dev = values - origin
        n, total, products = n + len(dev), total + dev.sum(axis=0), products + dev.T @ dev
    where = responses.source or "data"
    if n <= k:
        raise ScreeningError(
            f"{where}: mahalanobis needs more rows that answer all {k} items than items; there are {n} such rows."
        )
    covariance = (products - np.outer(total, total) / n) / (n - 1)
    variance = np.diag(covariance)
    constant = [code for code, each in zip(responses.columns, variance, strict=True) if each <= _FLAT]
    if constant:
        raise ScreeningError(
            f"{where}: mahalanobis needs items that vary; constant over complete rows: {listing(constant)}."
        )
    deviation = np.sqrt(variance)
    if np.linalg.eigvalsh(covariance / np.outer(deviation, deviation))[0] < _FLAT:
        raise ScreeningError(
            f"{where}: mahalanobis cannot be computed: some item follows from the others exactly, as a copy does."
        )
    return origin + total / n, covariance


ROW = Rule(
    name="mahalanobis",
    label="A pattern of answers far from all others (p < <limit>)",
    source="Tabachnick & Fidell (2019)",
    function=outlying,
    limit=Limit(0.001, 0, 1),
)
