"""The assessment of a PLS model: values as the fit has them, criteria from files, verdicts in words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import OptionError
from rantau.quality import cutoffs
from rantau.quality.cutoffs import SETS, read_cutoffs
from rantau.quality.steps import ROWS

TESTS = Path(__file__).parent.parent
MODEL = """
QUAL <~ qual_1 + qual_2 + qual_3 + qual_4
COMP =~ comp_1 + comp_2 + comp_3
LIKE =~ like_1 + like_2 + like_3
CUSA =~ cusa
COMP ~ QUAL          # H1 (+) Quality makes competence
LIKE ~ QUAL + COMP
CUSA ~ COMP
CUSA ~ LIKE   # H2 (-) Liking lowers satisfaction
"""


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(TESTS / "data" / "reputation_mean_imputed.csv")


@pytest.fixture(scope="module")
def fit(data):
    return rt.pls(MODEL, data)


@pytest.fixture(scope="module")
def drawn(fit):
    return rt.bootstrap(fit, draws=400)


@pytest.fixture(scope="module")
def predicted(fit):
    return rt.predict(fit, repeats=2)


@pytest.fixture(scope="module")
def found(fit, drawn, predicted, data):
    other = rt.redundancy(fit, data, construct="QUAL", against="cusa")
    return rt.assess(fit, bootstrap=drawn, predict=predicted, redundancy=[other])


def rows(found, step):
    return found.table(step).set_index("about")


def test_steps_come_in_the_order_of_papers(found):
    steps = list(dict.fromkeys(found.table().step))
    assert steps == [row.name for row in ROWS if row.name != "group_differences"]
    assert list(found.summary().index) == steps


def test_measurement(found, fit, drawn):
    loadings = rows(found, "indicator_reliability")
    # Neither the formative construct nor the single item.
    assert list(loadings.index) == [f"{c} =~ {c.lower()}_{k}" for c in ("COMP", "LIKE") for k in (1, 2, 3)]
    np.testing.assert_array_equal(loadings.value, fit.loadings().query("construct in ('COMP', 'LIKE')").est)
    table = drawn.table().query("op == '=~' and rhs == 'like_2'").iloc[0]
    own = loadings.loc["LIKE =~ like_2"]
    assert (own.ci_low, own.ci_high) == (table.ci_low, table.ci_high)
    assert np.isnan(own.p)
    ave = rows(found, "convergent_validity")
    np.testing.assert_array_equal(ave.value, fit.reliability().loc[["COMP", "LIKE"], "ave"])
    assert (ave.met == "yes").all()


def test_htmt_is_judged_by_its_upper_limit_too(found, fit, drawn):
    own = rows(found, "discriminant_validity").loc["COMP, LIKE"]
    upper = drawn.table(side="upper").query("op == 'htmt' and lhs == 'LIKE' and rhs == 'COMP'").ci_high.iloc[0]
    assert own.value == fit.htmt().loc["COMP", "LIKE"]
    assert own.ci_high == upper
    assert own.value < 0.85
    assert own.met == ("yes" if upper < 0.85 else "borderline")


def test_formative_constructs(found, fit):
    validity = rows(found, "formative_validity").loc["QUAL"]
    assert 0.3 < validity.value < 0.708
    assert validity.met == "no"
    weights = rows(found, "formative_weights")
    assert len(weights) == 4
    kept = weights[weights.verdict.str.contains("its loading is")]
    assert len(kept) == (weights.p >= 0.05).sum() > 0
    assert (kept.met == "yes").all()
    inflation = rows(found, "formative_collinearity")
    assert inflation.met.eq("yes").all()


def test_paths_and_hypotheses(found):
    own = rows(found, "paths")
    assert own.verdict["COMP ~ QUAL (H1)"] == "supported"
    contradicted = own.loc["CUSA ~ LIKE (H2)"]
    assert contradicted.verdict == "contradicted"
    assert contradicted.met == "no"
    assert own.verdict["LIKE ~ COMP"] == "significant"


def test_nothing_is_asked_of_a_control_variable(data):
    answers = data.assign(age=np.random.default_rng(1).normal(size=len(data)))
    for model, met in ((f"{MODEL}CUSA ~ age", ""), (f"{MODEL}CUSA ~ age  # H3 (+)", "no")):
        fit = rt.pls(model, answers)
        own = rows(rt.assess(fit, bootstrap=rt.bootstrap(fit, draws=100)), "paths")
        (age,) = [about for about in own.index if about.startswith("CUSA ~ age")]
        assert (own.met[age], own.verdict[age]) == (met, "not significant" if not met else "not supported")


def test_structure_and_prediction(found, fit, predicted):
    variance = rows(found, "explained_variance")
    assert (variance.met == "").all()
    words = {True: "moderate", False: "weak"}
    assert variance.verdict["COMP"] == words[fit.r_squared().r_squared["COMP"] >= 0.5]
    sizes = rows(found, "effect_sizes")
    assert sizes.value["LIKE ~ COMP"] == fit.f_squared().loc["LIKE", "COMP"]
    power = rows(found, "predictive_power")
    assert power.value["COMP =~ comp_1"] == predicted.items().q2_predict["comp_1"]
    assert power.verdict["LIKE"] == predicted.verdict().verdict["LIKE"]
    ability = rows(found, "predictive_ability")
    assert ability.verdict["(all): the items' means"] == "better than the items' means"
    fits = rows(found, "model_fit")
    assert fits.value["saturated model"] == fit.fit_indices("saturated")["srmr"]


def test_what_was_not_given_is_not_tested(fit):
    found = rt.assess(fit)
    summary = found.summary()
    for step in ("formative_validity", "formative_weights", "paths", "predictive_power", "predictive_ability"):
        assert summary.verdict[step] == "not tested"
    assert found.table("paths").verdict[0] == "not tested: give bootstrap=rt.bootstrap(fit)"
    assert "construct='QUAL'" in found.table("formative_validity").verdict[0]
    # It is the loading that has to reach 0.5, of an item whose weight may be nothing.
    assert set(found.table("formative_weights").criterion) == {"p < 0.05, or loading >= 0.5"}


def test_single_items_predict_no_better_than_the_linear_model_that_they_are(data):
    fit = rt.pls("cusa ~ comp_1 + like_1", data)
    found = rows(rt.assess(fit, predict=rt.predict(fit, repeats=1)), "predictive_ability")
    assert found.verdict["cusa: the linear model"] == "no better than the linear model"
    assert found.met["cusa: the linear model"] == "borderline"
    assert found.met["cusa: the items' means"] == "yes"


def test_a_bad_scale_is_told(data):
    generator = np.random.default_rng(3)
    spoilt = data.assign(like_3=generator.normal(size=len(data)), like_2=data.comp_2 + generator.normal(size=len(data)))
    fit = rt.pls("COMP =~ comp_1 + comp_2 + comp_3\nLIKE =~ like_1 + like_2 + like_3\nLIKE ~ COMP", spoilt)
    found = rt.assess(fit)
    assert rows(found, "indicator_reliability").verdict["LIKE =~ like_3"] == "take the item out"
    assert rows(found, "discriminant_validity").verdict["COMP, LIKE"] == "not distinct"
    assert "LIKE" in set(found.failed.about)
    assert not found.failed.met.eq("yes").any()


def test_products_have_their_own_grades(data):
    fit = rt.pls(
        "COMP =~ comp_1 + comp_2 + comp_3\nLIKE =~ like_1 + like_2 + like_3\nCUSA =~ cusa\n"
        "CUSA ~ COMP + LIKE + COMP:LIKE",
        data,
    )
    table = rows(rt.assess(fit), "effect_sizes")
    assert "small from 0.005" in table.criterion["CUSA ~ COMP:LIKE"]
    assert "small from 0.02" in table.criterion["CUSA ~ COMP"]


def test_a_construct_of_constructs_is_not_held_against_its_parts(data):
    fit = rt.pls(
        "COMP =~ comp_1 + comp_2 + comp_3\nLIKE =~ like_1 + like_2 + like_3\nCUSL =~ cusl_1 + cusl_2 + cusl_3\n"
        "REPU =~ COMP + LIKE\nCUSL ~ REPU",
        data,
    )
    pairs = set(rows(rt.assess(fit), "discriminant_validity").index)
    assert pairs == {"COMP, LIKE", "COMP, CUSL", "LIKE, CUSL", "CUSL, REPU"}


def test_redundant_items_and_exploration():
    rho = read_cutoffs("hair2022")["rho_c"]
    assert [rho.judge(value) for value in (0.97, 0.9, 0.7, 0.65, 0.5, np.nan)] == [
        "borderline", "yes", "yes", "borderline", "no", "",
    ]  # fmt: skip
    r_squared = read_cutoffs("hair2022")["r_squared"]
    assert [r_squared.grade(value) for value in (0.1, 0.25, 0.6, 0.75)] == [
        "very weak", "weak", "moderate", "substantial",
    ]  # fmt: skip


def test_cutoffs_are_chosen_and_may_be_ones_own(fit, tmp_path):
    assert SETS == ("chin1998", "hair2022")
    chin = rt.assess(fit, cutoffs="chin1998").table("explained_variance")
    assert "substantial from 0.67" in chin.criterion[0]
    text = Path(cutoffs.__file__).parent / "hair2022.toml"
    own = tmp_path / "strict.toml"
    own.write_text(text.read_text().replace('at_least = 0.50\nsource = "Fornell', 'at_least = 0.90\nsource = "Fornell'))
    assert rt.assess(fit, cutoffs=own).table("convergent_validity").met.eq("no").all()
    own.write_text(text.read_text().replace("[criteria.ave]", "[criteria.avee]"))
    with pytest.raises(OptionError, match=r"\[criteria.ave\] is missing. Copy it from the set hair2022"):
        rt.assess(fit, cutoffs=own)
    own.write_text(text.read_text().replace("below = 0.08", "below = 0.08\nabove = 0.1"))
    with pytest.raises(OptionError, match=r"\[criteria.srmr\] needs one of at_least, above, below and grades"):
        rt.assess(fit, cutoffs=own)
    with pytest.raises(OptionError, match="unknown cutoffs 'hair'"):
        rt.assess(fit, cutoffs="hair")


def test_refusals(fit, data, drawn, predicted):
    other = rt.pls(MODEL, data.head(300))
    with pytest.raises(OptionError, match=r"the draws given is of another fit; make it from this one: rt.bootstrap"):
        rt.assess(other, bootstrap=drawn)
    with pytest.raises(OptionError, match=r"interval='bca' is of resamples: give bootstrap=rt.bootstrap"):
        rt.assess(fit, interval="bca")
    with pytest.raises(OptionError, match=r"the prediction given is of another fit"):
        rt.assess(other, predict=predicted)
    with pytest.raises(OptionError, match=r"bootstrap= takes rt.bootstrap\(fit\), got a int"):
        rt.assess(fit, bootstrap=1000)
    with pytest.raises(OptionError, match=r"takes a fit by rt.pls, got a SemFit"):
        rt.assess(rt.sem("LIKE =~ like_1 + like_2 + like_3\nLIKE ~ cusa", data))
    with pytest.raises(OptionError, match=r"redundancy= takes fits by rt.redundancy of this fit's constructs"):
        rt.assess(fit, redundancy=[fit])
    with pytest.raises(OptionError, match=r"unknown step 'path'. Did you mean 'paths'"):
        rt.assess(fit).table("path")


def test_it_can_be_read(found):
    text = str(found)
    assert "Paths: significance\n  path: p < 0.05 (Hair et al. (2022))" in text
    assert "\n  rho_a: >= 0.7 (>= 0.6 acceptable), <= 0.95 (Dijkstra and Henseler (2015); Hair et al. (2022))" in text
    assert "by the cut-offs of Hair, Hult, Ringle and Sarstedt (2022)" in text
    assert "criteria met" in repr(found)
    assert found._repr_html_().count("<table") == len(ROWS) - 1


class Groups:
    """What a comparison of groups says, as far as an assessment looks."""

    def __init__(self, fit):
        self.fit = fit

    def micom(self):
        names = ["group_1", "group_2", "construct", "c", "c_quantile", "c_p", "invariance"]
        rows = [("f", "m", "COMP", 0.99, 0.98, 0.4, "partial"), ("f", "m", "QUAL", 0.7, 0.9, 0.001, "none")]
        return pd.DataFrame(rows, columns=names)

    def table(self):
        names = ["lhs", "rhs", "group_1", "group_2", "difference", "p_permutation", "permitted"]
        rows = [("COMP", "QUAL", "f", "m", 0.3, 0.01, False), ("LIKE", "COMP", "f", "m", 0.2, 0.02, True)]
        return pd.DataFrame(rows, columns=names)


def test_groups(fit, data):
    own = rows(rt.assess(fit, by=Groups(fit)), "group_differences")
    assert own.met["COMP: f, m"] == "borderline"
    assert own.verdict["QUAL: f, m"] == "composites differ: compare nothing that rests on them"
    assert own.verdict["COMP ~ QUAL: f, m"] == "not to be compared: composites differ"
    assert own.verdict["LIKE ~ COMP: f, m"] == "differs"
    with pytest.raises(OptionError, match=r"the comparison given is of another fit"):
        rt.assess(fit, by=Groups(rt.pls(MODEL, data.head(300))))
    with pytest.raises(OptionError, match=r"by= takes rt.compare_groups\(fit, by=...\), got a str"):
        rt.assess(fit, by="gender")


def test_it_says_what_it_rests_on(found, data):
    text = str(found)
    assert "95% percentile intervals: 400 bootstrap samples, seed 1" in text
    assert "PLSpredict from direct antecedents, 344 rows, 10 folds, 2 repetitions, seed 1" in text
    assert "0.000 yes" not in text
    assert "<0.001" in text
    assert "PLSpredict" in found._repr_html_()
    gaps = data.mask(np.arange(data.size).reshape(data.shape) % 400 == 0)
    items = [item for block in rt.parse_model(MODEL).blocks for item in block.items]
    filled = rt.assess(rt.pls(MODEL, gaps))
    assert f"{gaps[items].isna().sum().sum()} of {344 * len(items)} answers are missing; missing='mean'" in str(filled)
    complete = len(gaps[items].dropna())
    left = rt.assess(rt.pls(MODEL, gaps, missing="listwise"))
    assert f"{344 - complete} of 344 rows are left out for missing answers" in str(left)


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_problems_of_the_fit_are_told():
    generator = np.random.default_rng(5)
    draw = generator.normal(size=(40, 4))
    table = pd.DataFrame(draw, columns=["a", "b", "c", "d"])
    table["b"] = 0.1 * table["a"] + table["b"]
    table["c"] += table["a"]
    fit = rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", table, consistent=True)
    assert not fit.trustworthy
    assert f"error: {fit.problems[0].text}" in str(rt.assess(fit))


def test_skewed_errors_are_judged_by_their_size():
    generator = np.random.default_rng(9)
    x = generator.normal(size=(300, 1))
    table = pd.DataFrame(x + generator.normal(size=(300, 4)), columns=["a", "b", "c", "d"])
    table["c"] = np.exp(1.5 * table["c"])
    fit = rt.pls("X =~ a + b; Y =~ c; Z =~ d; Y ~ X; Z ~ X", table)
    predicted = rt.predict(fit, repeats=1)
    assert predicted.items().skewness["c"] > 1 > abs(predicted.items().skewness["d"])
    own = rows(rt.assess(fit, predict=predicted), "predictive_power")
    assert "by MAE" in own.criterion["Y"]
    assert "by RMSE" in own.criterion["Z"]
    assert own.verdict["Y"] == predicted.verdict(measure="mae").verdict["Y"]


def test_ordered_answers(data):
    fit = rt.pls(MODEL, data.round().clip(1, 7), ordered=True)
    found = rt.assess(fit, bootstrap=rt.bootstrap(fit, draws=20))
    loading = fit.loadings().set_index("item").est["comp_1"]
    assert rows(found, "indicator_reliability").value["COMP =~ comp_1"] == loading
    assert "PLS of ordered answers predicts nothing" in found.table("predictive_power").verdict[0]
    assert set(found.table("model_fit").verdict) == {"fits"}
