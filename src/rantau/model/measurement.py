"""What of a model is about measurement."""

from __future__ import annotations

from functools import lru_cache

from rantau.model.spec import Model


@lru_cache(maxsize=64)
def measurement_part(model: Model) -> Model:
    """Return a model's constructs and items without its structural statements.

    Covariances between items stay, and those between constructs that no path explains; regressions, and what
    refers to them or to their disturbances, go. A stated variance stays, for it may set a scale. Composite
    blocks stay and are refused by the engine.
    """
    measured = {item for block in model.blocks for item in block.items} | set(model.constructs)
    explained = {path.outcome for path in model.paths}
    return model.replace(
        paths=(),
        covariances=tuple(
            one for one in model.covariances
            if {one.left, one.right} <= measured
            and (one.left == one.right or not {one.left, one.right} & (explained & set(model.constructs)))
        ),
        intercepts=tuple(one for one in model.intercepts if one.variable in measured),
        thresholds=tuple(one for one in model.thresholds if one.variable in measured),
        scales=tuple(one for one in model.scales if one.variable in measured),
        definitions=(),
        constraints=(),
        hypotheses=(),
    )  # fmt: skip
