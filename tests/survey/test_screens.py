from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from rantau.errors import ScreeningError
from rantau.survey import read_survey, responses_of, screens
from rantau.survey.durations import durations
from rantau.survey.portions import row_correlations
from rantau.survey.read import read_responses
from rantau.survey.remarks import response_remarks
from rantau.survey.rule import Settings
from rantau.survey.screen import screen
from rantau.survey.screens.duplicate import repeated
from rantau.survey.screens.longstring import longest_run, straightlining
from rantau.survey.screens.missing import many_missing
from rantau.survey.screens.synonyms import pair_consistency

from .conftest import TINY
from .test_responses import ANSWERS, read

FIFTEEN = Settings(0.15)
R_MAHALANOBIS = {
    "n": 2436,
    "first": [13.468192279095, 25.676566768114, 13.490134657744, 28.824707956817, 18.941625386361],
    "max": 106.280476613720,
    "flagged": 84,
}


def with_extras(responses, **columns):
    """Answers with further columns beside the items."""
    cells = np.empty((responses.n_obs, len(columns)), dtype=object)
    for place, column in enumerate(columns.values()):
        cells[:, place] = column
    return responses.replace(extras_names=tuple(columns), extras=cells)


def test_missing_is_flagged_above_fifteen_per_cent_not_at_it(mobile):
    # 3 of 20 is 15 %, 4 of 20 is above.
    twenty = mobile.replace(columns=mobile.columns[:20], values=mobile.values[:, :20], raw=mobile.raw[:, :20]).take(
        np.arange(250) < 2
    )
    values = np.array(twenty.values)
    values[0, :3] = np.nan
    values[1, :4] = np.nan
    found = many_missing(twenty.replace(values=values), FIFTEEN)
    assert found.flags.tolist() == [False, True]
    assert found.index.tolist() == [0.15, 0.2]


def test_runs_are_counted_in_raw_answers_and_broken_by_gaps(tiny, write):
    # A1 is reversed: 3 3 3 is a run as entered, although its keyed values are 4 3 3.
    path = write("A1,A2,A3,V1\n3,3,3,1\n4,3,3,1\n2,NA,2,2\n5,5,5,5\nNA,NA,NA,0\n1,2,1,2\n1,1,2,2\n")
    responses = read_responses(path, tiny)
    assert longest_run(responses).tolist() == [3, 2, 2, 4, 0, 1, 2]
    flags = straightlining(responses, Settings(0.5)).flags
    assert flags.tolist() == [True, False, False, True, False, False, False]


def test_a_run_of_just_the_limit_is_not_beyond_it():
    # 0.29 times 100 is a little less than 29 in binary.
    wide = np.tile(np.arange(100) % 7 + 1.0, (2, 1))
    wide[0, :29] = wide[1, :30] = 5
    survey = responses_of(
        pd.DataFrame(wide, columns=[f"x{i}" for i in range(100)]), {"X": [f"x{i}" for i in range(100)]}, scale=(1, 7)
    )
    assert straightlining(survey, Settings(0.29)).index.tolist() == [29, 30]
    assert straightlining(survey, Settings(0.29)).flags.tolist() == [False, True]


def test_runs_follow_the_order_of_the_file_or_a_stated_one(tiny, write):
    assert longest_run(read_responses(write("A1,A2,A3,V1\n3,3,1,3\n"), tiny)).tolist() == [2]
    assert longest_run(read_responses(write("A1,A2,V1,A3\n3,3,3,1\n"), tiny)).tolist() == [3]
    stated = tiny.replace(order=("A1", "A2", "V1", "A3"), order_stated=True)
    assert longest_run(read_responses(write("A1,A2,A3,V1\n3,3,1,3\n"), stated)).tolist() == [3]
    # A stated order counts also where it is that of the items in the instrument, and the file has another.
    same = tiny.replace(order=tiny.codes, order_stated=True)
    assert longest_run(read_responses(write("A1,A2,V1,A3\n3,3,3,1\n"), same)).tolist() == [2]


