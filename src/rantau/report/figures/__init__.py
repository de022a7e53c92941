"""ROOM: pictures of answers and results. One kind of figure is one file here and one line in `ROWS`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rantau.record import Record
from rantau.report.figures import importance, likert, slopes


class Figure(Record):
    """A kind of figure.

    Attributes
    ----------
    name
        What it is called.
    label
        What it shows.
    draw
        Writes one into a file.
    """

    name: str
    label: str
    draw: Callable[[Any, Path], None]


ROWS = (
    Figure("likert", "How each item was answered, a bar per item", likert.draw),
    Figure("importance", "The importance-performance map of a target", importance.draw),
    Figure("slopes", "A moderation: simple slopes and the region of significance", slopes.draw),
)
