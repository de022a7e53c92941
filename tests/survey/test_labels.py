"""The whole observed set of an item is matched to a scale, never one cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rantau.survey.label_sets import ended_sets, label_sets, mixed_sets
from rantau.survey.labels import Ambiguous, Match, no_answer, numbered, plain, recognise

#: Observed cells, the scale, the numbers in the order of the cells.
CLEAR = [
    ("Strongly disagree|Disagree|Neutral|Agree|Strongly agree", "agree-5", "en", [1, 2, 3, 4, 5]),
    ("STS|TS|KS|S|SS", "agree-5", "id", [1, 2, 3, 4, 5]),
    ("Sangat Tidak Setuju|tidak setuju|Ragu-ragu|setuju|SANGAT SETUJU", "agree-5", "id", [1, 2, 3, 4, 5]),
    ("TS|N|S|SS", "agree-5", "id", [2, 3, 4, 5]),
    ("Somewhat agree|Agree|Neither agree nor disagree", "agree-7", "en", [5, 6, 4]),
    ("Agak setuju|Setuju|Netral|Agak tidak setuju", "agree-7", "id", [5, 6, 4, 3]),
    ("Strongly disagree|2|3|4|5|6|Strongly agree", "agree-7", "en", [1, 2, 3, 4, 5, 6, 7]),
    ("0 - Not at all likely|3|10 - Extremely likely", "likelihood-11", "en", [0, 3, 10]),
    ("Tidak pernah|Jarang|Kadang-kadang|Sering|Selalu", "frequency-5", "id", [1, 2, 3, 4, 5]),
    ("S|SR|J", "frequency-5", "id", [5, 4, 2]),
    ("Never|Rarely|Sometimes|Often|Always", "frequency-5", "en", [1, 2, 3, 4, 5]),
    ("Setuju (4)|Sangat setuju (5)", "agree-5", "id", [4, 5]),
    ("1. Sangat tidak puas|5. Sangat puas|3. Netral", "satisfaction-5", "id", [1, 5, 3]),
    ("Poor|Fair|Good|Very good|Excellent", "quality-5", "en", [1, 2, 3, 4, 5]),
    ("Sangat buruk|Buruk|Cukup|Baik|Sangat baik", "quality-5", "id", [1, 2, 3, 4, 5]),
    ("Setuju / Agree|Tidak setuju / Disagree|Netral / Neutral|Sangat setuju / SA", "agree-5", "en, id", [4, 2, 3, 5]),
    ("Agree|Tidak setuju|Netral|Sangat setuju|Strongly disagree", "agree-5", "en, id", [4, 2, 3, 5, 1]),
    ("Tidak penting|Agak penting|Sedang|Penting|Sangat penting", "importance-5", "id", [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("cells", "name", "language", "numbers"), CLEAR)
def test_a_set_that_leaves_no_choice_is_matched(cells, name, language, numbers):
    found = recognise(cells.split("|"))
    assert isinstance(found, Match), found
    assert (found.name, found.language, [number for _, number in found.numbers]) == (name, language, numbers)


@pytest.mark.parametrize(
    ("cells", "choices"),
    [
        ("S", {"agree-4", "agree-5", "frequency-5"}),
        ("Kurang setuju|Setuju", {"agree-5", "agree-6", "agree-7"}),
        ("STS|TS|S|SS", {"agree-4", "agree-5"}),
        ("TS|KS|S|SS", {"agree-4", "agree-5"}),
        ("STS|TS|KS|CS|S|SS", {"agree-6", "agree-7"}),
        ("Strongly disagree|Disagree|Agree|Strongly agree", {"agree-4", "agree-5"}),
        ("Never|Sometimes|Often|Always", {"frequency-4", "frequency-5"}),
        ("Neutral", {"agree-5", "agree-7"}),
        ("Strongly agree|9", {"agree-10", "agree-11"}),
        ("1 - Strongly agree|2 - Agree|3 - Neutral|4 - Disagree|5 - Strongly disagree", {"agree-5"}),
    ],
)
def test_a_set_that_leaves_a_choice_is_refused_with_the_choices(cells, choices):
    found = recognise(cells.split("|"))
    assert isinstance(found, Ambiguous)
    assert choices <= {choice.name for choice in found.choices}
    assert "Choices: " in str(found)


def test_numbers_that_run_against_their_labels_are_told():
    found = recognise(["1 - Sangat setuju", "5 - Sangat tidak setuju"], points=5)
    assert isinstance(found, Ambiguous)
    assert "do not go with their labels" in str(found)


@pytest.mark.parametrize("cells", ["1|2|3", "Jakarta|Bandung", "", "N/A|-", "Setuju|Often", "a|5"])
def test_what_belongs_to_no_scale_is_none(cells):
    assert recognise(cells.split("|")) is None


def test_the_number_of_points_settles_what_is_ambiguous():
    found = {points: recognise(["Kurang setuju", "Setuju"], points=points) for points in (5, 7)}
    assert {points: each.numbers for points, each in found.items()} == {
        5: (("Kurang setuju", 3), ("Setuju", 4)),
        7: (("Kurang setuju", 3), ("Setuju", 6)),
    }


def test_two_wordings_of_one_point_in_one_language_are_no_scale_even_among_two_languages():
    assert recognise(["Sangat tidak setuju", "Tidak setuju", "Kurang setuju", "Netral", "Setuju"], points=5) is None
    assert recognise(["Disagree", "Neutral", "Undecided", "Setuju"]) is None
    both = recognise(["Tidak setuju", "Netral", "Neutral", "Setuju", "Agree", "Sangat setuju"])
    assert isinstance(both, Match)
    assert dict(both.numbers)["Netral"] == dict(both.numbers)["Neutral"] == 3


def test_own_sets_win():
    own = next(each for each in label_sets() if len(each.points) == 4 and each.language == "en")
    found = recognise(["Strongly disagree", "Disagree", "Agree", "Strongly agree"], sets=(own,))
    assert isinstance(found, Match)
    assert found.points == 4


def test_words_for_no_answer_are_set_apart():
    found = recognise(["Agree", "Disagree", "Neutral", "Strongly agree", "Don’t know", "-99", ""])
    assert isinstance(found, Match)
    assert found.missing == ("Don’t know", "-99", "")
    assert not no_answer("N")


@pytest.mark.parametrize("known", label_sets(), ids=lambda each: f"{each.scale}-{len(each.points)}-{each.language}")
def test_every_set_seen_whole_is_matched_or_refused_never_another(known):
    # By the number of points it is told, and gives each label its own point.
    found = recognise(known.labels, points=len(known.points))
    assert isinstance(found, Match)
    assert [number for _, number in found.numbers] == list(range(1, len(known.points) + 1))


def test_there_are_scales_of_four_to_eleven_points_in_two_languages():
    lengths = {(len(each.points), each.language) for each in (*label_sets(), *ended_sets())}
    assert lengths >= {(points, language) for points in range(4, 12) for language in ("en", "id")}
    assert mixed_sets()


@given(st.sampled_from(label_sets()), st.data())
def test_the_order_of_cells_and_their_writing_do_not_matter(known, data):
    cells = data.draw(st.permutations(known.labels))
    written = [
        data.draw(st.sampled_from([cell, cell.upper(), f"  {cell} ", cell.replace(" ", "\u00a0")])) for cell in cells
    ]
    found = recognise(written, points=len(known.points))
    assert isinstance(found, Match)
    assert [number for _, number in found.numbers] == [known.labels.index(cell) + 1 for cell in cells]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_whatever_stands_in_cells_nothing_breaks(cells):
    assert recognise(cells) is None or str(recognise(cells))


@given(st.text(max_size=30))
def test_plain_form_is_plain_already(cell):
    assert plain(plain(cell)) == plain(cell)
    assert isinstance(numbered(cell), tuple)
