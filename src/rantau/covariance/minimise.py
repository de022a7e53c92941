"""Newton steps and Fisher scoring for a whole stack of samples at once; one fit is a stack of one."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Layout, gradient, imply, members, slopes
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
    points uphill or does not lower the discrepancy as a quadratic bowl would, Fisher scoring with Levenberg's
    damping: `(H + damping diag H) step = -g`, H twice the expected information. Damping starts at none, grows
    tenfold when a step does not lower the discrepancy or leaves the region of positive definite sigma, and shrinks
    tenfold after each success. Members that have converged leave the stack.
    """
    draws = start.shape[0]
    theta = np.array(start)
    value = np.full(draws, np.inf)
    slope = np.full(draws, np.inf)
    iterations = np.zeros(draws, dtype=int)
    damping = np.zeros(draws)
    failures = np.zeros(draws, dtype=int)
    converged = np.zeros(draws, dtype=bool)
    active: Indices = np.arange(draws)
    part, local_layout = moments, layout
    for _ in range(max_iterations):
        # The exact Hessian costs more than the expected one; until a member is near, it is of no use.
        exact = bool((slope[active] < 100 * NEAR).any())
        here, g, hessian, bent = look(local_layout, discrepancy, part, theta[active], exact=exact)
        diagonal = np.maximum(np.einsum("...kk->...k", hessian), 1e-300)
        value[active] = here
        slope[active] = np.max(np.abs(g) / np.sqrt(diagonal), axis=-1, initial=0.0)
        done = slope[active] < tolerance
        converged[active[done]] = True
        keep = ~done & np.isfinite(here) & (failures[active] < 60)
        if not keep.all():
            active, g, hessian, diagonal = active[keep], g[keep], hessian[keep], diagonal[keep]
            bent = None if bent is None else bent[keep]
            if active.size == 0:
                break
            part, local_layout = take_members(moments, active), members(layout, active)
        iterations[active] += 1
        near = np.flatnonzero((slope[active] < NEAR) & (damping[active] == 0)) if bent is not None else active[:0]
        rest = np.arange(active.size)
        if near.size and bent is not None:
            local = (g[near], bent[near])
            moved = _newton(layout, discrepancy, moments, theta, value, active[near], local)
            rest = np.setdiff1d(rest, near[moved])
        if rest.size:
            everything = (g[rest], hessian[rest], diagonal[rest])
            _step(layout, discrepancy, moments, theta, value, damping, failures, active[rest], everything)
    return Minimum(theta, value, slope, converged, iterations, np.zeros((draws, 0), dtype=bool))


def _newton(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    theta: Array,
    value: Array,
    active: Indices,
    local: tuple[Array, Array],
) -> Mask:
    """Take the Newton step of each active member that it serves well, and tell which these are."""
    g, exact = local
    step = -solve(exact, g)
    downhill = -np.sum(g * step, axis=-1)
    trial = theta[active] + step
    reached = discrepancy.function(imply(members(layout, active), trial), take_members(moments, active)).value
    # A quadratic bowl would be left lower by half of `downhill`; a quarter of that will do.
    enough = value[active] - downhill / 8 + 1e-12 * (1 + np.abs(value[active]))
    moved: Mask = (downhill > 0) & (reached <= enough)
    theta[active[moved]] = trial[moved]
    return moved


def _step(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    theta: Array,
    value: Array,
    damping: Array,
    failures: Indices,
    active: Indices,
    local: tuple[Array, Array, Array],
) -> None:
    """Try steps until each active member has one that does not raise its discrepancy."""
    g, hessian, diagonal = local
    eye = np.eye(layout.n_free)
    waiting = np.arange(active.size)
    for _ in range(60):
        tried = active[waiting]
        ridge = (damping[tried] + 1e-14)[:, None] * diagonal[waiting]
        damped = hessian[waiting] + ridge[:, :, None] * eye
        step = -solve(damped, g[waiting])
        trial = theta[tried] + step
        reached = discrepancy.function(imply(members(layout, tried), trial), take_members(moments, tried)).value
        # Near the minimum the discrepancy cannot be told from its rounding error; a step may then stand.
        good = reached <= value[tried] + 1e-12 * (1 + np.abs(value[tried]))
        theta[tried[good]] = trial[good]
        damping[tried[good]] = np.where(damping[tried[good]] > 1e-6, damping[tried[good]] / 10, 0.0)
        failures[tried[good]] = 0
        bad = tried[~good]
        damping[bad] = np.maximum(damping[bad] * 10, 1e-4)
        failures[bad] += 1
        waiting = waiting[~good]
        if waiting.size == 0:
            return


def look(
    layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, theta: Array, *, exact: bool
) -> tuple[Array, Array, Array, Array | None]:
    """Return value, gradient, expected Hessian, and the exact one if wanted, at each member's parameters."""
    implied = imply(layout, theta)
    local = discrepancy.function(implied, moments)
    slope = slopes(layout, implied)
    second = discrepancy.second(layout, implied, slope, moments, local, exact)
    return local.value, gradient(layout, slope, local.by_sigma, local.by_mu), second.expected, second.exact


def solve(matrices: Array, vectors: Array) -> Array:
    """Solve a stack of systems; by least squares where one is singular."""
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
