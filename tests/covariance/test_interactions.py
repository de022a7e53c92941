"""Products of variables: against semTools' product indicators in lavaan, and what is refused or said of them."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.product_columns import with_products
from rantau.covariance.standardise import standardised, standardised_slopes, standardised_variables
from rantau.errors import ModelSyntaxError, OptionError
from rantau.model.products import expand
from rantau.model.syntax import parse_model
from rantau.moments.sample import Sample

GOLDEN = Path(__file__).parents[1] / "golden" / "after_fit"
DATA = Path(__file__).parents[1] / "data"
FACTORS = {record["name"]: record for record in json.loads((GOLDEN / "interactions.json").read_text())}
OTHERS = {record["name"]: record for record in json.loads((GOLDEN / "products.json").read_text())}
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
INTERACTION = HS + "speed ~ visual + textual + visual:textual\n"


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(DATA / "hs.csv")


@pytest.fixture(scope="module")
def fit(hs):
    return rt.sem(INTERACTION, hs, estimator="MLR")


def data_of(record):
    data = pd.read_csv(DATA / f"{record['data']}.csv")
    return data.assign(x_sex=data["sex"]) if "sex" in data else data


def without_product(record):
    """The model of a record with lavaan's product factor written as a product, and that name."""
    lines = record["model"].splitlines()
    name = next(line.split(" =~ ")[0] for line in lines if "X" in line.split(" =~ ")[0])
    ours = name.replace("X", ":")
    kept = [line for line in lines if not line.startswith(f"{name} =~") and "~~" not in line]
    return "\n".join(kept).replace(name, ours), name, ours


def compare(fit, record, renamed):
    """Hold estimates and standard errors against lavaan's; row for row, whichever side of a covariance comes first."""
    theirs, ours = record["est"], fit.estimates()
    groups = theirs.get("group", [1] * len(theirs["lhs"]))
    found = {(row.op, frozenset((row.lhs, row.rhs)), row.group): row for row in ours.itertuples()}
    names = zip(theirs["op"], theirs["lhs"], theirs["rhs"], groups, strict=True)
    keys = [(op, frozenset((renamed(lhs), renamed(rhs))), group) for op, lhs, rhs, group in names]
    assert set(keys) == set(found)
    assert len(keys) == len(ours)
    for key, est, se in zip(keys, theirs["est"], theirs["se"], strict=True):
        assert found[key].est == pytest.approx(est, abs=1e-5), key
        assert found[key].se == pytest.approx(se or 0.0, abs=1e-5), key
    indices = fit.fit_indices()
    for name, value in record["fit"].items():
        assert indices[name] == pytest.approx(value, rel=1e-4, abs=1e-5), name


@pytest.mark.parametrize("name", FACTORS)
def test_products_of_factors_are_those_of_semtools_and_lavaan(name):
    record = FACTORS[name]
    model, theirs, ours = without_product(record)
    pairs = "all" if "all_products" in name else "default"
    fit = rt.sem(model, data_of(record), pairs=pairs, **record["options"])
    assert fit.n_obs == record["rows"]
    columns = [fit.table.observed.index(column.replace(".", ":")) for column in record["products"]["names"]]
    assert fit.sample.values[:3, columns] == pytest.approx(np.array(record["first_products"]), abs=1e-10)
    compare(fit, record, lambda one: one.replace(theirs, ours).replace(".", ":"))


@pytest.mark.parametrize("name", OTHERS)
def test_other_products_are_those_of_lavaan(name):
    record = OTHERS[name]
    spelled = {"visualXtextual": "visual:textual", "visualXvisual": "visual:visual", "visualXage": "visual:ageyr"}
    fit = rt.sem(record["model"], data_of(record), **record["options"])
    compare(fit, record, lambda one: spelled.get(one, one.replace(".", ":")))


# -- what is added to the model ------------------------------------------------------------------------


def rows_of(expanded):
    return {one.construct: one.items for one in expanded.model.blocks}, {
        frozenset((one.left, one.right)) for one in expanded.model.covariances
    }


