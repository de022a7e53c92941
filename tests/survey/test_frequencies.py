import numpy as np
import pytest

from rantau.errors import ResponseError
from rantau.survey import frequencies
from rantau.survey.read import read_responses


def test_answers_are_counted_as_entered(tiny, write):
    # A1 is reversed, and its counts are of what was ticked.
    table = frequencies(read_responses(write("A1,A2,A3,V1\n1,6,6,10\n1,5,NA,0\n5,1,1,3\n"), tiny))
    assert table.loc["A1", [1, 5, 6, "missing", "n"]].tolist() == [2, 1, 0, 0, 3]
    assert table.loc["A3", [1, 6, "missing", "n"]].tolist() == [1, 1, 1, 2]
    assert np.isnan(table.loc["A1", 10])
    shares = frequencies(read_responses(write("A1,A2,A3,V1\n1,6,6,10\n1,5,NA,0\n5,1,1,3\n"), tiny), share=True)
    assert shares.loc["A1", 1] == pytest.approx(2 / 3)
    assert shares.loc["V1", [3, 10]].tolist() == [0.5, 0.5]


def test_counts_are_those_of_pandas(personality):
    table = frequencies(personality)
    raw = personality.raw[:, personality.columns.index("C4")]
    for point in range(1, 7):
        assert table.loc["C4", point] == sum(cell == str(point) for cell in raw)


def test_a_frame_has_no_instrument(personality):
    with pytest.raises(ResponseError, match=r"rt.frequencies\(\) needs answers that know their instrument"):
        frequencies(personality.frame())
