"""What a fit says of its blocks, its equations and itself, beyond what golden cases hold."""

import numpy as np
import pandas as pd
import pytest
from pls_reference import data, fitted

import rantau as rt
from rantau.errors import ConvergenceWarning, EstimationError, OptionError
from rantau.pls import pls
from rantau.pls.measurement import htmt, htmt2
from rantau.pls.quantities import TABLES

SMALL = "X =~ IMAG1 + IMAG2 + IMAG3\nM =~ CUSA1 + CUSA2 + CUSA3\nY =~ CUSL1 + CUSL3\nM ~ X\nY ~ M + X"


@pytest.fixture(scope="module")
def mobile():
    return data("mobile.csv")


@pytest.fixture(scope="module")
def small(mobile):
    return pls(SMALL, mobile)


# -- tables and their draws --------------------------------------------------------------------------------


def shown(fit, of):
    """The table of a fit as its method returns it, as a mapping from the names of quantities."""
    names = fit.structure.constructs
    if of in ("loadings", "weights", "communalities"):
        op = {"loadings": "=~", "weights": "<~", "communalities": "communality"}[of]
        return {(row.construct, op, row.item): row.est for row in getattr(fit, of)().itertuples()}
    if of in ("htmt", "htmt2", "htmt_signed", "htmt2_signed", "construct_correlations"):
        signed = {"signed": True} if of.endswith("signed") else {}
        frame = getattr(fit, of.removesuffix("_signed"))(**signed)
        op = {"htmt": "htmt", "htmt2": "htmt2"}.get(of.removesuffix("_signed"), "~~")
        return {(a, op, b): frame.loc[a, b] for i, a in enumerate(names) for b in names[:i]}
    if of == "cross_loadings":
        frame = fit.cross_loadings()
        return {(name, "cross_loading", item): frame.loc[item, name] for name in names for item in frame.index}
    if of == "f_squared":
        frame = fit.f_squared()
        return {(row.lhs, "f2", row.rhs): frame.loc[row.lhs, row.rhs] for row in fit.paths().itertuples()}
    if of == "f_squared_again":
        frame = fit.f_squared(again=True)
        return {(row.lhs, "f2", row.rhs): frame.loc[row.lhs, row.rhs] for row in fit.paths().itertuples()}
    if of == "vif":
        return {
            (row.target, "vif", row.name_): row.vif for row in fit.vif().rename(columns={"name": "name_"}).itertuples()
        }
    if of == "fit_indices":
        both = {model: fit.fit_indices(model) for model in ("estimated", "saturated")}
        return {(name, "", model): value for model in both for name, value in both[model].items()}
    if of == "r_squared":
        frame = fit.r_squared().set_axis(["r2", "r2_adjusted"], axis=1)
    elif of == "redundancy":
        frame = fit.redundancy().to_frame()
    elif of == "reliability":
        frame = fit.reliability(variants=True).loc[~fit.structure.single]
    else:
        frame = getattr(fit, of)()
    return {(row, op, row): frame.loc[row, op] for row in frame.index for op in frame.columns}


NAMED = sorted(set(TABLES) - {"estimates", "paths", "effects", "definitions", "fornell_larcker"})


@pytest.mark.parametrize("of", NAMED)
@pytest.mark.parametrize("name", ["csem_reputation_ext", "csem_mobile_consistent"])
def test_every_table_is_named_and_resampled_as_its_method_shows_it(name, of):
    fit = fitted(name)
    theirs, one = shown(fit, of), fit.showing(of)
    ours = {(q.lhs, q.op, q.rhs): value for q, value in zip(one.quantities, one.values(), strict=True)}
    assert ours.keys() == theirs.keys()
    np.testing.assert_allclose([ours[key] for key in theirs], list(theirs.values()), rtol=1e-12, atol=1e-14)
    assert {q.of for q in one.quantities} <= {of}


