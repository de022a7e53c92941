"""Products of constructs: what can be claimed of them, and which columns stand for them.

- `two_stage` (Chin, Marcolin & Newsted, 2003; Henseler & Chin, 2010): the product of the standardised scores of a first
  stage without products is the one item of the product construct; the second stage estimates all constructs again from
  their items.
- `scores` (Henseler & Chin, 2010, as Hair et al., 2022, describe it): likewise, but in the second stage every construct
  is its own score, so that it is a regression.
- `product_indicator` (Chin et al., 2003): products of the standardised items of both, every pair.
- `orthogonal` (Little, Bovaird & Widaman, 2006; Henseler & Chin, 2010): these products, made independent of the items
  of both; of three constructs, also of the products of any two.

No product is standardised again: its unit is that of the standardised scores that are multiplied, so that the
coefficient of `X:M` is by how much one standard deviation of M changes the effect of X. A product construct of several
items has the unit that its items have on average, weighted by the size of their loadings.
"""

from __future__ import annotations

import itertools
from collections import Counter

from rantau.model.locate import refusal
from rantau.model.spec import Model
from rantau.pls.stages import DATA, Blocks, Column, Part, StagePlan, own_score, stage_of
from rantau.pls.structure import Structure

#: How products are estimated.
METHODS = ("two_stage", "scores", "product_indicator", "orthogonal")


def products_of(structure: Structure) -> tuple[str, ...]:
    """Return the names of the products of a model."""
    return tuple(name for name in structure.constructs if ":" in name)


def refuse_odd_products(model: Model) -> None:
    """Refuse products that cannot be estimated or would mean nothing, with their place.

    Raises
    ------
    ModelSyntaxError
        Where one product is written in two ways, or an outcome lacks the terms of lower order.
    """
    written: dict[tuple[str, ...], str] = {}
    terms: dict[str, list[str]] = {}
    for path in model.paths:
        terms.setdefault(path.outcome, []).append(path.predictor)
        factors = tuple(sorted(path.term.factors))
        first = written.setdefault(factors, path.predictor)
        if first != path.predictor:
            raise refusal(
                model, path.term.span,
                f"'{first}' and '{path.predictor}' are one product; write it in one way throughout.",
            )  # fmt: skip
    for path in model.paths:
        factors = path.term.factors
        if len(factors) < 2:
            continue
        there = [Counter(name.split(":")) for name in terms[path.outcome]]
        lacking = [
            ":".join(lower)
            for size in range(1, len(factors))
            for lower in dict.fromkeys(itertools.combinations(factors, size))
            if Counter(lower) not in there
        ]
        if lacking:
            full = " + ".join((*dict.fromkeys((*lacking, *terms[path.outcome])),))
            raise refusal(
                model, path.term.span,
                f"'{path.predictor}' predicts '{path.outcome}', but {' and '.join(lacking)} "
                f"{'does' if len(lacking) == 1 else 'do'} not; without the terms of lower order a product mixes their "
                f"effects with its own. Write `{path.outcome} ~ {full}`.",
            )  # fmt: skip


def with_products(
    written: Structure, stages: tuple[StagePlan, ...], method: str, *, consistent: bool
) -> tuple[StagePlan, ...]:
    """Add the products of a model to its stages.

    Parameters
    ----------
    written
        The model, products among its constructs.
    stages
        Its stages without them.
    method
        One of `METHODS`.
    consistent
        Whether moments will be corrected, which asks for scores.

    Returns
    -------
    tuple of StagePlan
        With one stage more where products are made of scores.
    """
    products = products_of(written)
    if not products:
        return stages
    names = written.constructs
    links = list(stages[-1].links)
    for place, name in enumerate(names):
        if name in products:
            links += [(outcome, name) for outcome, at in zip(names, written.paths[:, place], strict=True) if at]
    before = stages[-1].blocks
    if method in ("product_indicator", "orthogonal"):
        columns = {name: _of_items(name, before, cleared=method == "orthogonal") for name in products}
        return (*stages[:-1], stage_of(written, {**before, **columns}, links))
    earlier = len(stages) - 1
    single = {name: (Column(name, tuple(Part(one, earlier) for one in name.split(":"))),) for name in products}
    if method == "scores" or consistent:
        before = {name: own_score(name, earlier) if not _one_item(block) else block for name, block in before.items()}
        if consistent:
            before = {name: own_score(name, earlier) for name in before}
    return (*stages, stage_of(written, {**before, **single}, links))


def _one_item(block: tuple[Column, ...]) -> bool:
    return len(block) == 1 and block[0].parts[0].stage == DATA


def _of_items(name: str, blocks: Blocks, *, cleared: bool) -> tuple[Column, ...]:
    """Return the products of the items of constructs; of one with itself, each pair once."""
    times = Counter(name.split(":"))
    choices = [
        tuple(itertools.combinations_with_replacement([column.parts[0] for column in blocks[factor]], power))
        for factor, power in times.items()
    ]
    chosen = [tuple(part for group in groups for part in group) for groups in itertools.product(*choices)]
    # What a product is made independent of: the items, and the products of all lower orders.
    lower = dict.fromkeys(
        tuple(sorted(some, key=lambda part: (part.name, part.stage)))
        for parts in chosen
        for size in range(1, len(parts))
        for some in itertools.combinations(parts, size)
    )
    return tuple(
        Column(":".join(part.name for part in parts), parts, tuple(lower) if cleared else ()) for parts in chosen
    )
