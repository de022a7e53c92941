"""Sentences: what they claim follows from the findings, reads well, and cites what it leans on."""

import re
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from study_findings import ROOT, gaps, heywood, mobile, not_converged, quietly, simulated

from rantau.covariance import cfa, sem
from rantau.covariance.discrepancies import ROWS as DISCREPANCIES
from rantau.covariance.estimators import INFORMATION, STANDARD_ERRORS
from rantau.covariance.model_tests import ROWS as MODEL_TESTS
from rantau.crosscheck import Check, Skipped, Verification, crosscheck
from rantau.fit import Problem
from rantau.model import parse_model
from rantau.pls import pls
from rantau.quality import judge_hypotheses, validity
from rantau.report import sentences
from rantau.report.citations import citation, cited_in, references
from rantau.report.findings import Findings
from rantau.report.prose import Prose
from rantau.report.sentences.compared import REASONS
from rantau.report.tables import ROWS
from rantau.report.words import read_words
from rantau.survey import read_survey

TABLES = tuple(row.name for row in ROWS)


def prose(findings=None, language="en", style="apa7", tables=TABLES):
    return Prose(mobile() if findings is None else findings, language, style, tables=tables)


def everything(told):
    """All sentences of a report, each paragraph or list item by itself."""
    s = sentences
    return [
        text
        for text in (
            s.account(told), *s.sample(told), s.methods(told), s.reliability(told), s.discriminant(told),
            s.fit(told, "cfa"), s.fit(told, "sem"), s.pls_fit(told), s.covarying(told), *s.hypotheses(told),
            s.explained(told), s.population(told), s.crosscheck(told), *s.skipped(told), *s.problems(told),
            *s.limits(told),
        )
        if text
    ]  # fmt: skip


def test_items_that_run_against_their_scale_are_not_called_weak():
    found = mobile()
    answers = found.responses
    values = np.array(answers.values)
    values[:, answers.columns.index("CUSA2")] *= -1
    turned = cfa("Satisfaction =~ CUSA1 + CUSA2 + CUSA3", answers.replace(values=values))
    loading = turned.standardized().set_index(["op", "rhs"]).loc[("=~", "CUSA2"), "est_std"]
    assert loading < -0.708
    told = sentences.reliability(prose(Findings(turned.model, survey=found.survey, cfa=turned)))
    assert "The loading of CUSA2 is negative: the item runs against its scale." in told
    assert "below that lies CUSA1." in told


@lru_cache
def misfitting():
    """A model of the mobile answers whose two constructs do not correlate, though the answers do."""
    found = mobile()
    model = parse_model(
        "Image =~ IMAG1 + IMAG2 + IMAG3\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\nLoyalty =~ CUSL1 + CUSL2 + CUSL3\n"
        "Image ~~ 0*Satisfaction\nLoyalty ~ Image  # H1 (+) ...\nLoyalty ~ Satisfaction  # H2 (+) ..."
    )
    fit = sem(model, found.responses)
    return Findings(model, survey=found.survey, sem=fit, hypotheses=judge_hypotheses(model, sem=fit))


@pytest.mark.parametrize("make", [mobile, gaps, simulated, heywood, not_converged, misfitting])
@pytest.mark.parametrize(("language", "style"), [("en", "apa7"), ("id", "skripsi")])
def test_every_sentence_is_finished(make, language, style):
    for text in everything(prose(make(), language, style)):
        # No place left open, no number missing, no slip of spacing.
        assert not re.search(r"<[a-z_]+>|@|\bnan\b|  | [.,;](?!\d)|\(\)|\.\.|,,|\bNone\b(?! of)", text), text
        assert not re.search(r"[a-z)]\. [a-z]", text), text
        assert text.count("(") == text.count(")"), text


