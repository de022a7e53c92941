"""Reports of a covariance-based model of several groups: side by side, with what was held equal and what differs."""

from __future__ import annotations

import re

import pytest

import rantau as rt
from rantau.analyse import analyse, check_study
from rantau.errors import OptionError, ResponseError, StudyError
from rantau.report.assemble import assemble
from rantau.report.collect import collect
from small_study import PERSONALITY, TRAITS, write_traits

OPTIONS = """group = "gender"
group_equal = ["loadings", "intercepts"]"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return analyse(check_study(write_traits(tmp_path_factory.mktemp("grouped"), OPTIONS)))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "fitted to the groups of “Gender” together (Men and Women), with loadings and intercepts held equal."),
        ("id", "“Jenis kelamin” bersama-sama (Laki-laki dan Perempuan), dengan muatan dan intersep disamakan."),
    ],
)
def test_groups_stand_side_by_side(found, language, told):
    document = assemble(found, title="T", language=language)
    texts = [part.text for part in document.parts if hasattr(part, "text")]
    own = next(text for text in texts if told in text)
    assert f"*N* = {found.grouped.n_obs:,}".replace(",", "." if language == "id" else ",") in own
    table = next(table for _, table in document.tables() if table.key == "grouped")
    assert not any(re.search(r"<[a-z_]+>|\bnan\b", text) for text in (*texts, *(note.text for note in table.notes)))
    frame = table.frame()
    estimates = found.grouped.estimates().set_index(["lhs", "op", "rhs", "group"])
    for number in (1, 2):
        assert frame[f"est_{number}"][1] == pytest.approx(estimates.loc[("Extraversion", "=~", "E2", number), "est"])
        path = estimates.loc[("Neuroticism", "~", "Extraversion", number), "std_all"]
        assert frame[f"std_{number}"][10] == pytest.approx(path)
    # Loadings are held equal, and the means of the first group are what those of the others are told beside.
    assert frame["est_1"][1] == pytest.approx(frame["est_2"][1])
    mean = estimates.loc[("Extraversion", "~1", "", 2)]
    assert frame["est_2"][11] == pytest.approx(mean["est"])
    assert frame["est_1"][11] == 0


def test_the_mean_that_differs_is_told_and_no_intercept(found):
    document = assemble(found, title="T")
    own = next(part.text for part in document.parts if "held equal. It fits" in getattr(part, "text", ""))
    assert "Compared with Men, this mean differs significantly: Extraversion for Women (by 0." in own
    assert "Neuroticism for Women" not in own


def test_levels_of_invariance_are_told_until_one_fails(found):
    frame = found.invariance
    assert frame.index.tolist() == ["configural", "metric", "scalar", "strict"]
    document = assemble(found, title="T")
    table = next(table for _, table in document.tables() if table.key == "invariance").frame()
    assert table["chisq_diff"].tolist()[1:] == pytest.approx(frame["chisq_diff"].tolist()[1:])
    assert table["cfi_change"].tolist()[1:] == pytest.approx(frame["cfi_change"].tolist()[1:])
    told = next(part.text for part in document.parts if "level by level" in getattr(part, "text", ""))
    fine = (frame["cfi_change"].round(3) >= -0.010) & (frame["rmsea_change"].round(3) <= 0.015)
    assert fine["metric"]
    first = next((level for level in frame.index[1:] if not fine[level]), None)
    assert ("The next level" in told) == (first is not None)
    assert first is None or f"The next level, {first}, does not (ΔCFI = −" in told
    # Means are told with reserve where intercepts are not alike.
    together = next(part.text for part in document.parts if "held equal. It fits" in getattr(part, "text", ""))
    assert ("As the scalar level does not hold" in together) == (not fine[["metric", "scalar"]].all())
    noted = next(table for _, table in document.tables() if table.key == "invariance").notes[0].text
    assert "loadings (metric), intercepts (scalar), and residual variances (strict)" in noted
    assert "thresholds" not in noted


def test_a_fit_of_groups_is_reported_by_itself():
    answers = rt.read_responses(PERSONALITY / "responses.csv", rt.read_survey(PERSONALITY / "instrument.toml"))
    fit = rt.cfa(TRAITS, answers, group="gender", group_equal=["loadings"])
    findings = collect([fit], answers.survey)
    assert findings.sem is None
    texts = [part.text for part in assemble(findings, title="T").parts if hasattr(part, "text")]
    assert any(f"The analysis rests on {fit.n_obs:,} rows" in text for text in texts)
    assert any("used maximum likelihood" in text for text in texts)
    tables = {table.key: table for _, table in assemble(findings, title="T").tables()}
    assert tables["grouped"].columns[1].spanner == "Men"
    assert not any("relative to" in note.text for note in tables["grouped"].notes)
    other = rt.cfa("Extraversion =~ E1 + E2 + E3", answers)
    with pytest.raises(OptionError, match="fits of different models"):
        rt.report(fit, other)


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (('"gender"', '"gendr"'), ResponseError, "group='gendr': the data have no such column. Did you mean 'gender'"),
        (('"loadings"', '"loading"'), StudyError, "unknown .*'loading'. Did you mean 'loadings'"),
    ],
)
def test_what_is_wrong_with_groups_is_refused_before_computing(tmp_path, change, kind, told):
    with pytest.raises(kind, match=told):
        check_study(write_traits(tmp_path, OPTIONS.replace(*change)))


def test_levels_are_estimated_as_the_plan_says(tmp_path):
    options = 'group = "gender"\nlikelihood = "wishart"\nestimator = "MLR"\ninformation = "expected"'
    findings = analyse(check_study(write_traits(tmp_path, options)))
    configural = findings.invariance.loc["configural"]
    # Two factors that covary fit as well as one that explains the other.
    assert configural["chisq_scaled"] == pytest.approx(findings.grouped.fit_indices()["chisq_scaled"], rel=1e-6)


def test_levels_of_ordered_answers_have_scaled_indices(tmp_path):
    findings = analyse(check_study(write_traits(tmp_path, 'group = "gender"\nordered = true')))
    assert findings.faults == ()
    document = assemble(findings, title="T")
    table = next(table for _, table in document.tables() if table.key == "invariance")
    assert table.frame()["level"].tolist() == ["configural", "thresholds", "metric", "scalar", "strict"]
    assert table.frame()["chisq"].tolist() == pytest.approx(findings.invariance["chisq_scaled"].tolist())
    assert any("CFI and RMSEA are computed from it" in note.text for note in table.notes)
