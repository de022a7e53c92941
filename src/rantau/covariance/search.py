"""From parameters and moments to the minimum: where the search begins, whether it can end, and how it goes."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.cells import UNDIRECTED
from rantau.covariance.constrained import minimise_within
from rantau.covariance.constraints import Constraints, check_values
from rantau.covariance.discrepancies import Discrepancy, discrepancy_row
from rantau.covariance.exploratory.after_minimum import turned
from rantau.covariance.exploratory.turn import turning_jacobian
from rantau.covariance.exploratory.unrotated import held_still, pivots_of, rough_start
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout
from rantau.covariance.minimise import Look, Minimum, look, minimise
from rantau.covariance.request import SemRequest
from rantau.covariance.setting import Setting, set_up
from rantau.covariance.standard_errors import check_identification
from rantau.covariance.start import start_values, stated_starts
from rantau.covariance.weak_markers import detour
from rantau.errors import EstimationError
from rantau.fit import Problem
from rantau.model.parameters import ParameterTable
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample
from rantau.record import Record

#: A sketch of a minimum ends at this scaled gradient.
SKETCH = 1e-2
#: Total effects beyond this, in standard units, are those of a loop that never fades.
ENDLESS = 1e8


class Found(Record):
    """Where a search ended.

    Attributes
    ----------
    discrepancy
        The fitting function.
    setting
        Model and data in standard units.
    minimum
        Of a stack of one; its factors turned, where there are exploratory blocks.
    constraints
        Those of the model, in these units; None where there are none.
    held
        `(k, n_free)`: what holds turned factors still; None where none were turned.
    turns
        What turning them brought to light.
    """

    discrepancy: Discrepancy
    setting: Setting
    minimum: Minimum
    constraints: Constraints | None
    held: Array | None = None
    turns: tuple[Problem, ...] = ()


def search(request: SemRequest, table: ParameterTable, sample: Sample | None, observed: GroupMoments) -> Found:
    """Find the minimum of the fitting function that a request asks for.

    Parameters
    ----------
    request
        Model and options.
    table
        The parameters.
    sample
        The rows, `(n_obs, p)` in the table's order; None where there are only moments.
    observed
        Their moments, `(G, p, p)` and `(G, p)`.

    Returns
    -------
    Found
        Converged or not.

    Raises
    ------
    EstimationError
        If no start values imply possible moments.
    IdentificationError
        If parameters can change together without changing what the model implies.
    """
    model, discrepancy = request.model, discrepancy_row(request.recipe.discrepancy)
    sought = held_still(table, pivots_of(table, observed))
    setting = set_up(sought, discrepancy, request.likelihood, sample, observed)
    layout, moments = setting.layout, setting.moments
    start = rough_start(sought, layout, moments, start_values(sought, layout, moments))
    # Where every pattern of gaps costs, a start is looked at as if the unrestricted moments were of complete rows.
    gaps = moments.patterns is not None
    rough, whole = (discrepancy_row("ml"), moments.replace(patterns=None)) if gaps else (discrepancy, moments)
    start, seen = _possible(layout, rough, whole, start, stated_starts(sought, setting.scale), model.source)
    constraints = Constraints(model, sought, setting.scale) if model.constraints else None
    if constraints is not None:
        check_values(constraints, start)
    check_identification(layout, sought, rough, whole, start, model.source, constraints, seen.second.expected[0])
    minimum = _minimum(layout, discrepancy, moments.stacked, start[None], seen, constraints)
    rotation = request.rotation
    if rotation is None:
        return Found(discrepancy, setting, minimum, constraints)
    still, setting = setting, set_up(table, discrepancy, request.likelihood, sample, observed)
    minimum, turns = turned(rotation, table, still, setting, minimum)
    constraints = Constraints(model, table, setting.scale) if model.constraints else None
    held = None
    if minimum.converged[0]:
        scale = setting.scale
        held = turning_jacobian(rotation, table, setting.stated, minimum.theta[0] / scale) / scale
    return Found(discrepancy, setting, minimum, constraints, held, turns)


def _possible(
    layout: Layout, discrepancy: Discrepancy, observed: GroupMoments, start: Array, stated: Array, source: str
) -> tuple[Array, Look]:
    """Pull start values towards independence until, with those the model states, they imply possible moments.

    Returns
    -------
    tuple
        `(n_free,)` values, and what there is to see there, of a stack of one.

    Raises
    ------
    EstimationError
        If none do: what the model states or fixes is impossible.
    """
    variances = (layout.kind == UNDIRECTED) & (layout.row == layout.column) & (layout.place >= 0)
    keep = np.zeros(layout.n_free, dtype=bool)
    keep[layout.place[variances]] = True
    keep |= ~np.isnan(stated)
    start, one = np.where(np.isnan(stated), start, stated), observed.stacked
    for share in (1.0, 0.7, 0.4, 0.1):
        trial = np.where(keep, start, share * start)[None]
        with np.errstate(over="ignore", invalid="ignore"):
            implied = imply(layout, trial)
            fades = np.abs(implied.effect).max(initial=0.0) < ENDLESS
            local = discrepancy.function(implied, one)
        if fades and np.isfinite(local.value[0]):
            return trial[0], look(layout, discrepancy, one, trial, exact=False, point=(implied, local))
    raise EstimationError(
        f"{source}: the start values and fixed values of the model imply a covariance matrix that is not "
        "positive definite, so the estimation cannot begin. Look for a fixed covariance or loading that is too "
        "large for its variances, for a loop of fixed effects that multiply to 1, or for a start() far off."
    )


def _minimum(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    start: Array,
    seen: Look,
    constraints: Constraints | None,
) -> Minimum:
    if constraints is not None:
        return minimise_within(layout, discrepancy, moments, start, constraints)
    found = (
        minimise(layout, discrepancy, moments, start, known=seen)
        if moments.patterns is None
        else _patiently(layout, moments, start, seen)
    )
    way = None if found.converged[0] else detour(layout, found.theta[0], start[0])
    if way is None:
        return found
    there = way.back(minimise(way.layout, discrepancy, moments, way.start[None]).theta[0])
    again = minimise(layout, discrepancy, moments, there[None]) if np.isfinite(there).all() else found
    return again if again.converged[0] else found


def _patiently(layout: Layout, moments: GroupMoments, start: Array, seen: Look) -> Minimum:
    """Fit the unrestricted estimates as if rows were complete, and begin there: every pattern of gaps costs."""
    whole = moments.replace(patterns=None)
    sketch = minimise(layout, discrepancy_row("ml"), whole, start, tolerance=SKETCH, known=seen)
    likelihood = discrepancy_row("fiml")
    if sketch.converged[0]:
        found = minimise(layout, likelihood, moments, sketch.theta, near=True)
        # What is possible for the rows together may be impossible for those of a pattern.
        if np.isfinite(found.value[0]):
            return found
    return minimise(layout, likelihood, moments, start)
