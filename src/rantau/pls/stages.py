"""The plan of a fit: which constructs each stage estimates, and what its items are.

A plain model has one stage, whose items are those of the data. Where a construct is measured by constructs, or a path
leads from a product, later stages take scores of earlier ones, or products, for items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.pls.estimate import Estimates
from rantau.pls.structure import Structure
from rantau.record import Record

#: The stage of a part that is an item of the data.
DATA = -1


class Part(Record):
    """What a column is made of: an item of the data, or the score of a construct at the end of a stage."""

    name: str
    stage: int = DATA


class Column(Record):
    """An item of a stage.

    Attributes
    ----------
    name
        As it is shown: that of the item, of the construct whose score it is, or `a:b` of a product.
    parts
        One, or those that are multiplied; each is standardised beforehand.
    cleared
        What the product is made independent of: its residuals in the regression on these are taken. Each is one
        part, or several that are multiplied.
    """

    name: str
    parts: tuple[Part, ...]
    cleared: tuple[tuple[Part, ...], ...] = ()

    @property
    def product(self) -> bool:
        """Whether something is multiplied."""
        return len(self.parts) > 1


#: The columns of each construct of a stage, by its name.
Blocks = Mapping[str, tuple[Column, ...]]
#: `(outcome, predictor)` by name.
Links = Iterable[tuple[str, str]]


class StagePlan(Record):
    """One stage before it is estimated: its structure, and a column for each item of that."""

    structure: Structure
    columns: tuple[Column, ...]

    @property
    def blocks(self) -> dict[str, tuple[Column, ...]]:
        """The columns of each construct."""
        structure = self.structure
        return {name: self.columns[block] for name, block in zip(structure.constructs, structure.blocks, strict=True)}

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The paths, `(outcome, predictor)` by name."""
        names = self.structure.constructs
        return tuple((names[outcome], names[predictor]) for outcome, predictor in np.argwhere(self.structure.paths))


class Plan(Record):
    """All stages of a fit, and the model as it is shown.

    Attributes
    ----------
    items
        Of the data, in the order of the sample.
    stages
        In the order in which they are estimated.
    whole
        Every construct of the model with the block that measures it: items of the data where it has some, whatever
        later stages take in their place. Paths are those of the last stage.
    """

    items: tuple[str, ...]
    stages: tuple[StagePlan, ...]
    whole: Structure

    @property
    def plain(self) -> bool:
        """Whether the items of the data, each of them once, are all there is."""
        return len(self.stages) == 1 and self.stages[0].structure.items == self.items

    @cached_property
    def home(self) -> tuple[int, ...]:
        """The stage whose block of each construct is shown: the last in which it is more than its own score."""
        return tuple(self._last(name, own_score=False) for name in self.whole.constructs)

    @cached_property
    def last(self) -> tuple[int, ...]:
        """The last stage in which each construct stands, whose score is its score."""
        return tuple(self._last(name, own_score=True) for name in self.whole.constructs)

    @cached_property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """For each construct, the places of the items of the data that its score is made of, each once."""
        return tuple(self._below(name, last) for name, last in zip(self.whole.constructs, self.last, strict=True))

    def _below(self, name: str, stage: int) -> tuple[int, ...]:
        found: dict[int, None] = {}
        for column in self.stages[stage].blocks[name]:
            for part in column.parts:
                own = (self.items.index(part.name),) if part.stage == DATA else self._below(part.name, part.stage)
                found |= dict.fromkeys(own)
        return tuple(found)

    def _last(self, name: str, *, own_score: bool) -> int:
        return max(
            place
            for place, stage in enumerate(self.stages)
            if name in stage.structure.constructs and (own_score or not _carried(name, stage.blocks[name]))
        )


class Stage(Record):
    """One stage, estimated.

    Attributes
    ----------
    structure
        Its constructs, items and paths.
    solution
        The numbers, as a stack of one.
    """

    structure: Structure
    solution: Estimates


class Ascent(Record):
    """Every stage of a stack, estimated.

    Attributes
    ----------
    whole
        The model as it is shown.
    stages
        The numbers of each stage.
    scores
        `(draws, q, J)`: how each construct's score, of unit variance, comes from standardised items and, after them,
        products; None for a plain model.
    products
        The factors of each product, `(draws, p, factors)`: combinations of standardised items.
    spreads
        The standard deviation with which each construct's score is told, `(draws, J)`: 1 but for products of scores,
        whose coefficients are in this unit as well unless they are corrected (`whole.units`); None for a plain model.
    """

    whole: Estimates
    stages: tuple[Estimates, ...]
    scores: Array | None = None
    products: tuple[Array, ...] = ()
    spreads: Array | None = None


def stage_of(written: Structure, blocks: Blocks, links: Links) -> StagePlan:
    """Put a stage together.

    Parameters
    ----------
    written
        The model, which knows the kind and mode of each construct.
    blocks
        The columns of each construct of the stage, in order.
    links
        Its paths; those with an end that is not of the stage are left out.

    Returns
    -------
    StagePlan
        Without labels or definitions, which belong to the model as a whole.
    """
    names = tuple(blocks)
    at = {name: place for place, name in enumerate(names)}
    paths = np.zeros((len(names), len(names)), dtype=bool)
    for outcome, predictor in links:
        if outcome in at and predictor in at:
            paths[at[outcome], at[predictor]] = True
    places = [written.constructs.index(name) for name in names]
    columns = tuple(column for block in blocks.values() for column in block)
    structure = Structure(
        constructs=names,
        kinds=tuple(written.kinds[place] for place in places),
        modes=tuple(written.modes[place] for place in places),
        items=tuple(column.name for column in columns),
        owner=_owner(blocks),
        paths=paths,
        labels=(),
        definitions=(),
        ignored=(),
    )
    return StagePlan(structure, columns)


def plan_from(written: Structure, stages: tuple[StagePlan, ...]) -> Plan:
    """Return the plan of some stages: the data they need, and the model as it is shown."""
    items = dict.fromkeys(
        part.name for stage in stages for column in stage.columns for part in column.parts if part.stage == DATA
    )
    if len(stages) == 1 and stages[0].structure.constructs == written.constructs:
        shown = stages[0].blocks
    else:
        plan = Plan(tuple(items), stages, written)
        shown = {name: stages[home].blocks[name] for name, home in zip(written.constructs, plan.home, strict=True)}
    whole = written.replace(
        items=tuple(column.name for block in shown.values() for column in block),
        owner=_owner(shown),
        paths=_whole_paths(written, stages[-1]),
    )
    return Plan(tuple(items), stages, whole)


def own_score(name: str, stage: int) -> tuple[Column, ...]:
    """Return the block of a construct that a stage takes over as the score of an earlier one."""
    return (Column(name, (Part(name, stage),)),)


def _carried(name: str, block: tuple[Column, ...]) -> bool:
    """Say whether a block is a construct's own score."""
    part = block[0].parts[0]
    return len(block) == 1 and not block[0].product and part.name == name and part.stage != DATA


def _owner(blocks: Blocks) -> Indices:
    return np.repeat(np.arange(len(blocks)), [len(block) for block in blocks.values()])


def _whole_paths(written: Structure, stage: StagePlan) -> Mask:
    at = [written.constructs.index(name) for name in stage.structure.constructs]
    paths = np.zeros_like(written.paths)
    paths[np.ix_(at, at)] = stage.structure.paths
    return paths
