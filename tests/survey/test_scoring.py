import warnings

import numpy as np
import pytest

from rantau.errors import DataWarning, OptionError
from rantau.survey import read_survey
from rantau.survey.read import read_responses
from rantau.survey.scoring import score

from .conftest import TINY


@pytest.fixture
def gappy(tiny, write):
    # Keyed A1 = 7 - entered: 6, 5, 2, 3.
    rows = "1,6,6,10\n2,5,NA,0\n5,NA,NA,3\nNA,NA,NA,4\n4,2,4,5\n"
    return read_responses(write("A1,A2,A3,V1\n" + rows), tiny)


def test_means_and_prorated_sums_by_hand(gappy):
    means = score(gappy)
    assert list(means.columns) == ["Agreeableness", "View"]
    np.testing.assert_array_equal(means["Agreeableness"], [6, 5, np.nan, np.nan, 3])
    np.testing.assert_array_equal(means["View"], [10, np.nan, 3, 4, 5])
    sums = score(gappy, method="sum")
    # The second row answered two of three items, 5 + 5: prorated to 15.
    np.testing.assert_array_equal(sums["Agreeableness"], [18, 15, np.nan, np.nan, 9])


@pytest.mark.parametrize(
    ("minimum", "expected"),
    [
        (0, [6, 5, 2, np.nan, 3]),
        (1 / 3, [6, 5, 2, np.nan, 3]),
        (0.5, [6, 5, np.nan, np.nan, 3]),
        (2 / 3, [6, 5, np.nan, np.nan, 3]),
        (1, [6, np.nan, np.nan, np.nan, 3]),
    ],
)
def test_the_share_that_must_be_answered(gappy, minimum, expected):
    scores = score(gappy, minimum_answered=minimum)
    np.testing.assert_array_equal(scores["Agreeableness"], expected)


def test_options_are_checked(gappy):
    with pytest.raises(OptionError, match=r"unknown method 'means'\. Did you mean 'mean'"):
        score(gappy, method="means")
    with pytest.raises(OptionError, match="minimum_answered is 80; allowed: a share from 0 to 1"):
        score(gappy, minimum_answered=80)


def test_an_item_against_its_scale_is_warned_of(write):
    survey = read_survey(write(TINY.replace("reversed = true", "reversed = false"), "instrument.toml"))
    responses = read_responses(write("A1,A2,A3,V1\n1,6,6,1\n3,4,4,1\n5,3,2,1\n6,1,2,1\n"), survey)
    with pytest.warns(DataWarning, match=r"correlate negatively.*A1 of Agreeableness \(r = -1\.00\)"):
        score(responses)


def test_scores_of_the_mobile_survey(mobile):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = score(mobile)
    frame = mobile.frame()
    assert scores.shape == (250, 7)
    for construct in mobile.survey.constructs:
        items = [item.code for item in construct.items]
        np.testing.assert_allclose(scores[construct.code], frame[items].mean(axis=1), rtol=1e-15)
    np.testing.assert_allclose(score(mobile, method="sum")["Image"], scores["Image"] * 5, rtol=1e-15)
