import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.errors import OptionError, ResponseError
from rantau.survey import describe, read_survey
from rantau.survey.associations import correlations
from rantau.survey.profile import profile
from rantau.survey.read import read_responses

from .conftest import TINY

PSYCH = json.loads((Path(__file__).parents[1] / "golden" / "survey" / "psych_bfi.json").read_text("utf-8"))
A = ["A1", "A2", "A3", "A4", "A5"]


def test_the_item_table_is_that_of_psych(personality):
    """Against describe(type = 2) and alpha()$item.stats$r.drop of R's psych."""
    table = describe(personality).loc[PSYCH["items"]]
    assert table["n"].tolist() == PSYCH["n"]
    for name in ("mean", "sd", "skew", "kurtosis", "item_total"):
        np.testing.assert_allclose(table[name].astype(float), PSYCH[name], rtol=2e-11, err_msg=name)


def test_correlations_and_their_p_are_those_of_psych(personality):
    """Against corr.test(adjust = "none") of R's psych; r below the diagonal and above."""
    found = correlations(personality, A)
    np.testing.assert_allclose(found.r.ravel(), PSYCH["r"], rtol=1e-11)
    np.testing.assert_array_equal(found.n.ravel(), PSYCH["r_n"])
    off = ~np.eye(5, dtype=bool)
    np.testing.assert_allclose(found.p[off], np.array(PSYCH["r_p"]).reshape(5, 5)[off], rtol=1e-9, atol=1e-300)
    assert np.isnan(np.diag(found.p)).all()
    np.testing.assert_allclose(found.mean, PSYCH["mean"][:5], rtol=1e-11)
    np.testing.assert_allclose(found.sd, PSYCH["sd"][:5], rtol=1e-11)


def test_rank_correlations_are_those_of_r(personality):
    found = correlations(personality, A, method="spearman")
    np.testing.assert_allclose(
        found.r[~np.eye(5, dtype=bool)], np.array(PSYCH["spearman"]).reshape(5, 5)[~np.eye(5, dtype=bool)], rtol=1e-10
    )


def test_listwise_is_one_sample(personality):
    found = correlations(personality, A, missing="listwise")
    frame = personality.frame()[A].dropna()
    assert (found.n == len(frame)).all()
    np.testing.assert_allclose(found.matrix(), frame.corr(), rtol=1e-11)


def test_correlations_of_scores_and_of_a_frame(mobile):
    found = correlations(mobile, of="scores")
    assert found.names == tuple(construct.code for construct in mobile.survey.constructs)
    frame = mobile.frame()
    pd.testing.assert_frame_equal(correlations(frame).matrix(), frame.corr(), rtol=1e-11)
    table = found.table()
    assert np.isnan(table.loc["Image", "Image"])
    assert table.loc["Loyalty", "Image"] == found.r[0, found.names.index("Loyalty")]


def test_correlations_that_cannot_be_are_refused(mobile):
    with pytest.raises(OptionError, match=r"those of rt\.polychoric\(data\).*method='spearman'"):
        correlations(mobile, method="polychoric")
    with pytest.raises(OptionError, match=r"unknown method 'kendal'\. Allowed: pearson, spearman"):
        correlations(mobile, method="kendal")
    with pytest.raises(ResponseError, match=r"unknown item 'IMAGE1'\. Did you mean 'IMAG1'"):
        correlations(mobile, ["IMAGE1", "IMAG2"])
    with pytest.raises(OptionError, match="need two variables or more; got IMAG1"):
        correlations(mobile, "IMAG1")
    with pytest.raises(OptionError, match="score it first"):
        correlations(mobile.frame(), of="scores")


def test_a_constant_column_correlates_with_nothing():
    data = pd.DataFrame({"a": [0.1, 0.1, 0.1], "b": [1, 2, 3], "c": [3, 2, 1]})
    found = correlations(data)
    assert np.isnan(found.r[0]).all()
    assert found.r[1, 2] == -1
    assert found.p[1, 2] == 0


