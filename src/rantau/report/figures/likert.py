"""How each item was answered: a bar per item, centred on the middle of its scale."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from rantau.extras import require
from rantau.record import Record
from rantau.report.picture import Exhibit
from rantau.report.words import read_words

if TYPE_CHECKING:
    from rantau.survey.instrument import Scale

#: Text on a bar needs this share of the answers.
_ROOM = 0.055
_WIDTH = 6.5
_ROW = 0.3
#: Of a wording; the table of items holds it whole.
_LINES = 3
#: Of answers below and above the middle; brown and blue-green are told apart by those who see no red or green.
_BELOW, _MIDDLE, _ABOVE = (0.55, 0.32, 0.04), (0.85, 0.85, 0.85), (0.0, 0.40, 0.37)
_WHITE = (0.97, 0.97, 0.97)


class Bar(Record):
    """One item.

    Attributes
    ----------
    label
        Its code and wording.
    shares
        Of each point of the scale, from the lowest.
    n
        How many answered.
    reversed
        Whether its answers run against its construct, which the label says.
    """

    label: str
    shares: tuple[float, ...]
    n: int
    reversed: bool = False


class Likert(Exhibit):
    """A figure of bars, one per item, all on one scale.

    Attributes
    ----------
    bars
        In order.
    scale
        Of all of them.
    language
        Of labels.
    title
        For those who cannot see it.
    banner
        A warning above the picture; "" for none.
    monochrome
        In greys.
    """

    bars: tuple[Bar, ...]
    scale: Scale
    language: str
    banner: str = ""
    monochrome: bool = False

    def describe(self) -> str:
        """Return the figure in words: for each item the share below and above the middle."""
        words = read_words(self.language)
        told = []
        for bar in self.bars:
            below, _, above = parts_of(bar.shares)
            key = "figure.likert.told"
            told.append(words(key, item=bar.label, below=f"{100 * below:.0f}", above=f"{100 * above:.0f}"))
        return "\n".join((self.title, *told))

    def paper(self) -> Any:  # noqa: ANN401 - a matplotlib Figure
        """Return the figure drawn."""
        return _figure(self)


def parts_of(shares: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the shares below, at and above the middle of a scale.

    Examples
    --------
    >>> parts_of((0.1, 0.2, 0.3, 0.4))
    (0.30000000000000004, 0.0, 0.7)
    """
    half = len(shares) // 2
    middle = shares[half] if len(shares) % 2 else 0.0
    return sum(shares[:half]), middle, sum(shares[len(shares) - half :])


def height_of(label: str) -> float:
    """Return how high the row of an item stands, in inches: its label may take several lines."""
    return max(_ROW, 0.145 * len(_wrapped(label)) + 0.1)


def _wrapped(label: str) -> list[str]:
    return textwrap.wrap(label, 46, max_lines=_LINES, placeholder=" …")


