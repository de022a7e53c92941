"""What reports say of products: slopes by hand, regions, figure, table and sentence."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.report.assemble import assemble
from rantau.report.findings import Findings
from rantau.report.format import format_number
from rantau.report.moderation import moderations
from rantau.report.prose import Prose
from rantau.report.sentences import moderation
from rantau.report.slope_figures import slope_figures
from rantau.report.styles import read_style

MODEL = "X =~ x1 + x2; M =~ m1 + m2; Y =~ y1 + y2; Y ~ X + M + X:M"


def answers(strength):
    rng = np.random.default_rng(8)
    x, m, noise = rng.normal(size=(3, 300))
    x = x + 0.5 * m
    y = 0.3 * x + 0.2 * m + strength * x * m + noise
    columns = {f"{name}{k}": value for name, value in (("x", x), ("m", m), ("y", y)) for k in (1, 2)}
    return pd.DataFrame(columns) + 0.5 * rng.normal(size=(300, 6))


def found(strength, draws=300, **options):
    model = rt.parse_model(MODEL)
    fit = rt.pls(model, answers(strength), **options)
    return Findings(model, pls=fit, draws=rt.bootstrap(fit, draws=draws) if draws else None)


@pytest.fixture(scope="module")
def strong():
    return found(0.4)


@pytest.fixture(scope="module")
def none():
    return found(0.0)


def test_lines_are_those_of_the_regression_on_scores():
    regressed = found(0.4, draws=0, interaction="scores")
    (one,) = moderations(regressed)
    scores = regressed.pls.scores()
    product = scores.X * scores.M
    design = np.column_stack([np.ones(300), scores.X, scores.M, product])
    constant, of_x, of_m, of_both = np.linalg.lstsq(design, scores.Y, rcond=None)[0]
    assert one.level == pytest.approx(constant, abs=1e-8)
    assert one.main == pytest.approx(of_m, abs=1e-8)
    assert [slope.est for slope in one.slopes] == pytest.approx([of_x - of_both, of_x, of_x + of_both], abs=1e-8)
    assert [slope.at for slope in one.slopes] == [-1, 0, 1]


def test_regions_are_those_of_the_fit_where_the_product_is_significant(strong, none):
    (one,), (other,) = moderations(strong), moderations(none)
    expected = strong.pls.significant_regions("Y", "X", "M", draws=strong.draws)
    assert [(r.low, r.high, r.slope) for r in one.regions] == list(
        expected[["low", "high", "slope"]].itertuples(index=False, name=None)
    )
    assert one.bounds == tuple(expected.low[1:])
    assert other.regions == ()


def test_a_figure_has_a_second_panel_only_where_there_is_a_region(strong, none, tmp_path):
    (one,), (other,) = slope_figures(strong), slope_figures(none)
    assert one.band is not None
    assert other.band is None
    for figure, name in ((one, "one"), (other, "other")):
        written = [figure.write(tmp_path / f"{name}{suffix}") for suffix in (".svg", ".png")]
        assert all(path.stat().st_size > 1000 for path in written)
    svg = (tmp_path / "one.svg").read_text("utf-8")
    assert "Slope of X" in svg
    assert "Slope of X" not in (tmp_path / "other.svg").read_text("utf-8")
    assert one.write(tmp_path / "again.svg").read_text("utf-8") == svg
    with pytest.raises(rt.errors.ReportError, match=r"must end in \.svg"):
        one.write(tmp_path / "one.bmp")


def test_the_band_and_the_bounds_agree(strong):
    (figure,) = slope_figures(strong)
    for bound in figure.found.bounds:
        if abs(bound) < 2.5:
            edges = [np.interp(bound, figure.band.at, edge) for edge in (figure.band.low, figure.band.high)]
            assert min(map(abs, edges)) < 0.01


def test_axes_have_the_decimal_mark_of_the_language(none, tmp_path):
    svg = slope_figures(none, language="id")[0].write(tmp_path / "id.svg").read_text("utf-8")
    assert "Rerata" in svg
    assert "0,0" in svg
    assert "0.0<" not in svg


def test_the_table_holds_the_product_and_three_slopes(strong):
    document = assemble(strong, title="T")
    table = next(table for _, table in document.tables() if table.key == "slopes")
    frame = table.frame()
    fit = strong.pls.slopes("Y", "X", "M", draws=strong.draws)
    assert frame.est.tolist()[1:] == fit.est.tolist()
    assert frame.ci_low.tolist()[1:] == fit.ci_low.tolist()
    assert frame.effect.tolist()[0] == "X × M"


@pytest.mark.parametrize(("language", "said"), [("en", "The moderation differs from zero"), ("id", "berbeda dari nol")])
def test_sentences_say_slopes_and_regions(strong, language, said):
    prose = Prose(strong, language, tables=("slopes",))
    (text,) = moderation(prose)
    low, high = (
        format_number(slope.est, "loading", read_style("apa7", language))
        for slope in moderations(strong)[0].slopes[::2]
    )
    assert f" {low} " in text
    assert f" {high} " in text
    assert said in text
    assert "Johnson-Neyman" in text


def test_what_is_not_significant_is_not_made_much_of(none):
    (text,) = moderation(Prose(none, "en"))
    assert "does not differ from zero (*p* =" in text
    assert "Johnson" not in text


def test_without_draws_slopes_stand_alone():
    bare = found(0.4, draws=0)
    (text,) = moderation(Prose(bare, "en"))
    assert "one standard deviation below its mean" in text
    assert "differ" not in text
    assert slope_figures(bare)[0].band is None
    table = next(table for _, table in assemble(bare, title="T").tables() if table.key == "slopes")
    assert [column.key for column in table.columns] == ["effect", "est"]
