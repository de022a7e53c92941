"""What a run of a simulated study leaves in its folder: the warning in every file, and notes under its figures."""

import re
from pathlib import Path

import docx
import openpyxl
import pytest

from rantau.report.words import read_words
from rantau.run import run
from rantau.study import read_study

PLAN = Path(__file__).parents[2] / "analysis/internationalization.toml"
BANNER = read_words("en")("banner")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    study = read_study(PLAN).replace(draws=50, output=tmp_path_factory.mktemp("run") / "out")
    return run(study).folder


def test_every_format_carries_the_warning(folder):
    for name in ("report.html", "report.md", "tables.tex"):
        assert BANNER in (folder / name).read_text(encoding="utf-8"), name
    tables = sorted((folder / "tables").glob("*.tex"))
    assert len(tables) > 10
    assert all(BANNER in path.read_text(encoding="utf-8") for path in tables)
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    for sheet in book:
        assert sheet["A3"].value == BANNER, sheet.title
    word = docx.Document(str(folder / "report.docx"))
    assert word.paragraphs[1].text == BANNER
    assert all(section.header.paragraphs[0].text == BANNER for section in word.sections)
    exhibits = len(word.tables) + len(word.inline_shapes)
    assert sum(p.text.startswith(f"Note. {BANNER}") for p in word.paragraphs) == exhibits


def test_every_picture_carries_the_warning(folder):
    pictures = sorted((folder / "figures").glob("*.svg"))
    assert len(pictures) == 5  # two of answers, the model before and after them, and that of the other engine
    for picture in pictures:
        assert BANNER in re.sub(r"<!--\s*|\s*-->", "", picture.read_text(encoding="utf-8")), picture.name


def test_stars_under_figures_are_stars_and_p_is_italic(folder):
    told = "*p\u00a0<\u00a0.05. **p\u00a0<\u00a0.01. ***p\u00a0<\u00a0.001."
    word = docx.Document(str(folder / "report.docx"))
    notes = [p for p in word.paragraphs if p.style.name == "Table Note" and p.text.endswith(told)]
    assert len(notes) == 2  # PLS and CB-SEM; the hypotheses have no estimates
    for note in notes:
        italic = [run.text for run in note.runs if run.italic]
        assert italic == ["Note.", "p", "p", "p", "p"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert (
        page.count("*<i>p</i>\u00a0&lt;\u00a0.05. **<i>p</i>\u00a0&lt;\u00a0.01. ***<i>p</i>\u00a0&lt;\u00a0.001.") == 2
    )


def test_works_cited_hang_on_the_web_page_and_are_paragraphs_in_markdown(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    listed = re.search(r'<ul class="references">(.*?)</ul>', page, re.DOTALL).group(1)
    works = re.findall(r"<li>(.*?)</li>", listed)
    assert len(works) > 10
    assert re.search(r"\.references li \{[^}]*text-indent: -", page)
    text = (folder / "report.md").read_text(encoding="utf-8")
    section = text.partition("## References")[2].partition("\n## ")[0]
    assert len([block for block in section.split("\n\n") if block.strip()]) == len(works)
    assert "\n- " not in section
