"""The formatter: APA 7's number rules, case by case and by law."""

import math
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rantau.errors import OptionError, ReportError
from rantau.report import styles
from rantau.report.format import (
    format_cell,
    format_interval,
    format_number,
    format_statement,
    missing_tails,
    note_lines,
)
from rantau.report.markup import Run, literal, plain, read_markup, title_case
from rantau.report.styles import read_style, style_names
from rantau.report.table import Column, Interval, Marked, Note

APA, APA_ID, SKRIPSI = read_style("apa7"), read_style("apa7", "id"), read_style("skripsi", "id")
NAN = math.nan

CASES = [
    # value, kind, decimals, APA English, skripsi Indonesian
    (0.8912, "correlation", None, ".89", "0,891"),
    (-0.8912, "correlation", None, "−.89", "−0,891"),
    (-0.0049, "correlation", None, ".00", "−0,005"),
    (0.0, "correlation", None, ".00", "0,000"),
    (-0.0, "decimal", None, "0.00", "0,000"),
    (-0.0004, "decimal", None, "0.00", "0,000"),
    (1.0214, "correlation", None, "1.02", "1,021"),
    (0.995, "correlation", None, "1.00", "0,995"),
    (-1.0, "correlation", None, "−1.00", "−1,000"),
    (0.9531, "index", None, ".953", "0,953"),
    (1.0004, "index", None, "1.000", "1,000"),
    (0.0512, "index", 2, ".05", "0,05"),
    (0.4214, "loading", None, "0.42", "0,421"),
    (1.034, "loading", None, "1.03", "1,034"),
    (2.675, "decimal", 2, "2.68", "2,68"),
    (1.005, "decimal", 2, "1.01", "1,01"),
    (0.125, "decimal", 2, "0.13", "0,13"),
    (-0.125, "decimal", 2, "−0.13", "−0,13"),
    (12345.678, "decimal", 1, "12,345.7", "12.345,7"),
    (-1234.5, "decimal", 2, "−1,234.50", "−1.234,50"),
    (12345, "integer", None, "12345", "12345"),
    (12345, "count", None, "12,345", "12.345"),
    (250, "count", None, "250", "250"),
    (1e22, "decimal", 0, "10,000,000,000,000,000,000,000", "10.000.000.000.000.000.000.000"),
    (12.345, "percent", None, "12.3", "12,3"),
    (250, "integer", None, "250", "250"),
    (250.0, "integer", None, "250", "250"),
    (-3, "integer", None, "−3", "−3"),
    (128.374, "integer", None, "128.37", "128,37"),
    (0.0312, "p", None, ".031", "0,031"),
    (0.001, "p", None, ".001", "0,001"),
    (0.00099, "p", None, "< .001", "< 0,001"),
    (0.0004, "p", None, "< .001", "< 0,001"),
    (0.0, "p", None, "< .001", "< 0,001"),
    (1e-300, "p", None, "< .001", "< 0,001"),
    (0.9994, "p", None, ".999", "0,999"),
    (0.9996, "p", None, "> .999", "> 0,999"),
    (1.0, "p", None, "> .999", "> 0,999"),
    (1, "p", None, "> .999", "> 0,999"),
    (0.0049, "p", 2, "< .01", "< 0,01"),
    (0.03, "p", 0, ".03", "0,03"),
    (NAN, "decimal", None, "—", "—"),
    (NAN, "p", None, "—", "—"),
    (NAN, "integer", None, "—", "—"),
    (math.inf, "decimal", None, "∞", "∞"),
    (-math.inf, "decimal", None, "−∞", "−∞"),
]


@pytest.mark.parametrize(("value", "kind", "decimals", "apa", "skripsi"), CASES)
def test_numbers(value, kind, decimals, apa, skripsi):
    assert format_number(value, kind, APA, decimals=decimals) == apa
    assert format_number(value, kind, SKRIPSI, decimals=decimals) == skripsi


def test_indonesian_keeps_the_leading_zero_in_apa_style():
    assert format_number(0.0312, "p", APA_ID) == "0,031"
    assert format_number(0.8912, "correlation", APA_ID) == "0,89"


@pytest.mark.parametrize("value", [-0.01, 1.01, math.inf])
def test_a_probability_outside_its_range_is_refused(value):
    with pytest.raises(ReportError, match="a probability lies between 0 and 1"):
        format_number(value, "p", APA)


INTERVALS = [
    (Interval(0.3241, 0.5163), "interval", "[0.32, 0.52]", "[0,324; 0,516]"),
    (Interval(-0.004, 0.3), "interval", "[0.00, 0.30]", "[−0,004; 0,300]"),
    (Interval(0.0412, 0.0688), "index", "[.041, .069]", "[0,041; 0,069]"),
    (Interval(NAN, NAN), "interval", "—", "—"),
    (Interval(NAN, 0.5), "interval", "[—, 0.50]", "[—; 0,500]"),
    (Interval(-math.inf, 0.5), "interval", "[−∞, 0.50]", "[−∞; 0,500]"),
]


