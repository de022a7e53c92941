"""Rows made over until the model is true of them, for the bootstrap test of exact fit."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.moments.compute import sample_moments
from rantau.moments.sample import Sample
from rantau.pls.item_moments import refuse_ordered
from rantau.pls.request import PlsRequest
from rantau.pls.structure import Structure

#: Below this, the smallest eigenvalue of a correlation matrix counts as zero.
_SINGULAR = 1e-10


def transformed_rows(sample: Sample, structure: Structure, request: PlsRequest, implied: Array) -> Sample:
    """Return rows whose correlations are given ones, and which are as they were in all other respects.

    Missing answers are replaced by the item's mean first, where the fit does so.

    Parameters
    ----------
    sample
        The rows of a fit, `(n_obs, p)`.
    structure
        Its model, whose items are the columns.
    request
        Its options.
    implied
        The correlations wanted, `(p, p)`.

    Returns
    -------
    Sample
        With standardised values.

    Raises
    ------
    OptionError
        If the items are scores or products, and so no columns of the data.
    EstimationError
        If gaps are left, or either matrix is not positive definite.

    Source: Beran and Srivastava (1985), Bootstrap tests and confidence regions for functions of a covariance matrix:
    (x - m) S^-1/2 Sigma^1/2; Dijkstra and Henseler (2015) for PLS.
    """
    refuse_ordered(
        request,
        "the test of exact fit",
        "Report srmr (fit_indices()), or test the model by rt.sem(model, data, ordered=...).",
    )
    if structure.items != sample.names:
        raise OptionError(
            "the test of fit makes rows over so that the model is true of them, which cannot be done where "
            "constructs are measured by the scores of others, or by products. Test the model without them."
        )
    gaps = np.isnan(sample.values)
    if gaps.any() and request.missing != "mean":
        raise EstimationError(
            f"the test of fit needs answers to every item, and missing='{request.missing}' leaves gaps in the rows. "
            "Fit the complete rows (missing='listwise')."
        )
    means = np.nanmean(sample.values, axis=0)
    filled = sample.replace(values=np.where(gaps, means, sample.values))
    moments = sample_moments(filled)
    sd = np.sqrt(np.diagonal(moments.covariance))
    correlation = moments.covariance / np.outer(sd, sd)
    turn = _root(correlation, -0.5, "the items") @ _root(implied, 0.5, "the items as the model implies them")
    return filled.replace(values=(filled.values - moments.mean) / sd @ turn)


def _root(matrix: Array, power: float, what: str) -> Array:
    """Return a symmetric root of `(p, p)`."""
    # What is not known, as loadings of a negative reliability are not, is not positive definite either.
    values, vectors = np.linalg.eigh(np.where(np.isfinite(matrix).all(), matrix, 0.0))
    if not values[0] > _SINGULAR:
        raise EstimationError(
            f"the correlations of {what} are not positive definite, so rows cannot be made over to fit the model. "
            "Look for items that are combinations of others, and at fit.problems."
        )
    return np.asarray((vectors * values**power) @ vectors.T)
