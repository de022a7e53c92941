"""The Markdown file, its pipe tables read back."""

import re

import pytest
from sample_document import BANNER, sample

from rantau.report.document import Document, ListBlock, Paragraph, write


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    folder = tmp_path_factory.mktemp("markdown")
    return write(sample(folder), folder / "out" / "report.md").read_text(encoding="utf-8")


def tables(text):
    """Pipe tables as rows of cells; an escaped pipe is no border."""
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    return [
        [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        for block in blocks
    ]


def test_every_row_has_every_cell(text):
    found = tables(text)
    assert [len(table[0]) for table in found] == [9, 8, 3, 16]
    assert all(len(row) == len(table[0]) for table in found for row in table)


def test_cells(text):
    paths, discriminant, fit, _ = tables(text)
    assert paths[0][2] == "Estimate: β"
    assert paths[1] == ["---", "---", *["---:"] * 6, "---"]
    assert paths[3][2:7] == ["0.18\\*\\*\\*", "0.06", "\\[0.07, 0.29\\]", "3.24", ".001"]
    assert paths[4][2] == "0.00<sup>a</sup>"
    assert discriminant[2][3] == "**.74**"
    assert fit[2][:2] == ["χ<sup>2</sup>", "312.46"]


def test_the_frame_of_the_report(text):
    assert text.startswith("# Loyalty of mobile customers\n\n*A sample* report\n\n> **SIMULATED")
    assert text.count(BANNER) == 7
    assert "![A grey box](../model%20picture.png)" in text
    assert "1. First\n2. second" in text
    assert "## Results" in text and "### Discriminant validity" in text


def test_a_paragraph_never_becomes_a_list(tmp_path):
    parts = (Paragraph("1. is a number | a pipe"), Paragraph("- is a dash"), ListBlock(("a",)))
    text = write(Document("T", parts=parts), tmp_path / "a.md").read_text(encoding="utf-8")
    assert text == "# T\n\n1\\. is a number \\| a pipe\n\n\\- is a dash\n\n- a\n"
