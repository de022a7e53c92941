"""What a novice does wrong and a malicious tester does on purpose: nothing is computed wrongly in silence."""

import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, compare, growth, sem
from rantau.errors import ConvergenceWarning, EstimationError, ModelSyntaxError, OptionError, ResponseError
from rantau.inference import bootstrap, monte_carlo
from rantau.moments import moments

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")


# -- options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["group", "cluster", "sampling_weights"])
@pytest.mark.parametrize("given", [pd.Series([1, 2]), np.array([1, 2]), ["school"], 5, ("school",)], ids=repr)
def test_a_column_is_given_by_its_name(option, given, hs):
    with pytest.raises(OptionError, match=f"{option}= takes the name of a column of the data.*data.assign"):
        cfa(HS, hs, **{option: given})


@pytest.mark.parametrize("option", ["group_equal", "group_partial"])
@pytest.mark.parametrize("given", [3, [3], {"loadings": 1, 2: 3}], ids=repr)
def test_several_names_are_texts(option, given, hs):
    with pytest.raises(OptionError, match=f"{option}= takes names, such as {option}="):
        cfa(HS, hs, group="school", **{option: given})


def test_no_names_may_be_none(hs):
    assert cfa(HS, hs, group="school", group_equal=None, group_partial=None).statistics.df == 48


@pytest.mark.parametrize("option", ["std_lv", "fixed_x", "meanstructure"])
def test_a_switch_is_no_text(option, hs):
    with pytest.raises(OptionError, match=f"{option}= is True.*False.*got 'no'"):
        sem(HS, hs, **{option: "no"})


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (HS, {"group": "school", "group_equal": ["intercepts"]}, "group_equal='intercepts' needs the means"),
        (HS, {"group": "school", "group_equal": ["Loadings", "means"]}, "group_equal='means' needs the means"),
        (HS, {"cluster": "grade"}, "cluster= needs the means"),
        (HS + "\nx1 ~ 1", {}, re.escape("`x1 ~ 1` of the model needs the means")),
    ],
)
def test_means_that_something_needs_cannot_be_left_out(text, options, message, hs):
    with pytest.raises(OptionError, match=message):
        sem(text, hs.dropna(), meanstructure=False, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster": "agemo", "se": "standard"}, "se='standard' takes rows for independent.*robust_cluster"),
        ({"cluster": "agemo", "se": "first.order"}, "se='first_order' takes rows for independent"),
        (
            {"cluster": "agemo", "information": "first.order", "test": "standard"},
            "information='first_order' takes rows for independent",
        ),
        ({"sampling_weights": "ageyr", "se": "first.order"}, "spread of the scores is no information"),
        ({"sampling_weights": "ageyr", "estimator": "MLF"}, "spread of the scores is no information"),
    ],
)
def test_errors_that_contradict_how_rows_were_drawn(options, message, hs):
    with pytest.raises(OptionError, match=message):
        cfa(HS, hs, **options)


def test_releasing_a_marker_releases_nothing(hs):
    with pytest.raises(OptionError, match=re.escape("group_partial='visual=~x1' releases nothing")):
        cfa(HS, hs, group="school", group_equal="loadings", group_partial="visual=~x1")
    free = cfa(HS, hs, group="school", group_equal="loadings", group_partial="visual=~x1", std_lv=True)
    assert free.statistics.df == 53


# -- constraints and definitions -------------------------------------------------------------------

PATHS = "x1 ~ a*x2 + b*x3\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a == 1\na == 2", 3, "`a == 2` contradicts line 2: no numbers meet both"),
        ("a == b\na == b + 1", 3, "`a == b + 1` contradicts line 2"),
        ("a + b == 1\na - b == 0\n2*a == 3", 4, "`2 * a == 3` contradicts lines 2, 3"),
        ("a == a", 2, "`a == a` holds whatever is estimated"),
        ("a > a - 1", 2, "`a > a - 1` holds whatever is estimated"),
        ("a == a + 1", 2, "`a == a + 1` can never hold"),
        ("d := a - a\nd > 1", 3, "`d > 1` can never hold"),
        ("log(a - 10) > 0", 2, "`log(a - 10) > 0` has no value where the estimation begins (a = 0.165)"),
        ("a / 0 == 1", 2, "`a / 0 == 1` has no value where the estimation begins"),
    ],
)
def test_constraints_that_cannot_be_meant(text, line, message, hs):
    with pytest.raises(ModelSyntaxError, match=re.escape(message)) as caught:
        sem(PATHS + text, hs)
    assert str(caught.value).startswith(f"<model>:{line}:1: ")