def test_matched_is_the_default_where_both_have_equally_many_items():
    blocks, covariances = rows_of(expand(parse_model(INTERACTION)))
    assert blocks["visual:textual"] == ("x1:x4", "x2:x5", "x3:x6")
    assert covariances == set()
    fewer = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5\nx7 ~ visual + textual + visual:textual"
    blocks, covariances = rows_of(expand(parse_model(fewer)))
    assert blocks["visual:textual"] == ("x1:x4", "x1:x5", "x2:x4", "x2:x5", "x3:x4", "x3:x5")
    # Each of the six shares its first item with one other, and its second with two.
    assert len(covariances) == 6 * 3 / 2


def test_products_of_two_constructs_that_share_items_have_covarying_residuals():
    text = HS + "speed ~ visual + textual + visual:textual + visual:visual"
    _, covariances = rows_of(expand(parse_model(text)))
    assert covariances == {frozenset(pair) for pair in (("x1:x4", "x1:x1"), ("x2:x5", "x2:x2"), ("x3:x6", "x3:x3"))}


def test_an_observed_moderator_is_no_source_of_shared_error():
    text = HS + "speed ~ visual + age + visual:age"
    blocks, covariances = rows_of(expand(parse_model(text)))
    assert blocks["visual:age"] == ("x1:age", "x2:age", "x3:age")
    assert covariances == {frozenset((name, "age")) for name in ("visual", "textual", "visual:age")}


def test_what_the_user_says_of_a_product_stands(hs):
    fit = rt.sem(INTERACTION + "visual ~~ 0*visual:textual\n", hs, estimator="MLR")
    frame = fit.estimates().set_index(["lhs", "op", "rhs"])
    assert frame.est["visual", "~~", "visual:textual"] == 0
    free = rt.sem(INTERACTION, hs, estimator="MLR")
    assert fit.fit_indices()["df"] == free.fit_indices()["df"] + 1


def test_rows_come_in_lavaans_order(fit):
    frame = fit.estimates()
    shown = [f"{row.lhs} {row.op} {row.rhs}" for row in frame.itertuples()]
    assert shown[8:15] == [
        "speed =~ x9",
        "visual:textual =~ x1:x4",
        "visual:textual =~ x2:x5",
        "visual:textual =~ x3:x6",
        "speed ~ visual",
        "speed ~ textual",
        "speed ~ visual:textual",
    ]


def test_the_model_of_the_fit_is_the_users(fit):
    assert fit.model.constructs == ("visual", "textual", "speed")
    assert fit.model.text == INTERACTION


def test_labels_and_hypotheses_reach_a_product(hs):
    text = HS + "speed ~ visual + textual + b*visual:textual  \ntwice := 2*b"
    frame = rt.sem(text, hs, estimator="MLR").estimates().set_index(["lhs", "op"])
    assert frame.est["twice", ":="] == pytest.approx(2 * frame.query("label == 'b'").est.iloc[0])
    model = rt.parse_model(HS + "speed ~ visual + textual\nspeed ~ visual:textual  # H1 (+) they help each other")
    judged = rt.judge_hypotheses(model, sem=rt.sem(model, hs, estimator="MLR"))
    assert judged.sem_decision.tolist() == ["not supported"]


# -- columns -----------------------------------------------------------------------------------------


def product_of(values, **options):
    rows = Sample(("a", "b", "c"), np.asarray(values, dtype=float), **options)
    model = parse_model("F =~ a + b\ny ~ F + c + F:c")
    return rows, expand(model).products


def test_columns_are_centred_twice():
    rows, products = product_of([[1, 0, 2], [2, 1, 4], [6, 5, 9]])
    column = with_products(rows, products).values[:, 3]
    expected = np.array([-2, -1, 3.0]) * np.array([-3, -1, 4.0])
    assert column == pytest.approx(expected - expected.mean())


