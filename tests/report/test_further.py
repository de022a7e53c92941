"""What goes beyond the hypotheses: its tables hold the numbers of its functions, and its sentences are true of them."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from study_findings import mobile

import rantau as rt
from rantau.errors import OptionError
from rantau.report import sentences
from rantau.report.assemble import assemble
from rantau.report.citations import as_cited, cited_in, references
from rantau.report.collect import collect
from rantau.report.document import Document
from rantau.report.figures.importance import Map
from rantau.report.importance_figure import importance_figure
from rantau.report.prose import Prose
from rantau.report.verdicts import VERDICTS, criterion_in, verdict_in
from rantau.report.words import read_words
from rantau.survey.instrument import Demographic, Wording

NAMES = (
    "prediction", "cvpat", "importance", "necessity", "bottleneck", "micom", "mga", "linearity", "copulas", "segments",
    "tetrads", "assessment",
)  # fmt: skip


@lru_cache
def parts(three=False):
    """All that can be made of the PLS fit of the mobile customers, with few draws; the groups are by row."""
    found = mobile()
    fit, draws = found.pls, found.draws
    labels = [("first", "second", "third")[row % (3 if three else 2)] for row in range(250)]
    prediction = rt.predict(fit, repeats=2)
    groups = rt.compare_groups(fit, by=labels, permutations=60, draws=40)
    return (
        fit,
        draws,
        prediction,
        rt.importance(fit, "Loyalty", bounds=found.survey),
        rt.necessity(fit, "Loyalty", bounds=found.survey, permutations=60),
        groups,
        rt.nonlinearity(fit),
        rt.copula_endogeneity(fit, draws=100),
        rt.fimix(fit, segments=2, starts=2),
        rt.tetrad_test(fit, draws=200),
        rt.assess(fit, bootstrap=draws, predict=prediction, by=groups),
        found.responses,
    )


@lru_cache
def findings(three=False):
    return collect(parts(three))


@lru_cache
def document(language="en", three=False) -> Document:
    style = "apa7" if language == "en" else "skripsi"
    return assemble(findings(three), title="T", language=language, style=style)


@lru_cache
def frames(three=False):
    whole = assemble(findings(three), title="T", wide=True)
    return {table.key: table.frame() for _, table in whole.tables()}


def noted(name):
    """The notes of a table."""
    return " ".join(note.text for _, table in document().tables() if table.key == name for note in table.notes)


def prose(language="en", three=False):
    """The text of the section, without tables."""
    told = [part.text for part in document(language, three).parts if hasattr(part, "text")]
    first = told.index(read_words(language)("section.beyond"))
    return told[first : told.index(read_words(language)("section.problems"))]


def test_every_table_is_there_and_every_one_is_told_of():
    assert set(NAMES) <= set(frames())
    text = " ".join(prose())
    assert all(f"{{table:{name}}}" in text for name in NAMES)


def test_prediction_and_its_test():
    found = parts()[2]
    items = found.items()
    shown = frames()["prediction"]
    assert shown["q2_predict"].tolist() == pytest.approx(items["q2_predict"].tolist())
    assert shown["mae_difference"].tolist() == pytest.approx(items["mae_difference"].tolist())
    assert shown["row_group"].unique()[-1] == f"Customer loyalty: {found.verdict()['verdict']['Loyalty']}"
    cvpat = frames()["cvpat"]
    assert cvpat["t"].tolist() == pytest.approx(found.cvpat()["t"].tolist())
    text = " ".join(prose())
    assert "with 10 folds, dealt anew two times; constructs were predicted from their direct antecedents" in text
    one = found.cvpat().iloc[1]
    assert one["p"] > 0.05
    assert f"No difference from the linear model was found (difference = −{abs(one['difference']):.3f}" in text


@lru_cache
def controlled():
    """The mobile customers with their ages, which lead to loyalty as a question of the instrument."""
    found = mobile()
    age = np.random.default_rng(5).integers(18, 70, size=250)
    answers = found.responses.frame().assign(age=age)
    model = rt.parse_model(
        "Image =~ IMAG1 + IMAG2 + IMAG3\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\nLoyalty =~ CUSL1 + CUSL2 + CUSL3\n"
        "Satisfaction ~ Image  # H1 (+)\nLoyalty ~ Satisfaction  # H2 (+)\nLoyalty ~ age\n"
    )
    fit = rt.pls(model, answers)
    ends = dict.fromkeys(model.observed, (1, 10)) | {"age": (18, 70)}
    wording = Wording((("en", "How old are you?"), ("id", "Berapa umur Anda?")))
    survey = found.survey.replace(demographics=(Demographic("age", wording, "number"),))
    return collect([fit, rt.importance(fit, "Loyalty", bounds=ends)], survey)


def test_control_variables_are_named_and_are_no_advice():
    told = " ".join(sentences.importance(Prose(controlled(), "en")))
    assert "“How old are you?”, a control variable, is left out" in told
    assert "Hünermund & Louw, 2023" in told
    assert "Hünermund & Louw, 2023" in cited_in([told])[0].cited
    by = sentences.methods(Prose(controlled(), "en"))
    assert "“How old are you?” entered the model as a control variable." in by
    assert "Model juga memuat variabel kontrol, yaitu “Berapa umur Anda?”." in sentences.methods(
        Prose(controlled(), "id")
    )
    # A question with a name is told by that.
    found = controlled()
    (age,) = found.survey.demographics
    named = found.survey.replace(demographics=(age.replace(name=Wording((("en", "Age"), ("id", "Umur")))),))
    assert "Age entered the model as a control variable." in sentences.methods(Prose(found.replace(survey=named), "en"))
    table = {one.key: one for _, one in assemble(controlled(), title="T").tables()}["importance"]
    assert "How old" not in str(table.frame())
    assert "Control variables are left out." in [note.text for note in table.notes][-1]


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "one condition is necessary for", "two conditions are necessary for"),
        ("id", "satu kondisi diperlukan bagi", "dua kondisi diperlukan bagi"),
    ],
)
def test_necessary_conditions_are_counted(language, one, several):
    found = findings()
    names = found.necessity.conditions
    for count, told in ((1, one), (2, several)):
        values = np.where(np.arange(len(names)) < count, 0.3, 0.01)
        shares = np.where(np.arange(len(names)) < count, 0.001, 0.5)
        needed = found.necessity.replace(
            effects=np.column_stack([values] * len(found.necessity.ceilings)),
            p_values=np.column_stack([shares] * len(found.necessity.ceilings)),
        )
        assert told in " ".join(sentences.importance(Prose(found.replace(necessity=needed), language)))


def test_importance_and_necessity():
    found, needs = parts()[3:5]
    shown = frames()["importance"]
    names = [findings().survey.construct(name).name.text("en") for name in found.names]
    own = shown.set_index("name").loc[names]
    assert own["performance"].tolist() == pytest.approx(found.performances.tolist())
    assert own["importance"].tolist() == pytest.approx(found.effects.tolist())
    assert own["standardized"].tolist() == pytest.approx(found.standardized.tolist())
    draws = parts()[1].table().set_index(["lhs", "op", "rhs"])
    assert own["ci_low"].iloc[0] == pytest.approx(draws.loc[("Loyalty", "total", "Image"), "ci_low"])
    table = needs.table()
    assert frames()["necessity"]["ce_fdh_effect"].tolist() == pytest.approx(
        table[table["ceiling"] == "ce_fdh"]["effect"].tolist()
    )
    bottleneck = frames()["bottleneck"]
    assert bottleneck["Image"].iloc[0] == "NN"
    needed = needs.bottlenecks().to_numpy()
    assert ("NN = " in noted("bottleneck"), "∞ = " in noted("bottleneck")) == (True, bool(np.isinf(needed).any()))
    assert bottleneck["Image"].iloc[-1] == pytest.approx(needs.bottlenecks()["Image"].iloc[-1])
    text = " ".join(prose())
    assert f"Most important is Image: one point more of it goes with {found.effects[0]:.2f} points" in text
    necessary = table[(table["ceiling"] == "cr_fdh") & (table["effect"] >= 0.1) & (table["p"] < 0.05)]
    assert len(necessary) == text.split("By the CR-FDH ceiling")[1].split(". What")[0].count("(*d* =")


def test_groups_are_compared_where_they_may_be():
    found = parts()[5]
    micom, table = frames()["micom"], frames()["mga"]
    assert micom["c"].tolist() == pytest.approx(found.micom()["c"].tolist())
    assert table["difference"].tolist() == pytest.approx(found.table()["difference"].tolist())
    drawn = found.bootstrapped[0][:, 0]
    assert table["ci_1_low"].iloc[0] == pytest.approx(np.quantile(drawn, 0.025))
    barred = ~found.table()["permitted"]
    assert ((table["decision"] == "n. c.") == barred).all()
    assert ("n. c. = " in noted("mga")) == barred.any()
    assert "Rows were divided into the groups first (*n* = 125) and second (*n* = 125)." in " ".join(prose())


def test_three_groups_are_told_two_by_two():
    table = frames(three=True)["mga"]
    assert table["row_group"].unique().tolist() == ["first and second", "first and third", "second and third"]
    assert len(table) == 3 * 10
    assert re.search("Between [^:]*second and third[^:]*: ", " ".join(prose(three=True)))


def test_robustness():
    _, _, _, _, _, _, straight, copulas, segments, tetrads, *_ = parts()
    linear = frames()["linearity"]
    assert linear["f"].dropna().tolist() == pytest.approx(straight.reset()["f"].tolist())
    assert linear["f_squared"].dropna().tolist() == pytest.approx(straight.quadratic()["f_squared"].tolist())
    shown = frames()["copulas"]
    usable = copulas.conditions()["usable"]
    assert (shown["p"].notna() == usable).all()
    alone = copulas.table()
    alone = alone[alone["copulas"] == alone["predictor"]]
    assert shown["copula"].dropna().tolist() == pytest.approx(alone["copula"].tolist())
    assert frames()["segments"]["bic"].tolist() == pytest.approx(segments.criteria()["bic"].tolist())
    assert frames()["tetrads"]["ci_low"].tolist() == pytest.approx(tetrads.table()["ci_low"].tolist())
    text = " ".join(prose())
    bent = straight.reset()["p"] < 0.05
    assert text.count("*F*(") == bent.sum() > 0
    assert "Reflective measurement is rejected for Image." in text or "Reflective measurement is not rejected." in text


def test_the_assessment_is_told_whole():
    found = parts()[10]
    table, shown = found.table(), frames()["assessment"]
    assert len(shown) == len(table)
    assert sorted(shown["value"].dropna()) == pytest.approx(sorted(table["value"].dropna()))
    counts = table["met"].value_counts()
    text = " ".join(prose())
    assert f"Of {counts['yes'] + counts['borderline'] + counts['no']} criteria by Hair et al. (2022)" in text
    assert f"{counts['yes']} are met" in text
    assert shown["row_group"].iloc[0] == "Loadings: ≥ .708 (≥ .40 acceptable); Hair et al., 2022"
    (table,) = [table for _, table in document("en", False).tables() if table.key == "assessment"]
    assert any("α is that of standardised items" in note.text for note in table.notes)


@pytest.mark.parametrize("three", [False, True])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_sentence_and_note_is_finished(language, three):
    notes = [note.text for _, table in document(language, three).tables() for note in table.notes]
    for text in (*prose(language, three), *notes):
        assert not re.search(r"<[a-z_]+>|@|\bnan\b|  | [.,;](?!\d)|\(\)|\.\.|,,|\bNone\b(?! of)", text), text


def test_what_is_cited_is_listed():
    notes = [note.text for _, table in document().tables() if table.key in NAMES for note in table.notes]
    text = "\n".join((*prose(), *notes))
    listed = {one.key for one in cited_in([text])}
    assert {
        "shmueli2019",
        "sharma2023",
        "ringle2016",
        "dul2020",
        "henselerringle2016",
        "chin2010",
        "ramsey1969",
    } <= listed
    assert {"hahn2002", "sarstedt2011", "gudergan2008", "hult2018"} <= listed
    # Every parenthesis with a year is of a work in the list.
    years = set(re.findall(r"[A-ZÀ-Ý][^\s()]+(?: et al\.| & [A-ZÀ-Ý][^\s()]+)?, (?:19|20)\d\d", text))
    assert years
    for one in years:
        assert any(one in reference.cited or one in reference.also for reference in references()), one


def test_verdicts_have_words_in_both_languages():
    english, indonesian = read_words("en"), read_words("id")
    given = {finding.verdict for _, finding in parts()[10].findings}
    bare = rt.assess(rt.pls(mobile().model, mobile().responses, consistent=True))
    given |= {finding.verdict for _, finding in bare.findings}
    given |= set(_of_composites())
    for verdict in given:
        assert any(re.fullmatch(one.pattern, verdict) for one in VERDICTS), verdict
        # What is one word in both, such as `moderate`, is none here.
        assert verdict_in(indonesian, verdict) != verdict
        assert len(verdict_in(english, verdict)) <= len(verdict) + 10
    for _, finding in parts()[10].findings:
        assert not re.search(r"\b(acceptable|from|share|than)\b", criterion_in(indonesian, finding.criterion))


def _of_composites():
    """Verdicts on composites of the reputation answers, with and without a bootstrap."""
    survey = rt.read_survey("surveys/reputation/instrument.toml")
    answers = rt.read_responses("surveys/reputation/responses.csv", survey)
    fit = rt.pls("Q <~ qual_1 + qual_2 + qual_3 + qual_4 + qual_5\nC =~ comp_1 + comp_2 + comp_3\nC ~ Q", answers)
    for found in (rt.assess(fit), rt.assess(fit, bootstrap=rt.bootstrap(fit, draws=50))):
        yield from (finding.verdict for _, finding in found.findings)


def test_the_note_on_predictive_power_is_true_of_the_table():
    """An item that the linear model predicts worse, but its own mean better, does not count: CUSL2 of Loyalty."""
    fit = rt.pls(
        "Image =~ IMAG1 + IMAG2 + IMAG3\nLoyalty <~ CUSL1 + CUSL2 + CUSL3\nLoyalty ~ Image",
        rt.read_table("tests/data/mobile.csv"),
    )
    prediction = rt.predict(fit, folds=5, repeats=2)
    items = prediction.items()
    assert items.loc["CUSL2", "rmse_difference"] < 0
    assert items.loc["CUSL2", "q2_predict"] < 0
    better = ((items["rmse_difference"] < 0) & (items["q2_predict"] > 0)).sum()
    assert prediction.verdict().loc["Loyalty", "better"] == better
    for language, told in (("en", "above 0 and a smaller RMSE"), ("id", "di atas 0 sekaligus RMSE")):
        shown = dict(assemble(collect([fit, prediction]), title="T", language=language).tables()).values()
        notes = next(table.notes for table in shown if table.key == "prediction")
        assert told in " ".join(note.text for note in notes)


def test_alpha_of_standardised_items_is_called_so():
    """The measurement table has alpha of the items as they were answered, which is another number."""
    for language, name in (("en", "Cronbach's α (standardised items)"), ("id", "α Cronbach (butir terstandar)")):
        shown = next(table for _, table in document(language).tables() if table.key == "assessment")
        labels = [str(row.cells[0].value) for row in shown.rows if row.kind == "group"]
        assert any(label.startswith(name) for label in labels)


def test_sources_become_citations():
    assert as_cited("Hair, Hult, Ringle and Sarstedt (2022)") == "Hair et al., 2022"
    assert as_cited("Shmueli et al. (2016, 2019)") == "Shmueli et al., 2016, 2019"
    assert as_cited("Hair, Hult, Ringle and Sarstedt (2022)", narrative=True) == "Hair et al. (2022)"
    for _, finding in parts()[10].findings:
        assert not re.search(r"\(\d{4}\)", as_cited(finding.source)), finding.source


def test_parts_of_another_fit_are_refused():
    fit, _, *made, answers = parts()
    other = rt.pls("Image =~ IMAG1 + IMAG2\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Image", answers)
    for part in made:
        with pytest.raises(OptionError, match="of another PLS fit than the one given"):
            rt.report(other, part)
        with pytest.raises(OptionError, match="without the PLS fit that it was made of"):
            rt.report(answers, part)
    with pytest.raises(OptionError, match="2 parts of one kind"):
        rt.report(fit, made[0], made[0])


def test_an_assessment_belongs_to_its_fit_whatever_the_order_of_paths():
    """Paths are listed as the model writes them, and counted by constructs."""
    blocks = "A =~ IMAG1 + IMAG2\nB =~ CUSA1 + CUSA2\nC =~ CUSL1 + CUSL3\nB ~ A\nC ~ "
    fit = rt.pls(blocks + "B + A", rt.read_table("tests/data/mobile.csv"))
    assert fit.paths()["rhs"].tolist() != [one.rhs for one in fit.quantities if one.op == "~"]
    assert rt.report(fit, rt.assess(fit)) is not None
    other = rt.pls(blocks + "B", rt.read_table("tests/data/mobile.csv"))
    with pytest.raises(OptionError, match=r"got the assessment of another PLS fit"):
        rt.report(fit, rt.assess(other))


def test_the_map_shows_every_construct(tmp_path):
    figure = importance_figure(findings(), language="id", style="skripsi")
    path = figure.write(tmp_path / "map.svg")
    drawn = path.read_text("utf-8")
    for name in ("Citra", "Harapan pelanggan", "Persepsi nilai", "Kepuasan pelanggan", "Keluhan pelanggan"):
        assert f">{name}<" in drawn
    assert "Citra: kepentingan 0,89" in figure.describe()
    assert importance_figure(mobile()) is None


def drawn(figure):
    """The axes of a figure, drawn as they are when written, and its names as they stand there."""
    paper = figure.paper()
    renderer = FigureCanvasAgg(paper).get_renderer()
    (axes,) = paper.axes
    return axes, renderer, {text.get_text(): text.get_window_extent(renderer) for text in axes.texts}


def test_names_in_the_map_cover_no_point_and_are_not_cut():
    long = "Dukungan asosiasi usaha dan pemerintah daerah bagi ekspor"
    figure = Map(
        title="T", names=("Dukungan asosiasi", "Kekuatan jaringan", long), importance=np.array([0.287, 0.356, 0.41]),
        performance=np.array([56.37, 55.3, 15.0]), x_label="Kepentingan", y_label="Kinerja", rescaled=True, told="",
        decimal=",",
    )  # fmt: skip
    axes, renderer, boxes = drawn(figure)
    inside = axes.get_window_extent(renderer)
    radius = 26**0.5 / 2 * axes.figure.dpi / 72
    for name, box in boxes.items():
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert max(map(len, name.split("\n"))) <= 26
        for point in axes.transData.transform(np.column_stack([figure.importance, figure.performance])):
            assert not box.padded(0.9 * radius).contains(*point)
    assert any(name.endswith(" …") or "\n" in name for name in boxes)


def test_numbers_of_an_axis_have_as_many_decimals():
    figure = Map(
        title="T", names=("A", "B"), importance=np.array([0.25, 0.36]), performance=np.array([55.3, 56.4]),
        x_label="x", y_label="y", rescaled=True, told="", decimal=",",
    )  # fmt: skip
    axes, _, _ = drawn(figure)
    for axis in (axes.xaxis, axes.yaxis):
        parts = [label.get_text().partition(",")[2] for label in axis.get_ticklabels()]
        assert len({len(part) for part in parts}) == 1
        assert parts[0]