def test_fit_is_written_as_apa_asks():
    told = sentences.fit(prose(), "cfa")
    assert "χ^{2}(105, *N* = 250) = 189.42, *p* < .001, CFI = .941, TLI = .924, RMSEA = .057" in told
    assert "90% CI [.044, .070], SRMR = .048 ({table:fit})." in told
    indonesian = sentences.fit(prose(language="id", style="skripsi"), "cfa")
    assert "χ^{2}(105; *N* = 250) = 189,424; *p* < 0,001; CFI = 0,941" in indonesian


def test_fit_is_held_against_its_source_index_by_index():
    told = sentences.fit(prose(), "cfa")
    assert "those for RMSEA and SRMR are met and those for CFI and TLI are not" in told
    assert "Hu and Bentler (1999)" in told
    assert "Image and Customer satisfaction correlate at .90" in told


def test_a_structural_model_without_restrictions_is_not_said_to_be_tested():
    told = sentences.fit(prose(simulated()), "sem")
    assert "this fit does not test the paths" in told
    assert "this fit does not test" not in sentences.fit(prose(), "sem")


def test_covariances_that_the_model_file_does_not_state_are_told():
    assert sentences.covarying(prose()) == ""
    assert sentences.covarying(prose(simulated())) == (
        "By convention, Diaspora engagement and Association support, which nothing in the model explains, were "
        "allowed to covary."
    )
    assert sentences.covarying(prose(misfitting())) == ""
    model = parse_model(
        "Image =~ IMAG1 + IMAG2\nSatisfaction =~ CUSA1 + CUSA2\nLoyalty =~ CUSL1 + CUSL3\n"
        "Loyalty ~ Image\nSatisfaction ~ Image"
    )
    found = Findings(model, survey=mobile().survey, sem=sem(model, mobile().responses))
    assert sentences.covarying(prose(found)).startswith("By convention, the unexplained parts of Customer")
    assert "dibiarkan saling berkovarians" in sentences.covarying(prose(found, "id"))


def test_covariances_of_products_are_told_by_what_they_are_of():
    model = parse_model(
        "Image =~ IMAG1 + IMAG2 + IMAG3\nSatisfaction =~ CUSA1 + CUSA2\nLoyalty =~ CUSL1 + CUSL3\n"
        "Satisfaction ~ Image\nLoyalty ~ Satisfaction + Image + Satisfaction:Image"
    )
    fit = quietly(sem, model, mobile().responses)
    found = Findings(model, survey=mobile().survey, sem=fit)
    assert sentences.covarying(prose(found)) == (
        "By convention, Image and Customer satisfaction × Image, which nothing in the model explains, were allowed to "
        "covary. By convention, Customer satisfaction × Image was allowed to covary with the unexplained part of "
        "Customer satisfaction, of which it is made. So were the residuals of products that share an item."
    )


@pytest.mark.parametrize(
    ("saturated", "estimated", "told"),
    [
        (0.0804, 0.08, "Both meet the value of .08 suggested by Hu and Bentler (1999)."),
        (0.079, 0.081, "Above the .08 suggested by Hu and Bentler (1999) lies that of the estimated model."),
        (0.093, 0.094, "Both exceed the .08 suggested by Hu and Bentler (1999)."),
    ],
)
def test_srmr_of_pls_is_held_against_its_cutoff_as_printed(monkeypatch, saturated, estimated, told):
    values = {"saturated": {"srmr": saturated}, "estimated": {"srmr": estimated}}
    monkeypatch.setattr(type(mobile().pls), "fit_indices", lambda self, model: values[model])
    assert told in sentences.pls_fit(prose())


def test_tables_say_that_a_construct_of_constructs_contains_its_parts():
    model = parse_model(
        "Image =~ IMAG1 + IMAG2 + IMAG3\nValue =~ PERV1 + PERV2\nBrand =~ Image + Value\n"
        "Loyalty =~ CUSL1 + CUSL3\nLoyalty ~ Brand"
    )
    fit = pls(model, mobile().responses)
    found = Findings(model, pls=fit, validity=validity(mobile().responses, model, pls_fit=fit))
    shown = {row.name: row.build(found, "en") for row in ROWS if row.name in ("htmt", "discriminant")}
    for table in shown.values():
        assert any("not meant to be distinct from these, its own parts" in note.text for note in table.notes)