def _figure(figure: Likert) -> Any:  # noqa: ANN401 - a matplotlib Figure
    labels = [_wrapped(bar.label) for bar in figure.bars]
    heights = [height_of(bar.label) for bar in figure.bars]
    names = _legend(figure.scale, figure.language)
    across = len(names) if max(map(len, names[1:-1]), default=0) < 4 else min(3, len(names))
    rows = math.ceil(len(names) / across)
    above, below = 0.22 * rows + 0.15 + 0.2 * bool(figure.banner), 0.35
    tall = sum(heights) + above + below
    paper = require("matplotlib.figure").Figure(figsize=(_WIDTH, tall))
    axes = paper.add_axes((0.42, below / tall, 0.50, sum(heights) / tall))
    colours = colours_of(figure.scale.points, monochrome=figure.monochrome)
    top = 0.0
    reach = max(max(_reach(bar.shares)) for bar in figure.bars)
    for bar, lines, height in zip(figure.bars, labels, heights, strict=True):
        _bar(axes, bar, top + height / 2, colours)
        axes.text(-reach - 0.03, top + height / 2, "\n".join(lines), ha="right", va="center", parse_math=False)
        axes.text(reach + 0.03, top + height / 2, f"{bar.n:,}".replace(",", _thousands(figure)), ha="left", va="center")
        top += height
    axes.text(reach + 0.03, -0.08, "n", ha="left", va="bottom", style="italic")
    axes.axvline(0, color="#555555", linewidth=0.7, zorder=3)
    axes.set(xlim=(-reach, reach), ylim=(top, 0), yticks=[])
    _ticks(axes, reach)
    patches = require("matplotlib.patches")
    # A legend is filled column by column, and is read row by row.
    order = [place for column in range(across) for place in range(column, len(names), across)]
    paper.legend(
        [patches.Patch(facecolor=colours[place], edgecolor="none") for place in order],
        [names[place] for place in order],
        loc="upper center",
        ncols=across,
        frameon=False,
        handlelength=1.1,
        bbox_to_anchor=(0.5, 1 - 0.2 * bool(figure.banner) / tall),
        columnspacing=1.4 if across <= 3 else 0.9,
        handletextpad=0.5,
        borderaxespad=0.2,
    )
    if figure.banner:
        paper.text(0.5, 1 - 0.03 / tall, figure.banner, ha="center", va="top", weight="bold", fontsize=7)
    return paper


def _bar(axes: Any, bar: Bar, y: float, colours: list[tuple[float, float, float]]) -> None:  # noqa: ANN401
    """Draw the shares of one item, the middle of the scale at 0."""
    left = -_reach(bar.shares)[0]
    for share, colour in zip(bar.shares, colours, strict=True):
        axes.barh(y, share, left=left, height=0.2, color=colour, edgecolor="white", linewidth=0.4, zorder=2)
        if share >= _ROOM:
            ink = "white" if 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 0.55 else "black"
            axes.text(
                left + share / 2, y, f"{100 * share:.0f}", ha="center", va="center", color=ink, fontsize=7, zorder=4
            )
        left += share


def _reach(shares: tuple[float, ...]) -> tuple[float, float]:
    """Return how far a bar goes to the left and to the right of the middle."""
    below, middle, above = parts_of(shares)
    return below + middle / 2, above + middle / 2


def _ticks(axes: Any, reach: float) -> None:  # noqa: ANN401
    step = 0.25
    most = int(reach / step)
    places = [step * place for place in range(-most, most + 1)]
    axes.set_xticks(places, [f"{abs(100 * place):.0f}%" for place in places])
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.tick_params(axis="x", color="#999999", labelsize=7)


def _legend(scale: Scale, language: str) -> list[str]:
    """Return a name for each point: its label; its number where only the ends have one, or none."""
    labels = scale.label_set(language)
    points = range(scale.minimum, scale.maximum + 1)
    if len(labels) == scale.points:
        return [textwrap.shorten(label, 34, placeholder="…") for label in labels]
    names = [str(point) for point in points]
    if len(labels) == 2:
        names[0], names[-1] = f"{names[0]} = {labels[0]}", f"{names[-1]} = {labels[1]}"
    return names


def _thousands(figure: Likert) -> str:
    return read_words(figure.language)("number.thousands")


def colours_of(points: int, *, monochrome: bool = False) -> list[tuple[float, float, float]]:
    """Return a colour for each point: from brown by grey to blue-green, or from light to dark grey."""
    if monochrome:
        return [
            (shade, shade, shade) for shade in (0.92 - 0.72 * place / max(points - 1, 1) for place in range(points))
        ]
    half = points // 2
    below = [_mixed(_BELOW, _WHITE, place / (half + 0.35)) for place in range(half)]
    above = [_mixed(_ABOVE, _WHITE, place / (half + 0.35)) for place in range(half)][::-1]
    return [*below, *([_MIDDLE] * (points % 2)), *above]


def _mixed(
    first: tuple[float, float, float], second: tuple[float, float, float], share: float
) -> tuple[float, float, float]:
    red, green, blue = (one + share * (other - one) for one, other in zip(first, second, strict=True))
    return red, green, blue
