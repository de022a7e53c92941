"""Exploratory blocks of ordered answers: standard errors by another road, resamples, groups, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.estimate import fit_moments
from rantau.covariance.implied import imply
from rantau.errors import OptionError

DATA = pd.read_csv(Path(__file__).parents[1] / "data" / "hs4.csv")
XS = [f"x{k}" for k in range(1, 10)]
TWO = 'efa("e")*f1 + efa("e")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6'
STEP = 1e-4
#: Less than nothing is left of x3 in one school, and of an item in some resamples.
HEYWOOD = "ignore:.*Heywood case:rantau.errors.AdmissibilityWarning"

#: Fewer items and categories, as each of their moments is moved.
FIVE, FEW = TWO.removesuffix(" + x6"), DATA.assign(**{item: DATA[item].clip(upper=3) for item in XS})
CASES = {
    "delta": (FIVE, "geomin", {"ordered": True}),
    "theta": (FIVE, "quartimin", {"ordered": True, "parameterization": "theta"}),
    "covariate": (FIVE + "\nf1 + f2 ~ ageyr", "oblimin", {"ordered": XS[:4]}),
}


@pytest.mark.parametrize("name", CASES)
def test_errors_are_those_of_the_delta_method(name):
    """Numerical derivatives of the turned estimates by the moments, and the covariance matrix of these."""
    model, rotation, options = CASES[name]
    base = rt.sem(model, FEW, rotation=rt.Rotation(rotation, starts=1), **options)
    implied, own = imply(base.layout, base.theta), base.moments

    def fitted(level, covariance):
        moved = own.replace(level=level, covariance=covariance)
        return fit_moments(base.request, base.table, base.sample, moved, base.statistics.df, base.n_read)

    moments = [(implied.level, implied.sigma)]
    for place in range(implied.level.shape[-1]):
        for sign in (1, -1):
            level = implied.level.copy()
            level[0, place] += sign * STEP
            moments.append((level, implied.sigma))
    for i, j in zip(*own.ordering.lower, strict=True):
        for sign in (1, -1):
            sigma = implied.sigma.copy()
            sigma[0, [i, j], [j, i]] += sign * STEP
            moments.append((implied.level, sigma))
    found = [fitted(*one).estimates() for one in moments]
    ends = np.array([one["est"].to_numpy() for one in found[1:]]).reshape(-1, 2, len(found[0]))
    slope = (ends[:, 0] - ends[:, 1]).T / (2 * STEP)
    errors = np.sqrt(np.einsum("ki,ij,kj->k", slope, own.spread[0], slope) / (base.n_obs - 1))
    free = found[0]["se"].to_numpy() > 0
    np.testing.assert_allclose(found[0]["se"][free], errors[free], rtol=2e-5, atol=2e-6)


def test_turned_loadings_are_the_same_under_both_parameterizations():
    delta, theta = (
        rt.efa(DATA, 2, items=XS[:6], ordered=True, rotation="oblimin", parameterization=way)
        for way in ("delta", "theta")
    )
    for of in ("est", "se"):
        np.testing.assert_allclose(delta.loadings(of), theta.loadings(of), atol=1e-6)
        np.testing.assert_allclose(delta.factor_correlations(of), theta.factor_correlations(of), atol=1e-6)
    np.testing.assert_allclose(delta.communalities(), theta.communalities(), atol=1e-6)
    assert "chi-square (scaled)" in str(delta)
    assert delta.eigenvalues().sum() == pytest.approx(6)


def test_a_block_of_one_factor_is_a_confirmatory_one():
    one = rt.efa(DATA, 1, items=XS[3:6], ordered=True).loadings()["f1"]
    again = rt.cfa("F =~ x4 + x5 + x6", DATA, ordered=True, std_lv=True).standardized()
    np.testing.assert_allclose(one, again.query("op == '=~'").est_std, atol=1e-7)


@pytest.mark.filterwarnings(HEYWOOD)
def test_resamples_stay_with_their_factors():
    fit = rt.efa(DATA, 2, items=XS[:6], ordered=True, rotation="quartimin").fit
    counts = np.random.default_rng(4).multinomial(301, np.full(301, 1 / 301), size=3)
    refits = fit.refit(counts)
    for values, count in zip(refits.values, counts, strict=True):
        rows = DATA.loc[np.repeat(np.arange(301), count)]
        again = rt.efa(rows, 2, items=XS[:6], ordered=True, rotation="quartimin").fit
        np.testing.assert_allclose(values, again.values(), atol=2e-5)


@pytest.mark.filterwarnings(HEYWOOD)
def test_equal_loadings_stay_equal_and_cost_nothing_by_turning():
    options = {"ordered": True, "group": "school", "group_equal": ("thresholds", "loadings")}
    fit = rt.sem(TWO, DATA, rotation="quartimin", **options)
    loadings = fit.estimates().query("op == '=~'")
    groups = [loadings.query("group == @k").est.to_numpy() for k in (1, 2)]
    np.testing.assert_array_equal(*groups)
    assert fit.fit_indices()["chisq"] == pytest.approx(
        rt.sem(TWO, DATA, rotation="varimax", **options).fit_indices()["chisq"], rel=1e-7
    )
    wider = rt.sem(TWO, DATA, rotation="quartimin", identification="wu_estabrook", **options)
    assert wider.fit_indices()["df"] == fit.fit_indices()["df"] - 4


def test_what_is_refused():
    with pytest.raises(OptionError, match="treats answers as continuous"):
        rt.efa(DATA, 2, items=XS, ordered=True, estimator="ML")
    with pytest.raises(OptionError, match="is of ordered answers; say which are"):
        rt.efa(DATA, 2, items=XS, parameterization="theta")
    with pytest.raises(OptionError, match="unknown variable in ordered 'x10'"):
        rt.efa(DATA, 2, items=XS, ordered="x10")
