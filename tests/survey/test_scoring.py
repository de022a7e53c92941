import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rantau as rt
from rantau.errors import DataWarning, OptionError, ResponseError
from rantau.survey import read_survey
from rantau.survey.frame import responses_of
from rantau.survey.parcels import parcel
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
    prorated = score(gappy, method="prorated_sum")
    # The second row answered two of three items, 5 + 5: prorated to 15.
    np.testing.assert_array_equal(prorated["Agreeableness"], [18, 15, np.nan, np.nan, 9])
    # A plain sum is of those who answered all.
    np.testing.assert_array_equal(score(gappy, method="sum")["Agreeableness"], [18, np.nan, np.nan, np.nan, 9])
    with pytest.raises(OptionError, match="Take method='prorated_sum'"):
        score(gappy, method="sum", minimum_answered=0.5)


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


PSYCH = json.loads((Path(__file__).parents[1] / "golden" / "survey" / "psych_bfi.json").read_text("utf-8"))
KEYS = {
    "Agreeableness": ["-A1", "A2", "A3", "A4", "A5"],
    "Conscientiousness": ["C1", "C2", "C3", "-C4", "-C5"],
    "Extraversion": ["-E1", "-E2", "E3", "E4", "E5"],
    "Neuroticism": ["N1", "N2", "N3", "N4", "N5"],
    "Openness": ["O1", "-O2", "O3", "O4", "-O5"],
}


@pytest.fixture(scope="session")
def bfi():
    return pd.read_csv(Path(__file__).parents[1] / "data" / "bfi.csv")


def test_scores_are_those_of_psych(bfi, personality):
    """Against scoreItems(impute = "none") of R's psych, which scores whoever answered anything."""
    scores = score(bfi, KEYS, scale=(1, 6), minimum_answered=0)
    np.testing.assert_allclose(scores[:40].to_numpy().ravel(), np.array(PSYCH["scores"], dtype=float), rtol=1e-11)
    np.testing.assert_allclose(scores.mean(), PSYCH["score_means"], rtol=1e-11)
    # The instrument says the same as the keys.
    pd.testing.assert_frame_equal(score(personality, minimum_answered=0), scores)


def test_a_frame_is_scored_as_its_responses_are(bfi):
    responses = responses_of(bfi, KEYS, scale=(1, 6))
    pd.testing.assert_frame_equal(score(responses), score(bfi, KEYS, scale=(1, 6)))
    assert responses.extras_names == ("gender", "education", "age")
    assert rt.screen(responses).counts()["flagged"].to_dict() == {
        "test_rows": 0,
        "missing": 9,
        "longstring": 4,
        "duplicate": 2,
    }


def test_reversal_uses_declared_bounds_never_those_observed():
    data = pd.DataFrame({"a": [1, 3], "b": [2, 3]})
    assert score(data, {"F": ["a", "-b"]}, scale=(1, 5))["F"].tolist() == [2.5, 3]
    assert score(data, {"F": ["a", "-b"]}, scale={"F": (1, 7)})["F"].tolist() == [3.5, 4]
    assert score(data, {"F": ["a", "-b"]}, scale={"b": (0, 3)})["F"].tolist() == [1, 1.5]
    with pytest.raises(OptionError, match=r"key 'F': b can only be reversed between declared bounds.*scale=\(1, 5\)"):
        score(data, {"F": ["a", "-b"]})


def test_a_name_that_begins_with_a_dash_is_itself():
    data = pd.DataFrame({"-a": [1, 2, 3], "b": [1, 2, 4]})
    assert score(data, {"F": ["-a", "b"]})["F"].tolist() == [1, 2, 3.5]


def test_codes_for_missing_are_told_or_refused():
    data = pd.DataFrame({"a": [1, -99, 5], "b": [2, 3, -99]})
    with pytest.raises(
        ResponseError, match=r"column 'a', row 2: -99 is outside the scale from 1 to 5.*missing=\[-99\]"
    ):
        score(data, {"F": ["a", "b"]}, scale=(1, 5))
    assert score(data, {"F": ["a", "b"]}, scale=(1, 5), missing=[-99])["F"].tolist() == [1.5, 3, 5]
    log = responses_of(data, {"F": ["a", "b"]}, scale=(1, 5), missing=[-99]).log
    assert str(log[0]) == "all columns: -99 read as missing (2 cells)"


