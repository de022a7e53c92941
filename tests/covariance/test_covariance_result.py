"""The tables read off a fit of the covariance engine."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance import sem
from rantau.covariance.fit_indices.rmsea import survival

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ b*visual\ntwice := 2*b"


@pytest.fixture(scope="module")
def fit():
    return sem(HS, pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv"))


def test_columns_and_quantities(fit):
    frame = fit.estimates()
    assert list(frame.columns) == [
        "lhs", "op", "rhs", "group", "label", "est", "se", "z", "p", "ci_low", "ci_high", "std_lv", "std_all",
    ]  # fmt: skip
    assert (frame["group"] == 1).all()
    rows = list(frame[["lhs", "op", "rhs"]].itertuples(index=False, name=None))
    of = [one.of for one in fit.quantities]
    effects = [("speed", "~", "visual"), ("speed", "total", "visual")]
    tables = {"estimates": rows, "effects": effects, "standardized": rows, "effects_standardized": effects}
    assert of == [name for name, named in tables.items() for _ in named] + ["fit_indices"] * 5
    named = [(one.lhs, one.op, one.rhs) for one in fit.quantities[:-5]]
    assert named == [name for table in tables.values() for name in table]
    standardised, indices = fit.standardized(), fit.fit_indices()
    raw, turned = fit.effects(), fit.effects(standardized=True)
    five = indices[["chisq", "cfi", "tli", "rmsea", "srmr"]]
    shown = np.concatenate([frame["est"], raw["est"], standardised["est_std"], turned["est"], five])
    assert fit.values() == pytest.approx(shown, rel=1e-14)
    errors = np.concatenate([frame["se"], raw["se"], standardised["se"], turned["se"]])
    assert fit.errors()[:-5] == pytest.approx(errors, rel=1e-14)
    assert np.isnan(fit.errors()[-5:]).all()
    assert frame.iloc[-1][["lhs", "op", "rhs", "label"]].tolist() == ["twice", ":=", "2*b", "twice"]


def test_fixed_parameters_have_no_error(fit):
    marker = fit.estimates().iloc[0]
    assert (marker["est"], marker["se"]) == (1.0, 0.0)
    assert np.isnan(marker["z"])
    assert np.isnan(marker["p"])
    assert (marker["ci_low"], marker["ci_high"]) == (1.0, 1.0)


def test_intervals_widen_with_their_level(fit):
    narrow, wide = fit.estimates(level=0.5), fit.estimates(level=0.99)
    free = narrow["se"] > 0
    assert ((wide["ci_high"] - wide["ci_low"]) > (narrow["ci_high"] - narrow["ci_low"]))[free].all()
    reach = (wide["ci_high"] - wide["est"])[free] / wide["se"][free]
    assert reach.to_numpy() == pytest.approx(np.full(free.sum(), 2.5758293035489), rel=1e-10)


def test_standardised_latent_only_leaves_items_in_their_units(fit):
    frame = fit.standardized(kind="lv").set_index(["lhs", "op", "rhs"])["est_std"]
    raw = fit.estimates().set_index(["lhs", "op", "rhs"])["est"]
    assert frame["visual", "=~", "x2"] == pytest.approx(
        raw["visual", "=~", "x2"] * np.sqrt(raw["visual", "~~", "visual"])
    )
    assert frame["x1", "~~", "x1"] == pytest.approx(raw["x1", "~~", "x1"])
    assert frame["visual", "~~", "visual"] == pytest.approx(1)


def test_residuals_and_srmr_belong_together(fit):
    residuals = fit.residuals()
    assert np.allclose(np.diag(residuals), 0)
    assert np.allclose(residuals, residuals.T)
    sample, (implied, mean) = fit.moments.covariance[0], fit.implied()
    deviation = np.sqrt(np.diag(sample))
    squares = ((sample - implied.to_numpy()) / np.outer(deviation, deviation))[np.tril_indices(9)] ** 2
    assert fit.fit_indices()["srmr"] == pytest.approx(np.sqrt(squares.mean()), rel=1e-12)
    assert mean.to_numpy() == pytest.approx(fit.moments.mean[0])


def test_latent_correlations(fit):
    correlations = fit.latent_correlations()
    assert list(correlations.index) == ["visual", "textual", "speed"]
    assert np.allclose(np.diag(correlations), 1)
    standardised = fit.standardized().set_index(["lhs", "op", "rhs"])["est_std"]
    assert correlations.loc["visual", "textual"] == pytest.approx(standardised["visual", "~~", "textual"])
    assert correlations.loc["visual", "speed"] == pytest.approx(standardised["speed", "~", "visual"])


def test_summary_and_web_page_show_what_was_done(fit):
    first = fit.summary().splitlines()[0]
    assert first.startswith("ML on 301 rows (0 left out for missing answers), 20 free parameters, ")
    assert str(fit) == fit.summary()
    assert "<table" in fit._repr_html_()


def test_the_tail_of_close_fit_is_exact():
    from scipy.stats import chi2, ncx2

    assert survival(60.0, 24, 18.0) == pytest.approx(ncx2.sf(60.0, 24, 18.0), rel=1e-8)
    assert survival(60.0, 24, 0.0) == pytest.approx(chi2.sf(60.0, 24), rel=1e-12)
    # Where one less the distribution function has no digits left: between the central tails around it.
    assert chi2.sf(400.0, 24) < survival(400.0, 24, 18.0) < chi2.sf(400.0, 200)


@pytest.fixture(scope="module")
def groups():
    data = pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")
    return sem(HS, data, group="school", group_equal=("loadings", "intercepts"))


def test_groups_stand_one_after_the_other(groups):
    frame = groups.estimates()
    assert groups.groups == ("Pasteur", "Grant-White")
    rows = frame[frame["op"] != ":="]
    halves = [rows[rows["group"] == group][["lhs", "op", "rhs"]].to_numpy().tolist() for group in (1, 2)]
    assert halves[0] == halves[1]
    assert rows["group"].is_monotonic_increasing
    loadings = frame[frame["op"] == "=~"].set_index(["group", "lhs", "rhs"])["est"]
    assert loadings[1].tolist() == loadings[2].tolist()
    assert not np.allclose(*(frame[(frame["op"] == "~~") & (frame["group"] == g)]["est"] for g in (1, 2)))


def test_tables_of_groups_have_their_labels_in_front(groups):
    implied, mean = groups.implied()
    for table in (implied, mean, groups.r_squared(), groups.latent_correlations()):
        assert table.index.names[0] == "group"
        assert table.index.unique("group").tolist() == ["Pasteur", "Grant-White"]
    assert implied.loc["Pasteur"].shape == (9, 9)
    second = groups.estimates().query("group == 2").set_index(["lhs", "op", "rhs"])
    got = groups.latent_correlations().loc["Grant-White"].loc["visual", "textual"]
    assert got == pytest.approx(second.loc[("visual", "~~", "textual"), "std_all"])


def test_srmr_of_groups_is_that_of_each_by_its_rows(groups):
    each = []
    for place in range(2):
        label = groups.groups[place]
        sample, mean = groups.moments.covariance[place], groups.moments.mean[place]
        implied, centre = (part.loc[label].to_numpy() for part in groups.implied())
        deviation = np.sqrt(np.diag(sample))
        squares = ((sample - implied) / np.outer(deviation, deviation))[np.tril_indices(9)] ** 2
        squares = np.concatenate([squares, ((mean - centre) / deviation) ** 2])
        each.append(np.sqrt(squares.mean()))
    assert groups.fit_indices()["srmr"] == pytest.approx(groups.moments.n @ each / groups.n_obs, rel=1e-12)


def test_a_fit_without_errors_is_still_a_fit():
    data = pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")
    plain, bare = sem(HS, data), sem(HS, data, se="none")
    assert bare.problems == ()
    assert bare.trustworthy
    frame = bare.estimates()
    assert np.array_equal(frame["est"], plain.estimates()["est"])
    assert frame["z"].isna().all()
    assert bare.fit_indices().to_dict() == pytest.approx(plain.fit_indices().to_dict(), nan_ok=True)


def test_means_that_are_given_are_modelled_and_those_of_rows_are_not():
    # d <- read.csv("tests/data/hs.csv")[paste0("x", 1:6)]
    # fitMeasures(cfa(MODEL, sample.cov = cov(d), sample.mean = colMeans(d), sample.nobs = 301), c("aic", "srmr", ...))
    model, names = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6", [f"x{place}" for place in range(1, 7)]
    path = Path(__file__).parents[1] / "data" / "hs.csv"
    rows = pd.read_csv(path)[names]
    given = rt.moments(rows.cov(), len(rows), mean=rows.mean())
    indices = rt.cfa(model, given).fit_indices()
    assert indices[["npar", "df"]].tolist() == [19, 8]
    assert indices["aic"] == pytest.approx(5078.503442, abs=1e-5)
    assert indices["srmr"] == pytest.approx(0.04145749469, abs=1e-7)
    assert rt.cfa(model, given, meanstructure=False).table.n_free == 13
    assert rt.cfa(model, rt.read_moments(path, names)).table.n_free == rt.cfa(model, rows).table.n_free == 13
