"""The records of a path diagram: what is drawn and what each part says, before any geometry or ink."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from rantau.errors import OptionError, unknown
from rantau.record import Record
from rantau.report.diagram.wording import describe, stars
from rantau.report.drawers import ROWS as DRAWERS
from rantau.report.format import format_interval, format_number, format_statement
from rantau.report.styles import read_style
from rantau.report.table import Interval

if TYPE_CHECKING:
    from rantau.report.styles import Style
    from rantau.report.table import Kind

NAN = math.nan


class Node(Record):
    """A construct, a composite or an observed variable.

    Attributes
    ----------
    key
        Its name in the model.
    label
        What is written in it.
    kind
        `construct`, `composite` (both ellipses) or `item` (a box).
    r_squared
        NaN where there is none.
    rank
        The rank it is asked to stand in, 0 for the exogenous; -1 leaves that to the layout.
    """

    key: str
    label: str
    kind: str
    r_squared: float = NAN
    rank: int = -1


class Edge(Record):
    """An arrow.

    Attributes
    ----------
    source, target
        Keys of nodes.
    kind
        `path`, `loading` (construct to item), `weight` (item to construct) or `covariance` (two heads).
    estimate, low, high, p, statistic
        NaN where there is none.
    significant
        None where it is not known.
    hypothesis
        `H1 (+)`, or empty.
    """

    source: str
    target: str
    kind: str
    estimate: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    significant: bool | None = None
    hypothesis: str = ""
    statistic: float = NAN


class Options(Record):
    """How a diagram is laid out and what its labels say; see `diagram()` for each."""

    show: str = "estimate"
    direction: str = "right"
    stars: bool = True
    hide_nonsignificant: bool = False
    language: str = "en"
    monochrome: bool = False
    font_size: float = 9.0
    leading_zero: bool = False
    style: str = ""
    standardized: bool = True
    positions: tuple[tuple[str, float, float], ...] = ()


class Diagram(Record):
    """A path diagram, ready to be written.

    Attributes
    ----------
    nodes, edges
        What is drawn, in the order of the model.
    title
        For the caption and the file's metadata; not drawn, as journals set captions themselves.
    note
        The sentences that explain it, for the note under the figure.
    options
        How it is drawn.
    banner
        A warning drawn above the picture, such as that the answers are simulated; "" for none.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    title: str
    note: str
    options: Options
    banner: str = ""

    def edge_lines(self, edge: Edge) -> tuple[str, ...]:
        """Return the lines written on an arrow; none where it stays bare."""
        options = self.options
        name = edge.hypothesis
        if math.isnan(edge.estimate) or options.show == "none":
            return (name,) if name else ()
        bounded = options.standardized
        value = self.number(edge.estimate, bounded=bounded)
        if edge.kind in ("loading", "weight"):
            return (value,)
        value += stars(edge.p) if options.stars else ""
        if name:
            value = f"{name.partition(' ')[0]}: {value}"
        below = ""
        if options.show == "interval" and not math.isnan(edge.low):
            below = self.interval(edge)
        elif options.show == "p" and not math.isnan(edge.p):
            below = self.probability(edge.p)
        elif options.show == "statistic" and not math.isnan(edge.statistic):
            below = f"({self.number(edge.statistic, bounded=False)})"
        return (value, below) if below else (value,)

    def node_line(self, node: Node) -> str:
        """Return the R² written under a label, or nothing."""
        return "" if math.isnan(node.r_squared) else f"R² = {self.number(node.r_squared, kind='correlation')}"

    def number(self, value: float, *, bounded: bool = True, kind: Kind = "loading") -> str:
        """Write a number with two decimals; `bounded` ones by the style's rule of a kind, or by the option."""
        return format_number(value, self._kind(kind, bounded=bounded), self._style, decimals=2)

    def interval(self, edge: Edge) -> str:
        """Write the confidence interval of an edge."""
        kind = self._kind("loading", bounded=self.options.standardized)
        return format_interval(Interval(edge.low, edge.high), kind, self._style, decimals=2)

    def probability(self, p: float) -> str:
        """Write a p value: three decimals, and `p < .001` below."""
        return format_statement("p", p, "p", self._style)

    @property
    def _style(self) -> Style:
        return read_style(self.options.style or "apa7", self.options.language)

    def _kind(self, kind: Kind, *, bounded: bool) -> Kind:
        if not bounded or self.options.leading_zero:
            return "decimal"
        return kind if self.options.style else "correlation"

    def describe(self, language: str = "") -> str:
        """Return the diagram in words, for readers who cannot see it: one sentence per path.

        Parameters
        ----------
        language
            `en` or `id`; the diagram's own unless given.

        Returns
        -------
        str
            Sentences, one per line.

        Raises
        ------
        OptionError
            If there are no words in that language.
        """
        return describe(self, language)

    def write(self, path: str | Path) -> Path:
        """Draw the diagram into a file; the suffix chooses the format.

        Parameters
        ----------
        path
            A name ending in .svg, .png, .pdf, .tiff or .eps. Its folder is made if it is missing.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        OptionError
            If no drawer knows the suffix.
        """
        file = Path(path)
        known = tuple(suffix for row in DRAWERS for suffix in row.suffixes)
        for row in DRAWERS:
            if file.suffix.lower() in row.suffixes:
                file.parent.mkdir(parents=True, exist_ok=True)
                row.draw(self, file)
                return file
        raise OptionError(unknown("picture format", file.suffix or file.name, known, where=str(file)))
