"""Means and covariances of normal variables given answers in ordered categories, by quadrature."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.after_fit.interval_likelihood import interval_slopes, log_interval
from rantau.covariance.after_fit.posterior import Posterior
from rantau.errors import EstimationError

#: Points on each axis, more of them until nothing moves.
POINTS = (4, 6, 8, 10, 13, 16, 20, 25, 31, 40, 52, 68, 90)
#: Places at which the density of an axis is looked up, for each of its points.
FINE = 24
#: How far means and covariances may move from one grid to the next, in prior standard deviations.
STILL = 1e-6
#: The largest grid of a row.
MOST = 500_000
#: An axis ends where the logarithm of its density is this far below its top.
END = 60.0
#: How many numbers a block of rows may hold (32 MB).
_BLOCK = 4_000_000


class Axes(NamedTuple):
    """Directions `u = A v` that items depend on, and the density of each alone, given its own items.

    Attributes
    ----------
    direction
        A `(s, r)`, unit vectors.
    share
        `(k, s)`: the loadings of the items on u; an item of an axis' own loads on nothing else.
    precision
        `(s, s)` of u beforehand.
    centre, weight
        `(n, s)`: mean and precision of what other items and other axes say of an axis, as if that were normal.
    low, high
        `(n, s)`: where the density of an axis ends.
    """

    direction: Array
    share: Array
    precision: Array
    centre: Array
    weight: Array
    low: Array
    high: Array

    def rows(self, which: Indices) -> Axes:
        """Return the axes of some rows."""
        own = (self.centre, self.weight, self.low, self.high)
        return Axes(self.direction, self.share, self.precision, *(one[which] for one in own))


def expectations(posterior: Posterior, mode: Array, information: Array) -> tuple[Array, Array]:
    """Return mean `(n, r)` and covariance `(n, r, r)` of each row's density.

    Parameters
    ----------
    posterior
        Densities of variables that are standard normal beforehand.
    mode, information
        Of these, from `modes`.

    Raises
    ------
    EstimationError
        If there are too many axes, or a density would need a larger grid.

    Notes
    -----
    Axes lie along the loadings of the items, so that most items depend on one axis only. On each of them the rule of
    Gauss is made for the density that it has given its own items, however skewed, times a normal one for what is
    known from elsewhere (Golub & Welsch, 1969; Gautschi, 2004, sec. 2.2.3.2); on the product of these rules only the
    correlations among the axes, and items that depend on several, are left to be integrated. Points are added until
    means and covariances stand still.
    """
    n, r = mode.shape
    axes = _axes(posterior, mode, information)
    s = len(axes.direction)
    if not s:
        return np.zeros((n, r)), np.zeros((n, r, r)) + np.eye(r)
    if POINTS[2] ** s > MOST:
        raise EstimationError(
            f"the expected scores of ordered answers are integrals over {s} dimensions here, too many for a grid of "
            "points. Take method='map', which needs none."
        )
    back = np.linalg.pinv(axes.direction)
    mean, covariance = _integrate(posterior, axes)
    return mean @ back.T, back @ covariance @ back.T + np.eye(r) - back @ axes.direction


def directions(loadings: Array) -> tuple[Array, Array]:
    """Return directions that span the loadings `(k, r)`, those of most items first.

    Returns
    -------
    tuple of Array
        Unit vectors `(s, r)`, and the loadings on them `(k, s)`, most of which are nought but for one.
    """
    length = np.linalg.norm(loadings, axis=1)
    unit = loadings / np.where(length > 0, length, 1.0)[:, None]
    alike = np.abs(np.abs(unit @ unit.T) - 1) < 1e-9
    chosen: list[int] = []
    for item in sorted(range(len(unit)), key=lambda item: (-int(alike[item].sum()), item)):
        basis = unit[chosen]
        rest = unit[item] - np.linalg.lstsq(basis.T, unit[item], rcond=None)[0] @ basis if chosen else unit[item]
        if length[item] > 0 and np.linalg.norm(rest) > 1e-6:
            chosen.append(item)
    share = np.linalg.lstsq(unit[chosen].T, loadings.T, rcond=None)[0].T if chosen else np.zeros((len(unit), 0))
    return unit[chosen], np.where(np.abs(share) < 1e-9 * np.maximum(length, 1e-300)[:, None], 0.0, share)


def _axes(posterior: Posterior, mode: Array, information: Array) -> Axes:
    """Return the axes, with what other items and axes say of each taken from the normal density at the mode.

    The precision of this density on an axis, less what the axis' own items bend, is what is known from elsewhere.
    """
    direction, share = directions(posterior.loadings)
    u = mode @ direction.T
    spread = direction @ np.linalg.inv(information) @ direction.T
    x = mode @ posterior.loadings.T
    _, slope, bend = interval_slopes(posterior.lower - x, posterior.upper - x)
    own = np.where((share != 0).sum(axis=1, keepdims=True) == 1, share, 0.0)
    whole, bent = 1 / np.einsum("nss->ns", spread), bend @ own**2
    # Never less than before any answer: u had a variance of 1.
    weight = np.maximum(whole - bent, 1.0)
    centre = u - (slope @ own) / weight
    precision = np.asarray(np.linalg.inv(direction @ direction.T), dtype=np.float64)
    axes = Axes(direction, share, precision, centre, weight, u, u)
    ends = []
    for side in (-1.0, 1.0):
        reach = 1e-3 / np.sqrt(whole)
        for axis in range(len(direction)):
            top = _alone(posterior, axes, axis, u[:, [axis]])
            far = np.ones(len(u), dtype=bool)
            while far.any():
                place = u[far, axis] + side * reach[far, axis]
                down = top[far] - _alone(posterior.rows(far), axes.rows(np.flatnonzero(far)), axis, place[:, None])
                far[far] = down[:, 0] < END
                reach[far, axis] *= 1.5
        ends.append(u + side * reach)
    return axes._replace(low=ends[0], high=ends[1])


def _alone(posterior: Posterior, axes: Axes, axis: int, u: Array) -> Array:
    """Return the logarithm of the density of one axis alone, at places `(n, m)` on it, less a constant."""
    found = -0.5 * axes.weight[:, [axis]] * (u - axes.centre[:, [axis]]) ** 2
    for item in np.flatnonzero((axes.share[:, axis] != 0) & ((axes.share != 0).sum(axis=1) == 1)):
        x = axes.share[item, axis] * u
        found += log_interval(posterior.lower[:, [item]] - x, posterior.upper[:, [item]] - x)
    return found


def _integrate(posterior: Posterior, axes: Axes) -> tuple[Array, Array]:
    """Return means `(n, s)` and covariances `(n, s, s)` on grids that grow until nothing moves."""
    n, s = axes.centre.shape
    mean, covariance = np.zeros((n, s)), np.zeros((n, s, s))
    going, moved = np.arange(n), np.inf
    for points in POINTS:
        if points**s > MOST:
            break
        before = mean[going], covariance[going]
        block = max(1, _BLOCK // max(points**s, FINE * points))
        for start in range(0, going.size, block):
            some = going[start : start + block]
            mean[some], covariance[some] = _on_grid(posterior.rows(some), axes.rows(some), points)
        far = np.abs(mean[going] - before[0]).max(axis=1)
        far = np.maximum(far, np.abs(covariance[going] - before[1]).max(axis=(1, 2)))
        moved, going = float(far.max()), going[far > STILL]
        if not going.size:
            return mean, covariance
    raise EstimationError(
        f"the expected scores of {going.size} rows still move by {moved:.0e} standard deviations on the largest grid "
        f"of {s} dimensions. Take method='map', which needs no grid."
    )


def _on_grid(posterior: Posterior, axes: Axes, points: int) -> tuple[Array, Array]:
    """Return means and covariances by the product of rules of `points` on each axis."""
    n, s = axes.centre.shape
    places: list[Array] = []
    height = np.zeros(n)
    last = np.array([used[-1] if used.size > 1 else -1 for used in (np.flatnonzero(row) for row in axes.share)])
    for axis in range(s):
        node, share = _rule(posterior, axes, axis, points)
        with np.errstate(divide="ignore"):
            own = np.log(share)
        # What the rule is made for is not the density beforehand; that, on this axis, is put in its place.
        own += 0.5 * axes.weight[:, [axis]] * (node - axes.centre[:, [axis]]) ** 2
        own -= 0.5 * axes.precision[axis, axis] * node**2
        u = node.reshape(n, *[1] * axis, points)
        height = height[..., None] + own.reshape(u.shape)
        places = [place[..., None] for place in places]
        height -= _along(places, axes.precision[axis]) * u
        places.append(u)
        for item in np.flatnonzero(last == axis):
            x = _along(places, axes.share[item])
            lower, upper = (one[:, item].reshape(n, *[1] * (axis + 1)) for one in (posterior.lower, posterior.upper))
            height += log_interval(lower - x, upper - x)
    rest = tuple(range(1, s + 1))
    share = np.exp(height - height.max(axis=rest, keepdims=True))
    share /= share.sum(axis=rest, keepdims=True)
    mean, second = np.empty((n, s)), np.empty((n, s, s))
    for i in range(s):
        mean[:, i] = (share * places[i]).sum(axis=rest)
    for i in range(s):
        for j in range(i + 1):
            both = share.sum(axis=tuple(axis for axis in rest if axis - 1 not in (i, j)), keepdims=True)
            product = (places[i] - mean[:, i].reshape(n, *[1] * s)) * (places[j] - mean[:, j].reshape(n, *[1] * s))
            second[:, i, j] = second[:, j, i] = (both * product).sum(axis=rest)
    return mean, second


def _along(places: list[Array], weights: Array) -> Array | float:
    """Return the sum of places on the first axes, each times its weight; those of weight nought left out."""
    return sum((weight * place for weight, place in zip(weights, places, strict=False) if weight != 0), 0.0)


def _rule(posterior: Posterior, axes: Axes, axis: int, points: int) -> tuple[Array, Array]:
    """Return nodes and weights `(n, points)` of Gauss' rule for the density of one axis alone.

    From the recurrence of the orthogonal polynomials of the density on a fine grid (Stieltjes' procedure; Gautschi,
    2004), whose Jacobi matrix has the nodes as eigenvalues (Golub & Welsch, 1969).
    """
    low, high = axes.low[:, [axis]], axes.high[:, [axis]]
    unit = np.linspace(-1, 1, FINE * points + 1)
    fine = (low + high) / 2 + (high - low) / 2 * unit
    weight = _alone(posterior, axes, axis, fine)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    jacobi = np.zeros((len(fine), points, points))
    before, here = np.zeros(fine.shape), np.ones(fine.shape)
    step = np.zeros((len(fine), 1))
    for k in range(points):
        middle = (weight * unit * here**2).sum(axis=1, keepdims=True)
        jacobi[:, k, k] = middle[:, 0]
        if k + 1 < points:
            following = (unit - middle) * here - step * before
            step = np.sqrt((weight * following**2).sum(axis=1, keepdims=True))
            jacobi[:, k, k + 1] = jacobi[:, k + 1, k] = step[:, 0]
            before, here = here, following / step
    node, vectors = np.linalg.eigh(jacobi)
    return (low + high) / 2 + (high - low) / 2 * node, vectors[:, 0, :] ** 2
