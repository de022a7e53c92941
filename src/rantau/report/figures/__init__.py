"""ROOM: pictures of answers and results. One kind of figure is one file here and one line in `ROWS`."""

from __future__ import annotations

from rantau.record import Record
from rantau.report.figures import importance, likert, slopes
from rantau.report.picture import Exhibit


class Figure(Record):
    """A kind of figure.

    Attributes
    ----------
    name
        What it is called.
    label
        What it shows.
    kind
        What one is; it writes itself into a file.
    """

    name: str
    label: str
    kind: type[Exhibit]


ROWS = (
    Figure("likert", "How each item was answered, a bar per item", likert.Likert),
    Figure("importance", "The importance-performance map of a target", importance.Map),
    Figure("slopes", "A moderation: simple slopes and the region of significance", slopes.Slopes),
)