def test_tables_are_of_the_same_draws(small):
    draws = rt.bootstrap(small, draws=150, seed=3)
    columns = ["est", "mean", "se", "ci_low", "ci_high", "p"]
    every = draws.table().set_index(["lhs", "op", "rhs"])[columns]
    for of in ("paths", "effects", "loadings", "htmt", "r_squared"):
        part = draws.table(of=of).set_index(["lhs", "op", "rhs"])[columns]
        both = part.index.intersection(every.index)
        assert len(both)
        np.testing.assert_allclose(part.loc[both], every.loc[both], rtol=1e-10)
    assert draws.table(of="htmt2", interval="bca").ci_low.notna().all()
    assert draws.table(of="definitions").empty
    assert draws.table(of="fit_indices").p.isna().all()
    with pytest.raises(OptionError, match=r"unknown of 'htmt3'\. Did you mean 'htmt'\?"):
        draws.table(of="htmt3")
    with pytest.raises(OptionError, match=r"unknown of 'htmt3'"):
        small.showing("htmt3")


def test_communalities_and_the_variance_accounted_for(small):
    loadings = small.loadings()["est"]
    np.testing.assert_allclose(small.communalities()["est"], loadings**2)
    row = small.variance_accounted_for().iloc[0]
    beta = small.paths().set_index(["lhs", "rhs"])["est"]
    indirect = beta["M", "X"] * beta["Y", "M"]
    assert (row.lhs, row.rhs) == ("Y", "X")
    assert row.vaf == pytest.approx(indirect / (indirect + beta["Y", "X"]))
    table = rt.bootstrap(small, draws=50).table(of="effects").query("op == 'vaf'")
    assert table.est.tolist() == [row.vaf]


def test_the_fornell_larcker_margin_is_above_zero_where_the_criterion_holds(small):
    margins = rt.bootstrap(small, draws=50).table(of="fornell_larcker").set_index(["lhs", "rhs"])["est"]
    square = small.fornell_larcker() ** 2
    assert margins["Y", "X"] == pytest.approx(square.loc["Y", "Y"] - square.loc["Y", "X"])
    assert margins["X", "Y"] == pytest.approx(square.loc["X", "X"] - square.loc["Y", "X"])


# -- heterotrait-monotrait ratios --------------------------------------------------------------------------


def congeneric(phi, loadings):
    every = np.concatenate(loadings)
    owner = np.repeat([0, 1], [len(one) for one in loadings])
    matrix = np.outer(every, every) * np.array([[1, phi], [phi, 1]])[owner[:, None], owner]
    np.fill_diagonal(matrix, 1.0)
    return matrix[None], (slice(0, len(loadings[0])), slice(len(loadings[0]), every.size))


def test_htmt2_is_the_correlation_of_factors_whose_items_load_unequally():
    """Roemer, Schuberth & Henseler (2021): HTMT is so only where items of a factor load alike."""
    unequal, blocks = congeneric(0.6, ([0.9, 0.7, 0.4], [0.8, 0.8, 0.3, 0.6]))
    assert htmt2(unequal, blocks)[0, 1, 0] == pytest.approx(0.6, abs=1e-14)
    assert abs(htmt(unequal, blocks)[0, 1, 0] - 0.6) > 0.01
    equal, blocks = congeneric(0.6, ([0.8, 0.8, 0.8], [0.5, 0.5]))
    assert htmt(equal, blocks)[0, 1, 0] == pytest.approx(0.6, abs=1e-14)


def test_signs_and_ratios():
    matrix, blocks = congeneric(0.6, ([0.9, 0.7, 0.8, 0.4], [0.8, 0.6]))
    turned = np.array([1, 1, 1, -1, 1, 1])
    reversed_item = matrix * np.outer(turned, turned)
    for ratio in (htmt, htmt2):
        plain = ratio(matrix, blocks)[0, 1, 0]
        assert ratio(matrix, blocks, signed=True)[0, 1, 0] == pytest.approx(plain)
        # The absolute ratio does not care how an item is keyed; the signed one does, or does not exist.
        assert ratio(reversed_item, blocks)[0, 1, 0] == pytest.approx(plain)
    assert abs(htmt(reversed_item, blocks, signed=True)[0, 1, 0] - htmt(matrix, blocks)[0, 1, 0]) > 0.05
    assert np.isnan(htmt2(reversed_item, blocks, signed=True)[0, 1, 0])


