"""Excel: one sheet a table, with unrounded numbers that only look rounded, and an index sheet."""

from __future__ import annotations

import math
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from rantau.extras import require
from rantau.report.format import cell_kind, format_cell, note_lines, rounded
from rantau.report.markup import Run, plain, read_markup, title_case
from rantau.report.table import Interval, Marked, part_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rantau.report.document import Document
    from rantau.report.styles import Style
    from rantau.report.table import Cell, Column, Row, Table

# A fixed date, so that writing twice gives the same file.
_CREATED = datetime(2000, 1, 1)
# Text columns are at most this many characters wide; longer text is wrapped.
_LONGEST = 60
# The width of a column that nothing was said about.
_EMPTY = 8
# Notes are at least this many characters wide; a row of the sheet's own height takes one line.
_READABLE, _ROW_HEIGHT = 90, 15
_SUPERSCRIPTS = dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))


def write(document: Document, path: Path) -> tuple[tuple[Path, bytes], ...]:
    """Make the workbook.

    Parameters
    ----------
    document
        Its tables are written; text and figures are not.
    path
        Where it will stand.

    Returns
    -------
    tuple of (Path, bytes)
    """
    memory = BytesIO()
    book = require("xlsxwriter").Workbook(
        memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    title = plain(read_markup(document.title))
    book.set_properties({"title": title, "subject": document.banner, "created": _CREATED})
    names = [_sheet_name(number, table) for number, table in document.tables()]
    _index(book, document, title, names)
    for name, (number, table) in zip(names, document.tables(), strict=True):
        _Sheet(book, book.add_worksheet(name), document).fill(table, number)
    book.close()
    return ((path, memory.getvalue()),)


def _sheet_name(number: str, table: Table) -> str:
    """Return a name Excel accepts: at most 31 characters; the number makes it unique."""
    return f"{number} {table.key}"[:31]


def _index(book: Any, document: Document, title: str, names: Sequence[str]) -> None:  # noqa: ANN401
    words = document.look.words
    sheet = book.add_worksheet(words.tables)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, plain(read_markup(document.subtitle)))
    if document.banner:
        sheet.merge_range(2, 0, 2, 1, document.banner, _banner_format(book))
    link = book.add_format({"font_color": "#0563C1", "underline": 1})
    for place, (name, (number, table)) in enumerate(zip(names, document.tables(), strict=True), start=4):
        sheet.write_url(place, 0, f"internal:'{name}'!A1", link, f"{words.table} {number}")
        sheet.write_string(place, 1, plain(_title(document, table)))
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 80)
    sheet.fit_to_pages(1, 0)


def _banner_format(book: Any) -> Any:  # noqa: ANN401
    return book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})


def _title(document: Document, table: Table) -> tuple[Run, ...]:
    runs = read_markup(table.title)
    return title_case(runs, document.look) if document.look.captions.title_case else runs


def _across(widths: Sequence[int]) -> tuple[int, int]:
    """Return the column up to which notes run, and how many characters these columns hold: enough to read."""
    room, last = sum(widths), len(widths) - 1
    while room < _READABLE or last < 1:
        room, last = room + _EMPTY, last + 1
    return last, room


