"""Resampling and simulating a covariance-based fit: what its own refits and tables must agree with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.inference import bollen_stine, monte_carlo

MEDIATION = "M ~ a*X\nY ~ b*M + c*X\nab := a*b"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


@pytest.fixture(scope="module")
def mediation() -> pd.DataFrame:
    return pd.read_csv("tests/data/mediation.csv")


@pytest.fixture(scope="module")
def hs() -> pd.DataFrame:
    return pd.read_csv("tests/data/hs.csv")


def test_draws_hold_estimates_standardised_estimates_and_fit_indices(hs: pd.DataFrame) -> None:
    fit = rt.cfa(HS, hs)
    rows = np.random.default_rng(1).integers(0, len(hs), size=(3, len(hs)))
    draws = rt.bootstrap(fit, rows=rows)
    again = rt.cfa(HS, hs.iloc[rows[1]])
    found = draws.replace(values=draws.values[[1, 1]], reasons=("", ""), notes=())
    np.testing.assert_allclose(found.table()["mean"], again.estimates().est, atol=1e-6)
    standardised = found.table(of="standardized")
    np.testing.assert_allclose(standardised["mean"], again.standardized().est_std, atol=1e-6)
    indices = found.table(of="fit_indices").set_index("lhs")["mean"]
    np.testing.assert_allclose(indices, again.fit_indices()[indices.index], rtol=1e-5, atol=1e-6)


def test_errors_of_draws_are_those_of_fits_of_the_rows(mediation: pd.DataFrame) -> None:
    rows = np.random.default_rng(2).integers(0, len(mediation), size=(4, len(mediation)))
    fit = rt.sem(MEDIATION, mediation)
    draws = rt.bootstrap(fit, rows=rows, errors=True)
    for draw in (0, 3):
        again = rt.sem(MEDIATION, mediation.iloc[rows[draw]])
        np.testing.assert_allclose(draws.errors[draw], again.errors(), rtol=1e-5, atol=1e-7)


def test_intervals_of_an_indirect_effect(mediation: pd.DataFrame) -> None:
    fit = rt.sem(MEDIATION, mediation)
    draws = rt.bootstrap(fit, draws=1000, errors=True)
    simulated = monte_carlo(fit, draws=50_000)
    of_theory = fit.estimates().query("lhs == 'ab'").iloc[0]
    tables = [draws.table(interval=name) for name in ("percentile", "bca", "basic", "student")]
    for table in (*tables, simulated.table()):
        row = table.query("lhs == 'ab'").iloc[0]
        assert row.est == pytest.approx(of_theory.est, abs=1e-9)
        assert row.ci_low == pytest.approx(of_theory.ci_low, abs=0.05)
        assert row.ci_high == pytest.approx(of_theory.ci_high, abs=0.05)
    row = simulated.table().query("lhs == 'ab'").iloc[0]
    assert row.ci_high - row.est > row.est - row.ci_low > 0
    assert simulated.table().query("lhs == 'M'").se.iloc[0] == pytest.approx(fit.estimates().se[0], rel=0.02)
    standardised = simulated.table(of="standardized").set_index(["lhs", "op", "rhs"]).se
    theory = fit.standardized().set_index(["lhs", "op", "rhs"]).se
    for name in (("M", "~", "X"), ("Y", "~", "M"), ("Y", "~", "X")):
        assert standardised[name] == pytest.approx(theory[name], rel=0.1)


def test_rows_are_drawn_within_groups(hs: pd.DataFrame) -> None:
    fit = rt.cfa("visual =~ x1 + x2 + x3", hs, group="school")
    draws = rt.bootstrap(fit, draws=100)
    table = draws.table()
    assert sorted(set(table.group)) == [1, 2]
    assert table.est.tolist() == fit.estimates().est.tolist()
    np.testing.assert_array_equal(np.bincount(fit.strata), hs.school.value_counts(sort=False))
    assert np.isfinite(draws.table(interval="bca").ci_low).all()


def test_bollen_stine_rejects_what_is_wrong_and_keeps_what_is_right(hs: pd.DataFrame) -> None:
    found = bollen_stine(rt.cfa(HS, hs), draws=200)
    assert found.chisq == pytest.approx(85.306, abs=1e-3)
    assert found.p <= 0.01
    # Normal answers of one factor: the resampled test agrees with the one of theory.
    draw = np.random.default_rng(3).normal(size=(500, 6))
    data = pd.DataFrame(draw[:, :5] + draw[:, 5:], columns=list("abcde"))
    fit = rt.cfa("F =~ a + b + c + d + e", data)
    assert bollen_stine(fit, draws=1000).p == pytest.approx(fit.fit_indices()["pvalue"], abs=0.08)


def test_units_that_spoil_the_roots_are_refused(hs: pd.DataFrame) -> None:
    """Rows whose covariances were off the model's by .08 were resampled as if they were its population."""
    far = hs.assign(**{f"x{k}": hs[f"x{k}"] * 10.0 ** (-4 if k % 2 else 4) for k in range(1, 10)})
    with pytest.raises(EstimationError, match=r"variances of 'x[13579]' and 'x[2468]' lie too far .* divide 'x[2468]'"):
        bollen_stine(rt.cfa(HS, far), draws=10)
    near = rt.cfa(HS, hs.assign(x1=hs["x1"] * 1e7)).transformed()
    covariance, unit = np.cov(near.rows.values.T, bias=True), near.rows.values.std(axis=0)
    assert np.abs((covariance - near.implied()[0]) / np.outer(unit, unit)).max(axis=None) < 1e-9


def test_the_population_of_bollen_stine_is_the_model(hs: pd.DataFrame) -> None:
    fit = rt.cfa(HS, hs).transformed()
    once = fit.refit(np.ones((1, len(hs))))
    at = next(k for k, one in enumerate(fit.quantities) if one.lhs == "chisq")
    assert once.values[0, at] == pytest.approx(0, abs=1e-8)


def test_no_test_where_the_model_has_no_degrees_of_freedom(mediation: pd.DataFrame) -> None:
    with pytest.raises(EstimationError, match="fits its sample exactly"):
        bollen_stine(rt.sem(MEDIATION, mediation))


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
@pytest.mark.parametrize("likelihood", ["normal", "wishart"])
@pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS", "WLS"])
def test_the_rows_taken_once_are_the_sample(estimator: str, likelihood: str, hs: pd.DataFrame) -> None:
    text = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; visual + textual ~ ageyr"
    options = {"estimator": estimator, "likelihood": likelihood, "fixed_x": True}
    for group in (None, "school"):
        fit = rt.sem(text, hs, group=group, **options)
        (again,) = fit.refit(np.ones((1, fit.n_obs))).values
        assert again == pytest.approx(fit.values(), abs=1e-9, nan_ok=True)


def test_errors_of_resamples_are_not_those_of_other_information(mediation: pd.DataFrame) -> None:
    fit = rt.sem(MEDIATION, mediation, information="first_order")
    with pytest.raises(OptionError, match="this fit has information='first_order'"):
        fit.refit(np.ones((1, fit.n_obs)), errors=True)
