"""Writers: one file format each. A writer makes files in memory, and `document.write` saves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rantau.record import Record
from rantau.report.writers import excel, html, latex, markdown, word

if TYPE_CHECKING:
    from rantau.report.document import Document

Files: TypeAlias = "tuple[tuple[Path, bytes], ...]"


class Writer(Record):
    """A file format: its name, the suffix that picks it, what makes its files, and what it is for."""

    name: str
    suffix: str
    function: Callable[[Document, Path], Files]
    purpose: str


ROWS = (
    Writer("word", ".docx", word.write, "the whole report, to edit and submit"),
    Writer("html", ".html", html.write, "the whole report as one page that needs nothing else"),
    Writer("excel", ".xlsx", excel.write, "the tables with unrounded numbers, to compute on"),
    Writer("latex", ".tex", latex.write, "the tables, one file each, to \\input"),
    Writer("markdown", ".md", markdown.write, "the whole report as plain text"),
)
