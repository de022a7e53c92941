"""Minimisation under constraints: sequential quadratic steps with an active set, for a stack of samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.constraints import Constraints
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout, members
from rantau.covariance.minimise import TOLERANCE, Minimum, look
from rantau.moments.grouped import GroupMoments

#: Scaled slopes and margins below this are near enough for full steps to be taken on trust.
NEAR = 1e-3
#: A violation costs no more than this, so that rounding does not drown the discrepancy.
DEAREST = 1e6


class Place(NamedTuple):
    """A point of each member: value and derivatives in the metric of its own information; constraints have slope 1."""

    value: Array
    unit: Array
    gradient: Array
    expected: Array
    exact: Array
    margin: Array
    jacobian: Array
    inverse: Array
    across: Array
    multipliers: Array
    length: Array


def minimise_within(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    start: Array,
    constraints: Constraints,
    *,
    active: Mask | None = None,
    max_iterations: int = 500,
) -> Minimum:
    """Minimise a discrepancy for every member of a stack, where parameters are constrained.

    Parameters
    ----------
    layout, discrepancy, moments, start
        As for `minimise`.
    constraints
        In the units of `layout`.
    active
        `(k,)`: which inequalities to take for equalities at first.
    max_iterations
        Steps of each member under one active set.

    Returns
    -------
    Minimum
        `slope` is the largest scaled component of the gradient along the constraints, or the largest scaled
        violation if that is larger.

    Notes
    -----
    Nocedal & Wright (2006), ch. 18: Newton steps on the Lagrangian in the directions that the constraints leave
    free, with a step back onto the constraints; Fisher scoring with damping where the Lagrangian is not convex
    there. Inequalities by an active set (ch. 16.5): a violated one joins, one whose multiplier is negative leaves.
    """
    equal = constraints.equalities
    draws = start.shape[0]
    holds = np.broadcast_to(equal if active is None else equal | active, (draws, equal.size)).copy()
    theta = np.array(start)
    value, slope = np.full(draws, np.inf), np.full(draws, np.inf)
    converged, iterations = np.zeros(draws, dtype=bool), np.zeros(draws, dtype=int)
    open_draws: Indices = np.arange(draws)
    for _ in range(10 + 4 * equal.size):
        _descend(
            layout, discrepancy, moments, constraints, open_draws, holds, (theta, value, slope, converged, iterations),
            max_iterations,
        )  # fmt: skip
        # An inequality that has lost its value (a logarithm) holds with equality from the start.
        lost = ~np.isfinite(constraints.margins(theta)[0]) & ~holds
        again = np.flatnonzero(lost.any(axis=-1))
        holds |= lost
        theta[again], converged[again] = start[again], False
        changed = _change_set(layout, discrepancy, moments, constraints, open_draws, holds, theta, converged)
        changed = np.union1d(changed, again)
        if changed.size == 0:
            break
        converged[changed] = False
        open_draws = changed
    else:
        converged[open_draws] = False
    # What has no value (the logarithm of a negative number) is not met.
    converged &= np.isfinite(constraints.margins(theta)[0]).all(axis=-1)
    return Minimum(theta, value, slope, converged, iterations, holds)


def _descend(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    constraints: Constraints,
    which: Indices,
    holds: Mask,
    state: tuple[Array, Array, Array, Mask, Indices],
    max_iterations: int,
) -> None:
    """Go to the minimum of each member on the constraints that it holds with equality."""
    theta, value, slope, converged, iterations = state
    damping, failures = np.zeros(theta.shape[0]), np.zeros(theta.shape[0], dtype=int)
    penalty = np.zeros(theta.shape[0])
    active = which
    for _ in range(max_iterations):
        at = _look(layout, discrepancy, moments, constraints, active, holds, theta)
        value[active] = at.value
        flat = np.abs((at.across @ at.gradient[..., None])[..., 0]).max(axis=-1, initial=0.0)
        slope[active] = np.maximum(flat, np.abs(at.margin).max(axis=-1, initial=0.0))
        done = slope[active] < TOLERANCE
        converged[active[done]] = True
        # A search that runs off to where second derivatives overflow is over.
        there = np.isfinite(at.exact).all(axis=(-1, -2)) & np.isfinite(at.expected).all(axis=(-1, -2))
        keep = ~done & there & np.isfinite(at.value) & (failures[active] < 60)
        active, at = active[keep], Place(*(part[keep] for part in at))
        if active.size == 0:
            return
        iterations[active] += 1
        # Close by, full Newton steps end what damped ones would only approach.
        damping[active[(slope[active] < NEAR) & _convex(at)]] = 0.0
        penalty[active] = np.maximum(penalty[active], _worth(at, damping[active]))
        waiting = np.arange(active.size)
        for _ in range(60):
            tried = active[waiting]
            here = Place(*(part[waiting] for part in at))
            trial = theta[tried] + _direction(here, damping[tried]) / here.unit
            reached = discrepancy.function(imply(members(layout, tried), trial), moments.take(tried)).value
            margin = _scaled_margins(constraints, trial, holds[tried], here)
            merit = here.value + penalty[tried] * np.abs(here.margin).sum(axis=-1)
            new = reached + penalty[tried] * np.abs(margin).sum(axis=-1)
            good = new <= merit + 1e-12 * (1 + np.abs(merit))
            # Close by, a curved constraint may raise the merit of a good step (Maratos' effect).
            good |= np.isfinite(reached) & (slope[tried] < NEAR) & (damping[tried] == 0)
            theta[tried[good]] = trial[good]
            damping[tried[good]] = np.where(damping[tried[good]] > 1e-6, damping[tried[good]] / 10, 0.0)
            failures[tried[good]] = 0
            bad = tried[~good]
            damping[bad] = np.maximum(damping[bad] * 10, 1e-4)
            failures[bad] += 1
            waiting = waiting[~good]
            if waiting.size == 0:
                break


def _look(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    constraints: Constraints,
    active: Indices,
    holds: Mask,
    theta: Array,
) -> Place:
    """Describe each member's point in units of one over the root of its information."""
    seen = look(members(layout, active), discrepancy, moments.take(active), theta[active], exact=True)
    here, g, (expected, exact) = seen.local.value, seen.gradient, seen.second
    unit = seen.second.unit
    among = unit[:, :, None] * unit[:, None, :]
    margin, jacobian = constraints.margins(theta[active])
    jacobian = np.where(holds[active][..., None], jacobian / unit[:, None, :], 0.0)
    length = np.linalg.norm(jacobian, axis=-1)
    length = np.where(length > 0, length, 1.0)
    jacobian = jacobian / length[..., None]
    margin = np.where(holds[active], margin / length, 0.0)
    inverse: Array = np.asarray(np.linalg.pinv(jacobian, rcond=1e-9), dtype=np.float64)
    across = np.eye(unit.shape[-1]) - inverse @ jacobian
    gradient = g / unit
    multipliers = (inverse.mT @ gradient[..., None])[..., 0]
    bent = exact if exact is not None else expected
    bent = bent - constraints.bend(theta[active], np.where(holds[active], multipliers / length, 0.0))
    return Place(
        here, unit, gradient, expected / among, bent / among, margin, jacobian, inverse, across, multipliers, length
    )  # fmt: skip


