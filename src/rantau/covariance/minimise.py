"""Newton steps and Fisher scoring for a whole stack of samples at once; one fit is a stack of one."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, gradient, imply, slopes
from rantau.covariance.layout import Layout, members
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments
from rantau.record import Record

#: Scaled gradients below this are near enough for Newton steps to be tried.
NEAR = 0.3
#: Damping below this is none.
LEAST = 1e-3
#: The scaled gradient of a minimum is below this.
TOLERANCE = 1e-9
#: After this many steps from a guess the scaled gradient is below that, or the guess was a bad one.
PATIENCE, LOST = 3, 0.1


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
    near: bool = False,
    guess: Array | None = None,
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
    near
        Whether the start is so near that a Newton step may be the first.
    guess
        `(draws, n_free)`: where to begin instead. Members that it leads nowhere begin again at `start`.

    Returns
    -------
    Minimum
        Members that did not converge are flagged, never dropped.

    Notes
    -----
    Near the solution Newton steps on the exact second derivatives H, which converge quadratically; far from it Fisher
    scoring on the expected ones, E. Where such a step does not lower the discrepancy as a quadratic bowl would, steps
    in a trust region (Nocedal & Wright, 2006, ch. 4) whose measure is E, which no change of parameters alters: in
    the axes where E is 1 and H diagonal, `-slope / (|curvature| + damping)`. A direction that bends downwards is thus
    followed down. Damping goes with how much of the promised descent came about. Members that have converged leave
    the stack; the step that their last slope asks for is taken with the curvature at hand, so that estimates are as
    exact as rounding allows.
    """
    draws = start.shape[0]
    theta = np.array(start if guess is None else guess)
    value, slope = np.full(draws, np.inf), np.full(draws, np.inf)
    scale = np.full(start.shape, np.nan)
    iterations, failures = np.zeros(draws, dtype=int), np.zeros(draws, dtype=int)
    damping = np.zeros(draws)
    converged = np.zeros(draws, dtype=bool)
    active: Indices = np.arange(draws)
    part, local_layout = moments, layout
    point = _point(layout, discrepancy, moments, theta)
    bent: Array | None = None
    for step in range(max_iterations):
        if guess is not None and step in (0, PATIENCE):
            lost = slope[active] > LOST if step else ~np.isfinite(point[1].value)
            if lost.any():
                theta[active[lost]] = start[active[lost]]
                damping[active[lost]], failures[active[lost]] = 0.0, 0
                point = _point(local_layout, discrepancy, part, theta[active])
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
            exact, near = near or bool((slope[active] < 2 * NEAR).any()), False
            second = discrepancy.second(local_layout, implied, factors, part, local, exact)
            scale[active] = np.sqrt(np.maximum(np.einsum("...kk->...k", second.expected), 1e-300))
            slope[active] = np.max(np.abs(g) / scale[active], axis=-1, initial=0.0)
            done = slope[active] < tolerance
        converged[active[done]] = True
        if second is not None:
            bent = second.exact
        if bent is not None:
            # The slope that is left, and the curvature of this step or the one before, cost nothing more.
            theta[active[done]] -= _remainder(bent[done], g[done], scale[active[done]], tolerance)
        keep = ~done & np.isfinite(local.value) & (failures[active] < 60)
        if second is None or not keep.any():
            break
        if not keep.all():
            active, g = active[keep], g[keep]
            second = Second(second.expected[keep], None if second.exact is None else second.exact[keep])
            bent = second.exact
            part, local_layout = take_members(moments, active), members(layout, active)
        iterations[active] += 1
        state = (theta, value, damping, failures)
        point = _advance(local_layout, discrepancy, part, state, active, g, second, slope[active])
    return Minimum(theta, value, slope, converged, iterations, np.zeros((draws, 0), dtype=bool))


def _remainder(hessian: Array, g: Array, scale: Array, tolerance: float) -> Array:
    """Return the step that is left to take where a search has ended; none where it is not as small as the slope."""
    step = solve(hessian, g)
    small = np.max(np.abs(step) * scale, axis=-1, initial=0.0) < 100 * tolerance
    return np.where(small[:, None], step, 0.0)


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
    left = np.arange(active.size)
    near = slope < NEAR
    tries = [(near, second.exact, 0.25)] if second.exact is not None else []
    for wanted, hessian, share in (*tries, (np.ones_like(near), second.expected, 0.05)):
        some = left[wanted[left] & (damping[active[left]] == 0)]
        if not some.size:
            continue
        step = -solve(hessian[some], g[some])
        trial = theta[active[some]] + step
        reached = _point(members(layout, some), discrepancy, take_members(moments, some), trial)
        moved = _downhill(g[some], step, value[active[some]], reached[1].value, share)
        theta[active[some[moved]]] = trial[moved]
        if moved.all() and some.size == active.size:
            return reached
        left = np.setdiff1d(left, some[moved])
    if left.size:
        _bowls(layout, discrepancy, moments, state, active, left, (g, second, slope))
    return _point(layout, discrepancy, moments, theta[active])


