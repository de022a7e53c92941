"""Stages by another road: explicit scores and products in NumPy; draws; and populations whose values are known."""

import warnings

import numpy as np
import pandas as pd
import pytest
from pls_reference import data

from rantau.errors import EstimationError
from rantau.pls import pls

BLOCKS = {
    "Image": ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"],
    "Expectation": ["CUEX1", "CUEX2", "CUEX3"],
    "Value": ["PERV1", "PERV2"],
    "Satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
    "Loyalty": ["CUSL1", "CUSL2", "CUSL3"],
}
MEASURED = "\n".join(f"{name} =~ {' + '.join(items)}" for name, items in BLOCKS.items())
MAIN = f"{MEASURED}\nSatisfaction ~ Image + Expectation + Value"
LOYAL = "\nLoyalty ~ Satisfaction"
PRODUCTS = {
    "two-way": f"{MAIN} + Image:Expectation + Image:Value{LOYAL}",
    "quadratic": f"{MAIN} + Image:Image{LOYAL}",
    "three-way": f"{MAIN} + Image:Expectation + Image:Value + Expectation:Value + Image:Expectation:Value{LOYAL}",
}
NESTED = f"G {{op}} Image + Value\n{MEASURED}\nG ~ Expectation\nSatisfaction ~ G\nLoyalty ~ G + Satisfaction"
BOTH = f"G {{op}} Image + Value + CUSCO\n{MEASURED}\nSatisfaction ~ G + Expectation + G:Expectation{LOYAL}"
THIRD = f"H =~ G + Expectation\nG =~ Image + Value\n{MEASURED}\nSatisfaction ~ H\nLoyalty ~ H + Satisfaction + PERQ1"
METHODS = ("two_stage", "scores", "product_indicator", "orthogonal")
ORDERS = ("disjoint", "embedded", "repeated", "saturated")
EVERY = [
    *[(model, {"interaction": method}) for model in PRODUCTS.values() for method in METHODS],
    *[(NESTED.format(op=op), {"higher_order": order}) for op in ("=~", "<~") for order in ORDERS],
    *[(BOTH.format(op=op), {"interaction": method}) for op in ("=~", "<~") for method in METHODS],
    *[(BOTH.format(op="<~"), {"higher_order": order}) for order in ORDERS],
    *[(model, {"consistent": True}) for model in PRODUCTS.values()],
    *[(NESTED.format(op=op), {"consistent": True}) for op in ("=~", "<~")],
    *[(NESTED.format(op=op), {"consistent": True, "higher_order": "saturated"}) for op in ("=~", "<~")],
    (THIRD, {}),
]


def frame(gaps=0.0):
    table = data("mobile.csv").astype(float)
    return table.mask(np.random.default_rng(7).random(table.shape) < gaps)


def reliable(gaps=0.0):
    """Answers to the same items that are reliable enough for corrections to be admissible."""
    rng, size = np.random.default_rng(8), 500
    image, value = np.linalg.cholesky([[1, 0.4], [0.4, 1]]) @ rng.standard_normal((2, size))
    expectation = 0.5 * image + 0.85 * rng.standard_normal(size)
    satisfaction = 0.3 * image + 0.3 * value + 0.2 * expectation + 0.1 * image * value + 0.6 * rng.standard_normal(size)
    loyalty = 0.6 * satisfaction + 0.8 * rng.standard_normal(size)
    latent = dict(zip(BLOCKS, (image, expectation, value, satisfaction, loyalty), strict=True))
    columns = {
        item: 0.8 * latent[name] + 0.6 * rng.standard_normal(size) for name, items in BLOCKS.items() for item in items
    }
    table = pd.DataFrame({**columns, "CUSCO": rng.standard_normal(size), "PERQ1": rng.standard_normal(size)})
    return table.mask(rng.random(table.shape) < gaps)


def fit_of(model, table, **options):
    return pls(model, table, tolerance=1e-13, max_iterations=3000, **options)


def standardised(table):
    return (table - table.mean()) / table.std()


