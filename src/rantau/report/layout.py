"""Where everything in a path diagram stands: geometry in points, x to the right and y up, and no ink.

Constructs stand in ranks by the longest path of the structural model. The first and the last rank are columns
with their items outside; the ranks between stand on lanes above and below, so their items are outside too
and no structural arrow has to pass through them. The words speak of a diagram whose arrows run to the right;
one that runs down is the same, turned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.record import Record

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram, Edge

Point = tuple[float, float]
#: Start, two controls and end of a cubic Bézier curve.
Curve = tuple[Point, Point, Point, Point]

#: Advance widths of Arial and Liberation Sans in thousandths of the size, by letters that share one.
WIDTHS = (
    ("ijl'", 0.222),
    (" .,:;!/ft[]|\\", 0.278),
    ("()-r", 0.333),
    ("*", 0.389),
    ("ckszvxyJ", 0.5),
    ("+=<>\N{MINUS SIGN}×~", 0.584),
    ("FTZ", 0.611),
    ("AEBKPSVXY&", 0.667),
    ("CDHNRUw", 0.722),
    ("GOQ", 0.778),
    ("mM%", 0.86),
    ("W@", 0.98),
)
WIDTH_OF = {letter: width for letters, width in WIDTHS for letter in letters}
#: Room for a wider fallback font: DejaVu Sans runs about a tenth wider than Arial.
SLACK = 1.08
LINE = 1.18

#: Sizes of text beside that of the construct names.
ITEM_SIZE, PATH_SIZE, LOADING_SIZE, R2_SIZE = 0.84, 0.92, 0.76, 0.86
#: From a construct's outline to its items, beside it and above or below it: room for a loading and an arrow.
GAPS = (36.0, 27.0)
#: The four sides of a node, along main and cross.
WAYS: tuple[Point, ...] = ((-1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
#: What must stay visible of an arrow beside its label.
BARE = 30.0
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

    def points(self, count: int = 48) -> Array:
        """Return points along the curve, `(count, 2)`, both ends included."""
        return _along((self.start, self.first, self.second, self.end), np.linspace(0.0, 1.0, count))


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
    shapes, outward = _shapes(diagram)
    routes = _routes(diagram.edges, shapes, outward)
    labels = _labels(diagram, tuple(shapes.values()), routes)
    low, high = _extent(shapes.values(), routes, labels)
    return Layout(tuple(shapes.values()), routes, labels, (low[0], low[1], high[0], high[1]))


def _extent(shapes: Iterable[Shape], routes: Iterable[Route], labels: Iterable[Label]) -> tuple[Array, Array]:
    boxes: list[Shape | Label] = [*shapes, *(label for label in labels if label.lines)]
    centres = np.array([(part.x, part.y) for part in boxes])
    halves = np.array([(part.width, part.height) for part in boxes]) / 2
    drawn = np.vstack([centres - halves, centres + halves, *(route.points() for route in routes)])
    return drawn.min(axis=0), drawn.max(axis=0)


# --- text -------------------------------------------------------------------------------------------------


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a sans-serif font, in points.

    Widths are a table and not measured, so that a diagram is the same on every machine.

    Parameters
    ----------
    text
        One line.
    size
        In points.

    Returns
    -------
    float
        Rather too wide than too narrow.
    """
    return SLACK * size * sum(WIDTH_OF.get(letter, 0.556 if ord(letter) < 0x2E80 else 1.0) for letter in text)


def wrap(label: str, size: float) -> tuple[str, ...]:
    """Break a label at its spaces into as few lines as fit an ellipse, of lengths as even as can be.

    Parameters
    ----------
    label
        Words.
    size
        Of the text, in points.

    Returns
    -------
    tuple of str
        One to four lines.
    """
    words = label.split()
    best: tuple[str, ...] = (label,)
    for count in range(1, min(len(words), 4) + 1):
        ways = []
        for cuts in combinations(range(1, len(words)), count - 1):
            ends = (0, *cuts, len(words))
            ways.append(tuple(" ".join(words[a:b]) for a, b in pairwise(ends)))
        best = min(ways, key=lambda lines: max(text_width(line, size) for line in lines))
        if max(text_width(line, size) for line in best) <= 7.4 * size:
            break
    return best


