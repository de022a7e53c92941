"""SPSS: value labels, questions as variable labels, user-missing codes and ranges."""

from __future__ import annotations

from pathlib import Path

from rantau.survey.frame_source import frame_source
from rantau.survey.reader import Asked, Reader
from rantau.survey.sheet import Source


def read(path: Path, asked: Asked) -> Source:
    """Open a `.sav` or `.zsav` file.

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
    return frame_source(path, "SPSS file", "read_sav")


ROW = Reader(
    "spss",
    "SPSS",
    (".sav", ".zsav"),
    "PSPP developers, System file format, https://www.gnu.org/software/pspp/pspp-dev/html_node/System-File-Format.html",
    (b"$FL2", b"$FL3"),
    (),
    read,
)
