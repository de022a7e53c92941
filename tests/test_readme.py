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
    code, _ = blocks("python")
    exec(code.replace("reports/mobile.docx", str(tmp_path / "mobile.docx")), {})
    assert (tmp_path / "mobile.docx").stat().st_size > 10_000
    assert "195.738" in capsys.readouterr().out


def test_the_lines_on_gaps_and_groups_run() -> None:
    _, code = blocks("python")
    known: dict[str, object] = {"rt": rt}
    last = code.strip().splitlines()[-1]
    exec(code.replace(last, f"table = {last}"), known)
    assert known["table"]["df_diff"].iloc[1] == 6


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
