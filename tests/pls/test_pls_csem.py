"""cSEM 0.6.1 on the same data, run to a tolerance of 1e-10."""

import numpy as np
import pandas as pd
import pytest
from pls_reference import CASES, case, fitted, long, matrix, worst

from rantau.pls.model_fit import implied_by

NAMES = [name for name in CASES if name.startswith("csem")]
CLOSE = 1e-7


def paths(fit, numbers):
    theirs = matrix(numbers["path"])
    return worst(
        long(fit.paths(), "lhs", "rhs").reindex(index=theirs.index, columns=theirs.columns, fill_value=0),
        theirs,
    )


def weights(fit, numbers):
    return worst(long(fit.weights(), "construct", "item"), matrix(numbers["weights"]))


def loadings(fit, numbers):
    return worst(long(fit.loadings(), "construct", "item"), matrix(numbers["loadings"]))


def r_squared(fit, numbers):
    theirs = pd.DataFrame({"r_squared": numbers["R2"], "adjusted": numbers["R2adj"]})
    return worst(fit.r_squared(), theirs)


def construct_correlations(fit, numbers):
    return worst(fit.construct_correlations(), matrix(numbers["construct_vcv"]))


def score_correlations(fit, numbers):
    return worst(fit.scores().corr(), matrix(numbers["proxy_vcv"]))


def _effects(fit, kind, rows):
    table = fit.effects().query(f"kind == '{kind}' and via == ''")
    ours = {f"{row.lhs} ~ {row.rhs}": row.est for row in table.itertuples()}
    theirs = {row["Name"]: row["Estimate"] for row in rows}
    assert ours.keys() == theirs.keys()
    return max(abs(ours[name] - theirs[name]) for name in theirs)


def direct(fit, numbers):
    return _effects(fit, "direct", numbers["effects"]["Direct_effect"])


def indirect(fit, numbers):
    return _effects(fit, "indirect", numbers["effects"]["Indirect_effect"])


def total(fit, numbers):
    return _effects(fit, "total", numbers["effects"]["Total_effect"])


def reliability(fit, numbers):
    found = numbers["assess"]
    theirs = pd.DataFrame(
        {
            # cSEM leaves alpha of a single item empty; rantau says 1, by assumption.
            "alpha": pd.Series(found["Reliability"]["Cronbachs_alpha"], dtype=float).fillna(1.0),
            "rho_c": found["RhoC"],
            "ave": found["AVE"],
        }
    )
    return worst(fit.reliability(), theirs)


def rho_a(fit, numbers):
    # Without correction cSEM sets all reliabilities to 1; seminr's rho_A stands in test_golden_seminr.
    return worst(fit.reliability(), pd.DataFrame({"rho_a": numbers["reliabilities"]}, dtype=float))


def vif(fit, numbers):
    # cSEM leaves out equations with one predictor, whose VIF is 1.
    inner = fit.vif().query("kind == 'inner'").set_index(["target", "name"])["vif"]
    theirs = {(target, name): value for target, row in numbers["VIF"].items() for name, value in row.items()}
    alone = inner[[key for key in inner.index if key not in theirs]]
    return max([abs(inner[key] - value) for key, value in theirs.items()] + [abs(value - 1) for value in alone])


def item_vif(fit, numbers):
    theirs = matrix(numbers["assess"]["VIF_modeB"])
    outer = fit.vif().query("kind == 'outer'").set_index(["target", "name"])["vif"]
    pairs = [(target, item) for target, item in np.argwhere(theirs.to_numpy() != 0)]
    return max(abs(outer[theirs.index[i], theirs.columns[j]] - theirs.iloc[i, j]) for i, j in pairs)


def reliability_variants(fit, numbers):
    found = numbers["assess"]
    names = {"RhoT_weighted": "alpha_weighted", "RhoC_mm": "rho_c_observed", "RhoC_weighted": "rho_c_weighted"}
    names["RhoC_weighted_mm"] = "rho_c_weighted_implied"
    theirs = pd.DataFrame({ours: found[name] for name, ours in names.items()}, dtype=float)
    # cSEM leaves alpha of a single item empty; rantau says 1, by assumption.
    return worst(fit.reliability(variants=True), theirs.fillna(1.0))


