"""Reports of ordered answers say what was estimated from them, and compare nothing with what is something else."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pytest
from scipy.special import ndtri

import rantau as rt
from rantau.analyse import analyse, check_study
from rantau.errors import StudyError
from rantau.report import sentences
from rantau.report.assemble import assemble
from rantau.report.collect import collect
from rantau.report.prose import Prose
from rantau.study import read_study
from small_study import PERSONALITY, write_traits

OPTIONS = "ordered = true"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return analyse(check_study(write_traits(tmp_path_factory.mktemp("ordered"), OPTIONS)))


@lru_cache
def answers():
    return rt.read_responses(PERSONALITY / "responses.csv", rt.read_survey(PERSONALITY / "instrument.toml"))


def everything(findings, language="en"):
    document = assemble(findings, title="T", language=language, wide=True)
    texts = [part.text for part in document.parts if hasattr(part, "text")]
    items = [item for part in document.parts if hasattr(part, "items") for item in part.items]
    notes = [note.text for _, table in document.tables() for note in table.notes]
    return "\n".join((*texts, *items, *notes)), {table.key: table for _, table in document.tables()}


def test_the_estimator_follows_the_answers(tmp_path):
    options = read_study(write_traits(tmp_path, OPTIONS)).covariance
    assert (options.estimator, options.ordered, options.parameterization) == ("WLSMV", True, "delta")
    some = 'ordered = ["E1", "E2"]\nestimator = "ULSMV"\nparameterization = "theta"'
    options = read_study(write_traits(tmp_path, some)).covariance
    assert (options.estimator, options.ordered, options.parameterization) == ("ULSMV", ("E1", "E2"), "theta")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('ordered = true\nestimator = "MLR"', r"\[covariance\]: estimator='MLR' treats answers as continuous"),
        ('ordered = false\nestimator = "WLSMV"', r"\[covariance\]: estimator='WLSMV' is for ordered answers"),
        ('ordered = true\nmissing = "fiml"', r"\[covariance\]: missing='fiml' needs the likelihood of each row"),
        ('parameterization = "theta"', r"\[covariance\]: parameterization='theta' is of ordered answers"),
        ('ordered = ["E1", "E9"]', r"\[covariance\]: unknown variable in ordered 'E9'"),
        ("ordered = 1", r"\[covariance\].*ordered"),
    ],
)
def test_what_does_not_go_with_ordered_answers_is_refused(tmp_path, change, told):
    with pytest.raises(StudyError, match=told):
        check_study(write_traits(tmp_path, change))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "used diagonally weighted least squares (WLSMV) of the thresholds and polychoric correlations",
                "and all answers were treated as ordered categories",
                "has a variance of 1 (delta parameterisation)",
                "the scaled and shifted χ^{2} (Asparouhov & Muthén, 2010)",
                "Robust: CFI, TLI, and RMSEA estimate what maximum likelihood would give for the variables behind",
                "AVE of the CFA are those of the variables behind them, and ω is the reliability of the sum of the",
                "the package takes answers for numbers, and the fit takes them for ordered categories",
                "As CB-SEM takes the answers for ordered categories, they need not be normal.",
                "A normal variable is taken to lie behind each ordered answer",
            ),
        ),
        (
            "id",
            (
                "kuadrat terkecil berbobot diagonal (WLSMV) atas ambang dan korelasi polikorik jawaban berurutan",
                "dan semua jawaban diperlakukan sebagai kategori berurutan",
                "paket itu memperlakukan jawaban sebagai angka",
                "Di balik setiap jawaban berurutan diasumsikan ada variabel normal",
            ),
        ),
    ],
)
def test_the_report_says_how_ordered_answers_were_met(found, language, told):
    text, _ = everything(found, language)
    for one in told:
        assert one in text
    assert "normal-theory" not in text
    assert "The model can be estimated again from these numbers" not in text
    assert not re.search(r"<[a-z_]+>|\bnan\b", text)


def test_thresholds_and_polychoric_correlations_are_tabled(found):
    _, tables = everything(found)
    thresholds = tables["thresholds"].frame().set_index("item")
    estimates = found.sem.estimates().set_index(["lhs", "op", "rhs"])
    assert thresholds.loc["E1", "t3"] == pytest.approx(estimates.loc[("E1", "|", "t3"), "est"])
    assert thresholds.loc["N5", "t5_se"] == pytest.approx(estimates.loc[("N5", "|", "t5"), "se"])
    # Under a normal variable, the first threshold is the quantile of the share of the lowest category.
    share = np.mean(found.sem.sample.values[:, list(found.sem.sample.names).index("E1")] == 1)
    assert thresholds.loc["E1", "t1"] == pytest.approx(float(ndtri(share)), abs=1e-6)
    shown = tables["correlations"].frame().set_index("item")
    place = list(found.sem.table.observed)
    r = found.sem.moments.covariance[0]
    assert shown.loc["2. E2", "i1"] == pytest.approx(r[place.index("E2"), place.index("E1")])
    assert "information" not in tables
    parameters = tables["estimates"].frame()
    assert not (parameters["row_group"] == "Means and intercepts").any()
    assert "residual variances follow from the loadings" in tables["estimates"].notes[-1].text


def test_the_indices_to_report_are_the_robust_ones(found):
    told = sentences.fit(Prose(found, "en"), "cfa")
    indices = found.cfa.fit_indices()
    assert f"scaled χ^{{2}}({int(indices['df_scaled'])}, *N* = " in told
    assert f"robust CFI = {indices['cfi_robust']:.3f}".replace("0.", ".") in told


def test_other_software_is_asked_for_nothing_but_alpha(found):
    checks = {check.kind for check in found.verification.checks}
    assert checks == {"alpha", "alpha, 95% interval"}


def test_some_ordered_and_pairwise_gaps_by_library():
    ordered = ["E1", "E2", "E3"]
    fit = rt.cfa("Extraversion =~ E1 + E2 + E3 + E4 + E5", answers(), ordered=ordered, missing="pairwise")
    text, tables = everything(collect([fit, answers()]))
    assert "answers to E1, E2, and E3 were treated as ordered categories, all others as continuous" in text
    assert "each correlation was estimated from the rows that answer both items" in text
    assert tables["thresholds"].frame()["item"].tolist() == ordered
    assert "Means and intercepts" in tables["estimates"].frame()["row_group"].tolist()
