"""Products and constructs of constructs: seminr's and cSEM's numbers."""

import numpy as np
import pandas as pd
import pytest
from pls_reference import CASES, case, data, fitted, long, matrix, worst

from rantau.pls import pls
from rantau.pls.flatten import staged_fit_indices
from rantau.pls.structural import adjusted

SEMINR = [name for name in CASES if name.startswith("stages_seminr")]
#: seminr stops at 1e-7.
CLOSE = 1e-5
#: cSEM was run to 1e-10.
CLOSER = 1e-7
QUADRATIC = "stages_csem_mobile_quadratic"
REPUTATION = "stages_csem_reputation_hoc"
FULL = ["stages_seminr_mobile_two_stage", "stages_seminr_mobile_hoc"]


def like(ours, theirs):
    """Ours in the order of theirs: seminr puts the parts of higher-order constructs last."""
    return worst(ours.reindex(index=theirs.index, columns=theirs.columns), theirs)


@pytest.mark.parametrize("name", SEMINR)
def test_paths_weights_and_explained_variance_of_seminr(name):
    fit, numbers = fitted(name), case(name)["numbers"]
    theirs = matrix(numbers["path_coef"])
    ours = long(fit.paths(), "rhs", "lhs").reindex(index=theirs.index, columns=theirs.columns, fill_value=0)
    assert worst(ours, theirs) < CLOSE
    assert worst(long(fit.weights(), "item", "construct"), matrix(numbers["outer_weights"])) < CLOSE
    assert like(fit.r_squared().set_axis(["Rsq", "AdjRsq"], axis=1).T, matrix(numbers["rSquared"])) < CLOSE


@pytest.mark.parametrize("name", SEMINR)
def test_loadings_of_products_are_correlations_where_seminr_gives_covariances(name):
    """seminr multiplies the loadings of a product by the unit of its score; rantau's are correlations throughout."""
    fit = fitted(name)
    theirs = matrix(case(name)["numbers"]["outer_loadings"])
    units = np.ones(len(fit.structure.constructs)) if fit.solution.units is None else fit.solution.units[0]
    ours = long(fit.loadings(), "item", "construct")[list(fit.structure.constructs)] * units
    assert worst(ours, theirs) < CLOSE


@pytest.mark.parametrize("name", FULL)
def test_everything_else_that_seminr_says(name):
    fit, numbers = fitted(name), case(name)["numbers"]
    theirs = matrix(numbers["scores_head"])
    theirs.index = range(len(theirs))
    assert like(fit.scores(), theirs) < CLOSE
    assert like(fit.scores().corr(), matrix(numbers["scores_cor"])) < CLOSE
    assert like(fit.cross_loadings(), matrix(numbers["cross_loadings"])) < CLOSE
    reliability = fit.reliability()[["alpha", "rho_a", "rho_c", "ave"]]
    assert like(reliability.set_axis(["alpha", "rhoA", "rhoC", "AVE"], axis=1), matrix(numbers["reliability"])) < CLOSE
    theirs = matrix(numbers["htmt"])
    below = np.tril(np.ones(theirs.shape), -1) == 1
    assert worst(fit.htmt().reindex(index=theirs.index, columns=theirs.columns).where(below), theirs) < CLOSE
    theirs = matrix(numbers["fl"])
    correlations = fit.construct_correlations().reindex(index=theirs.index, columns=theirs.columns)
    assert worst(correlations.where(below), theirs.where(below)) < CLOSE
    assert np.diag(theirs) == pytest.approx(np.sqrt(fit.reliability().ave.reindex(theirs.index)), abs=CLOSE)
    for kind, block in (("total", "total_effects"), ("indirect", "total_indirect")):
        theirs = matrix(numbers[block])
        table = long(fit.effects().query(f"kind == '{kind}' and via == ''"), "rhs", "lhs")
        assert worst(table.reindex(index=theirs.index, columns=theirs.columns, fill_value=0), theirs) < CLOSE
    for target, row in numbers["vif_antecedents"].items():
        inner = fit.vif().query(f"kind == 'inner' and target == '{target}'").set_index("name")["vif"]
        assert inner[list(row)].tolist() == pytest.approx([1.0 if v is None else v for v in row.values()], abs=CLOSE)
    for target, row in numbers["vif_items"].items():
        outer = fit.vif().query(f"kind == 'outer' and target == '{target}'").set_index("name")["vif"]
        assert outer[list(row)].tolist() == pytest.approx(list(row.values()), abs=CLOSE)
    theirs = matrix(numbers["it_criteria"])
    ours = fit.information_criteria()[["aic", "bic"]].set_axis(["AIC", "BIC"], axis=1).T
    assert like(ours / theirs, theirs / theirs) < CLOSE


