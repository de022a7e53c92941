"""Markdown: the whole report as plain text with pipe tables."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from rantau.report.format import format_cell, note_lines
from rantau.report.markup import Run, read_markup, title_case
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, References, TableRef
from rantau.report.table import Note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rantau.report.document import Document
    from rantau.report.styles import Style
    from rantau.report.table import Table


def write(document: Document, path: Path) -> tuple[tuple[Path, bytes], ...]:
    """Make the Markdown file.

    Parameters
    ----------
    document
        What to write.
    path
        Where it will stand; picture links are relative to it.

    Returns
    -------
    tuple of (Path, bytes)
    """
    blocks = [f"# {_markdown(read_markup(document.title))}"]
    if document.subtitle:
        blocks.append(_markdown(run.replace(italic=not run.italic) for run in read_markup(document.subtitle)))
    if document.banner:
        blocks.append(f"> **{_escaped(document.banner)}**")
    for part, number in document.numbered():
        match part:
            case Heading():
                blocks.append(f"{'#' * (part.level + 1)} {_marked(document, part.text)}")
            case Paragraph():
                blocks.append(_paragraph(_marked(document, part.text)))
            case ListBlock():
                marks = (f"{place}." if part.ordered else "-" for place in range(1, len(part.items) + 1))
                lines = zip(marks, part.items, strict=True)
                blocks.append("\n".join(f"{mark} {_marked(document, item)}" for mark, item in lines))
            case References():
                blocks.extend(_paragraph(_marked(document, item)) for item in part.items)
            case TableRef():
                blocks.extend(_table(document, part.table, number))
            case FigureRef():
                blocks.extend(_figure(document, part, number, path))
    return ((path, ("\n\n".join(blocks) + "\n").encode()),)


def _marked(document: Document, text: str) -> str:
    return _markdown(read_markup(document.resolve(text)))


def _paragraph(text: str) -> str:
    """Keep a paragraph that begins like a list item a paragraph."""
    return re.sub(r"^([-+]|\d+[.)])(?=\s)", lambda found: f"{found[0][:-1]}\\{found[0][-1]}", text.strip())


def _escaped(text: str) -> str:
    """Escape what Markdown would read as markup, and keep a cell on its line."""
    return re.sub(r"([\\*_`|<>\[\]#~$])", r"\\\1", text).replace("\n", " ")


def _markdown(runs: Iterable[Run]) -> str:
    """Set runs; emphasis must touch its text, so spaces are moved outside it."""
    pieces = []
    for run in runs:
        bare = run.text.strip()
        mark = ("**" if run.bold else "") + ("*" if run.italic else "")
        if not bare:
            pieces.append(run.text)
            continue
        before, _, after = run.text.partition(bare)
        text = _escaped(bare)
        if run.position:
            tag = {"sub": "sub", "super": "sup"}[run.position]
            text = f"<{tag}>{text}</{tag}>"
        pieces.append(f"{before}{mark}{text}{mark[::-1]}{after}")
    return "".join(pieces)


def _caption(document: Document, word: str, number: str, title: str) -> list[str]:
    runs = read_markup(document.resolve(title))
    style = document.look
    runs = title_case(runs, style) if style.captions.title_case else runs
    mark = "*" if style.captions.title_italic else ""
    set_runs = tuple(run.replace(italic=not run.italic) for run in runs) if mark else runs
    return [f"**{word} {number}**", _markdown(set_runs)]


def _notes(document: Document, shown: Table | FigureRef, notes: Iterable[Note]) -> list[str]:
    resolved = [note.replace(text=document.resolve(note.text)) for note in notes]
    source = document.source_of(shown)
    return [_markdown(line) for line in note_lines(resolved, document.look, banner=document.banner, source=source)]


def _table(document: Document, table: Table, number: str) -> list[str]:
    style = document.look
    headers = []
    for column in table.columns:
        spanner = f"{_markdown(read_markup(column.spanner))}: " if column.spanner else ""
        headers.append(spanner + _markdown(read_markup(column.header)))
    lines = [_line(headers), _line("---" if column.kind == "text" else "---:" for column in table.columns)]
    lines.extend(_line(cells) for cells in _body(table, style))
    return [
        *_caption(document, style.words.table, number, table.title),
        "\n".join(lines),
        *_notes(document, table, table.notes),
    ]


def _body(table: Table, style: Style) -> Iterable[list[str]]:
    """Yield the cells of each row. Pipe tables have no rules inside, so rule rows are left out."""
    for row in table.rows:
        if row.kind == "rule":
            continue
        cells = [
            _markdown(format_cell(cell, column, style)) for cell, column in zip(row.cells, table.columns, strict=False)
        ]
        cells[0] = "&emsp;" * row.indent + cells[0]
        if row.kind == "group":
            cells = [f"**{cells[0]}**"] + [""] * (len(table.columns) - 1)
        yield cells


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(document: Document, figure: FigureRef, number: str, path: Path) -> list[str]:
    picture = figure.path_png or figure.path_svg
    figure.picture(picture)
    link = os.path.relpath(picture, path.parent).replace(os.sep, "/").replace(" ", "%20")
    notes = (Note("general", figure.note),) if figure.note else ()
    return [
        *_caption(document, document.look.words.figure, number, figure.title),
        f"![{_escaped(figure.alt)}]({link})",
        *_notes(document, figure, notes),
    ]