@pytest.mark.parametrize(
    ("keys", "options", "told"),
    [
        ({"F": ["a", "bb"]}, {}, r"key 'F': unknown column 'bb'\. Did you mean 'b'"),
        ({"F": ["a", "a"]}, {}, "key 'F': a comes more than once"),
        ({"F": ["a", "-a"]}, {"scale": (1, 5)}, "key 'F': a comes more than once"),
        ({"F": "a"}, {}, "a list of column names is needed"),
        ({"F": []}, {}, "a list of column names is needed"),
        ({}, {}, "keys are columns by scale"),
        ({"F": ["a"]}, {"scale": (5, 1)}, "scale is the lowest and the highest answer"),
        ({"F": ["a"]}, {"scale": {"G": (1, 5)}}, "scale: unknown key or column 'G'"),
        ({"F": ["a", "b"], "G": ["-F", "H"], "H": ["a"]}, {}, "cannot be reversed"),
        ({"F": ["G"], "G": ["F"]}, {}, "go round in a circle: F, G"),
        ({"F": ["a"]}, {"method": "median"}, r"unknown method 'median'\..*mean, sum, prorated_sum"),
    ],
)
def test_keys_that_cannot_be_are_refused(keys, options, told):
    data = pd.DataFrame({"a": [1, 2, 3], "b": [2, 3, 4]})
    with pytest.raises(OptionError, match=told):
        score(data, keys, **options)


def test_data_that_cannot_be_scored_are_refused(personality):
    with pytest.raises(OptionError, match="give keys, such as"):
        score(pd.DataFrame({"a": [1]}))
    with pytest.raises(ResponseError, match="column 'a', row 2: a number is needed, got 'Agree'"):
        score(pd.DataFrame({"a": [1, "Agree"]}), {"F": ["a"]})
    with pytest.raises(ResponseError, match="column 'a', row 2: infinite values cannot be analysed"):
        score(pd.DataFrame({"a": [1, np.inf]}), {"F": ["a"]})
    for dates in (pd.to_datetime(["2026-01-01", None]), pd.to_timedelta([1, 2], unit="s")):
        with pytest.raises(ResponseError, match=r"column 'a' holds .* values; a number per row is needed"):
            score(pd.DataFrame({"a": dates}), {"F": ["a"]})
    with pytest.raises(ResponseError, match="data must be Responses or a data frame, got list"):
        score([1, 2], {"F": ["a"]})
    with pytest.raises(ResponseError, match="a is the name of more than one column"):
        score(pd.DataFrame([[1, 2]], columns=["a", "a"]), {"F": ["a"]})
    with pytest.raises(OptionError, match="leave `scale` and `missing` out"):
        score(personality, scale=(1, 6))
    with pytest.raises(OptionError, match="leave the `-` out"):
        score(personality, {"F": ["-A1", "A2"]})


def test_subscales_and_scales_of_higher_order():
    data = pd.DataFrame({"a": [1, 2, np.nan], "b": [3, 4, np.nan], "c": [5, 1, 2], "d": [3, 2, 2]})
    keys = {"Whole": ["First", "Second"], "First": ["a", "b"], "Second": ["c", "d"], "All": ["a", "b", "c", "d"]}
    means = score(data, keys, minimum_answered=1)
    assert means.columns.tolist() == ["Whole", "First", "Second", "All"]
    np.testing.assert_array_equal(means["Whole"], [3, 2.25, np.nan])
    np.testing.assert_array_equal(score(data, keys)["Whole"], [3, 2.25, 2])
    np.testing.assert_array_equal(score(data, keys, method="sum")["Whole"], [12, 9, np.nan])


def test_a_prorated_sum_of_parts_goes_by_their_items():
    # Every answer is 4, so that ten items make 40, whichever part was left out.
    long = {f"b{place}": [4, np.nan, 4] for place in range(8)}
    data = pd.DataFrame({"a1": [4, 4, np.nan], "a2": [4, 4, np.nan], **long})
    keys = {"Whole": ["Short", "Long"], "Short": ["a1", "a2"], "Long": list(long), "Twice": ["Whole", "Long"]}
    scores = score(data, keys, method="prorated_sum")
    np.testing.assert_array_equal(scores["Whole"], [40, 40, 40])
    np.testing.assert_array_equal(scores["Twice"], [72, 72, 72])


HIGHER = """
[[constructs]]
code = "Person"
name = { en = "Person", id = "Orang" }
parts = ["Agreeableness", "View"]
"""