def test_one_sided_intervals_and_a_null_of_ones_own(small):
    draws = rt.bootstrap(small, draws=400, seed=2)
    both, upper, lower = (
        draws.table(of="htmt", level=level, side=side)
        for level, side in ((0.9, "both"), (0.95, "upper"), (0.95, "lower"))
    )
    np.testing.assert_allclose(upper.ci_high, both.ci_high)
    np.testing.assert_allclose(lower.ci_low, both.ci_low)
    assert (upper.ci_low == -np.inf).all()
    assert (lower.ci_high == np.inf).all()
    for interval in ("basic", "bca"):
        one = draws.table(of="htmt", side="upper", interval=interval)
        assert (one.ci_high < draws.table(of="htmt", interval=interval).ci_high).all()
    values = draws._of("htmt").values
    below = draws.table(of="htmt", alternative="less", null=0.9).p
    np.testing.assert_allclose(below, ((values >= 0.9).sum(axis=0) + 1) / 401)
    with pytest.raises(OptionError, match=r"a one-sided interval has a level above 0\.5, such as 0\.95, got 0\.4"):
        draws.table(side="lower", level=0.4)
    with pytest.raises(OptionError, match=r"unknown side 'uper'\. Did you mean 'upper'\?"):
        draws.table(side="uper")
    with pytest.raises(OptionError, match=r"null is the number that p tests against, such as 0\.9, got 'HTMT'"):
        draws.table(null="HTMT")


# -- the fit of the whole ----------------------------------------------------------------------------------


def test_degrees_of_freedom_that_are_none_leave_undefined_what_divides_by_them(mobile):
    one = pls("Y ~ X", mobile.rename(columns={"CUSA1": "X", "CUSA2": "Y"}))
    found = one.fit_indices()
    assert found["df"] <= 0
    assert found["srmr"] == pytest.approx(0.0, abs=1e-12)
    assert found[["chisq_df", "nnfi", "rmsea", "cn"]].isna().all()
    assert "gof" not in found.index


def test_saturated_model_spends_more_on_constructs(small):
    estimated, saturated = (small.fit_indices(model)["df"] for model in ("estimated", "saturated"))
    # All three pairs of constructs have a path: the two models are one.
    assert estimated == saturated == 28 - 8 - 3
    pd.testing.assert_series_equal(small.fit_indices(), small.fit_indices("saturated"), check_names=False)


def test_criteria_are_nan_for_constructs_without_predictors_and_small_samples(mobile):
    few = pls("Y ~ A + B + C", mobile.rename(columns={"CUSA1": "A", "CUSA2": "B", "CUSL1": "C", "CUEX1": "Y"}).head(6))
    found = few.information_criteria().loc["Y"]
    # n - k - 2 is nought.
    assert found[["aicc", "hqc"]].isna().all()
    assert np.isfinite(found[["aic", "bic", "fpe", "hq", "aicu"]]).all()


# -- f² ----------------------------------------------------------------------------------------------------


def test_f_squared_again_where_a_predictor_leaves_the_model(mobile):
    model = "A =~ IMAG1 + IMAG2\nB =~ CUEX1 + CUEX2\nY =~ CUSA1 + CUSA2 + CUSA3\n"
    fit = pls(model + "Y ~ A + B", mobile)
    without = pls(model.replace("B =~ CUEX1 + CUEX2\n", "") + "Y ~ A", mobile)
    r_squared, other = fit.r_squared().loc["Y", "r_squared"], without.r_squared().loc["Y", "r_squared"]
    assert fit.f_squared(again=True).loc["Y", "B"] == pytest.approx((r_squared - other) / (1 - r_squared), abs=1e-8)
    alone = without.f_squared(again=True).loc["Y", "A"]
    assert alone == pytest.approx(other / (1 - other))
    assert alone == pytest.approx(without.f_squared().loc["Y", "A"])