@pytest.mark.parametrize("name", [name for name in SEMINR if "fsq" in case(name)["numbers"]])
def test_f_squared_of_seminr_estimates_every_stage_again(name):
    """seminr has no f² of what is multiplied: without its path nothing is left in the first stage to weight it by.

    Where something is left, as of SatX, which predicts Loyalty besides Satisfaction, it has none all the same, and
    rantau has.
    """
    fit, theirs = fitted(name), matrix(case(name)["numbers"]["fsq"])
    ours, known = fit.f_squared(again=True), 0
    for path in fit.paths().itertuples():
        value = theirs.loc[path.rhs, path.lhs]
        if np.isfinite(value):
            assert ours.loc[path.lhs, path.rhs] == pytest.approx(value, abs=CLOSE)
            known += 1
        else:
            assert any(path.rhs in other.split(":") for other in fit.structure.constructs if ":" in other)
    assert known == {FULL[0]: 2, FULL[1]: 4}.get(name, 3)


def test_effects_of_products_are_the_same_in_every_table():
    blocks = "A =~ IMAG1 + IMAG2\nB =~ PERV1 + PERV2\nY =~ CUSA1 + CUSA2\nZ =~ CUSL1 + CUSL3\n"
    fit = pls(blocks + "Y ~ A + B + A:B\nZ ~ Y + A + B + A:B", data("mobile.csv"))
    shares = fit.variance_accounted_for().set_index(["lhs", "rhs"])
    assert ("Z", "A:B") in shares.index
    for row in fit.effects().query("via == ''").itertuples():
        if (row.lhs, row.rhs) in shares.index:
            assert shares.loc[(row.lhs, row.rhs), row.kind] == pytest.approx(row.est, abs=1e-12)


PARTS = "Image =~ IMAG1 + IMAG2 + IMAG3\nValue =~ PERV1 + PERV2\nBoth =~ Image + Value\n"
QUALITY = "Quality =~ PERQ1 + PERQ2 + PERQ3\n"
OUTCOMES = "Satisfaction =~ CUSA1 + CUSA2 + CUSA3\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Satisfaction\nSatisfaction ~ "


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_f_squared_again_of_what_is_inadmissible_is_told_as_its_paths_are():
    """The corrected correlations are those of no constructs, which the fit says."""
    few = data("mobile.csv").head(25)
    fit = pls(PARTS + QUALITY + OUTCOMES + "Both + Quality", few, consistent=True)
    assert not fit.trustworthy
    assert np.isfinite(fit.paths()["est"]).all()
    left = pls(PARTS + OUTCOMES + "Both", few, consistent=True).r_squared().r_squared["Satisfaction"]
    explained = fit.r_squared().r_squared["Satisfaction"]
    found = fit.f_squared(again=True).loc["Satisfaction", "Quality"]
    assert found == pytest.approx((explained - left) / (1 - explained), rel=1e-7)


@pytest.mark.parametrize("resampled", [False, True])
def test_f_squared_again_by_hand(resampled):
    """Without its path a construct of constructs leaves the model with its parts, also in a resample."""
    rows = np.random.default_rng(3).integers(250, size=250) if resampled else np.arange(250)
    taken = data("mobile.csv").iloc[rows]
    whole = pls(PARTS + QUALITY + OUTCOMES + "Both + Quality", taken)
    left = {"Both": pls(QUALITY + OUTCOMES + "Quality", taken), "Quality": pls(PARTS + OUTCOMES + "Both", taken)}

    fit = pls(PARTS + QUALITY + OUTCOMES + "Both + Quality", data("mobile.csv")).showing("f_squared_again")
    drawn = fit.refit(np.bincount(rows, minlength=250)[None].astype(float)).values[0]
    found = {(one.lhs, one.rhs): value for one, value in zip(fit.quantities, drawn, strict=True)}
    explained = whole.r_squared().r_squared["Satisfaction"]
    for predictor, without in left.items():
        less = explained - without.r_squared().r_squared["Satisfaction"]
        assert found["Satisfaction", predictor] == pytest.approx(less / (1 - explained), abs=1e-7)
    assert found["Loyalty", "Satisfaction"] == pytest.approx(whole.f_squared().loc["Loyalty", "Satisfaction"], abs=1e-7)