@pytest.mark.parametrize("text", ["a == 0.1", "a > 0.1", "a < 0.6"])
def test_constraints_of_fixed_parameters_are_about_nothing(text, hs):
    with pytest.raises(ModelSyntaxError, match="about nothing that is estimated freely"):
        sem("x1 ~ a*0.5*x2 + x3\n" + text, hs)
    tied = sem("x1 ~ a*0.5*x2 + b*x3\nb == a", hs).estimates().set_index("label")
    assert tied.loc["b", "est"] == pytest.approx(0.5)


def test_the_advice_on_a_constraint_without_a_value_works(hs):
    """`log(a - 1) > 0` says `a > 2`."""
    with pytest.raises(ModelSyntaxError, match=re.escape("as in `start(1)*x`")):
        sem("x1 ~ a*x2 + x3\nlog(a - 1) > 0", hs)
    moved = sem("x1 ~ a*start(3)*x2 + x3\nlog(a - 1) > 0", hs)
    plain = sem("x1 ~ a*x2 + x3\na > 2", hs)
    assert moved.theta == pytest.approx(plain.theta, abs=1e-7)


@pytest.mark.parametrize(
    ("text", "a", "b", "chisq"),
    [
        ("a*b == 0.5", 0.64646, 0.77344, 146.3907),
        ("d := a*b\nd == 0.5", 0.64646, 0.77344, 146.3907),
        ("log(a) == 0", 1.0, 0.10106, 177.2922),
        ("a == 1", 1.0, 0.10106, 177.2922),
    ],
)
def test_curved_constraints_are_met(text, a, b, chisq, hs):
    """The numbers of lavaan 0.6-14, which does not reach the minimum under `log(a) == 0`."""
    fit = sem(PATHS + text, hs)
    assert fit.converged
    assert fit.theta[:2] == pytest.approx([a, b], abs=1e-5)
    assert fit.fit_indices()["chisq"] == pytest.approx(chisq, rel=1e-6)
    assert fit.iterations < 30


CURVED = [
    ("1/a == 0.1", lambda a, b: 1 / a - 0.1, lambda a, b: (1, 0)),
    ("a/b == 3", lambda a, b: a / b - 3, lambda a, b: (b, -a)),
    ("a*b == -0.5", lambda a, b: a * b + 0.5, lambda a, b: (b, a)),
    ("a^3 == 8", lambda a, b: a**3 - 8, lambda a, b: (1, 0)),
    ("a^2 + b^2 == 0.001", lambda a, b: a**2 + b**2 - 0.001, lambda a, b: (a, b)),
    ("tan(a) == 1", lambda a, b: np.tan(a) - 1, lambda a, b: (1, 0)),
]


@pytest.mark.parametrize(("text", "margin", "normal"), CURVED, ids=[row[0] for row in CURVED])
def test_a_minimum_under_a_curved_constraint_has_no_slope_along_it(text, margin, normal, hs):
    fit = sem(PATHS + text, hs)
    a, b = fit.theta[:2]
    assert fit.converged
    assert margin(a, b) == pytest.approx(0, abs=1e-8)
    moments = hs[["x1", "x2", "x3"]].cov().to_numpy()
    spread = moments[1:, 1:]
    away = spread @ ([a, b] - np.linalg.solve(spread, moments[1:, 0]))
    across = normal(a, b)
    assert away[0] * across[1] - away[1] * across[0] == pytest.approx(0, abs=1e-6)


