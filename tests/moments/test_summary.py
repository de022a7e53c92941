"""Covariances as articles print them, in every guise, and what no rows can have."""

import numpy as np
import pandas as pd
import pytest

from rantau.errors import EstimationError, OptionError, ResponseError
from rantau.moments import Sample, SummaryStatistics, grouped_moments, moments

NAMES = ("a", "b", "c")
WHOLE = np.array([[4.0, 1.5, 0.5], [1.5, 2.0, 0.3], [0.5, 0.3, 1.0]])
LOWER = "4.0\n1.5 2.0\n0.5 0.3 1.0"


@pytest.mark.parametrize(
    ("matrix", "names"),
    [
        (WHOLE, NAMES),
        (np.tril(WHOLE), NAMES),
        (np.triu(WHOLE), list(NAMES)),
        (np.where(np.tri(3) > 0, WHOLE, np.nan), NAMES),
        (WHOLE.tolist(), NAMES),
        ([[4.0], [1.5, 2.0], [0.5, 0.3, 1.0]], NAMES),
        (LOWER, NAMES),
        ("4.0, 1.5, 2.0, 0.5, 0.3, 1.0", NAMES),
        ("\n 4;1.5,2;.5 .3 1 \n\n", NAMES),
        (pd.DataFrame(WHOLE, NAMES, NAMES), None),
        (pd.DataFrame(WHOLE, columns=NAMES), None),
        (pd.DataFrame(WHOLE, NAMES, NAMES).loc[["c", "a", "b"]], None),
        (pd.DataFrame(WHOLE, NAMES, NAMES), ("c", "b", "a")),
    ],
)
def test_every_guise_is_one_matrix(matrix, names):
    found = moments(matrix, 11, names=names, divisor="n")
    assert found == moments(WHOLE, 11, names=NAMES, divisor="n")
    assert found.covariance[0].tolist() == WHOLE.tolist()
    assert (found.names, found.groups, found.n.tolist(), found.n_obs) == (NAMES, ("",), [11], 11)
    assert not found.has_means
    assert np.isnan(found.mean).all()
    assert not found.looks_like_correlations


def test_the_moments_of_rows_come_back():
    frame = pd.read_csv("tests/data/hs.csv")
    names = [f"x{k}" for k in range(1, 10)]
    direct = grouped_moments(Sample(tuple(names), frame[names].to_numpy()))
    found = moments(frame[names].cov(), len(frame), mean=frame[names].mean())
    assert found.moments().covariance == pytest.approx(direct.covariance, rel=1e-12)
    assert found.moments().mean == pytest.approx(direct.mean, rel=1e-12)
    assert found.moments().n.tolist() == direct.n.tolist()
    assert found.has_means


@pytest.mark.parametrize(
    "mean",
    [
        [1.0, 2.0, 3.0],
        (1, 2, 3),
        np.array([1.0, 2.0, 3.0]),
        {"c": 3.0, "b": 2.0, "a": 1.0, "other": 9.0},
        pd.Series({"b": 2.0, "a": 1.0, "c": 3.0}),
    ],
)
def test_means(mean):
    assert moments(LOWER, 50, names=NAMES, mean=mean).mean.tolist() == [[1.0, 2.0, 3.0]]


def test_groups():
    frames = {"men": pd.DataFrame(WHOLE, NAMES, NAMES), "women": pd.DataFrame(2 * WHOLE, NAMES, NAMES).iloc[::-1, ::-1]}
    found = moments(frames, {"women": 21, "men": 11}, mean={"men": [1, 2, 3], "women": {"a": 4, "b": 5, "c": 6}})
    assert found.groups == ("men", "women")
    assert found.n.tolist() == [11, 21]
    assert found.covariance[1] == pytest.approx(2 * WHOLE * 20 / 21)
    assert found.mean.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert found.n_obs == 32


def test_variables_are_taken_in_the_order_of_a_model():
    found = moments(LOWER, 50, names=NAMES, mean=[1, 2, 3], divisor="n").take(["c", "a"])
    assert found.names == ("c", "a")
    assert found.covariance[0].tolist() == [[1.0, 0.5], [0.5, 4.0]]
    assert found.mean.tolist() == [[3, 1]]
    assert isinstance(found, SummaryStatistics)
    with pytest.raises(ResponseError, match=r"covariances: unknown variable 'B'\. Did you mean 'b'"):
        moments(LOWER, 50, names=NAMES).take(["a", "B"])


def test_correlations_are_noticed_and_scaled():
    correlations, sd = "1\n.3 1\n.2 .1 1", [2.0, 1.0, 3.0]
    plain = moments(correlations, 100, names=NAMES)
    scaled = moments(correlations, 100, names=NAMES, sd=sd, divisor="n")
    assert plain.looks_like_correlations
    assert not scaled.looks_like_correlations
    assert scaled.covariance[0].tolist() == pytest.approx(np.array([[4, 0.6, 1.2], [0.6, 1, 0.3], [1.2, 0.3, 9]]))
    with pytest.raises(OptionError, match="sd= is for correlations, and the diagonal of the covariance is not 1"):
        moments(LOWER, 100, names=NAMES, sd=sd)
    with pytest.raises(ResponseError, match="standard deviations are positive, got -1"):
        moments(correlations, 100, names=NAMES, sd=[2, -1, 3])


