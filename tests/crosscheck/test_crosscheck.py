"""The same numbers from semopy, statsmodels and pingouin, and honesty where they cannot be had."""

import logging
import math
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.crosscheck import Check, Skipped, Verification
from rantau.crosscheck.asking import PackageFailedError, asking
from rantau.crosscheck.packages import ROWS
from rantau.errors import OptionError, ResponseError

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
DEMOCRACY = (
    "ind60 =~ x1 + x2 + x3; dem60 =~ y1 + y2 + y3 + y4; dem65 =~ y5 + y6 + y7 + y8; dem60 ~ ind60; "
    "dem65 ~ ind60 + dem60; y1 ~~ y5; y2 ~~ y4 + y6; y3 ~~ y7; y4 ~~ y8; y6 ~~ y8"
)
EQUAL = DEMOCRACY.replace("y2 + y3 + y4;", "a*y2 + b*y3 + c*y4;").replace("y6 + y7 + y8;", "a*y6 + b*y7 + c*y8;")
MEDIATION = "Y ~ c*X; M ~ a*X; Y ~ b*M; ab := a*b"


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv("tests/data/hs.csv")


@pytest.fixture(scope="module")
def democracy():
    return pd.read_csv("tests/data/democracy.csv")


@pytest.fixture(scope="module")
def mediation():
    return pd.read_csv("tests/data/mediation.csv")


@pytest.fixture(scope="module")
def mobile():
    return pd.read_csv("tests/data/mobile.csv")


@pytest.fixture(scope="module")
def composite(mobile):
    return rt.pls(rt.read_model("models/mobile.sem"), mobile)


def of(found: Verification, package: str) -> dict[str, list[Check]]:
    groups: dict[str, list[Check]] = {}
    for check in found.checks:
        if check.package == package:
            groups.setdefault(check.kind, []).append(check)
    return groups


def reason(found: Verification, package: str, quantity: str) -> str:
    reasons = [one.reason for one in found.skipped if one.package == package and quantity in one.quantity]
    assert len(reasons) == 1, (quantity, found.skipped)
    return reasons[0]


# -- semopy --------------------------------------------------------------------------------------------


def test_semopy_agrees_on_a_factor_model_to_seven_digits(hs):
    found = rt.crosscheck(rt.cfa(HS, hs))
    groups = of(found, "semopy")
    counts = {kind: len(checks) for kind, checks in groups.items()}
    assert counts == {
        "loadings": 6, "variances and covariances": 15, "standard errors": 21, "standardised estimates": 24,
        "fit indices": 6,
    }  # fmt: skip
    assert min(check.digits for checks in groups.values() for check in checks) > 6.5
    assert found.agreed()
    indices = {check.quantity: check for check in groups["fit indices"]}
    # lavaan 0.7-2, HolzingerSwineford1939: chi-square 85.306, df 24, CFI .931, RMSEA .092
    assert indices["chisq"].theirs == pytest.approx(85.306, abs=1e-3)
    assert indices["rmsea"].theirs == pytest.approx(0.0921, abs=5e-5)
    assert "n - 1" in indices["rmsea"].note


def test_what_semopy_cannot_do_is_listed_with_reasons(hs, mediation):
    found = rt.crosscheck(rt.sem(MEDIATION, mediation))
    assert "has no defined quantities" in reason(found, "semopy", "ab := a*b")
    assert "exogenous covariates (X)" in reason(found, "semopy", "degrees of freedom")
    assert "discrepancy" in reason(found, "semopy", "AIC")
    assert [check.quantity for check in of(found, "semopy")["fit indices"]] == ["chisq"]
    means = rt.crosscheck(rt.cfa(HS, hs, meanstructure=True))
    assert "have none" in reason(means, "semopy", "means and intercepts")
    assert means.agreed(1e-6)


@pytest.mark.parametrize("options", [{"std_lv": True}, {"meanstructure": True, "std_lv": True}])
def test_semopy_agrees_where_factors_have_unit_variance(hs, options):
    found = rt.crosscheck(rt.cfa(HS, hs, **options))
    assert len(of(found, "semopy")["loadings"]) == 9
    assert found.agreed(1e-6)


def test_semopy_agrees_on_a_second_order_factor_with_a_reversed_first_item(hs):
    turned = hs.assign(x1=-hs["x1"])
    found = rt.crosscheck(rt.cfa(HS + "\ng =~ visual + textual + speed", turned, std_lv=True))
    assert of(found, "semopy")["loadings"]
    assert found.agreed(1e-5)


