"""Monte Carlo intervals against the distribution that they sample."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.fit import Quantity
from rantau.inference import monte_carlo
from rantau.inference.monte_carlo import _root
from rantau.record import Record


class Product(Record):
    """Two parameters and their product; a fit index that does not follow from parameters comes last."""

    theta: Array
    covariance: Array
    converged: bool = True
    quantities: tuple[Quantity, ...] = (
        Quantity("m", "~", "x"),
        Quantity("y", "~", "m"),
        Quantity("ab", ":=", "a*b"),
        Quantity("cfi", "", "", of="fit_indices"),
    )

    def values(self) -> Array:
        return np.append(self.values_near(self.theta[None])[0], 0.9)

    def values_near(self, theta: Array) -> Array:
        a, b = theta.T
        return np.stack([a, b, a * b], axis=1)


def product(a=0.4, b=0.3, se_a=0.1, se_b=0.15, correlation=0.0) -> Product:
    both = correlation * se_a * se_b
    return Product(np.array([a, b]), np.array([[se_a**2, both], [both, se_b**2]]))


def test_limits_are_quantiles_of_the_distribution_of_the_product() -> None:
    def below(limit: float) -> float:
        """P(a b < limit) for independent normal a and b, integrated over a; a is above zero but for 5e-5."""

        def density(z: float) -> float:
            return np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * ndtr((limit / (0.4 + 0.1 * z) - 0.3) / 0.15)

        return quad(density, -3.9, 8)[0]

    draws = monte_carlo(product(), draws=100_000, seed=1)
    row = draws.table(level=0.95).iloc[2]
    assert (row.lhs, row.est) == ("ab", 0.4 * 0.3)
    # The error of simulation: sqrt(.025 * .975 / 100000) = 0.0005.
    assert below(row.ci_low) == pytest.approx(0.025, abs=0.0015)
    assert below(row.ci_high) == pytest.approx(0.975, abs=0.0015)
    assert row.se == pytest.approx(np.sqrt(0.4**2 * 0.15**2 + 0.3**2 * 0.1**2 + 0.1**2 * 0.15**2), rel=0.01)
    # Skewed, and so unlike the interval of the normal distribution.
    assert row.ci_high - row.est > row.est - row.ci_low
    a = draws.table().iloc[0]
    assert [a.ci_low, a.ci_high] == pytest.approx(0.4 + 0.1 * ndtri([0.025, 0.975]), abs=0.003)


def test_parameters_vary_together() -> None:
    draws = monte_carlo(product(correlation=-0.6), draws=50_000)
    assert np.corrcoef(draws.values[:, :2].T)[0, 1] == pytest.approx(-0.6, abs=0.01)


def test_what_parameters_do_not_determine_is_left_out() -> None:
    draws = monte_carlo(product(), draws=1500)
    assert [one.lhs for one in draws.quantities] == ["m", "y", "ab"]
    assert draws.values.shape == (1500, 3)
    assert (draws.n_failed, draws.seed) == (0, 1)
    assert str(draws).startswith("1500 Monte Carlo draws, seed 1")


def test_the_seed_repeats_the_draws_and_fewer_are_the_first_of_more() -> None:
    one, more = monte_carlo(product(), draws=100, seed=3), monte_carlo(product(), draws=2500, seed=3)
    np.testing.assert_allclose(one.values, more.values[:100], atol=1e-12)
    assert one == monte_carlo(product(), draws=100, seed=3)
    assert one != monte_carlo(product(), draws=100, seed=4)


def test_parameters_held_equal_are_equal_in_every_draw() -> None:
    values = monte_carlo(product(0.4, 0.4, 0.1, 0.1, 1.0), draws=200).values
    np.testing.assert_allclose(values[:, 0], values[:, 1], atol=1e-12)
    assert values[:, 0].std() == pytest.approx(0.1, rel=0.2)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_the_root_of_a_covariance_matrix(rank: int) -> None:
    factor = np.random.default_rng(rank).normal(size=(4, rank)) * np.array([[1e-4], [1], [1], [1e3]])
    covariance = factor @ factor.T
    scale = np.sqrt(np.diag(covariance))
    again = _root(covariance)
    np.testing.assert_allclose(
        again @ again.T / np.outer(scale, scale), covariance / np.outer(scale, scale), atol=1e-12
    )
    assert np.count_nonzero(again.any(axis=0)) == rank


def test_what_no_parameter_moves_has_no_error_but_rounding() -> None:
    class Fixed(Product):
        def values_near(self, theta: Array) -> Array:
            return np.column_stack([theta[:, 0], theta[:, 1] / theta[:, 1] / 3, theta[:, 0] * 0])

    table = monte_carlo(Fixed(product().theta, product().covariance), draws=500).table()
    assert (table.se > 0).tolist() == [True, False, False]
    assert table.ci_low.tolist()[1:] == table.ci_high.tolist()[1:]
    assert table.p.isna().tolist() == [False, True, True]


def test_only_percentile_intervals() -> None:
    draws = monte_carlo(product(), draws=50)
    for interval in ("bca", "basic", "student"):
        with pytest.raises(OptionError, match=rf"interval='{interval}' needs resampled rows"):
            draws.table(interval=interval)


def test_refusals() -> None:
    with pytest.raises(EstimationError, match="did not converge"):
        monte_carlo(product().replace(converged=False))
    with pytest.raises(EstimationError, match="its information is singular"):
        monte_carlo(product(se_a=np.nan))
    with pytest.raises(EstimationError, match="not positive definite"):
        monte_carlo(product(correlation=1.5))
    with pytest.raises(EstimationError, match="not positive definite"):
        monte_carlo(product().replace(covariance=np.diag([0.1, -0.1])))
    with pytest.raises(OptionError, match="draws must be a whole number of at least 2, got 1"):
        monte_carlo(product(), draws=1)
    with pytest.raises(OptionError, match="seed must be a whole number of at least 0, got -2"):
        monte_carlo(product(), seed=-2)