def test_f_squared_again_is_nan_where_the_model_without_the_path_does_not_converge(mobile):
    model = "A =~ IMAG1 + IMAG2 + IMAG3\nB =~ CUEX1 + CUEX2 + CUEX3\nY =~ CUSA1 + CUSA2 + CUSA3\nY ~ A + B"
    enough = pls(model, mobile)
    # Without B the weights need an iteration more than with it; without A they do not.
    found = pls(model, mobile, max_iterations=enough.iterations).f_squared(again=True).loc["Y"]
    assert np.isnan(found["B"])
    assert found["A"] == pytest.approx(enough.f_squared(again=True).loc["Y", "A"])


# -- redundancy --------------------------------------------------------------------------------------------


def test_what_is_explained_entirely_leaves_nothing_to_hold_an_effect_against(mobile):
    """A sum explained by its parts: the rounding of 1 - R² once gave f² of -5e14."""
    table = mobile.assign(whole=mobile[["IMAG1", "IMAG2", "IMAG3"]].sum(axis=1))
    fit = pls("whole ~ IMAG1 + IMAG2 + IMAG3", table)
    assert fit.r_squared().r_squared["whole"] == pytest.approx(1, abs=1e-12)
    assert fit.f_squared().isna().all(axis=None)
    assert fit.f_squared(again=True).isna().all(axis=None)
    assert fit.information_criteria().isna().all(axis=None)


def test_what_a_model_that_did_not_settle_would_say_is_not_told(mobile):
    """GM and Cp lean on the model of all paths, the redundancy on one by mode A: their weights must settle too."""
    model = SMALL.replace("M =~", "M <~")
    with pytest.warns(ConvergenceWarning):
        hurried = pls(model, mobile, max_iterations=2)
    settled = pls(model, mobile)
    assert hurried.information_criteria()[["gm", "cp"]].isna().all(axis=None)
    assert settled.information_criteria()[["gm", "cp"]].notna().all(axis=None)
    assert hurried.redundancy().isna().all()
    assert settled.redundancy().notna().all()


def test_redundancy_against_other_items_is_a_model_of_two(mobile):
    fit = pls("F <~ PERQ1 + PERQ2 + PERQ3\nY =~ CUSL1 + CUSL3\nY ~ F", mobile)
    one = rt.redundancy(fit, mobile, construct="F", against="CUSA1")
    by_hand = pls("F <~ PERQ1 + PERQ2 + PERQ3\nCUSA1 ~ F", mobile)
    assert one.paths()["est"].tolist() == by_hand.paths()["est"].tolist()
    # Mode B against one item is the regression of that item.
    x = np.column_stack([np.ones(len(mobile)), mobile[["PERQ1", "PERQ2", "PERQ3"]]])
    rest = mobile["CUSA1"] - x @ np.linalg.lstsq(x, mobile["CUSA1"], rcond=None)[0]
    assert one.r_squared().loc["CUSA1", "r_squared"] == pytest.approx(1 - rest.var() / mobile["CUSA1"].var())
    several = rt.redundancy(fit, mobile, construct="F", against=["CUSA1", "CUSA2"])
    assert several.paths()[["lhs", "rhs"]].to_numpy().tolist() == [["F_global", "F"]]
    assert rt.bootstrap(several, draws=20).table(of="paths").shape[0] == 1
    # An item may have the name that the construct of several would get.
    named = rt.redundancy(fit, mobile.assign(F_global=mobile.CUSA1), construct="F", against=["F_global", "CUSA2"])
    assert named.paths()["lhs"].tolist() == ["F_global_"]
    assert named.paths()["est"].tolist() == several.paths()["est"].tolist()


def test_redundancy_says_what_it_cannot_do(mobile):
    fit = pls("F <~ PERQ1 + PERQ2 + PERQ3\nY =~ CUSL1 + CUSL3\nY ~ F", mobile)
    with pytest.raises(OptionError, match=r"unknown construct 'f'\. Did you mean 'F'\?"):
        rt.redundancy(fit, mobile, construct="f", against="CUSA1")
    with pytest.raises(OptionError, match=r"items that do not belong to F, got PERQ1\. fit\.redundancy\(\)"):
        rt.redundancy(fit, mobile, construct="F", against=["PERQ1", "CUSA1"])
    higher = pls("X =~ IMAG1 + IMAG2\nM =~ CUSA1 + CUSA2\nG =~ X + M\nY =~ CUSL1 + CUSL3\nY ~ G", mobile)
    with pytest.raises(OptionError, match=r"items that do not belong to G, got CUSA2\."):
        rt.redundancy(higher, mobile, construct="G", against="CUSA2")


