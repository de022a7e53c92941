"""Fits to completed data sets, put together."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.imputation.chi_square import Ratios, pool_ratios, pool_statistics
from rantau.imputation.rubin import combine

MODEL = "F =~ a + b + c\nG =~ d + e + f\nG ~ F"


def sample(n: int = 250, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=n)
    other = 0.5 * factor + rng.normal(size=n)
    columns = {
        name: source + rng.normal(size=n) for name, source in zip("abcdef", [factor] * 3 + [other] * 3, strict=True)
    }
    return pd.DataFrame(columns)


def holed(seed: int = 1) -> pd.DataFrame:
    data = sample(seed=seed)
    return data.mask(np.random.default_rng(seed + 99).random(data.shape) < 0.12)


@pytest.fixture(scope="module")
def imputed() -> rt.Imputations:
    return rt.impute(holed(), m=6, seed=1, method="normal")


@pytest.fixture(scope="module")
def pooled(imputed: rt.Imputations) -> rt.Pooled:
    return rt.pool(imputed.fits(rt.sem, MODEL))


def test_rubins_rules_by_hand() -> None:
    values, errors = np.array([[1.0], [2.0], [4.0]]), np.array([[0.5], [0.6], [0.7]])
    found = combine(values, errors, math.inf)
    within, between = (0.25 + 0.36 + 0.49) / 3, values.var(ddof=1)
    total = within + 4 / 3 * between
    assert found.est[0] == pytest.approx(7 / 3)
    assert found.se[0] == pytest.approx(np.sqrt(total))
    riv = 4 / 3 * between / within
    assert found.df[0] == pytest.approx(2 * (1 + 1 / riv) ** 2)
    assert found.fmi[0] == pytest.approx((riv + 2 / (found.df[0] + 3)) / (1 + riv))
    # Barnard & Rubin (1999), eq. 3.
    share = 4 / 3 * between / total
    seen = (20 + 1) / (20 + 3) * 20 * (1 - share)
    assert combine(values, errors, 20).df[0] == pytest.approx(1 / (1 / found.df[0] + 1 / seen))


def test_without_gaps_the_pool_is_the_fit() -> None:
    fit = rt.sem(MODEL, sample())
    with pytest.warns(rt.RantauWarning, match="no answer is missing"):
        fits = rt.impute(sample(), m=3).fits(rt.sem, MODEL)
    pooled = rt.pool(fits)
    table, one = pooled.table(), fit.estimates()
    for name in ("est", "se", "p", "ci_low", "ci_high"):
        assert table[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=1e-6, abs=1e-9, nan_ok=True)
    assert (table.fmi == 0).all()
    index = fit.fit_indices()
    for test in ("D2", "D3", "D4", "D4_robust"):
        found = pooled.chi_square(test=test)
        assert found.chisq == pytest.approx(index["chisq"], rel=1e-5)
        assert found.pvalue == pytest.approx(index["pvalue"], rel=1e-4)
        assert pooled.fit_indices(test=test)["cfi"] == pytest.approx(index["cfi"], abs=1e-6)
        assert pooled.fit_indices(test=test)["rmsea_ci_upper"] == pytest.approx(index["rmsea_ci_upper"], rel=1e-4)
        assert pooled.fit_indices(test=test)["srmr"] == pytest.approx(index["srmr"], rel=1e-5)
    assert pooled.trustworthy == fit.trustworthy


def test_the_pool_comes_to_what_full_information_likelihood_says() -> None:
    data = holed()
    table = rt.pool(rt.impute(data, m=60, seed=2, method="normal").fits(rt.sem, MODEL)).table()
    fiml = rt.sem(MODEL, data, missing="fiml").estimates().set_index(["lhs", "op", "rhs"])
    for _, row in table.iterrows():
        other = fiml.loc[(row.lhs, row.op, row.rhs)]
        if row.se > 0:
            assert abs(row.est - other.est) < 0.25 * other.se
            assert row.se == pytest.approx(other.se, rel=0.2)


def test_the_table_names_every_row_of_the_fit(pooled: rt.Pooled) -> None:
    one = pooled.fits[0].estimates()
    table = pooled.table()
    assert table[["lhs", "op", "rhs"]].equals(one[["lhs", "op", "rhs"]])
    assert pooled.tables == ("estimates", "effects", "standardized", "effects_standardized")
    standard = pooled.table(of="standardized")
    assert standard.query("op == '=~'").est.between(0, 1).all()
    assert pooled.m == 6
    assert "D4" in str(pooled)
    assert "6 fits" in repr(pooled)


def test_a_finite_complete_df_makes_intervals_wider(imputed: rt.Imputations, pooled: rt.Pooled) -> None:
    strict = rt.pool(pooled.fits, complete_df=30).table()
    plain = pooled.table()
    free = plain.se > 0
    assert (strict.df[free] < 30).all()
    assert (strict.ci_high - strict.ci_low)[free].gt((plain.ci_high - plain.ci_low)[free]).all()


def test_chi_squares_agree_with_each_other(pooled: rt.Pooled) -> None:
    every = {test: pooled.chi_square(test=test) for test in ("D2", "D3", "D4", "D4_robust")}
    assert all(one.df == 8 for one in every.values())
    assert every["D3"].chisq == pytest.approx(every["D4"].chisq, rel=0.05)
    assert pooled.chi_square() == every["D4"]
    assert every["D4_robust"].riv > 0


def test_compare_tests_restrictions(imputed: rt.Imputations, pooled: rt.Pooled) -> None:
    none = rt.pool(imputed.fits(rt.sem, MODEL.replace("G ~ F", "G ~ 0*F")))
    for test in ("D2", "D3", "D4", "D4_robust"):
        found = pooled.compare(none, test=test)
        assert found.df == 1
        assert found.pvalue < 0.001
        assert found == none.compare(pooled, test=test)
    with pytest.raises(rt.RantauError, match="as many degrees of freedom"):
        pooled.compare(rt.pool(imputed.fits(rt.sem, MODEL)))
    others = rt.pool(rt.impute(holed(), m=6, seed=5, method="normal").fits(rt.sem, MODEL + "\na ~~ b"))
    with pytest.raises(rt.RantauError, match="not fitted to the same completed data sets"):
        pooled.compare(others)


def test_least_squares_have_d2(imputed: rt.Imputations) -> None:
    fits = rt.pool(imputed.fits(rt.sem, MODEL, estimator="GLS"))
    assert fits.chi_square().name == "D2"
    assert fits.fit_indices()["df"] == 8
    with pytest.raises(rt.RantauError, match=r"estimator='GLS' maximises no likelihood.*D2"):
        fits.chi_square(test="D3")


def test_pls_is_pooled_by_resamples(imputed: rt.Imputations) -> None:
    fits = imputed.fits(rt.pls, MODEL)
    pooled = rt.pool(fits, draws=60, seed=3)
    table = pooled.table().set_index(["lhs", "op", "rhs"])
    path = table.loc[("G", "~", "F")]
    assert path.est == pytest.approx(np.mean([fit.values()[0] for fit in fits]))
    assert 0.02 < path.se < 0.12
    assert path.fmi > 0
    assert pooled == rt.pool(fits, draws=60, seed=3)
    assert pooled.table(of="htmt").est.between(0, 1).all()
    with pytest.raises(rt.RantauError, match="PlsFit has no chi-square"):
        pooled.chi_square()


@pytest.mark.parametrize(
    "model", ["X =~ a + b\nY =~ c + d\nY ~ X", "X =~ a + b\nY =~ c + d\nc2 =~ c3\nY ~ X + c2 + X:c2"]
)
def test_constructs_of_pls_point_one_way_in_all_data_sets(model: str) -> None:
    """Of an item and its mirror image each completed data set makes a construct that points by chance."""
    rng = np.random.default_rng(4)
    factor = rng.normal(size=80)
    other = 0.6 * factor + 0.8 * rng.normal(size=80)
    signs = zip("abcd", (1, -1, 1, 1), (factor, factor, other, other), strict=True)
    data = pd.DataFrame({name: sign * source + 0.6 * rng.normal(size=80) for name, sign, source in signs})
    data = data.mask(rng.random(data.shape) < 0.15).assign(c3=rng.normal(size=80))
    fits = rt.impute(data, m=10, method="normal").fits(rt.pls, model)
    each = np.array([fit.paths().est[0] for fit in fits])
    assert each.min() < -0.4 and each.max() > 0.4
    pooled = rt.pool(fits, draws=20)
    table = pooled.table().set_index(["lhs", "op", "rhs"])
    assert abs(table.est[("Y", "~", "X")]) == pytest.approx(np.abs(each).mean())
    assert table.fmi[("Y", "~", "X")] < 0.5
    assert [fit.values()[0] for fit in pooled.fits] == pytest.approx(np.sign(each[0]) * np.abs(each))


def test_resamples_that_failed_are_told(imputed: rt.Imputations) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = [rt.pls(MODEL, frame.head(30), consistent=True) for frame in imputed.frames()][:2]
    pooled = rt.pool(fits, draws=20)
    assert sum(count for _, count in pooled.failed) == sum(draws.n_failed for draws in pooled.resamples) > 0
    assert f"{pooled.failed[0][1]} resamples failed: {pooled.failed[0][0]}" in str(pooled)


def test_bootstrap_errors_of_a_covariance_fit_are_near_its_own(pooled: rt.Pooled) -> None:
    drawn = rt.pool(pooled.fits[:3], draws=200).table()
    own = rt.pool(pooled.fits[:3]).table()
    free = own.se > 0
    assert (drawn.se[free] / own.se[free]).between(0.7, 1.4).all()


def test_statistics_that_are_alike_lose_nothing() -> None:
    same = np.full(5, 20.0)
    for test in ("D2", "D3", "D4"):
        found = pool_ratios(Ratios(8, same, same, 20.0, 0.0, 20), test)
        assert found.chisq == pytest.approx(20)
        assert found.riv == 0
        assert math.isinf(found.df2)
    assert pool_statistics(np.array([10.0, 30.0, 20.0]), 8).chisq < 20


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda fits, data: [fits[0]], "two fits or more"),
        (lambda fits, data: [fits[0], "fit"], "got a str"),
        (
            lambda fits, data: [fits[0], rt.sem("G ~ 1*a\nF =~ a + b + c".replace("G ~ 1*a\n", ""), data)],
            "another model",
        ),
        (lambda fits, data: [fits[0], rt.sem(MODEL, data.iloc[:100])], "of 100 rows and the first of 250"),
        (lambda fits, data: rt.impute(holed(), m=2), "pool\\(\\) takes fits; fit the model first"),
    ],
)
def test_what_cannot_be_pooled_is_said(pooled: rt.Pooled, make: object, match: str) -> None:
    with pytest.raises(rt.RantauError, match=match):
        rt.pool(make(pooled.fits, sample()))  # type: ignore[operator]


def test_fits_that_did_not_converge_are_left_out_and_told(pooled: rt.Pooled) -> None:
    broken = pooled.fits[1].replace(converged=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = rt.pool([pooled.fits[0], broken, pooled.fits[2]])
    assert found.dropped == ("imputation 2: it did not converge",)
    assert found.m == 2
    assert "left out: imputation 2" in str(found)
    assert not found.trustworthy
    with pytest.raises(rt.RantauError, match="1 of 2 fits converged"):
        rt.pool([pooled.fits[0], broken])


@pytest.mark.parametrize(
    ("options", "match"),
    [({"complete_df": 0}, "above 0"), ({"draws": 10, "seed": -1}, "seed must be")],
)
def test_options_of_pool(pooled: rt.Pooled, options: dict[str, object], match: str) -> None:
    with pytest.raises(rt.RantauError, match=match):
        rt.pool(pooled.fits, **options)  # type: ignore[arg-type]
    with pytest.raises(rt.RantauError, match="unknown test 'D5'"):
        pooled.chi_square(test="D5")
    with pytest.raises(rt.RantauError, match="unknown of"):
        pooled.table(of="htmt")