@pytest.mark.parametrize("gaps", [0.0, 0.04])
@pytest.mark.parametrize(("model", "options"), EVERY)
def test_a_draw_is_the_fit_of_its_rows(model, options, gaps):
    table = reliable(gaps) if options.get("consistent") else frame(gaps)
    fit = fit_of(model, table, **options)
    assert fit.refit(np.ones((1, len(table)))).values[0] == pytest.approx(fit.values(), abs=1e-12)
    rows = np.random.default_rng(3).integers(0, len(table), (3, len(table)))
    refits = fit.refit(np.stack([np.bincount(row, minlength=len(table)) for row in rows]).astype(float))
    assert refits.reasons == ("", "", "")
    # Products of items may point the other way in another sample; in a draw they point as in the fit.
    sign = np.abs if options.get("interaction") in ("product_indicator", "orthogonal") else np.asarray
    for row, values in zip(rows, refits.values, strict=True):
        alone = fit_of(model, table.iloc[row].reset_index(drop=True), **options).values()
        assert sign(values) == pytest.approx(sign(alone), abs=1e-10)


@pytest.mark.parametrize(("model", "options"), EVERY)
def test_scores_correlate_as_the_fit_says(model, options):
    fit = fit_of(model, (reliable if options.get("consistent") else frame)(0.04), **options)
    assert fit.scores().corr().to_numpy() == pytest.approx(fit.solution.proxies[0], abs=1e-12)
    assert fit.scores().mean().to_numpy() == pytest.approx(0, abs=1e-12)


def with_columns(table, factors, first, clear=()):
    """The table with the product of some columns of `first`, standardised, or its residuals."""
    column = np.prod([first[name] for name in factors], axis=0)
    if len(clear):
        against = np.column_stack([np.ones(len(table)), clear])
        column = column - against @ np.linalg.lstsq(against, column, rcond=None)[0]
    return table.assign(**{"_".join(factors): column})


@pytest.mark.parametrize("name", PRODUCTS)
def test_two_stages_by_hand(name):
    table = frame()
    first = fit_of(MAIN + LOYAL, table).scores()
    model, added = PRODUCTS[name], table
    for term in sorted((term for term in model.split() if ":" in term), key=len, reverse=True):
        added = with_columns(added, term.split(":"), first)
        model = model.replace(term, term.replace(":", "_"))
    ours, by_hand = fit_of(PRODUCTS[name], table), fit_of(model, added)
    unit = [added[row.rhs].std() if "_" in row.rhs else 1.0 for row in by_hand.paths().itertuples()]
    assert ours.paths().est.to_numpy() == pytest.approx((by_hand.paths().est / unit).to_numpy(), abs=1e-10)
    assert ours.r_squared().to_numpy() == pytest.approx(by_hand.r_squared().to_numpy(), abs=1e-10)
    weights = by_hand.weights()
    assert ours.weights().est.to_numpy() == pytest.approx(weights.est.to_numpy(), abs=1e-10)

    scores = fit_of(PRODUCTS[name], table, interaction="scores")
    terms = [path.predictor for path in scores.model.paths if path.outcome == "Satisfaction"]
    design = np.column_stack([np.ones(len(table)), *(np.prod([first[f] for f in t.split(":")], axis=0) for t in terms)])
    beta = np.linalg.lstsq(design, first.Satisfaction.to_numpy(), rcond=None)[0][1:]
    assert scores.paths().est.to_numpy()[: len(terms)] == pytest.approx(beta, abs=1e-10)