def _downhill(g: Array, step: Array, before: Array, after: Array, share: float) -> Mask:
    """Tell which undamped steps go down as they should: by a share at least of what a quadratic bowl promises."""
    promised = -np.sum(g * step, axis=-1) / 2
    found: Mask = (promised > 0) & (after <= before - share * promised + _rounding(before))
    return found


def _rounding(value: Array) -> Array:
    """Return by how much a discrepancy may rise for no other reason than rounding."""
    return np.asarray(1e-12 * (1 + np.abs(value)))


def _bowls(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    state: State,
    active: Indices,
    which: Indices,
    local: tuple[Array, Second, Array],
) -> None:
    """Move `which` of the active members along the axes of a bowl that opens upwards, as far as it can be believed.

    `local` is gradient, second derivatives and slope of all active members.
    """
    theta, value, damping, failures = state
    g, second, slope = local
    axes, along, curvature, bowl = _axes(g[which], second, which, slope[which])
    members_of = active[which]
    damping[members_of] = np.maximum(damping[members_of], LEAST)
    waiting = np.arange(which.size)
    for _ in range(60):
        tried = members_of[waiting]
        short = -along[waiting] / (bowl[waiting] + damping[tried, None])
        trial = theta[tried] + np.einsum("dij,dj->di", axes[waiting], short)
        some = which[waiting]
        reached = _point(members(layout, some), discrepancy, take_members(moments, some), trial)[1].value
        promised = -np.sum(short * (along[waiting] + curvature[waiting] * short / 2), axis=-1)
        with np.errstate(invalid="ignore"):
            kept = (value[tried] - reached) / promised
        # Near the minimum the discrepancy cannot be told from its rounding error; a step may then stand.
        blurred = (promised < _rounding(value[tried])) & (reached <= value[tried] + _rounding(value[tried]))
        good = (kept > 0.01) | blurred
        theta[tried[good]] = trial[good]
        failures[tried[good]] = 0
        shorter = np.where(kept > 0.75, 0.1, np.where(kept < 0.25, 4.0, 1.0))
        eased = np.where(blurred, 0.0, damping[tried] * shorter)
        damping[tried[good]] = np.where(eased > LEAST / 2, eased, 0.0)[good]
        damping[tried[~good]] *= 10
        failures[tried[~good]] += 1
        waiting = waiting[~good]
        if waiting.size == 0:
            return


def _axes(g: Array, second: Second, which: Indices, slope: Array) -> tuple[Array, Array, Array, Array]:
    """Return the axes along which the exact Hessian is diagonal where the expected one is the measure.

    Returns
    -------
    tuple
        `(n, k, k)` axes in columns, each of length 1 by the expected Hessian; `(n, k)` slope along them; curvature
        (far from a minimum that of the expected Hessian, 1); and that of a bowl that opens upwards: its size.
    """
    expected = second.expected[which]
    unit = np.sqrt(np.maximum(np.einsum("...kk->...k", expected), 1e-300))
    values, vectors = np.linalg.eigh(expected / (unit[:, :, None] * unit[:, None, :]))
    axes = vectors / np.sqrt(np.maximum(values, 1e-12))[:, None, :] / unit[:, :, None]
    curvature = np.ones(unit.shape)
    near = np.flatnonzero(slope < NEAR)
    if second.exact is not None and near.size:
        curvature[near], turn = np.linalg.eigh(axes[near].mT @ second.exact[which[near]] @ axes[near])
        axes[near] = axes[near] @ turn
    along = np.einsum("dij,di->dj", axes, g)
    return axes, along, curvature, np.maximum(np.abs(curvature), 1e-8)


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
    level = None if moments.level is None else moments.level[which]
    return moments.replace(
        n=moments.n[which],
        covariance=moments.covariance[which],
        mean=moments.mean[which],
        patterns=patterns,
        weight=weight,
        level=level,
        spread=None,
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
        level=None if moments.level is None else moments.level[None],
        spread=None,
    )