class _Sheet:
    """One table on its sheet, from the top down; `at` is the next free row."""

    def __init__(self, book: Any, sheet: Any, document: Document) -> None:  # noqa: ANN401
        self.book, self.sheet, self.document = book, sheet, document
        self.style: Style = document.look
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.at = 0

    def format(self, **properties: Any) -> Any:  # noqa: ANN401
        """Return a cell format; equal ones are made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": self.style.page.font, **properties})
        return self.formats[key]

    def fill(self, table: Table, number: str) -> None:
        """Write title, header, body and notes."""
        self.sheet.hide_gridlines(2)
        spread = list(table.spread())
        last, room = _across(self.widths(table, spread))
        self.line((Run(f"{self.style.words.table} {number}", bold=True),))
        self.line(_title(self.document, table), italic=self.style.captions.title_italic)
        if self.document.banner:
            self.sheet.merge_range(self.at, 0, self.at, last, self.document.banner, _banner_format(self.book))
            self.at += 1
        self.at += 1
        top = self.at
        self.header(table, spread)
        repeated = top, self.at - 1
        self.sheet.freeze_panes(self.at, 1)
        ends = max((place for place, row in enumerate(table.rows) if row.kind != "rule"), default=-1)
        for place, row in enumerate(table.rows):
            self.row(table.columns, row, spread, bottom=place == ends)
        notes = [note.replace(text=self.document.resolve(note.text)) for note in table.notes]
        for runs in note_lines(notes, self.style, banner=self.document.banner, source=self.document.source_of(table)):
            self.note(runs, last, room)
        self.printed(repeated)

    def note(self, runs: Sequence[Run], last: int, room: int) -> None:
        """Write a note up to a last column, in as many lines as it takes."""
        properties: dict[str, Any] = {"text_wrap": True, "valign": "top"}
        self.sheet.merge_range(self.at, 0, self.at, last, "", self.format(**properties))
        self.text(self.at, 0, runs, properties)
        self.lines(plain(runs), room)
        self.at += 1

    def lines(self, text: str, room: int) -> None:
        """Make the present row as high as a text needs; not every program does so by itself."""
        count = math.ceil(1.1 * len(text) / room)
        if count > 1:
            self.sheet.set_row(self.at, _ROW_HEIGHT * count)

    def printed(self, header: tuple[int, int]) -> None:
        """Set the page: turned, as wide as the sheet, the header on every page."""
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(*header)

    def line(self, runs: Sequence[Run], *, italic: bool = False) -> None:
        """Write a line of text over the cells to its right."""
        self.text(self.at, 0, runs, {"italic": italic})
        self.at += 1

    def text(self, row: int, column: int, runs: Sequence[Run], properties: dict[str, Any]) -> None:
        """Write text with its italics and subscripts kept."""
        pieces = [
            (
                self.format(
                    italic=run.italic != bool(properties.get("italic")),
                    bold=run.bold or bool(properties.get("bold")),
                    font_script={"": 0, "super": 1, "sub": 2}[run.position],
                ),
                run.text,
            )
            for run in runs
        ]
        whole = self.format(**properties)
        if len(pieces) > 1:
            self.sheet.write_rich_string(row, column, *(part for piece in pieces for part in piece), whole)
        elif pieces:
            marks = {"italic": runs[0].italic != bool(properties.get("italic"))}
            marks["bold"] = runs[0].bold or bool(properties.get("bold"))
            self.sheet.write_string(row, column, runs[0].text, self.format(**{**properties, **marks}))
        else:
            self.sheet.write_blank(row, column, None, whole)

    def header(self, table: Table, spread: Sequence[tuple[str, int, str]]) -> None:
        """Write the header: a row of spanners where there are any, and low and high under an interval."""
        over = [_over(table.columns[place], part) for _, place, part in spread]
        centre = {"align": "center", "valign": "bottom"}
        if any(over):
            start = 0
            for stop in range(1, len(over) + 1):
                if stop < len(over) and over[stop] == over[start]:
                    continue
                self.spanner(start, stop - 1, over[start])
                start = stop
            self.at += 1
        for column, (_, place, part) in enumerate(spread):
            words = {"low": self.style.words.low, "high": self.style.words.high}
            runs = (Run(words[part]),) if part in words else read_markup(table.columns[place].header)
            side = {"align": "left", "valign": "bottom"} if table.columns[place].kind == "text" else centre
            self.text(
                self.at,
                column,
                runs,
                {**side, "bottom": 1, "text_wrap": True} | ({} if any(over) else {"top": 1}),
            )
        self.at += 1

    def spanner(self, first: int, last: int, text: str) -> None:
        """Write one spanner over its columns."""
        properties = {"align": "center", "top": 1} | ({"bottom": 1} if text else {})
        if text and last > first:
            self.sheet.merge_range(self.at, first, self.at, last, "", self.format(**properties))
            self.text(self.at, first, read_markup(text), properties)
            return
        for column in range(first, last + 1):
            self.text(self.at, column, read_markup(text), properties)

    def row(self, columns: Sequence[Column], row: Row, spread: Sequence[tuple[str, int, str]], *, bottom: bool) -> None:
        """Write one row; a rule becomes a line over an empty row of little height."""
        edge = {"bottom": 1} if bottom else {}
        if row.kind == "rule":
            for column in range(len(spread)):
                self.sheet.write_blank(self.at, column, None, self.format(bottom=1))
            self.sheet.set_row(self.at, 4)
        elif row.kind == "group":
            self.text(self.at, 0, format_cell(row.cells[0], columns[0], self.style), {"bold": True, **edge})
            for column in range(1, len(spread)):
                self.sheet.write_blank(self.at, column, None, self.format(**edge))
        else:
            for column, (_, place, part) in enumerate(spread):
                indent = {"indent": row.indent} if column == 0 and row.indent else {}
                self.cell(column, columns[place], row.cells[place], part, {"valign": "top", **edge, **indent})
        self.at += 1

    def cell(self, at: int, column: Column, cell: Cell, part: str, properties: dict[str, Any]) -> None:
        """Write one cell: a real number with a number format, or text."""
        mark = cell if isinstance(cell, Marked) else Marked(cell)
        value = part_of(cell, part)
        properties |= {"bold": True} if mark.bold else {}
        properties |= {"font_color": "#808080"} if mark.dim else {}
        numeric = cell_kind(cell, column) != "text"
        if isinstance(value, float | int) and math.isfinite(value):
            code = _number_format(column, cell, value, self.style, marked=part != "low")
            self.sheet.write_number(self.at, at, value, self.format(num_format=code, **properties))
        elif value is None:
            self.sheet.write_blank(self.at, at, None, self.format(**properties))
        else:
            if numeric:
                properties |= {"align": "right"}
            elif len(str(value)) > _LONGEST:
                properties |= {"text_wrap": True}
                self.lines(str(value), _LONGEST)
            # An infinite or missing number has no number format: it is written as the formatter writes it.
            whole = isinstance(value_of(cell), Interval)
            shown: Cell = mark.replace(value=value) if whole else cell
            self.text(self.at, at, format_cell(shown, column, self.style), properties)

    def widths(self, table: Table, spread: Sequence[tuple[str, int, str]]) -> list[int]:
        """Give each column the width of its longest content, within reason, and return these widths in characters."""
        chosen = []
        for at, (_, place, _part) in enumerate(spread):
            column = table.columns[place]
            cells = [plain(format_cell(r.cells[place], column, self.style)) for r in table.rows if r.kind == "body"]
            header = len(plain(read_markup(column.header)))
            longest = max([len(cell) for cell in cells] + [min(header, 18)]) + 2
            chosen.append(min(max(longest, 9), _LONGEST if column.kind == "text" else 18))
            self.sheet.set_column(at, at, chosen[-1])
        return chosen


def _over(column: Column, part: str) -> str:
    """Return what stands over a column: its spanner; over low and high, the interval's own header too."""
    if part == "value":
        return column.spanner
    return f"{column.spanner}: {column.header}" if column.spanner else column.header


