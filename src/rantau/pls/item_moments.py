"""The covariances of the items that PLS works on: of numbers, or of what lies behind ordered answers."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError, listing
from rantau.fit import Problem, doubtful_tables
from rantau.moments.compute import Moments, resampled_moments
from rantau.moments.ordered_groups import sample_ordering
from rantau.moments.ordered_resamples import ordered_resamples
from rantau.moments.ordinal import ordinal_moments
from rantau.moments.sample import Sample
from rantau.pls.request import PlsRequest

#: Eigenvalues of a correlation matrix up to this count as none.
SINGULAR = 1e-8
#: What is said of a resample whose correlations are those of no variables.
INDEFINITE = "not_positive_definite: the polychoric correlations are not positive definite"


def item_moments(sample: Sample, counts: Array, request: PlsRequest) -> Moments:
    """Compute what PLS starts from on resamples of rows.

    Parameters
    ----------
    sample
        The items, `(n, p)`.
    counts
        `(draws, n)`: how often each row is taken.
    request
        Its `ordered` items have polychoric and polyserial correlations; its `missing` says how gaps are met.

    Returns
    -------
    Moments
        Covariance `(draws, p, p)` and mean `(draws, p)`.

    Source: Cantaluppi (2012), A partial least squares algorithm handling ordinal variables; Schuberth, Henseler and
    Dijkstra (2018), Partial least squares path modeling using ordinal categorical indicators.
    """
    if request.ordered:
        return ordered_resamples(sample, sample_ordering(sample, request.ordered), counts)
    return resampled_moments(sample, counts, missing="em" if request.missing == "em" else "mean")


def moments_of_fit(sample: Sample, request: PlsRequest) -> Moments:
    """Compute the same of the rows themselves, as a stack of one."""
    return item_moments(sample, np.ones((1, sample.n_obs)), request)


def notes_on(moments: Moments, request: PlsRequest) -> tuple[str, ...]:
    """Say of each member of a stack that its correlations are those of no variables; empty where they may be."""
    if not request.ordered:
        return ()
    return tuple(INDEFINITE if value <= SINGULAR else "" for value in _smallest(moments.covariance))


def _smallest(covariance: Array) -> Array:
    """Return the smallest eigenvalues of the correlations, `(draws,)`; infinite where they are not known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        reciprocal = 1 / np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        correlation = covariance * reciprocal[:, :, None] * reciprocal[:, None, :]
    known = np.isfinite(correlation).all(axis=(1, 2))
    least = np.full(len(correlation), np.inf)
    least[known] = np.linalg.eigvalsh(correlation[known])[:, 0]
    return least


def doubtful_answers(sample: Sample, request: PlsRequest, moments: Moments) -> tuple[Problem, ...]:
    """Warn of what polychoric correlations had to be estimated from.

    Parameters
    ----------
    sample, request, moments
        Of a fit.

    Source: Savalei (2011) on empty cells; a matrix of pairwise correlations need not be positive definite (Wothke,
    1993).
    """
    if not request.ordered:
        return ()
    part = ordinal_moments(sample.values, sample_ordering(sample, request.ordered), spread=False)
    found = list(doubtful_tables(sample.names, (part,)))
    least = float(_smallest(moments.covariance)[0])
    if least <= SINGULAR:
        found.append(
            Problem(
                "warning",
                "not_positive_definite",
                f"The matrix of polychoric correlations is not positive definite (its smallest eigenvalue is "
                f"{least:.3g}), which happens with few rows, rare categories or gaps: no variables have such "
                "correlations, d_g, d_ml and what follows from them cannot be had, and all estimates deserve a second "
                "look. Merge rare categories, drop items that say the same, or take missing='listwise'.",
            )
        )
    return tuple(found)


def refuse_ordered(request: PlsRequest, what: str, advice: str) -> None:
    """Refuse what needs the values of rows, where some items are known by their order only.

    Parameters
    ----------
    request
        Of a fit.
    what, advice
        The beginning of the sentence (`scores()`), and what to do instead.

    Raises
    ------
    OptionError
        Where answers are ordered.
    """
    if request.ordered:
        raise OptionError(
            f"{what} needs a value of every item for every row, and of ordered answers ({listing(request.ordered)}) "
            f"only the correlations behind them are known. {advice}"
        )
