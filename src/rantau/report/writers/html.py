"""HTML: the whole report as one page that needs nothing else: no link, no script, no font from outside."""

from __future__ import annotations

import re
from base64 import b64encode
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from rantau.errors import ReportError
from rantau.extras import require
from rantau.report.format import blank, format_cell, missing_tails, note_lines
from rantau.report.markup import Run, plain, read_markup, title_case
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, References, TableRef
from rantau.report.styles import Style, read_style
from rantau.report.table import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rantau.report.document import Document
    from rantau.report.table import Column, Row, Table

_HERE = Path(__file__).parent


def write(document: Document, path: Path) -> tuple[tuple[Path, bytes], ...]:
    """Make the page.

    Parameters
    ----------
    document
        What to write.
    path
        Where it will stand.

    Returns
    -------
    tuple of (Path, bytes)
    """
    blocks, contents = [], []
    for place, (part, number) in enumerate(document.numbered(), start=1):
        blocks.append(_block(document, part, number, place))
        contents.extend(_entry(document, part, number, place))
    jinja2 = require("jinja2", purpose="HTML reports")
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(_read("html.jinja"))
    safe = jinja2.utils.markupsafe.Markup
    page = template.render(
        language=document.look.words.locale,
        plain_title=plain(read_markup(document.title)),
        title=safe(_html(read_markup(document.title))),
        subtitle=safe(_html(read_markup(document.subtitle))),
        banner=document.banner,
        css=safe(_read("html.css")),
        words=document.look.words,
        contents=[{**entry, "text": safe(entry["text"])} for entry in contents],
        blocks=[safe(block) for block in blocks],
    )
    return ((path, (str(page).rstrip() + "\n").encode()),)


def notebook(table: Table) -> str:
    """Return a table for a notebook, in APA style and English, with only the rules it needs.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    str
        HTML.
    """
    look = (
        "<style>.rantau table{border-collapse:collapse;border-top:1px solid;border-bottom:1px solid}"
        ".rantau th,.rantau td{padding:2px 10px;font-weight:normal;text-align:left}"
        ".rantau thead tr:last-child th{border-bottom:1px solid}.rantau thead th{text-align:center}"
        ".rantau td.number{text-align:center;white-space:nowrap}.rantau caption{text-align:left}"
        ".rantau .block{display:inline-block;min-width:var(--w);text-align:right}.rantau .dim{opacity:.5}"
        ".rantau .italic{font-style:italic}</style>"
    )
    style = read_style()
    title = f'<caption><span class="italic">{_html(title_case(read_markup(table.title), style))}</span></caption>'
    notes = _notes(note_lines(table.notes, style))
    return f'{look}<div class="rantau"><table>{title}{_head(table)}{_body(table, style)}</table>{notes}</div>'


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _html(runs: Iterable[Run]) -> str:
    pieces = []
    for run in runs:
        text = escape(run.text, quote=False)
        for wanted, tag in ((run.position == "sub", "sub"), (run.position == "super", "sup")):
            text = f"<{tag}>{text}</{tag}>" if wanted else text
        text = f"<i>{text}</i>" if run.italic else text
        text = f"<b>{text}</b>" if run.bold else text
        pieces.append(f'<span class="dim">{text}</span>' if run.dim else text)
    return "".join(pieces)


