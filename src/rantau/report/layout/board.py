"""Where the constructs stand: two outer columns, lanes between them, and as little width as their labels allow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np

from rantau.arrays import Array
from rantau.record import Record
from rantau.report.layout.parts import WAYS, Part
from rantau.report.layout.shapes import Point

#: What must stay visible of an arrow beside its label.
BARE = 30.0


class State(Record):
    """What the search varies: the order in the outer columns, the lanes between and their height."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    lanes: tuple[tuple[int, int], ...]
    height: float


class Board:
    """The structural nodes and their arrows, and where a state puts them.

    Parameters
    ----------
    parts
        The nodes.
    arrows
        `(source, target)` as positions among the parts.
    texts
        Size of each arrow's label along main and cross.
    between
        Room between neighbours in a column, for the labels of their covariances.
    """

    def __init__(
        self, parts: Sequence[Part], arrows: Sequence[tuple[int, int]], texts: Sequence[Point], between: float
    ) -> None:
        self.parts = parts
        self.between = between
        self.arrows = np.array(arrows, dtype=int).reshape(-1, 2)
        self.linked = {frozenset(pair): text for pair, text in zip(arrows, texts, strict=True)}
        self.sizes = np.array([(part.main, part.cross) for part in parts])
        self.boxes = {(i, way): part.boxes(way) for i, part in enumerate(parts) for way in WAYS}
        self.rims = {(i, way): part.rim(way) for i, part in enumerate(parts) for way in WAYS}
        # As plain numbers: pairs of boxes are compared one by one.
        self._solid = {key: boxes[:2].tolist() for key, boxes in self.boxes.items()}
        self._reaches: dict[tuple[int, int, float], float] = {}
        top = max(part.rank for part in parts)
        self.first = tuple(i for i, part in enumerate(parts) if part.rank == 0)
        self.last = tuple(i for i, part in enumerate(parts) if part.rank == top > 0)
        self.middle = tuple(
            sorted((i for i, part in enumerate(parts) if 0 < part.rank < top), key=lambda i: (parts[i].rank, i))
        )

    def outward(self, state: State) -> dict[int, Point]:
        """Return for each node the side its items are on, as a unit step along main or cross."""
        ways: dict[int, Point] = dict.fromkeys(self.first, (-1.0, 0.0))
        ways |= dict.fromkeys(self.last, (1.0, 0.0))
        return ways | {i: (0.0, 1.0 if lane > 0 else -1.0) for i, lane in state.lanes}

    def centres(self, state: State) -> Array:
        """Return the nodes' centres `(n, 2)`, along main and cross."""
        at = np.zeros((len(self.parts), 2))
        for column in (state.first, state.last):
            extents = [
                max(self.parts[i].cross + self.between, self.parts[i].strip(column=True)[1] + 10) for i in column
            ]
            below = sum(extents) / 2
            for i, extent in zip(column, extents, strict=True):
                at[i, 1] = below - extent / 2
                below -= extent
        step = self.sizes[:, 1].max() + 12
        for i, lane in state.lanes:
            at[i, 1] = math.copysign(state.height + (abs(lane) - 1) * step, lane) if lane else 0.0
        order = (*state.first, *self.middle, *state.last)
        needs = self._needs(state, order, at[:, 1])
        near = self._packed(order, needs, state.last)
        width = near.max()
        # Pack once against either end; the mean of both keeps every distance and is balanced.
        far = width - self._packed(order[::-1], {(j, i): d for (i, j), d in needs.items()}, state.first)
        at[:, 0] = (near + far) / 2
        return at

    def _needs(self, state: State, order: Sequence[int], cross: Array) -> dict[tuple[int, int], float]:
        """Return how far along main one node must be behind another, for each pair that is ordered."""
        boxes = {i: self._solid[i, way] for i, way in self.outward(state).items()}
        needs: dict[tuple[int, int], float] = {}
        for i, j in combinations(order, 2):
            text = self.linked.get(frozenset((i, j)))
            apart = [0.0] if self.parts[i].rank < self.parts[j].rank else []
            if text:
                apart.append(self._reach(i, j, abs(cross[i] - cross[j]), text))
            for a, b in product(boxes[i], boxes[j]):
                if abs(cross[i] + a[3] - cross[j] - b[3]) < a[1] + b[1] + 8:
                    apart.append(a[0] + a[2] + b[0] - b[2] + 12)
            if apart and not {i, j} <= set(state.first) and not {i, j} <= set(state.last):
                needs[i, j] = max(apart)
        return needs

    def _reach(self, i: int, j: int, away: float, text: Point) -> float:
        """Return how far apart along main two linked nodes must be: their arrow shows beside its label."""
        if (i, j, away) not in self._reaches:
            main = np.arange(0.6 * self.sizes[:, 0].max(), 400.0, 4.0)
            step = np.column_stack([main, np.full(len(main), away)])
            length = np.hypot(*step.T)
            unit = np.maximum(step / length[:, None], 1e-9)
            inside = sum(1 / np.hypot(*(2 * unit / self.sizes[k]).T) for k in (i, j))
            hidden = (np.array(text) / unit).min(axis=1)
            self._reaches[i, j, away] = float(main[int(np.argmax(length - inside - hidden >= BARE))])
        return self._reaches[i, j, away]

    def _packed(self, order: Sequence[int], needs: Mapping[tuple[int, int], float], column: Sequence[int]) -> Array:
        """Return the nodes' places along main, each as near to the start as it may be; those of a column in line."""
        at = np.zeros(len(self.parts))
        for place, j in enumerate(order):
            at[j] = max((at[i] + needs[i, j] for i in order[:place] if (i, j) in needs), default=0.0)
        if column:
            at[list(column)] = at[list(column)].max()
        return at
