"""Documents: numbering, references, and writing whole files or none."""

import pytest
from sample_document import DISCRIMINANT, PATHS, sample

from rantau.errors import OptionError, ReportError
from rantau.report import document as document_module
from rantau.report.document import Document, FigureRef, Heading, Paragraph, TableRef, write
from rantau.report.table import Note
from rantau.report.writers import ROWS


def test_tables_and_figures_are_numbered_apart(tmp_path):
    document = sample(tmp_path)
    assert [number for number, _ in document.tables()] == ["1", "2", "3", "4"]
    figures = [number for part, number in document.numbered() if isinstance(part, FigureRef)]
    assert figures == ["1", "2"]
    assert [number for number, _ in sample(tmp_path, style="skripsi", language="id").tables()][:2] == ["4.1", "4.2"]


def test_references_become_numbers(tmp_path):
    document = sample(tmp_path, style="skripsi", language="id")
    assert document.resolve("{table:discriminant}, {figure:model}") == "Tabel\u00a04.2, Gambar\u00a04.2"
    assert document.resolve("\\{table:none}") == "\\{table:none}"


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            (Paragraph("{table:path}"), TableRef(PATHS), TableRef(DISCRIMINANT)),
            r"unknown table 'path'\. Did you mean 'paths'",
        ),
        ((TableRef(PATHS),), "unknown table 'discriminant'"),
        ((TableRef(DISCRIMINANT), TableRef(DISCRIMINANT)), "two tables have the key 'discriminant'"),
        ((Paragraph("{figure:model}"),), "unknown figure 'model'. None is declared"),
    ],
)
def test_wrong_references_are_refused_before_writing(parts, message):
    with pytest.raises(ReportError, match=message):
        Document("T", parts=parts)


def test_parts_check_themselves():
    with pytest.raises(ReportError, match="level 1 to 4, and 'x' got 5"):
        Heading(5, "x")
    with pytest.raises(ReportError, match="neither a PNG nor an SVG"):
        FigureRef("", "", "F", alt="x")
    with pytest.raises(ReportError, match="needs `alt`"):
        FigureRef("a.png", "", "F")
    with pytest.raises(OptionError, match="unknown style 'apa'"):
        Document("T", style="apa")
    with pytest.raises(OptionError, match="unknown language"):
        Document("T", language="fr")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_writing_twice_gives_the_same_bytes(row, tmp_path):
    document = sample(tmp_path)
    first = write(document, tmp_path / f"a/report{row.suffix}").read_bytes()
    second = write(document, tmp_path / f"b/report{row.suffix}").read_bytes()
    assert first == second
    assert len(first) > 400


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_documents_of_every_size_can_be_written(row, tmp_path):
    for style, language in (("apa7", "id"), ("skripsi", "en")):
        for parts in ((), (TableRef(DISCRIMINANT),), (TableRef(DISCRIMINANT.replace(rows=())),)):
            document = Document("T & <T>", style=style, language=language, parts=parts)
            assert write(document, tmp_path / f"x{row.suffix}").stat().st_size > 10


def test_suffix_picks_the_writer_whatever_its_case(tmp_path):
    assert Document("T").write(tmp_path / "REPORT.MD").read_text(encoding="utf-8") == "# T\n"
    with pytest.raises(OptionError, match=r"unknown report format '.doc'. Did you mean '.docx'"):
        write(Document("T"), tmp_path / "report.doc")
    with pytest.raises(OptionError, match="has no suffix"):
        write(Document("T"), tmp_path / "report")


@pytest.mark.parametrize("suffix", [".docx", ".html", ".md"])
def test_a_failed_report_leaves_the_old_one(suffix, tmp_path):
    path = tmp_path / f"report{suffix}"
    path.write_text("old")
    figure = FigureRef(str(tmp_path / "none.png"), "", "F", alt="x")
    with pytest.raises(ReportError, match=r"picture '.*none.png' cannot be read: No such file"):
        write(Document("T", parts=(figure,)), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_disk_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", ".report-x.part")

    monkeypatch.setattr(document_module.os, "replace", refuse)
    with pytest.raises(ReportError, match=r"[/\\]report\.md: cannot be written: Permission denied; is it open"):
        write(Document("T"), tmp_path / "report.md")
    assert list(tmp_path.iterdir()) == []


def test_word_says_that_it_needs_a_png(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>")
    document = Document("T", parts=(FigureRef("", str(tmp_path / "a.svg"), "F", alt="x"),))
    with pytest.raises(ReportError, match="figure 'F' has no PNG file"):
        write(document, tmp_path / "a.docx")


def test_note_references_reach_the_notes(tmp_path):
    table = DISCRIMINANT.replace(notes=(Note("general", "See {table:discriminant}."),))
    text = write(Document("T", parts=(TableRef(table),)), tmp_path / "a.md").read_text(encoding="utf-8")
    assert "*Note.* See Table\u00a01." in text


def test_numbers_of_the_texts_follow_the_style():
    text = "Below .70 [.05, −.10] lies 0.6 (α = .05); https://doi.org/10.1016/j.jbusres.2015.07.006, version 0.1.0."
    assert Document("T").resolve(text) == text
    zeros = (
        "Below 0.70 [0.05, −0.10] lies 0.6 (α = 0.05); https://doi.org/10.1016/j.jbusres.2015.07.006, version 0.1.0."
    )
    assert Document("T", style="skripsi").resolve(text) == zeros
