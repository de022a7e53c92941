"""What PLS refuses, with its place; what it passes over, by name."""

import numpy as np
import pytest

from rantau.errors import ModelSyntaxError, OptionError
from rantau.model.syntax import parse_model
from rantau.pls.from_model import structure_of

MEASURED = "X =~ x1 + x2\nM =~ m1 + m2\nY <~ y1 + y2\n"


def structure(text, **options):
    return structure_of(parse_model(text, source="study.sem"), **options)


@pytest.mark.parametrize(
    ("line", "place", "what"),
    [
        ("Y ~ X + M + X:M", "4:13", "cannot estimate interactions yet, got 'X:M'"),
        ("G =~ X + M\nY ~ G", "4:6", "'G' is measured by the construct 'X'"),
        ("M ~ a*X\nY ~ b*M\na == b", "6:1", "PLS cannot hold constraints"),
        ("M ~ X\nY ~ M\nx1 ~ 1", "6:1", "no means or intercepts"),
        ("M ~ X\nY ~ M\nx1 | t1", "6:1", "no thresholds"),
        ("M ~ X\nY ~ 0.5*M", "5:5", r"cannot fix or equate path coefficients \('Y ~ M'\)"),
        ("M ~ a*X\nY ~ a*M", "4:5", "the label 'a' stands on several paths"),
        ("M ~ X", "3:1", "'Y' has no path to or from another construct"),
        ("M ~ X\nY ~ M\nX ~ Y", "4:1", r"go round in a loop \(X, M, Y\)"),
        ("M ~ X\nX ~ M\nY ~ M", "4:1", r"go round in a loop \(X, M\)"),
        ("M ~ X\nY ~ M + x1", "5:9", "'x1' is an item of 'X' and cannot also stand in a path"),
        ("Z =~ z1 + x2\nY ~ X + M + Z", "4:11", "'x2' already measures 'X'"),
    ],
)
def test_refusals_name_the_place(line, place, what):
    with pytest.raises(ModelSyntaxError, match=rf"study\.sem:{place}: .*{what}"):
        structure(MEASURED + line)


def test_a_model_without_paths_is_refused():
    with pytest.raises(ModelSyntaxError, match=r"the model has no paths.*rt.cfa"):
        structure("X =~ x1 + x2")


def test_modes_are_checked():
    model = MEASURED + "M ~ X\nY ~ M"
    with pytest.raises(OptionError, match=r"modes: unknown construct 'x'. Did you mean 'X'"):
        structure(model, modes=(("x", "B"),))
    with pytest.raises(OptionError, match=r"unknown modes 'C'. .*Allowed: A, B, unit"):
        structure(model, modes=(("X", "C"),))
    with pytest.raises(OptionError, match="modes gives 'X' mode 'B'"):
        structure(model, modes=(("X", "B"),), consistent=True)


def test_the_structure_of_a_model():
    found = structure("X =~ x1 + x2\nY <~ y1 + y2\nX ~ age\nY ~ X + age", modes=(("Y", "A"),))
    assert found.constructs == ("X", "Y", "age")
    assert found.items == ("x1", "x2", "y1", "y2", "age")
    assert found.modes == ("A", "A", "B")
    assert found.blocks == (slice(0, 2), slice(2, 4), slice(4, 5))
    np.testing.assert_array_equal(found.paths, [[0, 0, 1], [1, 0, 1], [0, 0, 0]])
    np.testing.assert_array_equal(found.factors, [True, False, False])
    assert found.routes == ((2, 0, 1),)
    assert found.reached == ((0, 2), (1, 0), (1, 2))


def test_what_only_the_covariance_engine_reads_is_named():
    found = structure("X =~ 1*x1 + NA*x2 + l*x3\nY =~ y1 + start(0.8)*y2\nY ~ b*X\nx1 ~~ x2\ntwice := 2*b\nodd := b*l")
    assert [problem.code for problem in found.ignored] == ["ignored_by_pls"] * 5
    assert {problem.severity for problem in found.ignored} == {"warning"}
    places = [problem.text.split(": ")[0] for problem in found.ignored]
    assert places == ["study.sem:4:1", "study.sem:1:6", "study.sem:1:13", "study.sem:2:11", "study.sem:6:1"]
    assert "`odd := b*l`, because 'l' is no label of a path" in found.ignored[-1].text
    assert [definition.name for definition in found.definitions] == ["twice"]