def htmt(fit, numbers):
    """cSEM averages signed correlations.

    The sign matters where some correlation of two blocks is negative: in the mobile data PERQ2 and CUSL2 correlate at
    -0.128. seminr takes absolute values, as rantau does unless told otherwise: `test_pls_seminr` holds that table.
    """
    return _below(fit.htmt(signed=True), numbers["assess"]["HTMT"]["htmts"])


def htmt2(fit, numbers):
    return _below(fit.htmt2(signed=True), numbers["assess"]["HTMT2"]["htmts"])


def _below(ours, block):
    theirs = matrix(block)
    below = np.tril(np.ones(theirs.shape), -1) == 1
    return worst(ours.where(below), theirs.where(below))


def fornell_larcker(fit, numbers):
    # cSEM squares the correlations and leaves AVE as it is.
    theirs = matrix(numbers["assess"]["Fornell-Larcker"])
    below = np.tril(np.ones(theirs.shape)) == 1
    return worst(fit.fornell_larcker() ** 2, theirs.where(below))


def f_squared(fit, numbers):
    theirs = matrix(numbers["assess"]["F2"])
    return worst(fit.f_squared().reindex(columns=theirs.columns).fillna(0.0), theirs)


def fit_indices(fit, numbers):
    found = numbers["assess"]
    ours = fit.fit_indices("estimated")
    names = {"SRMR": "srmr", "DL": "d_uls", "DG": "d_g", "DML": "d_ml", "NFI": "nfi", "RMS_theta": "rms_theta"}
    names |= {"Df": "df", "Chi_square": "chisq", "Chi_square_df": "chisq_df", "CFI": "cfi", "IFI": "ifi"}
    names |= {"NNFI": "nnfi", "RMSEA": "rmsea", "CN": "cn"}
    # Chi-square and CN run to several hundreds, so they are held relatively.
    return max(abs(ours[name] - found[their]) / max(1, abs(found[their])) for their, name in names.items())


def saturated_fit(fit, numbers):
    both = []
    for model in ("estimated", "saturated"):
        ours, found = fit.fit_indices(model), numbers[f"fit_{model}"]
        theirs = {"srmr": found["SRMR"], "d_uls": found["dULS"], "d_g": found["dG"]}
        both += [abs(ours[name] - theirs[name]) for name in theirs]
    return max(both)


def information_criteria(fit, numbers):
    found = numbers["assess"]
    names = {"AIC": "aic", "AICc": "aicc", "AICu": "aicu", "BIC": "bic", "FPE": "fpe", "GM": "gm", "HQ": "hq"}
    names |= {"HQc": "hqc", "Mallows_Cp": "cp"}
    theirs = pd.DataFrame({ours: found[name] for name, ours in names.items()})
    # They run to several hundreds, so they are held relatively.
    return worst(fit.information_criteria() / theirs, theirs / theirs)


def accounted_for(fit, numbers):
    table = fit.variance_accounted_for()
    ours = {f"{row.lhs} ~ {row.rhs}": row.vaf for row in table.itertuples()}
    theirs = {row["Name"]: row["Estimate"] for row in numbers["effects"]["Variance_accounted_for"]}
    # cSEM lists pairs without a path as well, of whose effect all is indirect.
    assert all(theirs[name] == 1 for name in theirs.keys() - ours.keys())
    return max(abs(ours[name] - theirs[name]) for name in ours)


TABLES = [
    paths,
    weights,
    loadings,
    r_squared,
    construct_correlations,
    score_correlations,
    direct,
    indirect,
    total,
    reliability,
    reliability_variants,
    vif,
    htmt,
    htmt2,
    fornell_larcker,
    f_squared,
    fit_indices,
    information_criteria,
    accounted_for,
]
#: What cSEM reports in some cases only.
CONSISTENT = [name for name in NAMES if case(name)["options"].get("consistent")]
MODE_B = [name for name in NAMES if "VIF_modeB" in case(name)["numbers"]["assess"]]
BOTH_FITS = [name for name in CASES if "fit_saturated" in case(name)["numbers"]]
SOME = [(name, rho_a) for name in CONSISTENT]
SOME += [(name, item_vif) for name in MODE_B]
SOME += [(name, saturated_fit) for name in BOTH_FITS]
EVERY = [(name, table) for name in NAMES for table in TABLES]


