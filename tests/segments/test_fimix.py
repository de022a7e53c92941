"""FIMIX-PLS: segments that were made are found, and the numbers are those of their formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.inference.required_rows import regression_rows
from rantau.segments.advice import advise
from rantau.segments.minimum import most_arrows

MODEL = """
Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Value ~ Image
Satisfaction ~ Image + Value
"""


def mobile():
    return rt.pls(MODEL, pd.read_csv("tests/data/mobile.csv"))


def made(n=600, seed=3):
    random = np.random.default_rng(seed)
    x, z = random.normal(size=(2, n))
    hidden = random.random(n) < 0.35
    m = np.where(hidden, -0.7, 0.7) * x + 0.4 * random.normal(size=n)
    y = np.where(hidden, 0.9, 0.1) * m + np.where(hidden, 0.0, 0.8) * z + 0.4 * random.normal(size=n)
    return pd.DataFrame({"x": x, "z": z, "m": m, "y": y}), hidden


def test_one_segment_is_the_fit_itself():
    fit = mobile()
    found = rt.fimix(fit, segments=2, starts=3)
    assert found.paths(1).segment_1.tolist() == pytest.approx(fit.paths().est.tolist(), abs=1e-9)
    scores = fit.scores()
    total = 0.0
    for outcome, predictors in (("Value", ["Image"]), ("Satisfaction", ["Image", "Value"])):
        x, y = scores[predictors].to_numpy(), scores[outcome].to_numpy()
        left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        total += norm.logpdf(left, scale=np.sqrt(np.mean(left**2))).sum()
    one = found.criteria().loc[1]
    assert one.ln_l == pytest.approx(total)
    assert one.parameters == 3 + 2
    assert np.isnan(one.en)


def test_segments_that_were_made_are_found():
    data, hidden = made()
    fit = rt.pls("m ~ x\ny ~ m + z", data)
    found = rt.fimix(fit, segments=4)
    assert {found.best(name) for name in ("bic", "caic", "aic3")} == {2}
    own = found.memberships(2).to_numpy() == "2"
    assert np.mean(own == hidden) > 0.9
    unit = data.std()
    paths = found.paths(2).set_index(["lhs", "rhs"])
    assert paths.segment_2["m", "x"] * unit.m / unit.x == pytest.approx(-0.7, abs=0.1)
    assert paths.segment_1["y", "z"] * unit.y / unit.z == pytest.approx(0.8, abs=0.1)
    assert found.sizes(2)["rows"].sum() == 600
    assert found.sizes(2).share[1] == pytest.approx(hidden.mean(), abs=0.05)
    assert found.criteria().found[2] >= 5
    compared = rt.compare_groups(fit, by=found.memberships(2), permutations=20, draws=0)
    assert compared.table().difference.abs().max() > 0.5


def test_criteria_are_those_of_their_formulas():
    found = rt.fimix(mobile(), segments=3, starts=5)
    three = found.criteria().loc[3]
    n, free, deviance = 250, 2 + 3 * 5, -2 * three.ln_l
    assert three.parameters == free
    expected = {
        "aic": deviance + 2 * free,
        "aic3": deviance + 3 * free,
        "aic4": deviance + 4 * free,
        "bic": deviance + np.log(n) * free,
        "caic": deviance + (np.log(n) + 1) * free,
        "hq": deviance + 2 * np.log(np.log(n)) * free,
        "mdl5": deviance + 5 * np.log(n) * free,
    }
    assert three[list(expected)].to_dict() == pytest.approx(expected)
    p = found.posteriors(3).to_numpy()
    assert p.sum(axis=1).tolist() == pytest.approx([1.0] * n)
    entropy = -(p * np.log(np.clip(p, 1e-300, 1))).sum()
    assert three.en == pytest.approx(1 - entropy / (n * np.log(3)))
    assert three.nfi == pytest.approx((3 * (p**2).sum() / n - 1) / 2)
    assert three.nec == pytest.approx(entropy / (three.ln_l - found.criteria().ln_l[1]))
    assert found.criteria().ln_l.is_monotonic_increasing


def test_the_likelihood_is_at_a_peak():
    """Posteriors are those of the parameters, and no small change of a path makes the likelihood larger."""
    fit = mobile()
    found = rt.fimix(fit, segments=2, starts=5)
    one, scores = found.solutions[1], fit.scores()
    at = {("Value", "Image"): 0, ("Satisfaction", "Image"): 1, ("Satisfaction", "Value"): 2}

    def loglik(paths):
        density = np.log(one.shares)[None, :].repeat(250, axis=0)
        for number, outcome in enumerate(("Value", "Satisfaction")):
            for k in range(2):
                fitted = sum(paths[k, place] * scores[x] for (y, x), place in at.items() if y == outcome)
                density[:, k] += norm.logpdf(scores[outcome], fitted, np.sqrt(one.residual[k, number]))
        return density, np.logaddexp(*density.T).sum()

    density, top = loglik(one.paths)
    assert top == pytest.approx(one.loglik, abs=1e-5)
    np.testing.assert_allclose(one.posteriors, np.exp(density - np.logaddexp(*density.T)[:, None]), atol=1e-4)
    for k in range(2):
        for place in range(3):
            for step in (-0.01, 0.01):
                moved = np.array(one.paths)
                moved[k, place] += step
                assert loglik(moved)[1] < top


def test_seeds_repeat_and_rows_with_gaps_have_no_segment():
    frame = pd.read_csv("tests/data/mobile.csv")
    frame.loc[3, "IMAG1"] = np.nan
    fit = rt.pls(MODEL, frame, missing="listwise")
    first, again = (rt.fimix(fit, segments=2, starts=3, seed=8) for _ in range(2))
    assert first == again
    assert first.memberships(2)[3] == ""
    assert first.posteriors(2).loc[3].isna().all()
    assert set(first.memberships(2)) == {"", "1", "2"}
    assert "3 starts each, seed 8" in str(first)


def test_refusals():
    with pytest.raises(OptionError, match="segments must be a whole number of at least 2"):
        rt.fimix(mobile(), segments=1)
    with pytest.raises(OptionError, match="do not fit into 250 rows"):
        rt.fimix(mobile(), segments=100)
    with pytest.raises(OptionError, match="no solution of 7 segments"):
        rt.fimix(mobile(), segments=2, starts=1).paths(7)
    with pytest.raises(OptionError, match="Did you mean 'caic'"):
        rt.fimix(mobile(), segments=2, starts=1).best("caicc")
    with pytest.raises(OptionError, match="Take consistent=False"):
        rt.fimix(rt.pls(MODEL, pd.read_csv("tests/data/mobile.csv"), consistent=True))


def test_segments_that_collapse_are_given_up():
    random = np.random.default_rng(1)
    half = random.normal(size=20)
    x = np.concatenate([half, -half])
    data = pd.DataFrame({"x": x, "y": np.where(np.arange(40) % 2 == 0, x, -x)})
    found = rt.fimix(rt.pls("y ~ x", data), segments=2)
    assert len(found.solutions) == 1
    assert "all 10 starts with 2 segments ended with a segment of too few rows, or one that fits its rows" in str(found)
    assert found.advice().segments == 0
    assert "no solution of more than one segment" in found.advice().verdict
    with pytest.raises(OptionError, match="no solution of 2 segments; there are those of 1"):
        found.paths(2)


def test_numbers_of_segments_that_collapse_end_the_list():
    random = np.random.default_rng(2)
    x = random.normal(size=24)
    data = pd.DataFrame({"x": x, "y": np.where(np.arange(24) < 12, x, -x) + 0.3 * random.normal(size=24)})
    found = rt.fimix(rt.pls("y ~ x", data), segments=6, starts=2)
    most = len(found.solutions)
    assert 2 <= most < 6
    assert found.problems[-1].code == "segments_collapsed"
    assert f"so that the list ends with {most}. More starts may help." in str(found)
    alone = found.replace(solutions=found.solutions[:1])
    assert {alone.best(name) for name in ("bic", "nec")} == {1}
    hurried = rt.fimix(mobile(), segments=2, starts=1, max_iterations=2)
    assert [problem.code for problem in hurried.problems] == ["not_converged"]


def test_what_is_explained_entirely_has_no_segments():
    x = np.random.default_rng(3).normal(size=40)
    with pytest.raises(EstimationError, match="nothing is left in which segments could differ"):
        rt.fimix(rt.pls("y ~ x", pd.DataFrame({"x": x, "y": 2 * x})), segments=2)


def criteria(**best):
    """A table of criteria, each smallest where it is said."""
    names = ("aic", "aic3", "aic4", "bic", "caic", "mdl5")
    frame = pd.DataFrame({name: [abs(k - best.get(name, 2)) for k in (1, 2, 3)] for name in names}, index=[1, 2, 3])
    return frame.assign(en=[np.nan, 0.7, 0.4], smallest_segment=[200, 80, 20])


def test_criteria_are_read_together():
    both = advise(criteria(), 200, 77)
    assert both.segments == 2 and both.usable
    assert "speak for 2 segments. Improve them by rt.pos" in str(both)
    assert "200 rows hold at most 2 segments of the 77 rows" in str(both)
    second = advise(criteria(aic3=3, caic=1), 200, 77)
    assert second.segments == 2
    assert second.table().holds.tolist() == ["no", "yes", "", "", "yes", "yes"]
    assert "AIC3 is smallest with 3, CAIC with 1" in str(second)
    blurred = advise(criteria(aic3=3, caic=3, aic=3), 200, 77)
    assert blurred.segments == 3 and not blurred.usable
    assert "not told apart clearly and not all large enough" in blurred.verdict
    assert "AIC, which takes too many, with 3, the most that were tried" in str(blurred)
    assert "speak for one segment" in advise(criteria(aic3=1, caic=1), 200, 77).verdict
    nothing = advise(criteria(aic3=3, caic=1, aic4=3, bic=1), 200, 77)
    assert nothing.segments == 0 and "do not agree" in nothing.verdict


def test_advice_is_of_the_fit():
    data, _ = made()
    found = rt.fimix(rt.pls("m ~ x\ny ~ m + z", data), segments=3, starts=5)
    assert found.advice().segments == 2 and found.advice().usable
    assert "the smallest of 2 segments has" in str(found) and "of the 68 it needs" in str(found)


def test_rows_needed_are_those_of_power_tables():
    """G*Power 3.1, linear multiple regression, fixed model, R² deviation from zero: f² = .15, alpha .05, power .80."""
    assert [regression_rows(k) for k in range(1, 11)] == [55, 68, 77, 85, 92, 98, 103, 109, 114, 118]
    formed = rt.pls("F <~ CUSA1 + CUSA2 + CUSA3\nIMAG1 ~ F", pd.read_csv("tests/data/mobile.csv"))
    assert most_arrows(formed.plan) == 3
    assert most_arrows(mobile().plan) == 2


def test_it_shows_itself_in_a_notebook_and_takes_no_text_for_a_number():
    random = np.random.default_rng(3)
    fit = rt.pls("y ~ x", pd.DataFrame(random.normal(size=(60, 2)), columns=["x", "y"]))
    for given in ("fine", 0, 0.5, np.inf):
        with pytest.raises(OptionError, match=r"tolerance must be a number above 0 and at most 0\.001, such as"):
            rt.fimix(fit, tolerance=given)
    with pytest.raises(OptionError, match=r"max_iterations must be a whole number of at least 1, got 2\.5"):
        rt.fimix(fit, max_iterations=2.5)
    found = rt.fimix(fit, segments=np.int64(2), starts=1)
    assert found.advice().verdict in repr(found.advice())
    assert "mdl5" in found._repr_html_()
    assert found.advice().verdict in found._repr_html_()
    assert "sum of R² of y" in rt.pos(fit, segments=1)._repr_html_()