def _entry(document: Document, part: Any, number: str, place: int) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the line of the contents for a part, if it has one."""
    words = document.look.words
    match part:
        case Heading():
            text = _html(read_markup(document.resolve(part.text)))
            return [{"id": f"part-{place}", "level": part.level, "text": text}]
        case TableRef():
            text = f"{words.table} {number}. {_html(_title(document, part.table.title))}"
            return [{"id": f"part-{place}", "level": "table", "text": text}]
        case FigureRef():
            text = f"{words.figure} {number}. {_html(_title(document, part.title))}"
            return [{"id": f"part-{place}", "level": "figure", "text": text}]
    return []


def _block(document: Document, part: Any, number: str, place: int) -> str:  # noqa: ANN401
    def text(marked: str) -> str:
        return _html(read_markup(document.resolve(marked)))

    match part:
        case Heading():
            return f'<h{part.level + 1} id="part-{place}">{text(part.text)}</h{part.level + 1}>'
        case Paragraph():
            return f"<p>{text(part.text)}</p>"
        case ListBlock():
            tag = "ol" if part.ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{text(item)}</li>' for item in part.items)}</{tag}>"
        case References():
            return f'<ul class="references">{"".join(f"<li>{text(item)}</li>" for item in part.items)}</ul>'
        case TableRef():
            return _table(document, part.table, number, f"part-{place}")
        case FigureRef():
            return _figure(document, part, number, f"part-{place}")
    raise TypeError(f"a document has no parts of type {type(part).__name__}")


def _title(document: Document, title: str) -> tuple[Run, ...]:
    runs = read_markup(document.resolve(title))
    return title_case(runs, document.look) if document.look.captions.title_case else runs


def _caption(document: Document, word: str, number: str, title: str) -> str:
    captions = document.look.captions
    marks = "title" + " italic" * captions.title_italic + " bold" * captions.title_bold
    label = f'<span class="label">{word} {number}</span>'
    return f'{label} <span class="{marks}">{_html(_title(document, title))}</span>'


def _look(document: Document) -> str:
    """Return the classes that place a caption."""
    captions = document.look.captions
    return "" + " inline" * (not captions.title_below_label) + " center" * (captions.align == "center")


def _notes(lines: Sequence[Sequence[Run]]) -> str:
    return f'<div class="notes">{"".join(f"<p>{_html(line)}</p>" for line in lines)}</div>' if lines else ""


def _table(document: Document, table: Table, number: str, name: str) -> str:
    style = document.look
    caption = _caption(document, style.words.table, number, table.title)
    notes = [note.replace(text=document.resolve(note.text)) for note in table.notes]
    return (
        f'<div class="exhibit{_look(document)}" id="{name}">'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{style.words.table} {number}">'
        f"<table><caption>{caption}</caption>{_head(table)}{_body(table, style)}</table></div>"
        f"{_notes(note_lines(notes, style, banner=document.banner, source=document.source_of(table)))}</div>"
    )


def _side(column: Column) -> str:
    return "text" if column.kind == "text" else "number"


def _head(table: Table) -> str:
    rows = []
    if any(column.spanner for column in table.columns):
        cells = []
        for spanner, group in groupby(table.columns, key=lambda column: column.spanner):
            width = len(list(group))
            text = _html(read_markup(spanner))
            cells.append(
                f'<th class="spanner" scope="colgroup" colspan="{width}">{text}</th>'
                if spanner
                else "<th></th>" * width
            )
        rows.append("".join(cells))
    heads = (
        f'<th scope="col" class="{_side(column)}">{_html(read_markup(column.header))}</th>' for column in table.columns
    )
    rows.append("".join(heads))
    return f"<thead>{''.join(f'<tr>{row}</tr>' for row in rows)}</thead>"


def _body(table: Table, style: Style) -> str:
    body = [row for row in table.rows if row.kind == "body"]
    written = [
        [format_cell(cell, column, style) for cell, column in zip(row.cells, table.columns, strict=True)]
        for row in body
    ]
    columns: list[list[str]] = []
    for place, column in enumerate(table.columns):
        runs = [row[place] for row in written]
        columns.append([_html(cell) for cell in runs] if column.kind == "text" else _numbers(runs, style))
    rows, at = [], 0
    for row in table.rows:
        if row.kind == "rule":
            rows.append(f'<tr class="rule"><td colspan="{len(table.columns)}"></td></tr>')
        elif row.kind == "group":
            label = _html(format_cell(row.cells[0], table.columns[0], style))
            rows.append(f'<tr class="group"><th scope="rowgroup" colspan="{len(table.columns)}">{label}</th></tr>')
        else:
            rows.append(_row(row, table, [column[at] for column in columns]))
            at += 1
    return f"<tbody>{''.join(rows)}</tbody>"


def _numbers(cells: Sequence[Sequence[Run]], style: Style) -> list[str]:
    """Set the numbers of one column in boxes of one width, so that their decimal marks stand in a line."""
    texts = [plain(cell) for cell in cells]
    tails = missing_tails(texts, style)
    width = max((len(text + tail) for text, tail in zip(texts, tails, strict=True)), default=0)
    size = f'style="--w:{width}ch"'
    shown = []
    for cell, text, tail in zip(cells, texts, tails, strict=True):
        boxed = any(character.isdigit() for character in text)
        shown.append(f'<span class="block" {size}>{_html(cell)}{blank(tail, style)}</span>' if boxed else _html(cell))
    return shown


def _row(row: Row, table: Table, cells: Sequence[str]) -> str:
    shown = []
    for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
        if place == 0 and column.kind == "text":
            pad = f' style="padding-left:{0.6 + 1.2 * row.indent:.1f}rem"' if row.indent else ""
            shown.append(f'<th scope="row"{pad}>{cell}</th>')
        else:
            long = " long" if column.kind == "text" and len(cell) > 40 else ""
            shown.append(f'<td class="{_side(column)}{long}">{cell}</td>')
    return f"<tr>{''.join(shown)}</tr>"


def _figure(document: Document, figure: FigureRef, number: str, name: str) -> str:
    style = document.look
    caption = f"<figcaption>{_caption(document, style.words.figure, number, figure.title)}</figcaption>"
    if figure.path_svg:
        picture = _inlined(figure.picture(figure.path_svg), figure, name)
    else:
        data = b64encode(figure.picture(figure.path_png)).decode()
        picture = f'<img alt="{escape(figure.alt)}" src="data:image/png;base64,{data}">'
    notes = (Note("general", document.resolve(figure.note)),) if figure.note else ()
    below = _notes(note_lines(notes, style, banner=document.banner, source=document.source_of(figure)))
    shown = f'<div class="picture">{picture}</div>'
    inner = caption + shown + below if style.captions.figure == "above" else shown + caption + below
    return f'<figure class="{_look(document).strip()}" id="{name}">{inner}</figure>'


def _inlined(content: bytes, figure: FigureRef, name: str) -> str:
    """Return an SVG to stand inside the page: named for screen readers, its ids made the page's own."""
    text = content.decode("utf-8")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ReportError(f"figure '{figure.title}': '{figure.path_svg}' is not a valid SVG: {error}") from error
    if not root.tag.endswith("svg") or "<script" in text.lower():
        raise ReportError(f"figure '{figure.title}': '{figure.path_svg}' is not a plain SVG picture")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', text)
    return text.replace("<svg", f'<svg role="img" aria-label="{escape(figure.alt)}"', 1).strip()
