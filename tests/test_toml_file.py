"""TOML against a schema: what no schema can describe is refused as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field

from rantau.errors import StudyError
from rantau.toml_file import TomlTable, read_toml


class Inner(TomlTable):
    size: int


class Outer(TomlTable):
    title: str
    inner: Inner
    parts: list[Inner] = Field(default_factory=list)
    named: dict[str, Inner] = Field(default_factory=dict)


def read(tmp_path: Path, text: str) -> Outer:
    path = tmp_path / "plan.toml"
    path.write_text(text, "utf-8")
    return read_toml(path, Outer, what="plan", error=StudyError)


def test_a_file_that_fits(tmp_path: Path) -> None:
    found = read(tmp_path, 'title = "a"\n[inner]\nsize = 2\n[[parts]]\nsize = 3\n[named.x]\nsize = 4')
    assert (found.inner.size, found.parts[0].size, found.named["x"].size) == (2, 3, 4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "a"\n[inner]\nsze = 2', r"\[inner\]: unknown key 'sze'\. Did you mean 'size'\?"),
        ('title = "a"\n[inner]\nsize = "2"', r"\[inner\]: 'size' is '2'; expected a whole number without quotes"),
        ('titel = "a"\n[inner]\nsize = 2', r"top of the file: unknown key 'titel'\. Did you mean 'title'\?"),
        ('title = "a"', r"top of the file: the key 'inner' is missing"),
        ('title = "a"\ninner = 3', r"top of the file: 'inner' is 3; expected a table"),
        ('title = "a"\n[inner]\nsize = 1\n[[parts]]\nsize = true', r"part 1: 'size' is True; expected a whole number"),
        ('title = "a"\n[inner]\nsize = 1\n[named.x]\n', r"\[named\.x\]: the key 'size' is missing"),
        ("title = ", r"not valid TOML: Invalid value \(at end of document\)"),
        ("a = " + "[" * 5000 + "]" * 5000, r"not valid TOML: maximum recursion depth exceeded"),
        ("a = " + "1" * 5000, r"not valid TOML: Exceeds the limit"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StudyError, match=rf"plan\.toml: {message}"):
        read(tmp_path, text)


def test_several_faults_at_once(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"plan\.toml: 2 faults:\n"):
        read(tmp_path, "subtitle = 3\ntitle = 4\n[inner]\nsize = 2")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("reversed = True", "Write true or false, in small letters."),
        ('model = "..\\models"', "Write / in paths, on Windows too."),
        ("title = Mine", "A text stands in quotes."),
    ],
)
def test_common_slips_are_shown_with_their_line(tmp_path: Path, line: str, hint: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, line)
    said = str(caught.value)
    assert hint in said and f"\n    {line}\n" in said and said.endswith("^")
    for before in ("# one\u2028line\n", "# one\n# two\r\n"):
        with pytest.raises(StudyError) as caught:
            read(tmp_path, before + line)
        assert f"\n    {line}\n" in str(caught.value)
