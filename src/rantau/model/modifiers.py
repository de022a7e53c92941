"""What is written before the `*` of a term, held against the groups there are."""

from __future__ import annotations

from rantau.errors import listing
from rantau.model.locate import refusal
from rantau.model.spec import Model, Modifier


def check_modifiers(model: Model, groups: tuple[str, ...]) -> None:
    """Refuse modifiers that have not one value per group, or not of the kind they need.

    Raises
    ------
    ModelSyntaxError
        With line and column.
    """
    for term in model.terms:
        for modifier in term.modifiers:
            _check_modifier(model, modifier, groups)


def _check_modifier(model: Model, modifier: Modifier, groups: tuple[str, ...]) -> None:
    count = len(modifier.values)
    if modifier.kind == "efa":
        return
    if count > 1 and len(groups) == 1:
        raise refusal(model, modifier.span, "values per group, `c()`, need several groups; one group is estimated.")
    if count not in (1, len(groups)):
        raise refusal(
            model,
            modifier.span,
            f"{count} values are given, but there are {len(groups)} groups ({listing(groups)}); "
            "give one value per group, in this order, or one for all.",
        )
    values = [value for value in modifier.values if value != "NA" or count == 1]
    if modifier.kind == "start" and not all(isinstance(value, float) for value in values):
        raise refusal(model, modifier.span, "start() takes a number.")
    if modifier.kind == "equal" and not all(isinstance(value, str) and value != "NA" for value in values):
        raise refusal(model, modifier.span, 'equal() takes the name of a parameter, such as `equal("F=~x2")`.')