def test_copies_are_flagged_and_the_first_is_not(tiny, write):
    path = write("A1,A2,A3,V1\n1,2,NA,4\n1,2,3,4\n1,2,NA,4\nNA,NA,NA,0\nNA,NA,NA,0\n1,2,-99,4\n")
    found = repeated(read_responses(path, tiny), Settings())
    assert found.flags.tolist() == [False, False, True, False, False, True]
    assert found.index.tolist() == [0, 0, 1, 0, 0, 2]


@given(rows=ANSWERS)
def test_leaving_copies_out_leaves_no_copies(tmp_path_factory, rows):
    responses = read(tmp_path_factory.mktemp("copies"), rows)
    kept = responses.take(~repeated(responses, Settings()).flags)
    assert not repeated(kept, Settings()).flags.any()
    assert len({tuple(row) for row in kept.raw.tolist()}) == len({tuple(row) for row in rows})


def test_variability_is_the_spread_within_a_row(tiny, write):
    # Scales differ (1-6 and 1-10), so answers run from 0 to 1; A1 is reversed, and entered answers count.
    responses = read_responses(write("A1,A2,A3,V1\n1,6,1,10\n3,NA,NA,0\n2,2,2,3\n"), tiny)
    index = screens.irv.variability(responses, Settings(2.0)).index
    assert index[0] == pytest.approx(np.std([0, 1, 0, 1], ddof=1))
    assert np.isnan(index[1])
    assert index[2] == pytest.approx(np.std([1 / 5, 1 / 5, 1 / 5, 2 / 9], ddof=1))


def test_little_and_much_variability_are_flagged(mobile):
    found = screen(mobile, rules="irv")
    z = (found.index[:, 0] - found.index[:, 0].mean()) / found.index[:, 0].std(ddof=1)
    np.testing.assert_array_equal(found.flags[:, 0], (z < -2) | (z > 3))
    np.testing.assert_allclose(found.index[:, 0], mobile.entered(slice(None)).std(axis=1, ddof=1), rtol=1e-12)


def test_correlations_within_a_row_by_hand():
    left = np.array([[1.0, 2, 3, np.nan], [1, 2, np.nan, np.nan], [4, 4, 4, 4], [1, 2, 3, 4]])
    right = np.array([[3.0, 1, 2, 9], [2, 1, 3, 4], [1, 2, 3, 4], [4, 3, 2, 1]])
    expected = [-0.5, np.nan, np.nan, -1]
    np.testing.assert_allclose(row_correlations(left, right), expected, atol=1e-15)


def test_even_odd_by_hand(personality):
    found = screen(personality, rules="even_odd")
    blocks = [personality.columns_of(construct.code) for construct in personality.survey.constructs]
    for row in (0, 7, 100):
        odd = [np.nanmean(block[row, 0::2]) for block in blocks]
        even = [np.nanmean(block[row, 1::2]) for block in blocks]
        r = np.corrcoef(odd, even)[0, 1]
        assert found.index[row, 0] == pytest.approx(max(2 * r / (1 + r), -1), rel=1e-12)
    known = found.index[:, 0] < 0.3
    np.testing.assert_array_equal(found.flags[:, 0], known)


def test_even_odd_needs_several_scales(tiny, write):
    with pytest.raises(ScreeningError, match="needs 5 constructs of two or more items; this instrument has 1"):
        screen(read_responses(write("A1,A2,A3,V1\n1,6,1,10\n"), tiny), rules="even_odd")


def test_synonyms_and_antonyms_are_found_in_entered_answers(personality):
    # psych::bfi has one pair beyond .60, N1 and N2.
    with pytest.raises(
        ScreeningError, match=r"above 0\.6; these answers have 1\. A milder limit may be given, such as 0\.5"
    ):
        screen(personality, rules="synonyms")
    answers = personality.entered(slice(None))
    frame = personality.frame()
    frame[:] = answers
    r = frame.corr().to_numpy()
    first, second = np.nonzero(np.triu(r > 0.5, k=1))
    assert len(first) >= 3
    index = pair_consistency(personality, 0.5, opposite=False)
    for row in (0, 7, 100):
        left, right = answers[row, first], answers[row, second]
        there = np.isfinite(left) & np.isfinite(right)
        if there.sum() > 2 and np.ptp(left[there]) and np.ptp(right[there]):
            assert index[row] == pytest.approx(np.corrcoef(left[there], right[there])[0, 1], rel=1e-12)
        else:
            assert np.isnan(index[row])
    opposite = screen(personality, rules="antonyms", limits={"antonyms": -0.35})
    np.testing.assert_array_equal(opposite.flags[:, 0], opposite.index[:, 0] > 0)


