"""How many rows a segment needs, by the most arrows that point at one construct."""

from __future__ import annotations

from scipy.special import fdtri, ncfdtr

from rantau.pls.stages import Plan

#: What a segment should be able to show: a medium effect (Cohen's f²), with this power, at this level.
EFFECT, POWER, LEVEL = 0.15, 0.80, 0.05


def most_arrows(plan: Plan) -> int:
    """Return the number of predictors of the largest regression: paths to a construct, or items weighted by mode B."""
    found = 1
    for stage in plan.stages:
        structure = stage.structure
        formed = [
            block.stop - block.start
            for block, mode in zip(structure.blocks, structure.modes, strict=True)
            if mode == "B"
        ]
        found = max(found, int(structure.paths.sum(axis=1).max()), *formed)
    return found


def rows_needed(predictors: int) -> int:
    """Return how many rows the F test of a regression needs to find a medium effect (f² = .15) with power .80 at 5 %.

    Source: Cohen (1988), Statistical power analysis for the behavioral sciences, ch. 9, with noncentrality f² n.

    Examples
    --------
    >>> rows_needed(2), rows_needed(8)
    (68, 109)
    """
    n = predictors + 2
    while True:
        df = n - predictors - 1
        # What the noncentral distribution has below the critical value is the chance to miss the effect.
        if 1 - float(ncfdtr(predictors, df, EFFECT * n, fdtri(predictors, df, 1 - LEVEL))) >= POWER:
            return n
        n += 1
