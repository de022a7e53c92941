"""Simple slopes, Johnson-Neyman regions and unstandardised paths."""

import numpy as np
import pandas as pd
import pytest
from pls_reference import data

from rantau.errors import EstimationError, OptionError
from rantau.inference import bootstrap
from rantau.pls import pls

MEASURED = """
Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Expectation =~ CUEX1 + CUEX2 + CUEX3
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Satisfaction ~ Image + Expectation + Value"""
TWO = f"{MEASURED} + Image:Value + Image:Image"
THREE = f"{MEASURED} + Image:Expectation + Image:Value + Expectation:Value + Image:Expectation:Value"


def fit(model=TWO, **options):
    return pls(model, data("mobile.csv"), **options)


def beta(found):
    return found.paths().set_index("rhs").est


def test_slopes_are_derivatives_of_the_equation():
    found = fit()
    b = beta(found)
    ours = found.slopes("Satisfaction", "Image", "Value", at=(-1, 0.5))
    pd.testing.assert_frame_equal(found.slopes("Satisfaction", "Image", "Value", at=iter((-1, 0.5))), ours)
    assert ours["Value"].tolist() == [-1.0, 0.5]
    assert ours.est.to_numpy() == pytest.approx([b["Image"] - b["Image:Value"], b["Image"] + 0.5 * b["Image:Value"]])
    turned = found.slopes("Satisfaction", "Value", "Image", at=(2,))
    assert turned.est.item() == pytest.approx(b["Value"] + 2 * b["Image:Value"])
    square = found.slopes("Satisfaction", "Image", "Image", at=(1,))
    assert square.est.item() == pytest.approx(b["Image"] + 2 * b["Image:Image"])
    both = found.slopes("Satisfaction", "Image", ("Image", "Value"), at=(-1, 1))
    assert both.est.iloc[1] == pytest.approx(b["Image"] - 2 * b["Image:Image"] + b["Image:Value"])


def test_slopes_of_three():
    found = fit(THREE)
    b = beta(found)
    ours = found.slopes("Satisfaction", "Image", ("Expectation", "Value"), at=(-1, 1))
    assert ours[["Expectation", "Value"]].to_numpy().tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    expected = b["Image"] - b["Image:Expectation"] + b["Image:Value"] - b["Image:Expectation:Value"]
    assert ours.est[1] == pytest.approx(expected)
    alone = found.slopes("Satisfaction", "Image", "Value", at=(1,))
    assert alone.est.item() == pytest.approx(b["Image"] + b["Image:Value"])


def test_slopes_of_draws():
    found = fit()
    draws = bootstrap(found, draws=300, seed=4)
    names = [(one.lhs, one.op, one.rhs) for one in draws.quantities]
    columns = [names.index(("Satisfaction", "~", name)) for name in ("Image", "Image:Value")]
    slopes = draws.values[:, columns] @ [1.0, -1.0]
    ours = found.slopes("Satisfaction", "Image", "Value", at=(-1,), draws=draws, level=0.9).iloc[0]
    assert ours.se == pytest.approx(slopes.std(ddof=1))
    assert [ours.ci_low, ours.ci_high] == pytest.approx(np.quantile(slopes, [0.05, 0.95]).tolist())


def test_regions_end_where_the_slope_is_a_quantile_of_its_errors():
    rng, size = np.random.default_rng(2), 400
    table = pd.DataFrame({"x": rng.standard_normal(size), "m": rng.standard_normal(size)})
    table["y"] = 0.4 * table.x * table.m + 0.1 * table.x + rng.standard_normal(size)
    found = pls("y ~ x + m + x:m", table)
    draws = bootstrap(found, draws=500, seed=4)
    regions = found.significant_regions("y", "x", "m", draws=draws)
    assert regions.slope.tolist() == ["negative", "not significant", "positive"]
    assert regions.share.sum() == pytest.approx(1)
    assert regions.low.tolist()[1:] == regions.high.tolist()[:-1]
    names = [(one.lhs, one.op, one.rhs) for one in draws.quantities]
    columns = [names.index(("y", "~", name)) for name in ("x", "x:m")]
    covariance, b = np.cov(draws.values[:, columns], rowvar=False), beta(found)
    for edge in regions.high[:2]:
        at = np.array([1.0, edge])
        assert abs(b["x"] + b["x:m"] * edge) == pytest.approx(1.959964 * np.sqrt(at @ covariance @ at), rel=1e-6)
    scores = found.scores()["m"]
    assert regions.share[2] == pytest.approx((scores >= regions.low[2]).mean())


