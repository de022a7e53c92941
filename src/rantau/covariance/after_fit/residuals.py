"""What the model leaves of the sample's means and covariances: residuals, their standard errors, their size overall."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from rantau.arrays import Array, Mask, diagonal, lower_triangle
from rantau.covariance.after_fit.residual_errors import (
    covariance_of_moments,
    covariance_of_residuals,
    errors_of_answers,
    weights_of_moments,
)
from rantau.covariance.estimators import spelling
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import Implied, imply
from rantau.covariance.setting import Setting, evidence_of, setting_of
from rantau.errors import OptionError
from rantau.extras import require
from rantau.moments.asymptotic import normal_asymptotic_covariance
from rantau.options import check_level, choose, is_number

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit

#: What residuals are given in; `cor` is another name of the first.
KINDS = ("cor_bollen", "cor_bentler", "raw", "normalized", "standardized")
#: Those whose size is summed up, with the name of the sum.
SIZES = {"raw": "rmr", "cor_bollen": "crmr", "cor_bentler": "srmr"}
#: A variance below this share of what the moment itself has, is none: the model reproduces the moment exactly.
NOTHING = 1e-12
#: A residual below this, in standard deviations of its variables, is none.
ROUNDING = 1e-9


class Residuals(NamedTuple):
    """Residuals of all moments and their covariance matrix.

    Attributes
    ----------
    values
        `(G, m)`: means first where they are modelled, of ordered variables their thresholds, then slopes on covariates
        that ordered answers are given, then the lower triangle row by row. Covariates that are given have no residuals
        of their own.
    errors
        `(G, m, m)`, in the same units.
    exact
        `(G, m)`: which moments the model reproduces whatever the data.
    gamma
        `(G, m)`: variances of the sample moments themselves.
    """

    values: Array
    errors: Array
    exact: Mask
    gamma: Array


def kind_of(kind: str, allowed: tuple[str, ...] = KINDS) -> str:
    """Return the name of a kind of residuals, spelt as in `KINDS`.

    Raises
    ------
    OptionError
        If there is no such kind.
    """
    wanted = spelling(kind) if isinstance(kind, str) else kind
    return choose("kind", "cor_bollen" if wanted == "cor" else wanted, allowed)


def residual_moments(fit: SemFit, kind: str) -> tuple[Array, Array]:
    """Compute the residuals of means `(G, k)` and covariances `(G, p, p)`; see `SemFit.residuals`.

    Means are those of the `k` continuous variables that are modelled: an ordered one has thresholds in their place.
    """
    kind = kind_of(kind)
    setting = setting_of(fit)
    p = fit.moments.modelled.size
    if kind in ("normalized", "standardized"):
        found = _with_errors(fit, "raw", setting)
        variance = found.gamma if kind == "normalized" else diagonal(found.errors)
        # What is left over beyond the first order, by moments that have no error to the first, is no z-value.
        scatters = np.where(variance > 0, variance, np.nan)
        vector = np.where(found.values == 0, 0.0, found.values / np.sqrt(scatters))
    else:
        vector = _values(fit, kind, setting)
    i, j = lower_triangle(p)
    covariance = np.zeros((len(vector), p, p))
    covariance[:, i, j] = covariance[:, j, i] = vector[:, -i.size :]
    return vector[:, [place for place, (_, op, _) in enumerate(_level_rows(fit)) if op == "~1"]], covariance


def covariance_frames(fit: SemFit, kind: str) -> list[pd.DataFrame]:
    """Return the residuals of each group's covariances as frames."""
    pandas, names = require("pandas"), names_left(fit)
    return [pandas.DataFrame(one, names, names) for one in residual_moments(fit, kind)[1]]


def names_left(fit: SemFit) -> list[str]:
    """Return the names of the variables that have residuals."""
    return [fit.table.observed[place] for place in fit.moments.modelled]


def mean_frames(fit: SemFit, kind: str) -> list[pd.Series[float]]:
    """Return the residuals of each group's means as series.

    Raises
    ------
    OptionError
        If means are not part of the model, or all answers are ordered.
    """
    if not fit.table.mean_structure:
        raise OptionError("the model says nothing of means, so none is left over: fit it with meanstructure=True.")
    names = [name for name, op, _ in _level_rows(fit) if op == "~1"]
    if not names:
        raise OptionError(
            "all answers are ordered, and these have thresholds in place of means: residual_table() has what is left "
            "of them."
        )
    pandas = require("pandas")
    return [pandas.Series(one, names, name="residual") for one in residual_moments(fit, kind)[0]]


