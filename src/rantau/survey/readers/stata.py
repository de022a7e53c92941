"""Stata: value labels, questions as variable labels, the codes .a to .z for no answer."""

from __future__ import annotations

from pathlib import Path

from rantau.survey.frame_source import frame_source
from rantau.survey.reader import Asked, Reader
from rantau.survey.sheet import Source


def read(path: Path, asked: Asked) -> Source:
    """Open a `.dta` file.

    Parameters
    ----------
    path
        The file.
    asked
        Not used: the file says all of it.

    Raises
    ------
    ResponseError
        If the file is damaged.
    """
    return frame_source(path, "Stata file", "read_dta")


ROW = Reader(
    "stata",
    "Stata",
    (".dta",),
    "StataCorp, Stata .dta file format, https://www.stata.com/help.cgi?dta",
    (
        b"<stata_dta>",
        *(bytes((version, order, 1, 0)) for version in (104, 105, 108, 110, 111, 113, 114, 115) for order in (1, 2)),
    ),
    (),
    read,
)
