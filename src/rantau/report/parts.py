"""The parts of a document: headings, paragraphs, lists, works cited, and the places of tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from rantau.errors import ReportError
from rantau.record import Record
from rantau.report.table import Table


class Heading(Record):
    """A heading of level 1 to 4, with inline markup."""

    level: int
    text: str

    def __post_init__(self) -> None:
        """Check the level."""
        super().__post_init__()
        if self.level not in (1, 2, 3, 4):
            raise ReportError(f"a heading has level 1 to 4, and '{self.text}' got {self.level}")


class Paragraph(Record):
    """A paragraph with inline markup; `{table:key}` and `{figure:key}` become "Table 2", "Figure 1"."""

    text: str


class ListBlock(Record):
    """A list of items with inline markup, bulleted or numbered."""

    items: tuple[str, ...]
    ordered: bool = False


class References(Record):
    """The list of works cited, in its order, with inline markup; writers let all lines but the first hang."""

    items: tuple[str, ...]


class TableRef(Record):
    """The place of a table."""

    table: Table


class FigureRef(Record):
    """The place of a figure, written to disk before.

    Parameters
    ----------
    path_png, path_svg
        The picture. Word and Markdown take the PNG, the web page the SVG if there is one. Either may be "".
    title, note
        The caption and the note, with inline markup.
    alt
        What the picture shows, for those who cannot see it.
    key
        A name for references in the text: `{figure:key}`.
    of_data
        Whether it shows data, whose source some styles want under it.
    """

    path_png: str
    path_svg: str
    title: str
    note: str = ""
    alt: str = ""
    key: str = ""
    of_data: bool = True

    def __post_init__(self) -> None:
        """Refuse a figure without a picture or without words for it."""
        super().__post_init__()
        if not self.path_png and not self.path_svg:
            raise ReportError(f"figure '{self.title}' has neither a PNG nor an SVG file")
        if not self.alt:
            raise ReportError(f"figure '{self.title}' needs `alt`: a sentence saying what it shows, for blind readers")

    def picture(self, path: str) -> bytes:
        """Read one of its picture files.

        Raises
        ------
        ReportError
            If the figure has no such file, or it cannot be read.
        """
        if not path:
            raise ReportError(f"figure '{self.title}' has no PNG file, and this format needs one")
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise ReportError(f"figure '{self.title}': picture '{path}' cannot be read: {error.strerror}") from error


Part: TypeAlias = Heading | Paragraph | ListBlock | References | TableRef | FigureRef
