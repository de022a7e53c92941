"""Exploratory blocks: which factors belong together, and what may be said of them.

The factors of a block, `efa("block")*f1 + efa("block")*f2 =~ x1 + x2 + ...`, are found up to a rotation only
(Asparouhov & Muthén, 2009): whatever the model says of one of them it must say of all, and free.
"""

from __future__ import annotations

from typing import NoReturn

from rantau.errors import listing
from rantau.model.locate import refusal
from rantau.model.spec import Block, Model, Modifier, Span, Term

#: The name of each block with its factors, in the order of the model.
Explored = tuple[tuple[str, tuple[str, ...]], ...]
#: Where a block is named.
EFA_PLACE = 'efa() goes before a factor, left of `=~`: `efa("block")*f1 =~ x1 + x2 + x3`.'
_ALL = "the factors of an exploratory block are turned together, so that what is said of one must be said of all"


def explored(model: Model) -> Explored:
    """Return the exploratory blocks of a model.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> explored(parse_model('efa("e")*f1 + efa("e")*f2 =~ a + b + c + d + e'))
    (('e', ('f1', 'f2')),)
    """
    found: dict[str, list[str]] = {}
    for block in model.blocks:
        modifier = _efa(block.terms[0])
        if modifier is not None:
            found.setdefault(str(modifier.values[0]), []).append(block.construct)
    return tuple((name, tuple(factors)) for name, factors in found.items())


def is_exploratory(block: Block) -> bool:
    """Whether a construct is a factor of an exploratory block."""
    return _efa(block.terms[0]) is not None


def _efa(term: Term) -> Modifier | None:
    return next((one for one in term.modifiers if one.kind == "efa"), None)


def check_exploratory(model: Model) -> None:
    """Refuse what cannot be said of factors that are found up to a rotation.

    Raises
    ------
    ModelSyntaxError
        With line and column.
    """
    _check_places(model)
    for block in model.blocks:
        modifiers = [_efa(term) for term in block.terms]
        if any(modifiers):
            _check_block(model, block)
    for name, factors in explored(model):
        _check_items(model, name, factors)
        for factor in factors:
            _check_structure(model, name, factors, factor)


def _check_places(model: Model) -> None:
    """Refuse `efa()` where no factor is named."""
    for one in (*model.paths, *model.covariances, *model.intercepts, *model.of_answers):
        modifier = _efa(one.term)
        if modifier is not None:
            raise refusal(model, modifier.span, EFA_PLACE)


def _check_block(model: Model, block: Block) -> None:
    named = {str(value) for term in block.terms for one in [_efa(term)] if one for value in one.values}
    for term in block.terms:
        modifier = _efa(term)
        if modifier is None:
            raise refusal(
                model, term.span,
                f"'{block.construct}' is a factor of an exploratory block in one line and not in another; write "
                f'`efa("{next(iter(named))}")*{block.construct}` in both.',
            )  # fmt: skip
        if len(modifier.values) != 1 or not isinstance(modifier.values[0], str):
            raise refusal(model, modifier.span, 'efa() takes the name of its block: `efa("block")*f1`.')
        other = next((one for one in term.modifiers if one.kind != "efa"), None)
        if other is not None:
            raise refusal(
                model, other.span,
                f"the loading of '{term.name}' on '{block.construct}' is turned with the others of its exploratory "
                "block, and can be neither fixed nor labelled nor given a start; leave the modifier out, or take a "
                "target rotation.",
            )  # fmt: skip
    if len(named) > 1:
        raise refusal(model, block.span, f"'{block.construct}' is in two exploratory blocks: {listing(sorted(named))}.")
    if block.kind != "reflective":
        raise refusal(model, block.span, f"'{block.construct}' is a composite (`<~`); efa() goes with `=~`.")


