"""assemble() and report(): whole documents, and what is refused."""

import re

import pandas as pd
import pytest
from study_findings import TWO, gaps, heywood, mobile, quietly, simulated

from rantau.covariance import cfa, sem
from rantau.errors import OptionError, ReportError
from rantau.inference import bootstrap
from rantau.model import parse_model
from rantau.pls import pls
from rantau.report.assemble import assemble, report
from rantau.report.document import write
from rantau.report.findings import Findings
from rantau.report.parts import FigureRef, Heading, Paragraph, References, TableRef


def keys(document):
    return [table.key for _, table in document.tables()]


def headings(document):
    return [part.text for part in document.parts if isinstance(part, Heading)]


def test_the_whole_report_in_order():
    document = assemble(mobile(), title="Mobile")
    assert keys(document) == [
        "screening", "items", "fit", "measurement", "discriminant", "htmt", "pls_fit", "paths", "effects", "inner",
        "crosscheck", "checklist", "cross_loadings", "information", "estimates", "correlations",
    ]  # fmt: skip
    tops = [part.text for part in document.parts if isinstance(part, Heading) and part.level == 1]
    assert tops == [
        "Summary", "Sample and screening", "Estimation", "Measurement model", "Structural model",
        "Cross-check with other software", "Problems and limits", "Reporting checklist", "References", "Appendix",
    ]  # fmt: skip
    assert document.banner == ""


def test_fits_that_one_report_cannot_show_are_refused():
    model, data = (
        parse_model("S =~ CUSA1 + CUSA2 + CUSA3; I =~ IMAG1 + IMAG4 + IMAG5; S ~ I"),
        mobile().responses.frame(),
    )
    halves = data.assign(half=["first" if row < 125 else "second" for row in range(250)])
    with pytest.raises(OptionError, match=r"2 parts of one kind \(fit of several groups\)"):
        report(*(sem(model, halves, group="half") for _ in range(2)))
    with pytest.raises(OptionError, match=r"in two ways \(ML, missing='listwise'; MLR, missing='listwise'\)"):
        report(cfa(model, data), sem(model, data, estimator="MLR"))


@pytest.mark.parametrize("make", [mobile, gaps, simulated])
@pytest.mark.parametrize("language", ["en", "id"])
def test_tables_are_numbered_in_the_order_in_which_they_are_first_mentioned(make, language):
    document = assemble(make(), title="T", language=language)
    text = " ".join(part.text for part in document.parts if isinstance(part, Paragraph))
    first = list(dict.fromkeys(re.findall(r"\{table:([a-z_]+)\}", text)))
    numbered = [key for key in keys(document) if key in first]
    assert first == numbered


def test_references_list_what_is_cited_and_nothing_else():
    document = assemble(mobile(), title="Mobile")
    listed = next(part for part in document.parts if isinstance(part, References)).items
    text = " ".join(part.text for part in document.parts if isinstance(part, Paragraph))
    text += " ".join(note.text for _, table in document.tables() for note in table.notes)
    cited = {year for year in re.findall(r"et al\., (\d{4})|& \w+, (\d{4})", text) for year in year if year}
    assert cited <= {re.search(r"\((\d{4})\)", one).group(1) for one in listed}
    assert any(one.startswith("Curran") for one in listed)
    bare = assemble(Findings(mobile().model, sem=mobile().sem), title="SEM only")
    listed = " ".join(item for part in bare.parts if isinstance(part, References) for item in part.items)
    assert "Jöreskog" in listed
    assert "Dijkstra" not in listed


def test_simulated_answers_carry_their_banner():
    document = assemble(simulated(), title="S")
    assert document.banner.startswith("SIMULATED ANSWERS")
    assert "population" in keys(document)
    assert assemble(simulated(), title="S", language="id").banner.startswith("JAWABAN SIMULASI")
    first = next(part for part in document.parts if isinstance(part, Paragraph))
    assert "simulated" in first.text


def test_figures_stand_before_the_structural_results(tmp_path):
    picture = tmp_path / "model.png"
    picture.write_bytes(b"")
    figure = FigureRef(str(picture), "", "The model", alt="Two constructs.", key="model")
    document = assemble(mobile(), title="Mobile", figures=(figure,))
    place = document.parts.index(figure)
    assert document.parts[place - 1] == Heading(1, "Structural model")