def test_mahalanobis_distances_are_those_of_r(personality):
    """Against R 4: see the call below; b is the data set bfi of psych 2.2.9, its first 25 columns.

    m <- mahalanobis(cc, colMeans(cc), cov(cc)), cc <- b[complete.cases(b), ]; sum(m), max(m), m of the first rows,
    sum(pchisq(m, 25, lower.tail = FALSE) < .001).
    """
    complete = np.isfinite(personality.values).all(axis=1)
    found = screen(personality, rules="mahalanobis")
    squared = found.index[complete, 0]
    assert complete.sum() == R_MAHALANOBIS["n"]
    np.testing.assert_allclose(squared[:5], R_MAHALANOBIS["first"], rtol=1e-9)
    assert squared.max() == pytest.approx(R_MAHALANOBIS["max"], rel=1e-9)
    assert found.flags[complete, 0].sum() == R_MAHALANOBIS["flagged"]
    # A row with gaps is held against the part of the moments that belongs to its answers.
    row = int(np.flatnonzero(~complete)[0])
    there = np.isfinite(personality.values[row])
    rows = personality.values[complete]
    dev = personality.values[row, there] - rows.mean(axis=0)[there]
    part = np.cov(rows, rowvar=False)[np.ix_(there, there)]
    assert found.index[row, 0] == pytest.approx(dev @ np.linalg.solve(part, dev), rel=1e-9)


def test_mahalanobis_is_refused_where_it_means_nothing(tiny, write):
    path = write("A1,A2,A3,V1\n1,6,1,10\n2,6,1,9\n3,5,1,2\n")
    with pytest.raises(ScreeningError, match="needs more rows that answer all 4 items than items; there are 3"):
        screen(read_responses(path, tiny), rules="mahalanobis")
    rows = "".join(f"{1 + row % 6},{1 + row % 5},1,{1 + row}\n" for row in range(8))
    with pytest.raises(ScreeningError, match="constant over complete rows: A3"):
        screen(read_responses(write("A1,A2,A3,V1\n" + rows), tiny), rules="mahalanobis")
    rows = "".join(f"{1 + row % 6},{1 + row % 5},{1 + row % 6},{1 + row}\n" for row in range(8))
    with pytest.raises(ScreeningError, match="follows from the others exactly"):
        screen(read_responses(write("A1,A2,A3,V1\n" + rows), tiny), rules="mahalanobis")


def test_durations_are_found_by_their_names(tiny, write):
    four = read_responses(write("A1,A2,A3,V1\n" + "1,2,3,4\n" * 3), tiny)
    qualtrics = with_extras(four, **{"Duration (in seconds)": ["7", "8", "400"]})
    found = screen(qualtrics)
    assert found.index[:, found.rules.index("speed")].tolist() == [1.75, 2, 100]
    assert found.flags[:, found.rules.index("speed")].tolist() == [True, False, False]
    kobo = with_extras(
        four,
        start=["2026-03-01T10:00:00.000+07:00", datetime(2026, 3, 1, 10), "2026-03-01 10:00:00"],
        end=["2026-03-01T04:00:30.000+01:00", datetime(2026, 3, 1, 10, 0, 45), "no idea"],
    )
    np.testing.assert_array_equal(durations(kobo), [30, 45, np.nan])
    midnight = with_extras(
        four,
        start=["2026-03-01T23:59:00", "2026-03-01T10:00:00+07:00", pd.NaT],
        end=[pd.Timestamp("2026-03-02 00:01"), "2026-03-01T10:10:00", pd.Timestamp("2026-03-01 10:00")],
    )
    # A moment without a zone is in that of its partner.
    np.testing.assert_array_equal(durations(midnight), [120, 600, np.nan])
    comma = with_extras(four, waktu=["7,5", "", "12"])
    np.testing.assert_array_equal(durations(comma, "Waktu"), [7.5, np.nan, 12])
    with pytest.raises(ScreeningError, match=r"unknown duration column 'wktu'\. Did you mean 'waktu'"):
        screen(comma, rules="speed", duration="wktu")
    with pytest.raises(ScreeningError, match="unknown duration column"):
        screen(comma, duration="wktu")


