"""Composites (`<~`) as the covariance engine sees them: the specification of Henseler and Ogasawara.

A composite of k items is a latent variable together with k - 1 excrescent ones, which span the items without error:
`x = loadings * C + excrescent part`, no residuals. Excrescent variables covary freely with each other and with nothing
else, so that the composite alone carries what its items have to do with the rest of the model. Here the excrescent
variable of item j has loading 1 on item j and a free loading on the first item, which is minus the weight of item j
over that of the first item. (Henseler, 2021; Schuberth, 2023.)
"""

from __future__ import annotations

import itertools

from rantau.model.entries import Entries
from rantau.model.locate import refusal
from rantau.model.spec import Block, Model

Anchors = tuple[tuple[str, str], ...]


def anchor_of(block: Block, anchors: Anchors) -> str:
    """Return the anchor of a composite: as stated by `(construct, item)`, or its first item."""
    return dict(anchors).get(block.construct, block.items[0])


def excrescent_of(block: Block, anchors: Anchors) -> dict[str, str]:
    """Return the name of the excrescent variable of each item of a composite but its anchor."""
    anchor = anchor_of(block, anchors)
    return {item: f"{block.construct}.{item}" for item in block.items if item != anchor}


def composites(model: Model) -> tuple[Block, ...]:
    """Return the blocks written with `<~`."""
    return tuple(block for block in model.blocks if block.kind == "composite")


def add_composites(model: Model, entries: Entries, anchors: Anchors) -> tuple[str, ...]:
    """Add what a composite's items have in common beside the composite.

    Parameters
    ----------
    model
        With its blocks.
    entries
        The parameters so far, the composites' loadings among them.
    anchors
        The anchor of each composite, where it is not its first item.

    Returns
    -------
    tuple of str
        The names of all excrescent variables.
    """
    found: list[str] = []
    for block in composites(model):
        names = excrescent_of(block, anchors)
        for item, name in names.items():
            entries.add(name, "=~", item, fixed=1.0)
            entries.add(name, "=~", anchor_of(block, anchors))
        for item in block.items:
            entries.add(item, "~~", item, fixed=0.0)
        for left, right in itertools.combinations_with_replacement(names.values(), 2):
            entries.add(left, "~~", right)
        found += names.values()
    return tuple(found)


def check_composites(model: Model) -> None:
    """Refuse statements about a composite's items that leave no room for its weights.

    Raises
    ------
    ModelSyntaxError
        At the place of the statement.
    """
    blocks = {item: block for block in composites(model) for item in block.items}
    for block in composites(model):
        for term in block.terms:
            if term.modifiers:
                raise refusal(
                    model, term.modifiers[0].span,
                    f"the weights of a composite are estimated: write '{block.construct} <~ {term.name} + ...' without "
                    "modifiers.",
                )  # fmt: skip
    for block in model.blocks:
        for term in block.terms:
            if term.name in blocks and blocks[term.name] is not block:
                raise refusal(
                    model, term.span, f"'{term.name}' already forms the composite '{blocks[term.name].construct}'."
                )
    for path in model.paths:
        for name, span in ((path.outcome, path.span), (path.predictor, path.term.span)):
            if name in blocks:
                raise refusal(
                    model, span,
                    f"'{name}' forms the composite '{blocks[name].construct}', which stands for it in paths.",
                )  # fmt: skip
    for one in model.covariances:
        for name, span in ((one.left, one.span), (one.right, one.term.span)):
            if name in blocks:
                raise refusal(
                    model, span,
                    f"'{name}' forms the composite '{blocks[name].construct}': the items of a composite covary freely "
                    "and have no residuals.",
                )  # fmt: skip