def test_a_reliability_that_cannot_be_is_told():
    found = mobile()
    odd = found.reliability.copy()
    odd.loc["Value", "rho_a"] = -0.035
    told = sentences.reliability(prose(found.replace(reliability=odd)))
    assert "The ρ_{A} of Perceived value lies outside 0 and 1, where no reliability can lie" in told
    assert "outside 0 and 1" not in sentences.reliability(prose())


def test_categories_taken_for_amounts_are_a_limit():
    survey = read_survey(ROOT / "surveys/personality/instrument.toml")
    for text, told in (("E1 ~ education", True), ("E1 ~ gender", False)):
        found = Findings(parse_model(f"Extraversion =~ E2 + E3 + E4\n{text}"), survey=survey)
        assert any(one.startswith("The categories of") for one in sentences.limits(prose(found))) is told


def test_rows_without_a_covariate_are_told():
    found = gaps()
    answers = found.responses
    extras = np.array([[str(20 + row % 40)] for row in range(answers.n_obs)], dtype=object)
    extras[:3] = ""
    answers = answers.replace(extras_names=("age",), extras=extras)
    model = parse_model("Image =~ IMAG1 + IMAG2 + IMAG3\nImage ~ age")
    fit = sem(model, answers, estimator="MLR", missing="fiml")
    told = sentences.sample(prose(Findings(model, survey=answers.survey, responses=answers, sem=fit)))
    assert fit.n_obs == 247
    assert any(
        "every answer given, on 247 rows. It left out three rows without a value of age." in text for text in told
    )


def test_sample_names_the_rules_that_flagged_and_those_that_did_not():
    told = sentences.sample(prose())[0]
    assert "Screening flagged five rows for the same answer" in told
    assert "No row was flagged for more than 15% unanswered items (Hair et al., 2022) or repeating" in told
    assert "all 250 rows were analysed" in told


def test_left_out_rows_are_counted_in_one_and_in_many():
    words = read_words("en")
    assert words.counted("sample.left_out", 1) == "One row was left out."
    assert words.counted("sample.left_out", 12) == "In all, 12 rows were left out."
    assert read_words("id")("sample.read", n=12345) == "Berkas data memuat 12.345 baris jawaban."


def test_missing_answers_and_their_treatment_are_told():
    found = mobile()
    values = np.array(found.responses.values)
    values[:5, found.responses.columns.index("IMAG1")] = np.nan
    told = sentences.sample(prose(found.replace(responses=found.responses.replace(values=values))))[1]
    # 5 of 250 x 17 answers, and 5 of 250 for the item.
    assert "0.1% are missing; the item with the most gaps is IMAG1 (2.0%)" in told
    assert "PLS-SEM put the item's mean" in told


def test_full_information_and_robust_errors_are_told_with_their_sources():
    told = sentences.methods(prose(gaps()))
    assert "used full-information maximum likelihood (Arbuckle, 1996), with robust (sandwich) standard errors" in told
    assert "(White, 1982; Yuan & Bentler, 2000); rows with missing answers entered with the answers they have" in told
    assert "The model was tested by the Yuan-Bentler scaled χ^{2} (Yuan & Bentler, 2000)." in told
    assert "left out" not in told
    sample = " ".join(sentences.sample(prose(gaps())))
    assert "CB-SEM used every answer given, on 250 rows." in sample
    assert "The standard errors and the test of CB-SEM allow for answers that are not normal." in sample
    assert "its standard errors and test allow for" in " ".join(sentences.limits(prose(gaps())))
    indonesian = sentences.methods(prose(gaps(), "id"))
    assert (
        "menggunakan kemungkinan maksimum berinformasi penuh (Arbuckle, 1996) dengan galat baku *robust*" in indonesian
    )
    keys = {one.key for one in cited_in([told])}
    assert {"arbuckle1996", "white1982", "yuan2000", "enders2001"} <= keys


