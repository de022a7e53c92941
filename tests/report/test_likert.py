"""Figures of answers: the right shares, in files that open, in words for those who cannot see them."""

from xml.etree import ElementTree

import numpy as np
import pytest
from study_findings import ROOT

import rantau as rt
from rantau.errors import ReportError
from rantau.report.figures.likert import colours_of, height_of, parts_of
from rantau.report.likert import TALLEST, likert


@pytest.fixture(scope="module")
def personality():
    folder = ROOT / "surveys/personality"
    return rt.read_responses(folder / "responses.csv", rt.read_survey(folder / "instrument.toml"))


def test_shares_are_of_answers_as_entered(personality):
    first, second = likert(personality)
    assert len(first.bars) + len(second.bars) == 25
    # A page has room for either without shrinking it.
    assert all(sum(height_of(bar.label) for bar in figure.bars) <= TALLEST for figure in (first, second))
    bar = first.bars[0]
    assert bar.label == "A1  Am indifferent to the feelings of others. (R)"
    assert [one.label for one in first.bars if one.reversed] == [one.label for one in first.bars if "(R)" in one.label]
    assert bar.reversed
    cells = [str(cell) for cell in personality.raw[:, 0]]
    given = [cell for cell in cells if cell in "123456" and cell]
    assert bar.n == len(given) == 2784
    np.testing.assert_allclose(bar.shares, [given.count(str(point)) / len(given) for point in range(1, 7)])
    # Two figures of one report do not share a title.
    assert first.title.startswith("Distribution of the Answers by Item: Agreeableness")
    assert second.title.endswith("Openness")
    (only,) = likert(personality, ["Openness"])
    assert only.title == "Distribution of the Answers by Item"
    # Constructs stay together.
    assert {bar.label[0] for bar in first.bars} & {bar.label[0] for bar in second.bars} == set()


def test_figures_are_no_taller_than_a_page_shows_in_full(personality):
    # In a frame without wordings one line is enough for each of many items of one construct.
    items = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
    survey = rt.responses_of(personality.frame(), {"All": items}, scale=(1, 6))
    figures = likert(survey)
    assert [bar.label for figure in figures for bar in figure.bars] == items
    assert len(figures) == 2
    for figure in figures:
        assert sum(height_of(bar.label) for bar in figure.bars) <= TALLEST


def test_items_and_constructs_can_be_chosen_in_any_language(personality):
    (figure,) = likert(personality, ["Openness", "N1"], language="id")
    assert [bar.label[:2] for bar in figure.bars] == ["N1", "O1", "O2", "O3", "O4", "O5"]
    assert figure.bars[1].label == "O1  Penuh dengan gagasan."
    assert "di bawah tengah skala" in figure.describe()
    with pytest.raises(ReportError, match=r"unknown item or construct 'Opennes'\. Did you mean 'Openness'"):
        likert(personality, ["Opennes"])


def test_the_middle_counts_for_neither_side():
    assert parts_of((0.1, 0.2, 0.4, 0.2, 0.1)) == pytest.approx((0.3, 0.4, 0.3))
    assert parts_of((0.25, 0.25, 0.25, 0.25)) == pytest.approx((0.5, 0, 0.5))
    for points in range(2, 12):
        colours = colours_of(points)
        assert len(set(colours)) == points
        greys = colours_of(points, monochrome=True)
        assert greys == sorted(greys, reverse=True)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_pictures_can_be_written(personality, tmp_path, suffix):
    (figure,) = likert(personality, ["Neuroticism"], monochrome=suffix == ".pdf")
    path = figure.write(tmp_path / "new" / f"answers{suffix}")
    assert path.stat().st_size > 5000
    if suffix == ".svg":
        text = "".join(ElementTree.parse(path).getroot().itertext())
        assert "Very inaccurate" in text
        assert "N1  Get angry easily." in text
        again = figure.write(tmp_path / "again.svg")
        assert again.read_bytes() == path.read_bytes()


def test_what_cannot_be_drawn_is_refused(personality, tmp_path):
    (figure,) = likert(personality, ["Neuroticism"])
    with pytest.raises(ReportError, match=r"must end in \.svg, \.png.*got '\.bmp'"):
        figure.write(tmp_path / "a.bmp")
    wide = rt.responses_of(personality.frame(), {"N": ["N1", "N2"]}, scale=(1, 100))
    with pytest.raises(ReportError, match="no item has a scale of at most 11 points"):
        likert(wide)


def test_a_frame_without_wordings_shows_its_columns(personality):
    (figure,) = likert(rt.responses_of(personality.frame(), {"N": ["N1", "-N2"]}, scale=(1, 6)))
    assert [bar.label for bar in figure.bars] == ["N1", "N2 (R)"]
