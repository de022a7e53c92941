"""Plans: what they say, and what is refused before anything is estimated."""

from __future__ import annotations

import re

import numpy as np
import pytest

import rantau as rt
from rantau.analyse import analyse, check_study
from rantau.errors import ModelSyntaxError, RantauError, ResponseError, StudyError
from rantau.study import ScreenOptions, read_study
from small_study import MODEL, PLAN, ROOT, write_study


def test_a_plan_is_read_with_its_defaults(tmp_path):
    study = read_study(write_study(tmp_path))
    assert study.title.text("id") == "Studi kecil"
    assert (study.survey, study.answers) == (tmp_path / "instrument.toml", tmp_path / "responses.csv")
    assert study.output == tmp_path / "out"
    assert not study.simulated
    assert study.engines == ("covariance", "pls")
    assert study.screen == ScreenOptions()
    assert study.screen.by_name()["rules"] is None
    assert (study.seed, study.draws, study.level, study.workers) == (7, 25, 0.95, 1)
    assert (study.covariance.estimator, study.covariance.missing, study.covariance.std_lv) == ("ML", "listwise", False)
    assert study.pls.by_name() == {
        "scheme": "path",
        "consistent": False,
        "missing": "mean",
        "interaction": "two_stage",
        "higher_order": "disjoint",
        "weights": None,
    }
    assert (study.style, study.language) == ("apa7", "en")


@pytest.mark.parametrize("name", ["mobile", "mobile_ecsi", "internationalization"])
def test_the_plans_of_the_repository_are_in_order(name):
    material = check_study(read_study(f"analysis/{name}.toml"))
    assert material.screening.kept.n_obs == material.responses.n_obs
    assert material.responses.simulated == (name == "internationalization")


