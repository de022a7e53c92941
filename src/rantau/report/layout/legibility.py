"""What a state of the board costs its reader: nodes in the way, arrows that cross, narrow angles, a large page."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from rantau.arrays import Array
from rantau.report.layout.board import Board, State
from rantau.report.layout.shapes import Point, crosses

#: What a box of a part is, by its place there.
OUTLINE, ITEMS = 0, 1


class Legibility:
    """The cost of the states of one board; each is reckoned once, as the search often comes back to one.

    Parameters
    ----------
    board
        Nodes and arrows; the arrows are taken as straight.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        counts = [3 if part.items else 1 for part in board.parts]
        #: Of each box, the node and what it is.
        self.owner = np.repeat(np.arange(len(counts)), counts)
        self.kind = np.concatenate([np.arange(count) for count in counts])
        self.rimmed = np.flatnonzero(np.array(counts) == 3)
        #: Whether an arrow begins or ends at the box's own node, (boxes, arrows).
        self.own = (board.arrows == self.owner[:, None, None]).any(axis=2)
        pairs = list(combinations(range(len(board.arrows)), 2))
        ends = [set(pair) for pair in board.arrows.tolist()]
        self.strangers = np.array([(e, f) for e, f in pairs if not ends[e] & ends[f]], dtype=int).reshape(-1, 2)
        # Two arrows at one node; the sign turns each so that it leaves the node.
        fans = [
            (e, f, *(1 if node == board.arrows[arrow][0] else -1 for arrow in (e, f)))
            for e, f in pairs
            for node in ends[e] & ends[f]
        ]
        self.fans = np.array(fans, dtype=int).reshape(-1, 4)
        self._known: dict[State, float] = {}

    def cost(self, state: State) -> float:
        """Return how hard a state is to read."""
        if state not in self._known:
            self._known[state] = self._reckoned(state)
        return self._known[state]

    def _reckoned(self, state: State) -> float:
        at, ways = self.board.centres(state), self.board.outward(state)
        boxes = np.vstack([self.board.boxes[i, ways[i]] for i in range(len(at))])
        source, target = at[self.board.arrows[:, 0]], at[self.board.arrows[:, 1]]
        step = target - source
        length = np.hypot(step[:, 0], step[:, 1])
        e, f = self.strangers.T
        total = self._run_through(at, boxes, source, step) + self._pierced(at, boxes, ways)
        total += 42.0 * crosses(source[e], target[e], source[f], target[f]).sum()
        total += self._narrow(step, length)
        total += 30.0 * (step[:, 0] <= 0).sum() + 0.04 * length.sum()
        half, centre = boxes[:, :2], at[self.owner] + boxes[:, 2:]
        solid = self.kind <= ITEMS
        low, high = (centre - half)[solid].min(axis=0), (centre + half)[solid].max(axis=0)
        width, height = high - low
        lopsided = np.abs((high + low)[1])
        return float(total + 0.05 * width + 1.6 * max(0.0, width - 480) + 0.07 * height + 0.05 * lopsided)

    def _run_through(self, at: Array, boxes: Array, source: Array, step: Array) -> float:
        """Return the cost of arrows that run through other nodes, or through the items of their own."""
        share = np.linspace(0.03, 0.97, 25)[:, None]
        points = source[:, None] + share * step[:, None]  # (arrows, 25, 2)
        main, cross = _away(points, at[self.owner], boxes)  # (boxes, arrows, 25) each
        half_main, half_cross = boxes[:, 0, None, None], boxes[:, 1, None, None]
        across, up = main / (half_main + 6), cross / (half_cross + 6)
        met = np.where((self.kind == OUTLINE)[:, None, None], across**2 + up**2, np.maximum(across, up)) < 1
        crowded = (main / (half_main + 4) < 1) & (cross / (half_cross + 22) < 1) & (self.kind == ITEMS)[:, None, None]
        return 150.0 * int((met.any(axis=2) & ~self.own).sum()) + 120.0 * int((crowded.any(axis=2) & self.own).sum())

    def _pierced(self, at: Array, boxes: Array, ways: Mapping[int, Point]) -> float:
        """Return the cost of nodes or items that lie on the arrows from another node to its items."""
        rims = np.array([self.board.rims[i, ways[i]] + at[i] for i in self.rimmed.tolist()]).reshape(-1, 20, 2)
        solid = self.kind <= ITEMS
        owner, boxes = self.owner[solid], boxes[solid]
        main, cross = _away(rims, at[owner], boxes)
        covered = (main < boxes[:, 0, None, None] + 4) & (cross < boxes[:, 1, None, None] + 4)
        inside = covered.any(axis=2)  # (boxes, nodes with items)
        return 150.0 * int((inside & (owner[:, None] != self.rimmed)).sum())

    def _narrow(self, step: Array, length: Array) -> float:
        """Return the cost of two arrows at one node that can hardly be told apart."""
        if not len(self.fans):
            return 0.0
        e, f, one, two = self.fans.T
        cosine = (step[e] * step[f]).sum(axis=1) * one * two / (length[e] * length[f])
        angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        return float(2.2 * np.maximum(0.0, 22.0 - angle).sum())


def _away(points: Array, at: Array, boxes: Array) -> tuple[Array, Array]:
    """Return how far points `(n, m, 2)` are from the middles of boxes, along main and cross `(boxes, n, m)`."""
    main, cross = (
        np.abs(points[..., axis] - at[:, axis, None, None] - boxes[:, 2 + axis, None, None]) for axis in (0, 1)
    )
    return main, cross
