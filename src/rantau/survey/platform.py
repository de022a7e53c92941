"""What a platform is: the row of the room `platforms`, the layouts in which form tools export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rantau.record import Record


class Layout(Record):
    """How a form tool has laid out a file.

    Attributes
    ----------
    names
        Of the columns.
    wordings
        The questions; empty texts where the file has none beside the names.
    aliases
        For each column, other names to know it by.
    header_rows
        How many rows at the top are no answers.
    dropped
        Why a row is no respondent's answer; empty where it is one.
    own
        Names of columns that the tool itself adds.
    """

    names: tuple[str, ...]
    wordings: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    header_rows: int
    dropped: Callable[[Sequence[str]], str] | None = None
    own: tuple[str, ...] = ()


class Platform(Record):
    """A form tool.

    Attributes
    ----------
    name
        As in `rantau list platforms`.
    label
        The tool's name.
    source
        Where it describes its export.
    lay_out
        From the first rows, the header among them, to the layout; None where the file is not of this tool.
    """

    name: str
    label: str
    source: str
    lay_out: Callable[[Sequence[Sequence[str]]], Layout | None]


def bracketed(name: str) -> tuple[str, ...]:
    """Return what stands in the last brackets of a name, and before them.

    Examples
    --------
    >>> bracketed("G1Q1[SQ001]"), bracketed("How much do you agree? [I like it.]"), bracketed("Age")
    (('SQ001', 'G1Q1'), ('I like it.', 'How much do you agree?'), ())
    """
    text = name.strip()
    if not text.endswith("]") or "[" not in text:
        return ()
    before, _, inside = text[:-1].rpartition("[")
    return tuple(part.strip() for part in (inside, before) if part.strip())