def test_the_product_of_csem_from_the_moments_of_csem():
    """cSEM takes the moments of products, and then of all scores, over n, where scores are standardised with n - 1.

    Correlations are so (n - 1)/n of what they are, beside a diagonal of 1: `Expectation ~ Image`, with one predictor,
    is 0.50289 in cSEM's table and a correlation of 0.50491 in the next. Its weights are those of the first stage
    (interaction="scores"). From our scores with its moments come its numbers.
    """
    fit, numbers = fitted(QUADRATIC), case(QUADRATIC)["numbers"]
    linear = list(fit.structure.constructs[:7])
    assert worst(long(fit.weights(), "construct", "item"), matrix(numbers["weights"])) < CLOSER
    assert worst(long(fit.loadings(), "construct", "item"), matrix(numbers["loadings"])) < CLOSER
    assert like(fit.construct_correlations(), matrix(numbers["construct_vcv"])) < CLOSER
    assert like(fit.construct_correlations(), matrix(numbers["proxy_vcv"])) < CLOSER

    scores, n = fit.scores()[linear].assign(**{"Image:Image": lambda table: table.Image**2 - 1}), fit.n_obs
    moments = np.array(scores.T @ scores / n)
    moments[range(7), range(7)] = 1.0
    moments[7, 7] = (scores.Image**4).mean() - 1
    moments = pd.DataFrame(moments, scores.columns, scores.columns)
    theirs = matrix(numbers["path"])
    for outcome, row in theirs.iterrows():
        predictors = [name for name in theirs.columns if row[name] != 0]
        if not predictors:
            continue
        beta = np.linalg.solve(moments.loc[predictors, predictors], moments.loc[predictors, outcome])
        assert beta == pytest.approx(row[predictors].to_numpy(), abs=CLOSER)
        r_squared = beta @ moments.loc[predictors, outcome]
        assert r_squared == pytest.approx(numbers["R2"][outcome], abs=CLOSER)
        # As it should be, the same from moments over n - 1 throughout is what rantau says.
        columns = scores - scores.mean()
        exact = np.linalg.lstsq(columns[predictors].to_numpy(), columns[outcome].to_numpy(), rcond=None)[0]
        ours = fit.paths().query(f"lhs == '{outcome}'").set_index("rhs").est[predictors]
        assert ours.to_numpy() == pytest.approx(exact, abs=1e-10)


def test_the_two_stages_of_csem():
    fit, numbers = fitted(REPUTATION), case(REPUTATION)["numbers"]
    first, second = fit.stages
    weights = matrix(numbers["first"]["weights"])
    assert worst(long(fit.weights(), "construct", "item"), weights) < CLOSER
    assert worst(long(fit.loadings(), "construct", "item"), matrix(numbers["first"]["loadings"])) < CLOSER
    theirs = matrix(numbers["first"]["path"])
    beta = pd.DataFrame(first.solution.beta[0], first.structure.constructs, first.structure.constructs)
    assert like(beta, theirs) < CLOSER

    theirs = matrix(numbers["second"]["path"])
    ours = long(fit.paths(), "lhs", "rhs").reindex(index=theirs.index, columns=theirs.columns, fill_value=0)
    assert worst(ours, theirs) < CLOSER
    for table, numbers_of in (("weights", second.solution.weights[0]), ("loadings", second.solution.loadings[0])):
        theirs = matrix(numbers["second"][table])
        assert numbers_of == pytest.approx(theirs.sum(axis=0)[list(second.structure.items)].to_numpy(), abs=CLOSER)
    theirs = pd.Series(numbers["second"]["R2"])
    assert fit.r_squared().r_squared[theirs.index].to_numpy() == pytest.approx(theirs.to_numpy(), abs=CLOSER)


def test_the_fit_of_csem_on_the_items_of_both_stages():
    """cSEM's model has COMP, LIKE, CUSA and CUSL as factors, which the first stage does not correct."""
    fit, theirs = fitted(REPUTATION), case(REPUTATION)["numbers"]["assess"]
    factors = ("COMP", "LIKE", "CUSA", "CUSL", "REPU")
    kinds = tuple("reflective" if name in factors else "composite" for name in fit.structure.constructs)
    plan = fit.plan.replace(whole=fit.structure.replace(kinds=kinds))
    ours = staged_fit_indices(plan, fit.ascent, fit.n_obs, "estimated")
    assert ours["srmr"][0] == pytest.approx(theirs["SRMR"], abs=CLOSER)
    assert ours["d_uls"][0] == pytest.approx(theirs["DL"], abs=CLOSER)
    assert ours["d_g"][0] == pytest.approx(theirs["DG"], abs=CLOSER)
    assert fit.fit_indices().srmr == pytest.approx(0.0528491, abs=1e-7)
    assert ours["rmsea"][0] == pytest.approx(theirs["RMSEA"], abs=CLOSER)
    # 465 correlations less 78 of blocks, 7 paths, 6 correlations of exogenous constructs and 2 loadings of REPU.
    assert ours["df"][0] == 372


def test_items_of_all_stages_are_shown_in_the_place_of_scores():
    fit = fitted(REPUTATION)
    loadings = fit.loadings()
    assert set(fit.sample.names) | {"COMP", "LIKE"} == set(loadings["item"])
    assert loadings.query("construct == 'REPU'")["item"].tolist() == ["COMP", "LIKE"]
    assert fit.htmt().shape == (9, 9)
    assert len(fit.scores().columns) == 9
    r_squared = adjusted(fit.solution.r_squared, fit.structure.paths, fit.n_obs)[0]
    assert np.isnan(r_squared[fit.structure.constructs.index("COMP")])


def test_missing_answers_are_met_in_products_as_in_items():
    """With the items' means put in by hand, the same numbers."""
    frame = data("mobile.csv").astype(float)
    frame = frame.mask(np.random.default_rng(5).random(frame.shape) < 0.05)
    model = case(FULL[0])["model"]
    for interaction in ("two_stage", "product_indicator"):
        by_hand = pls(model, frame.fillna(frame.mean()), interaction=interaction)
        assert pls(model, frame, interaction=interaction).values() == pytest.approx(by_hand.values(), abs=1e-8)
