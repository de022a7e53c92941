"""The largest regression of a PLS model: its predictors tell how many rows a segment needs."""

from __future__ import annotations

from rantau.pls.stages import Plan


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