def test_chi_square_tells_of_an_inequality_that_holds_a_saturated_model_back(hs):
    """lavaan 0.6-14: chi-square 9.342 with 0 degrees of freedom, CFI 0.871, SRMR 0.060."""
    fit = sem(PATHS + "a < 0", hs)
    found = fit.fit_indices()
    assert found[["chisq", "cfi", "srmr"]].tolist() == pytest.approx([9.342, 0.871, 0.060], abs=1e-3)
    assert found["df"] == 0
    assert [problem.code for problem in fit.problems] == ["at_boundary"]
    assert sem(PATHS + "a > 0", hs).problems == ()


@pytest.mark.parametrize("definition", ["a/0", "0/0", "log(a - 10)", "sqrt(-a)", "(-a)^0.5", "a/(a - a)"])
@pytest.mark.filterwarnings("error")
def test_a_definition_without_a_value_is_named(definition, hs):
    fit = sem(PATHS + f"d := {definition}", hs)
    assert [(problem.code, problem.about) for problem in fit.problems] == [("undefined", ("d",))]
    assert f"`d := {definition.replace(' ', '')}` has no value" in fit.problems[0].text
    row = fit.estimates().set_index("label").loc["d"]
    assert not np.isfinite(row["est"])
    assert np.isnan(row[["se", "z", "p", "ci_low", "ci_high"]].astype(float)).all()
    assert fit.standardized()["se"].isna().sum() == 1


# -- searches that go astray -----------------------------------------------------------------------


def noisy(hs, seed, *items):
    """Return the data with noise in place of some items."""
    draw = np.random.default_rng(seed)
    return hs.assign(**{item: draw.normal(size=len(hs)) for item in items})


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
@pytest.mark.parametrize("seed", [2, 27, 33, 5])
@pytest.mark.parametrize("options", [{}, {"estimator": "GLS"}, {"group": "school"}], ids=repr)
def test_an_item_of_noise_may_set_the_unit_of_its_factor(seed, options, hs):
    data = noisy(hs, seed, "x1")
    marked, unit = cfa(HS, data, **options), cfa(HS, data, std_lv=True, **options)
    assert marked.converged
    assert marked.statistics.chisq == pytest.approx(unit.statistics.chisq, rel=1e-8)


def test_a_factor_seen_through_few_answers_to_its_first_item(hs):
    """The log-likelihood is that of lavaan 0.6-14, -3332.562; a search from the sign of the answers goes astray."""
    data = hs.assign(x1=np.where(np.arange(len(hs)) < 290, np.nan, hs["x1"]))
    fit = cfa(HS, data, missing="fiml")
    assert fit.statistics.logl == pytest.approx(-3332.562, abs=1e-3)
    loadings = fit.estimates().query("lhs == 'visual' and op == '=~'")["est"]
    assert loadings.tolist() == pytest.approx([1.0, 0.829, 1.307], abs=1e-3)


def test_where_no_other_unit_will_do_the_advice_works(hs):
    data, metric = noisy(hs, 1, "x1"), {"group": "school", "group_equal": "loadings"}
    with pytest.warns(ConvergenceWarning, match="The item that sets the unit of 'visual' has next to nothing"):
        assert not cfa(HS, data, **metric).converged
    assert cfa(HS.replace("x1 + x2", "x2 + x1"), data, **metric).converged
    assert cfa(HS, data, std_lv=True, **metric).converged


def test_a_variance_that_falls_without_end_is_named(hs):
    with pytest.warns(ConvergenceWarning, match=r"The residual variance of 'x9' went below zero.*Leave 'x9' out"):
        fit = cfa(HS, hs[:22])
    assert fit.fit_indices().drop(["npar", "ntotal"]).isna().all()


# -- data ------------------------------------------------------------------------------------------


