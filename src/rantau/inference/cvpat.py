"""The cross-validated predictive ability test: whether one loss is smaller than another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from rantau.arrays import Array
from rantau.inference.prediction_errors import less
from rantau.options import whole_number

#: What `loss_difference` returns, in order.
COLUMNS = (
    "loss", "loss_benchmark", "difference", "se", "t", "df", "p", "ci_low", "ci_high", "n", "p_bootstrap",
)  # fmt: skip
#: Resampled rows held at once.
_BLOCK = 4_000_000


class LossDifference(NamedTuple):
    """A paired test of two losses; its fields are those of `COLUMNS`."""

    loss: float
    loss_benchmark: float
    difference: float
    se: float
    t: float
    df: int
    p: float
    ci_low: float
    ci_high: float
    n: int
    p_bootstrap: float


def loss_difference(
    loss: Array, benchmark: Array, *, level: float, draws: int, seed: int, weights: Array | None = None
) -> LossDifference:
    """Test whether the mean of paired losses differs from zero.

    Parameters
    ----------
    loss, benchmark
        `(rows,)`; rows in which either is NaN are left out. What differs by rounding alone does not differ.
    level
        Of the interval.
    draws, seed
        Resamples for `p_bootstrap`; NaN where there are none.
    weights
        `(rows,)`, how much each row counts; all alike unless given.

    Returns
    -------
    LossDifference
        `difference` is the mean of `loss` less `benchmark`; t has n - 1 degrees of freedom and p is two-sided. All of
        them are NaN where the losses are the same in every row, or unknown.

    Source: Liengaard et al. (2021); the bootstrap resamples differences from which their mean is taken away, so that
    the null hypothesis holds, and compares t. Särndal, Swensson and Wretman (1992), section 5.7, for the standard error
    of a weighted mean.

    Examples
    --------
    >>> import numpy as np
    >>> found = loss_difference(np.array([1.0, 2, 3]), np.array([2.0, 3, 6]), level=0.95, draws=0, seed=1)
    >>> round(found.difference, 3), round(found.t, 3), found.df
    (-1.667, -2.5, 2)
    """
    draws, seed = whole_number("draws", draws, least=0), whole_number("seed", seed, least=0)
    both = np.isfinite(loss) & np.isfinite(benchmark)
    n, counts = int(both.sum()), np.ones(len(loss)) if weights is None else weights
    nan = float("nan")
    if n < 2:
        means = _average(loss, counts), _average(benchmark, counts)
        return LossDifference(*means, nan, nan, nan, max(n - 1, 0), nan, nan, nan, n, nan)
    differences = less(loss[both], benchmark[both], float(benchmark[both].mean()))
    taken = counts[both]
    mean, se = (float(one[0]) for one in _mean_and_error(differences[None], taken[None]))
    means = _average(loss[both], taken), _average(benchmark[both], taken)
    if not se > 0:
        return LossDifference(*means, mean, se, nan, n - 1, nan, nan, nan, n, nan)
    t = mean / se
    half = float(stdtrit(n - 1, (1 + level) / 2)) * se
    p = float(2 * stdtr(n - 1, -abs(t)))
    resampled = _resampled_p(differences - mean, taken, abs(t), draws, seed) if draws else nan
    return LossDifference(*means, mean, se, t, n - 1, p, mean - half, mean + half, n, resampled)


def _mean_and_error(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return weighted means of rows `(k, n)` and their standard errors, `(k,)` each."""
    n, total = values.shape[1], weights.sum(axis=1)
    mean = (values * weights).sum(axis=1) / total
    squares = ((weights * (values - mean[:, None])) ** 2).sum(axis=1)
    return mean, np.sqrt(n / (n - 1) * squares) / total


def _resampled_p(centred: Array, weights: Array, t: float, draws: int, seed: int) -> float:
    """Return the share of resamples whose |t| reaches that of the sample, the sample itself counted."""
    generator, n = np.random.default_rng(seed), len(centred)
    step, reached = max(1, _BLOCK // n), 1
    for start in range(0, draws, step):
        rows = generator.integers(n, size=(min(step, draws - start), n))
        mean, error = _mean_and_error(centred[rows], weights[rows])
        reached += int((np.abs(mean) >= t * error).sum())
    return reached / (draws + 1)


def _average(values: Array, weights: Array) -> float:
    known = np.isfinite(values)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")