def test_higher_order_constructs_of_an_instrument(write):
    survey = read_survey(write(TINY + HIGHER, "instrument.toml"))
    scores = score(read_responses(write("A1,A2,A3,V1\n1,6,6,10\n2,5,5,9\n4,2,3,4\n"), survey))
    assert scores.columns.tolist() == ["Agreeableness", "View", "Person"]
    assert scores["Person"].tolist() == [8, 7, pytest.approx((8 / 3 + 4) / 2)]


def test_scores_of_a_fit(mobile):
    model = "Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5"
    fit = rt.cfa(model, mobile)
    pd.testing.assert_frame_equal(score(mobile, fit=fit), fit.scores("regression"), check_index_type=False)
    pd.testing.assert_frame_equal(
        score(mobile, fit=fit, method="bartlett"), fit.scores("bartlett"), check_index_type=False
    )
    with pytest.raises(OptionError, match=r"unknown method 'mean'\. Allowed: regression, bartlett"):
        score(mobile, fit=fit, method="mean")
    path = rt.pls("Image =~ IMAG1 + IMAG2\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Image", mobile)
    pd.testing.assert_frame_equal(score(mobile, fit=path), path.scores(), check_index_type=False)
    with pytest.raises(OptionError, match="scores of PLS are the weighted sums"):
        score(mobile, fit=path, method="regression")
    with pytest.raises(OptionError, match="its 250 rows, and the data have 10"):
        score(mobile.take(np.arange(250) < 10), fit=path)
    with pytest.raises(OptionError, match="fit is int, which has no scores"):
        score(mobile, fit=3)


def test_factor_scores_keep_the_rows_of_the_data(personality):
    fit = rt.cfa("N =~ N1 + N2 + N3 + N4 + N5", personality)
    scores = score(personality, fit=fit)
    complete = np.isfinite(personality.columns_of("Neuroticism")).all(axis=1)
    assert len(scores) == 2800
    np.testing.assert_array_equal(scores["N"].notna(), complete)


def test_parcels_balance_good_and_bad_items(mobile):
    made = parcel(mobile, {"Quality": [f"PERQ{i}" for i in range(1, 8)]})
    table = rt.describe(mobile).loc[[f"PERQ{i}" for i in range(1, 8)], "item_total"].sort_values(ascending=False)
    order = list(table.index)
    assert made.attrs["parcels"] == {
        "Quality_p1": (order[0], order[5], order[6]),
        "Quality_p2": (order[1], order[4]),
        "Quality_p3": (order[2], order[3]),
    }
    np.testing.assert_allclose(made["Quality_p2"], mobile.frame()[[order[1], order[4]]].mean(axis=1))
    turns = parcel(mobile, parcels=2, by="order")
    assert turns.attrs["parcels"]["Image_p1"] == ("IMAG1", "IMAG3", "IMAG5")
    # Scales of fewer than four items are left out.
    assert turns.columns.tolist() == ["Image_p1", "Image_p2", "Quality_p1", "Quality_p2"]


def test_parcels_that_cannot_be_made_are_refused(mobile):
    with pytest.raises(OptionError, match="no scale has the 10 items or more that 5 parcels need"):
        parcel(mobile, parcels=5)
    with pytest.raises(OptionError, match="parcels is 1; allowed: a whole number of at least 2"):
        parcel(mobile, parcels=1)
    with pytest.raises(OptionError, match=r"unknown by 'balanc'\. Did you mean 'balance'"):
        parcel(mobile, by="balanc")


@given(rows=st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=20))
def test_reversing_every_item_turns_the_mean_about(rows):
    data = pd.DataFrame(rows, columns=["a", "b", "c"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rantau.survey.scoring.warn_of_negative_items", lambda *_: None)
        straight = score(data, {"F": ["a", "b", "c"]}, scale=(1, 5))["F"]
        turned = score(data, {"F": ["-a", "-b", "-c"]}, scale=(1, 5))["F"]
    np.testing.assert_allclose(straight + turned, 6, rtol=1e-12)


def test_a_fit_scores_by_itself():
    draw = np.random.default_rng(1).normal(size=(100, 5))
    data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=list("abcd"))
    fit = rt.cfa("F =~ a + b + c + d", data)
    for option, unused in (("minimum_answered", 0.5), ("missing", (-99,)), ("scale", (1, 5)), ("keys", {"F": ["a"]})):
        with pytest.raises(OptionError, match=f"{option}= is of means and sums, and fit= scores as the fit does"):
            rt.score(data, fit=fit, **{option: unused})