def test_redundancy_of_a_construct_of_constructs_brings_its_parts(mobile):
    parts = "X <~ IMAG1 + IMAG2 + IMAG3\nM =~ PERV1 + PERV2\nG <~ X + M\n"
    fit = pls(parts + "Y =~ CUSL1 + CUSL3\nY ~ G", mobile, modes={"M": "B"})
    one = rt.redundancy(fit, mobile, construct="G", against="CUSA3")
    by_hand = pls(parts + "CUSA3 ~ G", mobile, modes={"M": "B"})
    assert one.paths()["est"].tolist() == by_hand.paths()["est"].tolist()
    of_part = rt.redundancy(fit, mobile, construct="X", against="CUSA3")
    assert (
        of_part.paths()["est"].tolist() == pls("X <~ IMAG1 + IMAG2 + IMAG3\nCUSA3 ~ X", mobile).paths()["est"].tolist()
    )
    # What an assessment says is missing can be given.
    asked = rt.assess(fit).table("formative_validity")["about"].tolist()
    found = rt.assess(fit, redundancy=[rt.redundancy(fit, mobile, construct=name, against="CUSA3") for name in asked])
    assert found.table("formative_validity")["value"].notna().all()


# -- rival models ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rivals(mobile):
    blocks = "X =~ IMAG1 + IMAG2 + IMAG3\nM =~ CUSA1 + CUSA2 + CUSA3\nY =~ CUSL1 + CUSL3\n"
    return {
        "both": pls(blocks + "Y ~ M + X\nM ~ X", mobile),
        "satisfaction": pls(blocks + "Y ~ M\nM ~ X", mobile),
        "image": pls(blocks + "Y ~ X\nM ~ X", mobile),
    }


def test_rival_models_are_weighed(rivals):
    table = rt.rival_models(rivals, outcome="Y")
    assert list(table.index) == list(rivals)
    for name in ("aic", "bic"):
        values = [fit.information_criteria().loc["Y", name] for fit in rivals.values()]
        assert table[name].tolist() == values
        likelihood = np.exp(-(np.array(values) - min(values)) / 2)
        np.testing.assert_allclose(table[f"{name}_weight"], likelihood / likelihood.sum())
        assert table[f"{name}_difference"].min() == 0
    assert table.loc["both", "predictors"] == 2
    assert list(rt.rival_models(tuple(rivals.values()), outcome="Y").index) == ["1", "2", "3"]


def test_rival_models_must_be_comparable(rivals, mobile):
    both = rivals["both"]
    with pytest.raises(OptionError, match=r"compares two models or more, got 1"):
        rt.rival_models([both], outcome="Y")
    with pytest.raises(OptionError, match=r"model '1': unknown outcome 'X'.*Allowed: M, Y"):
        rt.rival_models([both, both], outcome="X")
    other = pls("X =~ IMAG1 + IMAG2\nY =~ CUSL1 + CUSL2\nY ~ X", mobile)
    with pytest.raises(OptionError, match=r"'Y' is measured by CUSL1, CUSL2 in model '2', and by CUSL1, CUSL3"):
        rt.rival_models([both, other], outcome="Y")
    fewer = pls(SMALL, mobile.head(200))
    with pytest.raises(EstimationError, match=r"model '2' rests on 200 rows and the first on 250"):
        rt.rival_models([both, fewer], outcome="Y")
    moved = pls(SMALL, mobile.iloc[::-1].reset_index(drop=True))
    with pytest.raises(EstimationError, match="or on other answers to the items of 'Y'"):
        rt.rival_models([both, moved], outcome="Y")
    with pytest.raises(OptionError, match=r"model '2' is estimated with consistent=True and the first with .*=False"):
        rt.rival_models([pls(SMALL, mobile), pls(SMALL, mobile, consistent=True)], outcome="Y")
    weighted = pls(SMALL, mobile.assign(w=1 + np.arange(250) % 3), weights="w")
    with pytest.raises(OptionError, match=r"model '2' is estimated with weights='w' and the first with weights=None"):
        rt.rival_models([both, weighted], outcome="Y")
    with pytest.raises(OptionError, match=r"takes fits by rt\.pls; '2' is a SemFit"):
        rt.rival_models([both, rt.cfa("X =~ IMAG1 + IMAG2 + IMAG3", mobile)], outcome="Y")