def test_a_matrix_of_covariances_is_no_rows(hs):
    covariance = hs[ITEMS].cov()
    with pytest.raises(ResponseError, match=r"as in a matrix of covariances; .* rt.moments\(data, n_obs\)"):
        cfa("F =~ 1*x1 + 1*x2 + 1*x3", covariance)
    given = cfa("F =~ x1 + x2 + x3 + x4", moments(covariance, len(hs)))
    assert given.statistics.chisq == pytest.approx(cfa("F =~ x1 + x2 + x3 + x4", hs).statistics.chisq)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.ones((9, 3)), r"got ndarray\. Make one of columns with names: pandas\.DataFrame\(data, columns="),
        ({"x1": [1, 2]}, r"got dict\. Make one of columns with names"),
        ("answers.csv", r"got str\. Read a file with rt\.read_responses"),
        (None, r"got NoneType\. Read a file"),
        (pd.DataFrame(), r"Columns: none\."),
    ],
    ids=["array", "dict", "path", "None", "empty"],
)
def test_what_is_no_data_frame(data, message):
    with pytest.raises(ResponseError, match=message):
        cfa("F =~ x1 + x2 + x3", data)


def test_data_before_the_model(hs):
    with pytest.raises(ModelSyntaxError, match=r"got DataFrame\. The model comes first, then the data"):
        cfa(hs, HS)


def test_names_of_columns_that_a_model_cannot_say(hs):
    with pytest.raises(ResponseError, match=r"There is 'x1 ', with a space: .*str\.strip\(\)"):
        cfa(HS, hs.rename(columns={"x1": "x1 "}))
    with pytest.raises(ResponseError) as caught:
        cfa("F =~ x1 + x2 + x3", hs.set_axis(range(hs.shape[1]), axis=1))
    assert "Did you mean" not in str(caught.value)


@pytest.mark.filterwarnings("error")
def test_numbers_that_cannot_be_squared(hs):
    with pytest.raises(EstimationError, match=r"'x1' differs by 7.8.*e-150 at most, too little to be squared"):
        cfa(HS, hs.assign(x1=hs.x1 * 1e-150))
    scaled = hs.assign(**{item: hs[item] * 10.0 ** (4 * place - 16) for place, item in enumerate(ITEMS)})
    assert cfa(HS, scaled).statistics.chisq == pytest.approx(85.3055, abs=1e-4)


def test_a_row_is_not_rows(hs):
    with pytest.raises(EstimationError, match="1 row; nothing can be estimated from fewer than two"):
        cfa(HS, hs[:1])


@pytest.mark.parametrize("cell", [[1, 2], {"a": 1}], ids=["list", "dict"])
def test_groups_are_texts_or_numbers(cell, hs):
    with pytest.raises(ResponseError, match=f"the column 'where' holds a {type(cell).__name__}"):
        cfa(HS, hs.assign(where=[cell] * len(hs)), group="where")


@pytest.mark.parametrize(
    "column",
    [
        lambda hs: hs["sex"] == 1,
        lambda hs: hs["sex"] + 0.5,
        lambda hs: pd.Categorical(hs["sex"].astype(str), categories=["2", "1", "unused"]),
        lambda hs: hs["sex"].astype("Int64"),
        lambda hs: hs["sex"].astype("string"),
        lambda hs: pd.to_datetime(hs["sex"], unit="D"),
        lambda hs: hs["sex"].map({1: (1, 2), 2: (3, 4)}),
    ],
    ids=["boolean", "float", "category", "nullable", "string", "date", "tuple"],
)
def test_groups_of_odd_types_are_the_same_groups(column, hs):
    fit = cfa(HS, hs.assign(where=column(hs)), group="where")
    assert fit.statistics.chisq == pytest.approx(cfa(HS, hs, group="sex").statistics.chisq)


# -- fits that have less than others ---------------------------------------------------------------