def test_paths_are_relative_to_the_plan(tmp_path):
    for folder in ("analysis", "data"):
        (tmp_path / folder).mkdir()
    plan = write_study(tmp_path / "analysis", plan=PLAN.replace('"responses.csv"', '"../data/r.csv"'))
    (tmp_path / "analysis" / "responses.csv").rename(tmp_path / "data" / "r.csv")
    study = read_study(plan)
    assert study.answers == tmp_path / "data" / "r.csv"
    assert check_study(study).responses.n_obs == 250


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("seed =", "sed ="), "top of the file: unknown key 'sed'. Did you mean 'seed'?"),
        (("[bootstrap]", "[bootstrp]"), "unknown key 'bootstrp'. Did you mean 'bootstrap'?"),
        (
            ("draws =", "drws ="),
            "[bootstrap]: unknown key 'drws'. Did you mean 'draws'? Allowed: draws, level, workers.",
        ),
        (("model =", "# model ="), "top of the file: the key 'model' is missing."),
        (('output = "out"', 'output = ""'), "top of the file: `output` is empty"),
        (("seed = 7", 'seed = "7"'), "'seed' is '7'; expected a whole number without quotes."),
        (("seed = 7", "seed = -7"), "top of the file: `seed` is -7; it must be at least 0."),
        (("seed = 7", "seed = 7\nseed = 8"), "not valid TOML: Cannot overwrite a value (at line 6"),
        (("draws = 25", "draws = 1"), "[bootstrap]: `draws` is 1; it must be at least 2."),
        (("draws = 25", "workers = 0"), "[bootstrap]: `workers` is 0; it must be at least 1."),
        (("draws = 25", "level = 95"), "[bootstrap]: `level` is 95.0; it lies between 0 and 1"),
        (("draws = 25", "level = nan"), "[bootstrap]: `level` is nan; it lies between 0 and 1"),
        (("seed = 7", 'engines = ["pls", "covariace"]'), "unknown engine 'covariace'. Did you mean 'covariance'?"),
        (
            ("seed = 7", 'engines = ["pls"]\n[covariance]\nestimator = "MLR"'),
            "[covariance] is of an engine that `engines` does not name. Leave the table out, or add it: engines = [",
        ),
        (
            ("seed = 7", 'engines = ["covariance"]\n[pls]\nscheme = "path"'),
            "[pls] is of an engine that `engines` does not name",
        ),
        (("seed = 7", 'engines = ["covariance"]'), "[bootstrap]: `draws` is of the bootstrap of PLS, and `engines`"),
        (("seed = 7", "engines = []"), "`engines` is empty. Allowed: covariance, pls."),
        (("seed = 7", 'engines = "pls"'), "'engines' is 'pls'; expected a list in [ ]."),
        (
            ("[bootstrap]", '[screen]\nrules = ["longstrng"]\n[bootstrap]'),
            "[screen]: unknown rule 'longstrng'. Did you",
        ),
        (
            ("[bootstrap]", '[screen]\nrules = ["missing"]\nexclude = ["duplicate"]\n[bootstrap]'),
            "[screen]: unknown rule to exclude by 'duplicate'. Allowed: missing.",
        ),
        (
            ("[bootstrap]", "[screen.limits]\nmissing = 15.0\n[bootstrap]"),
            "[screen.limits]: the limit of missing is 15.0; allowed: a number from 0 to 1",
        ),
        (
            ("[bootstrap]", '[screen]\nrules = ["irv"]\nlimits = { missing = 0.2 }\n[bootstrap]'),
            "[screen]: the rule 'missing' is not applied, so its limit says nothing.",
        ),
        (
            ("[bootstrap]", '[screen]\nrules = ["irv"]\nduration = "seconds"\n[bootstrap]'),
            "[screen]: the rule 'speed' is not applied, so `duration` says nothing.",
        ),
        (
            ("[bootstrap]", "[screen]\nflags_to_exclude = -1\n[bootstrap]"),
            "[screen]: `flags_to_exclude` is -1; give 0 for never",
        ),
        (("[bootstrap]", '[pls]\nscheme = "pth"\n[bootstrap]'), "[pls]: unknown scheme 'pth'. Did you mean 'path'?"),
        (
            ("[bootstrap]", '[pls]\nmissing = "meen"\n[bootstrap]'),
            "[pls]: unknown missing 'meen'. Did you mean 'mean'?",
        ),
        (("[bootstrap]", '[pls]\nconsistent = "no"\n[bootstrap]'), "'consistent' is 'no'; expected true or false"),
        (
            ("[bootstrap]", '[covariance]\nestimator = "MLE"\n[bootstrap]'),
            "unknown estimator 'MLE'. Did you mean 'ML'?",
        ),
        (
            ("[bootstrap]", '[covariance]\nmissing = "fimll"\n[bootstrap]'),
            "[covariance]: unknown missing 'fimll'. Did you mean 'fiml'? Allowed: listwise, fiml, fiml_x, pairwise.",
        ),
        (
            ("[bootstrap]", '[covariance]\nmissing = "fiml"\nestimator = "MLM"\n[bootstrap]'),
            "[covariance]: missing='fiml' needs the likelihood of each row, which estimator 'MLM' does not use; take",
        ),
        (
            ("[bootstrap]", '[covariance]\nse = "bootstrap"\n[bootstrap]'),
            "[covariance]: bootstrap standard errors come",
        ),
        (("[bootstrap]", '[covariance]\ntest = "satora"\n[bootstrap]'), "[covariance]: unknown test 'satora'."),
        (("[bootstrap]", "[covariance]\nfixed_x = 1\n[bootstrap]"), "[covariance]: 'fixed_x' is 1; expected true or"),
        (
            ("[bootstrap]", '[covariance]\ngroup_equal = ["loadings"]\n[bootstrap]'),
            '[covariance]: `group_equal` and `group_partial` are of groups; name their column: group = "gender".',
        ),
        (
            ("[bootstrap]", '[covariance]\nmising = "fiml"\n[bootstrap]'),
            "unknown key 'mising'. Did you mean 'missing'?",
        ),
        (
            ("[bootstrap]", '[report]\nstyle = "apa6"\n[bootstrap]'),
            "[report]: unknown style 'apa6'. Did you mean 'apa7'?",
        ),
        (
            ("[bootstrap]", '[report]\nlanguage = "fr"\n[bootstrap]'),
            "[report]: unknown language 'fr'. Allowed: en, id.",
        ),
        (('title = { en = "A small study", id = "Studi kecil" }', "title = {}"), "`title` is empty; write title = {"),
        (('responses = "responses.csv"', ""), "[data]: got neither of `responses`"),
        (("responses =", 'simulate = "p.sem"\nn = 9\nresponses ='), "[data]: got both of `responses`"),
        (("responses =", "n = 9\nresponses ="), "[data]: `n` belongs to `simulate`"),
        (("responses =", "simulate ="), "[data]: `n`, the number of answers to simulate, is missing"),
        (
            ("responses =", "n = 1\nsimulate ="),
            "[data]: `n`, the number of answers to simulate, is 1; give at least 2.",
        ),
    ],
    ids=lambda value: value[1][:40] if isinstance(value, tuple) else "",
)
def test_a_plan_is_refused_where_it_is_wrong(tmp_path, change, told):
    plan = write_study(tmp_path, plan=PLAN.replace(*change, 1))
    with pytest.raises(StudyError, match=re.escape(told)) as caught:
        read_study(plan)
    assert str(caught.value).startswith(f"{plan}: ")


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("", "the file is empty; it should hold the study plan."),
        (PLAN.encode("utf-16"), "line 1: not UTF-8"),
        (PLAN.replace("small", "café").encode("latin-1"), "line 1: not UTF-8: byte 21 is 0xE9"),
        ('{"title": "x"}', "not valid TOML"),
    ],
)
def test_a_file_that_is_no_plan(tmp_path, plan, told):
    with pytest.raises(StudyError, match=re.escape(told)):
        read_study(write_study(tmp_path, plan=plan))


