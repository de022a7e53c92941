"""Ceilings over a cloud of points, below which an outcome stays: what necessary conditions are measured by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Mask

#: The ceilings: free disposal hull as a step function, and the straight line through its corners.
CEILINGS = ("ce_fdh", "cr_fdh")
#: A level or a value that is this share of the scope away from another is the same: it was computed from the ends.
_ROUNDING = 1e-9


class Scope(NamedTuple):
    """Between which values a condition and an outcome can lie."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @property
    def area(self) -> float:
        """The area of the scope."""
        return (self.x_high - self.x_low) * (self.y_high - self.y_low)


class Ceiling(NamedTuple):
    """Steps and lines over a stack of clouds with the same x.

    Attributes
    ----------
    x
        `(u,)` the values that the condition has, rising.
    top
        `(draws, u)` the highest outcome up to each.
    peer
        `(draws, u)` where the step function rises: its corners.
    """

    x: Array
    top: Array
    peer: Mask


def hull(x: Array, y: Array) -> Ceiling:
    """Find the step function over each cloud.

    Parameters
    ----------
    x
        `(n,)`.
    y
        `(draws, n)`.

    Source: Tulkens (1993) on the free disposal hull; Dul (2016), Necessary condition analysis, for its use here.
    """
    order = np.argsort(x, kind="stable")
    levels, last = np.unique(x[order][::-1], return_index=True)
    last = len(x) - 1 - last
    top = np.maximum.accumulate(y[:, order], axis=1)[:, last]
    peer = np.ones(top.shape, dtype=bool)
    peer[:, 1:] = top[:, 1:] > top[:, :-1]
    return Ceiling(levels, top, peer)


def line(ceiling: Ceiling) -> tuple[Array, Array]:
    """Fit a straight line through the corners by least squares.

    Returns
    -------
    tuple
        Intercepts and slopes, `(draws,)`; NaN where there is one corner: at the least value of the condition the
        outcome is as high as anywhere.
    """
    x, peer = ceiling.x, ceiling.peer.astype(float)
    count = peer.sum(axis=1)
    y = np.where(ceiling.peer, ceiling.top, 0.0)
    mean_x, mean_y = peer @ x / count, y.sum(axis=1) / count
    off = (x - mean_x[:, None]) * peer
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(count > 1, (off * y).sum(axis=1) / (off * (x - mean_x[:, None])).sum(axis=1), np.nan)
    intercept: Array = mean_y - slope * mean_x
    return intercept, slope


def zone(ceiling: Ceiling, scope: Scope, kind: str) -> Array:
    """Return the empty area above a ceiling within the scope, `(draws,)`.

    Parameters
    ----------
    ceiling
        By `hull`.
    scope
        That holds all points.
    kind
        A name of `CEILINGS`.
    """
    if kind == "ce_fdh":
        widths = np.diff(np.append(ceiling.x, scope.x_high))
        before = (ceiling.x[0] - scope.x_low) * (scope.y_high - scope.y_low)
        area: Array = (scope.y_high - ceiling.top) @ widths + before
        return area
    intercept, slope = line(ceiling)
    with np.errstate(invalid="ignore", divide="ignore"):
        bottom = np.clip((scope.y_low - intercept) / slope, scope.x_low, scope.x_high)
        above = np.clip((scope.y_high - intercept) / slope, scope.x_low, scope.x_high)
        heights = [
            np.clip(scope.y_high - intercept - slope * x, 0, scope.y_high - scope.y_low) for x in (bottom, above)
        ]
        area = (bottom - scope.x_low) * (scope.y_high - scope.y_low) + (heights[0] + heights[1]) / 2 * (above - bottom)
    # With one corner there is no line: nothing is empty but what the scope has beyond the points.
    return np.where(np.isnan(slope), zone(ceiling, scope, "ce_fdh"), area)


def required(ceiling: Ceiling, scope: Scope, kind: str, level: float) -> float:
    """Return what a single cloud's outcome needs of the condition to reach a level.

    Returns
    -------
    float
        NaN where every value of the condition will do, infinite where none within the scope does.
    """
    if kind == "ce_fdh":
        enough = np.flatnonzero(ceiling.top[0] >= level - _ROUNDING * (scope.y_high - scope.y_low))
        found = float(ceiling.x[enough[0]]) if enough.size else np.inf
    else:
        intercept, slope = (float(one[0]) for one in line(ceiling))
        if np.isnan(slope):
            return required(ceiling, scope, "ce_fdh", level)
        found = (level - intercept) / slope
    slack = _ROUNDING * (scope.x_high - scope.x_low)
    if found <= scope.x_low + slack:
        return float("nan")
    return min(found, scope.x_high) if found <= scope.x_high + slack else float("inf")