def test_fit_is_told_by_the_scaled_test_and_the_robust_indices():
    found = gaps().cfa.fit_indices()
    told = sentences.fit(prose(gaps()), "cfa")
    cfi, rmsea, low, high = (
        f"{found[name]:.3f}"[1:]
        for name in ("cfi_robust", "rmsea_robust", "rmsea_ci_lower_robust", "rmsea_ci_upper_robust")
    )
    assert f"scaled χ^{{2}}(105, *N* = 250) = {found['chisq_scaled']:.2f}, *p* < .001, robust CFI = {cfi}" in told
    assert f"robust RMSEA = {rmsea}, 90% CI [{low}, {high}], SRMR" in told
    account = sentences.account(prose(gaps(), "id"))
    assert "χ^{2}(105; *N* = 250) terskala = " in account
    assert "CFI *robust* = " in account
    # Plain fits are told plainly.
    assert not re.search("scaled|robust", sentences.fit(prose(), "cfa"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"estimator": "MLM"},
            "maximum likelihood (Jöreskog, 1969), with robust standard errors, which do not require",
        ),
        ({"estimator": "MLM"}, "The model was tested by the Satorra-Bentler scaled χ^{2} (Satorra & Bentler, 1994)."),
        ({"estimator": "MLMV"}, "tested by the scaled and shifted χ^{2} (Asparouhov & Muthén, 2010)."),
        ({"estimator": "MLMVS"}, "tested by the mean- and variance-adjusted χ^{2} (Satorra & Bentler, 1994)."),
        ({"estimator": "MLF"}, "with standard errors from the products of the rows' scores"),
        ({"estimator": "GLS"}, "used generalised least squares (Browne, 1974), with standard errors from the expected"),
        (
            {"estimator": "WLS"},
            "used weighted least squares, which is free of distributional assumptions (Browne, 1984)",
        ),
        ({"estimator": "ULS"}, "tested by Browne's residual-based χ^{2} for normal answers (Browne, 1984)."),
        (
            {"missing": "fiml"},
            "full-information maximum likelihood (Arbuckle, 1996), with standard errors from the observed",
        ),
        ({"se": "none"}, "with no standard errors"),
        ({"cluster": "town"}, "errors that allow for answers being alike within clusters (Muthén & Satorra, 1995)"),
        ({"cluster": "town"}, "The column town names the clusters."),
        ({"sampling_weights": "weight"}, "Rows were weighted by the column weight."),
    ],
    ids=str,
)
def test_every_way_of_estimating_has_its_sentence(options, told):
    data = mobile().responses.frame()
    data = data.assign(town=np.arange(len(data)) % 25, weight=1.0 + np.arange(len(data)) % 2)
    text = "Satisfaction =~ CUSA1 + CUSA2 + CUSA3; Image =~ IMAG1 + IMAG4 + IMAG5; Satisfaction ~ Image"
    fit = sem(parse_model(text), data, **options)
    for language in ("en", "id"):
        made = prose(Findings(fit.model, sem=fit), language)
        every = everything(made)
        assert all("<" not in re.sub(r"< [.0]", "", one) for one in every)
    assert told in sentences.methods(prose(Findings(fit.model, sem=fit)))


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_row_of_the_engines_rooms_has_words(language):
    words = read_words(language)
    for row in DISCREPANCIES:
        assert words.has(f"methods.method.{row.name}")
        assert words.has(f"table.fit.method_{row.name}")
    for row in MODEL_TESTS[1:]:
        assert words.has(f"methods.test.{row.name}"), row.name
    for name in STANDARD_ERRORS[1:]:
        assert words.has(f"methods.errors.{name}"), name
    for name in INFORMATION:
        assert words.has(f"methods.errors.standard_{name}"), name


