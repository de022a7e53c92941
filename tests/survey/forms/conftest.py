"""An instrument that has everything an instrument can have, and answers to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rantau.survey import Survey, read_survey
from rantau.survey.instrument import Demographic

from .exports import Answered

ROOT = Path(__file__).parents[3]
FILES = {
    "trust": Path(__file__).with_name("trust.toml"),
    "mobile": ROOT / "surveys" / "mobile" / "instrument.toml",
    "internationalization": ROOT / "surveys" / "internationalization" / "instrument.toml",
}


@pytest.fixture
def trust() -> Survey:
    return read_survey(FILES["trust"])


@pytest.fixture(params=FILES, scope="session")
def survey(request: pytest.FixtureRequest) -> Survey:
    return read_survey(FILES[request.param])


@pytest.fixture(scope="session")
def answered(survey: Survey) -> tuple[Answered, ...]:
    """Twelve respondents, some of whom leave rated questions out."""
    draw = random.Random(3)
    rows = []
    for _ in range(12):
        row: Answered = {}
        for question in survey.questions:
            if not isinstance(question, Demographic):
                points = range(question.scale.minimum, question.scale.maximum + 1)
                row[question.code] = None if draw.random() < 0.05 else draw.choice(points)
            elif question.kind == "several":
                row[question.code] = [each.code for each in question.categories if draw.random() < 0.6]
            elif question.kind == "one":
                row[question.code] = draw.choice(question.categories).code
            else:
                row[question.code] = (
                    41 if question.kind == "number" else draw.choice(['PT "Satu", Tbk', "CV Maju; Jaya"])
                )
        rows.append(row)
    return tuple(rows)


@pytest.fixture(scope="session")
def keyed(survey: Survey, answered: tuple[Answered, ...]) -> np.ndarray:
    """What reading must give: the answers in the order of the items, reversed items turned."""
    columns = []
    for item in survey.items:
        column = np.array([np.nan if row[item.code] is None else row[item.code] for row in answered], dtype=float)
        columns.append(item.scale.minimum + item.scale.maximum - column if item.reversed else column)
    return np.column_stack(columns)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(text: str, name: str = "instrument.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return written
