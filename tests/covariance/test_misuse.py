"""What a novice does wrong and a malicious tester does on purpose: nothing is computed wrongly in silence."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.errors import OptionError

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")


# -- options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["group", "cluster", "sampling_weights"])
@pytest.mark.parametrize("given", [pd.Series([1, 2]), np.array([1, 2]), ["school"], 5, ("school",)], ids=repr)
def test_a_column_is_given_by_its_name(option, given, hs):
    with pytest.raises(OptionError, match=f"{option}= takes the name of a column of the data.*data.assign"):
        cfa(HS, hs, **{option: given})


@pytest.mark.parametrize("option", ["group_equal", "group_partial"])
@pytest.mark.parametrize("given", [3, [3], {"loadings": 1, 2: 3}], ids=repr)
def test_several_names_are_texts(option, given, hs):
    with pytest.raises(OptionError, match=f"{option}= takes names, such as {option}="):
        cfa(HS, hs, group="school", **{option: given})


def test_no_names_may_be_none(hs):
    assert cfa(HS, hs, group="school", group_equal=None, group_partial=None).statistics.df == 48


@pytest.mark.parametrize("option", ["std_lv", "fixed_x", "meanstructure"])
def test_a_switch_is_no_text(option, hs):
    with pytest.raises(OptionError, match=f"{option}= is True.*False.*got 'no'"):
        sem(HS, hs, **{option: "no"})


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (HS, {"group": "school", "group_equal": ["intercepts"]}, "group_equal='intercepts' needs the means"),
        (HS, {"group": "school", "group_equal": ["Loadings", "means"]}, "group_equal='means' needs the means"),
        (HS, {"cluster": "grade"}, "cluster= needs the means"),
        (HS + "\nx1 ~ 1", {}, re.escape("`x1 ~ 1` of the model needs the means")),
    ],
)
def test_means_that_something_needs_cannot_be_left_out(text, options, message, hs):
    with pytest.raises(OptionError, match=message):
        sem(text, hs.dropna(), meanstructure=False, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster": "agemo", "se": "standard"}, "se='standard' takes rows for independent.*robust_cluster"),
        ({"cluster": "agemo", "se": "first.order"}, "se='first_order' takes rows for independent"),
        (
            {"cluster": "agemo", "information": "first.order", "test": "standard"},
            "information='first_order' takes rows for independent",
        ),
        ({"sampling_weights": "ageyr", "se": "first.order"}, "spread of the scores is no information"),
        ({"sampling_weights": "ageyr", "estimator": "MLF"}, "spread of the scores is no information"),
    ],
)
def test_errors_that_contradict_how_rows_were_drawn(options, message, hs):
    with pytest.raises(OptionError, match=message):
        cfa(HS, hs, **options)


def test_releasing_a_marker_releases_nothing(hs):
    with pytest.raises(OptionError, match=re.escape("group_partial='visual=~x1' releases nothing")):
        cfa(HS, hs, group="school", group_equal="loadings", group_partial="visual=~x1")
    free = cfa(HS, hs, group="school", group_equal="loadings", group_partial="visual=~x1", std_lv=True)
    assert free.statistics.df == 53