def test_products_of_constructs_are_told():
    rng = np.random.default_rng(2)
    x, m, e = rng.normal(size=(3, 400))
    factors = (x, 0.4 * x + 0.9 * m, 0.4 * x + 0.3 * m + 0.3 * x * m + 0.6 * e)
    rows = np.column_stack([factor + 0.6 * rng.normal(size=400) for factor in factors for _ in range(3)])
    model = parse_model("X =~ x1 + x2 + x3; M =~ m1 + m2 + m3; Y =~ y1 + y2 + y3; Y ~ X + M + X:M")
    data = pd.DataFrame(rows, columns=[f"{letter}{k}" for letter in "xmy" for k in (1, 2, 3)])
    told = sentences.methods(prose(Findings(model, sem=sem(model, data, estimator="MLR"))))
    assert "measured by the products of their items, centred twice (Lin et al., 2010)" in told
    assert "products" not in sentences.methods(prose())


def test_weights_and_clusters_are_said_to_reach_one_engine_only():
    data = mobile().responses.frame().assign(town=np.arange(250) % 25, weight=1.0 + np.arange(250) % 2)
    model = parse_model("Satisfaction =~ CUSA1 + CUSA2 + CUSA3; Image =~ IMAG1 + IMAG4 + IMAG5; Satisfaction ~ Image")
    found = {name: Findings(model, sem=sem(model, data, **{name: column})) for name, column in
             (("sampling_weights", "weight"), ("cluster", "town"))}  # fmt: skip
    told = {name: " ".join(sentences.limits(prose(each))) for name, each in found.items()}
    assert "The sampling weights entered CB-SEM only" in told["sampling_weights"]
    assert "The clusters entered the standard errors of CB-SEM only" in told["cluster"]
    assert not re.search("weights|clusters", " ".join(sentences.limits(prose())))
    (made,) = [row.table(found["sampling_weights"], "en") for row in ROWS if row.name == "correlations"]
    assert "with sampling weights" in made.notes[0].text


def test_methods_name_seed_draws_and_software():
    told = sentences.methods(prose())
    assert "rantau 0." in told
    assert "200 bootstrap draws" in told
    assert "seed 1" in told
    assert "mode A" in told


def test_hypotheses_are_counted_and_disagreements_named():
    paragraphs = sentences.hypotheses(prose())
    decisions = mobile().hypotheses
    supported = list(decisions[decisions.sem_decision == "supported"].hypothesis)
    assert (
        f"CB-SEM supports eight of the 12 hypotheses ({', '.join(supported[:-1])}, and {supported[-1]})"
        in paragraphs[0]
    )
    parted = decisions[decisions.sem_decision != decisions.pls_decision].hypothesis
    assert all(f"{name} (" in paragraphs[1] for name in parted)
    assert "consistent with the claimed relation" in paragraphs[-1]
    assert "1.12" in paragraphs[0]


def test_contradicted_hypotheses_are_named():
    found = mobile()
    frame = found.hypotheses.copy()
    frame.loc[0, "sem_decision"] = "contradicted"
    assert "In CB-SEM, H1 is contradicted" in sentences.hypotheses(prose(found.replace(hypotheses=frame)))[0]


def test_fornell_larcker_names_the_engine_it_is_judged_by():
    told = sentences.discriminant(prose())
    found = mobile()
    roots = found.reliability["ave_cfa"].dropna() ** 0.5
    r = found.cfa.latent_correlations()
    broken = [abs(r.loc[a, b]) >= min(roots[a], roots[b]) for a, b in combinations(roots.index, 2)]
    # Of 10 pairs; with the weak CUEX3 and CUSL2, every one fails in the CFA, and one by the larger AVE of PLS.
    assert len(broken) == sum(broken) == 10
    assert "By the scores of PLS-SEM ({table:discriminant}), the Fornell-Larcker criterion is not met by Image" in told
    assert re.search(r"By the factors of the CFA, [^.]*, no pair of constructs meets", told)
    assert "By the factors" not in sentences.discriminant(prose(found.replace(cfa=None)))
    assert "Menurut faktor CFA" in sentences.discriminant(prose(language="id"))


