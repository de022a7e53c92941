"""Newton steps and Fisher scoring for a whole stack of samples at once; one fit is a stack of one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, Slopes, gradient, imply, slopes
from rantau.covariance.layout import Layout, members
from rantau.covariance.local import VANISHED, Local, Second
from rantau.moments.grouped import GroupMoments
from rantau.record import Record

#: Scaled gradients below this are near enough for Newton steps to be tried.
NEAR = 0.3
#: Damping below this is none.
LEAST = 1e-3
#: The scaled gradient of a minimum is below this.
TOLERANCE = 1e-9
#: Curvature found where it was steeper than this is not used once more.
FRESH = 0.01
#: After so many steps in vain a search is over.
GIVEN_UP = 60
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
        `(draws,)`: whether `slope` fell below the tolerance, or will have done by a last step that was not looked at.
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


Point = tuple[Implied, Local]


class Look(NamedTuple):
    """What there is to see at one point, of each member of a stack: the discrepancy and its derivatives.

    Attributes
    ----------
    implied, local
        What the model implies, and the discrepancy there.
    gradient
        `(..., n_free)`.
    second
        `(..., n_free, n_free)` each: the second derivatives.
    """

    implied: Implied
    local: Local
    gradient: Array
    second: Second


def look(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    theta: Array,
    *,
    exact: bool,
    point: Point | None = None,
) -> Look:
    """Look at parameters `(..., n_free)`, or at a point where it is known already what the model implies.

    With `exact` the Hessian is among the second derivatives, besides the expected one.
    """
    implied, local = _point(layout, discrepancy, moments, theta) if point is None else point
    slope = slopes(layout, implied)
    second = discrepancy.second(layout, implied, slope, moments, local, exact)
    return Look(implied, local, gradient(layout, slope, local.by_sigma, local.by_mu), second)


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
    known: Look | None = None,
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
        `(draws, n_free)`: where to begin instead. Members that it leads nowhere begin again at `start`. A last step
        whose error is known to be below the tolerance is taken, and not looked at.

    known
        What there is to see at the start, where somebody has looked.

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
    search = _Search(layout, discrepancy, moments, start if guess is None else guess, known)
    if guess is not None:
        search.begin_again(~np.isfinite(search.point[1].value), start)
    for step in range(max_iterations):
        if guess is not None and step == PATIENCE:
            search.begin_again(search.steep > LOST, start)
        search.look(tolerance, exact=near and step == 0)
        if guess is not None:
            search.settle()
        stops = (search.steep < tolerance) | ~np.isfinite(search.value) | (search.failures >= 60) | search.settled
        if np.count_nonzero(stops):
            search.leave(stops, tolerance)
            if not search.active.size:
                break
        search.advance()
    else:
        search.leave(np.ones(search.active.size, dtype=bool), tolerance)
    return Minimum(*search.ended, np.zeros((start.shape[0], 0), dtype=bool))


#: What a search holds in rows.
_OF_MEMBERS = (
    "theta", "value", "steep", "bent", "damping", "failures", "settled", "gradient", "scale", "second",
)  # fmt: skip


class _Search:
    """The members of a stack that are still on their way, in rows; and where the others ended."""

    def __init__(
        self, layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, begin: Array, known: Look | None
    ) -> None:
        draws = begin.shape[0]
        self.whole, self.discrepancy = (layout, moments), discrepancy
        self.layout, self.moments = layout, moments
        self.active: Indices = np.arange(draws)
        self.theta, self.damping = np.array(begin), np.zeros(draws)
        self.failures, self.steps = np.zeros(draws, dtype=int), 0
        # Whose next step is the last, and who has taken it without a further look.
        self.last, self.settled = np.zeros(0, dtype=bool), np.zeros(draws, dtype=bool)
        # How steep it is, and was where the curvature at hand was found; endless where that has served again.
        self.steep = self.bent = np.full(draws, np.inf)
        self.known, self.scale, self.gradient = known, np.zeros(0), np.zeros(0)
        self.point = _point(layout, discrepancy, moments, self.theta) if known is None else (known.implied, known.local)
        self.value, self.second = self.point[1].value, Second(np.zeros(0), None)
        self.ended = (
            np.array(begin), np.full(draws, np.inf), np.full(draws, np.inf), np.zeros(draws, dtype=bool),
            np.zeros(draws, dtype=int),
        )  # fmt: skip

    def begin_again(self, lost: Mask, start: Array) -> None:
        """Put members back to their `start`, `(draws, n_free)`."""
        if lost.any():
            self.theta[lost] = start[self.active[lost]]
            self.damping[lost], self.failures[lost] = 0.0, 0
            self.point = _point(self.layout, self.discrepancy, self.moments, self.theta)

    def look(self, tolerance: float, *, exact: bool) -> None:
        """Find slope and curvature where each member stands."""
        known, self.known = self.known, None
        if known is not None and not exact:
            self.gradient, self.second = known.gradient, known.second
            self._measure()
            return
        implied, local = self.point
        slope = slopes(self.layout, implied)
        self.value, self.gradient = local.value, gradient(self.layout, slope, local.by_sigma, local.by_mu)
        anew = np.ones(self.active.size, dtype=bool)
        if self.scale.size:
            # The information hardly changes near the minimum: that of one step before says how steep the slope is.
            self.steep = self._steepness()
            # The exact Hessian costs more than the expected one; until a member is near, it is of no use.
            exact = exact or bool(np.count_nonzero(self.steep < 2 * NEAR))
            anew = ~(self.steep < tolerance)
            if self.second.exact is not None:
                # Newton's last step left a multiple of the slope's square; one by the same curvature leaves that
                # multiple, here of one at least, of the product of the slopes there and here, twice at most. It is
                # taken where it ends the search, and once.
                left = self.steep * np.maximum(self.steep / self.bent, self.bent)
                anew &= (left > tolerance) | (self.bent > FRESH)
                self.last = ~anew & (self.steep >= tolerance) & (2 * left < tolerance)
                self.bent[~anew] = np.inf
        if np.count_nonzero(anew):
            self._bend(np.flatnonzero(anew), implied, local, slope, exact=exact)

    def _bend(self, some: Indices, implied: Implied, local: Local, slope: Slopes, *, exact: bool) -> None:
        """Find the curvature of some members anew."""
        whole = some.size == self.active.size
        if not whole:
            implied, local, slope = (_rows(known, some) for known in (implied, local, slope))
        found = self.discrepancy.second(
            members(self.layout, some), implied, slope, self.moments.take(some), local, exact
        )
        if whole:
            self.second = found
            self._measure()
            return
        expected, hessian = self.second
        expected[some] = found.expected
        if found.exact is not None:
            hessian = np.full_like(expected, np.nan) if hessian is None else hessian
            hessian[some] = found.exact
        self.second = Second(expected, hessian)
        self.scale[some] = found.unit
        self.steep[some] = self.bent[some] = self._steepness()[some]

    def _measure(self) -> None:
        self.scale = self.second.unit
        self.steep = self._steepness()
        self.bent = self.steep.copy()

    def _steepness(self) -> Array:
        return np.asarray((np.abs(self.gradient) / self.scale).max(axis=-1, initial=0.0))

    def settle(self) -> None:
        """Take the step that ends the search of members, as far as is known, and look no more."""
        some, self.last = np.flatnonzero(self.last), np.zeros(0, dtype=bool)
        if some.size and self.second.exact is not None:
            step, known = self._remainder(some)
            self.theta[some[known]] -= step[known]
            self.settled[some[known]] = True

    def _remainder(self, some: Indices) -> tuple[Array, Mask]:
        """Return the step that is left to take, and whether it is not much larger than the slope that asks for it."""
        exact = self.second.expected if self.second.exact is None else self.second.exact
        step = solve(exact.take(some, axis=0), self.gradient[some])
        length = (np.abs(step) * self.scale[some]).max(axis=-1, initial=0.0)
        return step, length < 100 * np.maximum(self.steep[some], TOLERANCE)

    def leave(self, stops: Mask, tolerance: float) -> None:
        """Keep where some members ended, and go on with the others."""
        # Where a factor's variance is nought its loadings have no slope, and that is no minimum.
        done = stops & (self.steep < tolerance) & ((self.scale > VANISHED) & (self.scale < np.inf)).all(axis=-1)
        if self.second.exact is not None and done.any():
            # The slope that is left, and the curvature of this step or the one before, cost nothing more.
            some = np.flatnonzero(done)
            step, known = self._remainder(some)
            self.theta[some[known]] -= step[known]
        done |= stops & self.settled
        gone, keep = self.active[stops], np.flatnonzero(~stops)
        for kept, now in zip(self.ended, (self.theta, self.value, self.steep, done), strict=False):
            kept[gone] = now[stops]
        self.ended[4][gone] = self.steps
        self.active = self.active[keep]
        if not self.active.size:
            return
        for name in _OF_MEMBERS:
            setattr(self, name, _rows(getattr(self, name), keep))
        layout, moments = self.whole
        self.layout, self.moments = members(layout, self.active), moments.take(self.active)

    def advance(self) -> None:
        """Move every member one step on."""
        self.steps += 1
        left = np.ones(self.active.size, dtype=bool)
        tries = [] if self.second.exact is None else [(self.steep < NEAR, self.second.exact, 0.25)]
        for wanted, hessian, share in (*tries, (left, self.second.expected, 0.05)):
            some = np.flatnonzero(left & wanted & (self.damping == 0))
            if not some.size:
                continue
            g = _of(self.gradient, some)
            step = -solve(_of(hessian, some), g)
            trial = _of(self.theta, some) + step
            reached = self._reach(some, trial)
            moved = _downhill(g, step, _of(self.value, some), reached[1].value, share)
            if np.count_nonzero(moved) == self.active.size:
                self.theta, self.point = trial, reached
                return
            self.theta[some[moved]] = trial[moved]
            left[some[moved]] = False
        if left.any():
            # A search that runs off to where second derivatives overflow is over.
            lost = left & ~np.isfinite(self.second.expected).all(axis=(-1, -2))
            self.failures[lost] = GIVEN_UP
            self._bowls(np.flatnonzero(left & ~lost))
        self.point = _point(self.layout, self.discrepancy, self.moments, self.theta)

    def _reach(self, some: Indices, trial: Array) -> Point:
        return _point(members(self.layout, some), self.discrepancy, self.moments.take(some), trial)

    def _bowls(self, which: Indices) -> None:
        """Move some members along the axes of a bowl that opens upwards, as far as it can be believed."""
        axes, along, curvature, bowl = _axes(self.gradient[which], self.second, which, self.steep[which])
        self.damping[which] = np.maximum(self.damping[which], LEAST)
        waiting = np.arange(which.size)
        for _ in range(GIVEN_UP):
            tried = which[waiting]
            damping, before = self.damping[tried], self.value[tried]
            short = -along[waiting] / (bowl[waiting] + damping[:, None])
            trial = self.theta[tried] + np.einsum("dij,dj->di", axes[waiting], short)
            reached = self._reach(tried, trial)[1].value
            promised = -np.sum(short * (along[waiting] + curvature[waiting] * short / 2), axis=-1)
            with np.errstate(invalid="ignore"):
                kept = (before - reached) / promised
            # Near the minimum the discrepancy cannot be told from its rounding error; a step may then stand.
            blurred = (promised < _rounding(before)) & (reached <= before + _rounding(before))
            good = (kept > 0.01) | blurred
            self.theta[tried[good]] = trial[good]
            shorter = np.where(kept > 0.75, 0.1, np.where(kept < 0.25, 4.0, 1.0))
            eased = np.where(blurred, 0.0, damping * shorter)
            self.damping[tried] = np.where(good, np.where(eased > LEAST / 2, eased, 0.0), damping * 10)
            self.failures[tried] = np.where(good, 0, self.failures[tried] + 1)
            waiting = waiting[~good]
            if waiting.size == 0:
                return


def _rows(known: Any, some: Indices) -> Any:  # noqa: ANN401 - arrays, None, and tuples of these
    """Return some members of what is known of a stack."""
    if isinstance(known, tuple):
        parts = (_rows(part, some) for part in known)
        return type(known)(*parts) if hasattr(known, "_fields") else tuple(parts)
    return known if known is None else known.take(some, axis=0)


def _of(rows: Array, some: Indices) -> Array:
    """Return some rows; all of them as they are."""
    return rows if some.size == len(rows) else rows.take(some, axis=0)


def _point(layout: Layout, discrepancy: Discrepancy, moments: GroupMoments, theta: Array) -> Point:
    """Return what the model implies at `theta (draws, n_free)`, and the discrepancy there."""
    implied = imply(layout, theta)
    return implied, discrepancy.function(implied, moments)


def _downhill(g: Array, step: Array, before: Array, after: Array, share: float) -> Mask:
    """Tell which undamped steps go down as they should: by a share at least of what a quadratic bowl promises."""
    promised = -0.5 * (g * step).sum(axis=-1)
    found: Mask = (promised > 0) & (after <= before - share * promised + _rounding(before))
    return found


def _rounding(value: Array) -> Array:
    """Return by how much a discrepancy may rise for no other reason than rounding."""
    found: Array = 1e-12 * (1 + np.abs(value))
    return found


def _axes(g: Array, second: Second, which: Indices, slope: Array) -> tuple[Array, Array, Array, Array]:
    """Return the axes along which the exact Hessian is diagonal where the expected one is the measure.

    Returns
    -------
    tuple
        `(n, k, k)` axes in columns, each of length 1 by the expected Hessian; `(n, k)` slope along them; curvature
        (far from a minimum that of the expected Hessian, 1); and that of a bowl that opens upwards: its size.
    """
    expected, unit = second.expected[which], second.unit[which]
    values, vectors = np.linalg.eigh(expected / (unit[:, :, None] * unit[:, None, :]))
    axes = vectors / np.sqrt(np.maximum(values, 1e-12))[:, None, :] / unit[:, :, None]
    curvature = np.ones(unit.shape)
    near = np.flatnonzero(slope < NEAR)
    if second.exact is not None and near.size:
        curvature[near], turn = np.linalg.eigh(axes[near].mT @ second.exact[which[near]] @ axes[near])
        axes[near] = axes[near] @ turn
    along = np.einsum("dij,di->dj", axes, g)
    return axes, along, curvature, np.maximum(np.abs(curvature), 1e-8)


def solve(matrices: Array, vectors: Array) -> Array:
    """Solve a stack of systems, `(..., k, k)` with `(..., k)`; by least squares where one is singular."""
    try:
        solution = np.linalg.solve(matrices, vectors[..., None])
    except np.linalg.LinAlgError:
        solution = np.linalg.pinv(matrices) @ vectors[..., None]
    return np.asarray(solution[..., 0], dtype=np.float64)
