"""From a model to the structure PLS works on; what PLS cannot honour is refused, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from rantau.errors import OptionError, unknown
from rantau.fit import Problem
from rantau.model.spec import Definition, Model, Modifier, Span
from rantau.options import choose
from rantau.pls.higher_order import ALIASES, ladder, parts_of, refuse_odd_orders, warn_of_explained_parts
from rantau.pls.higher_order import METHODS as ORDERS
from rantau.pls.interaction import METHODS as PRODUCTS
from rantau.pls.interaction import refuse_odd_products, with_products
from rantau.pls.outer_modes import ROWS as MODES
from rantau.pls.refusals import (
    refuse_correction,
    refuse_equal_paths,
    refuse_foreign_statements,
    refuse_labels_for_products,
    refuse_odd_blocks,
    refuse_odd_network,
)
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Plan, plan_from
from rantau.pls.structure import Structure

#: Which outer mode each kind of block gets unless `modes` says otherwise.
MODE_OF_KIND = {"reflective": "A", "composite": "B"}


@lru_cache(maxsize=32)
def plan_of(
    model: Model,
    *,
    modes: tuple[tuple[str, str], ...] = (),
    consistent: bool = False,
    interaction: str = "two_stage",
    higher_order: str = "disjoint",
) -> Plan:
    """Read a model as PLS understands it, and plan how it is estimated.

    Parameters
    ----------
    model
        Any model; blocks, paths and definitions are used.
    modes
        `(construct, mode)` pairs that replace the mode a block's operator gives it.
    consistent
        Whether factors will be corrected.
    interaction
        How products are estimated: `two_stage`, `scores`, `product_indicator` or `orthogonal`.
    higher_order
        How constructs of constructs are estimated: `disjoint`, `embedded`, `repeated` or `saturated`.

    Returns
    -------
    Plan
        Of one stage for a model without products and constructs of constructs.

    Raises
    ------
    ModelSyntaxError
        For what PLS cannot estimate, with its place.
    OptionError
        For options that have no such value, or that cannot go together.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> model = parse_model("X =~ x1 + x2; M =~ m1 + m2; Y =~ y1 + y2; Y ~ X + M + X:M")
    >>> [stage.structure.constructs for stage in plan_of(model).stages]
    [('X', 'M', 'Y'), ('X', 'M', 'Y', 'X:M')]
    """
    interaction = choose("interaction", interaction, PRODUCTS)
    choose("higher_order", higher_order, (*ORDERS, *ALIASES))
    higher_order = ALIASES.get(higher_order, higher_order)
    written = structure_of(model, modes=modes, consistent=consistent)
    stages = ladder(written, higher_order)
    if consistent:
        refuse_correction(model, written, interaction, higher_order, stages=len(stages))
    stages = with_products(written, stages, interaction, consistent=consistent)
    warned = warn_of_explained_parts(written, higher_order)
    return plan_from(written.replace(ignored=(*written.ignored, *warned)), stages)


def plan_without(model: Model, request: PlsRequest, outcome: str, predictor: str) -> Plan | None:
    """Plan a model without one of its paths.

    Parameters
    ----------
    model, request
        As they were planned with the path.
    outcome, predictor
        Of the path that is left out. A predictor that no other path joins leaves the model, with its parts.

    Returns
    -------
    Plan or None
        None where nothing but a product joins the predictor any more: there is nothing then to weight its items by.
    """
    written = structure_of(model, modes=request.modes, consistent=request.consistent)
    names = written.constructs
    place, paths = names.index(predictor), written.paths.copy()
    paths[names.index(outcome), place] = False
    joined = paths | paths.T
    products = [j for j, name in enumerate(names) if predictor in name.split(":") and j != place]
    kept = np.ones(len(names), dtype=bool)
    if not joined[place].any():
        if joined[products].any():
            return None
        gone, parts = [predictor], parts_of(written)
        while gone:
            kept[names.index(gone[-1])] = False
            gone += parts.get(gone.pop(), ())
    written = written.replace(paths=paths).among(kept)
    stages = ladder(written, request.higher_order)
    return plan_from(written, with_products(written, stages, request.interaction, consistent=request.consistent))


def structure_of(model: Model, *, modes: tuple[tuple[str, str], ...] = (), consistent: bool = False) -> Structure:
    """Read a model as it is written.

    Parameters
    ----------
    model
        Any model; blocks, paths and definitions are used.
    modes
        `(construct, mode)` pairs that replace the mode a block's operator gives it.
    consistent
        Whether factors will be corrected, which asks mode A of every reflective block.

    Returns
    -------
    Structure
        Constructs in the order of the file, products last. The items of a construct of constructs are the names of its
        parts; a product is an item of its own.

    Raises
    ------
    ModelSyntaxError
        For constraints, intercepts, thresholds, fixed paths, loops, items in two blocks, constructs without a path, and
        products or constructs of constructs that mean nothing.
    OptionError
        If `modes` names an unknown construct or mode.
    """
    refuse_foreign_statements(model)
    refuse_odd_blocks(model)
    refuse_odd_orders(model)
    refuse_odd_products(model)
    constructs, kinds, items = _constructs(model)
    at = {name: position for position, name in enumerate(constructs)}
    paths = np.zeros((len(constructs), len(constructs)), dtype=bool)
    for path in model.paths:
        paths[at[path.outcome], at[path.predictor]] = True
    refuse_labels_for_products(model, constructs)
    refuse_odd_network(model, constructs, paths)

    labels = tuple(
        (str(modifier.values[0]), at[path.outcome], at[path.predictor])
        for path in model.paths
        for modifier in path.term.modifiers
        if modifier.kind == "label" and len(modifier.values) == 1
    )
    refuse_equal_paths(model, tuple(label for label, _, _ in labels))
    definitions, left_out = _definitions(model, {label for label, _, _ in labels})
    return Structure(
        constructs=constructs,
        kinds=kinds,
        modes=_modes(constructs, kinds, items, modes, consistent),
        items=tuple(item for block in items for item in block),
        owner=np.repeat(np.arange(len(constructs)), [len(block) for block in items]),
        paths=paths,
        labels=labels,
        definitions=definitions,
        ignored=(*_ignored(model), *left_out),
    )


def _constructs(model: Model) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Names, kinds and items: the blocks, then what stands for itself.

    That is an observed variable in a path, or beside constructs in the block of one of higher order; products come
    last.
    """
    found = {block.construct: (block.kind, block.items) for block in model.blocks}
    alone = [
        item
        for block in model.blocks
        if any(item in found for item in block.items)
        for item in block.items
        if item not in found
    ]
    alone += [name for path in model.paths for name in (path.outcome, path.predictor)]
    for name in sorted(alone, key=lambda name: ":" in name):
        found.setdefault(name, ("composite", (name,)))
    return tuple(found), tuple(kind for kind, _ in found.values()), tuple(items for _, items in found.values())