def test_of_many_weak_items_only_those_to_remove_are_named():
    told = sentences.reliability(prose())
    assert "below that lie 12 of 16 items ({table:measurement})" in told or "below that lie 12 of 16 items." in told
    assert "Below 0.40, where removing an item should be considered (Hair et al., 2022), lie CUEX3 and CUSL2." in told
    assert "Below 0.708 lie IMAG2, IMAG3, CUEX2, CUEX3, and CUSL2." in told


def test_decisions_of_a_model_that_does_not_fit_are_read_with_reserve():
    found = misfitting()
    srmr = found.sem.fit_indices()["srmr"]
    assert srmr > 0.08
    told = sentences.hypotheses(prose(found))[0]
    assert f"SRMR = {srmr:.3f}".replace("0.", ".") in told
    assert "(Browne & Cudeck, 1992; Hu & Bentler, 1999)" in told
    assert "rest on a model that does not fit the data" in told
    assert any("does not fit the data" in one for one in sentences.problems(prose(found)))
    assert "read with reserve" in sentences.account(prose(found))
    assert "tidak cocok dengan data" in sentences.hypotheses(prose(found, "id"))[0]
    assert "fits poorly" not in " ".join(everything(prose()))


def test_remarks_on_the_answers_come_before_any_other_explanation():
    remark = Problem(
        "warning", "against_scale", "Items of 'Image' run against the rest of their scale: IMAG1 (r = -0.20).",
        ("Image", "IMAG1"),
    )  # fmt: skip
    found = mobile().replace(remarks=(remark,))
    assert sentences.account(prose(found)).endswith("rest of their scale: IMAG1 (r = −0.20).")
    assert sentences.problems(prose(found))[0].startswith("Warning, answers: Items of Image run against")
    told = " ".join(sentences.hypotheses(prose(found)))
    assert "it may as well be that items run against their scale" in told
    assert "depends on how measurement error is treated" not in told
    indonesian = sentences.problems(prose(found, "id"))[0]
    assert indonesian.startswith("Peringatan, jawaban: Butir IMAG1 pada konstruk Citra berlawanan arah")


def test_constructs_that_are_too_much_alike_may_be_why_the_methods_disagree():
    problem = Problem("warning", "alike", "'Image' and 'Loyalty' correlate 0.97: hardly apart.", ("Image", "Loyalty"))
    found = mobile()
    told = " ".join(sentences.hypotheses(prose(found.replace(sem=found.sem.replace(problems=(problem,))))))
    assert "it may as well be that constructs can hardly be told apart" in told
    # Short of that problem, what the text says of the measurement model is not taken back further down.
    assert "correlate at .90 in the CFA, so that their separate effects are hard to tell apart" in sentences.fit(
        prose(found), "cfa"
    )
    assert "it may as well be that constructs can hardly be told apart" in " ".join(sentences.hypotheses(prose(found)))
    alone = " ".join(sentences.hypotheses(prose(found.replace(cfa=None))))
    assert "depends on how measurement error is treated" in alone


@pytest.mark.parametrize("make", [heywood, not_converged])
def test_what_cannot_be_trusted_is_neither_judged_nor_interpreted(make):
    told = prose(make())
    assert "The following cannot be trusted" in sentences.account(told)
    whole = " ".join(everything(told))
    assert "No decision is given by CB-SEM, because its estimates cannot be trusted." in whole
    assert "McDonald's ω" not in whole
    assert "CB-SEM explains" not in whole
    assert "consistent with the claimed relation" not in whole
    assert "values suggested by Hu and Bentler" not in whole  # the SRMR of a PLS fit beside it is judged


def test_problems_are_told_in_the_language_of_the_report_by_name():
    found = mobile()
    problem = Problem("warning", "alike", "'Image' and 'Loyalty' correlate 0.97: hardly apart.", ("Image", "Loyalty"))
    found = found.replace(sem=found.sem.replace(problems=(problem,)))
    assert sentences.problems(prose(found)) == (
        "Warning, structural model (CB-SEM): Image and Customer loyalty correlate 0.97: hardly apart.",
    )
    told = sentences.problems(prose(found, "id"))[0]
    assert told.startswith("Peringatan, model struktural (CB-SEM): Jawaban hampir tidak membedakan konstruk Citra dan")


