"""What enters an engine: models as text or records, data as frames or responses, faults with their place."""

import numpy as np
import pandas as pd
import pytest

from rantau.door import as_model, check_spread, take_sample
from rantau.errors import EstimationError, ModelSyntaxError, ResponseError
from rantau.model import parse_model
from rantau.moments import Sample

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
    with pytest.raises(EstimationError, match=f"{rows} rows; nothing can be estimated from fewer than two"):
        take_sample(MODEL, frame()[:rows])


def test_numbers_as_column_names():
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(5, 2)), columns=["a", 7])
    assert take_sample(parse_model("a ~~ b"), data.rename(columns={7: "b"})).n_obs == 5
