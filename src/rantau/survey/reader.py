"""What a reader is: the row of the room `readers`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rantau.record import Record
from rantau.survey.sheet import Source


class Asked(Record):
    """What the user says about a file; empty where it is to be found out.

    Attributes
    ----------
    encoding
        Of a text file, such as `cp1252`.
    delimiter
        Between the cells of a text file.
    sheet
        The sheet of a workbook.
    names
        What columns may be called, which helps to tell the delimiter; in plain form.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    names: tuple[str, ...] = ()


class Reader(Record):
    """A kind of file.

    Attributes
    ----------
    name
        As in `rantau list readers`.
    label
        For readers.
    suffixes
        How such files end; what they hold decides, not this.
    source
        The format's description.
    begins
        Bytes with which such a file begins; none where it is plain text.
    asks
        Of what the user may say of a file, what is heeded: `encoding`, `delimiter`, `sheet`.
    read
        From the path and what is asked to the rows.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    source: str
    begins: tuple[bytes, ...]
    asks: tuple[str, ...]
    read: Callable[[Path, Asked], Source]