def test_an_unknown_problem_falls_back_to_its_english_text():
    found = mobile()
    problem = Problem("warning", "of_tomorrow", "Something new happened.")
    found = found.replace(sem=found.sem.replace(problems=(problem,)))
    assert sentences.problems(prose(found, "id"))[0].endswith("Something new happened.")


def test_sentences_refer_to_no_table_that_is_not_there():
    for text in everything(prose(tables=("fit", "paths"))):
        assert set(re.findall(r"\{table:([a-z_]+)\}", text)) <= {"fit", "paths"}, text


@lru_cache
def cross_checked():
    """Every fit of the mobile answers, held against other packages as a study does."""
    found = mobile()
    return tuple((name, crosscheck(getattr(found, name), name=name.upper())) for name in ("cfa", "sem", "pls"))


def test_what_could_not_be_compared_is_said_once_and_of_the_right_fit():
    together = sentences.skipped(prose(mobile().replace(verification=joined())))
    assert len(set(together)) == len(together)
    assert "PLS-SEM: all numbers (semopy), because the package estimates factor and path models" in " ".join(together)
    assert "CFA and CB-SEM: log-likelihood, AIC, and BIC (semopy), because" in " ".join(together)
    for name, verification in cross_checked():
        # Held alone, each line speaks of that fit; held together, of every fit that gave its reason.
        label = {"cfa": "CFA", "sem": "CB-SEM", "pls": "PLS-SEM"}[name]
        mine = sentences.skipped(prose(mobile().replace(verification=verification)))
        assert all(line.startswith(f"{label}: ") for line in mine), mine
        for line in mine:
            said = line.partition(": ")[2]
            assert any(label in other.partition(": ")[0] and said in other for other in together), line


def test_the_number_that_agrees_least_is_said_with_its_fit():
    assert re.search(r"\((CFA|CB-SEM|PLS-SEM), [a-zA-Z² ]+, \w+\)\.$", sentences.crosscheck(
        prose(mobile().replace(verification=joined()))))  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ((0.5, 0.6), ""),
        ((0.501, 0.6), "To four digits, one of them does not agree (Image =~ IMAG1 (loadings, semopy)); this has to"),
        ((float("nan"), 0.6), "To four digits, one of them does not agree (Image =~ IMAG1 (loadings, semopy)); this"),
        ((0.4, 0.7), "To four digits, two of them do not agree (Image =~ IMAG1 (loadings, semopy), Image =~ IMAG2"),
    ],
)
def test_numbers_that_do_not_agree_are_told(theirs, told):
    checks = (
        Check("loadings", f"Image =~ IMAG{place}", ours, other, "semopy", "2.3.11")
        for place, (ours, other) in enumerate(zip((0.5, 0.6), theirs, strict=True), start=1)
    )
    found = mobile().replace(verification=Verification(tuple(checks), ()))
    assert told in sentences.crosscheck(prose(found))
    assert ("do not agree" in sentences.crosscheck(prose(found))) == ("do not" in told)
    assert ("Hingga empat digit" in sentences.crosscheck(prose(found, "id"))) == bool(told)


def joined():
    every = [verification for _, verification in cross_checked()]
    return Verification(
        tuple(check for one in every for check in one.checks), tuple(left for one in every for left in one.skipped)
    )


def test_known_reasons_are_told_in_indonesian():
    told = sentences.skipped(prose(mobile().replace(verification=joined()), "id"))
    assert len(told) == len(sentences.skipped(prose(mobile().replace(verification=joined()))))
    for line in told:
        assert not {"the", "semopy's", "does", "model.", "and"} & set(line.split()), line
    assert any("Citra → Kepuasan" in line for line in told)


def test_an_unknown_reason_is_told_as_it_is():
    strange = Verification((), (Skipped("moon phase", "semopy", "2.3.11", "the tide was *out*"),))
    told = sentences.skipped(prose(mobile().replace(verification=strange), "id"))
    assert told == ("Moon phase (semopy), karena the tide was \\*out\\*.",)


