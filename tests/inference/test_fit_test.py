"""The bootstrap test of exact fit of PLS models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.pls.model_fit import implied_by

FACTORS = "X =~ a + b + c\nM =~ d + e + f\nY =~ g + h + i\nM ~ X\nY ~ M"


def simulated(n: int, seed: int, direct: float = 0.0) -> pd.DataFrame:
    """Three factors in a row; `direct` is a path that the model leaves out."""
    random = np.random.default_rng(seed)
    x, u, v = random.normal(size=(3, n))
    m = 0.6 * x + 0.8 * u
    y = 0.5 * m + direct * x + 0.8 * v
    factors = np.stack([x, m, y], axis=1)[:, np.repeat([0, 1, 2], 3)]
    return pd.DataFrame(0.8 * factors + 0.6 * random.normal(size=(n, 9)), columns=list("abcdefghi"))


@pytest.mark.parametrize("model", ["estimated", "saturated"])
@pytest.mark.parametrize(("text", "consistent"), [(FACTORS, True), (FACTORS.replace("=~", "<~"), False)])
def test_rows_conform_to_the_model(text: str, consistent: bool, model: str) -> None:
    """In rows made over, correlations are the implied ones, and the model fits them exactly."""
    data = simulated(200, 1)
    data.loc[3, "b"] = np.nan
    fit = rt.pls(text, data, consistent=consistent)
    turned = fit.conforming(model)
    values = turned.sample.values
    assert not np.isnan(values).any()
    implied = implied_by(fit.solution, fit.structure, model)[0]
    np.testing.assert_allclose(np.corrcoef(values, rowvar=False), implied, atol=1e-12)
    again = rt.pls(text, pd.DataFrame(values, columns=turned.sample.names), consistent=consistent)
    np.testing.assert_allclose(again.fit_indices(model)[["srmr", "d_uls", "d_g", "d_ml"]], 0, atol=1e-8)


def test_weighted_rows_conform_by_weighted_moments() -> None:
    data = simulated(200, 2).assign(w=np.linspace(0.5, 2, 200))
    fit = rt.pls(FACTORS, data, consistent=True, weights="w")
    turned = pd.DataFrame(fit.conforming().sample.values, columns=fit.sample.names).assign(w=data["w"])
    again = rt.pls(FACTORS, turned, consistent=True, weights="w")
    np.testing.assert_allclose(again.fit_indices()[["srmr", "d_uls", "d_g", "d_ml"]], 0, atol=1e-8)
    assert (rt.fit_test(fit, draws=200).table()["p"] > 0.05).all()


def test_a_true_model_is_kept_and_a_false_one_rejected() -> None:
    true = rt.fit_test(rt.pls(FACTORS, simulated(300, 2), consistent=True), draws=300)
    assert (true.table()["p"] > 0.05).all()
    fit = rt.pls(FACTORS, simulated(300, 2, direct=0.5), consistent=True)
    false = rt.fit_test(fit, draws=300)
    # A path is left out, which moves the correlations of many items by little: the unweighted distances see it.
    assert (false.table().loc[["srmr", "d_uls"], "p"] < 0.05).all()
    # The outer model is not to blame.
    assert (rt.fit_test(fit, draws=300, model="saturated").table()["p"] > 0.05).all()


def test_the_table_says_what_the_draws_say() -> None:
    fit = rt.pls(FACTORS, simulated(150, 3), consistent=True)
    found = rt.fit_test(fit, draws=120, seed=4)
    table = found.table(level=(0.9, 0.975))
    assert list(table.columns) == ["est", "q90", "q97.5", "p"]
    assert table["est"].tolist() == fit.fit_indices()[list(table.index)].tolist()
    good = found.values[~np.isnan(found.values).any(axis=1)]
    assert table.loc["d_uls", "q90"] == np.quantile(good[:, 1], 0.9)
    assert table.loc["d_uls", "p"] == np.mean(good[:, 1] >= table.loc["d_uls", "est"])
    assert found.table(level=0.95).columns.tolist() == ["est", "q95", "p"]
    assert len(good) + found.n_failed == 120
    assert sum(count for _, count in found.failed) == found.n_failed
    assert "Exact fit of the estimated model: 120 draws, seed 4" in str(found)
    assert "<table" in found._repr_html_()
    assert "120 draws" in repr(found)
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        found.table(level=(0.9, 95))


def test_a_model_that_fits_any_data_is_never_rejected() -> None:
    """Its distances are the rounding of different samples, of which one is as often the larger as the other."""
    data = simulated(150, 3)
    one, two, three = data.columns[:3]
    fit = rt.pls(f"{three} ~ {one} + {two}\n{two} ~ {one}", data)
    assert fit.fit_indices()["df"] == 0
    table = rt.fit_test(fit, draws=20).table()
    assert (table[["est", "q95", "q99"]] == 0).all(axis=None)
    assert (table["p"] == 1).all()


def test_seeds_workers_and_rows() -> None:
    fit = rt.pls(FACTORS.replace("=~", "<~"), simulated(100, 5))
    one = rt.fit_test(fit, draws=210, seed=6)
    np.testing.assert_array_equal(rt.fit_test(fit, draws=210, seed=6, workers=2).values, one.values)
    rows = np.random.default_rng(1).integers(0, 100, size=(4, 100))
    given = rt.fit_test(fit, rows=rows)
    assert given.seed == -1
    values = pd.DataFrame(fit.conforming().sample.values[rows[2]], columns=fit.sample.names)
    drawn = rt.pls(fit.model, values).fit_indices()[["srmr", "d_uls", "d_g", "d_ml"]]
    np.testing.assert_allclose(given.values[2], drawn, rtol=1e-8)


def test_what_cannot_be_tested_is_refused() -> None:
    data = simulated(150, 7)
    with pytest.raises(OptionError, match=r"takes a fit by rt\.pls, got a SemFit\. .*rt\.bollen_stine"):
        rt.fit_test(rt.cfa("X =~ a + b + c + d", data))
    fit = rt.pls(FACTORS, data)
    with pytest.raises(OptionError, match=r"unknown model 'saturate'\. Did you mean 'saturated'\?"):
        rt.fit_test(fit, model="saturate")
    higher = rt.pls("X =~ a + b + c\nM =~ d + e + f\nG =~ X + M\nY =~ g + h + i\nY ~ G", data)
    with pytest.raises(OptionError, match="measured by the scores of others, or by products"):
        rt.fit_test(higher)
    few = rt.pls(FACTORS, data.head(8))
    with pytest.raises(EstimationError, match="correlations of the items are not positive definite"):
        rt.fit_test(few)
    gaps = data.copy()
    gaps.loc[0, "a"] = np.nan
    with pytest.raises(EstimationError, match=r"missing='em' leaves gaps in the rows.*missing='listwise'"):
        rt.fit_test(rt.pls(FACTORS, gaps, missing="em"))


def test_implied_correlations_that_are_not_known_are_told() -> None:
    """Of noise the consistent loadings are roots of a negative reliability."""
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 4)), columns=list("abcd"))
    with pytest.warns(rt.RantauWarning, match="reliability_out_of_range"):
        fit = rt.pls("X =~ a + b + c\nd ~ X", data, consistent=True)
    assert fit.loadings().est[:3].isna().all()
    with pytest.raises(EstimationError, match="as the model implies them are not positive definite"):
        rt.fit_test(fit, draws=10)
