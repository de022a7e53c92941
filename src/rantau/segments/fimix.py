"""fimix(): segments of rows whose paths differ, by a finite mixture (FIMIX-PLS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.options import choose
from rantau.pls.result import PlsFit
from rantau.record import Record
from rantau.robustness.equations import equations
from rantau.segments.advice import Advice, advise
from rantau.segments.minimum import most_arrows, rows_needed
from rantau.segments.mixture import Climbed, Layout, climb

if TYPE_CHECKING:
    import pandas as pd

#: Criteria of which the smallest value is best; of the others, `ln_l`, `en` and `nfi` are better when larger.
SMALLEST = ("aic", "aic3", "aic4", "bic", "caic", "hq", "mdl5", "nec")
#: Starts climb until the log-likelihood grows by less than this; the best then goes on to the tolerance asked for.
_ROUGH = 1e-5


class Segments(Record):
    """A mixture of so many segments, the largest first.

    Attributes
    ----------
    shares
        `(K,)` of the rows.
    paths
        `(K, paths)`, in the order of `Fimix.path_names`.
    residual, r_squared
        `(K, equations)`.
    posteriors
        Probabilities of segments, `(n, K)`.
    loglik, parameters
        The log-likelihood, and how many numbers were estimated.
    found
        How many starts ended at this likelihood (to 0.01), and how many a segment of collapsed.
    iterations, converged
        Of the best start.
    """

    shares: Array
    paths: Array
    residual: Array
    r_squared: Array
    posteriors: Array
    loglik: float
    parameters: int
    found: int
    collapsed: int
    iterations: int
    converged: bool

    @property
    def entropy(self) -> float:
        """The entropy of the posteriors, summed over rows."""
        p = np.clip(self.posteriors, 1e-300, 1.0)
        return float(-(p * np.log(p)).sum())


class Fimix(Record):
    """What FIMIX-PLS found, for each number of segments.

    Attributes
    ----------
    solutions
        One per number of segments, the first of which is 1.
    path_names
        `(outcome, predictor)`, in the order of paths.
    outcomes
        Of the equations.
    entered
        Which rows of the data have scores, `(rows,)`.
    starts, seed
        How many random starts each, and their seed.
    arrows
        The most that point at one construct, which says how many rows a segment needs.
    """

    solutions: tuple[Segments, ...]
    path_names: tuple[tuple[str, str], ...]
    outcomes: tuple[str, ...]
    entered: Mask
    starts: int
    seed: int
    arrows: int

    def criteria(self) -> pd.DataFrame:
        """Return what the number of segments is chosen by, one row per number.

        Columns: `ln_l parameters`; `aic aic3 aic4 bic caic hq mdl5`, -2 lnL plus N times 2, 3, 4, ln n, ln n + 1,
        2 ln ln n and 5 ln n, small ones being good; `en`, the normed entropy, and `nfi`, the non-fuzzy index, both 1
        where every row surely belongs to one segment; `nec`, the entropy over the gain in lnL; `smallest_segment`, its
        rows; `found`, how many starts led there; `converged`.

        Source: Sarstedt, Becker, Ringle and Schwaiger (2011), Uncovering and treating unobserved heterogeneity with
        FIMIX-PLS; Ramaswamy et al. (1993) for `en`.
        """
        first, rows = self.solutions[0].loglik, []
        for one in self.solutions:
            k, n, free, deviance = one.shares.size, len(one.posteriors), one.parameters, -2 * one.loglik
            several = k > 1
            gain = one.loglik - first
            log = float(np.log(n))
            factors = (2.0, 3.0, 4.0, log, log + 1, 2 * float(np.log(log)), 5 * log)
            rows.append(
                (
                    one.loglik,
                    free,
                    *(deviance + factor * free for factor in factors),
                    1 - one.entropy / (n * np.log(k)) if several else np.nan,
                    (k * float((one.posteriors**2).sum()) / n - 1) / (k - 1) if several else np.nan,
                    one.entropy / gain if several and gain > 0 else np.nan,
                    int(np.bincount(one.posteriors.argmax(axis=1), minlength=k).min()),
                    one.found,
                    one.converged,
                )
            )
        names = ["ln_l", "parameters", *SMALLEST[:7], "en", "nfi", "nec", "smallest_segment", "found", "converged"]
        index = require("pandas").Index([one.shares.size for one in self.solutions], name="segments")
        return require("pandas").DataFrame(rows, columns=names, index=index)  # type: ignore[no-any-return]

    def best(self, criterion: str) -> int:
        """Return the number of segments that a criterion prefers.

        Parameters
        ----------
        criterion
            One of `aic aic3 aic4 bic caic hq mdl5 nec`; `advice` reads them together.
        """
        values = self.criteria()[choose("criterion", criterion, SMALLEST)].to_numpy(dtype=float)
        return self.solutions[int(np.nanargmin(values))].shares.size

    def advice(self) -> Advice:
        """Return how many segments the criteria speak for together: `print` it, or see `segments`, `table()`.

        AIC3 and CAIC where they agree, else AIC4 and BIC; then whether the segments are clear (EN of .5 or more) and
        each has the rows that a medium effect needs, by the largest number of arrows that point at one construct.

        Source: Sarstedt, Becker, Ringle and Schwaiger (2011); Hair, Sarstedt, Matthews and Ringle (2016), Identifying
        and treating unobserved heterogeneity with FIMIX-PLS: part I.
        """
        return advise(self.criteria(), len(self.solutions[0].posteriors), rows_needed(self.arrows))

    def paths(self, segments: int) -> pd.DataFrame:
        """Return the paths of each segment: `lhs op rhs segment_1 segment_2 ...`.

        Parameters
        ----------
        segments
            How many.
        """
        one = self._of(segments)
        table = [(a, "~", b, *row) for (a, b), row in zip(self.path_names, one.paths.T, strict=True)]
        columns = ["lhs", "op", "rhs", *_names(segments)]
        return require("pandas").DataFrame(table, columns=columns)  # type: ignore[no-any-return]

    def r_squared(self, segments: int) -> pd.DataFrame:
        """Return the share of each outcome's mean square that is explained in each segment, a row per outcome.

        Parameters
        ----------
        segments
            How many.
        """
        frame = require("pandas").DataFrame
        return frame(self._of(segments).r_squared.T, index=list(self.outcomes), columns=_names(segments))  # type: ignore[no-any-return]

    def sizes(self, segments: int) -> pd.DataFrame:
        """Return `segment share rows`: the share in the mixture, and the rows that most probably belong to it.

        Parameters
        ----------
        segments
            How many.
        """
        one = self._of(segments)
        rows = np.bincount(one.posteriors.argmax(axis=1), minlength=segments)
        columns = {"segment": range(1, segments + 1), "share": one.shares, "rows": rows}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def posteriors(self, segments: int) -> pd.DataFrame:
        """Return the probability of each segment, a row per row of the data; NaN where it did not enter the fit.

        Parameters
        ----------
        segments
            How many.
        """
        found = np.full((self.entered.size, segments), np.nan)
        found[self.entered] = self._of(segments).posteriors
        return require("pandas").DataFrame(found, columns=_names(segments))  # type: ignore[no-any-return]

    def memberships(self, segments: int) -> pd.Series:
        """Return the most probable segment of each row of the data, empty where it did not enter the fit.

        `rt.compare_groups(fit, by=found.memberships(2))` compares the segments; their differences were sought, so
        that its p-values are no tests.

        Parameters
        ----------
        segments
            How many.
        """
        labels = np.full(self.entered.size, "", dtype=object)
        labels[self.entered] = [str(1 + place) for place in self._of(segments).posteriors.argmax(axis=1)]
        return require("pandas").Series(labels, name="segment")  # type: ignore[no-any-return]

    def _of(self, segments: int) -> Segments:
        for one in self.solutions:
            if one.shares.size == segments:
                return one
        known = ", ".join(str(one.shares.size) for one in self.solutions)
        raise OptionError(f"there is no solution of {segments!r} segments; there are those of {known}.")

    def __str__(self) -> str:
        shown = self.criteria().T.to_string(float_format=lambda value: f"{value:.3f}")
        return f"FIMIX-PLS, {self.starts} starts each, seed {self.seed}\n{shown}\n\n{self.advice()}"

    def __repr__(self) -> str:
        many = len(self.solutions)
        return f"<Fimix: 1 to {many} segments; see criteria(), advice(), paths(k), sizes(k), memberships(k)>"


def fimix(
    fit: PlsFit,
    *,
    segments: int = 5,
    starts: int = 10,
    seed: int = 1,
    tolerance: float = 1e-8,
    max_iterations: int = 10_000,
) -> Fimix:
    """Look for segments of rows whose paths differ.

    Parameters
    ----------
    fit
        By `rt.pls`; its scores are taken as they are, so segments share the outer model.
    segments
        The largest number that is tried; all from 1 on are.
    starts
        Random starts for each number, of which the best is kept: the likelihood has many peaks.
    seed
        The same seed gives the same numbers.
    tolerance
        The best start has settled when its log-likelihood grows by less.
    max_iterations
        Where it gives up.

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
        If the fit did not converge, or every start ends in a segment without enough rows.

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
    for option, got, least in (("segments", segments, 2), ("starts", starts, 1), ("seed", seed, 0)):
        if isinstance(got, bool) or not isinstance(got, int) or got < least:
            raise OptionError(f"{option} is a whole number of {least} or more, got {got!r}.")
    if not tolerance > 0 or not max_iterations >= 1:
        raise OptionError("tolerance and max_iterations must be more than 0.")
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
    solutions = [
        _best(scores, layout, k, starts if k > 1 else 1, seed, tolerance, max_iterations)
        for k in range(1, segments + 1)
    ]
    paths = tuple((one.outcome, name) for one in every for name in one.predictors)
    outcomes = tuple(one.outcome for one in every)
    return Fimix(tuple(solutions), paths, outcomes, fit.entered, starts, seed, most_arrows(fit.plan))


def _best(
    scores: Array, layout: Layout, k: int, starts: int, seed: int, tolerance: float, max_iterations: int
) -> Segments:
    begun = _starts(len(scores), k, starts, max(at.size for at in layout.predictors), seed)
    rough = max(_ROUGH, tolerance)
    ended = climb(scores, layout, begun, tolerance=rough, max_iterations=max_iterations)
    good = [one for one in ended if not one.collapsed]
    if not good:
        raise EstimationError(
            f"all {starts} starts with {k} segments ended with a segment of too few rows: the data do not hold so "
            "many. Take fewer segments, or more starts."
        )
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


def _names(segments: int) -> list[str]:
    return [f"segment_{1 + place}" for place in range(segments)]
