"""ROOM: what turns a diagram into a file. One drawer is one file here and one line in `ROWS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rantau.record import Record
from rantau.report.drawers import matplotlib

if TYPE_CHECKING:
    from rantau.report.diagram import Diagram


class Drawer(Record):
    """A way to draw.

    Attributes
    ----------
    name
        What it is called.
    suffixes
        The file names it answers to, in lower case and with their dot.
    draw
        Writes a diagram into a file.
    """

    name: str
    suffixes: tuple[str, ...]
    draw: Callable[[Diagram, Path], None]


ROWS = (Drawer("matplotlib", (".svg", ".png", ".pdf", ".tiff", ".tif", ".eps"), matplotlib.draw),)