def test_a_product_is_missing_where_a_part_is():
    rows, products = product_of([[1, 0, 2], [np.nan, 1, 4], [6, 5, np.nan], [3, 3, 1]])
    column = with_products(rows, products).values[:, 3]
    assert np.isnan(column).tolist() == [False, True, True, False]
    assert np.nanmean(column) == pytest.approx(0.0, abs=1e-12)


def test_groups_are_centred_at_their_own_means():
    group = np.array([0, 0, 1, 1])
    rows, products = product_of([[1, 0, 2], [3, 1, 4], [5, 2, 6], [9, 4, 10]], group=group, groups=("one", "two"))
    assert with_products(rows, products).values[:, 3] == pytest.approx([0, 0, 0, 0], abs=1e-12)
    together = with_products(rows.replace(group=None, groups=("",)), products).values[:, 3]
    assert together == pytest.approx([3.5, -6.5, -8.5, 11.5])


def test_weights_move_the_centre():
    rows, products = product_of([[0, 0, 0], [4, 0, 4]], weights=np.array([3.0, 1.0]))
    column = with_products(rows, products).values[:, 3]
    expected = np.array([1.0, 9.0])
    assert column == pytest.approx(expected - (3 * expected[0] + expected[1]) / 4)


# -- standardised ------------------------------------------------------------------------------------


def test_the_standardised_product_is_that_of_standardised_variables(fit):
    """Wen, Marsh & Hau (2010): the coefficient times the deviations of both parts, over that of the outcome."""
    frame = fit.estimates().set_index(["lhs", "op", "rhs"])
    total = fit._implied().total[0]
    deviation = dict(zip(fit.layout.variables, np.sqrt(np.diag(total)), strict=True))
    path = ("speed", "~", "visual:textual")
    expected = frame.est[path] * deviation["visual"] * deviation["textual"] / deviation["speed"]
    assert frame.std_all[path] == pytest.approx(expected, rel=1e-12)
    # Loadings of the product and its correlations stay as they are elsewhere.
    loading = ("visual:textual", "=~", "x2:x5")
    assert frame.std_all[loading] == pytest.approx(
        frame.est[loading] * deviation["visual:textual"] / deviation["x2:x5"], rel=1e-12
    )


def test_no_choice_of_units_or_markers_alters_it(hs):
    standard = rt.sem(INTERACTION, hs, estimator="MLR").standardized().set_index(["lhs", "op", "rhs"])
    units = hs.assign(x1=hs.x1 * 10, x4=hs.x4 / 3, x8=hs.x8 * 7 + 100)
    other = rt.sem(INTERACTION, units, estimator="MLR").standardized().set_index(["lhs", "op", "rhs"])
    assert other.est_std.to_numpy() == pytest.approx(standard.est_std.to_numpy(), abs=1e-8)
    unit = rt.sem(INTERACTION, hs, estimator="MLR", std_lv=True).standardized().set_index(["lhs", "op", "rhs"])
    path = ("speed", "~", "visual:textual")
    assert unit.est_std[path] == pytest.approx(standard.est_std[path], abs=1e-7)
    assert unit.se[path] == pytest.approx(standard.se[path], abs=1e-6)


def test_the_product_has_the_unit_of_its_parts_whichever_items_are_markers(hs):
    markers = INTERACTION.replace("visual =~ x1 + x2", "visual =~ NA*x1 + 1*x2").replace(
        "textual =~ x4", "textual =~ 1*x4"
    )
    fit = rt.sem(markers, hs, estimator="MLR", pairs="all")
    assert fit.model.blocks[0].items == ("x1", "x2", "x3")
    assert fit.estimates().query("op == '=~' and lhs == 'visual:textual'").rhs.iloc[0] == "x2:x4"
    first = rt.sem(INTERACTION, hs, estimator="MLR", pairs="all")
    path = ("speed", "~", "visual:textual")
    one, other = (each.estimates().set_index(["lhs", "op", "rhs"]).est for each in (first, fit))
    assert other[path] == pytest.approx(one[path] / one["visual:textual", "=~", "x2:x4"], rel=1e-5)
    assert other["speed", "~", "visual"] == pytest.approx(
        one["speed", "~", "visual"] / one["visual", "=~", "x2"], rel=1e-5
    )


