"""How the means and covariances of a sample would vary from sample to sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle

#: How many numbers a block of casewise deviations may hold (64 MB).
_BLOCK = 8_000_000
#: Below this share of the largest eigenvalue of the correlations, a direction is not there.
_NOTHING = 1e-11


def asymptotic_covariance(
    values: Array,
    means: bool,
    *,
    weights: Array | None = None,
    counts: Array | None = None,
    fixed: Sequence[int] = (),
) -> Array:
    """Compute the covariance matrix of root-n times the sample moments, whatever the distribution.

    Parameters
    ----------
    values
        `(n, p)` rows of one group, without gaps.
    means
        Whether the means stand first; covariances alone otherwise.
    weights
        `(n,)` sampling weights; equal unless given.
    counts
        `(n,)` how often each row is taken; once unless given.
    fixed
        The columns that would be the same in every sample: the others vary about their regressions on these, and
        moments of these alone do not vary.

    Returns
    -------
    Array
        `(m, m)` for the `p` means, if wanted, and the lower triangle of the covariance matrix row by row, all with
        divisor n.

    Notes
    -----
    Browne (1984): fourth moments less products of second moments, with divisor n. A sampling weight is
    no number of rows: it multiplies the row's deviation, so that its square is summed (Binder 1983). A count sums
    the row as often as it is taken.

    Examples
    --------
    >>> import numpy as np
    >>> asymptotic_covariance(np.array([[1.0], [2.0], [6.0]]), means=True).round(6).tolist()
    [[4.666667, 6.0], [6.0, 10.888889]]
    """
    n, p = values.shape
    taken = np.ones(n) if counts is None else np.asarray(counts, dtype=float)
    total = taken.sum()
    weighted = taken if weights is None else taken * weights
    share = np.ones(n) if weights is None else np.asarray(weights) * (total / weighted.sum())
    mean = (taken * share) @ values / total
    left, right = lower_triangle(p)
    centred = values - mean
    covariance = (centred * (taken * share)[:, None]).T @ centred / total
    known = np.zeros_like(centred)
    if len(fixed):
        places = np.array(fixed, dtype=np.intp)
        x = centred[:, places]
        known = x @ np.linalg.solve(covariance[np.ix_(places, places)], covariance[places])
        known[:, places] = x
    centre = covariance - (known * (taken * share)[:, None]).T @ known / total
    m = len(left) + (p if means else 0)
    result = np.zeros((m, m))
    step = max(1, _BLOCK // m)
    for start in range(0, n, step):
        rows = slice(start, start + step)
        block, of_x = centred[rows], known[rows]
        deviation = block[:, left] * block[:, right] - of_x[:, left] * of_x[:, right] - centre[left, right]
        if means:
            deviation = np.concatenate([block - of_x, deviation], axis=1)
        deviation *= (share[rows] * np.sqrt(taken[rows]))[:, None]
        result += deviation.T @ deviation
    result /= total
    return result


def varying_moments(p: int, fixed: Sequence[int], *, means: bool) -> Indices:
    """Return the places of the moments that are not those of fixed covariates among themselves.

    Parameters
    ----------
    p
        How many variables there are.
    fixed
        Which of them are fixed covariates.
    means
        Whether the means stand first; covariances alone otherwise.
    """
    i, j = lower_triangle(p)
    known = np.zeros(p, dtype=bool)
    known[list(fixed)] = True
    held = known[i] & known[j]
    return np.flatnonzero(~np.concatenate([known, held] if means else [held]))


def normal_asymptotic_covariance(covariance: Array, means: bool) -> Array:
    """Compute the covariance matrix of root-n times the sample moments of normal data.

    Parameters
    ----------
    covariance
        `(..., p, p)` of the data.
    means
        Whether the means stand first; covariances alone otherwise.

    Returns
    -------
    Array
        `(..., m, m)`, in the order of `asymptotic_covariance`.

    Notes
    -----
    Anderson (2003), theorem 3.4.4: the covariance of s_ij with s_kl is s_ik s_jl + s_il s_jk.

    Examples
    --------
    >>> import numpy as np
    >>> normal_asymptotic_covariance(np.array([[3.0]]), means=True).tolist()
    [[3.0, 0.0], [0.0, 18.0]]
    """
    p = covariance.shape[-1]
    left, right = lower_triangle(p)
    first, second = covariance[..., left, :], covariance[..., right, :]
    result: Array = first[..., left] * second[..., right] + first[..., right] * second[..., left]
    if not means:
        return result
    whole = np.zeros((*covariance.shape[:-2], p + len(left), p + len(left)))
    whole[..., :p, :p] = covariance
    whole[..., p:, p:] = result
    return whole


def missing_rank(square: Array) -> int:
    """Count the directions in which a covariance matrix of moments has nothing: too few rows stand behind it.

    Parameters
    ----------
    square
        `(m, m)`, such as `asymptotic_covariance` gives; n rows carry at most n - 1 directions.

    Returns
    -------
    int
        0 where the matrix can be inverted.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(1).normal(size=(5, 3))
    >>> missing_rank(asymptotic_covariance(rows, means=False))
    2
    """
    spread = np.sqrt(np.diagonal(square))
    if not (spread > 0).all():
        return int(len(square) - np.linalg.matrix_rank(square, hermitian=True))
    roots = np.linalg.eigvalsh(square / np.multiply.outer(spread, spread))
    return int((roots <= _NOTHING * roots[-1]).sum())