def test_every_known_reason_has_words():
    for language in ("en", "id"):
        assert all(read_words(language).has(f"reason.{one.name}") for one in REASONS)


def test_every_reason_that_a_cross_check_gives_is_known():
    for text in (
        "it fits one group at a time, and this fit has several",
        "it leaves out rows with missing answers, and this fit uses all answers",
        "it weighs all rows alike, and this fit has sampling weights",
        "it is asked for maximum likelihood, and this fit is by GLS",
        "it divides covariances by n, and this fit by n - 1",
        "it has no composites in covariance structures",
        "it is given no constraints among parameters, and this model has some",
        "it has the standard errors of normal answers only, and those of this fit are robust",
        "it has them from expected information, and this fit from observed",
        "this fit has none",
        "semopy divides them by the deviations of the variables, not of the residuals",
        "our baseline model keeps the covariances of the covariates (x, z), semopy's does not",
        "semopy counts the moments of exogenous covariates (x) as data to be fitted",
        "semopy stopped early: it reports success at the discrepancy 0.5, and ours is 0.4; its estimates differ by up "
        "to 0.012",
        "semopy failed: LinAlgError: Singular matrix",
        "'semopy' is needed for a cross-check and is not installed: pip install semopy",
        "our fit did not converge, so it has no numbers to check",
    ):
        strange = Verification((), (Skipped("standardised residual covariances", "semopy", "", text, "SEM"),))
        told = sentences.skipped(prose(mobile().replace(verification=strange), "id"))[0]
        assert told.startswith("CB-SEM: kovarians residual terstandar (semopy), karena ")
        assert text not in told
        assert "0.0" not in told


def test_the_summary_counts_what_both_engines_support_and_what_one_does():
    told = sentences.account(prose())
    frame = mobile().hypotheses
    cb, composite = (set(frame[frame[f"{engine}_decision"] == "supported"].hypothesis) for engine in ("sem", "pls"))
    names = list(frame.hypothesis)
    for chosen, start in ((cb & composite, " both support "), (composite - cb, "Only PLS-SEM supports "),
                          (set(names) - cb - composite, "Neither supports ")):  # fmt: skip
        listed = read_words("en").listing([name for name in names if name in chosen])
        sentence = next(one for one in re.split(r"(?<=\.) (?=[A-Z])", told) if start.strip() in one)
        assert listed in sentence
    assert not cb - composite
    assert "Only CB-SEM" not in told


def test_numbers_follow_the_findings():
    found = mobile()
    low = found.reliability["alpha"].min()
    assert f"Cronbach's α from {low:.2f}".replace("0.", ".") in sentences.reliability(prose())
    assert "Customer expectations (α, ω, ρ_{A}) and Customer loyalty (α, ω)" in sentences.reliability(prose())


def test_citations_are_found_in_either_form_and_language():
    assert [one.key for one in cited_in(["(Hu & Bentler, 1999)", "Feldt et al. (1987)"])] == ["feldt1987", "hu1999"]
    assert [one.key for one in cited_in(["Hu dan Bentler (1999)"])] == ["hu1999"]
    assert [one.key for one in cited_in(["Hair, Hult, Ringle & Sarstedt (2022)"])] == ["hair2022"]
    assert citation("hu1999", narrative=True) == "Hu & Bentler (1999)"


def test_references_carry_the_year_and_the_names_by_which_they_are_cited():
    for one in references():
        names, _, year = one.cited.rpartition(", ")
        assert f"({year})" in one.text, one.key
        assert one.text.startswith(names.split(" ")[0]), one.key
        assert one.key.endswith(year), one.key


def test_every_text_that_cites_cites_a_known_work():
    known = {one.key for one in references()}
    for language in ("en", "id"):
        for key, text in read_words(language).texts:
            assert set(re.findall(r"@+([a-z]+\d{4}[a-z]?)", text)) <= known, key
