import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rantau.survey.correlations import rest_correlations
from rantau.survey.describe import describe
from rantau.survey.read import read_responses
from rantau.survey.scoring import score
from rantau.survey.screen import screen

from .test_responses import ANSWERS, read


def test_a_small_table_by_hand(tiny, write):
    # Keyed A1 = 7 - entered: 6, 5, 2, 3.
    rows = "1,6,6,10\n2,5,NA,0\n5,1,1,3\n4,2,4,1\n"
    table = describe(read_responses(write("A1,A2,A3,V1\n" + rows), tiny))
    assert table.index.tolist() == ["A1", "A2", "A3", "V1"]
    assert table["construct"].tolist() == ["Agreeableness"] * 3 + ["View"]
    assert table["reversed"].tolist() == [True, False, False, False]
    assert table["n"].tolist() == [4, 4, 3, 3]
    assert table["missing"].tolist() == [0, 0, 0.25, 0.25]
    assert table.loc["A1", "mean"] == 4
    assert table.loc["A1", "sd"] == pytest.approx(np.sqrt(10 / 3), rel=1e-15)
    assert table["min"].tolist() == [2, 1, 1, 1]
    assert table["max"].tolist() == [6, 6, 6, 10]
    np.testing.assert_allclose(table["floor"], [0, 1 / 4, 1 / 3, 1 / 3])
    np.testing.assert_allclose(table["ceiling"], [1 / 4, 1 / 4, 1 / 3, 1 / 3])
    # The answers 6, 1, 4: m2 = 38/9, m3 = -56/27, and G1 = sqrt(6) m3 / m2^1.5.
    assert table.loc["A3", "skew"] == pytest.approx(np.sqrt(6) * (-56 / 27) / (38 / 9) ** 1.5, rel=1e-14)
    assert np.isnan(table.loc["A3", "kurtosis"])
    # Rows 1, 3 and 4 answer all three: A1 6 2 3 against A2 + A3 12 2 6.
    assert table.loc["A1", "item_total"] == pytest.approx(np.corrcoef([6, 2, 3], [12, 2, 6])[0, 1], rel=1e-14)
    assert np.isnan(table.loc["V1", "item_total"])


def test_a_constant_and_an_unanswered_item_have_no_shape(tiny, write):
    table = describe(read_responses(write("A1,A2,A3,V1\n" + "2,3,NA,5\n" * 4), tiny))
    assert table.loc["A2", "sd"] == 0
    assert table.loc["A3", "n"] == 0
    assert table.loc["A3", "missing"] == 1
    assert np.isnan(table.loc["A2", ["skew", "kurtosis", "item_total"]].astype(float)).all()
    assert np.isnan(table.loc["A3", ["mean", "sd", "min", "max", "skew", "floor"]].astype(float)).all()


def test_the_mobile_items_agree_with_pandas_and_scipy(mobile):
    table = describe(mobile)
    frame = mobile.frame()[list(table.index)]
    np.testing.assert_allclose(table["mean"], frame.mean(), rtol=1e-14)
    np.testing.assert_allclose(table["sd"], frame.std(ddof=1), rtol=1e-13)
    np.testing.assert_allclose(table["skew"], frame.skew(), rtol=1e-11)
    np.testing.assert_allclose(table["kurtosis"], frame.kurt(), rtol=1e-10)
    np.testing.assert_allclose(table["skew"], stats.skew(frame, bias=False), rtol=1e-12)
    np.testing.assert_allclose(table["kurtosis"], stats.kurtosis(frame, bias=False), rtol=1e-12)
    image = frame[["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"]]
    for code in image:
        rest = image.drop(columns=code).sum(axis=1)
        assert table.loc[code, "item_total"] == pytest.approx(frame[code].corr(rest), rel=1e-12)
    assert np.isnan(table.loc["CUSCO", "item_total"])
    # Counted in the file: 81 of 250 gave CUSL1 a 10.
    assert table.loc["CUSL1", "ceiling"] == 81 / 250
    assert table.index.tolist() == list(mobile.survey.codes)


@given(rows=ANSWERS, seed=st.integers(0, 2**32 - 1))
def test_row_order_does_not_matter(tmp_path_factory, rows, seed):
    folder = tmp_path_factory.mktemp("order")
    straight = describe(read(folder, rows))
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = describe(read(folder, [rows[place] for place in order]))
    pd.testing.assert_frame_equal(straight, shuffled, rtol=1e-9, atol=1e-9)


@given(rows=ANSWERS)
def test_inputs_never_change(tmp_path_factory, rows):
    responses = read(tmp_path_factory.mktemp("inputs"), rows)
    before = np.array(responses.values)
    describe(responses)
    np.testing.assert_array_equal(responses.values, before)


def test_reversing_an_item_flips_its_sign_against_the_rest():
    values = np.array([[1.0, 2, 2], [3, 3, 4], [5, 4, 4], [2, 2, 1]])
    flipped = values.copy()
    flipped[:, 0] = 6 - flipped[:, 0]
    assert rest_correlations(flipped)[0] == pytest.approx(-rest_correlations(values)[0], rel=1e-14)


def test_rest_correlations_without_spread_or_rows_are_not_defined():
    assert np.isnan(rest_correlations(np.array([[1.0, 2], [1, 3], [1, 4]]))).all()
    assert np.isnan(rest_correlations(np.array([[1.0, 2], [2, 3]]))).all()
    assert np.isnan(rest_correlations(np.array([[1.0], [2], [3]]))).all()


def test_no_rows_at_all_describe_as_nothing(mobile):
    none = mobile.take(np.zeros(250, dtype=np.bool_))
    table = describe(none)
    assert (table["n"] == 0).all()
    assert table[["missing", "mean", "sd", "skew", "floor", "item_total"]].isna().all(axis=None)
    assert score(none).shape == (0, 7)
    assert screen(none).flags.shape == (0, 3)