@pytest.mark.parametrize("method", ["product_indicator", "orthogonal"])
def test_products_of_items_by_hand(method):
    table = frame()
    z = standardised(table)
    added, model = table, MAIN
    for other in ("Expectation", "Value"):
        clear = z[[*BLOCKS["Image"], *BLOCKS[other]]].to_numpy() if method == "orthogonal" else ()
        pairs = [(left, right) for left in BLOCKS["Image"] for right in BLOCKS[other]]
        for pair in pairs:
            added = with_columns(added, pair, z, clear)
        model = f"P{other} =~ {' + '.join('_'.join(pair) for pair in pairs)}\n{model} + P{other}"
    ours, by_hand = fit_of(PRODUCTS["two-way"], table, interaction=method), fit_of(model + LOYAL, added)
    assert ours.r_squared().to_numpy() == pytest.approx(by_hand.r_squared().to_numpy(), abs=1e-10)
    loadings, weights = by_hand.loadings(), by_hand.weights()
    for other in ("Expectation", "Value"):
        mine = ours.weights().query(f"construct == 'Image:{other}'").est.to_numpy()
        rows = weights.construct == f"P{other}"
        assert np.abs(mine) == pytest.approx(np.abs(weights.est[rows].to_numpy()), abs=1e-10)
        # The unit: the deviations of the products, weighted by the size of their loadings.
        size = np.abs(loadings.est[rows].to_numpy())
        unit = size @ added[weights["item"][rows]].std().to_numpy() / size.sum()
        beta = ours.paths().query(f"rhs == 'Image:{other}'").est.item()
        theirs = by_hand.paths().query(f"rhs == 'P{other}'").est.item()
        assert abs(beta) == pytest.approx(abs(theirs) / unit, abs=1e-10)
    if method == "orthogonal":
        correlations = ours.cross_loadings().loc[BLOCKS["Image"] + BLOCKS["Value"], "Image:Value"]
        assert np.abs(correlations).max() < 1e-12


@pytest.mark.parametrize("op", ["=~", "<~"])
def test_higher_orders_by_hand(op):
    table = frame()
    paths = "\nG ~ Expectation\nSatisfaction ~ G\nLoyalty ~ G + Satisfaction"
    rest = "\n".join(line for line in MEASURED.split("\n") if line[:5] not in ("Image", "Value"))
    lower = (
        "Image ~ Expectation\nValue ~ Expectation\nSatisfaction ~ Image + Value\nLoyalty ~ Image + Value + Satisfaction"
    )
    first = fit_of(f"{MEASURED}\n{lower}", table).scores()
    second = fit_of(f"G {op} sI + sV\n{rest}{paths}", table.assign(sI=first.Image, sV=first.Value))
    ours = fit_of(NESTED.format(op=op), table)
    assert ours.paths().est.to_numpy() == pytest.approx(second.paths().est.to_numpy(), abs=1e-10)

    items = " + ".join(f"{item}r" for item in BLOCKS["Image"] + BLOCKS["Value"])
    again = table.assign(**{f"{item}r": table[item] for item in BLOCKS["Image"] + BLOCKS["Value"]})
    inner = "Image ~ G\nValue ~ G" if op == "=~" else "G ~ Image + Value"
    repeated = fit_of(f"G {op} {items}\n{MEASURED}{paths}\n{inner}", again)
    ours = fit_of(NESTED.format(op=op), table, higher_order="repeated")
    ends = repeated.paths().est.to_numpy()[:4]
    assert ours.paths().est.to_numpy() == pytest.approx(ends, abs=1e-10)
    assert ours.effects().query("kind == 'direct'").shape[0] == 6

    scores = repeated.scores()
    embedded = fit_of(f"G {op} Image + Value{paths}", scores.drop(columns="G"))
    ours = fit_of(NESTED.format(op=op), table, higher_order="embedded")
    assert ours.paths().est.to_numpy() == pytest.approx(embedded.paths().est.to_numpy(), abs=1e-10)


def test_third_order_by_hand():
    table = frame()
    rest = "\n".join(line for line in MEASURED.split("\n") if line.startswith(("Satisfaction", "Loyalty")))
    ends = "\nSatisfaction ~ {h}\nLoyalty ~ {h} + Satisfaction + PERQ1"
    low = fit_of(MEASURED + ends.format(h="Image + Value + Expectation"), table).scores()
    middle_model = f"G =~ sI + sV\nExpectation =~ {' + '.join(BLOCKS['Expectation'])}\n{rest}"
    middle = fit_of(middle_model + ends.format(h="G + Expectation"), table.assign(sI=low.Image, sV=low.Value)).scores()
    top = fit_of(f"H =~ sG + sE\n{rest}" + ends.format(h="H"), table.assign(sG=middle.G, sE=middle.Expectation))
    ours = fit_of(THIRD, table)
    assert len(ours.stages) == 3
    assert ours.paths().est.to_numpy() == pytest.approx(top.paths().est.to_numpy(), abs=1e-10)
    assert ours.loadings().query("construct == 'H'")["item"].tolist() == ["G", "Expectation"]