@pytest.mark.filterwarnings("error")
def test_a_model_without_free_parameters_is_tested_all_the_same(hs):
    fit = cfa("F =~ 1*x1 + 1*x2 + 1*x3\nF ~~ 1*F\nx1 ~~ 1*x1\nx2 ~~ 1*x2\nx3 ~~ 1*x3", hs)
    implied = np.ones((3, 3)) + np.eye(3)
    sample = hs[["x1", "x2", "x3"]].cov(ddof=0).to_numpy()
    ratio = np.linalg.solve(implied, sample)
    chisq = len(hs) * (np.trace(ratio) - np.linalg.slogdet(ratio)[1] - 3)
    assert fit.fit_indices()[["npar", "df", "chisq"]].tolist() == pytest.approx([0, 6, chisq])
    assert fit.estimates()["se"].tolist() == [0.0] * 7
    assert fit.standardized()["est_std"].tolist()[:3] == pytest.approx([0.5**0.5] * 3)
    assert "F" in fit.summary()
    with pytest.raises(OptionError, match="nothing is held equal"):
        fit.score_test()


@pytest.mark.filterwarnings("error:invalid value:RuntimeWarning", "ignore::rantau.errors.AdmissibilityWarning")
def test_a_latent_variable_with_a_negative_variance_has_no_correlations(hs):
    fit = growth("i =~ 1*x1 + 1*x2 + 1*x3\ns =~ 0*x1 + 1*x2 + 2*x3", hs)
    assert fit.latent_moments()[0].loc["s", "s"] < 0
    assert np.isnan(fit.latent_correlations().loc["s"]).all()
    assert fit.modification_indices()["sepc_all"].isna().any()


def test_fits_without_errors_say_so(hs):
    with pytest.raises(EstimationError, match="it was made with se='none', or its information is singular"):
        monte_carlo(cfa(HS, hs, se="none"), draws=10)
    with pytest.raises(OptionError, match="and ULS has none; take interval='bca'"):
        bootstrap(cfa(HS, hs, estimator="ULS"), draws=5, errors=True)


def test_rows_of_groups_are_not_scored_by_moments(hs):
    groups = dict(iter(hs.groupby("school")))
    summary = moments(
        {label: rows[ITEMS].cov() for label, rows in groups.items()},
        {label: len(rows) for label, rows in groups.items()},
        mean={label: rows[ITEMS].mean() for label, rows in groups.items()},
    )
    with pytest.raises(OptionError, match="made from the moments of groups"):
        cfa(HS, summary).scores(data=hs)


def test_correlations_in_place_of_covariances_are_told(hs):
    correlations, sd = hs[ITEMS].corr(), hs[ITEMS].std()
    doubtful, sound = cfa(HS, moments(correlations, 301)), cfa(HS, moments(correlations, 301, sd=sd))
    assert [problem.code for problem in doubtful.problems] == ["correlations"]
    assert "sd=" in doubtful.problems[0].text
    assert sound.problems == ()
    assert sound.estimates()["se"].to_numpy() == pytest.approx(cfa(HS, hs).estimates()["se"].to_numpy(), abs=1e-7)


def test_a_label_that_may_be_meant_as_a_factor_is_told(hs):
    fit = sem("x1 ~ x2*x3", hs)
    assert [problem.code for problem in fit.problems] == ["label_like_column"]
    assert "A product of the two is written `x2:x3`" in fit.problems[0].text
    assert sem("x1 ~ x2*x3\nd := 2*x2", hs).problems == ()
    assert sem("x1 ~ x2*x3 + x2*x4", hs).problems == ()
    assert sem("x1 ~ b*x3", hs).problems == ()
    construct = sem("F =~ x1 + x2 + x3\nx4 ~ F + F*x5", hs).problems
    assert [problem.code for problem in construct] == ["label_like_column"]
    assert "labels the path from x5 as 'F', which is a construct." in construct[0].text


# -- how rows were drawn ---------------------------------------------------------------------------


def test_a_group_that_is_one_cluster_says_nothing_of_clusters(hs):
    with pytest.raises(EstimationError, match=r"group 'Pasteur', are of one cluster; two at least .* in each group"):
        cfa(HS, hs, group="school", cluster="school")
    with pytest.raises(EstimationError, match="has 1 cluster; two at least are needed"):
        cfa(HS, hs.assign(one=1), cluster="one")


