"""What each row adds: the slope of its own log-likelihood by the parameters, or by the unrestricted moments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.evidence import Evidence
from rantau.covariance.layout import Layout
from rantau.moments.pattern_likelihood import inverse_among_seen
from rantau.moments.patterns import Patterns, alike_rows
from rantau.moments.sample import Sample

#: How many numbers the matrices of some rows may hold (8 MB).
_BLOCK = 1_000_000


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
    layout, slope = evidence.layout, evidence.slope
    rows = pull(evidence.rows, evidence.implied.sigma, evidence.centre)
    found = np.zeros((rows.at.size, layout.n_free))
    for group in range(layout.n_groups):
        members = np.flatnonzero((evidence.rows.membership == group) & (rows.at >= 0))
        left, right, pulled = slope.left[group], slope.right[group], rows.pulled[members]
        by_cell = (pulled @ left) * (pulled @ right) - _traces(rows.inverse, left, right, rows.at[members])
        if slope.mean is not None:
            by_cell += pulled @ slope.mean[group]
        found[members] = gather_group(layout, group, by_cell)
    return found


def _traces(inverse: Array, left: Array, right: Array, at: Indices) -> Array:
    """Return `u'Wu` of every cell for the pattern of each row, `(k, f)`."""
    used, place = np.unique(at, return_inverse=True)
    found = np.empty((used.size, left.shape[1]))
    step = max(1, _BLOCK // max(left.size, 1))
    for start in range(0, used.size, step):
        some = slice(start, start + step)
        found[some] = (left * (inverse[used[some]] @ right)).sum(axis=-2)
    return np.asarray(found[place])


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
    i, j = lower_triangle(p)
    rows, offset = pull(sample, covariance, mean), p if means else 0
    found = np.zeros((sample.n_obs, offset + i.size))
    found[:, :offset] = rows.pulled[:, :offset]
    products = rows.pulled[:, i] * rows.pulled[:, j] - rows.inverse[:, i, j][rows.at]
    found[:, offset:] = np.where(i == j, 0.5, 1.0) * products
    found[rows.at < 0] = 0.0
    return found


class Pulled(NamedTuple):
    """Rows as they deviate from given moments.

    Attributes
    ----------
    at
        `(n,)`: the pattern of each row; -1 where nothing was answered.
    inverse
        `(B, p, p)`: the inverse W of sigma among what each pattern has seen, 0 elsewhere.
    pulled
        `(n, p)`: `e = W (y - mu)`.
    """

    at: Indices
    inverse: Array
    pulled: Array


def pull(sample: Sample, covariance: Array, mean: Array) -> Pulled:
    """Hold each row against the moments `(G, p, p)` and `(G, p)` of its group."""
    seen, membership, p = ~np.isnan(sample.values), sample.membership, mean.shape[1]
    blocks = list(alike_rows(seen, membership))
    first = np.array([rows[0] for rows in blocks], dtype=np.intp)
    count = len(blocks)
    patterns = Patterns(membership[first], seen[first], np.ones(count), np.zeros((count, p, p)), np.zeros((count, p)))
    inverse = inverse_among_seen(patterns, covariance)[0]
    distance = np.where(seen, sample.values - mean[membership], 0.0)
    at, pulled = np.full(sample.n_obs, -1, dtype=np.intp), np.zeros((sample.n_obs, p))
    single = []
    for place, rows in enumerate(blocks):
        at[rows] = place
        if rows.size > p:
            pulled[rows] = distance[rows] @ inverse[place]
        else:
            single.append(rows)
    rest, step = np.concatenate([*single, np.zeros(0, dtype=np.intp)]), max(1, _BLOCK // (p * p))
    for start in range(0, rest.size, step):
        some = rest[start : start + step]
        pulled[some] = (inverse[at[some]] @ distance[some][..., None])[..., 0]
    return Pulled(at, inverse, pulled)


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