@pytest.mark.parametrize(("interval", "kind", "apa", "skripsi"), INTERVALS)
def test_intervals(interval, kind, apa, skripsi):
    assert format_interval(interval, kind, APA) == apa
    assert format_interval(interval, kind, SKRIPSI) == skripsi


def cell(value, kind="decimal", style=APA, **column):
    return format_cell(value, Column("k", "H", kind, **column), style)


def test_cells():
    assert cell(None) == ()
    assert cell("", "text") == ()
    assert cell("*as it is*_{x}", "text") == (Run("*as it is*_{x}"),)
    assert cell(Marked("*df*", markup=True), "text") == (Run("df", italic=True),)
    assert cell(7, "text") == (Run("7"),)
    assert cell("fixed") == (Run("fixed"),)
    assert cell(Marked(0.5, bold=True, dim=True)) == (Run("0.50", bold=True, dim=True),)
    assert cell(Marked(0.5, stars="**", note="a"), "correlation") == (Run(".50**"), Run("a", position="super"))
    assert cell(Marked(129, kind="integer"), "index") == (Run("129"),)
    assert cell(0.12345, decimals=4) == (Run("0.1235"),)
    assert cell(Marked(0.12345, decimals=1), decimals=4) == (Run("0.1"),)
    assert cell(Interval(0.1, 0.2), "correlation") == (Run("[.10, .20]"),)


def test_statements():
    assert format_statement("*p*", 0.0, "p", APA) == "*p* < .001"
    assert format_statement("*p*", 1.0, "p", APA) == "*p* > .999"
    assert format_statement("*t*", -2.5, "decimal", APA) == "*t* = −2.50"


def number_of(text: str, mark: str) -> Decimal:
    thousands = "," if mark == "." else "."
    return Decimal(text.replace("−", "-").replace(thousands, "").replace(mark, "."))


numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
kinds = st.sampled_from(["decimal", "correlation", "index", "percent", "loading", "interval", "integer", "count"])


@given(value=numbers, kind=kinds, style=st.sampled_from([APA, APA_ID, SKRIPSI]), places=st.integers(0, 8))
def test_law_reads_back_within_half_a_unit(value, kind, style, places):
    text = format_number(value, kind, style, decimals=places)
    shown = places if kind != "integer" or value.is_integer() else max(places, 2)
    back = number_of(text, style.words.decimal_mark)
    assert abs(back - Decimal(repr(value))) <= Decimal(5).scaleb(-shown - 1)
    assert "-" not in text
    assert not (text.startswith("−") and back == 0)


@given(p=st.floats(0, 1), style=st.sampled_from([APA, SKRIPSI]), places=st.integers(2, 5))
def test_law_a_probability_is_never_nought_nor_one(p, style, places):
    text = format_number(p, "p", style, decimals=places)
    value, unit = number_of(text.strip("<> "), style.words.decimal_mark), Decimal(1).scaleb(-places)
    assert 0 < value < 1
    exact = Decimal(repr(p))
    if text.startswith("<"):
        assert exact < value == unit
    elif text.startswith(">"):
        assert exact > value == 1 - unit
    else:
        assert abs(exact - value) <= unit / 2


@given(value=st.floats(-0.99, 0.99))
def test_law_what_cannot_exceed_one_has_no_leading_zero(value):
    assert format_number(value, "correlation", APA).lstrip("−")[0] == "."


def test_tails_align_decimal_marks():
    assert missing_tails(("0.42***", "0.31", "—", "5", "—**", ""), APA) == ("", "***", "", ".42***", "", "")
    assert missing_tails((".953", "12345.7", "129"), APA) == ("", "53", ".953")
    assert missing_tails(("[0.1, 0.2]*", "[−1.00, 22.22]"), APA) == ("", "*")
    assert missing_tails(("0,42", "0,4"), SKRIPSI) == ("", "2")
    assert missing_tails((), APA) == ()


def test_notes_stand_in_apa_order_with_the_banner_first():
    notes = (
        Note("probability", "*p* < .05."),
        Note("specific", "Second.", mark="b"),
        Note("specific", "First.", mark="a"),
        Note("general", "All."),
    )
    lines = note_lines(notes, APA, banner="SIMULATED")
    assert [plain(line) for line in lines] == ["Note. SIMULATED All.", "a First. b Second.", "p < .05."]
    assert lines[0][0] == Run("Note.", italic=True)
    assert lines[1][0] == Run("a", position="super")


def test_primary_data_is_not_claimed_beside_a_banner():
    assert [plain(line) for line in note_lines((), SKRIPSI)] == ["Sumber: Data primer diolah"]
    assert [plain(line) for line in note_lines((), SKRIPSI, banner="SIMULASI")] == ["Catatan: SIMULASI"]


