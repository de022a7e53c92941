"""Document: the report as a value, and write(), which picks the writer by the file's suffix."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from rantau.errors import OptionError, ReportError, unknown
from rantau.options import choose
from rantau.record import Record
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, Part, References, TableRef
from rantau.report.styles import Style, read_style
from rantau.report.writers import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rantau.report.table import Table

__all__ = ["Document", "FigureRef", "Heading", "ListBlock", "Paragraph", "Part", "References", "TableRef", "write"]

# The point of a number that begins with it.
_BARE = re.compile(r"(?<![\w.)])\.(?=\d)")
_REFERENCE = re.compile(r"(?<!\\)\{(table|figure):([^{}]*)\}")


class Document(Record):
    """A report: parts in order, in one language and one style.

    Parameters
    ----------
    title, subtitle
        With inline markup.
    language
        `en` or `id`; the texts are already in it, and it sets the words and the decimal mark.
    style
        A style's name, or the path of a style file.
    banner
        A warning such as "SIMULATED ANSWERS: ...", shown at the top and under every table; "" for none.
    source
        Where the data are from, plain, for styles with a source line under tables and figures; "" for what the style
        says of data of one's own.
    parts
        Headings, paragraphs, lists, works cited, tables and figures, in order.

    Raises
    ------
    OptionError
        If the style or the language is not known.
    ReportError
        If two tables or two figures share a key, or the text refers to one that is not there.

    Examples
    --------
    >>> Document("Loyalty", parts=(Heading(1, "Results"), Paragraph("All is well."))).look.words.table
    'Table'
    """

    title: str
    subtitle: str = ""
    language: str = "en"
    style: str = "apa7"
    banner: str = ""
    source: str = ""
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Check names and references before any writer starts."""
        super().__post_init__()
        object.__setattr__(self, "parts", tuple(self.parts))
        self.look  # noqa: B018 - refuses an unknown style or language
        for what, keys in (
            ("table", [table.key for _, table in self.tables()]),
            ("figure", self._figure_keys()),
        ):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            if twice:
                raise ReportError(f"two {what}s have the key '{twice[0]}'; give each its own")
        for text in self._texts():
            self.resolve(text)

    @property
    def look(self) -> Style:
        """The style in the document's language."""
        return read_style(self.style, self.language)

    def source_of(self, shown: Table | FigureRef) -> str | None:
        """Return the source of what a table or figure shows, as `note_lines` takes it."""
        return self.source if shown.of_data else None

    def numbered(self) -> tuple[tuple[Part, str], ...]:
        """Return each part with its number: "2" or "4.2" for tables and figures, "" for the others."""
        counts = {TableRef: 0, FigureRef: 0}
        parts: list[tuple[Part, str]] = []
        for part in self.parts:
            number = ""
            if isinstance(part, TableRef | FigureRef):
                counts[type(part)] += 1
                number = f"{self.look.captions.number_prefix}{counts[type(part)]}"
            parts.append((part, number))
        return tuple(parts)

    def tables(self) -> tuple[tuple[str, Table], ...]:
        """Return the tables, each with its number."""
        return tuple((number, part.table) for part, number in self.numbered() if isinstance(part, TableRef))

    def resolve(self, text: str, *, table: Callable[[str], str] | None = None) -> str:
        """Put "Table 2" where the text says `{table:key}`, and "Figure 1" for `{figure:key}`.

        Texts have numbers of their own, such as cut-offs, as APA writes them: styles with a leading zero add it.

        Parameters
        ----------
        text
            With markup.
        table
            What to write for a table's number, given its key, where the format numbers tables itself.

        Raises
        ------
        ReportError
            If there is no such table or figure.
        """
        resolved = _REFERENCE.sub(lambda found: self._label(found, table), text)
        return _BARE.sub("0.", resolved) if self.look.rule("correlation").leading_zero else resolved

    def write(self, path: str | Path) -> Path:
        """Write it, as `write(document, path)` does."""
        return write(self, path)

    def _label(self, found: re.Match[str], table: Callable[[str], str] | None) -> str:
        what, key = found.groups()
        numbers = self._numbers(what)
        if key not in numbers:
            raise ReportError(unknown(what, key, numbers, where=f"reference {found.group()}"))
        word = self.look.words.table if what == "table" else self.look.words.figure
        number = table(key) if table is not None and what == "table" else numbers[key]
        return f"{word}\u00a0{number}"

    def _numbers(self, what: str) -> dict[str, str]:
        if what == "table":
            return {table.key: number for number, table in self.tables()}
        return {part.key: number for part, number in self.numbered() if isinstance(part, FigureRef) and part.key}

    def _figure_keys(self) -> list[str]:
        return [part.key for part in self.parts if isinstance(part, FigureRef) and part.key]

    def _texts(self) -> Sequence[str]:
        texts: list[str] = []
        for part in self.parts:
            match part:
                case Heading() | Paragraph():
                    texts.append(part.text)
                case ListBlock() | References():
                    texts.extend(part.items)
                case TableRef():
                    texts.extend(note.text for note in part.table.notes)
                case FigureRef():
                    texts.append(part.note)
        return texts


def write(document: Document, path: str | Path) -> Path:
    """Write a document; the suffix picks the writer.

    Parameters
    ----------
    document
        What to write.
    path
        `.docx`, `.html`, `.xlsx` (tables only, real numbers), `.tex` (tables only, one file each in a folder
        beside it) or `.md`. Missing folders are made. A failure leaves what was there before.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OptionError
        If no writer has that suffix.
    ReportError
        If a figure's file is missing or the disk refuses.
    """
    target = Path(path)
    by_suffix = {row.suffix: row for row in ROWS}
    suffix = target.suffix.lower()
    if not suffix:
        raise OptionError(
            f"report file '{target}' has no suffix, which picks the format. Allowed: {', '.join(by_suffix)}."
        )
    row = by_suffix[choose("report format", suffix, by_suffix)]
    files = row.function(document, target)
    try:
        _replace_all(files)
    except OSError as error:
        # What the error names may be the file beside it, which nobody knows.
        raise ReportError(f"{target}: cannot be written: {error.strerror}; is it open elsewhere?") from error
    return target


def _replace_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write every file beside its place first, and move them in only when all are whole."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, content in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", suffix=".part", delete=False) as file:
                waiting.append((Path(file.name), path))
                file.write(content)
        for temporary, path in waiting:
            # A temporary is private to its owner; a report is an ordinary file.
            temporary.chmod(0o666 & ~_umask())
            os.replace(temporary, path)  # noqa: PTH105 - the atomic call, by its own name
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
