"""The Word file, opened again with python-docx."""

import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from sample_document import BANNER, PATHS, sample, wide

from rantau.report.document import write
from rantau.report.styles import read_style
from rantau.report.word_table import column_widths, needs_landscape, page_room


@pytest.fixture(scope="module")
def word(tmp_path_factory):
    folder = tmp_path_factory.mktemp("word")
    return docx.Document(str(write(sample(folder), folder / "report.docx")))


@pytest.fixture(scope="module")
def skripsi(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skripsi")
    document = sample(folder, style="skripsi", language="id", banner="")
    return docx.Document(str(write(document, folder / "report.docx")))


def cells(table):
    return [[cell.text.replace("\u00a0", " ").strip() for cell in row.cells] for row in table.rows]


def borders(cell):
    found = cell._tc.find(f"{qn('w:tcPr')}/{qn('w:tcBorders')}")
    return set() if found is None else {edge.tag.split("}")[1] for edge in found}


def test_cells_say_what_the_formatter_says(word):
    body = cells(word.tables[0])
    assert body[1] == ["H", "Path", "β", "SE", "95% CI", "t", "p", "f2", "Decision"]
    assert body[0][2:4] == ["Estimate", "Estimate"]
    assert body[2] == ["Effects on satisfaction"] * 9
    assert body[3] == [
        "H1",
        "Image → Satisfaction",
        "0.18***",
        "0.06",
        "[0.07, 0.29]",
        "3.24",
        ".001",
        "0.03",
        "Supported",
    ]
    assert body[4][2:7] == ["0.00a", "0.04", "[−0.09, 0.09]", "−0.03", ".979"]
    assert body[5][6] == "< .001"
    assert body[8][3:7] == ["", "—", "—", ".401"]
    assert cells(word.tables[1])[1:][1] == ["1. Image", "73.13", "12.41", ".74", "", "", "0.4", "250"]


def test_indonesian_numbers(skripsi):
    body = cells(skripsi.tables[0])
    assert body[3][2:7] == ["0,179***", "0,055", "[0,071; 0,286]", "3,240", "0,001"]
    assert body[5][6] == "< 0,001"


def test_three_rules_and_no_vertical_ones(word):
    table = word.tables[1]
    assert all("top" in borders(cell) for cell in table.rows[0].cells)
    assert all("bottom" in borders(cell) for cell in table.rows[1].cells)
    assert all("bottom" in borders(cell) for cell in table.rows[-1].cells)
    assert all(borders(cell) == set() for row in table.rows[2:-1] for cell in row.cells)
    every = {edge for table in word.tables for row in table.rows for cell in row.cells for edge in borders(cell)}
    assert every == {"top", "bottom"}
    assert all("bottom" in borders(cell) for cell in word.tables[0].rows[5].cells)  # the rule row


def test_header_repeats_and_rows_stay_whole(word):
    rows = word.tables[0].rows
    repeats = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert repeats == [True, True] + [False] * 7
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_captions_are_bold_label_over_italic_title(word):
    caption = next(p for p in word.paragraphs if p.text.startswith("Table 1"))
    assert caption.text == "Table 1\nStructural Paths and the Decisions on the Hypotheses"
    assert caption.style.name == "Caption"
    assert [bool(run.bold) for run in caption.runs if run.text.strip()] == [True, True, False]
    assert caption.runs[-1].italic
    assert "SEQ Table" in "".join(node.text for node in caption._p.iter(qn("w:instrText")))
    titled = next(p for p in word.paragraphs if p.text.startswith("Figure 2"))
    assert [(run.text, bool(run.italic), bool(run.font.superscript)) for run in titled.runs[-3:]] == [
        ("Structural Model With ", True, False), ("R", False, False), ("2", True, True),
    ]  # fmt: skip


def test_skripsi_captions_are_one_line_numbered_by_chapter(skripsi):
    texts = [paragraph.text for paragraph in skripsi.paragraphs]
    assert any(text.startswith("Tabel 4.1  Structural") for text in texts)
    assert texts.count("Sumber: Data primer diolah") == 6
    kinds = ["picture" if p._p.findall(f".//{qn('w:drawing')}") else p.text[:10] for p in skripsi.paragraphs]
    assert kinds[kinds.index("picture") + 1] == "Gambar 4.1"


def test_notes_in_order_and_the_banner_everywhere(word):
    texts = [paragraph.text for paragraph in word.paragraphs]
    at = texts.index("a The sign was expected to be positive.")
    assert texts[at - 1].startswith(f"Note. {BANNER} N = 250.")
    assert texts[at + 1].startswith("p < .05")
    assert sum(text.startswith(f"Note. {BANNER}") for text in texts) == 6
    assert texts[2] == BANNER
    assert word.sections[0].header.paragraphs[0].text == BANNER


def test_headings_lists_and_properties(word):
    headings = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "Results"), ("Heading 2", "Discriminant validity"), ("Heading 2", "All items"),
        ("Heading 3", "Steps"),
    ]  # fmt: skip
    assert word.styles["Heading 1"].font.name == "Times New Roman"
    numbered = [p._p.pPr.numPr.numId.val for p in word.paragraphs if p.style.name == "List Number"]
    assert len(numbered) == 3
    assert numbered[0] == numbered[1] != numbered[2]
    assert word.core_properties.title == "Loyalty of mobile customers"
    assert word.core_properties.language == "en-GB"
    assert "PAGE" in word.sections[0].footer.paragraphs[0]._p.xml


def test_pictures_can_be_read_aloud(word):
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert described == ["A grey box", "Two ellipses, trust and loyalty, joined by an arrow"]
    assert all(shape.width <= word.sections[0].page_width for shape in word.inline_shapes)


def test_wide_tables_turn_the_page_and_it_turns_back(word):
    turns = [section.orientation for section in word.sections]
    assert turns == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert word.sections[1].page_width > word.sections[1].page_height


def test_columns_fill_the_page_and_no_more():
    style = read_style()
    assert needs_landscape(wide(), style)
    assert not needs_landscape(PATHS, style)
    for table, landscape in ((wide(), True), (wide(40), True), (PATHS, False)):
        widths, size = column_widths(table, style, landscape=landscape)
        assert 6 <= size <= style.page.table_size
        assert sum(widths) == pytest.approx(page_room(style, landscape=landscape))


def test_the_file_carries_no_clock(tmp_path):
    path = write(sample(tmp_path), tmp_path / "a.docx")
    with zipfile.ZipFile(path) as file:
        assert {info.date_time for info in file.infolist()} == {(2000, 1, 1, 0, 0, 0)}
