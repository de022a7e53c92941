"""How large each node and each label is, and beside which construct each item stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rantau.report.layout.shapes import Point, Shape
from rantau.report.layout.text import (
    ITEM_SIZE,
    LINE,
    LOADING_SIZE,
    PATH_SIZE,
    ellipse_around,
    shortened,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram, Edge


def homes(diagram: Diagram) -> dict[str, str]:
    """Return the construct beside which each item stands: the first that it measures."""
    kinds = {node.key: node.kind for node in diagram.nodes}
    found: dict[str, str] = {}
    for edge in diagram.edges:
        if edge.kind in ("loading", "weight"):
            parent, child = (edge.source, edge.target) if edge.kind == "loading" else (edge.target, edge.source)
            if kinds[child] == "item":
                found.setdefault(child, parent)
    return found


def sized(diagram: Diagram, home: Mapping[str, str]) -> dict[str, Shape]:
    """Return the nodes with their text and size; all ellipses alike, and all boxes of items alike.

    Parameters
    ----------
    diagram
        Nodes and options.
    home
        The construct of each item that stands beside one, by key.

    Returns
    -------
    dict
        Shapes by key, all at the origin.
    """
    size = diagram.options.font_size
    found = {}
    for node in diagram.nodes:
        explained = diagram.node_line(node)
        if node.key in home:
            body = (text_width(node.label, ITEM_SIZE * size) + 0.9 * size, item_height(size))
            found[node.key] = Shape(node.key, "box", 0.0, 0.0, *body, (node.label,))
            continue
        lines = wrap(shortened(node.label), size)
        shown = (*lines, explained) if explained else lines
        if node.kind == "item":
            wide = max(text_width(line, size) for line in shown)
            body = (wide + 1.4 * size, (len(shown) + 0.9) * LINE * size)
        else:
            body = ellipse_around(lines, explained, size)
        found[node.key] = Shape(node.key, "box" if node.kind == "item" else "ellipse", 0.0, 0.0, *body, shown)
    groups = [[k for k in found if k in home]] + [
        [k for k, s in found.items() if k not in home and s.outline == outline] for outline in ("ellipse", "box")
    ]
    for group in groups:
        if group:
            width, height = (max(getattr(found[k], name) for k in group) for name in ("width", "height"))
            found |= {k: found[k].replace(width=width, height=height) for k in group}
    return found


def item_height(size: float) -> float:
    """Return the height of an item's box, for a size of the construct names."""
    return 1.55 * ITEM_SIZE * size


def label_size(diagram: Diagram, edge: Edge) -> Point:
    """Return width and height of an arrow's label."""
    text = diagram.edge_lines(edge)
    each = diagram.options.font_size * (LOADING_SIZE if edge.kind in ("loading", "weight") else PATH_SIZE)
    return max((text_width(line, each) + 3 for line in text), default=0.0), len(text) * LINE * each
