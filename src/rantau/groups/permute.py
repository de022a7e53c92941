"""Permutations: groups of the same sizes, filled at random, and what PLS finds in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.inference.resample import count_blocks
from rantau.moments.sample import Sample
from rantau.pls.estimate import Fault, reasons
from rantau.pls.iterate import spread
from rantau.pls.resolve import directions, resolve
from rantau.pls.result import PlsFit
from rantau.pls.stages import Ascent

#: Blocks of permutations that are estimated as one stack.
_AT_ONCE = 2


def permuted_memberships(codes: Indices, permutations: int, seed: int, stream: int) -> list[Indices]:
    """Shuffle which group each row belongs to.

    Parameters
    ----------
    codes
        `(n,)`: the group of each row.
    permutations
        How many.
    seed, stream
        Of the random numbers; each pair of groups has a stream of its own.

    Returns
    -------
    list of Indices
        `(some, n)` each, to be estimated as one stack.
    """
    own = int(np.random.SeedSequence([seed, stream]).generate_state(1, np.uint64)[0])
    blocks = []
    for child, size in count_blocks(permutations, own):
        random = np.random.default_rng(child)
        blocks.append(random.permuted(np.broadcast_to(codes, (size, codes.size)), axis=1))
    return [np.concatenate(blocks[start : start + _AT_ONCE]) for start in range(0, len(blocks), _AT_ONCE)]


def indicators(codes: Indices, groups: int) -> Array:
    """Turn memberships `(draws, n)` into counts of rows, `(groups, draws, n)`."""
    found: Array = (codes[None] == np.arange(groups)[:, None, None]).astype(float)
    return found


class Grouped(NamedTuple):
    """What PLS finds in each group of each division of the rows: the stack is `groups x draws`."""

    ascent: Ascent
    faults: tuple[Fault, ...]
    reasons: tuple[str, ...]


def estimate_groups(fit: PlsFit, sample: Sample, counts: Array) -> Grouped:
    """Estimate a model in every group of every division.

    Parameters
    ----------
    fit
        Gives the model, the options, and where constructs point.
    sample
        The rows.
    counts
        `(groups, draws, n)`: 1 where a row belongs to the group.

    Returns
    -------
    Grouped
        Estimates as a stack, group by group; one reason per draw, empty where it succeeded in every group.
    """
    groups, draws, n = counts.shape
    towards = directions(fit.ascent.stages, fit.plan)
    ascent, faults = resolve(sample, counts.reshape(groups * draws, n), fit.plan, fit.request, towards=towards)
    each = reasons(faults, groups * draws)
    found = tuple(next(filter(None, each[draw::draws]), "") for draw in range(draws)) if any(each) else ("",) * draws
    return Grouped(ascent, faults, found)


def composites(fit: PlsFit, ascent: Ascent) -> Array:
    """Return how the score of each construct that is no product comes from standardised items, `(draws, p, J)`."""
    names = fit.plan.whole.constructs
    if ascent.scores is None:
        return spread(ascent.whole.weights, fit.plan.whole.owner, len(names))
    kept = [place for place, name in enumerate(names) if ":" not in name]
    return ascent.scores[:, : len(fit.plan.items), kept]


def composite_names(fit: PlsFit) -> tuple[str, ...]:
    """Return the constructs that `composites` is of."""
    return tuple(name for name in fit.plan.whole.constructs if ":" not in name)