def test_restricted_means_are_not_semopys_to_check(hs):
    found = rt.crosscheck(rt.sem(HS + "\nx1 ~ 5*1", hs))
    assert not of(found, "semopy")
    assert "restricts them" in reason(found, "semopy", "every number")


def test_a_cfi_beyond_one_is_cut_as_ours_is():
    draw = np.random.default_rng(1).normal(size=(200, 5))
    data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    found = rt.crosscheck(rt.sem("F =~ a + b + c + d", data))
    cfi = next(check for check in found.checks if check.quantity == "cfi")
    assert (cfi.ours, cfi.theirs) == (1, 1)
    assert cfi.note == "semopy's is 1.0058; a CFI is cut at 0 and 1"
    assert found.agreed(1e-6)


@pytest.mark.parametrize(
    ("stated", "left_out"),
    [
        ("ageyr ~~ grade", "CFI and TLI"),
        ("ageyr ~~ ageyr\ngrade ~~ grade", "CFI and TLI"),
        ("ageyr ~~ ageyr", "degrees of freedom"),
    ],
)
def test_covariates_covary_in_semopy_as_in_our_table(hs, stated, left_out):
    found = rt.crosscheck(rt.sem(f"{HS}\nvisual ~ ageyr + grade\n{stated}", hs.dropna()))
    assert of(found, "semopy")["loadings"]
    assert found.agreed(1e-5), found.disagreements()
    assert reason(found, "semopy", left_out)


@pytest.mark.parametrize("text", [DEMOCRACY, EQUAL])
def test_semopy_agrees_on_democracy_and_residual_correlations_are_left_out(democracy, text):
    found = rt.crosscheck(rt.sem(text, democracy))
    groups = of(found, "semopy")
    assert found.agreed(1e-5)
    assert len(groups["regressions"]) == 3
    assert not any(check.quantity == "y1 ~~ y5" for check in groups["standardised estimates"])
    assert any(check.quantity == "y1 ~~ y5" for check in groups["variances and covariances"])
    assert "not of the residuals" in reason(found, "semopy", "standardised residual covariances")


def test_semopy_agrees_on_mobile_and_its_baseline_for_a_single_item_is_left_out(mobile):
    found = rt.crosscheck(rt.cfa(rt.read_model("models/mobile.sem"), mobile))
    assert found.agreed(1e-6)
    assert "CUSCO" in reason(found, "semopy", "CFI and TLI")
    assert [check.quantity for check in of(found, "semopy")["fit indices"]] == ["chisq", "df", "pvalue", "rmsea"]


def test_semopy_that_stops_early_is_not_compared_and_its_numbers_are_told(hs):
    uneven = hs.assign(x1=hs["x1"] * 1000, x9=hs["x9"] / 1000)
    fit = rt.cfa(HS, uneven)
    assert fit.fit_indices()["chisq"] == pytest.approx(85.3055, abs=1e-4)
    found = rt.crosscheck(fit)
    assert not of(found, "semopy")
    assert "semopy stopped early" in reason(found, "semopy", "every number")
    assert "ours is 0.28340705" in reason(found, "semopy", "every number")


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_a_negative_variance_of_ours_is_said_to_be_out_of_semopys_reach():
    covariance = np.array([[1, 0.75, 0.6], [0.75, 1, 0.35], [0.6, 0.35, 1]])
    draw = np.random.default_rng(1).normal(size=(200, 3))
    white = np.linalg.solve(np.linalg.cholesky(np.cov(draw.T)), (draw - draw.mean(axis=0)).T)
    data = pd.DataFrame((np.linalg.cholesky(covariance) @ white).T, columns=["a", "b", "c"])
    found = rt.crosscheck(rt.sem("F =~ a + b + c", data))
    assert "ours are negative: a (-" in reason(found, "semopy", "every number")


def test_a_wrong_number_of_ours_shows_as_a_disagreement(hs):
    fit = rt.cfa(HS, hs)
    theta = np.array(fit.theta)
    theta[0] += 0.01
    wrong = rt.crosscheck(fit.replace(theta=theta))
    assert not wrong.agreed()
    loading = next(check for check in wrong.disagreements() if check.kind == "loadings")
    assert loading.quantity == "visual =~ x2"
    assert loading.difference == pytest.approx(0.01, abs=1e-6)
    assert loading.digits == pytest.approx(2, abs=1e-3)