def _ellipse(lines: Sequence[str], explained: str, size: float) -> Point:
    """Return width and height of an ellipse that holds lines of text, the R² last."""
    sizes = [size] * len(lines) + ([R2_SIZE * size] if explained else [])
    heights = [LINE * each for each in sizes]
    top = sum(heights) / 2
    half_height = max(1.42 * top, 1.75 * size)
    half_width = 0.0
    for line, each, height in zip((*lines, explained), sizes, heights, strict=False):
        far = max(abs(top), abs(top - height)) - 0.12 * height
        half_width = max(half_width, text_width(line, each) / 2 / math.sqrt(1 - (far / half_height) ** 2))
        top -= height
    return 2 * half_width + 0.7 * size, 2 * half_height


# --- ranks ------------------------------------------------------------------------------------------------


def ranks(keys: Sequence[str], arrows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return each node's rank: the longest path that leads to it, 0 for the exogenous.

    Parameters
    ----------
    keys
        The nodes, in the order of the model.
    arrows
        `(source, target)`. An arrow that would close a loop with earlier ones is left out.

    Returns
    -------
    dict
        Rank by key.

    Examples
    --------
    >>> ranks(("X", "M", "Y"), [("X", "M"), ("M", "Y"), ("X", "Y"), ("Y", "M")])
    {'X': 0, 'M': 1, 'Y': 2}
    """
    kept: list[tuple[str, str]] = []
    for source, target in arrows:
        reached = {target}
        for _ in keys:
            reached |= {b for a, b in kept if a in reached}
        if source not in reached:
            kept.append((source, target))
    found = dict.fromkeys(keys, 0)
    for _ in keys:
        for source, target in kept:
            found[target] = max(found[target], found[source] + 1)
    return found


# --- placing the structural nodes -------------------------------------------------------------------------


class _Part(Record):
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
            cross = count * (self.item_cross + 4) - 4
            return self.item_main, cross, self.gap_main + 0.12 * max(0.0, cross - self.cross)
        main = count * (self.item_main + 4) - 4
        return main, self.item_cross, self.gap_cross + 0.12 * max(0.0, main - self.main)


class _State(Record):
    """What the search varies: the order in the outer columns, the lanes between and their height."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    lanes: tuple[tuple[int, int], ...]
    height: float


Box = tuple[float, float, float, float]


def _boxes(part: _Part, way: Point) -> list[Box]:
    """Return half sizes and offsets (main, cross each) of a node, its items and the arrows between."""
    outline = (part.main / 2, part.cross / 2, 0.0, 0.0)
    main, cross, gap = part.strip(column=way[0] != 0)
    if not main:
        return [outline]
    far = (part.main / 2 + gap + main, part.cross / 2 + gap + cross)
    items = (main / 2, cross / 2, way[0] * (far[0] - main / 2), way[1] * (far[1] - cross / 2))
    axis = 0 if way[0] else 1
    near = 0.9 * outline[axis]
    fan = [0.9 * main / 2, 0.9 * cross / 2, 0.0, 0.0]
    fan[axis], fan[axis + 2] = (far[axis] - near) / 2, way[axis] * (far[axis] + near) / 2
    return [outline, items, (fan[0], fan[1], fan[2], fan[3])]


def _rim(part: _Part, way: Point) -> Array:
    """Return points on the two outer arrows from a node to its items `(20, 2)`; none without items."""
    _, *items = _boxes(part, way)
    if not items:
        return np.empty((0, 2))
    half_main, half_cross, main, cross = items[0]
    inner = np.array((main - way[0] * half_main, cross - way[1] * half_cross))
    if way[0]:
        aside = np.array((0.0, half_cross - part.item_cross / 2))
    else:
        aside = np.array((half_main - part.item_main / 2, 0.0))
    along = np.linspace(0.3, 1.0, 10)[:, None]
    return np.vstack([along * (inner + aside), along * (inner - aside)])


class _Board:
    """The structural nodes and their arrows, and what a state of them costs the reader."""

    def __init__(
        self, parts: Sequence[_Part], arrows: Sequence[tuple[int, int]], texts: Sequence[tuple[float, float]]
    ) -> None:
        self.parts = parts
        self.arrows = np.array(arrows, dtype=int).reshape(-1, 2)
        self.linked = {frozenset(pair): text for pair, text in zip(arrows, texts, strict=True)}
        self.sizes = np.array([(part.main, part.cross) for part in parts])
        pairs = [
            (e, f, 1 if a == self.arrows[e][0] else -1, 1 if a == self.arrows[f][0] else -1)
            for e, f in combinations(range(len(arrows)), 2)
            for a in set(arrows[e]) & set(arrows[f])
        ]
        self.fans = np.array(pairs, dtype=int).reshape(-1, 4)
        self.boxes = {(i, way): _boxes(part, way) for i, part in enumerate(parts) for way in WAYS}
        self.rims = {(i, way): _rim(part, way) for i, part in enumerate(parts) for way in WAYS}
        self.reaches: dict[tuple[int, int, float], float] = {}
        top = max(part.rank for part in parts)
        self.first = tuple(i for i, part in enumerate(parts) if part.rank == 0)
        self.last = tuple(i for i, part in enumerate(parts) if part.rank == top > 0)
        self.middle = tuple(
            sorted((i for i, part in enumerate(parts) if 0 < part.rank < top), key=lambda i: (parts[i].rank, i))
        )

    def outward(self, state: _State) -> dict[int, Point]:
        """Return for each node the side its items are on, as a unit step along main or cross."""
        ways: dict[int, Point] = dict.fromkeys(self.first, (-1.0, 0.0))
        ways |= dict.fromkeys(self.last, (1.0, 0.0))
        return ways | {i: (0.0, 1.0 if lane > 0 else -1.0) for i, lane in state.lanes}

    def centres(self, state: _State) -> Array:
        """Return the nodes' centres `(n, 2)`, along main and cross."""
        at = np.zeros((len(self.parts), 2))
        for column in (state.first, state.last):
            extents = [max(self.parts[i].cross + 20, self.parts[i].strip(column=True)[1] + 10) for i in column]
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

    def _needs(self, state: _State, order: Sequence[int], cross: Array) -> dict[tuple[int, int], float]:
        """Return how far along main one node must be behind another, for each pair that is ordered."""
        boxes = {i: self.boxes[i, way][:2] for i, way in self.outward(state).items()}
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

    def _reach(self, i: int, j: int, away: float, text: tuple[float, float]) -> float:
        """Return how far apart along main two linked nodes must be: their arrow shows beside its label."""
        if (i, j, away) in self.reaches:
            return self.reaches[i, j, away]
        main = np.arange(0.6 * self.sizes[:, 0].max(), 400.0, 4.0)
        step = np.column_stack([main, np.full(len(main), away)])
        length = np.hypot(*step.T)
        unit = np.maximum(step / length[:, None], 1e-9)
        inside = sum(1 / np.hypot(*(2 * unit / self.sizes[k]).T) for k in (i, j))
        hidden = (np.array(text) / unit).min(axis=1)
        self.reaches[i, j, away] = float(main[int(np.argmax(length - inside - hidden >= BARE))])
        return self.reaches[i, j, away]

    def _packed(self, order: Sequence[int], needs: Mapping[tuple[int, int], float], column: Sequence[int]) -> Array:
        at = np.zeros(len(self.parts))
        for place, j in enumerate(order):
            at[j] = max((at[i] + needs[i, j] for i in order[:place] if (i, j) in needs), default=0.0)
        if column:
            at[list(column)] = at[list(column)].max()
        return at

    def cost(self, state: _State) -> float:
        """Return how hard a state is to read; straight arrows are assumed."""
        at = self.centres(state)
        source, target = at[self.arrows[:, 0]], at[self.arrows[:, 1]]
        along = np.linspace(0.03, 0.97, 25)[:, None]
        points = source[:, None] + along * (target - source)[:, None]  # (arrows, 25, 2)
        ways = self.outward(state)
        total = 0.0
        for i in range(len(self.parts)):
            others = points[(self.arrows != i).all(axis=1)]
            own = points[(self.arrows == i).any(axis=1)]
            for number, (half_main, half_cross, shift_main, shift_cross) in enumerate(self.boxes[i, ways[i]]):
                away = np.abs(others - at[i] - (shift_main, shift_cross)) / (half_main + 6, half_cross + 6)
                gauge = away.max(axis=2) if number else (away**2).sum(axis=2)
                total += 150.0 * (gauge < 1).any(axis=1).sum()
                if number == 1:
                    # Arrows of the node itself must not run through its own items either.
                    away = np.abs(own - at[i] - (shift_main, shift_cross)) / (half_main + 4, half_cross + 22)
                    total += 120.0 * (away.max(axis=2) < 1).any(axis=1).sum()
        total += self._pierced(at, ways)
        total += 42.0 * _crossing_pairs(source, target, self.arrows)
        step = target - source
        length = np.hypot(step[:, 0], step[:, 1])
        if len(self.fans):
            e, f, one, two = self.fans.T
            cosine = (step[e] * step[f]).sum(axis=1) * one * two / (length[e] * length[f])
            angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
            total += 2.2 * np.maximum(0.0, 22.0 - angle).sum()
        total += 30.0 * (step[:, 0] <= 0).sum() + 0.04 * length.sum()
        outer = [
            (at[i] + (b[2], b[3]) + sign * np.array(b[:2]))
            for i in range(len(self.parts))
            for b in self.boxes[i, ways[i]][:2]
            for sign in (-1, 1)
        ]
        low, high = np.min(outer, axis=0), np.max(outer, axis=0)
        width, height = high - low
        heights = np.abs((high + low)[1])
        return float(total + 0.05 * width + 1.6 * max(0.0, width - 480) + 0.07 * height + 0.05 * heights)

    def _pierced(self, at: Array, ways: Mapping[int, Point]) -> float:
        """Return the cost of nodes or items that lie on the arrows from another node to its items."""
        rims = [self.rims[i, ways[i]] + at[i] for i in range(len(self.parts))]
        owner = np.repeat(np.arange(len(self.parts)), [len(rim) for rim in rims])
        points = np.vstack(rims)
        total = 0.0
        for i in range(len(self.parts)):
            for half_main, half_cross, main, cross in self.boxes[i, ways[i]][:2]:
                away = np.abs(points - at[i] - (main, cross)) < (half_main + 4, half_cross + 4)
                total += 150.0 * len(set(owner[away.all(axis=1) & (owner != i)].tolist()))
        return total

    def best(self) -> _State:
        """Return the cheapest state found: barycentre order first, then descent from several starts."""
        base = self.sizes[:, 1].max() * 1.15 + 28
        allowed = {i: ((1, -1, 2, -2) if self.parts[i].items else (0, 1, -1, 2, -2)) for i in self.middle}
        first, last = self._columns()
        if len(self.middle) <= 6:
            starts = list(product(*((1, -1) for _ in self.middle)))
        else:
            starts = [tuple((1, -1)[(n // run) % 2] for n in range(len(self.middle))) for run in (1, 2, 3)]
        states = [_State(first, last, tuple(zip(self.middle, lanes, strict=True)), base) for lanes in starts]
        states.sort(key=self.cost)
        return min((self._descend(state, allowed, base) for state in states[:10]), key=self.cost)

    def _columns(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Order all ranks by barycentre sweeps and return the outer two."""
        layers = [
            [i for i, part in enumerate(self.parts) if part.rank == rank]
            for rank in sorted({part.rank for part in self.parts})
        ]
        place = {i: n - (len(layer) - 1) / 2 for layer in layers for n, i in enumerate(layer)}
        for sweep in range(8):
            for layer in layers if sweep % 2 else layers[::-1]:
                means = {}
                for i in layer:
                    near = [place[a] + place[b] - place[i] for a, b in self.arrows.tolist() if i in (a, b)]
                    means[i] = sum(near) / len(near) if near else place[i]
                layer.sort(key=means.__getitem__)
                place |= {i: n - (len(layer) - 1) / 2 for n, i in enumerate(layer)}
        return tuple(layers[0]), tuple(layers[-1]) if len(layers) > 1 else ()

    def _descend(self, state: _State, allowed: Mapping[int, tuple[int, ...]], base: float) -> _State:
        cost = self.cost(state)
        for _ in range(6):
            before = cost
            for changed in self._neighbours(state, allowed, base):
                other = self.cost(changed)
                if other < cost - 1e-9:
                    state, cost = changed, other
            if cost >= before:
                break
        return state

    def _neighbours(self, state: _State, allowed: Mapping[int, tuple[int, ...]], base: float) -> list[_State]:
        found = [state.replace(height=base * factor) for factor in (1.0, 1.25, 1.6)]
        for n, (i, lane) in enumerate(state.lanes):
            for other in allowed[i]:
                if other != lane:
                    found.append(state.replace(lanes=(*state.lanes[:n], (i, other), *state.lanes[n + 1 :])))
        for name in ("first", "last"):
            column = getattr(state, name)
            for n in range(len(column) - 1):
                swapped = (*column[:n], column[n + 1], column[n], *column[n + 2 :])
                found.append(state.replace(**{name: swapped}))
        return found


def _crossing_pairs(source: Array, target: Array, arrows: Array) -> int:
    """Count the pairs of straight arrows that cross and share no node."""
    if len(arrows) < 2:
        return 0
    e, f = np.triu_indices(len(arrows), 1)
    p, q, r, s = source[e], target[e], source[f], target[f]
    apart = (arrows[e][:, :, None] != arrows[f][:, None, :]).all(axis=(1, 2))
    cross = (_turn(p, q, r) * _turn(p, q, s) < 0) & (_turn(r, s, p) * _turn(r, s, q) < 0)
    return int((cross & apart).sum())


# --- from ranks to shapes ---------------------------------------------------------------------------------


def _shapes(diagram: Diagram) -> tuple[dict[str, Shape], dict[str, Point]]:
    """Return the nodes in place, in the diagram's order, and for each item the way out from its construct."""
    size = diagram.options.font_size
    down = diagram.options.direction == "down"
    home = _homes(diagram)
    drawn = _sized(diagram, home)
    standing = [node for node in diagram.nodes if node.key not in home]
    keys = [node.key for node in standing]
    arrows = [(e.source, e.target) for e in diagram.edges if e.kind != "covariance"]
    arrows = [(a, b) for a, b in dict.fromkeys(arrows) if a in keys and b in keys and a != b]
    rank = ranks(keys, arrows) | {node.key: node.rank for node in standing if node.rank >= 0}
    dense = {value: n for n, value in enumerate(sorted(set(rank.values())))}
    item = (max((drawn[key].width for key in home), default=0.0), 1.55 * ITEM_SIZE * size)
    parts = []
    for key in keys:
        body = _swapped((drawn[key].width, drawn[key].height), down)
        own = tuple(child for child, parent in home.items() if parent == key)
        parts.append(_Part(key, dense[rank[key]], *body, own, *_swapped(item, down), *_swapped(GAPS, down)))
    texts = {(e.source, e.target): _swapped(_text_size(diagram, e), down) for e in diagram.edges}
    board = _Board(parts, [(keys.index(a), keys.index(b)) for a, b in arrows], [texts[pair] for pair in arrows])
    state = board.best()
    at, out = board.centres(state), board.outward(state)
    pinned = {key: (x, y) for key, x, y in diagram.options.positions}
    centre = {key: pinned.get(key, _turned((at[i, 0], at[i, 1]), down)) for i, key in enumerate(keys)}
    middle = np.mean(list(centre.values()), axis=0)
    outward: dict[str, Point] = {}
    for i, key in enumerate(keys):
        way = _turned(out[i], down)
        if key in pinned:
            dx, dy = np.array(centre[key]) - middle
            way = (math.copysign(1.0, dx), 0.0) if abs(dx) > abs(dy) else (0.0, math.copysign(1.0, dy))
        gap = parts[i].strip(column=(way[0] != 0) != down)[2]
        own = parts[i].items
        for n, child in enumerate(own):
            outward[child] = way
            place = _item_place(drawn[key], centre[key], way, item, gap, n, len(own))
            centre[child] = pinned.get(child, place)
    shapes = {}
    for node in diagram.nodes:
        x, y = centre[node.key]
        shapes[node.key] = drawn[node.key].replace(x=x, y=y)
    return shapes, outward


def _swapped(pair: Point, down: bool) -> Point:
    """Return width and height as sizes along main and cross."""
    return (pair[1], pair[0]) if down else pair


def _turned(point: Point, down: bool) -> Point:
    """Return main and cross as x and y."""
    return (-float(point[1]), -float(point[0])) if down else (float(point[0]), float(point[1]))


def _item_place(body: Shape, centre: Point, way: Point, item: Point, gap: float, number: int, count: int) -> Point:
    """Return the centre of one item: rows run left to right, columns top to bottom."""
    along = number - (count - 1) / 2
    if way[0]:
        return centre[0] + way[0] * (body.width / 2 + gap + item[0] / 2), centre[1] - along * (item[1] + 4)
    return centre[0] + along * (item[0] + 4), centre[1] + way[1] * (body.height / 2 + gap + item[1] / 2)


def _homes(diagram: Diagram) -> dict[str, str]:
    """Return the construct beside which each item stands: the first that it measures."""
    kinds = {node.key: node.kind for node in diagram.nodes}
    found: dict[str, str] = {}
    for edge in diagram.edges:
        if edge.kind in ("loading", "weight"):
            parent, child = (edge.source, edge.target) if edge.kind == "loading" else (edge.target, edge.source)
            if kinds[child] == "item":
                found.setdefault(child, parent)
    return found


def _sized(diagram: Diagram, home: Mapping[str, str]) -> dict[str, Shape]:
    """Return the nodes with their text and size; all ellipses alike, and all boxes of items alike."""
    size = diagram.options.font_size
    found = {}
    for node in diagram.nodes:
        explained = diagram.node_line(node)
        if node.key in home:
            body = (text_width(node.label, ITEM_SIZE * size) + 0.9 * size, 1.55 * ITEM_SIZE * size)
            found[node.key] = Shape(node.key, "box", 0.0, 0.0, *body, (node.label,))
            continue
        lines = wrap(node.label, size)
        shown = (*lines, explained) if explained else lines
        if node.kind == "item":
            wide = max(text_width(line, size) for line in shown)
            body = (wide + 1.4 * size, (len(shown) + 0.9) * LINE * size)
        else:
            body = _ellipse(lines, explained, size)
        found[node.key] = Shape(node.key, "box" if node.kind == "item" else "ellipse", 0.0, 0.0, *body, shown)
    groups = [[k for k in found if k in home]] + [
        [k for k, s in found.items() if k not in home and s.outline == outline] for outline in ("ellipse", "box")
    ]
    for group in groups:
        if group:
            width, height = (max(getattr(found[k], name) for k in group) for name in ("width", "height"))
            found |= {k: found[k].replace(width=width, height=height) for k in group}
    return found


# --- arrows -----------------------------------------------------------------------------------------------


def _along(curve: Curve, at: Array) -> Array:
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
    away = np.abs(points - np.array((shape.x, shape.y))) / (
        shape.width / 2 + margin,
        shape.height / 2 + margin,
    )
    return np.asarray(np.sqrt((away**2).sum(axis=-1)) if shape.outline == "ellipse" else away.max(axis=-1))


def _leaves(shape: Shape, curve: Curve) -> float:
    """Return where a curve that begins inside a node first crosses its outline (1 if it never does)."""
    grid = np.linspace(0.0, 1.0, 65)
    outside = np.flatnonzero(gauge(shape, _along(curve, grid)) >= 1)
    if not len(outside):
        return 1.0
    high = float(grid[outside[0]])
    low = max(0.0, high - 1 / 64)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if gauge(shape, _along(curve, np.array([middle])))[0] < 1 else (low, middle)
    return high


def _clipped(curve: Curve, source: Shape | None, target: Shape | None) -> Route:
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


def _routes(edges: Sequence[Edge], shapes: Mapping[str, Shape], outward: Mapping[str, Point]) -> tuple[Route, ...]:
    """Return the routes in the order of the edges; covariances are led around what is there already."""
    found: dict[int, Route] = {}
    order = {"loading": 0, "weight": 0, "path": 1, "covariance": 2}
    pairs = {(edge.source, edge.target) for edge in edges}
    spans = [
        math.dist((shapes[e.source].x, shapes[e.source].y), (shapes[e.target].x, shapes[e.target].y)) for e in edges
    ]
    for n in sorted(range(len(edges)), key=lambda n: (order[edges[n].kind], spans[n], n)):
        edge = edges[n]
        ends = [_anchor(edge, key, shapes[key], outward) for key in (edge.source, edge.target)]
        if edge.kind == "covariance":
            ways = [outward.get(key) for key in (edge.source, edge.target)]
            curves = _arcs(ends[0][0], ends[1][0], ways[0], ways[1])
        elif edge.kind == "path":
            curves = _bends(ends[0][0], ends[1][0], paired=(edge.target, edge.source) in pairs)
        else:
            curves = [_bent(ends[0][0], ends[1][0], 0.0)]
        tried = [_clipped(curve, ends[0][1], ends[1][1]) for curve in curves]
        found[n] = tried[0]
        if len(tried) > 1:
            others = [shape for key, shape in shapes.items() if key not in (edge.source, edge.target)]
            if edge.kind == "covariance" or _hits(tried[0], others):
                costs = [_route_cost(way, others, found.values()) + 1.2 * m for m, way in enumerate(tried)]
                found[n] = tried[int(np.argmin(costs))]
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


def _bends(start: Point, end: Point, *, paired: bool) -> list[Curve]:
    """Return the curves to try for a path, straight first; two opposite paths bend, each its own way."""
    if paired:
        return [_bent(start, end, 0.18)]
    sizes = (0.18, 0.28, 0.4, 0.55, 0.75, 1.0, 1.3)
    return [_bent(start, end, bulge) for bulge in (0.0, *(sign * size for size in sizes for sign in (1, -1)))]


def _arcs(start: Point, end: Point, out: Point | None, back: Point | None) -> list[Curve]:
    """Return the curves to try for a covariance: from items outwards, from constructs to either side."""
    length = math.dist(start, end)
    reaches = (0.35, 0.5, 0.7, 0.9, 1.2, 1.6)
    if out is None or back is None:
        return [_bent(start, end, sign * reach) for reach in reaches for sign in (1, -1)]
    return [
        (
            start,
            (start[0] + out[0] * (leave * length + 8), start[1] + out[1] * (leave * length + 8)),
            (end[0] + back[0] * (enter * length + 8), end[1] + back[1] * (enter * length + 8)),
            end,
        )
        for leave, enter in sorted(product(reaches, reaches), key=sum)
    ]


def _bent(start: Point, end: Point, bulge: float) -> Curve:
    """Return a curve that leaves the straight line by the share `bulge` of its length at both controls."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    first, second = (
        (start[0] + share * dx - 0.67 * bulge * dy, start[1] + share * dy + 0.67 * bulge * dx)
        for share in (1 / 3, 2 / 3)
    )
    return start, first, second, end


def _hits(route: Route, others: Iterable[Shape], margin: float = 4.0) -> int:
    points = route.points(60)
    return sum(bool((gauge(shape, points, margin) < 1).any()) for shape in others)


def _route_cost(route: Route, others: Sequence[Shape], routed: Iterable[Route]) -> float:
    """Return how badly a route runs: through nodes, then across other arrows."""
    points = route.points(20)
    across, along = 0, 0
    for other in routed:
        drawn = other.points(20)
        across += _meet(points, drawn)
        gaps = np.hypot(*(points[2:-2, None] - drawn[None]).transpose(2, 0, 1)).min(axis=1)
        along += int((gaps < 7).sum())
    length = np.hypot(*np.diff(points, axis=0).T).sum()
    return float(100 * _hits(route, others) + 8 * across + 2 * along + 0.05 * length)


def _meet(one: Array, other: Array) -> bool:
    """Return whether two polylines cross."""
    p, q, r, s = one[:-1, None], one[1:, None], other[None, :-1], other[None, 1:]
    return bool(((_turn(p, q, r) * _turn(p, q, s) < 0) & (_turn(r, s, p) * _turn(r, s, q) < 0)).any())


def _turn(a: Array, b: Array, c: Array) -> Array:
    """Return on which side of the line from a to b the point c lies: 1 left, -1 right."""
    return np.asarray(np.sign((b - a)[..., 0] * (c - a)[..., 1] - (b - a)[..., 1] * (c - a)[..., 0]))


# --- labels -----------------------------------------------------------------------------------------------


def _text_size(diagram: Diagram, edge: Edge) -> Point:
    """Return width and height of an arrow's label."""
    text = diagram.edge_lines(edge)
    each = diagram.options.font_size * (LOADING_SIZE if edge.kind in ("loading", "weight") else PATH_SIZE)
    return max((text_width(line, each) + 3 for line in text), default=0.0), len(text) * LINE * each


def _labels(diagram: Diagram, shapes: Sequence[Shape], routes: Sequence[Route]) -> tuple[Label, ...]:
    """Slide each label along its arrow until it touches no node or label and, where that can be, no arrow."""
    lines = [diagram.edge_lines(edge) for edge in diagram.edges]
    sizes = [_text_size(diagram, edge) for edge in diagram.edges]
    drawn = np.array([route.points(60) for route in routes]).reshape(-1, 60, 2)
    wanted = [n for n, text in enumerate(lines) if text]
    places = {n: _places(routes[n], sizes[n]) for n in wanted}
    fixed = {n: _fixed_cost(n, places[n], sizes[n], diagram.edges, shapes, routes, drawn) for n in wanted}
    # The label with the fewest free places chooses first; then each may move again now that all are there.
    order = sorted(wanted, key=lambda n: (int((fixed[n] < 60).sum()), n))
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
    return tuple(
        Label(float(chosen[n][0]), float(chosen[n][1]), *sizes[n], lines[n])
        if n in chosen
        else Label(*routes[n].end, 0.0, 0.0, ())
        for n in range(len(routes))
    )


def _places(route: Route, size: Point) -> Array:
    """Return centres to try: on the arrow first, then beside it."""
    on = _along((route.start, route.first, route.second, route.end), np.linspace(0.08, 0.92, 43))
    step = np.gradient(on, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
    reach = (np.abs(normal) * (np.array(size) / 2 + 2)).sum(axis=1)[:, None]
    return np.vstack([on, on + normal * reach, on - normal * reach])


def _fixed_cost(
    number: int,
    places: Array,
    size: Point,
    edges: Sequence[Edge],
    shapes: Sequence[Shape],
    routes: Sequence[Route],
    drawn: Array,
) -> Array:
    """Return what each place of a label costs, whatever the other labels do."""
    third = len(places) // 3
    half = np.array(size) / 2
    middle = {"loading": 0.58, "weight": 0.42}.get(edges[number].kind, 0.5)
    cost = np.tile(14 * np.abs(np.linspace(0.08, 0.92, third) - middle), 3)
    cost[third:] += 45
    step = np.gradient(places[:third], axis=0)
    unit = np.maximum(np.abs(step) / np.hypot(*step.T)[:, None], 1e-9)
    length = np.hypot(*np.diff(drawn[number], axis=0).T).sum()
    cost[:third] += 80.0 * (length - (np.array(size) / unit).min(axis=1) < (8.0 if middle != 0.5 else 20.0))
    for shape in shapes:
        centre = np.array((shape.x, shape.y))
        nearest = np.clip(centre, places - half, places + half)
        cost += 1000.0 * (gauge(shape, nearest, 1.5) < 1)
    for n, route in enumerate(routes):
        two = edges[n].kind == "covariance"
        for head in (route.end, route.start) if two else (route.end,):
            nearest = np.clip(np.array(head), places - half, places + half)
            cost += 60.0 * (np.hypot(*(nearest - head).T) < HEAD + 2)
        if n != number:
            away = np.abs(places[:, None] - drawn[n][None]) - half
            inside = (away < 1).all(axis=2).sum(axis=1)
            cost += 9.0 * (inside > 0) + 0.7 * inside + 4.0 * (away < 4).all(axis=2).any(axis=1)
    return cost