@pytest.mark.parametrize("kind", ["all", "lv", "nox"])
def test_its_slope_is_right(fit, kind):
    which = standardised_variables(fit.layout, fit.table.covariates, kind)
    slope = standardised_slopes(fit.layout, fit.theta, which)[1]
    for place in range(fit.theta.size):
        step = 1e-6 * np.eye(fit.theta.size)[place]
        up, down = (standardised(fit.layout, fit.theta + sign * step, which) for sign in (1, -1))
        assert slope[..., place] == pytest.approx((up - down) / 2e-6, abs=1e-7)


# -- laws ----------------------------------------------------------------------------------------------


def test_either_part_may_come_first(hs, fit):
    turned = rt.sem(INTERACTION.replace("visual:textual", "textual:visual"), hs, estimator="MLR")
    path = turned.estimates().set_index(["lhs", "op", "rhs"]).loc[("speed", "~", "textual:visual")]
    same = fit.estimates().set_index(["lhs", "op", "rhs"]).loc[("speed", "~", "visual:textual")]
    assert path.est == pytest.approx(same.est, abs=1e-9)
    assert path.se == pytest.approx(same.se, abs=1e-9)


def test_where_items_have_their_zero_does_not_matter(hs, fit):
    moved = rt.sem(INTERACTION, hs.assign(x1=hs.x1 + 100, x5=hs.x5 - 7), estimator="MLR")
    assert moved.theta == pytest.approx(fit.theta, abs=1e-7)


def test_a_bootstrap_takes_products_as_they_are(fit):
    assert fit.sample.names[-3:] == ("x1:x4", "x2:x5", "x3:x6")
    draws = rt.bootstrap(fit, draws=20, seed=1)
    table = draws.table().set_index(["lhs", "op", "rhs"])
    assert table.est["speed", "~", "visual:textual"] == pytest.approx(0.0632513782)
    assert 0 < table.se["speed", "~", "visual:textual"] < 0.5


def test_semopy_agrees_on_a_product_but_for_its_standardisation(fit, hs):
    found = rt.crosscheck(fit)
    assert all(one.digits > 6 for one in found.checks)
    assert "standardised paths from products" in {one.quantity for one in found.skipped}
    raw = rt.crosscheck(rt.sem("x7 ~ ageyr + x1 + ageyr:x1", hs))
    assert "standardised paths from products" not in {one.quantity for one in raw.skipped}
    assert all(one.digits > 6 for one in raw.checks)


# -- known truth -----------------------------------------------------------------------------------------


