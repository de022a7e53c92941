"""Arithmetic of `:=`: precedence as in R, functions, stacks of draws, values that do not exist."""

import math

import numpy as np
import pytest

from rantau.errors import ModelSyntaxError
from rantau.model import parse_model
from rantau.model.expressions import evaluate


def computed(text, **values):
    return float(evaluate(parse_model(f"q := {text}").definitions[0].expression, values))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2*3", 7), ("(1 + 2)*3", 9), ("2^3^2", 512), ("-2^2", -4), ("(-2)^2", 4), ("2^-1", 0.5),
        ("-2*-3", 6), ("10 - 4 - 3", 3), ("24/4/3", 2), ("2*3^2", 18), ("--2", 2), ("+2", 2), ("1e-3*1E3", 1),
        (".5 + 1.", 1.5), ("exp(0)", 1), ("log(exp(2))", 2), ("sqrt(2)^2", 2), ("abs(-3)", 3), ("sin(0) + cos(0)", 1),
        ("tan(0)", 0), ("tanh(0)", 0), ("sqrt(3^2 + 4^2)", 5), ("-(2 - 5)", 3),
    ],
)  # fmt: skip
def test_numbers(text, wanted):
    assert computed(text) == pytest.approx(wanted, rel=1e-14)


def test_names_and_stacks():
    expression = parse_model("q := a*b - a/c").definitions[0].expression
    assert expression.names == ("a", "b", "c")
    draws = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0]), "c": np.array([2.0, 4.0])}
    assert evaluate(expression, draws).tolist() == [2.5, 7.5]


def test_what_has_no_value_is_nan_or_infinite_without_a_warning():
    assert math.isnan(computed("sqrt(0 - 1)"))
    assert math.isnan(computed("log(a)", a=-1.0))
    assert math.isinf(computed("1/a", a=0.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("laod*2", r"unknown parameter label 'laod'. Did you mean 'load'\?"),
        ("sqr(load)", r"unknown function 'sqr'. Did you mean 'sqrt'\?"),
    ],
)
def test_unknown_names(text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        computed(text, load=1.0)
