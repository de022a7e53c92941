"""What a model in stages says about the items of the data: the form in which its fit is judged."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.fit import Quantity
from rantau.pls.estimate import Estimates
from rantau.pls.higher_order import parts_of
from rantau.pls.model_fit import (
    DISTANCES,
    INDICES,
    MODELS,
    fit_indices,
    free_of_block,
    free_of_blocks,
    free_of_paths,
    implied_by,
)
from rantau.pls.quantities import named_values
from rantau.pls.request import PlsRequest
from rantau.pls.stages import Ascent, Plan
from rantau.pls.structural import implied_constructs
from rantau.pls.structure import Structure
from rantau.pls.variants import Without

#: What does not count free parameters, whose number is not settled for models with products.
COUNTLESS = (*DISTANCES, "nfi", "gfi")
#: Tables for which equations or blocks are estimated anew.
LAST = ("information_criteria", "f_squared_again", "redundancy")


def staged_fit_indices(plan: Plan, ascent: Ascent, n_obs: int, model: str) -> dict[str, Array]:
    """Return how well a model in stages gives back the correlations of the items of the data.

    Parts of a higher-order construct correlate with others through it, by their loadings; among one another likewise
    where it is reflective, as they do where it is formed by them. Products are no items.

    Parameters
    ----------
    plan, ascent
        What was estimated.
    n_obs
        Rows.
    model
        `estimated`, or `saturated`: as for `fit_indices`.

    Returns
    -------
    dict
        `(draws,)` by name; `rms_theta` is NaN, and what counts free parameters where there are products. Counted are,
        for each construct of constructs, its loadings or weights as for one of items, and the paths of the last stage.

    Source: cSEM judges second-order models so (Schuberth, Rademaker & Henseler, 2020).
    """
    estimates, structure = _flattened(plan, ascent, model)
    last, p = plan.stages[-1].structure, structure.owner.size
    free = free_of_blocks(structure) + free_of_paths(last, model)
    for name, parts in parts_of(plan.whole).items():
        free += free_of_block(plan.whole.kinds[plan.whole.constructs.index(name)], len(parts))
    found = fit_indices(estimates, structure, n_obs, "saturated", p * (p - 1) // 2 - free)
    products = any(column.product for stage in plan.stages for column in stage.columns)
    known = COUNTLESS if products else tuple(name for name in INDICES if name != "rms_theta")
    unknown = np.full(len(estimates.weights), np.nan)
    return {name: found[name] if name in known else unknown for name in INDICES}


def implied_in_stages(plan: Plan, ascent: Ascent, model: str) -> Array:
    """Return the correlations of the items of the data that a model, plain or in stages, implies, `(draws, p, p)`.

    Parameters
    ----------
    plan, ascent
        What was estimated.
    model
        `estimated`, or `saturated`.
    """
    if plan.plain:
        return implied_by(ascent.whole, plan.whole, model)
    estimates, structure = _flattened(plan, ascent, model)
    return implied_by(estimates, structure, "saturated")


def named_in_stages(
    plan: Plan, ascent: Ascent, of: str, request: PlsRequest, n_obs: int, without: Without | None = None
) -> tuple[tuple[Quantity, ...], Array]:
    """Name and compute the quantities of one table, as `named_values`, of the estimates that it is about.

    What estimates equations or blocks anew is about the last stage; the fit of the model about the items of the data.
    `without` estimates all stages without a path, for `f_squared_again`.
    """
    if plan.plain or of not in (*LAST, "fit_indices"):
        return named_values(ascent.whole, plan.whole, of, request=request, n_obs=n_obs)
    if of in LAST:
        return named_values(
            ascent.stages[-1], plan.stages[-1].structure, of, request=request, n_obs=n_obs, without=without
        )
    found = [(model, staged_fit_indices(plan, ascent, n_obs, model)) for model in MODELS]
    names = tuple(Quantity(name, "", model, of=of) for model, values in found for name in values)
    return names, np.stack([value for _, values in found for value in values.values()], axis=1)


def _flattened(plan: Plan, ascent: Ascent, model: str) -> tuple[Estimates, Structure]:
    whole, structure, names = ascent.whole, plan.whole, plan.whole.constructs
    constructs = _implied(plan, ascent, model)
    parts = parts_of(plan.whole)
    # Where items are repeated, a construct of constructs has no items that are not shown elsewhere.
    shown: list[int] = []
    seen: set[str] = set()
    for j in sorted(range(len(names)), key=lambda j: structure.blocks[j].stop - structure.blocks[j].start):
        block = structure.items[structure.blocks[j]]
        if ":" not in names[j] and names[j] not in parts and not seen & set(block):
            shown.append(j)
            seen |= set(block)
    kept = np.array(sorted(shown))
    items = np.concatenate([np.arange(structure.blocks[j].start, structure.blocks[j].stop) for j in kept])
    flat = Estimates(
        correlation=whole.correlation[:, items[:, None], items],
        weights=whole.weights[:, items],
        loadings=whole.loadings[:, items],
        cross=whole.cross[:, items[:, None], kept],
        proxies=whole.proxies[:, kept[:, None], kept],
        constructs=constructs[:, kept[:, None], kept],
        rho_a=whole.rho_a[:, kept],
        beta=whole.beta[:, kept[:, None], kept],
        r_squared=whole.r_squared[:, kept],
        iterations=whole.iterations,
        converged=whole.converged,
    )
    sizes = [structure.blocks[j].stop - structure.blocks[j].start for j in kept]
    return flat, structure.replace(
        constructs=tuple(names[j] for j in kept),
        kinds=tuple(structure.kinds[j] for j in kept),
        modes=tuple(structure.modes[j] for j in kept),
        items=tuple(structure.items[item] for item in items),
        owner=np.repeat(np.arange(kept.size), sizes),
        paths=structure.paths[np.ix_(kept, kept)],
        labels=(),
        definitions=(),
    )


def _implied(plan: Plan, ascent: Ascent, model: str) -> Array:
    """Return the correlations of all constructs that the paths, or none, and the parts' loadings imply."""
    whole, structure, names = ascent.whole, plan.whole, plan.whole.constructs
    final, last = ascent.stages[-1], plan.stages[-1].structure
    among = final.constructs
    if model == "estimated":
        among = implied_constructs(among, final.beta, final.r_squared, last.paths)
    at = np.array([names.index(name) for name in last.constructs])
    constructs = np.array(whole.constructs)
    constructs[:, at[:, None], at] = among
    known = set(last.constructs)
    parts = parts_of(structure)
    while waiting := [name for name in parts if name in known and not known.issuperset(parts[name])]:
        above = names.index(waiting[0])
        block = structure.blocks[above]
        own = np.array([names.index(part) for part in parts[waiting[0]]])
        others = np.array([names.index(name) for name in known])
        loadings = whole.loadings[:, block]
        across = loadings[:, :, None] * constructs[:, above][:, None, others]
        constructs[:, own[:, None], others] = across
        constructs[:, others[:, None], own] = across.transpose(0, 2, 1)
        within = np.array(whole.constructs[:, own[:, None], own])
        if structure.kinds[above] == "reflective":
            within = loadings[:, :, None] * loadings[:, None, :]
            within[:, range(own.size), range(own.size)] = 1.0
        constructs[:, own[:, None], own] = within
        known |= set(parts[waiting[0]])
    return constructs
