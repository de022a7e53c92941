"""The importance-performance map: what matters for a target, against how well it does."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.extras import require
from rantau.report.picture import Exhibit, as_written

if TYPE_CHECKING:
    from rantau.arrays import Array

_WIDTH, _TALL = 5.2, 3.8
_COLOUR = (0.0, 0.40, 0.37)
#: The area of a point, in points squared, as matplotlib has it.
_POINT = 26
#: Letters on a line of a name, and its lines; the table holds names whole.
_LETTERS, _LINES = 26, 2
#: Where a name may stand beside its point: shifts in points, and how it is aligned; the first that is free is taken.
_PLACES = (
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
    (5, 7, "left", "bottom"),
    (-5, -7, "right", "top"),
    (5, -7, "left", "top"),
    (-5, 7, "right", "bottom"),
)


class Map(Exhibit):
    """A figure of one importance-performance map.

    Attributes
    ----------
    names
        To show, k of them.
    importance, performance
        `(k,)`.
    x_label, y_label
        Of the axes.
    rescaled
        Whether performance runs from 0 to 100.
    title, told
        For those who cannot see it.
    banner
        A warning above the picture; "" for none.
    decimal
        The decimal mark of the axes.
    """

    names: tuple[str, ...]
    importance: Array
    performance: Array
    x_label: str
    y_label: str
    rescaled: bool
    told: str
    banner: str = ""
    decimal: str = "."

    def describe(self) -> str:
        """Return the figure in words."""
        return f"{self.title}\n{self.told}"

    def paper(self) -> Any:  # noqa: ANN401 - a matplotlib Figure
        """Return the figure drawn."""
        return _figure(self)


def _figure(figure: Map) -> Any:  # noqa: ANN401 - a matplotlib Figure
    paper = require("matplotlib.figure").Figure(figsize=(_WIDTH, _TALL + 0.2 * bool(figure.banner)))
    axes = paper.add_axes((0.12, 0.13, 0.85, 0.80 if figure.banner else 0.84))
    if figure.banner:
        paper.suptitle(figure.banner, fontsize=7, weight="bold")
    x, y = figure.importance, figure.performance
    axes.set(xlim=_limits(np.append(x, 0.0)), ylim=_limits(y, (0.0, 100.0) if figure.rescaled else None))
    axes.axvline(float(x.mean()), color="#555555", linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    axes.axhline(float(y.mean()), color="#555555", linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    axes.scatter(x, y, s=_POINT, color=_COLOUR, zorder=3, linewidths=0)
    _label(paper, axes, figure)
    axes.set_xlabel(figure.x_label)
    axes.set_ylabel(figure.y_label)
    as_written(axes.xaxis, figure.decimal)
    as_written(axes.yaxis, figure.decimal, least=0 if figure.rescaled else 1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)
    return paper


def _limits(values: Array, ends: tuple[float, float] | None = None) -> tuple[float, float]:
    """Return the ends of an axis: all values with some air, within what is possible."""
    low, high = float(values.min()), float(values.max())
    air = 0.18 * (high - low) or 0.5
    low, high = low - air * (low < 0 or ends is not None or low > 0), high + air
    return (low, high) if ends is None else (max(low, ends[0]), min(high, ends[1]))


def _label(paper: Any, axes: Any, figure: Map) -> None:  # noqa: ANN401
    """Write each name beside its point, where it covers neither a point nor another name."""
    canvas = require("matplotlib.backends.backend_agg").FigureCanvasAgg(paper)
    renderer = canvas.get_renderer()
    at = axes.transData.transform(np.column_stack([figure.importance, figure.performance]))
    inside = axes.get_window_extent(renderer)
    radius = _POINT**0.5 / 2 * paper.dpi / 72
    taken: list[Any] = []
    for place in np.argsort(-figure.performance, kind="stable"):
        best, fewest = None, np.inf
        for dx, dy, across, up in _PLACES:
            text = axes.annotate(
                "\n".join(textwrap.wrap(figure.names[place], _LETTERS, max_lines=_LINES, placeholder=" …")),
                (figure.importance[place], figure.performance[place]),
                (dx, dy),
                textcoords="offset points",
                ha=across,
                va=up,
                fontsize=8,
                parse_math=False,
                zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            )
            box = text.get_window_extent(renderer)
            clashes = sum(box.overlaps(other) for other in taken)
            clashes += sum(box.padded(radius).contains(*point) for other, point in enumerate(at) if other != place)
            clashes += not (inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1)
            if clashes < fewest:
                if best is not None:
                    best.remove()
                best, fewest = text, clashes
            else:
                text.remove()
            if not fewest:
                break
        if best is not None:
            taken.append(best.get_window_extent(renderer))
