"""Every number of a PLS fit that gets an interval: its name, and its value on a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array
from rantau.fit import Quantity
from rantau.model.expressions import evaluate
from rantau.pls import measurement, model_fit
from rantau.pls.estimate import Estimates
from rantau.pls.request import PlsRequest
from rantau.pls.structural import (
    CRITERIA,
    accounted_for,
    adjusted,
    f_squared,
    information_criteria,
    predictor_inflation,
    route_effects,
    total_effects,
)
from rantau.pls.structure import Structure
from rantau.pls.variants import (
    Without,
    explained_by_all_before,
    f_squared_estimated_again,
    redundancy_of_own_items,
)

#: The first columns of `reliability`, which every report shows; the others are what else goes by the same names.
RELIABILITY = ("alpha", "rho_a", "rho_c", "ave")
VARIANTS = ("alpha_weighted", "rho_c_observed", "rho_c_weighted", "rho_c_weighted_implied")


class Solved(NamedTuple):
    """A stack of estimates, with what some statistics need besides."""

    estimates: Estimates
    structure: Structure
    request: PlsRequest
    n_obs: int
    without: Without | None = None


Name = tuple[str, str, str]
Named = Iterator[tuple[Name, Array]]


def named_values(
    estimates: Estimates,
    structure: Structure,
    of: str = "estimates",
    *,
    request: PlsRequest | None = None,
    n_obs: int = 0,
    without: Without | None = None,
) -> tuple[tuple[Quantity, ...], Array]:
    """Name and compute the quantities of one table of a fit.

    Their order and names are those of the model alone, so any stack has the same columns. The table `estimates` has

    - `outcome ~ predictor`: path coefficients;
    - `outcome indirect predictor`: the total indirect effect, and with `predictor -> A -> B` on the right that of one
      route;
    - `outcome total predictor`: direct and indirect together;
    - `construct =~ item`: loadings, and `construct <~ item`: weights, of every construct whatever its mode;
    - `outcome r2 outcome`; `construct alpha construct`, likewise `rho_a`, `rho_c` and `ave`, for several items;
    - `construct htmt construct`, the later one on the left;
    - `name := expression`.

    Every other table of `TABLES` is named as the method of `PlsFit` that shows it.

    Parameters
    ----------
    estimates
        Of a stack.
    structure
        The model.
    of
        A name of `TABLES`.
    request
        The options; needed by tables for which the model is estimated once more.
    n_obs
        Rows; needed by tables that count them.
    without
        How models in stages are estimated once more without a path, for `f_squared_again`.

    Returns
    -------
    tuple
        The names, q of them, and the values, `(draws, q)`.
    """
    given = Solved(estimates, structure, PlsRequest() if request is None else request, n_obs, without)
    pairs = [pair for row in TABLES[of] for pair in row(given)]
    # The draws lie side by side in memory, as in what the quantities are taken from.
    values = np.empty((len(estimates.weights), len(pairs)), order="F")
    for position, (_, value) in enumerate(pairs):
        values[:, position] = value
    return _quantities(tuple(name for name, _ in pairs), of), values


@lru_cache(maxsize=64)
def _quantities(names: tuple[tuple[str, str, str], ...], of: str) -> tuple[Quantity, ...]:
    """Name quantities; every batch of a bootstrap asks for the same ones."""
    return tuple(Quantity(*name, of=of) for name in names)


# -- the outer model ---------------------------------------------------------------------------------


def _loadings(given: Solved) -> Named:
    return _items(given, "=~", given.estimates.loadings)


def _weights(given: Solved) -> Named:
    return _items(given, "<~", given.estimates.weights)


def _communalities(given: Solved) -> Named:
    return _items(given, "communality", measurement.communality(given.estimates.loadings))


def _items(given: Solved, op: str, values: Array) -> Named:
    structure = given.structure
    for position, (item, owner) in enumerate(zip(structure.items, structure.owner.tolist(), strict=True)):
        yield (structure.constructs[owner], op, item), values[:, position]


def _cross_loadings(given: Solved) -> Named:
    for j, name in enumerate(given.structure.constructs):
        for position, item in enumerate(given.structure.items):
            yield (name, "cross_loading", item), given.estimates.cross[:, position, j]


def _reliability(given: Solved) -> Named:
    return _of_blocks(given, RELIABILITY, reliability(given.estimates, given.structure))


def _variants(given: Solved) -> Named:
    return _of_blocks(given, VARIANTS, reliability_variants(given.estimates, given.structure))


def _of_blocks(given: Solved, names: tuple[str, ...], values: Array) -> Named:
    for j, name in enumerate(given.structure.constructs):
        if not given.structure.single[j]:
            for position, op in enumerate(names):
                yield (name, op, name), values[:, j, position]


def _htmt(given: Solved) -> Named:
    return _pairs(given, "htmt", measurement.htmt(given.estimates.correlation, given.structure.blocks))


def _htmt_signed(given: Solved) -> Named:
    return _pairs(given, "htmt", measurement.htmt(given.estimates.correlation, given.structure.blocks, signed=True))


def _htmt2(given: Solved) -> Named:
    return _pairs(given, "htmt2", measurement.htmt2(given.estimates.correlation, given.structure.blocks))


def _htmt2_signed(given: Solved) -> Named:
    return _pairs(given, "htmt2", measurement.htmt2(given.estimates.correlation, given.structure.blocks, signed=True))


def _fornell_larcker(given: Solved) -> Named:
    """Yield AVE less the squared correlation: above zero where the criterion holds."""
    names = given.structure.constructs
    ave = reliability(given.estimates, given.structure)[:, :, RELIABILITY.index("ave")]
    for j, name in enumerate(names):
        for k, other in enumerate(names):
            if j != k and not given.structure.single[j]:
                yield (name, "ave_less_r2", other), ave[:, j] - given.estimates.constructs[:, j, k] ** 2


def _construct_correlations(given: Solved) -> Named:
    return _pairs(given, "~~", given.estimates.constructs)


def _pairs(given: Solved, op: str, values: Array) -> Named:
    names = given.structure.constructs
    for later in range(len(names)):
        for earlier in range(later):
            yield (names[later], op, names[earlier]), values[:, later, earlier]


def _redundancy(given: Solved) -> Named:
    values = redundancy_of_own_items(given.estimates, given.structure, given.request)
    for j, (name, mode) in enumerate(zip(given.structure.constructs, given.structure.modes, strict=True)):
        if mode == "B" and not given.structure.single[j]:
            yield (name, "redundancy", name), values[:, j]


# -- the inner model ---------------------------------------------------------------------------------


def _paths(given: Solved) -> Named:
    return _arrows(given, "~", given.estimates.coefficients)


def _f_squared(given: Solved) -> Named:
    estimates, paths = given.estimates, given.structure.paths
    return _arrows(given, "f2", f_squared(estimates.constructs, estimates.r_squared, paths))


def _f_squared_again(given: Solved) -> Named:
    values = f_squared_estimated_again(given.estimates, given.structure, given.request, given.without)
    return _arrows(given, "f2", values)


def _vif(given: Solved) -> Named:
    structure = given.structure
    yield from _items(given, "vif", measurement.item_inflation(given.estimates.correlation, structure.blocks))
    yield from _arrows(given, "vif", predictor_inflation(given.estimates.constructs, structure.paths))


def _arrows(given: Solved, op: str, values: Array) -> Named:
    names = given.structure.constructs
    for outcome in given.structure.endogenous:
        for predictor in given.structure.predictors(outcome).tolist():
            yield (names[outcome], op, names[predictor]), values[:, outcome, predictor]


def _indirect(given: Solved) -> Named:
    beta, structure, names = given.estimates.coefficients, given.structure, given.structure.constructs
    total, routes = total_effects(beta), structure.routes
    along = route_effects(beta, routes)
    for outcome, predictor in sorted({(route[-1], route[0]) for route in routes}):
        yield (names[outcome], "indirect", names[predictor]), total[:, outcome, predictor] - beta[:, outcome, predictor]
    for position, route in enumerate(routes):
        yield (names[route[-1]], "indirect", " -> ".join(names[j] for j in route[:-1])), along[:, position]
    for outcome, predictor in structure.reached:
        yield (names[outcome], "total", names[predictor]), total[:, outcome, predictor]


def _accounted_for(given: Solved) -> Named:
    names, values = given.structure.constructs, accounted_for(given.estimates.coefficients)
    for outcome, predictor in sorted({(route[-1], route[0]) for route in given.structure.routes}):
        if given.structure.paths[outcome, predictor]:
            yield (names[outcome], "vaf", names[predictor]), values[:, outcome, predictor]


def _explained(given: Solved) -> Named:
    return _outcomes(given, "r2", given.estimates.r_squared)


def _adjusted(given: Solved) -> Named:
    return _outcomes(given, "r2_adjusted", adjusted(given.estimates.r_squared, given.structure.paths, given.n_obs))


def _information_criteria(given: Solved) -> Named:
    values = criteria(given)
    for position, name in enumerate(CRITERIA):
        yield from _outcomes(given, name, values[:, :, position])


def _outcomes(given: Solved, op: str, values: Array) -> Named:
    for outcome in given.structure.endogenous:
        name = given.structure.constructs[outcome]
        yield (name, op, name), values[:, outcome]


def _definitions(given: Solved) -> Named:
    beta, structure = given.estimates.coefficients, given.structure
    known = {label: beta[:, outcome, predictor] for label, outcome, predictor in structure.labels}
    for definition in structure.definitions:
        value = np.broadcast_to(evaluate(definition.expression, known), len(beta))
        known[definition.name] = value
        yield (definition.name, ":=", definition.text), value


def _fit_indices(given: Solved) -> Named:
    for model in model_fit.MODELS:
        found = model_fit.fit_indices(given.estimates, given.structure, given.n_obs, model)
        for name, value in found.items():
            yield (name, "", model), value


#: Every table whose numbers may be resampled, and what stands in it.
TABLES: dict[str, tuple[Callable[[Solved], Named], ...]] = {
    "estimates": (_paths, _indirect, _loadings, _weights, _explained, _reliability, _htmt, _definitions),
    "paths": (_paths,),
    "effects": (_paths, _indirect, _accounted_for),
    "definitions": (_definitions,),
    "loadings": (_loadings,),
    "weights": (_weights,),
    "communalities": (_communalities,),
    "cross_loadings": (_cross_loadings,),
    "reliability": (_reliability, _variants),
    "htmt": (_htmt,),
    "htmt_signed": (_htmt_signed,),
    "htmt2": (_htmt2,),
    "htmt2_signed": (_htmt2_signed,),
    "fornell_larcker": (_fornell_larcker,),
    "construct_correlations": (_construct_correlations,),
    "redundancy": (_redundancy,),
    "r_squared": (_explained, _adjusted),
    "f_squared": (_f_squared,),
    "f_squared_again": (_f_squared_again,),
    "vif": (_vif,),
    "information_criteria": (_information_criteria,),
    "fit_indices": (_fit_indices,),
}


def reliability(estimates: Estimates, structure: Structure) -> Array:
    """Return alpha, rho_A, rho_C and AVE of each construct, `(draws, J, 4)`.

    A single item has 1 throughout, by assumption. A block weighted by mode B has rho_A 1: its score is taken
    as free of error; its alpha, rho_C and AVE are computed like any other's, and judge it only if its items
    are meant to agree.
    """
    found = np.empty((len(estimates.weights), len(structure.constructs), 4))
    found[:, :, 1] = estimates.rho_a
    for j, block in enumerate(structure.blocks):
        loadings = estimates.loadings[:, block]
        found[:, j, 0] = measurement.alpha(estimates.correlation[:, block, block])
        found[:, j, 2] = measurement.rho_c(loadings)
        found[:, j, 3] = measurement.average_variance_extracted(loadings)
    return found


def reliability_variants(estimates: Estimates, structure: Structure) -> Array:
    """Return what else goes by the names of alpha and rho_C, as `VARIANTS`, `(draws, J, 4)`."""
    found = np.empty((len(estimates.weights), len(structure.constructs), 4))
    for j, block in enumerate(structure.blocks):
        weights, loadings = estimates.weights[:, block], estimates.loadings[:, block]
        among = estimates.correlation[:, block, block]
        found[:, j, 0] = measurement.alpha_weighted(weights, among)
        found[:, j, 1] = measurement.rho_c_observed(loadings, among)
        found[:, j, 2] = measurement.rho_c_weighted(weights, loadings, among)
        found[:, j, 3] = measurement.rho_c_weighted_implied(weights, loadings)
    return found


def criteria(given: Solved) -> Array:
    """Return the information criteria of each construct's equation, `(draws, J, 9)` as `structural.CRITERIA`."""
    full = explained_by_all_before(given.estimates, given.structure, given.request)
    return information_criteria(given.estimates.r_squared, given.structure.paths, given.n_obs, full)
