"""The sum of a construct's items where answers are ordered: how much of its variance the factor explains."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array, Indices
from rantau.covariance import SemFit
from rantau.covariance.implied import imply
from rantau.moments.rectangles import quadrant
from rantau.moments.single_answers import Ordering


def sum_of_answers(fit: SemFit, construct: str, items: tuple[str, ...], loadings: Array) -> tuple[float, float]:
    """Return the common and the whole variance of the sum of answers, as they are coded.

    Parameters
    ----------
    fit
        Of one group, some of its items ordered.
    construct
        The factor.
    items
        `k` observed variables.
    loadings
        `(k,)`: unstandardised loadings on the factor.

    Returns
    -------
    tuple
        NaN where fixed covariates are given, as thresholds then differ from row to row; and where the factor explains
        all that lies behind an answer, or more (a Heywood case).

    Notes
    -----
    Green & Yang (2009), eq. 21, with the implied correlations of what lies behind the answers and the codes of the
    categories for 0, 1, 2, ...; the covariance of an ordered answer with a continuous one is the density at its
    thresholds times that of what lies behind it.
    """
    implied, ordering = imply(fit.layout, fit.theta), fit.moments.ordering
    if ordering is None or implied.level is None or implied.scale is None:
        raise ValueError("this fit has no ordered answers")
    at = np.array([fit.layout.variables.index(name) for name in items], dtype=np.intp)
    scaled = loadings * implied.scale[0, at]
    factor = fit.layout.variables.index(construct)
    shared = np.outer(scaled, scaled) * implied.total[0, factor, factor]
    if ordering.given or (np.diag(shared)[ordering.ordered[at]] >= 1).any():
        return float("nan"), float("nan")
    level, whole = implied.level[0], implied.sigma[0][np.ix_(at, at)]
    return _of_sum(ordering, level, at, shared), _of_sum(ordering, level, at, whole)


def _of_sum(ordering: Ordering, level: Array, at: Indices, behind: Array) -> float:
    """Return the variance of a sum of answers of which the covariances of what lies behind `(k, k)` are given."""
    total, ordered = 0.0, ordering.ordered[at]
    # An ordered answer is a step up for each threshold that is passed; what lies behind it pushes it over these.
    cuts = [level[ordering.first[item] :][: ordering.counts[item]] for item in at]
    steps = [np.diff(ordering.categories[item]) for item in at]
    pushed = [
        float(step @ np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)) if cut_up else 1.0
        for step, cut, cut_up in zip(steps, cuts, ordered, strict=True)
    ]
    for i, j in np.ndindex(behind.shape):
        r = behind[i, j]
        if not (ordered[i] and ordered[j]):
            total += float(r * pushed[i] * pushed[j])
            continue
        below = ndtr(cuts[i])[:, None], ndtr(cuts[j])[None]
        itself = i == j and r >= 1
        both = np.minimum(*below) if itself else quadrant(cuts[i][:, None], cuts[j][None], r)
        total += float(steps[i] @ (both - below[0] * below[1]) @ steps[j])
    return total