def altered(row, column, value):
    matrix = WHOLE.copy()
    matrix[row, column] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "names", "message"),
    [
        (WHOLE, None, r"the variables have no names; give names=\["),
        (WHOLE, ("a", "b"), r"2 names \(a, b\) and a matrix of 3 rows and 3 columns"),
        (WHOLE[:2], NAMES, "a matrix of 2 rows and 3 columns"),
        (WHOLE, ("a", "b", "a"), "'a' is there twice"),
        (altered(0, 1, 1.4), NAMES, r"not symmetric: 'a' with 'b' is 1\.4, and 'b' with 'a' is 1\.5"),
        ("4\n1.5 2\n.5 NA 1", NAMES, r"it must hold numbers alone, got \.5, NA, 1"),
        ([[4.0], [1.5, 2.0], [0.5, np.nan, 1.0]], NAMES, "no number for 'b' and 'c'"),
        ("4\n1.5 2 .5\n.3 1", NAMES, "row k of a lower triangle has k numbers.*got rows of 1, 3, 2 numbers"),
        ("4 1.5 2 .5 .3", NAMES, "one row of 5 numbers is no lower triangle"),
        (pd.DataFrame(WHOLE, NAMES, ("a", "b", "d")), None, "the rows are a, b, c, the columns a, b, d"),
        (pd.DataFrame(WHOLE, NAMES, NAMES), ("a", "b", "d"), "the columns of the covariance are a, b, c; got a, b, d"),
        (
            {"m": LOWER, "w": LOWER},
            NAMES,
            r"a number of rows for each group is needed: \{'m': \.\.\., \.\.\.\}; got 50",
        ),
        ({}, NAMES, "an empty dict"),
    ],
)
def test_matrices_that_cannot_be_read(matrix, names, message):
    with pytest.raises(ResponseError, match=message):
        moments(matrix, 50, names=names)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ("4\n1.5 -2\n.5 .3 1", "the variance of 'b' is -2; it must be positive"),
        ("4\n1.5 2\n2.5 .3 1", r"'c' and 'a' would correlate at 1\.250; look for a misprint"),
        ("1\n.9 1\n.9 -.9 1", "not positive definite.*different rows"),
        ("4\n2 1\n.5 .25 1", "not positive definite.*a variable is a sum of others"),
    ],
)
def test_matrices_that_no_rows_have(matrix, message):
    with pytest.raises(EstimationError, match=message):
        moments(matrix, 50, names=NAMES)
    with pytest.raises(EstimationError, match="covariance of group 'w': "):
        moments({"m": LOWER, "w": matrix}, {"m": 50, "w": 50}, names=NAMES)


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"n_obs": 1}, EstimationError, "n_obs: got 1; nothing can be estimated from fewer than two rows"),
        ({"n_obs": 10.5}, ResponseError, r"n_obs: a whole number of rows is needed, got 10\.5"),
        ({"n_obs": "50"}, ResponseError, "n_obs: a whole number of rows is needed, got '50'"),
        ({"n_obs": True}, ResponseError, "n_obs: a whole number of rows is needed, got True"),
        ({"mean": [1, 2]}, ResponseError, "mean: 3 numbers are needed, in the order a, b, c; got 2"),
        ({"mean": {"a": 1, "c": 2}}, ResponseError, "mean: none for b; got those of a, c"),
        ({"mean": [1, np.nan, 2]}, ResponseError, "mean: no number for 'b'"),
        ({"divisor": "n-2"}, OptionError, r"unknown divisor 'n-2'\. Did you mean 'n-1'"),
    ],
)
def test_what_goes_with_a_matrix(options, kind, message):
    with pytest.raises(kind, match=message):
        moments(LOWER, **({"n_obs": 50, "names": NAMES} | options))


def test_groups_that_do_not_match():
    two = {"m": LOWER, "w": LOWER}
    with pytest.raises(ResponseError, match="n_obs: the groups are m, w; got m, v"):
        moments(two, {"m": 50, "v": 50}, names=NAMES)
    with pytest.raises(ResponseError, match=r"mean: values for each group are needed: \{'m': \[\.\.\.\]"):
        moments(two, {"m": 50, "w": 50}, names=NAMES, mean=[1, 2, 3])
    named = {"m": pd.DataFrame(WHOLE, NAMES, NAMES), "w": pd.DataFrame(WHOLE[:2, :2], NAMES[:2], NAMES[:2])}
    with pytest.raises(ResponseError, match="covariance of group 'w': its variables are a, b; those of group 'm' are"):
        moments(named, {"m": 50, "w": 50})
