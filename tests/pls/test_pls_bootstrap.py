"""seminr's bootstrap, draw by draw: given its rows, means, deviations and limits are the same numbers."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from pls_reference import TESTS, case, fitted, matrix

from rantau.fit import Quantity
from rantau.moments.compute import resampled_moments

NAME = "bootstrap_seminr_reputation_ext"
OPS = {"paths": "~", "weights": "<~", "loadings": "=~", "htmt": "htmt", "total": "total"}


@cache
def refits():
    fit = fitted(NAME)
    rows = pd.read_csv(TESTS / "data" / "reputation_bootstrap_rows.csv.gz", header=None).to_numpy()
    counts = np.stack([np.bincount(draw, minlength=fit.n_obs) for draw in rows]).astype(float)
    return fit.refit(resampled_moments(fit.sample, counts))


def summarised(quantity):
    draws = refits().values[:, fitted(NAME).quantities.index(quantity)]
    return [draws.mean(), draws.std(ddof=1), *np.quantile(draws, [0.025, 0.975])]


@pytest.mark.parametrize("kind", OPS)
def test_seminr_bootstrap(kind):
    theirs = matrix(case(NAME)["numbers"][kind])
    for name, row in theirs.iterrows():
        right, left = name.split("  ->  ")
        ours = summarised(Quantity(left, OPS[kind], right))
        assert ours == pytest.approx(
            row[["Bootstrap Mean", "Bootstrap SD", "2.5% CI", "97.5% CI"]].tolist(), abs=1e-7
        ), name


def test_indirect_effects():
    specific = summarised(Quantity("CUSL", "indirect", "LIKE -> CUSA"))
    theirs = case(NAME)["numbers"]["specific_LIKE_CUSA_CUSL"]
    assert specific == pytest.approx([theirs[key] for key in ("Bootstrap Mean", "Bootstrap SD", "2.5% CI", "97.5% CI")])
    total = summarised(Quantity("CUSL", "indirect", "COMP"))[2:]
    theirs = case(NAME)["numbers"]["total_indirect_COMP_CUSL"]
    assert total == pytest.approx([theirs["2.5%"], theirs["97.5%"]], abs=1e-7)


def test_no_draw_failed():
    assert set(refits().reasons) == {""}
    assert np.isfinite(refits().values).all()
