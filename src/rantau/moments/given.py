"""Thresholds, slopes and residual correlations of ordered and continuous answers given fixed covariates.

Each answer is regressed on the covariates, the ordered ones by probit; a correlation is that of two residuals. How
all of these vary together comes from what every row adds to the scores of both steps (Muthén, 1984; Muthén &
Satorra, 1995).
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.moments.given_pairs import Side, given_correlations, pair_scores, row_blocks
from rantau.moments.given_singles import GivenSingles, estimate_given, given_scores
from rantau.moments.ordinal import OrdinalMoments
from rantau.moments.pair_likelihoods import LIMIT
from rantau.moments.single_answers import Ordering

#: Pairs of one kind, with what stands first the ordered variable: places among all pairs, and the two variables.
Kind = tuple[Indices, Indices, Indices]


def given_moments(
    values: Array, ordering: Ordering, *, counts: Array | None = None, spread: bool = True
) -> OrdinalMoments:
    """Estimate the moments of one group given its covariates.

    Parameters
    ----------
    values
        `(n, p)`, NaN where an answer is missing (covariates have no gaps); a pair is estimated from the rows that
        answer both.
    ordering
        Categories; each must be met. Its covariates are those of `given`.
    counts
        `(n,)` how often each row is taken; once unless given.
    spread
        Whether the covariance matrix of the moments is wanted.

    Returns
    -------
    OrdinalMoments
        `level`: thresholds and intercepts, where covariates are 0, and then the slopes. `covariance`: that of the
        residuals, of variance 1 where ordered; the covariates' own beside it. NaN where covariates repeat each other
        or tell the answers to something without exception; of the levels, those that this concerns.

    Notes
    -----
    Muthén (1984), eq. 9 to 18; Muthén & Satorra (1995), eq. 17 to 22, with the information of each step from the
    products of its scores.

    Examples
    --------
    >>> import numpy as np
    >>> from rantau.moments.single_answers import ordering_of
    >>> rows = np.repeat([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [2.0, 1.0]], [30, 10, 10, 30], axis=0)
    >>> ordered = np.array([True, False])
    >>> found = given_moments(rows, ordering_of(rows, ordered).replace(given=(1,)))
    >>> found.level.round(6).tolist()
    [0.67449, 1.34898]
    """
    taken = np.ones(len(values)) if counts is None else np.asarray(counts, dtype=float)
    if counts is not None:
        values, taken = values[taken > 0], taken[taken > 0]
    single = estimate_given(values, ordering, taken)
    p, n_obs = len(ordering.categories), float(taken.sum())
    if np.isnan(single.slope).any():
        known = np.concatenate([single.level, single.slope])
        return unknown_moments(ordering, n_obs, spread=spread).replace(level=known)
    correlation, kinds = np.eye(p), _kinds(ordering)
    limits: list[tuple[int, int]] = []
    for _, i, j in kinds:
        found = given_correlations(single, i, j)
        correlation[i, j] = correlation[j, i] = found
        at_limit = np.flatnonzero(np.abs(found) >= LIMIT - 1e-9)
        limits += [(int(max(i[k], j[k])), int(min(i[k], j[k]))) for k in at_limit]
    given = np.array(ordering.given)
    correlation[given[:, None], given] = (single.x.T * taken) @ single.x / n_obs
    covariance = correlation * np.outer(single.deviation, single.deviation)
    turn = _in_raw_units(single)
    standard = np.concatenate([single.level, single.slope])
    level = turn[: standard.size, : standard.size] @ standard
    mean = np.where(ordering.ordered, 0.0, level[np.minimum(ordering.first, level.size - 1)])
    mean[given] = single.centre
    gamma = np.zeros((0, 0))
    if spread:
        carry = _by_correlations(single, correlation) @ turn
        gamma = carry @ _spread(single, kinds, correlation) @ carry.T
    return OrdinalMoments(ordering, n_obs, level, mean, covariance, gamma, (), tuple(sorted(limits)))


def unknown_moments(ordering: Ordering, n_obs: float, *, spread: bool) -> OrdinalMoments:
    """Return moments that could not be estimated, all NaN, of `n_obs` rows."""
    p, t = len(ordering.categories), ordering.item.size + ordering.slopes[0].size
    m = t + ordering.lower[0].size
    wide = np.full((m, m), np.nan) if spread else np.zeros((0, 0))
    return OrdinalMoments(
        ordering, n_obs, np.full(t, np.nan), np.full(p, np.nan), np.full((p, p), np.nan), wide, (), ()
    )


def _kinds(ordering: Ordering) -> tuple[Kind, ...]:
    """Sort the pairs of variables, of which each has one place, by how many of the two are ordered."""
    rest = np.flatnonzero(ordering.counts)
    a, b = np.tril_indices(rest.size, -1)
    i, j = rest[a], rest[b]
    swap = ordering.ordered[j] & ~ordering.ordered[i]
    i, j = np.where(swap, j, i), np.where(swap, i, j)
    many = ordering.ordered[i].astype(int) + ordering.ordered[j]
    places = (np.flatnonzero(many == which) for which in (2, 1, 0))
    return tuple((place, i[place], j[place]) for place in places if place.size)


def _spread(single: GivenSingles, kinds: tuple[Kind, ...], correlation: Array) -> Array:
    """Return the covariance matrix of root-n times levels, slopes, residual variances and correlations."""
    ordering, taken = single.ordering, single.taken
    own = np.concatenate(given_scores(single), axis=1)
    continuous = np.flatnonzero((ordering.counts > 0) & ~ordering.ordered)
    belongs = np.concatenate([ordering.item, ordering.slopes[0], continuous])
    t1, n_pairs = own.shape[1], sum(place.size for place, _, _ in kinds)
    inner, across = np.zeros((t1 + n_pairs,) * 2), np.zeros((n_pairs, t1))
    for rows in row_blocks(single, t1 + 6 * n_pairs):
        weight = taken[rows, None]
        block = np.empty((weight.size, t1 + n_pairs))
        block[:, :t1] = own[rows]
        for place, i, j in kinds:
            scores = pair_scores(single, i, j, correlation[i, j], rows)
            block[:, t1 + place] = scores.by_correlation
            weighted = scores.by_correlation * weight
            for item, side in zip((i, j), scores.sides, strict=True):
                _add_products(across, single, rows, place, item, weighted, side)
        inner += block.T @ (block * weight)
    first, diagonal = inner[:t1, :t1], inner.diagonal()[t1:]
    inverse = np.linalg.inv(np.where(belongs[:, None] == belongs, first, 0.0))
    carried = across @ inverse
    found = np.empty_like(inner)
    found[:t1, :t1] = inverse @ first @ inverse
    found[t1:, :t1] = (inner[t1:, :t1] - carried @ first) @ inverse / diagonal[:, None]
    found[:t1, t1:] = found[t1:, :t1].T
    back = inner[t1:, :t1] @ carried.T
    corner = inner[t1:, t1:] - back - back.T + carried @ first @ carried.T
    found[t1:, t1:] = corner / np.outer(diagonal, diagonal)
    return np.asarray(found * taken.sum())


def _add_products(
    across: Array, single: GivenSingles, rows: slice, place: Indices, item: Indices, weighted: Array, side: Side
) -> None:
    """Add the products of scores by correlations with those by what one variable of each pair has of its own.

    `across (pairs, own)` is changed at the `place (k,)` of the pairs; `weighted (rows, k)` are the scores by their
    correlations, and `side` those by what belongs to `item (k,)`.
    """
    ordering, x, t = single.ordering, single.x[rows], single.level.size
    q = x.shape[1]
    rank = np.cumsum(ordering.counts > 0) - 1
    at_slopes = t + rank[item][:, None] * q + np.arange(q)
    low, high = weighted * side.first, weighted * side.second
    if ordering.ordered[item[0]]:
        code, counts = single.code[rows][:, item], ordering.counts[item]
        for k in range(int(counts.max())):
            has = np.flatnonzero(k < counts)
            of_cut = np.where(code == k, high, 0.0) + np.where(code == k + 1, low, 0.0)
            across[place[has], ordering.first[item[has]] + k] += of_cut.sum(axis=0)[has]
        across[place[:, None], at_slopes] -= (low + high).T @ x
        return
    across[place, ordering.first[item]] += low.sum(axis=0)
    across[place[:, None], at_slopes] += low.T @ x
    continuous = np.cumsum((ordering.counts > 0) & ~ordering.ordered) - 1
    across[place, t + single.slope.size + continuous[item]] += high.sum(axis=0)


def _in_raw_units(single: GivenSingles) -> Array:
    """Return the matrix from levels, slopes and the rest by standardised covariates to those by covariates as given.

    Levels are where covariates are 0 then: thresholds rise, and intercepts fall, by what is expected at their means.
    """
    ordering, t, q = single.ordering, single.level.size, single.slope.size
    (outcome, covariate), at = ordering.slopes, {place: k for k, place in enumerate(ordering.given)}
    which = np.array([at[place] for place in covariate.tolist()], dtype=np.intp)
    n_rest = sum(1 for item in np.flatnonzero(ordering.counts) if not ordering.ordered[item])
    n_items = int((ordering.counts > 0).sum())
    size = t + q + n_rest + n_items * (n_items - 1) // 2
    found = np.eye(size)
    at_slope = t + np.arange(q)
    found[at_slope, at_slope] = 1 / single.unit[which]
    sign = np.where(ordering.ordered, 1.0, -1.0)[ordering.item]
    shift = sign[:, None] * np.where(ordering.item[:, None] == outcome, (single.centre / single.unit)[which], 0.0)
    found[:t, t : t + q] = shift
    return found


def _by_correlations(single: GivenSingles, correlation: Array) -> Array:
    """Return the matrix that turns correlations into covariances, and puts the moments in the order of `Ordering`."""
    ordering, deviation = single.ordering, single.deviation
    t = single.level.size + single.slope.size
    rest = np.flatnonzero(ordering.counts)
    continuous = rest[~ordering.ordered[rest]]
    p = deviation.size
    variance_at, at = np.full(p, -1, dtype=np.intp), np.full((p, p), -1, dtype=np.intp)
    variance_at[continuous] = t + np.arange(continuous.size)
    a, b = np.tril_indices(rest.size, -1)
    at[rest[a], rest[b]] = t + continuous.size + np.arange(a.size)
    i, j = ordering.lower
    found = np.zeros((t + i.size, t + continuous.size + a.size))
    found[np.arange(t), np.arange(t)] = 1.0
    row, off = t + np.arange(i.size), i != j
    found[row[~off], variance_at[i[~off]]] = 1.0
    row, i, j = row[off], i[off], j[off]
    found[row, at[i, j]] = deviation[i] * deviation[j]
    for one, other in ((i, j), (j, i)):
        moved = variance_at[one] >= 0
        slope = correlation[i, j] * deviation[other] / (2 * deviation[one])
        found[row[moved], variance_at[one[moved]]] += slope[moved]
    return found