def _modes(
    constructs: tuple[str, ...],
    kinds: tuple[str, ...],
    items: tuple[tuple[str, ...], ...],
    wanted: tuple[tuple[str, str], ...],
    consistent: bool,
) -> tuple[str, ...]:
    # Products of items are alike, as their factors are: they are weighted by mode A (Chin et al., 2003).
    chosen = {name: "A" if ":" in name else MODE_OF_KIND[kind] for name, kind in zip(constructs, kinds, strict=True)}
    for name, mode in wanted:
        if name not in chosen:
            raise OptionError(unknown("construct", name, constructs, where="modes"))
        chosen[name] = choose("modes", mode, [row.name for row in MODES])
    for name, kind, block in zip(constructs, kinds, items, strict=True):
        if consistent and kind == "reflective" and len(block) > 1 and chosen[name] != "A":
            raise OptionError(
                "consistent=True corrects reflective constructs weighted by mode A, but modes gives "
                f"'{name}' mode '{chosen[name]}'. "
                f"Leave it out of modes, or write it as a composite (`{name} <~ ...`)."
            )
    return tuple(chosen[name] for name in constructs)


def _ignored(model: Model) -> Iterator[Problem]:
    """Say which statements only the covariance engine reads."""
    for covariance in model.covariances:
        yield _ignored_by_pls(
            model,
            covariance.span,
            f"`{covariance.left} ~~ {covariance.right}` (PLS has no free, fixed or residual covariances)",
            (covariance.left, covariance.right),
        )
    for block in model.blocks:
        for term in block.terms:
            for modifier in term.modifiers:
                if modifier.kind != "label":
                    yield _modifier_ignored(model, modifier, f"of '{term.name}' in '{block.construct}'", term.name)
    for path in model.paths:
        for modifier in path.term.modifiers:
            if modifier.kind != "label" or len(modifier.values) > 1:
                yield _modifier_ignored(model, modifier, f"of `{path.outcome} ~ {path.predictor}`", path.outcome)


def _modifier_ignored(model: Model, modifier: Modifier, where: str, about: str) -> Problem:
    words = {"fixed": "the fixed number", "free": "`NA*`", "start": "the start value", "equal": "`equal()`"}
    what = words.get(modifier.kind, "the labels per group")
    return _ignored_by_pls(model, modifier.span, f"{what} {where}", (about,))


def _ignored_by_pls(model: Model, span: Span, what: str, about: tuple[str, ...]) -> Problem:
    text = f"{model.source}:{span.line}:{span.column}: PLS takes no notice of {what}."
    return Problem("warning", "ignored_by_pls", text, about)


def _definitions(model: Model, labels: set[str]) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Split the definitions into those that need path coefficients alone and those left out."""
    known = set(labels)
    kept: list[Definition] = []
    left_out: list[Problem] = []
    for definition in model.definitions:
        foreign = [name for name in definition.expression.names if name not in known]
        if foreign:
            what = f"`{definition.name} := {definition.text}`, because '{foreign[0]}' is no label of a path"
            left_out.append(_ignored_by_pls(model, definition.span, what, (definition.name,)))
        else:
            kept.append(definition)
            known.add(definition.name)
    return tuple(kept), tuple(left_out)
