"""Every verb: its status, and its numbers beside those of the function it calls."""

from __future__ import annotations

import json
import math
import shlex
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import rantau as rt
from rantau.cli import estimation
from rantau.cli.verbs import ROWS
from rantau.covariance.discrepancies import ROWS as DISCREPANCIES
from rantau.covariance.estimators import STANDARD_ERRORS
from rantau.covariance.model_tests import ROWS as MODEL_TESTS
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.report.styles import style_names
from rantau.template import TEMPLATES

DATA = "surveys/mobile/responses.csv"
SURVEY = "surveys/mobile/instrument.toml"
MODEL = "models/mobile.sem"


def responses() -> rt.Responses:
    return rt.read_responses(DATA, rt.read_survey(SURVEY))


def same(shown: list[dict[str, object]], frame: pd.DataFrame) -> bool:
    """Whether JSON rows hold the numbers of a frame, null for NaN."""
    expected = frame.reset_index() if frame.index.name else frame
    rows = [
        {str(name): None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in expected.to_dict("records")
    ]
    return json.loads(json.dumps(shown)) == json.loads(json.dumps(rows, default=lambda value: value.item()))


# --- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("describe", DATA, "-s", SURVEY), lambda: rt.describe(responses())),
        (("reliability", DATA, "-s", SURVEY), lambda: rt.reliability(responses())),
        (
            ("reliability", DATA, "-m", MODEL, "--level", "0.9"),
            lambda: rt.reliability(pd.read_csv(DATA), rt.read_model(MODEL), level=0.9),
        ),
        (("validity", DATA, "-s", SURVEY), lambda: rt.validity(responses()).htmt.rename_axis("construct")),
        (
            ("validity", DATA, "-m", MODEL, "--show", "cross_loadings"),
            lambda: rt.validity(pd.read_csv(DATA), rt.read_model(MODEL)).cross_loadings.rename_axis("item"),
        ),
    ],
    ids=lambda value: " ".join(value[:1] + value[2:]) if isinstance(value, tuple) else "",
)
def test_json_holds_the_numbers_of_the_library(rantau, arguments, expected):
    ran = rantau(*arguments, "--json")
    assert ran.status == 0
    assert same(json.loads(ran.out), expected())


@pytest.mark.parametrize("cfa", [True, False])
def test_fit(rantau, cfa):
    ran = rantau("fit", DATA, "-m", MODEL, *(["--cfa"] if cfa else []), "--json")
    found = (rt.cfa if cfa else rt.sem)(rt.read_model(MODEL), responses())
    shown = json.loads(ran.out)
    assert ran.status == 0
    assert same(shown["estimates"], found.estimates())
    assert {row["index"]: row["value"] for row in shown["fit"]} == found.fit_indices().to_dict()


def test_bootstrap(rantau):
    ran = rantau("bootstrap", DATA, "-m", MODEL, "--draws", 20, "--seed", 3, "--level", 0.8, "--json")
    draws = rt.bootstrap(rt.pls(rt.read_model(MODEL), responses()), draws=20, seed=3)
    assert ran.status == 0
    assert same(json.loads(ran.out)["estimates"], draws.table(level=0.8))
    ran = rantau("bootstrap", DATA, "-m", MODEL, "--draws", 20, "--engine", "covariance", "--json")
    draws = rt.bootstrap(rt.sem(rt.read_model(MODEL), responses()), draws=20, seed=1)
    assert same(json.loads(ran.out)["estimates"], draws.table())


def test_bootstrap_takes_intervals_and_quantities(rantau, tmp_path):
    model = tmp_path / "small.sem"
    model.write_text("Loyalty =~ CUSL1 + CUSL2 + CUSL3\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\nLoyalty ~ Satisfaction")
    fit = rt.sem(rt.read_model(model), responses())
    draws = rt.bootstrap(fit, draws=20, errors=True)
    common = ("bootstrap", DATA, "-m", model, "--engine", "covariance", "--draws", 20)
    for interval in ("bca", "basic", "student"):
        ran = rantau(*common, "--interval", interval, "--json")
        assert same(json.loads(ran.out)["estimates"], draws.table(interval=interval))
    for of in ("standardized", "fit_indices"):
        assert same(json.loads(rantau(*common, "--of", of, "--json").out)["estimates"], draws.table(of=of))
    assert "95% bca intervals, 20 draws, seed 1" in rantau(*common, "--interval", "bca").out


