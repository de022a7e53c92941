"""A search that begins near a resample's minimum ends where one from the sample's minimum does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.layout import members
from rantau.covariance.minimise import minimise
from rantau.covariance.nearby import minimise_near
from rantau.covariance.setting import fixed_places, setting_of
from rantau.covariance.start import in_standard_units, layout_for
from rantau.moments.grouped import grouped_moments

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
CASES = {
    "covariates": ("visual =~ x1 + x2 + x3\nvisual ~ ageyr\nx4 ~ visual + ageyr", "hs", {}),
    "means": ("x4 ~ x1 + x2\nx5 ~ x4 + x1", "hs", {"meanstructure": True}),
    "uls": (HS, "hs", {"estimator": "ULS"}),
    "groups": (HS, "hs", {"group": "school", "group_equal": ("loadings", "intercepts")}),
    "gaps": (HS, "hs_gaps", {"missing": "fiml"}),
    "gaps and covariates": ("x4 ~ x1\nx5 ~ x4 + x1", "hs_gaps", {"missing": "fiml"}),
}


@pytest.fixture(name="drawn")
def fixture_drawn(request: pytest.FixtureRequest) -> tuple:
    """Return a fit with the layouts and moments of 40 resamples."""
    model, name, options = CASES[request.param]
    data = pd.read_csv(DATA / f"{name}.csv")
    fit = rt.sem(model, data if name == "hs_gaps" else data.dropna(), **options)
    generator = np.random.default_rng(5)
    members = [np.flatnonzero(fit.rows.membership == group) for group in range(fit.table.n_groups)]
    rows = [np.concatenate([generator.choice(one, one.size) for one in members]) for _ in range(40)]
    counts = np.stack([np.bincount(one, minlength=fit.rows.n_obs) for one in rows]).astype(float)
    missing = "fiml" if "missing" in options else "listwise"
    moments = grouped_moments(fit.rows, missing=missing, counts=counts)
    setting = setting_of(fit)
    layout, scale, scaled = in_standard_units(fit.table, layout_for(fit.table, moments), moments, setting.deviation)
    return fit, setting, layout, scaled, fit.theta * scale


@pytest.mark.parametrize("drawn", list(CASES), indirect=True)
def test_both_roads_end_at_one_minimum(drawn: tuple) -> None:
    fit, setting, layout, moments, theta = drawn
    plain = minimise(layout, fit.discrepancy, moments, np.broadcast_to(theta, (40, theta.size)))
    found = minimise_near(setting, fixed_places(fit.table), fit.discrepancy, layout, moments, theta)
    assert plain.converged.all()
    assert found.converged.all()
    np.testing.assert_allclose(found.value, plain.value, atol=1e-11)
    np.testing.assert_allclose(found.theta, plain.theta, atol=1e-6)


@pytest.mark.parametrize("drawn", list(CASES), indirect=True)
def test_a_member_goes_its_way_whoever_is_beside_it(drawn: tuple) -> None:
    fit, setting, layout, moments, theta = drawn
    found = minimise_near(setting, fixed_places(fit.table), fit.discrepancy, layout, moments, theta)
    few = np.array([3, 17])
    alone = minimise_near(
        setting, fixed_places(fit.table), fit.discrepancy, members(layout, few), moments.take(few), theta
    )
    np.testing.assert_array_equal(alone.iterations, found.iterations[few])
    np.testing.assert_allclose(alone.theta, found.theta[few], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("drawn", ["covariates", "means"], indirect=True)
def test_it_takes_fewer_steps(drawn: tuple) -> None:
    fit, setting, layout, moments, theta = drawn
    plain = minimise(layout, fit.discrepancy, moments, np.broadcast_to(theta, (40, theta.size)))
    found = minimise_near(setting, fixed_places(fit.table), fit.discrepancy, layout, moments, theta)
    assert found.iterations.sum() < 0.9 * plain.iterations.sum()


@pytest.mark.parametrize("drawn", ["groups"], indirect=True)
def test_a_guess_that_leads_nowhere_is_given_up(drawn: tuple) -> None:
    fit, _, layout, moments, theta = drawn
    start = np.broadcast_to(theta, (40, theta.size))
    plain = minimise(layout, fit.discrepancy, moments, start)
    nowhere = minimise(layout, fit.discrepancy, moments, start, guess=-start)
    # But for the last step, which is not looked at.
    np.testing.assert_allclose(nowhere.theta, plain.theta, rtol=1e-8, atol=1e-9)
    afar = minimise(layout, fit.discrepancy, moments, start, guess=3 * start)
    assert afar.converged.all()
    np.testing.assert_allclose(afar.value, plain.value, atol=1e-11)