def simulated(n, seed, *, interaction=0.3, square=0.0, correlation=0.3, means=(0.0, 0.0)):
    """Three items for each of two correlated factors and of an outcome with an interaction and a square."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=n)
    m = correlation * x + np.sqrt(1 - correlation**2) * draw.normal(size=n)
    x, m = x + means[0], m + means[1]
    y = 0.4 * x + 0.3 * m + interaction * x * m + square * x * x + 0.7 * draw.normal(size=n)
    items = {}
    for name, factor in (("x", x), ("m", m), ("y", y)):
        for place, loading in enumerate((1.0, 0.9, 0.8), start=1):
            items[f"{name}{place}"] = loading * factor + 0.6 * draw.normal(size=n) + place
    return pd.DataFrame(items)


MODEL = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\n"


@pytest.mark.parametrize("pairs", ["matched", "all"])
def test_a_known_interaction_is_found(pairs):
    fit = rt.sem(MODEL + "Y ~ X + M + X:M", simulated(20_000, 1), estimator="MLR", pairs=pairs)
    frame = fit.estimates().set_index(["lhs", "op", "rhs"])
    for cause, truth in (("X", 0.4), ("M", 0.3), ("X:M", 0.3)):
        row = frame.loc[("Y", "~", cause)]
        assert abs(row.est - truth) < 4 * row.se < 0.1


def test_a_known_square_beside_an_interaction_is_found():
    data = simulated(20_000, 2, interaction=0.2, square=-0.15)
    frame = rt.sem(MODEL + "Y ~ X + M + X:M + X:X", data, estimator="MLR").estimates().set_index(["lhs", "op", "rhs"])
    for cause, truth in (("X:M", 0.2), ("X:X", -0.15)):
        row = frame.loc[("Y", "~", cause)]
        assert abs(row.est - truth) < 4 * row.se < 0.12


def test_an_observed_moderator_that_correlates_is_not_held_to_be_uncorrelated():
    data = simulated(20_000, 3, correlation=0.5)
    draw = np.random.default_rng(4)
    z = 0.5 * (data.x1 - 1) + draw.normal(size=len(data))
    data = data.assign(z=z, y=0.4 * data.x1 + 0.3 * z + draw.normal(size=len(data)))
    # z moderates the first factor: a new outcome made from what is known of both
    x = np.random.default_rng(3).normal(size=len(data))
    z = 0.5 * x + draw.normal(size=len(data))
    y = 0.4 * x + 0.3 * z + 0.25 * x * z + draw.normal(size=len(data))
    items = {f"x{k}": x + 0.6 * draw.normal(size=len(data)) for k in (1, 2, 3)}
    frame = pd.DataFrame({**items, "z": z, "y": y})
    fit = rt.sem("X =~ x1 + x2 + x3\ny ~ X + z + X:z", frame, estimator="MLR")
    found = fit.estimates().set_index(["lhs", "op", "rhs"])
    for cause, truth in (("X", 0.4), ("z", 0.3), ("X:z", 0.25)):
        row = found.loc[("y", "~", cause)]
        assert abs(row.est - truth) < 4 * row.se < 0.1


def test_effects_in_a_group_are_those_at_its_own_means():
    """One equation for all; the effect of X is 0.4 + 0.3 * M, so it differs where the groups' means of M do."""
    one, two = simulated(10_000, 5), simulated(10_000, 6, means=(0.8, -0.6))
    data = pd.concat([one.assign(g="one"), two.assign(g="two")], ignore_index=True)
    equal = ("loadings", "intercepts")
    fit = rt.sem(MODEL + "Y ~ X + M + X:M", data, group="g", group_equal=equal, estimator="MLR")
    frame = fit.estimates().set_index(["lhs", "op", "rhs", "group"])
    effects = {1: (0.4, 0.3, 0.3), 2: (0.4 - 0.3 * 0.6, 0.3 + 0.3 * 0.8, 0.3)}
    for group, truths in effects.items():
        for cause, truth in zip(("X", "M", "X:M"), truths, strict=True):
            row = frame.loc[("Y", "~", cause, group)]
            assert abs(row.est - truth) < 4 * row.se < 0.1, (cause, group)


@pytest.mark.slow
def test_intervals_cover_a_known_interaction():
    covered = []
    for seed in range(200):
        fit = rt.sem(MODEL + "Y ~ X + M + X:M", simulated(400, seed), estimator="MLR")
        row = fit.estimates().set_index(["lhs", "op", "rhs"]).loc[("Y", "~", "X:M")]
        covered.append(row.ci_low < 0.3 < row.ci_high)
    assert 0.88 <= np.mean(covered) <= 0.99


# -- what is said and refused ----------------------------------------------------------------------------


def test_the_summary_says_how_products_were_made(fit, hs):
    assert "visual:textual: 3 products of matched pairs of items, double mean-centred" in fit.summary()
    mixed = rt.sem(HS + "speed ~ visual + ageyr + visual:ageyr", hs, estimator="MLR")
    assert "visual:ageyr: 3 products of items and a column, double mean-centred" in mixed.summary()
    raw = rt.sem("x7 ~ ageyr + x1 + ageyr:x1", hs)
    assert "ageyr:x1: the product of two columns, not centred" in raw.summary()


