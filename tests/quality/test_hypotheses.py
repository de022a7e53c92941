"""Hypotheses: the decision, and both engines side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import OptionError
from rantau.fit import Problem
from rantau.quality.hypotheses import decide

DECISIONS = [
    (0.3, 0.049, "+", "supported"),
    (-0.3, 0.049, "-", "supported"),
    (-0.3, 0.001, "", "supported"),
    (-0.3, 0.001, "+", "contradicted"),
    (0.3, 0.001, "-", "contradicted"),
    (0.3, 0.05, "+", "not supported"),
    (-0.3, 0.5, "+", "not supported"),
    (0.3, float("nan"), "+", ""),
]


@pytest.mark.parametrize(("estimate", "p", "sign", "expected"), DECISIONS)
def test_decision(estimate: float, p: float, sign: str, expected: str) -> None:
    assert decide(estimate, p, sign, 0.95) == expected


@pytest.fixture
def data() -> pd.DataFrame:
    draw = np.random.default_rng(5).normal(size=(300, 3))
    return pd.DataFrame({"x": draw[:, 0], "m": draw[:, 1] + draw[:, 0], "y": draw[:, 2] - 0.8 * draw[:, 0]})


def test_both_engines_side_by_side(data: pd.DataFrame) -> None:
    model = rt.parse_model(
        "m ~ a*x   # H1 (+) x raises m\ny ~ b*x   # H2 (+) x raises y\ny ~ c*m   # H3 unknown\nmed := a*c # H4 (-)"
    )
    sem, pls = rt.sem(model, data), rt.pls(model, data)
    draws = rt.bootstrap(pls, draws=400, seed=3)
    table = rt.judge_hypotheses(model, sem=sem, draws=draws).set_index("hypothesis")
    assert table.loc["H1", "sem_decision"] == table.loc["H1", "pls_decision"] == "supported"
    assert table.loc["H2", "sem_decision"] == table.loc["H2", "pls_decision"] == "contradicted"
    assert table.loc["H3", "sign"] == "" and table.loc["H1", "text"] == "x raises m"
    # One standardised regression, two engines: a saturated path model leaves them nothing to disagree about.
    np.testing.assert_allclose(table["sem_est"], table["pls_est"], atol=1e-10)
    row = draws.table().query("lhs == 'm' and op == '~'").iloc[0]
    assert table.loc["H1", "pls_p"] == row.p and table.loc["H1", "pls_ci_low"] == row.ci_low


def test_one_engine_leaves_the_other_empty(data: pd.DataFrame) -> None:
    model = rt.parse_model("y ~ x  # H1 (-)")
    table = rt.judge_hypotheses(model, sem=rt.sem(model, data))
    assert table.sem_decision[0] == "supported"
    assert table.pls_decision[0] == ""
    assert np.isnan(table.pls_est[0])


def test_no_hypotheses_no_rows(data: pd.DataFrame) -> None:
    model = rt.parse_model("y ~ x")
    assert len(rt.judge_hypotheses(model, sem=rt.sem(model, data))) == 0


def test_level_out_of_range() -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        rt.judge_hypotheses(rt.parse_model("y ~ x"), level=5)


def test_an_untrusted_fit_decides_nothing(data: pd.DataFrame) -> None:
    model = rt.parse_model("y ~ x  # H1 (-)")
    fit = rt.sem(model, data)
    untrusted = fit.replace(problems=(Problem("error", "negative_variance", "a Heywood case"),))
    table = rt.judge_hypotheses(model, sem=untrusted)
    assert table.sem_decision[0] == ""
    assert table.sem_est[0] == fit.standardized().est_std[0]
    assert np.isnan(rt.judge_hypotheses(model, sem=fit.replace(converged=False)).sem_est[0])


def test_hypotheses_are_decided_in_one_group(data: pd.DataFrame) -> None:
    model = rt.parse_model("m ~ x  # H1 (+) x raises m")
    fit = rt.sem(model, data.assign(town=np.where(data.index % 2, "Padang", "Solok")), group="town")
    with pytest.raises(OptionError, match=r"this fit has 2 \(Solok, Padang\); judge the fits of each group's rows"):
        rt.judge_hypotheses(model, sem=fit)


def test_robust_errors_move_p_and_not_the_estimate(data: pd.DataFrame) -> None:
    model = rt.parse_model("m ~ x  # H1 (+)\ny ~ m  # H2\ny ~ x  # H3 (-)")
    plain, robust = (rt.judge_hypotheses(model, sem=rt.sem(model, data, estimator=name)) for name in ("ML", "MLR"))
    assert robust["sem_est"].to_numpy() == pytest.approx(plain["sem_est"].to_numpy())
    assert not np.allclose(robust["sem_se"], plain["sem_se"], rtol=1e-6)