def test_a_duration_below_nought_says_nothing_of_speed(tiny, write):
    three = read_responses(write("A1,A2,A3,V1\n" + "1,2,3,4\n" * 3), tiny)
    coded = with_extras(three, interviewtime=["-99", "2", timedelta(seconds=9)])
    np.testing.assert_array_equal(durations(coded), [np.nan, 2, 9])
    turned = with_extras(three, start=["2026-03-01T10:00"] * 3, end=["2026-03-01T09:00", "2026-03-01T10:01", ""])
    found = screen(turned, rules="speed")
    assert found.flags[:, 0].tolist() == [False, False, False]
    np.testing.assert_array_equal(found.index[:, 0], [np.nan, 15, np.nan])


def test_durations_that_cannot_be_read_are_told(tiny, write):
    two = read_responses(write("A1,A2,A3,V1\n" + "1,2,3,4\n" * 2), tiny)
    clock = with_extras(two, dur=["00:05:12", "00:00:01"])
    with pytest.raises(ScreeningError, match="'dur' holds no number of seconds"):
        screen(clock, rules="speed", duration="dur")
    american = with_extras(two, StartDate=["3/1/2026 10:00"] * 2, EndDate=["3/1/2026 10:09"] * 2)
    assert "'startdate' and 'enddate' hold no dates" in dict(screen(american).skipped)["speed"]


CHECKS = """
[[attention_checks]]
code = "ATT1"
wording = { en = "Please choose 6 here.", id = "Silakan pilih 6." }
scale = "accurate6"
answer = 6
"""


def test_attention_checks_of_the_instrument_and_of_the_call(write):
    survey = read_survey(write(TINY + CHECKS, "instrument.toml"))
    rows = "1,2,3,4,6,yes\n1,2,3,4,5,yes\n1,2,3,4,,no\n1,2,3,4,1,no\n"
    responses = read_responses(write("A1,A2,A3,V1,ATT1,agree\n" + rows), survey)
    found = screen(responses)
    assert found.flags[:, found.rules.index("attention")].tolist() == [False, True, False, True]
    both = screen(responses, rules="attention", attention={"agree": "Yes"})
    np.testing.assert_array_equal(both.index[:, 0], [0, 1, 1, 2])
    twice = screen(responses, rules="attention", attention={"agree": "Yes"}, limits={"attention": 2})
    assert twice.flags[:, 0].tolist() == [False, False, False, True]
    # An item may serve as one; its answer is the one entered.
    item = screen(responses, rules="attention", attention={"A3": 3, "ATT1": 5})
    assert item.index[:, 0].tolist() == [1, 0, 0, 1]


LABELLED = """
[[attention_checks]]
code = "ATT"
wording = {{ en = "Choose 'Agree'.", id = "Pilih 'Setuju'." }}
answer = 4
[attention_checks.scale]
minimum = 1
maximum = 5
{labels}
"""
AGREE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
SETUJU = ("Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju")


