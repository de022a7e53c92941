"""Likelihood ratio statistics of covariance-based fits to completed data sets."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.covariance.estimate import fit_moments
from rantau.covariance.implied import imply
from rantau.covariance.result import SemFit
from rantau.errors import EstimationError, OptionError, RantauWarning
from rantau.imputation.chi_square import Ratios
from rantau.moments.grouped import grouped_moments
from rantau.moments.sample import Sample


class Deviances(NamedTuple):
    """Minus twice the log-likelihoods of one model; those at pooled estimates less a constant of the data.

    Attributes
    ----------
    own
        `(m,)` at the estimates of each.
    pooled
        `(m,)` at the means of the estimates.
    stacked
        Of all data sets one below the other, divided by m.
    n_free
        Parameters.
    """

    own: Array
    pooled: Array
    stacked: float
    n_free: int


def check_likelihood(fits: Sequence[SemFit], test: str) -> None:
    """Refuse fits whose chi-square is no likelihood ratio that can be had again.

    Raises
    ------
    OptionError
        Saying what to take.
    """
    request = fits[0].request
    why = ""
    if fits[0].discrepancy.name not in ("ml", "fiml"):
        why = f"estimator='{request.estimator}' maximises no likelihood"
    elif request.likelihood != "normal":
        why = "likelihood='wishart' divides by n - 1, which a stack of data sets has once and not m times"
    elif request.expanded.constructs:
        why = "products of constructs are centred in each data set by itself"
    elif fits[0].sample is None:
        why = "the fits were made from summary statistics"
    elif any(fit.table != fits[0].table for fit in fits):
        why = "the weights of composites hang on other items in some data sets"
    elif any(np.isnan(fit.rows.values).any() for fit in fits):
        why = "the data sets have gaps"
    if why:
        raise OptionError(f"test='{test}' cannot be had: {why}. Take test='D2', which needs the chi-squares alone.")


def stacked_fit(fits: Sequence[SemFit]) -> SemFit:
    """Fit the model to all completed data sets one below the other.

    Raises
    ------
    EstimationError
        If that does not converge.
    """
    first = fits[0]
    samples = [fit.rows for fit in fits]
    whole = Sample(
        samples[0].names,
        np.concatenate([one.values for one in samples]),
        f"{len(samples)} imputations",
        None if samples[0].group is None else np.concatenate([one.group for one in samples if one.group is not None]),
        samples[0].groups,
        None
        if samples[0].weights is None
        else np.concatenate([one.weights for one in samples if one.weights is not None]),
    )
    # Neither its errors nor a corrected test are wanted: rows that stand there m times have none.
    request = first.request.replace(se="none", test="standard", cluster="", estimator="ML", information="default")
    missing = "listwise" if request.missing == "listwise" else "fiml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RantauWarning)
        found = fit_moments(
            request, first.table, whole, grouped_moments(whole, missing=missing), first.statistics.df, whole.n_obs
        )
    if not found.converged:
        raise EstimationError(
            "the fit to all imputations one below the other, which D4 needs, did not converge. Take test='D2'."
        )
    return found


def ratios_of(smaller: Deviances, larger: Deviances, df: float) -> Ratios:
    """Hold a model against a larger one, which differs by `df` parameters."""
    return Ratios(
        df,
        smaller.own - larger.own,
        smaller.pooled - larger.pooled,
        max(smaller.stacked - larger.stacked, 0.0),
        max(larger.stacked - float(larger.own.mean()), 0.0),
        larger.n_free,
    )


def deviances_of(fits: Sequence[SemFit], stacked: SemFit) -> Deviances:
    """Return the deviances of the model that was fitted."""
    p, x = len(fits[0].table.observed), len(fits[0].table.exogenous)
    # Where means are not modelled, they are free all the same.
    means = 0 if fits[0].table.mean_structure else (p - x) * fits[0].moments.n_groups
    return Deviances(
        np.array([-2 * fit.statistics.logl for fit in fits]),
        _at(fits, _implied(fits)),
        -2 * stacked.statistics.logl / len(fits),
        int(fits[0].statistics.n_free) + means,
    )


def saturated_deviances(fits: Sequence[SemFit], stacked: SemFit) -> Deviances:
    """Return those of unrestricted means and covariances, given the fixed covariates."""
    p, x = len(fits[0].table.observed), len(fits[0].table.exogenous)
    count = p * (p + 1) // 2 - x * (x + 1) // 2 + p - x
    return Deviances(
        np.array([-2 * fit.statistics.unrestricted_logl for fit in fits]),
        _at(fits, average_moments(fits)),
        -2 * stacked.statistics.unrestricted_logl / len(fits),
        count * fits[0].moments.n_groups,
    )


def baseline_deviances(fits: Sequence[SemFit], stacked: SemFit, saturated: Deviances) -> Deviances:
    """Return those of the model in which nothing covaries but the covariates."""
    table, at = fits[0].table, average_moments(fits)
    covariates = np.isin(np.array(table.observed), table.covariates)
    kept = np.eye(len(table.observed), dtype=bool) | (covariates[:, None] & covariates)
    return Deviances(
        saturated.own + np.array([fit.statistics.baseline.statistic for fit in fits]),
        _at(fits, Point(np.where(kept, at.sigma, 0.0), at.mu)),
        saturated.stacked + stacked.statistics.baseline.statistic / len(fits),
        saturated.n_free - int(fits[0].statistics.baseline.df),
    )


class Point(NamedTuple):
    """Covariances `(G, p, p)` and means `(G, p)`."""

    sigma: Array
    mu: Array


def average_moments(fits: Sequence[SemFit]) -> Point:
    """Return the unrestricted moments, averaged over the completed data sets."""
    return Point(
        np.mean([fit.moments.covariance for fit in fits], axis=0), np.mean([fit.moments.mean for fit in fits], axis=0)
    )


def implied_moments(fits: Sequence[SemFit]) -> Point:
    """Return what the model implies at the means of the estimates; means that are not modelled are the sample's."""
    found = _implied(fits)
    return found if fits[0].table.mean_structure else Point(found.sigma, average_moments(fits).mu)


def _implied(fits: Sequence[SemFit]) -> Point:
    # The moments of fixed covariates stand in the layout of each fit; they are estimates too.
    layout = fits[0].layout.replace(base=np.mean([fit.layout.base for fit in fits], axis=0))
    found = imply(layout, np.mean([fit.theta for fit in fits], axis=0))
    return Point(np.asarray(found.sigma), np.asarray(found.mu))


def _at(fits: Sequence[SemFit], point: Point) -> Array:
    """Return the deviance of each fit's data `(m,)` at moments of any origin."""
    inverse = np.linalg.inv(point.sigma)
    size = np.linalg.slogdet(point.sigma)[1]
    found = []
    for fit in fits:
        second = fit.moments.covariance
        if fit.table.mean_structure:
            away = fit.moments.mean - point.mu
            second = second + away[:, :, None] * away[:, None, :]
        found.append(float(fit.moments.n @ (size + np.einsum("gij,gji->g", inverse, second))))
    return np.array(found)