# -- what only one group of complete rows by maximum likelihood has in common ----------------------------


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"group": "school"}, "it fits one group at a time"),
        ({"estimator": "GLS"}, "asked for maximum likelihood, and this fit is by GLS"),
        ({"estimator": "ULS", "se": "none"}, "asked for maximum likelihood, and this fit is by ULS"),
        ({"likelihood": "wishart"}, "divides covariances by n, and this fit by n - 1"),
        ({"sampling_weights": "weight"}, "this fit has sampling weights"),
    ],
    ids=str,
)
def test_estimates_that_no_package_gives_are_not_compared(hs, options, why):
    data = hs.assign(weight=1.0 + hs.index % 3)
    found = rt.crosscheck(rt.sem(f"{HS}\nspeed ~ visual", data, **options))
    assert not of(found, "semopy")
    assert not of(found, "statsmodels")
    for package, quantity in (("semopy", "every number"), ("statsmodels", "regressions")):
        assert why in reason(found, package, quantity)
    # Alpha is a number of the answers, not of the fit; of several groups there would be several.
    assert bool(of(found, "pingouin")) == ("group" not in options)
    assert not found.disagreements(1e-6)


def test_gaps_are_not_compared_and_answers_without_gaps_are(hs):
    gaps = rt.crosscheck(rt.cfa(HS, pd.read_csv("tests/data/hs_gaps.csv"), missing="fiml"))
    assert "leaves out rows with missing answers" in reason(gaps, "semopy", "every number")
    whole = rt.crosscheck(rt.cfa(HS, hs, missing="fiml"))
    assert len(of(whole, "semopy")["loadings"]) == 6
    assert whole.agreed(1e-6)
    assert "expected information, and this fit from observed" in reason(whole, "semopy", "standard errors")


def test_constraints_are_not_given_to_other_packages(hs):
    for fit in (rt.cfa, rt.sem):
        found = rt.crosscheck(fit(HS.replace("x2", "a*x2") + "\na > 0.1", hs))
        assert "no constraints among parameters" in reason(found, "semopy", "every number")


@pytest.mark.parametrize(
    "options",
    [
        *({"estimator": name} for name in ("MLR", "MLM", "MLMV", "MLF")),
        {"test": "browne_residual_adf", "se": "robust_sem"},
    ],
    ids=str,
)
def test_robust_fits_are_compared_but_for_their_errors(hs, options):
    found = rt.crosscheck(rt.cfa(HS, hs, **options))
    groups = of(found, "semopy")
    assert set(groups) == {"loadings", "variances and covariances", "standardised estimates", "fit indices"}
    assert found.agreed(1e-6)
    assert reason(found, "semopy", "standard errors")


@pytest.mark.parametrize("package", ["statsmodels", "pingouin"])
def test_robust_paths_are_least_squares_without_its_errors(mediation, package):
    found = rt.crosscheck(rt.sem(MEDIATION, mediation, estimator="MLR"))
    assert set(of(found, package)) == {"regressions", "R²", "residual variances"}
    assert "those of this fit are robust" in reason(found, package, "standard errors of regressions")
    assert found.agreed(1e-6)


def test_rows_given_to_a_fit_with_gaps_are_met_as_in_it(hs):
    gaps = pd.read_csv("tests/data/hs_gaps.csv")
    fit = rt.cfa(HS, gaps, missing="fiml")
    assert rt.crosscheck(fit, data=gaps).checks == rt.crosscheck(fit).checks
    with pytest.raises(ResponseError, match="100 rows, and the fit was made from 301"):
        rt.crosscheck(fit, data=gaps.head(100))


# -- regressions, alpha, correlations ------------------------------------------------------------------


@pytest.mark.parametrize("package", ["statsmodels", "pingouin"])
def test_maximum_likelihood_of_a_recursive_path_model_is_least_squares(mediation, package):
    found = rt.crosscheck(rt.sem(MEDIATION, mediation))
    groups = of(found, package)
    assert {kind: len(checks) for kind, checks in groups.items()} == {
        "regressions": 3, "standard errors": 3, "R²": 2, "residual variances": 2,
    }  # fmt: skip
    assert min(check.digits for checks in groups.values() for check in checks) > 10


def test_equations_that_least_squares_does_not_give_back_are_left_out(mediation):
    data = mediation.assign(Z=mediation["X"] ** 2 + mediation["M"])
    linked = rt.crosscheck(rt.sem("M ~ X\nY ~ M\nZ ~ X\nY ~~ Z", data))
    assert [check.quantity for check in of(linked, "statsmodels")["regressions"]] == ["M ~ X"]
    assert "covaries with 'Z'" in reason(linked, "statsmodels", "regressions of Y")
    shared = rt.crosscheck(rt.sem("M ~ a*X\nY ~ a*M", data))
    assert "shares its label" in reason(shared, "statsmodels", "regressions of M, Y")