def test_normal_theory_errors_are_warned_of(hs):
    problems = {one.code: one for one in rt.sem(INTERACTION, hs).problems}
    assert problems["products_not_normal"].severity == "warning"
    assert "Take estimator='MLR'" in problems["products_not_normal"].text
    assert rt.sem(INTERACTION, hs, estimator="MLR").problems == ()
    assert rt.sem("x7 ~ ageyr + x1 + ageyr:x1", hs).problems == ()


def test_a_product_without_its_parts_is_warned_of(hs):
    fit = rt.sem(HS + "speed ~ visual + visual:textual", hs, estimator="MLR")
    assert [one.code for one in fit.problems] == ["product_alone"]
    assert "stands without 'speed ~ textual'" in fit.problems[0].text


SINGLE = "X =~ x1 + x2 + x3\nM =~ x4\nx4 ~~ 0.3*x4\nx7 ~ X + M + X:M"
REFUSED = [
    ("X =~ x1 + x2\nM =~ x4 + x5\nx7 ~ X + M + X:M + M:X", "'X:M' and 'M:X' are one product; write it in one way"),
    ("X =~ x1 + x2 + x3\nx7 ~ X + x4 + X:x4:x5", "'X:x4:x5' multiplies 3 variables; only products of two"),
    ("X =~ x1 + x2 + x3\nM <~ x4 + x5\nx7 ~ X + M + X:M", "'M' is a composite (`<~`), and only products of"),
    (HS + "G =~ visual + textual + speed\nageyr ~ G + grade + G:grade", "'G' is measured by constructs, so it has no"),
    ("X =~ x1 + x2 + x3\nx7 ~ X + X:x4", "'X:x4' needs the effect of 'x4' itself: write 'x7 ~ x4 + X:x4'"),
    ("X =~ x1 + x2 + x3\nX ~~ x4:x5", "a product ('x4:x5') covaries only where it predicts something as well"),
    ("X =~ x1 + x2:x3", "a product ('x2:x3') cannot measure a construct"),
    (SINGLE, "the error of 'x4', the one item of 'M', would be in all products"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[row[1][:30] for row in REFUSED])
def test_what_cannot_be_estimated_is_refused_with_its_place(text, message, hs):
    with pytest.raises(ModelSyntaxError, match=re.escape(message)) as caught:
        rt.sem(text, hs)
    assert re.match(r"<model>:\d+:\d+: ", str(caught.value))


def test_options_are_checked(hs):
    with pytest.raises(OptionError, match=r"unknown pairs 'match'\. Did you mean 'matched'"):
        rt.sem(INTERACTION, hs, pairs="match")
    with pytest.raises(OptionError, match="unknown interaction 'lms'"):
        rt.sem(INTERACTION, hs, interaction="lms")
    fewer = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5\nx7 ~ visual + textual + visual:textual"
    with pytest.raises(OptionError, match="'visual' has 3 and 'textual' has 2; take pairs='all'"):
        rt.sem(fewer, hs, pairs="matched")
    same = rt.sem(INTERACTION, hs, interaction="double mean centred".replace(" ", "_"), estimator="MLR")
    assert same.request.interaction == "product_indicators"


def test_summary_statistics_have_no_products(hs):
    columns = [f"x{k}" for k in range(1, 10)]
    moments = rt.moments(hs[columns].cov(), len(hs))
    with pytest.raises(OptionError, match="a product of variables needs the rows"):
        rt.sem(INTERACTION, moments)


def test_growth_curves_have_no_products_of_factors(hs):
    text = "i =~ 1*x1 + 1*x2 + 1*x3\ns =~ 0*x1 + 1*x2 + 2*x3\nx9 ~ i + s + i:s"
    with pytest.raises(ModelSyntaxError, match=r"<model>:3:14: 'i:s': products of constructs are centred"):
        rt.growth(text, hs)


def test_a_measurement_model_has_no_products(hs):
    assert rt.cfa(INTERACTION, hs).table.latent == ("visual", "textual", "speed")
