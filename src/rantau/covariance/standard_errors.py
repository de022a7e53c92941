"""Standard errors from the information matrix, and what its smallest eigenvalue says."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, symmetric
from rantau.covariance.constraints import Constraints
from rantau.covariance.discrepancies import Discrepancy, discrepancy_row
from rantau.covariance.evidence import Evidence
from rantau.covariance.layout import Layout
from rantau.covariance.local import VANISHED, exceeds
from rantau.covariance.minimise import look
from rantau.covariance.robust.sandwich import information, normal_spread_of_moments, spread_of_moments, spread_of_scores
from rantau.errors import IdentificationError
from rantau.model.parameters import ParameterTable
from rantau.moments.grouped import GroupMoments

#: Below this, an eigenvalue of the information in correlation metric is taken for zero.
SINGULAR = 1e-10


def inverse_information(information_matrix: Array, directions: Array) -> Array:
    """Invert the information in the directions that the constraints leave free.

    Parameters
    ----------
    information_matrix
        `(n_free, n_free)` of one row, in standard units.
    directions
        `(n_free, k)`: a basis of these directions, Z.

    Returns
    -------
    Array
        `(n_free, n_free)`: `Z (Z'AZ)^-1 Z'`; all NaN where the matrix is singular, or not positive, along Z.

    Notes
    -----
    Silvey (1959), with a basis in place of multipliers.
    """
    whole = directions.shape[0] == directions.shape[1]
    inner = information_matrix if whole else directions.T @ information_matrix @ directions
    scaled, deviation = _correlation_metric(inner)
    # What has vanished looks like anything else once it is scaled.
    if (deviation < VANISHED).any() or not exceeds(scaled, SINGULAR):
        return np.full_like(information_matrix, np.nan)
    inverse = np.linalg.inv(scaled)
    inverse = symmetric(inverse) / np.outer(deviation, deviation)
    return np.asarray(inverse if whole else directions @ inverse @ directions.T)


def check_identification(
    layout: Layout,
    table: ParameterTable,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    theta: Array,
    source: str,
    constraints: Constraints | None = None,
    expected: Array | None = None,
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
    constraints
        Those of the model, which may identify what the moments do not.
    expected
        `(n_free, n_free)`: the expected Hessian at `theta`, where it is at hand.

    Raises
    ------
    IdentificationError
        Naming the parameters that trade off against each other.

    Notes
    -----
    Local identification by the rank of the information matrix: Rothenberg (1971), theorem 1.
    """
    if discrepancy.name == "uls" and moments.ordering is None:
        # What is identified does not depend on units, but the information of ULS does.
        discrepancy, expected = discrepancy_row("ml"), None
    guilty: set[int] | None = None
    for attempt in range(2):
        point = theta if attempt == 0 else _nudged(theta)
        first = expected if attempt == 0 else None
        matrix = expected_hessian(layout, discrepancy, moments, point) if first is None else first
        scaled, deviation = _correlation_metric(matrix)
        if constraints is not None:
            jacobian = constraints.margins(point)[1][constraints.equalities] / deviation
            length = np.maximum(np.linalg.norm(jacobian, axis=-1, keepdims=True), 1e-300)
            scaled = scaled + (jacobian / length).T @ (jacobian / length)
        if exceeds(scaled, SINGULAR):
            return
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


def _nudged(theta: Array) -> Array:
    """Return a point near another, `(n_free,)`, always the same one."""
    nudge = np.random.default_rng(20050).uniform(0.85, 1.15, size=theta.shape)
    return np.asarray(theta * nudge + 0.02 * (nudge - 1))


def expected_hessian(layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, theta: Array) -> Array:
    """Return the expected Hessian of a discrepancy, `(n_free, n_free)`, at `theta (n_free,)`."""
    return look(layout, discrepancy, moments, theta, exact=False).second.expected


def _correlation_metric(matrix: Array) -> tuple[Array, Array]:
    diagonal = np.diag(matrix)
    deviation = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return matrix / np.outer(deviation, deviation), deviation


def estimate_covariance(evidence: Evidence, se: str, kind: str) -> Array:
    """Compute the covariance matrix of the estimates, in the units of the evidence.

    Parameters
    ----------
    evidence
        The model at its estimates.
    se
        One of `estimators.STANDARD_ERRORS`.
    kind
        One of `estimators.INFORMATION`.

    Returns
    -------
    Array
        `(n_free, n_free)`; NaN where the information is singular, or where none is wanted.

    Notes
    -----
    With A the information, B the spread of what rows add, and Z a basis of what constraints leave free,
    `Z (Z'AZ)^-1 Z'BZ (Z'AZ)^-1 Z' / n`. B is that of the scores (White, 1982; Yuan & Bentler, 2000; summed within
    clusters: Binder, 1983) or that of the moments (Browne, 1984; Satorra & Bentler, 1994), which pull on the estimates
    by the weights of the fitting function, whatever information is asked for; with `observed` lavaan puts the observed
    information of the moments in their place (and multiplies the observed variances of GLS by n / (n - 1) once more).
    What unweighted least squares minimises has no information; its standard errors are those of the moments of normal
    data.
    """
    if se == "none":
        return np.full((evidence.theta.size,) * 2, np.nan)
    if se == "first_order":
        kind = "first_order"
    bread = inverse_information(information(evidence, kind), evidence.directions) / evidence.n_obs
    if se == "standard" and evidence.discrepancy.name == "uls":
        meat = normal_spread_of_moments(evidence)
    elif se in ("standard", "first_order"):
        return bread
    else:
        meat = spread_of_moments(evidence) if se == "robust_sem" else spread_of_scores(evidence)
    return np.asarray(bread @ meat @ bread * evidence.n_obs)
