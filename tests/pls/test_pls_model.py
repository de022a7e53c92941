"""What PLS refuses, with its place; what it passes over, by name."""

import numpy as np
import pytest

from rantau.errors import ModelSyntaxError, OptionError
from rantau.model.syntax import parse_model
from rantau.pls.from_model import plan_of, structure_of

MEASURED = "X =~ x1 + x2\nM =~ m1 + m2\nY <~ y1 + y2\n"


def structure(text, **options):
    return structure_of(parse_model(text, source="study.sem"), **options)


@pytest.mark.parametrize(
    ("line", "place", "what"),
    [
        ("Y ~ X + X:M\nM ~ X", "4:9", "but M does not; .* Write `Y ~ M \\+ X \\+ X:M`"),
        ("Y ~ X + X:X:X\nM ~ X", "4:9", "'X:X:X' predicts 'Y', but X:X does not"),
        ("Y ~ X + M + Z + X:M:Z", "4:17", "but X:M and X:Z and M:Z do not"),
        ("Y ~ X + M + X:M + M:X", "4:19", "'X:M' and 'M:X' are one product"),
        ("Y ~ X + M + x1:M", "4:13", "'x1' is an item of 'X'"),
        ("Z =~ X:M\nY ~ Z", "4:6", r"a product cannot measure 'Z', got 'X:M'.*`Outcome ~ X \+ M \+ X:M`"),
        ("G =~ X + M\nY ~ G + X", "5:9", "'X' measures 'G', which stands for it in paths"),
        ("G =~ X + M\nY ~ G\nX ~ Y", "6:1", "'X' measures 'G', which stands for it in paths"),
        ("G =~ X + H\nH =~ M + G\nY ~ G", "4:1", "constructs cannot measure themselves.*G -> H -> G"),
        ("G =~ X + M\nH =~ X\nY ~ G + H", "5:6", "'X' already measures 'G'"),
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


INTERACTION = MEASURED + "Y ~ X + M + X:M"
NESTED = MEASURED.replace("Y <~", "Y =~") + "Z =~ z1 + z2\nG =~ X + M\nY ~ G + Z"


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        (INTERACTION, {"interaction": "twostage"}, "unknown interaction 'twostage'. Did you mean 'two_stage'"),
        (NESTED, {"higher_order": "disjont"}, "unknown higher_order 'disjont'. Did you mean 'disjoint'"),
        (
            INTERACTION,
            {"consistent": True, "interaction": "orthogonal"},
            r"no correction for products of items \('X:M', interaction='orthogonal'\).*interaction='two_stage'",
        ),
        (NESTED, {"consistent": True, "higher_order": "repeated"}, "no correction for repeated items"),
        (NESTED + " + G:Z", {"consistent": True}, r"constructs of constructs or products \('G:Z'\), not both"),
        (
            NESTED.replace("G + Z", "H") + "\nH =~ G + Z",
            {"higher_order": "embedded"},
            "'H' is measured by some that are of higher order themselves. Take higher_order='disjoint'",
        ),
        (NESTED.replace("G + Z", "H") + "\nH =~ G + Z", {"consistent": True}, "this model has some of the third"),
    ],
)
def test_options_that_do_not_go_together_are_refused(text, options, what):
    with pytest.raises(OptionError, match=what):
        plan_of(parse_model(text), **options)


def test_the_plan_of_a_model():
    plan = plan_of(parse_model(NESTED + " + G:Z"), higher_order="two_stage")
    assert [stage.structure.constructs for stage in plan.stages] == [
        ("X", "M", "Y", "Z"),
        ("Y", "Z", "G"),
        ("Y", "Z", "G", "G:Z"),
    ]
    assert plan.whole.constructs == ("X", "M", "Y", "Z", "G", "G:Z")
    assert plan.whole.items == ("x1", "x2", "m1", "m2", "y1", "y2", "z1", "z2", "X", "M", "G:Z")
    assert plan.items == ("x1", "x2", "m1", "m2", "y1", "y2", "z1", "z2")
    assert plan_of(parse_model(MEASURED + "Y ~ X + M")).plain
    items = plan_of(parse_model(INTERACTION + " + X:X"), interaction="product_indicator").whole.items
    assert items[6:] == ("x1:m1", "x1:m2", "x2:m1", "x2:m2", "x1:x1", "x1:x2", "x2:x2")


def test_an_item_beside_constructs_is_a_part_like_them():
    plan = plan_of(parse_model(MEASURED + "G =~ X + M + age\nY ~ G"))
    assert plan.stages[0].structure.constructs == ("X", "M", "Y", "age")
    assert plan.stages[1].structure.items == ("y1", "y2", "X", "M", "age")
