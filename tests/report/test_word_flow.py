"""Where tables stand in Word: never lost, never out of order, never away from their section."""

from itertools import pairwise

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm
from sample_document import DISCRIMINANT, FIT, png, wide
from study_findings import mobile, simulated

from rantau.report.assemble import assemble
from rantau.report.document import Document, write
from rantau.report.parts import FigureRef, Heading, Paragraph, References, TableRef
from rantau.report.styles import read_style
from rantau.report.table import Column, Note, Row, Table
from rantau.report.word_flow import exhibit_height, flowed, picture_size, table_height, text_height
from rantau.report.word_table import needs_landscape

SENTENCE = "Loyalty rose with trust, and trust with the quality that customers perceived. "


def tall(key, rows, notes=()):
    """A table of as many rows, of about 14 points each."""
    columns = (Column("a", "Item"), Column("b", "*M*", "decimal"))
    return TableRef(Table(key, "A tall table", columns, tuple(Row((f"x{n}", n / 7)) for n in range(rows)), notes))


def order(parts, kind):
    return [part for part in parts if isinstance(part, kind)]


@pytest.mark.parametrize("make", [mobile, simulated])
@pytest.mark.parametrize(("style", "language"), [("apa7", "en"), ("skripsi", "id")])
def test_reports_keep_every_part_in_its_section(make, style, language):
    document = assemble(make(), title="T", style=style, language=language)
    placed = [one.part for one in flowed(document)]
    assert sorted(map(id, placed)) == sorted(map(id, document.parts))
    for kind in (TableRef, FigureRef, Heading | Paragraph):
        assert order(placed, kind) == order(document.parts, kind)

    def sections(parts):
        found = [[]]
        for part in parts:
            if isinstance(part, Heading) and part.level == 1:
                found.append([])
            found[-1].append(id(part))
        return [sorted(each) for each in found]

    assert sections(placed) == sections(document.parts)


@pytest.mark.parametrize(
    ("style", "language", "turned"), [("apa7", "en", []), ("apa7", "id", []), ("skripsi", "id", ["paths"])]
)
def test_only_what_fits_no_upright_page_turns_it(style, language, turned):
    document = assemble(mobile(), title="T", style=style, language=language)
    wide = [table.key for _, table in document.tables() if needs_landscape(table, document.look)]
    # Three decimals and wide margins leave no room for two engines side by side.
    assert wide == [*turned, "correlations"]
    # The last ends the report; others end the text of their section, and only the tables with later numbers follow.
    placed = flowed(document)
    assert placed[-1].landscape
    for place, one in enumerate(placed[:-1]):
        if one.landscape:
            after = next(later.part for later in placed[place + 1 :] if not isinstance(later.part, TableRef))
            assert isinstance(after, Heading)
            assert after.level == 1


def test_text_goes_on_before_a_table_that_would_leave_the_page_half_empty():
    text = tuple(Paragraph(SENTENCE * 8) for _ in range(6))
    after = tuple(Paragraph(SENTENCE * 6) for _ in range(3))
    parts = (Heading(1, "Results"), *text[:2], tall("t", 30), *after)
    placed = [one.part for one in flowed(Document("T", parts=parts))]
    assert placed.index(parts[3]) > placed.index(after[0])
    # With nothing to fill the page, the table stands where it was put.
    alone = (Heading(1, "Results"), *text[:2], tall("t", 30), Heading(1, "Limits"), *after)
    assert [one.part for one in flowed(Document("T", parts=alone))] == list(alone)


def test_what_fits_on_the_page_stays_where_it_is():
    parts = (Heading(1, "Results"), Paragraph(SENTENCE), TableRef(DISCRIMINANT), Paragraph(SENTENCE), TableRef(FIT))
    placed = flowed(Document("T", parts=parts))
    assert [one.part for one in placed] == list(parts)
    assert all(one.whole for one in placed)


def test_wide_tables_share_the_end_of_their_section():
    first, second = TableRef(wide()), TableRef(wide().replace(key="again"))
    parts = (
        Heading(1, "Results"), Paragraph(SENTENCE), first, Paragraph(SENTENCE), second, Paragraph(SENTENCE),
        Heading(1, "Limits"), Paragraph(SENTENCE),
    )  # fmt: skip
    placed = flowed(Document("T", parts=parts))
    assert [one.part for one in placed][4:6] == [first, second]
    assert [one.landscape for one in placed] == [False] * 4 + [True] * 2 + [False] * 2


def test_few_rows_are_never_broken_and_many_are_where_a_page_would_stay_empty():
    for rows, whole in ((12, True), (45, False)):
        fill = tuple(Paragraph(SENTENCE * 7) for _ in range(3))
        parts = (Heading(1, "Results"), *fill, tall("t", rows), Heading(1, "Limits"))
        (table,) = [one for one in flowed(Document("T", parts=parts)) if isinstance(one.part, TableRef)]
        assert table.whole is whole