def _convex(at: Place) -> Mask:
    """Tell where the Lagrangian curves upwards along the constraints."""
    normal = np.eye(at.unit.shape[-1]) - at.across
    found: Mask = np.linalg.eigvalsh(at.across @ at.exact @ at.across + normal)[..., 0] > 1e-10
    return found


def _worth(at: Place, damping: Array) -> Array:
    """Return what a violation must cost for a step that lessens it to be a gain (Nocedal & Wright, 2006, eq. 18.36)."""
    violation = np.abs(at.margin).sum(axis=-1)
    step = _direction(at, damping)
    rise = (at.gradient * step).sum(axis=-1) + np.einsum("...i,...ij,...j->...", step, at.expected, step) / 2
    needed = 2 * np.maximum(rise, 0.0) * (1 + damping) / np.where(violation > TOLERANCE, violation, 1.0)
    least = 2 * np.abs(at.multipliers).max(axis=-1, initial=0.0) + 0.1
    return np.asarray(least + np.where(violation > TOLERANCE, np.minimum(needed, DEAREST), 0.0))


def _direction(at: Place, damping: Array) -> Array:
    """Return the step of each member, in its own metric: back onto the constraints, and down along them."""
    # Where the whole way back costs more than it gains, damping shortens it as it shortens the way down.
    back = -(at.inverse @ at.margin[..., None])[..., 0] / (1 + damping)[:, None]
    eye = np.eye(at.unit.shape[-1])
    normal = eye - at.across
    hessian = np.where((_convex(at) & (damping == 0))[:, None, None], at.exact, at.expected)
    damped = at.across @ (hessian + (damping + 1e-14)[:, None, None] * eye) @ at.across + normal
    pull = at.gradient + (hessian @ back[..., None])[..., 0]
    down = np.linalg.pinv(damped, hermitian=True) @ (at.across @ pull[..., None])
    return np.asarray(back - (at.across @ down)[..., 0])


def _scaled_margins(constraints: Constraints, theta: Array, holds: Mask, at: Place) -> Array:
    """Return the margins of the constraints that hold, each in units of its steepness at a place."""
    margin = constraints.margins(theta)[0]
    return np.where(holds, margin / at.length, 0.0)


def _change_set(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    constraints: Constraints,
    which: Indices,
    holds: Mask,
    theta: Array,
    converged: Mask,
) -> Indices:
    """Let the most violated inequality of each member join, or the one with the most negative multiplier leave."""
    equal = constraints.equalities
    active = which[converged[which]]
    if equal.all() or active.size == 0:
        return active[:0]
    at = _look(layout, discrepancy, moments, constraints, active, holds, theta)
    margin, jacobian = constraints.margins(theta[active])
    length = np.linalg.norm(jacobian / at.unit[:, None, :], axis=-1)
    violation = np.nan_to_num(np.where(holds[active], 0.0, -margin / np.where(length > 0, length, 1.0)))
    worst = violation.argmax(axis=-1)
    joins = violation.max(axis=-1) > 1e-9
    holds[active[joins], worst[joins]] = True
    wrong = np.where(holds[active] & ~equal, -at.multipliers, 0.0)
    worst = wrong.argmax(axis=-1)
    leaves = ~joins & (wrong.max(axis=-1) > 1e-9)
    holds[active[leaves], worst[leaves]] = False
    return np.asarray(active[joins | leaves])