@pytest.mark.parametrize(
    "cells",
    [
        [f"{place} - {label}" for place, label in enumerate(AGREE, start=1)],
        [f"{label} ({place})" for place, label in enumerate(AGREE, start=1)],
        [f"{label}." for label in AGREE],
        AGREE,
        SETUJU,
    ],
)
def test_the_cells_of_an_attention_check_mean_what_those_of_items_do(write, cells):
    labels = f"labels = {{ en = {list(AGREE)}, id = {list(SETUJU)} }}"
    for said in (labels, "") if cells in (AGREE, SETUJU) else (labels,):
        survey = read_survey(write(TINY + LABELLED.format(labels=said), "instrument.toml"))
        rows = "".join(f'1,2,3,4,"{cell}"\n' for cell in (*cells, "", "no idea"))
        if said == "":
            rows = rows.replace('"no idea"', '""')
        responses = read_responses(write("A1,A2,A3,V1,ATT\n" + rows), survey)
        found = screen(responses, rules="attention").index[:, 0]
        np.testing.assert_array_equal(found, [1, 1, 1, 0, 1, np.nan, 1 if said else np.nan])
        told = [remark for remark in response_remarks(responses) if "ATT" in remark]
        assert told == [f"{5 if said else 4} of 7 rows do not give the right answer to 'ATT', which is 4."]


def test_an_attention_check_of_which_no_cell_can_be_read_is_not_judged(write):
    survey = read_survey(write(TINY + LABELLED.format(labels=""), "instrument.toml"))
    responses = read_responses(write("A1,A2,A3,V1,ATT\n1,2,3,4,oui\n1,2,3,4,non\n"), survey)
    assert (
        "no cell of the attention check 'ATT' is an answer of its scale" in dict(screen(responses).skipped)["attention"]
    )


def test_an_item_serves_as_a_check_by_its_point_or_its_label(write):
    labels = f"labels = {{ en = {list(AGREE)}, id = {list(SETUJU)} }}"
    survey = read_survey(
        write(
            TINY.replace('scale = "accurate6"', 'scale = "agree"')
            + f"\n[scales.agree]\nminimum = 1\nmaximum = 5\n{labels}\n",
            "instrument.toml",
        )
    )
    # A1 is reversed: what is held against the right answer is what was entered.
    responses = read_responses(write("A1,A2,A3,V1\nAgree,1,1,4\n4 - Agree,1,1,4\nDisagree,1,1,4\n,1,1,4\n"), survey)
    for right in (4, "4", "agree", "Setuju"):
        found = screen(responses, rules="attention", attention={"A1": right}).index[:, 0]
        np.testing.assert_array_equal(found, [0, 0, 1, np.nan])


def test_test_rows_say_so_themselves(tiny, write):
    four = read_responses(write("A1,A2,A3,V1\n" + "1,2,3,4\n" * 5), tiny)
    told = with_extras(
        four,
        Status=["IP Address", "Survey Preview", "IP Address", "IP Address", None],
        Remark=["Testing the waters", "", " TES ", "uji  coba", "good"],
    )
    found = screen(told, exclude="test_rows")
    assert found.flags[:, found.rules.index("test_rows")].tolist() == [False, True, True, True, False]
    assert found.kept.rows == (2, 6)


@pytest.mark.parametrize("row", screens.ROWS, ids=lambda row: row.name)
def test_a_rule_gives_one_flag_per_row_and_changes_nothing(mobile, row):
    before = np.array(mobile.values)
    richer = with_extras(mobile, duration=["60"] * 250, check=["1"] * 250)
    limit = {"antonyms": -0.05, "synonyms": 0.4}.get(row.name, row.limit.usual if row.limit else 0)
    try:
        found = row.function(richer, Settings(limit, "duration", (("check", "2"),)))
    except ScreeningError as fault:
        assert row.name in ("antonyms", "eligibility"), fault
        return
    assert found.flags.shape == found.index.shape == (250,)
    assert found.flags.dtype == np.bool_
    np.testing.assert_array_equal(mobile.values, before)


def test_portions_make_no_difference(mobile, monkeypatch):
    names = ("missing", "longstring", "irv", "even_odd", "synonyms", "mahalanobis", "duplicate")
    whole = screen(mobile, rules=names)
    monkeypatch.setattr("rantau.survey.portions.AT_ONCE", 37)
    parts = screen(mobile, rules=names)
    np.testing.assert_allclose(parts.index, whole.index, rtol=1e-9)
    np.testing.assert_array_equal(parts.flags, whole.flags)
