"""Products of standardised scores, formed from rows on a stack of resamples, and their moments.

What is linear in the items follows from their covariances; products do not. Their rows are formed once for all draws by
one matrix product and multiplied, in portions that bound memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product as every_combination
from math import comb, prod
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array

#: Numbers in one portion of rows.
_PORTION = 4_000_000
#: Below this variance, a product of standardised variables is constant but for rounding.
_CONSTANT = 1e-13

#: Which factors are multiplied, by their places.
Powers = tuple[int, ...]


class Rows(NamedTuple):
    """The rows behind a stack of moments."""

    values: Array  # (n, p), NaN where an answer is missing
    weights: Array  # (draws, n): how much each row counts in each draw
    size: Array  # (draws,) how many rows each draw has

    def part(self, which: slice) -> Rows:
        """Return some of the draws."""
        return Rows(self.values, self.weights[which], self.size[which])


def factor_rows(rows: Rows, mean: Array, vectors: Array) -> Iterator[tuple[slice, Array]]:
    """Form the rows of linear combinations of items, a portion of the draws at a time.

    Parameters
    ----------
    rows
        With `n` rows.
    mean
        `(draws, p)` of the items; a missing answer counts as this.
    vectors
        `(draws, p, f)`: the combinations, for items as they are.

    Yields
    ------
    tuple
        Which draws, and their rows `(some draws, n, f)`; their means are 0.
    """
    seen = ~np.isnan(rows.values)
    centre = np.nanmean(rows.values, axis=0)
    centred = np.where(seen, rows.values - centre, 0.0)
    n, count = len(centred), vectors.shape[2]
    step = max(1, _PORTION // max(1, n * (count + 1)))
    for start in range(0, len(vectors), step):
        which = slice(start, start + step)
        shift = mean[which] - centre
        side = vectors[which].transpose(1, 0, 2)
        found = (centred @ side.reshape(len(side), -1)).reshape(n, -1, count)
        if seen.all():
            found -= np.einsum("dp,pdf->df", shift, side)
        else:
            moved = shift.T[:, :, None] * side
            found -= (seen.astype(float) @ moved.reshape(len(side), -1)).reshape(n, -1, count)
        yield which, found.transpose(1, 0, 2)


def product_moments(
    rows: Rows, mean: Array, sd: Array, vectors: Array, powers: tuple[Powers, ...]
) -> tuple[Array, Array, Array]:
    """Return the moments of products of factors.

    Parameters
    ----------
    rows
        Of the sample.
    mean, sd
        Of the items in each draw, `(draws, p)`.
    vectors
        `(draws, p, f)`: the factors as combinations of standardised items.
    powers
        For each of m products, which factors are multiplied.

    Returns
    -------
    tuple
        The covariances of products with standardised items `(draws, m, p)` and with one another `(draws, m, m)`, and
        their means `(draws, m)`.
    """
    draws, p = mean.shape
    m = len(powers)
    with_items, among, means = np.empty((draws, m, p)), np.empty((draws, m, m)), np.empty((draws, m))
    seen = ~np.isnan(rows.values)
    centre = np.nanmean(rows.values, axis=0)
    centred = np.where(seen, rows.values - centre, 0.0)
    total = rows.weights.sum(axis=1)
    for which, factors in factor_rows(rows, mean, vectors / sd[:, :, None]):
        multiplied = np.stack([factors[:, :, list(power)].prod(axis=2) for power in powers], axis=1)
        weights = rows.weights[which] / total[which, None]
        means[which] = np.einsum("dmn,dn->dm", multiplied, weights)
        multiplied -= means[which][:, :, None]
        weighted = multiplied * weights[:, None, :]
        among[which] = weighted @ multiplied.transpose(0, 2, 1)
        crossed = (weighted.reshape(-1, len(centred)) @ centred).reshape(-1, m, p)
        present = (weighted.reshape(-1, len(centred)) @ seen.astype(float)).reshape(-1, m, p)
        with_items[which] = (crossed - (mean[which] - centre)[:, None, :] * present) / sd[which][:, None, :]
    constant = np.diagonal(among, axis1=1, axis2=2) < _CONSTANT
    among[constant[:, :, None] | constant[:, None, :]] = 0.0
    with_items[constant] = 0.0
    return with_items, among, means


def latent_moments(
    rows: Rows, mean: Array, sd: Array, vectors: Array, reliability: Array, powers: tuple[Powers, ...]
) -> tuple[Array, Array]:
    """Return the covariances of products of latent variables, from those of the scores that stand for them.

    A score is the latent variable times the root of its reliability, plus an error that is independent of all else.
    The moments of scores then are sums of those of latent variables, which can be solved from the lowest order up.
    Third moments of errors are 0 and fourth ones those of a normal distribution; this matters for squares alone.

    Parameters
    ----------
    rows, mean, sd
        As for `product_moments`.
    vectors
        `(draws, p, J)`: the scores, of unit variance, as combinations of standardised items.
    reliability
        Of the scores, `(draws, J)`; 1 where there is no error.
    powers
        For each of m products, the scores multiplied.

    Returns
    -------
    tuple
        The covariances of products with the latent variables `(draws, m, J)` and with one another `(draws, m, m)`.

    Source: Dijkstra and Schermelleh-Engel (2014), Psychometrika 79, section 3.
    """
    draws, _, count = vectors.shape
    wanted = {_key(power, count) for power in powers}
    wanted |= {_key((*power, j), count) for power in powers for j in range(count)}
    wanted |= {_key((*one, *two), count) for one in powers for two in powers}
    below = sorted({lower for key in wanted for lower in _lower(key)}, key=lambda key: (sum(key), key))
    seen: dict[Powers, Array] = {key: np.empty(draws) for key in below}
    for which, factors in factor_rows(rows, mean, vectors / sd[:, :, None]):
        weights = rows.weights[which] / rows.weights[which].sum(axis=1, keepdims=True)
        for key, found in seen.items():
            multiplied = weights.copy()
            for j, power in enumerate(key):
                if power:
                    multiplied *= factors[:, :, j] ** power
            found[which] = multiplied.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        latent = _solved(seen, np.sqrt(reliability))
    means = np.stack([latent[_key(power, count)] for power in powers], axis=1)
    crossed = np.stack(
        [np.stack([latent[_key((*power, j), count)] for j in range(count)], axis=1) for power in powers], axis=1
    )
    among = np.stack(
        [np.stack([latent[_key((*one, *two), count)] for two in powers], axis=1) for one in powers], axis=1
    )
    return crossed, among - means[:, :, None] * means[:, None, :]


def _key(factors: Powers, count: int) -> Powers:
    times = Counter(factors)
    return tuple(times[j] for j in range(count))


@cache
def _lower(key: Powers) -> tuple[Powers, ...]:
    """Return every exponent that is nowhere above one, itself last."""
    return tuple(every_combination(*(range(power + 1) for power in key)))


def _solved(seen: dict[Powers, Array], quality: Array) -> dict[Powers, Array]:
    """Solve moments of scores for those of latent variables; `seen` goes from the lowest order up."""
    error = 1 - quality**2
    latent: dict[Powers, Array] = {}
    for key, observed in seen.items():
        rest = observed.copy()
        for lower in _lower(key)[:-1]:
            gone = tuple(high - low for high, low in zip(key, lower, strict=True))
            if any(power % 2 for power in gone):
                continue
            term = latent[lower].copy()
            for j, (high, low, lost) in enumerate(zip(key, lower, gone, strict=True)):
                # The moments of a normal error: variance, 3 variance², 15 variance³.
                term *= (
                    comb(high, low) * quality[:, j] ** low * prod(range(lost - 1, 0, -2)) * error[:, j] ** (lost // 2)
                )
            rest -= term
        for j, power in enumerate(key):
            rest /= quality[:, j] ** power
        latent[key] = rest
    return latent