def test_marks_and_line_ends_do_not_matter(tmp_path):
    first = read_study(write_study(tmp_path / "a"))
    for number, plan in enumerate(("\ufeff" + PLAN, PLAN.replace("\n", "\r\n"))):
        other = read_study(write_study(tmp_path / str(number), plan=plan))
        assert (
            other.replace(**{name: getattr(first, name) for name in ("survey", "model", "output", "answers", "file")})
            == first
        )


def test_an_output_that_cannot_be_a_folder_is_refused_before_the_work(tmp_path):
    plan = write_study(tmp_path, plan=PLAN.replace('"out"', '"model.sem/deep/out"'))
    with pytest.raises(StudyError, match=r"`output` must be a folder, and '.*model\.sem' is a file"):
        check_study(read_study(plan))
    assert (tmp_path / "model.sem").read_text("utf-8") == MODEL


def test_a_style_file_is_looked_for_beside_the_plan(tmp_path):
    plan = write_study(tmp_path, plan=PLAN + '\n[report]\nstyle = "mine.toml"\n')
    with pytest.raises(RantauError, match=re.escape(f"{tmp_path / 'mine.toml'}: no such file for the style")):
        read_study(plan)
    (tmp_path / "mine.toml").write_bytes((ROOT / "src/rantau/report/styles/apa7.toml").read_bytes())
    assert read_study(plan).style == str(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("files", "error", "told"),
    [
        ({"model": MODEL.replace("IMAG2", "IMAG22")}, ResponseError, "model.sem:1:25: 'IMAG22' is not in the data."),
        ({"model": MODEL.replace("=~", "=", 1)}, ModelSyntaxError, "model.sem:1:14: a single '=' means nothing here"),
        ({"model": "A =~ IMAG1 + IMAG2\n"}, RantauError, "model.sem:1:1: the model is not identified"),
        ({"responses": b""}, ResponseError, "responses.csv: the file is empty"),
        ({"instrument": "title = 3"}, RantauError, "instrument.toml: "),
    ],
)
def test_files_that_do_not_fit_together(tmp_path, files, error, told):
    study = read_study(write_study(tmp_path, **files))
    with pytest.raises(error, match=re.escape(told)):
        check_study(study)


