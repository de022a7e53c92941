"""What each row adds: the slope of its own log-likelihood by the parameters, or by the unrestricted moments."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.evidence import Evidence
from rantau.covariance.layout import Layout
from rantau.moments.patterns import alike_rows
from rantau.moments.sample import Sample


def row_scores(evidence: Evidence) -> Array:
    """Compute the derivative of each row's log-likelihood by the free parameters.

    Parameters
    ----------
    evidence
        A structure at its estimates, with its rows.

    Returns
    -------
    Array
        `(n, n_free)`; not multiplied with sampling weights.

    Notes
    -----
    By differentiating the normal log-density: with `W` the inverse of sigma among the seen variables and
    `e = W (y - mu)`, `e' dSigma e / 2 - tr(W dSigma) / 2 + dmu' e`; with `dSigma = u w' + w u'` that is
    `(u'e)(w'e) - u'Ww + dmu'e`. Without a mean structure, mu is the sample's mean.
    """
    layout, slope, rows_of = evidence.layout, evidence.slope, evidence.rows
    found = np.zeros((rows_of.n_obs, layout.n_free))
    mean = evidence.centre
    for group, rows, items in alike(rows_of):
        inverse = np.linalg.inv(evidence.implied.sigma[group][np.ix_(items, items)])
        pulled = (rows_of.values[np.ix_(rows, items)] - mean[group][items]) @ inverse
        left, right = slope.left[group][items], slope.right[group][items]
        by_cell = (pulled @ left) * (pulled @ right) - np.einsum("if,if->f", left, inverse @ right)
        if slope.mean is not None:
            by_cell += pulled @ slope.mean[group][items]
        found[rows] = gather_group(layout, group, by_cell)
    return found


def gather_group(layout: Layout, group: int, by_cell: Array) -> Array:
    """Turn derivatives by the cells of one group `(k, f)` into derivatives by the parameters `(k, n_free)`."""
    used, places, factor, which = layout.gathers[group]
    if which is not None:
        return np.asarray(by_cell @ which)
    found = np.zeros((by_cell.shape[0], layout.n_free))
    found[:, places] = by_cell[:, used] * factor
    return found


def moment_scores(covariance: Array, mean: Array, sample: Sample, *, means: bool) -> Array:
    """Compute the derivative of each row's log-likelihood by the unrestricted moments of its own group.

    Parameters
    ----------
    covariance, mean
        `(G, p, p)` and `(G, p)` at which the derivatives are taken.
    sample
        `(n, p)` rows, NaN where missing.
    means
        Whether the means are among the moments.

    Returns
    -------
    Array
        `(n, m)`: means first, then the lower triangle row by row; not multiplied with sampling weights.

    Notes
    -----
    The derivative by a covariance is `e_i e_j - W_ij`, by a variance half of that, and `e` by the means, with `e`
    and `W` as in `row_scores`.
    """
    p = mean.shape[1]
    i, j = np.tril_indices(p)
    offset = p if means else 0
    found = np.zeros((sample.n_obs, offset + i.size))
    twice = np.where(i == j, 0.5, 1.0)
    for group, rows, items in alike(sample):
        inverse = np.zeros((p, p))
        inverse[np.ix_(items, items)] = np.linalg.inv(covariance[group][np.ix_(items, items)])
        distance = np.zeros((rows.size, p))
        distance[:, items] = sample.values[np.ix_(rows, items)] - mean[group][items]
        pulled = distance @ inverse
        if means:
            found[rows, :p] = pulled
        found[rows, offset:] = twice * (pulled[:, i] * pulled[:, j] - inverse[i, j])
    return found


def alike(sample: Sample) -> list[tuple[int, Indices, Indices]]:
    """Return group, rows and seen variables of each set of rows that have the same ones, by group."""
    seen, membership = ~np.isnan(sample.values), sample.membership
    return [(int(membership[rows[0]]), rows, np.flatnonzero(seen[rows[0]])) for rows in alike_rows(seen, membership)]


def weigh_and_sum(evidence: Evidence, scores: Array) -> Array:
    """Multiply scores with the weights of their rows, and sum them within clusters where there are any.

    Parameters
    ----------
    evidence
        Whose rows.
    scores
        `(n, k)`, one for each row.

    Returns
    -------
    Array
        `(n, k)`, or `(clusters, k)`.

    Notes
    -----
    Binder (1983): a weight is no number of rows, so it is squared in the spread.
    """
    weighted = np.asarray(scores * evidence.row_weights[:, None])
    rows = evidence.rows
    return weighted if rows.cluster is None else by_cluster(weighted, rows.cluster, rows.membership)


def by_cluster(scores: Array, cluster: Indices, membership: Indices | None = None) -> Array:
    """Sum scores within clusters, scaled so that their outer products estimate the spread.

    Parameters
    ----------
    scores
        `(n, k)`, one for each row.
    cluster, membership
        `(n,)` the cluster and the group of each row; one group unless given.

    Returns
    -------
    Array
        `(clusters, k)`.

    Notes
    -----
    Clusters are drawn with replacement: of c clusters in a group, c / (c - 1) times the outer products (Binder, 1983;
    Skinner, Holt & Smith, 1989, eq. 2.18), as in lavaan.
    """
    scaled, groups = np.array(scores), np.zeros(cluster.shape, dtype=np.intp) if membership is None else membership
    for group in np.unique(groups):
        count = np.unique(cluster[groups == group]).size
        if count > 1:
            scaled[groups == group] *= np.sqrt(count / (count - 1))
    _, member = np.unique(cluster, return_inverse=True)
    found = np.zeros((int(member.max()) + 1, scores.shape[1]))
    np.add.at(found, member, scaled)
    return found
