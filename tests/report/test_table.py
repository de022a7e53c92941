"""Tables: what they refuse, and the unrounded values they give back."""

import math

import numpy as np
import pytest
from sample_document import DISCRIMINANT, FIT, PATHS

from rantau.errors import OptionError, ReportError
from rantau.report.table import Column, Interval, Marked, Note, Row, Table

STUB, R = Column("name", "Name"), Column("r", "*r*", "correlation")


def table(*cells, columns=(STUB, R), notes=()):
    return Table("t", "Title", columns, (Row(cells),), notes)


def test_frame_gives_unrounded_values_and_splits_intervals():
    frame = PATHS.frame()
    assert list(frame.columns) == [
        "row_group", "hypothesis", "path", "beta", "se", "ci_low", "ci_high", "t", "p", "f2", "decision",
    ]  # fmt: skip
    assert frame["beta"].tolist() == [0.17851, -0.0012, 0.5124, 0.4661, 0.0501]
    assert frame["ci_low"].tolist()[:2] == [0.0711, -0.0884]
    assert frame["ci_high"].tolist()[:2] == [0.2862, 0.0871]
    assert math.isnan(frame["ci_low"].iloc[4])
    assert frame["p"].iloc[2] == 2.2e-16
    assert frame["row_group"].tolist() == ["Effects on satisfaction"] * 3 + ["Effects on loyalty"] * 2


def test_column_of_intervals_of_another_kind_is_split_too():
    frame = FIT.frame()
    assert list(frame.columns) == ["index", "value", "ci_low", "ci_high"]
    assert frame.loc[5, ["ci_low", "ci_high"]].tolist() == [0.0461, 0.0564]


def test_column_that_mixes_numbers_and_intervals_keeps_both():
    columns = (STUB, Column("v", "Value", "decimal"))
    frame = Table("t", "T", columns, (Row(("a", 1.25)), Row(("b", Interval(1.0, 2.5))))).frame()
    assert list(frame.columns) == ["name", "v", "v_low", "v_high"]
    assert frame["v"].iloc[0] == 1.25
    assert frame.loc[1, ["v_low", "v_high"]].tolist() == [1.0, 2.5]


def test_empty_columns_of_a_triangle_are_kept():
    assert DISCRIMINANT.frame()["three"].iloc[2] == 1.0214


def test_numpy_numbers_become_pythons():
    row = Row(("a", np.float32(0.5), Marked(np.int64(3))))
    assert type(row.cells[1]) is float
    assert type(row.cells[2].value) is int


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("a",), r"row 1: 1 cells for 2 columns \(name, r\); write None"),
        (("a", 1, 2), "3 cells for 2 columns"),
        (("a", "0.32"), r"column 'r': got the number '0.32' as text"),
        (("a", "−,32"), "as text"),
        ((0.5, 0.5), r"column 'name': a text column got the number 0.5"),
        (("a", True), "got bool True"),
        (("a", Marked(0.5, stars="*")), "has stars, and no probability note"),
        (("a", Marked(0.5, note="b")), "unknown note 'b'"),
        (("a", Marked(1.5, kind="p")), "a probability lies between 0 and 1, and got 1.5"),
        (("a", Marked(-0.1, kind="p")), "a probability lies between 0 and 1"),
    ],
)
def test_refusals(cells, message):
    with pytest.raises(ReportError, match=message):
        table(*cells)


def test_words_are_welcome_among_numbers():
    assert table("a", "fixed").rows[0].cells[1] == "fixed"


def test_marks_that_are_explained_pass():
    notes = (Note("probability", "\\**p* < .05."), Note("specific", "Fixed.", mark="b"))
    assert table("a", Marked(0.5, stars="*", note="b"), notes=notes).frame()["r"].tolist() == [0.5]


def test_a_wrong_kind_names_the_nearest():
    with pytest.raises(OptionError, match=r"unknown kind 'corelation'. Did you mean 'correlation'"):
        Column("r", "r", "corelation")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Interval(0.5, 0.2), r"from low to high, and got \[0.5, 0.2\]"),
        (lambda: Marked(0.5, stars="x"), "stars are made of"),
        (lambda: Marked(0.5, decimals=16), "between 0 and 15"),
        (lambda: Note("specific", "text"), "a specific note has a mark"),
        (lambda: Note("general", "text", mark="a"), "other notes have none"),
        (lambda: Table("a b", "T", (STUB,), ()), "key is made of letters"),
        (lambda: Table("t", "T", (), ()), "has no columns"),
        (lambda: Table("t", "T", (STUB, STUB), ()), "two columns have the same key"),
        (lambda: Table("t", "T", (STUB, R), (Row(("g", 0.5), kind="group"),)), "its label and nothing else"),
        (lambda: Table("t", "T", (STUB,), (Row(("g",), kind="rule"),)), "a rule holds no cells"),
    ],
)
def test_parts_refuse(make, message):
    with pytest.raises(ReportError, match=message):
        make()


def test_table_shows_in_a_notebook():
    page = PATHS._repr_html_()
    assert "Structural Paths and the Decisions" in page
    assert "0.51***" in page
    assert "&lt; .001" in page


@pytest.mark.parametrize("indent", [True, -1, 1.0])
def test_an_indent_is_a_count(indent):
    with pytest.raises(ReportError, match="a row's indent is a count of steps from 0"):
        Row(("a",), indent=indent)
