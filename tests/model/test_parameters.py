"""The parameters that a model implies: lavaan's own tables, and what is refused."""

import json
import math
from pathlib import Path

import pytest

from rantau.errors import IdentificationError, ModelSyntaxError, OptionError
from rantau.model import parse_model
from rantau.model.counts import check_counts
from rantau.model.parameters import tabulate

TABLES = json.loads((Path(__file__).parents[1] / "golden" / "covariance" / "tables.json").read_text())


def named(case):
    options = ", ".join(f"{name}={value}" for name, value in case["options"].items())
    return f"{case['model']} {options}".strip()


@pytest.mark.parametrize("case", TABLES, ids=named)
def test_rows_are_those_of_lavaan(case):
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in case["options"].items()}
    table = tabulate(parse_model(case["model"]), **options)
    first = {}
    for position, row in enumerate(table.rows, 1):
        if row.free >= 0:
            first.setdefault(row.free, position)
    ours = [
        (
            *(row.lhs, row.op, row.rhs, row.group, row.label, row.exogenous),
            *(nothing(row.value), nothing(row.start), first.get(row.free)),
        )
        for row in table.rows
    ]
    assert ours == [tuple(row) for row in case["rows"]]
    assert table.mean_structure == case["means"]
    assert sorted(first) == list(range(table.n_free))


def nothing(number):
    return None if math.isnan(number) else number


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
        ('F =~ x1 + equal("F=~x4")*x2 + x3', r"1:11: unknown parameter in equal\(\) 'F=~x4'. Did you mean 'F=~x3'"),
        ('F =~ x1 + equal("F=~x2")*x2', r"1:11: equal\(\) names its own parameter, 'F=~x2'"),
        (
            'F =~ x1 + 0.5*equal("F=~x1")*x2',
            r"1:15: 'F=~x2' is fixed at 0.5, but equal\(\) names a parameter fixed at 1",
        ),
        ('x1 ~ x2\nx1 ~~ equal("x2~~x2")*x1', r"2:7: 'x2~~x2' is taken from the sample; equal\(\) needs a param"),
        ("F =~ x1 + equal(NA)*x2", r"1:11: equal\(\) takes the name of a parameter"),
        ("F =~ x1 + equal(0.5)*x2", r"1:11: equal\(\) takes the name of a parameter"),
        ("F =~ x1 + start(a)*x2", r"1:11: start\(\) takes a number"),
        ("F =~ x1 + 0.5*a*x2 + 0.6*a*x3", r"1:22: the label 'a' stands for one number, but is fixed at 0.5 and at 0.6"),
        ("F =~ a*x1 + a*0.6*x2", r"1:13: the label 'a' stands for one number, but is fixed at 1 and at 0.6"),
    ],
)
def test_what_cannot_be_honoured_is_refused_with_its_place(text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        tabulate(parse_model(text))


@pytest.mark.parametrize("text", ["F =~ x1 + x2 + x3\nF ~ sex + ageyr", 'F =~ x1 + x2 + equal("F=~x2")*x3\nx1 ~ 0*1'])
def test_groups_that_share_nothing_are_tables_side_by_side(text):
    one = tabulate(parse_model(text), mean_structure=True)
    three = tabulate(parse_model(text), groups=("a", "b", "c"))
    assert three.n_free == 3 * one.n_free
    shifted = [
        row.replace(group=group, free=row.free + (group - 1) * one.n_free if row.free >= 0 else -1)
        for group in (1, 2, 3)
        for row in one.rows
    ]
    assert list(three.rows) == shifted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "F =~ x1 + c(a, b, d)*x2",
            r"1:11: 3 values are given, but there are 2 groups \(girls, boys\); give one value",
        ),
        ("F =~ x1 + c(1, 2, 3)*x2", r"1:11: 3 values are given, but there are 2 groups"),
        ("F =~ x1 + start(1, 2, 3)*x2", r"1:11: 3 values are given, but there are 2 groups"),
        ('F =~ x1 + equal("F=~x1", "F=~x1.g3")*x2', r"1:11: unknown parameter in equal\(\) 'F=~x1.g3'"),
        ("F =~ x1 + start(0.5, a)*x2", r"1:11: start\(\) takes a number"),
        (
            "F =~ x1 + c(0.5, 0.6)*x2 + c(a, a)*x2",
            r"1:11: the label 'a' stands for one number, but is fixed at 0.5 and",
        ),
        ("F =~ x1 + c(0.5, 0.6)*x2", r"1:11: 'F=~x2' is fixed at 0.5 and at 0.6, but group_equal makes it one number"),
    ],
)
def test_values_per_group_are_refused_with_their_place(text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        tabulate(parse_model(text), groups=("girls", "boys"), group_equal=("loadings",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group_equal": ("loading",)}, r"unknown group_equal 'loading'. Did you mean 'loadings'\?"),
        ({"group_partial": ("F=~x9",)}, r"unknown parameter in group_partial 'F=~x9'. Did you mean 'F=~x3'\?"),
        ({"group_partial": ("x1",)}, r"unknown parameter in group_partial 'x1'"),
        ({"group_equal": ("loadings",), "groups": ("",)}, r"group_equal compares groups, but there is one group"),
    ],
)
def test_what_is_equal_across_groups_is_checked(options, message):
    with pytest.raises(OptionError, match=message):
        tabulate(parse_model("F =~ x1 + x2 + x3"), **{"groups": ("girls", "boys"), **options})


def test_kinds_may_be_spelt_with_dots_hyphens_or_underscores():
    model = parse_model("F =~ x1 + x2 + x3\nx1 ~~ x2")
    tables = [
        tabulate(model, groups=("girls", "boys"), group_equal=(kind,))
        for kind in ("residual.covariances", "residual-covariances", "residual_covariances")
    ]
    assert tables[0] == tables[1] == tables[2]
    assert tables[0].n_free == tabulate(model, groups=("girls", "boys")).n_free - 1


def test_equal_takes_the_parameter_of_its_own_group():
    table = tabulate(parse_model('F =~ x1 + x2 + equal("F=~x2")*x3'), groups=("girls", "boys"))
    places = {(row.rhs, row.group): row.free for row in table.rows if row.op == "=~"}
    assert places["x2", 1] == places["x3", 1] != places["x2", 2] == places["x3", 2]


def test_equal_takes_a_covariance_from_either_side():
    table = tabulate(parse_model('F =~ x1 + x2 + x3 + x4\nx1 ~~ x2\nx3 ~~ equal("x2 ~~ x1")*x4'))
    places = [row.free for row in table.rows if row.op == "~~" and row.lhs != row.rhs]
    assert places[0] == places[1]
    table = tabulate(
        parse_model("F =~ x1 + x2 + x3\nx1 ~~ x2"),
        groups=("girls", "boys"),
        group_equal=("residual_covariances",),
        group_partial=("x2~~x1",),
    )
    assert len({row.free for row in table.rows if (row.lhs, row.rhs) == ("x1", "x2")}) == 2


def test_parameters_of_one_group_are_named_with_it():
    table = tabulate(
        parse_model("F =~ x1 + c(a, b)*x2 + x3"), groups=("girls", "boys"), group_equal=("loadings", "intercepts")
    )
    assert table.names == (
        *("a", "F =~ x3", "x1 ~~ x1 (girls)", "x2 ~~ x2 (girls)", "x3 ~~ x3 (girls)", "F ~~ F (girls)"),
        *("x1 ~1", "x2 ~1", "x3 ~1", "b", "x1 ~~ x1 (boys)", "x2 ~~ x2 (boys)", "x3 ~~ x3 (boys)"),
        *("F ~~ F (boys)", "F ~1 (boys)"),
    )


def test_a_factor_measured_by_one_factor_keeps_no_residual_in_any_group():
    # Here lavaan 0.6-14 frees the residual of F in the second group, which nothing identifies.
    model = parse_model("F =~ x1 + x2 + x3\nH =~ F\nx7 ~ H")
    table = tabulate(model, groups=("girls", "boys"), std_lv=True, group_equal=("loadings",))
    assert [row.value for row in table.rows if (row.lhs, row.rhs) == ("F", "F")] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("equal", "df"),
    [
        ((), 48),
        (("loadings",), 54),
        (("loadings", "intercepts"), 60),
        (("loadings", "intercepts", "residuals"), 69),
        (("loadings", "intercepts", "residuals", "means", "lv.variances", "lv.covariances"), 78),
    ],
)
def test_degrees_of_freedom_over_groups(equal, df):
    # hs by school with lavaan 0.7-2 (`cfa(HS, hs, group = "school", group.equal = ...)`); the last row with 0.6-14
    model = parse_model("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9")
    table = tabulate(model, groups=("Pasteur", "Grant-White"), group_equal=equal)
    assert check_counts(model, table, 301) == df
    assert check_counts(model, table, 301, n_constraints=2) == df + 2