def _number_format(column: Column, cell: Cell, value: float, style: Style, *, marked: bool) -> str:
    """Return Excel's code for the style's rule; stars and note letters follow as text, outside the number."""
    mark = cell if isinstance(cell, Marked) else Marked(None)
    kind = cell_kind(cell, column)
    if kind == "text":
        return "General"
    rule = style.rule(kind)
    chosen = column.decimals if mark.decimals is None else mark.decimals
    places = rule.decimals if chosen is None else chosen
    if kind == "integer" and not float(value).is_integer():
        places = max(places, 2)
    if kind == "p":
        places = max(places, 2)
    whole = "0" if rule.leading_zero or places == 0 else ""
    whole = "#,##0" if abs(value) >= 1000 and kind not in ("integer", "p") else whole
    code = whole + ("." + "0" * places if places else "")
    tail = (mark.stars + "".join(_SUPERSCRIPTS.get(letter, f"({letter})") for letter in mark.note)) if marked else ""
    code += f'"{tail}"' if tail else ""
    if kind != "p":
        # A negative number that rounds to zero has no minus.
        return f"{code};{code}" if value < 0 and rounded(value, places) == 0 else code
    unit, zero, point = f"{10.0**-places:.{places}f}", whole, style.words.decimal_mark
    least = f"{zero}{point}{'0' * (places - 1)}1"
    most = f"{zero}{point}{'9' * places}"
    top = f"{1 - 0.5 * 10.0**-places:.{places + 1}f}"
    return f'[<{unit}]"< {least}{tail}";[>={top}]"> {most}{tail}";{code}'
