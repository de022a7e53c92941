"""A tiny written-out instrument, and the mobile survey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rantau.survey import Survey, read_survey
from rantau.survey.read import read_responses
from rantau.survey.responses import Responses

ROOT = Path(__file__).parents[2]
MOBILE = ROOT / "surveys" / "mobile"

#: In the manner of the bfi: A1 is reversed, points 1 to 6, every point labelled in two languages.
TINY = """
title = { en = "Tiny", id = "Mini" }
languages = ["en", "id"]
source = "Written for the tests"
missing = ["", "NA", "-99"]

[scales.accurate6]
minimum = 1
maximum = 6
[scales.accurate6.labels]
en = ["Very inaccurate", "Inaccurate", "Rather inaccurate", "Rather accurate", "Accurate", "Very accurate"]
id = ["Sangat tidak sesuai", "Tidak sesuai", "Agak tidak sesuai", "Agak sesuai", "Sesuai", "Sangat sesuai"]

[scales.view10]
minimum = 1
maximum = 10
[scales.view10.labels]
en = ["Very negative", "Very positive"]
id = ["Sangat negatif", "Sangat positif"]

[[constructs]]
code = "Agreeableness"
name = { en = "Agreeableness", id = "Keramahan" }
definition = { en = "Being kind.", id = "Bersikap baik." }
scale = "accurate6"

[[constructs.items]]
code = "A1"
wording = { en = "Am indifferent to the feelings of others.", id = "Tidak peduli pada perasaan orang lain." }
reversed = true
[[constructs.items]]
code = "A2"
wording = { en = "Inquire about others' well-being.", id = "Menanyakan kabar orang lain." }
[[constructs.items]]
code = "A3"
wording = { en = "Know how to comfort others.", id = "Tahu cara menghibur orang lain." }

[[constructs]]
code = "View"
name = { en = "View", id = "Pandangan" }
definition = { en = "The view taken.", id = "Pandangan yang dipilih." }
scale = "view10"

[[constructs.items]]
code = "V1"
wording = { en = "What is your view?", id = "Apa pandangan Anda?" }
missing = ["0"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(text: str | bytes, name: str = "responses.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return written


@pytest.fixture
def tiny(write: Callable[..., Path]) -> Survey:
    return read_survey(write(TINY, "instrument.toml"))


@pytest.fixture(scope="session")
def mobile() -> Responses:
    return read_responses(MOBILE / "responses.csv", read_survey(MOBILE / "instrument.toml"))


@pytest.fixture(scope="session")
def personality() -> Responses:
    """The data set bfi of R's psych: 2800 rows, seven reversed items, gaps."""
    folder = MOBILE.parent / "personality"
    return read_responses(folder / "responses.csv", read_survey(folder / "instrument.toml"))
