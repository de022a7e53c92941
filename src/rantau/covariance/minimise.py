"""Newton steps and Fisher scoring for a whole stack of samples at once; one fit is a stack of one."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Layout, gradient, imply, information, members, slopes
from rantau.moments.compute import Moments
from rantau.record import Record

#: Scaled gradients below this are near enough for Newton steps to be tried.
NEAR = 0.3


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
    """

    theta: Array
    value: Array
    slope: Array
    converged: Mask
    iterations: Indices


def minimise(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: Moments,
    start: Array,
    *,
    tolerance: float = 1e-9,
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
        `(draws, p, p)` covariances and `(draws, p)` means.
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
    for _ in range(max_iterations):
        part = _members(moments, active)
        here, g, hessian, exact = _look(members(layout, active), discrepancy, part, theta[active])
        diagonal = np.maximum(np.einsum("...kk->...k", hessian), 1e-300)
        value[active] = here
        slope[active] = np.max(np.abs(g) / np.sqrt(diagonal), axis=-1, initial=0.0)
        done = slope[active] < tolerance
        converged[active[done]] = True
        keep = ~done & np.isfinite(here) & (failures[active] < 60)
        active, g, hessian, diagonal = active[keep], g[keep], hessian[keep], diagonal[keep]
        if active.size == 0:
            break
        iterations[active] += 1
        near = np.flatnonzero((slope[active] < NEAR) & (damping[active] == 0))
        moved = _newton(layout, discrepancy, moments, theta, value, active[near], (g[near], exact[keep][near]))
        rest = np.setdiff1d(np.arange(active.size), near[moved])
        local = (g[rest], hessian[rest], diagonal[rest])
        _step(layout, discrepancy, moments, theta, value, damping, failures, active[rest], local)
    return Minimum(theta, value, slope, converged, iterations)


def _newton(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: Moments,
    theta: Array,
    value: Array,
    active: Indices,
    local: tuple[Array, Array],
) -> Mask:
    """Take the Newton step of each active member that it serves well, and tell which these are."""
    g, exact = local
    if active.size == 0:
        return np.zeros(0, dtype=bool)
    step = -_solve(exact, g)
    downhill = -np.sum(g * step, axis=-1)
    trial = theta[active] + step
    reached = discrepancy.function(imply(members(layout, active), trial), _members(moments, active))[0]
    # A quadratic bowl would be left lower by half of `downhill`; a quarter of that will do.
    enough = value[active] - downhill / 8 + 1e-12 * (1 + np.abs(value[active]))
    moved: Mask = (downhill > 0) & (reached <= enough)
    theta[active[moved]] = trial[moved]
    return moved


def _step(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: Moments,
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
    if active.size == 0:
        return
    for _ in range(60):
        tried = active[waiting]
        ridge = (damping[tried] + 1e-14)[:, None] * diagonal[waiting]
        damped = hessian[waiting] + ridge[:, :, None] * eye
        step = -_solve(damped, g[waiting])
        trial = theta[tried] + step
        reached = discrepancy.function(imply(members(layout, tried), trial), _members(moments, tried))[0]
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


def _look(
    layout: Layout, discrepancy: Discrepancy, moments: Moments, theta: Array
) -> tuple[Array, Array, Array, Array]:
    """Return value, gradient, expected and exact Hessian at each member's parameters."""
    implied = imply(layout, theta)
    value, by_sigma, by_mu, weight = discrepancy.function(implied, moments)
    slope = slopes(layout, implied)
    expected, exact = 2 * information(layout, slope, weight), discrepancy.hessian(layout, implied, slope, moments)
    return value, gradient(layout, slope, by_sigma, by_mu), expected, exact


def _solve(matrices: Array, vectors: Array) -> Array:
    try:
        solution = np.linalg.solve(matrices, vectors[..., None])
    except np.linalg.LinAlgError:
        solution = np.linalg.pinv(matrices) @ vectors[..., None]
    return np.asarray(solution[..., 0], dtype=np.float64)


def _members(moments: Moments, which: Indices) -> Moments:
    return moments.replace(covariance=moments.covariance[which], mean=moments.mean[which])