def test_standard_errors_are_left_out_where_the_model_misfits_the_predictors(mediation):
    rng = np.random.default_rng(1)
    x = rng.normal(size=300)
    shared = rng.normal(size=300)
    one, two = x + shared + rng.normal(size=300), x + shared + rng.normal(size=300)
    data = pd.DataFrame({"x": x, "a": one, "b": two, "y": one + two + rng.normal(size=300)})
    # The model says that a and b covary by x alone, and they share more.
    groups = of(rt.crosscheck(rt.sem("a ~ x\nb ~ x\ny ~ a + b", data)), "statsmodels")
    assert [check.quantity for check in groups["standard errors"]] == ["a ~ x", "b ~ x"]
    assert [check.quantity for check in groups["regressions"]] == ["a ~ x", "b ~ x", "y ~ a", "y ~ b"]
    assert all(check.digits > 6 for checks in groups.values() for check in checks)


def test_pls_paths_are_least_squares_on_its_scores(composite):
    found = rt.crosscheck(composite)
    kinds = {kind: len(checks) for kind, checks in of(found, "statsmodels").items()}
    assert kinds == {"regressions": 10, "R²": 5, "adjusted R²": 5, "inner VIF": 10}
    kinds = {kind: len(checks) for kind, checks in of(found, "pingouin").items()}
    assert kinds == {
        "alpha": 5, "alpha, 95% interval": 10, "standardised alpha": 5, "correlations of constructs": 15,
        "regressions": 10, "R²": 5, "adjusted R²": 5,
    }  # fmt: skip
    assert found.agreed(1e-12)
    assert "of another kind" in reason(found, "semopy", "every number")


def test_consistent_pls_has_no_scores_to_regress(mobile):
    found = rt.crosscheck(rt.pls(rt.read_model("models/mobile.sem"), mobile, consistent=True))
    assert not of(found, "statsmodels")
    assert "corrected for unreliability" in reason(found, "statsmodels", "paths")
    assert set(of(found, "pingouin")) == {"alpha", "alpha, 95% interval", "standardised alpha"}
    assert found.agreed(1e-12)


@pytest.mark.parametrize("missing", ["mean", "listwise"])
def test_missing_answers_are_met_as_in_the_fit(mobile, missing):
    gaps = mobile.astype(float).mask(np.random.default_rng(1).random(mobile.shape) < 0.01)
    found = rt.crosscheck(rt.pls(rt.read_model("models/mobile.sem"), gaps, missing=missing))
    assert len(of(found, "pingouin")["standardised alpha"]) == 5
    assert found.agreed(1e-10)


def test_a_wrong_path_of_pls_is_told_by_both_packages(composite):
    beta = np.array(composite.solution.beta)
    at = composite.structure.constructs.index
    beta[0, at("Value"), at("Image")] += 0.05
    wrong = composite.replace(solution=composite.solution.replace(beta=beta))
    names = {(check.package, check.quantity) for check in rt.crosscheck(wrong).disagreements()}
    assert names == {("statsmodels", "Value ~ Image"), ("pingouin", "Value ~ Image")}


# -- rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["mean", "listwise"])
def test_rows_with_gaps_given_to_a_composite_fit_are_met_as_in_it(mobile, missing):
    gaps = mobile.astype(float).mask(np.random.default_rng(1).random(mobile.shape) < 0.01)
    fit = rt.pls(rt.read_model("models/mobile.sem"), gaps, missing=missing)
    assert rt.crosscheck(fit, data=gaps).checks == rt.crosscheck(fit).checks


def test_rows_given_to_a_composite_fit_take_the_place_of_its_own(mobile, composite):
    assert rt.crosscheck(composite, data=mobile).checks == rt.crosscheck(composite).checks
    assert not rt.crosscheck(composite, data=mobile.assign(CUSA1=mobile["CUSA1"].to_numpy()[::-1])).agreed()
    with pytest.raises(ResponseError, match="200 rows, and the fit was made from 250"):
        rt.crosscheck(composite, data=mobile.head(200))


