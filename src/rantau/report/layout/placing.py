"""From the diagram to shapes in place: ranks, the search, the turn of the page, pinned nodes, and the items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from rantau.report.layout.board import Board
from rantau.report.layout.parts import BETWEEN, GAPS, Part
from rantau.report.layout.ranking import ranks
from rantau.report.layout.search import best_state
from rantau.report.layout.shapes import HEAD, Point, Shape
from rantau.report.layout.sizes import homes, item_height, label_size, sized

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram

#: From one construct of a column to the next, at the least; more where the label of a covariance must fit.
NEIGHBOURS = 20.0


def placed(diagram: Diagram) -> tuple[dict[str, Shape], dict[str, Point]]:
    """Put the nodes in place.

    Parameters
    ----------
    diagram
        Nodes, edges and options.

    Returns
    -------
    tuple of dict
        The shapes by key, in the diagram's order; and for each item the way out from its construct, a unit
        step along x or y.
    """
    down = diagram.options.direction == "down"
    home = homes(diagram)
    drawn = sized(diagram, home)
    item = (max((drawn[key].width for key in home), default=0.0), item_height(diagram.options.font_size))
    board = _board(diagram, home, drawn, item)
    state = best_state(board)
    at, ways = board.centres(state), board.outward(state)
    pinned = {key: (x, y) for key, x, y in diagram.options.positions}
    centre = {part.key: pinned.get(part.key, _turned((at[i, 0], at[i, 1]), down)) for i, part in enumerate(board.parts)}
    middle = np.mean(list(centre.values()), axis=0)
    outward: dict[str, Point] = {}
    for i, part in enumerate(board.parts):
        way = _turned(ways[i], down)
        if part.key in pinned:
            # The search does not know where it is, so its items just point away from the others.
            dx, dy = np.array(centre[part.key]) - middle
            way = (math.copysign(1.0, dx), 0.0) if abs(dx) > abs(dy) else (0.0, math.copysign(1.0, dy))
        gap = part.strip(column=(way[0] != 0) != down)[2]
        for n, child in enumerate(part.items):
            place = _item_place(drawn[part.key], centre[part.key], way, item, gap, n - (len(part.items) - 1) / 2)
            outward[child] = way
            centre[child] = pinned.get(child, place)
    shapes = {}
    for node in diagram.nodes:
        x, y = centre[node.key]
        shapes[node.key] = drawn[node.key].replace(x=x, y=y)
    return shapes, outward


def _board(diagram: Diagram, home: Mapping[str, str], drawn: Mapping[str, Shape], item: Point) -> Board:
    """Return the structural nodes with their items and arrows, turned so that main is where the arrows run."""
    down = diagram.options.direction == "down"
    standing = [node for node in diagram.nodes if node.key not in home]
    keys = [node.key for node in standing]
    pairs = [(e.source, e.target) for e in diagram.edges if e.kind != "covariance"]
    pairs = [(a, b) for a, b in dict.fromkeys(pairs) if a in keys and b in keys and a != b]
    rank = ranks(keys, pairs) | {node.key: node.rank for node in standing if node.rank >= 0}
    dense = {value: n for n, value in enumerate(sorted(set(rank.values())))}
    parts = []
    for key in keys:
        body = _swapped((drawn[key].width, drawn[key].height), down)
        own = tuple(child for child, parent in home.items() if parent == key)
        parts.append(Part(key, dense[rank[key]], *body, own, *_swapped(item, down), *_swapped(GAPS, down)))
    texts = {(e.source, e.target): _swapped(label_size(diagram, e), down) for e in diagram.edges}
    bows = [e for e in diagram.edges if e.kind == "covariance" and {e.source, e.target} <= set(keys)]
    between = max([NEIGHBOURS, *(texts[e.source, e.target][1] + 2 * HEAD + 4 for e in bows)])
    return Board(parts, [(keys.index(a), keys.index(b)) for a, b in pairs], [texts[pair] for pair in pairs], between)


def _swapped(pair: Point, down: bool) -> Point:
    """Return width and height as sizes along main and cross."""
    return (pair[1], pair[0]) if down else pair


def _turned(point: Point, down: bool) -> Point:
    """Return main and cross as x and y."""
    return (-float(point[1]), -float(point[0])) if down else (float(point[0]), float(point[1]))


def _item_place(body: Shape, centre: Point, way: Point, item: Point, gap: float, place: float) -> Point:
    """Return the centre of an item `place` places from the middle: rows run left to right, columns top to bottom."""
    if way[0]:
        return centre[0] + way[0] * (body.width / 2 + gap + item[0] / 2), centre[1] - place * (item[1] + BETWEEN)
    return centre[0] + place * (item[0] + BETWEEN), centre[1] + way[1] * (body.height / 2 + gap + item[1] / 2)