def test_the_profile_counts_declared_categories(personality):
    who = profile(personality)
    gender = who[who["question"] == "gender"]
    assert gender["category"].tolist() == ["Men", "Women"]
    # table(bfi$gender) in R.
    assert gender["n"].tolist() == [919, 1881]
    assert gender["share"].sum() == pytest.approx(1)
    education = who[who["question"] == "education"]
    # table(bfi$education, useNA = "always") in R.
    assert education["n"].tolist() == [224, 292, 1249, 394, 418, 223]
    assert education["category"].tolist()[-1] is None or pd.isna(education["category"].tolist()[-1])
    assert education["share"].tolist()[-1] == pytest.approx(223 / 2800)
    age = who[who["question"] == "age"].iloc[0]
    # mean(bfi$age), sd(bfi$age), range(bfi$age) in R.
    assert (age["n"], age["min"], age["max"]) == (2800, 3, 86)
    assert age["mean"] == pytest.approx(28.7821428571, rel=1e-11)
    assert age["sd"] == pytest.approx(11.1276, abs=1e-4)
    assert profile(personality, language="id")["category"].tolist()[:2] == ["Laki-laki", "Perempuan"]


def test_the_profile_of_columns_the_instrument_does_not_know(mobile, personality):
    with pytest.raises(OptionError, match=r"asks nothing on the respondent\. Declare \[\[demographics\]\]"):
        profile(mobile)
    with pytest.raises(ResponseError, match=r"unknown column 'gendre'\. Did you mean 'gender'"):
        profile(personality, ["gendre"])
    cells = np.array([["10"], ["9"], [""], ["ten"], ["9"]], dtype=object)
    few = personality.take(np.arange(2800) < 5).replace(extras_names=("firm",), extras=cells)
    table = profile(few, "firm")
    assert table["category"].tolist()[:3] == ["9", "10", "ten"]
    assert table["n"].tolist() == [2, 1, 1, 1]
    many = np.array([[str(row)] for row in range(2800)], dtype=object)
    with pytest.raises(ResponseError, match="has 2800 different answers, too many to be categories"):
        profile(personality.replace(extras_names=("id",), extras=many), "id")


MARKETS = """
[[demographics]]
code = "markets"
kind = "several"
wording = { en = "Where do you sell?", id = "Di mana Anda menjual?" }
categories = [
  { code = "South Asia", label = { en = "In South Asia", id = "Di Asia Selatan" } },
  { code = "Africa", label = { en = "In Africa", id = "Di Afrika" } },
  { code = "EU", label = { en = "In the EU, or near", id = "Di UE, atau dekat" } },
]
"""


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("markets[South Asia],markets[Africa],markets[EU]", ("1,1,0", "1,0,1", "0,0,0")),
        ("markets", ('"In South Asia, In Africa"', '"In the EU, or near, In South Asia"', "")),
        ("markets", ("South Asia;Africa;", "South Asia;EU", "")),
        ("markets", ("Africa South Asia", "EU South Asia", "")),
    ],
)
def test_answers_that_hold_what_divides_them_are_taken_apart(write, header, cells):
    survey = read_survey(write(TINY + MARKETS, "instrument.toml"))
    rows = "".join(f"1,2,3,4,{cell}\n" for cell in cells)
    found = profile(read_responses(write(f"A1,A2,A3,V1,{header}\n{rows}"), survey))
    counted = dict(zip(found["category"].fillna("none"), found["n"], strict=True))
    assert counted == {"In South Asia": 2, "In Africa": 1, "In the EU, or near": 1, "none": 1}


SIZE = """
[[demographics]]
code = "size"
kind = "number"
wording = { en = "How many people work there?", id = "Berapa orang bekerja di sana?" }
"""


def test_numbers_that_may_be_thousands_are_refused(write):
    survey = read_survey(write(TINY + SIZE, "instrument.toml"))
    header = "A1;A2;A3;V1;size\n"
    doubtful = read_responses(write(header + "1;2;3;4;1,200\n1;2;3;4;350\n"), survey)
    with pytest.raises(ResponseError, match=r"line 2: column 'size': '1,200' may be 1200 or 1\.200"):
        profile(doubtful)
    plain = read_responses(write(header + "1;2;3;4;1,200\n1;2;3;4;3,5\n"), survey)
    assert profile(plain)["max"].tolist() == [3.5]
