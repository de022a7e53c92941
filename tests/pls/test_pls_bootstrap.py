"""seminr's bootstrap, draw by draw: given its rows, means, deviations and limits are the same numbers."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from pls_reference import TESTS, case, fitted, matrix

from rantau.errors import OptionError
from rantau.fit import Quantity
from rantau.inference import bollen_stine, bootstrap, monte_carlo

NAME = "bootstrap_seminr_reputation_ext"
OPS = {"paths": "~", "weights": "<~", "loadings": "=~", "htmt": "htmt", "total": "total"}


@cache
def refits():
    fit = fitted(NAME)
    rows = pd.read_csv(TESTS / "data" / "reputation_bootstrap_rows.csv.gz", header=None).to_numpy()
    counts = np.stack([np.bincount(draw, minlength=fit.n_obs) for draw in rows]).astype(float)
    return fit.refit(counts)


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


TABLES = {"paths": "paths", "weights": "weights", "loadings": "loadings", "htmt": "htmt", "total": "effects"}


@cache
def seminr_draws():
    rows = pd.read_csv(TESTS / "data" / "reputation_bootstrap_rows.csv.gz", header=None).to_numpy()
    return bootstrap(fitted(NAME), rows=rows)


@pytest.mark.parametrize("of", ["estimates", *TABLES.values()])
def test_seminr_limits_are_those_of_the_tables(of):
    """Each table for itself is computed in the draws that were given."""
    table = seminr_draws().table(of=of).set_index(["lhs", "op", "rhs"])
    columns = ["Original Est.", "Bootstrap Mean", "Bootstrap SD", "2.5% CI", "97.5% CI"]
    for kind in TABLES if of == "estimates" else [kind for kind in TABLES if TABLES[kind] == of]:
        theirs = matrix(case(NAME)["numbers"][kind])[columns]
        keys = [(name.split("  ->  ")[1], OPS[kind], name.split("  ->  ")[0]) for name in theirs.index]
        ours = table.loc[keys, ["est", "mean", "se", "ci_low", "ci_high"]]
        # seminr stops at 1e-7, which the estimates show and their deviations do not.
        np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=0, atol=1e-7)
        tested = ours["se"].to_numpy() > 0
        t = matrix(case(NAME)["numbers"][kind])["T Stat."].to_numpy()
        np.testing.assert_allclose((ours["est"] / ours["se"])[tested], t[tested], rtol=1e-5)


def test_bca_moves_the_limits_of_a_skewed_quantity_and_leaves_the_rest():
    """A share of variance is skewed and biased upwards in draws, so that its BCa limits lie below the others."""
    fit = fitted(NAME)
    draws = bootstrap(fit, draws=2000, seed=1)
    plain, corrected = (draws.table(interval=name).query("op == 'r2'") for name in ("percentile", "bca"))
    assert (plain["mean"] > plain.est).all()
    assert (corrected.ci_low < plain.ci_low).all()
    assert (corrected.ci_high < plain.ci_high).all()
    assert ((corrected.ci_low < corrected.est) & (corrected.est < corrected.ci_high)).all()


def test_pls_has_no_standard_errors_of_its_own():
    fit = fitted(NAME)
    assert np.isnan(fit.errors()).all()
    assert np.isnan(fit.refit(np.ones((2, fit.n_obs)), errors=True).errors).all()
    with pytest.raises(OptionError, match="nested must be a whole number of at least 2, got 1"):
        bootstrap(fit, draws=10, errors=True, nested=1)
    with pytest.raises(OptionError, match=r"interval='student' needs the standard errors.*errors=True"):
        bootstrap(fit, draws=10).table(interval="student")
    with pytest.raises(OptionError, match=r"unknown of 'standardised'\. Allowed: estimates"):
        bootstrap(fit, draws=10).table(of="standardised")
    with pytest.raises(OptionError, match=r"a covariance matrix, which a PlsFit has not.*rt\.bootstrap"):
        monte_carlo(fit)
    with pytest.raises(OptionError, match=r"a chi-square, which a PlsFit has not.*rt\.sem or rt\.cfa"):
        bollen_stine(fit)


def test_no_draw_failed():
    assert set(refits().reasons) == {""}
    assert np.isfinite(refits().values).all()