def _check_items(model: Model, name: str, factors: tuple[str, ...]) -> None:
    first = model.block(factors[0])
    for factor in factors:
        block = model.block(factor)
        if set(block.items) != set(first.items):
            odd = sorted(set(block.items) ^ set(first.items))
            raise refusal(
                model, block.span,
                f"all factors of the exploratory block '{name}' have the same items; {listing(odd)} load on some "
                "only. Write the block as one line: "
                f'`{" + ".join(f"""efa("{name}")*{one}""" for one in factors)} =~ ...`.',
            )  # fmt: skip
        inner = next((term for term in block.terms if term.name in model.constructs), None)
        if inner is not None:
            raise refusal(
                model, inner.span, f"'{inner.name}' is a construct; an exploratory block measures by observed items."
            )
    if len(first.items) <= len(factors):
        raise refusal(
            model, first.span,
            f"the exploratory block '{name}' has {len(factors)} factors and {len(first.items)} items; it needs more "
            "items than factors.",
        )  # fmt: skip


def _check_structure(model: Model, name: str, factors: tuple[str, ...], factor: str) -> None:
    """Check that what is said of a factor outside its block is free and said of all."""
    own, fellows = set(factors), [one for one in factors if one != factor]
    for block in model.blocks:
        for term in block.terms:
            if term.name == factor:
                _refuse(
                    model, term.span,
                    f"'{factor}' is turned with the other factors of '{name}' and has no scale of its own by which a "
                    "higher order could be told; state the second order over confirmatory factors.",
                )  # fmt: skip
    for path in model.paths:
        if factor in path.term.factors and len(path.term.factors) > 1:
            _refuse(model, path.term.span, f"a product with '{factor}' has no meaning, as {_ALL}.")
        if path.outcome == factor:
            if path.predictor in own:
                _refuse(model, path.term.span, f"'{path.predictor}' and '{factor}' are of one block, which is turned.")
            there = {one.outcome for one in model.paths if one.predictor == path.predictor}
            _all(model, path.term, f"{factor} ~ {path.predictor}", [one for one in fellows if one not in there])
        if path.predictor == factor:
            there = {one.predictor for one in model.paths if one.outcome == path.outcome}
            _all(model, path.term, f"{path.outcome} ~ {factor}", [one for one in fellows if one not in there])
    _check_covariances(model, factors, factor)
    for one in model.intercepts:
        if one.variable == factor:
            there = {mean.variable for mean in model.intercepts}
            _all(model, one.term, f"{factor} ~ 1", [other for other in fellows if other not in there])


def _check_covariances(model: Model, factors: tuple[str, ...], factor: str) -> None:
    stated = {frozenset((one.left, one.right)) for one in model.covariances}
    for one in model.covariances:
        if factor not in (one.left, one.right):
            continue
        other = one.right if one.left == factor else one.left
        if other in factors:
            _refuse(
                model, one.term.span,
                f"'{one.left} ~~ {one.right}' follows from the rotation: unit variances, and covariances that are free "
                "unless it is orthogonal (rotation='varimax', or rt.Rotation(..., orthogonal=True)). Leave it out.",
            )  # fmt: skip
        if other not in factors:
            missing = [fellow for fellow in factors if frozenset((fellow, other)) not in stated]
            _all(model, one.term, f"{factor} ~~ {other}", missing)


def _all(model: Model, term: Term, what: str, missing: list[str]) -> None:
    """Refuse what is said of one factor only, or not left free."""
    if missing:
        _refuse(model, term.span, f"'{what}' is there, and the same of {listing(missing)} is not; {_ALL}. Add them.")
    fixed = next((one for one in term.modifiers if one.kind not in ("label", "start")), None)
    if fixed is not None and fixed.kind != "free":
        _refuse(model, fixed.span, f"'{what}' is not free; {_ALL}, and left free.")
    start = next((one for one in term.modifiers if one.kind == "start"), None)
    if start is not None:
        _refuse(model, start.span, f"'{what}' is turned after the fit and has no start; leave start() out.")


def _refuse(model: Model, span: Span, text: str) -> NoReturn:
    raise refusal(model, span, text)
