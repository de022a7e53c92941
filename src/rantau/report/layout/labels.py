"""Where each arrow's label stands: on the arrow or beside it, clear of nodes, heads and other labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.report.layout.shapes import HEAD, Label, Point, Route, Shape, along, gauge
from rantau.report.layout.sizes import label_size

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram, Edge

#: Where along its arrow a label may be.
SHARES = np.linspace(0.08, 0.92, 43)
#: Where it would rather be: loadings off the middle, where those of one fan are close together.
MIDDLE = {"loading": 0.58, "weight": 0.42}


def labelled(diagram: Diagram, shapes: Sequence[Shape], routes: Sequence[Route]) -> tuple[Label, ...]:
    """Slide each label along its arrow until it touches no node or label and, where that can be, no arrow.

    Parameters
    ----------
    diagram
        What is written.
    shapes
        The nodes in place.
    routes
        The arrows, in the order of the diagram's edges.

    Returns
    -------
    tuple of Label
        In the order of the edges.
    """
    lines = [diagram.edge_lines(edge) for edge in diagram.edges]
    sizes = [label_size(diagram, edge) for edge in diagram.edges]
    drawn = [route.points(60) for route in routes]
    wanted = [n for n, text in enumerate(lines) if text]
    places = {n: _places(routes[n], sizes[n]) for n in wanted}
    fixed = {n: _fixed_cost(n, places[n], sizes[n], diagram.edges, shapes, drawn) for n in wanted}
    chosen = _chosen(places, fixed, sizes)
    return tuple(
        Label(float(chosen[n][0]), float(chosen[n][1]), *sizes[n], lines[n])
        if n in chosen
        else Label(*routes[n].end, 0.0, 0.0, ())
        for n in range(len(routes))
    )


def _chosen(places: Mapping[int, Array], fixed: Mapping[int, Array], sizes: Sequence[Point]) -> dict[int, Array]:
    """Choose a place for each label: the one with the fewest free places first; then each may move again."""
    order = sorted(places, key=lambda n: (int((fixed[n] < 60).sum()), n))
    chosen: dict[int, Array] = {}
    for sweep in range(5):
        before = {n: place.tolist() for n, place in chosen.items()}
        for n in order:
            cost = fixed[n].copy()
            for other, place in chosen.items():
                if other != n:
                    room = (np.array(sizes[n]) + sizes[other]) / 2 + 1.5
                    cost += 1000.0 * (np.abs(places[n] - place) < room).all(axis=1)
            chosen[n] = places[n][int(np.argmin(cost))]
        if sweep and before == {n: place.tolist() for n, place in chosen.items()}:
            break
    return chosen


def _places(route: Route, size: Point) -> Array:
    """Return centres to try, `(3 x shares, 2)`: on the arrow first, then on either side of it."""
    on = along(route.curve, SHARES)
    ahead = _directions(on)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    reach = (np.abs(normal) * (np.array(size) / 2 + 2)).sum(axis=1)[:, None]
    return np.vstack([on, on + normal * reach, on - normal * reach])


def _directions(points: Array) -> Array:
    """Return unit steps along a curve `(n, 2)`; none where it has no length, as between nodes pinned on one place."""
    step = np.gradient(points, axis=0)
    return np.asarray(step / np.maximum(np.hypot(*step.T), 1e-9)[:, None])


def _fixed_cost(
    number: int,
    places: Array,
    size: Point,
    edges: Sequence[Edge],
    shapes: Sequence[Shape],
    drawn: Sequence[Array],
) -> Array:
    """Return what each place of a label costs, whatever the other labels do."""
    half = np.array(size) / 2
    low, high = places - half, places + half
    on = len(SHARES)
    middle = MIDDLE.get(edges[number].kind, 0.5)
    cost = np.tile(14 * np.abs(SHARES - middle), 3)
    cost[on:] += 45
    unit = np.maximum(np.abs(_directions(places[:on])), 1e-9)
    length = np.hypot(*np.diff(drawn[number], axis=0).T).sum()
    cost[:on] += 80.0 * (length - (np.array(size) / unit).min(axis=1) < (8.0 if middle != 0.5 else 20.0))
    for shape in shapes:
        nearest = np.clip((shape.x, shape.y), low, high)
        cost += 1000.0 * (gauge(shape, nearest, 1.5) < 1)
    for n, points in enumerate(drawn):
        for head in (points[-1], points[0]) if edges[n].kind == "covariance" else (points[-1],):
            cost += 60.0 * (np.hypot(*(np.clip(head, low, high) - head).T) < HEAD + 2)
        if n != number:
            # How far outside the box each point of the arrow is, (places, points); below 0 inside.
            across, up = (np.abs(places[:, axis, None] - points[:, axis]) - half[axis] for axis in (0, 1))
            outside = np.maximum(across, up)
            inside = (outside < 1).sum(axis=1)
            cost += 9.0 * (inside > 0) + 0.7 * inside + 4.0 * (outside < 4).any(axis=1)
    return cost
