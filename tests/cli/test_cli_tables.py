"""Tables as text, and tables as files."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import rantau as rt
from rantau.cli import show
from rantau.cli.grid import grid_of
from rantau.cli.write import check_place, write_frame, write_sheets
from rantau.errors import ReportError

LONG = "The same answer to more than 50% of the items in a row, which is a great many"


def test_numbers_stand_to_the_right_with_three_decimals():
    frame = pd.DataFrame(
        {"item": ["a", "bb"], "est": [0.12345, -1.5], "n": [3, 20], "p": [0.0001, 0.2], "tiny": [3e-9, 0.5]}
    )
    assert list(grid_of(frame)) == [
        "item     est   n      p   tiny",
        "a      0.123   3  <.001  3e-09",
        "bb    -1.500  20  0.200  0.500",
    ]


def test_gaps_are_blank_whole_numbers_have_no_decimals_and_empty_columns_go():
    frame = pd.DataFrame(
        {"item": ["a", "b"], "min": [1.0, 10.0], "mean": [2.5, math.nan], "label": ["", ""], "yes": [True, False]}
    )
    assert list(grid_of(frame)) == ["item  min   mean  yes", "a       1  2.500  yes", "b      10         no"]


def test_a_pipe_gets_every_row_whole():
    frame = pd.DataFrame({"rule": ["longstring"], **{f"column{i}": [i / 7] for i in range(30)}, "label": [LONG]})
    lines = list(grid_of(frame))
    assert len(lines) == 2
    assert LONG in lines[1]


def test_a_terminal_gets_pieces_that_repeat_the_keys():
    frame = pd.DataFrame({"item": ["a", "b"], **{f"column{i}": [i / 7, i / 3] for i in range(12)}})
    lines = list(grid_of(frame, width=80))
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("item") for line in lines) == 2
    assert [line.split()[0] for line in lines if line] == ["item", "a", "b"] * 2


def test_long_texts_are_wrapped_beside_their_numbers():
    frame = pd.DataFrame({"path": ["Image -> Expectation -> Satisfaction -> Complaints -> Loyalty"], "est": [0.25]})
    lines = list(grid_of(frame, width=50))
    assert max(map(len, lines)) <= 50
    assert lines[1].endswith("0.250")
    assert " ".join(" ".join(lines[1:]).replace("0.250", "").split()) == frame["path"][0]


@given(
    st.lists(st.tuples(st.text("abc ->", max_size=90), st.floats(allow_nan=True), st.floats(-10, 10)), max_size=4),
    st.integers(40, 120),
)
def test_no_line_is_wider_than_the_terminal(rows, width):
    frame = pd.DataFrame(rows, columns=["text", "any", "number"])
    frame["any"] = frame["any"].clip(-1e9, 1e9)
    frame["text"] = frame["text"].astype(object)
    assert all(len(line) <= width for line in grid_of(frame, width=width))


def test_a_terminal_and_a_pipe_differ(monkeypatch):
    frame = pd.DataFrame({"item": ["a"], **{f"column{i}": [i / 7] for i in range(12)}})
    for terminal, count in ((True, 5), (False, 2)):
        stream = io.StringIO()
        monkeypatch.setattr(show, "OUT", Console(file=stream, force_terminal=terminal, width=80, color_system=None))
        show.show_frame(frame)
        assert len(stream.getvalue().splitlines()) == count


def test_brackets_in_a_problem_are_not_markup(capsys):
    from rantau.fit import Problem

    assert show.show_problems((Problem("error", "x", "between [a] and [/b] :smile:", ()),)) == 1
    assert capsys.readouterr().err == "error: between [a] and [/b] :smile:\n"


def test_a_file_is_whole_or_not_there(tmp_path):
    class Broken:
        columns = ()

        def map(self, _):
            return self

        def to_csv(self, place, **_):
            place.write_text("half")
            raise OSError(28, "No space left on device")

    out = tmp_path / "a.csv"
    out.write_text("before")
    with pytest.raises(ReportError, match=r"a\.csv: cannot be written: No space left"):
        write_frame(Broken(), out)
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_numbers_are_written_unrounded(tmp_path):
    frame = pd.DataFrame({"a": [1 / 3, math.nan, 2 / 7]})
    write_frame(frame, tmp_path / "a.csv")
    write_sheets({"one": frame}, tmp_path / "a.xlsx")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), frame)
    pd.testing.assert_frame_equal(pd.read_excel(tmp_path / "a.xlsx"), frame)


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="this is a folder"):
        check_place(tmp_path)
    with pytest.raises(ReportError, match=r"'.*file' is a file, and a folder is needed there"):
        check_place(tmp_path / "file" / "new" / "a.csv")
    check_place(tmp_path / "new" / "a.csv")


def test_invariance(rantau, tmp_path):
    model = tmp_path / "model.sem"
    model.write_text("F =~ x1 + x2 + x3 + x4\nG =~ x5 + x6 + x7\n")
    data = Path(__file__).parents[1] / "data" / "hs4.csv"
    ran = rantau("invariance", data, "-m", model, "--by", "school", "--ordered", "all", "--json")
    told = json.loads(ran.out)
    assert [row["level"] for row in told["fit"]] == ["configural", "thresholds", "metric", "scalar", "strict"]
    found = rt.invariance(model.read_text(), pd.read_csv(data), by="school", ordered=True)
    assert [row["p_diff"] for row in told["tests"]][1:] == pytest.approx(found.p_diff.tolist()[1:])
    assert ran.status == 0
    ran = rantau("fit", data, "-m", model, "--identification", "wu_estabrook")
    assert (ran.status, "of ordered answers; say which are" in ran.err) == (2, True)
