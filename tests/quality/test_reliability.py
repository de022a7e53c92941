"""Reliability against R (psych, semTools), pingouin, and its own laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import AdmissibilityWarning, DataWarning, ModelSyntaxError, OptionError, RantauWarning
from rantau.quality.reliability import ROWS

TESTS = Path(__file__).parents[1]
GOLDEN = json.loads((TESTS / "golden/quality/reliability.json").read_text("utf-8"))


@pytest.mark.parametrize("name", GOLDEN)
def test_alpha_omega_and_ave_as_in_r(name: str) -> None:
    golden = GOLDEN[name]
    data = pd.read_csv(TESTS / f"data/{name}.csv")
    table = rt.reliability(data, golden["model"])
    for construct, expected in golden["alpha"].items():
        found = table.loc[construct, ["alpha", "alpha_ci_low", "alpha_ci_high"]].to_numpy(float)
        np.testing.assert_allclose(found, expected, atol=1e-9)
        # lavaan stops at a relative tolerance that leaves about six digits of the estimates.
        assert table.loc[construct, "omega"] == pytest.approx(golden["omega"][construct], abs=1e-5)
        assert table.loc[construct, "ave_cfa"] == pytest.approx(golden["ave_std"][construct], abs=1e-5)


@pytest.mark.parametrize("way", ["delta", "theta"])
def test_omega_of_ordered_answers_is_that_of_their_sum(way: str) -> None:
    # compRelSEM(cfa(HS, hs4, ordered = paste0("x", 1:9)), obs.var = FALSE), and of every third complete row of bfi
    # compRelSEM(cfa(m, bfi, ordered = TRUE, parameterization = "theta"), obs.var = FALSE); semTools 0.5-6
    model = GOLDEN["hs"]["model"]
    data = pd.read_csv(TESTS / "data/hs4.csv")
    table = rt.reliability(data, model, cfa_fit=rt.cfa(model, data, ordered=True, parameterization=way))
    assert table.omega.to_dict() == pytest.approx(
        {"visual": 0.553250212, "textual": 0.860461949, "speed": 0.662159127}, abs=2e-7
    )
    assert table.ave_cfa.to_list() == pytest.approx([0.356434678, 0.751464606, 0.454251014], abs=1e-6)
    data, model = pd.read_csv(TESTS / "data/bfi.csv").dropna().iloc[::3], "A =~ A1+A2+A3+A4+A5\nE =~ E1+E2+E3+E4+E5"
    model += "\nA1 ~~ A2"
    # Codes twice as far apart are another unit.
    for rows in (data, data * 2):
        fit = rt.cfa(model, rows, ordered=True, parameterization=way)
        with pytest.warns(DataWarning, match="run against the rest"):
            table = rt.reliability(rows, model, cfa_fit=fit)
        assert table.omega.to_list() == pytest.approx([0.6293632755, 0.0886315356], abs=2e-7)


def test_omega_of_ordered_and_continuous_answers_is_what_a_second_survey_would_correlate() -> None:
    rng, loadings = np.random.default_rng(1), np.array([0.7, 0.8, 0.6, 0.5])
    factor = rng.normal(size=(200_000, 1))
    cuts = ([-1, 0, 1.2], [0.3], [-2, 1])

    def answered() -> pd.DataFrame:
        behind = factor * loadings + rng.normal(size=(len(factor), 4)) * np.sqrt(1 - loadings**2)
        columns = [np.digitize(behind[:, k], cut) for k, cut in enumerate(cuts)]
        return pd.DataFrame(np.column_stack([*columns, 2 * behind[:, 3]]), columns=list("abcd"))

    first, second = answered(), answered()
    fit = rt.cfa("F =~ a + b + c + d", first, ordered=["a", "b", "c"])
    again = np.corrcoef(first.sum(axis=1), second.sum(axis=1))[0, 1]
    assert rt.reliability(first, fit.model, cfa_fit=fit).loc["F", "omega"] == pytest.approx(again, abs=0.006)


def test_omega_of_ordered_answers_that_covariates_shift_is_left_out() -> None:
    data = pd.read_csv(TESTS / "data/hs4.csv")
    model = "visual =~ x1 + x2 + x3\nvisual ~ ageyr"
    fit = rt.sem(model, data, ordered=["x1", "x2", "x3"])
    table = rt.reliability(data, model, cfa_fit=fit)
    assert table.omega.isna().all()
    assert table[["alpha", "ave_cfa"]].notna().all().all()


def test_a_level_of_another_size_gives_another_interval() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    wide = rt.reliability(data, GOLDEN["hs"]["model"], level=0.99).loc["speed"]
    narrow = rt.reliability(data, GOLDEN["hs"]["model"], level=0.90).loc["speed"]
    assert wide.alpha_ci_low < narrow.alpha_ci_low < narrow.alpha < narrow.alpha_ci_high < wide.alpha_ci_high


def test_the_instrument_suffices_and_single_items_have_no_reliability() -> None:
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    responses = rt.read_responses("surveys/mobile/responses.csv", survey)
    table = rt.reliability(responses)
    assert list(table.index) == [construct.code for construct in survey.constructs]
    assert table.loc["Complaints"].drop("n_items").isna().all()
    assert table.drop("Complaints").notna().all().all()


def test_fits_already_made_are_used() -> None:
    data = pd.read_csv(TESTS / "data/mobile.csv")
    model = rt.read_model("models/mobile.sem")
    fits = {"cfa_fit": rt.cfa(model, data), "pls_fit": rt.pls(model, data)}
    pd.testing.assert_frame_equal(rt.reliability(data, model, **fits), rt.reliability(data, model))
    columns = ["rho_a", "rho_c", "ave"]
    own = fits["pls_fit"].reliability().loc["Image", columns]
    assert rt.reliability(data, model, **fits).loc["Image", columns].tolist() == own.tolist()


def test_a_factor_model_that_did_not_converge_gives_no_omega() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = rt.cfa(GOLDEN["hs"]["model"], data).replace(converged=False)
    table = rt.reliability(data, GOLDEN["hs"]["model"], cfa_fit=fit)
    assert table[["omega", "ave_cfa"]].isna().all().all()
    assert table["alpha"].notna().all()


def test_omega_of_a_heywood_case_is_told() -> None:
    draw = np.random.default_rng(1)
    data = pd.DataFrame(0.4 * draw.normal(size=(60, 1)) + draw.normal(size=(60, 6)), columns=list("abcdef"))
    with pytest.warns(RantauWarning) as told:
        table = rt.reliability(data, "F =~ a + b + c; G =~ d + e + f; G ~ F")
    assert table.loc["F", "omega"] < 0
    (warned,) = [one for one in told if issubclass(one.category, AdmissibilityWarning)]
    assert str(warned.message).startswith("omega and ave_cfa: The variance of 'F'")
    assert warned.filename == __file__


def test_columns_are_those_of_the_room() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    table = rt.reliability(data, GOLDEN["hs"]["model"])
    assert list(table.columns) == ["n_items", *(name for row in ROWS for name in row.gives)]
    # Nothing relates the constructs, so PLS has nothing to weight them by.
    assert table[["rho_a", "rho_c", "ave"]].isna().all().all()


def test_bad_requests() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    with pytest.raises(OptionError, match="give a model as well"):
        rt.reliability(data)
    with pytest.raises(OptionError, match=r"between 0 and 1, such as 0\.95, got 95"):
        rt.reliability(data, GOLDEN["hs"]["model"], level=95)


def test_a_model_without_constructs_is_refused() -> None:
    data = pd.read_csv(TESTS / "data/mediation.csv")
    with pytest.raises(ModelSyntaxError, match=r"<model>:1:1: no construct is measured here"):
        rt.reliability(data, "Y ~ X")


def test_a_fit_of_several_groups_has_no_one_reliability() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = rt.cfa(GOLDEN["hs"]["model"], data, group="school")
    with pytest.raises(OptionError, match=r"cfa_fit has 2 \(Pasteur, Grant-White\); give the rows of each group"):
        rt.reliability(data, GOLDEN["hs"]["model"], cfa_fit=fit)


def test_what_pls_cannot_estimate_leaves_its_columns_empty() -> None:
    data = pd.read_csv(TESTS / "data/hs.csv")
    model = GOLDEN["hs"]["model"] + "\nspeed ~ b*visual + textual\nb > 0"
    table = rt.reliability(data, model)
    assert table[["rho_a", "rho_c", "ave"]].isna().all().all()
    assert table[["alpha", "omega", "ave_cfa"]].notna().all().all()


def test_omega_of_all_answers_is_that_of_the_fit_given() -> None:
    data = pd.read_csv(TESTS / "data/hs_gaps.csv")
    model = GOLDEN["hs"]["model"]
    full = rt.reliability(data, model, cfa_fit=rt.cfa(model, data, missing="fiml"))
    some = rt.reliability(data, model)
    assert (full["alpha"] == some["alpha"]).all()
    assert not np.allclose(full["omega"], some["omega"], atol=1e-3)
