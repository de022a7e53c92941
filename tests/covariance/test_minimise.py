"""The search for the minimum where it is hard: factors of one item, models that fit badly, Heywood cases."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest

from rantau.covariance import sem

DEMOCRACY = pd.read_csv(Path(__file__).parents[1] / "data" / "democracy.csv")

# lavaan 0.6-14, `fitMeasures(sem(model, d, std.lv = TRUE), "chisq")`; without std.lv in the last.
HARD = [
    ("dem60 =~ 1*y1; ind60 =~ x1 + x2 + x3; dem65 =~ y5 + y6 + y8; ind60 ~ dem60", True, 332.91349865, 14),
    ("dem60 =~ NA*y1 + y2 + y3; dem60 ~~ 1*dem60; ind60 =~ x1 + 0.513*x2 + x3; y2 ~~ y3", True, 90.42042540, 8),
    ("dem65 =~ 1*y5; dem60 =~ y1 + y2 + y3 + y4; ind60 =~ x1 + 0.508*x2 + x3; y5 ~~ x3", False, 127.31830763, 18),
]


@pytest.mark.parametrize(("model", "std_lv", "chisq", "df"), HARD)
def test_valleys_are_followed_to_their_end(model, std_lv, chisq, df):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sem(model, DEMOCRACY, std_lv=std_lv)
    assert fit.converged
    assert fit.iterations < 100
    assert fit.fit_indices()["chisq"] == pytest.approx(chisq, rel=1e-7)
    assert fit.fit_indices()["df"] == df
