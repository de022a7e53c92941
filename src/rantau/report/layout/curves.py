"""The curves an arrow may take, and cutting one at the outlines of its nodes."""

from __future__ import annotations

import math
from itertools import pairwise, product

import numpy as np

from rantau.report.layout.shapes import Curve, Point, Route, Shape, along, gauge


def bent(start: Point, end: Point, bulge: float) -> Curve:
    """Return a curve that leaves the straight line by the share `bulge` of its length at both controls."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    first, second = (
        (start[0] + share * dx - 0.67 * bulge * dy, start[1] + share * dy + 0.67 * bulge * dx)
        for share in (1 / 3, 2 / 3)
    )
    return start, first, second, end


def bends(start: Point, end: Point, *, paired: bool) -> list[Curve]:
    """Return the curves to try for a path, straight first; two opposite paths bend, each its own way."""
    if paired:
        return [bent(start, end, 0.18)]
    sizes = (0.18, 0.28, 0.4, 0.55, 0.75, 1.0, 1.3)
    return [bent(start, end, bulge) for bulge in (0.0, *(sign * size for size in sizes for sign in (1, -1)))]


def arcs(start: Point, end: Point, out: Point | None, back: Point | None) -> list[Curve]:
    """Return the curves to try for a covariance, flat ones first.

    Parameters
    ----------
    start, end
        Its ends.
    out, back
        The ways out from the constructs, if both ends are items: then the curves run outside; otherwise None,
        and they bend to either side.

    Returns
    -------
    list of Curve
        From `start` to `end`.
    """
    length = math.dist(start, end)
    reaches = (0.35, 0.5, 0.7, 0.9, 1.2, 1.6)
    if out is None or back is None:
        return [bent(start, end, sign * reach) for reach in reaches for sign in (1, -1)]
    return [
        (
            start,
            (start[0] + out[0] * (leave * length + 8), start[1] + out[1] * (leave * length + 8)),
            (end[0] + back[0] * (enter * length + 8), end[1] + back[1] * (enter * length + 8)),
            end,
        )
        for leave, enter in sorted(product(reaches, reaches), key=sum)
    ]


def clipped(curve: Curve, source: Shape | None, target: Shape | None) -> Route:
    """Cut a curve at the outlines of its ends; None leaves that end where it is."""
    begin = _leaves(source, curve) if source else 0.0
    finish = max(begin, 1.0 - _leaves(target, curve[::-1]) if target else 1.0)

    def blossom(*at: float) -> Point:
        # The controls of a part of the curve are its blossom at the part's ends (Ramshaw 1989).
        points = [np.array(point) for point in curve]
        for t in at:
            points = [(1 - t) * p + t * q for p, q in pairwise(points)]
        x, y = points[0].tolist()
        return x, y

    return Route(*(blossom(*[begin] * (3 - n), *[finish] * n) for n in range(4)))


def _leaves(shape: Shape, curve: Curve) -> float:
    """Return where a curve that begins inside a node first crosses its outline (1 if it never does)."""
    grid = np.linspace(0.0, 1.0, 65)
    outside = np.flatnonzero(gauge(shape, along(curve, grid)) >= 1)
    if not len(outside):
        return 1.0
    high = float(grid[outside[0]])
    low = max(0.0, high - 1 / 64)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if gauge(shape, along(curve, np.array([middle])))[0] < 1 else (low, middle)
    return high
