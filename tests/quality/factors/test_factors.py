"""Whether items have factors in common, and how many; numbers against psych are in `tests/golden/exploratory`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError, ResponseError


def items(n_factors: int, n_obs: int = 300, each: int = 4) -> pd.DataFrame:
    draw = np.random.default_rng(7).normal(size=(n_obs, n_factors * (each + 1)))
    answers = np.repeat(draw[:, :n_factors], each, axis=1) + draw[:, n_factors:]
    return pd.DataFrame(answers, columns=[f"i{k}" for k in range(n_factors * each)])


@pytest.mark.parametrize("of", ["components", "factors"])
@pytest.mark.parametrize("against", ["normal", "permuted"])
@pytest.mark.parametrize("n_factors", [1, 3])
def test_the_factors_there_are(of, against, n_factors):
    found = rt.parallel_analysis(items(n_factors), of=of, against=against, draws=60)
    assert found.n_factors == n_factors
    assert found.frame()["retained"].sum() == n_factors


def test_the_same_seed_gives_the_same_numbers():
    one, same, other = (rt.parallel_analysis(items(2), draws=20, seed=seed) for seed in (3, 3, 4))
    assert one == same
    assert not np.array_equal(one.mean, other.mean)
    assert one.eigenvalues.sum() == pytest.approx(8)


def test_nothing_in_common():
    noise = pd.DataFrame(np.random.default_rng(2).normal(size=(400, 6)), columns=list("abcdef"))
    assert rt.factorability(noise).kmo < 0.6
    assert rt.factorability(noise).pvalue > 0.01
    assert rt.factorability(items(1)).verdict in ("middling", "meritorious")
    assert rt.factorability(items(1)).frame().index[-1] == "all"


def test_two_items_share_all_their_correlation():
    # With no third item there is nothing to hold constant: partial correlations are the correlations.
    assert rt.factorability(items(1)[["i0", "i1"]]).kmo == pytest.approx(0.5)


def test_what_cannot_be_measured_is_refused():
    data = items(1)
    with pytest.raises(EstimationError, match="depend on each other exactly: i0, i1, twice"):
        rt.factorability(data.assign(twice=data.i0 + data.i1))
    with pytest.raises(EstimationError, match="'same' has one answer only"):
        rt.parallel_analysis(data.assign(same=1.0))
    # Whose mean is not itself, in binary, so that its standard deviation is not 0.
    assert np.full(len(data) // 2, 0.1).std() > 0
    with pytest.raises(EstimationError, match="'same' has one answer only"):
        rt.factorability(data.head(len(data) // 2).assign(same=0.1))
    with pytest.raises(EstimationError, match="one item"):
        rt.factorability(data[["i0"]])
    with pytest.raises(EstimationError, match="3 complete rows of 4 items"):
        rt.factorability(data.head(3))
    with pytest.raises(ResponseError, match="i99"):
        rt.factorability(data, items=["i0", "i99"])
    with pytest.raises(OptionError, match="quantile is 95"):
        rt.parallel_analysis(data, quantile=95)
    with pytest.raises(OptionError, match="draws is 1"):
        rt.parallel_analysis(data, draws=1)
    with pytest.raises(OptionError, match="unknown of 'eigen'"):
        rt.parallel_analysis(data, of="eigen")
