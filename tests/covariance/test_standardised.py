"""The standardised solution and the moments read off a fit, against lavaan's.

The golden numbers are lavaan 0.6-14's `standardizedSolution(fit, type)` and `parameterEstimates(fit, standardized =
TRUE)` at polished minima; `tests/golden/after_fit/make_standardised.R` makes them.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, growth, sem
from rantau.errors import OptionError

TESTS = Path(__file__).parents[1]
CASES = {case["name"]: case for case in json.loads((TESTS / "golden/after_fit/standardised.json").read_text())}
HS = CASES["hs_ml"]["model"]


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fit_of(name):
        if name not in found:
            case = CASES[name]
            data = pd.read_csv(TESTS / f"data/{case['data']}.csv")
            verb = growth if name.startswith("growth") else sem
            found[name] = verb(case["model"], data, **case["options"])
        return found[name]

    return fit_of


def keyed(frame: dict) -> list[tuple]:
    groups = frame.get("group", [1] * len(frame["lhs"]))
    rows = zip(frame["lhs"], frame["op"], frame["rhs"], groups, strict=True)
    return [(lhs, op) if op == ":=" else (lhs, op, rhs, group) for lhs, op, rhs, group in rows]


def numbers(column: list) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in column], dtype=float)


def agree(ours: pd.DataFrame, theirs: dict, columns: dict[str, str]) -> None:
    assert keyed(ours.to_dict("list")) == keyed(theirs)
    for mine, lavaans in columns.items():
        wanted = numbers(theirs[lavaans])
        # lavaan differentiates the standardised solution numerically, to about 1e-8; z-values of tiny errors show it.
        tolerance = {"rel": 1e-5, "abs": 1e-5} if mine == "z" else {"abs": 1e-6}
        assert ours[mine].to_numpy() == pytest.approx(wanted, nan_ok=True, **tolerance), mine


@pytest.mark.parametrize("kind", ["all", "lv", "nox"])
@pytest.mark.parametrize("name", CASES)
def test_standardised_solutions_are_lavaans(name, kind, fits):
    columns = {"est_std": "est.std", "se": "se", "z": "z", "p": "pvalue", "ci_low": "ci.lower", "ci_high": "ci.upper"}
    agree(fits(name).standardized(kind=kind), CASES[name][f"std.{kind}"], columns)


@pytest.mark.parametrize("name", CASES)
def test_estimates_with_their_standardised_columns_are_lavaans(name, fits):
    columns = {"est": "est", "se": "se", "z": "z", "p": "pvalue", "ci_low": "ci.lower", "ci_high": "ci.upper"}
    agree(fits(name).estimates(), CASES[name]["est"], columns | {"std_lv": "std.lv", "std_all": "std.all"})


def test_standardising_standardised_data_changes_nothing():
    data = pd.read_csv(TESTS / "data/hs.csv")[[f"x{place}" for place in range(1, 10)]]
    data = (data - data.mean()) / data.std(ddof=0)
    fit = cfa(HS, data, std_lv=True)
    both = fit.estimates()
    assert both["std_all"].to_numpy() == pytest.approx(both["est"].to_numpy(), abs=1e-9)
    # The errors differ all the same: the sample's deviations are estimates too.
    assert not np.allclose(fit.standardized()["se"], both["se"], atol=1e-3)


def test_a_dummy_keeps_its_units_where_covariates_do(fits):
    fit = fits("mimic")
    key = ["lhs", "op", "rhs"]
    every, nox, raw = fit.standardized(), fit.standardized(kind="nox"), fit.estimates()
    deviation = fit.moments.covariance[0].diagonal()[fit.table.observed.index("sex")] ** 0.5
    row = ("visual", "~", "sex")
    assert every.set_index(key)["est_std"][row] == pytest.approx(deviation * nox.set_index(key)["est_std"][row])
    variance = fit.latent_moments()[0].loc["visual", "visual"]
    assert nox.set_index(key)["est_std"][row] == pytest.approx(raw.set_index(key)["est"][row] / variance**0.5)
    with pytest.raises(OptionError, match="unknown kind 'none'"):
        fit.standardized(kind="none")


def test_latent_moments_belong_to_the_estimates(fits):
    fit = fits("hs_scalar")
    covariance, mean = fit.latent_moments()
    assert covariance.index.names == ["group", None]
    est = fit.estimates().set_index(["lhs", "op", "rhs", "group"])["est"]
    for group, label in enumerate(fit.groups, start=1):
        assert covariance.loc[(label, "visual"), "speed"] == pytest.approx(est["visual", "~~", "speed", group])
        assert mean[label, "textual"] == pytest.approx(est["textual", "~1", "", group])
    r = covariance.loc[fit.groups[1]].to_numpy()
    r = r / np.sqrt(np.outer(r.diagonal(), r.diagonal()))
    assert fit.latent_correlations().loc[fit.groups[1]].to_numpy() == pytest.approx(r)
    sigma, mu = fit.implied()
    assert sigma.shape == (18, 9)
    assert mu.shape == (18,)
    shares = fit.r_squared()
    assert shares[fit.groups[0], "x1"] == pytest.approx(
        1 - est["x1", "~~", "x1", 1] / sigma.loc[(fit.groups[0], "x1"), "x1"]
    )


def test_covariances_of_the_estimates_have_the_names_of_the_parameters(fits):
    fit = fits("hs_scalar")
    matrix = fit.vcov()
    assert list(matrix.index) == list(matrix.columns) == list(fit.table.names)
    assert len(set(matrix.index)) == len(matrix)
    est = fit.estimates()
    se = est[(est["lhs"] == "visual") & (est["op"] == "=~") & (est["rhs"] == "x2")]["se"].iloc[0]
    assert matrix.loc["visual =~ x2", "visual =~ x2"] == pytest.approx(se**2)
    labelled = fits("hs_definitions").vcov()
    a, c, b = labelled.loc["a", "a"], labelled.loc["c", "c"], labelled.loc["b", "b"]
    est = fits("hs_definitions").estimates().set_index("label")
    bc = labelled.loc["b", "c"]
    variance = est["est"]["b"] ** 2 * c + est["est"]["c"] ** 2 * b + 2 * est["est"]["b"] * est["est"]["c"] * bc
    assert est["se"]["indirect"] == pytest.approx(variance**0.5)
    assert est["se"]["a"] == pytest.approx(a**0.5)