def test_rows_given_to_a_factor_fit_take_the_place_of_its_own(hs):
    fit = rt.cfa(HS, hs)
    assert rt.crosscheck(fit, data=hs).agreed(1e-6)
    assert not rt.crosscheck(fit, data=hs.assign(x1=hs["x1"].to_numpy()[::-1])).agreed()


# -- behaviour -----------------------------------------------------------------------------------------


def test_what_is_no_fit_is_refused():
    with pytest.raises(OptionError, match=r"from rt.sem, rt.cfa or rt.pls; got str"):
        rt.crosscheck("a fit")


def test_a_fit_that_did_not_converge_is_not_checked(hs):
    found = rt.crosscheck(rt.cfa(HS, hs).replace(converged=False))
    assert found.checks == ()
    assert [one.package for one in found.skipped] == [row.name for row in ROWS]
    assert not found.agreed()


def test_a_missing_package_is_said_to_be_missing(hs, monkeypatch):
    monkeypatch.setitem(sys.modules, "semopy", None)
    found = rt.crosscheck(rt.cfa(HS, hs))
    assert "semopy" in reason(found, "semopy", "every number")
    assert of(found, "pingouin")


def test_a_failing_package_is_left_out_with_its_own_words(composite, monkeypatch):
    import pingouin

    def broken(**_):
        raise AssertionError("At least two items are required.")

    monkeypatch.setattr(pingouin, "cronbach_alpha", broken)
    found = rt.crosscheck(composite)
    said = "pingouin failed: AssertionError: At least two items are required."
    assert reason(found, "pingouin", "every number") == said
    assert of(found, "statsmodels")


def test_packages_are_silent_and_leave_logging_and_warnings_as_they_were(hs, capfd):
    handlers, filters = list(logging.getLogger().handlers), list(warnings.filters)
    rt.crosscheck(rt.cfa(HS, hs, std_lv=True))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().handlers == handlers
    assert logging.getLogger().filters == []
    assert warnings.filters == filters


def test_our_own_faults_are_not_taken_for_a_packages():
    with pytest.raises(ZeroDivisionError), asking("some", (ValueError,)):
        _ = 1 / 0
    with pytest.raises(PackageFailedError, match="some failed: ValueError: no"), asking("some", (ValueError,)):
        raise ValueError("no")


# -- the record ----------------------------------------------------------------------------------------


def test_digits_are_relative_to_large_numbers_and_absolute_for_small_ones():
    assert Check("k", "q", 1000.0, 1000.1, "p", "1").digits == pytest.approx(4, abs=1e-6)
    assert Check("k", "q", 0.001, 0.0011, "p", "1").digits == pytest.approx(4, abs=1e-6)
    assert Check("k", "q", 2.0, 2.0, "p", "1").digits == 16
    assert Check("k", "q", 1.0, 50.0, "p", "1").digits == 0


def test_a_number_that_is_not_one_never_agrees():
    lost = Check("k", "q", 1.0, math.nan, "p", "1")
    found = Verification((Check("k", "r", 1.0, 1.0, "p", "1"), lost), ())
    assert not found.agreed()
    assert found.disagreements() == (lost,)
    assert math.isnan(found.summary().loc[0, "largest_difference"])
    assert not Verification((), (Skipped("q", "p", "1", "why"),)).agreed()


def test_tables_name_every_comparison_and_every_omission(composite):
    found = rt.crosscheck(composite)
    frame = found.frame()
    assert list(frame.columns) == [
        "package", "version", "kind", "quantity", "ours", "theirs", "difference", "digits", "note",
    ]  # fmt: skip
    assert len(frame) == len(found.checks)
    assert found.summary()["compared"].sum() == len(found.checks)
    assert len(found.left_out()) == len(found.skipped)
    page = found._repr_html_()
    assert "statsmodels" in page
    assert "Not compared" in page
    assert "not compared: every number (semopy)" in str(found)


def test_fits_with_names_are_told_apart(composite):
    found = rt.crosscheck(composite, name="PLS")
    assert found == rt.crosscheck(composite).of("PLS")
    both = Verification((*found.checks, *found.of("other").checks), found.skipped)
    assert list(both.summary()["fit"].unique()) == ["PLS", "other"]
    assert len(both.summary()) == 2 * len(found.summary())
    assert set(found.frame()["fit"]) == set(found.left_out()["fit"]) == {"PLS"}
    assert "not compared: PLS, every number (semopy)" in str(found)


def test_versions_are_those_installed(composite):
    import statsmodels

    versions = {check.version for check in rt.crosscheck(composite).checks if check.package == "statsmodels"}
    assert versions == {statsmodels.__version__}
