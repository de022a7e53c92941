"""Full-information likelihood: two roads to its second derivatives, its baseline, and how exact its estimates are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.arrays import Array
from rantau.covariance.discrepancies.fiml import in_one_product, pattern_by_pattern
from rantau.covariance.implied import covariance_slopes, gradient
from rantau.covariance.setting import evidence_of
from rantau.errors import AdmissibilityWarning

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("stack", [(), (3,)])
def test_one_product_and_pattern_by_pattern_agree(stack: tuple[int, ...]) -> None:
    generator = np.random.default_rng(7)

    def symmetric() -> Array:
        half = generator.normal(size=(*stack, 4, 5, 5))
        return half + np.swapaxes(half, -1, -2)

    left, right = generator.normal(size=(2, *stack, 5, 7))
    first, second, share = symmetric(), symmetric(), generator.random((*stack, 4))
    one = in_one_product(covariance_slopes(left, right), first, second, share)
    other = pattern_by_pattern(left, right, first, second, share)
    assert one == pytest.approx(other, abs=1e-11)


def gappy_rows(seed: int = 11, n: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factor, x = rng.normal(size=(2, n))
    rows = pd.DataFrame({f"y{k}": 0.7 * factor + 0.3 * x + rng.normal(size=n) for k in range(1, 5)}).assign(x=x)
    return rows.mask(rng.random(rows.shape) < 0.2)


@pytest.mark.parametrize("fixed_x", [True, False])
def test_the_baseline_known_without_a_search_is_the_model_in_which_nothing_covaries(fixed_x: bool) -> None:
    rows = gappy_rows()
    fit = rt.sem("f =~ y1 + y2 + y3 + y4\nf ~ x", rows, missing="ml", fixed_x=fixed_x)
    pairs = [f"y{a} ~~ 0*y{b}" for a in range(1, 5) for b in range(1, a)]
    alone = rt.sem("\n".join([*(f"y{k} ~ 0*x" for k in range(1, 5)), *pairs]), rows, missing="ml", fixed_x=fixed_x)
    found = fit.fit_indices()
    assert found["baseline_chisq"] == pytest.approx(alone.fit_indices()["chisq"], rel=1e-9)
    assert found["baseline_df"] == alone.fit_indices()["df"]


def test_estimates_are_as_exact_as_a_search_that_goes_on() -> None:
    """The last step is taken where it costs nothing: the slope at the estimates is rounding, not the tolerance."""
    for missing in ("ml", "listwise"):
        fit = rt.cfa("f =~ y1 + y2 + y3 + y4", gappy_rows(), missing=missing)
        at = evidence_of(fit)
        g = gradient(at.layout, at.slope, at.local.by_sigma, at.local.by_mu)
        assert np.abs(g / np.sqrt(np.diag(at.expected_information))).max() < 1e-11


def test_a_sketch_that_is_impossible_for_the_patterns_is_left():
    # By these rows the sketch of a Heywood case ends where the likelihood of the patterns is no number.
    data = pd.read_csv(DATA / "mobile.csv", usecols=["IMAG2", "IMAG3", "IMAG5"])
    group = np.random.default_rng(69).integers(0, 3, len(data))
    with pytest.warns(AdmissibilityWarning, match="below zero"):
        fit = rt.sem("Image =~ IMAG2 + IMAG3 + IMAG5", data.assign(g=[f"G{k}" for k in group]), group="g", missing="ml")
    assert fit.converged
    assert fit.fit_indices()["chisq"] == pytest.approx(0, abs=1e-8)
