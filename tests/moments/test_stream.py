"""Files too long to hold: the moments of all rows, whatever the chunks."""

import gc

import numpy as np
import pandas as pd
import pytest

from rantau.errors import EstimationError, OptionError, ResponseError
from rantau.moments import read_moments

ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.mark.parametrize("chunk", [1, 7, 100, 100_000])
def test_chunks_are_irrelevant(chunk):
    frame = pd.read_csv("tests/data/hs_gaps.csv")
    found = read_moments("tests/data/hs_gaps.csv", ITEMS, chunk=chunk)
    complete = frame[ITEMS].dropna()
    assert found.n.tolist() == [len(complete)]
    assert found.left_out == 301 - len(complete)
    assert found.names == tuple(ITEMS)
    assert found.covariance[0] == pytest.approx(np.cov(complete.to_numpy().T, bias=True), rel=1e-12, abs=1e-13)
    assert found.mean[0] == pytest.approx(complete.mean().to_numpy(), rel=1e-13)


def test_groups_in_the_order_met():
    frame = pd.read_csv("tests/data/hs.csv")
    found = read_moments("tests/data/hs.csv", ["x9", "x1"], group="school", chunk=11)
    assert found.groups == ("Pasteur", "Grant-White")
    for place, label in enumerate(found.groups):
        own = frame.loc[frame["school"] == label, ["x9", "x1"]].to_numpy()
        assert found.n[place] == len(own)
        assert found.covariance[place] == pytest.approx(np.cov(own.T, bias=True))
    assert found.moments().names == ("x9", "x1")


def test_large_means_cost_no_digits(tmp_path):
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3000, 3))
    path = tmp_path / "far.csv"
    # Powers of two, so that no digit is lost on the way into the file and back.
    np.savetxt(path, np.round(values * 1024) / 1024 + 2.0**26, delimiter=",", header="a,b,c", comments="", fmt="%.17g")
    exact = np.cov((np.round(values * 1024) / 1024).T, bias=True)
    assert read_moments(path, ["a", "b", "c"], chunk=40).covariance[0] == pytest.approx(exact, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\na;b;c\n1;2;x\n4;5;y\n NA ;3;z\n3;8;w\n",
        "\ufeffa,b,c\n1,2,x\n4,5,y\n\n,3,z\n3,8,w\n",
        'c\tb\ta\nx\t2\t1\n"y\tz"\t5\t4\nz\t3\tNA\nw\t8\t3\n',
        "a , b,c\n 1, 2.0,\n4e0,5,y\nNA,3,z\n3,8\n",
    ],
    ids=["semicolons", "byte order mark", "tabs and quotes", "blanks"],
)
@pytest.mark.parametrize("chunk", [1, 2, 10])
def test_files_as_programs_write_them(tmp_path, text, chunk):
    path = tmp_path / "answers.csv"
    path.write_text(text, "utf-8")
    found = read_moments(path, ["a", "b"], chunk=chunk)
    assert (found.n_obs, found.left_out) == (3, 1)
    assert found.mean[0].tolist() == pytest.approx([8 / 3, 5])


@pytest.mark.parametrize(
    ("text", "options", "kind", "message"),
    [
        ("a,b\n1,2\n3,agree\n", {}, ResponseError, r"column 'b', row 2: a number is needed, got 'agree'"),
        ("a,b\n1,2\n3,nan\n", {}, ResponseError, r"column 'b', row 2: a number is needed, got 'nan'"),
        ("a,b\n1,2\n3,inf\n", {"chunk": 1}, ResponseError, "column 'b', row 2: "),
        ("a,b\n1,2\n3,True\n", {"chunk": 1}, ResponseError, "column 'b', row 2: a number is needed, got 'True'"),
        ("a;b\n1;2\n3;4,5\n", {}, ResponseError, "column 'b', row 2: a number is needed, got '4,5'"),
        ("a,b,c\n1,2,3\n3,4,5,6\n", {}, ResponseError, "not a CSV file in UTF-8.*Expected 3 fields in line 3, saw 4"),
        ("a,b\n1,2,3\n3,4,5\n", {}, ResponseError, "line 2: too many cells; the header has 2"),
        ("a,c\n1,2\n", {}, ResponseError, r"there is no column 'b'\. Columns: a, c"),
        ("a,B\n1,2\n", {}, ResponseError, r"there is no column 'b'\. Did you mean 'B'"),
        ("a,b,b\n1,2,3\n", {}, ResponseError, "the column 'b' appears more than once"),
        ("a,b,g\n1,2,3\n", {"group": "a"}, ResponseError, "'a' is asked for twice"),
        ("", {}, ResponseError, "the file is empty; it should hold the answers"),
        ("a,b\n", {}, EstimationError, "0 of 0 rows have an answer to every item used"),
        ("a,b\n1,\n,2\n3,4\n", {}, EstimationError, "1 of 3 rows have an answer to every item used"),
        ("a,b\n1,2\n3,2\n", {}, EstimationError, "the variance of 'b' is 0"),
        (
            "a,b,g\n1,2,x\n3,4,x\n",
            {"group": "g"},
            EstimationError,
            r"'g' \(group\) has 'x' in every row; two groups",
        ),
        ("a,b,g\n1,2,x\n3,5,x\n0,4,x\n3,4,y\n", {"group": "g"}, EstimationError, "group 'y': 1 row has"),
        ("a,b,g\n1,2,x\n3,5,x\n0,4,x\n3,,y\n", {"group": "g"}, EstimationError, "group 'y': 0 rows have"),
        ("a,b\n1,2\n", {"chunk": 0}, OptionError, "chunk must be a whole number of rows, 1 or more, got 0"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, text, options, kind, message):
    path = tmp_path / "answers.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(kind, match=message):
        read_moments(path, ["a", "b"], **options)


def test_a_file_that_is_not_there():
    with pytest.raises(
        ResponseError, match=r"tests/data/hs_gap\.csv: no such file.*Did you mean 'tests/data/hs_gaps\.csv'"
    ):
        read_moments("tests/data/hs_gap.csv", ITEMS)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("path", "names", "options", "kind", "message"),
    [
        (None, ["a"], {}, ResponseError, "the name of a CSV file is needed, got a NoneType"),
        (".", ["a"], {}, ResponseError, "this is a folder"),
        ("answers.csv", [], {}, OptionError, "names= takes the columns wanted"),
        ("answers.csv", None, {}, OptionError, "names= takes the columns wanted"),
        ("answers.csv", [1], {}, OptionError, "names= takes names"),
        ("answers.csv", ["a"], {"chunk": None}, OptionError, "chunk must be a whole number"),
        ("answers.csv", ["a"], {"chunk": 1.5}, OptionError, "chunk must be a whole number"),
        ("answers.csv", ["a"], {"group": ["b"]}, OptionError, "group= takes the name of a column"),
        ("answers.csv", ["a", "b"], {}, ResponseError, "row 2: a number is needed, got 'x'"),
        ("book.xlsx", ["a"], {}, ResponseError, "this is a workbook, not text"),
    ],
)  # fmt: skip
def test_what_is_no_file_and_no_name(tmp_path, monkeypatch, path, names, options, kind, message):
    """No file stays open behind an error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.csv").write_text("a,b\n1,2\n2,x\n4,3\n", "utf-8")
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04" + bytes(40))
    with pytest.raises(kind, match=message):
        read_moments(path, names, **options)
    gc.collect()
