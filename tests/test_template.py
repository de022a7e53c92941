"""Studies to start from: complete, and nothing of one's own is written over."""

from __future__ import annotations

import pytest

from rantau.analyse import check_study
from rantau.errors import OptionError, StudyError
from rantau.study import read_study
from rantau.template import TEMPLATES, copy_study
from small_study import ROOT


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_copied_study_is_in_order(tmp_path, name):
    folder = tmp_path / "new" / "mine"
    plan = copy_study(name, folder)
    assert plan == folder / "analysis" / f"{name}.toml"
    study = read_study(plan)
    assert check_study(study).responses.n_obs > 0
    assert all(folder in path.parents for path in (*study.inputs, study.output))


@pytest.mark.parametrize("name", TEMPLATES)
def test_files_are_those_of_the_repository(tmp_path, name):
    copy_study(name, tmp_path / "mine")
    copied = [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert len(copied) >= 4
    for path in copied:
        assert path.read_bytes() == (ROOT / path.relative_to(tmp_path / "mine")).read_bytes()


def test_every_model_a_copied_file_points_to_is_there(tmp_path):
    copy_study("mobile", tmp_path)
    assert "models/mobile_ecsi.sem" in (tmp_path / "models" / "mobile.sem").read_text("utf-8")
    assert (tmp_path / "models" / "mobile_ecsi.sem").is_file()


def test_an_empty_folder_will_do_and_another_will_not(tmp_path):
    copy_study("mobile", tmp_path)
    with pytest.raises(StudyError, match="it is not empty; name a new folder"):
        copy_study("mobile", tmp_path)


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "mine"):
        with pytest.raises(StudyError, match=r"a folder is needed, and '.*file' is a file"):
            copy_study("mobile", place)
    assert (tmp_path / "file").read_text() == "mine"


def test_an_unknown_template_is_refused(tmp_path):
    with pytest.raises(OptionError, match=r"unknown template 'mobil'\. Did you mean 'mobile'"):
        copy_study("mobil", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
