"""rantau check, form and new --from: an instrument from its answers to a form in the field."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from rantau.survey.read_instrument import read_survey
from small_study import ROOT

MOBILE = ROOT / "surveys" / "mobile"
TRUST = ROOT / "tests" / "survey" / "forms" / "trust.toml"


def test_check_says_what_an_instrument_holds(rantau):
    ran = rantau("check", TRUST)
    assert ran.status == 0
    assert "3 constructs (1 of higher order), 6 items (1 reversed), in en, id" in ran.out
    assert "attention checks: 1, questions on the respondent: 4" in ran.out
    assert "agree5, 1 to 5: Strongly disagree ... Strongly agree" in ran.out
    assert "Look at this: The items of 'Goodwill' have scales of different bounds" in ran.out
    assert "Next:  rantau form" in ran.out


def test_check_holds_an_instrument_against_model_and_answers(rantau):
    ran = rantau("check", MOBILE / "instrument.toml", "-m", ROOT / "models/mobile.sem", "-d", MOBILE / "responses.csv")
    assert ran.status == 0
    assert "responses.csv: 250 rows, 0 missing answers" in ran.out
    assert "leaves out the items PERQ1" in ran.out
    assert "Next:  rantau describe" in ran.out, "who has answers needs no form"


def test_check_ends_with_2_where_model_and_instrument_do_not_go_together(rantau):
    ran = rantau("check", TRUST, "-m", ROOT / "models/mobile.sem")
    assert ran.status == 2
    assert "Does not go together: " in ran.out
    assert "Next:" not in ran.out


def test_check_tells_a_plan_from_an_instrument(rantau, study, tmp_path):
    ran = rantau("check", study(), "-m", ROOT / "models/mobile.sem")
    assert ran.status == 2
    assert "a study plan names its model and data itself" in ran.err
    broken = tmp_path / "instrument.toml"
    broken.write_text("title = ", "utf-8")
    assert "not valid TOML" in rantau("check", broken).err


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("xlsform", ".xlsx"), ("surveyjs", ".json"), ("limesurvey", ".txt"), ("word", ".docx"), ("entry", ".xlsx")],
)
def test_form_writes_a_file_and_says_what_for(rantau, tmp_path, monkeypatch, kind, suffix):
    ran = rantau("form", TRUST, "--kind", kind, "--out", tmp_path / f"new/trust{suffix}")
    assert ran.status == 0
    assert (tmp_path / f"new/trust{suffix}").stat().st_size > 1000
    assert "11 questions (en, id) written to" in ran.out
    assert ("C_1 -> C1" in ran.err) == (kind == "limesurvey")
    monkeypatch.chdir(tmp_path)
    assert rantau("form", MOBILE / "instrument.toml", "--kind", kind, "--language", "id").status == 0
    assert (tmp_path / f"mobile_{kind}{suffix}").exists()


def test_form_refuses_before_it_works(rantau, tmp_path):
    assert "must end in .xlsx, got '.docx'" in rantau("form", TRUST, "-o", tmp_path / "a.docx").err
    assert "unknown kind 'xlform'. Did you mean 'xlsform'" in rantau("form", TRUST, "--kind", "xlform").err
    assert "unknown languages 'fr'" in rantau("form", TRUST, "--language", "fr", "-o", tmp_path / "a.xlsx").err
    assert not list(tmp_path.iterdir())


def test_new_proposes_an_instrument_that_checks_and_becomes_a_form(rantau, tmp_path):
    ran = rantau("new", tmp_path / "mine", "--from", MOBILE / "responses.csv")
    assert ran.status == 0
    assert "IMAG: IMAG1, IMAG2, IMAG3, IMAG4, IMAG5; scale points1to10" in ran.out
    survey = tmp_path / "mine" / "surveys" / "mine"
    assert {path.name for path in survey.iterdir()} == {"instrument.toml", "instrument.schema.json", "responses.csv"}
    assert (survey / "responses.csv").read_bytes() == (MOBILE / "responses.csv").read_bytes()
    model = tmp_path / "mine" / "models" / "mine.sem"
    checked = rantau("check", survey / "instrument.toml", "--data", survey / "responses.csv", "--model", model)
    assert checked.status == 0
    assert "250 rows" in checked.out
    assert rantau("check", tmp_path / "mine" / "analysis" / "mine.toml").status == 0
    assert f"Then:  rantau run {tmp_path / 'mine' / 'analysis' / 'mine.toml'}" in ran.out
    assert rantau("form", survey / "instrument.toml", "-o", tmp_path / "mine.xlsx").status == 0
    assert rantau("fit", survey / "responses.csv", "-m", model, "--cfa").out


def undecided(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text("TR1,TR2\n" + "\n".join(f"{2 + n % 3},{2 + n % 4}" for n in range(20)), "utf-8")
    return path


def test_what_is_not_decided_is_told_and_can_be_given(rantau, tmp_path):
    answers = undecided(tmp_path)
    ran = rantau("new", tmp_path / "a", "--from", answers)
    assert "To decide:  TR: The answers go from 2 to 5" in ran.out
    told = rantau("check", tmp_path / "a/surveys/a/instrument.toml").err
    assert "unknown scale '?'" in told
    assert rantau("new", tmp_path / "b", "--from", answers, "--decide", "TR=points1to6").status == 0
    assert read_survey(tmp_path / "b/surveys/b/instrument.toml").item("TR1").scale.maximum == 6
    assert "write the construct and its scale" in rantau("new", tmp_path / "c", "--from", answers, "--decide", "TR").err
    assert "--decide goes with --from" in rantau("new", tmp_path / "c", "--decide", "TR=x").err
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(("typed", "maximum"), [(["points1to7", "points1to6"], 6), (["later"], None)])
def test_at_a_terminal_the_user_is_asked(rantau, tmp_path, monkeypatch, typed, maximum):
    verb = import_module("rantau.cli.verbs.new")
    monkeypatch.setattr(verb.sys.stdin, "isatty", lambda: True, raising=False)
    answers = iter(typed)
    monkeypatch.setattr(verb.typer, "prompt", lambda *_, **__: next(answers))
    ran = rantau("new", tmp_path / "a", "--from", undecided(tmp_path))
    assert "TR: The answers go from 2 to 5" in ran.out
    assert list(answers) == []
    text = (tmp_path / "a/surveys/a/instrument.toml").read_text("utf-8")
    assert ('scale = "?"' in text) == (maximum is None)


def test_new_from_what_cannot_be_read_leaves_nothing_behind(rantau, tmp_path):
    assert rantau("new", tmp_path / "a", "--from", tmp_path / "none.csv").status == 2
    assert not (tmp_path / "a").exists()
