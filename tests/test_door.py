"""What enters an engine: models as text or records, data as frames or responses, faults with their place."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.door import as_model, check_spread, take_sample, take_summary
from rantau.errors import EstimationError, ModelSyntaxError, ResponseError
from rantau.model import parse_model
from rantau.moments import Sample, answered_rows, complete_rows, moments
from rantau.moments.belonging import named_column
from rantau.survey import read_responses, read_survey

MODEL = parse_model("F =~ a + b\n   + c\nY ~ F", source="small.sem")


def frame(**changes):
    columns = {name: [1.0, 2.0, 4.0] for name in ("a", "b", "c", "Y")}
    return pd.DataFrame(columns | changes)


def test_a_model_is_itself_and_text_is_read():
    assert as_model(MODEL) is MODEL
    assert as_model("F =~ a + b + c").constructs == ("F",)


def test_what_is_no_model():
    with pytest.raises(
        ModelSyntaxError, match=r"'models/mobile\.sem' is a file's name, not a model: use rt\.read_model"
    ):
        as_model("models/mobile.sem")
    with pytest.raises(ModelSyntaxError, match="a model must be a Model or its text, got DataFrame"):
        as_model(frame())


def test_columns_come_in_the_order_asked_for():
    taken = take_sample(MODEL, frame(Y=[3.0, 5.0, 9.0]), names=("Y", "a"))
    assert taken.names == ("Y", "a")
    assert taken.values.tolist() == [[3, 1], [5, 2], [9, 4]]
    assert take_sample(MODEL, frame()).names == MODEL.observed


def test_a_missing_column_points_into_the_model_file():
    with pytest.raises(ResponseError) as caught:
        take_sample(MODEL, frame().rename(columns={"c": "C_"}))
    text = str(caught.value)
    assert text.startswith("small.sem:2:6: 'c' is not in the data.")
    assert "The data have 4 columns: a, b, C_, Y" in text
    assert text.endswith("   + c\n         ^")


def test_a_column_with_a_code_before_its_question_is_told():
    with pytest.raises(ResponseError) as caught:
        take_sample(MODEL, frame().rename(columns={"c": "c. I trust them"}))
    assert "Is it 'c. I trust them'? Say so in reading: columns={'c': '...'}; or give it this name." in str(
        caught.value
    )
    with pytest.raises(ResponseError) as caught:
        take_sample(MODEL, frame().rename(columns={"c": "[c] I trust them"}))
    assert "Is it '[c] I trust them'?" in str(caught.value)


def test_a_construct_is_no_guess_at_its_own_item():
    model = parse_model("KEP =~ KEP1 + a + b")
    with pytest.raises(ResponseError) as caught:
        take_sample(model, frame())
    assert "'KEP1' is not in the data. The data have 4 columns" in str(caught.value)


def test_one_column_asks_for_the_delimiter():
    with pytest.raises(ResponseError, match=r"Is the delimiter of the file another one \(delimiter=\)\?"):
        take_sample(MODEL, frame()[["a"]].rename(columns={"a": "a;b;c;Y"}))


def test_a_construct_misspelt_in_a_path_is_named():
    model = parse_model("Trust =~ a + b + c\nY ~ Trsut")
    with pytest.raises(ResponseError, match=r"<model>:2:5: 'Trsut' is not in the data\. Did you mean 'Trust'\?"):
        take_sample(model, frame())


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([3.0, 3.0, 3.0], "'b' has the value 3 in every row; a constant item carries no information"),
        ([np.nan, 3.0, 3.0], "'b' has the value 3 in every row"),
        ([np.nan] * 3, "'b' has no answer in any row"),
    ],
)
def test_items_without_information(column, message):
    with pytest.raises(EstimationError, match=message):
        take_sample(MODEL, frame(b=column))
    with pytest.raises(EstimationError, match=message):
        check_spread(Sample(("b",), np.array(column)[:, None]))


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows(rows):
    with pytest.raises(EstimationError, match=f"{rows} rows?; nothing can be estimated from fewer than two"):
        take_sample(MODEL, frame()[:rows])


def test_numbers_as_column_names():
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(5, 2)), columns=["a", 7])
    assert take_sample(parse_model("a ~~ b"), data.rename(columns={7: "b"})).n_obs == 5


def divided(**changes):
    rng = np.random.default_rng(4)
    columns = {name: rng.normal(size=8).round(2) for name in ("a", "b", "c", "Y")}
    columns["sex"] = ["woman", "man", "woman", "man", "woman", "man", "woman", "man"]
    return pd.DataFrame(columns | changes)


@pytest.mark.parametrize(
    ("column", "groups", "codes"),
    [
        (["woman", "man"] * 4, ("woman", "man"), [0, 1] * 4),
        ([2, 1, 3, 1, 2, 3, 2, 1], ("2", "1", "3"), [0, 1, 2, 1, 0, 2, 0, 1]),
        ([2.0, 1.0] * 4, ("2", "1"), [0, 1] * 4),
        ([0.5, 1.0] * 4, ("0.5", "1"), [0, 1] * 4),
        ([True, False] * 4, ("True", "False"), [0, 1] * 4),
        (pd.Categorical(["b", "a"] * 4, categories=["a", "b", "c"]), ("b", "a"), [0, 1] * 4),
        (["x ", "y", "x", "y"] * 2, ("x", "y"), [0, 1] * 4),
        ([1, "1", "y", "y"] * 2, ("1", "y"), [0, 0, 1, 1] * 2),
    ],
    ids=["text", "whole", "float", "decimal", "truth", "categorical", "blanks", "mixed"],
)
def test_groups_of_every_kind_in_the_order_met(column, groups, codes):
    taken = take_sample(MODEL, divided(sex=column), group="sex")
    assert (taken.groups, taken.group.tolist(), taken.ungrouped) == (groups, codes, 0)
    assert taken.values.tolist() == take_sample(MODEL, divided()).values.tolist()


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA, "", "NA", " "])
def test_rows_without_a_group_are_left_out_and_counted(gap):
    data = divided(sex=["x", gap, "y", "y", "x", "x", gap, "y"], w=[1.0, -5.0, 2, 2, 2, 2, np.nan, 2])
    taken = take_sample(MODEL, data, group="sex", sampling_weights="w")
    assert taken.ungrouped == 2
    assert taken.group.tolist() == [0, 1, 1, 0, 0, 1]
    assert taken.values.tolist() == data[["a", "b", "c", "Y"]].drop(index=[1, 6]).to_numpy().tolist()
    assert taken.weights.tolist() == [1, 2, 2, 2, 2, 2]


def test_weights_and_clusters():
    data = divided(w=["1", "2.5", 3, 4, 5, 6, 7, 8], site=["p", "q", "p", "r"] * 2)
    data.index = range(100, 108)
    taken = take_sample(MODEL, data, sampling_weights="w", cluster="site")
    assert taken.weights.tolist() == [1, 2.5, 3, 4, 5, 6, 7, 8]
    assert taken.cluster.tolist() == [0, 1, 0, 2] * 2
    assert (taken.group, taken.groups) == (None, ("",))
    both = complete_rows(
        take_sample(MODEL, data.assign(a=data["a"].where(data.index > 101)), group="sex", cluster="site")
    )
    assert both.cluster.tolist() == [0, 2, 0, 1, 0, 2]
    assert both.group.tolist() == [0, 1] * 3


def test_columns_that_are_no_items_of_the_instrument(tmp_path):
    text = Path("surveys/mobile/responses.csv").read_text("utf-8").splitlines()
    extra = ["gender,w", *("m,1.5" if row % 3 else "f,0.5" for row in range(249)), ",2"]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(f"{line},{more}" for line, more in zip(text, extra, strict=True)), "utf-8")
    responses = read_responses(path, read_survey("surveys/mobile/instrument.toml"))
    model = parse_model("Image =~ IMAG1 + IMAG2 + IMAG3")
    taken = take_sample(model, responses, group="gender", sampling_weights="w")
    assert (taken.groups, taken.ungrouped, taken.n_obs) == (("f", "m"), 1, 249)
    assert taken.weights[:3].tolist() == [0.5, 1.5, 1.5]
    by_item = take_sample(model, responses, group="IMAG4")
    assert set(by_item.groups) <= {str(point) for point in range(1, 11)}
    with pytest.raises(ResponseError, match=r"group='gendre': the data have no such column\. Did you mean 'gender'\?"):
        take_sample(model, responses, group="gendre")


@pytest.mark.parametrize(
    ("changes", "options", "kind", "message"),
    [
        (
            {},
            {"group": "Sex"},
            ResponseError,
            r"data: group='Sex': the data have no such column\. Did you mean 'sex'\?",
        ),
        (
            {},
            {"cluster": "school"},
            ResponseError,
            r"cluster='school': the data have no such column\. Columns: a, b, c",
        ),
        (
            {},
            {"group": "Y"},
            ResponseError,
            r"small\.sem:3:1: 'Y' is a variable of the model, so it cannot be group= as",
        ),
        ({"sex": "x"}, {"group": "sex"}, EstimationError, r"'sex' \(group\) has 'x' in every row; two groups at least"),
        ({"sex": np.nan}, {"group": "sex"}, EstimationError, r"'sex' \(group\) has no entry in any row; two groups"),
        (
            {"sex": ["x"] * 7 + ["y"]},
            {"group": "sex"},
            EstimationError,
            r"group 'y' has 1 row, and nothing can be estimated.*The groups: x \(7\), y \(1\)\. Join it",
        ),
        ({"sex": range(8)}, {"group": "sex"}, EstimationError, r"has another entry in every row.*: 0, 1, 2"),
        (
            {"b": [1, 2, 1, 3, 1, 4, 1, 5]},
            {"group": "sex"},
            EstimationError,
            "data, group 'woman': 'b' has the value 1 in every row of this group; a constant item",
        ),
        (
            {"b": [np.nan, 2, np.nan, 3, np.nan, 4, np.nan, 5]},
            {"group": "sex"},
            EstimationError,
            "group 'woman': 'b' has no answer in any row of this group",
        ),
        (
            {"w": [1, 1, -2, 1, 0, 1, 1, 1]},
            {"sampling_weights": "w"},
            ResponseError,
            r"column 'w' \(sampling_weights\), row 3 and 1 more: a positive weight is needed, got -2\. Leave such rows",
        ),
        (
            {"w": [1, None, 2, 1, 3, 1, 1, 1]},
            {"sampling_weights": "w"},
            ResponseError,
            r"\(sampling_weights\), row 2: a positive weight is needed, got none",
        ),
        (
            {},
            {"sampling_weights": "sex"},
            ResponseError,
            r"\(sampling_weights\), row 1: a number is needed, got 'woman'",
        ),
        ({"site": ["p", None] * 4}, {"cluster": "site"}, EstimationError, r"'site' \(cluster\) has 1 cluster; two"),
        (
            {"site": ["p", "q", None, "p"] * 2},
            {"cluster": "site"},
            ResponseError,
            r"'site' \(cluster\), row 3 and 1 more: a cluster is needed\. Leave such rows out",
        ),
    ],
)
def test_what_cannot_divide_or_weight(changes, options, kind, message):
    with pytest.raises(kind, match=message):
        take_sample(MODEL, divided(**changes), **options)


def test_rows_without_a_covariate_are_left_out():
    data = divided(c=[1, np.nan, 3, 4, np.nan, 6, 7, 9], a=[1, 2, np.nan, 4, 5, 6, 7, 9])
    taken = take_sample(MODEL, data, group="sex")
    assert complete_rows(taken, on=["c"]).n_obs == 6
    assert complete_rows(taken, on=["c"]).group.tolist() == [0, 0, 1, 1, 0, 1]
    assert complete_rows(taken).n_obs == 5
    assert complete_rows(taken, on=[]) is taken
    lonely = take_sample(
        MODEL, divided(c=[1, np.nan, 3, np.nan, 2, 6, 7, 8], b=[1, 2, 3, 4, 5, np.nan, 7, 8]), group="sex"
    )
    with pytest.raises(EstimationError, match=r"group 'man': 1 of 4 rows have an answer to b, c; look at the missing"):
        complete_rows(lonely, on=["b", "c"])


def test_rows_without_any_answer():
    data = divided()
    data.loc[2, ["a", "b", "c", "Y"]] = np.nan
    data.loc[3, ["a", "b"]] = np.nan
    taken = take_sample(MODEL, data, group="sex")
    assert answered_rows(taken).n_obs == 7
    assert answered_rows(taken).group.tolist() == [0, 1, 1, 0, 1, 0, 1]
    with pytest.raises(EstimationError, match="0 of 2 rows have an answer to any item used"):
        answered_rows(Sample(("a",), np.full((2, 1), np.nan)))


def test_moments_in_the_order_of_the_model():
    given = moments("2\n.5 2\n.4 .3 2\n.2 .1 .3 2", 100, names=["Y", "c", "b", "a"])
    assert take_summary(MODEL, given).names == MODEL.observed
    assert take_summary(MODEL, given, names=("c", "a")).names == ("c", "a")
    with pytest.raises(ResponseError) as caught:
        take_summary(parse_model("F =~ a + b\n   + cc\nY ~ F", source="small.sem"), given)
    assert str(caught.value).startswith(
        "small.sem:2:6: 'cc' is not in the data. Did you mean 'c'? The covariance matrix has 4 variables: Y, c, b, a."
    )


def test_a_question_by_its_wording_is_told_by_its_code():
    survey = read_survey("surveys/personality/instrument.toml")
    answers = read_responses("surveys/personality/responses.csv", survey)
    asked = next(one for one in survey.demographics if one.code in answers.extras_names)
    wording = asked.wording.text("en")
    with pytest.raises(ResponseError) as caught:
        named_column(answers, wording.upper(), "group")
    assert f"The question is called '{asked.code}': group='{asked.code}'. Columns: " in str(caught.value)
