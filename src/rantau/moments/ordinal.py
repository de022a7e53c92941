"""Thresholds, polychoric, polyserial and Pearson correlations of one group, and how they vary from sample to sample.

Behind each ordered item stands a standard normal variable; answers are cut from it by thresholds. Thresholds (of a
continuous variable: mean and variance) come from each variable alone, a correlation from each pair given those
(Olsson, 1979; Olsson, Drasgow & Dorans, 1982). Their covariance matrix comes from what every row adds to the scores
of both steps (Muthén, 1984; Muthén & Satorra, 1995). All pairs are estimated at once.
"""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.moments.pair_likelihoods import BLOCK, LIMIT, Pairs, latent_pairs, observed_pairs
from rantau.moments.single_answers import Ordering, Singles, estimate_singles, single_scores
from rantau.moments.table_pairs import table_pairs
from rantau.record import Record


class OrdinalMoments(Record):
    """The moments of ordered and continuous answers of one group.

    Attributes
    ----------
    ordering
        Of the variables.
    n_obs
        Rows that entered.
    level
        `(t,)`: thresholds, and means of continuous variables, variable by variable; given covariates these are
        intercepts, and the slopes follow.
    mean
        `(p,)`: means of continuous variables (given covariates, intercepts), and of covariates; 0 for ordered ones.
    covariance
        `(p, p)`: polychoric correlations, polyserial and ordinary covariances; 1 for the variance of an ordered one.
    spread
        `(m, m)`: the covariance matrix of root-n times the moments: `level`, then the lower triangle of `covariance`
        row by row without the variances of ordered variables. Empty where it was not asked for.
    sparse, perfect
        Pairs of ordered variables whose table has an empty cell; those whose correlation is at its limit.
    """

    ordering: Ordering
    n_obs: float
    level: Array
    mean: Array
    covariance: Array
    spread: Array
    sparse: tuple[tuple[int, int], ...]
    perfect: tuple[tuple[int, int], ...]


def ordinal_moments(
    values: Array, ordering: Ordering, *, counts: Array | None = None, spread: bool = True
) -> OrdinalMoments:
    """Estimate the moments of one group.

    Parameters
    ----------
    values
        `(n, p)`, NaN where an answer is missing; a pair is estimated from the rows that answer both.
    ordering
        Categories; each must be met.
    counts
        `(n,)` how often each row is taken; once unless given.
    spread
        Whether their covariance matrix is wanted.

    Returns
    -------
    OrdinalMoments
        Means, variances and covariances of continuous variables with divisor n.

    Notes
    -----
    Olsson (1979), eq. 7 to 12; Muthén (1984); Muthén & Satorra (1995), eq. 17 to 22, with the information of each
    step from the products of its scores. In a 2 x 2 table with one empty cell half an answer is added to it, and
    taken from its neighbours, so that the margins stay (Brown & Benedetti, 1977).

    Examples
    --------
    >>> import numpy as np
    >>> from rantau.moments.single_answers import ordering_of
    >>> rows = np.repeat([[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]], [40, 10, 10, 40], axis=0)
    >>> found = ordinal_moments(rows, ordering_of(rows, np.array([True, True])))
    >>> bool(abs(found.covariance[0, 1] - np.sin(0.3 * np.pi)) < 1e-9)
    True
    """
    taken = np.ones(len(values)) if counts is None else np.asarray(counts, dtype=float)
    if counts is not None:
        values, taken = values[taken > 0], taken[taken > 0]
    single = estimate_singles(values, ordering, taken)
    i, j = np.tril_indices(len(ordering.categories), -1)
    kind = ordering.ordered[i].astype(int) + ordering.ordered[j]
    parts: list[tuple[Indices, Pairs]] = []
    for which, estimate in ((2, table_pairs), (1, latent_pairs), (0, observed_pairs)):
        chosen = np.flatnonzero(kind == which)
        if chosen.size:
            parts.append((chosen, estimate(single, i[chosen], j[chosen])))
    correlation = np.eye(len(ordering.categories))
    for chosen, part in parts:
        correlation[i[chosen], j[chosen]] = correlation[j[chosen], i[chosen]] = part.correlation
    covariance = correlation * np.outer(single.deviation, single.deviation)
    limits = [
        (int(i[k]), int(j[k])) for chosen, part in parts for k in chosen[np.abs(part.correlation) >= LIMIT - 1e-9]
    ]
    empty = [(int(i[k]), int(j[k])) for chosen, part in parts for k in chosen[part.empty]]
    found = _spread(single, parts, correlation) if spread else np.zeros((0, 0))
    return OrdinalMoments(
        ordering, float(taken.sum()), single.level, np.where(ordering.ordered, 0.0, single.level[ordering.first]),
        covariance, found, tuple(sorted(empty)), tuple(sorted(limits)),
    )  # fmt: skip


