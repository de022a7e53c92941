"""Every number of a PLS fit that gets an interval: its name, and its value on a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from rantau.arrays import Array
from rantau.fit import Quantity
from rantau.model.expressions import evaluate
from rantau.pls import measurement
from rantau.pls.estimate import Estimates
from rantau.pls.structural import route_effects, total_effects
from rantau.pls.structure import Structure

Named = Iterator[tuple[Quantity, Array]]


def named_values(estimates: Estimates, structure: Structure) -> tuple[tuple[Quantity, ...], Array]:
    """Name and compute the quantities of a fit.

    Their order and names are those of the model alone, so any stack has the same columns:

    - `outcome ~ predictor`: path coefficients;
    - `outcome indirect predictor`: the total indirect effect, and with `predictor -> A -> B` on the right
    that of one
      route;
    - `outcome total predictor`: direct and indirect together;
    - `construct =~ item`: loadings, and `construct <~ item`: weights, of every construct whatever its mode;
    - `outcome r2 outcome`; `construct alpha construct`, likewise `rho_a`, `rho_c` and `ave`, for several
    items;
    - `construct htmt construct`, the later one on the left;
    - `name := expression`.

    Parameters
    ----------
    estimates
        Of a stack.
    structure
        The model.

    Returns
    -------
    tuple
        The names, q of them, and the values, `(draws, q)`.
    """
    rows: tuple[Callable[[Estimates, Structure], Named], ...] = (
        _paths,
        _effects,
        _outer,
        _explained,
        _reliability,
        _htmt,
        _definitions,
    )
    pairs = [pair for row in rows for pair in row(estimates, structure)]
    return tuple(quantity for quantity, _ in pairs), np.stack([value for _, value in pairs], axis=1)


def _paths(estimates: Estimates, structure: Structure) -> Named:
    names = structure.constructs
    for outcome in structure.endogenous:
        for predictor in structure.predictors(outcome):
            yield Quantity(names[outcome], "~", names[predictor]), estimates.beta[:, outcome, predictor]


def _effects(estimates: Estimates, structure: Structure) -> Named:
    names = structure.constructs
    total = total_effects(estimates.beta)
    routes = structure.routes
    along = route_effects(estimates.beta, routes)
    for outcome, predictor in sorted({(route[-1], route[0]) for route in routes}):
        indirect = total[:, outcome, predictor] - estimates.beta[:, outcome, predictor]
        yield Quantity(names[outcome], "indirect", names[predictor]), indirect
    for position, route in enumerate(routes):
        passed = " -> ".join(names[j] for j in route[:-1])
        yield Quantity(names[route[-1]], "indirect", passed), along[:, position]
    for outcome, predictor in structure.reached:
        yield Quantity(names[outcome], "total", names[predictor]), total[:, outcome, predictor]


def _outer(estimates: Estimates, structure: Structure) -> Named:
    for op, values in (("=~", estimates.loadings), ("<~", estimates.weights)):
        for position, (item, owner) in enumerate(zip(structure.items, structure.owner, strict=True)):
            yield Quantity(structure.constructs[owner], op, item), values[:, position]


def _explained(estimates: Estimates, structure: Structure) -> Named:
    for outcome in structure.endogenous:
        name = structure.constructs[outcome]
        yield Quantity(name, "r2", name), estimates.r_squared[:, outcome]


def _reliability(estimates: Estimates, structure: Structure) -> Named:
    values = reliability(estimates, structure)
    for j, name in enumerate(structure.constructs):
        if not structure.single[j]:
            for position, op in enumerate(RELIABILITY):
                yield Quantity(name, op, name), values[:, j, position]


def _htmt(estimates: Estimates, structure: Structure) -> Named:
    names = structure.constructs
    values = measurement.htmt(estimates.correlation, structure.blocks)
    for later in range(len(names)):
        for earlier in range(later):
            yield Quantity(names[later], "htmt", names[earlier]), values[:, later, earlier]


def _definitions(estimates: Estimates, structure: Structure) -> Named:
    known = {label: estimates.beta[:, outcome, predictor] for label, outcome, predictor in structure.labels}
    for definition in structure.definitions:
        value = np.broadcast_to(evaluate(definition.expression, known), len(estimates.beta))
        known[definition.name] = value
        yield Quantity(definition.name, ":=", definition.text), value


#: The columns of `reliability`.
RELIABILITY = ("alpha", "rho_a", "rho_c", "ave")


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