def test_a_slope_that_never_differs_has_one_region():
    rng, size = np.random.default_rng(3), 200
    table = pd.DataFrame(rng.standard_normal((size, 3)), columns=list("xmy"))
    found = pls("y ~ x + m + x:m", table)
    draws = bootstrap(found, draws=200, seed=4)
    regions = found.significant_regions("y", "x", "m", draws=draws, level=0.9999)
    assert regions.slope.tolist() == ["not significant"]
    assert regions[["low", "high"]].to_numpy().tolist() == [[-np.inf, np.inf]]


def test_what_cannot_be_a_slope_is_refused():
    found = fit()
    with pytest.raises(OptionError, match=r"unknown outcome 'Satisfaktion'\. Did you mean 'Satisfaction'"):
        found.slopes("Satisfaktion", "Image", "Value")
    with pytest.raises(OptionError, match=r"unknown predictor 'Expectation'\. Allowed: Image, Value"):
        found.slopes("Satisfaction", "Expectation", "Value")
    with pytest.raises(OptionError, match=r"unknown moderator 'Expectation'\. Allowed: "):
        found.slopes("Satisfaction", "Image", "Expectation")
    with pytest.raises(OptionError, match="no path of this model leads from a product"):
        fit(MEASURED).slopes("Satisfaction", "Image", "Value")
    with pytest.raises(OptionError, match=r"the draws lack Satisfaction ~ Image:Value.*rt\.bootstrap\(fit\)"):
        found.slopes("Satisfaction", "Image", "Value", draws=bootstrap(fit(MEASURED), draws=10))


def test_unstandardised_paths_are_least_squares_on_weighted_means():
    """Scores as means of answers, weighted; the product of those of the first stage, centred."""
    table = data("mobile.csv")
    found = fit()

    def means(one):
        weights = one.weights().query("not construct.str.contains(':')")
        raw = weights.est / table.std()[weights["item"]].to_numpy()
        shares = raw / raw.groupby(weights.construct).transform("sum")
        return pd.DataFrame(
            {
                name: table[weights["item"][rows]] @ shares[rows].to_numpy()
                for name, rows in weights.groupby("construct").groups.items()
            }
        )

    scores, first = means(found), means(fit(MEASURED))
    first = first - first.mean()
    design = scores[["Image", "Expectation", "Value"]].assign(
        interaction=first.Image * first.Value, square=first.Image**2, one=1.0
    )
    expected = np.linalg.lstsq(design.to_numpy(), scores.Satisfaction.to_numpy(), rcond=None)[0]
    # Centred scores of the last stage: what moves the constant alone.
    assert found.paths(unstandardised=True).est.to_numpy() == pytest.approx(expected[:5], abs=1e-9)


def test_unstandardised_paths_of_single_items_are_plain_regression():
    table = data("mobile.csv")
    ours = pls("CUSA1 ~ IMAG1 + CUEX1", table).paths(unstandardised=True).est
    design = np.column_stack([table[["IMAG1", "CUEX1"]], np.ones(len(table))])
    assert ours.to_numpy() == pytest.approx(np.linalg.lstsq(design, table.CUSA1, rcond=None)[0][:2])


def test_unstandardised_paths_that_mean_nothing_are_refused():
    with pytest.raises(OptionError, match="consistent=True corrects them to factors"):
        fit(MEASURED, consistent=True).paths(unstandardised=True)
    with pytest.raises(OptionError, match=r"products of standardised items.*interaction='two_stage'"):
        fit(interaction="orthogonal").paths(unstandardised=True)
    turned = data("mobile.csv").assign(PERV1=lambda frame: -0.01 * frame.PERV1)
    with pytest.raises(EstimationError, match=r"weights of 'Value' sum to -\d.* and cannot be scaled"):
        pls(MEASURED, turned).paths(unstandardised=True)


def test_a_product_without_variance_is_named():
    table = data("mobile.csv").assign(half=lambda frame: np.where(np.arange(len(frame)) % 2, 1.0, -1.0))
    with pytest.raises(EstimationError, match=r"half:half does not vary.*take the product out"):
        pls("CUSA1 ~ half + half:half", table)