def residual_table(fit: SemFit, kind: str) -> pd.DataFrame:
    """Return every residual with its standard error; see `SemFit.residual_table`."""
    kind = kind_of(kind, tuple(SIZES))
    found = _with_errors(fit, kind, setting_of(fit))
    names = names_left(fit)
    p = len(names)
    rows = _level_rows(fit)
    if fit.moments.ordering is not None:
        outcome, covariate = fit.moments.ordering.slopes
        rows += [(fit.table.observed[i], "~", fit.table.observed[j]) for i, j in zip(outcome, covariate, strict=True)]
    rows += [(names[j], "~~", names[i]) for i, j in zip(*lower_triangle(p), strict=True)]
    se = np.where(found.exact, 0.0, np.sqrt(diagonal(found.errors)))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(found.exact, np.nan, found.values / se)
    lhs, op, rhs = zip(*rows, strict=True)
    groups = len(found.values)
    return require("pandas").DataFrame(  # type: ignore[no-any-return]
        {
            "lhs": lhs * groups,
            "op": op * groups,
            "rhs": rhs * groups,
            "group": np.repeat(np.arange(1, groups + 1), len(rows)),
            "residual": found.values.ravel(),
            "se": se.ravel(),
            "z": z.ravel(),
            "p": 2 * np.exp(log_ndtr(-np.abs(z.ravel()))),
        }
    )


def _level_rows(fit: SemFit) -> list[tuple[str, str, str]]:
    """Return `lhs op rhs` of the means that are modelled, and of the thresholds of ordered variables."""
    ordering = fit.moments.ordering
    if ordering is None:
        return [(name, "~1", "") for name in names_left(fit)] if fit.table.mean_structure else []
    places = zip(ordering.item, np.arange(ordering.item.size) - ordering.first[ordering.item] + 1, strict=True)
    return [
        (fit.table.observed[item], "|", f"t{number}")
        if ordering.ordered[item]
        else (fit.table.observed[item], "~1", "")
        for item, number in places
    ]


