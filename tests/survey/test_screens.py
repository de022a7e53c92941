import numpy as np
import pytest
from hypothesis import given

from rantau.survey import screens
from rantau.survey.read import read_responses
from rantau.survey.screens.duplicate import repeated
from rantau.survey.screens.longstring import longest_run, straightlining
from rantau.survey.screens.missing import many_missing

from .test_responses import ANSWERS, read


def test_missing_is_flagged_above_fifteen_per_cent_not_at_it(mobile):
    # 3 of 20 is 15 %, 4 of 20 is above.
    twenty = mobile.replace(columns=mobile.columns[:20], values=mobile.values[:, :20], raw=mobile.raw[:, :20]).take(
        np.arange(250) < 2
    )
    values = np.array(twenty.values)
    values[0, :3] = np.nan
    values[1, :4] = np.nan
    assert many_missing(twenty.replace(values=values)).tolist() == [False, True]


def test_runs_are_counted_in_raw_answers_and_broken_by_gaps(tiny, write):
    # A1 is reversed: 3 3 3 is a run as entered, although its keyed values are 4 3 3.
    path = write("A1,A2,A3,V1\n3,3,3,1\n4,3,3,1\n2,NA,2,2\n5,5,5,5\nNA,NA,NA,0\n1,2,1,2\n1,1,2,2\n")
    responses = read_responses(path, tiny)
    assert longest_run(responses).tolist() == [3, 2, 2, 4, 0, 1, 2]
    assert straightlining(responses).tolist() == [True, False, False, True, False, False, False]


def test_runs_follow_the_order_of_the_file(tiny, write):
    assert longest_run(read_responses(write("A1,A2,A3,V1\n3,3,1,3\n"), tiny)).tolist() == [2]
    assert longest_run(read_responses(write("A1,A2,V1,A3\n3,3,3,1\n"), tiny)).tolist() == [3]


def test_copies_are_flagged_and_the_first_is_not(tiny, write):
    path = write("A1,A2,A3,V1\n1,2,NA,4\n1,2,3,4\n1,2,NA,4\nNA,NA,NA,0\nNA,NA,NA,0\n1,2,-99,4\n")
    assert repeated(read_responses(path, tiny)).tolist() == [False, False, True, False, False, True]


@given(rows=ANSWERS)
def test_leaving_copies_out_leaves_no_copies(tmp_path_factory, rows):
    responses = read(tmp_path_factory.mktemp("copies"), rows)
    kept = responses.take(~repeated(responses))
    assert not repeated(kept).any()
    assert len({tuple(row) for row in kept.raw.tolist()}) == len({tuple(row) for row in rows})


@pytest.mark.parametrize("row", screens.ROWS, ids=lambda row: row.name)
def test_a_rule_gives_one_flag_per_row_and_changes_nothing(mobile, row):
    before = np.array(mobile.values)
    flags = row.function(mobile)
    assert flags.shape == (250,)
    assert flags.dtype == np.bool_
    np.testing.assert_array_equal(mobile.values, before)