def test_a_formative_construct_of_repeated_items_explains_itself():
    for order in ("repeated", "embedded"):
        fit = fit_of(NESTED.format(op="<~"), frame(), higher_order=order)
        assert [problem.code for problem in fit.problems] == ["explained_by_parts"]
        assert "higher_order='disjoint'" in fit.problems[0].text
    fit = fit_of(NESTED.format(op="<~"), frame(), higher_order="repeated")
    assert fit.r_squared().r_squared["G"] > 0.98
    assert not fit_of(NESTED.format(op="=~"), frame(), higher_order="repeated").problems


# -- populations ---------------------------------------------------------------------------------------------


def measured(latent, rng, size):
    """Three items of each latent variable."""
    columns = {}
    for name, eta in latent.items():
        for place, loading in enumerate((0.8, 0.7, 0.75), 1):
            columns[f"{name.lower()}{place}"] = loading * eta + np.sqrt(1 - loading**2) * rng.standard_normal(size)
    return pd.DataFrame(columns)


def blocks(names):
    return "\n".join(f"{name} =~ {name.lower()}1 + {name.lower()}2 + {name.lower()}3" for name in names)


def test_products_of_single_items_have_nothing_to_correct():
    """In the same unit too, that of scores standardised with n - 1."""
    frame = data("mobile.csv").head(60)
    model = "CUSL1 ~ IMAG1 + PERV1 + IMAG1:PERV1 + IMAG1:IMAG1\nPERV1 ~ IMAG1"
    plain, corrected = pls(model, frame), pls(model, frame, consistent=True)
    np.testing.assert_allclose(corrected.values(), plain.values(), atol=1e-12)


@pytest.mark.parametrize("consistent", [False, True])
def test_the_score_of_a_product_is_the_product_of_scores(consistent):
    """Also where coefficients are those of factors: scores are of composites."""
    model = "A =~ IMAG1 + IMAG2 + IMAG3\nB =~ PERV1 + PERV2\nY =~ CUSA1 + CUSA2 + CUSA3\nY ~ A + B + A:B"
    scores = pls(model, data("mobile.csv"), consistent=consistent, interaction="scores").scores()
    product = scores["A"] * scores["B"]
    np.testing.assert_allclose(scores["A:B"], product - product.mean(), atol=1e-10)


def test_corrected_products_are_those_of_the_latent_variables():
    """Dijkstra & Schermelleh-Engel (2014): consistent, where products of scores are too small."""
    rng, size = np.random.default_rng(11), 200_000
    x, m = np.linalg.cholesky([[1, 0.3], [0.3, 1]]) @ rng.standard_normal((2, size))
    y = 0.3 * x + 0.25 * m + 0.2 * (x * m - 0.3) + 0.1 * (x * x - 1) + 0.7 * rng.standard_normal(size)
    scale = y.std()
    table = measured({"X": x, "M": m, "Y": y / scale}, rng, size)
    model = blocks("XMY") + "\nY ~ X + M + X:M + X:X"
    true = np.array([0.3, 0.25, 0.2, 0.1]) / scale
    assert pls(model, table, consistent=True).paths().est.to_numpy() == pytest.approx(true, abs=0.01)
    plain = pls(model, table).paths().est.to_numpy()
    assert (plain[2:] < 0.8 * true[2:]).all()