def residual_summary(fit: SemFit, kind: str, level: float, close: float) -> list[pd.DataFrame]:
    """Return the size of the residuals of each group; see `SemFit.residual_summary`."""
    kind = kind_of(kind, tuple(SIZES))
    check_level(level, such_as="0.90")
    if not is_number(close) or close < 0:
        raise OptionError(f"close is a size of residuals, such as 0.05, got {close}.")
    found = _with_errors(fit, kind, setting_of(fit))
    p, m = fit.moments.modelled.size, found.values.shape[1]
    parts = {"cov": np.arange(m)}
    if fit.table.mean_structure and fit.table.ordered:
        parts = {"cov": np.arange(m - p * (p + 1) // 2, m)}
    elif fit.table.mean_structure:
        parts = {"cov": np.arange(p, m), "mean": np.arange(p), "total": np.arange(m)}
    # A correlation of a variable with itself is no residual.
    unit = p if kind == "cor_bollen" else 0
    frames = []
    for values, errors in zip(found.values, found.errors, strict=True):
        rows = {}
        for name, places in parts.items():
            count = places.size - (unit if name != "mean" else 0)
            size = _size(values[places], errors[np.ix_(places, places)], count)
            rows[name] = _described(size, SIZES[kind], level, close)
        frames.append(require("pandas").DataFrame.from_dict(rows, orient="index"))
    return frames


class Size(NamedTuple):
    """The root mean square of residuals: in the sample, expected if the model held, and estimated without bias."""

    value: float
    expected: float
    se: float
    unbiased: float
    unbiased_se: float


def _size(residual: Array, error: Array, count: int) -> Size:
    """Compute the root mean square of `count` residuals, and what it estimates.

    Notes
    -----
    Maydeu-Olivares (2017), eq. 7-15, and Maydeu-Olivares, Shi & Rosseel (2018), eq. 5-9, with `Xi` the covariance
    matrix of the residuals e and t their number. If the model holds, the mean is `sqrt(tr Xi / t) (1 - tr Xi^2 /
    (4 (tr Xi)^2))` and the variance `tr Xi^2 / (2 t tr Xi)`. Without bias, `sqrt(max(e'e - tr Xi, 0) / t) / k` with
    `k = 1 - (tr Xi^2 + 2 e'Xi e) / (4 (e'e)^2)` and variance `(tr Xi^2 + 2 e'Xi e) / (2 t e'e k^2)`.
    """
    squares = float(residual @ residual)
    value = float(np.sqrt(squares / count)) if count else 0.0
    trace, second = float(np.trace(error)), float((error * error).sum())
    if not (trace > 0 and squares > 0 and count):
        nan = float("nan")
        return Size(value, nan, nan, value if squares == 0 else nan, nan)
    spread = second + 2 * float(residual @ error @ residual)
    k = 1 - spread / (4 * squares**2)
    return Size(
        value,
        float(np.sqrt(trace / count) * (1 - second / (4 * trace**2))),
        float(np.sqrt(second / (2 * count * trace))),
        float(np.sqrt(max(squares - trace, 0.0) / count) / k),
        float(np.sqrt(spread / (2 * count * squares)) / abs(k)),
    )


def _described(size: Size, name: str, level: float, close: float) -> dict[str, float]:
    """Name the numbers of a size as lavaan does, in snake case."""
    reach = float(ndtri(0.5 + level / 2)) * size.unbiased_se
    with np.errstate(divide="ignore", invalid="ignore"):
        # Residuals smaller than the model would leave on average speak for it, no less than average ones.
        exact = float(np.maximum(np.divide(size.value - size.expected, size.se), 0.0))
        closeness = float(np.divide(size.unbiased - close, size.unbiased_se))
    return {
        name: size.value,
        f"{name}_se": size.se,
        f"{name}_exactfit_z": exact,
        f"{name}_exactfit_pvalue": float(ndtr(-exact)),
        f"u{name}": size.unbiased,
        f"u{name}_se": size.unbiased_se,
        f"u{name}_ci_lower": size.unbiased - reach,
        f"u{name}_ci_upper": size.unbiased + reach,
        f"u{name}_closefit_h0_value": close,
        f"u{name}_closefit_z": closeness,
        f"u{name}_closefit_pvalue": float(ndtr(-closeness)),
    }


def _values(fit: SemFit, kind: str, setting: Setting) -> Array:
    """Return the residuals `(G, m)` of one of `SIZES`; nought where only rounding is left."""
    implied, means, kept = imply(fit.layout, fit.theta), fit.table.mean_structure, fit.moments.modelled
    unit = setting.deviation[kept]
    sigma, mu = implied.sigma[:, kept[:, None], kept] / np.outer(unit, unit), implied.mu[:, kept] / unit
    sample = setting.moments.covariance[:, kept[:, None], kept]
    deviation = np.sqrt(diagonal(sample))
    pairs = deviation[:, :, None] * deviation[:, None, :]
    own, right = np.arange(kept.size), np.where(np.abs(sample - sigma) < ROUNDING * pairs, 0.0, sample - sigma)
    left = setting.moments.mean[:, kept] - mu
    ordering, level = fit.moments.ordering, fit.moments.level
    if ordering is not None and level is not None and implied.level is not None:
        own = np.searchsorted(kept, ordering.item)
        left = (level - implied.level)[:, : own.size] / unit[own]
    left = np.where(np.abs(left) < ROUNDING * deviation[:, own], 0.0, left)
    slopes = _slopes_left(fit, implied)
    if kind == "raw":
        levels = np.concatenate([left * unit[own], slopes], axis=-1)
        return _vector(right * np.outer(unit, unit), levels, means=means)
    right = _correlations(sample) - _correlations(sigma) if kind == "cor_bollen" else right / pairs
    right = np.where(np.abs(right) < ROUNDING, 0.0, right)
    return _vector(right, np.concatenate([left / deviation[:, own], slopes], axis=-1), means=means)


def _slopes_left(fit: SemFit, implied: Implied) -> Array:
    """Return what is left of the slopes on covariates that ordered answers are given, `(G, q)`, in the data's units."""
    ordering, level = fit.moments.ordering, fit.moments.level
    if ordering is None or level is None or implied.level is None:
        return np.zeros((len(implied.mu), 0))
    left = (level - implied.level)[:, ordering.item.size :]
    outcome, covariate = ordering.slopes
    deviation = np.sqrt(diagonal(fit.moments.covariance))
    return np.asarray(np.where(np.abs(left) < ROUNDING * deviation[:, outcome] / deviation[:, covariate], 0.0, left))


def _with_errors(fit: SemFit, kind: str, setting: Setting) -> Residuals:
    """Compute residuals of one of `SIZES` with their covariance matrix."""
    values = _values(fit, kind, setting)
    means = fit.table.mean_structure
    evidence, recipe = evidence_of(fit, setting), fit.request.recipe
    n = fit.moments.n
    if fit.converged and evidence.moments.ordering is not None:
        gamma, errors = errors_of_answers(evidence, n)
    elif fit.converged:
        information = "first_order" if recipe.se == "first_order" else recipe.information
        gamma = covariance_of_moments(evidence, recipe.se, information)
        errors = covariance_of_residuals(evidence, gamma, weights_of_moments(evidence, information), n)
    else:
        errors = gamma = np.full((*values.shape, values.shape[1]), np.nan)
    scale = _scale(evidence, setting.deviation, kind, means)
    errors = scale @ errors @ scale.mT
    reference = _of_normal_data(evidence, means) / n[:, None]
    unit = _scale(evidence, setting.deviation, "raw" if kind == "raw" else "cor_bentler", means)
    exact = diagonal(errors) <= NOTHING * reference * diagonal(unit) ** 2
    keep = ~exact
    errors = np.where(keep[:, :, None] & keep[:, None, :], errors, 0.0)
    own = diagonal(scale @ gamma @ scale.mT) / n[:, None]
    return Residuals(values, errors, exact, own)


def _scale(evidence: Evidence, unit: Array, kind: str, means: bool) -> Array:
    """Return the matrix `(G, m, m)` from moments in standard units to the units of a kind of residuals.

    Notes
    -----
    For correlations the derivative of `s_ij / sqrt(s_ii s_jj)`: Olkin & Siotani (1976). Ogasawara (2001).
    """
    kept, ordering = evidence.moments.modelled, evidence.moments.ordering
    covariance = evidence.moments.covariance[:, kept[:, None], kept]
    every, unit = unit, unit[kept]
    groups, p = covariance.shape[:2]
    i, j = lower_triangle(p)
    deviation = np.sqrt(diagonal(covariance)) if kind != "raw" else np.broadcast_to(1 / unit, (groups, p))
    lower = np.zeros((groups, i.size, i.size))
    place = np.arange(i.size)
    lower[:, place, place] = 1 / (deviation[:, i] * deviation[:, j])
    if kind == "cor_bollen":
        correlation = _correlations(covariance)[:, i, j]
        of_variance = np.flatnonzero(i == j)
        for own in (i, j):
            lower[:, place, of_variance[own]] -= correlation / (2 * deviation[:, own] ** 2)
    if not means:
        return lower
    own, slopes = np.arange(p), np.zeros(0)
    if ordering is not None:
        own = np.searchsorted(kept, ordering.item)
        slopes = ordering.units(every)[own.size :][: ordering.slopes[0].size]
    first, t = np.arange(own.size), own.size + slopes.size
    whole = np.zeros((groups, t + i.size, t + i.size))
    whole[:, first, first] = 1 / deviation[:, own]
    whole[:, np.arange(own.size, t), np.arange(own.size, t)] = slopes
    whole[:, t:, t:] = lower
    return whole


def _of_normal_data(evidence: Evidence, means: bool) -> Array:
    """Return the variances `(G, m)` of root-n times the moments of normal data, about which rounding is judged."""
    moments, kept, ordering = evidence.moments, evidence.moments.modelled, evidence.moments.ordering
    covariance = moments.covariance[:, kept[:, None], kept]
    found: Array = diagonal(normal_asymptotic_covariance(covariance, means))
    if ordering is None:
        return found
    outcome, covariate = ordering.slopes
    variance = diagonal(moments.covariance)
    slopes = variance[:, outcome] / variance[:, covariate]
    levels = found[:, np.searchsorted(kept, ordering.item)]
    return np.concatenate([levels, slopes, found[:, kept.size :]], axis=-1)


def _vector(covariance: Array, mean: Array, *, means: bool) -> Array:
    """Write moments `(G, p, p)` and `(G, k)` as `(G, m)`: levels (and slopes) first if wanted, then the lower part."""
    i, j = lower_triangle(covariance.shape[-1])
    lower = covariance[..., i, j]
    return np.concatenate([mean, lower], axis=-1) if means else np.asarray(lower)


def _correlations(covariance: Array) -> Array:
    deviation = np.sqrt(diagonal(covariance))
    return np.asarray(covariance / (deviation[:, :, None] * deviation[:, None, :]))