@pytest.mark.filterwarnings("ignore::rantau.errors.ConvergenceWarning")
def test_evidence_that_is_thin_is_told(hs):
    few = cfa(HS, hs, cluster="school")
    assert [(one.severity, one.code) for one in few.problems] == [("warning", "few_clusters")]
    assert "There are 2 clusters" in few.problems[0].text
    many = cfa(HS, hs.assign(team=np.arange(len(hs)) // 5), cluster="team")
    assert many.problems == ()
    uneven = hs.assign(weight=np.where(np.arange(len(hs)) % 20 == 0, 1e6, 1.0))
    told = {one.code: one.text for one in cfa(HS, uneven, sampling_weights="weight").problems}
    assert "301 rows are worth 16 of equal weight, fewer than there are parameters (21)" in told["uneven_weights"]
    small = cfa("F =~ 1*x4 + 1*x5 + 1*x6", hs[:15], estimator="WLS")
    assert [one.code for one in small.problems] == ["few_rows_for_wls"]
    assert cfa(HS, hs, estimator="WLS").problems == ()


def test_a_fit_is_the_same_value_after_a_pickle(hs):
    fit = cfa(HS, hs)
    again = pickle.loads(pickle.dumps(fit))
    assert again == fit
    assert hash(again) == hash(fit)
    assert again.summary() == fit.summary()


def test_what_becomes_of_the_data_does_not_touch_the_fit(hs):
    data = hs.copy()
    fit = cfa(HS, data)
    before = fit.summary(), fit.scores().to_numpy()
    data["x1"] = 0.0
    frame = fit.estimates()
    frame["est"] = 0.0
    assert fit.summary() == before[0]
    assert np.array_equal(fit.scores().to_numpy(), before[1])
    with pytest.raises(ValueError, match="read-only"):
        fit.theta[0] = 1.0


# -- moments in place of rows ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"missing": "fiml"}, "missing= needs the rows.*or leave it out"),
        ({"estimator": "MLR"}, "estimator='MLR' needs the rows.*or take estimator='ML'"),
        ({"estimator": "WLS"}, "estimator='WLS' needs the rows.*or take estimator='ML'"),
        ({"se": "robust"}, "se='robust_sem' needs the rows.*or leave it out"),
        ({"test": "satorra.bentler"}, "test='satorra_bentler' needs the rows.*or leave it out"),
        ({"cluster": "school"}, "cluster= needs the rows.*or leave it out"),
        ({"sampling_weights": "w"}, "sampling_weights= needs the rows.*or leave it out"),
        ({"group": "school"}, "group= needs the rows.*groups are those of the moments"),
    ],
)
def test_what_moments_cannot_tell_is_named_as_it_was_asked(options, message, hs):
    with pytest.raises(OptionError, match=message):
        cfa(HS, moments(hs[ITEMS].cov(), len(hs)), **options)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("covariance", "error", "message"),
    [
        (5, ResponseError, "the rows of a lower triangle are needed, got 5"),
        ("", ResponseError, "it is empty"),
        (np.ones((9, 2)), ResponseError, "Rows of answers need no moments"),
        ([[1e200], [0, 1]], ResponseError, "values such as 1e.200 cannot be analysed"),
        ([[1e-200], [0, 1]], EstimationError, "the variance of 'a' is 1e-200, too small to be squared"),
    ],
    ids=["number", "nothing", "rows", "huge", "tiny"],
)
def test_what_is_no_matrix_of_covariances(covariance, error, message):
    with pytest.raises(error, match=message):
        moments(covariance, 100, names=["a", "b"])


def test_a_lower_triangle_may_hold_nothing_but_noughts():
    assert moments([[4.0], [0, 1]], 100, names=["a", "b"], divisor="n").covariance[0].tolist() == [[4, 0], [0, 1]]


# -- what is asked of a fit ------------------------------------------------------------------------

