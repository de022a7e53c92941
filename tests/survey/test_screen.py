import numpy as np
import pytest

from rantau.errors import OptionError, ScreeningError
from rantau.survey.read import read_responses
from rantau.survey.screen import RULES, USUAL, Step, screen

THREE = ("missing", "longstring", "duplicate")


@pytest.fixture
def careless(tiny, write):
    # Line 3 repeats line 2 and leaves nothing out; line 4 says 3 three times; line 5 leaves one of four out.
    rows = "1,6,5,10\n1,6,5,10\n3,3,3,1\n2,NA,4,7\n6,5,4,3\n"
    return read_responses(write("A1,A2,A3,V1\n" + rows), tiny)


def test_every_usual_rule_that_can_be_applied_flags_and_nothing_is_left_out(careless):
    result = screen(careless)
    assert set(USUAL) < set(RULES)
    assert result.rules == THREE
    assert [name for name, _ in result.skipped] == ["test_rows", "eligibility", "speed", "attention"]
    assert "duration='...'" in dict(result.skipped)["speed"]
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
    assert result.unflagged.rows == (2, 6)


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
    assert result.flow() == (Step("missing", 1, 1, 4), Step("longstring", 1, 1, 3), Step("duplicate", 1, 0, 3))


def test_rows_leave_by_the_number_of_their_flags(tiny, write):
    # Lines 3 and 4 are copies of a straight line, which makes two flags each; line 2 has one.
    path = write("A1,A2,A3,V1\n3,3,3,1\n3,3,3,1\n3,3,3,1\n1,2,1,2\n")
    result = screen(read_responses(path, tiny), flags_to_exclude=2)
    assert result.kept.rows == (2, 5)
    assert result.flow()[-1] == Step("", 2, 2, 2)
    assert screen(read_responses(path, tiny), exclude="duplicate", flags_to_exclude=2).flow()[-1] == Step("", 2, 0, 2)
    for wrong in (-1, 1.5, True):
        with pytest.raises(OptionError, match="flags_to_exclude is"):
            screen(read_responses(path, tiny), flags_to_exclude=wrong)


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


def test_a_rule_asked_for_by_name_must_be_applicable(careless):
    with pytest.raises(ScreeningError, match=r"speed needs a column that says how long"):
        screen(careless, rules=("speed",))
    with pytest.raises(ScreeningError, match=r"rows that 'speed' flags are to be left out, and it cannot be applied"):
        screen(careless, exclude=("speed",))
    every = screen(careless, rules="all")
    assert set(every.rules) | {name for name, _ in every.skipped} == set(RULES)
    with pytest.raises(ScreeningError, match=r"unknown attention check 'A9'\. Allowed: A1"):
        screen(careless, attention={"A9": 1})


def test_limits_can_be_moved_within_what_they_mean(careless):
    # Line 4 has a run of three in four items.
    assert screen(careless, limits={"longstring": 0.8}).flags[:, 1].sum() == 0
    shown = screen(careless, limits={"missing": 0.3})
    assert shown.counts().loc["missing", "label"] == "More than 30% of the items unanswered"
    assert shown.counts().loc["missing", "flagged"] == 0
    with pytest.raises(OptionError, match=r"the limit of missing is 15; allowed: a number from 0 to 1, usually 0\.15"):
        screen(careless, limits={"missing": 15})
    with pytest.raises(OptionError, match="unknown rule with a limit 'duplicate'"):
        screen(careless, limits={"duplicate": 1})


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"rules": "irv", "limits": {"missing": 0.2}}, "the rule 'missing' is not applied, so its limit says nothing"),
        ({"limits": {"irv": 0.8}}, "the rule 'irv' is not applied"),
        ({"rules": ["irv"], "duration": "seconds"}, "the rule 'speed' is not applied, so `duration` says nothing"),
        ({"rules": ["irv"], "attention": {"A1": 4}}, "the rule 'attention' is not applied, so `attention` says"),
    ],
)
def test_what_is_told_to_a_rule_that_is_not_applied_is_refused(careless, told, message):
    with pytest.raises(OptionError, match=message):
        screen(careless, **told)


def test_a_screening_shows_well(careless):
    result = screen(careless, exclude=("missing",))
    assert str(result) == ("Screening: 5 rows, 1 excluded; flagged: missing 1, longstring 1, duplicate 1")
    assert "Curran (2016)" in result._repr_html_()
    frame = result.frame()
    assert frame["line"].tolist() == [2, 3, 4, 5, 6]
    assert frame["longstring"].tolist() == [1, 1, 3, 1, 1]
    assert frame["left_out"].tolist() == [False, False, False, True, False]


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
