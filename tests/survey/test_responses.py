import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rantau.errors import ResponseError, SurveyError
from rantau.survey import read_survey
from rantau.survey.read import read_responses
from rantau.survey.responses import Change, Responses

from .conftest import MOBILE, TINY

ANSWERS = st.lists(
    st.tuples(*[st.sampled_from(["", "1", "2", "3", "4", "5", "6"])] * 3, st.integers(1, 10).map(str)),
    min_size=1,
    max_size=12,
)


def read(folder, rows) -> Responses:
    (folder / "instrument.toml").write_text(TINY, encoding="utf-8")
    lines = ["A1,A2,A3,V1", *(",".join(row) for row in rows)]
    (folder / "responses.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_responses(folder / "responses.csv", read_survey(folder / "instrument.toml"))


@given(rows=ANSWERS)
def test_reversing_twice_is_the_identity(tmp_path_factory, rows):
    responses = read(tmp_path_factory.mktemp("twice"), rows)
    entered = np.array([[float(cell or "nan") for cell in row] for row in rows])
    np.testing.assert_array_equal(responses.entered(), entered)
    np.testing.assert_array_equal(responses.values[:, 0] + entered[:, 0], np.where(np.isnan(entered[:, 0]), np.nan, 7))
    np.testing.assert_array_equal(responses.values[:, 1:], entered[:, 1:])


def test_the_frame_has_the_keyed_values(tmp_path):
    frame = read(tmp_path, [("1", "2", "", "4"), ("6", "5", "4", "3")]).frame()
    assert list(frame.columns) == ["A1", "A2", "A3", "V1"]
    np.testing.assert_array_equal(frame.to_numpy(), [[6, 2, np.nan, 4], [1, 5, 4, 3]])
    assert list(frame.index) == [0, 1]


def test_a_frame_can_be_changed_without_changing_the_answers(mobile):
    before = np.array(mobile.values)
    frame = mobile.frame()
    frame.loc[:, :] = 0.0
    np.testing.assert_array_equal(mobile.values, before)


def test_arrays_are_closed(mobile):
    with pytest.raises(ValueError, match="read-only"):
        mobile.values[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        mobile.raw[0, 0] = "1"


def test_take_keeps_rows_together(tmp_path):
    responses = read(tmp_path, [("1", "1", "1", "1"), ("2", "2", "2", "2"), ("3", "3", "3", "3")])
    taken = responses.take(np.array([True, False, True]))
    assert taken.rows == (2, 4)
    assert taken.n_obs == 2
    assert taken.raw[:, 1].tolist() == ["1", "3"]
    assert taken.values[:, 1].tolist() == [1, 3]
    assert taken.log == responses.log


def test_take_wants_a_mask_for_every_row(mobile):
    with pytest.raises(ValueError, match=r"`row_mask` has shape \(3,\), expected \(250,\)"):
        mobile.take(np.array([True, False, True]))
    with pytest.raises(ValueError, match="`row_mask` must be boolean, got int64"):
        mobile.take(np.ones(250, dtype=np.int64))


def test_columns_by_item_and_construct(mobile):
    frame = mobile.frame()
    np.testing.assert_array_equal(mobile.column("PERV2"), frame["PERV2"])
    np.testing.assert_array_equal(mobile.columns_of("Value"), frame[["PERV1", "PERV2"]])
    with pytest.raises(ResponseError, match=r"unknown item 'PERV3'\. Did you mean 'PERV"):
        mobile.column("PERV3")
    with pytest.raises(SurveyError, match="unknown construct 'value'"):
        mobile.columns_of("value")


def test_answers_are_values(mobile):
    again = read_responses(MOBILE / "responses.csv", read_survey(MOBILE / "instrument.toml"))
    for other in (again, copy.deepcopy(mobile), pickle.loads(pickle.dumps(mobile))):
        assert other == mobile
        assert hash(other) == hash(mobile)
    assert mobile.take(np.arange(250) > 0) != mobile


def test_shapes_that_do_not_belong_together_are_refused(mobile):
    with pytest.raises(ValueError, match=r"`values` has shape \(3, 24\), expected \(250, 24\)"):
        mobile.replace(values=np.zeros((3, 24)))


def test_answers_show_well(mobile):
    assert str(mobile).startswith("Responses: 250 rows, 24 items, 0 missing answers from ")
    assert repr(mobile) == str(mobile)
    assert str(mobile.replace(simulated=True)).endswith(", simulated")
    html = mobile._repr_html_()
    assert "IMAG1" in html
    assert html.count("<tr") < 20


def test_a_change_reads_as_a_sentence():
    assert str(Change("A1", "labels read as numbers", 3)) == "A1: labels read as numbers (3 cells)"
    assert str(Change("", "rows left out", 8)) == "all columns: rows left out (8 cells)"
    # What was done to the file touches no cell of it.
    assert str(Change("", "not UTF-8: read as Windows-1252", 0)) == "not UTF-8: read as Windows-1252"