ASKED = [
    (lambda fit: fit.estimates(level="0.95"), "level must lie between 0 and 1, such as 0.95, got '0.95'"),
    (lambda fit: fit.estimates(level=None), "level must lie between 0 and 1.*got None"),
    (lambda fit: fit.estimates(level=True), "level must lie between 0 and 1.*got True"),
    (lambda fit: fit.residual_summary(level="a"), "such as 0.90, got 'a'"),
    (lambda fit: fit.residual_summary(close=None), "close is a size of residuals, such as 0.05, got None"),
    (lambda fit: fit.modification_indices(minimum="3"), "minimum is the least index shown, such as 3.84, got '3'"),
    (lambda fit: fit.modification_indices(minimum=float("nan")), "minimum is the least index shown.*got nan"),
    (lambda fit: fit.modification_indices(operators=3), "operators= takes names"),
    (lambda fit: fit.modification_indices(sort="no"), "sort= is True or False, got 'no'"),
    (lambda fit: fit.modification_indices(free_remove=1), "free_remove= is True or False, got 1"),
    (lambda fit: fit.scores(errors="yes"), "errors= is True or False, got 'yes'"),
    (lambda fit: fit.wald_test(None), "constraints are given as a text.*got None"),
    (lambda fit: fit.wald_test(["a == 0"]), "constraints are given as a text"),
    (lambda fit: fit.wald_test(""), "constraints are given as a text.*got ''"),
    (lambda fit: fit.score_test(add=""), "add= takes parameters as a text"),
    (lambda fit: fit.score_test(add=["visual =~ x9"]), "add= takes parameters as a text"),
    (lambda fit: fit.compare(fit, scaled_shifted="no"), "scaled_shifted= is True or False"),
    (lambda fit: compare([fit, fit]), r"Give a list's fits one by one: rt\.compare\(\*fits\)"),
    (lambda fit: compare(fit, fit, names="ab"), "names= takes 2 names, one for each fit, got the text 'ab'"),
    (lambda fit: compare(fit, fit, names=[1, 2]), "names= takes names"),
]


@pytest.mark.parametrize(("ask", "message"), ASKED, ids=[row[1][:50] for row in ASKED])
def test_arguments_that_are_none(ask, message, hs):
    with pytest.raises(OptionError, match=message):
        ask(cfa(HS, hs))


@pytest.mark.parametrize("release", [1.5, True, [], {}, [1, None]], ids=repr)
def test_equalities_are_named_or_numbered(release, hs):
    fit = cfa(HS, hs, group="school", group_equal="loadings")
    with pytest.raises(OptionError, match="release= takes numbers from 1 to 6"):
        fit.score_test(release)
    spaced, bare = fit.score_test("visual =~ x2 (Pasteur)"), fit.score_test("visual=~x2 (Pasteur)")
    assert spaced.chisq == bare.chisq


@pytest.mark.parametrize(
    ("add", "message"),
    [
        ("a := b", "add= takes loadings"),
        ("a == b", "add= takes loadings"),
        ("x1 | t1", "add= takes loadings"),
        ("visual <~ x9", "add= takes loadings"),
        ("visual =~ 0.5*x9", "a parameter is added as a free one; leave the modifier out"),
        ("visual =~ a*x9", "leave the modifier out"),
    ],
)
def test_what_adds_no_parameter(add, message, hs):
    with pytest.raises(ModelSyntaxError, match=message):
        cfa(HS, hs).score_test(add=add)


@pytest.mark.parametrize("add", ["visual =~ x1", "speed ~ visual"])
def test_what_the_data_cannot_tell_has_no_test(add, hs):
    with pytest.raises(EstimationError, match=r"could not tell .* from what is free already"):
        cfa(HS, hs).score_test(add=add)


def test_other_names_of_the_same(hs):
    fit = cfa(HS, hs)
    for ours, theirs in (("all", "std.all"), ("lv", "std.lv"), ("nox", "STD_NOX")):
        assert fit.standardized(kind=theirs).equals(fit.standardized(kind=ours))
    assert fit.scores("EBM").equals(fit.scores("regression"))
    assert fit.scores("ML").equals(fit.scores("Bartlett"))
