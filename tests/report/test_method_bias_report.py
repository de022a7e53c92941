"""Method bias in plans and reports: asked for, told in both languages, and referred to among the limits."""

from __future__ import annotations

import pytest

import rantau as rt
from rantau.analyse import analyse, check_study
from rantau.errors import OptionError, StudyError
from rantau.report import sentences
from rantau.report.assemble import assemble
from rantau.report.prose import Prose
from rantau.report.tables import bias as table
from small_study import MODEL, PLAN, write_study, write_traits

ASKED = '\n[bias]\nmarker = "PERQ7"\n'


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return analyse(check_study(write_study(tmp_path_factory.mktemp("bias"), plan=PLAN + ASKED)))


@pytest.mark.parametrize(("language", "heading"), [("en", "Common method bias"), ("id", "Bias metode umum")])
def test_the_report_tells_it(found, language, heading):
    document = assemble(found, title="A study", language=language)
    texts = [getattr(part, "text", "") for part in document.parts]
    assert heading in texts
    own = next(one for _, one in document.tables() if one.key == "bias")
    frame = own.frame()
    shown = found.bias.table("harman")["value"].tolist()
    assert frame["value"].tolist()[:2] == pytest.approx(shown)
    prose = Prose(found, language, tables=["bias"])
    told = " ".join(sentences.bias(prose))
    assert "PERQ7" in told
    assert "Fuller" in told
    assert "<" not in told.replace("< ", "")
    assert any("{table:bias}" in one for one in sentences.limits(prose))


def test_it_is_left_out_unless_asked(tmp_path):
    plain = analyse(check_study(write_study(tmp_path)))
    assert plain.bias is None
    assert sentences.bias(Prose(plain, "en")) == ()
    assert table.ROW.table(plain, "en") is None
    assert not any("table:bias" in one for one in sentences.limits(Prose(plain, "en", tables=["bias"])))


def test_a_marker_that_is_not_there_is_refused_before_anything_is_computed(tmp_path):
    plan = write_study(tmp_path, plan=PLAN + '\n[bias]\nmarker = "PERQ77"\n')
    with pytest.raises(StudyError, match=r"\[bias\].*PERQ77.*Did you mean 'PERQ7'"):
        check_study(plan)
    plan = write_study(tmp_path, plan=PLAN + "\n[bias]\nmarkers = 1\n")
    with pytest.raises(StudyError, match="marker"):
        check_study(plan)


@pytest.mark.parametrize("options", ['missing = "fiml"\nestimator = "MLR"', "ordered = true"])
def test_what_is_corrected_is_told(tmp_path, options):
    findings = analyse(check_study(write_traits(tmp_path, options + "\n[bias]\n")))
    built = table.ROW.table(findings, "en")
    assert any("scaled difference test" in note.text for note in built.notes)
    assert findings.bias.title.endswith("(MLR, missing='fiml')" if "fiml" in options else "(WLSMV, missing='listwise')")


def test_why_a_step_is_left_out_is_told_in_both_languages(tmp_path):
    one = MODEL.splitlines()[0] + "\n"
    data = rt.read_responses("surveys/mobile/responses.csv", rt.read_survey("surveys/mobile/instrument.toml"))
    bias = rt.method_bias(data, one)
    findings = rt.report(rt.cfa(one, data), bias, data).findings
    assert "the only construct" in " ".join(sentences.bias(Prose(findings, "en")))
    assert "satu-satunya konstruk" in " ".join(sentences.bias(Prose(findings, "id")))
    with pytest.raises(OptionError, match="Take both from one model"):
        rt.report(rt.cfa("Satisfaction =~ CUSA1 + CUSA2 + CUSA3", data), bias, data)
