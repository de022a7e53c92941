"""A journal table in Word: three rules, no vertical lines, numbers decimal mark under decimal mark."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from rantau.extras import require
from rantau.report.format import blank, format_cell, missing_tails
from rantau.report.markup import Run, plain, read_markup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rantau.report.styles import Style
    from rantau.report.table import Column, Row, Table

_POINTS_A_CM = 72 / 2.54
#: Left and right of the text in a cell, points.
PADDING = 3.0
_NARROW = set(" .,;:'|!()[]ijlt\u2008\u00a0")
_WIDE = set("MWmw@%−<>=+√Δ→")
# Type of this size is tried before a page is turned.
_SMALL = 8.0
# A text column wide enough to read, and one so narrow that it is not broken, in ems.
_READABLE, _SHORT = 13.0, 7.0
# So many body rows, at the least, stand on either side of a page break within a table.
_TOGETHER = 6


def text_width(text: str, size: float) -> float:
    """Return the width of text in points in a book face, near enough to choose column widths."""
    weights = (0.33 if letter in _NARROW else 0.78 if letter in _WIDE or letter.isupper() else 0.5 for letter in text)
    return size * sum(weights)


def page_room(style: Style, *, landscape: bool) -> float:
    """Return the width between the margins, in points."""
    width, height = style.page.paper_cm
    _, right, _, left = style.page.margins_cm
    return ((height if landscape else width) - left - right) * _POINTS_A_CM


def needs_landscape(table: Table, style: Style) -> bool:
    """Say whether a table asks for a landscape page, or would not fit on an upright one."""
    least, _ = _needs(table, style, _SMALL)
    return table.landscape or sum(least) > page_room(style, landscape=False)


def column_widths(table: Table, style: Style, *, landscape: bool) -> tuple[tuple[float, ...], float]:
    """Choose the width of each column and the size of the type, in points.

    Parameters
    ----------
    table
        The table.
    style
        Page, margins and type size.
    landscape
        Whether the page is turned.

    Returns
    -------
    widths : tuple of float
        They fill the page; text columns give way first where room is short.
    size : float
        The style's table size, or smaller (not under 6) where the table is too wide for it.
    """
    room, size = page_room(style, landscape=landscape), style.page.table_size
    least, full = _needs(table, style, size)
    while sum(least) > room and size > 6:
        size -= 0.5
        least, full = _needs(table, style, size)
    if sum(full) <= room:
        share = (room - sum(full)) / len(full)
        return tuple(width + share for width in full), size
    if sum(least) > room:  # too much for any page: words will break, but nothing is cut off
        return tuple(width * room / sum(least) for width in least), size
    slack = (room - sum(least)) / max(sum(full) - sum(least), 1e-9)
    return tuple(low + (high - low) * slack for low, high in zip(least, full, strict=True)), size


def _needs(table: Table, style: Style, size: float) -> tuple[list[float], list[float]]:
    """Return for each column the least width (its longest word or number) and the width without a break."""
    least, full = [], []
    for place, column in enumerate(table.columns):
        body = [row for row in table.rows if row.kind == "body"]
        cells = [plain(format_cell(row.cells[place], column, style)) for row in body]
        header = plain(read_markup(column.header))
        indents = max((row.indent for row in body), default=0) * size if place == 0 else 0.0
        if column.kind != "text":
            tails = missing_tails(cells, style)
            cells = [cell + tail for cell, tail in zip(cells, tails, strict=True)]
        words = [word for cell in cells for word in cell.split(" ")] if column.kind == "text" else cells
        unbroken = max((text_width(text, size) for text in [*words, *header.split()]), default=0.0)
        whole = max((text_width(text, size) for text in [*cells, header]), default=0.0)
        # Long texts would else be squeezed to one word a line: leave them a third of their length. Short ones stay
        # whole.
        readable = whole if whole <= _SHORT * size else min(whole / 3, _READABLE * size)
        readable = readable if column.kind == "text" else 0.0
        least.append(max(unbroken, readable) + indents + 2 * PADDING + 2)
        full.append(max(whole + indents + 2 * PADDING + 2, least[-1]))
    return least, full


class WordTable:
    """One table, written into a python-docx document."""

    def __init__(
        self,
        word: Any,  # noqa: ANN401
        table: Table,
        style: Style,
        *,
        landscape: bool,
        whole: bool,
        runs: Callable[..., Any],
    ) -> None:
        self.table, self.style, self.add_runs, self.whole = table, style, runs, whole
        self.shared = require("docx.shared")
        self.oxml = require("docx.oxml")
        self.names = require("docx.oxml.ns")
        self.align = require("docx.enum.text").WD_ALIGN_PARAGRAPH
        self.widths, self.size = column_widths(table, style, landscape=landscape)
        self.spanned = any(column.spanner for column in table.columns)
        self.body = [row for row in table.rows if row.kind != "rule"]
        self.head_rows = 2 if self.spanned else 1
        self.word = word.add_table(rows=self.head_rows + len(self.body), cols=len(table.columns))
        self.cells = [list(row.cells) for row in self.word.rows]

    def fill(self) -> None:
        """Write header, body and rules."""
        self._layout()
        if self.spanned:
            self._spanners()
        for cell, column in zip(self.cells[self.head_rows - 1], self.table.columns, strict=True):
            self._write(cell, read_markup(column.header), "LEFT" if column.kind == "text" else "CENTER")
            cell.vertical_alignment = require("docx.enum.table").WD_ALIGN_VERTICAL.BOTTOM
        self._rows()
        self._rules()
        for place, row in enumerate(self.word.rows):
            properties = row._tr.get_or_add_trPr()
            properties.append(self.oxml.OxmlElement("w:cantSplit"))
            if place < self.head_rows:
                properties.append(self.oxml.OxmlElement("w:tblHeader"))

    def _layout(self) -> None:
        properties = self.word._tbl.tblPr
        self.word.autofit = False
        space = (f'<w:{side} w:w="{int(PADDING * 20)}" w:type="dxa"/>' for side in ("left", "right"))
        margins = self._xml(f"<w:tblCellMar {{}}>{''.join(space)}</w:tblCellMar>")
        properties.insert_element_before(margins, "w:tblLook", "w:tblCaption")
        name = plain(read_markup(self.table.title)).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        properties.append(self._xml(f'<w:tblCaption {{}} w:val="{name}"/>'))
        for column, width in zip(self.word.columns, self.widths, strict=True):
            column.width = self.shared.Pt(width)
        for row in self.cells:
            for cell, width in zip(row, self.widths, strict=True):
                cell.width = self.shared.Pt(width)

    def _xml(self, text: str) -> Any:  # noqa: ANN401
        return self.oxml.parse_xml(text.format(self.names.nsdecls("w")))

    def _write(self, cell: Any, runs: Sequence[Run], side: str, *, numeric: bool = False) -> Any:  # noqa: ANN401
        """Write runs into a cell; a number or an interval is never broken over two lines."""
        paragraph = cell.paragraphs[0]
        paragraph.style = "Table Text"
        paragraph.alignment = self.align[side]
        shown = [run.replace(text=run.text.replace(" ", "\u00a0")) for run in runs] if numeric else runs
        self.add_runs(paragraph, shown)
        for run, made in zip(shown, paragraph.runs, strict=True):
            if run.dim:
                made.font.color.rgb = self.shared.RGBColor(0x80, 0x80, 0x80)
            if self.size < self.style.page.table_size:
                made.font.size = self.shared.Pt(self.size)
        return paragraph

    def _spanners(self) -> None:
        start = 0
        for spanner, group in groupby(self.table.columns, key=lambda column: column.spanner):
            stop = start + len(list(group)) - 1
            if spanner:
                cell = self.cells[0][start].merge(self.cells[0][stop])
                self._write(cell, read_markup(spanner), "CENTER")
                self._edge(cell, "bottom", 4)
            start = stop + 1

    def _rows(self) -> None:
        plain_rows = [row for row in self.body if row.kind == "body"]
        tails = [self._tails(place, column, plain_rows) for place, column in enumerate(self.table.columns)]
        indents = [self._indent(place, tails[place], plain_rows) for place in range(len(self.table.columns))]
        at = 0
        for row, cells in zip(self.body, self.cells[self.head_rows :], strict=True):
            if row.kind == "group":
                whole = cells[0].merge(cells[-1])
                self._write(whole, format_cell(row.cells[0], self.table.columns[0], self.style), "LEFT")
                whole.paragraphs[0].paragraph_format.keep_with_next = True
                continue
            for place, (column, cell) in enumerate(zip(self.table.columns, cells, strict=True)):
                self._cell(cell, column, row, place, (tails[place][at], indents[place]))
            at += 1
        for place, above in enumerate(self.cells):
            if self.whole or self._kept(place - self.head_rows):
                for cell in above:
                    cell.paragraphs[0].paragraph_format.keep_with_next = True

    def _kept(self, place: int) -> bool:
        """Say whether a row of a table that may be broken stays with the next: not within a group, nor at an end."""
        if not _TOGETHER <= place < len(self.body) - _TOGETHER:
            return True
        # A row above its indented ones, or a group's label, stays with the first of them.
        row, following = self.body[place], self.body[place + 1]
        return row.kind == "group" or following.indent > row.indent

    def _tails(self, place: int, column: Column, rows: Sequence[Row]) -> tuple[str, ...]:
        texts = [plain(format_cell(row.cells[place], column, self.style)) for row in rows]
        return ("",) * len(texts) if column.kind == "text" else missing_tails(texts, self.style)

    def _indent(self, place: int, tails: Sequence[str], rows: Sequence[Row]) -> float:
        """Return the room right of a column's numbers that puts their block under the header's middle."""
        column = self.table.columns[place]
        texts = [plain(format_cell(row.cells[place], column, self.style)) for row in rows]
        widest = max((text_width(t + tail, self.size) for t, tail in zip(texts, tails, strict=True)), default=0.0)
        return max((self.widths[place] - 2 * PADDING - widest) / 2 - 1, 0.0)

    def _cell(self, cell: Any, column: Column, row: Row, place: int, room: tuple[str, float]) -> None:  # noqa: ANN401
        tail, right = room
        runs = format_cell(row.cells[place], column, self.style)
        if column.kind == "text":
            paragraph = self._write(cell, runs, "LEFT")
            # Text that runs on hangs a little, so that a row still begins where the eye looks for it.
            start = self.size * row.indent if place == 0 else 0.0
            paragraph.paragraph_format.left_indent = self.shared.Pt(start + (self.size if place == 0 else 0))
            paragraph.paragraph_format.first_line_indent = self.shared.Pt(-self.size if place == 0 else 0)
            return
        if not any(character.isdigit() for character in plain(runs)):
            self._write(cell, runs, "CENTER", numeric=True)
            return
        spaced = (*runs, Run(blank(tail, self.style))) if tail else runs
        paragraph = self._write(cell, spaced, "RIGHT", numeric=True)
        paragraph.paragraph_format.right_indent = self.shared.Pt(right)

    def _rules(self) -> None:
        """Draw the rules: over the header, under it, under the table, and where a rule row stands."""
        for cell in self.cells[0]:
            self._edge(cell, "top", 8)
        for cell in self.cells[self.head_rows - 1]:
            self._edge(cell, "bottom", 6)
        for cell in self.cells[-1]:
            self._edge(cell, "bottom", 8)
        place = self.head_rows
        for row in self.table.rows:
            if row.kind != "rule":
                place += 1
            elif self.head_rows < place < len(self.cells):
                for cell in self.cells[place - 1]:
                    self._edge(cell, "bottom", 4)

    def _edge(self, cell: Any, side: str, eighths: int) -> None:  # noqa: ANN401
        """Draw one edge of a cell, its thickness in eighths of a point."""
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(self.names.qn("w:tcBorders"))
        if borders is None:
            borders = self.oxml.OxmlElement("w:tcBorders")
            properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
        found = borders.find(self.names.qn(f"w:{side}"))
        if found is not None:
            borders.remove(found)
        line = self._xml(f'<w:{side} {{}} w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"/>')
        borders.insert(0, line) if side == "top" else borders.append(line)
