"""The Bollen-Stine bootstrap: which draws it makes, and what it counts."""

from __future__ import annotations

import numpy as np
import pytest
from ratio_fit import QUANTITIES, RatioFit, ratio_fit

from rantau.errors import EstimationError, OptionError
from rantau.inference import bollen_stine


def fit(**options) -> RatioFit:
    return ratio_fit([1, 1, 1, 1], [-1, 0.5, 1, 2.5], moved=0.25, **options)


def test_p_is_the_share_of_draws_that_reach_the_chi_square_of_the_sample() -> None:
    x = np.array([-1, 0.5, 1, 2.5]) - 0.75 + 0.25
    rows = np.random.default_rng(1).integers(0, 4, size=(500, 4))
    found = bollen_stine(fit(), rows=rows)
    chisq = (x[rows].mean(axis=1) - 0.25) ** 2
    assert found.chisq == pytest.approx(0.25)
    np.testing.assert_allclose(found.values, chisq, atol=1e-12)
    assert found.p == np.mean(chisq >= 0.25 - 1e-12)
    assert (found.seed, found.n_failed, found.failed) == (-1, 0, ())


def test_the_seed_repeats_the_draws_and_progress_is_told() -> None:
    told = []
    one = bollen_stine(fit(), draws=200, seed=3, progress=lambda done, every: told.append((done, every)))
    assert told == [(200, 200)]
    assert one == bollen_stine(fit(), draws=200, seed=3)
    assert one != bollen_stine(fit(), draws=200, seed=4)
    assert len(one.values) == 200
    assert str(one).startswith(f"Bollen-Stine: chi-square 0.25, p = {one.p:.3f} by 200 draws, seed 3")


def test_p_that_no_draw_reaches_is_said_to_be_small() -> None:
    far = ratio_fit([1, 1, 1], [9.0, 10, 11])
    assert bollen_stine(far, draws=100).p == 0
    assert "p < 0.01 by 100 draws" in str(bollen_stine(far, draws=100))


def test_failed_draws_are_counted_and_left_out() -> None:
    class Failing(RatioFit):
        def transformed(self) -> RatioFit:
            return super().transformed().replace(sample=fit().rows, least=1.5, quantities=QUANTITIES)

    with pytest.raises(EstimationError, match=r"0 of 50 draws succeeded; no p can be given.*u is too small \(50\)"):
        bollen_stine(Failing(fit().sample, moved=0.25), draws=50)


def test_refusals() -> None:
    with pytest.raises(EstimationError, match="did not converge"):
        bollen_stine(fit(converged=False))
    with pytest.raises(EstimationError, match="fits its sample exactly"):
        bollen_stine(ratio_fit([1, 1], [-1, 1]))
    with pytest.raises(OptionError, match="the estimator of this one gives none"):
        bollen_stine(fit(quantities=QUANTITIES[:4]))
    with pytest.raises(OptionError, match="draws must be a whole number of at least 2, got 1"):
        bollen_stine(fit(), draws=1)