def test_tables_too_wide_for_a_page_are_for_the_spreadsheet():
    items = [f"x{place}" for place in range(1, 37)]
    answers = pd.concat([mobile().responses.frame()] * 2, axis=1).iloc[:, :36]
    answers.columns = items
    answers = (
        answers + pd.DataFrame({name: range(250) for name in items}).sample(frac=1, random_state=1).to_numpy() / 100
    )
    blocks = "\n".join(f"F{n} =~ {' + '.join(items[9 * n : 9 * n + 9])}" for n in range(4))
    fit = pls(parse_model(blocks + "\nF1 ~ F0\nF2 ~ F1\nF3 ~ F2"), answers)
    found = Findings(fit.model, pls=fit)
    narrow, wide = assemble(found, title="T"), assemble(found, title="T", wide=True)
    assert "correlations" not in keys(narrow)
    assert "correlations" in keys(wide)
    assert "Excel" in narrow.parts[-1].text


def test_checklist_says_yes_no_and_what_to_write():
    document = assemble(mobile(), title="Mobile")
    rows = {row.cells[0]: row.cells[1:] for row in {t.key: t for _, t in document.tables()}["checklist"].rows}
    assert rows["Local fit: residuals"] == ("yes", "Model fit")
    assert rows["Discuss equivalent models that fit as well"] == ("you must write this", "")
    places = {where for _, where in rows.values() if where}
    assert places <= set(headings(document))
    bare = assemble(Findings(mobile().model, pls=mobile().pls), title="PLS only")
    rows = {row.cells[0]: row.cells[1:] for row in {t.key: t for _, t in bare.tables()}["checklist"].rows}
    assert rows["Local fit: residuals"] == ("no", "")


@pytest.mark.parametrize("suffix", [".docx", ".html", ".xlsx", ".md", ".tex"])
@pytest.mark.parametrize(("language", "style"), [("en", "apa7"), ("id", "skripsi")])
def test_every_format_is_written(tmp_path, suffix, language, style):
    document = assemble(mobile(), title="Mobile", style=style, language=language)
    assert write(document, tmp_path / f"report{suffix}").stat().st_size > 500


def test_report_collects_what_is_at_hand(tmp_path):
    found = mobile()
    made = report(found.draws, found.verification, found.pls, found.sem, found.cfa, found.screening)
    assert made.title == "European Customer Satisfaction Index: mobile phone provider"
    assert keys(made.document) == keys(assemble(found, title="Mobile"))
    pd.testing.assert_frame_equal(made.findings.hypotheses, found.hypotheses)
    pd.testing.assert_frame_equal(made.findings.reliability, found.reliability)
    folder = made.write(tmp_path / "latex")
    assert folder.name == "tables.tex"


def test_report_of_one_fit_alone():
    made = report(mobile().pls)
    assert made.title == "Structural equation model"
    assert "measurement" in keys(made.document)
    assert "paths" in keys(made.document)


def test_report_joins_cross_checks():
    found = mobile()
    made = report(found.pls, found.verification, found.verification)
    assert len(made.findings.verification.checks) == 6


def test_draws_of_another_fit_are_refused():
    found = mobile()
    with pytest.raises(OptionError, match="draws that are neither of the PLS fit nor of the structural model"):
        report(found.sem, found.draws)
    other = bootstrap(pls(found.model, found.responses, scheme="centroid"), draws=20)
    with pytest.raises(OptionError, match="draws that are neither of the PLS fit nor of the structural model"):
        report(found.pls, other)


def test_fits_of_different_models_are_refused():
    found = mobile()
    with pytest.raises(OptionError, match="fits of different models"):
        report(heywood().sem, found.pls)


def test_two_of_a_kind_are_refused():
    found = mobile()
    with pytest.raises(OptionError, match="2 parts of one kind \\(PLS fit\\)"):
        report(found.pls, found.pls)


def test_what_is_no_result_is_refused_with_what_is_allowed():
    with pytest.raises(OptionError, match=r"got a DataFrame, which it cannot show\. Allowed: SemFit, PlsFit"):
        report(pd.DataFrame())
    with pytest.raises(ReportError, match="neither a fit nor answers"):
        report()


def test_an_unknown_language_is_refused_before_anything_is_computed():
    with pytest.raises(OptionError, match="Did you mean 'id'"):
        report(mobile().pls, language="ID ")


def test_measurement_models_alone_make_a_report():
    data = heywood().sem.sample
    frame = pd.DataFrame(data.values, columns=list(data.names))
    made = quietly(report, quietly(cfa, parse_model(TWO), frame))
    assert made.findings.sem is None
    assert {"measurement", "fit", "estimates"} <= set(keys(made.document))
    assert "paths" not in keys(made.document)


def test_every_part_stands_once():
    document = assemble(mobile(), title="Mobile")
    tables = [part for part in document.parts if isinstance(part, TableRef)]
    assert len(tables) == len(set(keys(document)))
