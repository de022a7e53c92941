"""The model that a stated population is analysed with: its numbers are set free, but for those that set scales."""

from __future__ import annotations

from rantau.model.locate import refusal
from rantau.model.spec import Model, Term


def analysed_model(stated: Model, *, std_lv: bool = False) -> Model:
    """Return the model of a population with its numbers to be estimated.

    Held at their numbers are what gives a factor its scale, so that estimates have the units of the population; the
    residual variance of an item that alone measures a factor; and means of factors.

    Parameters
    ----------
    stated
        Every parameter is a number.
    std_lv
        Whether the (residual) variance of each factor sets its scale, and not its first loading.

    Returns
    -------
    Model
        With the labels, definitions and hypotheses of the population.

    Raises
    ------
    ModelSyntaxError
        If a factor has no scale, as its first loading is 0.
    """
    constructs = set(stated.constructs)
    alone = {block.items[0] for block in stated.blocks if len(block.items) == 1}
    for block in stated.blocks:
        if not std_lv and _number(block.terms[0]) == 0:
            raise refusal(
                stated, block.terms[0].span,
                f"the first loading gives '{block.construct}' its scale and cannot be 0: put another item first, or "
                "give the model to be fitted (model=).",
            )  # fmt: skip
    return stated.replace(
        blocks=tuple(
            block.replace(
                terms=tuple(
                    term if place == 0 and not std_lv else _released(term) for place, term in enumerate(block.terms)
                )
            )
            for block in stated.blocks
        ),
        paths=tuple(path.replace(term=_released(path.term)) for path in stated.paths),
        covariances=tuple(
            one
            if one.left == one.right and (one.left in alone or (std_lv and one.left in constructs))
            else one.replace(term=_released(one.term))
            for one in stated.covariances
        ),
        intercepts=tuple(
            one if one.variable in constructs else one.replace(term=_released(one.term)) for one in stated.intercepts
        ),
    )


def _number(term: Term) -> float | str | None:
    return next((one.values[0] for one in term.modifiers if one.kind == "fixed"), None)


def _released(term: Term) -> Term:
    return term.replace(modifiers=tuple(one for one in term.modifiers if one.kind != "fixed"))
