"""The information of the unrestricted moments, and the spread of what rows say of them."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rantau.arrays import Array, Indices
from rantau.covariance.evidence import Evidence
from rantau.covariance.robust.casewise import by_cluster, moment_scores
from rantau.covariance.robust.deviations import Deviations
from rantau.moments.asymptotic import varying_moments
from rantau.moments.pattern_likelihood import information_of_moments, seen_by
from rantau.moments.patterns import Patterns


def patterns_behind(evidence: Evidence) -> Patterns:
    """Return the patterns of missing answers; complete rows are one pattern in each group."""
    moments = evidence.moments
    if moments.patterns is not None:
        return moments.patterns
    return Patterns(
        np.arange(moments.n.size), np.ones(moments.mean.shape, dtype=bool), moments.n, moments.covariance, moments.mean
    )


def moment_information(evidence: Evidence, covariance: Array, mean: Array, *, exact: bool) -> list[Array]:
    """Compute the information that one row of each group has on its unrestricted moments.

    Parameters
    ----------
    evidence
        Whose rows.
    covariance, mean
        `(G, p, p)` and `(G, p)` at which it is taken.
    exact
        Whether the observed information is wanted; the expected one otherwise, given which answers are missing.

    Returns
    -------
    list of Array
        `(m, m)` for each group: means first where they are modelled, then the lower triangle row by row.
    """
    patterns = patterns_behind(evidence)
    seen = seen_by(patterns, covariance, mean)
    means, found = evidence.layout.mean_structure, []
    for own in patterns.of_groups(mean.shape[0]):
        count = patterns.n[own]
        found.append(information_of_moments(seen.take(own), count / count.sum(), means=means, exact=exact))
    return found


def free_moments(evidence: Evidence) -> Indices:
    """Return the places of the moments that are not those of fixed covariates among themselves."""
    return varying_moments(evidence.moments.mean.shape[1], evidence.fixed, means=evidence.layout.mean_structure)


def unrestricted_trace(evidence: Evidence, *, exact: bool) -> float:
    """Return the trace of `A^-1 B` of the unrestricted moments, summed over the groups.

    Notes
    -----
    Yuan & Bentler (2000), eq. 16 and 20: A the information, B the spread of the rows' scores; without the moments of
    fixed covariates.
    """
    moments, rows, weights = evidence.moments, evidence.rows, evidence.row_weights
    if moments.patterns is None and rows.cluster is None:
        return _complete_trace(evidence)
    covariance = moments.covariance
    mean = moments.mean if evidence.layout.mean_structure else evidence.sample_mean
    free = free_moments(evidence)
    scores = moment_scores(covariance, mean, rows, means=evidence.layout.mean_structure)[:, free] * weights[:, None]
    found = 0.0
    for group, matrix in enumerate(moment_information(evidence, covariance, moments.mean, exact=exact)):
        members = rows.membership == group
        own = scores[members]
        if rows.cluster is not None:
            own = by_cluster(own, rows.cluster[members])
        solved = cho_solve(cho_factor(matrix[np.ix_(free, free)]), own.T)
        found += float((solved * own.T).sum() / weights[members].sum())
    return found


def _complete_trace(evidence: Evidence) -> float:
    """Return the trace for complete rows: the mean of `d'Vd`, less that of the fixed covariates alone.

    At the sample's own moments scores are `Vd`, with d a row's deviation and V the information of normal data; by the
    inverse of a partitioned matrix, what V leaves to the other moments is the whole less the covariates' own.
    """
    fixed, means = list(evidence.fixed), evidence.layout.mean_structure
    found = 0.0
    for group, covariance in enumerate(evidence.moments.covariance):
        members = evidence.rows.membership == group
        centred, weights = evidence.rows.values[members] - evidence.sample_mean[group], evidence.row_weights[members]
        # Rows scatter about their own mean square, which under Wishart's likelihood is not the matrix fitted to.
        spread = (centred * weights[:, None]).T @ centred / weights.sum()
        whole = Deviations(centred, None, spread, weights, means).lengths(np.linalg.inv(covariance))
        found += float(whole.sum() / weights.sum())
        if fixed:
            own = covariance[np.ix_(fixed, fixed)]
            among = spread[np.ix_(fixed, fixed)]
            part = Deviations(centred[:, fixed], None, among, weights, means).lengths(np.linalg.inv(own))
            found -= float(part.sum() / weights.sum())
    return found
