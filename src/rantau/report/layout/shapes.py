"""What stands in a picture: nodes, arrows and labels as records, and the geometry they share; points, y up."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Mask
from rantau.record import Record

Point = tuple[float, float]
#: Start, two controls and end of a cubic Bézier curve.
Curve = tuple[Point, Point, Point, Point]

#: Length of an arrow's head in points; labels keep clear of it.
HEAD = 6.0


class Shape(Record):
    """A node with its place: centre, full width and height, and its lines of text (`R²` last, if any)."""

    key: str
    outline: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


class Route(Record):
    """An arrow as a cubic Bézier curve whose ends lie on the outlines."""

    start: Point
    first: Point
    second: Point
    end: Point

    @property
    def curve(self) -> Curve:
        """Start, the two controls and end."""
        return self.start, self.first, self.second, self.end

    def points(self, count: int = 48) -> Array:
        """Return points along the curve, `(count, 2)`, both ends included."""
        return along(self.curve, np.linspace(0.0, 1.0, count))


class Label(Record):
    """A box of text on an arrow; without lines where the arrow stays bare."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


class Layout(Record):
    """A diagram in place.

    Attributes
    ----------
    shapes
        In the order of the diagram's nodes.
    routes, labels
        In the order of its edges.
    box
        Left, bottom, right, top of everything.
    """

    shapes: tuple[Shape, ...]
    routes: tuple[Route, ...]
    labels: tuple[Label, ...]
    box: tuple[float, float, float, float]


def along(curve: Curve, at: Array) -> Array:
    """Return the points of a curve at shares `(count,)` of its way from 0 to 1, `(count, 2)`."""
    t = at[:, None]
    a, b, c, d = (np.array(point) for point in curve)
    return np.asarray((1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d)


def gauge(shape: Shape, points: Array, margin: float = 0.0) -> Array:
    """Return how far out points lie from a node's centre: 1 on its outline, below 1 inside.

    Parameters
    ----------
    shape
        An ellipse or a box.
    points
        `(..., 2)`.
    margin
        Points added to the shape all round.

    Returns
    -------
    Array
        `(...)`.
    """
    across = np.abs(points[..., 0] - shape.x) / (shape.width / 2 + margin)
    up = np.abs(points[..., 1] - shape.y) / (shape.height / 2 + margin)
    return np.asarray(np.sqrt(across**2 + up**2) if shape.outline == "ellipse" else np.maximum(across, up))


def crosses(p: Array, q: Array, r: Array, s: Array) -> Mask:
    """Return whether the straight lines from p to q and from r to s cross, each `(..., 2)`; ends do not count."""
    return np.asarray((_turn(p, q, r) * _turn(p, q, s) < 0) & (_turn(r, s, p) * _turn(r, s, q) < 0))


def _turn(a: Array, b: Array, c: Array) -> Array:
    """Return on which side of the line from a to b the point c lies: 1 left, -1 right."""
    ahead = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
    return np.asarray(np.sign(ahead - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])))
