"""Newton steps and Fisher scoring for a whole stack of samples at once; one fit is a stack of one."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, Layout, gradient, imply, members, slopes
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments
from rantau.record import Record

#: Scaled gradients below this are near enough for Newton steps to be tried.
NEAR = 0.3
#: The scaled gradient of a minimum is below this.
TOLERANCE = 1e-9


class Minimum(Record):
    """Where the minimisation of a stack ended.

    Attributes
    ----------
    theta
        `(draws, n_free)`.
    value
        `(draws,)`: the discrepancy.
    slope
        `(draws,)`: the largest scaled gradient component, see `minimise`.
    converged
        `(draws,)`: whether `slope` fell below the tolerance.
    iterations
        `(draws,)`.
    active
        `(draws, constraints)`: which constraints hold with equality; without columns where there are none.
    """

    theta: Array
    value: Array
    slope: Array
    converged: Mask
    iterations: Indices
    active: Mask


def minimise(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    start: Array,
    *,
    tolerance: float = TOLERANCE,
    max_iterations: int = 500,
) -> Minimum:
    """Minimise a discrepancy for every member of a stack.

    Parameters
    ----------
    layout
        The model, best in units where every variable has a standard deviation near 1.
    discrepancy
        The fitting function.
    moments
        `(draws, G, p, p)` covariances and `(draws, G, p)` means.
    start
        `(draws, n_free)`.
    tolerance
        Stop where every `|g_k| / sqrt(h_kk)` is below it, with g the gradient and h the expected Hessian:
        a measure that no change of units alters.
    max_iterations
        Steps, tried ones included.

    Returns
    -------
    Minimum
        Members that did not converge are flagged, never dropped.

    Notes
    -----
    Near the solution Newton steps on the exact second derivatives, which converge quadratically. Where such a step
    points uphill or does not lower the discrepancy as a quadratic bowl would, and far from the solution, steps with
    Levenberg's damping: `(H + damping diag E) step = -g`, E twice the expected information, H the exact second
    derivatives near the solution if they are positive definite, else E (Fisher scoring). Damping starts at none, grows
    tenfold when a step does not lower the discrepancy or leaves the region of positive definite sigma, and shrinks
    tenfold after each success. Members that have converged leave the stack.
    """
    draws = start.shape[0]
    theta = np.array(start)
    value, slope = np.full(draws, np.inf), np.full(draws, np.inf)
    scale = np.full(start.shape, np.nan)
    iterations, failures = np.zeros(draws, dtype=int), np.zeros(draws, dtype=int)
    damping = np.zeros(draws)
    converged = np.zeros(draws, dtype=bool)
    active: Indices = np.arange(draws)
    part, local_layout = moments, layout
    point = _point(layout, discrepancy, moments, theta)
    for _ in range(max_iterations):
        implied, local = point
        factors = slopes(local_layout, implied)
        g = gradient(local_layout, factors, local.by_sigma, local.by_mu)
        value[active] = local.value
        # The information hardly changes near the minimum: what it was one step before says how steep the slope is.
        slope[active] = np.max(np.abs(g) / scale[active], axis=-1, initial=0.0)
        done = slope[active] < tolerance
        second = None
        if not done.all():
            # The exact Hessian costs more than the expected one; until a member is near, it is of no use.
            exact = bool((slope[active] < 100 * NEAR).any())
            second = discrepancy.second(local_layout, implied, factors, part, local, exact)
            scale[active] = np.sqrt(np.maximum(np.einsum("...kk->...k", second.expected), 1e-300))
            slope[active] = np.max(np.abs(g) / scale[active], axis=-1, initial=0.0)
            done = slope[active] < tolerance
        converged[active[done]] = True
        keep = ~done & np.isfinite(local.value) & (failures[active] < 60)
        if second is None or not keep.any():
            break
        if not keep.all():
            active, g = active[keep], g[keep]
            second = Second(second.expected[keep], None if second.exact is None else second.exact[keep])
            part, local_layout = take_members(moments, active), members(layout, active)
        iterations[active] += 1
        state = (theta, value, damping, failures)
        point = _advance(local_layout, discrepancy, part, state, active, g, second, slope[active])
    return Minimum(theta, value, slope, converged, iterations, np.zeros((draws, 0), dtype=bool))


Point = tuple[Implied, Local]
#: Parameters, values, damping and failures in a row, of the whole stack.
State = tuple[Array, Array, Array, Indices]


def _point(layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, theta: Array) -> Point:
    """Return what the model implies at `theta (draws, n_free)`, and the discrepancy there."""
    implied = imply(layout, theta)
    return implied, discrepancy.function(implied, moments)


def _advance(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    state: State,
    active: Indices,
    g: Array,
    second: Second,
    slope: Array,
) -> Point:
    """Move every active member one step on, and return the point reached."""
    theta, value, damping, _ = state
    rest = np.arange(active.size)
    hessian = second.expected
    if second.exact is not None:
        near = (slope < NEAR) & (damping[active] == 0)
        if near.all():
            step = -solve(second.exact, g)
            reached = _point(layout, discrepancy, moments, theta[active] + step)
            moved = _downhill(g, step, value[active], reached[1].value)
            theta[active[moved]] += step[moved]
            if moved.all():
                return reached
            rest = rest[~moved]
        elif near.any():
            some = np.flatnonzero(near)
            step = -solve(second.exact[some], g[some])
            trial = theta[active[some]] + step
            new = _point(members(layout, some), discrepancy, take_members(moments, some), trial)[1].value
            moved = _downhill(g[some], step, value[active[some]], new)
            theta[active[some[moved]]] = trial[moved]
            rest = np.setdiff1d(rest, some[moved])
        # What is expected may be far from what is, where a model fits badly; shorter steps on it would only creep.
        bent = rest[near[rest]]
        hessian = hessian.copy()
        hessian[bent] = np.where(convex(second.exact[bent], hessian[bent]), second.exact[bent], hessian[bent])
    whole = _step(layout, discrepancy, moments, state, active, rest, (g[rest], hessian[rest], second.expected[rest]))
    return _point(layout, discrepancy, moments, theta[active]) if whole is None else whole


def convex(exact: Array, expected: Array) -> Mask:
    """Tell where the exact Hessian curves upwards in every direction, `(..., 1, 1)`, in units of the expected one."""
    unit = np.sqrt(np.maximum(np.einsum("...kk->...k", expected), 1e-300))
    scaled = exact / (unit[..., :, None] * unit[..., None, :])
    found: Mask = np.linalg.eigvalsh(scaled)[..., :1, None] > 1e-8
    return found


def _downhill(g: Array, step: Array, before: Array, after: Array) -> Mask:
    """Tell which Newton steps go down as they should: by a quarter at least of what a quadratic bowl promises."""
    promised = -np.sum(g * step, axis=-1)
    found: Mask = (promised > 0) & (after <= before - promised / 8 + 1e-12 * (1 + np.abs(before)))
    return found


def _step(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    state: State,
    active: Indices,
    rest: Indices,
    local: tuple[Array, Array, Array],
) -> Point | None:
    """Try damped steps until each member of `rest` has one that does not raise its discrepancy.

    `local` is the gradient, the Hessian to step by, and the expected one, whose diagonal damps.

    Returns the point reached where the first step served all active members; None otherwise.
    """
    theta, value, damping, failures = state
    g, hessian, expected = local
    diagonal = np.maximum(np.einsum("...kk->...k", expected), 1e-300)
    eye = np.eye(layout.n_free)
    waiting = np.arange(rest.size)
    for attempt in range(60):
        place = rest[waiting]
        tried = active[place]
        ridge = (damping[tried] + 1e-14)[:, None] * diagonal[waiting]
        damped = hessian[waiting] + ridge[:, :, None] * eye
        step = -solve(damped, g[waiting])
        trial = theta[tried] + step
        some = place if place.size < active.size else np.arange(active.size)
        reached = _point(members(layout, some), discrepancy, take_members(moments, some), trial)
        # Near the minimum the discrepancy cannot be told from its rounding error; a step may then stand.
        good = reached[1].value <= value[tried] + 1e-12 * (1 + np.abs(value[tried]))
        theta[tried[good]] = trial[good]
        damping[tried[good]] = np.where(damping[tried[good]] > 1e-6, damping[tried[good]] / 10, 0.0)
        failures[tried[good]] = 0
        bad = tried[~good]
        damping[bad] = np.maximum(damping[bad] * 10, 1e-4)
        failures[bad] += 1
        waiting = waiting[~good]
        if waiting.size == 0:
            return reached if attempt == 0 and rest.size == active.size else None
    return None


def look(
    layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, theta: Array, *, exact: bool
) -> tuple[Array, Array, Array, Array | None]:
    """Return value, gradient, expected Hessian, and the exact one if wanted, at parameters `(..., n_free)`."""
    implied, local = _point(layout, discrepancy, moments, theta)
    slope = slopes(layout, implied)
    second = discrepancy.second(layout, implied, slope, moments, local, exact)
    return local.value, gradient(layout, slope, local.by_sigma, local.by_mu), second.expected, second.exact


def solve(matrices: Array, vectors: Array) -> Array:
    """Solve a stack of systems, `(..., k, k)` with `(..., k)`; by least squares where one is singular."""
    try:
        solution = np.linalg.solve(matrices, vectors[..., None])
    except np.linalg.LinAlgError:
        solution = np.linalg.pinv(matrices) @ vectors[..., None]
    return np.asarray(solution[..., 0], dtype=np.float64)


def take_members(moments: GroupMoments, which: Indices) -> GroupMoments:
    """Return some members of a stack of moments."""
    if which.size == moments.n.shape[0]:
        return moments
    patterns, weight = moments.patterns, moments.weight
    if patterns is not None:
        patterns = patterns.replace(
            n=patterns.n[which], covariance=patterns.covariance[which], mean=patterns.mean[which]
        )
    if weight is not None:
        weight = weight[which]
    return moments.replace(
        n=moments.n[which],
        covariance=moments.covariance[which],
        mean=moments.mean[which],
        patterns=patterns,
        weight=weight,
    )


def stack_of_one(moments: GroupMoments) -> GroupMoments:
    """Return the moments of one sample as a stack of one."""
    patterns, weight = moments.patterns, moments.weight
    if patterns is not None:
        patterns = patterns.replace(n=patterns.n[None], covariance=patterns.covariance[None], mean=patterns.mean[None])
    return moments.replace(
        n=moments.n[None],
        covariance=moments.covariance[None],
        mean=moments.mean[None],
        patterns=patterns,
        weight=None if weight is None else weight[None],
    )
