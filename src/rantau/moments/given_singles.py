"""What each variable says alone given fixed covariates: ordered probit and ordinary regressions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from rantau.arrays import Array, Indices, Mask
from rantau.moments.single_answers import Ordering

#: A probability is not taken for less.
SMALLEST = 1e-300
#: A Newton step below this, in standard deviations of what lies behind the answers, is none.
TOLERANCE = 1e-11
#: A slope beyond this, by one standard deviation of a covariate, is that of answers which covariates tell exactly.
ENDLESS = 30.0
#: Below this eigenvalue of their correlations, covariates say what others have said.
REPEATED = 1e-10


class GivenSingles(NamedTuple):
    """What each variable says alone given the covariates, which are in standard deviations from their means here.

    Attributes
    ----------
    ordering, taken
        Categories, and `(n,)` how often each row is taken.
    x
        `(n, x)` covariates; `centre` and `unit (x,)` are what was subtracted and divided by.
    code, seen
        `(n, p)`: the place of each answer among its categories, and whether there is one.
    lower, upper
        `(n, p)`: the thresholds about each answer less what is expected of it; infinite where there is none.
    z
        `(n, p)`: residuals of continuous variables over their deviation; 0 where missing or ordered.
    level, slope
        `(t,)` thresholds and intercepts, `(q,)` slopes, in the order of `Ordering`. NaN where there are none.
    deviation
        `(p,)` of the residuals, 1 where ordered; of covariates themselves.
    """

    ordering: Ordering
    taken: Array
    x: Array
    centre: Array
    unit: Array
    code: Indices
    seen: Mask
    lower: Array
    upper: Array
    z: Array
    level: Array
    slope: Array
    deviation: Array


def estimate_given(values: Array, ordering: Ordering, taken: Array) -> GivenSingles:
    """Regress each variable on the covariates among them.

    Parameters
    ----------
    values
        `(n, p)`, NaN where an answer is missing.
    ordering
        Categories, and which variables are covariates.
    taken
        `(n,)` how often each row is taken.

    Returns
    -------
    GivenSingles
        With covariates in standard deviations.

    Notes
    -----
    Ordered probit: McKelvey & Zavoina (1975); its likelihood has one maximum (Pratt, 1981). Ordinary regressions by
    least squares, with n for a divisor. Where categories can be told from covariates without exception there is no
    maximum, and where covariates repeat each other no regression; levels and slopes are NaN then.
    """
    n, p = values.shape
    given = list(ordering.given)
    raw = values[:, given]
    centre = taken @ raw / taken.sum()
    unit = np.sqrt(taken @ (raw - centre) ** 2 / taken.sum())
    deviation = np.ones(p)
    deviation[given] = unit
    x = (raw - centre) / np.where(unit > 0, unit, 1.0)
    seen = ~np.isnan(values)
    largest = max(*(len(one) for one in ordering.categories), 1)
    code, z = np.full((n, p), largest, dtype=np.intp), np.zeros((n, p))
    lower, upper = np.full((n, p), -np.inf), np.full((n, p), np.inf)
    levels, slopes = [], []
    possible = bool((unit > 0).all()) and np.linalg.eigvalsh((x.T * taken) @ x / taken.sum())[0] > REPEATED
    for item in np.flatnonzero(ordering.counts):
        there, count = seen[:, item], int(ordering.counts[item])
        categories = np.array(ordering.categories[item])
        if ordering.ordered[item]:
            code[there, item] = np.searchsorted(categories, values[there, item])
            found = _probit(code[there, item], x[there], taken[there], count) if possible else None
        else:
            found = _regression(values[there, item], x[there], taken[there]) if possible else None
        level, slope = (np.full(count, np.nan), np.full(len(given), np.nan)) if found is None else found
        expected = x[there] @ slope
        if ordering.ordered[item]:
            padded = np.concatenate([[-np.inf], level, [np.inf]])
            lower[there, item] = padded[code[there, item]] - expected
            upper[there, item] = padded[code[there, item] + 1] - expected
        else:
            left = values[there, item] - level[0] - expected
            deviation[item] = np.sqrt(taken[there] @ left**2 / taken[there].sum())
            z[there, item] = left / deviation[item]
        levels.append(level)
        slopes.append(slope)
    return GivenSingles(
        ordering, taken, x, centre, unit, code, seen, lower, upper, z, np.concatenate(levels), np.concatenate(slopes),
        deviation,
    )  # fmt: skip


def heights(lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return the slopes of the log-probability between two limits `(...)` by each of them, the lower one first."""
    # Probabilities of the upper tail are differences of those of the lower one, where digits are left.
    with np.errstate(invalid="ignore"):
        flip = lower + upper > 0
    probability = np.where(flip, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    probability = np.maximum(probability, SMALLEST) * np.sqrt(2 * np.pi)
    return -np.exp(-(lower**2) / 2) / probability, np.exp(-(upper**2) / 2) / probability


def _probit(code: Indices, x: Array, taken: Array, count: int) -> tuple[Array, Array] | None:
    """Return the thresholds `(count,)` and slopes `(x,)` of an ordered probit regression; None without a maximum."""
    size = count + x.shape[1]
    share = np.cumsum(np.bincount(code, weights=taken, minlength=count + 1)) / taken.sum()
    found = np.concatenate([ndtri(share[:-1]), np.zeros(x.shape[1])])
    # How the limits about each answer move with the parameters.
    of_lower, of_upper = np.zeros((2, len(code), size))
    of_lower[:, count:], of_upper[:, count:] = -x, -x
    rows = np.arange(len(code))
    of_lower[rows[code > 0], code[code > 0] - 1] = 1.0
    of_upper[rows[code < count], code[code < count]] = 1.0
    best, step = -np.inf, np.zeros(size)
    for _ in range(100):
        trial = found + step
        padded = np.concatenate([[-np.inf], trial[:count], [np.inf]])
        expected = x @ trial[count:]
        lower, upper = padded[code] - expected, padded[code + 1] - expected
        value = _log_likelihood(lower, upper, taken)
        if np.isfinite(best) and not value >= best - 1e-10 * abs(best):
            step = step / 2
            continue
        best, found = value, trial
        if np.abs(found[count:]).max(initial=0.0) > ENDLESS:
            return None
        by_lower, by_upper = heights(lower, upper)
        bends = (
            -np.where(np.isfinite(lower), lower, 0.0) * by_lower - by_lower**2,
            -np.where(np.isfinite(upper), upper, 0.0) * by_upper - by_upper**2,
            -by_lower * by_upper,
        )
        gradient = (taken * by_lower) @ of_lower + (taken * by_upper) @ of_upper
        own, other, mixed = (taken * one for one in bends)
        across = (of_lower.T * mixed) @ of_upper
        hessian = (of_lower.T * own) @ of_lower + (of_upper.T * other) @ of_upper + across + across.T
        try:
            step = np.linalg.solve(-hessian, gradient)
        except np.linalg.LinAlgError:
            return None
        if np.abs(step).max() < TOLERANCE:
            return found[:count] + step[:count], found[count:] + step[count:]
    return None


def _log_likelihood(lower: Array, upper: Array, taken: Array) -> float:
    """Return the log-probability of all answers; minus infinity where limits are not in order."""
    if not (upper > lower).all():
        return float("-inf")
    flip = lower + upper > 0
    probability = np.where(flip, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    return float(taken @ np.log(np.maximum(probability, SMALLEST)))


def _regression(y: Array, x: Array, taken: Array) -> tuple[Array, Array]:
    """Return the intercept `(1,)` and slopes `(x,)` of an ordinary regression."""
    root = np.sqrt(taken)[:, None]
    design = np.column_stack([np.ones(len(y)), x])
    found = np.linalg.lstsq(design * root, y * root[:, 0], rcond=None)[0]
    return found[:1], found[1:]


def given_scores(single: GivenSingles) -> tuple[Array, Array]:
    """Return each row's scores by levels and slopes `(n, t + q)`, and by residual variances `(n, continuous)`."""
    ordering, x = single.ordering, single.x
    n, t = len(x), single.level.size
    found = np.zeros((n, t + single.slope.size))
    by_lower, by_upper = heights(single.lower, single.upper)
    of_variance = []
    for place, item in enumerate(np.flatnonzero(ordering.counts)):
        start, count, code = ordering.first[item], int(ordering.counts[item]), single.code[:, item]
        at = slice(t + place * x.shape[1], t + (place + 1) * x.shape[1])
        if ordering.ordered[item]:
            for k in range(count):
                above = np.where(code == k, by_upper[:, item], 0.0)
                found[:, start + k] = above + np.where(code == k + 1, by_lower[:, item], 0.0)
            found[:, at] = -x * (by_lower + by_upper)[:, [item]]
            continue
        deviation, z = single.deviation[item], single.z[:, item]
        found[:, start] = z / deviation
        found[:, at] = x * (z / deviation)[:, None]
        of_variance.append(np.where(single.seen[:, item], (z * z - 1) / (2 * deviation**2), 0.0))
    return found, np.stack(of_variance, axis=1) if of_variance else np.zeros((n, 0))