def test_answers_outside_the_scale_are_refused(tmp_path):
    answers = (ROOT / "surveys/mobile/responses.csv").read_text("utf-8").replace("\n7,7,6,6,4", "\n7,7,6,66,4", 1)
    study = read_study(write_study(tmp_path, responses=answers))
    with pytest.raises(ResponseError, match=r"line 2, column 'CUSA1': got '66'\.\nAllowed: whole numbers 1 to 10"):
        check_study(study)


def test_fewer_rows_than_parameters_are_refused(tmp_path):
    answers = b"".join((ROOT / "surveys/mobile/responses.csv").read_bytes().splitlines(keepends=True)[:12])
    study = read_study(write_study(tmp_path, responses=answers))
    with pytest.raises(RantauError, match="13 free parameters cannot be estimated from 11 complete rows"):
        check_study(study)


def test_a_study_finds_what_the_library_finds(tmp_path):
    study = read_study(write_study(tmp_path, plan=PLAN + '\n[pls]\nscheme = "factorial"\n'))
    material = check_study(study)
    seen: list[tuple[str, int, int]] = []
    findings = analyse(material, progress=lambda *step: seen.append(step))
    kept = rt.screen(rt.read_responses(study.answers, rt.read_survey(study.survey))).kept
    model = rt.read_model(study.model)
    pls = rt.pls(model, kept, scheme="factorial")
    np.testing.assert_array_equal(findings.sem.values(), rt.sem(model, kept).values())
    np.testing.assert_array_equal(findings.cfa.values(), rt.cfa(model, kept).values())
    np.testing.assert_array_equal(findings.pls.values(), pls.values())
    np.testing.assert_array_equal(findings.draws.values, rt.bootstrap(pls, draws=25, seed=7).values)
    assert findings.hypotheses["hypothesis"].tolist() == ["H1"]
    assert findings.population is None
    assert [test.model for test in findings.fit_tests] == ["saturated", "estimated"]
    np.testing.assert_array_equal(findings.fit_tests[1].values, rt.fit_test(pls, draws=25, seed=7).values)
    assert ("bootstrap", 25, 25) in seen
    assert seen[-1] == ("test of fit (estimated)", 25, 25)


def with_gaps(share: float = 0.03) -> str:
    """The mobile answers with gaps here and there, the same each time."""
    lines = (ROOT / "surveys/mobile/responses.csv").read_text("utf-8").splitlines()
    rng = np.random.default_rng(5)
    rows = [",".join("" if rng.random() < share else cell for cell in line.split(",")) for line in lines[1:]]
    return "\n".join([lines[0], *rows]) + "\n"


def test_a_study_passes_its_options_to_the_engine(tmp_path):
    plan = PLAN + '\n[covariance]\nestimator = "mlr"\nmissing = "ml"\nstd_lv = true\ninformation = "observed"\n'
    study = read_study(write_study(tmp_path, plan=plan, responses=with_gaps()))
    material = check_study(study)
    assert material.rows.n_obs == 250
    findings = analyse(material)
    model = rt.read_model(study.model)
    data = material.screening.kept
    options = {"estimator": "MLR", "missing": "fiml", "std_lv": True, "information": "observed"}
    np.testing.assert_array_equal(findings.sem.values(), rt.sem(model, data, **options).values())
    np.testing.assert_array_equal(findings.cfa.errors(), rt.cfa(model, data, **options).errors())
    assert findings.sem.n_obs == 250
    assert findings.hypotheses["sem_p"].notna().all()


def test_the_rows_that_enter_are_known_before_anything_is_estimated(tmp_path):
    study = read_study(write_study(tmp_path, responses=with_gaps()))
    complete = check_study(study).rows.n_obs
    assert complete == analyse(check_study(study)).sem.n_obs < 250
    pls = PLAN.replace("seed = 7", 'seed = 7\nengines = ["pls"]')
    assert check_study(read_study(write_study(tmp_path / "pls", plan=pls))).rows is None


