import numpy as np
import pytest

from rantau.errors import OptionError
from rantau.survey.read import read_responses
from rantau.survey.screen import RULES, screen


@pytest.fixture
def careless(tiny, write):
    # Line 3 repeats line 2 and leaves nothing out; line 4 says 3 three times; line 5 leaves one of four out.
    rows = "1,6,5,10\n1,6,5,10\n3,3,3,1\n2,NA,4,7\n6,5,4,3\n"
    return read_responses(write("A1,A2,A3,V1\n" + rows), tiny)


def test_every_rule_flags_and_nothing_is_left_out(careless):
    result = screen(careless)
    assert result.rules == RULES == ("missing", "longstring", "duplicate")
    assert result.flags.tolist() == [
        [False, False, False],
        [False, False, True],
        [False, True, False],
        [True, False, False],
        [False, False, False],
    ]
    assert not result.excluded.any()
    assert result.kept == careless
    assert [str(flag) for flag in result.log] == [
        "line 3: duplicate (kept)",
        "line 4: longstring (kept)",
        "line 5: missing (kept)",
    ]


def test_only_rules_named_in_exclude_leave_rows_out(careless):
    result = screen(careless, exclude=("longstring", "missing"))
    assert result.kept.rows == (2, 3, 6)
    assert result.responses == careless
    change = result.kept.log[-1]
    assert (change.column, change.cells) == ("", 8)
    assert change.action == "rows left out by screening: lines 4, 5"
    assert [str(flag) for flag in result.log] == [
        "line 3: duplicate (kept)",
        "line 4: longstring (excluded)",
        "line 5: missing (excluded)",
    ]
    counts = result.counts()
    assert counts["flagged"].tolist() == [1, 1, 1]
    assert counts["excluded"].tolist() == [1, 1, 0]
    assert counts["share"].tolist() == [0.2, 0.2, 0.2]


def test_rules_can_be_chosen_also_by_one_name(careless):
    result = screen(careless, rules="duplicate", exclude="duplicate")
    assert result.rules == ("duplicate",)
    assert result.kept.rows == (2, 4, 5, 6)
    assert screen(careless, rules=()).kept == careless


def test_unknown_rules_are_refused(careless):
    with pytest.raises(OptionError, match=r"unknown rules 'longsting'\. Did you mean 'longstring'"):
        screen(careless, rules=("longsting",))
    with pytest.raises(OptionError, match=r"unknown exclude 'missing'\. Allowed: duplicate"):
        screen(careless, rules=("duplicate",), exclude=("missing",))


def test_a_screening_shows_well(careless):
    result = screen(careless, exclude=("missing",))
    assert str(result) == ("Screening: 5 rows, 1 excluded; flagged: missing 1, longstring 1, duplicate 1")
    assert "Curran (2016)" in result._repr_html_()


def test_the_mobile_survey_has_five_straightliners(mobile):
    result = screen(mobile)
    assert result.counts()["flagged"].to_dict() == {"missing": 0, "longstring": 5, "duplicate": 0}
    runs = {}
    for line, row in zip(mobile.rows, mobile.raw.tolist(), strict=True):
        text = "".join(chr(64 + int(cell)) for cell in row)
        # Counted another way: is some answer there 13 times in a row?
        runs[line] = any(letter * 13 in text for letter in "ABCDEFGHIJ")
    assert [flag.row for flag in result.log] == [line for line, long in runs.items() if long]
    assert screen(mobile, exclude=("longstring",)).kept.n_obs == 245
    assert not np.isnan(mobile.values).any()
