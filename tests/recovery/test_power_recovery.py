"""Is power by simulation that of theory, and that of samples of rows? Simulation, run by `make verify`."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, nct, norm

import rantau as rt

pytestmark = pytest.mark.slow


def of_theory(n: int, slope: float, residual: float) -> float:
    """Return the power of z for a slope: noncentral t given the predictor, whose sum of squares is chi-square.

    z² is t² n / (n - 2), as maximum likelihood divides what is left by n.
    """
    critical = norm.ppf(0.975) * np.sqrt((n - 2) / n)

    def given(squares: float) -> float:
        shift = slope * np.sqrt(squares / residual)
        beyond = nct.sf(critical, n - 2, shift) + nct.cdf(-critical, n - 2, shift)
        return float(chi2.pdf(squares, n - 1) * beyond)

    return float(quad(given, 0, 6 * n, points=[n], limit=200)[0])


def test_power_of_a_slope_is_that_of_the_noncentral_t():
    sizes = (20, 30, 60, 120)
    found = rt.power("y ~ 0.3*x; x ~~ 1*x; y ~~ 0.91*y", n=sizes, replications=40_000, seed=11)
    table = found.table().query("op == '~'")
    for n, share, error in zip(sizes, table.power, table.power_error, strict=True):
        assert share == pytest.approx(of_theory(n, 0.3, 0.91), abs=3.5 * error)


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_power_is_that_of_samples_of_rows():
    text = (
        "F =~ 0.8*a + 0.7*b + 0.75*c\nG =~ 0.7*d + 0.8*e + 0.65*f\nF ~~ 1*F\nG ~ 0.3*F\nG ~~ 0.91*G\na ~~ 0.36*a\n"
        "b ~~ 0.51*b\nc ~~ 0.4375*c\nd ~~ 0.51*d\ne ~~ 0.36*e\nf ~~ 0.5775*f"
    )
    row = rt.power(text, n=100, replications=4000, seed=1).table().query("op == '~'").iloc[0]
    rows = []
    for seed in range(600):
        data = rt.simulate(text, n=100, seed=seed)
        estimates = rt.sem("F =~ 0.8*a + b + c\nG =~ 0.7*d + e + f\nG ~ F", data).estimates()
        rows.append(estimates.query("op == '~'")[["est", "se"]].iloc[0])
    est, se = np.array(rows).T
    share = (abs(est / se) > norm.ppf(0.975)).mean()
    assert share == pytest.approx(row.power, abs=3.5 * np.sqrt(share * (1 - share) / 600))
    assert est.mean() == pytest.approx(row["mean"], abs=3.5 * row.sd / np.sqrt(600))
    assert se.mean() == pytest.approx(row.se, rel=0.03)
    assert est.std(ddof=1) == pytest.approx(row.sd, rel=0.12)