# -- blindfolding ------------------------------------------------------------------------------------------


def test_blindfolding_by_hand(mobile):
    """Each round by a fit of its own to data in which means stand for what is left out."""
    distance, block = 7, ["CUSA1", "CUSA2", "CUSA3"]
    items = ["IMAG1", "IMAG2", "IMAG3", *block, "CUSL1", "CUSL3"]
    z = (mobile[items] - mobile[items].mean()) / mobile[items].std(ddof=0)
    position = np.arange(len(z))[:, None] + len(z) * np.arange(3)
    sse = np.zeros(2)
    for start in range(distance):
        left_out = position % distance == start
        filled = z.copy()
        filled[block] = z[block].mask(left_out)
        filled[block] = filled[block].fillna(filled[block].mean())
        fit = pls(SMALL, filled)
        scores = fit.scores() * np.sqrt(len(z) / (len(z) - 1))
        loadings = fit.loadings().query("construct == 'M'")["est"].to_numpy()
        by_predictors = scores["X"] * fit.paths().set_index("lhs").loc["M", "est"]
        for place, score in enumerate((by_predictors, scores["M"])):
            sse[place] += ((z[block] - np.outer(score, loadings)) ** 2).to_numpy()[left_out].sum()
    found = pls(SMALL, mobile).blindfold(distance).loc["M"]
    assert found["sso"] == pytest.approx(3 * len(z))
    np.testing.assert_allclose(found[["sse_redundancy", "sse_communality"]], sse, rtol=1e-8)
    assert found["q2_redundancy"] == pytest.approx(1 - sse[0] / (3 * len(z)))


def test_blindfolding_of_what_has_no_predictors_or_one_item(mobile):
    found = pls("X =~ IMAG1 + IMAG2\nY =~ CUSCO\nY ~ X", mobile).blindfold(7)
    assert np.isnan(found.loc["X", "q2_redundancy"])
    assert np.isnan(found.loc["Y", "q2_communality"])
    assert found.loc["Y", "q2_redundancy"] > 0


def test_blindfolding_says_what_it_cannot_do(small, mobile):
    with pytest.raises(OptionError, match=r"distance=2 divides the 4 rows.*Take 3\."):
        pls("CUSL1 ~ IMAG1", mobile.head(4).assign(CUSL1=[1, 3, 2, 4], IMAG1=[2, 3, 1, 5])).blindfold(2)
    with pytest.raises(OptionError, match=r"distance=5 divides the 250 rows.*Take 6, 7, 8, 9, 11, 12"):
        small.blindfold(5)
    with pytest.raises(OptionError, match=r"distance is a whole number from 2 to 249, such as 7, got 1"):
        small.blindfold(1)
    with pytest.raises(EstimationError, match="consistent=False"):
        pls(SMALL, mobile, consistent=True).blindfold()
    gaps = mobile.copy().astype(float)
    gaps.loc[3, "CUSA1"] = np.nan
    assert np.isfinite(pls(SMALL, gaps).blindfold().loc["M", "q2_redundancy"])
    with pytest.raises(EstimationError, match=r"missing='em' does not\. Fit with missing='mean'"):
        pls(SMALL, gaps, missing="em").blindfold()
    with pytest.raises(EstimationError, match="counts every row alike, and this fit is weighted"):
        pls(SMALL, mobile.assign(w=np.arange(250) + 1.0), weights="w").blindfold()
    with pytest.raises(EstimationError, match="scores of others or by products"):
        pls(SMALL + "\nY ~ X:M", mobile).blindfold()
