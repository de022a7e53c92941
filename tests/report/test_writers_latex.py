"""The LaTeX files: their structure, and a compiler where there is one."""

import re
import shutil
import subprocess

import pytest
from sample_document import BANNER, sample, wide
from study_findings import mobile

from rantau.report.assemble import assemble
from rantau.report.document import Document, TableRef, write
from rantau.report.table import Column, Marked, Row, Table


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latex")
    write(sample(folder), folder / "report.tex")
    return folder


def text_of(folder, key):
    return (folder / "report" / f"{key}.tex").read_text(encoding="utf-8")


def test_one_file_a_table_and_one_that_inputs_them(folder):
    names = sorted(path.stem for path in (folder / "report").iterdir())
    assert names == ["crossloadings", "discriminant", "fit", "paths"]
    main = (folder / "report.tex").read_text(encoding="utf-8")
    assert re.findall(r"\\input\{report/(\w+)\}", main) == ["paths", "discriminant", "fit", "crossloadings"]
    assert BANNER in main


def test_rows(folder):
    text = text_of(folder, "paths")
    assert (
        r"\hspace{1em}H1 & Image $\rightarrow$ Satisfaction & 0.18*** & 0.06 & {[}0.07, 0.29{]} & 3.24 & .001 & 0.03 & "
        r"Supported \\" in text
    )
    assert r"0.00\textsuperscript{a}\hphantom{**} & 0.04 & {[}$-$0.09, 0.09{]} & $-$0.03" in text
    assert r"$<$ .001" in text
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1
    assert text.count(r"\midrule") == 2
    assert r"\cmidrule(lr){3-4}" in text
    assert "Table~\\ref{tab:discriminant}" in text
    assert r"2. Trust\_x \& *co* $<$50\%" in text_of(folder, "discriminant")


@pytest.mark.parametrize("key", ["paths", "discriminant", "fit", "crossloadings"])
def test_braces_environments_and_cells_agree(folder, key):
    text = text_of(folder, key)
    bare = re.sub(r"\\[{}&%]", "", text)
    assert bare.count("{") == bare.count("}")
    opened = []
    for verb, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        opened.append(name) if verb == "begin" else None
        assert verb == "begin" or opened.pop() == name
    assert opened == []
    body = text[text.index(r"\toprule") : text.index(r"\bottomrule")]
    columns = {"paths": 9, "discriminant": 8, "fit": 3, "crossloadings": 16}[key]
    for line in body.splitlines():
        if line.endswith(r"\\"):
            spanned = sum(int(width) - 1 for width in re.findall(r"\\multicolumn\{(\d+)\}", line))
            assert len(re.findall(r"(?<!\\)&", line)) + 1 + spanned == columns


def test_wide_tables_are_turned_and_long_ones_go_on_overleaf(tmp_path):
    rows = tuple(Row((f"x{n}", n / 7)) for n in range(80))
    columns = (Column("a", "Item"), Column("b", "*M*", "decimal"))
    tables = (Table("long", "L", columns, rows), Table("short", "S", columns, rows[:5]), wide(24))
    write(Document("T", parts=tuple(map(TableRef, tables))), tmp_path / "a.tex")
    found = {key: (tmp_path / f"a/{key}.tex").read_text(encoding="utf-8") for key in ("long", "short", "crossloadings")}
    assert r"\begin{longtable}" in found["long"]
    assert found["long"].count("Item &") == 2  # on the first page, and on those that follow
    assert r"\begin{table}" in found["short"]
    assert r"\begin{sidewaystable}" in found["crossloadings"]


def test_every_file_carries_the_banner(folder):
    for path in (folder / "report").iterdir():
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"% {BANNER}")
        assert rf"\textbf{{ {BANNER}}}" in text


def test_special_characters_are_escaped(tmp_path):
    table = Table("t", "50% of #1 & $x_y$", (Column("a", "A"),), (Row(("*x ~^\\{}",)), Row((Marked("β√²", dim=True),))))
    write(Document("T", parts=(TableRef(table),)), tmp_path / "a.tex")
    text = (tmp_path / "a/t.tex").read_text(encoding="utf-8")
    assert r"\caption{50\% of \#1 \& \$x\_y\$}" in text
    assert r"{}*x \textasciitilde{}\textasciicircum{}\textbackslash{}\{\} \\" in text
    assert r"$\beta$$\surd$$^2$ \\" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_it_compiles(folder):
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize(("style", "language"), [("apa7", "en"), ("skripsi", "id")])
def test_no_table_runs_over_the_margin(tmp_path, style, language):
    write(assemble(mobile(), title="Mobile", style=style, language=language), tmp_path / "report.tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    over = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", done.stdout)]
    assert max(over, default=0.0) < 5.0
