"""Laws of the model language: what is written is read, however it is laid out."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from rantau.model import parse_model
from rantau.model.expressions import evaluate

names = st.from_regex(r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-z0-9_.]{0,6}", fullmatch=True).filter(
    lambda name: (name not in ("NA", "c", "start", "equal", "efa") and name.isidentifier()) or "." in name
)
numbers = st.floats(-1e4, 1e4, allow_nan=False).map(lambda value: float(f"{value:.6g}"))
spaces = st.sampled_from(["", " ", "\t", "  "])


@st.composite
def terms(draw):
    name = draw(names)
    kind = draw(st.sampled_from(["plain", "fixed", "free", "label", "start"]))
    if kind == "plain":
        return name, "", ()
    value = draw(numbers) if kind in ("fixed", "start") else "NA" if kind == "free" else draw(names)
    written = {"fixed": f"{value}*", "free": "NA*", "label": f"{value}*", "start": f"start({value})*"}[kind]
    return name, written, ((kind, (value,)),)


@settings(max_examples=60, deadline=None)
@given(names, st.lists(terms(), min_size=1, max_size=5, unique_by=lambda term: term[0]), st.data())
def test_what_is_written_is_read(construct, written, data):
    if construct in {name for name, _, _ in written}:
        return
    glue = data.draw(spaces) + "+" + data.draw(st.sampled_from(["", " ", "\n   ", " # note\n"]))
    text = f"{construct} =~ " + glue.join(modifier + name for name, modifier, _ in written)
    block = parse_model(text).blocks[0]
    assert block.construct == construct
    assert block.items == tuple(name for name, _, _ in written)
    for term, (_, _, wanted) in zip(block.terms, written, strict=True):
        assert tuple((one.kind, one.values) for one in term.modifiers) == wanted


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["\n", "\r\n", ";", " ; ", "\n\n", " # a comment\n", " ! a comment\r\n"]))
def test_line_ends_and_comments_do_not_matter(glue):
    lines = ["F =~ a + b + c", "G =~ d + 0.5*e + f", "G ~ x1*F", "a ~~ b", "twice := 2*x1"]
    model, plain = parse_model(glue.join(lines)), parse_model("\n".join(lines))
    assert [block.items for block in model.blocks] == [block.items for block in plain.blocks]
    assert [(path.outcome, path.predictor) for path in model.paths] == [("G", "F")]
    assert model.definitions[0].text == "2*x1"


@st.composite
def expressions(draw, depth=3):
    """An expression in the model language beside the same in Python."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["a", "b", "2", "0.5", ".25", "3e-1"]))
        return leaf, leaf
    left, right = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    operator = draw(st.sampled_from(["+", "-", "*", "/", "()", "neg"]))
    if operator == "()":
        return f"({left[0]})", f"({left[1]})"
    if operator == "neg":
        return f"-{left[0]}", f"-{left[1]}"
    return f"{left[0]} {operator} {right[0]}", f"{left[1]} {operator} {right[1]}"


@settings(max_examples=100, deadline=None)
@given(expressions(), st.floats(0.1, 3), st.floats(0.1, 3))
def test_arithmetic_is_that_of_python(pair, a, b):
    mine, python = pair
    expression = parse_model(f"y ~ a*x + b*z\nq := {mine}").definitions[0].expression
    try:
        wanted = eval(python, {}, {"a": a, "b": b})
    except ZeroDivisionError:
        return
    got = float(evaluate(expression, {"a": a, "b": b}))
    assert math.isclose(got, wanted, rel_tol=1e-12, abs_tol=1e-12)
