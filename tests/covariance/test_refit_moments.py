"""A fit again on the moments of other samples: each of a stack is what a fit of its own gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import OptionError

MODEL = "F =~ a + b + c\nG =~ d + e + f\nG ~ p*F\ntwice := 2*p"
NAMES = list("abcdef")


def sample(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    loadings = np.array([[0.8, 0.7, 0.6, 0, 0, 0], [0, 0, 0, 0.8, 0.7, 0.6]])
    factors = random.normal(size=(200, 2)) @ np.array([[1, 0.3], [0, 0.95]])
    return pd.DataFrame(factors @ loadings + 0.7 * random.normal(size=(200, 6)), columns=NAMES)


@pytest.mark.parametrize("options", [{}, {"estimator": "GLS"}, {"likelihood": "wishart"}, {"meanstructure": True}])
def test_each_of_a_stack_is_what_a_fit_of_its_own_gives(options: dict[str, object]) -> None:
    fit = rt.sem(MODEL, sample(1), **options)
    others = [rt.sem(MODEL, sample(seed), **options) for seed in (2, 3)]
    stack = fit.moments.replace(
        n=np.stack([one.moments.n for one in others]),
        covariance=np.stack([one.moments.covariance for one in others]),
        mean=np.stack([one.moments.mean for one in others]),
    )
    again = fit.refit_moments(stack, errors=True)
    assert again.errors is not None
    for place, one in enumerate(others):
        np.testing.assert_allclose(again.values[place], one.values(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(again.errors[place], one.errors(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.001])
def test_standard_errors_where_a_marker_hardly_loads(share: float) -> None:
    """A pseudo-inverse of the information in units so unlike takes what is small for nought: errors of a hundredth."""
    loadings = np.array([[0.4, 0.39, 0.22, 0, 0, 0], [0, 0, 0, 0.4 * share, 0.8, 0.5]])
    covariance = loadings.T @ [[1, 0.3], [0.3, 1]] @ loadings + np.diag([0.38, 0.54, 0.64, 0.45, 0.31, 0.48])
    fit = rt.sem(MODEL, rt.moments(covariance, 60, names=NAMES, divisor="n"))
    own = fit.moments
    again = fit.refit_moments(
        own.replace(n=own.n[None], covariance=own.covariance[None], mean=own.mean[None]), errors=True
    )
    assert fit.converged and again.reasons == ("",) and again.errors is not None
    known = np.isfinite(fit.errors())
    np.testing.assert_allclose(again.errors[0, known], fit.errors()[known], rtol=1e-5, atol=1e-9)


def test_moments_that_need_rows_are_refused() -> None:
    data = sample(1)
    fit = rt.sem("F =~ a + b + c", data, estimator="WLS")
    with pytest.raises(OptionError, match="what only the rows tell"):
        fit.refit_moments(fit.moments)
    gaps = data.mask(np.random.default_rng(1).random(data.shape) < 0.1)
    fit = rt.sem("F =~ a + b + c", gaps, missing="fiml")
    with pytest.raises(OptionError, match="what only the rows tell"):
        fit.refit_moments(fit.moments)
