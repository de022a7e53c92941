"""Where everything in a path diagram stands: geometry in points, x to the right and y up, and no ink.

Constructs stand in ranks by the longest path of the structural model. The first and the last rank are columns
with their items outside; the ranks between stand on lanes above and below, so their items are outside too
and no structural arrow has to pass through them. The words speak of a diagram whose arrows run to the right;
one that runs down is the same, turned.

The order of work is that of `arrange`: placing (sizes, ranking, then search among the states of a board of parts for
the most legible), routes made of curves, and labels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.report.layout.labels import labelled
from rantau.report.layout.placing import placed
from rantau.report.layout.ranking import ranks
from rantau.report.layout.routes import routed
from rantau.report.layout.shapes import HEAD, Label, Layout, Route, Shape, gauge
from rantau.report.layout.text import ITEM_SIZE, LINE, LOADING_SIZE, PATH_SIZE, R2_SIZE, text_width, wrap

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram

__all__ = [
    "HEAD",
    "ITEM_SIZE",
    "LINE",
    "LOADING_SIZE",
    "PATH_SIZE",
    "R2_SIZE",
    "Label",
    "Layout",
    "Route",
    "Shape",
    "arrange",
    "gauge",
    "ranks",
    "text_width",
    "wrap",
]


def arrange(diagram: Diagram) -> Layout:
    """Place a diagram.

    Parameters
    ----------
    diagram
        Nodes, edges and options.

    Returns
    -------
    Layout
        The same input always gives the same layout.
    """
    shapes, outward = placed(diagram)
    routes = routed(diagram.edges, shapes, outward)
    labels = labelled(diagram, tuple(shapes.values()), routes)
    low, high = _extent(shapes.values(), routes, labels)
    return Layout(tuple(shapes.values()), routes, labels, (low[0], low[1], high[0], high[1]))


def _extent(shapes: Iterable[Shape], routes: Iterable[Route], labels: Iterable[Label]) -> tuple[Array, Array]:
    """Return the lower left and the upper right corner of all that is drawn."""
    boxes: list[Shape | Label] = [*shapes, *(label for label in labels if label.lines)]
    centres = np.array([(part.x, part.y) for part in boxes])
    halves = np.array([(part.width, part.height) for part in boxes]) / 2
    drawn = np.vstack([centres - halves, centres + halves, *(route.points() for route in routes)])
    return drawn.min(axis=0), drawn.max(axis=0)
