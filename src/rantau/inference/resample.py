"""Which rows each draw takes: the same for any batch size and any number of workers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rantau.arrays import Array, Indices

#: Draws that share one random stream. A stream per block, not per draw, keeps the setting-up cheap; the
#: block is fixed, so results depend neither on how blocks are batched nor on who computes them.
BLOCK = 100


def count_blocks(draws: int, seed: int) -> Iterator[tuple[np.random.SeedSequence, int]]:
    """Yield the seed and size of each block of draws.

    Parameters
    ----------
    draws
        How many resamples.
    seed
        Of the whole bootstrap.
    """
    blocks = -(-draws // BLOCK)
    for number, child in enumerate(np.random.SeedSequence(seed).spawn(blocks)):
        yield child, min(BLOCK, draws - number * BLOCK)


def draw_counts(strata: Indices, draws: int, seed: np.random.SeedSequence) -> Array:
    """Draw rows with replacement, within strata, and return how often each was taken.

    Parameters
    ----------
    strata
        `(n_obs,)`: the stratum of each row. Each draw takes as many rows of a stratum as it has.
    draws
        Resamples of this block.
    seed
        Of this block.

    Returns
    -------
    Array
        `(draws, n_obs)`, each row adding up to `n_obs`.
    """
    random = np.random.default_rng(seed)
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    taken = [random.integers(0, rows.size, size=(draws, rows.size)) for rows in members]
    if len(members) > 1:
        taken = [rows[places] for rows, places in zip(members, taken, strict=True)]
        return counts_of(np.concatenate(taken, axis=1), strata.size)
    return counts_of(taken[0], strata.size)


def counts_of(rows: Indices, n_obs: int) -> Array:
    """Turn row numbers `(draws, size)` into counts `(draws, n_obs)`."""
    draws = rows.shape[0]
    flat = (rows + n_obs * np.arange(draws)[:, None]).ravel()
    return np.bincount(flat, minlength=draws * n_obs).reshape(draws, n_obs).astype(float)