def _spread(single: Singles, parts: list[tuple[Indices, Pairs]], correlation: Array) -> Array:
    """Return the covariance matrix of root-n times the moments, in the order of `OrdinalMoments.spread`.

    It is the product of the rows' influences: scores over their information, those by a correlation less what they
    share with the scores by the thresholds, means and variances that it is given.
    """
    ordering, taken = single.ordering, single.taken
    n_pairs = len(correlation) * (len(correlation) - 1) // 2
    own, continuous = single_scores(single), np.flatnonzero(~ordering.ordered)
    t1 = len(own)
    variance_at = np.full(len(ordering.categories), -1, dtype=np.intp)
    variance_at[continuous] = ordering.item.size + np.arange(continuous.size)

    same = np.concatenate([ordering.item, continuous])
    inverse, of_level = np.zeros((t1, t1)), np.empty_like(own)
    for item in range(len(correlation)):
        at = np.flatnonzero(same == item)
        inverse[np.ix_(at, at)] = np.linalg.inv((own[at] * taken) @ own[at].T)
        of_level[at] = inverse[np.ix_(at, at)] @ own[at]
    carried = []
    for chosen, part in parts:
        across = np.zeros((chosen.size, t1))
        for pairs, columns, products in part.across(ordering.first, variance_at):
            across[pairs, columns] = products
        carried.append(across @ inverse)
    # One variable alone makes no pair.
    information = np.concatenate([part.information() for _, part in parts]) if parts else np.zeros(0)

    total = t1 + n_pairs
    found = np.zeros((0, 0))
    step = max(1, BLOCK // total)
    for start in range(0, len(taken), step):
        rows = slice(start, start + step)
        block = np.empty((total, len(taken[rows])))
        block[:t1], begin = of_level[:, rows], t1
        for (chosen, part), shared in zip(parts, carried, strict=True):
            part.write_scores(rows, own, shared, block[begin : begin + chosen.size])
            begin += chosen.size
        block[t1:] /= information[:, None]
        block *= np.sqrt(taken[rows] * taken.sum())
        found = found + block @ block.T if start else block @ block.T
    found.setflags(write=False)
    pairs = np.array([pair for chosen, _ in parts for pair in chosen], dtype=np.intp)
    return _in_order(found, single, correlation, pairs, variance_at)


def _in_order(spread: Array, single: Singles, correlation: Array, pairs: Indices, variance_at: Indices) -> Array:
    """Turn correlations into covariances, and put the moments in the order of `OrdinalMoments.spread`.

    `pairs` and `variance_at` say which pairs follow one another, and where the variances are.
    """
    ordering, deviation = single.ordering, single.deviation
    if ordering.ordered.all():
        return spread
    p, t = deviation.size, ordering.item.size
    i, j = ordering.lower
    at = np.full((p, p), -1, dtype=np.intp)
    one, other = np.tril_indices(p, -1)
    at[one[pairs], other[pairs]] = len(spread) - pairs.size + np.arange(pairs.size)
    off, row = i != j, t + np.arange(i.size)
    slope = np.zeros((t + i.size, len(spread)))
    slope[np.arange(t), np.arange(t)] = 1.0
    slope[row[~off], variance_at[i[~off]]] = 1.0
    row, i, j = row[off], i[off], j[off]
    slope[row, at[i, j]] = deviation[i] * deviation[j]
    for one, other in ((i, j), (j, i)):
        moved = variance_at[one] >= 0
        by_variance = correlation[i, j] * deviation[other] / (2 * deviation[one])
        slope[row[moved], variance_at[one[moved]]] += by_variance[moved]
    return np.asarray(slope @ spread @ slope.T)
