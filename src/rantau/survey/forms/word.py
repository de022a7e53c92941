"""Word: a questionnaire to print, each language from a page of its own."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from rantau.extras import require
from rantau.files import steady_zip
from rantau.survey.form_kind import FormKind, Made
from rantau.survey.form_parts import MOST_CHOICES, Part, choices_of, parts_of
from rantau.survey.form_words import lacking, words
from rantau.survey.instrument import Demographic, Scale, Survey

#: What is marked on paper: a sign that the usual fonts have.
_BOX = "□"
_LINE = "_" * 24
# Centimetres: A4 between margins of 2 cm, the column of numbers, and what a statement needs at least.
_WIDTH, _NUMBER, _STATEMENT = 17.0, 0.9, 6.2
_FONT = "Arial"
_GREY = "F2F2F2"


def make(survey: Survey, languages: tuple[str, ...], required: bool) -> Made:
    """Make the document.

    Parameters
    ----------
    survey
        The instrument.
    languages
        Those to include, one after the other.
    required
        Nothing can be required on paper.
    """
    document: Any = require("docx").Document()
    _set_up(document)
    for place, language in enumerate(languages):
        if place:
            document.add_page_break()
        _Questionnaire(document, survey, language).fill()
    properties = document.core_properties
    properties.title, properties.author = survey.title.text(languages[0]), ""
    properties.created = properties.modified = datetime(2000, 1, 1)
    memory = BytesIO()
    document.save(memory)
    remarks = ("On paper nothing can be required.",) if required else ()
    return Made(steady_zip(memory.getvalue()), (*remarks, *lacking(languages)))


def _set_up(document: Any) -> None:  # noqa: ANN401 - a class of a library imported late
    """Set paper, font and page numbers."""
    shared = require("docx.shared")
    section = document.sections[0]
    section.page_width, section.page_height = shared.Cm(21.0), shared.Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = shared.Cm(2.0)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, shared.Pt(10)
    normal.paragraph_format.space_after = shared.Pt(4)
    for name, size in (("Title", 15), ("Heading 1", 11.5)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _FONT, shared.Pt(size), True
        style.font.color.rgb = shared.RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(_qn(f"w:{theme}"), None)
        fonts.set(_qn("w:ascii"), _FONT)
        fonts.set(_qn("w:hAnsi"), _FONT)
    footer = section.footer.paragraphs[0]
    footer.alignment = require("docx.enum.text").WD_ALIGN_PARAGRAPH.CENTER
    _add(footer._p, "w:fldSimple", {"w:instr": "PAGE"})


class _Questionnaire:
    """One language of the document; statements are numbered through all parts."""

    def __init__(self, document: Any, survey: Survey, language: str) -> None:  # noqa: ANN401 - as above
        self.document, self.survey, self.language = document, survey, language
        self.number = 0
        self.shared = require("docx.shared")
        self.centre = require("docx.enum.text").WD_ALIGN_PARAGRAPH.CENTER

    def fill(self) -> None:
        """Write title, introduction, parts and thanks."""
        title = self.document.add_paragraph(self.survey.title.text(self.language), style="Title")
        title.paragraph_format.space_after = self.shared.Pt(6)
        if self.survey.introduction is not None:
            self.document.add_paragraph(self.survey.introduction.text(self.language))
        for place, part in enumerate(parts_of(self.survey), start=1):
            self.part(place, part)
        closing = self.document.add_paragraph(words("thanks", self.language))
        closing.paragraph_format.space_before = self.shared.Pt(14)
        closing.alignment = self.centre

    def part(self, place: int, part: Part) -> None:
        """Write one part: its heading, what to do, its questions."""
        if part.scale is None:
            self.heading(f"{words('part', self.language)} {place}. {words('respondent', self.language)}")
            for question in part.questions:
                if isinstance(question, Demographic):
                    self.demographic(question)
            return
        self.heading(f"{words('part', self.language)} {place}")
        if part.instruction is not None:
            self.told(part.instruction.text(self.language))
        if part.scale.points > MOST_CHOICES:
            bounds = {"minimum": part.scale.minimum, "maximum": part.scale.maximum}
            self.told(f"{words('number', self.language, **bounds)}{self.meaning(part.scale)}")
        elif part.instruction is None:
            self.told(words("mark", self.language))
        self.grid(part, part.scale)

    def heading(self, text: str) -> None:
        heading = self.document.add_paragraph(text, style="Heading 1")
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = (
            self.shared.Pt(12),
            self.shared.Pt(3),
        )

    def told(self, text: str) -> None:
        """Write what respondents are to do; it stays on the page of what follows."""
        self.document.add_paragraph(text).paragraph_format.keep_with_next = True

    def meaning(self, scale: Scale) -> str:
        """Return what the ends of a scale mean, where they have labels."""
        if not scale.labels:
            return ""
        choices = choices_of(scale, self.language)
        (minimum, low), (maximum, high) = choices[0], choices[-1]
        ends = words("range", self.language, minimum=minimum, low=low, maximum=maximum, high=high)
        return f" ({ends})"

    def grid(self, part: Part, scale: Scale) -> None:
        """Write statements with their answers beside them."""
        written = scale.points > MOST_CHOICES
        labels = scale.label_set(self.language)
        columns = 1 if written else scale.points
        width, size = (3.0, 8.0) if written else self.answer_width(scale)
        ends = not written and len(labels) == 2 != scale.points
        heads = 0 if written else 2 if ends else 1
        table = self.document.add_table(rows=heads + len(part.questions), cols=2 + columns)
        table.style = "Table Grid"
        table.autofit = False
        widths = [_NUMBER, _WIDTH - _NUMBER - columns * width, *([width] * columns)]
        for column, each in zip(table.columns, widths, strict=True):
            column.width = self.shared.Cm(each)
        cells = [list(row.cells) for row in table.rows]
        for row in cells:
            for cell, each in zip(row, widths, strict=True):
                cell.width = self.shared.Cm(each)
                _narrow(cell)
        for row in table.rows:
            _add(row._tr.get_or_add_trPr(), "w:cantSplit", {})
        for row in table.rows[:heads]:
            _add(row._tr.get_or_add_trPr(), "w:tblHeader", {})
        if heads:
            self.head(cells, scale, size, ends=ends)
        self.statements(cells[heads:], part, written=written)

    def answer_width(self, scale: Scale) -> tuple[float, float]:
        """Return the width of a column of answers in centimetres and the size of its label in points.

        The longest word must fit, or a label would be broken where no hyphen belongs.
        """
        labels = scale.label_set(self.language)
        most = (_WIDTH - _NUMBER - _STATEMENT) / scale.points
        if len(labels) != scale.points:
            return min(0.8, most), 8.0
        longest = max(_ems(word) for label in labels for word in label.replace("-", "- ").split())
        for size in (8.0, 7.5, 7.0, 6.5, 6.0, 5.5):
            # 28.35 points are a centimetre; a quarter of one goes to margins and borders.
            needed = longest * size / 28.35 + 0.25
            if needed <= most:
                return max(needed, min(1.2, most)), size
        return most, 5.5

    def head(self, cells: list[list[Any]], scale: Scale, size: float, *, ends: bool) -> None:
        """Write the head of a grid: points with their labels, or the labels of the ends above the points."""
        labels = scale.label_set(self.language)
        points = range(scale.minimum, scale.maximum + 1)
        top = cells[0]
        if ends:
            half = len(points) // 2
            aligned = require("docx.enum.text").WD_ALIGN_PARAGRAPH
            low = top[2].merge(top[1 + half])
            high = top[2 + half].merge(top[-1])
            self.put(low, labels[0], size, aligned.LEFT)
            self.put(high, labels[1], size, aligned.RIGHT)
            top[0].merge(cells[1][1])
        else:
            top[0].merge(top[1])
        for cell, point in zip(cells[-1 if not ends else 1][2:] if ends else top[2:], points, strict=True):
            self.put(cell, str(point), 9.0, self.centre, bold=True)
        if len(labels) == scale.points:
            for cell, label in zip(top[2:], labels, strict=True):
                self.put(cell, label, size, self.centre, more=True)

    def statements(self, rows: list[list[Any]], part: Part, *, written: bool) -> None:
        """Write the rows of a grid."""
        middle = require("docx.enum.table").WD_ALIGN_VERTICAL.CENTER
        left = require("docx.enum.text").WD_ALIGN_PARAGRAPH.LEFT
        for place, (row, question) in enumerate(zip(rows, part.questions, strict=True)):
            self.number += 1
            self.put(row[0], f"{self.number}", 9.0, self.centre)
            self.put(row[1], question.wording.text(self.language), 9.5, left)
            for cell in row[2:]:
                self.put(cell, "" if written else _BOX, 12.0, self.centre)
            for cell in row:
                cell.vertical_alignment = middle
                if place % 2:
                    _add(cell._tc.get_or_add_tcPr(), "w:shd", {"w:val": "clear", "w:fill": _GREY})

    def put(
        self,
        cell: Any,  # noqa: ANN401 - a class of a library imported late
        text: str,
        size: float,
        alignment: Any,  # noqa: ANN401 - as above
        *,
        bold: bool = False,
        more: bool = False,
    ) -> None:
        """Write a text into a cell; below what is there if it is more of it."""
        paragraph = cell.add_paragraph() if more else cell.paragraphs[0]
        paragraph.alignment = alignment
        paragraph.paragraph_format.space_before = self.shared.Pt(0 if more else 1)
        paragraph.paragraph_format.space_after = self.shared.Pt(1)
        run = paragraph.add_run(text)
        run.font.size, run.bold = self.shared.Pt(size), bold

    def demographic(self, question: Demographic) -> None:
        """Write a question on the respondent with its answers below it."""
        self.number += 1
        kind = f" ({words(question.kind, self.language)})" if question.kind in ("one", "several") else ""
        told = self.document.add_paragraph()
        told.add_run(f"{self.number}.  {question.wording.text(self.language)}")
        told.add_run(kind).italic = True
        told.paragraph_format.keep_with_next = True
        told.paragraph_format.space_before = self.shared.Pt(6)
        if not question.categories:
            lines = [_LINE]
        else:
            lines = [f"{_BOX}  {category.label.text(self.language)}" for category in question.categories]
        for place, line in enumerate(lines):
            answer = self.document.add_paragraph(line)
            answer.paragraph_format.left_indent = self.shared.Cm(0.9)
            answer.paragraph_format.space_after = self.shared.Pt(1)
            answer.paragraph_format.keep_with_next = place < len(lines) - 1


def _ems(word: str) -> float:
    """Return about how wide a word is in Arial, in sizes of its font."""
    return sum(0.86 if each in "mwMWÅ%" else 0.7 if each.isupper() else 0.3 if each in "ijltfr-.,'" else 0.56
               for each in word)  # fmt: skip


def _qn(name: str) -> str:
    return str(require("docx.oxml.ns").qn(name))


def _add(parent: Any, name: str, attributes: dict[str, str]) -> None:  # noqa: ANN401 - an element of the document
    """Add an element that the library has no method for."""
    element = require("docx.oxml").OxmlElement(name)
    for key, value in attributes.items():
        element.set(_qn(key), value)
    parent.append(element)


def _narrow(cell: Any) -> None:  # noqa: ANN401 - as above
    """Set the margins of a cell to a millimetre, so that labels have room."""
    properties = cell._tc.get_or_add_tcPr()
    margins = require("docx.oxml").OxmlElement("w:tcMar")
    for side in ("left", "right"):
        _add(margins, f"w:{side}", {"w:w": "57", "w:type": "dxa"})
    properties.append(margins)


ROW = FormKind(
    "word",
    "Word and kindred programs: a questionnaire to print, each language on pages of its own",
    ".docx",
    "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    make,
)
