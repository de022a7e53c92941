"""Means and covariances of normal variables given answers in ordered categories, by adaptive quadrature."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.after_fit.interval_likelihood import log_interval
from rantau.covariance.after_fit.posterior import Posterior
from rantau.errors import EstimationError

#: Points on each axis, more of them until nothing moves.
POINTS = (5, 7, 9, 11, 13, 17, 23, 31, 43, 61, 87, 121)
#: How far means and covariances may move from one grid to the next, in prior standard deviations.
STILL = 1e-6
#: The largest grid of a row.
MOST = 200_000
#: Axes beyond which no grid would do.
AXES = 5
#: How many numbers a block of rows may hold (32 MB).
_BLOCK = 4_000_000


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
        If there are too many axes, or a density is too far from normal for the largest grid.

    Notes
    -----
    Gauss-Hermite quadrature on a product grid that is laid around the mode of each row and stretched by its
    information (Naylor & Smith, 1982; Liu & Pierce, 1994), then around the mean and covariance that the last grid gave,
    with more points until these stand still. The axes are turned so that the first say as much as possible of the
    first items: an axis on which no item depends needs no points, and an item is looked up only on the axes that it
    depends on.
    """
    axes, depth = staircase(posterior.loadings)
    s = int(depth.max(initial=0))
    if s > AXES:
        raise EstimationError(
            f"the expected scores of ordered answers are integrals over {s} dimensions here, and beyond {AXES} a grid "
            "has too many points. Take method='map', which needs none."
        )
    n, r = mode.shape
    mean, covariance = np.zeros((n, r)), np.zeros((n, r, r)) + np.eye(r)
    if s:
        turned = posterior._replace(loadings=posterior.loadings @ axes[:s].T)
        inner = np.asarray(np.linalg.inv(axes[:s] @ information @ axes[:s].T), dtype=np.float64)
        centre, spread = _integrate(turned, depth, mode @ axes[:s].T, inner)
        mean = centre @ axes[:s]
        covariance = axes[:s].T @ spread @ axes[:s] + axes[s:].T @ axes[s:]
    return mean, covariance


def staircase(loadings: Array) -> tuple[Array, Indices]:
    """Turn axes so that each item needs as few of them as items before it allow.

    Parameters
    ----------
    loadings
        `(k, r)`.

    Returns
    -------
    tuple
        Orthonormal axes `(r, r)`, one a row; and for each item how many of the first ones it depends on, `(k,)`.
    """
    r = loadings.shape[1]
    axes, depth = np.zeros((0, r)), np.zeros(len(loadings), dtype=np.intp)
    for item, row in enumerate(loadings):
        length = np.linalg.norm(row)
        rest = row - (row @ axes.T) @ axes
        rest = rest - (rest @ axes.T) @ axes
        if np.linalg.norm(rest) > 1e-9 * length:
            axes = np.vstack([axes, rest / np.linalg.norm(rest)])
        used = np.flatnonzero(np.abs(axes @ row) > 1e-9 * length)
        depth[item] = used[-1] + 1 if used.size else 0
    whole = np.linalg.qr(np.vstack([axes, np.eye(r)]).T)[0].T
    return np.vstack([axes, whole[len(axes) :]]), depth


def _integrate(posterior: Posterior, depth: Indices, centre: Array, spread: Array) -> tuple[Array, Array]:
    """Return means `(n, s)` and covariances `(n, s, s)` on grids that grow until nothing moves."""
    s = centre.shape[1]
    centre, spread = centre.copy(), spread.copy()
    going, moved = np.arange(len(centre)), np.inf
    for points in POINTS:
        if points**s > MOST:
            break
        before = centre[going], spread[going]
        block = max(1, _BLOCK // points**s)
        for start in range(0, going.size, block):
            some = going[start : start + block]
            centre[some], spread[some] = _on_grid(posterior.rows(some), depth, centre[some], spread[some], points)
        far = np.maximum(
            np.abs(centre[going] - before[0]).max(axis=1), np.abs(spread[going] - before[1]).max(axis=(1, 2))
        )
        moved = float(far.max())
        going = going[far > STILL]
        if not going.size:
            return centre, spread
    raise EstimationError(
        f"the expected scores of {going.size} rows still move by {moved:.0e} standard deviations on the largest grid "
        f"of {s} dimensions. Take method='map', which needs no grid."
    )


def _on_grid(posterior: Posterior, depth: Indices, centre: Array, spread: Array, points: int) -> tuple[Array, Array]:
    """Return means and covariances by a product grid of `points` on each axis, laid at `centre` and `spread`."""
    n, s = centre.shape
    place, weight = np.polynomial.hermite_e.hermegauss(points)
    scale = np.linalg.cholesky(spread)
    axes = np.meshgrid(*[place] * s, indexing="ij")
    nodes = np.stack([axis.ravel() for axis in axes], axis=1)
    # The density over the normal one whose weights these are.
    height = np.zeros((n, 1))
    for level in range(1, s + 1):
        # The first `level` axes, each node once; items that depend on no later axis are added here.
        some = nodes[:: points ** (s - level), :level]
        v = centre[:, None, :level] + some @ np.swapaxes(scale[:, :level, :level], 1, 2)
        items = np.flatnonzero(depth == level)
        here = np.log(weight) + 0.5 * place**2
        height = (height[:, :, None] + here).reshape(n, -1) - 0.5 * v[..., -1] ** 2
        for item in items:
            x = v @ posterior.loadings[item, :level]
            height += log_interval(posterior.lower[:, [item]] - x, posterior.upper[:, [item]] - x)
    share = np.exp(height - height.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    middle = share @ nodes
    i, j = np.tril_indices(s)
    second = np.zeros((n, s, s))
    second[:, i, j] = second[:, j, i] = share @ (nodes[:, i] * nodes[:, j]) - middle[:, i] * middle[:, j]
    mean = centre + (scale @ middle[..., None])[..., 0]
    return mean, scale @ second @ np.swapaxes(scale, 1, 2)
