"""What of a model is about measurement."""

from __future__ import annotations

from functools import lru_cache

from rantau.model.spec import Model


@lru_cache(maxsize=64)
def measurement_part(model: Model) -> Model:
    """Return a model's constructs and items without its structural statements.

    Covariances between items stay, and those between constructs that no path explains; regressions, and what
    refers to them or to their disturbances, go. A stated variance stays, for it may set a scale. Composite
    blocks stay and are refused by the engine. Constraints and definitions stay unless they name the label of a
    statement that goes; what they misspell is for the engine to refuse.
    """
    measured = {item for block in model.blocks for item in block.items} | set(model.constructs)
    explained = {path.outcome for path in model.paths}
    part = model.replace(
        paths=(),
        covariances=tuple(
            one for one in model.covariances
            if {one.left, one.right} <= measured
            and (one.left == one.right or not {one.left, one.right} & (explained & set(model.constructs)))
        ),
        intercepts=tuple(one for one in model.intercepts if one.variable in measured),
        thresholds=tuple(one for one in model.thresholds if one.variable in measured),
        scales=tuple(one for one in model.scales if one.variable in measured),
        hypotheses=(),
    )  # fmt: skip
    gone = _labels(model) - _labels(part)
    definitions = []
    for one in model.definitions:
        if gone.isdisjoint(one.expression.names):
            definitions.append(one)
        else:
            gone.add(one.name)
    return part.replace(
        definitions=tuple(definitions),
        constraints=tuple(one for one in model.constraints if gone.isdisjoint((*one.left.names, *one.right.names))),
    )


def _labels(model: Model) -> set[float | str]:
    """Return the labels of a model's parameters."""
    modifiers = (modifier for term in model.terms for modifier in term.modifiers if modifier.kind == "label")
    return {value for modifier in modifiers for value in modifier.values}
