"""The parameters that a model implies: lavaan's own tables, and what is refused."""

import json
import math
from pathlib import Path

import pytest

from rantau.errors import IdentificationError, ModelSyntaxError
from rantau.model import parse_model
from rantau.model.parameters import check_counts, tabulate

TABLES = json.loads((Path(__file__).parents[1] / "golden" / "covariance" / "tables.json").read_text())


@pytest.mark.parametrize("case", TABLES, ids=lambda case: f"{case['model']} {case['options'] or ''}".strip())
def test_rows_are_those_of_lavaan(case):
    options = dict(case["options"])
    table = tabulate(
        parse_model(case["model"]),
        std_lv=options.get("std_lv", False),
        fixed_x=options.get("fixed_x", True),
        mean_structure=options.get("meanstructure", False),
    )
    ours = [(row.lhs, row.op, row.rhs) for row in table.rows]
    assert ours == [tuple(row[:3]) for row in case["rows"]]
    for row, (*_, free, value) in zip(table.rows, case["rows"], strict=True):
        assert (row.free >= 0) == free, row
        if value is not None:
            assert row.value == value, row


def test_rows_with_one_label_share_a_place():
    table = tabulate(parse_model("F =~ x1 + a*x2 + a*x3 + b*x4"))
    places = {row.rhs: row.free for row in table.rows if row.op == "=~"}
    assert places == {"x1": -1, "x2": 0, "x3": 0, "x4": 1}
    assert table.names[:2] == ("a", "b")
    assert table.n_free == 2 + 4 + 1


def test_a_start_value_is_kept():
    row = tabulate(parse_model("F =~ x1 + start(0.4)*lab*x2 + x3")).rows[1]
    assert (row.start, row.label, math.isnan(row.value)) == (0.4, "lab", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("F =~ x1 + c(a, b)*x2 + x3", r"1:11: values per group, `c\(\)`, need several groups"),
        ('efa("e")*F =~ x1 + x2', r"1:1: exploratory blocks `efa\(\)` cannot be estimated yet"),
        ('F =~ x1 + equal("F=~x1")*x2', r"1:11: `equal\(\)` cannot be estimated yet; give both terms one label"),
        ("F =~ x1 + start(a)*x2", r"1:11: start\(\) takes a number"),
        ("F =~ x1 + 0.5*a*x2 + 0.6*a*x3", r"1:22: the label 'a' stands for one number, but is fixed at 0.5 and at 0.6"),
        ("F =~ a*x1 + a*0.6*x2", r"1:13: the label 'a' stands for one number, but is fixed at 1 and at 0.6"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_its_place(text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        tabulate(parse_model(text))


def test_more_parameters_than_moments():
    model = parse_model("F =~ a + b\n")
    message = (
        r"<model>:1:1: .*4 free parameters but only 3 variances and covariances.*'F' has 2 items; three are needed"
    )
    with pytest.raises(IdentificationError, match=message):
        check_counts(model, tabulate(model), 100)


def test_fewer_rows_than_parameters():
    model = parse_model("F =~ a + b + c + d")
    with pytest.raises(IdentificationError, match="8 free parameters cannot be estimated from 7 complete rows"):
        check_counts(model, tabulate(model), 7)
    assert check_counts(model, tabulate(model), 8) == 2
