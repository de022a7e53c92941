"""Standard errors from the information matrix, and what its smallest eigenvalue says."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Layout, imply, information, slopes
from rantau.errors import IdentificationError
from rantau.model.parameters import ParameterTable
from rantau.moments.compute import Moments

#: Below this, an eigenvalue of the information in correlation metric is taken for zero.
SINGULAR = 1e-10


def expected_information(layout: Layout, discrepancy: Discrepancy, moments: Moments, theta: Array) -> Array:
    """Return the expected information of one observation, `(n_free, n_free)`, at `theta (n_free,)`."""
    implied = imply(layout, theta[None])
    stack = moments.replace(covariance=moments.covariance[None], mean=moments.mean[None])
    weight = discrepancy.function(implied, stack)[3]
    matrix: Array = information(layout, slopes(layout, implied), weight)[0]
    return matrix


def covariance_of_estimates(information_matrix: Array, n_obs: int) -> Array:
    """Invert the information.

    Parameters
    ----------
    information_matrix
        `(n_free, n_free)` of one observation.
    n_obs
        Rows.

    Returns
    -------
    Array
        Covariance of the estimates `(n_free, n_free)`, all NaN where the information is singular.
    """
    scaled, deviation = _correlation_metric(information_matrix)
    values, vectors = np.linalg.eigh(scaled)
    if values.size and not values[0] > SINGULAR:
        return np.full_like(information_matrix, np.nan)
    inverse = (vectors / values) @ vectors.T
    covariance: Array = inverse / np.outer(deviation, deviation) / n_obs
    return covariance


def check_identification(
    layout: Layout,
    table: ParameterTable,
    discrepancy: Discrepancy,
    moments: Moments,
    theta: Array,
    source: str,
) -> None:
    """Refuse a model whose information matrix is singular near any parameters.

    Parameters
    ----------
    layout, table
        The model.
    discrepancy, moments
        What would be minimised.
    theta
        `(n_free,)` start values; a second point near them is tried, so that no accident of the start decides.
    source
        The model file's name, for the message.

    Raises
    ------
    IdentificationError
        Naming the parameters that trade off against each other.

    Notes
    -----
    Local identification by the rank of the information matrix: Rothenberg (1971), theorem 1.
    """
    nudge = np.random.default_rng(20050).uniform(0.85, 1.15, size=theta.shape)
    guilty: set[int] | None = None
    for point in (theta, theta * nudge + 0.02 * (nudge - 1)):
        matrix = expected_information(layout, discrepancy, moments, point)
        scaled, _ = _correlation_metric(matrix)
        values, vectors = np.linalg.eigh(scaled)
        null = vectors[:, values < SINGULAR]
        if null.shape[1] == 0:
            return
        share = np.abs(null).max(axis=1)
        found = set(np.flatnonzero(share > 0.05 * share.max()).tolist())
        guilty = found if guilty is None else guilty | found
    names = [table.names[place] for place in sorted(guilty or ())]
    raise IdentificationError(
        f"{source}: the model is not identified: these parameters can change together without changing what "
        f"the model implies: {'; '.join(names[:12])}{'; ...' if len(names) > 12 else ''}. "
        "Fix one of them (for a factor, one loading or its variance), add items, or drop a path."
    )


def _correlation_metric(matrix: Array) -> tuple[Array, Array]:
    diagonal = np.diag(matrix)
    deviation = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return matrix / np.outer(deviation, deviation), deviation
