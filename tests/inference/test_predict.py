"""PLSpredict and CVPAT: seminr's numbers, the same by hand, models in stages, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rantau as rt
from rantau.errors import OptionError, ResponseError
from rantau.inference.prediction import power_in_words
from rantau.moments.compute import sample_moments
from rantau.moments.folds import dealt_folds, fold_moments
from rantau.moments.sample import Sample

TESTS = Path(__file__).parent.parent
GOLDEN = json.loads((TESTS / "golden" / "prediction" / "seminr_reputation.json").read_text())
MOBILE = """
Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Expectation =~ CUEX1 + CUEX2 + CUEX3
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
"""
PRODUCT = MOBILE + "Satisfaction ~ Image + Expectation + Value + Image:Value"
WITHIN = MOBILE + "Value ~ Image + Expectation + Image:Expectation\nSatisfaction ~ Value + Image"
PART = MOBILE + "Both =~ Image + Value\nSatisfaction ~ Both + Expectation"
OUTCOME = MOBILE + "Both =~ Value + Satisfaction\nBoth ~ Image + Expectation"


@pytest.fixture(scope="module")
def reputation():
    return pd.read_csv(TESTS / "data" / "reputation_mean_imputed.csv")


@pytest.fixture(scope="module")
def gaps():
    return pd.read_csv(TESTS / "data" / "reputation.csv").replace(-99, np.nan)


@pytest.fixture(scope="module")
def mobile():
    return pd.read_csv(TESTS / "data" / "mobile.csv")


@pytest.fixture(scope="module")
def fit(reputation):
    return rt.pls(GOLDEN["model"], reputation)


@pytest.mark.parametrize("antecedents", ["direct", "earliest"])
@pytest.mark.parametrize("filled", ["before", "here"])
def test_seminr(fit, gaps, antecedents, filled):
    fitted = fit if filled == "before" else rt.pls(GOLDEN["model"], gaps)
    options = {"antecedents": antecedents, "benchmark": "others", "gaps": "sample"}
    found = rt.predict(fitted, fold_of=GOLDEN["fold_of"], **options)
    golden = GOLDEN[antecedents]
    outside, inside = found.items(), found.items(in_sample=True)
    assert list(outside.index) == golden["PLS_oos"]["cols"]
    for name, table, ending in (
        ("PLS_oos", outside, ""),
        ("PLS_is", inside, ""),
        ("LM_oos", outside, "_lm"),
        ("LM_is", inside, "_lm"),
    ):
        theirs = np.array(golden[name]["values"])
        assert golden[name]["rows"] == ["RMSE", "MAE"]
        ours = table[[f"rmse{ending}", f"mae{ending}"]].to_numpy().T
        # seminr's weights stop at 1e-7.
        np.testing.assert_allclose(ours, theirs, atol=1e-8 if name.startswith("PLS") else 1e-12)
    head = golden["pred_oos_head"]
    rows = [int(row) - 1 for row in head["rows"]]
    np.testing.assert_allclose(found.predicted[0, rows], np.array(head["values"]), atol=1e-7)


def test_the_benchmark_by_hand(fit, reputation):
    fold = np.array(GOLDEN["fold_of"])
    found = rt.predict(fit, fold_of=fold, benchmark="antecedents")
    item, place = "cusl_2", list(found.item_names).index("cusl_2")
    predictors = [name for name in reputation.columns if name.startswith(("comp", "like", "cusa"))]
    told = found.predictors.set_index("construct").loc["CUSL"]
    assert told.linear.split(", ") == predictors
    assert told.pls == "COMP, LIKE, CUSA"
    for left_out in (1, 7):
        train, test = fold != left_out, fold == left_out
        design = np.column_stack([np.ones(len(fold)), reputation[predictors]])
        slopes = np.linalg.lstsq(design[train], reputation[item][train], rcond=None)[0]
        np.testing.assert_allclose(found.by_linear[0, test, place], design[test] @ slopes, atol=1e-10)
        assert found.by_average[0, test, place] == pytest.approx(reputation[item][train].mean())
    own = found.items().loc[item]
    errors = reputation[item].to_numpy() - found.predicted[0, :, place]
    naive = reputation[item].to_numpy() - found.by_average[0, :, place]
    assert own.q2_predict == pytest.approx(1 - (errors**2).sum() / (naive**2).sum())
    assert own.skewness == pytest.approx(stats.skew(errors))
    assert own.mae == pytest.approx(np.abs(errors).mean())


def test_cvpat_is_a_paired_test_of_losses(fit, reputation):
    found = rt.predict(fit, repeats=3, seed=4)
    truth = reputation[list(found.item_names)].to_numpy()
    own = np.array(found.construct_names) == "CUSL"
    pls, linear = (((truth - one) ** 2)[:, :, own].mean(axis=(0, 2)) for one in (found.predicted, found.by_linear))
    test = stats.ttest_rel(pls, linear)
    row = found.cvpat().set_index(["construct", "benchmark"]).loc[("CUSL", "linear")]
    assert row.loss == pytest.approx(pls.mean())
    assert row.loss_benchmark == pytest.approx(linear.mean())
    assert (row.t, row.p, row.df) == pytest.approx((test.statistic, test.pvalue, 343))
    interval = test.confidence_interval(0.95)
    assert (row.ci_low, row.ci_high) == pytest.approx((interval.low, interval.high))
    with_bootstrap = found.cvpat(draws=4999).set_index(["construct", "benchmark"]).loc[("COMP", "linear")]
    assert with_bootstrap.p_bootstrap == pytest.approx(with_bootstrap.p, abs=0.03)


def test_rival_models_are_compared_on_the_same_folds(reputation, fit):
    other = rt.pls(GOLDEN["model"].replace("CUSL ~ COMP + LIKE + CUSA", "CUSL ~ COMP"), reputation)
    first, second = rt.predict(fit, repeats=2), rt.predict(other, repeats=2)
    row = first.compare(second, "CUSL").iloc[0]
    assert row.difference < 0
    assert row.p < 0.001
    assert second.compare(first, "CUSL").difference[0] == pytest.approx(-row.difference)
    with pytest.raises(OptionError, match="one seed, or one fold_of="):
        first.compare(rt.predict(other, repeats=2, seed=2), "CUSL")
    with pytest.raises(OptionError, match=r"unknown outcome 'CUSLL'. Did you mean 'CUSL'"):
        first.compare(second, "CUSLL")
    # As many rows, dealt alike, and not the same ones.
    lost = reputation.astype(float)
    lost.loc[3, "qual_1"] = np.nan
    left_out = rt.predict(rt.pls(GOLDEN["model"], lost, missing="listwise"), repeats=2)
    lost = reputation.astype(float)
    lost.loc[9, "qual_1"] = np.nan
    with pytest.raises(OptionError, match="rest on different rows"):
        left_out.compare(rt.predict(rt.pls(GOLDEN["model"], lost, missing="listwise"), repeats=2), "CUSL")
    with pytest.raises(OptionError, match="other answers to the items of 'CUSL'"):
        first.compare(rt.predict(rt.pls(GOLDEN["model"], reputation.iloc[::-1]), repeats=2), "CUSL")


def test_repetitions_deal_anew(fit):
    found = rt.predict(fit, folds=5, repeats=3, seed=2)
    assert len({tuple(row % 5) for row in found.folds}) == 3
    again = rt.predict(fit, folds=5, repeats=2, seed=2)
    np.testing.assert_array_equal(again.predicted, found.predicted[:2])
    averaged, pooled = found.items(pooled="predictions"), found.items()
    assert (averaged.rmse < pooled.rmse).all()


@pytest.mark.parametrize("folds", [2, 7, 60])
def test_fold_moments_are_those_of_the_rows_left(folds):
    generator = np.random.default_rng(3)
    values = generator.normal(5, 2, size=(60, 4))
    values[generator.random(values.shape) < 0.1] = np.nan
    dealt = dealt_folds(60, folds, 2, seed=1)
    for weights in (None, generator.uniform(1, 3, size=60)):
        covariance, mean = fold_moments(Sample(tuple("abcd"), values, weights=weights), dealt)
        for draw in (0, dealt.draws - 1):
            rows = np.setdiff1d(np.arange(60), dealt.held_out(draw))
            own = np.ones(len(rows)) if weights is None else weights[rows]
            left = np.ma.masked_invalid(values[rows])
            expected = np.ma.average(left, axis=0, weights=own)
            filled = np.where(np.isnan(values[rows]), expected, values[rows])
            np.testing.assert_allclose(mean[draw], expected, atol=1e-12)
            np.testing.assert_allclose(covariance[draw], np.cov(filled.T, aweights=own, ddof=0), atol=1e-12)


def test_missing_answers_are_not_predicted_and_means_are_those_of_training(gaps):
    fit = rt.pls(GOLDEN["model"], gaps)
    fold = np.array(GOLDEN["fold_of"])
    found = rt.predict(fit, fold_of=fold)
    item = "cusl_1"
    place = list(found.item_names).index(item)
    answered = gaps[item].notna().to_numpy()
    assert (~answered).sum() > 0
    error = (gaps[item].to_numpy() - found.predicted[0, :, place])[answered]
    assert found.items().rmse[item] == pytest.approx(np.sqrt((error**2).mean()))
    train = gaps[fold != 3]
    assert found.by_average[0, fold == 3, place] == pytest.approx(train[item].mean())
    trained = rt.pls(GOLDEN["model"], train.reset_index(drop=True))
    observed = found.model.constructs(train[list(fit.plan.items)].to_numpy(), 2)[0]
    np.testing.assert_allclose(observed * np.sqrt((len(train) - 1) / len(train)), trained.scores(), atol=1e-7)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        (PRODUCT, {"interaction": "two_stage"}),
        (PRODUCT, {"interaction": "scores"}),
        (PRODUCT, {"interaction": "product_indicator"}),
        (PRODUCT, {"interaction": "orthogonal"}),
        (WITHIN, {}),
        (PART, {"higher_order": "disjoint"}),
        (PART, {"higher_order": "embedded"}),
        (PART, {"higher_order": "saturated"}),
        (OUTCOME, {"higher_order": "disjoint"}),
    ],
)
def test_models_in_stages_are_predicted_by_what_training_rows_estimate(mobile, model, options):
    fit = rt.pls(model, mobile, **options)
    fold = np.arange(len(mobile)) % 5
    found = rt.predict(fit, fold_of=fold)
    train = mobile[fold != 2].reset_index(drop=True)
    trained = rt.pls(model, train, **options)
    n = len(train)
    columns = list(fit.plan.items)
    observed, expected = found.model.constructs(train[columns].to_numpy(), 2)
    names = list(fit.structure.constructs)
    scores = trained.scores()[names]
    units = trained.solution.units[0] if trained.solution.units is not None else 1.0
    # Training samples point where the fit does, the rows by themselves where most of their items do.
    turn = np.sign((observed * scores.to_numpy()).sum(axis=0))
    np.testing.assert_allclose(observed * turn * np.sqrt((n - 1) / n) * units, scores, atol=1e-6)
    # Predicted scores are paths times scores.
    paths = trained.paths()
    for outcome in paths.lhs.unique():
        own = paths[paths.lhs == outcome]
        by_hand = scores[list(own.rhs)].to_numpy() @ own.est.to_numpy()
        ours = (expected * turn)[:, names.index(outcome)] * np.sqrt((n - 1) / n)
        np.testing.assert_allclose(ours, by_hand, atol=1e-6)
    # Items follow by their loadings, whatever lies between.
    if "Both" not in trained.paths().lhs.unique():
        items = found.model.items_of(expected, 2)
        loadings = trained.loadings().set_index(["construct", "item"]).est
        for place, (name, item) in enumerate(zip(found.construct_names, found.item_names, strict=True)):
            own = paths[paths.lhs == name]
            score = scores[list(own.rhs)].to_numpy() @ own.est.to_numpy()
            by_hand = train[item].mean() + train[item].std() * loadings[name, item] * score
            np.testing.assert_allclose(items[:, place], by_hand, atol=1e-6)
    table = found.items()
    assert (table.q2_predict > 0).mean() > 0.8
    assert not table.isna().any(axis=None)


def test_the_items_of_parts_are_predicted_through_their_loadings(mobile):
    found = rt.predict(rt.pls(OUTCOME, mobile), repeats=1)
    assert list(found.item_names) == ["PERV1", "PERV2", "CUSA1", "CUSA2", "CUSA3"]
    assert set(found.construct_names) == {"Both"}
    linear = found.predictors.linear[0].split(", ")
    assert linear == ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5", "CUEX1", "CUEX2", "CUEX3"]


@pytest.mark.parametrize("filled", ["training", "sample"])
@pytest.mark.parametrize("model", [PRODUCT, MOBILE + "Value ~ Image\nSatisfaction ~ Value + Expectation"])
def test_whole_weights_count_as_so_many_rows(mobile, model, filled):
    """Rows that weigh 2 predict, and are judged, as if each stood twice in the data and in one fold."""
    generator = np.random.default_rng(8)
    rows = mobile.mask(generator.random(mobile.shape) < 0.02)
    weights, fold = generator.integers(1, 4, size=len(rows)), np.arange(len(rows)) % 5
    once = rt.predict(rt.pls(model, rows.assign(w=weights), weights="w"), fold_of=fold, gaps=filled)
    again = rows.loc[rows.index.repeat(weights)].reset_index(drop=True)
    often = rt.predict(rt.pls(model, again), fold_of=np.repeat(fold, weights), gaps=filled)
    compared = [name for name in once.items() if name != "construct"]
    for in_sample in (False, True):
        ours, theirs = (one.items(in_sample=in_sample)[compared] for one in (once, often))
        np.testing.assert_allclose(ours, theirs, atol=1e-7)
    np.testing.assert_allclose(once.constructs(), often.constructs(), atol=1e-7)
    ours, theirs = (one.cvpat()[["loss", "loss_benchmark", "difference"]] for one in (once, often))
    np.testing.assert_allclose(ours, theirs, atol=1e-7)
    assert "rows and their errors weighted by 'w'" in str(once)


def test_what_is_no_better_but_for_rounding_is_no_better(mobile):
    """PLS of single items is the linear model."""
    fit = rt.pls("CUSL1 ~ CUSA1 + IMAG1\nCUSA1 ~ IMAG1", mobile)
    apart = []
    for seed in range(1, 6):
        found = rt.predict(fit, repeats=3, seed=seed)
        items = found.items()
        apart.append(np.abs(items.rmse - items.rmse_lm).max())
        assert (items[["rmse_difference", "mae_difference"]] == 0).all(axis=None)
        assert set(found.verdict().verdict) == {"no predictive power"}
        against = found.cvpat().query("benchmark == 'linear'")
        assert (against["difference"] == 0).all()
        assert against[["t", "p", "ci_low", "ci_high"]].isna().all(axis=None)
    assert 0 < max(apart) < 1e-12


def test_weights_that_are_all_alike_change_nothing(mobile):
    model = MOBILE + "Satisfaction ~ Image + Value + Expectation"
    plain = rt.predict(rt.pls(model, mobile), repeats=2)
    alike = rt.predict(rt.pls(model, mobile.assign(w=3.0), weights="w"), repeats=2)
    for table in ("items", "constructs"):
        ours, theirs = (getattr(one, table)().select_dtypes("number") for one in (alike, plain))
        np.testing.assert_allclose(ours, theirs, atol=1e-9)
    ours, theirs = (one.cvpat(draws=50).select_dtypes("number") for one in (alike, plain))
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    ours, theirs = (one.rows(mobile.head(3)).select_dtypes("number") for one in (alike, plain))
    np.testing.assert_allclose(ours, theirs, atol=1e-8)
    uneven = rt.predict(rt.pls(model, mobile.assign(w=1.0 + mobile.index % 2), weights="w"), repeats=2)
    with pytest.raises(OptionError, match="weight rows differently"):
        uneven.compare(plain, "Satisfaction")


def test_a_weighted_test_of_losses_has_the_error_of_a_weighted_mean(mobile):
    weights = 1.0 + np.arange(len(mobile)) % 3
    fit = rt.pls(MOBILE + "Satisfaction ~ Image + Value + Expectation", mobile.assign(w=weights), weights="w")
    found = rt.predict(fit, repeats=1)
    truth = mobile[list(found.item_names)].to_numpy()
    pls, linear = (((truth - one[0]) ** 2).mean(axis=1) for one in (found.predicted, found.by_linear))
    difference = pls - linear
    row = found.cvpat().set_index(["construct", "benchmark"]).loc[("(all)", "linear")]
    assert row.difference == pytest.approx(np.average(difference, weights=weights))
    # Leaving out each row in turn says how the mean varies.
    n = len(weights)
    without = [np.average(np.delete(difference, k), weights=np.delete(weights, k)) for k in range(n)]
    assert row.se == pytest.approx(np.sqrt((n - 1) / n * ((without - np.mean(without)) ** 2).sum()), rel=0.02)


@pytest.mark.parametrize("antecedents", ["direct", "earliest"])
@pytest.mark.parametrize("weighted", [False, True])
def test_em_fills_gaps_by_training_rows_and_the_answers_that_predict(mobile, antecedents, weighted):
    generator = np.random.default_rng(6)
    model = MOBILE + "Value ~ Image + Expectation\nSatisfaction ~ Value + Image"
    rows = mobile.mask(generator.random(mobile.shape) < 0.08).assign(w=1.0 + mobile.index % 2)
    options = {"missing": "em", "weights": "w" if weighted else None}
    fold = np.arange(len(rows)) % 4
    found = rt.predict(rt.pls(model, rows, **options), fold_of=fold, antecedents=antecedents)
    names = list(found.item_names)
    blocks = {block.construct: list(block.items) for block in rt.parse_model(model).blocks}
    direct = {"Value": ["Image", "Expectation"], "Satisfaction": ["Value", "Image"]}
    exogenous = {"Value": ["Image", "Expectation"], "Satisfaction": ["Image", "Expectation"]}
    for left_out in range(4):
        trained = rt.pls(model, rows[fold != left_out].reset_index(drop=True), **options)
        columns = list(trained.sample.names)
        moments = sample_moments(trained.sample, missing="em")
        centre = pd.Series(moments.mean, columns)
        spread = pd.DataFrame(moments.covariance, columns, columns)
        weights, loadings = (one.set_index("item").est for one in (trained.weights(), trained.loadings()))
        beta = trained.paths().set_index(["lhs", "rhs"]).est
        for k in np.flatnonzero(fold == left_out)[:10]:
            for outcome, own in (("Value", blocks["Value"]), ("Satisfaction", blocks["Satisfaction"])):
                sources = (direct if antecedents == "direct" else exogenous)[outcome]
                items = [item for name in sources for item in blocks[name]]
                filled = rows.loc[k, items].astype(float)
                known, gone = filled.index[filled.notna()], filled.index[filled.isna()]
                slopes = np.linalg.solve(spread.loc[known, known], spread.loc[known, gone])
                filled[gone] = centre[gone] + (filled[known] - centre[known]).to_numpy() @ slopes
                z = (filled - centre[items]) / np.sqrt(np.diag(spread.loc[items, items]))
                score = {name: (z[blocks[name]] * weights[blocks[name]]).sum() for name in sources}
                if antecedents == "direct" or outcome == "Value":
                    predicted = sum(beta[outcome, name] * score[name] for name in sources)
                else:
                    through = sum(beta["Value", name] * score[name] for name in sources)
                    predicted = beta[outcome, "Value"] * through + beta[outcome, "Image"] * score["Image"]
                by_hand = centre[own] + np.sqrt(np.diag(spread.loc[own, own])) * loadings[own] * predicted
                places = [names.index(item) for item in own]
                np.testing.assert_allclose(found.predicted[0, k, places], by_hand, atol=1e-6)
                slopes = np.linalg.solve(spread.loc[items, items], spread.loc[items, own])
                linear = centre[own] + (filled - centre[items]).to_numpy() @ slopes
                np.testing.assert_allclose(found.by_linear[0, k, places], linear, atol=1e-6)
    assert (found.items().q2_predict > 0).all()
    new = found.rows(rows.head(3))
    assert np.isfinite(new.est).all()
    assert (new.low < new.est).all()


def test_em_without_gaps_is_prediction_as_ever(mobile):
    model = MOBILE + "Satisfaction ~ Image + Value + Expectation"
    ours, theirs = (rt.predict(rt.pls(model, mobile, missing=way), repeats=1).items() for way in ("em", "mean"))
    pd.testing.assert_frame_equal(ours, theirs)


def test_new_rows(fit, reputation):
    found = rt.predict(fit, repeats=2)
    new = reputation.head(4).drop(columns=["cusl_1", "cusl_2", "cusl_3"]).set_index(pd.Index(list("abcd")))
    rows = found.rows(new, level=0.8)
    assert list(dict.fromkeys(rows.row)) == list("abcd")
    last = rows[(rows.row == "b") & (rows.item == "cusl_3")].iloc[0]
    scores = fit.scores().iloc[1]
    paths = fit.paths()
    own = paths[paths.lhs == "CUSL"]
    loading = fit.loadings().set_index("item").est["cusl_3"]
    by_hand = reputation.cusl_3.mean() + reputation.cusl_3.std() * loading * (scores[own.rhs] @ own.est.to_numpy())
    assert last.est == pytest.approx(by_hand, abs=1e-9)
    assert last.low < last.est < last.high
    narrow = found.rows(new, level=0.5)
    assert ((narrow.high - narrow.low) < (rows.high - rows.low)).all()
    with pytest.raises(ResponseError, match="not among the columns: 'comp_1'"):
        found.rows(new.drop(columns="comp_1"))


def test_intervals_cover_about_what_they_say():
    generator = np.random.default_rng(11)

    def drawn(n):
        x, y = generator.normal(size=(2, n))
        y += 0.7 * x
        items = np.column_stack([x, x, y, y]) + generator.normal(scale=0.6, size=(n, 4))
        return pd.DataFrame(items, columns=["a", "b", "c", "d"])

    found = rt.predict(rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", drawn(150)), repeats=1)
    new = drawn(400)
    rows = found.rows(new, level=0.8)
    truth = new[["c", "d"]].to_numpy().ravel()
    covered = float(((rows.low <= truth) & (truth <= rows.high)).mean())
    assert 0.74 < covered < 0.86


def test_too_few_rows_for_a_level_give_no_limit(reputation):
    found = rt.predict(rt.pls("A =~ comp_1 + comp_2; B =~ like_1 + like_2; B ~ A", reputation.head(20)), repeats=1)
    rows = found.rows(reputation.head(1), level=0.99)
    assert np.isinf(rows.low).all()
    assert np.isinf(rows.high).all()


@pytest.mark.parametrize(
    ("better", "items", "word"),
    [(3, 3, "high"), (2, 3, "medium"), (2, 4, "medium"), (1, 3, "low"), (0, 3, "no"), (1, 1, "high")],
)
def test_verdicts_of_shmueli(better, items, word):
    assert power_in_words(better, items) == f"{word} predictive power"


def test_noise_has_no_predictive_relevance():
    data = pd.DataFrame(np.random.default_rng(7).normal(size=(80, 4)), columns=["a", "b", "c", "d"])
    verdict = rt.predict(rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data)).verdict()
    assert verdict.loc["Y", "verdict"] == "no predictive relevance"


def test_a_linear_model_that_cannot_be_estimated_is_unknown(reputation):
    """As many predictors as rows in training: the regression has nothing left."""
    small = reputation.head(24)
    model = "Q =~ qual_1 + qual_2 + qual_3 + qual_4 + qual_5 + qual_6 + qual_7 + qual_8\n" + (
        "P =~ perf_1 + perf_2 + perf_3 + perf_4 + perf_5\nC =~ csor_1 + csor_2 + csor_3 + csor_4 + csor_5\n"
        "Y =~ comp_1 + comp_2 + comp_3\nY ~ Q + P + C"
    )
    found = rt.predict(rt.pls(model, small), folds=3, repeats=1)
    table = found.items()
    assert table.rmse_lm.isna().all()
    assert table.rmse.notna().all()
    assert found.verdict().loc["Y", "verdict"] in ("", "no predictive relevance")
    linear = found.cvpat().query("benchmark == 'linear'")
    assert linear.difference.isna().all()


def test_items_without_a_linear_model_are_not_left_out_of_what_is_compared(mobile):
    """Of two outcomes one has more predictors than training rows: their losses together have no benchmark."""
    model = MOBILE + "Value ~ Image\nSatisfaction ~ Image + Expectation + Value"
    found = rt.predict(rt.pls(model, mobile.head(12)), folds=6, repeats=1)
    table = found.items()
    assert table.query("construct == 'Value'").rmse_lm.notna().all()
    assert table.query("construct == 'Satisfaction'").rmse_lm.isna().all()
    linear = found.cvpat().query("benchmark == 'linear'").set_index("construct")
    assert linear.loss_benchmark.notna().to_dict() == {"(all)": False, "Value": True, "Satisfaction": False}
    assert linear.difference.notna().to_dict() == {"(all)": False, "Value": True, "Satisfaction": False}


@pytest.mark.parametrize("pooled", ["errors", "predictions"])
def test_a_linear_model_is_judged_by_the_rows_that_pls_is_judged_by_or_not_at_all(mobile, pooled):
    """Two items differ in one row only, so that one training sample of each repetition has no regression."""
    table = mobile.assign(IMAG2=mobile.IMAG1.astype(float))
    table.loc[5, "IMAG2"] += 1
    found = rt.predict(rt.pls(MOBILE + "Value ~ Image\nSatisfaction ~ Value + Expectation", table), repeats=2)
    items = found.items(pooled=pooled)
    assert items.rmse.notna().all()
    assert items.rmse_difference.notna().groupby(items.construct).all().to_dict() == {
        "Value": False, "Satisfaction": True,
    }  # fmt: skip
    assert found.verdict().loc["Value", "verdict"] in ("", "no predictive relevance")


def test_predictions_of_a_row_are_averaged_over_the_repetitions_that_have_one(mobile):
    table = mobile.assign(IMAG2=3.0)
    table.loc[[0, 1], "IMAG2"] = 4.0
    fold = np.array([np.arange(len(table)) % 5, np.arange(len(table)) % 5])
    fold[0, [0, 1]] = 2
    found = rt.predict(rt.pls(MOBILE + "Value ~ Image\nSatisfaction ~ Value + Expectation", table), fold_of=fold)
    assert len(found.failed) == 1
    own = np.where(np.isnan(found.predicted[0]), found.predicted[1], found.predicted.mean(axis=0))
    by_hand = np.sqrt(((found.truth - own) ** 2).mean(axis=0))
    assert found.items(pooled="predictions").rmse.to_numpy() == pytest.approx(by_hand)


def test_training_samples_that_fail_are_told():
    """An item that varies in two rows is constant once both are left out."""
    generator = np.random.default_rng(2)
    data = pd.DataFrame(generator.normal(size=(40, 4)), columns=["a", "b", "c", "d"])
    data["c"] += data["a"]
    data["b"] = 3.0
    data.loc[[0, 1], "b"] = 4.0
    fold = np.arange(40) % 4
    fold[[0, 1]] = 1
    fit = rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data)
    found = rt.predict(fit, fold_of=fold)
    ((reason, count),) = found.failed
    assert reason.startswith("no_variance: no variance in b")
    assert count == 1
    assert np.isnan(found.predicted[0, fold == 1]).all()
    assert "1 training samples could not be estimated" in str(found)
    assert found.items().rmse.notna().all()
    assert found.cvpat().n[0] == 40 - (fold == 1).sum()


def test_refusals(reputation, gaps, mobile, fit):
    model = "A =~ comp_1 + comp_2; B =~ like_1 + like_2; B ~ A"
    with pytest.raises(OptionError, match=r"takes a fit by rt.pls, got a SemFit"):
        rt.predict(rt.sem(model, reputation))
    with pytest.raises(OptionError, match="Fit with consistent=False to predict"):
        rt.predict(rt.pls(model, reputation, consistent=True))
    with pytest.raises(OptionError, match="gaps='sample' puts the item's mean"):
        rt.predict(rt.pls(GOLDEN["model"], gaps, missing="em"), gaps="sample")
    with pytest.raises(OptionError, match=r"unknown benchmark 'other'. Did you mean 'others'"):
        rt.predict(fit, benchmark="other")
    with pytest.raises(OptionError, match="unknown gaps 'none'"):
        rt.predict(fit, gaps="none")
    with pytest.raises(OptionError, match="compare\\(\\) takes another prediction"):
        rt.predict(fit, repeats=1).compare(fit, "CUSL")
    with pytest.raises(OptionError, match="folds=400 is more than the 344 rows"):
        rt.predict(fit, folds=400)
    with pytest.raises(OptionError, match="fold_of has 3 entries and the fit 344 rows"):
        rt.predict(fit, fold_of=[1, 2, 3])
    with pytest.raises(OptionError, match="has one fold"):
        rt.predict(fit, fold_of=np.ones(344))
    with pytest.raises(OptionError, match="fold of each row as a whole number"):
        rt.predict(fit, fold_of=["a"] * 344)
    repeated = rt.pls(OUTCOME, mobile, higher_order="repeated")
    with pytest.raises(OptionError, match=r"from its own items: '.*higher_order='disjoint'"):
        rt.predict(repeated)
    inner = rt.pls(MOBILE + "Value ~ Image\nSatisfaction ~ Value + Expectation + Value:Expectation", mobile)
    with pytest.raises(OptionError, match="before the product 'Value:Expectation' can be formed"):
        rt.predict(inner, antecedents="earliest")


def test_folds_given_for_all_rows_of_the_data_are_taken_for_those_that_entered(gaps):
    fit = rt.pls(GOLDEN["model"], gaps, missing="listwise")
    fold = np.array(GOLDEN["fold_of"])
    whole, own = rt.predict(fit, fold_of=fold), rt.predict(fit, fold_of=fold[fit.entered])
    assert fit.n_obs < len(gaps)
    np.testing.assert_array_equal(whole.predicted, own.predicted)


def test_it_can_be_read(fit):
    found = rt.predict(fit, repeats=1)
    assert "10 folds, 1 repetition, seed 1" in str(found)
    assert "the items of the constructs from which PLS predicts it" in repr(found)
    assert "<h4>Verdict" in found._repr_html_()


def test_order_of_rows_and_units_of_items_are_irrelevant(reputation):
    model = "A =~ comp_1 + comp_2 + comp_3; B =~ like_1 + like_2; C =~ cusl_1 + cusl_2; B ~ A; C ~ A + B"
    fold = np.arange(len(reputation)) % 6
    found = rt.predict(rt.pls(model, reputation), fold_of=fold)
    order = np.random.default_rng(1).permutation(len(reputation))
    turned = rt.predict(rt.pls(model, reputation.iloc[order].reset_index(drop=True)), fold_of=fold[order])
    np.testing.assert_allclose(turned.predicted[0], found.predicted[0][order], atol=1e-8)
    scaled = rt.predict(rt.pls(model, reputation.assign(like_1=3 - 10 * reputation.like_1)), fold_of=fold)
    place = list(found.item_names).index("like_1")
    np.testing.assert_allclose(scaled.predicted[0, :, place], 3 - 10 * found.predicted[0, :, place], atol=1e-7)
    np.testing.assert_allclose(scaled.items().q2_predict, found.items().q2_predict, atol=1e-9)