def test_a_source_that_is_named_stands_in_the_place_of_primary_data():
    assert [plain(line) for line in note_lines((), SKRIPSI, source="Hair (2022)")] == ["Sumber: Hair (2022)"]
    english = read_style("skripsi", "en")
    assert [plain(line) for line in note_lines((), english)] == ["Source: Primary data, processed"]
    assert [plain(line) for line in note_lines((), english, source="Hair (2022)")] == ["Source: Hair (2022)"]
    # Where no data are shown there is no source of them, and APA has no line for one.
    assert note_lines((), SKRIPSI, source=None) == note_lines((), APA, source="Hair (2022)") == ()


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("plain", (Run("plain"),)),
        ("*M*", (Run("M", italic=True),)),
        ("**b** x", (Run("b", bold=True), Run(" x"))),
        ("***x***", (Run("x", bold=True, italic=True),)),
        ("*R*^{2}_{adj}", (Run("R", italic=True), Run("2", position="super"), Run("adj", position="sub"))),
        ("**a *b* c**", (Run("a ", bold=True), Run("b", bold=True, italic=True), Run(" c", bold=True))),
        ("p < .05 *", (Run("p < .05 *"),)),
        ("2 * 3 * 4", (Run("2 * 3 * 4"),)),
        ("\\**p* < .05", (Run("*"), Run("p", italic=True), Run(" < .05"))),
        ("^{**}*p*", (Run("**", position="super"), Run("p", italic=True))),
        ("trust_1", (Run("trust_1"),)),
        ("", ()),
    ],
)
def test_markup(text, runs):
    assert read_markup(text) == runs


@given(st.text(max_size=40))
def test_law_literal_text_reads_as_itself(text):
    assert plain(read_markup(literal(text))) == text
    assert all(run == Run(run.text) for run in read_markup(literal(text)))


@pytest.mark.parametrize(
    ("text", "style", "cased"),
    [
        ("means and standard deviations of the items", APA, "Means and Standard Deviations of the Items"),
        ("the *p* value: a note on α and *n*", APA, "The p Value: A Note on α and n"),
        ("HTMT of trust_1 and Harman's test", APA, "HTMT of trust_1 and Harman's Test"),
        ("fornell-larcker criterion", APA, "Fornell-Larcker Criterion"),
        ("hasil uji validitas dan reliabilitas", SKRIPSI, "Hasil Uji Validitas dan Reliabilitas"),
    ],
)
def test_title_case(text, style, cased):
    assert plain(title_case(read_markup(text), style)) == cased


def test_styles_are_named_and_complete():
    assert style_names() == ("apa7", "skripsi")
    for name in style_names():
        for language in ("en", "id"):
            assert read_style(name, language).words.locale.startswith(language)
    assert SKRIPSI.words.table == "Tabel"


def test_unknown_styles_and_languages_are_refused():
    with pytest.raises(OptionError, match=r"unknown style 'skirpsi'. Did you mean 'skripsi'"):
        read_style("skirpsi")
    with pytest.raises(OptionError, match=r"unknown language 'in'.*Allowed: en, id"):
        read_style("apa7", "in")


def test_an_edited_style_is_read_again(tmp_path):
    path = own_style(tmp_path, 'font = "Times New Roman"', 'font = "Arial"')
    assert read_style(path).page.font == "Arial"
    Path(path).write_text(Path(path).read_text(encoding="utf-8").replace('"Arial"', '"Calibri"'), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert read_style(path).page.font == "Calibri"


def own_style(tmp_path, old, new):
    text = Path(styles.__file__).with_name("apa7.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(path)


def test_a_style_of_ones_own(tmp_path):
    path = own_style(
        tmp_path, "loading = { decimals = 2, leading_zero = true }", "loading = { decimals = 3, leading_zero = false }"
    )
    assert format_number(0.4214, "loading", read_style(path)) == ".421"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("table_size", "tabel_size", "unknown key 'tabel_size'. Did you mean 'table_size'"),
        ("size = 12.0", 'size = "12"', "'size' is '12', and must be of type float"),
        ("size = 12.0\n", "", r"\[page\]: key 'size' is missing; copy it from apa7.toml"),
        ("[captions]", "[caption]", r"section \[captions\] is missing"),
        ("[kinds]", "[kinds", "not valid TOML"),
        ("margins_cm = [2.54, ", "margins_cm = [", "four entries"),
    ],
)
def test_a_faulty_style_is_explained(tmp_path, old, new, message):
    with pytest.raises(ReportError, match=message):
        read_style(own_style(tmp_path, old, new))


def test_a_missing_style_file_is_explained(tmp_path):
    with pytest.raises(ReportError, match="no such file for the style"):
        read_style(str(tmp_path / "none.toml"))


def test_a_wrong_paper_is_explained(tmp_path):
    with pytest.raises(OptionError, match=r"unknown paper 'A3'"):
        read_style(own_style(tmp_path, 'paper = "A4"', 'paper = "A3"'))
