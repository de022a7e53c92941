"""The door: which columns are numbers, and what is said of those that are not."""

import numpy as np
import pandas as pd
import pytest

from rantau.errors import ResponseError
from rantau.moments import sample
from rantau.survey import read_table

NUMBERS = [1.0, 2.5, np.nan, 4.0]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(NUMBERS),
        pd.Series(NUMBERS, dtype="Float64"),
        pd.Series([1.0, 2.5, None, 4.0], dtype=object),
        pd.Series([1.0, 2.5, pd.NA, 4.0], dtype=object),
        pd.Series(["1", " 2.5", None, "4e0"], dtype=object),
        pd.Categorical([1.0, 2.5, None, 4.0]),
        pd.Series(NUMBERS, dtype="float32"),
    ],
    ids=["float64", "Float64", "object", "object with NA", "numerals", "categorical", "float32"],
)
def test_numbers_in_every_guise(column):
    taken = sample(pd.DataFrame({"a": column, "b": "text"}), ["a"])
    assert taken.values[:, 0].tolist() == pytest.approx(NUMBERS, nan_ok=True)
    assert taken.values.dtype == np.float64


@pytest.mark.parametrize("dtype", ["int64", "Int64", "int8", "uint8", "bool", "boolean"])
def test_whole_numbers_and_truth_values(dtype):
    taken = sample(pd.DataFrame({"a": pd.Series([0, 1, 1], dtype=dtype)}), ["a"])
    assert taken.values[:, 0].tolist() == [0.0, 1.0, 1.0]


def test_nullable_integers_with_a_gap():
    taken = sample(pd.DataFrame({"a": pd.Series([1, None, 3], dtype="Int64")}), ["a"])
    assert taken.values[:, 0].tolist() == pytest.approx([1, np.nan, 3], nan_ok=True)


@pytest.mark.parametrize("cell", ["agree", "nan", "inf", "1_000", "1,5", "", " ", "0x1A", "NA"])
def test_text_is_refused_with_its_row(cell):
    with pytest.raises(ResponseError, match=r"data: column 'a', row 2: a number is needed, got '"):
        sample(pd.DataFrame({"a": ["1", cell]}), ["a"])
    with pytest.raises(ResponseError, match=r"data: column 'a', row 2: a number is needed, got '"):
        sample(pd.DataFrame({"a": pd.Categorical(["1", cell])}), ["a"])


@pytest.mark.parametrize(
    "column",
    [
        pd.date_range("2024-01-01", periods=2),
        pd.to_timedelta([1, 2], unit="s"),
        pd.date_range("2024-01-01", periods=2, tz="UTC"),
        np.array([1j, 2.0]),
        pd.period_range("2024", periods=2, freq="Y"),
    ],
    ids=["dates", "times", "dates with zone", "complex", "periods"],
)
def test_dates_and_the_like_are_no_numbers(column):
    with pytest.raises(ResponseError, match="column 'a'"):
        sample(pd.DataFrame({"a": column}), ["a"])


def test_objects_that_are_no_numbers():
    with pytest.raises(ResponseError, match="column 'a' is not numeric"):
        sample(pd.DataFrame({"a": [1.0, [2.0]]}, dtype=object), ["a"])


def test_columns_that_are_not_there_or_there_twice():
    frame = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["quality", "price", "price"])
    with pytest.raises(ResponseError, match=r"not among the columns: 'qualty' \(nearest: quality\)"):
        sample(frame, ["qualty"])
    with pytest.raises(ResponseError, match="the column 'price' appears more than once"):
        sample(frame, ["price"])


def test_infinite_values():
    with pytest.raises(ResponseError, match="column 'a', row 2: infinite values cannot be analysed"):
        sample(pd.DataFrame({"a": [1.0, -np.inf]}), ["a"])


@pytest.mark.parametrize("data", [[[1.0]], {"a": [1]}, np.zeros((2, 2)), None, "file.csv"])
def test_what_is_no_data_frame(data):
    with pytest.raises(ResponseError, match="data must be Responses or a data frame, got"):
        sample(data, ["a"])


def test_polars_frames_are_taken():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "z"]})
    assert sample(frame, ["a"]).values[:, 0].tolist() == pytest.approx([1, np.nan, 3], nan_ok=True)


def test_numbers_too_large_to_be_squared():
    with pytest.raises(ResponseError, match=r"column 'a', row 1: values such as 1e\+308 cannot be analysed"):
        sample(pd.DataFrame({"a": [1e308, 2.0]}), ["a"])


def test_a_table_read_from_a_file_is_named_in_errors():
    said = r"tests/data/hs\.csv: column 'school', row 1: a number is needed, got 'Pasteur'"
    with pytest.raises(ResponseError, match=said):
        sample(read_table("tests/data/hs.csv"), ["school"])