def test_sample_moments_of_every_group_are_left_out_of_the_count():
    model = parse_model("F =~ x1 + x2 + x3\nF ~ sex + ageyr")
    table = tabulate(model, groups=("girls", "boys"))
    assert table.n_free == 2 * (2 + 2 + 3 + 1 + 3)
    assert check_counts(model, table, 100) == 2 * (15 - 3 + 3) - 22


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


def test_counts_say_what_they_count_over_groups():
    model = parse_model("F =~ a + b\n")
    table = tabulate(model, groups=("girls", "boys"))
    message = r"12 free parameters but only 10 variances, covariances and means in 2 groups.*'F' has 2 items"
    with pytest.raises(IdentificationError, match=message):
        check_counts(model, table, 100)
    assert check_counts(model, table, 100, n_constraints=2) == 0
    with pytest.raises(IdentificationError, match=r"11 free parameters \(less the constraints\) but only 10"):
        check_counts(model, table, 100, n_constraints=1)
    with pytest.raises(
        IdentificationError, match=r"10 free parameters .* cannot be estimated from 9 complete rows in 2"
    ):
        check_counts(model, table, 9, n_constraints=2)


def test_a_threshold_belongs_to_no_exploratory_block():
    with pytest.raises(ModelSyntaxError, match=r":2:5: efa\(\) goes before a factor"):
        tabulate(parse_model("F =~ a + b + c\na | efa('e')*t1"), ordered=(("a", 1),))
