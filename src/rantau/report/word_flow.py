"""Where tables and figures stand in Word: in the text, or a little later where a page would else stay half empty."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.extras import require
from rantau.record import Record
from rantau.report.format import format_cell, note_lines
from rantau.report.markup import plain, read_markup
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, References, TableRef
from rantau.report.table import Note
from rantau.report.word_table import PADDING, column_widths, needs_landscape, page_room, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rantau.report.document import Document
    from rantau.report.markup import Run
    from rantau.report.parts import Part
    from rantau.report.styles import Style
    from rantau.report.table import Table

#: Line height over type size in Word's "single" spacing, and the spacing of notes and captions.
_LINE, _NOTE, _CAPTION = 1.15, 1.15, 1.2
#: Running text is narrower than `text_width` says, which is generous so that no column is too narrow.
_REAL = 0.92
#: The share of a page that may stay empty before text is moved up.
_GAP = 0.12
#: Tables of so many rows are not broken.
_FEW = 14
#: A figure takes at most this share of the page's height, and is made smaller by at most this share of its own where
#: the present page then has room for it.
_PICTURE, _SMALLER = 0.7, 0.2


class Placed(Record):
    """A part in its place.

    Attributes
    ----------
    part, number
        As `Document.numbered()` gives them.
    landscape
        Whether it stands on a turned page.
    whole
        Whether a table stays on one page; a long one may go on overleaf.
    size
        Width and height of a figure's picture, in points.
    """

    part: Part
    number: str
    landscape: bool = False
    whole: bool = True
    size: tuple[float, float] = (0.0, 0.0)


def flowed(document: Document) -> tuple[Placed, ...]:
    """Order the parts for pages.

    Tables keep their order, and so do figures, headings and text; but text of the same section, or a figure, goes on
    before a table that would begin on the next page, and turned pages come last in their section.

    Parameters
    ----------
    document
        The report.

    Returns
    -------
    tuple of Placed
        Every part once.
    """
    flow = _Flow(document, _front_height(document))
    numbered = document.numbered()
    for place, (part, number) in enumerate(numbered):
        following = [later for later, _ in numbered[place + 1 :]]
        if isinstance(part, Heading) and (part.level == 1 or _announces(following)):
            flow.settle()
            flow.text(part, number, following)
        elif isinstance(part, TableRef | FigureRef):
            flow.exhibit(part, number, following)
        else:
            flow.text(part, number, following)
    flow.settle()
    return tuple(flow.placed)


def _front_height(document: Document) -> float:
    """Return about how high the title stands, with the subtitle and the warning under it."""
    page, width = document.look.page, page_room(document.look, landscape=False)
    height = 0.0
    for text, size in ((document.title, page.size + 2), (document.subtitle, page.size), (document.banner, page.size)):
        height += (_lines(text, width, size) * size * _LINE + page.size) * bool(text)
    return height


def _announces(following: Sequence[Part]) -> bool:
    """Say whether a table or figure stands right under a heading that these parts follow."""
    return bool(following) and isinstance(following[0], TableRef | FigureRef)


class _Flow:
    """Pages as they fill up; `at` is how far the present one is filled, in points."""

    def __init__(self, document: Document, at: float) -> None:
        self.document, self.style = document, document.look
        self.page = _page_height(self.style)
        self.at = at
        self.placed: list[Placed] = []
        self.waiting: list[tuple[TableRef | FigureRef, str]] = []

    def text(self, part: Part, number: str, following: Sequence[Part]) -> None:
        """Set text, and behind it what was waiting for the page to be full."""
        if isinstance(part, Heading) and self.at + 4 * self.style.page.size * self.style.page.line_spacing > self.page:
            self.at = 0.0
        self.placed.append(Placed(part, number))
        self.at = (self.at + text_height(part, self.style)) % self.page
        # Nothing comes between a heading, or words that announce a list, and what follows them.
        announcing = isinstance(part, Heading) or bool(following and isinstance(following[0], ListBlock))
        while self.waiting and not announcing and not self.wide(self.waiting[0][0]) and self.fits(self.waiting[0][0]):
            self.put(*self.waiting.pop(0))

    def exhibit(self, part: TableRef | FigureRef, number: str, following: Sequence[Part]) -> None:
        """Set a table or figure here, or let it wait for text of its section to fill the page."""
        if self.placed and isinstance(self.placed[-1].part, Heading):
            # What a heading announces stays under it.
            self.put(part, number)
            return
        # Figures are numbered by themselves: one may fill a page that waiting tables would leave.
        ahead = isinstance(part, FigureRef) and not any(isinstance(other, FigureRef) for other, _ in self.waiting)
        if (self.waiting and not (ahead and self.fits(part))) or self.wide(part):
            self.waiting.append((part, number))
            return
        left = self.page - self.at
        if not self.fits(part) and left > _GAP * self.page and self.text_ahead(following) > left / 2:
            self.waiting.append((part, number))
            return
        self.put(part, number)

    def settle(self) -> None:
        """Set all that waits: the section ends."""
        while self.waiting:
            self.put(*self.waiting.pop(0))

    def put(self, part: TableRef | FigureRef, number: str) -> None:
        """Set a table or figure."""
        height = self.height(part)
        landscape, left = self.wide(part), self.page - self.at
        # Heights are estimates: where a long table is broken is left to Word, which knows them.
        whole = _few(part)
        size = (0.0, 0.0)
        if isinstance(part, FigureRef):
            width, tall = picture_size(part, self.style)
            share = 1.0
            if left < height <= left + _SMALLER * tall:
                share = 1 - (height - left) / tall
                height = left
            size = (share * width, share * tall)
        self.placed.append(Placed(part, number, landscape, whole, size))
        start = 0.0 if landscape or (whole and height > left) else self.at
        self.at = 0.0 if landscape else (start + height) % self.page

    def wide(self, part: Part) -> bool:
        """Say whether a part needs a turned page."""
        return isinstance(part, TableRef) and needs_landscape(part.table, self.style)

    def fits(self, part: TableRef | FigureRef) -> bool:
        """Say whether there is room for all of it on the present page."""
        smaller = _SMALLER * picture_size(part, self.style)[1] if isinstance(part, FigureRef) else 0.0
        return self.at + self.height(part) - smaller <= self.page

    def height(self, part: TableRef | FigureRef) -> float:
        """Return about how high a table or figure stands."""
        return exhibit_height(part, self.style, self.document.banner, self.document.source)

    def text_ahead(self, following: Sequence[Part]) -> float:
        """Return the height of the text to come in this section."""
        height = 0.0
        for part in following:
            if isinstance(part, Heading) and part.level == 1:
                break
            height += text_height(part, self.style)
        return height


def _few(part: TableRef | FigureRef) -> bool:
    return isinstance(part, FigureRef) or len(part.table.rows) <= _FEW


def text_height(part: Part, style: Style) -> float:
    """Return about how high a heading, a paragraph or a list stands, in points; 0 for other parts."""
    page = style.page
    line = page.size * _LINE
    width = page_room(style, landscape=False)
    match part:
        case Heading():
            return line + 1.5 * page.size
        case Paragraph():
            return _lines(part.text, width, page.size, first=page.first_line_cm / 2.54 * 72) * line * page.line_spacing
        case ListBlock() | References():
            lines = sum(_lines(item, width - 36, page.size) for item in part.items)
            return lines * line * page.line_spacing
    return 0.0


def exhibit_height(part: TableRef | FigureRef, style: Style, banner: str = "", source: str = "") -> float:
    """Return about how high a table or figure stands with its caption and notes, in points."""
    shown = part.table if isinstance(part, TableRef) else part
    wide = isinstance(part, TableRef) and needs_landscape(part.table, style)
    width, size = page_room(style, landscape=wide), style.page.size
    lines = _lines(shown.title, width, size, first=6.0 * size * (not style.captions.title_below_label))
    caption = size + 4 + size * _LINE * _CAPTION * (lines + style.captions.title_below_label)
    notes = part.table.notes if isinstance(part, TableRef) else (Note("general", part.note),) if part.note else ()
    told = note_lines(notes, style, banner=banner, source=source if shown.of_data else None)
    body = (
        table_height(part.table, style, landscape=wide)
        if isinstance(part, TableRef)
        else picture_size(part, style)[1] + style.page.size * _LINE
    )
    return caption + body + _notes_height(told, style, width)


def table_height(table: Table, style: Style, *, landscape: bool = False) -> float:
    """Return about how high the rows of a table stand, in points."""
    widths, size = column_widths(table, style, landscape=landscape)
    heads = 1 + any(column.spanner for column in table.columns)
    lines = [heads] + [1] * sum(row.kind == "group" for row in table.rows)
    for row in table.rows:
        if row.kind == "body":
            cells = zip(row.cells, table.columns, widths, strict=True)
            lines.append(
                max(
                    _lines(plain(format_cell(cell, column, style)), width - 2 * PADDING, size, marked=False)
                    for cell, column, width in cells
                    if column.kind == "text"
                )
                if any(column.kind == "text" for column in table.columns)
                else 1
            )
    return sum(count * size * _LINE + 3 for count in lines)


def _notes_height(told: Sequence[Sequence[Run]], style: Style, width: float) -> float:
    size = style.page.table_size
    lines = [_lines(plain(line), width, size, marked=False) for line in told]
    return sum(count * size * _LINE * _NOTE + 2 for count in lines) + style.page.size


def picture_size(figure: FigureRef, style: Style) -> tuple[float, float]:
    """Return how wide and high a figure's picture is set where there is room, in points."""
    picture = require("docx.image.image").Image.from_blob(figure.picture(figure.path_png))
    width, height = picture.width.pt, picture.height.pt
    scale = min(1.0, page_room(style, landscape=False) / width, _PICTURE * _page_height(style) / height)
    return scale * width, scale * height


def _page_height(style: Style) -> float:
    """Return how high a page is between its margins, in points."""
    top, _, bottom, _ = style.page.margins_cm
    return (style.page.paper_cm[1] - top - bottom) / 2.54 * 72


def _lines(text: str, width: float, size: float, *, first: float = 0.0, marked: bool = True) -> int:
    """Return about how many lines a text takes."""
    shown = plain(read_markup(text)) if marked else text
    return max(1, math.ceil((_REAL * text_width(shown, size) + first) / max(width, 1.0)))
