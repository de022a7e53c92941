"""fimix(): segments of rows whose paths differ, by a finite mixture (FIMIX-PLS)."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.fit import Problem
from rantau.options import Progress, is_number, told_to, whole_number
from rantau.pls.result import PlsFit
from rantau.robustness.equations import equations
from rantau.segments.fimix_result import Fimix, Segments
from rantau.segments.minimum import most_arrows
from rantau.segments.mixture import Climbed, Layout, climb

#: Starts climb until the log-likelihood grows by less than this; the best then goes on to the tolerance asked for.
_ROUGH = 1e-5
#: Growth of the log-likelihood beyond which a search has not come to its end.
LOOSEST = 1e-3


def fimix(
    fit: PlsFit,
    *,
    segments: int = 5,
    starts: int = 10,
    seed: int = 1,
    tolerance: float = 1e-8,
    max_iterations: int = 10_000,
    progress: Progress | None = None,
) -> Fimix:
    """Look for segments of rows whose paths differ.

    Parameters
    ----------
    fit
        By `rt.pls`; its scores are taken as they are, so segments share the outer model.
    segments
        The largest number that is tried; all from 1 on are, up to that with which every start collapses.
    starts
        Random starts for each number, of which the best is kept: the likelihood has many peaks.
    seed
        The same seed gives the same numbers.
    tolerance
        The best start has settled when its log-likelihood grows by less.
    max_iterations
        Where it gives up.
    progress
        Called with (done, all) after each number of segments.

    Returns
    -------
    Fimix
        Print it, or see `criteria()`, `advice()`, `best()`, and of k segments `paths(k)`, `r_squared(k)`, `sizes(k)`,
        `posteriors(k)` and `memberships(k)`.

    Raises
    ------
    OptionError
        If an option has no meaning, or the paths of the fit are not regressions of its scores (consistent, weighted).
    EstimationError
        If the fit did not converge, or explains an outcome entirely.

    Notes
    -----
    Equations have no constants, as scores have mean 0, and each segment has residual variances of its own. A start in
    which a segment comes to hold fewer rows than its paths need, or fits its rows exactly, is given up: the likelihood
    has no bound there.

    Source: Hahn, Johnson, Herrmann and Huber (2002), Capturing customer heterogeneity using a finite mixture PLS
    approach.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> random = np.random.default_rng(1)
    >>> x = random.normal(size=400)
    >>> y = np.where(np.arange(400) < 200, 0.9, -0.9) * x + 0.3 * random.normal(size=400)
    >>> found = rt.fimix(rt.pls("y ~ x", pd.DataFrame({"x": x, "y": y})), segments=3)
    >>> found.best("caic")
    2
    """
    segments, starts = whole_number("segments", segments, least=2), whole_number("starts", starts, least=1)
    seed, max_iterations = whole_number("seed", seed, least=0), whole_number("max_iterations", max_iterations, least=1)
    if not (is_number(tolerance) and 0 < tolerance <= LOOSEST):
        raise OptionError(
            f"tolerance must be a number above 0 and at most {LOOSEST:g}, such as 1e-8, got {tolerance!r}."
        )
    tell = told_to(progress)
    every = tuple(equations(fit, "fimix"))
    names = list(dict.fromkeys(name for one in every for name in (one.outcome, *one.predictors)))
    columns: dict[str, Array] = {}
    for one in every:
        columns |= dict(zip(one.predictors, one.x.T, strict=True)) | {one.outcome: one.y}
    scores = np.stack([columns[name] for name in names], axis=1)
    layout = Layout(
        tuple(names.index(one.outcome) for one in every),
        tuple(np.array([names.index(name) for name in one.predictors]) for one in every),
    )
    least = max(len(one.predictors) for one in every) + 2
    if segments * least > len(scores):
        raise OptionError(
            f"{segments} segments of at least {least} rows do not fit into {len(scores)} rows. Take fewer segments."
        )
    solutions: list[Segments] = []
    problems: list[Problem] = []
    for k in range(1, segments + 1):
        found = _best(scores, layout, k, starts if k > 1 else 1, seed, tolerance, max_iterations)
        if found is None and k == 1:
            raise EstimationError(
                "the predictors of an outcome explain its scores entirely, so that nothing is left in which segments "
                "could differ. See fit.r_squared()."
            )
        if found is None:
            told = (
                f"all {starts} starts with {k} segments ended with a segment of too few rows, or one that fits its "
                f"rows exactly, so that the list ends with {k - 1}. More starts may help."
            )
            problems.append(Problem("warning", "segments_collapsed", told))
            break
        solutions.append(found)
        tell(k, segments)
        if not found.converged:
            told = f"with {k} segments the likelihood still rose after {max_iterations} steps. Raise max_iterations."
            problems.append(Problem("warning", "not_converged", told))
    paths = tuple((one.outcome, name) for one in every for name in one.predictors)
    outcomes = tuple(one.outcome for one in every)
    arrows = most_arrows(fit.plan)
    return Fimix(
        tuple(solutions), paths, outcomes, fit.entered, starts, seed, arrows, tuple(problems), fit.sample.labels
    )


def _best(
    scores: Array, layout: Layout, k: int, starts: int, seed: int, tolerance: float, max_iterations: int
) -> Segments | None:
    """Return the best solution of some starts; None where a segment of each collapsed."""
    begun = _starts(len(scores), k, starts, max(at.size for at in layout.predictors), seed)
    rough = max(_ROUGH, tolerance)
    ended = climb(scores, layout, begun, tolerance=rough, max_iterations=max_iterations)
    good = [one for one in ended if not one.collapsed]
    if not good:
        return None
    good.sort(key=lambda one: -float(one.state.loglik[0]))
    last = good[0]
    if k > 1:
        # Starts that stopped close below the best may end above it.
        near = [one for one in good if good[0].state.loglik[0] - one.state.loglik[0] < 1][:3]
        polished = climb(
            scores,
            layout,
            np.concatenate([one.state.posteriors for one in near]),
            tolerance=tolerance,
            max_iterations=max_iterations,
        )
        polished = [one for one in polished if not one.collapsed] or [last]
        last = max(polished, key=lambda one: float(one.state.loglik[0]))
    top = float(last.state.loglik[0])
    found = sum(top - float(one.state.loglik[0]) < max(0.01, 100 * rough) for one in good)
    return _solution(last, layout, found, len(ended) - len(good))


def _solution(one: Climbed, layout: Layout, found: int, collapsed: int) -> Segments:
    state = one.state
    order = np.argsort(-state.shares[0], kind="stable")
    k = order.size
    free = k - 1 + k * (sum(at.size for at in layout.predictors) + len(layout.outcomes))
    return Segments(
        shares=state.shares[0][order],
        paths=np.concatenate([part[0] for part in state.paths], axis=1)[order],
        residual=state.residual[0][order],
        r_squared=(1 - state.residual[0] / state.total[0])[order],
        posteriors=state.posteriors[0][order].T,
        loglik=float(state.loglik[0]),
        parameters=free,
        found=found,
        collapsed=collapsed,
        iterations=one.iterations,
        converged=one.converged,
    )


def _starts(n: int, k: int, starts: int, predictors: int, seed: int) -> Array:
    """Return weights that set each segment out from a few rows of its own, `(starts, k, n)`."""
    random = np.random.default_rng(np.random.SeedSequence([seed, k]))
    own = min(n // k, max(3 * (predictors + 1), n // (4 * k)))
    found = np.full((starts, k, n), 0.05)
    for start in range(starts):
        rows = random.permutation(n)
        for segment in range(k):
            found[start, segment, rows[segment * own : (segment + 1) * own]] = 1.0
    weights: Array = found / found.sum(axis=1, keepdims=True)
    return weights
