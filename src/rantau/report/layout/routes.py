"""The way of every arrow: straight where nothing is in the way, and covariances led around what is there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.report.layout.curves import arcs, bends, bent, clipped
from rantau.report.layout.shapes import Curve, Point, Route, Shape, crosses, gauge

if TYPE_CHECKING:
    from rantau.report.diagram import Edge

#: Covariances come last, as they have the most freedom.
ORDER = {"loading": 0, "weight": 0, "path": 1, "covariance": 2}
#: On how many points of an arrow it is looked at whether it meets another.
COUNT = 20


def routed(edges: Sequence[Edge], shapes: Mapping[str, Shape], outward: Mapping[str, Point]) -> tuple[Route, ...]:
    """Lead every arrow from node to node.

    Parameters
    ----------
    edges
        The arrows.
    shapes
        The nodes in place, by key.
    outward
        For each item the way out from its construct.

    Returns
    -------
    tuple of Route
        In the order of the edges.
    """
    found: dict[int, Route] = {}
    drawn: list[Array] = []
    pairs = {(edge.source, edge.target) for edge in edges}
    spans = [
        math.dist((shapes[e.source].x, shapes[e.source].y), (shapes[e.target].x, shapes[e.target].y)) for e in edges
    ]
    for n in sorted(range(len(edges)), key=lambda n: (ORDER[edges[n].kind], spans[n], n)):
        edge = edges[n]
        (start, source), (end, target) = (
            _anchor(edge, key, shapes[key], outward) for key in (edge.source, edge.target)
        )
        curves = _curves(edge, start, end, outward, paired=(edge.target, edge.source) in pairs)
        found[n] = clipped(curves[0], source, target)
        others = [shape for key, shape in shapes.items() if key not in (edge.source, edge.target)]
        if len(curves) > 1 and (edge.kind == "covariance" or _hits(found[n], others)):
            tried = [found[n], *(clipped(curve, source, target) for curve in curves[1:])]
            # The first is charged for lying on itself, so it is taken only where the others are clearly worse.
            there = [*drawn, tried[0].points(COUNT)]
            costs = [_cost(way, others, there) + 1.2 * m for m, way in enumerate(tried)]
            found[n] = tried[int(np.argmin(costs))]
        drawn.append(found[n].points(COUNT))
    return tuple(found[n] for n in range(len(edges)))


def _anchor(edge: Edge, key: str, shape: Shape, outward: Mapping[str, Point]) -> tuple[Point, Shape | None]:
    """Return the point aimed at, and the outline to clip at.

    Its construct's arrow meets an item in the middle of its inner side, a covariance in that of the outer.
    """
    way = outward.get(key)
    if way is None or edge.kind == "path":
        return (shape.x, shape.y), shape
    side = 1 if edge.kind == "covariance" else -1
    return (shape.x + side * way[0] * shape.width / 2, shape.y + side * way[1] * shape.height / 2), None


def _curves(edge: Edge, start: Point, end: Point, outward: Mapping[str, Point], *, paired: bool) -> list[Curve]:
    """Return the curves to try for an arrow, the one it would rather have first."""
    if edge.kind == "covariance":
        return arcs(start, end, outward.get(edge.source), outward.get(edge.target))
    if edge.kind == "path":
        return bends(start, end, paired=paired)
    return [bent(start, end, 0.0)]


def _hits(route: Route, others: Iterable[Shape], margin: float = 4.0) -> int:
    """Count the nodes a route runs through."""
    points = route.points(60)
    return sum(bool((gauge(shape, points, margin) < 1).any()) for shape in others)


def _cost(route: Route, others: Sequence[Shape], drawn: Sequence[Array]) -> float:
    """Return how badly a route runs: through nodes, then across other arrows or close along them."""
    points = route.points(COUNT)
    across, close = 0, 0
    if drawn:
        there = np.array(drawn)  # (routes, COUNT, 2)
        met = crosses(points[:-1, None], points[1:, None], there[:, None, :-1], there[:, None, 1:])
        across = int(met.any(axis=(1, 2)).sum())
        gaps = np.hypot(*np.moveaxis(points[2:-2, None] - there[:, None], -1, 0)).min(axis=2)
        close = int((gaps < 7).sum())
    length = np.hypot(*np.diff(points, axis=0).T).sum()
    return float(100 * _hits(route, others) + 8 * across + 2 * close + 0.05 * length)
