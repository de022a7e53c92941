"""rantau segments does as rt.fimix, rt.pos and rt.explain_segments do."""

import json

import pandas as pd
import pytest

import rantau as rt

REPUTATION = "surveys/reputation/responses.csv"
SURVEY = "surveys/reputation/instrument.toml"
MODEL = "models/reputation.sem"


def fit():
    return rt.pls(rt.read_model(MODEL), rt.read_responses(REPUTATION, rt.read_survey(SURVEY)))


def test_fimix_and_a_column(rantau, tmp_path):
    members = tmp_path / "members.csv"
    ran = rantau(
        "segments", REPUTATION, "-s", SURVEY, "-m", MODEL, "--most", "3", "--starts", "3", "--seed", "2",
        "--by", "servicetype", "--by", "serviceprovider", "--adjust", "bh", "--members", members, "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    found = rt.fimix(fit(), segments=3, starts=3, seed=2)
    k = found.advice().segments
    assert k == 2
    assert [row["aic3"] for row in told["criteria"]] == pytest.approx(found.criteria().aic3.tolist())
    assert [row["rule"] for row in told["advice"]] == found.advice().table().rule.tolist()
    assert [row["segment_2"] for row in told["paths"]] == pytest.approx(found.paths(2).segment_2.tolist())
    written = pd.read_csv(members)
    assert written.segment.astype(str).tolist() == found.memberships(2).tolist()
    assert written.segment_1.tolist() == pytest.approx(found.posteriors(2).segment_1.tolist())
    explained = rt.explain_segments(
        found.memberships(2), fit().origin.data, by=["servicetype", "serviceprovider"], adjust="bh"
    )
    assert [row["p_adjusted"] for row in told["explained"]] == pytest.approx(explained.table().p_adjusted.tolist())
    assert len(told["by_servicetype"]) == 2
    verdict = found.advice().verdict.replace("rt.explain_segments", "`rantau segments --by`")
    assert "segments of 344 rows written" in ran.err
    assert verdict in ran.err


def test_pos_of_a_number_of_segments(rantau, tmp_path):
    book = tmp_path / "segments.xlsx"
    ran = rantau(
        "segments", "surveys/mobile/responses.csv", "-m", "models/mobile.sem", "--most", "2", "-k", "2", "--starts",
        "1", "--pos", "--least", "60", "--out", book,
    )  # fmt: skip
    assert ran.status == 0, ran.err
    mobile = rt.pls(rt.read_model("models/mobile.sem"), rt.read_table("surveys/mobile/responses.csv"))
    found = rt.pos(mobile, segments=2, starts=1, least=60)
    sheets = pd.read_excel(book, sheet_name=None)
    assert set(sheets) >= {"criteria", "advice", "sizes", "starts", "r_squared", "paths"}
    assert sheets["paths"].segment_1.tolist() == pytest.approx(found.paths().segment_1.tolist())
    assert sheets["starts"]["last"].tolist() == pytest.approx(found.starts()["last"].tolist())
    for problem in found.problems:
        assert problem.text.replace("with least= how", "with --least how") in ran.err


def test_wrong_options_are_told(rantau):
    def refused(*options):
        ran = rantau("segments", REPUTATION, "-s", SURVEY, "-m", MODEL, *options)
        assert ran.status == 2
        return " ".join(ran.err.split())

    assert "--segments is 7; it lies between 2 and --most, which is 5" in refused("-k", "7")
    assert "--most is 1; it must be 2 or more" in refused("--most", "1")
    assert "--least is of PLS-POS: add --pos" in refused("--least", "50")
    assert "unknown adjust 'hlm'. Did you mean 'holm'" in refused("--adjust", "hlm")
    told = refused("--by", "servicetyp")
    assert "the data have no such column. Did you mean 'servicetype'" in told
    assert "do not fit into 344 rows" in refused("--most", "300")
    assert ".csv" in refused("--members", "members.docx")


def test_one_segment_is_said_to_be_enough(rantau, tmp_path):
    path, model = tmp_path / "noise.csv", tmp_path / "noise.sem"
    frame = pd.read_csv("tests/data/mobile.csv")[["IMAG1", "CUSA1"]].sample(frac=1, random_state=3)
    frame["IMAG1"] = frame["IMAG1"].rank(method="first").map(lambda rank: rank * 37 % 251)
    frame["CUSA1"] = frame["CUSA1"].rank(method="first").map(lambda rank: rank * 91 % 251)
    frame.to_csv(path, index=False)
    model.write_text("CUSA1 ~ IMAG1\n")
    ran = rantau("segments", path, "-m", model, "--most", "2", "--starts", "2", "--pos")
    assert ran.status == 0, ran.err
    assert "speak for one segment" in ran.err and "give --segments 2" in ran.err
    assert "mdl5" in ran.out
