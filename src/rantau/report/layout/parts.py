"""A construct with its items as the search sees it: a few boxes along the arrows (main) and across them (cross)."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.record import Record
from rantau.report.layout.shapes import Point

#: From a construct's outline to its items, beside it and above or below it: room for a loading and an arrow.
GAPS = (36.0, 27.0)
#: From one item to the next.
BETWEEN = 4
#: The four sides of a node, along main and cross.
WAYS: tuple[Point, ...] = ((-1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, -1.0))


class Part(Record):
    """A structural node seen along the arrows: `main` is their axis, `cross` the other one."""

    key: str
    rank: int
    main: float
    cross: float
    items: tuple[str, ...]
    item_main: float
    item_cross: float
    gap_main: float
    gap_cross: float

    def strip(self, *, column: bool) -> tuple[float, float, float]:
        """Return main size, cross size and distance from the outline of the row or column of items."""
        count = len(self.items)
        if not count:
            return 0.0, 0.0, 0.0
        if column:
            cross = count * (self.item_cross + BETWEEN) - BETWEEN
            return self.item_main, cross, self.gap_main + 0.12 * max(0.0, cross - self.cross)
        main = count * (self.item_main + BETWEEN) - BETWEEN
        return main, self.item_cross, self.gap_cross + 0.12 * max(0.0, main - self.main)

    def boxes(self, way: Point) -> Array:
        """Return what the node covers if its items stand on one side.

        Parameters
        ----------
        way
            That side, a unit step along main or cross.

        Returns
        -------
        Array
            `(3, 4)`: the node, its items, and the arrows between; of each the half sizes along main and
            cross, and how far its centre is from that of the node. `(1, 4)` without items.
        """
        outline = (self.main / 2, self.cross / 2, 0.0, 0.0)
        main, cross, gap = self.strip(column=way[0] != 0)
        if not main:
            return np.array([outline])
        far = (self.main / 2 + gap + main, self.cross / 2 + gap + cross)
        items = (main / 2, cross / 2, way[0] * (far[0] - main / 2), way[1] * (far[1] - cross / 2))
        axis = 0 if way[0] else 1
        near = 0.9 * outline[axis]
        fan = [0.9 * main / 2, 0.9 * cross / 2, 0.0, 0.0]
        fan[axis], fan[axis + 2] = (far[axis] - near) / 2, way[axis] * (far[axis] + near) / 2
        return np.array([outline, items, fan])

    def rim(self, way: Point) -> Array:
        """Return points on the two outer arrows to the items on one side, `(20, 2)`; `(0, 2)` without items."""
        if not self.items:
            return np.empty((0, 2))
        half_main, half_cross, main, cross = self.boxes(way)[1]
        inner = np.array((main - way[0] * half_main, cross - way[1] * half_cross))
        if way[0]:
            aside = np.array((0.0, half_cross - self.item_cross / 2))
        else:
            aside = np.array((half_main - self.item_main / 2, 0.0))
        share = np.linspace(0.3, 1.0, 10)[:, None]
        return np.vstack([share * (inner + aside), share * (inner - aside)])
