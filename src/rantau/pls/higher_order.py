"""Constructs measured by constructs: what can be claimed of them, and by which stages they are estimated.

- `disjoint` (Sarstedt et al., 2019): the first stage has the lower-order constructs in the place of the higher-order
  one, with all its paths; in the second their scores measure it, while all other constructs keep their items. One more
  stage for each further order.
- `embedded` (Ringle, Sarstedt & Straub, 2012): the first stage is that of repeated indicators; in the second the scores
  of the lower-order constructs measure the higher-order one, and every other construct is its own score.
- `saturated` (Schuberth, Rademaker & Henseler, 2020): in the first stage every first-order construct is related to
  every other, earlier ones in the order of the paths predicting later ones; the second is that of `embedded`.
- `repeated` (Wold, 1982; Becker, Klein & Wetzels, 2012): one stage, in which all items of the lower-order constructs
  measure the higher-order one once more, and paths join them: from a reflective one to its parts, to a formative one
  from its parts.
"""

from __future__ import annotations

import numpy as np

from rantau.errors import OptionError
from rantau.fit import Problem
from rantau.model.locate import refusal
from rantau.model.spec import Model, Span
from rantau.pls.stages import Column, Part, StagePlan, own_score, stage_of
from rantau.pls.structure import Structure, ordered

#: How constructs of constructs are estimated.
METHODS = ("disjoint", "embedded", "repeated", "saturated")
#: Other names of these.
ALIASES = {"two_stage": "disjoint"}


def parts_of(structure: Structure) -> dict[str, tuple[str, ...]]:
    """Return the parts of every higher-order construct, by its name."""
    known = set(structure.constructs)
    return {
        name: structure.items[block]
        for name, block in zip(structure.constructs, structure.blocks, strict=True)
        if any(item in known and item != name for item in structure.items[block]) and ":" not in name
    }


def refuse_odd_orders(model: Model) -> None:
    """Refuse higher-order constructs that no method can estimate, with their place.

    Raises
    ------
    ModelSyntaxError
        Where constructs measure one another in a circle, or a part has a path of its own.
    """
    blocks = {block.construct: block for block in model.blocks}
    owner = {term.name: block for block in model.blocks for term in block.terms if term.name in blocks}
    for block in model.blocks:
        above, passed = block.construct, [block.construct]
        while above in owner and len(passed) <= len(owner) + 1:
            above = owner[above].construct
            passed.append(above)
            if above == block.construct:
                break
        if above == block.construct and len(passed) > 1:
            raise refusal(
                model, block.span,
                f"constructs cannot measure themselves, and here they do: {' -> '.join(passed)}. "
                "Take one of them out of the other's block.",
            )  # fmt: skip
    for path in model.paths:
        places: list[tuple[str, Span]] = [(path.outcome, path.span)]
        places += [(name, path.term.span) for name in path.term.factors]
        for name, span in places:
            if name in owner:
                raise refusal(
                    model, span,
                    f"'{name}' measures '{owner[name].construct}', which stands for it in paths. Write "
                    f"'{owner[name].construct}', or take '{name}' out of that block.",
                )  # fmt: skip


def ladder(written: Structure, method: str) -> tuple[StagePlan, ...]:
    """Return the stages of a model, without its products.

    Parameters
    ----------
    written
        The model; items of a higher-order construct are the names of its parts.
    method
        One of `METHODS`.

    Returns
    -------
    tuple of StagePlan
        One where no construct is measured by constructs.

    Raises
    ------
    OptionError
        If the method has no place for third-order constructs.
    """
    parts = parts_of(written)
    order = {name: _order(name, parts) for name in written.constructs if ":" not in name}
    highest = max(order.values())
    if highest > 2 and method != "disjoint":
        third = next(name for name in order if order[name] > 2)
        raise OptionError(
            f"higher_order='{method}' estimates constructs of the second order, and '{third}' is measured by some that "
            "are of higher order themselves. Take higher_order='disjoint', which adds a stage for each order."
        )
    if highest == 1 or method == "disjoint":
        return _disjoint(written, parts, order)
    first = (
        _repeated(written, parts, order) if method in ("repeated", "embedded") else _saturated(written, parts, order)
    )
    if method == "repeated":
        return (first,)
    inside = {part for block in parts.values() for part in block}
    blocks = {
        name: tuple(Column(part, (Part(part, 0),)) for part in parts[name]) if name in parts else own_score(name, 0)
        for name in order
        if name not in inside
    }
    return (first, stage_of(written, blocks, _links(written)))


