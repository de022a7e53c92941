"""Whether one model is nested in another, found by fitting the larger one to what the smaller one implies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.covariance.constrained import minimise_within
from rantau.covariance.constraints import Constraints
from rantau.covariance.discrepancies import discrepancy_row
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import imply
from rantau.covariance.minimise import minimise
from rantau.covariance.setting import Setting, evidence_of, free_of_constraints, held_by_rotation, setting_of
from rantau.moments.grouped import GroupMoments
from rantau.moments.single_answers import Ordering

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit

#: A discrepancy above this is a misfit: nested models leave 1e-15, others seldom less than 1e-4.
MISFIT = 1e-9


class Standing(NamedTuple):
    """A fit with what its tests rest on."""

    fit: SemFit
    setting: Setting
    evidence: Evidence


def standing(fit: SemFit) -> Standing:
    """Set a fit up again, once for all its comparisons."""
    setting = setting_of(fit)
    return Standing(fit, setting, evidence_of(fit, setting))


class Meeting(NamedTuple):
    """Where a larger model comes nearest to what a smaller one implies.

    Attributes
    ----------
    misfit
        The discrepancy between the two; nought if the smaller model is nested in the larger.
    theta
        `(n_free,)` the parameters of the larger model there, in standard units.
    """

    misfit: float
    theta: Array

    @property
    def nested(self) -> bool:
        """Whether the larger model can imply all that the smaller one does."""
        return self.misfit < MISFIT


def meet(larger: Standing, smaller: Standing) -> Meeting:
    """Fit a larger model to the moments that a smaller one implies.

    Parameters
    ----------
    larger, smaller
        Of the same variables and groups.

    Returns
    -------
    Meeting
        The discrepancy that is left, and where.

    Notes
    -----
    Bentler & Satorra (2010), the NET procedure: models are nested if, and only if, the larger one fits the
    moments of the smaller one perfectly (barring accidents of the data).
    """
    fit, setting, evidence = larger
    if evidence.moments.ordering is not None:
        return _meet_answers(larger, smaller)
    order = variable_order(smaller.fit, fit)
    implied, deviation = imply(smaller.fit.layout, smaller.fit.theta), setting.deviation
    covariance = implied.sigma[:, order[:, None], order] / np.outer(deviation, deviation)
    own, mean = evidence.moments, implied.mu[:, order] / deviation
    moments = GroupMoments(own.names, own.groups, own.n, covariance, mean)
    # Where one of the two implies what is no covariance matrix, likelihood has no value; squares have.
    name = "ml" if _positive(covariance) and _positive(evidence.implied.sigma) else "uls"
    distance = discrepancy_row(name)
    stack, start = moments.stacked, evidence.theta[None]
    if fit.model.constraints:
        constraints = Constraints(fit.model, fit.table, setting.scale)
        found = minimise_within(evidence.layout, distance, stack, start, constraints, active=fit.active)
    else:
        found = minimise(evidence.layout, distance, stack, start)
    return Meeting(float(found.value[0] - distance.floor(moments)), found.theta[0])


def _meet_answers(larger: Standing, smaller: Standing) -> Meeting:
    """Fit a larger model to the thresholds and correlations that a smaller one implies, unweighted."""
    fit, setting, evidence = larger
    own, theirs = evidence.moments, smaller.evidence.moments
    implied = imply(smaller.evidence.layout, smaller.evidence.theta)
    if own.ordering is None or theirs.ordering is None or implied.level is None:
        raise ValueError("these moments are not those of ordered answers")
    order = variable_order(smaller.fit, fit)
    unit = setting.deviation / smaller.setting.deviation[order]
    units = own.ordering.units(unit)
    level = implied.level[:, level_order(order, theirs.ordering)]
    covariance = implied.sigma[:, order[:, None], order] / np.outer(unit, unit)
    moments = own.replace(
        level=level / units[: level.shape[1]], covariance=covariance, weight=np.ones((own.n_groups, units.size))
    )
    distance = discrepancy_row("uls_ordered")
    stack, start = moments.stacked, evidence.theta[None]
    if fit.model.constraints:
        constraints = Constraints(fit.model, fit.table, setting.scale)
        found = minimise_within(evidence.layout, distance, stack, start, constraints, active=fit.active)
    else:
        found = minimise(evidence.layout, distance, stack, start)
    return Meeting(float(found.value[0]), found.theta[0])


def level_order(order: Indices, ordering: Ordering) -> Indices:
    """Return where thresholds, means and slopes stand, `(t,)`, when variables are taken in another order `(p,)`."""
    first, counts = ordering.first, ordering.counts
    levels = [np.arange(first[one], first[one] + counts[one]) for one in order]
    outcome, covariate = ordering.slopes
    at = np.zeros((order.size, order.size), dtype=np.intp)
    at[outcome, covariate] = ordering.item.size + np.arange(outcome.size)
    rest, given = (order[np.isin(order, ordering.given) == which] for which in (False, True))
    return np.concatenate([*levels, at[np.repeat(rest, given.size), np.tile(given, rest.size)]])


def answer_order(order: Indices, ordering: Ordering) -> Indices:
    """Return where all moments of ordered answers stand, `(m,)`, when variables are taken in another order `(p,)`."""
    p = order.size
    levels, (i, j) = level_order(order, ordering), ordering.lower
    at = np.full((p, p), -1, dtype=np.intp)
    at[i, j] = at[j, i] = levels.size + np.arange(i.size)
    a, b = lower_triangle(p)
    places = at[order[a], order[b]]
    return np.concatenate([levels, places[places >= 0]])


def _positive(covariance: Array) -> bool:
    return bool((np.linalg.eigvalsh(covariance)[..., 0] > 0).all())


def evidence_at(larger: Standing, theta: Array) -> Evidence:
    """Return the evidence of a model with its own data, at other parameters `(n_free,)`."""
    fit, setting, evidence = larger
    constraints = Constraints(fit.model, fit.table, setting.scale) if fit.model.constraints else None
    directions, _ = free_of_constraints(
        evidence.layout, evidence.discrepancy, evidence.moments, constraints, theta, fit.active,
        held_by_rotation(fit, setting, theta),
    )  # fmt: skip
    value = float(evidence.discrepancy.function(imply(evidence.layout, theta), evidence.moments).value)
    return evidence.replace(theta=theta, directions=directions, value=value)


def variable_order(fit: SemFit, like: SemFit) -> Indices:
    """Return where the observed variables of `like` stand among those of `fit`, `(p,)`."""
    return np.array([fit.table.observed.index(name) for name in like.table.observed], dtype=np.intp)


def moment_order(order: Indices, *, means: bool) -> Indices:
    """Return where moments stand, `(m,)`, when variables are taken in another order `(p,)`."""
    p = order.size
    i, j = lower_triangle(p)
    at = np.empty((p, p), dtype=np.intp)
    at[i, j] = at[j, i] = np.arange(i.size)
    lower = at[order[i], order[j]]
    return np.concatenate([order, p + lower]) if means else lower
