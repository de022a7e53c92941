"""What PLS cannot honour of a model, refused with its place in the file."""

from __future__ import annotations

from collections import Counter

import numpy as np

from rantau.arrays import Mask
from rantau.errors import OptionError
from rantau.model.locate import first_use, refusal
from rantau.model.spec import Model, Span
from rantau.pls.interaction import products_of
from rantau.pls.structure import Structure, ordered


def refuse_foreign_statements(model: Model) -> None:
    """Refuse statements that only the covariance engine can hold, and products among the items of a block."""
    if model.constraints:
        raise refusal(
            model,
            model.constraints[0].span,
            "PLS cannot hold constraints. Remove this line, or use rt.sem().",
        )
    if model.intercepts:
        raise refusal(
            model,
            model.intercepts[0].span,
            "PLS has no means or intercepts: it works on standardised scores. Remove this line, or use rt.sem().",
        )
    if model.thresholds:
        raise refusal(
            model,
            model.thresholds[0].span,
            "PLS has no thresholds among its parameters: those of ordered answers (ordered=) are estimated from each "
            "item alone. Remove this line, or use rt.sem().",
        )
    if model.scales:
        raise refusal(
            model,
            model.scales[0].span,
            "PLS has no scales (`~*~`) of ordered answers: it takes answers as numbers. Remove this line, or use "
            "rt.sem().",
        )
    for block in model.blocks:
        for term in block.terms:
            if len(term.factors) > 1:
                raise refusal(
                    model,
                    term.span,
                    f"a product cannot measure '{block.construct}', got '{term.name}'. Write the product in a path "
                    f"(`Outcome ~ {' + '.join((*dict.fromkeys(term.factors), term.name))}`).",
                )


def refuse_odd_blocks(model: Model) -> None:
    """Refuse items of two blocks or of a block and a path, exploratory blocks, and paths that are fixed or equated."""
    constructs = set(model.constructs)
    owner: dict[str, str] = {}
    for block in model.blocks:
        for term in block.terms:
            if any(modifier.kind == "efa" for modifier in term.modifiers):
                raise refusal(
                    model, term.span, "PLS has no exploratory blocks (efa). Name the items of each construct."
                )
            if term.name in owner:
                raise refusal(
                    model,
                    term.span,
                    f"'{term.name}' already measures '{owner[term.name]}'; "
                    "in PLS an item belongs to one construct. Keep it where it fits best.",
                )
            owner[term.name] = block.construct
    for path in model.paths:
        places = [(path.outcome, path.span), *((name, path.term.span) for name in path.term.factors)]
        for name, span in places:
            if name in owner and name not in constructs:
                raise refusal(
                    model,
                    span,
                    f"'{name}' is an item of '{owner[name]}' and cannot also stand in a path. "
                    f"Write '{owner[name]}', or take the item out of that block.",
                )
        for modifier in path.term.modifiers:
            if modifier.kind in ("fixed", "equal"):
                raise refusal(
                    model,
                    modifier.span,
                    f"PLS cannot fix or equate path coefficients ('{path.outcome} ~ {path.predictor}'). "
                    "Remove the modifier, or use rt.sem().",
                )


def refuse_labels_for_products(model: Model, constructs: tuple[str, ...]) -> None:
    """Refuse `Y ~ X*M`, which gives the path from M the label X, where the product of X and M is meant."""
    for path in model.paths:
        for modifier in path.term.modifiers:
            label = str(modifier.values[0]) if modifier.kind == "label" else ""
            if label in constructs or label in model.observed:
                wanted = f"{label} + {path.predictor} + {label}:{path.predictor}"
                raise refusal(
                    model,
                    modifier.span,
                    f"`{label}*{path.predictor}` gives the path from '{path.predictor}' the label '{label}', which is "
                    f"the name of a variable. Write a product as `{wanted}`, or choose another label.",
                )


def refuse_equal_paths(model: Model, labels: tuple[str, ...]) -> None:
    """Refuse labels that stand on several paths, which would make these equal."""
    twice = [label for label, count in Counter(labels).items() if count > 1]
    for path in model.paths:
        for modifier in path.term.modifiers:
            if modifier.kind == "label" and modifier.values[0] in twice:
                raise refusal(
                    model,
                    modifier.span,
                    f"the label '{modifier.values[0]}' stands on several paths, which makes them equal; "
                    "PLS cannot hold constraints. Give each path a label of its own, or use rt.sem().",
                )


def refuse_odd_network(model: Model, constructs: tuple[str, ...], paths: Mask) -> None:
    """Refuse a model without paths, constructs that nothing joins, and loops."""
    if not model.paths:
        raise refusal(
            model,
            Span(1, 1),
            "the model has no paths; PLS weights items by how constructs relate. "
            "Write at least one line such as `Loyalty ~ Satisfaction`, or use rt.cfa().",
        )
    measuring = {term.name for block in model.blocks for term in block.terms}
    for name, used in zip(constructs, list(np.any(paths | paths.T, axis=1)), strict=True):
        if not used and name not in measuring:
            raise refusal(
                model,
                model.block(name).span,
                f"'{name}' has no path to or from another construct, "
                "so PLS has nothing to weight its items by. Add a path, or remove the construct.",
            )
    looped = [constructs[j] for j in range(len(constructs)) if j not in ordered(paths)]
    if looped:
        # What merely follows from a loop is left over too; peel it off from the other end.
        backwards = ordered(paths.T)
        looped = [name for name in looped if constructs.index(name) not in backwards]
        raise refusal(
            model,
            _first_within(model, looped),
            f"the paths go round in a loop ({', '.join(looped)}); PLS estimates recursive models only. "
            "Remove one of the paths, or use rt.sem().",
        )


def _first_within(model: Model, names: list[str]) -> Span:
    """Return the first path whose outcome and predictor are both among the names."""
    spans = [path.span for path in model.paths if path.outcome in names and path.predictor in names]
    return spans[0] if spans else first_use(model, names[0])


def refuse_correction(model: Model, written: Structure, interaction: str, higher_order: str, *, stages: int) -> None:
    """Refuse what cannot be corrected for unreliability."""
    products = products_of(written)
    if products and interaction in ("product_indicator", "orthogonal"):
        raise OptionError(
            f"consistent=True has no correction for products of items ('{products[0]}', "
            f"interaction='{interaction}'), whose errors are correlated. Take interaction='two_stage', whose moments "
            "are corrected, or consistent=False."
        )
    if model.has_higher_orders and higher_order in ("repeated", "embedded"):
        raise OptionError(
            f"consistent=True has no correction for repeated items (higher_order='{higher_order}'), whose errors are "
            "correlated. Take higher_order='disjoint' or consistent=False."
        )
    if stages > 2:
        raise OptionError(
            "consistent=True corrects constructs of the second order; this model has some of the third. "
            "Take consistent=False, or join the two upper orders."
        )
    if model.has_higher_orders and products:
        raise OptionError(
            f"consistent=True corrects constructs of constructs or products ('{products[0]}'), not both in one model. "
            "Take consistent=False, or leave one of them out."
        )