def test_rows_are_left_out_only_where_the_plan_says_so(tmp_path):
    plan = PLAN + '\n[screen]\nexclude = ["longstring"]\n'
    material = check_study(read_study(write_study(tmp_path, plan=plan)))
    assert (material.responses.n_obs, material.screening.kept.n_obs) == (250, 245)


@pytest.mark.parametrize(("engine", "absent"), [("pls", ("cfa", "sem")), ("covariance", ("pls", "draws", "validity"))])
def test_one_engine_alone(tmp_path, engine, absent):
    plan = PLAN.replace("seed = 7", f'seed = 7\nengines = ["{engine}"]')
    plan = plan if engine == "pls" else plan.replace("draws = 25", "level = 0.9")
    study = read_study(write_study(tmp_path, plan=plan))
    findings = analyse(check_study(study))
    assert all(getattr(findings, name) is None for name in absent)
    assert findings.hypotheses["hypothesis"].tolist() == ["H1"]


def test_numbers_that_may_be_thousands_are_refused_before_anything_is_estimated(tmp_path):
    mobile = ROOT / "surveys" / "mobile"
    wording = '{ en = "How many people work there?", id = "Berapa orang bekerja di sana?" }'
    size = f'\n[[demographics]]\ncode = "size"\nkind = "number"\nwording = {wording}\n'
    header, *rows = (mobile / "responses.csv").read_text("utf-8").splitlines()
    plan = write_study(
        tmp_path,
        instrument=(mobile / "instrument.toml").read_text("utf-8") + size,
        responses="\n".join([f"{header},size", *(f'{row},"1,200"' for row in rows), ""]),
    )
    with pytest.raises(ResponseError, match=r"line 2: column 'size': '1,200' may be 1200 or 1\.200"):
        check_study(plan)


def test_a_model_without_constructs_has_no_measurement(tmp_path):
    study = read_study(write_study(tmp_path, model="CUSL1 ~ IMAG1 + IMAG2\n"))
    findings = analyse(check_study(study))
    assert findings.cfa is None
    assert findings.reliability is None
    assert findings.sem.converged


def test_paths_that_count_from_the_wrong_folder_are_told_the_right_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "surveys").mkdir()
    (tmp_path / "surveys/mine.toml").write_text("x", "utf-8")
    (tmp_path / "analysis").mkdir()
    plan = 'title = { en = "A" }\nsurvey = "surveys/mine.toml"\nmodel = "m.sem"\noutput = "o"\n[data]\n'
    plan += 'responses = "r.csv"\n'
    (tmp_path / "analysis/plan.toml").write_text(plan, "utf-8")
    with pytest.raises(StudyError, match=r'`survey` is "surveys/mine.toml".*Write "\.\./surveys/mine\.toml"'):
        read_study("analysis/plan.toml")


def test_forgotten_reverse_coding_is_a_remark(tmp_path):
    rows = (ROOT / "surveys/mobile/responses.csv").read_text("utf-8").splitlines()
    at = rows[0].split(",").index('"IMAG1"' if '"IMAG1"' in rows[0] else "IMAG1")
    turned = [rows[0]]
    for row in rows[1:]:
        cells = row.split(",")
        cells[at] = str(11 - int(cells[at]))
        turned.append(",".join(cells))
    study = read_study(write_study(tmp_path, responses="\n".join(turned)))
    remarks = check_study(study).remarks
    assert [remark.code for remark in remarks] == ["against_scale"]
    assert remarks[0].about[:2] == ("Image", "IMAG1")
    assert "reverse-coding was forgotten, or done twice" in remarks[0].text