def test_heights_grow_with_what_they_measure(tmp_path):
    style = read_style()
    assert table_height(tall("t", 20).table, style) == pytest.approx(
        2 * table_height(tall("t", 10).table, style), rel=0.1
    )
    noted = tall("t", 10, (Note("general", SENTENCE * 5),))
    assert exhibit_height(noted, style) > exhibit_height(tall("t", 10), style) + 3 * style.page.table_size
    # Double spacing: 24 points and more a line.
    assert text_height(Paragraph(SENTENCE * 12), style) > text_height(Paragraph(SENTENCE * 6), style) + 5 * 24
    (tmp_path / "a.png").write_bytes(png(480, 180))
    figure = FigureRef(str(tmp_path / "a.png"), "", "F", alt="x")
    assert exhibit_height(figure, style) > 180 * 72 / 96
    # A figure's note and its source take as many lines as they need.
    noted = figure.replace(note=SENTENCE * 5)
    assert exhibit_height(noted, style) > exhibit_height(figure, style) + 3 * style.page.table_size
    thesis = read_style("skripsi", "en")
    one_line = exhibit_height(figure, thesis) - exhibit_height(figure.replace(of_data=False), thesis)
    assert one_line == pytest.approx(thesis.page.table_size * 1.15 * 1.15 + 2)
    assert exhibit_height(figure, thesis, source=SENTENCE * 3) > exhibit_height(figure, thesis) + one_line


def figure_of(folder, width, height):
    """A figure of a picture of so many points."""
    path = folder / f"{width}x{height}.png"
    path.write_bytes(png(width, height))
    return FigureRef(str(path), "", "A figure", alt="x")


def test_a_figure_that_nearly_fits_is_made_a_little_smaller(tmp_path):
    picture, whole, shares = figure_of(tmp_path, 300, 360), (300.0, 360.0), []
    assert picture_size(picture, read_style()) == whole
    for height in range(100, 400, 20):
        above = figure_of(tmp_path, 310, height)
        placed = flowed(Document("T", parts=(above, picture, Heading(1, "Limits"))))
        width, tall = placed[1].size
        assert tall / width == pytest.approx(360 / 300)
        shares.append(tall / 360)
    # All of it where there is room, then less and less of it, then all of it on the next page.
    smaller = [share for share in shares if share < 1]
    assert shares[0] == shares[-1] == 1
    assert len(smaller) in (3, 4)
    assert min(smaller) >= 0.8
    begin = shares.index(smaller[0])
    assert shares[begin : begin + len(smaller)] == sorted(smaller, reverse=True)


def test_a_figure_fills_the_page_that_a_turned_table_leaves(tmp_path):
    picture, turned = figure_of(tmp_path, 300, 200), TableRef(wide())
    parts = (Heading(1, "Sample"), Paragraph(SENTENCE), turned, picture, Heading(1, "Limits"))
    assert [one.part for one in flowed(Document("T", parts=parts))][2:4] == [picture, turned]
    # Figures stay in order among themselves.
    high, low = figure_of(tmp_path, 300, 460), figure_of(tmp_path, 300, 90)
    parts = (Heading(1, "Sample"), Paragraph(SENTENCE * 10), turned, high, low, Heading(1, "Limits"))
    placed = [one.part for one in flowed(Document("T", parts=parts))]
    assert placed.index(high) < placed.index(low)


@pytest.fixture(scope="module")
def word(tmp_path_factory):
    document = assemble(simulated(), title="Firms")
    return docx.Document(str(write(document, tmp_path_factory.mktemp("flow") / "report.docx")))


def test_works_cited_hang(word):
    listed = [p for p in word.paragraphs if p.style.name == "Reference"]
    works = next(part for part in assemble(simulated(), title="Firms").parts if isinstance(part, References)).items
    assert len(listed) == len(works)
    shape = word.styles["Reference"].paragraph_format
    assert shape.left_indent == -shape.first_line_indent
    assert abs(shape.left_indent - Cm(1.27)) < 1000


def test_notes_stay_whole_and_with_their_table(word):
    assert word.styles["Table Note"].paragraph_format.keep_together
    for above, below in pairwise(word.element.body):
        if above.tag == qn("w:tbl") and below.tag == qn("w:p"):
            last = above.findall(qn("w:tr"))[-1]
            kept = [p.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") for p in last.iter(qn("w:p"))]
            assert all(mark is not None for mark in kept)


def test_words_that_announce_a_list_stay_with_it(word):
    for paragraph, following in pairwise(word.paragraphs):
        if following.style.name == "List Bullet" and paragraph.style.name == "Body Text":
            assert paragraph.paragraph_format.keep_with_next
