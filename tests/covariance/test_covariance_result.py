"""The tables read off a fit of the covariance engine."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import discrepancies, fit_indices, sem
from rantau.covariance.fit_indices.rmsea import survival

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ b*visual\ntwice := 2*b"


@pytest.fixture(scope="module")
def fit():
    return sem(HS, pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv"))


def test_columns_and_quantities(fit):
    frame = fit.estimates()
    assert list(frame.columns) == [
        "lhs", "op", "rhs", "label", "est", "se", "z", "p", "ci_low", "ci_high", "std_lv", "std_all",
    ]  # fmt: skip
    assert [(one.lhs, one.op, one.rhs) for one in fit.quantities] == list(
        frame[["lhs", "op", "rhs"]].itertuples(index=False, name=None)
    )
    assert np.array_equal(frame["est"], fit.values())
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
    sample, (implied, mean) = fit.moments.covariance, fit.implied()
    deviation = np.sqrt(np.diag(sample))
    squares = ((sample - implied.to_numpy()) / np.outer(deviation, deviation))[np.tril_indices(9)] ** 2
    assert fit.fit_indices()["srmr"] == pytest.approx(np.sqrt(squares.mean()), rel=1e-12)
    assert mean.to_numpy() == pytest.approx(fit.moments.mean)


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


@pytest.mark.parametrize("room", [discrepancies, fit_indices], ids=lambda room: room.__name__.rpartition(".")[2])
def test_every_file_of_a_room_has_its_row(room):
    files = {file.stem for file in Path(room.__file__).parent.glob("*.py")} - {"__init__"}
    modules = {row.function.__module__.rpartition(".")[2] for row in room.ROWS}
    assert files == modules
    assert all(row.name and row.source for row in room.ROWS)