def test_a_plan_says_what_becomes_of_flagged_rows_and_shows_both_results(tmp_path):
    screened = """
[screen]
rules = ["longstring", "irv", "mahalanobis"]
flags_to_exclude = 2
limits = { longstring = 0.4 }
sensitivity = true
"""
    plan = PLAN.replace("[bootstrap]", f"{screened}\n[bootstrap]")
    study = read_study(write_study(tmp_path, plan=plan))
    material = check_study(study)
    screening = material.screening
    assert screening.rules == ("longstring", "irv", "mahalanobis")
    assert dict(zip(screening.rules, screening.limits, strict=True))["longstring"] == 0.4
    assert screening.excluded.sum() == (screening.flags.sum(axis=1) >= 2).sum() > 0
    findings = analyse(material)
    whole, unflagged = findings.sensitivity
    assert (whole.name, whole.n) == ("all", 250)
    assert (unflagged.name, unflagged.n) == ("unflagged", screening.unflagged.n_obs)
    model = rt.read_model(study.model)
    np.testing.assert_array_equal(whole.sem.values(), rt.sem(model, material.responses).values())
    np.testing.assert_array_equal(unflagged.pls.values(), rt.pls(model, screening.unflagged).values())
    assert unflagged.draws.seed == study.seed
    assert findings.sem.n_obs == 250 - screening.excluded.sum()


def test_results_are_not_shown_twice_where_nothing_is_flagged_or_asked(tmp_path):
    asked = PLAN.replace("[bootstrap]", '[screen]\nrules = ["missing"]\nsensitivity = true\n[bootstrap]')
    assert analyse(check_study(read_study(write_study(tmp_path / "a", plan=asked)))).sensitivity == ()
    assert analyse(check_study(read_study(write_study(tmp_path / "b")))).sensitivity == ()


def test_a_plan_says_how_its_answers_are_read(tmp_path):
    plain = (ROOT / "surveys/mobile/responses.csv").read_text("utf-8")
    head, _, rows = plain.partition("\n")
    # A column by another name, one sign between columns that is no usual one, and an encoding that has to be named.
    other = (head.replace("IMAG1", "Citra é") + "\n" + rows).replace(",", "~").encode("cp1252")
    reading = 'responses = "responses.csv"\nencoding = "cp1252"\ndelimiter = "~"\ncolumns = { IMAG1 = "Citra é" }'
    told = write_study(tmp_path, plan=PLAN.replace('responses = "responses.csv"', reading), responses=other)
    usual = check_study(read_study(write_study(tmp_path / "usual"))).responses
    found = check_study(read_study(told)).responses
    assert found.columns == usual.columns
    np.testing.assert_array_equal(found.values, usual.values)


def test_simulated_answers_have_no_file_to_be_read(tmp_path):
    plan = PLAN.replace('responses = "responses.csv"', 'simulate = "model.sem"\nn = 50\nsheet = "Answers"')
    with pytest.raises(StudyError, match=r"\[data\]: `sheet` is of a file of answers, and these are simulated"):
        read_study(write_study(tmp_path, plan=plan))


def test_a_plan_names_where_its_answers_are_from(tmp_path):
    data = 'responses = "responses.csv"'
    assert read_study(write_study(tmp_path)).data.source_in("id") == ""
    plain = read_study(write_study(tmp_path, plan=PLAN.replace(data, f'{data}\nsource = "Hair (2022)"')))
    assert plain.data.source_in("en") == plain.data.source_in("id") == "Hair (2022)"
    named = f'{data}\nsource = {{ en = "A and B (1939)", id = "A dan B (1939)" }}'
    by_language = read_study(write_study(tmp_path, plan=PLAN.replace(data, named)))
    assert by_language.data.source_in("id") == "A dan B (1939)"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('simulate = "model.sem"\nn = 50\nsource = "Hair (2022)"', "`source` is of a file of answers, and these are"),
        ('responses = "responses.csv"\nsource = " "', "`source` is empty; write source ="),
        ('responses = "responses.csv"\nsource = {}', "`source` is empty; write source ="),
        ('responses = "responses.csv"\nsource = { en = "A", id = "" }', "`source` is empty; write source ="),
    ],
)
def test_a_source_that_says_nothing_is_refused(tmp_path, change, told):
    plan = PLAN.replace('responses = "responses.csv"', change)
    with pytest.raises(StudyError, match=re.escape(f"[data]: {told}")):
        read_study(write_study(tmp_path, plan=plan))
