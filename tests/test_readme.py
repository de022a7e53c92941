"""What the README shows works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rantau as rt

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def test_the_lines_of_library_use_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = blocks("python")[0]
    exec(code.replace("reports/mobile.docx", str(tmp_path / "mobile.docx")), {})
    assert (tmp_path / "mobile.docx").stat().st_size > 10_000
    assert "195.738" in capsys.readouterr().out


def test_the_lines_on_gaps_and_groups_run() -> None:
    code = blocks("python")[1]
    known: dict[str, object] = {"rt": rt}
    last = code.strip().splitlines()[-1]
    exec(code.replace(last, f"table = {last}"), known)
    assert known["table"]["df_diff"].iloc[1] == 6


def test_the_lines_on_frames_of_numbers_run(capsys: pytest.CaptureFixture[str]) -> None:
    known: dict[str, object] = {"rt": rt}
    exec(blocks("python")[2], known)
    assert list(known["scores"].columns) == ["Agreeableness"]
    assert "5 imputations" in capsys.readouterr().out


def test_the_keys_of_a_plan_are_known(tmp_path: Path) -> None:
    (keys,) = [block for block in blocks("") if block.startswith("[screen]")]
    text = (ROOT / "analysis/personality.toml").read_text("utf-8").replace("../", f"{ROOT.as_posix()}/")
    head, _, tail = text.partition("[screen]")
    (tmp_path / "plan.toml").write_text(head + keys + "[covariance]" + tail.partition("[covariance]")[2], "utf-8")
    assert rt.read_study(tmp_path / "plan.toml").screen.exclude == ("attention",)


def test_the_instrument_is_whole(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    (tmp_path / "instrument.toml").write_text(text, "utf-8")
    survey = rt.read_survey(tmp_path / "instrument.toml")
    assert survey.codes == ("T1", "T2")
    assert survey.item("T2").reversed


def test_the_model_file_is_read() -> None:
    (model,) = [block for block in blocks("") if "=~" in block]
    assert rt.parse_model(model).hypotheses[0].name == "H1"


def test_what_it_names_is_there() -> None:
    for path in re.findall(r"`((?:analysis|models|surveys|docs|tests)/[\w./]+\.\w+)`", README):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"`rt\.(\w+)", README):
        assert name in rt.__all__, name
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README, re.DOTALL):
        assert (ROOT / picture).is_file(), picture