def test_bootstrap_of_pls_takes_its_tables_and_one_sided_limits(rantau):
    draws = rt.bootstrap(rt.pls(rt.read_model(MODEL), responses()), draws=30)
    ran = rantau("bootstrap", DATA, "-m", MODEL, "--draws", 30, "--of", "htmt2", "--side", "upper", "--json")
    shown = json.loads(ran.out)["estimates"]
    expected = draws.table(of="htmt2", side="upper")
    assert [row["ci_high"] for row in shown] == pytest.approx(expected.ci_high.tolist())
    # JSON has no infinity: a limit that is not there is null.
    assert {row["ci_low"] for row in shown} == {None}
    failed = rantau("bootstrap", DATA, "-m", MODEL, "--draws", 30, "--of", "htmt3")
    assert failed.status == 2
    assert "unknown of 'htmt3'. Did you mean 'htmt'?" in failed.err


def test_fit_takes_the_options_of_the_library(rantau):
    shown = json.loads(rantau("fit", DATA, "-m", MODEL, "--std-lv", "--level", "0.9", "--json").out)
    assert same(shown["estimates"], rt.sem(rt.read_model(MODEL), responses(), std_lv=True).estimates(level=0.9))


HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"


@pytest.fixture
def hs(tmp_path):
    """The arguments of `rantau fit` for a model of the school children, and their answers as a frame."""
    model = tmp_path / "hs.sem"
    model.write_text(HS, "utf-8")
    return ("tests/data/hs.csv", "-m", model), pd.read_csv("tests/data/hs.csv")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["--estimator", "MLR", "--missing", "fiml"], {"estimator": "MLR", "missing": "fiml"}),
        (["--estimator", "MLM", "--meanstructure"], {"estimator": "MLM", "meanstructure": True}),
        (["--se", "robust.sem", "--test", "satorra.bentler"], {"se": "robust.sem", "test": "satorra.bentler"}),
        (
            ["--information", "observed", "--likelihood", "wishart"],
            {"information": "observed", "likelihood": "wishart"},
        ),
        (["--sampling-weights", "ageyr"], {"sampling_weights": "ageyr"}),
        (["--cluster", "school"], {"cluster": "school"}),
        (["--random-x", "--estimator", "ULS"], {"fixed_x": False, "estimator": "ULS"}),
        (["--group", "school"], {"group": "school"}),
        (
            ["--group", "school", "--group-equal", "loadings,intercepts", "--group-partial", "visual =~ x2"],
            {"group": "school", "group_equal": ("loadings", "intercepts"), "group_partial": "visual =~ x2"},
        ),
        (
            ["--group", "school", "--group-equal", "loadings", "--group-equal", "residuals", "--std-lv"],
            {"group": "school", "group_equal": ("loadings", "residuals"), "std_lv": True},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_every_option_of_the_engine_can_be_typed(rantau, hs, arguments, options):
    where, data = hs
    shown = json.loads(rantau("fit", *where, *arguments, "--json").out)
    found = rt.sem(HS, data, **options)
    assert same(shown["estimates"], found.estimates())
    assert same(shown["fit"], found.fit_indices().rename_axis("index").reset_index())


def test_growth_curves(rantau, tmp_path):
    text = "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\n"
    (tmp_path / "g.sem").write_text(text, "utf-8")
    ran = rantau("fit", "tests/data/growth.csv", "-m", tmp_path / "g.sem", "--growth", "--json")
    assert ran.status == 0
    assert same(json.loads(ran.out)["estimates"], rt.growth(text, pd.read_csv("tests/data/growth.csv")).estimates())


def test_groups_are_shown_under_their_labels(rantau, hs):
    where, _ = hs
    ran = rantau("fit", *where, "--group", "school")
    assert ran.out.startswith("Fit by ML, 301 rows, in 2 groups: Pasteur 156, Grant-White 145\n")
    first, second = ran.out.index("Estimates, Pasteur (156 rows)"), ran.out.index("Estimates, Grant-White (145 rows)")
    assert 0 < first < second
    assert "group" not in ran.out[first:].splitlines()[1].split()
    shown = json.loads(rantau("fit", *where, "--group", "school", "--json").out)
    assert shown["groups"] == [
        {"group": 1, "label": "Pasteur", "rows": 156}, {"group": 2, "label": "Grant-White", "rows": 145},
    ]  # fmt: skip
    assert {row["group"] for row in shown["estimates"]} == {1, 2}


def test_fit_shows_what_paths_do_together(rantau, tmp_path):
    model = tmp_path / "m.sem"
    model.write_text("x4 ~ x1 + x7\nx7 ~ x1\n", "utf-8")
    where = ("tests/data/hs.csv", "-m", model)
    told = rantau("fit", *where).out
    assert "Indirect and total effects (intervals by resampling: rantau bootstrap --of effects)" in told
    shown = json.loads(rantau("fit", *where, "--json").out)
    found = rt.sem(model.read_text("utf-8"), pd.read_csv("tests/data/hs.csv"))
    assert same(shown["effects"], found.effects())
    drawn = ("bootstrap", *where, "--engine", "covariance", "--draws", "50", "--json", "--of", "effects")
    rows = json.loads(rantau(*drawn).out)["estimates"]
    assert {row["op"] for row in rows} == {"~", "indirect", "total"}
    # Without two paths in a row there is nothing to say.
    model.write_text("x4 ~ x1\n", "utf-8")
    assert "effects" not in json.loads(rantau("fit", *where, "--json").out)


def test_corrected_indices_stand_beside_the_plain_ones(rantau, hs):
    where, data = hs
    lines = rantau("fit", *where, "--estimator", "MLR").out.splitlines()
    assert lines[0] == "Fit by MLR, 301 rows"
    assert lines[1].split() == ["index", "value", "scaled", "robust"]
    found = rt.sem(HS, data, estimator="MLR").fit_indices()
    wanted = [f"{found[name]:.3f}" for name in ("cfi", "cfi_scaled", "cfi_robust")]
    assert ["cfi", *wanted] in [line.split() for line in lines]
    assert rantau("fit", *where).out.splitlines()[1].split() == ["index", "value"]


def test_rows_with_gaps_are_told(rantau, hs):
    (_, *model), _ = hs
    gaps = "tests/data/hs_gaps.csv"
    rows = pd.read_csv(gaps)[[f"x{k}" for k in range(1, 10)]].isna().any(axis=1)
    full = rantau("fit", gaps, *model, "--missing", "fiml").out
    assert full.startswith(f"Fit by ML, {len(rows)} rows, {rows.sum()} of them with gaps\n")
    some = rantau("fit", gaps, *model).out
    assert some.startswith(f"Fit by ML, {(~rows).sum()} rows ({rows.sum()} left out for missing answers)\n")


def test_what_the_model_misses_is_shown_on_request(rantau, hs):
    where, data = hs
    ran = rantau("fit", *where, "--modification-indices", "--residuals").out
    found = rt.sem(HS, data)
    largest = found.modification_indices().iloc[0]
    assert (largest["lhs"], largest["rhs"]) == ("visual", "x9")
    assert f"visual   =~  x9   {largest['mi']:.3f}" in ran
    assert "Residual correlations, the largest of 36; 5 beyond 0.10" in ran
    shown = json.loads(rantau("fit", *where, "--modification-indices", "--residuals", "--json").out)
    assert same(shown["modification_indices"], found.modification_indices())
    assert same(shown["residuals"], found.residual_table(kind="cor_bollen"))
    assert "modification_indices" not in json.loads(rantau("fit", *where, "--json").out)


def test_pls(rantau):
    ran = rantau("pls", DATA, "-m", MODEL, "--scheme", "centroid", "--json")
    found = rt.pls(rt.read_model(MODEL), responses(), scheme="centroid")
    shown = json.loads(ran.out)
    assert ran.status == 0
    for name in ("loadings", "weights", "paths", "effects"):
        assert same(shown[name], getattr(found, name)()), name
    for name in ("reliability", "htmt", "r_squared"):
        assert same(shown[name], getattr(found, name)().rename_axis("construct").reset_index()), name
    assert [row["index"] for row in shown["fit_indices"]] == list(found.fit_indices().index)


def test_score_names_the_lines_of_the_file(rantau, tmp_path):
    out = tmp_path / "scores.csv"
    ran = rantau("score", DATA, "-s", SURVEY, "--method", "sum", "--out", out)
    written = pd.read_csv(out)
    assert ran.status == 0
    assert ran.out == ""
    assert "250 rows written to" in ran.err
    assert written["line"].tolist() == list(range(2, 252))
    pd.testing.assert_frame_equal(written.drop(columns="line"), rt.score(responses(), method="sum"))


PERSONALITY = ("surveys/personality/responses.csv", "-s", "surveys/personality/instrument.toml")


def test_score_without_an_instrument_names_the_lines_of_the_file(rantau, tmp_path):
    """Blank lines, and the header rows of a form tool, are lines all the same: scores go back to their respondents."""
    path = tmp_path / "a.csv"
    path.write_text('x1,x2,note\n1,2,\n\n\n3,4,"two\nlines"\n5,5,\n')
    ran = rantau("score", path, "--key", "A=x1,x2", "--scale", "1,5", "--json")
    assert [(row["line"], row["A"]) for row in json.loads(ran.out)] == [(2, 1.5), (5, 3.5), (7, 5.0)]


def test_score_without_an_instrument(rantau):
    data = PERSONALITY[0]
    ran = rantau("score", data, "--key", "A=-A1,A2,A3", "--key", "N=N1, N2", "--scale", "1,6", "--json")
    frame = pd.read_csv(data)
    assert [row["A"] for row in json.loads(ran.out)[:3]] == pytest.approx(
        frame.assign(A1=7 - frame["A1"])[["A1", "A2", "A3"]].mean(axis=1)[:3].tolist()
    )
    told = rantau("score", data, "--key", "A=-A1,A2")
    assert (told.status, "can only be reversed between declared bounds" in told.err) == (2, True)
    for wrong, text in (
        (("--key", "A"), "--key is typed as DE=de1,de2,-de3; got 'A'."),
        (("--key", "A=A2", "--scale", "1"), "--scale is typed as 1,5; got '1'."),
        (("--key", "A=A2", "--key", "A=A3"), "--key: 'A' comes twice."),
        (("--key", "A=A2", *PERSONALITY[1:]), "give either --survey"),
        (("--method", "bartlett"), "add --model models/<name>.sem"),
        (("--method", "map", "--minimum-answered", "0.5"), "--minimum-answered is of means and sums; leave it out"),
        (("--method", "map", "--key", "A=A2"), "--key is of means and sums; leave it out with --method map."),
        (("-m", "models/personality.sem"), "--model is of factor scores: --method regression, bartlett, map, eap, ml;"),
        (("--scale", "1,5"), "--scale is of --key"),
    ):
        assert text in rantau("score", data, *wrong).err


def test_factor_scores(rantau):
    ran = rantau("score", *PERSONALITY, "-m", "models/personality.sem", "--method", "bartlett", "--json")
    rows = json.loads(ran.out)
    assert ran.status == 0
    assert len(rows) == 2800
    assert rows[0]["line"] == 2
    assert set(rows[0]) == {"line", "Agreeableness", "Conscientiousness", "Extraversion", "Neuroticism", "Openness"}


def test_scores_and_categories_of_ordered_answers(rantau, tmp_path):
    (tmp_path / "speed.sem").write_text("speed =~ x7 + x8 + x9\n")
    given = ("tests/data/hs4.csv", "-m", tmp_path / "speed.sem", "--ordered", "all", "--json")
    fit = rt.cfa("speed =~ x7 + x8 + x9", pd.read_csv(given[0]), ordered=True)
    for method in ("map", "eap", "ml"):
        rows = json.loads(rantau("score", *given, "--method", method).out)
        assert same([{"speed": row["speed"]} for row in rows], fit.scores(method).reset_index(drop=True))
    shown = json.loads(rantau("fit", *given, "--categories").out)
    assert same(shown["categories"], fit.category_probabilities())
    assert "Categories: their shares among the answers" in rantau("fit", *given[:-1], "--categories").out
    told = rantau("score", *given)
    assert (told.status, "--ordered is of factor scores: --method map, eap, ml" in told.err) == (2, True)
    told = rantau("fit", *given[:3], "--categories")
    assert (told.status, "so they have no categories" in told.err) == (2, True)


def test_screen_takes_rules_limits_and_a_count_of_flags(rantau, tmp_path):
    ran = rantau("screen", *PERSONALITY, "--rule", "all", "--limit", "antonyms=-0.35", "--flags-to-exclude", "2")
    assert "flags >= 2" in ran.out
    assert "not applied: speed: " in ran.err
    book = tmp_path / "screening.xlsx"
    rantau("screen", *PERSONALITY, "--rule", "irv", "--rule", "longstring", "--out", book)
    assert set(pd.ExcelFile(book).sheet_names) == {"index", "rules", "flags"}
    assert "--limit is typed as longstring=0.4; got 'irv'." in rantau("screen", *PERSONALITY, "--limit", "irv").err
    assert "unknown rules 'ivr'. Did you mean 'irv'?" in rantau("screen", *PERSONALITY, "--rule", "ivr").err


def test_describe_shows_answers_profile_and_correlations(rantau, tmp_path):
    assert json.loads(rantau("describe", *PERSONALITY, "--show", "answers", "--json").out)[0]["1"] == 922
    assert "(no answer)" in rantau("describe", *PERSONALITY, "--show", "profile").out
    shown = json.loads(rantau("describe", *PERSONALITY, "--show", "correlations", "--of", "scores", "--json").out)
    assert set(shown) == {"p", "correlations"}
    assert shown["correlations"][2]["Agreeableness"] == pytest.approx(0.4616, abs=1e-4)
    ran = rantau("describe", *PERSONALITY, "--draw", tmp_path / "answers.svg")
    assert "answers_1.svg" in ran.err
    assert (tmp_path / "answers_2.svg").stat().st_size > 5000


def test_screen_counts_and_lists(rantau, tmp_path):
    shown = json.loads(rantau("screen", DATA, "-s", SURVEY, "--exclude", "longstring", "--json").out)
    screening = rt.screen(responses(), exclude=("longstring",))
    assert [(row["line"], row["rule"], row["left_out"]) for row in shown["flags"]] == [
        (flag.row, flag.rule, flag.excluded) for flag in screening.log
    ]
    assert [row["flagged"] for row in shown["rules"]] == [0, 5, 0]
    out = tmp_path / "flags.csv"
    assert "250 rows read, 250 kept" in rantau("screen", DATA, "-s", SURVEY, "--out", out).err
    assert pd.read_csv(out)["line"].tolist() == [flag.row for flag in screening.log]


def test_crosscheck_says_how_many_digits_agree(rantau):
    ran = rantau("crosscheck", DATA, "-m", MODEL, "--json")
    shown = json.loads(ran.out)
    assert ran.status == 0
    assert {row["package"] for row in shown["summary"]} == {"semopy", "pingouin"}
    assert min(row["digits"] for row in shown["summary"]) > 6
    assert len(shown["checks"]) == sum(row["compared"] for row in shown["summary"])
    assert "every" not in rantau("crosscheck", DATA, "-m", MODEL).out


def test_simulate_marks_its_answers(rantau, tmp_path):
    population, instrument = (
        "models/internationalization_population.sem",
        "surveys/internationalization/instrument.toml",
    )
    out = tmp_path / "a.csv"
    assert rantau("simulate", population, "-n", 40, "--seed", 5, "-s", instrument, "-o", out).status == 0
    survey = rt.read_survey(instrument)
    drawn = rt.simulate(rt.read_model(population), n=40, seed=5, survey=survey)
    read = rt.read_responses(out, survey)
    assert read.simulated
    assert (read.frame()[list(drawn.columns)] == drawn.frame()).all().all()
    assert rantau("simulate", population, "-n", 40, "-o", out).status == 0
    assert set(pd.read_csv(out)["simulated"]) == {True}


def test_diagram(rantau, tmp_path):
    out = tmp_path / "new" / "model.svg"
    assert rantau("diagram", "-m", MODEL, "-s", SURVEY, "--content", "structural", "-o", out).status == 0
    assert out.read_text("utf-8").startswith("<?xml")
    estimated = tmp_path / "estimated.svg"
    ran = rantau("diagram", "-m", MODEL, "-d", DATA, "--engine", "covariance", "-o", estimated)
    assert ran.status == 0
    assert estimated.stat().st_size > out.stat().st_size
    resampled = tmp_path / "pls.png"
    assert rantau("diagram", "-m", MODEL, "-d", DATA, "--draws", 20, "-o", resampled).status == 0
    assert resampled.read_bytes().startswith(b"\x89PNG")


def test_report(rantau, tmp_path, study):
    folder = study().parent
    out = tmp_path / "report.md"
    ran = rantau(
        "report", folder / "responses.csv", "-m", folder / "model.sem", "-s", folder / "instrument.toml",
        "--draws", 20, "--title", "My title", "-o", out,
    )  # fmt: skip
    assert ran.status == 0
    assert "My title" in out.read_text("utf-8")
    assert "report written to" in ran.err


def test_report_takes_an_estimator(rantau, tmp_path, study):
    folder = study().parent
    out = tmp_path / "report.md"
    ran = rantau(
        "report", folder / "responses.csv", "-m", folder / "model.sem", "--estimator", "MLR", "--missing", "fiml",
        "--draws", 20, "-o", out,
    )  # fmt: skip
    assert ran.status == 0
    assert "full-information maximum likelihood (Arbuckle, 1996), with robust" in out.read_text("utf-8")


def test_check_says_what_the_estimator_will_do(rantau, study):
    lines = (Path("surveys/mobile/responses.csv")).read_text("utf-8").splitlines()
    gaps = "\n".join(
        [lines[0], *(("," + line.split(",", 1)[1]) if k % 9 == 0 else line for k, line in enumerate(lines[1:]))]
    )
    assert lines[0].startswith('"CUEX1",')
    model = "Expectation =~ CUEX1 + CUEX2 + CUEX3\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\nSatisfaction ~ Expectation\n"
    plan = Path(study(responses=gaps + "\n", model=model))
    told = " ".join(rantau("check", plan).out.split())
    assert "ML: maximum likelihood, standard errors for normal answers, the chi-square test for normal answers" in told
    assert '222 rows; 28 with a gap are left out (listwise). With missing = "fiml" and estimator = "ML" their' in told
    text = plan.read_text("utf-8")
    plan.write_text(text + '\n[covariance]\nestimator = "MLR"\nmissing = "fiml"\n', "utf-8")
    told = " ".join(rantau("check", plan).out.split())
    assert "MLR: full-information maximum likelihood, robust standard errors (answers need not be normal)" in told
    assert "the Yuan-Bentler scaled chi-square rows 250 rows, 28 of them with gaps: every answer counts" in told
    plan.write_text(text + '\n[covariance]\nestimator = "MLM"\n', "utf-8")
    told = " ".join(rantau("check", plan).out.split())
    assert "the Satorra-Bentler scaled chi-square" in told
    assert 'With missing = "fiml" and estimator = "MLR"' in told


def test_every_row_of_the_engines_rooms_has_words():
    assert set(estimation.METHODS) == {row.name for row in DISCREPANCIES}
    assert set(estimation.ERRORS) == set(STANDARD_ERRORS)
    assert set(estimation.TESTS) == {"none", *(row.name for row in MODEL_TESTS)}


def test_check_estimates_and_writes_nothing(rantau, study):
    plan = study()
    ran = rantau("check", plan)
    assert ran.status == 0
    assert "7 constructs, 24 items" in ran.out
    assert "250 rows, 0 missing answers" in ran.out
    assert "2 constructs, 1 paths, 1 hypotheses" in ran.out
    assert f"rantau run {plan}" in ran.out
    assert not (plan.parent / "out").exists()


def test_check_says_when_answers_are_simulated(rantau):
    assert "SIMULATED" in rantau("check", "analysis/internationalization.toml").out


def test_list(rantau):
    rooms = rantau("list")
    assert rooms.status == 0
    assert "test_rows, eligibility, missing, speed, attention, longstring" in rooms.out
    assert "apa7, skripsi" in rooms.out
    assert "Hair" in rantau("list", "cutoffs").out
    assert "APA Style, seventh edition" in rantau("list", "styles").out
    assert "Curran (2016)" in rantau("list", "screens").out
    assert "chisq, df, pvalue" in rantau("list", "fit_indices").out


# --- not to be trusted -----------------------------------------------------------------------------------


def test_an_inadmissible_fit_is_shown_with_status_1(rantau):
    ran = rantau("fit", DATA, "-m", "models/mobile_ecsi.sem", "--cfa")
    assert ran.status == 1
    assert "error: The covariance matrix of the latent variables is not positive definite" in ran.err
    assert ran.out.startswith("NOT TO BE TRUSTED: the errors below say why.\n\nFit by ML, 250 rows\n")


def test_problems_go_where_the_numbers_go(rantau, tmp_path):
    shown = json.loads(rantau("fit", DATA, "-m", "models/mobile_ecsi.sem", "--cfa", "--json").out)
    assert [(row["severity"], row["code"]) for row in shown["problems"]] == [("error", "latent_covariance")]
    rantau("fit", DATA, "-m", "models/mobile_ecsi.sem", "--cfa", "--out", tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["problems", "fit", "estimates"]
    assert json.loads(rantau("pls", DATA, "-m", MODEL, "--json").out)["problems"] == []


# --- where results go ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("describe", DATA, "-s", SURVEY),
        ("score", DATA, "-s", SURVEY),
        ("screen", DATA, "-s", SURVEY),
        ("reliability", DATA, "-m", MODEL),
        ("validity", DATA, "-m", MODEL),
        ("fit", DATA, "-m", MODEL),
        ("pls", DATA, "-m", MODEL),
        ("bootstrap", DATA, "-m", MODEL, "--draws", "10"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_json_is_alone_on_its_stream_and_has_no_nan(rantau, arguments):
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert json.loads(rantau(*arguments, "--json").out, parse_constant=refuse)


def test_a_workbook_holds_every_table_and_a_csv_the_last(rantau, tmp_path):
    book, sheet = tmp_path / "pls.xlsx", tmp_path / "pls.csv"
    rantau("pls", DATA, "-m", MODEL, "--out", book)
    ran = rantau("pls", DATA, "-m", MODEL, "--out", sheet)
    found = rt.pls(rt.read_model(MODEL), responses())
    assert openpyxl.load_workbook(book).sheetnames == [
        "loadings", "weights", "reliability", "htmt", "fit_indices", "effects", "r_squared", "paths",
    ]  # fmt: skip
    for name in ("loadings", "paths"):
        pd.testing.assert_frame_equal(pd.read_excel(book, sheet_name=name), getattr(found, name)())
    pd.testing.assert_frame_equal(pd.read_csv(sheet), found.paths())
    assert "an .xlsx would hold loadings, weights, reliability, htmt, fit_indices, effects, r_squared too" in ran.err
    assert {path.name for path in tmp_path.iterdir()} == {"pls.xlsx", "pls.csv"}


def test_out_and_json_go_together(rantau, tmp_path):
    ran = rantau("describe", DATA, "-s", SURVEY, "--out", tmp_path / "a.csv", "--json")
    assert len(json.loads(ran.out)) == len(pd.read_csv(tmp_path / "a.csv")) == 24


# --- help ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_help_says_what_a_verb_does_and_shows_an_example(rantau, row):
    ran = rantau(row.name, "--help")
    assert ran.status == 0
    assert f"Example:\n    {row.example}\n" in ran.out
    assert row.example.startswith(f"rantau {row.name} ")
    short = str(row.function.__doc__).splitlines()[0]
    assert short in rantau("--help").out, "the first line is too long for the list of verbs"


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.name not in ("run", "report", "compare", "invariance")],
    ids=lambda row: row.name,
)
def test_examples_work_in_a_copied_study(rantau, row, tmp_path, monkeypatch):
    folder = tmp_path / "my-study"
    template = "internationalization" if row.name in ("simulate", "power") else "mobile"
    assert rantau("new", folder, "--template", template).status == 0
    monkeypatch.chdir(folder)
    assert rantau(*shlex.split(row.example)[1:]).status == 0


def test_groups_are_compared(rantau):
    """The studies that are copied have no groups; that of reputation has."""
    example = next(row.example for row in ROWS if row.name == "compare")
    ran = rantau(*shlex.split(example)[1:], "--permutations", "50", "--draws", "20", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert [row["n"] for row in told["groups"]] == [219, 125]
    assert len(told["micom"]) == 8
    assert len(told["paths"]) == 13
    assert {row["permitted"] for row in told["permits"]} <= {True, False}
    assert [row["distance"] for row in told["distances"]] == ["d_g", "d_l"]
    assert "Did you mean 'servicetype'" in rantau(*shlex.split(example)[1:-1], "servicetyp").err


def test_levels_of_invariance(rantau):
    example = next(row.example for row in ROWS if row.name == "invariance")
    ran = rantau(*shlex.split(example)[1:], "--json")
    told = json.loads(ran.out)
    assert [row["level"] for row in told["fit"]] == ["configural", "metric", "scalar", "strict"]
    assert [row["against"] for row in told["tests"]] == ["", "configural", "metric", "scalar"]


@pytest.mark.parametrize(
    ("verb", "choices"),
    [
        ("pls", [row.name for row in SCHEMES]),
        ("report", list(style_names())),
        ("new", list(TEMPLATES)),
        ("validity", ["htmt", "fornell_larcker", "cross_loadings"]),
    ],
)
def test_help_names_the_choices(rantau, verb, choices):
    text = rantau(verb, "--help").out
    assert not [name for name in choices if name not in text]


def test_version_and_no_arguments(rantau):
    assert rantau("--version").out == f"rantau {rt.__version__}\n"
    alone = rantau()
    assert alone.status == 0
    assert "rantau new my-study" in alone.out
    assert alone.err == ""


# --- another process -------------------------------------------------------------------------------------


def process(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    code = "from rantau.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_a_process_ends_with_the_status():
    told = process("describe", DATA, "-s", "surveys/mobile/instrumnt.toml")
    assert told.returncode == 2
    assert told.stdout == ""
    assert "Did you mean 'surveys/mobile/instrument.toml'?" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_reader_that_leaves_early_is_no_fault():
    code = (
        "import sys; from rantau.cli.main import main; "
        f"sys.argv[1:] = ['score', {DATA!r}, '-s', {SURVEY!r}, '--json']; main()"
    )
    work = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert work.stdout is not None
    assert work.stderr is not None
    work.stdout.read(10)
    work.stdout.close()
    told = work.stderr.read().decode()
    work.stderr.close()
    assert (work.wait(), told) == (0, "")


def test_a_stream_that_lacks_a_letter_does_not_stop_the_work(tmp_path: Path):
    import os

    told = process("list", "fit_indices", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert told.returncode == 0
    assert "J\\xf6reskog" in told.stdout
