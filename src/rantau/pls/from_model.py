"""From a model to the structure PLS works on; what PLS cannot honour is refused, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from rantau.arrays import Mask
from rantau.errors import OptionError, unknown
from rantau.fit import Problem
from rantau.model.locate import first_use, refusal
from rantau.model.spec import Definition, Model, Modifier, Span
from rantau.options import choose
from rantau.pls.higher_order import ALIASES, ladder, parts_of, refuse_odd_orders, warn_of_explained_parts
from rantau.pls.higher_order import METHODS as ORDERS
from rantau.pls.interaction import METHODS as PRODUCTS
from rantau.pls.interaction import products_of, refuse_odd_products, with_products
from rantau.pls.outer_modes import ROWS as MODES
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Plan, plan_from
from rantau.pls.structure import Structure, ordered

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
        _refuse_correction(model, written, interaction, higher_order, stages=len(stages))
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


def _refuse_correction(model: Model, written: Structure, interaction: str, higher_order: str, *, stages: int) -> None:
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
    _refuse_foreign_statements(model)
    _refuse_odd_blocks(model)
    refuse_odd_orders(model)
    refuse_odd_products(model)
    constructs, kinds, items = _constructs(model)
    at = {name: position for position, name in enumerate(constructs)}
    paths = np.zeros((len(constructs), len(constructs)), dtype=bool)
    for path in model.paths:
        paths[at[path.outcome], at[path.predictor]] = True
    _refuse_labels_for_products(model, constructs)
    _refuse_odd_network(model, constructs, paths)

    labels = tuple(
        (str(modifier.values[0]), at[path.outcome], at[path.predictor])
        for path in model.paths
        for modifier in path.term.modifiers
        if modifier.kind == "label" and len(modifier.values) == 1
    )
    _refuse_equal_paths(model, tuple(label for label, _, _ in labels))
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


def _refuse_foreign_statements(model: Model) -> None:
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


def _refuse_odd_blocks(model: Model) -> None:
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


def _refuse_labels_for_products(model: Model, constructs: tuple[str, ...]) -> None:
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


def _refuse_equal_paths(model: Model, labels: tuple[str, ...]) -> None:
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


def _refuse_odd_network(model: Model, constructs: tuple[str, ...], paths: Mask) -> None:
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
