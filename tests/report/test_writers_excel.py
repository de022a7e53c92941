"""The workbook, opened again with openpyxl."""

import openpyxl
import pytest
from sample_document import BANNER, DISCRIMINANT, sample

from rantau.report.document import Document, TableRef, write
from rantau.report.table import Column, Marked, Note, Row, Table


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("excel")
    return openpyxl.load_workbook(write(sample(folder), folder / "report.xlsx"), rich_text=True)


def row_of(sheet, first):
    return next(row for row in sheet.iter_rows() if str(row[0].value) == first)


def test_numbers_are_real_and_unrounded(book):
    row = row_of(book["1 paths"], "H1")
    assert [cell.value for cell in row] == [
        "H1", "Image → Satisfaction", 0.17851, 0.0551, 0.0711, 0.2862, 3.2401, 0.0012, 0.0312, "Supported",
    ]  # fmt: skip
    assert row_of(book["1 paths"], "H3")[7].value == 2.2e-16
    assert row_of(book["4 crossloadings"], "IMAG0")[3].value == pytest.approx(-0.25, abs=1e-15)


def test_number_formats_show_the_style(book):
    row = row_of(book["1 paths"], "H1")
    assert row[2].number_format == '0.00"***"'
    assert row[3].number_format == "0.00"
    assert row[7].number_format == '[<0.001]"< .001";[>=0.9995]"> .999";.000'
    # -0.0012 rounds to zero, and zero has no minus; -0.0884 does not.
    assert row_of(book["1 paths"], "H2")[2].number_format == '0.00"ᵃ";0.00"ᵃ"'
    assert row_of(book["1 paths"], "H2")[4].number_format == "0.00"
    assert row_of(book["2 discriminant"], "1. Image")[3].number_format == ".00"
    fit = book["3 fit"]
    formats = [row_of(fit, name)[1].number_format for name in ("df", "df (corrected)", "CFI", "BIC")]
    assert formats == ["0", "0.00", ".000", "#,##0.0"]
    assert row_of(fit, "RMSEA")[2].number_format == ".000"


def test_empty_and_missing(book):
    row = row_of(book["1 paths"], "H5")
    assert row[3].value is None
    assert [row[place].value for place in (4, 5, 6)] == ["—", "—", "—"]
    assert row_of(book["2 discriminant"], "2. Trust_x & *co* <50%")[5].value is None


def test_headers_spanners_and_notes(book):
    sheet = book["1 paths"]
    values = [[None if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert values[0][0] == "Table 1"
    assert values[1][0] == "Structural Paths and the Decisions on the Hypotheses"
    assert values[2][0] == BANNER
    assert values[4][2:6] == ["Estimate", None, "95% CI", None]
    assert values[5] == ["H", "Path", "β", "SE", "Low", "High", "t", "p", "f2", "Decision"]
    notes = [row[0] for row in values[-3:]]
    assert notes[0].startswith(f"Note. {BANNER} N = 250.")
    assert notes[1] == "a The sign was expected to be positive."
    assert str(sheet.freeze_panes) == "B7"


def test_notes_are_wrapped_over_the_table_and_pages_repeat_the_header(book):
    sheet = book["1 paths"]
    note = next(row[0] for row in sheet.iter_rows() if str(row[0].value).startswith("Note."))
    assert note.alignment.wrap_text
    across = next(cells for cells in sheet.merged_cells.ranges if note.coordinate in cells)
    assert across.max_col == 10
    widths = sum(sheet.column_dimensions[letter].width for letter in "ABCDEFGHIJ")
    assert sheet.row_dimensions[note.row].height >= 15 * len(str(note.value)) / widths
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$5:$6"


def test_index_lists_and_links_every_table(book):
    index = book["Tables"]
    assert book.sheetnames == ["Tables", "1 paths", "2 discriminant", "3 fit", "4 crossloadings"]
    assert index["A3"].value == BANNER
    links = {link.ref: link.location for link in (cell.hyperlink for row in index.iter_rows() for cell in row) if link}
    assert links["A5"] == "'1 paths'!A1"
    assert len(links) == 4


def test_sheet_names_are_short_and_unique(tmp_path):
    key = "a_very_long_key_of_a_table_that_excel_refuses"
    tables = tuple(TableRef(DISCRIMINANT.replace(key=f"{key}_{place}")) for place in range(12))
    names = openpyxl.load_workbook(write(Document("T", parts=tables), tmp_path / "a.xlsx")).sheetnames
    assert len(set(names)) == 13
    assert max(len(name) for name in names) <= 31


def test_text_is_never_a_formula(tmp_path):
    table = Table(
        "t", "=1+1", (Column("a", "=A1"), Column("p", "*p*", "p")), (Row(("=SUM(A1)", Marked(0.2, decimals=2))),)
    )
    sheet = openpyxl.load_workbook(write(Document("T", parts=(TableRef(table),)), tmp_path / "a.xlsx"))["1 t"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert row_of(sheet, "=SUM(A1)")[1].number_format == '[<0.01]"< .01";[>=0.995]"> .99";.00'


@pytest.mark.parametrize("mark", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "{=1+1}", "http://x.test"])
def test_whatever_a_cell_begins_with_it_is_text_all_over_the_workbook(tmp_path, mark):
    columns = (Column("a", mark), Column("b", mark, spanner=mark), Column("c", mark, spanner=mark))
    table = Table("t", mark, columns, (Row((mark, mark, mark)),), (Note("general", mark),))
    document = Document(mark, subtitle=mark, banner=mark, parts=(TableRef(table),))
    book = openpyxl.load_workbook(write(document, tmp_path / "a.xlsx"))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert sum(mark.strip() in str(cell.value) for cell in cells) >= 10
    assert all(cell.data_type != "f" for cell in cells)
    links = [cell.hyperlink for cell in cells if cell.hyperlink is not None]
    assert [link.location for link in links if link.target is None] == ["'1 t'!A1"]
    assert len(links) == 1


def test_indonesian_formats(tmp_path):
    document = Document("T", language="id", style="skripsi", parts=(TableRef(DISCRIMINANT),))
    sheet = openpyxl.load_workbook(write(document, tmp_path / "a.xlsx"))["4.1 discriminant"]
    assert row_of(sheet, "1. Image")[3].number_format == "0.000"
