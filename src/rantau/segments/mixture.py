"""A finite mixture of the equations of scores, by expectation and maximisation, for a stack of starts at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from rantau.arrays import Array, Indices, Mask

#: A residual variance below this is that of a segment that fits its rows exactly: the likelihood has no bound there.
FLOOR = 1e-4


class Layout(NamedTuple):
    """Which columns of the scores each equation regresses on which."""

    outcomes: tuple[int, ...]
    predictors: tuple[Indices, ...]


class State(NamedTuple):
    """A stack of mixtures.

    `shares` is `(starts, K)`; `paths` has `(starts, K, k)` for each equation, `residual` is `(starts, K, equations)`
    variances, `total` the mean squares of outcomes; `posteriors` are `(starts, K, n)`, `loglik` `(starts,)`.
    """

    shares: Array
    paths: tuple[Array, ...]
    residual: Array
    total: Array
    posteriors: Array
    loglik: Array

    def take(self, which: Mask | Indices) -> State:
        """Return some of the stack."""
        return State(
            self.shares[which],
            tuple(one[which] for one in self.paths),
            self.residual[which],
            self.total[which],
            self.posteriors[which],
            self.loglik[which],
        )


class Climbed(NamedTuple):
    """Where a start ended: its mixture as a stack of one, whether it settled, and whether a segment collapsed."""

    state: State
    iterations: int
    converged: bool
    collapsed: bool


def climb(scores: Array, layout: Layout, start: Array, *, tolerance: float, max_iterations: int) -> list[Climbed]:
    """Maximise the likelihood from several starts.

    Parameters
    ----------
    scores
        `(n, J)`.
    layout
        The equations.
    start
        Weights of rows in segments, `(starts, K, n)`, positive.
    tolerance
        A start has settled when its log-likelihood grows by less.
    max_iterations
        Where it gives up.

    Returns
    -------
    list of Climbed
        One per start.

    Source: Hahn, Johnson, Herrmann and Huber (2002), Capturing customer heterogeneity using a finite mixture PLS
    approach: residuals of equations are normal and independent, given the segment.
    """
    products = _products(scores)
    ended: list[Climbed | None] = [None] * len(start)
    active = np.arange(len(start))
    state = _step(scores, products, layout, start)
    for iteration in range(1, max_iterations + 1):
        collapsed = _collapsed(state, layout)
        following = _step(scores, products, layout, state.posteriors)
        settled = np.abs(following.loglik - state.loglik) < tolerance
        for place in np.flatnonzero(settled | collapsed).tolist():
            one = state if collapsed[place] else following
            ended[active[place]] = Climbed(
                one.take(np.array([place])), iteration, bool(settled[place]), bool(collapsed[place])
            )
        going = ~(settled | collapsed)
        active, state = active[going], following.take(going)
        if active.size == 0:
            break
    for place, number in enumerate(active.tolist()):
        ended[number] = Climbed(state.take(np.array([place])), max_iterations, converged=False, collapsed=False)
    return [one for one in ended if one is not None]


def _products(scores: Array) -> Array:
    """Return the products of all pairs of columns of each row, `(n, J * J)`."""
    return (scores[:, :, None] * scores[:, None, :]).reshape(len(scores), -1)


def _step(scores: Array, products: Array, layout: Layout, weights: Array) -> State:
    """Maximise over the parameters given weights `(starts, K, n)`, and find the weights that follow."""
    starts, segments, n = weights.shape
    j = scores.shape[1]
    size = np.maximum(weights.sum(axis=2), 1e-12)
    moments = (weights.reshape(-1, n) @ products).reshape(starts, segments, j, j) / size[:, :, None, None]
    shares = size / n
    log_density = np.broadcast_to(np.log(shares)[:, :, None], weights.shape)
    paths, residual, total = [], [], []
    for outcome, at in zip(layout.outcomes, layout.predictors, strict=True):
        among = moments[:, :, at[:, None], at]
        # As much as rounding: a segment whose predictors determine one another is about to collapse.
        among = among + 1e-12 * np.eye(at.size)
        across = moments[:, :, at, outcome]
        beta = np.linalg.solve(among, across[..., None])[..., 0]
        left = moments[:, :, outcome, outcome] - (beta * across).sum(axis=-1)
        variance = np.maximum(left, FLOOR)
        errors = scores[:, outcome] - beta @ scores[:, at].T
        log_density = log_density - 0.5 * (np.log(2 * np.pi * variance)[..., None] + errors**2 / variance[..., None])
        paths.append(beta)
        residual.append(variance)
        total.append(moments[:, :, outcome, outcome])
    of_row = logsumexp(log_density, axis=1)
    return State(
        shares=shares,
        paths=tuple(paths),
        residual=np.stack(residual, axis=-1),
        total=np.stack(total, axis=-1),
        posteriors=np.exp(log_density - of_row[:, None]),
        loglik=of_row.sum(axis=1),
    )


def _collapsed(state: State, layout: Layout) -> Mask:
    """Say which mixtures have a segment of too few rows, or one that is fitted exactly."""
    least = max(at.size for at in layout.predictors) + 2
    few = (state.posteriors.sum(axis=2) < least).any(axis=1)
    exact = (state.residual <= FLOOR).any(axis=(1, 2))
    found: Mask = few | exact
    return found