@pytest.mark.parametrize(("name", "table"), [*EVERY, *SOME], ids=lambda value: getattr(value, "__name__", value))
def test_csem(name, table):
    assert table(fitted(name), case(name)["numbers"]) < CLOSE


def test_f_squared_is_that_of_the_standalone_function():
    theirs = matrix(case("csem_reputation_ext")["numbers"]["f2_calculatef2"])
    ours = fitted("csem_reputation_ext").f_squared().reindex(columns=theirs.columns).fillna(0.0)
    assert worst(ours, theirs) < CLOSE


def test_admissibility():
    """cSEM's `verify()` flags the corrected construct correlations of the mobile model, and so do we."""
    fit = fitted("csem_mobile_consistent")
    assert case("csem_mobile_consistent")["numbers"]["status"] == "FALSE,FALSE,TRUE,FALSE,FALSE"
    assert [problem.code for problem in fit.problems] == ["constructs_not_positive_definite"]
    assert not fitted("csem_reputation_simple_consistent").problems


@pytest.mark.parametrize("name", NAMES)
def test_gfi(name):
    """cSEM takes tr(A'A) of A = Sigma^-1 S where Joreskog and Sorbom take tr(AA); A is not symmetric.

    Its number is made here from ours, to show that nothing else differs.
    """
    fit = fitted(name)
    correlation = fit.solution.correlation[0]
    ratio = np.linalg.solve(implied_by(fit.solution, fit.structure, "estimated")[0], correlation)
    identity = np.eye(len(ratio))
    theirs = 1 - ((ratio - identity) ** 2).sum() / (ratio**2).sum()
    assert theirs == pytest.approx(case(name)["numbers"]["assess"]["GFI"], abs=CLOSE)
    ours = 1 - np.trace((ratio - identity) @ (ratio - identity)) / np.trace(ratio @ ratio)
    assert fit.fit_indices()["gfi"] == pytest.approx(ours, abs=1e-12)


def test_redundancy_of_own_items():
    theirs = pd.Series(case("redundancy_csem_reputation_ext")["numbers"]["redundancy"])
    ours = fitted("redundancy_csem_reputation_ext").redundancy()
    assert list(ours.index) == ["QUAL", "PERF", "CSOR", "ATTR"]
    assert (ours - theirs).abs().max() < CLOSE


def test_composites_have_nothing_to_correct():
    """cSEM's disattenuated fit of composites by mode A is its plain one, and so is ours."""
    name = "fit_csem_mobile_composites_mode_a"
    assert saturated_fit(fitted(name, consistent=True), case(name)["numbers"]) < CLOSE


UNIT = "unit_csem_mobile"


@pytest.mark.parametrize("table", [weights, score_correlations, htmt, htmt2])
def test_unit_weights(table):
    assert table(fitted(UNIT), case(UNIT)["numbers"]) < CLOSE


def test_unit_weights_are_corrected_by_csem_alone():
    """cSEM corrects scores by unit weights with the reliabilities of a factor model by maximum likelihood.

    Its loadings divide a variance by n - 1 where the data were standardised by n, so even a single item has the
    reliability (n - 1)/n. Given these reliabilities, its correlations of constructs are ours; rho_A, with which PLSc
    corrects, is of mode A alone.
    """
    fit, numbers = fitted(UNIT), case(UNIT)["numbers"]
    given = pd.Series(numbers["reliabilities"])
    assert given["Complaints"] == pytest.approx(249 / 250, abs=1e-7)
    corrected = fit.construct_correlations() / np.sqrt(np.outer(given, given))
    corrected = corrected.mask(np.eye(len(corrected)) == 1, 1.0)
    assert worst(corrected, matrix(numbers["construct_vcv"])) < CLOSE
    for name, ours in (("RhoT", "alpha"), ("RhoT_weighted", "alpha_weighted")):
        theirs = pd.Series(numbers["assess"][name], dtype=float).fillna(1.0)
        assert (fit.reliability(variants=True)[ours] - theirs).abs().max() < CLOSE