def warn_of_explained_parts(written: Structure, method: str) -> tuple[Problem, ...]:
    """Tell of formative constructs whose parts explain them entirely, so that nothing else can.

    Source: Becker, Klein and Wetzels (2012).
    """
    if method not in ("repeated", "embedded"):
        return ()
    parts = parts_of(written)
    found = []
    for name in parts:
        place = written.constructs.index(name)
        if written.kinds[place] == "composite" and written.paths[place].any():
            outside = [written.constructs[j] for j in written.predictors(place)]
            found.append(
                Problem(
                    "warning", "explained_by_parts",
                    f"'{name}' is formed by {', '.join(parts[name])}, whose repeated items explain it entirely: its R² "
                    f"is 1 by construction, and paths from {', '.join(outside)} come out near 0 "
                    f"{'in the first stage, which bears on its weights' if method == 'embedded' else 'for that reason'}"
                    ". Take higher_order='disjoint'.",
                    (name,),
                )
            )  # fmt: skip
    return tuple(found)


def _order(name: str, parts: dict[str, tuple[str, ...]]) -> int:
    return 1 + max((_order(part, parts) for part in parts.get(name, ())), default=0)


def _links(written: Structure) -> tuple[tuple[str, str], ...]:
    names = written.constructs
    return tuple((names[outcome], names[predictor]) for outcome, predictor in np.argwhere(written.paths))


def _items(written: Structure, name: str) -> tuple[Column, ...]:
    block = written.blocks[written.constructs.index(name)]
    return tuple(Column(item, (Part(item),)) for item in written.items[block])


def _disjoint(written: Structure, parts: dict[str, tuple[str, ...]], order: dict[str, int]) -> tuple[StagePlan, ...]:
    inside = {part for block in parts.values() for part in block}
    met: dict[str, int] = {}
    stages: list[StagePlan] = []
    for level in range(1, max(order.values()) + 1):

        def shown(name: str, level: int = level) -> tuple[str, ...]:
            return (name,) if order[name] <= level else tuple(low for part in parts[name] for low in shown(part))

        present = {low for name in order if name not in inside for low in shown(name)}
        blocks = {
            name: tuple(Column(part, (Part(part, met[part]),)) for part in parts[name])
            if name in parts
            else _items(written, name)
            for name in order
            if name in present
        }
        links = [
            (after, before)
            for outcome, predictor in _links(written)
            if outcome in order and predictor in order
            for after in shown(outcome)
            for before in shown(predictor)
        ]
        stages.append(stage_of(written, blocks, links))
        met |= dict.fromkeys(present, level - 1)
    return tuple(stages)


def _repeated(written: Structure, parts: dict[str, tuple[str, ...]], order: dict[str, int]) -> StagePlan:
    blocks = {
        name: tuple(column for part in parts[name] for column in _items(written, part))
        if name in parts
        else _items(written, name)
        for name in order
    }
    links = list(_links(written))
    for name, below in parts.items():
        reflective = written.kinds[written.constructs.index(name)] == "reflective"
        links += [(part, name) if reflective else (name, part) for part in below]
    return stage_of(written, blocks, links)


def _saturated(written: Structure, parts: dict[str, tuple[str, ...]], order: dict[str, int]) -> StagePlan:
    first = _disjoint(written, parts, order)[0].structure
    causal = [first.constructs[place] for place in ordered(first.paths)]
    blocks = {name: _items(written, name) for name in causal}
    return stage_of(written, blocks, [(after, before) for k, after in enumerate(causal) for before in causal[:k]])
