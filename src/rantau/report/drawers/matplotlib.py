"""Drawn with matplotlib's patches on a figure of its own: vector or pixels, text stays text in SVG."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rantau.extras import require
from rantau.report.layout import (
    HEAD,
    ITEM_SIZE,
    LINE,
    LOADING_SIZE,
    PATH_SIZE,
    R2_SIZE,
    Label,
    Layout,
    Route,
    Shape,
    arrange,
    text_width,
)

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram, Edge, Node

#: Asked for in this order, so that a missing font never blanks a text; matplotlib ships the last one.
FONTS = ("Arial", "Liberation Sans", "DejaVu Sans")
MARGIN = 5.0
#: A warning above the picture, as a share of the font size; bold text is wider than the table of widths says.
BANNER, BOLD = 0.85, 1.1
DPI = 300


class Palette(NamedTuple):
    """The colours of a diagram."""

    fill: str
    outline: str
    item_fill: str
    positive: str
    negative: str
    faint: str
    text: str
    small: str


COLOURS = Palette("#eef3f8", "#2f4b6e", "#ffffff", "#2f4b6e", "#b3402a", "#8a8f98", "#111111", "#5c6168")
GREYS = Palette("#ffffff", "#000000", "#ffffff", "#000000", "#000000", "#7a7a7a", "#000000", "#555555")


def draw(diagram: Diagram, path: Path) -> None:
    """Draw a diagram into a file.

    Parameters
    ----------
    diagram
        What to draw.
    path
        Where to; the suffix says the format. The same diagram always gives the same SVG.
    """
    matplotlib = require("matplotlib", purpose="path diagrams")
    installed = {font.name for font in require("matplotlib.font_manager").fontManager.ttflist}
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "rantau",
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "font.family": [font for font in FONTS if font in installed],
    }
    layout = arrange(diagram)
    with matplotlib.rc_context(settings):
        figure = _figure(diagram, layout)
        figure.savefig(path, dpi=DPI, **_saving(diagram, path.suffix.lower()))
    if path.suffix.lower() == ".svg":
        # The file names every family, not only those of this machine: the reader's may have others.
        families = "font-family: " + ", ".join(f"'{font}'" for font in FONTS) + ", sans-serif"
        drawn = re.sub(r"font-family: [^;\"]+", families, path.read_text(encoding="utf-8"))
        path.write_text(drawn, encoding="utf-8")


def _saving(diagram: Diagram, suffix: str) -> dict[str, Any]:
    """Return the arguments of savefig that differ by format: words for those who cannot see, and no date."""
    words = diagram.describe()
    if suffix == ".svg":
        return {
            "metadata": {
                "Title": diagram.title or words.partition("\n")[0],
                "Description": words,
                "Date": None,
            }
        }
    if suffix == ".png":
        return {"metadata": {"Title": diagram.title, "Description": words, "Software": None}}
    if suffix == ".pdf":
        return {"metadata": {"Title": diagram.title, "Subject": words, "CreationDate": None}}
    if suffix in (".tiff", ".tif"):
        return {"pil_kwargs": {"compression": "tiff_lzw"}}
    return {}


def _figure(diagram: Diagram, layout: Layout) -> Any:  # noqa: ANN401 - a matplotlib Figure
    """Return the figure: one point of the layout is one point on paper."""
    figures = require("matplotlib.figure")
    left, bottom, right, top = layout.box
    warnings = diagram.banner.splitlines()
    across, down = BANNER * diagram.options.font_size, LINE * BANNER * diagram.options.font_size
    # Text drawn from the left edge may be longer than the picture is wide.
    right = max([right, *(left + BOLD * text_width(line, across) for line in warnings)])
    start = top + MARGIN
    top = start + down * len(warnings) if warnings else top
    width, height = right - left + 2 * MARGIN, top - bottom + 2 * MARGIN
    figure = figures.Figure(figsize=(width / 72, height / 72), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(left - MARGIN, right + MARGIN)
    axes.set_ylim(bottom - MARGIN, top + MARGIN)
    colours = GREYS if diagram.options.monochrome else COLOURS
    for edge, route in zip(diagram.edges, layout.routes, strict=True):
        _arrow(axes, edge, route, colours)
    measured = {e.target if e.kind == "loading" else e.source for e in diagram.edges if e.kind in ("loading", "weight")}
    for node, shape in zip(diagram.nodes, layout.shapes, strict=True):
        small = node.kind == "item" and node.key in measured
        _node(axes, node, shape, diagram.options.font_size, colours, small=small)
    for edge, label in zip(diagram.edges, layout.labels, strict=True):
        _label(axes, edge, label, diagram.options.font_size, colours)
    for line, text in enumerate(reversed(warnings)):
        axes.text(left, start + line * down, text, fontsize=across, color=colours.negative, weight="bold", va="bottom")
    return figure


def _arrow(axes: Any, edge: Edge, route: Route, colours: Palette) -> None:  # noqa: ANN401
    """Draw one arrow: wide where strong, dashed where not significant, thin and grey where it measures."""
    patches, paths = require("matplotlib.patches"), require("matplotlib.path")
    colour, width, head = colours.faint, 0.7, HEAD - 1.5
    dashed = edge.significant is False and edge.kind in ("path", "covariance")
    if edge.kind == "path":
        strength = 0.3 if math.isnan(edge.estimate) else min(abs(edge.estimate), 1.0)
        width, head = 0.8 + 1.6 * strength, HEAD + 1.2 * strength
        if not dashed:
            colour = colours.negative if edge.estimate < 0 else colours.positive
    start, end = route.start, route.end
    tips = [(end, route.second)] + ([(start, route.first)] if edge.kind == "covariance" else [])
    for tip, behind in tips:
        base = _towards(tip, behind, head)
        across = ((base[1] - tip[1]) * 0.38, (tip[0] - base[0]) * 0.38)
        corners = [
            tip,
            (base[0] + across[0], base[1] + across[1]),
            (base[0] - across[0], base[1] - across[1]),
        ]
        axes.add_patch(patches.Polygon(corners, closed=True, facecolor=colour, edgecolor="none", zorder=2))
    # The line ends inside the heads, so that a wide line does not blunt their tips.
    end = _towards(end, route.second, head * 0.8)
    start = _towards(start, route.first, head * 0.8) if edge.kind == "covariance" else start
    curve = paths.Path([start, route.first, route.second, end], [paths.Path.MOVETO, *[paths.Path.CURVE4] * 3])
    line = patches.PathPatch(curve, facecolor="none", edgecolor=colour, linewidth=width, zorder=1)
    line.set(capstyle="butt", linestyle=(0, (4, 2.5)) if dashed else "solid")
    axes.add_patch(line)


def _towards(tip: tuple[float, float], behind: tuple[float, float], length: float) -> tuple[float, float]:
    dx, dy = behind[0] - tip[0], behind[1] - tip[1]
    scale = length / (math.hypot(dx, dy) or 1.0)
    return tip[0] + scale * dx, tip[1] + scale * dy


def _node(axes: Any, node: Node, shape: Shape, size: float, colours: Palette, *, small: bool) -> None:  # noqa: ANN401
    patches = require("matplotlib.patches")
    if shape.outline == "ellipse":
        body = patches.Ellipse((shape.x, shape.y), shape.width, shape.height)
    else:
        corner = (shape.x - shape.width / 2, shape.y - shape.height / 2)
        body = patches.Rectangle(corner, shape.width, shape.height)
    body.set(
        facecolor=colours.item_fill if small else colours.fill,
        edgecolor=colours.faint if small else colours.outline,
        linewidth=0.7 if small else 1.0,
        zorder=3,
    )
    axes.add_patch(body)
    explained = not math.isnan(node.r_squared)
    base = size * (ITEM_SIZE if small else 1.0)
    sizes = [base * (R2_SIZE if explained and n == len(shape.lines) - 1 else 1.0) for n in range(len(shape.lines))]
    colour = colours.text
    y = shape.y + LINE * sum(sizes) / 2
    for line, each in zip(shape.lines, sizes, strict=True):
        _text(axes, shape.x, y - LINE * each / 2, line, each, colour)
        y -= LINE * each


def _label(axes: Any, edge: Edge, label: Label, size: float, colours: Palette) -> None:  # noqa: ANN401
    if not label.lines:
        return
    patches = require("matplotlib.patches")
    small = edge.kind in ("loading", "weight")
    corner = (label.x - label.width / 2, label.y - label.height / 2)
    axes.add_patch(patches.Rectangle(corner, label.width, label.height, facecolor="white", edgecolor="none", zorder=4))
    each = size * (LOADING_SIZE if small else PATH_SIZE)
    quiet = small or edge.kind == "covariance"
    y = label.y + LINE * each * (len(label.lines) - 1) / 2
    for line in label.lines:
        _text(axes, label.x, y, line, each, colours.small if quiet else colours.text)
        y -= LINE * each


def _text(axes: Any, x: float, y: float, text: str, size: float, colour: str) -> None:  # noqa: ANN401
    # The baseline is ours, from the height of Arial's capitals, so that no installed font shifts it.
    baseline = y - 0.36 * size
    axes.text(x, baseline, text, fontsize=size, color=colour, ha="center", va="baseline", zorder=5, parse_math=False)