@pytest.mark.parametrize("order", ["disjoint", "saturated"])
@pytest.mark.parametrize("op", ["=~", "<~"])
def test_corrected_constructs_of_constructs_are_those_of_the_latent_variables(op, order):
    rng, size = np.random.default_rng(12), 100_000
    if op == "=~":
        z = rng.standard_normal(size)
        g = 0.6 * z + 0.8 * rng.standard_normal(size)
        parts = [value * g + np.sqrt(1 - value**2) * rng.standard_normal(size) for value in (0.8, 0.7, 0.75)]
        loadings = [0.8, 0.7, 0.75]
    else:
        among = np.array([[1, 0.4, 0.3], [0.4, 1, 0.35], [0.3, 0.35, 1]])
        weights = np.array([0.5, 0.4, 0.3])
        weights = weights / np.sqrt(weights @ among @ weights)
        parts = np.linalg.cholesky(among) @ rng.standard_normal((3, size))
        g = weights @ parts
        z = 0.6 * g + 0.8 * rng.standard_normal(size)
        loadings = among @ weights
    y = 0.5 * g + np.sqrt(0.75) * rng.standard_normal(size)
    table = measured({"A": parts[0], "B": parts[1], "C": parts[2], "Y": y, "Z": z}, rng, size)
    inner = "G ~ Z" if op == "=~" else "Z ~ G"
    fit = pls(f"{blocks('ABCYZ')}\nG {op} A + B + C\n{inner}\nY ~ G", table, consistent=True, higher_order=order)
    assert fit.paths().est.to_numpy() == pytest.approx([0.6, 0.5], abs=0.015)
    assert fit.loadings().query("construct == 'G'").est.to_numpy() == pytest.approx(loadings, abs=0.015)
    true = np.corrcoef([*parts, y, z, g])
    assert fit.construct_correlations().to_numpy() == pytest.approx(true, abs=0.02)


@pytest.mark.parametrize("items", ["x1 + x2", "x1 + x2 + x3"])
@pytest.mark.parametrize("loading", [(1.0, -1.0), (0.8, -1.2), (-0.6, 1.0)])
def test_a_product_of_reversed_items_points_where_the_product_of_scores_does(items, loading):
    """Most of its items may point elsewhere; the sign of a moderation must not hang on that."""
    rng = np.random.default_rng(3)
    x, m, *noise = rng.normal(size=(8, 600))
    table = pd.DataFrame(
        {
            "x1": loading[0] * x + 0.5 * noise[0],
            "x2": loading[1] * x + 0.6 * noise[1],
            "x3": x + 0.7 * noise[2],
            "m1": m + 0.5 * noise[3],
            "m2": -m + 0.55 * noise[4],
            "y": 0.4 * x + 0.3 * m + 0.3 * x * m + noise[5],
        }
    )
    text = f"X =~ {items}; M =~ m1 + m2; y ~ X + M + X:M"
    expected = pls(text, table, interaction="two_stage").paths().est
    for method in ("product_indicator", "orthogonal"):
        found = pls(text, table, interaction=method)
        scores = found.scores()
        assert scores["X:M"].corr(scores["X"] * scores["M"]) > 0.9
        assert found.paths().est.to_numpy() == pytest.approx(expected.to_numpy(), abs=0.03)
    square = pls(f"X =~ {items}; y ~ X + X:X", table, interaction="orthogonal").scores()
    assert square["X:X"].corr(square["X"] ** 2) > 0.9


@pytest.mark.parametrize("method", ["two_stage", "scores", "product_indicator", "orthogonal"])
def test_an_item_of_two_values_has_no_square(method):
    """What is left of its square beside it is rounding, whatever the values."""
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"x": rng.integers(1, 3, 101), "y": rng.normal(size=101)})
    with pytest.raises(EstimationError, match=r"x:x does not vary|predictors of y are exact combinations"):
        pls("y ~ x + x:x", table, interaction=method)


def test_a_draw_fails_for_its_own_sake_whatever_becomes_of_the_others():
    """At the first stage some draws do not settle, at the second others."""
    table = frame()
    fit = pls(NESTED.format(op="<~"), table, max_iterations=12)
    rows = np.random.default_rng(5).integers(0, len(table), (30, len(table)))
    counts = np.stack([np.bincount(row, minlength=len(table)) for row in rows]).astype(float)
    alone = [fit.refit(row[None]).reasons[0] for row in counts]
    assert 0 < sum(map(bool, alone)) < 30
    assert list(fit.refit(counts).reasons) == alone


def test_a_construct_whose_parts_go_against_each_other_is_told_once():
    """Its reliability is negative and has no root, of which NumPy warned besides."""
    rng = np.random.default_rng(4)
    a, e = rng.standard_normal((2, 300))
    table = measured({"A": a, "B": -0.5 * a + e, "Y": a + e}, rng, 300)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        fit = pls(f"G =~ A + B\n{blocks('ABY')}\nY ~ G", table, consistent=True)
    assert not fit.trustworthy
    assert {one.category.__module__ for one in told} == {"rantau.errors"}
