"""Word: the whole report: real tables, headings the navigation pane sees, captions that can be listed."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from rantau.extras import require
from rantau.files import steady_zip
from rantau.report.format import note_lines
from rantau.report.markup import Run, plain, read_markup, title_case
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, References, TableRef
from rantau.report.table import Note
from rantau.report.word_flow import Placed, flowed
from rantau.report.word_table import WordTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rantau.report.document import Document
    from rantau.report.table import Table

# A fixed date, so that writing twice gives the same file.
_CREATED = datetime(2000, 1, 1)
# Of a list of references, centimetres (APA 7, section 9.43).
_HANGING = 1.27
# A dark red.
_WARNING = (0x9C, 0x00, 0x06)


def write(document: Document, path: Path) -> tuple[tuple[Path, bytes], ...]:
    """Make the Word file.

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
    memory = BytesIO()
    _Word(document).fill().save(memory)
    return ((path, steady_zip(memory.getvalue())),)


def _turned(parts: Sequence[Placed]) -> bool:
    """Say whether the first part goes on a landscape page: a wide table, and the headings right above it."""
    for placed in parts:
        if not isinstance(placed.part, Heading):
            return placed.landscape
    return False


class _Word:
    """A Word file as it fills up, part after part."""

    def __init__(self, document: Document) -> None:
        self.document, self.style = document, document.look
        self.docx = require("docx", package="python-docx", purpose="Word reports")
        self.enum = require("docx.enum.text")
        self.shared = require("docx.shared")
        self.oxml = require("docx.oxml")
        self.qn = require("docx.oxml.ns").qn
        self.word = self.docx.Document()
        self.landscape = False
        self._page()
        self._styles()
        self._settings()
        self._properties()

    def fill(self) -> Any:  # noqa: ANN401 - a python-docx document
        """Write all parts and return the file."""
        self._front()
        parts = flowed(self.document)
        for place, placed in enumerate(parts):
            self._turn(_turned(parts[place:]))
            part, number = placed.part, placed.number
            match part:
                case Heading():
                    self.text(part.text, f"Heading {part.level}")
                case Paragraph():
                    announcing = place + 1 < len(parts) and isinstance(parts[place + 1].part, ListBlock)
                    self.text(part.text, "Body Text").paragraph_format.keep_with_next = announcing or None
                case ListBlock():
                    self._list(part)
                case References():
                    for item in part.items:
                        self.text(item, "Reference")
                case TableRef():
                    self._table(part, number, whole=placed.whole)
                case FigureRef():
                    self._figure(part, number, placed.size)
        return self.word

    def text(self, marked: str, style: str) -> Any:  # noqa: ANN401
        """Add a paragraph of marked text."""
        return self.runs(self.word.add_paragraph(style=style), read_markup(self.document.resolve(marked)))

    def runs(self, paragraph: Any, runs: Sequence[Run], **marks: bool) -> Any:  # noqa: ANN401
        """Add runs to a paragraph; italics inside italics stand upright."""
        for run in runs:
            added = paragraph.add_run(run.text)
            italic = run.italic != marks.get("italic", False)
            added.italic, added.bold = italic or None, (run.bold or marks.get("bold", False)) or None
            if run.position == "super":
                added.font.superscript = True
            elif run.position == "sub":
                added.font.subscript = True
        return paragraph

    def _page(self) -> None:
        section = self.word.sections[0]
        width, height = self.style.page.paper_cm
        section.page_width, section.page_height = self.shared.Cm(width), self.shared.Cm(height)
        top, right, bottom, left = (self.shared.Cm(margin) for margin in self.style.page.margins_cm)
        section.top_margin, section.right_margin = top, right
        section.bottom_margin, section.left_margin = bottom, left
        footer = section.footer.paragraphs[0]
        footer.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
        self.field(footer, "PAGE", "1")
        if self.document.banner:
            header = self.runs(section.header.paragraphs[0], (Run(self.document.banner, bold=True),))
            header.runs[0].font.size = self.shared.Pt(self.style.page.table_size)
            header.runs[0].font.color.rgb = self.shared.RGBColor(*_WARNING)

    def field(self, paragraph: Any, code: str, shown: str, *, bold: bool = False) -> None:  # noqa: ANN401
        """Add a field (a page number, a caption's number) that Word keeps up to date."""
        for kind in ("begin", "instruction", "separate", "shown", "end"):
            run = paragraph.add_run(shown if kind == "shown" else "")
            run.bold = bold or None
            if kind == "instruction":
                element = self.oxml.OxmlElement("w:instrText")
                element.set(self.qn("xml:space"), "preserve")
                element.text = f" {code} "
                run._r.append(element)
            elif kind != "shown":
                element = self.oxml.OxmlElement("w:fldChar")
                element.set(self.qn("w:fldCharType"), kind)
                run._r.append(element)

    def _styles(self) -> None:
        page, styles = self.style.page, self.word.styles
        spacing, none = page.line_spacing, self.shared.Pt(0)
        self._font(styles["Normal"], page.size)
        self._space(styles["Normal"], none, none, 1.0)
        self._language()
        for name in ("Body Text", "List Bullet", "List Number"):
            self._font(styles[name], page.size)
            self._space(styles[name], none, none, spacing)
        styles["Body Text"].paragraph_format.first_line_indent = self.shared.Cm(page.first_line_cm)
        for name in ("Title", "Subtitle"):
            self._font(styles[name], page.size + 2 if name == "Title" else page.size, bold=name == "Title")
            styles[name].paragraph_format.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
            for mark in ("w:pBdr", "w:spacing", "w:kern", "w:contextualSpacing"):
                for within in ("w:pPr", "w:rPr"):
                    self._drop(styles[name].element.find(self.qn(within)), mark)
            self._space(styles[name], none, self.shared.Pt(page.size), 1.0)
        for level, look in enumerate(page.headings, start=1):
            heading = styles[f"Heading {level}"]
            self._font(heading, page.size, bold="bold" in look, italic="italic" in look)
            self._space(heading, self.shared.Pt(page.size), self.shared.Pt(page.size / 2), 1.0)
            side = "CENTER" if "center" in look else "LEFT"
            heading.paragraph_format.alignment = self.enum.WD_ALIGN_PARAGRAPH[side]
        self._font(styles["Caption"], page.size)
        self._space(styles["Caption"], self.shared.Pt(page.size), self.shared.Pt(4), 1.2)
        styles["Caption"].paragraph_format.keep_with_next = True
        for name in ("Table Text", "Table Note"):
            made = styles.add_style(name, self.docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = styles["Normal"]
            made.font.size = self.shared.Pt(page.table_size)
        self._space(styles["Table Text"], self.shared.Pt(1.5), self.shared.Pt(1.5), 1.0)
        self._space(styles["Table Note"], self.shared.Pt(2), none, 1.15)
        styles["Table Note"].paragraph_format.keep_together = True
        works = styles.add_style("Reference", self.docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        works.base_style = styles["Normal"]
        self._space(works, none, none, spacing)
        works.paragraph_format.left_indent = self.shared.Cm(_HANGING)
        works.paragraph_format.first_line_indent = self.shared.Cm(-_HANGING)
        works.paragraph_format.keep_together = True

    def _font(self, style: Any, size: float, *, bold: bool = False, italic: bool = False) -> None:  # noqa: ANN401
        """Set a style's font; the template's theme fonts would win if they stayed."""
        style.font.name, style.font.size = self.style.page.font, self.shared.Pt(size)
        style.font.bold, style.font.italic = bold, italic
        style.font.color.rgb = self.shared.RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(self.qn(f"w:{script}"), self.style.page.font)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(self.qn(f"w:{theme}"), None)

    def _drop(self, properties: Any, mark: str) -> None:  # noqa: ANN401
        for found in [] if properties is None else properties.findall(self.qn(mark)):
            properties.remove(found)

    @staticmethod
    def _space(style: Any, before: Any, after: Any, lines: float) -> None:  # noqa: ANN401
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = before, after, lines

    def _language(self) -> None:
        """Name the proofing language, in which Word checks the spelling and reads aloud."""
        defaults = self.word.styles.element.find(self.qn("w:docDefaults"))
        for language in defaults.iter(self.qn("w:lang")):
            language.set(self.qn("w:val"), self.style.words.locale)

    def _settings(self) -> None:
        """Ask for the layout of today's Word, and name the decimal mark."""
        settings = self.word.settings.element
        for found in settings.iter(self.qn("w:compatSetting")):
            if found.get(self.qn("w:name")) == "compatibilityMode":
                found.set(self.qn("w:val"), "15")
        settings.find(self.qn("w:decimalSymbol")).set(self.qn("w:val"), self.style.words.decimal_mark)

    def _properties(self) -> None:
        properties = self.word.core_properties
        properties.title = plain(read_markup(self.document.title))
        properties.subject = self.document.banner
        properties.language = self.style.words.locale
        properties.author = properties.comments = properties.last_modified_by = ""
        properties.created = properties.modified = _CREATED

    def _front(self) -> None:
        self.text(self.document.title, "Title")
        if self.document.subtitle:
            self.text(self.document.subtitle, "Subtitle")
        if self.document.banner:
            paragraph = self.word.add_paragraph(style="Normal")
            paragraph.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_after = self.shared.Pt(self.style.page.size)
            self.runs(paragraph, (Run(self.document.banner, bold=True),))
            paragraph.runs[0].font.color.rgb = self.shared.RGBColor(*_WARNING)
            frame = "".join(
                f'<w:{side} w:val="single" w:sz="12" w:space="4" w:color="9C0006"/>'
                for side in ("top", "left", "bottom", "right")
            )
            name = require("docx.oxml.ns").nsdecls("w")
            paragraph._p.get_or_add_pPr().insert_element_before(
                self.oxml.parse_xml(f"<w:pBdr {name}>{frame}</w:pBdr>"), "w:shd", "w:spacing", "w:ind", "w:jc"
            )

    def _turn(self, landscape: bool) -> None:
        """Start a new section where the page must be turned, and turn back after it."""
        if landscape == self.landscape:
            return
        section = self.word.add_section(self.docx.enum.section.WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = section.page_height, section.page_width
        orient = self.docx.enum.section.WD_ORIENT
        section.orientation = orient.LANDSCAPE if landscape else orient.PORTRAIT
        # The paragraph that carries the break must not push an empty page out.
        breaking = self.word.paragraphs[-1]
        breaking.paragraph_format.line_spacing = self.shared.Pt(1)
        self.landscape = landscape

    def _list(self, block: ListBlock) -> None:
        number = self._restarted() if block.ordered else None
        for item in block.items:
            paragraph = self.text(item, "List Number" if block.ordered else "List Bullet")
            if number is not None:
                chosen = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                chosen.get_or_add_ilvl().val, chosen.get_or_add_numId().val = 0, number

    def _restarted(self) -> int:
        """Make a numbering that begins at 1 again, and return its id."""
        numbering = self.word.part.numbering_part.element
        used = self.word.styles["List Number"].element.pPr.numPr.numId.val
        kind = numbering.num_having_numId(used).abstractNumId.val
        number = numbering.add_num(kind)
        number.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(number.numId)

    def _caption(self, word: str, number: str, title: str, *, last: bool = False) -> None:
        """Write the label and the title, on one line or two; `last` for a caption under its figure.

        They are one paragraph, so that Word's list of tables shows the title beside the number.
        """
        captions = self.style.captions
        side = self.enum.WD_ALIGN_PARAGRAPH["CENTER" if captions.align == "center" else "LEFT"]
        label = self.word.add_paragraph(style="Caption")
        label.add_run(f"{word} {captions.number_prefix}").bold = captions.label_bold
        counted = number.removeprefix(captions.number_prefix)
        self.field(label, f"SEQ {word} \\* ARABIC", counted, bold=captions.label_bold)
        if captions.title_below_label:
            label.add_run().add_break()
        else:
            label.add_run("  ")
        runs = read_markup(self.document.resolve(title))
        runs = title_case(runs, self.style) if captions.title_case else runs
        self.runs(label, runs, italic=captions.title_italic, bold=captions.title_bold)
        label.alignment = side
        if last:
            label.paragraph_format.keep_with_next = False

    def _notes(self, shown: Table | FigureRef, notes: Sequence[Note]) -> None:
        resolved = [note.replace(text=self.document.resolve(note.text)) for note in notes]
        source = self.document.source_of(shown)
        lines = note_lines(resolved, self.style, banner=self.document.banner, source=source)
        last = None
        for place, line in enumerate(lines):
            last = self.runs(self.word.add_paragraph(style="Table Note"), line)
            last.paragraph_format.keep_with_next = place < len(lines) - 1
        if last is None:
            last = self.word.add_paragraph(style="Table Note")  # Word joins tables that nothing stands between
        last.paragraph_format.space_after = self.shared.Pt(self.style.page.size)

    def _table(self, part: TableRef, number: str, *, whole: bool) -> None:
        self._caption(self.style.words.table, number, part.table.title)
        WordTable(self.word, part.table, self.style, landscape=self.landscape, whole=whole, runs=self.runs).fill()
        self._notes(part.table, part.table.notes)

    def _figure(self, figure: FigureRef, number: str, size: tuple[float, float]) -> None:
        above = self.style.captions.figure == "above"
        if above:
            self._caption(self.style.words.figure, number, figure.title)
        paragraph = self.word.add_paragraph(style="Normal")
        paragraph.alignment = self.enum.WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(BytesIO(figure.picture(figure.path_png)))
        picture.width, picture.height = (self.shared.Pt(length) for length in size)
        for side in ("distT", "distB", "distL", "distR"):
            picture._inline.set(side, "0")  # readers that find none assume an eighth of an inch
        described = picture._inline.docPr
        described.set("descr", figure.alt)
        described.set("title", plain(read_markup(figure.title)))
        if not above:
            self._caption(self.style.words.figure, number, figure.title, last=not figure.note)
        self._notes(figure, (Note("general", figure.note),) if figure.note else ())
