"""Data from a stated population: the numbers come back, the answers look like answers, faults are explained."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm

import rantau as rt
from rantau.errors import EstimationError, ModelSyntaxError, OptionError, ResponseError
from rantau.simulate import attenuation, thresholds
from rantau.simulate.population import population

POPULATION = "models/internationalization_population.sem"
MODEL = "models/internationalization.sem"
INSTRUMENT = "surveys/internationalization/instrument.toml"
SMALL = "F =~ 0.8*a + 0.6*b + 0.7*c\nF ~~ 1*F\na ~~ 0.36*a\nb ~~ 0.64*b\nc ~~ 0.51*c"


@pytest.fixture(scope="module")
def survey():
    return rt.read_survey(INSTRUMENT)


@pytest.fixture(scope="module")
def answers(survey):
    return rt.simulate(rt.read_model(POPULATION), n=20_000, seed=20, survey=survey)


def stated():
    return {(r.lhs, r.op, r.rhs): r.value for r in rt.population_values(rt.read_model(POPULATION)).itertuples()}


# -- the population ------------------------------------------------------------------------------------


def test_constructs_and_items_of_the_study_have_variance_one():
    known = population(rt.read_model(POPULATION))
    np.testing.assert_allclose(np.diag(known.construct_covariance), 1, atol=1e-12)
    np.testing.assert_allclose(np.diag(known.covariance), 1, atol=1e-12)


def test_construct_correlations_are_those_worked_out_by_hand_in_the_model_file():
    known = population(rt.read_model(POPULATION))
    at = known.table.latent.index
    network, performance = at("NetworkStrength"), at("InternationalPerformance")
    diaspora, support = at("DiasporaEngagement"), at("AssociationSupport")
    found = known.construct_covariance
    assert found[diaspora, network] == pytest.approx(0.47)
    assert found[support, network] == pytest.approx(0.34)
    assert found[diaspora, performance] == pytest.approx(0.373)
    assert found[support, performance] == pytest.approx(0.2885)
    assert found[network, performance] == pytest.approx(0.5045)


def test_population_values_include_what_the_model_defines():
    text = (
        "M ~ a*0.5*X\nY ~ b*0.4*M + 0.1*X\nX ~~ 1*X\nM ~~ 0.75*M\nY ~~ 0.7*Y\nab := a*b"
    )  # fmt: skip
    values = rt.population_values(text)
    assert list(values.columns) == ["lhs", "op", "rhs", "value"]
    assert values[values.op == ":="].iloc[0].tolist() == ["ab", ":=", "a*b", pytest.approx(0.2)]


def test_a_stated_mean_is_drawn():
    text = "a ~~ 4*a\nb ~~ 1*b\na ~~ 0.5*b\na ~ 10*1\nb ~ -3*1"
    data = rt.simulate(text, n=10_000, seed=3)
    assert data["a"].mean() == pytest.approx(10, abs=4 * 2 / 100)
    assert data["b"].mean() == pytest.approx(-3, abs=4 / 100)
    assert data["a"].var() == pytest.approx(4, rel=0.06)


# -- continuous data -----------------------------------------------------------------------------------


def test_twenty_thousand_rows_give_every_population_value_back():
    data = rt.simulate(rt.read_model(POPULATION), n=20_000, seed=11)
    known = stated()
    fit = rt.sem(rt.read_model(MODEL), data, std_lv=False)
    truth = population(rt.read_model(POPULATION))
    # The fit sets scales by first loadings, so the standardised solution is compared: it is the population's metric.
    table = fit.standardized()
    compared = 0
    for row in table[table.op != ":="].itertuples():
        value = known.get((row.lhs, row.op, row.rhs), known.get((row.rhs, row.op, row.lhs)))
        assert value is not None, (row.lhs, row.op, row.rhs)
        if row.se > 0:
            assert abs(row.est_std - value) < 4 * row.se, (row.lhs, row.op, row.rhs)
            compared += 1
    assert compared == 20 + 5 + 1 + 20 + 2
    np.testing.assert_allclose(np.cov(data.to_numpy().T), truth.covariance, atol=0.05)


def test_a_unit_variance_parametrisation_finds_loadings_in_their_own_units():
    data = rt.simulate(SMALL, n=20_000, seed=2)
    frame = rt.sem("F =~ a + b + c", data, std_lv=True).estimates()
    known = {(r.lhs, r.op, r.rhs): r.value for r in rt.population_values(SMALL).itertuples()}
    for row in frame[frame.se > 0].itertuples():
        assert abs(row.est - known[row.lhs, row.op, row.rhs]) < 4 * row.se


def test_one_seed_gives_the_same_data_and_another_seed_others():
    first, again, other = (rt.simulate(SMALL, n=50, seed=seed) for seed in (5, 5, 6))
    assert first.equals(again)
    assert not np.isclose(first, other).any()
    assert list(first.columns) == ["a", "b", "c"]


# -- answers -------------------------------------------------------------------------------------------


def test_thresholds_rise_in_equal_steps_and_leave_about_five_percent_at_each_end_of_seven_points():
    cuts = thresholds(7)
    np.testing.assert_allclose(np.diff(cuts), 4.5 / 7)
    np.testing.assert_allclose(cuts, -cuts[::-1], atol=1e-15)
    assert norm.cdf(cuts[0]) == pytest.approx(0.054, abs=5e-4)
    with pytest.raises(OptionError, match="two points or more"):
        thresholds(1)


def test_attenuation_is_the_correlation_of_answer_and_attitude():
    # By numerical integration instead of the closed form.
    z = np.linspace(-9, 9, 2_000_001)
    weight = norm.pdf(z) * (z[1] - z[0])
    answer = np.searchsorted(thresholds(7), z)
    mean = weight @ answer
    expected = weight @ (answer * z) / np.sqrt(weight @ (answer - mean) ** 2)
    assert attenuation(7) == pytest.approx(expected, abs=1e-6)
    assert attenuation(2) == pytest.approx(np.sqrt(2 / np.pi))


def test_categories_are_used_as_often_as_the_thresholds_say(answers):
    edges = np.concatenate([[-np.inf], thresholds(7), [np.inf]])
    shares = np.diff(norm.cdf(edges))
    for column in answers.values.T:
        counts = np.bincount(column.astype(int), minlength=8)[1:]
        error = np.sqrt(shares * (1 - shares) * answers.n_obs)
        assert np.all(np.abs(counts - shares * answers.n_obs) < 4.5 * error)


def test_likert_answers_keep_the_paths_and_weaken_loadings_by_the_known_factor(answers):
    known = stated()
    table = rt.sem(rt.read_model(MODEL), answers).standardized()
    paths = table[table.op == "~"]
    assert len(paths) == 5
    for row in paths.itertuples():
        assert row.est_std == pytest.approx(known[row.lhs, row.op, row.rhs], abs=0.02)
    weaker = attenuation(7)
    for row in table[table.op == "=~"].itertuples():
        expected = weaker * known[row.lhs, row.op, row.rhs]
        assert abs(row.est_std - expected) < 4 * row.se, (row.rhs, row.est_std, expected)
        assert row.est_std < known[row.lhs, row.op, row.rhs]


def test_correlations_of_answers_are_those_of_the_cut_bivariate_normal():
    # E[Y1 Y2] from bivariate normal orthants: an item pair correlating .68 before it is cut.
    rho, cuts = 0.8 * 0.85, thresholds(7)
    both = multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    above = np.array([[both.cdf([-s, -t]) for t in cuts] for s in cuts]).sum()
    mean = norm.sf(cuts).sum()
    variance = (norm.sf(np.maximum.outer(cuts, cuts)).sum()) - mean**2
    exact = (above - mean**2) / variance
    # Mehler's series: a term of third order after the first, the even ones being zero by symmetry.
    third = (norm.pdf(cuts) * (cuts**2 - 1)).sum() / np.sqrt(6 * variance)
    first = attenuation(7) ** 2 * rho
    assert exact == pytest.approx(first + third**2 * rho**3, abs=0.001)
    assert exact - first < 0.005


def test_reversed_items_are_written_reversed_and_keyed_in_values(answers, survey):
    turned = [item.code for item in survey.items if item.reversed]
    assert turned == ["DE5", "NS5"]
    for item in survey.items:
        place = answers.columns.index(item.code)
        raw = answers.raw[:, place].astype(float)
        expected = 8 - raw if item.reversed else raw
        np.testing.assert_array_equal(answers.values[:, place], expected)
    as_written = np.corrcoef(answers.raw[:, answers.columns.index("DE5")].astype(float), answers.column("DE1"))[0, 1]
    assert as_written == pytest.approx(-0.65 * 0.80 * attenuation(7) ** 2, abs=0.03)


def test_answers_say_that_they_are_simulated_and_from_what(survey):
    made = rt.simulate(rt.read_model(POPULATION), n=12, seed=4, survey=survey)
    assert made.simulated
    assert made.source == f"simulated from {POPULATION}, n = 12, seed = 4"
    assert made.columns == survey.codes


def test_a_written_file_reads_back_as_the_same_answers_still_marked(survey, tmp_path: Path):
    made = rt.simulate(rt.read_model(POPULATION), n=25, seed=4, survey=survey)
    path = rt.write_responses(made, tmp_path / "answers.csv")
    again = rt.read_responses(path, survey)
    assert again.simulated
    assert again.replace(source=made.source, understood=made.understood) == made
    assert path.read_text(encoding="utf-8").splitlines()[0].endswith(",simulated")


def test_real_answers_are_written_without_the_mark_and_their_extra_columns_stay(tmp_path: Path):
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    answers = rt.read_responses("surveys/mobile/responses.csv", survey)
    again = rt.read_responses(rt.write_responses(answers, tmp_path / "copy.csv"), survey)
    assert not again.simulated
    assert "simulated" not in again.extras_names
    assert again.replace(source=answers.source, understood=answers.understood) == answers


def test_gaps_of_a_data_frame_are_written_as_empty_cells(tmp_path: Path):
    data = pd.DataFrame({"a": [1, np.nan, 3], "b": [2, 5, 4], "firm": ["None", None, pd.NaT], "size": [1, pd.NA, 2]})
    keys = {"F": ["a", "-b"]}
    answers = rt.responses_of(data, keys, scale=(1, 5))
    path = rt.write_responses(answers, tmp_path / "answers.csv")
    assert path.read_text("utf-8").splitlines() == ["a,b,firm,size", "1.0,2,None,1", ",5,,", "3.0,4,,2"]
    again = rt.responses_of(rt.read_table(path), keys, scale=(1, 5))
    np.testing.assert_array_equal(again.values, answers.values)


def test_the_mark_is_added_where_simulated_answers_lost_their_extra_columns(survey, tmp_path: Path):
    made = rt.simulate(rt.read_model(POPULATION), n=3, seed=4, survey=survey)
    bare = made.replace(extras_names=(), extras=np.empty((3, 0), dtype=object))
    assert rt.read_responses(rt.write_responses(bare, tmp_path / "a.csv"), survey).simulated


# -- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL.replace("0.6*b", "b", 1), r"<model>:1:\d+: .*loading of 'b' on 'F' has none: write `F =~ 0.7\*b`"),
        (SMALL.replace("0.6*b", "start(0.6)*b", 1), "A start value is a guess"),
        # A fit would take 1 for the first loading, which nobody has stated here.
        (SMALL.replace("0.8*a", "a", 1), r"<model>:1:\d+: .*loading of 'a' on 'F' has none: write `F =~ 0.7\*a`"),
        (SMALL.replace("0.8*a", "start(0.8)*a", 1), "A start value is a guess"),
        (SMALL.replace("c ~~ 0.51*c", ""), r"variance of 'c' .* write `c ~~ 0.5\*c`"),
        (SMALL.replace("F ~~ 1*F", ""), r"variance of 'F' .* write `F ~~ 0.5\*F`"),
        ("a ~ 0.3*b\na ~~ 1*a", r"variance of 'b'"),
        ("a ~~ 1*a\nb ~~ 1*b\na ~~ 0.1*b\na ~ 1*1", r"mean of 'b' has none: write `b ~ 0\*1`"),
        (
            "F =~ .8*a\nG =~ .8*b\nF ~~ 1*F\nG ~~ 1*G\na ~~ .36*a\nb ~~ .36*b",
            r"covariance of 'F' and 'G' \(0 where there is none\)",
        ),
        ("F <~ a + b", "cannot be drawn from a composite"),
        ("y ~ 0.2*a:b", "product"),
        ("a | t1", "thresholds"),
        ("a ~ x*0.1*b\nx == 2", "constraints"),
    ],
)
def test_what_is_not_a_stated_population_is_refused_with_its_place(text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        rt.simulate(text, n=5, seed=1)


def test_loadings_may_be_one_number():
    equal = population(SMALL.replace("0.6*b", 'equal("F=~a")*b').replace("0.64*b", "0.36*b"))
    np.testing.assert_allclose(equal.covariance[0, :2], [1, 0.64])


def test_every_parameter_without_a_number_is_named():
    with pytest.raises(ModelSyntaxError, match=r"Likewise without a number: .*a ~~ 0.5\*a.*c ~~ 0.5\*c"):
        rt.population_values("F =~ 0.8*a + b + 0.7*c\nF ~~ 1*F")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMALL.replace("0.64*b", "-0.64*b"), "variance of 'b' is -0.64, and no variance is negative"),
        ("a ~~ 1*a\nb ~~ 1*b\na ~~ 1.5*b", r"not positive definite \(smallest eigenvalue -0.5\). Look at a, b"),
        ("F =~ 1*a + 1*b\nF ~~ 1*F\na ~~ 0*a\nb ~~ 0*b", "not positive definite"),
        ("a ~ 1*b\nb ~ 1*a\na ~~ 1*a\nb ~~ 1*b", "loop"),
    ],
)
def test_numbers_that_no_data_can_have_are_refused(text, message):
    with pytest.raises(EstimationError, match=message):
        rt.simulate(text, n=5, seed=1)


def test_survey_and_model_must_have_the_same_items(survey):
    with pytest.raises(ResponseError, match=r"unknown item 'a'"):
        rt.simulate(SMALL, n=5, seed=1, survey=survey)
    text = "DE1 ~~ 1*DE1\nDE2 ~~ 1*DE2\nDE1 ~~ 0.2*DE2"
    with pytest.raises(ResponseError, match=r"asks items that the model does not have.*DE3"):
        rt.simulate(text, n=5, seed=1, survey=survey)


@pytest.mark.parametrize(("n", "seed", "name"), [(0, 1, "n"), (2.5, 1, "n"), (True, 1, "n"), (5, -1, "seed")])
def test_rows_and_seed_are_whole_numbers(n, seed, name):
    with pytest.raises(OptionError, match=f"{name} must be a whole number"):
        rt.simulate(SMALL, n=n, seed=seed)
